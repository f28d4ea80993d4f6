"""Writes sales orders and material documents for SAP. Makes no calls.

Source: $metadata of API_SALES_ORDER_SRV and API_MATERIAL_DOCUMENT_SRV; SAP's list of goods movement
codes (GM_CODE of BAPI_GOODSMVT_CREATE).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from shared.connectors.erp.sap_answers import SapProduct
from shared.connectors.erp.sap_odata import SYSTEM, day_json, decimal_text
from shared.domain.gtin import ean_of
from shared.domain.money import Money
from shared.domain.systems.sales import Sale, SaleLine, StockChange
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

ISSUE, RECEIPT = "03", "05"
"""Goods movement codes: goods issue; other goods receipt."""

_QUANTITY_DECIMALS = 3
_QUANTITY_END = 10**10
_PRICING_UNITS_MAX = 99_999
_FRACTION_PRICING_UNITS = 1_000
_NAME_CHARS = 40
_HEADER_TEXT_CHARS = 25
_ITEM_TEXT_CHARS = 50
_RECORD_ID = re.compile(r"(?!pw-)[A-Za-z0-9._:/#-]{1,35}")
_RECEIPT_TYPE = re.compile(r"5[0-3][0-9]|56[0-9]")
_EAN_13_CHARS = 13


def sale_reference(record_id: str) -> str:
    """Return the customer's reference of a sales order: at most 35 characters."""
    if _RECORD_ID.fullmatch(record_id):
        return record_id
    return "pw-" + hashlib.sha256(record_id.encode()).hexdigest()[:32]


def movement_reference(record_id: str) -> str:
    """Return the reference of a material document: 16 characters, all capitals.

    It is never the record id itself: people enter delivery note numbers in this field, and one of
    those could be taken for our record.
    """
    digest = hashlib.sha256(record_id.encode()).digest()
    return "PW" + base64.b32encode(digest).decode()[:14]


def to_sales_order(
    sale: Sale,
    header: Mapping[str, str],
    items: Sequence[tuple[SaleLine, SapProduct]],
    *,
    place: Mapping[str, str],
    price_condition: str | None,
    zone: ZoneInfo,
) -> dict[str, Any]:
    """Write a sale as a sales order with its items.

    Args:
        sale: The sale.
        header: Sales area, sold-to party and type of the order.
        items: The sale's lines, each with its product.
        place: Plant and storage location, if the items should have them.
        price_condition: The condition type that takes a net price; without it, SAP's prices count.
        zone: The time zone that decides the day.

    Raises:
        ConnectorRejected: A quantity is not positive, or has more decimals than SAP takes.
    """
    day = day_json(sale.sold_at.astimezone(zone).date())
    return {
        **header,
        "PurchaseOrderByCustomer": sale_reference(sale.record_id),
        "CustomerPurchaseOrderDate": day,
        "SalesOrderDate": day,
        "TransactionCurrency": sale.total.currency,
        "to_Item": {
            "results": [_to_item(line, product, place, price_condition) for line, product in items]
        },
    }


def _to_item(
    line: SaleLine, product: SapProduct, place: Mapping[str, str], price_condition: str | None
) -> dict[str, Any]:
    if line.quantity <= 0:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} takes nothing back in a sales order ({product}): enter a return there.",
                system=SYSTEM,
                product=line.name,
            )
        )
    item: dict[str, Any] = {
        "Material": product.product,
        "SalesOrderItemText": line.name[:_NAME_CHARS],
        "RequestedQuantity": quantity_text(line.quantity, line.name),
        **({"RequestedQuantityUnit": product.base_unit} if product.base_unit else {}),
        **place,
    }
    if price_condition:
        item["to_PricingElement"] = {"results": [_to_price(line, product, price_condition)]}
    return item


def _to_price(line: SaleLine, product: SapProduct, price_condition: str) -> dict[str, str]:
    """Write the net price of the sold quantity, so that SAP computes the same total.

    For a fraction, such as 0.532 kg, write the price of 1,000 units, rounded half up to the minor
    unit: SAP's own rounding of the total then removes the rounding difference.
    """
    net_minor = Decimal(line.total.amount_minor - line.vat.amount_minor)
    units = line.quantity
    if units % 1 != 0 or units > _PRICING_UNITS_MAX:
        units = Decimal(_FRACTION_PRICING_UNITS)
        exact = net_minor * units / line.quantity
        net_minor = exact.quantize(Decimal(1), rounding="ROUND_HALF_UP")
    net = Money(int(net_minor), line.total.currency)
    return {
        "ConditionType": price_condition,
        "ConditionRateValue": decimal_text(net.to_major()),
        "ConditionCurrency": line.total.currency,
        "ConditionQuantity": decimal_text(units.to_integral_value()),
        **({"ConditionQuantityUnit": product.base_unit} if product.base_unit else {}),
    }


def to_goods_movement(
    change: StockChange,
    product: SapProduct,
    *,
    place: Mapping[str, str],
    movement_type: str,
    cost_center: str | None,
    zone: ZoneInfo,
) -> dict[str, Any]:
    """Write a stock change as a material document: a goods issue or a goods receipt.

    Args:
        change: The stock change.
        product: The product whose stock changed.
        place: Plant and storage location.
        movement_type: SAP's movement type, for outgoing or for incoming goods.
        cost_center: The cost center to charge, if the movement type requires one.
        zone: The time zone that decides the day.

    Raises:
        ConnectorRejected: The change is zero, or has more decimals than SAP takes.
    """
    if not change.change:
        raise ConnectorRejected(
            say(
                "record_refused",
                "The stock change {record} changes nothing.",
                record=change.record_id,
            )
        )
    name = change.record_id
    unit = change.unit or product.base_unit
    day = day_json(change.changed_at.astimezone(zone).date())
    item = {
        "Material": product.product,
        **place,
        "GoodsMovementType": movement_type,
        "QuantityInEntryUnit": quantity_text(abs(change.change), name),
        **({"EntryUnit": unit} if unit else {}),
        **({"CostCenter": cost_center} if cost_center else {}),
        **({"MaterialDocumentItemText": change.reason[:_ITEM_TEXT_CHARS]} if change.reason else {}),
    }
    return {
        "GoodsMovementCode": movement_code(movement_type),
        "PostingDate": day,
        "DocumentDate": day,
        "ReferenceDocument": movement_reference(change.record_id),
        "MaterialDocumentHeaderText": change.record_id[:_HEADER_TEXT_CHARS],
        "to_MaterialDocumentItem": {"results": [item]},
    }


def movement_code(movement_type: str) -> str:
    """Return the goods movement code that a movement type belongs to.

    Receipts without an order (501, 521, 561 and the like) have their own code. All others here are
    issues (201, 251, 551), and their reversals (202, 252, 552) have the same code.
    """
    return RECEIPT if _RECEIPT_TYPE.fullmatch(movement_type) else ISSUE


def quantity_text(quantity: Decimal, name: str) -> str:
    """Write a quantity.

    Raises:
        ConnectorRejected: It has more than three decimals, or more than ten digits before them.
    """
    if quantity >= _QUANTITY_END or quantity.scaleb(_QUANTITY_DECIMALS) % 1 != 0:
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} takes quantities of ten digits and three decimals, not "
                "{quantity} ({name}).",
                system=SYSTEM,
                quantity=quantity,
                name=name,
            )
        )
    return decimal_text(quantity.quantize(Decimal(1).scaleb(-_QUANTITY_DECIMALS)))


def spellings(ean: str) -> Iterator[str]:
    """Return the forms that SAP may have of an EAN: as it is, as a UPC, or as a GTIN-14."""
    yield ean
    if len(ean) == _EAN_13_CHARS:
        yield f"0{ean}"
        if ean.startswith("0"):
            yield ean[1:]


def to_product_of(
    line: SaleLine | StockChange, by_number: Iterable[SapProduct], by_ean: Iterable[SapProduct]
) -> SapProduct:
    """Return the product that a line names: by SAP's number if the line has it, else number or EAN.

    Args:
        line: A line of a sale, or a stock change.
        by_number: Products that were found by number, for this line and others.
        by_ean: Products that were found by EAN, for this line and others.

    Raises:
        ConnectorRejected: There is no such product, or there are several.
    """
    number = line.product_id or line.number
    ean = None if line.product_id else ean_of(line.ean)
    found = [each for each in by_number if number and is_same_number(each.product, number)]
    if not found and ean is not None:
        found = [each for each in by_ean if ean_of(each.product_standard_id) == ean]
    named = " or ".join(filter(None, (number, None if line.product_id else line.ean)))
    if len(found) != 1:
        how_many = "more than one product" if found else "no product"
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} has {many} {product}.",
                system=SYSTEM,
                many=how_many,
                product=named or "without number and EAN",
            )
        )
    return found[0]


def to_document_id(row: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Return the id of a document: 1234, or 2026/4900000123.

    Raises:
        ConnectorAnswerInvalid: The document has no id.
    """
    parts = [row.get(key) for key in keys]
    if not all(isinstance(part, str) and part for part in parts):
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "The answer of {system} has no valid {field}.",
                system=SYSTEM,
                field=keys[-1],
            )
        )
    return "/".join(map(str, parts))


def is_same_number(one: str, other: str) -> bool:
    """Tell whether two texts name one material: SAP shows numbers without leading zeros."""
    if one.isdigit() and other.isdigit():
        return one.lstrip("0") == other.lstrip("0")
    return one.upper() == other.upper()
