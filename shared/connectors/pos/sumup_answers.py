"""Reads SumUp's transactions as sales of a till. Pure functions.

Source: SumUp API, github.com/sumup/sumup-openapi of 2026-06-18. Amounts are numbers in major units,
tax rates are fractions: 0.19.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from shared import clock, ids
from shared.connectors.base import Skipped
from shared.connectors.pos.derived import valid
from shared.domain.catalog.goods import Product
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.units import currency_scale
from shared.said import about, say, sentence_of

_TILL_PAYMENTS = {"POS", "CASH"}
"""Payments at a reader or in SumUp's app. Online payments do not belong to a till, and some of them
are payments that we began, whose points are given by another part of Punktwerk.
"""
_UNFINISHED = {"PENDING", "FAILED"}
_SOLD = {"SUCCESSFUL", "REFUNDED"}
_CANCELLED = "CANCELLED"
_TAKEN_BACK = {"REFUND", "CHARGE_BACK"}
_DONE = {"SUCCESSFUL", "REFUNDED", "RECONCILED", "PAID_OUT"}

# Bounded, so that computations are exact.
_Amount = Annotated[Decimal, Field(max_digits=15, decimal_places=6)]
_Id = Annotated[str, Field(pattern=r"^[!-~]{1,100}$")]
_Rate = Annotated[Decimal, Field(max_digits=9, decimal_places=6, ge=0)]


class SumupListed(BaseModel):
    """A transaction in the history, with the fields that decide whether to request its details."""

    id: _Id | None = None
    transaction_id: _Id | None = None
    type: str | None = None
    status: str | None = None
    payment_type: str | None = None

    @property
    def detail_id(self) -> str | None:
        """The id with which to request the details."""
        return self.transaction_id or self.id

    @property
    def is_of_a_till(self) -> bool:
        """True if it is a finished payment at a till."""
        return (
            self.payment_type in _TILL_PAYMENTS
            and self.type in {None, "PAYMENT"}
            and self.status not in _UNFINISHED
        )


class _Event(BaseModel):
    id: int
    event_type: str | None = None
    status: str | None = None
    amount: _Amount | None = None
    timestamp: AwareDatetime | None = None


class SumupSale(BaseModel):
    """A transaction with its details."""

    transaction_code: str = ""
    amount: _Amount
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    timestamp: AwareDatetime
    status: str
    tip_amount: Annotated[_Amount, Field(ge=0)] | None = None
    transaction_events: list[_Event] | None = None

    @property
    def at(self) -> datetime:
        """The time at which it was made."""
        return _to_utc(self.timestamp)


class _Sold(BaseModel):
    name: str | None = None
    price_label: str | None = None
    price: _Amount | None = None
    price_with_vat: _Amount | None = None
    vat_rate: _Rate | None = None


class _Basket(BaseModel):
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    status: str
    products: list[Any] | None = None


def to_receipts(row: Any, transaction_id: str) -> Iterator[Receipt | Skipped]:
    """Read a transaction as its receipt, and another receipt for each refund.

    Tips earn nothing. SumUp marks neither deposits nor gift cards, so they earn points. Refunds are
    negative: they reduce the eligible amount first, and the tip last.
    """
    transaction = valid(SumupSale, row, transaction_id)
    if isinstance(transaction, Skipped):
        yield transaction
        return
    try:
        total = Money.from_major(transaction.amount, transaction.currency)
        tip = Money.from_major(transaction.tip_amount or Decimal(0), transaction.currency)
    except ValueError as error:
        yield Skipped(transaction_id, sentence_of(error))
        return
    number = transaction.transaction_code or transaction_id
    if transaction.status == _CANCELLED:
        amount = Money(-total.amount_minor, total.currency)
        yield Receipt(
            external_id=f"{transaction_id}:cancelled",
            number=number,
            issued_at=transaction.at,
            kind=ReceiptKind.VOID,
            total=amount,
            eligible=amount,
            voids=transaction_id,
        )
        return
    is_return = total.amount_minor < 0
    kind = ReceiptKind.VOID if is_return else ReceiptKind.SALE
    goods = total.amount_minor - tip.amount_minor
    sale = Receipt(
        external_id=transaction_id,
        number=number,
        issued_at=transaction.at,
        kind=kind if transaction.status in _SOLD else ReceiptKind.OTHER,
        total=total,
        eligible=total if is_return else Money(max(goods, 0), total.currency),
        lines=_with_tip(goods, tip) if tip.amount_minor and not is_return else (),
    )
    yield sale
    if is_return:
        return
    yield from _returns(transaction, sale)


def _with_tip(goods_minor: int, tip: Money) -> tuple[PurchaseLine, ...]:
    goods = Money(max(goods_minor, 0), tip.currency)
    return PurchaseLine(goods.to_major()), PurchaseLine(tip.to_major(), LineType.TIP)


def _returns(transaction: SumupSale, sale: Receipt) -> Iterator[Receipt | Skipped]:
    events = [
        each
        for each in transaction.transaction_events or []
        if each.event_type in _TAKEN_BACK and each.status in _DONE
    ]
    if transaction.status == "REFUNDED" and not events:
        yield Skipped(
            f"{sale.external_id}:refunded",
            say("refunded_unclear", "was refunded, but it does not say how much"),
        )
    left = sale.eligible.amount_minor
    for event in sorted(events, key=lambda each: each.id):
        external_id = f"{sale.external_id}:{event.id}"
        if event.amount is None:
            yield Skipped(
                external_id,
                say("refunded_unclear", "gave money back, but it does not say how much"),
            )
            continue
        try:
            returned = Money.from_major(event.amount, transaction.currency)
        except ValueError as error:
            yield Skipped(external_id, sentence_of(error))
            continue
        taken = min(abs(returned.amount_minor), left)
        left -= taken
        yield Receipt(
            external_id=external_id,
            number=sale.number,
            issued_at=_to_utc(event.timestamp) if event.timestamp else sale.issued_at,
            kind=ReceiptKind.VOID,
            total=Money(-abs(returned.amount_minor), transaction.currency),
            eligible=Money(-taken, transaction.currency),
            voids=sale.external_id,
        )


def to_products(row: Any, transaction_id: str) -> Iterator[Product | Skipped]:
    """Read the products of a transaction. Positions without a name are amounts typed by hand."""
    basket = valid(_Basket, row, transaction_id)
    if isinstance(basket, Skipped):
        yield basket
        return
    if basket.status not in _SOLD:
        return
    for each in basket.products or []:
        sold = valid(_Sold, each, transaction_id)
        if isinstance(sold, Skipped):
            yield sold
        elif sold.name and sold.name.strip():
            yield _to_product(sold, " ".join(sold.name.split()), basket.currency)


def to_external_id(name: str, variant: str) -> str:
    """Make an id from a product's name, as SumUp has no ids; the same name gives the same id."""
    words = (" ".join(each.casefold().split()) for each in (name, variant))
    return ids.digest(*(unicodedata.normalize("NFC", each) for each in words))[:32]


def _to_product(sold: _Sold, name: str, currency: str) -> Product | Skipped:
    variant = " ".join((sold.price_label or "").split())
    external_id = to_external_id(name, variant)
    price = _gross(sold, currency)
    if price is None or price < 0:
        return Skipped(
            external_id, say("sold_without_price", "{name} was sold without a price", name=name)
        )
    try:
        amount = Money.from_major(price, currency)
    except ValueError as error:
        return Skipped(external_id, about(name, sentence_of(error), separator=": "))
    return Product(
        external_id=external_id,
        name=f"{name} ({variant})" if variant else name,
        price=amount,
        vat_percent=None if sold.vat_rate is None else sold.vat_rate * 100,
    )


def _gross(sold: _Sold, currency: str) -> Decimal | None:
    """Return a unit's gross price: SumUp's, or computed and rounded half up to the minor unit."""
    if sold.price_with_vat is not None or sold.price is None or not sold.vat_rate:
        return sold.price if sold.price_with_vat is None else sold.price_with_vat
    minor_unit = Decimal(1).scaleb(-currency_scale(currency))
    return (sold.price * (1 + sold.vat_rate)).quantize(minor_unit, ROUND_HALF_UP)


def _to_utc(moment: datetime) -> datetime:
    return clock.to_milliseconds(moment.astimezone(UTC))
