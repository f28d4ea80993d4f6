"""POST /oauth/token: a token for the secret of a key. Source: RFC 6749, 4.4."""

from __future__ import annotations

from typing import Any

from functions.catalog import SCOPES
from functions.oauth.token_requests import TokenRequest
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.services.accounts import oauth_tokens
from shared.services.accounts.oauth_tokens import Client, IssuedToken

GRANT = "client_credentials"


def handle(asked: TokenRequest, client: Client) -> dict[str, Any]:
    """Issue a token.

    Raises:
        OAuthRefused: Another grant is asked for, or a scope that there is not.
    """
    require_grant(asked)
    return answer(oauth_tokens.issue(client, asked.text("scope"), SCOPES))


def require_grant(asked: TokenRequest) -> None:
    """Refuse another grant than the client's own credentials.

    Raises:
        OAuthRefused: ``unsupported_grant_type``, or ``invalid_request`` if none is named.
    """
    if asked.required("grant_type") != GRANT:
        raise OAuthRefused(
            OAuthError.UNSUPPORTED_GRANT_TYPE, f"grant_type must be {GRANT}: there is no other."
        )


def answer(issued: IssuedToken) -> dict[str, Any]:
    """Return what the client is told. Source: RFC 6749, 5.1."""
    return {
        "access_token": issued.text,
        "token_type": "Bearer",
        "expires_in": issued.life_s,
        "scope": " ".join(issued.record.scopes),
    }
