"""POST /api/v1/fetchPurchase: show a purchase by Scan & Go, with what it has earned."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import CheckoutNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.orders.order_bodies import CHECKOUT_EXAMPLE, CheckoutBody, CheckoutId
from shared.services import access
from shared.services.orders import checkouts


class Request(RequestModel):
    """The purchase."""

    transaction_id: CheckoutId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The purchase."""

    success: Success = True
    purchase: CheckoutBody = Field(description="The purchase.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"one": {"transactionId": "purchase_abc123"}}

EXAMPLE: dict[str, Any] = {"success": True, "purchase": CHECKOUT_EXAMPLE}

REFUSALS = (CheckoutNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read the purchase."""
    found = access.checkout(caller, body.transaction_id, body.store_id)
    return Response(purchase=checkouts.shown(found))
