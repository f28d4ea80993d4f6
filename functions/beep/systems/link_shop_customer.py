"""POST /api/v1/linkShopCustomer: book the orders of a shop that wait for a member."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import (
    ConnectorNotConfigured,
    MemberExists,
    MembershipNotFound,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import NewId, RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId, UserId
from shared.schemas.systems.sync_bodies import ShopName
from shared.services.systems import shop_links


class Request(RequestModel):
    """A member and a shop.

    What was bought under the member's e-mail address earns: that of the profile if a secret key
    calls, else the one that the sign-in has verified. With ``customerId`` the member is that
    customer of the shop from now on.
    """

    user_id: UserId
    store_id: StoreId
    system: ShopName
    customer_id: NewId | None = Field(
        default=None,
        description="The shop's id of the customer's account. Not for signed-in customers.",
    )


class Response(ResponseModel):
    """The orders that had waited, and earn now if they can."""

    success: Success = True
    user_id: answers.UserId
    store_id: answers.StoreId
    system: ShopName
    is_linked: bool = Field(
        description="Whether a customer's account of the shop is linked to the member."
    )
    orders_booked: int = Field(description="How many orders had waited for the member.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "customer": {
        "userId": "user_xyz",
        "storeId": "store_a",
        "system": "generic",
        "customerId": "17",
    },
    "address": {"userId": "user_xyz", "storeId": "store_a", "system": "generic"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "userId": "user_xyz",
    "storeId": "store_a",
    "system": "generic",
    "isLinked": True,
    "ordersBooked": 2,
}

REFUSALS = (
    StoreNotFound,
    ConnectorNotConfigured,
    MembershipNotFound,
    MemberExists,
)


def handle(body: Request, caller: Caller) -> Response:
    """Link the customer, and book what has waited."""
    done = shop_links.link(
        caller,
        user_id=body.user_id,
        store_id=body.store_id,
        system=body.system,
        customer_id=body.customer_id,
    )
    return Response(
        user_id=done.user_id,
        store_id=body.store_id,
        system=body.system,
        is_linked=done.is_linked,
        orders_booked=done.orders_booked,
        is_replay=done.is_replay,
    )
