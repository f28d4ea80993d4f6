"""The pages of OAuth: which path is which, and what all of them answer alike.

No body of a request is ever logged, and no answer is kept by anybody on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions import http
from functions.catalog import GATEWAY
from functions.oauth import token, token_requests
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.errors import Busy
from shared.services.accounts import oauth_tokens

if TYPE_CHECKING:
    from flask import Request, Response

BASIC = 'Basic realm="Punktwerk"'
_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_PAGES = {"/oauth/token": token.handle}


def is_page(path: str) -> bool:
    """Tell whether a path is one of these pages."""
    return _local(path) in _PAGES


def serve(request: Request) -> Response:
    """Answer a request for a page; never raises."""
    path = _local(request.path)
    if request.method == "OPTIONS":
        return http.preflight(("POST",))
    return http.guarded(path, request, lambda log: _answer(path, request, log))


def refused(error: OAuthRefused) -> Response:
    """Return a refusal. Source: RFC 6749, 5.2."""
    body = {"error": error.error, "error_description": error.description}
    response = http.to_response(body, error.status)
    response.headers.extend(_NOT_KEPT)
    if error.error is OAuthError.INVALID_CLIENT:
        response.headers["WWW-Authenticate"] = BASIC
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def answered(body: dict[str, Any]) -> Response:
    """Return an answer that nobody may keep."""
    response = http.to_response(body)
    response.headers.extend(_NOT_KEPT)
    return response


def _answer(path: str, request: Request, log: dict[str, Any]) -> Response:
    try:
        if request.method != "POST":
            response = refused(OAuthRefused(OAuthError.INVALID_REQUEST, "Use POST.", status=405))
            response.headers["Allow"] = "POST, OPTIONS"
            return response
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
        return answered(_PAGES[path](asked, client))
    except OAuthRefused as error:
        log["error"] = error.error
        return refused(error)
    except Busy as error:
        log["error"] = error.code
        return refused(
            OAuthRefused(
                OAuthError.TEMPORARILY_UNAVAILABLE,
                error.message,
                status=error.status,
                retry_after_s=error.retry_after_s,
            )
        )


def _local(path: str) -> str:
    """Return the path below the gateway, whose name Cloud Functions strips and others do not."""
    return path.rpartition(f"/{GATEWAY}")[2]
