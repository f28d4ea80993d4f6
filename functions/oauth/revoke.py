"""POST /oauth/revoke: a token that its client gives up. Source: RFC 7009."""

from __future__ import annotations

from typing import Any

from functions.oauth.token_requests import TokenRequest
from shared.services.accounts import oauth_tokens
from shared.services.accounts.oauth_tokens import Client


def handle(asked: TokenRequest, client: Client) -> dict[str, Any]:
    """Revoke a token of the client's. All others, and what is no token, get the same answer.

    Raises:
        OAuthRefused: No token is named.
    """
    oauth_tokens.revoke(client, asked.required("token"))
    return {}
