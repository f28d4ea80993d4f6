"""Reads WooCommerce's orders and refunds into our models, and what it says of coupons.

Source: WooCommerce REST API v3, "Order properties" and "Refund properties"; times of ``..._gmt``
are in UTC and have no zone. A line's ``total`` is after coupons and without tax, whether prices are
entered with tax or without, and ``total_tax`` is its tax.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.connectors.rows import Number
from shared.connectors.shop import order_receipts
from shared.connectors.shop.order_receipts import NOTHING, OrderHead
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.systems.sales import Receipt
from shared.domain.systems.shop_orders import ShopCustomer, ShopOrder

PAID = frozenset({"processing", "completed"})
"""On hold means that the money has not come."""
OVER = frozenset({"cancelled", "failed", "refunded", "trash"})
"""Nothing of the order is the customer's any more. A refunded one was paid back in full."""
GUEST = 0


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


Moment = Annotated[datetime, AfterValidator(_utc)]
RowId = Annotated[int, Field(gt=0, lt=10**18)]


class WooAnswer(BaseModel):
    """A part of an answer. Fields that are not named are ignored."""

    model_config = ConfigDict(frozen=True)


class WooCost(WooAnswer):
    """Shipping, a fee, or any other line."""

    total: Number = NOTHING
    total_tax: Number = NOTHING

    @property
    def paid(self) -> Decimal:
        """The total with its tax."""
        return self.total + self.total_tax


class WooItem(WooCost):
    """Goods, after coupons; negative in a refund."""

    product_id: int = 0
    variation_id: int = 0


class WooBilling(WooAnswer):
    """Who pays, as typed at the checkout: nobody has verified it."""

    email: str | None = Field(default=None, max_length=320)


class WooRefundMark(WooAnswer):
    """A refund as its order names it."""

    id: RowId


class WooCouponLine(WooAnswer):
    """A coupon that was used. The shop writes codes in lower case."""

    code: str = ""


class WooOrder(WooAnswer):
    """An order."""

    id: RowId
    number: str | None = Field(default=None, max_length=100)
    status: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    total: Number
    customer_id: int = GUEST
    billing: WooBilling = WooBilling()
    date_created_gmt: Moment
    date_modified_gmt: Moment
    date_paid_gmt: Moment | None = None
    line_items: tuple[WooItem, ...] = ()
    shipping_lines: tuple[WooCost, ...] = ()
    fee_lines: tuple[WooCost, ...] = ()
    coupon_lines: tuple[WooCouponLine, ...] = ()
    refunds: tuple[WooRefundMark, ...] = ()

    @property
    def needs_refunds(self) -> bool:
        """True if the order does not say what came back, and that matters."""
        return bool(self.refunds) and self.status in PAID


class WooRefund(WooAnswer):
    """A refund. ``amount`` is positive, the totals of its lines are negative."""

    id: RowId
    date_created_gmt: Moment
    amount: Number
    line_items: tuple[WooItem, ...] = ()
    shipping_lines: tuple[WooCost, ...] = ()
    fee_lines: tuple[WooCost, ...] = ()


class WooCustomer(WooAnswer):
    """A customer, of whom nothing but the address is looked at."""

    id: RowId
    email: str | None = Field(default=None, max_length=320)


class WooMeta(WooAnswer):
    """A row of meta data. Plugins write any."""

    key: str = ""
    value: Any = None


class WooCoupon(WooAnswer):
    """A coupon. ``date_expires_gmt`` has no zone."""

    id: RowId
    code: str
    usage_count: int = 0
    date_expires_gmt: str | None = None
    meta_data: tuple[WooMeta, ...] = ()


class WooCurrency(WooAnswer):
    """The currency of the shop."""

    code: str = Field(pattern=r"^[A-Z]{3}$")


@dataclass(frozen=True, slots=True)
class WooTerms:
    """What a merchant says of the shop: the products that are gift cards."""

    gift_card_ids: frozenset[int] = frozenset()

    def type_of(self, item: WooItem) -> LineType:
        """Return what a line sells."""
        ids = {item.product_id, item.variation_id}
        return LineType.GIFT_CARD if ids & self.gift_card_ids else LineType.ITEM


def to_order(row: WooOrder, refunds: Sequence[WooRefund], terms: WooTerms) -> ShopOrder:
    """Read an order with its refunds.

    Raises:
        ValueError: An amount is beyond all bounds.
    """
    head = OrderHead(
        str(row.id),
        row.number or str(row.id),
        row.currency,
        order_receipts.revision_of(row.date_modified_gmt),
    )
    at = row.date_paid_gmt or row.date_created_gmt
    receipts: tuple[Receipt, ...] = ()
    codes: tuple[str, ...] = ()
    if row.status in PAID:
        codes = order_receipts.codes_of(each.code for each in row.coupon_lines)
        lines = [*_lines(row.line_items, terms), *_discounts(row.fee_lines), *_shipping(row)]
        total = row.total - _fees(row)
        receipts = (
            order_receipts.sale_of(head, at, lines, total),
            *(_refund(head, each, terms) for each in refunds),
        )
    elif row.status in OVER:
        receipts = (order_receipts.cancellation_of(head, at),)
    return ShopOrder(str(row.id), receipts, _customer(row), codes)


def _refund(head: OrderHead, row: WooRefund, terms: WooTerms) -> Receipt:
    lines = [
        PurchaseLine(
            abs(each.paid),
            terms.type_of(each),
            product_id=_product_of(each),
            vat_percent=_vat(each),
        )
        for each in row.line_items
        if each.paid
    ]
    lines += _shipping(row)
    paid_back = max(abs(row.amount) - abs(_fees(row)), NOTHING)
    refund_id = f"refund:{row.id}"
    return order_receipts.refund_of(head, refund_id, row.date_created_gmt, lines, paid_back)


def _lines(items: Iterable[WooItem], terms: WooTerms) -> Iterator[PurchaseLine]:
    for each in items:
        yield PurchaseLine(
            each.paid, terms.type_of(each), product_id=_product_of(each), vat_percent=_vat(each)
        )


def _discounts(fees: Iterable[WooCost]) -> Iterator[PurchaseLine]:
    """Yield fees below zero: shops give discounts so. Others are costs, which earn nothing."""
    for each in fees:
        if each.paid < 0:
            yield PurchaseLine(each.paid, LineType.DISCOUNT)


def _shipping(row: WooOrder | WooRefund) -> Iterator[PurchaseLine]:
    """Yield what was paid for shipping, or came back of it."""
    for each in row.shipping_lines:
        yield from order_receipts.shipping_of(abs(each.paid), _vat(each))


def _fees(row: WooOrder | WooRefund) -> Decimal:
    """Return what is neither goods nor shipping. In an order a fee below zero is a discount."""
    is_order = isinstance(row, WooOrder)
    fees = [each.paid for each in row.fee_lines if not (is_order and each.paid < 0)]
    return sum(fees, NOTHING)


def _product_of(item: WooItem) -> str | None:
    return str(item.product_id) if item.product_id > 0 else None


def _vat(item: WooCost) -> Decimal | None:
    """Return the rate of a line's tax, to a tenth of a percent; ``None`` if there is no price.

    Rows of tax rates are named by the shop; what was paid is certain.
    """
    if not item.total:
        return None
    percent = (item.total_tax * 100 / item.total).quantize(Decimal("0.1"))
    return percent.normalize() if 0 <= percent <= 100 else None  # noqa: PLR2004


def _customer(row: WooOrder) -> ShopCustomer:
    is_guest = row.customer_id <= GUEST
    return ShopCustomer(
        id=None if is_guest else str(row.customer_id), email=row.billing.email, is_guest=is_guest
    )


def to_problem(body: Any) -> str | None:
    """Return the message of a refusal: ``{"code", "message", "data": {"status"}}``."""
    return str(body["message"])
