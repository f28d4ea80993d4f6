"""Reads Shopware 6's orders into our models.

Source: the vendor's OpenAPI definition of the Admin API, 6.7.10.1, and its documentation of states.

An order counts once a payment of it is paid. Lines have their taxes in them or beside them
(``taxStatus``), promotions and credits are lines below zero. A payment that is refunded, charged
back or cancelled voids the order; of one that is refunded in part only the refunds of its captures
say how much, which not every payment plugin writes. A refund does not say what of it was for
shipping: what is no position is taken for goods.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from shared.connectors.paid import percent_of
from shared.connectors.rows import EXTERNAL_ID_CHARS_MAX, Number, without_nulls
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
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.systems.shop_orders import ShopCustomer, ShopOrder
from shared.said import say

_STEP = Decimal("0.000001")
_WITH_TAX_BESIDE = "net"
_PAID = frozenset({"paid", "refunded_partially"})
_BACK = frozenset({"refunded", "chargeback", "cancelled"})
_HAD = _PAID | {"refunded", "chargeback"}
_DONE = "completed"
_CANCELLED = "cancelled"
_PROMOTION = "promotion"
_NO_AMOUNT = say(
    "refund_unclear",
    "is refunded in part, and the shop does not say how much: nothing is taken back",
)


def _amount(value: Any) -> Any:
    """Return a number without what floats add to it, such as 0.30000000000000004."""
    try:
        return value.quantize(_STEP) if isinstance(value, Decimal) else value
    except InvalidOperation:
        return value


def _values_of(value: Any) -> Any:
    """Return the values of a list that PHP has written as an object."""
    return list(value.values()) if isinstance(value, Mapping) else value


_ID = re.compile(r"[0-9a-f]{32}")
Id = Annotated[str, Field(pattern=rf"^{_ID.pattern}$")]
Amount = Annotated[Number, BeforeValidator(_amount)]


def is_id(text: str) -> bool:
    """Tell whether a text is an id of Shopware."""
    return _ID.fullmatch(text) is not None


def written(at: datetime) -> str:
    """Return a time as Shopware writes it: UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000+00:00}"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    _drop_nulls = model_validator(mode="before")(without_nulls)


class FoundOrders(_Answer):
    """A page of a search. Its rows are read one by one."""

    data: list[dict[str, Any]]


class _Tax(_Answer):
    tax: Amount
    tax_rate: Amount = NOTHING


class _Price(_Answer):
    total_price: Amount
    calculated_taxes: Annotated[tuple[_Tax, ...], BeforeValidator(_values_of)] = ()

    def with_tax(self, tax_status: str) -> Decimal:
        if tax_status != _WITH_TAX_BESIDE:
            return self.total_price
        return self.total_price + sum((each.tax for each in self.calculated_taxes), NOTHING)

    @property
    def vat_percent(self) -> Decimal | None:
        """The rate of its tax; ``None`` if there are several, or none is told."""
        rates = {each.tax_rate for each in self.calculated_taxes}
        return percent_of(rates.pop()) if len(rates) == 1 else None


class _OrderPrice(_Answer):
    total_price: Amount
    tax_status: str = "gross"


class _State(_Answer):
    technical_name: str = ""


class _Timed(_Answer):
    created_at: AwareDatetime
    updated_at: AwareDatetime | None = None
    state_machine_state: _State = _State()

    @property
    def state(self) -> str:
        return self.state_machine_state.technical_name

    @property
    def changed_at(self) -> datetime:
        return max(self.created_at, self.updated_at or self.created_at)


class _Position(_Answer):
    order_line_item_id: str
    amount: _Price


class _Refund(_Timed):
    id: Id
    amount: _Price
    positions: tuple[_Position, ...] = ()


class _Capture(_Timed):
    refunds: tuple[_Refund, ...] = ()


class _Transaction(_Timed):
    amount: _Price
    captures: tuple[_Capture, ...] = ()

    @property
    def refunds(self) -> Iterator[_Refund]:
        for capture in self.captures:
            yield from capture.refunds


class _Line(_Answer):
    id: str
    type: str = "product"
    parent_id: str | None = None
    product_id: str | None = Field(default=None, max_length=EXTERNAL_ID_CHARS_MAX)
    referenced_id: str | None = None
    price: _Price

    @property
    def code(self) -> str | None:
        """The code of a promotion, as the customer typed it; ``None`` if it needs none."""
        return self.referenced_id if self.type == _PROMOTION else None


class _Currency(_Answer):
    iso_code: str = Field(pattern=r"^[A-Z]{3}$")


class ShopwareCustomer(_Answer):
    """An account of the shop, or a guest."""

    id: Id
    email: str | None = None
    guest: bool = False
    double_opt_in_registration: bool = False
    double_opt_in_confirm_date: AwareDatetime | None = None


class _OrderCustomer(_Answer):
    customer: ShopwareCustomer | None = None


class ShopwareOrder(_Timed):
    """An order with the associations that are asked for."""

    id: Id
    order_number: str = ""
    order_date_time: AwareDatetime
    price: _OrderPrice
    shipping_costs: _Price = _Price(total_price=NOTHING)
    currency: _Currency
    line_items: tuple[_Line, ...]
    transactions: tuple[_Transaction, ...] = ()
    order_customer: _OrderCustomer | None = None

    @property
    def parts(self) -> Iterator[_Timed]:
        """The order and everything whose change does not change the time of the order."""
        yield self
        for transaction in self.transactions:
            yield transaction
            yield from transaction.captures
            yield from transaction.refunds


def to_order(row: ShopwareOrder) -> ShopOrder:
    """Read an order with all its refunds. Orders that were never paid have no receipts.

    Raises:
        ValueError: An amount is beyond all bounds.
    """
    receipts = tuple(_receipts(row))
    is_paid = any(each.kind is ReceiptKind.SALE for each in receipts)
    codes = codes_of(each.code for each in row.line_items) if is_paid else ()
    return ShopOrder(row.id, receipts, to_customer(row.order_customer), codes)


def to_customer(found: _OrderCustomer | None) -> ShopCustomer:
    """Read who has bought. An address is verified by a confirmed double opt-in alone."""
    return of_account(found.customer if found else None)


def of_account(customer: ShopwareCustomer | None) -> ShopCustomer:
    """Read an account of the shop; a guest's is none."""
    if customer is None or customer.guest:
        return ShopCustomer(is_guest=True)
    is_verified = (
        customer.double_opt_in_registration and customer.double_opt_in_confirm_date is not None
    )
    return ShopCustomer(customer.id, customer.email, is_email_verified=is_verified)


def _receipts(row: ShopwareOrder) -> Iterator[Receipt]:
    head = OrderHead(
        row.id,
        row.order_number or row.id,
        row.currency.iso_code,
        revision_of(max(each.changed_at for each in row.parts)),
    )
    states = {each.state for each in row.transactions}
    if row.state == _CANCELLED or (states & _BACK and not states & _PAID):
        yield cancellation_of(head, row.order_date_time)
    elif states & _PAID:
        yield from _paid_receipts(row, head)


def _paid_receipts(row: ShopwareOrder, head: OrderHead) -> Iterator[Receipt]:
    status = row.price.tax_status
    received = sum(
        (each.amount.total_price for each in row.transactions if each.state in _HAD), NOTHING
    )
    paid = min(received, row.price.total_price)
    shipping = shipping_of(row.shipping_costs.with_tax(status), row.shipping_costs.vat_percent)
    sale = sale_of(head, row.order_date_time, (*_lines(row), *shipping), paid)
    refunds = [
        each
        for transaction in row.transactions
        for each in transaction.refunds
        if each.state == _DONE
    ]
    in_part = any(each.state == "refunded_partially" for each in row.transactions)
    if in_part and not refunds:
        sale = replace(sale, doubt=_NO_AMOUNT)
    yield sale
    for refund in refunds:
        taken = refund_of(
            head,
            f"refund:{refund.id}",
            refund.created_at,
            tuple(_returned(row, refund)),
            refund.amount.with_tax(status),
        )
        yield replace(taken, revision=head.revision, voids_issued_at=row.order_date_time)


def _lines(row: ShopwareOrder) -> Iterator[PurchaseLine]:
    """Yield the lines; those inside of another one are in its price."""
    for line in row.line_items:
        amount = line.price.with_tax(row.price.tax_status)
        if line.parent_id is None and amount:
            yield PurchaseLine(
                amount,
                LineType.ITEM if amount > 0 else LineType.DISCOUNT,
                None,
                line.product_id,
                line.price.vat_percent,
            )


def _returned(row: ShopwareOrder, refund: _Refund) -> Iterable[PurchaseLine]:
    """Return what came back: the lines are those that were sold, at what was paid back for them."""
    sold = {each.id: each for each in row.line_items}
    for each in refund.positions:
        line = sold.get(each.order_line_item_id)
        amount = each.amount.with_tax(row.price.tax_status)
        if amount > 0:
            yield PurchaseLine(
                amount,
                LineType.ITEM,
                None,
                line.product_id if line else None,
                line.price.vat_percent if line else None,
            )
