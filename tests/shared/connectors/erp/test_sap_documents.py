"""Documents for SAP: the contract's names and lengths, exact quantities, prices and references."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator

from shared.connectors.erp import sap_documents as documents
from shared.connectors.erp.sap_answers import SapProduct
from shared.domain.money import Money
from shared.domain.systems.sales import Sale, SaleLine, StockChange
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from tests.support.sap_specs import sap_schema

BERLIN = ZoneInfo("Europe/Berlin")
LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # the 21st in Berlin
PRODUCT = SapProduct.model_validate({"Product": "TG11", "BaseUnit": "PC"})
LINE = SaleLine(
    name="Kaffee, ganze Bohne, aus biologischem Anbau",
    quantity=Decimal(3),
    unit_price=Money(400, "EUR"),
    total=Money(1199, "EUR"),
    vat_percent=Decimal(7),
)
SALE = Sale("sale_1", "77", LATE, Money(1199, "EUR"), (LINE,))
CHANGE = StockChange("change_1", LATE, Decimal("-1.5"), reason="r" * 80)
HEADER = {"SalesOrganization": "1010", "SoldToParty": "10100001"}


def sales_order(sale: Sale = SALE, price_condition: str | None = "PPR0") -> dict[str, Any]:
    return documents.to_sales_order(
        sale,
        HEADER,
        [(line, PRODUCT) for line in sale.lines],
        place={"ProductionPlant": "1010", "StorageLocation": "101A"},
        price_condition=price_condition,
        zone=BERLIN,
    )


def goods_movement(change: StockChange = CHANGE, **fields: Any) -> dict[str, Any]:
    said = {"movement_type": "251", "cost_center": "4711", **fields}
    place = {"Plant": "1010", "StorageLocation": "101A"}
    return documents.to_goods_movement(change, PRODUCT, place=place, zone=BERLIN, **said)


def check(service: str, name: str, entity: dict[str, Any]) -> None:
    """Check an entity closely: the mock server takes names that it does not know."""
    schema = sap_schema(service, name)
    flat = {key: value for key, value in entity.items() if not key.startswith("to_")}
    assert set(flat) <= set(schema["properties"])
    OAS30Validator({"properties": {key: schema["properties"][key] for key in flat}}).validate(flat)
    for key, value in flat.items():
        if schema["properties"][key].get("format") == "decimal":
            step = Decimal(str(schema["properties"][key]["multipleOf"]))
            assert Decimal(value) % step == 0


def test_a_sales_order_is_what_the_contract_says_all_the_way_down() -> None:
    order = sales_order()
    [item] = order["to_Item"]["results"]
    [price] = item["to_PricingElement"]["results"]
    check("API_SALES_ORDER_SRV", "A_SalesOrderType-create", order)
    check("API_SALES_ORDER_SRV", "A_SalesOrderItemType", item)
    check("API_SALES_ORDER_SRV", "A_SalesOrderItemPrElementType", price)


def test_a_material_document_is_what_the_contract_says_all_the_way_down() -> None:
    document = goods_movement(replace(CHANGE, record_id="c" * 200))
    [item] = document["to_MaterialDocumentItem"]["results"]
    check("API_MATERIAL_DOCUMENT_SRV", "A_MaterialDocumentHeaderType-create", document)
    check("API_MATERIAL_DOCUMENT_SRV", "A_MaterialDocumentItemType", item)


def test_days_are_those_of_the_merchants_calendar() -> None:
    assert sales_order()["SalesOrderDate"] == "/Date(1795219200000)/"  # 2026-11-21
    assert goods_movement()["PostingDate"] == "/Date(1795219200000)/"


def test_without_a_condition_type_the_prices_in_sap_count() -> None:
    [item] = sales_order(price_condition=None)["to_Item"]["results"]
    assert "to_PricingElement" not in item


def test_a_price_is_net_and_of_as_many_as_were_sold() -> None:
    [item] = sales_order()["to_Item"]["results"]
    assert item["to_PricingElement"]["results"] == [
        {
            "ConditionType": "PPR0",
            "ConditionRateValue": "11.21",  # 11.99 with 7 %
            "ConditionCurrency": "EUR",
            "ConditionQuantity": "3",
            "ConditionQuantityUnit": "PC",
        }
    ]


@given(
    st.decimals("0.001", "999", places=3),
    st.integers(-(10**7), 10**7),
    st.sampled_from(["EUR", "JPY", "KWD"]),
    st.sampled_from(["0", "7", "19", "8.1"]),
)
def test_sap_gets_at_the_total_that_was_paid(
    quantity: Decimal, total: int, currency: str, percent: str
) -> None:
    line = replace(
        LINE, quantity=quantity, total=Money(total, currency), vat_percent=Decimal(percent)
    )
    price = documents._to_price(line, PRODUCT, "PPR0")
    rate, units = Decimal(price["ConditionRateValue"]), Decimal(price["ConditionQuantity"])
    net = Money(total - line.vat.amount_minor, currency).to_major()
    assert (quantity * rate / units).quantize(net, rounding=ROUND_HALF_UP) == net
    assert units == units.to_integral_value()
    assert 0 < units <= 99_999


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_what_is_taken_back_is_no_sales_order(quantity: str) -> None:
    back = replace(SALE, lines=(replace(LINE, quantity=Decimal(quantity)),))
    with pytest.raises(ConnectorRejected, match=r"nothing back .* \(Kaffee"):
        sales_order(back)


def test_a_change_of_nothing_is_none() -> None:
    with pytest.raises(ConnectorRejected, match="changes nothing"):
        goods_movement(replace(CHANGE, change=Decimal(0)))


@pytest.mark.parametrize(
    ("quantity", "text"), [("1", "1.000"), ("0.532", "0.532"), ("1E+2", "100.000")]
)
def test_quantities_are_written_plainly(quantity: str, text: str) -> None:
    assert documents.quantity_text(Decimal(quantity), "Tee") == text


@pytest.mark.parametrize("quantity", ["0.0001", "1.0001", "10000000000", "1E+30"])
def test_a_quantity_that_sap_cannot_hold_is_refused(quantity: str) -> None:
    with pytest.raises(ConnectorRejected, match="Tee"):
        documents.quantity_text(Decimal(quantity), "Tee")


@pytest.mark.parametrize(
    ("movement_type", "code"),
    [
        ("201", "03"),
        ("251", "03"),
        ("252", "03"),
        ("551", "03"),
        ("501", "05"),
        ("521", "05"),
        ("561", "05"),
        ("Z51", "03"),
        ("5011", "03"),
    ],
)
def test_a_movement_type_has_its_code(movement_type: str, code: str) -> None:
    assert documents.movement_code(movement_type) == code


def test_a_change_says_only_what_it_knows() -> None:
    product = SapProduct.model_validate({"Product": "TG11"})
    document = documents.to_goods_movement(
        replace(CHANGE, reason=""),
        product,
        place={},
        movement_type="251",
        cost_center=None,
        zone=BERLIN,
    )
    assert document["to_MaterialDocumentItem"]["results"] == [
        {"Material": "TG11", "GoodsMovementType": "251", "QuantityInEntryUnit": "1.500"}
    ]


# References.


@given(st.text(min_size=1, max_size=300))
def test_references_are_short_and_plain(record_id: str) -> None:
    sale, movement = documents.sale_reference(record_id), documents.movement_reference(record_id)
    assert 1 <= len(sale) <= 35
    assert sale.isascii()
    assert sale == sale.strip()
    assert len(movement) == 16
    assert movement == movement.upper()
    assert json.dumps([sale, movement]) == f'["{sale}", "{movement}"]'


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_two_records_never_have_one_reference(one: str, other: str) -> None:
    same = one == other
    assert (documents.sale_reference(one) == documents.sale_reference(other)) is same
    assert (documents.movement_reference(one) == documents.movement_reference(other)) is same


def test_a_record_cannot_pass_for_another_ones_reference() -> None:
    reference = documents.sale_reference("ä")
    assert reference.startswith("pw-")
    assert documents.sale_reference(reference) != reference
    assert documents.sale_reference("sale_1") == "sale_1"
    assert documents.movement_reference("DN1001") != "DN1001"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("123", "000123", True),
        ("123", "1230", False),
        ("tg11", "TG11", True),
        ("TG11", "0TG11", False),
        ("0", "00", True),
    ],
)
def test_numbers_are_the_same_without_the_zeros_in_front(
    one: str, other: str, *, is_same: bool
) -> None:
    assert documents.is_same_number(one, other) is is_same


@pytest.mark.parametrize(
    ("ean", "spellings"),
    [
        ("96385074", ["96385074"]),
        ("4006381333931", ["4006381333931", "04006381333931"]),
        ("0036000291452", ["0036000291452", "00036000291452", "036000291452"]),
    ],
)
def test_an_ean_is_looked_for_as_it_may_be_spelled(ean: str, spellings: list[str]) -> None:
    assert list(documents.spellings(ean)) == spellings


@pytest.mark.parametrize("row", [{}, {"A": ""}, {"A": 7, "B": "1"}, {"A": "1", "B": None}])
def test_a_document_without_an_id_is_no_answer(row: dict[str, Any]) -> None:
    with pytest.raises(ConnectorAnswerInvalid, match="no valid B"):
        documents.to_document_id(row, ["A", "B"])
