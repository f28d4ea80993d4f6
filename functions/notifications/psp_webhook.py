"""POST /pspWebhook/{provider}/{storeId}: a payment provider reports that something has changed.

There is no key: the provider's signature is the proof, or we ask the provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from functions import http, notification_paths
from functions.catalog import PSP_WEBHOOK
from shared.connectors.psp import PROVIDERS
from shared.connectors.psp.base import ForgedNotification
from shared.errors import MethodNotAllowed, NotificationRefused
from shared.services.payments import payment_notifications

if TYPE_CHECKING:
    from flask import Request

_ACCEPTED = "[accepted]"
"""Adyen needs this text; the others only read the status."""


def serve(request: Request) -> Response:
    """Answer a provider; never raises."""
    return http.guarded(PSP_WEBHOOK, request, lambda log: _answer(request, log))


def _answer(request: Request, log: dict[str, Any]) -> Response:
    if request.method != "POST":
        raise MethodNotAllowed("Use POST.", allowed=["POST"])
    provider, store_id = _named(request.path)
    log |= {"provider": provider, "storeId": store_id}
    try:
        count = payment_notifications.notify(
            provider, store_id, http.headers_of(request), http.raw_body(request)
        )
    except ForgedNotification:
        raise _refused() from None
    log["payments"] = count
    return Response(_ACCEPTED, content_type="text/plain")


def _named(path: str) -> tuple[str, str]:
    """Return provider and store of a path."""
    match notification_paths.parts_of(path, PSP_WEBHOOK):
        case [provider, store_id] if provider in PROVIDERS and store_id:
            return provider, store_id
    raise _refused()


def _refused() -> NotificationRefused:
    return NotificationRefused("The notification is not signed as it should be, or unexpected.")
