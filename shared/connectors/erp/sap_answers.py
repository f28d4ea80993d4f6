"""Reads SAP's answers into our models. Makes no calls.

Source: $metadata of API_MATERIAL_STOCK_SRV, API_PRODUCT_SRV, API_SALES_ORDER_SRV and
API_BUSINESS_PARTNER.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, ValidationError

from shared.connectors.base import Skipped
from shared.connectors.client import Model
from shared.connectors.erp.sap_odata import ODataRow, moment_of
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
from shared.domain.gtin import ean_of
from shared.domain.money import Money
from shared.said import say, sentence_of

UNRESTRICTED = "01"
"""The stock type that may be sold. Stock of other types is blocked, inspected or in transit."""
_DECIMAL = TypeAdapter(Decimal)


class StockRow(ODataRow):
    """Stock of a material in one place, of one batch and stock type.

    Fields other than the place may have any value: without the row the sum would be wrong.
    """

    material: str = Field(min_length=1)
    plant: str = Field(min_length=1)
    storage_location: str
    inventory_stock_type: Any = None
    material_base_unit: Any = None
    matl_wrhs_stk_qty_in_matl_base_unit: Any = None

    @property
    def place(self) -> tuple[str, str, str]:
        """The key by which stock is added up: material, plant and storage location."""
        return self.material, self.plant, self.storage_location


class SapProduct(ODataRow):
    """The fields of a product that pushes need. ``product_standard_id`` is the main EAN or UPC."""

    product: str = Field(min_length=1)
    base_unit: str | None = None
    product_standard_id: str | None = Field(default=None, validation_alias="ProductStandardID")


class _Item(ODataRow):
    material: str | None = None
    sales_order_item_text: str | None = None
    requested_quantity: Decimal | None = None
    net_amount: Decimal | None = None
    transaction_currency: str | None = Field(default=None, pattern=r"^([A-Z]{3})?$")


class _Items(ODataRow):
    results: list[_Item] = Field(default=[], validation_alias="results")


class OrderRow(ODataRow):
    """A sales order with its items. Its total is net, because the service tells no taxes."""

    sales_order: str = Field(min_length=1)
    sales_order_date: str | None = None
    overall_sd_process_status: str | None = Field(
        default=None, validation_alias="OverallSDProcessStatus"
    )
    total_net_amount: Decimal | None = None
    transaction_currency: str | None = Field(default=None, pattern=r"^([A-Z]{3})?$")
    to_item: _Items = Field(default=_Items(), validation_alias="to_Item")


class SupplierRow(ODataRow):
    """A supplier."""

    supplier: str = Field(min_length=1)
    supplier_name: str | None = None
    supplier_full_name: str | None = None
    deletion_indicator: bool | None = None


def properties(row: type[ODataRow]) -> list[str]:
    """Return SAP's names of an entity's properties that we read, without expanded ones."""
    names = (str(field.validation_alias) for field in row.model_fields.values())
    return [name for name in names if not name.startswith("to_")]


ITEM_PROPERTIES = properties(_Item)


def readable(
    model: type[Model], rows: Iterable[Mapping[str, Any]], key: str
) -> tuple[list[Model], list[Skipped]]:
    """Read rows; skip a row that does not fit the model, and continue with the others.

    Args:
        model: The model of a row.
        rows: The rows as SAP sent them.
        key: The property by which the merchant knows a row.
    """
    read: list[Model] = []
    skipped: list[Skipped] = []
    for row in rows:
        try:
            read.append(model.model_validate(row))
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
            skipped.append(
                Skipped(
                    str(row.get(key) or "?"), say("no_valid_field", "no valid {field}", field=where)
                )
            )
    return read, skipped


def to_stock(
    rows: Sequence[StockRow], eans: Mapping[str, str]
) -> tuple[list[StockLevel], list[Skipped]]:
    """Add up the stock that may be sold, over batches.

    Blocked or inspected stock counts as 0, so that its place is listed. Stock without a storage
    location is in transit between plants, and in no place.

    Args:
        rows: All rows of each place.
        eans: EANs by material.
    """
    levels: list[StockLevel] = []
    skipped: list[Skipped] = []
    by_place: dict[tuple[str, str, str], list[StockRow]] = {}
    for row in rows:
        by_place.setdefault(row.place, []).append(row)
    for place, found in by_place.items():
        material, plant, storage_location = place
        if not storage_location:
            continue
        location_id = f"{plant}/{storage_location}"
        quantity = _total(found)
        if quantity is None:
            skipped.append(
                Skipped(f"{material}@{location_id}", say("no_valid_quantity", "no valid quantity"))
            )
            continue
        levels.append(
            StockLevel(
                product_id=material,
                location_id=location_id,
                quantity=quantity,
                unit=str(found[0].material_base_unit or ""),
                number=material,
                ean=eans.get(material),
            )
        )
    return levels, skipped


def _total(rows: Iterable[StockRow]) -> Decimal | None:
    total = Decimal(0)
    for row in rows:
        if not isinstance(row.inventory_stock_type, str):
            return None
        if row.inventory_stock_type != UNRESTRICTED:
            continue
        try:
            total += _DECIMAL.validate_python(row.matl_wrhs_stk_qty_in_matl_base_unit)
        except ValidationError:
            return None
    return Decimal(format(total.normalize(), "f"))


def to_eans(rows: Iterable[SapProduct]) -> dict[str, str]:
    """Return the products' valid EANs, by product."""
    found = ((row.product, ean_of(row.product_standard_id)) for row in rows)
    return {product: ean for product, ean in found if ean is not None}


def to_order(row: OrderRow, zone: ZoneInfo) -> Order:
    """Read a sales order. Its date is a day in the merchant's time zone.

    Raises:
        ValueError: An amount has fractions of its currency's minor unit, or the date is invalid.
    """
    ordered_at = None
    if row.sales_order_date is not None:
        day = moment_of(row.sales_order_date).date()
        ordered_at = datetime.combine(day, time(), zone).astimezone(UTC)
    return Order(
        external_id=row.sales_order,
        number=row.sales_order,
        status=row.overall_sd_process_status or "",
        ordered_at=ordered_at,
        total=_money(row.total_net_amount, row.transaction_currency),
        lines=tuple(_to_line(item) for item in row.to_item.results),
    )


def _to_line(item: _Item) -> OrderLine:
    return OrderLine(
        quantity=item.requested_quantity or Decimal(0),
        name=item.sales_order_item_text or "",
        product_id=item.material or None,
        number=item.material or None,
        amount=_money(item.net_amount, item.transaction_currency),
    )


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return Money.from_major(amount, currency) if amount is not None and currency else None


def to_orders(rows: Iterable[OrderRow], zone: ZoneInfo) -> tuple[list[Order], list[Skipped]]:
    """Read sales orders; skip an order with an invalid amount or date."""
    orders: list[Order] = []
    skipped: list[Skipped] = []
    for row in rows:
        try:
            orders.append(to_order(row, zone))
        except (ValueError, OverflowError) as problem:
            skipped.append(Skipped(row.sales_order, sentence_of(problem)))
    return orders, skipped


def to_suppliers(rows: Iterable[SupplierRow]) -> tuple[list[Supplier], list[Skipped]]:
    """Read suppliers; skip a supplier without a name."""
    suppliers: list[Supplier] = []
    skipped: list[Skipped] = []
    for row in rows:
        name = (row.supplier_name or row.supplier_full_name or "").strip()
        if not name:
            skipped.append(Skipped(row.supplier, say("no_name", "no name")))
            continue
        suppliers.append(
            Supplier(
                external_id=row.supplier,
                name=name,
                number=row.supplier,
                is_deleted=bool(row.deletion_indicator),
            )
        )
    return suppliers, skipped
