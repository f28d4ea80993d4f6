"""GET customer-transactions/{customerId}: what was booked for a customer, part by part."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from functions.shopware import bodies, sandbox_answers
from functions.shopware.fields import (
    LIMIT_DEFAULT,
    Bound,
    CustomerId,
    Direction,
    Limit,
    OrderId,
    SalesChannelId,
    ShopRequest,
    Truth,
    Whole,
)
from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty.shop_transactions import TransactionFilter
from shared.schemas.base import ResponseModel
from shared.services.loyalty import sales_channels
from shared.services.members import history, shop_profiles
from shared.services.members.history import HistorySlice

OFFSET_MAX = 1_000


class Request(ShopRequest):
    """The customer, what must hold of a transaction, and which part of the list is asked for.

    With a filter, or sorted by value, it works for who has at most 1,000 transactions.
    """

    customer_id: CustomerId
    received: Truth | None = Field(
        default=None, description="Only what the balance has, or only what it gets later."
    )
    refund: Truth | None = Field(default=None, description="Only refunds, or none.")
    expired: Truth | None = Field(
        default=None, description="Only what has expired or writes it off, or nothing of that."
    )
    order_id: OrderId | None = None
    min_value: Bound | None = Field(default=None, description="The least value, which may be < 0.")
    max_value: Bound | None = Field(default=None, description="The most value, which may be < 0.")
    limit: Limit = LIMIT_DEFAULT
    offset: Whole = Field(
        default=0, ge=0, le=OFFSET_MAX, description="How many to leave out; each is read."
    )
    sort_by: Literal["createdAt", "value"] = Field(
        default="createdAt", description="`createdAt` or `value`."
    )
    sort_direction: Direction = "DESC"
    sales_channel_id: SalesChannelId | None = None


class Response(ResponseModel):
    """A part of the transactions."""

    status: bodies.Status = "success"
    data: list[bodies.ShopTransactionBody] = Field(description="The transactions.")
    total: int = Field(description="How many there are in all.")
    limit: int = Field(description="The limit of the request.")
    offset: int = Field(description="The offset of the request.")


EXAMPLE: dict[str, Any] = {
    "status": "success",
    "data": [sandbox_answers.TRANSACTION],
    "total": 1,
    "limit": 20,
    "offset": 0,
}


def handle(body: Request, caller: Caller) -> Response:
    """Read customer and membership, and then the part."""
    program = sales_channels.program_of(caller, body.sales_channel_id)
    profile = shop_profiles.one(caller, program, body.customer_id)
    found, total = history.part_of(
        profile.membership,
        TransactionFilter(
            body.received,
            body.refund,
            body.expired,
            body.order_id,
            body.min_value,
            body.max_value,
        ),
        HistorySlice(
            body.limit,
            body.offset,
            is_by_points=body.sort_by == "value",
            is_descending=body.sort_direction == "DESC",
        ),
    )
    now = clock.utc_now()
    rows = [bodies.to_transaction(each, body.customer_id, profile, now) for each in found]
    return Response(data=rows, total=total, limit=body.limit, offset=body.offset)


def sandbox(body: Request) -> dict[str, Any]:
    """Show the transaction of the sandbox's customer."""
    found = sandbox_answers.filled(EXAMPLE, body.customer_id, body.order_id)
    return {**found, "limit": body.limit, "offset": body.offset}
