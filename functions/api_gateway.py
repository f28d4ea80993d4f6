"""/apiGateway/api/v1/<name>: one function that routes to every endpoint, and serves the docs."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from functions import http, unbuilt
from functions.catalog import (
    API_PREFIX,
    ENDPOINT_BY_NAME,
    GATEWAY,
    PSP_WEBHOOK,
    SHOP_WEBHOOK,
    WALLET_PASSES,
)
from functions.shopware import operations
from shared.errors import UnknownAction

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request, Response

_NAME_CHARS_MAX = 60
_LIKENESS_MIN = 0.75
"""Of 1, as difflib counts it: createProgram is so near to createLoyaltyProgram."""


def handle(request: Request) -> Response:
    """Answer a request by the last part of its path.

    Cloud Functions strips the function's own name from the path and functions-framework does not,
    so only the part after ``/api/v1/`` counts.
    """
    face = _other_face(request.path)
    if face is not None:
        return face(request)
    if operations.is_ours(request.path):
        from functions.shopware import serving

        return serving.serve(request)
    name = action_of(request.path)
    endpoint = ENDPOINT_BY_NAME.get(name or "")
    if endpoint is not None:
        return http.serve(endpoint, request)
    return http.guarded(name or request.path, request, lambda _: _other(request, name))


def _other_face(path: str) -> Callable[[Request], Response] | None:
    """Return who answers a path on which others call by themselves; ``None`` if nobody does."""
    if f"/{PSP_WEBHOOK}/" in path:
        from functions.notifications import psp_webhook

        return psp_webhook.serve
    if "/oauth" in path:
        from functions.oauth import face

        if face.is_page(path):
            return face.serve
    if f"/{SHOP_WEBHOOK}/" in path:
        from functions.notifications import shop_webhook

        return shop_webhook.serve
    if f"/{WALLET_PASSES}/" in path:
        from functions.notifications import wallet_passes

        return wallet_passes.serve
    return None


def action_of(path: str) -> str | None:
    """Return the part after ``/api/v1/``, ``None`` if the path has no such part."""
    _, found, action = path.partition(API_PREFIX)
    return action.strip("/") if found else None


def _other(request: Request, name: str | None) -> Any:
    from functions.beep import api_docs

    page = api_docs.find(request.path)
    if page is not None:
        return page
    if request.method == "OPTIONS":
        return http.preflight(("GET", "POST"))
    refusal = unbuilt.refusal(name or "")
    if refusal is not None:
        raise refusal
    nearest = nearest_name(name or "")
    raise UnknownAction(
        f"There is no action {name or request.path} in {GATEWAY}.",
        fix=f"Did you mean {nearest}? {UnknownAction.fix}" if nearest else None,
    )


def nearest_name(name: str) -> str | None:
    """Return the name of an endpoint that is spelled much like another text, if there is one."""
    if len(name) > _NAME_CHARS_MAX:  # Comparing takes the square of it.
        return None
    names = {each.casefold(): each for each in ENDPOINT_BY_NAME}
    found = difflib.get_close_matches(name.casefold(), names, n=1, cutoff=_LIKENESS_MIN)
    return names[found[0]] if found else None
