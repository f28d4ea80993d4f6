"""Reads lexoffice's answers into our models, and writes sales as vouchers. Pure functions.

Source: the vendor publishes no machine-readable contract. Paths and answers follow a third
party's, github.com/api-evangelist/lexoffice of 2026-08-22; the rest follows the measurements of
public clients. See docs/connectors/erp-lexoffice.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from shared.connectors.erp.books import BERLIN, CURRENCY, Amount, RateTotal, gross_of, moment_of
from shared.domain.catalog.goods import Order, OrderLine, Supplier
from shared.domain.money import Money
from shared.domain.systems.sales import Sale
from shared.said import say

_NET = "net"
_TEXT = "text"


class _Answer(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)


class LexofficeListed(_Answer):
    """A page of a list. Pages are counted from 0."""

    content: list[Any]
    pages: int = Field(validation_alias="totalPages", ge=0)
    length: int | None = Field(default=None, validation_alias="totalElements")


class Created(_Answer):
    id: str = Field(min_length=1)


class ListedVoucher(_Answer):
    id: str = Field(min_length=1)
    number: str | None = Field(default=None, validation_alias="voucherNumber")


class _Contact(_Answer):
    id: str = Field(min_length=1)
    company: str | None = Field(default=None, validation_alias=AliasPath("company", "name"))
    first_name: str | None = Field(default=None, validation_alias=AliasPath("person", "firstName"))
    last_name: str | None = Field(default=None, validation_alias=AliasPath("person", "lastName"))
    number: str | None = Field(
        default=None, validation_alias=AliasPath("roles", "vendor", "number")
    )
    country: str | None = Field(
        default=None, validation_alias=AliasPath("addresses", "billing", 0, "countryCode")
    )
    is_archived: bool = Field(default=False, validation_alias="archived")


class _Line(_Answer):
    type: str | None = None
    product_id: str | None = Field(default=None, validation_alias="id")
    name: str | None = None
    quantity: Amount = Decimal(1)
    vat_percent: Amount = Field(
        default=Decimal(0), validation_alias=AliasPath("unitPrice", "taxRatePercentage")
    )
    amount: Amount | None = Field(default=None, validation_alias="lineItemAmount")


class _Order(_Answer):
    id: str = Field(min_length=1)
    number: str | None = Field(default=None, validation_alias="voucherNumber")
    status: str = Field(validation_alias="voucherStatus")
    ordered_at: str | None = Field(default=None, validation_alias="voucherDate")
    is_archived: bool = Field(default=False, validation_alias="archived")
    currency: str = Field(
        default=CURRENCY,
        pattern=r"^[A-Z]{3}$",
        validation_alias=AliasPath("totalPrice", "currency"),
    )
    total: Amount | None = Field(
        default=None, validation_alias=AliasPath("totalPrice", "totalGrossAmount")
    )
    tax_type: str | None = Field(
        default=None, validation_alias=AliasPath("taxConditions", "taxType")
    )
    lines: list[_Line] = Field(default=[], validation_alias="lineItems")


def to_supplier(row: Any) -> Supplier:
    """Read a contact that is a vendor: a company or a person.

    Raises:
        ValueError: The contact has no id or no name.
    """
    contact = _Contact.model_validate(row)
    person = " ".join(filter(None, (contact.first_name, contact.last_name)))
    name = (contact.company or person).strip()
    if not name:
        raise ValueError(say("no_name", "no name"))
    return Supplier(
        external_id=contact.id,
        name=name,
        number=contact.number,
        country=contact.country,
        is_deleted=contact.is_archived,
    )


def to_order(document: Any) -> Order:
    """Read an order confirmation. Lines that are only text are left out.

    Raises:
        ValueError: A value is missing, has the wrong type, or has fractions of a cent.
    """
    order = _Order.model_validate(document)
    return Order(
        external_id=order.id,
        number=order.number or "",
        status=order.status,
        ordered_at=moment_of(order.ordered_at),
        total=None if order.total is None else Money.from_major(order.total, order.currency),
        lines=tuple(_to_line(each, order) for each in order.lines if each.type != _TEXT),
        is_deleted=order.is_archived,
    )


def _to_line(line: _Line, order: _Order) -> OrderLine:
    """Read a line. Its amount includes taxes unless the document has net prices."""
    amount = line.amount
    if amount is not None and order.tax_type == _NET:
        amount = gross_of(amount, line.vat_percent)
    return OrderLine(
        quantity=line.quantity,
        name=line.name or "",
        product_id=line.product_id,
        amount=None if amount is None else Money.from_major(amount, order.currency),
    )


def to_voucher(sale: Sale, totals: Sequence[RateTotal], *, category_id: str) -> dict[str, Any]:
    """Write a sale as a voucher with an item for each tax rate; write a return as a credit.

    Our record id is the voucher's number, by which it is found again. No status is sent, because
    lexoffice refuses one and books the voucher at once.
    """
    is_credit = sale.total.amount_minor < 0
    sign = -1 if is_credit else 1
    tax = Money(sign * sum(each.vat.amount_minor for each in totals), sale.total.currency)
    at = to_time(sale.sold_at)
    return {
        "type": "salescreditnote" if is_credit else "salesinvoice",
        "voucherNumber": sale.record_id,
        "voucherDate": at,
        "shippingDate": at,
        "dueDate": at,
        "totalGrossAmount": sign * sale.total.to_major(),
        "totalTaxAmount": tax.to_major(),
        "taxType": "gross",
        "useCollectiveContact": True,
        "remark": f"Beleg {sale.number}",
        "voucherItems": [
            {
                "amount": sign * each.gross.to_major(),
                "taxAmount": sign * each.vat.to_major(),
                "taxRatePercent": each.vat_percent,
                "categoryId": category_id,
            }
            for each in totals
        ],
        "version": 0,
    }


def to_time(moment: datetime) -> str:
    """Write a time with the offset of Berlin, because lexoffice takes the day from this text."""
    return moment.astimezone(BERLIN).isoformat(timespec="milliseconds")


def to_problem(body: Any) -> str:
    """Return the message of a refusal, which lexoffice writes in several shapes."""
    listed = body.get("IssueList") or body.get("details")
    if listed:
        found = listed[0]
        word = found.get("violation") or found.get("i18nKey") or found.get("message") or ""
        return f"{word} ({found.get('field') or found.get('source') or ''})"
    return str(body["message"])
