"""Xentral: against a mock server made from its contracts, and against servers that misbehave."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.connectors import client
from shared.connectors.base import ListedPage, PushBy, Pushed, Skipped, Stream
from shared.connectors.erp import xentral, xentral_answers
from shared.connectors.erp.xentral import Config, Connector
from shared.connectors.erp.xentral_answers import XentralTerms
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, PaidBy, Sale, SaleLine, SalePayment
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorTimeout,
    ConnectorUnavailable,
)
from tests.support.receivers import Answer, Receiver, answer, hang_up, raw, status
from tests.support.relay import Relay
from tests.support.system_samples import CONFIGS
from tests.support.vendors import prism, vendor_spec

pytestmark = [pytest.mark.xdist_group("prism-xentral"), pytest.mark.usefixtures("no_pauses")]

SETTINGS = CONFIGS["erp", "xentral"]
TOKEN = SETTINGS["token"]
IMPORT = "/api/v1/salesOrders/actions/import"
V1_PATHS = ("/api/v1/products", "/api/v1/salesOrders", IMPORT)
V3_PATHS = ("/api/v3/salesOrders", "/api/v3/suppliers")
LINE = SaleLine(
    "Kaffee",
    Decimal(2),
    Money(595, "EUR"),
    Money(1190, "EUR"),
    Decimal(19),
    product_id="241",
)
SALE = Sale(
    record_id="sale_1",
    number="4711",
    sold_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    total=Money(1725, "EUR"),
    lines=(
        LINE,
        SaleLine(
            "Brot",
            Decimal("1.5"),
            Money(357, "EUR"),
            Money(535, "EUR"),
            Decimal(7),
            product_id="494",
        ),
    ),
)
TERMS = XentralTerms("394", "4", "1", "7")
PRODUCT = {
    "id": "17",
    "number": "700001",
    "ean": "4006381333931",
    "stockCount": 22.5,
    "unit": {"name": "Stk"},
    "isStockItem": True,
    "isDisabled": False,
}
ITEM = {
    "type": "product",
    "id": "1",
    "number": "2462-SK-D",
    "name": "Jam",
    "quantity": 2,
    "product": {"id": "50123"},
    "lineItemRevenue": {"gross": {"amount": "13.3750", "currency": "EUR"}},
}
ORDER = {
    "id": "9",
    "documentNumber": "AB-1000",
    "documentDate": "2026-07-01",
    "status": "released",
    "totals": {"gross": {"amount": 119, "currency": "EUR"}},
    "lineItems": [ITEM],
}
SUPPLIER = {
    "id": "8",
    "number": "800042",
    "primaryAddress": {"name": "Rösterei", "country": "DE"},
}


def contracts() -> dict[str, Any]:
    """Return what is used of both contracts as one: a mock of all of it takes long to start.

    Of the three ways in which v3 lists, the mock would always answer the first; left in is the one
    that is asked for, by cursor.
    """
    older = json.loads(vendor_spec("xentral/xentral-2024-12.trim.json").read_text())
    spec: dict[str, Any] = json.loads(
        vendor_spec("xentral/xentral-documents-v3-2026-08.trim.json").read_text()
    )
    lists = {path: {"get": spec["paths"][path]["get"]} for path in V3_PATHS}
    for path in V3_PATHS:
        content = lists[path]["get"]["responses"]["200"]["content"]["application/json"]
        content["schema"] = content["schema"]["anyOf"][-1]
        assert content["schema"]["title"] == "Paginated Response: cursor"
    return {**spec, "paths": {**{path: older["paths"][path] for path in V1_PATHS}, **lists}}


@pytest.fixture(scope="module")
def mock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the mock of what is used of v1 and v3."""
    written = tmp_path_factory.mktemp("xentral") / "xentral.json"
    written.write_text(json.dumps(contracts()))
    with prism(written) as url:
        yield url


def connected(url: str, **settings: Any) -> Connector:
    config = Config.model_validate({**SETTINGS, **settings, "baseUrl": url})
    return xentral.connect(config, is_emulated=True)


def listed(*rows: Any, total: int | None = None) -> Answer:
    length = len(rows) if total is None else total
    return answer(200, {"data": rows, "extra": {"totalCount": length}})


def flow(*rows: Any, cursor: str | None = None) -> Answer:
    following = cursor and f"https://evil.example.com/x?cursor={cursor}"
    return answer(200, {"data": rows, "meta": {"nextCursor": cursor}, "links": {"next": following}})


def created(location: str = "https://example.xentral.biz/api/v1/salesOrders/77") -> Answer:
    return status(201, "", Content_Type="text/html", Location=location)


def query_of(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def push(connector: Connector, sale: Sale = SALE) -> Pushed:
    return connector.push(DataType.SALES_RECORD, sale)


def find(connector: Connector, record_id: str = "sale_1") -> Pushed | None:
    return connector.find_pushed(DataType.RECEIPT, replace(SALE, record_id=record_id))


def order_of(*lines: SaleLine, **changed: Any) -> dict[str, Any]:
    total = Money(sum(line.total.amount_minor for line in lines), "EUR")
    sale = replace(SALE, **{"lines": lines, "total": total, **changed})
    order: dict[str, Any] = xentral_answers.to_sales_order(
        sale, TERMS, lambda line: line.product_id or ""
    )
    return order


# The configuration.


@pytest.mark.parametrize(
    "changed",
    [
        {"instance": "example.evil.com"},
        {"instance": "example/"},
        {"instance": "-x"},
        {"instance": ""},
        {"instance": "x\n"},
        {"token": "short"},
        {"token": "a token with blanks"},
        {"token": "token\r\nX-Evil: 1"},
        {"customerId": "394a"},
        {"projectId": "../4"},
        {"host": "evil.example.com"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(changed: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate({**SETTINGS, **changed})
    assert TOKEN not in json.dumps(refused.value.errors(include_input=False, include_context=False))


def test_calls_the_merchants_own_host_and_a_stand_in_under_the_emulator_only() -> None:
    config = Config.model_validate({**SETTINGS, "baseUrl": "http://127.0.0.1:1"})
    assert (
        xentral.connect(config, is_emulated=False)._client.base_url == "https://example.xentral.biz"
    )
    assert xentral.connect(config, is_emulated=True)._client.base_url == "http://127.0.0.1:1"


def test_takes_sales_but_no_changes_of_stock() -> None:
    assert dict(xentral.PUSHES) == {
        DataType.SALES_RECORD: PushBy.CALL,
        DataType.RECEIPT: PushBy.CALL,
    }
    assert frozenset({Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS}) == xentral.STREAMS


# Transformers.


def test_reads_a_product() -> None:
    assert xentral_answers.to_stock_level(PRODUCT) == StockLevel(
        product_id="17",
        location_id="stock",
        quantity=Decimal("22.5"),
        unit="Stk",
        number="700001",
        ean="4006381333931",
    )


def test_a_product_without_stock_keeping_is_none_of_ours() -> None:
    row = {**PRODUCT, "isStockItem": False, "stockCount": None}
    assert xentral_answers.to_stock_level(row) is None


def test_a_disabled_product_is_gone() -> None:
    level = xentral_answers.to_stock_level({**PRODUCT, "isDisabled": True})
    assert level is not None
    assert level.is_deleted


def test_what_is_no_ean_is_left_out() -> None:
    level = xentral_answers.to_stock_level({**PRODUCT, "ean": "978-3", "number": ""})
    assert level is not None
    assert (level.ean, level.number) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"id": ""},
        {"stockCount": None},
        {"stockCount": "many"},
        {"stockCount": "NaN"},
        {"stockCount": "1e999999"},
        {"isStockItem": "maybe"},
        {"number": ["x"]},
    ],
)
def test_a_product_that_makes_no_sense_cannot_be_taken(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        xentral_answers.to_stock_level({**PRODUCT, **wrong})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Supplier("8", "Rösterei", "800042", "DE")),
        (
            {"number": "", "primaryAddress": {"name": " Rösterei ", "country": ""}},
            Supplier("8", "Rösterei"),
        ),
    ],
)
def test_reads_a_supplier(changed: dict[str, object], expected: Supplier) -> None:
    assert xentral_answers.to_supplier({**SUPPLIER, **changed}) == expected


@pytest.mark.parametrize("address", [None, {"name": " "}, {"name": None}])
def test_a_supplier_has_a_name(address: object) -> None:
    with pytest.raises(ValueError, match="no name"):
        xentral_answers.to_supplier({**SUPPLIER, "primaryAddress": address})


def test_reads_an_order_rounding_what_is_finer_than_a_cent() -> None:
    heading = {"type": "heading", "id": "il-3", "name": "Breakfast"}
    assert xentral_answers.to_order({**ORDER, "lineItems": [heading, ITEM]}) == Order(
        external_id="9",
        number="AB-1000",
        status="released",
        ordered_at=datetime(2026, 6, 30, 22, tzinfo=UTC),
        total=Money(11900, "EUR"),
        lines=(OrderLine(Decimal(2), "Jam", "50123", "2462-SK-D", Money(1338, "EUR")),),
    )


def test_a_draft_has_no_number_and_perhaps_no_amounts() -> None:
    draft = {**ORDER, "documentNumber": None, "totals": {}, "documentDate": None}
    order = xentral_answers.to_order({**draft, "lineItems": [{"quantity": "1"}]})
    assert (order.number, order.total, order.ordered_at) == ("", None, None)
    assert order.lines == (OrderLine(Decimal(1)),)


@given(st.decimals(-(10**9), 10**9, places=4))
def test_amounts_are_rounded_half_up(amount: Decimal) -> None:
    gross = {"amount": str(amount), "currency": "EUR"}
    total = xentral_answers.to_order({**ORDER, "totals": {"gross": gross}}).total
    assert total is not None
    assert total.to_major() == amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"status": None},
        {"lineItems": None},
        {"lineItems": ["x"]},
        {"lineItems": [{**ITEM, "quantity": None}]},
        {"lineItems": [{**ITEM, "lineItemRevenue": {"gross": {"amount": "1"}}}]},
        {"totals": {"gross": {"amount": "much", "currency": "EUR"}}},
        {"totals": {"gross": {"amount": "1", "currency": "euro"}}},
    ],
)
def test_an_order_that_makes_no_sense_cannot_be_taken(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        xentral_answers.to_order({**ORDER, **wrong})


@pytest.mark.parametrize(
    ("quantity", "unit_minor", "total_minor", "price"),
    [
        ("2", 595, 1190, "5.95"),
        ("1.5", 357, 535, "3.5667"),
        ("1.5", 357, 536, "3.57"),
        ("3", 100, 200, "0.6667"),
        ("1", 0, 0, "0.00"),
    ],
)
def test_a_price_makes_the_total_again(
    quantity: str, unit_minor: int, total_minor: int, price: str
) -> None:
    line = replace(
        LINE,
        quantity=Decimal(quantity),
        unit_price=Money(unit_minor, "EUR"),
        total=Money(total_minor, "EUR"),
    )
    (position,) = order_of(line)["positions"]
    assert position["price"] == {"amount": price, "currency": "EUR"}


@given(st.integers(1, 100), st.integers(0, 10**7))
def test_any_usual_line_keeps_its_total(quantity: int, total_minor: int) -> None:
    line = replace(LINE, quantity=Decimal(quantity), total=Money(total_minor, "EUR"))
    (position,) = order_of(line)["positions"]
    made = Decimal(position["price"]["amount"]) * quantity
    assert made.quantize(Decimal("0.01"), ROUND_HALF_UP) == line.total.to_major()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"quantity": Decimal(-2), "total": Money(-1190, "EUR")}, "nothing back"),
        ({"quantity": Decimal(0)}, "nothing back"),
        ({"total": Money(-1, "EUR")}, "nothing back"),
        ({"vat_percent": Decimal(16)}, "no category for 16 %"),
        ({"quantity": Decimal(3001), "total": Money(10_000_001, "EUR")}, "so fine"),
    ],
)
def test_what_an_order_cannot_say_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ConnectorRejected, match=says):
        order_of(replace(LINE, **changed))


def test_a_currency_that_xentral_does_not_know_is_refused() -> None:
    with pytest.raises(ConnectorRejected, match="SEK"):
        order_of(LINE, total=Money(1190, "SEK"))


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://example.xentral.biz/api/v1/salesOrders/17", "17"),
        ("/api/v1/salesOrders/17/", "17"),
        ("", None),
        ("https://example.xentral.biz/", None),
        ("/api/v1/salesOrders/x17", None),
    ],
)
def test_finds_the_id_in_an_address(location: str, expected: str | None) -> None:
    assert xentral_answers.id_at(location) == expected


# The contract.


def test_reads_stock_by_the_contract(relay: Relay) -> None:
    page = connected(relay.url).stock(None, None)
    assert [(each.product_id, each.quantity, each.number) for each in page.items] == [
        ("1", Decimal(22), "700001"),
        ("2", Decimal(93), "700002"),
    ]
    assert (page.skipped, page.since, page.position, page.is_listing) == ((), None, None, True)
    (sent,) = relay.received
    assert urlsplit(sent.path).path == "/api/v1/products"
    assert query_of(sent.path) == {
        "page[number]": "1",
        "page[size]": "50",
        "order[0][field]": "id",
        "order[0][dir]": "asc",
    }
    assert sent.headers["authorization"] == f"Bearer {TOKEN}"


def test_reads_orders_by_the_contract(relay: Relay) -> None:
    page = connected(relay.url).orders(None, None)
    (order,) = page.items
    assert (order.external_id, order.number, order.total) == ("1", "I-12343", Money(1337, "EUR"))
    assert order.lines[0] == OrderLine(
        Decimal(2), "Strawberry Jam", "50123", "2462-SK-D", Money(1337, "EUR")
    )
    assert (page.skipped, page.since, page.is_listing) == ((), None, True)
    following = connected(relay.url).orders("eyJpZCI6MX0", None)
    assert following.items == page.items
    first, second = relay.received
    assert urlsplit(first.path).path == "/api/v3/salesOrders"
    asked = {"include": "lineItems", "sort": "id", "perPage": "50"}
    assert query_of(first.path) == asked
    assert query_of(second.path) == {**asked, "cursor": "eyJpZCI6MX0"}
    assert first.headers["x-pagination"] == "cursor"
    assert page.position == "eyJpZCI6MTYsIl9wb2ludHNUb05leHRJdGVtcyI6dHJ1ZX0"


def test_reads_suppliers_by_the_contract(relay: Relay) -> None:
    page = connected(relay.url).suppliers(None, None)
    assert page.items == (Supplier("1", "John", "800042", "DE"),)
    (sent,) = relay.received
    assert urlsplit(sent.path).path == "/api/v3/suppliers"
    assert query_of(sent.path) == {"sort": "id", "perPage": "50"}


def test_verifies_the_token(relay: Relay) -> None:
    connected(relay.url).verify()
    assert urlsplit(relay.received[0].path).path == "/api/v1/products"


def test_a_sale_becomes_an_order_by_the_contract(relay: Relay) -> None:
    push(connected(relay.url))
    (sent,) = relay.received
    assert (sent.method, sent.path) == ("POST", IMPORT)
    assert json.loads(sent.body) == {
        "date": "2027-01-01",
        "externalOrderId": "sale_1",
        "externalOrderNumber": "sale_1",
        "internalDesignation": "Beleg 4711",
        "customer": {"id": "394"},
        "project": {"id": "4"},
        "financials": {
            "paymentMethod": {"id": "1"},
            "currency": "EUR",
            "tax": {"taxation": "domestic", "taxDisplay": "gross"},
        },
        "delivery": {"autoShipping": False, "shippingMethod": {"id": "7"}},
        "positions": [
            {
                "product": {"id": "241", "name": "Kaffee"},
                "quantity": 2,
                "price": {"amount": "5.95", "currency": "EUR"},
                "tax": {"vatCategory": "normal", "taxText": "19 % MwSt."},
            },
            {
                "product": {"id": "494", "name": "Brot"},
                "quantity": 1.5,
                "price": {"amount": "3.5667", "currency": "EUR"},
                "tax": {"vatCategory": "reduced", "taxText": "7 % MwSt."},
            },
        ],
    }


def test_looks_for_an_order_by_the_contract(relay: Relay) -> None:
    assert find(connected(relay.url), "10") == Pushed("1")
    (sent,) = relay.received
    assert urlsplit(sent.path).path == "/api/v1/salesOrders"
    assert query_of(sent.path) == {
        "filter[0][key]": "externalOrderId",
        "filter[0][op]": "equals",
        "filter[0][value]": "10",
        "page[number]": "1",
        "page[size]": "50",
    }


@pytest.mark.parametrize(
    ("named", "key", "value"),
    [
        ({"number": "700001"}, "number", "700001"),
        ({"ean": "4006381333931"}, "ean", "4006381333931"),
    ],
)
def test_looks_for_a_product_by_the_contract(
    relay: Relay, named: dict[str, str], key: str, value: str
) -> None:
    def edit(page: Any) -> None:
        page["data"][0]["ean"] = "4006381333931"

    relay.edit["GET"] = edit
    line = replace(LINE, product_id=None, **named)
    push(connected(relay.url), replace(SALE, lines=(line,), total=line.total))
    looked, sent = relay.received
    query = query_of(looked.path)
    assert (query["filter[0][key]"], query["filter[0][op]"], query["filter[0][value]"]) == (
        key,
        "equals",
        value,
    )
    assert json.loads(sent.body)["positions"][0]["product"]["id"] == "1"


def valid_order() -> dict[str, Any]:
    return order_of(LINE)


def spoiled(**changed: Any) -> dict[str, Any]:
    return {name: each for name, each in {**valid_order(), **changed}.items() if each is not None}


REFUSED: dict[str, Callable[[client.JsonClient], object]] = {
    "page": lambda http: http.get("/api/v1/products", {"page[number]": "x", "page[size]": "1"}),
    "order": lambda http: http.get(
        "/api/v1/products",
        {
            "page[number]": "1",
            "page[size]": "1",
            "order[0][field]": "colour",
            "order[0][dir]": "asc",
        },
    ),
    "product filter": lambda http: http.get(
        "/api/v1/products",
        {"page[number]": "1", "page[size]": "1", **xentral._equals("colour", "x")},
    ),
    "order filter": lambda http: http.get(
        "/api/v1/salesOrders",
        {"page[number]": "1", "page[size]": "1", **xentral._equals("colour", "x")},
    ),
    "no customer": lambda http: http.post(IMPORT, spoiled(customer=None)),
    "no positions": lambda http: http.post(IMPORT, spoiled(positions=None)),
    "unknown field": lambda http: http.post(IMPORT, spoiled(colour="red")),
    "date": lambda http: http.post(IMPORT, spoiled(date="31.12.2026")),
    "amount as a number": lambda http: http.post(
        IMPORT,
        spoiled(
            positions=[
                {**each, "price": {"amount": 5.95, "currency": "EUR"}}
                for each in valid_order()["positions"]
            ]
        ),
    ),
    "orders": lambda http: http.get("/api/v3/salesOrders", {"perPage": "many"}),
    "include": lambda http: http.get("/api/v3/salesOrders", {"include": "colour"}),
    "suppliers": lambda http: http.get("/api/v3/suppliers", {"sort": "colour"}),
    "way of paging": lambda http: http.call(
        "GET", "/api/v3/suppliers", headers={"X-Pagination": "colour"}
    ),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_the_mock_refuses_what_the_contract_does_not_allow(relay: Relay, name: str) -> None:
    """Else the tests above would say nothing."""
    with pytest.raises(ConnectorRejected) as refused:
        REFUSED[name](connected(relay.url)._client)
    assert refused.value.details["status"] in {400, 422}


def test_the_mock_takes_what_the_probes_above_spoil(relay: Relay) -> None:
    assert connected(relay.url)._client.post(IMPORT, spoiled()).status == 201


def test_the_mock_wants_a_token(relay: Relay) -> None:
    relay.without = {"authorization"}
    connector = connected(relay.url)
    for call in (
        connector.verify,
        lambda: find(connector),
        lambda: push(connector),
        lambda: connector.orders(None, None),
        lambda: connector.suppliers(None, None),
    ):
        with pytest.raises(ConnectorCredentialsRefused):
            call()


# Lists.


def read_all(
    read: Callable[[str | None, str | None], ListedPage[Any]],
) -> Iterator[ListedPage[Any]]:
    position = None
    while True:
        page = read(position, None)
        yield page
        position = page.position
        if position is None:
            return


def test_reads_ten_thousand_products_page_by_page(server: Receiver) -> None:
    def serve(connection: socket.socket) -> None:
        query = query_of(server.received[-1].path)
        size = int(query["page[size]"])
        begin = (int(query["page[number]"]) - 1) * size
        rows = ({**PRODUCT, "id": str(each)} for each in range(begin, begin + size))
        listed(*rows, total=10_000)(connection)

    server.answer = serve
    seen, sizes = set(), set()
    for page in read_all(connected(server.url).stock):
        sizes.add(len(page.items))
        seen.update(each.product_id for each in page.items)
        assert page.is_listing
    assert (len(seen), sizes, len(server.received)) == (10_000, {50}, 200)


def test_reads_orders_to_the_end_on_its_own_host_only(server: Receiver) -> None:
    server.answers = [
        flow(ORDER, cursor="eyJpZCI6OX0="),
        flow({**ORDER, "id": "10"}, cursor="a/b+c_d-"),
        flow({**ORDER, "id": "11"}),
    ]
    pages = list(read_all(connected(server.url).orders))
    assert [each.external_id for page in pages for each in page.items] == ["9", "10", "11"]
    assert all(page.is_listing for page in pages)
    cursors = [query_of(each.path).get("cursor") for each in server.received]
    assert cursors == [None, "eyJpZCI6OX0=", "a/b+c_d-"]


def test_a_half_page_says_nothing_of_what_is_gone(server: Receiver) -> None:
    server.answers = [listed(PRODUCT, total=51), listed({**PRODUCT, "id": "8"}, total=51)]
    pages = list(read_all(connected(server.url).stock))
    assert [page.is_listing for page in pages] == [False, True]
    assert [query_of(each.path)["page[number]"] for each in server.received] == ["1", "2"]


@pytest.mark.parametrize("total", [51, 53])
def test_a_product_that_comes_or_goes_meanwhile_loses_no_other(
    server: Receiver, total: int
) -> None:
    rows = [{**PRODUCT, "id": str(each)} for each in range(50)]
    server.answers = [listed(*rows, total=52), listed({**PRODUCT, "id": "8"}, total=total)]
    pages = list(read_all(connected(server.url).stock))
    assert [page.is_listing for page in pages] == [True, False]


def test_a_product_that_vanished_is_not_listed_and_one_with_another_ean_is(
    server: Receiver,
) -> None:
    server.answers = [
        listed(PRODUCT, {**PRODUCT, "id": "8"}),
        listed({**PRODUCT, "ean": "96385074"}),
    ]
    connector = connected(server.url)
    assert len(connector.stock(None, None).items) == 2
    page = connector.stock(None, None)
    assert [(each.product_id, each.ean) for each in page.items] == [("17", "96385074")]
    assert page.is_listing


def test_rows_that_make_no_sense_keep_no_other_back(server: Receiver) -> None:
    server.answers = [
        listed(PRODUCT, {**PRODUCT, "id": "8", "stockCount": "x"}, None, PRODUCT),
        flow({**ORDER, "id": "1", "status": None}, ORDER, [1]),
        flow({**SUPPLIER, "id": "1", "primaryAddress": None}, SUPPLIER),
    ]
    connector = connected(server.url)
    stock = connector.stock(None, None)
    assert [each.external_id for each in stock.items] == ["17@stock"]
    assert stock.skipped == (
        Skipped("8@stock", "has no valid stockCount"),
        Skipped("@stock", "is no object"),
    )
    orders = connector.orders(None, None)
    assert [each.external_id for each in orders.items] == ["9"]
    assert orders.skipped == (Skipped("1", "has no valid status"), Skipped("", "is no object"))
    suppliers = connector.suppliers(None, None)
    assert [each.external_id for each in suppliers.items] == ["8"]
    assert suppliers.skipped == (Skipped("1", "no name"),)


@pytest.mark.parametrize(
    "said",
    [
        flow(ORDER, cursor="same"),
        flow(ORDER, cursor="https://evil.example.com"),
        flow(ORDER, cursor="x" * 901),
        flow(ORDER, cursor=""),
        answer(200, {"data": [ORDER], "links": {"next": "https://x.example.com/?page=2"}}),
    ],
    ids=["the same", "an address", "too long", "empty", "by page"],
)
def test_a_list_that_does_not_lead_on_is_no_list(server: Receiver, said: Answer) -> None:
    server.answer = said
    with pytest.raises(ConnectorAnswerInvalid):
        connected(server.url).orders("same", None)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (status(200, "{", Content_Type="application/json"), ConnectorAnswerInvalid),
        (status(200, "<html>", Content_Type="text/html"), ConnectorAnswerInvalid),
        (status(200), ConnectorAnswerInvalid),
        (answer(200, []), ConnectorAnswerInvalid),
        (answer(200, {"data": {"id": "7"}, "extra": {}}), ConnectorAnswerInvalid),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid),
        (hang_up, ConnectorUnavailable),
        (answer(500, {"message": "oops"}), ConnectorUnavailable),
        (answer(401, {"message": "no"}), ConnectorCredentialsRefused),
        (answer(400, {"title": "no"}), ConnectorRejected),
        (status(302, "", Location="https://evil.example.com"), ConnectorRejected),
    ],
)
@pytest.mark.parametrize("stream", ["stock", "orders", "suppliers"])
def test_a_page_that_makes_no_sense_is_no_page(
    server: Receiver, stream: str, said: Answer, error: type[ConnectorError]
) -> None:
    server.answer = said
    with pytest.raises(error) as failed:
        getattr(connected(server.url), stream)(None, None)
    assert type(failed.value) is error


def test_too_many_calls(server: Receiver) -> None:
    server.answer = answer(429, {"message": "Too Many Requests"}, Retry_After="37")
    with pytest.raises(ConnectorRateLimited, match="Too Many Requests") as failed:
        connected(server.url).orders(None, None)
    assert failed.value.details["retryAfter"] == 37


# Sales.


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ({"customerId": None}, "customerId"),
        ({"projectId": None, "shippingMethodId": None}, "projectId, shippingMethodId"),
        ({"paymentMethodId": None}, "paymentMethodId"),
    ],
)
def test_without_what_an_order_needs_there_are_no_sales(
    server: Receiver, missing: dict[str, None], says: str
) -> None:
    with pytest.raises(ConnectorRejected, match=says):
        push(connected(server.url, **missing))
    assert server.received == []


@pytest.mark.parametrize(
    ("named", "found", "says"),
    [
        ({}, [], "needs to know the product of Kaffee"),
        ({"product_id": "../17"}, [], "no product ../17"),
        ({"number": "700001"}, [], "no product with the number 700001"),
        ({"number": "700001"}, [{**PRODUCT, "number": "700001x"}], "no product with the number"),
        ({"number": "700001"}, [PRODUCT, {**PRODUCT, "id": "18"}], "more than one product"),
        ({"ean": "96385074"}, [PRODUCT], "no product with the ean 96385074"),
        ({"ean": "96385074"}, [{**PRODUCT, "ean": None}], "no product with the ean 96385074"),
    ],
)
def test_a_product_that_is_not_known_for_sure_is_refused_and_nothing_is_sent(
    server: Receiver, named: dict[str, str], found: list[Any], says: str
) -> None:
    server.answer = listed(*found)
    line = replace(LINE, **{"product_id": None, **named})
    with pytest.raises(ConnectorRejected, match=says):
        push(connected(server.url), replace(SALE, lines=(line,), total=line.total))
    assert {each.method for each in server.received} <= {"GET"}


def test_an_ean_is_found_however_it_is_spelled(server: Receiver) -> None:
    server.answers = [listed({**PRODUCT, "ean": "036000291452"}), created()]
    line = replace(LINE, product_id=None, ean="0036000291452")
    assert push(connected(server.url), replace(SALE, lines=(line,), total=line.total)) == Pushed(
        "77"
    )


def test_how_it_was_paid_has_no_place_in_an_order(server: Receiver) -> None:
    server.answer = created()
    paid = replace(SALE, payments=(SalePayment(PaidBy.CASH, SALE.total),))
    push(connected(server.url), paid)
    assert "payments" not in json.loads(server.received[0].body)


def test_an_order_whose_address_is_not_told_is_made_all_the_same(server: Receiver) -> None:
    server.answer = status(201)
    assert push(connected(server.url)) == Pushed(None)


@pytest.mark.parametrize(
    ("said", "error", "is_unknown"),
    [
        (hang_up, ConnectorUnavailable, True),
        (answer(500, {}), ConnectorUnavailable, True),
        (status(200, "<html>", Content_Type="text/html"), ConnectorAnswerInvalid, True),
        (answer(400, {"title": "bad"}), ConnectorRejected, False),
        (answer(429, {}, Retry_After="9"), ConnectorRateLimited, False),
    ],
)
def test_an_order_is_never_sent_twice(
    server: Receiver, said: Answer, error: type[ConnectorError], *, is_unknown: bool
) -> None:
    server.answer = said
    with pytest.raises(error) as failed:
        push(connected(server.url))
    assert failed.value.is_unknown is is_unknown
    assert [each.method for each in server.received] == ["POST"]


def test_an_order_whose_answer_got_lost_is_found(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    connector = connected(server.url)
    server.answers = [lambda _: server.closing.wait()]
    with pytest.raises(ConnectorTimeout) as failed:
        push(connector)
    assert failed.value.is_unknown
    server.answer = listed(
        {"id": "70", "externalOrderId": "sale_11"},
        {"id": "71", "externalOrderId": None},
        {"id": "73", "externalOrderId": "Sale_1"},
        {"id": 77, "externalOrderId": "sale_1"},
    )
    assert find(connector) == Pushed("77")
    assert find(connector, "sale_2") is None
    assert len([each for each in server.received if each.method == "POST"]) == 1


@pytest.mark.parametrize(
    "said",
    [
        listed({"id": "1", "externalOrderId": "sale_11"}, total=2),
        listed({"externalOrderId": "sale_1"}),
        listed("sale_1"),
        answer(200, {"data": []}),
    ],
    ids=["more", "no id", "no object", "no count"],
)
def test_a_list_that_makes_no_sense_does_not_mean_that_there_is_no_order(
    server: Receiver, said: Answer
) -> None:
    server.answer = said
    with pytest.raises(ConnectorAnswerInvalid):
        find(connected(server.url))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            {"title": "Failed.", "violations": {"date": ["is bad.", "Why?"]}},
            "Failed. date: is bad. Why?",
        ),
        ({"title": "Failed.", "violations": [{"a": ["b"]}, {"c": ["d"]}]}, "Failed. a: b c: d"),
        ({"title": "Failed.", "messages": ["x", "y"]}, "Failed. x y"),
        ({"message": "Too many"}, "Too many"),
    ],
)
def test_says_what_xentral_says_of_a_refusal(
    server: Receiver, body: dict[str, Any], says: str
) -> None:
    server.answer = answer(400, body)
    with pytest.raises(ConnectorRejected) as failed:
        push(connected(server.url))
    assert str(failed.value) == f"xentral answered 400: {says}"


def test_shows_no_secret(server: Receiver) -> None:
    server.answer = answer(400, {"title": f"The token {TOKEN} is\nbad"})
    with pytest.raises(ConnectorRejected) as failed:
        connected(server.url).verify()
    assert str(failed.value) == "xentral answered 400: The token *** is bad"
    assert TOKEN not in f"{failed.value!r}{failed.value.details}{failed.value.__cause__!r}"
    assert TOKEN not in repr(Config.model_validate(SETTINGS))
