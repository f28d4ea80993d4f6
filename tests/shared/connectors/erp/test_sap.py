"""SAP: against a mock server made from its contracts, and against servers that misbehave."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared import clock
from shared.connectors import client
from shared.connectors.base import PAGE_ITEMS_MAX, POSITION_CHARS_MAX, ListedPage, Pushed, Skipped
from shared.connectors.erp import sap
from shared.connectors.erp.sap import Config, Connector
from shared.connectors.erp.sap_documents import movement_reference
from shared.connectors.erp.sap_odata import ROOT
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, Sale, SaleLine, StockChange
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorTimeout,
    ConnectorUnavailable,
)
from tests.support.receivers import (
    Answer,
    Received,
    Receiver,
    answer,
    hang_up,
    raw,
    status,
)
from tests.support.relay import Relay
from tests.support.sap_specs import one_spec
from tests.support.system_samples import CONFIGS
from tests.support.vendors import prism

pytestmark = [pytest.mark.xdist_group("prism-sap"), pytest.mark.usefixtures("no_pauses")]

CONFIG = CONFIGS["erp", "sap"]
PASSWORD = CONFIG["password"]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SALE = Sale(
    record_id="sale_1",
    number="77",
    sold_at=NOON,
    total=Money(1199, "EUR"),
    lines=(
        SaleLine(
            name="Kaffee",
            quantity=Decimal(2),
            unit_price=Money(600, "EUR"),
            total=Money(1199, "EUR"),
            vat_percent=Decimal(19),
            number="TG11",
        ),
    ),
)
CHANGE = StockChange(
    record_id="change_1", changed_at=NOON, change=Decimal(-2), number="TG11", reason="broken"
)
PRODUCT = {"Product": "TG11", "BaseUnit": "PC", "ProductStandardID": "4006381333931"}


@pytest.fixture(scope="module")
def mock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prism(one_spec(tmp_path_factory.mktemp("sap"))) as url:
        yield url


def connected(url: str, **settings: Any) -> Connector:
    config = Config.model_validate({**CONFIG, **settings, "baseUrl": url})
    return sap.connect(config, is_emulated=True)


def listed(*rows: Any, count: int | None = None) -> Answer:
    found: dict[str, Any] = {"results": rows}
    if count is not None:
        found["__count"] = str(count)
    return answer(200, {"d": found})


def refused(code: int, text: str, **headers: str) -> Answer:
    error = {"code": "SY/530", "message": {"lang": "en", "value": text}}
    return answer(code, {"error": error}, **headers)


def asked(request: Received) -> dict[str, str]:
    query = urlsplit(request.path).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def entity_of(request: Received) -> str:
    return urlsplit(request.path).path.rpartition("/")[2]


# The contract.


def test_reads_stock_with_the_eans_of_its_products(relay: Relay) -> None:
    page = connected(relay.url).stock(None, None)
    [level] = page.items
    assert level == StockLevel("TG11", "1010/101A", Decimal(12), "PC", "TG11", "4006381333931")
    assert (page.position, page.since, page.is_listing, page.skipped) == (None, None, True, ())
    stock, products = relay.received
    assert stock.path.startswith(f"{ROOT}/API_MATERIAL_STOCK_SRV/A_MatlStkInAcctMod?")
    assert asked(stock)["$filter"] == "InventorySpecialStockType eq '' and Plant eq '1010'"
    assert asked(stock)["sap-client"] == "100"
    assert "+" not in stock.path
    assert asked(products)["$filter"] == "Product eq 'TG11'"


def test_reads_orders_with_their_lines(relay: Relay) -> None:
    page = connected(relay.url).orders(None, None)
    [order] = page.items
    assert (order.external_id, order.status, order.total) == ("1234", "C", Money(1008, "EUR"))
    assert order.ordered_at == datetime(2017, 4, 12, 22, tzinfo=UTC)  # midnight in Berlin
    assert [(each.product_id, each.quantity, each.amount) for each in order.lines] == [
        ("TG11", Decimal(2), Money(1008, "EUR"))
    ]
    assert asked(relay.received[0])["$filter"] == "SalesOrganization eq '1010'"


def test_reads_what_changed_of_orders(relay: Relay) -> None:
    with clock.use(lambda: NOON):
        connector = connected(relay.url)
        first = connector.orders(None, None)
        second = connector.orders(None, first.since)
    assert (first.is_listing, second.is_listing) == (True, False)
    assert asked(relay.received[1])["$filter"].endswith(
        "LastChangeDateTime ge datetimeoffset'2026-11-21T11:50:00Z'"
    )


def test_reads_suppliers(relay: Relay) -> None:
    page = connected(relay.url).suppliers(None, None)
    [supplier] = page.items
    assert (supplier.external_id, supplier.name) == ("10300001", "Kaffeerösterei Nord")
    assert page.is_listing


def test_enters_a_sale_as_a_sales_order(relay: Relay) -> None:
    assert connected(relay.url).push(DataType.SALES_RECORD, SALE) == Pushed("1234")
    _, token, entered = relay.received
    assert token.headers["x-csrf-token"] == "Fetch"
    assert entity_of(token) == entity_of(entered) == "A_SalesOrder"
    assert json.loads(entered.body) == {
        "SalesOrderType": "OR",
        "SalesOrganization": "1010",
        "DistributionChannel": "10",
        "OrganizationDivision": "00",
        "SoldToParty": "10100001",
        "PurchaseOrderByCustomer": "sale_1",
        "CustomerPurchaseOrderDate": "/Date(1795219200000)/",
        "SalesOrderDate": "/Date(1795219200000)/",
        "TransactionCurrency": "EUR",
        "to_Item": {
            "results": [
                {
                    "Material": "TG11",
                    "SalesOrderItemText": "Kaffee",
                    "RequestedQuantity": "2.000",
                    "RequestedQuantityUnit": "PC",
                    "ProductionPlant": "1010",
                    "StorageLocation": "101A",
                }
            ]
        },
    }


def test_finds_a_sale_by_exactly_our_reference(relay: Relay) -> None:
    connector = connected(relay.url)
    assert connector.find_pushed(DataType.RECEIPT, SALE) == Pushed("1234")
    assert asked(relay.received[0])["$filter"] == (
        "PurchaseOrderByCustomer eq 'sale_1' and SoldToParty eq '10100001'"
    )
    assert connector.find_pushed(DataType.RECEIPT, replace(SALE, record_id="SALE_1")) is None


@pytest.mark.parametrize(("change", "code", "movement"), [("-2", "03", "251"), ("2", "05", "501")])
def test_enters_a_stock_change_as_a_material_document(
    relay: Relay, change: str, code: str, movement: str
) -> None:
    moved = replace(CHANGE, change=Decimal(change))
    pushed = connected(relay.url).push(DataType.INVENTORY_UPDATE, moved)
    assert pushed == Pushed("2026/4900000123")
    body = json.loads(relay.received[-1].body)
    assert (body["GoodsMovementCode"], body["PostingDate"]) == (code, "/Date(1795219200000)/")
    assert body["ReferenceDocument"] == movement_reference("change_1")
    assert body["to_MaterialDocumentItem"]["results"] == [
        {
            "Material": "TG11",
            "Plant": "1010",
            "StorageLocation": "101A",
            "GoodsMovementType": movement,
            "QuantityInEntryUnit": "2.000",
            "EntryUnit": "PC",
            "MaterialDocumentItemText": "broken",
        }
    ]


def test_finds_a_stock_change_by_exactly_our_reference(relay: Relay) -> None:
    connector = connected(relay.url)
    assert connector.find_pushed(DataType.INVENTORY_UPDATE, CHANGE) is None

    def edit(body: Any) -> None:
        body["d"]["results"][0]["ReferenceDocument"] = movement_reference("change_1")

    relay.edit["GET"] = edit
    found = connector.find_pushed(DataType.INVENTORY_UPDATE, CHANGE)
    assert found == Pushed("2026/4900000123")


def test_verifies_by_reading_one_product(relay: Relay) -> None:
    connected(relay.url).verify()
    [request] = relay.received
    assert (entity_of(request), asked(request)["$top"]) == ("A_Product", "1")


Call = Callable[[client.JsonClient], object]


@pytest.mark.parametrize(
    "call",
    [
        lambda http: http.get(f"{ROOT}/API_MATERIAL_STOCK_SRV/A_MatlStkInAcctMod?$orderby=Stock"),
        lambda http: http.get(f"{ROOT}/API_PRODUCT_SRV/A_Product?$select=EAN"),
        lambda http: http.get(f"{ROOT}/API_SALES_ORDER_SRV/A_SalesOrder?$select=to_Item/EAN"),
        lambda http: http.get(f"{ROOT}/API_SALES_ORDER_SRV/A_SalesOrder?$inlinecount=all"),
        lambda http: http.get(f"{ROOT}/API_BUSINESS_PARTNER/A_Supplier?$top=-1"),
        lambda http: http.get(
            f"{ROOT}/API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentHeader?$select=Reference"
        ),
        lambda http: http.post(
            f"{ROOT}/API_SALES_ORDER_SRV/A_SalesOrder", {"PurchaseOrderByCustomer": "a" * 36}
        ),
        lambda http: http.post(
            f"{ROOT}/API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentHeader",
            {"ReferenceDocument": "a" * 17},
        ),
        lambda http: http.post(
            f"{ROOT}/API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentHeader", {"PostingDate": 1}
        ),
    ],
)
def test_the_mock_refuses_what_the_contract_does_not_allow(relay: Relay, call: Call) -> None:
    """Else the tests above would say nothing."""
    with pytest.raises(ConnectorRejected) as failed:
        call(connected(relay.url)._gateway._client)
    assert failed.value.details["status"] in {400, 422}


def test_the_mock_wants_a_user(relay: Relay) -> None:
    relay.without.add("authorization")
    connector = connected(relay.url)
    for call in (connector.stock, connector.orders, connector.suppliers):
        with pytest.raises(ConnectorCredentialsRefused):
            call(None, None)
    for record in (SALE, CHANGE):
        with pytest.raises(ConnectorCredentialsRefused):
            connector.find_pushed(DataType.RECEIPT, record)
    assert {each.headers["authorization"][:6] for each in relay.received} == {"Basic "}


# Pages.


def stock_row(material: str, quantity: Any = "1.000", **fields: Any) -> dict[str, Any]:
    return {
        "Material": material,
        "Plant": "1010",
        "StorageLocation": "101A",
        "InventoryStockType": "01",
        "MaterialBaseUnit": "PC",
        "MatlWrhsStkQtyInMatlBaseUnit": quantity,
        **fields,
    }


def serve(server: Receiver, key: Sequence[str], rows: Sequence[Any], *, most: int = 10**6) -> None:
    """Answer with the rows after the literals that follow ``gt``, and products with nothing.

    ``most``: so many a page, whatever was asked for.
    """

    def reply(connection: Any) -> None:
        request = server.received[-1]
        if entity_of(request) == "A_Product":
            return listed(count=0)(connection)
        query = asked(request)
        after = re.findall(r"gt '([^']*)'", query.get("$filter", ""))
        left = [row for row in rows if not after or [row[name] for name in key] > after]
        skip, top = int(query.get("$skip", 0)), min(int(query["$top"]), most)
        return listed(*left[skip : skip + top], count=len(left))(connection)

    server.answer = reply


PLACE = ("Material", "Plant", "StorageLocation")


def pages(read: Callable[[str | None, str | None], ListedPage[Any]]) -> Iterator[ListedPage[Any]]:
    position = None
    while True:
        page = read(position, None)
        yield page
        assert len(page.items) <= PAGE_ITEMS_MAX
        if page.position is None:
            return
        assert len(page.position) <= POSITION_CHARS_MAX
        assert page.since is None
        position = page.position


def test_reads_ten_thousand_materials_page_by_page(server: Receiver) -> None:
    rows = [stock_row(f"M{number:05}") for number in range(10_000)]
    serve(server, PLACE, rows)
    sizes, seen = [], set()
    for page in pages(connected(server.url).stock):
        sizes.append(len(page.items))
        seen |= {level.external_id for level in page.items}
    assert seen == {f"M{number:05}@1010/101A" for number in range(10_000)}
    assert (sum(sizes), max(sizes)) == (10_000, sap.STOCK_ROWS_A_PAGE - 1)


def test_a_server_that_sends_less_than_asked_for_is_read_to_the_end(server: Receiver) -> None:
    rows = [{"Supplier": f"{number:03}", "SupplierName": "X"} for number in range(25)]
    serve(server, ["Supplier"], rows, most=10)
    found = list(pages(connected(server.url).suppliers))
    assert [len(page.items) for page in found] == [10, 10, 5]


def test_a_server_that_does_not_count_is_read_until_a_page_is_not_full(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sap, "SUPPLIERS_A_PAGE", 2)
    rows = [{"Supplier": str(number), "SupplierName": "X"} for number in range(4)]
    server.answers = [listed(*rows[:2]), listed(*rows[2:]), listed()]
    found = list(pages(connected(server.url).suppliers))
    assert [len(page.items) for page in found] == [2, 2, 0]


def test_a_next_page_is_asked_for_by_key_and_its_url_never_followed(server: Receiver) -> None:
    row = {"Supplier": "1", "SupplierName": "X"}
    away = {"results": [row], "__next": "https://evil.example.com/?$skiptoken=1"}
    server.answers = [answer(200, {"d": away})]
    server.answer = listed({**row, "Supplier": "2"})
    found = [page.items[0].external_id for page in pages(connected(server.url).suppliers)]
    assert found == ["1", "2"]
    assert asked(server.received[1])["$filter"] == "Supplier gt '1'"


def test_stock_of_a_place_is_added_up_across_pages(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sap, "STOCK_ROWS_A_PAGE", 3)
    batches = [stock_row("B", Batch=str(number)) for number in range(8)]
    rows = [stock_row("A", "0.5"), *batches, stock_row("C"), stock_row("C", StorageLocation="2")]
    serve(server, PLACE, rows)
    levels = [level for page in pages(connected(server.url).stock) for level in page.items]
    assert [(level.external_id, level.quantity) for level in levels] == [
        ("A@1010/101A", Decimal("0.5")),
        ("B@1010/101A", Decimal(8)),
        ("C@1010/101A", Decimal(1)),
        ("C@1010/2", Decimal(1)),
    ]


def test_one_place_without_end_is_given_up(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sap, "STOCK_ROWS_OF_A_PLACE_MAX", 6)
    server.answer = listed(stock_row("A"), stock_row("A"), count=10**6)
    with pytest.raises(ConnectorAnswerInvalid, match="without end"):
        connected(server.url).stock(None, None)


def test_what_comes_or_goes_meanwhile_shifts_nothing(server: Receiver) -> None:
    rows = [{"Supplier": f"{number:03}", "SupplierName": "X"} for number in range(20)]
    serve(server, ["Supplier"], rows, most=10)
    connector = connected(server.url)
    first = connector.suppliers(None, None)
    del rows[3]  # with $skip, 010 would now be passed over
    second = connector.suppliers(first.position, None)
    assert [each.external_id for each in second.items] == [
        f"{number:03}" for number in range(10, 20)
    ]


def test_the_filter_after_a_place_is_exact_and_escaped(server: Receiver) -> None:
    server.answer = listed(stock_row("Z"))
    connected(server.url, plant=None).stock("O'B\n1010\n101A", None)
    assert asked(server.received[0])["$filter"] == (
        "InventorySpecialStockType eq '' and (Material gt 'O''B' or (Material eq 'O''B' and "
        "(Plant gt '1010' or (Plant eq '1010' and StorageLocation gt '101A'))))"
    )


def test_a_server_that_lists_the_same_again_is_given_up(server: Receiver) -> None:
    connector = connected(server.url)
    stock = listed(stock_row("A"), stock_row("B"), stock_row("C"), count=9)
    server.answers = [stock, listed(), stock]
    position = connector.stock(None, None).position
    with pytest.raises(ConnectorAnswerInvalid, match="the same again"):
        connector.stock(position, None)
    server.answer = listed({"Supplier": "1", "SupplierName": "X"}, count=9)
    position = connector.suppliers(None, None).position
    with pytest.raises(ConnectorAnswerInvalid, match="the same again"):
        connector.suppliers(position, None)
    server.answer = listed({"Supplier": None}, count=9)
    with pytest.raises(ConnectorAnswerInvalid, match="the same again"):
        connector.suppliers(None, None)


def test_a_half_page_that_promises_more_and_brings_none_is_no_end(server: Receiver) -> None:
    server.answer = listed(count=3)
    with pytest.raises(ConnectorAnswerInvalid, match="less than it counts"):
        connected(server.url).suppliers(None, None)


def test_nothing_comes_twice_on_a_page(server: Receiver) -> None:
    row = {"Supplier": "1", "SupplierName": "X"}
    server.answer = listed(row, {**row, "SupplierName": "Y"})
    assert connected(server.url).suppliers(None, None).items == (Supplier("1", "Y", "1"),)


def test_a_row_that_is_none_is_skipped_and_the_others_go_on(server: Receiver) -> None:
    server.answers = [
        listed(
            stock_row("A", "abc"),
            stock_row("B", Plant=1010),
            {"Plant": "1010"},
            stock_row("C"),
            stock_row("C", None, Batch="2"),
            stock_row("D"),
        ),
        listed({**PRODUCT, "Product": "D"}, {"Product": 7}),
    ]
    page = connected(server.url).stock(None, None)
    assert [(each.product_id, each.ean) for each in page.items] == [("D", "4006381333931")]
    assert page.skipped == (
        Skipped("B", "no valid Plant"),
        Skipped("?", "no valid Material"),
        Skipped("A@1010/101A", "no valid quantity"),
        Skipped("C@1010/101A", "no valid quantity"),
    )


def test_a_changed_ean_and_a_vanished_material_are_seen(server: Receiver) -> None:
    server.answers = [
        listed(stock_row("TG11"), stock_row("TG12")),
        listed(PRODUCT),
        listed(stock_row("TG11")),
        listed({**PRODUCT, "ProductStandardID": "96385074"}),
    ]
    connector = connected(server.url)
    first, second = connector.stock(None, None), connector.stock(None, None)
    assert [each.ean for each in first.items] == ["4006381333931", None]
    assert [each.ean for each in second.items] == ["96385074"]
    assert second.is_listing


# Orders over time.


def order_row(number: str, **fields: Any) -> dict[str, Any]:
    return {"SalesOrder": number, "SalesOrderDate": "/Date(1795219200000)/", **fields}


def test_what_changes_while_orders_are_read_is_read_next_time(server: Receiver) -> None:
    """The next sync begins before this one began, however long it took."""
    now = [NOON]
    serve(server, ["SalesOrder"], [order_row(str(number)) for number in range(4)], most=2)
    with clock.use(lambda: now[0]):
        connector = connected(server.url)
        first = connector.orders(None, None)
        now[0] += timedelta(hours=3)
        last = connector.orders(first.position, None)
    assert last.position is None
    with clock.use(lambda: now[0]):
        assert sap.OrdersSync.begin(last.since).changed == NOON - sap.ORDERS_OVERLAP


def test_orders_are_all_listed_every_night_to_see_what_was_deleted(server: Receiver) -> None:
    server.answer = listed(order_row("1"))
    connector, now, since, listings = connected(server.url), NOON, None, []
    for _ in range(49):
        with clock.use(lambda now=now: now):
            page = connector.orders(None, since)
        since = page.since
        listings.append(page.is_listing)
        now += timedelta(hours=1)
    assert [hour for hour, is_listing in enumerate(listings) if is_listing] == [0, 20, 40]


def test_a_sync_of_changes_goes_on_as_one(server: Receiver) -> None:
    rows = [order_row(str(number)) for number in range(4)]
    serve(server, ["SalesOrder"], rows, most=2)
    with clock.use(lambda: NOON):
        since = sap.OrdersSync.begin(None).since()
        first = connected(server.url).orders(None, since)
    with clock.use(lambda: NOON + timedelta(days=2)):  # a crash, and a long weekend
        second = connected(server.url).orders(first.position, since)
    assert not first.is_listing
    assert not second.is_listing
    assert "LastChangeDateTime ge" in asked(server.received[1])["$filter"]


def test_an_order_with_an_amount_that_is_none_is_skipped(server: Receiver) -> None:
    fine = order_row("1", TransactionCurrency="JPY", TotalNetAmount="1008")
    server.answer = listed(
        fine,
        order_row("2", TransactionCurrency="JPY", TotalNetAmount="10.08"),
        order_row("3", SalesOrderDate="2026-11-21"),
        order_row("4", SalesOrderDate="/Date(999999999999999)/"),
        order_row("5", TransactionCurrency="Euro", TotalNetAmount="10.08"),
        order_row("6", to_Item={"results": [{"RequestedQuantity": "two"}]}),
    )
    page = connected(server.url).orders(None, None)
    assert page.items == (
        Order("1", "1", "", datetime(2026, 11, 20, 23, tzinfo=UTC), total=Money(1008, "JPY")),
    )
    assert {each.external_id for each in page.skipped} == {"2", "3", "4", "5", "6"}


# Products of pushes.


def test_products_are_found_by_number_or_else_by_ean(server: Receiver) -> None:
    upc = {"Product": "UPC", "ProductStandardID": "036000291452", "BaseUnit": "KG"}
    server.answers = [
        listed({"Product": "123", "BaseUnit": "ST"}),
        listed(PRODUCT, upc),
        listed(),
        answer(201, {"d": {"SalesOrder": "9"}}),
    ]
    [line] = SALE.lines
    lines = (
        replace(line, product_id="000123", number="TG11"),
        replace(line, number=None, ean="4006381333931"),
        replace(line, number="unknown", ean="0036000291452"),
    )
    pushed = connected(server.url).push(DataType.RECEIPT, replace(SALE, lines=lines))
    assert pushed == Pushed("9")
    assert asked(server.received[0])["$filter"] == "Product eq '000123' or Product eq 'unknown'"
    assert asked(server.received[1])["$filter"].split(" or ") == [
        f"ProductStandardID eq '{ean}'"
        for ean in (
            "4006381333931",
            "04006381333931",
            "0036000291452",
            "00036000291452",
            "036000291452",
        )
    ]
    items = json.loads(server.received[-1].body)["to_Item"]["results"]
    assert [(each["Material"], each["RequestedQuantityUnit"]) for each in items] == [
        ("123", "ST"),
        ("TG11", "PC"),
        ("UPC", "KG"),
    ]


@pytest.mark.parametrize(
    ("line", "found", "said"),
    [
        ({"number": "TG99"}, [], "no product TG99"),
        ({"number": "TG99", "ean": "4006381333931"}, [], "no product TG99 or 4006381333931"),
        ({"product_id": "TG99", "ean": "4006381333931"}, [PRODUCT], "no product TG99"),
        ({"number": None}, [], "no product without number and EAN"),
        (
            {"number": None, "ean": "4006381333931"},
            [PRODUCT, {**PRODUCT, "Product": "TG12"}],
            "more than one product 4006381333931",
        ),
    ],
)
def test_a_product_that_is_not_found_is_named_and_nothing_entered(
    server: Receiver, line: dict[str, Any], found: list[Any], said: str
) -> None:
    server.answer = listed(*found)
    sale = replace(SALE, lines=(replace(SALE.lines[0], **line),))
    with pytest.raises(ConnectorRejected, match=f"{said}\\.$"):
        connected(server.url).push(DataType.SALES_RECORD, sale)
    assert {each.method for each in server.received} <= {"GET"}


def test_whoever_names_saps_own_number_means_that_product_alone(server: Receiver) -> None:
    server.answers = [listed(), listed(PRODUCT)]
    by_ean = replace(SALE.lines[0], number=None, ean="4006381333931")
    lines = (by_ean, replace(by_ean, product_id="TG99"))
    with pytest.raises(ConnectorRejected, match=r"no product TG99\.$"):
        connected(server.url).push(DataType.SALES_RECORD, replace(SALE, lines=lines))


def test_many_products_are_asked_for_in_urls_of_bounded_length(server: Receiver) -> None:
    server.answer = listed()
    lines = tuple(replace(SALE.lines[0], number=f"{number:040}") for number in range(200))
    with pytest.raises(ConnectorRejected):
        connected(server.url).push(DataType.SALES_RECORD, replace(SALE, lines=lines))
    assert max(len(server.url + each.path) for each in server.received) < 2_048
    asked_for = " ".join(asked(each)["$filter"] for each in server.received)
    assert all(f"'{number:040}'" in asked_for for number in range(200))


def test_more_products_than_asked_for_are_no_answer(server: Receiver) -> None:
    server.answer = listed(PRODUCT, count=2)
    with pytest.raises(ConnectorAnswerInvalid, match="more products"):
        connected(server.url).push(DataType.SALES_RECORD, SALE)


@pytest.mark.parametrize("name", ["salesOrganization", "distributionChannel", "soldToParty"])
def test_a_sale_needs_to_know_where_it_is_entered(server: Receiver, name: str) -> None:
    connector = connected(server.url, **{name: None})
    for call in (connector.push, connector.find_pushed):
        with pytest.raises(ConnectorRejected, match=f"needs {name} to enter"):
            call(DataType.SALES_RECORD, SALE)
    assert server.received == []


def test_goods_move_where_the_change_says(server: Receiver) -> None:
    made = {"MaterialDocumentYear": "2026", "MaterialDocument": "1"}
    server.answers = [listed(PRODUCT), listed(), answer(201, {"d": made})]
    connector = connected(server.url, costCenter="4711")
    connector.push(DataType.INVENTORY_UPDATE, replace(CHANGE, location_id="1020/102B", unit="KAR"))
    [item] = json.loads(server.received[-1].body)["to_MaterialDocumentItem"]["results"]
    assert (item["Plant"], item["StorageLocation"], item["EntryUnit"]) == ("1020", "102B", "KAR")
    assert item["CostCenter"] == "4711"


@pytest.mark.parametrize("location_id", ["1010", "", "/101A", None])
def test_goods_do_not_move_to_nowhere(server: Receiver, location_id: str | None) -> None:
    server.answer = listed(PRODUCT)
    connector = connected(server.url, storageLocation=None)
    with pytest.raises(ConnectorRejected, match="plant and a storage location"):
        connector.push(DataType.INVENTORY_UPDATE, replace(CHANGE, location_id=location_id))
    assert {each.method for each in server.received} == {"GET"}


# Sessions of writes.


def test_a_token_is_fetched_once_and_sent_with_its_cookies(server: Receiver) -> None:
    cookies = (
        "SAP_SESSIONID_S4H_100=abc%3d; path=/; secure; HttpOnly, "
        "gone=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/, "
        "sap-usercontext=sap-client=100; path=/"
    )
    token = answer(200, {"d": {"results": []}}, X_CSRF_Token="t0ken==", Set_Cookie=cookies)
    made = answer(201, {"d": {"SalesOrder": "9"}})
    server.answers = [listed(PRODUCT), token, made, listed(PRODUCT), made]
    connector = connected(server.url)
    connector.push(DataType.SALES_RECORD, SALE)
    connector.push(DataType.SALES_RECORD, replace(SALE, record_id="sale_2"))
    posts = [each for each in server.received if each.method == "POST"]
    assert len(server.received) == 5
    for post in posts:
        assert post.headers["x-csrf-token"] == "t0ken=="
        assert post.headers["cookie"] == (
            "SAP_SESSIONID_S4H_100=abc%3d; gone=; sap-usercontext=sap-client=100"
        )


def test_an_outdated_token_is_fetched_anew_once(server: Receiver) -> None:
    outdated = status(403, "CSRF token validation failed", X_CSRF_Token="Required")
    first = answer(200, {"d": {"results": []}}, X_CSRF_Token="old")
    second = answer(200, {"d": {"results": []}}, X_CSRF_Token="new")
    made = answer(201, {"d": {"SalesOrder": "9"}})
    server.answers = [listed(PRODUCT), first, outdated, second, made]
    assert connected(server.url).push(DataType.SALES_RECORD, SALE) == Pushed("9")
    tokens = [each.headers.get("x-csrf-token") for each in server.received]
    assert tokens == [None, "Fetch", "old", "Fetch", "new"]


def test_whoever_may_not_write_is_told_so(server: Receiver) -> None:
    server.answers = [listed(PRODUCT), listed()]
    denied = refused(403, "No authorization")
    server.answers += [denied, listed(), denied]
    with pytest.raises(ConnectorCredentialsRefused, match="No authorization"):
        connected(server.url).push(DataType.SALES_RECORD, SALE)
    assert [each.method for each in server.received].count("POST") == 2


def test_a_refused_user_is_not_asked_twice(server: Receiver) -> None:
    server.answers = [listed(PRODUCT), listed(), refused(401, "Logon failed")]
    with pytest.raises(ConnectorCredentialsRefused):
        connected(server.url).push(DataType.SALES_RECORD, SALE)
    assert len(server.received) == 3


# Faults.


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refused(401, "no"), ConnectorCredentialsRefused),
        (refused(400, "no"), ConnectorRejected),
        (refused(404, "no service"), ConnectorNotFound),
        (refused(429, "slow", Retry_After="37"), ConnectorRateLimited),
        (refused(500, "dump"), ConnectorUnavailable),
        (status(503, "<html>"), ConnectorUnavailable),
        (hang_up, ConnectorUnavailable),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid),
        (status(200, "{", Content_Type="application/json"), ConnectorAnswerInvalid),
        (status(200, "<feed/>", Content_Type="application/atom+xml"), ConnectorAnswerInvalid),
        (status(302, "", Location="https://evil.example.com"), ConnectorRejected),
        (answer(200, []), ConnectorAnswerInvalid),
        (answer(200, {"d": []}), ConnectorAnswerInvalid),
        (answer(200, {"d": {"results": {}}}), ConnectorAnswerInvalid),
        (answer(200, {"d": {"results": ["A"]}}), ConnectorAnswerInvalid),
        (answer(200, {"d": {"results": [], "__count": "many"}}), ConnectorAnswerInvalid),
        (answer(200, {"d": {"results": [], "__next": 7}}), ConnectorAnswerInvalid),
    ],
)
def test_whatever_goes_wrong_has_a_name(
    server: Receiver, reply: Answer, kind: type[ConnectorError]
) -> None:
    server.answer = reply
    with pytest.raises(ConnectorError) as failed:
        connected(server.url).stock(None, None)
    assert type(failed.value) is kind
    assert PASSWORD not in f"{failed.value!r} {failed.value} {failed.value.details}"
    if kind is ConnectorRateLimited:
        assert failed.value.details["retryAfter"] == 37


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(201, {"d": {}}), ConnectorAnswerInvalid),
        (answer(201, {"d": {"SalesOrder": 9}}), ConnectorAnswerInvalid),
        (status(201), ConnectorAnswerInvalid),
        (hang_up, ConnectorUnavailable),
        (refused(500, "dump"), ConnectorUnavailable),
    ],
)
def test_a_sale_that_may_have_been_entered_is_not_entered_again(
    server: Receiver, reply: Answer, kind: type[ConnectorError]
) -> None:
    server.answers = [listed(PRODUCT), listed(), reply]
    with pytest.raises(kind) as failed:
        connected(server.url).push(DataType.SALES_RECORD, SALE)
    assert failed.value.is_unknown
    assert [each.method for each in server.received] == ["GET", "GET", "POST"]


def test_a_sale_whose_answer_is_late_is_found(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.3)
    server.answers = [listed(PRODUCT), listed(), lambda _: server.closing.wait(30) and None]
    connector = connected(server.url)
    with pytest.raises(ConnectorTimeout) as failed:
        connector.push(DataType.SALES_RECORD, SALE)
    assert failed.value.is_unknown
    entered = json.loads(server.received[-1].body)
    server.answer = listed({**entered, "SalesOrder": "9"})
    assert connector.find_pushed(DataType.SALES_RECORD, SALE) == Pushed("9")
    assert [each.method for each in server.received].count("POST") == 1


def test_a_look_up_that_finds_too_much_is_no_proof(server: Receiver) -> None:
    server.answer = listed({"SalesOrder": "9", "PurchaseOrderByCustomer": "other"}, count=50)
    with pytest.raises(ConnectorAnswerInvalid, match="sale_1"):
        connected(server.url).find_pushed(DataType.SALES_RECORD, SALE)
    server.answer = listed()
    assert connected(server.url).find_pushed(DataType.SALES_RECORD, SALE) is None


def test_what_sap_says_is_shown_without_secrets(server: Receiver) -> None:
    token = answer(200, {"d": {"results": []}}, X_CSRF_Token="t0ken", Set_Cookie="session=abcdef")
    error = {
        "message": {"lang": "en", "value": f"User {PASSWORD} with t0ken"},
        "innererror": {"errordetails": [{"message": "session=abcdef ended"}, {"code": "X"}]},
    }
    server.answers = [listed(PRODUCT), token, answer(400, {"error": error})]
    with pytest.raises(ConnectorRejected) as failed:
        connected(server.url).push(DataType.SALES_RECORD, SALE)
    assert str(failed.value) == "sap answered 400: User *** with ***; *** ended"
    assert PASSWORD not in f"{failed.value!r}{failed.value.details}{failed.value.__cause__!r}"


def test_a_base_url_counts_under_the_emulator_only(server: Receiver) -> None:
    config = Config.model_validate({**CONFIG, "baseUrl": server.url})
    http = sap.connect(config, is_emulated=False)._gateway._client
    assert http.base_url == "https://my300000-api.s4hana.cloud.sap"
    assert not http.allow_loopback


def test_the_lines_of_an_order_are_read(server: Receiver) -> None:
    item = {
        "Material": "TG11",
        "SalesOrderItemText": "Kaffee",
        "RequestedQuantity": "0.532",
        "NetAmount": "4.20",
        "TransactionCurrency": "EUR",
    }
    text = {"SalesOrderItemText": "Danke", "TransactionCurrency": "", "NetAmount": "0.00"}
    server.answer = listed(order_row("1", to_Item={"results": [item, text]}))
    [order] = connected(server.url).orders(None, None).items
    assert order.lines == (
        OrderLine(Decimal("0.532"), "Kaffee", "TG11", "TG11", Money(420, "EUR")),
        OrderLine(Decimal(0), "Danke"),
    )
