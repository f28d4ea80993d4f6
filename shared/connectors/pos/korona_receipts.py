"""Reads KORONA.cloud's receipts into our models.

Source: the same as for ``korona_answers``. ``TotalPrice.base`` is after the discount, and has the
taxes that are included in prices; ``gross`` has all taxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from typing import Any

from pydantic import AwareDatetime

from shared.connectors.paid import paid_for, percent_of
from shared.connectors.pos.korona_answers import KoronaAnswer, Reference
from shared.connectors.rows import ExternalId, Number
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.units import currency_scale
from shared.said import say

_CURRENCY = re.compile(r"[A-Z]{3}")
_NOTHING = Decimal(0)
_PRODUCT = "PRODUCT"


class _TaxPayment(KoronaAnswer):
    amount: Number = _NOTHING
    tax_rate: Number | None = None
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

    @property
    def vat_percent(self) -> Decimal | None:
        """The rate of the tax; ``None`` if there are several, or none is told."""
        rates = {tax.tax_rate for tax in self.tax_payments}
        return percent_of(rates.pop()) if len(rates) == 1 else None


class _Item(KoronaAnswer):
    type: str = _PRODUCT
    product: Reference | None = None
    commodity_group: Reference | None = None
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
    revision: int | None = None


def to_receipt(row: ReceiptRow, currency: str) -> Receipt:
    """Read a receipt. KORONA sends no receipts of its training mode.

    A voided or cancelled receipt voids itself, because it may have been a sale when it was read
    before. A return that does not name its sale is a void of nobody knows what.

    Raises:
        ValueError: It has another currency, or its total has fractions of a minor unit.
    """
    _check_currency(row, currency)
    total = Money.from_major(row.total.gross, currency)
    says = _says(row, total)
    kind, voids = _kind_of(row, says)
    eligible, doubt = paid_for(kind, says, _paid(row, total))
    return Receipt(
        external_id=row.id,
        number=row.number or row.id,
        issued_at=row.booking_time,
        kind=kind,
        total=total,
        eligible=eligible,
        customer_id=(row.customer.number or row.customer.id) if row.customer else None,
        voids=voids,
        revision=row.revision,
        doubt=doubt,
        lines=tuple(_lines(row)),
    )


def _check_currency(row: ReceiptRow, currency: str) -> None:
    names = (row.currency.number, row.currency.name) if row.currency else ()
    code = next((name for name in names if name and _CURRENCY.fullmatch(name)), currency)
    if code != currency:
        raise ValueError(
            say("other_currency", "is in {code}, not in {currency}", code=code, currency=currency)
        )


def _kind_of(row: ReceiptRow, says: Money) -> tuple[ReceiptKind, str | None]:
    """Return the kind of a receipt, and the id of the receipt to which it refers."""
    if row.reversed_receipt is not None and row.reversed_receipt.id:
        # More was sold than came back: an exchange.
        kind = ReceiptKind.SALE if says.amount_minor > 0 else ReceiptKind.VOID
        return kind, row.reversed_receipt.id
    if row.voided or row.cancelled:
        return ReceiptKind.VOID, row.id
    if not row.items and row.account_transactions:
        return ReceiptKind.TRANSFER, None
    if row.reversal or row.total.gross < 0 or says.amount_minor < 0:
        return ReceiptKind.VOID, None
    return (ReceiptKind.SALE if row.items else ReceiptKind.OTHER), None


def _lines(row: ReceiptRow) -> Iterator[PurchaseLine]:
    """Yield the items as lines: what is no product is a voucher, and deposits come besides."""
    for item in row.items:
        if item.total is not None:
            yield PurchaseLine(
                item.total.paid,
                LineType.ITEM if item.type == _PRODUCT else LineType.VOUCHER,
                item.commodity_group.id if item.commodity_group else None,
                item.product.id if item.product else None,
                item.total.vat_percent,
            )
    if row.deposit_amount:
        yield PurchaseLine(row.deposit_amount, LineType.DEPOSIT)


def _says(row: ReceiptRow, total: Money) -> Money:
    """Return what earns points by the items: products without deposits.

    Fractions of a minor unit earn nothing. What is taken back without items is taken back whole.
    """
    if not row.items and total.amount_minor < 0:
        return total
    deposit = row.deposit_amount or _NOTHING
    is_inside = _sum_of(row, is_product=None) == row.total.gross
    products = _sum_of(row, is_product=True)
    earning = products - (deposit if is_inside else max(deposit, _NOTHING))
    if products >= 0:  # A deposit on something else does not make it a return.
        earning = max(earning, _NOTHING)
    return _rounded_down(earning, total)


def _paid(row: ReceiptRow, total: Money) -> Money:
    """Return what was paid for products: the total without vouchers, the like, and deposits."""
    other = _sum_of(row, is_product=False) + (row.deposit_amount or _NOTHING)
    return _rounded_down(row.total.gross - other, total)


def _sum_of(row: ReceiptRow, *, is_product: bool | None) -> Decimal:
    """Add up the items that are products, or are none; all of them for ``None``."""
    counted = (
        item.total.paid
        for item in row.items
        if item.total and is_product in {None, item.type == _PRODUCT}
    )
    return sum(counted, _NOTHING)


def _rounded_down(amount: Decimal, like: Money) -> Money:
    minor = amount.scaleb(currency_scale(like.currency)).to_integral_value(ROUND_DOWN)
    return Money(int(minor), like.currency)
