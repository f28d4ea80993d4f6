"""POST /shopWebhook/{system}/{storeId}/approve, GET .../connected: a merchant has said yes, or no.

A shop that posts the access that it gives does so to the first. It sends the merchant's browser to
the second, which answers a page; of other shops the browser brings what the access is got by. There
is no key: our state is the proof. No cookie is set or looked at, the page sends nobody anywhere,
and what it does again changes nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response

from functions import http, pages
from functions.catalog import ENDPOINT_BY_NAME
from shared.connectors import shop
from shared.connectors.shop.base import NoticeNotGenuine
from shared.errors import Busy, ConnectorError, ConnectorNotConfigured, MethodNotAllowed
from shared.services.systems import shop_approvals, shop_subscriptions
from shared.services.systems.shop_approvals import ApprovalUsed

if TYPE_CHECKING:
    from flask import Request

_ROLES = ENDPOINT_BY_NAME["connectShop"].staff_roles
_FOLDER = Path(__file__).parent / "shop_pages"
_TOLD = "The shop tells of each order at once."
_NOT_TOLD = (
    "But the shop was not told to report its orders at once ({reason}). They come with each sync. "
    "Whoever has set this up can try again with subscribeShopNotices."
)
_UNKNOWN = (
    "The link was not made for this shop, is older than an hour, was used before, or does not "
    "count any more."
)
_SAID_NO = "The shop was not allowed to give access."


def answer(
    request: Request, system: str, store_id: str, step: str, log: dict[str, Any]
) -> Response:
    """Answer a shop, or the browser of a merchant.

    Raises:
        MethodNotAllowed, Busy.
        NoticeNotGenuine: A shop's answer is not what was asked for.
        ConnectorError: The shop does not accept the access that it gives.
    """
    method = "POST" if step == "approve" else "GET"
    if request.method != method:
        raise MethodNotAllowed(f"Use {method}.", allowed=[method])
    if step == "connected":
        return _page(request, system, store_id, log)
    shop_approvals.approve(system, store_id, http.raw_body(request), roles=_ROLES)
    return Response("", content_type="text/plain")


def _page(request: Request, system: str, store_id: str, log: dict[str, Any]) -> Response:
    """Answer whether it worked. A browser that comes once more finds what it has found before."""
    is_posted = shop.approval_of(system).IS_POSTED
    if is_posted and request.args.get("success") != "1":
        return _refused(_SAID_NO, HTTPStatus.OK)
    try:
        if is_posted:
            shop_approvals.require_used(system, store_id, request.args.get("user_id", ""))
        else:
            shop_approvals.approve(system, store_id, request.query_string, roles=_ROLES)
    except ApprovalUsed:
        pass
    except NoticeNotGenuine:
        return _refused(_UNKNOWN, HTTPStatus.UNAUTHORIZED)
    except (ConnectorError, Busy) as error:
        log["error"] = error.code
        return _refused(error.message, HTTPStatus(error.status))
    return _connected(system, store_id, log)


def _connected(system: str, store_id: str, log: dict[str, Any]) -> Response:
    """Have the shop send its notices; the connection stands also if it does not take that."""
    notices = _TOLD
    try:
        shop_subscriptions.subscribe_connected(system, store_id)
    except ConnectorNotConfigured:
        return _refused(_UNKNOWN, HTTPStatus.UNAUTHORIZED)  # It was, and was deleted since.
    except (ConnectorError, Busy) as error:
        log["error"] = error.code
        notices = _NOT_TOLD.format(reason=error.message.rstrip("."))
    return _html("connected.html", {"NOTICES": notices}, HTTPStatus.OK)


def _refused(reason: str, status: HTTPStatus) -> Response:
    return _html("refused.html", {"REASON": reason}, status)


def _html(name: str, texts: dict[str, str], status: HTTPStatus) -> Response:
    return pages.answered(pages.filled(_FOLDER / name, texts), status)
