"""The pages of OAuth: which path is which, and what all of them answer alike.

No body of a request is ever logged, and no answer is kept by anybody on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from functions import http
from functions.catalog import GATEWAY
from functions.oauth import (
    app_pages,
    authorize,
    consent,
    introspect,
    metadata,
    revoke,
    token,
    token_requests,
)
from functions.oauth.token_requests import TokenRequest
from shared.domain.accounts.oauth import OAuthError, OAuthRefused
from shared.domain.accounts.oauth_apps import OAuthApp
from shared.errors import Busy, PunktwerkError
from shared.services.accounts import oauth_apps, oauth_tokens
from shared.services.accounts.oauth_tokens import Client

if TYPE_CHECKING:
    from flask import Request, Response

BASIC = 'Basic realm="Punktwerk"'
METADATA = "/.well-known/oauth-authorization-server"
METADATA_KEPT_S = 3600
_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
AUTHORIZE, CONSENT = "/oauth/authorize", "/oauth/consent"
_PAGES: Mapping[str, Callable[[TokenRequest, Client], dict[str, Any]]] = {
    "/oauth/token": token.handle,
    "/oauth/revoke": revoke.handle,
    "/oauth/introspect": introspect.handle,
}
_PAGES_OF_APPS: Mapping[str, Callable[[TokenRequest, OAuthApp], dict[str, Any]]] = {
    "/oauth/token": app_pages.token,
    "/oauth/revoke": app_pages.revoke,
    "/oauth/introspect": app_pages.introspect,
}
_ASSETS = {f"{AUTHORIZE}/{name}": name for name in authorize.ASSETS}
_READ = {METADATA, AUTHORIZE, *_ASSETS}


def is_page(path: str) -> bool:
    """Tell whether a path is one of these pages."""
    return page_of(path) is not None


def page_of(path: str) -> str | None:
    """Return the page of a path, None if it is none.

    Cloud Functions strips the gateway's name from the path, and functions-framework does not. The
    metadata is below the issuer, and where RFC 8414, 3.1, puts it: before the issuer's own path.
    """
    local = path.rpartition(f"/{GATEWAY}")[2]
    if local in _PAGES or local in {AUTHORIZE, CONSENT, *_ASSETS}:
        return local
    return METADATA if METADATA in {local, path.removesuffix(f"/{GATEWAY}")} else None


def serve(request: Request) -> Response:
    """Answer a request for a page; never raises."""
    page = page_of(request.path) or ""
    methods = ("GET",) if page in _READ else ("POST",)
    if request.method == "OPTIONS" and page not in {AUTHORIZE, CONSENT}:
        return http.preflight(methods)  # Scripts of other pages have no business at those two.

    def answer(log: dict[str, Any]) -> Response:
        try:
            _require_method(request, methods)
            return _answer(page, request, log)
        except OAuthRefused as error:
            log["error"] = error.error
            return refused(error, methods)
        except Busy as error:
            log["error"] = error.code
            return refused(_later(error), methods)

    return http.guarded(page, request, answer, _not_kept_refusal)


def answered(body: dict[str, Any]) -> Response:
    """Return an answer that nobody may keep."""
    response = http.to_response(body)
    response.headers.extend(_NOT_KEPT)
    return response


def refused(error: OAuthRefused, methods: tuple[str, ...] = ("POST",)) -> Response:
    """Return a refusal. Source: RFC 6749, 5.2."""
    body = {"error": error.error, "error_description": error.description}
    response = http.to_response(body, error.status)
    response.headers.extend(_NOT_KEPT)
    if error.error is OAuthError.INVALID_CLIENT:
        response.headers["WWW-Authenticate"] = BASIC
    if error.status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join((*methods, "OPTIONS"))
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _require_method(request: Request, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise OAuthRefused(
            OAuthError.INVALID_REQUEST, f"Use {methods[0]}.", status=HTTPStatus.METHOD_NOT_ALLOWED
        )


def _metadata() -> Response:
    response = http.to_response(metadata.body())
    response.headers["Cache-Control"] = f"public, max-age={METADATA_KEPT_S}"
    return response


def _not_kept_refusal(error: PunktwerkError, request_id: str) -> Response:
    response = http.refusal(error, request_id)
    response.headers.extend(_NOT_KEPT)
    return response


def _answer(page: str, request: Request, log: dict[str, Any]) -> Response:
    if page == METADATA:
        return _metadata()
    if page == AUTHORIZE:
        return authorize.handle(request)
    if page in _ASSETS:
        return authorize.asset(_ASSETS[page])
    if page == CONSENT:
        return answered(consent.handle(request, log))
    asked = token_requests.read(request)
    if oauth_apps.is_app_id(asked.client_id):
        app = oauth_apps.authenticate(asked.client_id, asked.client_secret)
        log["clientId"] = app.app_id
        return answered(_PAGES_OF_APPS[page](asked, app))
    client = oauth_tokens.authenticate_client(
        asked.client_id,
        asked.client_secret,
        origin=request.headers.get("Origin"),
        host=request.host,
    )
    log |= {"accountId": client.caller.account_id, "live": client.caller.is_live}
    log["clientId"] = client.client_id
    return answered(_PAGES[page](asked, client))


def _later(error: Busy) -> OAuthRefused:
    return OAuthRefused(
        OAuthError.TEMPORARILY_UNAVAILABLE,
        error.message,
        status=error.status,
        retry_after_s=error.retry_after_s,
    )
