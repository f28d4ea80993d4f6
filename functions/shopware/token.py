"""POST /api/oauth/token: a token for ten minutes, asked for and answered as in a Shopware shop.

Its clients send three different forms: form or JSON, the secret in the body or by Basic. Their
scopes are Shopware's, such as ``write``, and do not matter: a token may do all that its key may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from functions import http
from functions.catalog import SCOPES
from functions.oauth import face, token, token_requests
from functions.shopware import refusals
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.services.accounts import oauth_tokens

if TYPE_CHECKING:
    from flask import Request

LIFE_S = 600
_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_INVALID_REQUEST = ("3", "The request is missing a required parameter or is malformed.")
_TITLES = {
    OAuthError.INVALID_REQUEST: _INVALID_REQUEST,
    OAuthError.INVALID_CLIENT: ("4", "Client authentication failed"),
    OAuthError.UNAUTHORIZED_CLIENT: ("9", "The resource owner denied the request."),
    OAuthError.UNSUPPORTED_GRANT_TYPE: (
        "2",
        "The authorization grant type is not supported by the authorization server.",
    ),
}
"""Codes and titles of the library that Shopware uses (league/oauth2-server)."""


def answer(request: Request, log: dict[str, Any]) -> Response:
    """Issue a token for the id of a key and the key. No body of a request is logged."""
    if request.method != "POST":
        response = _refused(OAuthRefused(OAuthError.INVALID_REQUEST, "Use POST.", status=405))
        response.headers["Allow"] = "POST, OPTIONS"
        return response
    try:
        asked = token_requests.read(request)
        client = oauth_tokens.authenticate_client(
            asked.client_id,
            asked.client_secret,
            origin=request.headers.get("Origin"),
            host=request.host,
        )
        log |= {
            "accountId": client.caller.account_id,
            "live": client.caller.is_live,
            "clientId": client.client_id,
        }
        token.require_grant(asked)
        issued = oauth_tokens.issue(client, None, SCOPES, life_s=LIFE_S)
    except OAuthRefused as error:
        log["error"] = error.error
        return _refused(error)
    body = {
        "token_type": "Bearer",
        "expires_in": issued.life_s,
        "access_token": issued.text,
    }
    response = http.to_response(body)
    response.headers.extend(_NOT_KEPT)
    return response


def _refused(error: OAuthRefused) -> Response:
    code, title = _TITLES.get(error.error, _INVALID_REQUEST)
    response = refusals.errors(error.status, code, error.description, title)
    response.headers.extend(_NOT_KEPT)
    if error.error is OAuthError.INVALID_CLIENT:
        response.headers["WWW-Authenticate"] = face.BASIC
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response
