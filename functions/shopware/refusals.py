"""Refusals as a Shopware shop words them.

What the loyalty plugin refuses has its envelope, ``{"status": "error", "message": ...}``. What
Shopware itself refuses before that, such as a wrong token, has Shopware's ``errors``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from functions import http
from shared.errors import (
    Busy,
    MembershipClosed,
    MemberSuspended,
    MethodNotAllowed,
    PunktwerkError,
)

_OF_PLUGIN = (MemberSuspended, MembershipClosed)
"""403 in our own API; here it is a request that cannot be fulfilled: 400."""
_OF_SHOPWARE = (401, 403, 405)


def refusal(error: PunktwerkError, _: str) -> Response:
    """Return the response of a refusal. Its request id is in the header ``X-Request-Id``."""
    status = 400 if isinstance(error, _OF_PLUGIN) else error.status
    if status in _OF_SHOPWARE:
        response = errors(status, error.code, error.message)
    else:
        response = http.to_response(envelope(error), status)
    challenge = http.challenge_of(error)
    if challenge is not None:
        response.headers["WWW-Authenticate"] = challenge
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.details["allowed"])
    retry_after_s = (
        error.retry_after_s if isinstance(error, Busy) else error.details.get("retryAfter")
    )
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def envelope(error: PunktwerkError) -> dict[str, Any]:
    """Return the body in the envelope of the plugin."""
    return {"status": "error", "message": error.message}


def errors(status: int, code: str, detail: str | None, title: str | None = None) -> Response:
    """Return a response with Shopware's ``errors``, in which the status is a text."""
    found = {
        "status": str(status),
        "code": code,
        "title": title or HTTPStatus(status).phrase,
        "detail": detail,
    }
    return http.to_response({"errors": [found]}, status)
