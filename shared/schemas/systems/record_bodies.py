"""Records in requests that push them to a merchant's system."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
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
from shared.schemas.fields import AMOUNT_MINOR_MAX, Currency, Percent, StoreId
from shared.schemas.systems.sync_bodies import SystemCredentials

RECORDS_MAX = 100
LINES_MAX = 200
QUANTITY_MAX = 1_000_000

Cents = Annotated[Whole, Field(ge=-AMOUNT_MINOR_MAX, le=AMOUNT_MINOR_MAX)]
"""An amount in the currency's minor unit; negative for money that is given back."""
Quantity = Annotated[Number, Field(ge=-QUANTITY_MAX, le=QUANTITY_MAX)]
PaidByName = Annotated[PaidBy, Field(strict=False)]


class SaleLineBody(WireModel):
    """A position of a sale. ``productId``, ``number`` or ``ean`` names the product in the system.

    ``total`` is ``quantity`` times ``unitPrice``, rounded half up, unless a discount made it less.
    """

    name: Name = Field(description="Name of the position, as on the receipt.")
    quantity: Quantity = Field(description="Pieces or kilograms; negative for what is taken back.")
    unit_price: Cents = Field(
        description="Of one unit, taxes included, in minor units of `currency`."
    )
    total: Cents | None = Field(
        default=None,
        description=(
            "Of the position, in minor units; by default `quantity` times `unitPrice`, rounded "
            "half up."
        ),
    )
    vat_percent: Percent = Field(description="Rate of the tax in the price, for instance 7 or 19.")
    product_id: Id | None = Field(default=None, description="The system's id of the product.")
    number: Id | None = Field(default=None, description="The merchant's own article number.")
    ean: Id | None = Field(default=None, description="EAN-8, UPC-A or EAN-13.")

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
    """A part of the paid amount."""

    paid_by: PaidByName = Field(description="How it was paid.")
    amount: Cents = Field(description="In minor units of the sale's currency.")


class SaleBody(WireModel):
    """A sale or its receipt. Its lines, and its payments if they are given, sum up to ``total``."""

    record_id: Id = Field(
        description="The caller's id of the record, under which it is pushed once."
    )
    number: Id | None = Field(default=None, description="As on the receipt. By default `recordId`.")
    sold_at: RequestTime = Field(description="When it was sold.")
    currency: Currency = "EUR"
    total: Cents = Field(description="Taxes and discounts included, in minor units of `currency`.")
    lines: list[SaleLineBody] = Field(
        min_length=1, max_length=LINES_MAX, description="Positions of the sale."
    )
    payments: list[SalePaymentBody] = Field(
        max_length=20,
        default_factory=list,
        description="What was paid, by means. Sums up to `total`.",
    )
    customer_id: Id | None = Field(default=None, description="Of whom the system knows by this id.")

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
    """A change of stock: negative for goods that were taken out."""

    record_id: Id = Field(
        description="The caller's id of the record, under which it is pushed once."
    )
    changed_at: RequestTime | None = Field(default=None, description="When. By default now.")
    change: Quantity = Field(description="How much was put to stock; negative for what was taken.")
    unit: str = Field(
        default="",
        max_length=20,
        description="Of `change`, as the system calls it. By default that of the product.",
    )
    product_id: Id | None = Field(default=None, description="The system's id of the product.")
    number: Id | None = Field(default=None, description="The merchant's own article number.")
    ean: Id | None = Field(default=None, description="EAN-8, UPC-A or EAN-13.")
    location_id: Id | None = Field(
        default=None, description="The system's id of the place where the stock lies."
    )
    reason: Text = Field(
        default="",
        description="Why the stock changed. Free text.",
    )

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
    """Return the tag of a record; what is no record at all is refused as a sale."""
    has_change = "change" in value if isinstance(value, Mapping) else hasattr(value, "change")
    return "stock" if has_change else "sale"


RecordBody = Annotated[
    Annotated[SaleBody, Tag("sale")] | Annotated[StockChangeBody, Tag("stock")],
    Discriminator(_kind),
    Untagged,
]
RecordBodies = Annotated[list[RecordBody], Field(min_length=1, max_length=RECORDS_MAX)]
DataTypeName = Annotated[DataType, Field(strict=False, description="What the records are.")]


def require_records(data_type: DataType, records: Sequence[SaleBody | StockChangeBody]) -> None:
    """Refuse records that do not fit ``data_type``, and two records with one id.

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
    """Return the digest that tells a repeated record from another one with the same id."""
    content = record.model_dump(by_alias=True, mode="json", exclude_unset=True)
    return ids.digest(json.dumps(content, sort_keys=True, default=exact_json.default))


class FileBody(WireModel):
    """A file for import into the system by hand. ``content`` is base64."""

    name: str = Field(description="Name of the file.")
    content_type: str = Field(description="Media type of the file.")
    content: str = Field(description="The file, in base64.")


class PushedRow(WireModel):
    """The result of one record; ``error`` is null if the system has it."""

    record_id: str = Field(
        description="The caller's id of the record, under which it is pushed once."
    )
    external_id: str | None = Field(description="The system's id.")
    is_duplicate: bool = Field(
        description="True if the system had the record from an earlier request."
    )
    error: str | None = Field(description="Stable code of the refusal. Null without one.")
    message: str | None = Field(description="For people; may change. Null without a refusal.")
    retryable: bool = Field(description="Whether the same record may succeed later.")


class PushRequest(RequestModel):
    """Records of one ``dataType``; each is pushed once under its ``recordId``."""

    store_id: StoreId
    data_type: DataTypeName
    records: RecordBodies = Field(description="At most 100, each with a `recordId` of its own.")
    credentials: SystemCredentials | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        require_records(self.data_type, self.records)
        return self

    def fingerprinted(self) -> list[tuple[Record, str]]:
        """Return the records, each with its fingerprint."""
        return [(each.to_record(), fingerprint(each)) for each in self.records]


class PushResponse(ResponseModel):
    """The result of each record."""

    success: Success = True
    data_type: DataTypeName
    pushed: int = Field(description="How many records the system has now.")
    results: list[PushedRow] = Field(
        description="What became of each record, in the order of the request."
    )
    file: FileBody | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="To be imported into the system. Only there for systems that are fed by files.",
    )


class _File(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def content_type(self) -> str: ...

    @property
    def content(self) -> bytes: ...


def to_rows(rows: Iterable[object]) -> list[PushedRow]:
    """Return the results of records as answers show them."""
    return [PushedRow.model_validate(each, from_attributes=True) for each in rows]


def to_file_body(file: _File | None) -> FileBody | None:
    """Return a file as answers show it, ``None`` if there is none."""
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
