"""GET /oauth/authorize: the page on which an owner lets an app act. Source: RFC 6749, 4.1.1.

It sets no cookie, and none is ever looked at: who consents is said by an ID token that only the
page has, so another site can send no consent in somebody's name (CSRF).
"""

from __future__ import annotations

import html
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response

from functions import pages
from functions.oauth import authorization_requests
from functions.oauth.authorization_requests import Asked, AskingApp
from shared import config
from shared.domain.accounts import scopes
from shared.domain.accounts.oauth import OAuthError, OAuthRefused

if TYPE_CHECKING:
    from flask import Request

ASSETS = {"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}
_FOLDER = Path(__file__).parent / "consent_page"
_IDENTITY = "identitytoolkit.googleapis.com"


def handle(request: Request) -> Response:
    """Answer the page; a refusal goes to the app, or is shown if it is not known where that is."""
    parameters = dict(request.args.lists())
    try:
        client = authorization_requests.client_of(parameters)
    except OAuthRefused as error:
        return _html(_filled("refused.html", {"REASON": error.description}), error.status)
    try:
        return _page(client, authorization_requests.asked(parameters))
    except OAuthRefused as error:
        url = client.refusal(error.error, error.description)
        return pages.guarded(Response(status=HTTPStatus.FOUND, headers={"Location": url}))


def asset(name: str) -> Response:
    """Return the page's style or script."""
    response = Response(pages.content(_FOLDER / name), content_type=ASSETS[name])
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _page(client: AskingApp, asked: Asked) -> Response:
    origin, path = _sign_in()
    denied = client.refusal(OAuthError.ACCESS_DENIED, "The owner has refused.")
    texts = {
        "APP-NAME": client.app.name,
        "REDIRECT-URI": client.redirect_uri.partition("?")[0],
        "DENIED": denied,
        "SIGN-IN": origin + path,
    }
    items = "".join(
        f"<li>{html.escape(scopes.meaning(each))} <code>{html.escape(each)}</code></li>"
        for each in asked.scopes.split(" ")
    )
    return _html(_filled("page.html", texts).replace("<!--SCOPES-->", items), 200, origin)


def _sign_in() -> tuple[str, str]:
    """Return where the page signs in: the origin of Firebase Auth, and the path there.

    Raises:
        OAuthRefused: ``temporarily_unavailable``: the operator has not said the project's key.
    """
    action = "/v1/accounts:signInWithPassword?key="
    emulator, key = config.auth_emulator(), config.firebase_api_key()
    if emulator is not None:
        return f"http://{emulator}", f"/{_IDENTITY}{action}emulator"
    if key is None:
        raise OAuthRefused(
            OAuthError.TEMPORARILY_UNAVAILABLE, "The operator has not set up the sign-in."
        )
    return f"https://{_IDENTITY}", action + key


def _html(text: str, status: int, sign_in_origin: str = "") -> Response:
    connect = f"'self' {sign_in_origin}".rstrip()
    return pages.answered(text, status, script="'self'", connect=connect)


def _filled(name: str, texts: dict[str, str]) -> str:
    return pages.filled(_FOLDER / name, texts)
