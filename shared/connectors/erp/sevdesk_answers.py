"""Reads sevdesk's answers into our models, and writes sales as vouchers. Pure functions.

Source: sevdesk API v1, github.com/j-mastr/sevdesk-api of 2026-05-08, which is the vendor's own
file. It writes most numbers as strings, and a sale's voucher is a debit ("D").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
)

from shared.connectors.client import parsed
from shared.connectors.erp.books import (
    BERLIN,
    CURRENCY,
    Amount,
    RateTotal,
    gross_of,
    moment_of,
)
from shared.connectors.rows import id_in
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
from shared.domain.money import Money
from shared.domain.systems.sales import Sale
from shared.errors import ConnectorRejected
from shared.said import say

SYSTEM = "sevdesk"
STOCK = "stock"
"""The one place where sevdesk keeps parts."""

_INACTIVE = "50"
_RATES: Mapping[Decimal, str] = {
    Decimal(0): "ZERO",
    Decimal(7): "SEVEN",
    Decimal(19): "NINETEEN",
}
_TAX_TYPES: Mapping[str, str] = {"1": "default", "11": "ss"}
"""The older names of the tax rules, which the contract still requires."""


class _Row(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)


class Objects(BaseModel):
    """The envelope of every list."""

    objects: list[Any]
    total: int | None = None


class SevdeskBooks(BaseModel):
    version: str = Field(validation_alias=AliasPath("objects", "version"))


class SavedObject(_Row):
    """A created voucher. The contract shows it without an envelope, but the API wraps it."""

    id: str = Field(
        min_length=1,
        validation_alias=AliasChoices(
            AliasPath("objects", "voucher", "id"), AliasPath("voucher", "id")
        ),
    )


class Voucher(_Row):
    id: str = Field(min_length=1)
    description: str | None = None


class _Part(_Row):
    id: str = Field(min_length=1)
    number: str | None = Field(default=None, validation_alias="partNumber")
    stock: Amount | None = None
    is_stocked: bool = Field(default=True, validation_alias="stockEnabled")
    unit: str | None = Field(default=None, validation_alias=AliasPath("unity", "name"))
    status: str | None = None


class _Contact(_Row):
    id: str = Field(min_length=1)
    category_id: str | None = Field(default=None, validation_alias=AliasPath("category", "id"))
    name: str | None = None
    first_name: str | None = Field(default=None, validation_alias="surename")
    last_name: str | None = Field(default=None, validation_alias="familyname")
    number: str | None = Field(default=None, validation_alias="customerNumber")


class _Order(_Row):
    id: str = Field(min_length=1)
    type: str | None = Field(default=None, validation_alias="orderType")
    number: str | None = Field(default=None, validation_alias="orderNumber")
    status: str
    ordered_at: str | None = Field(default=None, validation_alias="orderDate")
    currency: str = Field(default=CURRENCY, pattern=r"^[A-Z]{3}$")
    gross: Amount | None = Field(default=None, validation_alias="sumGross")
    foreign_gross: Amount | None = Field(default=None, validation_alias="sumGrossForeignCurrency")


class _Position(_Row):
    quantity: Amount
    name: str | None = None
    part_id: str | None = Field(default=None, validation_alias=AliasPath("part", "id"))
    part_number: str | None = Field(default=None, validation_alias=AliasPath("part", "partNumber"))
    net: Amount | None = Field(default=None, validation_alias="priceNet")
    gross: Amount | None = Field(default=None, validation_alias="priceGross")
    vat_percent: Amount = Field(default=Decimal(0), validation_alias="taxRate")
    discount: Amount | None = Field(default=None, validation_alias="sumDiscount")
    is_optional: bool | None = Field(default=None, validation_alias="optional")


class _TaxRule(_Row):
    id: str
    rates: list[str] = Field(default=[], validation_alias="taxRates")


class _Account(_Row):
    id: int = Field(validation_alias="accountDatevId")
    tax_rules: list[_TaxRule] = Field(default=[], validation_alias="allowedTaxRules")


_positions = TypeAdapter(list[_Position])


def to_stock_level(row: Any) -> StockLevel | None:
    """Read a part; ``None`` if sevdesk keeps no stock of it.

    Raises:
        ValueError: The part has no id, or has no stock although sevdesk keeps stock of it.
    """
    part = _Part.model_validate(row)
    if not part.is_stocked:
        return None
    if part.stock is None:
        raise ValueError(say("no_stock", "no stock"))
    return StockLevel(
        product_id=part.id,
        location_id=STOCK,
        quantity=part.stock,
        unit=part.unit or "",
        number=part.number or None,
        is_deleted=part.status == _INACTIVE,
    )


def stock_id_of(row: Any) -> str:
    """Return the stock id for a part that cannot be read."""
    return f"{id_in(row)}@{STOCK}"


def to_supplier(row: Any, *, category_id: str) -> Supplier | None:
    """Read a contact; ``None`` if it is not in the category of suppliers.

    Raises:
        ValueError: The contact has no id or no name.
    """
    contact = _Contact.model_validate(row)
    if contact.category_id != category_id:
        return None
    name = contact.name or " ".join(filter(None, (contact.first_name, contact.last_name)))
    if not name.strip():
        raise ValueError(say("no_name", "no name"))
    return Supplier(external_id=contact.id, name=name.strip(), number=contact.number or None)


def is_confirmed(row: Any, *, order_type: str) -> bool:
    """Tell whether a row is an order, and not an offer or a delivery note."""
    return not isinstance(row, dict) or row.get("orderType", order_type) == order_type


def to_order(row: Any, positions: Sequence[Any]) -> Order:
    """Read an order with its positions. Optional positions were only offered, and are left out.

    Raises:
        ValueError: A value is missing, has the wrong type, or has fractions of a cent.
    """
    order = _Order.model_validate(row)
    is_foreign = order.currency != CURRENCY
    gross = order.foreign_gross if is_foreign else order.gross
    lines = _positions.validate_python(positions)
    return Order(
        external_id=order.id,
        number=order.number or "",
        status=order.status,
        ordered_at=moment_of(order.ordered_at),
        total=None if gross is None else Money.from_major(gross, order.currency),
        lines=tuple(_to_line(each, order.currency) for each in lines if not each.is_optional),
    )


def _to_line(position: _Position, currency: str) -> OrderLine:
    return OrderLine(
        quantity=position.quantity,
        name=position.name or "",
        product_id=position.part_id,
        number=position.part_number,
        amount=_line_amount(position, currency),
    )


def _line_amount(position: _Position, currency: str) -> Money | None:
    """Return a position's amount; ``None`` if it has a discount, whose base is not documented.

    Prices are for one unit. Euro amounts are rounded after the multiplication, not before.
    """
    if position.discount or currency != CURRENCY:
        return None
    if position.gross is not None:
        return _rounded(position.gross * position.quantity)
    if position.net is not None:
        return Money.from_major(
            gross_of(position.net * position.quantity, position.vat_percent), CURRENCY
        )
    return None


def _rounded(gross: Decimal) -> Money:
    return Money.from_major(gross_of(gross, Decimal(0)), CURRENCY)


def to_voucher(
    sale: Sale, totals: Sequence[RateTotal], *, account_id: int, tax_rule: str
) -> dict[str, Any]:
    """Write a sale as a due voucher with a position for each tax rate.

    Our record id is its description, which is sevdesk's name for a voucher's number. Returns are
    negative, because a credit voucher would be an expense.
    """
    day = to_day(sale.sold_at)
    return {
        "voucher": {
            "objectName": "Voucher",
            "mapAll": True,
            "voucherType": "VOU",
            "creditDebit": "D",
            "status": 100,
            "description": sale.record_id,
            "supplierName": f"Kasse, Beleg {sale.number}",
            "voucherDate": day,
            "deliveryDate": day,
            "currency": sale.total.currency,
            "taxRule": {"id": tax_rule, "objectName": "TaxRule"},
            "taxType": _TAX_TYPES[tax_rule],
        },
        "voucherPosSave": [_to_position(each, account_id) for each in totals],
        "voucherPosDelete": None,
    }


def _to_position(total: RateTotal, account_id: int) -> dict[str, Any]:
    net = Money(total.gross.amount_minor - total.vat.amount_minor, total.gross.currency)
    return {
        "objectName": "VoucherPos",
        "mapAll": True,
        "accountDatev": {"id": account_id, "objectName": "AccountDatev"},
        "taxRate": total.vat_percent,
        "net": False,
        "sumGross": total.gross.to_major(),
        "sumNet": net.to_major(),
    }


def to_day(moment: datetime) -> str:
    """Write the day of a sale as sevdesk wants it: 31.12.2026."""
    return f"{moment.astimezone(BERLIN):%d.%m.%Y}"


def account_for(
    rows: Sequence[Any], number: str, *, tax_rule: str, totals: Sequence[RateTotal]
) -> int:
    """Return sevdesk's id of an account, if the account takes these tax rates.

    Args:
        rows: Guidance for all revenue accounts.
        number: The account's number.
        tax_rule: The tax rule of the booking.
        totals: The amounts to book.

    Raises:
        ConnectorRejected: There is no such account, or sevdesk would refuse a tax rate on it.
        ConnectorAnswerInvalid: The guidance for the account is invalid.
    """
    found = [row for row in rows if isinstance(row, dict) and row.get("accountNumber") == number]
    if not found:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} has no revenue account {number}.",
                system="sevdesk",
                number=number,
            )
        )
    account = parsed(_Account, found[0], system=SYSTEM)
    allowed = {rate for rule in account.tax_rules if rule.id == tax_rule for rate in rule.rates}
    for each in totals:
        if _RATES.get(each.vat_percent) not in allowed:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} allows no sales with {percent} % on account {number} by tax "
                    "rule {rule}.",
                    system="sevdesk",
                    percent=each.vat_percent,
                    number=number,
                    rule=tax_rule,
                )
            )
    return account.id


def to_problem(body: Any) -> str:
    """Return the message of a refusal."""
    error = body.get("error")
    return str(error["message"] if isinstance(error, dict) else body["message"])
