"""POST /oauth/introspect: whether a token works, and for what. Source: RFC 7662."""

from __future__ import annotations

from typing import Any

from functions.oauth.token_requests import TokenRequest
from shared import config
from shared.domain.accounts.oauth import AccessToken
from shared.domain.accounts.oauth_consents import AppToken
from shared.services.accounts import oauth_tokens
from shared.services.accounts.oauth_tokens import Client


def handle(asked: TokenRequest, client: Client) -> dict[str, Any]:
    """Say what a token of the client's account is for; of all others only that they do not work.

    Raises:
        OAuthRefused: No token is named.
    """
    record = oauth_tokens.find_active(client, asked.required("token"))
    return {"active": False} if record is None else described(record, record.client_id)


def described(record: AccessToken | AppToken, client_id: str) -> dict[str, Any]:
    """Say what a token that works is for. Source: RFC 7662, 2.2."""
    return {
        "active": True,
        "scope": " ".join(record.scopes),
        "client_id": client_id,
        "token_type": "Bearer",
        "exp": int(record.expires_at.timestamp()),
        "iat": int(record.issued_at.timestamp()),
        "sub": record.account_id,
        "iss": config.public_url(),
    }
