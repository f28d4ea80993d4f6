"""Sales on their way to a merchant's systems, and receipts that come from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.domain.money import Money


class DataType(StrEnum):
    """What a record that is pushed is."""

    SALES_RECORD = "sales_record"
    RECEIPT = "receipt"
    INVENTORY_UPDATE = "inventory_update"


class PaidBy(StrEnum):
    """How a sale was paid, in the words that tills need."""

    CASH = "cash"
    CARD = "card"
    VOUCHER = "voucher"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A position of a sale.

    Attributes:
        name: As on the receipt.
        quantity: Pieces or kilograms; negative for what is taken back.
        unit_price: Taxes included.
        total: Of the position, taxes and discounts included.
        vat_percent: The rate of the tax in it.
        product_id: The target system's id of the product, if the caller knows it.
        number: The article number.
        ean: The EAN.
    """

    name: str
    quantity: Decimal
    unit_price: Money
    total: Money
    vat_percent: Decimal
    product_id: str | None = None
    number: str | None = None
    ean: str | None = None

    @property
    def vat(self) -> Money:
        """The tax in ``total``, rounded half up to the minor unit, as receipts do."""
        return vat_in(self.total, self.vat_percent)


@dataclass(frozen=True, slots=True)
class SalePayment:
    """A part of what was paid."""

    paid_by: PaidBy
    amount: Money


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale or its receipt. ``record_id`` is ours: a sale is pushed once under it."""

    record_id: str
    number: str
    sold_at: datetime
    total: Money
    lines: tuple[SaleLine, ...]
    payments: tuple[SalePayment, ...] = ()
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class StockChange:
    """What was taken from stock or put there. ``change`` is negative for what was taken."""

    record_id: str
    changed_at: datetime
    change: Decimal
    unit: str = ""
    product_id: str | None = None
    number: str | None = None
    ean: str | None = None
    location_id: str | None = None
    reason: str = ""


Record = Sale | StockChange


class ReceiptKind(StrEnum):
    """What a till's receipt stands for. Only ``SALE`` earns points, only ``VOID`` takes them."""

    SALE = "sale"
    VOID = "void"
    TRAINING = "training"
    TRANSFER = "transfer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that a till has issued.

    Attributes:
        external_id: Unique among the receipts of the store's system, for ever.
        number: As printed.
        issued_at: When.
        kind: What it stands for.
        total: All that was paid.
        eligible: What of it earns points: goods and services less discounts, but no deposits, no
            tips and no vouchers that were sold.
        customer_id: Of whom the till knew that they buy.
        voids: ``external_id`` of the receipt that it takes back.
    """

    external_id: str
    number: str
    issued_at: datetime
    kind: ReceiptKind
    total: Money
    eligible: Money
    customer_id: str | None = None
    voids: str | None = None


def vat_in(gross: Money, vat_percent: Decimal) -> Money:
    """Return the tax in a gross amount, rounded half up (away from zero) to the minor unit."""
    exact = gross.amount_minor * vat_percent / (100 + vat_percent)
    return Money(int(exact.quantize(Decimal(1), rounding="ROUND_HALF_UP")), gross.currency)
