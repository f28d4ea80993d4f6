"""The contracts of SAP's services in one file, so that one mock server is enough."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shared.connectors.erp.sap_odata import ROOT
from tests.support.vendors import vendor_spec

ENTITY_SETS = {
    "API_MATERIAL_STOCK_SRV": "A_MatlStkInAcctMod",
    "API_PRODUCT_SRV": "A_Product",
    "API_SALES_ORDER_SRV": "A_SalesOrder",
    "API_BUSINESS_PARTNER": "A_Supplier",
    "API_MATERIAL_DOCUMENT_SRV": "A_MaterialDocumentHeader",
}
_ITEM = "API_SALES_ORDER_SRV.A_SalesOrderItemType"
_EXAMPLES = {
    "__count": "1",
    "Material": "TG11",
    "Plant": "1010",
    "StorageLocation": "101A",
    "InventoryStockType": "01",
    "MaterialBaseUnit": "PC",
    "MatlWrhsStkQtyInMatlBaseUnit": "12.00000000000000",
    "Product": "TG11",
    "ProductStandardID": "4006381333931",
    "BaseUnit": "PC",
    "SalesOrder": "1234",
    "PurchaseOrderByCustomer": "sale_1",
    "OverallSDProcessStatus": "C",
    "TotalNetAmount": "10.08",
    "NetAmount": "10.08",
    "RequestedQuantity": "2.000",
    "TransactionCurrency": "EUR",
    "Supplier": "10300001",
    "SupplierName": "Kaffeerösterei Nord",
    "MaterialDocumentYear": "2026",
    "MaterialDocument": "4900000123",
}


def sap_schema(service: str, name: str) -> dict[str, Any]:
    """Return the schema of an entity type, such as ``A_SalesOrderItemType``."""
    return _spec(service)["components"]["schemas"][f"{service}.{name}"]


def one_spec(folder: Path) -> Path:
    """Write the contracts of all services that we call, below SAP's paths.

    Sensible examples and the selectable fields of an expanded item are added, because the generator
    of these files leaves them out. Expansions of other entities are left out, for a faster start.
    """
    merged: dict[str, Any] = {}
    for service, entity_set in ENTITY_SETS.items():
        spec = _spec(service)
        operations = spec["paths"][f"/{entity_set}"]
        if not merged:
            merged = {**spec, "servers": [], "paths": {}}
        for kind, parts in spec["components"].items():
            merged["components"].setdefault(kind, {}).update(parts)
        merged["paths"][f"{ROOT}/{service}/{entity_set}"] = operations
    schemas = merged["components"]["schemas"]
    for schema in schemas.values():
        for name in [each for each in schema.get("properties", {}) if each.startswith("to_")]:
            if name != "to_Item":
                del schema["properties"][name]
    merged["components"]["schemas"] = {
        name: schema for name, schema in schemas.items() if _is_called(name)
    }
    _give_examples(merged["components"]["schemas"])
    orders = merged["paths"][f"{ROOT}/API_SALES_ORDER_SRV/A_SalesOrder"]["get"]["parameters"]
    [select] = [each for each in orders if each.get("name") == "$select"]
    item = merged["components"]["schemas"][_ITEM]
    select["schema"]["items"]["enum"] += [f"to_Item/{name}" for name in item["properties"]]
    order = merged["components"]["schemas"]["API_SALES_ORDER_SRV.A_SalesOrderType"]
    items = order["properties"]["to_Item"]["properties"]["results"]
    items["items"] = {"$ref": f"#/components/schemas/{_ITEM}"}
    path = folder / "sap.openapi.json"
    path.write_text(json.dumps(merged))
    return path


def _is_called(schema: str) -> bool:
    name = schema.rpartition(".")[2].partition("Type")[0]
    return name in {*ENTITY_SETS.values(), "A_SalesOrderItem", "count", "error"}


def _give_examples(schemas: dict[str, Any]) -> None:
    schemas["count"]["example"] = _EXAMPLES["__count"]
    for schema in schemas.values():
        for name, each in schema.get("properties", {}).items():
            if name in _EXAMPLES and "$ref" not in each:
                each["example"] = _EXAMPLES[name]


def _spec(service: str) -> dict[str, Any]:
    return json.loads(vendor_spec(f"sap/{service}.openapi.json").read_text())
