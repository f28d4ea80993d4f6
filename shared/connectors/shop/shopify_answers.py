"""Reads Shopify's orders into our models.

Source: the Admin GraphQL schema 2026-10, and for notices the documented payloads of the REST
resource Order. GraphQL is asked in the words of the notices (``shopify_queries``), so that one
model reads both. All amounts are those in the shop's own currency.

What an order earns by is what was received for it, without duties and fees: lines after all
discounts with their taxes; shipping, tips and gift cards are lines of their own type. What a refund
takes is the money that went back, without that for duties. So goods that come back
without money, as in an exchange, or that are removed before they were paid, take nothing, and the
goods for which they are exchanged earn nothing once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from functools import partial
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.connectors.paid import percent_of
from shared.connectors.rows import ExternalId, Number, without_nulls
from shared.connectors.sane import QUANTITY_MAX
from shared.connectors.shop.order_receipts import (
    NOTHING,
    OrderHead,
    cancellation_of,
    codes_of,
    refund_of,
    revision_of,
    sale_of,
    shipping_of,
)
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.systems.sales import Receipt
from shared.domain.systems.shop_orders import ShopCustomer, ShopOrder
from shared.domain.units import currency_scale
from shared.said import say

REFUND_ID = "refund:"
"""Stands before the ids of refunds, which may be those of orders, too."""

_PERCENT = 100
_PAID = frozenset({"paid", "partially_refunded", "refunded"})
_SUCCESS = "success"
_ON_ITS_WAY = frozenset({_SUCCESS, "pending", "awaiting_response"})


def id_of(value: Any) -> Any:
    """Return an id as its digits: of ``123``, ``"123"`` and ``gid://shopify/Order/123``."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.rpartition("/")[2].partition("?")[0] if isinstance(value, str) else value


def _nodes_of(value: Any) -> Any:
    """Return the nodes of a connection of GraphQL; the notices have plain lists."""
    return value.get("nodes") if isinstance(value, Mapping) else value


def _code_of(value: Any) -> Any:
    """Return a code, which is a text by GraphQL, and stands in an object in notices."""
    return value.get("code") if isinstance(value, Mapping) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


Id = Annotated[ExternalId, BeforeValidator(id_of)]
Word = Annotated[str, BeforeValidator(_lower)]
"""A word of an enumeration: in capitals by GraphQL, in small letters by notices."""
Code = Annotated[str | None, BeforeValidator(_code_of)]
Quantity = Annotated[int, Field(ge=0, le=QUANTITY_MAX)]
"""Bounded, because a price times a number of 40 digits is no amount, but an error of decimals."""


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)

    _drop_nulls = model_validator(mode="before")(without_nulls)


class _Money(_Answer):
    amount: Number
    currency_code: str = Field(pattern=r"^[A-Z]{3}$")


class _MoneySet(_Answer):
    shop_money: _Money

    @property
    def amount(self) -> Decimal:
        return self.shop_money.amount


class _TaxLine(_Answer):
    price_set: _MoneySet
    rate: Number | None = None


class _Allocation(_Answer):
    amount_set: _MoneySet


class _Product(_Answer):
    id: Id


class _Line(_Answer):
    id: Id
    name: str = ""
    quantity: Quantity
    current_quantity: Quantity | None = None
    price_set: _MoneySet
    gift_card: bool = False
    product_id: Id | None = None
    product: _Product | None = None
    discount_allocations: tuple[_Allocation, ...] = ()
    tax_lines: tuple[_TaxLine, ...] = ()

    @property
    def of_product(self) -> str | None:
        return self.product.id if self.product else self.product_id

    def total(self, *, taxes_included: bool) -> Decimal:
        """What all units cost after all discounts, with taxes."""
        found = self.price_set.amount * self.quantity
        found -= sum((each.amount_set.amount for each in self.discount_allocations), NOTHING)
        return found if taxes_included else found + _tax_of(self.tax_lines)

    @property
    def vat_percent(self) -> Decimal | None:
        """The rate of its taxes together; ``None`` if one of them has no rate."""
        return _rate_of(self.tax_lines)


class _ShippingLine(_Answer):
    discounted_price_set: _MoneySet
    tax_lines: tuple[_TaxLine, ...] = ()
    is_removed: bool = False

    def total(self, *, taxes_included: bool) -> Decimal:
        found = self.discounted_price_set.amount
        return found if taxes_included else found + _tax_of(self.tax_lines)


class _Transaction(_Answer):
    kind: Word
    status: Word
    amount_set: _MoneySet


class _RefundLine(_Answer):
    quantity: Quantity
    line_item: _Product
    subtotal_set: _MoneySet
    total_tax_set: _MoneySet | None = None

    def total(self, *, taxes_included: bool) -> Decimal:
        tax = self.total_tax_set.amount if self.total_tax_set and not taxes_included else NOTHING
        return self.subtotal_set.amount + tax


class _RefundShipping(_Answer):
    subtotal_amount_set: _MoneySet
    tax_amount_set: _MoneySet | None = None

    def total(self, *, taxes_included: bool) -> Decimal:
        tax = self.tax_amount_set.amount if self.tax_amount_set and not taxes_included else NOTHING
        return self.subtotal_amount_set.amount + tax


class _RefundDuty(_Answer):
    amount_set: _MoneySet


class _PageInfo(_Answer):
    has_next_page: bool = Field(default=False, alias="hasNextPage")
    end_cursor: str | None = Field(default=None, alias="endCursor")


class Listed(_Answer):
    """A connection of GraphQL, whose rows are read one by one."""

    nodes: list[dict[str, Any]]
    page_info: _PageInfo = Field(default=_PageInfo(), alias="pageInfo")


class _RefundLines(_Answer):
    nodes: tuple[_RefundLine, ...]
    page_info: _PageInfo = Field(default=_PageInfo(), alias="pageInfo")


class ShopifyRefund(_Answer):
    """A refund, as GraphQL tells it."""

    id: Id
    created_at: AwareDatetime | None = None
    processed_at: AwareDatetime | None = None
    transactions: Annotated[tuple[_Transaction, ...], BeforeValidator(_nodes_of)] = ()
    refund_line_items: _RefundLines = _RefundLines(nodes=())
    refund_shipping_lines: Annotated[tuple[_RefundShipping, ...], BeforeValidator(_nodes_of)] = ()
    duties: tuple[_RefundDuty, ...] = ()

    @property
    def has_money(self) -> bool:
        """Money goes back with it, now or soon."""
        return any(
            each.kind == "refund" and each.status in _ON_ITS_WAY for each in self.transactions
        )

    @property
    def money(self) -> Decimal:
        """The money that has gone back."""
        return sum(
            (
                each.amount_set.amount
                for each in self.transactions
                if each.kind == "refund" and each.status == _SUCCESS
            ),
            NOTHING,
        )


class _EmailAddress(_Answer):
    email_address: str


class ShopifyCustomer(_Answer):
    """A customer, as a notice or GraphQL tells it."""

    id: Id | None = None
    email: str | None = None
    default_email_address: _EmailAddress | None = None
    verified_email: bool = False


class ShopifyOrder(_Answer):
    """An order, as a notice or GraphQL tells it.

    ``refunds`` are read where GraphQL told them; a notice that has some says too little of them.
    """

    id: Id
    name: str = ""
    test: bool = False
    created_at: AwareDatetime
    processed_at: AwareDatetime | None = None
    updated_at: AwareDatetime
    cancelled_at: AwareDatetime | None = None
    financial_status: Word = ""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    taxes_included: bool = False
    total_price_set: _MoneySet
    total_received_set: _MoneySet | None = None
    total_tip_received: Number = NOTHING
    total_tip_received_set: _MoneySet | None = None
    current_total_duties_set: _MoneySet | None = None
    current_total_additional_fees_set: _MoneySet | None = None
    customer: ShopifyCustomer | None = None
    discount_codes: tuple[Code, ...] = ()
    line_items: Annotated[tuple[_Line, ...], BeforeValidator(_nodes_of)]
    shipping_lines: Annotated[tuple[_ShippingLine, ...], BeforeValidator(_nodes_of)] = ()
    refunds: tuple[ShopifyRefund, ...] = ()

    @property
    def issued_at(self) -> datetime:
        """When it was made, as the shop shows it."""
        return self.processed_at or self.created_at


def to_order(row: ShopifyOrder) -> ShopOrder:
    """Read an order with all its refunds.

    Orders that were never paid have no receipts; those of a test gateway only say that they are.
    One that was edited and is not paid in full again keeps what it had.

    Raises:
        ValueError: It is told in several currencies, or an amount is beyond all bounds.
    """
    is_paid = row.financial_status in _PAID and row.cancelled_at is None
    codes = codes_of(row.discount_codes) if is_paid else ()
    return ShopOrder(row.id, tuple(_receipts(row)), to_customer(row.customer), codes)


def to_customer(customer: ShopifyCustomer | None) -> ShopCustomer:
    """Read who has bought. Orders without a customer are those of guests."""
    if customer is None or customer.id is None:
        return ShopCustomer(is_guest=True)
    found = customer.default_email_address
    return ShopCustomer(
        id=customer.id,
        email=found.email_address if found else customer.email,
        is_email_verified=customer.verified_email,
    )


def _receipts(row: ShopifyOrder) -> Iterator[Receipt]:
    head = OrderHead(
        row.id, row.name or row.id, row.currency, revision_of(row.updated_at), is_test=row.test
    )
    if row.cancelled_at is not None:
        yield cancellation_of(head, row.issued_at)
        return
    if row.financial_status in _PAID:
        yield _sale(row, head)
    for refund in row.refunds:
        taken = _refund(row, head, refund)
        if taken is not None:
            yield taken


def _sale(row: ShopifyOrder, head: OrderHead) -> Receipt:
    lines = (*_lines(row), *_shipping(row))
    sale = sale_of(head, row.issued_at, lines, _received(row) - _duties_and_fees(row))
    # What is taken in exchange is not paid again, so that less is received than lines say.
    return replace(sale, doubt=None) if row.refunds else sale


def _received(row: ShopifyOrder) -> Decimal:
    """Return what was paid for the order: all of it, as its status says.

    Only exchanges make a difference, as goods that came back are in the total. An order that an app
    has written as paid may have no payments.
    """
    told = row.total_received_set
    return told.amount if row.refunds and told and told.amount else row.total_price_set.amount


def _lines(row: ShopifyOrder) -> Iterator[PurchaseLine]:
    scale = Decimal(1).scaleb(-currency_scale(row.currency))
    types = _types(row)
    for line in row.line_items:
        if line.price_set.shop_money.currency_code != row.currency:
            raise ValueError(
                say(
                    "lines_in_other_currency",
                    "has lines that are not in {currency}",
                    currency=row.currency,
                )
            )
        sold = _sold(row, line)
        amount = line.total(taxes_included=row.taxes_included)
        if sold != line.quantity:
            amount = (amount * sold / line.quantity).quantize(scale, ROUND_DOWN)
        if sold:
            yield PurchaseLine(amount, types[line.id], None, line.of_product, line.vat_percent)


def _types(row: ShopifyOrder) -> Mapping[str, LineType]:
    """Return the types of lines by their ids. A tip is the line of no product that has its amount.

    Shopify says how much was tipped, and does not mark the line.
    """
    told = row.total_tip_received_set
    tip = told.amount if told else row.total_tip_received
    found = {}
    for line in row.line_items:
        found[line.id] = LineType.GIFT_CARD if line.gift_card else LineType.ITEM
        is_tip = line.of_product is None and line.total(taxes_included=True) == tip
        if tip and is_tip and not line.gift_card:
            found[line.id], tip = LineType.TIP, NOTHING
    return found


def _sold(row: ShopifyOrder, line: _Line) -> int:
    """Return how many units were sold: without those that were removed, and no money went back."""
    has_all = not any(each.refund_line_items.page_info.has_next_page for each in row.refunds)
    if line.current_quantity is None or not has_all:
        return line.quantity
    refunded = sum(
        each.quantity
        for refund in row.refunds
        if refund.has_money
        for each in refund.refund_line_items.nodes
        if each.line_item.id == line.id
    )
    return min(line.current_quantity + refunded, line.quantity)


def _shipping(row: ShopifyOrder) -> Iterator[PurchaseLine]:
    """Yield what was paid for shipping. Of lines that were removed, that is what went back."""
    removed = NOTHING
    for each in row.shipping_lines:
        amount = each.total(taxes_included=row.taxes_included)
        if each.is_removed:
            removed += amount
        else:
            yield from shipping_of(amount, _rate_of(each.tax_lines))
    yield from shipping_of(min(removed, sum(map(partial(_shipping_in, row), row.refunds), NOTHING)))


def _shipping_in(row: ShopifyOrder, refund: ShopifyRefund) -> Decimal:
    """Return what of a refund is for shipping."""
    lines = refund.refund_shipping_lines
    return sum((each.total(taxes_included=row.taxes_included) for each in lines), NOTHING)


def _duties_and_fees(row: ShopifyOrder) -> Decimal:
    besides = (row.current_total_duties_set, row.current_total_additional_fees_set)
    return sum((each.amount for each in besides if each), NOTHING)


def _refund(row: ShopifyOrder, head: OrderHead, refund: ShopifyRefund) -> Receipt | None:
    """Return what a refund takes back; ``None`` if no money for goods or shipping has gone back."""
    duties = (each.amount_set.amount for each in refund.duties)
    amount = refund.money - sum(duties, NOTHING)
    if amount <= 0:
        return None
    has_all = not refund.refund_line_items.page_info.has_next_page
    taken = refund_of(
        head,
        f"{REFUND_ID}{refund.id}",
        refund.processed_at or refund.created_at or row.updated_at,
        (*(_returned(row, refund) if has_all else ()), *shipping_of(_shipping_in(row, refund))),
        amount,
    )
    return replace(taken, revision=head.revision, voids_issued_at=row.issued_at)


def _returned(row: ShopifyOrder, refund: ShopifyRefund) -> Iterator[PurchaseLine]:
    types = _types(row)
    sold = {each.id: each for each in row.line_items}
    for each in refund.refund_line_items.nodes:
        amount = each.total(taxes_included=row.taxes_included)
        line = sold.get(each.line_item.id)
        if amount and line is None:
            yield PurchaseLine(amount)
        elif amount and line is not None:
            yield PurchaseLine(amount, types[line.id], None, line.of_product, line.vat_percent)


def _rate_of(lines: Iterable[_TaxLine]) -> Decimal | None:
    rates = [each.rate for each in lines]
    if not rates or None in rates:
        return None
    return percent_of(sum((rate for rate in rates if rate), NOTHING) * _PERCENT)


def _tax_of(lines: Iterable[_TaxLine]) -> Decimal:
    return sum((each.price_set.amount for each in lines), NOTHING)
