"""POST /shopWebhook/{system}/{storeId}: an online shop reports what has happened there.

There is no key: the shop's signature is the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from functions import http, notification_paths
from functions.catalog import SHOP_WEBHOOK
from shared.connectors import shop
from shared.connectors.shop.base import NoticeNotGenuine
from shared.errors import MethodNotAllowed, NotificationRefused
from shared.services.systems import shop_notices

if TYPE_CHECKING:
    from flask import Request


def serve(request: Request) -> Response:
    """Answer a shop; never raises."""
    return http.guarded(SHOP_WEBHOOK, request, lambda log: _answer(request, log))


def _answer(request: Request, log: dict[str, Any]) -> Response:
    system, store_id, step = _named(request.path)
    log |= {"system": system, "storeId": store_id}
    if step is not None:
        return _of_step(request, system, store_id, step, log)
    if request.method != "POST":
        raise MethodNotAllowed("Use POST.", allowed=["POST"])
    headers = http.headers_of(request)
    try:
        topic = shop_notices.notify(system, store_id, headers, http.raw_body(request))
    except NoticeNotGenuine:
        raise _refused() from None
    log["topic"] = topic.value
    return Response("", content_type="text/plain")


def _of_step(
    request: Request, system: str, store_id: str, step: str, log: dict[str, Any]
) -> Response:
    from functions.notifications import shop_app, shop_approval

    try:
        if step in shop_app.STEPS:
            return shop_app.answer(request, store_id, step)
        return shop_approval.answer(request, system, store_id, step, log)
    except NoticeNotGenuine:
        raise _refused() from None


def _named(path: str) -> tuple[str, str, str | None]:
    """Return shop system and store of a path, and the step by which a shop is connected."""
    match notification_paths.parts_of(path, SHOP_WEBHOOK):
        case [system, store_id] if system in shop.SYSTEMS and store_id:
            return system, store_id, None
        case ["shopware", store_id, ("register" | "confirm") as step] if store_id:
            return "shopware", store_id, step
        case [system, store_id, "connected"] if system in shop.APPROVING and store_id:
            return system, store_id, "connected"
        case ["woocommerce", store_id, "approve"] if store_id:
            return "woocommerce", store_id, "approve"
    raise _refused()


def _refused() -> NotificationRefused:
    return NotificationRefused(
        "The notice is not signed as it should be, or unexpected.",
        fix="Compare the URL and the secret in the shop's settings with configureSync.",
    )
