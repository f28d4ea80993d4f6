"""Sales for a merchant's systems, and receipts from these systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.money import Money


class DataType(StrEnum):
    """The type of a pushed record."""

    SALES_RECORD = "sales_record"
    RECEIPT = "receipt"
    INVENTORY_UPDATE = "inventory_update"


class PaidBy(StrEnum):
    """The means of payment of a sale, in the words that tills need."""

    CASH = "cash"
    CARD = "card"
    VOUCHER = "voucher"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A position of a sale.

    Attributes:
        name: The name as on the receipt.
        quantity: Pieces or kilograms; negative for returned goods.
        unit_price: Taxes included.
        total: Total of the position, taxes and discounts included.
        vat_percent: The rate of the tax in ``total``.
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
        """The tax in ``total``, rounded half up to the minor unit, as on receipts."""
        return vat_in(self.total, self.vat_percent)


@dataclass(frozen=True, slots=True)
class SalePayment:
    """A part of the paid amount."""

    paid_by: PaidBy
    amount: Money


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale or its receipt. ``record_id`` is our id: a sale is pushed once for each id."""

    record_id: str
    number: str
    sold_at: datetime
    total: Money
    lines: tuple[SaleLine, ...]
    payments: tuple[SalePayment, ...] = ()
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class StockChange:
    """A change of stock. ``change`` is negative for goods that were taken out."""

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
    """The kind of a till's receipt. Only ``SALE`` earns points, only ``VOID`` takes points back."""

    SALE = "sale"
    VOID = "void"
    TRAINING = "training"
    TRANSFER = "transfer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TseMark:
    """What tells a receipt by its TSE: the TSE's serial number, in hex, and its transaction.

    ``proof`` tells its signature, as ``TseReceipt.proof``; ``None`` if the system does not say it.
    """

    serial: str
    transaction_number: int
    proof: str | None = None

    @property
    def key(self) -> str:
        """As ``TseReceipt.key``, which the code on the receipt says."""
        return f"{self.serial}:{self.transaction_number}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that a till has issued.

    Attributes:
        external_id: Its id in the store's system. Unique, except that a till that is put in use
            again may begin its numbers anew: see ``series``.
        number: The printed number.
        issued_at: The time when it was issued.
        kind: The kind of the receipt.
        total: The whole paid amount.
        eligible: The part that earns points by the usual earning base: goods and services less
            discounts, but no deposits, no tips and no sold vouchers; never more than what was paid
            for them. If the receipt takes back and sells, it is the net, negative if more was taken
            back.
        customer_id: The customer, if the till knew one.
        voids: ``external_id`` of the receipt to which it refers: the one that a void voids, or in
            exchange for which a sale takes back goods. A receipt that is void itself names itself.
        series: Tells receipts apart that have one ``external_id`` because their till was put in
            use again, such as the time when its closing was created; ``None`` if the system cannot
            tell.
        voids_series: The ``series`` of the receipt to which it refers, if the system says it.
        voids_issued_at: The time of the receipt to which it refers, if the system says it.
        revision: Grows with each change of the receipt in the till, such as a version or the time
            of the change; ``None`` if the system cannot tell which of two readings is later.
        doubt: What was capped or read in doubt, in words for the merchant.
        lines: Its lines, on which the earning base of a program decides; empty if the system tells
            none. By the usual base they are ``eligible``, but for what was not paid.
        tse: What its TSE has signed, if the system says it.
    """

    external_id: str
    number: str
    issued_at: datetime
    kind: ReceiptKind
    total: Money
    eligible: Money
    customer_id: str | None = None
    voids: str | None = None
    series: str | None = None
    voids_series: str | None = None
    voids_issued_at: datetime | None = None
    revision: int | None = None
    doubt: str | None = None
    lines: tuple[PurchaseLine, ...] = ()
    tse: TseMark | None = None

    @property
    def identity(self) -> str:
        """Its id, unique also among receipts of a till that was put in use again."""
        return identity_of(self.external_id, self.series)

    @property
    def voided_identity(self) -> str | None:
        """The ``identity`` of the receipt to which it refers, as far as the system says it."""
        return None if self.voids is None else identity_of(self.voids, self.voids_series)


def identity_of(receipt_id: str, series: str | None) -> str:
    """Return the ``identity`` of the receipt of an id, in the series of its till, if it has one."""
    return receipt_id if series is None else f"{receipt_id}@{series}"


def vat_in(gross: Money, vat_percent: Decimal) -> Money:
    """Return the tax in a gross amount, rounded half up (away from zero) to the minor unit."""
    exact = gross.amount_minor * vat_percent / (100 + vat_percent)
    return Money(int(exact.quantize(Decimal(1), rounding="ROUND_HALF_UP")), gross.currency)
