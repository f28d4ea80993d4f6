"""Our own contract of a shop's orders and notices: docs/connectors/shop-generic.md."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from shared.connectors.base import PAGE_ITEMS_MAX, POSITION_CHARS_MAX
from shared.connectors.rows import ExternalId, Number, reason_of
from shared.connectors.shop import order_receipts
from shared.connectors.shop.base import EVENT_ID_CHARS_MAX, ShopNotice, ShopTopic, body_of
from shared.connectors.shop.order_receipts import NOTHING, OrderHead
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.systems.sales import Receipt
from shared.domain.systems.shop_orders import ShopCustomer, ShopOrder
from shared.said import say

LINES_MAX = 500
_REFUND = "refund:"
"""Stands before the ids of refunds, so that none is that of an order."""
REFUNDS_MAX = 100

Amount = Annotated[
    Number,
    Field(description="In major units, as a number or a text: `19.99`. With the tax in it."),
]
Quantity = Annotated[Number, Field(ge=0)]


class ContractPart(BaseModel):
    """A part of the contract: names are in camel case."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, frozen=True)


class Topic(StrEnum):
    """What a notice is about."""

    ORDER = "order"
    CUSTOMER = "customer"
    DATA_REQUEST = "customer.data_request"
    CUSTOMER_ERASURE = "customer.erasure"
    SHOP_ERASURE = "shop.erasure"
    UNINSTALLED = "uninstalled"
    PING = "ping"


TOPICS = tuple(Topic)


class Status(StrEnum):
    """What has become of an order. Only ``paid`` earns; ``cancelled`` takes all of it back."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


class ToldCustomer(ContractPart):
    """Who has bought."""

    id: ExternalId | None = Field(
        default=None, description="Your id of the customer's account; left out for a guest."
    )
    email: str | None = Field(default=None, max_length=320, description="The e-mail address.")
    is_email_verified: bool = Field(
        default=False,
        description=(
            "True only if the customer has proved to you that the address is theirs, by a link in "
            "a mail: then it tells who the member is."
        ),
    )


class ToldLine(ContractPart):
    """Some of the goods."""

    amount: Amount
    type: Literal[LineType.ITEM, LineType.DISCOUNT, LineType.GIFT_CARD, LineType.DEPOSIT] = Field(
        default=LineType.ITEM,
        description=(
            "`item` for goods; `gift_card` and `deposit` earn nothing; the amount of a `discount` "
            "is negative."
        ),
    )
    product_id: ExternalId | None = Field(default=None, description="The product.")
    category: ExternalId | None = Field(default=None, description="Its category.")
    vat_percent: Annotated[Number, Field(ge=0, le=100)] | None = Field(
        default=None, description="The rate of the tax that is in the amount."
    )


class ToldReturn(ContractPart):
    """Some of the goods, as they came back."""

    amount: Annotated[Amount, Field(ge=0)] = Field(
        description="What was paid back for it: never below zero."
    )
    type: Literal[LineType.ITEM, LineType.GIFT_CARD, LineType.DEPOSIT] = Field(
        default=LineType.ITEM, description="As that of the line that was sold."
    )
    product_id: ExternalId | None = Field(default=None, description="The product.")
    category: ExternalId | None = Field(default=None, description="Its category.")
    vat_percent: Annotated[Number, Field(ge=0, le=100)] | None = Field(
        default=None, description="The rate of the tax that is in the amount."
    )


class ToldRefund(ContractPart):
    """Money that was paid back."""

    id: ExternalId = Field(description="Unique among your refunds and orders.")
    refunded_at: AwareDatetime = Field(description="When it was paid back.")
    amount: Annotated[Amount, Field(ge=0)] = Field(
        description="What was paid back, positive, with shipping."
    )
    shipping: Annotated[Amount, Field(ge=0)] = Field(
        default=NOTHING, description="What of it was shipping and other costs, as in the order."
    )
    lines: tuple[ToldReturn, ...] = Field(
        default=(),
        max_length=LINES_MAX,
        description="The goods that came back, with positive amounts, if you know them.",
    )


class ToldOrder(ContractPart):
    """An order as it is now, with all its refunds."""

    id: ExternalId = Field(description="Your id of the order, for ever the same.")
    number: str = Field(default="", max_length=100, description="As the customer knows it.")
    status: Status = Field(description="Only `paid` earns; `cancelled` takes everything back.")
    changed_at: AwareDatetime = Field(
        description="When it was last changed: of two readings, the later one counts."
    )
    paid_at: AwareDatetime | None = Field(
        default=None, description="When it was paid. Needed if the status is `paid`."
    )
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.")
    total: Annotated[Amount, Field(ge=0)] = Field(
        description="What was to be paid for everything, as if nothing had been paid back."
    )
    shipping: Annotated[Amount, Field(ge=0)] = Field(
        default=NOTHING,
        description=(
            "What of it is shipping and other costs: it earns nothing, unless the program's "
            "`earningBase` has `shippingEarns`."
        ),
    )
    lines: tuple[ToldLine, ...] = Field(
        default=(),
        max_length=LINES_MAX,
        description="Goods and discounts. Without lines all but the shipping earns.",
    )
    refunds: tuple[ToldRefund, ...] = Field(
        default=(), max_length=REFUNDS_MAX, description="All refunds so far."
    )
    customer: ToldCustomer | None = Field(default=None, description="Who has bought.")
    is_test: bool = Field(default=False, description="No money was paid: it earns nothing.")
    codes: tuple[Annotated[str, Field(min_length=1, max_length=300)], ...] = Field(
        default=(),
        max_length=order_receipts.CODES_MAX,
        description="The codes that took something off this order, as you spell them.",
    )


class ToldNotice(ContractPart):
    """What a shop sends: the topic, and the order or the customer that it is about."""

    topic: Topic = Field(description="What it is about. Others are answered and do nothing.")
    order: ToldOrder | None = Field(default=None, description="Of the topic `order`.")
    customer: ToldCustomer | None = Field(default=None, description="Of the topics of customers.")


class OrderList(ContractPart):
    """A page of the shop's list of orders."""

    orders: tuple[dict[str, Any], ...] = Field(max_length=PAGE_ITEMS_MAX)
    next_cursor: str | None = Field(default=None, min_length=1, max_length=POSITION_CHARS_MAX)
    changed_until: str | None = Field(default=None, min_length=1, max_length=POSITION_CHARS_MAX)


def to_notice(event_id: str, raw: bytes) -> ShopNotice:
    """Read a notice whose signature was right; one that does not fit the contract does nothing.

    Of an order that cannot be read the shop is asked, if the id is known. ``unread`` says why.
    """
    event_id = event_id[:EVENT_ID_CHARS_MAX]
    body = body_of(raw)
    try:
        notice = ToldNotice.model_validate(body)
        order = to_order(notice.order) if notice.order else None
    except ValueError as error:
        # What fits the contract and cannot be true is told alike by the list.
        to_read = _unread(body) if isinstance(error, ValidationError) else ()
        why = reason_of(error)
        return ShopNotice(event_id, ShopTopic.OTHER, orders_to_read=to_read, unread=why)
    return ShopNotice(
        event_id,
        ShopTopic[notice.topic.name],
        orders=(order,) if order and notice.topic is Topic.ORDER else (),
        customer=_customer(notice.customer),
    )


def to_order(row: ToldOrder) -> ShopOrder:
    """Read an order: its sale, or its cancellation, and its refunds.

    Raises:
        ValueError: It says what no order can be.
    """
    if row.id.startswith(_REFUND):
        raise ValueError(say("id_begins_with", "has an id that begins with {begin}", begin=_REFUND))
    head = OrderHead(
        row.id,
        row.number or row.id,
        row.currency,
        order_receipts.revision_of(row.changed_at),
        is_test=row.is_test,
    )
    receipts = []
    if row.status is Status.CANCELLED:
        receipts = [order_receipts.cancellation_of(head, row.paid_at or row.changed_at)]
    elif row.status is Status.PAID:
        if row.paid_at is None:
            raise ValueError(say("paid_without_date", "is paid, and has no paidAt"))
        lines = _lines(row.lines) or [PurchaseLine(max(row.total - row.shipping, NOTHING))]
        shipping = order_receipts.shipping_of(row.shipping)
        receipts = [
            order_receipts.sale_of(head, row.paid_at, [*lines, *shipping], row.total),
            *(_refund(head, each) for each in row.refunds),
        ]
    codes = order_receipts.codes_of(row.codes) if row.status is Status.PAID else ()
    return ShopOrder(row.id, tuple(receipts), _customer(row.customer), codes)


def _refund(head: OrderHead, row: ToldRefund) -> Receipt:
    lines = [*_lines(row.lines), *order_receipts.shipping_of(row.shipping)]
    return order_receipts.refund_of(head, f"{_REFUND}{row.id}", row.refunded_at, lines, row.amount)


def _lines(rows: Sequence[ToldLine | ToldReturn]) -> list[PurchaseLine]:
    return [
        PurchaseLine(each.amount, each.type, each.category, each.product_id, each.vat_percent)
        for each in rows
    ]


def _customer(row: ToldCustomer | None) -> ShopCustomer | None:
    if row is None:
        return None
    return ShopCustomer(row.id, row.email, row.is_email_verified, is_guest=row.id is None)


def _unread(body: Any) -> tuple[str, ...]:
    """Return the id of an order that does not fit the contract, so that the shop is asked."""
    order = body.get("order") if isinstance(body, dict) else None
    found = order.get("id") if isinstance(order, dict) else None
    return (found,) if isinstance(found, str) and 0 < len(found) <= 100 else ()  # noqa: PLR2004
