"""Reads KORONA.cloud's receipts into our models.

Source: the same as for ``korona_answers``. ``TotalPrice.base`` is after the discount, and has the
taxes that are included in prices; ``gross`` has all taxes.
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, Decimal
from typing import Any

from pydantic import AwareDatetime

from shared.connectors.pos.korona_answers import KoronaAnswer, Reference
from shared.connectors.rows import ExternalId, Number
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.units import currency_scale

_CURRENCY = re.compile(r"[A-Z]{3}")
_NOTHING = Decimal(0)


class _TaxPayment(KoronaAnswer):
    amount: Number = _NOTHING
    included: bool = True


class _ItemTotal(KoronaAnswer):
    base: Number | None = None
    gross: Number | None = None
    tax_payments: tuple[_TaxPayment, ...] = ()

    @property
    def paid(self) -> Decimal:
        """The total with all taxes."""
        if self.gross is not None:
            return self.gross
        return (self.base or _NOTHING) + sum(
            (tax.amount for tax in self.tax_payments if not tax.included), _NOTHING
        )


class _Item(KoronaAnswer):
    type: str = "PRODUCT"
    total: _ItemTotal | None = None


class _ReceiptTotal(KoronaAnswer):
    gross: Number


class ReceiptRow(KoronaAnswer):
    """A receipt."""

    id: ExternalId
    number: str | None = None
    order_number: str | None = None
    booking_time: AwareDatetime
    cancelled: bool = False
    voided: bool = False
    reversal: bool = False
    reversed_receipt: Reference | None = None
    currency: Reference | None = None
    customer: Reference | None = None
    deposit_amount: Number | None = None
    account_transactions: tuple[Any, ...] = ()
    items: tuple[_Item, ...] = ()
    total: _ReceiptTotal


def to_receipt(row: ReceiptRow, currency: str) -> Receipt:
    """Read a receipt. KORONA sends no receipts of its training mode.

    A voided or cancelled receipt voids itself, because it may have been a sale when it was read
    before. A return that does not name its sale is neither a sale nor a void.

    Raises:
        ValueError: It has another currency, or its total has fractions of a minor unit.
    """
    _check_currency(row, currency)
    total = Money.from_major(row.total.gross, currency)
    kind, voids = _kind_of(row)
    return Receipt(
        external_id=row.id,
        number=row.number or row.id,
        issued_at=row.booking_time,
        kind=kind,
        total=total,
        eligible=_eligible(row, total),
        customer_id=(row.customer.number or row.customer.id) if row.customer else None,
        voids=voids,
    )


def _check_currency(row: ReceiptRow, currency: str) -> None:
    names = (row.currency.number, row.currency.name) if row.currency else ()
    code = next((name for name in names if name and _CURRENCY.fullmatch(name)), currency)
    if code != currency:
        raise ValueError(f"is in {code}, not in {currency}")


def _kind_of(row: ReceiptRow) -> tuple[ReceiptKind, str | None]:
    """Return the kind of a receipt, and the id of the receipt that it voids."""
    if row.reversed_receipt is not None and row.reversed_receipt.id:
        return ReceiptKind.VOID, row.reversed_receipt.id
    if row.voided or row.cancelled:
        return ReceiptKind.VOID, row.id
    if row.reversal or row.total.gross < 0:
        return ReceiptKind.OTHER, None
    if not row.items:
        return (ReceiptKind.TRANSFER if row.account_transactions else ReceiptKind.OTHER), None
    return ReceiptKind.SALE, None


def _eligible(row: ReceiptRow, total: Money) -> Money:
    """Return the amount that earns points: products without deposits, never more than was paid.

    Fractions of a minor unit earn nothing.
    """
    products = sum(
        (item.total.paid for item in row.items if item.total and item.type == "PRODUCT"),
        _NOTHING,
    )
    earning = products - max(row.deposit_amount or _NOTHING, _NOTHING)
    scale = currency_scale(total.currency)
    minor = int(earning.scaleb(scale).to_integral_value(ROUND_DOWN))
    if total.amount_minor < 0:
        return Money(max(min(minor, 0), total.amount_minor), total.currency)
    return Money(min(max(minor, 0), total.amount_minor), total.currency)
