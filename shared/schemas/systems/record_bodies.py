"""Records as they are sent to be pushed into a merchant's system."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Protocol, Self

from pydantic import Discriminator, Field, Tag, model_validator

from shared import ids
from shared.clock import utc_now
from shared.domain import exact_json
from shared.domain.money import Money
from shared.domain.systems.sales import (
    DataType,
    PaidBy,
    Record,
    Sale,
    SaleLine,
    SalePayment,
    StockChange,
)
from shared.schemas.base import (
    Id,
    Name,
    Number,
    RequestModel,
    RequestTime,
    ResponseModel,
    Success,
    Text,
    Untagged,
    Whole,
    WireModel,
)
from shared.schemas.fields import AMOUNT_MINOR_MAX, Currency, Percent

RECORDS_MAX = 100
LINES_MAX = 200
QUANTITY_MAX = 1_000_000

Cents = Annotated[Whole, Field(ge=-AMOUNT_MINOR_MAX, le=AMOUNT_MINOR_MAX)]
"""An amount in the currency's minor unit; negative for what is given back."""
Quantity = Annotated[Number, Field(ge=-QUANTITY_MAX, le=QUANTITY_MAX)]
PaidByName = Annotated[PaidBy, Field(strict=False)]


class SaleLineBody(WireModel):
    """A position of a sale. One of ``productId``, ``number`` and ``ean`` names the product there.

    ``total`` is ``quantity`` times ``unitPrice``, rounded half up, unless a discount made it less.
    """

    name: Name
    quantity: Quantity
    unit_price: Cents
    total: Cents | None = None
    vat_percent: Percent
    product_id: Id | None = None
    number: Id | None = None
    ean: Id | None = None

    def to_line(self, currency: str) -> SaleLine:
        """Return the position."""
        exact = self.quantity * self.unit_price
        computed = int(exact.quantize(Decimal(1), rounding="ROUND_HALF_UP"))
        return SaleLine(
            name=self.name,
            quantity=self.quantity,
            unit_price=Money(self.unit_price, currency),
            total=Money(computed if self.total is None else self.total, currency),
            vat_percent=self.vat_percent,
            product_id=self.product_id,
            number=self.number,
            ean=self.ean,
        )


class SalePaymentBody(WireModel):
    """A part of what was paid."""

    paid_by: PaidByName
    amount: Cents


class SaleBody(WireModel):
    """A sale or its receipt. Its lines, and its payments if they are given, sum up to ``total``."""

    record_id: Id
    number: Id | None = None
    sold_at: RequestTime
    currency: Currency = "EUR"
    total: Cents
    lines: Annotated[list[SaleLineBody], Field(min_length=1, max_length=LINES_MAX)]
    payments: Annotated[list[SalePaymentBody], Field(max_length=20, default_factory=list)]
    customer_id: Id | None = None

    @model_validator(mode="after")
    def _sums_up(self) -> Self:
        sale = self.to_record()
        if sum(line.total.amount_minor for line in sale.lines) != self.total:
            raise ValueError("must have a total that is the sum of its lines")
        if self.payments and sum(each.amount for each in self.payments) != self.total:
            raise ValueError("must have a total that is the sum of its payments")
        return self

    def to_record(self) -> Sale:
        """Return the sale."""
        return Sale(
            record_id=self.record_id,
            number=self.number or self.record_id,
            sold_at=self.sold_at,
            total=Money(self.total, self.currency),
            lines=tuple(each.to_line(self.currency) for each in self.lines),
            payments=tuple(
                SalePayment(each.paid_by, Money(each.amount, self.currency))
                for each in self.payments
            ),
            customer_id=self.customer_id,
        )


class StockChangeBody(WireModel):
    """What was taken from stock (negative) or put there."""

    record_id: Id
    changed_at: RequestTime | None = None
    change: Quantity
    unit: Annotated[str, Field(max_length=20)] = ""
    product_id: Id | None = None
    number: Id | None = None
    ean: Id | None = None
    location_id: Id | None = None
    reason: Text = ""

    @model_validator(mode="after")
    def _names_a_product(self) -> Self:
        if not (self.product_id or self.number or self.ean):
            raise ValueError("must have a productId, number or ean")
        if not self.change:
            raise ValueError("must have a change other than 0")
        return self

    def to_record(self) -> StockChange:
        """Return the change."""
        return StockChange(
            record_id=self.record_id,
            changed_at=self.changed_at or utc_now(),
            change=self.change,
            unit=self.unit,
            product_id=self.product_id,
            number=self.number,
            ean=self.ean,
            location_id=self.location_id,
            reason=self.reason,
        )


def _kind(value: Any) -> str:
    given = value if isinstance(value, dict) else vars(value)
    return "stock" if "change" in given else "sale"


RecordBody = Annotated[
    Annotated[SaleBody, Tag("sale")] | Annotated[StockChangeBody, Tag("stock")],
    Discriminator(_kind),
    Untagged,
]
RecordBodies = Annotated[list[RecordBody], Field(min_length=1, max_length=RECORDS_MAX)]
DataTypeName = Annotated[DataType, Field(strict=False)]


def require_records(data_type: DataType, records: Sequence[SaleBody | StockChangeBody]) -> None:
    """Refuse records that are not what ``data_type`` says, and two of one id.

    Raises:
        ValueError: The message is for the caller.
    """
    wanted = StockChangeBody if data_type is DataType.INVENTORY_UPDATE else SaleBody
    if not all(isinstance(each, wanted) for each in records):
        what = "stock changes, with change" if wanted is StockChangeBody else "sales, with lines"
        raise ValueError(f"must have records that are {what}, for {data_type.value}")
    if len({each.record_id for each in records}) < len(records):
        raise ValueError("must not have two records of one recordId")


def fingerprint(record: SaleBody | StockChangeBody) -> str:
    """Return what tells a repeated record from another one of the same id."""
    content = record.model_dump(by_alias=True, mode="json", exclude_unset=True)
    return ids.digest(json.dumps(content, sort_keys=True, default=exact_json.default))


class FileBody(WireModel):
    """A file to be imported into the system by hand. ``content`` is base64."""

    name: str
    content_type: str
    content: str


class PushedRow(WireModel):
    """What became of one record; ``error`` is null if the system has it."""

    record_id: str
    external_id: str | None
    is_duplicate: bool
    error: str | None
    message: str | None
    retryable: bool


class PushRequest(RequestModel):
    """Records of one ``dataType``; each is pushed once under its ``recordId``."""

    store_id: Id
    data_type: DataTypeName
    records: RecordBodies
    credentials: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        require_records(self.data_type, self.records)
        return self

    def fingerprinted(self) -> list[tuple[Record, str]]:
        """Return the records, each with what tells it from another one of the same id."""
        return [(each.to_record(), fingerprint(each)) for each in self.records]


class PushResponse(ResponseModel):
    """What became of each record."""

    success: Success = True
    data_type: DataTypeName
    pushed: int
    results: list[PushedRow]
    file: Annotated[FileBody | None, Field(exclude_if=lambda value: value is None)] = None


class _File(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def content_type(self) -> str: ...

    @property
    def content(self) -> bytes: ...


def to_rows(rows: Iterable[object]) -> list[PushedRow]:
    """Write what became of records."""
    return [PushedRow.model_validate(each, from_attributes=True) for each in rows]


def to_file_body(file: _File | None) -> FileBody | None:
    """Write a file, if there is one."""
    if file is None:
        return None
    content = base64.b64encode(file.content).decode()
    return FileBody(name=file.name, content_type=file.content_type, content=content)


SALE_EXAMPLE: dict[str, Any] = {
    "recordId": "sale_1001",
    "soldAt": "2026-03-03T12:00:00.000Z",
    "total": 298,
    "lines": [
        {
            "name": "Bio-Vollmilch",
            "quantity": 2,
            "unitPrice": 149,
            "vatPercent": 7,
            "ean": "4006381333931",
        }
    ],
    "payments": [{"paidBy": "card", "amount": 298}],
}
STOCK_EXAMPLE: dict[str, Any] = {"recordId": "stock_1001", "change": -2, "ean": "4006381333931"}
PUSHED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "dataType": "sales_record",
    "pushed": 1,
    "results": [
        {
            "recordId": "sale_1001",
            "externalId": "4711",
            "isDuplicate": False,
            "error": None,
            "message": None,
            "retryable": False,
        }
    ],
}
