"""weclapp: against a server that is told what to answer; its page says what was checked by hand."""

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
from shared.connectors.erp import weclapp, weclapp_answers
from shared.connectors.erp.weclapp import Config, Connector
from shared.connectors.erp.weclapp_answers import WeclappTerms
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
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
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorError,
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
from tests.support.system_samples import CONFIGS

pytestmark = pytest.mark.usefixtures("no_pauses")

SETTINGS = CONFIGS["erp", "weclapp"]
TOKEN = SETTINGS["token"]
SOLD_AT = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
SOLD_MS = 1_798_759_800_000
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
    sold_at=SOLD_AT,
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
CHANGE = StockChange("change_1", SOLD_AT, Decimal(-3), product_id="241", reason="Bruch")
TERMS = WeclappTerms("3201", "GROSS1", {Decimal(19): "1201", Decimal(7): "1202"})
UNITS = {"11": "Stk"}
CURRENCIES = {"21": "EUR", "22": "JPY"}
ARTICLE = {
    "id": "17",
    "articleNumber": "700001",
    "articleType": "STORABLE",
    "ean": "4006381333931",
    "unitId": "11",
    "active": True,
}
TOTALS = [{"warehouseId": "31", "quantity": "20.5"}, {"warehouseId": "32", "quantity": "2"}]
ORDER = {
    "id": "9",
    "orderNumber": "1000",
    "orderDate": SOLD_MS,
    "status": "ORDER_CONFIRMATION_PRINTED",
    "recordCurrencyId": "21",
    "grossAmount": "119.00000",
    "orderItems": [
        {"title": "Jam", "articleId": "50", "quantity": "2", "grossAmount": "13.375"},
        {"title": "With love"},
    ],
}
SUPPLIER = {
    "id": "8",
    "supplier": True,
    "supplierActive": True,
    "supplierNumber": "L800",
    "partyType": "ORGANIZATION",
    "company": "Rösterei",
    "primaryAddressId": "81",
    "addresses": [{"id": "80", "countryCode": "AT"}, {"id": "81", "countryCode": "DE"}],
}


def connected(url: str, **settings: Any) -> Connector:
    config = Config.model_validate({**SETTINGS, **settings, "baseUrl": url})
    return weclapp.connect(config, is_emulated=True)


def listed(*rows: Any, totals: list[Any] | None = None) -> Answer:
    more = {} if totals is None else {"additionalProperties": {"totalStockQuantity": totals}}
    return answer(200, {"result": rows, **more})


def counted(number: int) -> Answer:
    return answer(200, {"result": number})


def path_of(sent: Received) -> str:
    return urlsplit(sent.path).path.removeprefix("/webapp/api/v2")


def query_of(sent: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.path).query).items()}


def script(server: Receiver, answers: dict[str, Answer | list[Answer]]) -> None:
    """Answer by method and path, such as ``GET /article``; a list is used up one by one."""
    known: dict[str, Answer | list[Answer]] = {
        "GET /unit": listed({"id": "11", "name": "Stk"}),
        "GET /currency": listed({"id": "22", "name": "JPY"}, {"id": "21", "name": "EUR"}),
        "POST /salesOrder?dryRun=true": answer(201, {"grossAmount": "17.25"}),
        **answers,
    }

    def serve(connection: socket.socket) -> None:
        sent = server.received[-1]
        dry = "?dryRun=true" if "dryRun" in query_of(sent) else ""
        said = known[f"{sent.method} {path_of(sent)}{dry}"]
        (said.pop(0) if isinstance(said, list) else said)(connection)

    server.answer = serve


def calls(server: Receiver, path: str) -> list[Received]:
    return [each for each in server.received if path_of(each) == path]


def written(server: Receiver) -> list[str]:
    """Return what was sent that may change something."""
    return [
        path_of(each)
        for each in server.received
        if each.method != "GET" and "dryRun" not in query_of(each)
    ]


def push(connector: Connector, record: Record = SALE) -> Pushed:
    is_change = isinstance(record, StockChange)
    data_type = DataType.INVENTORY_UPDATE if is_change else DataType.SALES_RECORD
    return connector.push(data_type, record)


def find(connector: Connector, record: Record = SALE) -> Pushed | None:
    is_change = isinstance(record, StockChange)
    return connector.find_pushed(
        DataType.INVENTORY_UPDATE if is_change else DataType.RECEIPT, record
    )


def of_one_line(**changed: Any) -> Sale:
    line = replace(LINE, **changed)
    return replace(SALE, lines=(line,), total=line.total)


def order_of(sale: Sale) -> dict[str, Any]:
    return weclapp_answers.to_sales_order(
        sale, TERMS, currency_id="21", article_id_of=lambda line: line.product_id or ""
    )


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


# The configuration.


@pytest.mark.parametrize(
    "changed",
    [
        {"tenant": "example.evil.com"},
        {"tenant": "example/"},
        {"tenant": "-x"},
        {"tenant": ""},
        {"tenant": "x\n"},
        {"token": "short"},
        {"token": "a token with blanks"},
        {"token": "token\r\nX-Evil: 1"},
        {"customerId": "../3201"},
        {"warehouseId": "31a"},
        {"storagePlaceId": ""},
        {"salesChannel": "NET1"},
        {"salesChannel": "GROSS0"},
        {"taxes": {"nineteen": "1201"}},
        {"taxes": {"19": "1201/"}},
        {"host": "evil.example.com"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate({**SETTINGS, **changed})
    assert TOKEN not in json.dumps(refused.value.errors(include_input=False, include_context=False))


def test_calls_the_merchants_own_host_and_a_stand_in_under_the_emulator_only() -> None:
    config = Config.model_validate({**SETTINGS, "baseUrl": "http://127.0.0.1:1/"})
    real = weclapp.connect(config, is_emulated=False)
    assert real._client.base_url == "https://example.weclapp.com/webapp/api/v2"
    stand_in = weclapp.connect(config, is_emulated=True)
    assert stand_in._client.base_url == "http://127.0.0.1:1/webapp/api/v2"


def test_reads_and_takes_everything_of_an_erp() -> None:
    assert frozenset({Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS}) == weclapp.STREAMS
    assert dict(weclapp.PUSHES) == dict.fromkeys(DataType, PushBy.CALL)


# Transformers.


@pytest.mark.parametrize(
    ("warehouse_id", "totals", "quantity"),
    [
        (None, TOTALS, "22.5"),
        ("31", TOTALS, "20.5"),
        ("33", TOTALS, "0"),
        (None, [], "0"),
        (None, None, "0"),
        (None, [{"warehouseId": "31", "quantity": "-1"}], "-1"),
    ],
)
def test_reads_the_stock_of_an_article(
    warehouse_id: str | None, totals: list[Any] | None, quantity: str
) -> None:
    level = weclapp_answers.to_stock_level((ARTICLE, totals), UNITS, warehouse_id)
    assert level == StockLevel(
        product_id="17",
        location_id=warehouse_id or "stock",
        quantity=Decimal(quantity),
        unit="Stk",
        number="700001",
        ean="4006381333931",
    )


def test_an_article_without_stock_keeping_is_none_of_ours() -> None:
    row = {**ARTICLE, "articleType": "SERVICE"}
    assert weclapp_answers.to_stock_level((row, []), UNITS, None) is None


def test_an_article_that_is_not_active_is_gone_and_what_it_lacks_is_empty() -> None:
    row = {"id": "17", "articleType": "STORABLE", "active": False, "ean": "978-3", "unitId": "12"}
    assert weclapp_answers.to_stock_level((row, TOTALS), UNITS, None) == StockLevel(
        "17", "stock", Decimal("22.5"), is_deleted=True
    )


@pytest.mark.parametrize(
    ("wrong", "totals"),
    [
        ({"id": None}, []),
        ({"id": ""}, []),
        ({"articleType": None}, []),
        ({"active": "perhaps"}, []),
        ({}, [{"warehouseId": "31"}]),
        ({}, [{"quantity": "many"}]),
        ({}, [{"quantity": "NaN"}]),
        ({}, [{"quantity": "1e999999"}]),
        ({}, "none"),
    ],
)
def test_an_article_that_makes_no_sense_cannot_be_taken(
    wrong: dict[str, object], totals: object
) -> None:
    with pytest.raises(ValueError):
        weclapp_answers.to_stock_level(({**ARTICLE, **wrong}, totals), UNITS, None)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Supplier("8", "Rösterei", "L800", "DE")),
        ({"supplier": False}, None),
        ({"supplierActive": False}, Supplier("8", "Rösterei", "L800", "DE", is_deleted=True)),
        (
            {
                "partyType": "PERSON",
                "firstName": "Ida",
                "lastName": "Bauer",
                "supplierNumber": "",
                "addresses": [],
            },
            Supplier("8", "Ida Bauer"),
        ),
        ({"company": " ", "lastName": "Bauer"}, Supplier("8", "Bauer", "L800", "DE")),
        ({"primaryAddressId": None}, Supplier("8", "Rösterei", "L800")),
    ],
)
def test_reads_a_supplier(changed: dict[str, object], expected: Supplier | None) -> None:
    assert weclapp_answers.to_supplier({**SUPPLIER, **changed}) == expected


def test_a_supplier_has_a_name() -> None:
    with pytest.raises(ValueError, match="no name"):
        weclapp_answers.to_supplier({**SUPPLIER, "company": None})


def test_reads_an_order_rounding_what_is_finer_than_a_cent() -> None:
    assert weclapp_answers.to_order(ORDER, CURRENCIES) == Order(
        external_id="9",
        number="1000",
        status="ORDER_CONFIRMATION_PRINTED",
        ordered_at=SOLD_AT,
        total=Money(11900, "EUR"),
        lines=(OrderLine(Decimal(2), "Jam", "50", None, Money(1338, "EUR")),),
    )


def test_an_order_in_a_currency_without_decimals() -> None:
    order = weclapp_answers.to_order({**ORDER, "recordCurrencyId": "22"}, CURRENCIES)
    assert order is not None
    assert order.total == Money(119, "JPY")


def test_a_template_is_no_order() -> None:
    assert weclapp_answers.to_order({**ORDER, "template": True}, CURRENCIES) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"status": None},
        {"recordCurrencyId": "23"},
        {"recordCurrencyId": None},
        {"grossAmount": "much"},
        {"orderDate": "yesterday"},
        {"orderDate": 10**18},
        {"orderItems": ["x"]},
        {"orderItems": [{"quantity": "many"}]},
    ],
)
def test_an_order_that_makes_no_sense_cannot_be_taken(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        weclapp_answers.to_order({**ORDER, **wrong}, CURRENCIES)


@given(st.integers(1, 100), st.integers(0, 10**7))
def test_any_usual_line_keeps_its_total(quantity: int, total_minor: int) -> None:
    sale = of_one_line(quantity=Decimal(quantity), total=Money(total_minor, "EUR"))
    (item,) = order_of(sale)["orderItems"]
    made = Decimal(item["unitPrice"]) * Decimal(item["quantity"])
    assert made.quantize(Decimal("0.01"), ROUND_HALF_UP) == sale.total.to_major()


@pytest.mark.parametrize(
    ("sale", "says"),
    [
        (of_one_line(quantity=Decimal(-2), total=Money(-1190, "EUR")), "nothing back"),
        (of_one_line(vat_percent=Decimal(16)), "No tax for 16 % is configured: Kaffee"),
        (of_one_line(quantity=Decimal("0.000001")), "five decimals"),
        (replace(SALE, record_id="x" * 65), "keeps 64 characters"),
    ],
)
def test_what_an_order_cannot_say_is_refused(sale: Sale, says: str) -> None:
    with pytest.raises(ConnectorRejected, match=says):
        order_of(sale)


def test_a_record_id_may_be_as_long_as_the_field() -> None:
    assert order_of(replace(SALE, record_id="x" * 64))["orderNumberAtCustomer"] == "x" * 64


@pytest.mark.parametrize(
    ("number", "text"), [("1E+1", "10"), ("2.50", "2.5"), ("0.00001", "0.00001"), ("0", "0")]
)
def test_writes_decimals_without_exponents(number: str, text: str) -> None:
    assert weclapp_answers.to_text(Decimal(number)) == text


def test_a_filter_keeps_what_it_compares_in_quotes() -> None:
    assert weclapp_answers.equals("ean", 'x" or id != "ü\\') == r'ean = "x\" or id != \"ü\\"'


# Lists.


def test_reads_stock_in_two_calls_and_one_for_the_units(server: Receiver) -> None:
    script(
        server, {"GET /article/count": counted(1), "GET /article": listed(ARTICLE, totals=[TOTALS])}
    )
    page = connected(server.url).stock(None, None)
    assert [(each.external_id, each.quantity, each.unit) for each in page.items] == [
        ("17@stock", Decimal("22.5"), "Stk")
    ]
    assert (page.skipped, page.since, page.position, page.is_listing) == ((), None, None, True)
    count, articles, units = server.received
    assert [path_of(each) for each in (count, units)] == ["/article/count", "/unit"]
    assert query_of(count) == {}
    assert query_of(articles) == {
        "properties": "id,articleNumber,articleType,ean,unitId,active",
        "additionalProperties": "totalStockQuantity",
        "sort": "id",
        "page": "1",
        "pageSize": "100",
    }
    assert articles.headers["authenticationtoken"] == TOKEN


def test_reads_the_stock_of_the_merchants_warehouse(server: Receiver) -> None:
    rows = listed(ARTICLE, {**ARTICLE, "id": None}, totals=[TOTALS, []])
    script(server, {"GET /article/count": counted(2), "GET /article": rows})
    page = connected(server.url, warehouseId="32").stock(None, None)
    assert [(each.external_id, each.quantity) for each in page.items] == [("17@32", Decimal(2))]
    assert [each.external_id for each in page.skipped] == ["@32"]


@pytest.mark.parametrize(
    "said",
    [listed(ARTICLE), listed(ARTICLE, totals=[]), listed(ARTICLE, totals=[[], []])],
    ids=["none", "too few", "too many"],
)
def test_totals_that_are_not_one_an_article_are_nobodys(server: Receiver, said: Answer) -> None:
    script(server, {"GET /article/count": counted(1), "GET /article": said})
    with pytest.raises(ConnectorAnswerInvalid, match="totalStockQuantity"):
        connected(server.url).stock(None, None)


def test_reads_a_thousand_articles_page_by_page(server: Receiver) -> None:
    def serve(connection: socket.socket) -> None:
        query = query_of(server.received[-1])
        size = int(query["pageSize"])
        begin = (int(query["page"]) - 1) * size
        rows = [{**ARTICLE, "id": str(each)} for each in range(begin, begin + size)]
        listed(*rows, totals=[TOTALS] * size)(connection)

    script(server, {"GET /article/count": counted(1_000), "GET /article": serve})
    seen, sizes = set(), set()
    for page in read_all(connected(server.url).stock):
        sizes.add(len(page.items))
        seen.update(each.product_id for each in page.items)
        assert page.is_listing
    assert (len(seen), sizes, len(calls(server, "/article"))) == (1_000, {100}, 10)


def test_reads_orders_to_the_end(server: Receiver) -> None:
    rows = [{**ORDER, "id": str(each)} for each in range(101)]
    script(
        server,
        {
            "GET /salesOrder/count": counted(101),
            "GET /salesOrder": [listed(*rows[:100]), listed(rows[100])],
        },
    )
    pages = list(read_all(connected(server.url).orders))
    assert [len(page.items) for page in pages] == [100, 1]
    assert [page.is_listing for page in pages] == [True, True]
    assert [query_of(each)["page"] for each in calls(server, "/salesOrder")] == ["1", "2"]


def test_asks_for_suppliers_only_and_counts_them_alike(server: Receiver) -> None:
    other = {**SUPPLIER, "id": "9", "supplier": False}
    script(server, {"GET /party/count": counted(2), "GET /party": listed(SUPPLIER, other)})
    page = connected(server.url).suppliers(None, None)
    assert [each.external_id for each in page.items] == ["8"]
    assert [query_of(each)["filter"] for each in server.received] == ["supplier = true"] * 2


@pytest.mark.parametrize("count", [101, 103])
def test_a_row_that_comes_or_goes_meanwhile_loses_no_other(server: Receiver, count: int) -> None:
    rows = [{**SUPPLIER, "id": str(each)} for each in range(100)]
    script(
        server,
        {
            "GET /party/count": [counted(102), counted(count)],
            "GET /party": [listed(*rows), listed(*rows[:2])],
        },
    )
    pages = list(read_all(connected(server.url).suppliers))
    assert [page.is_listing for page in pages] == [True, False]


@pytest.mark.parametrize("count", [2, 101])
def test_a_half_page_says_nothing_of_what_is_gone(server: Receiver, count: int) -> None:
    script(server, {"GET /party/count": counted(count), "GET /party": listed(SUPPLIER)})
    page = connected(server.url).suppliers(None, None)
    assert (len(page.items), page.is_listing) == (1, False)


def test_a_row_that_vanished_is_not_listed(server: Receiver) -> None:
    script(
        server,
        {
            "GET /party/count": [counted(2), counted(1)],
            "GET /party": [listed(SUPPLIER, {**SUPPLIER, "id": "9"}), listed(SUPPLIER)],
        },
    )
    connector = connected(server.url)
    assert len(connector.suppliers(None, None).items) == 2
    page = connector.suppliers(None, None)
    assert ([each.external_id for each in page.items], page.is_listing) == (["8"], True)


def test_rows_that_make_no_sense_keep_no_other_back(server: Receiver) -> None:
    script(
        server,
        {
            "GET /article/count": counted(3),
            "GET /article": listed(
                ARTICLE, {**ARTICLE, "id": "8"}, None, totals=[TOTALS, ["x"], []]
            ),
            "GET /salesOrder/count": counted(3),
            "GET /salesOrder": listed({**ORDER, "id": "1", "status": None}, ORDER, [1]),
            "GET /party/count": counted(2),
            "GET /party": listed({**SUPPLIER, "id": "1", "company": None}, SUPPLIER),
        },
    )
    connector = connected(server.url)
    stock = connector.stock(None, None)
    assert [each.external_id for each in stock.items] == ["17@stock"]
    assert stock.skipped == (
        Skipped("8@stock", "has no valid totalStockQuantity.0"),
        Skipped("@stock", "is no object"),
    )
    orders = connector.orders(None, None)
    assert [each.external_id for each in orders.items] == ["9"]
    assert orders.skipped == (Skipped("1", "has no valid status"), Skipped("", "is no object"))
    suppliers = connector.suppliers(None, None)
    assert [each.external_id for each in suppliers.items] == ["8"]
    assert suppliers.skipped == (Skipped("1", "no name"),)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (status(200, "<html>", Content_Type="text/html"), ConnectorAnswerInvalid),
        (status(200), ConnectorAnswerInvalid),
        (answer(200, []), ConnectorAnswerInvalid),
        (answer(200, {"result": -1}), ConnectorAnswerInvalid),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid),
        (hang_up, ConnectorUnavailable),
        (answer(500, {"title": "oops"}), ConnectorUnavailable),
        (answer(401, {"title": "no"}), ConnectorCredentialsRefused),
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


def test_units_and_currencies_have_names(server: Receiver) -> None:
    script(
        server,
        {
            "GET /salesOrder/count": counted(1),
            "GET /salesOrder": listed(ORDER),
            "GET /currency": listed({"id": "21"}),
        },
    )
    with pytest.raises(ConnectorAnswerInvalid, match="no valid name"):
        connected(server.url).orders(None, None)


def test_too_many_calls(server: Receiver) -> None:
    server.answer = answer(429, {"title": "Too Many Requests"}, Retry_After="37")
    with pytest.raises(ConnectorRateLimited, match="Too Many Requests") as failed:
        connected(server.url).orders(None, None)
    assert failed.value.details["retryAfter"] == 37


def test_verifies_the_token(server: Receiver) -> None:
    script(server, {"GET /article": listed()})
    connected(server.url).verify()
    assert len(server.received) == 1


# Sales.


def test_a_sale_is_tried_and_then_becomes_an_order(server: Receiver) -> None:
    script(server, {"POST /salesOrder": answer(201, {"id": "77", "grossAmount": "17.25"})})
    assert push(connected(server.url, warehouseId="31")) == Pushed("77")
    _, tried, made = server.received
    assert (tried.path, made.path) == (
        "/webapp/api/v2/salesOrder?dryRun=true",
        "/webapp/api/v2/salesOrder",
    )
    assert tried.body == made.body
    assert json.loads(made.body) == {
        "orderNumberAtCustomer": "sale_1",
        "note": "Beleg 4711",
        "orderDate": SOLD_MS,
        "customerId": "3201",
        "salesChannel": "GROSS1",
        "recordCurrencyId": "21",
        "warehouseId": "31",
        "orderItems": [
            {
                "articleId": "241",
                "title": "Kaffee",
                "quantity": "2",
                "manualQuantity": True,
                "unitPrice": "5.95",
                "manualUnitPrice": True,
                "discountPercentage": "0",
                "taxId": "1201",
            },
            {
                "articleId": "494",
                "title": "Brot",
                "quantity": "1.5",
                "manualQuantity": True,
                "unitPrice": "3.56667",
                "manualUnitPrice": True,
                "discountPercentage": "0",
                "taxId": "1202",
            },
        ],
    }


def test_what_is_only_tried_may_be_tried_again(server: Receiver) -> None:
    script(
        server,
        {
            "POST /salesOrder?dryRun=true": [
                answer(503, {}),
                answer(201, {"grossAmount": "17.25"}),
            ],
            "POST /salesOrder": answer(201, {"id": "77"}),
        },
    )
    assert push(connected(server.url)) == Pushed("77")
    assert written(server) == ["/salesOrder"]


@pytest.mark.parametrize(
    ("gross", "says"),
    [
        ("20.53", "would make 20.53 of sale_1, which is 17.25 EUR"),
        ("17.26", "would make 17.26"),
        (None, "does not tell"),
    ],
)
def test_an_order_of_another_amount_is_not_made(
    server: Receiver, gross: str | None, says: str
) -> None:
    script(server, {"POST /salesOrder?dryRun=true": answer(201, {"grossAmount": gross})})
    with pytest.raises(ConnectorRejected, match=says):
        push(connected(server.url))
    assert written(server) == []


@pytest.mark.parametrize(
    ("settings", "sale", "says"),
    [
        ({"customerId": None}, SALE, "customerId"),
        ({"taxes": {}}, SALE, "taxes"),
        ({}, of_one_line(total=Money(1190, "SEK")), "has no SEK"),
        ({"taxes": {"7.0": "1202"}}, SALE, "No tax for 19 %"),
    ],
)
def test_without_what_an_order_needs_there_are_no_sales(
    server: Receiver, settings: dict[str, Any], sale: Sale, says: str
) -> None:
    script(server, {})
    with pytest.raises(ConnectorRejected, match=says):
        push(connected(server.url, **settings), sale)
    assert {each.method for each in server.received} <= {"GET"}


def test_how_it_was_paid_has_no_place_in_an_order() -> None:
    paid = replace(SALE, payments=(SalePayment(PaidBy.CASH, SALE.total),))
    assert order_of(paid) == order_of(SALE)


@pytest.mark.parametrize(
    ("named", "found", "says"),
    [
        ({}, [], "needs to know the article of Kaffee"),
        ({"product_id": "../17"}, [], "no article ../17"),
        ({"number": "700001"}, [], "no article with the articleNumber 700001"),
        ({"number": "700001"}, [{**ARTICLE, "articleNumber": "700001x"}], "no article with the"),
        ({"number": "700001"}, [ARTICLE, {**ARTICLE, "id": "18"}], "more than one article"),
        ({"ean": "96385074"}, [ARTICLE], "no article with the ean 96385074"),
        ({"ean": "96385074"}, [{**ARTICLE, "ean": None}], "no article with the ean 96385074"),
    ],
)
def test_an_article_that_is_not_known_for_sure_is_refused_and_nothing_is_sent(
    server: Receiver, named: dict[str, str], found: list[Any], says: str
) -> None:
    script(server, {"GET /article": listed(*found)})
    with pytest.raises(ConnectorRejected, match=says):
        push(connected(server.url), of_one_line(**{"product_id": None, **named}))
    assert {each.method for each in server.received} <= {"GET"}


@pytest.mark.parametrize(
    ("named", "sought"),
    [
        ({"number": "700001", "ean": "96385074"}, 'articleNumber = "700001"'),
        ({"ean": "04006381333931"}, 'ean = "04006381333931"'),
    ],
)
def test_finds_an_article_by_its_number_or_ean(
    server: Receiver, named: dict[str, str], sought: str
) -> None:
    script(
        server,
        {
            "GET /article": listed(ARTICLE),
            "POST /salesOrder?dryRun=true": answer(201, {"grossAmount": "11.90"}),
            "POST /salesOrder": answer(201, {"id": "77"}),
        },
    )
    push(connected(server.url), of_one_line(product_id=None, **named))
    (looked,) = calls(server, "/article")
    assert query_of(looked)["filter"] == sought
    assert json.loads(server.received[-1].body)["orderItems"][0]["articleId"] == "17"


@pytest.mark.parametrize(
    ("said", "error", "is_unknown"),
    [
        (hang_up, ConnectorUnavailable, True),
        (answer(500, {}), ConnectorUnavailable, True),
        (answer(201, {"grossAmount": "17.25"}), ConnectorAnswerInvalid, True),
        (answer(400, {"title": "bad"}), ConnectorRejected, False),
        (answer(429, {}, Retry_After="9"), ConnectorRateLimited, False),
    ],
)
@pytest.mark.parametrize(
    ("record", "path"),
    [(SALE, "/salesOrder"), (CHANGE, "/warehouseStockMovement/bookOutgoingMovement")],
    ids=["sale", "change"],
)
def test_nothing_is_ever_sent_twice(
    server: Receiver,
    record: Record,
    path: str,
    said: Answer,
    error: type[ConnectorError],
    *,
    is_unknown: bool,
) -> None:
    script(server, {f"POST {path}": said})
    with pytest.raises(error) as failed:
        push(connected(server.url), record)
    assert failed.value.is_unknown is is_unknown
    assert written(server) == [path]


@pytest.mark.parametrize(
    ("record", "path", "name"),
    [
        (SALE, "/salesOrder", "orderNumberAtCustomer"),
        (CHANGE, "/warehouseStockMovement", "movementNote"),
    ],
    ids=["sale", "change"],
)
def test_what_was_made_without_an_answer_is_found(
    server: Receiver, monkeypatch: pytest.MonkeyPatch, record: Record, path: str, name: str
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)

    def lost(_: socket.socket) -> None:
        server.closing.wait()

    wanted = record.record_id
    rows = listed(
        {"id": "73", name: wanted.title()},
        {"id": 77, name: wanted},
        {"id": "78", name: wanted},
    )
    script(
        server,
        {
            "POST /salesOrder": lost,
            "POST /warehouseStockMovement/bookOutgoingMovement": lost,
            f"GET {path}": rows,
        },
    )
    connector = connected(server.url)
    with pytest.raises(ConnectorTimeout) as failed:
        push(connector, record)
    assert failed.value.is_unknown
    assert find(connector, record) == Pushed("77")
    assert query_of(server.received[-1])["filter"] == f'{name} = "{wanted}"'
    assert find(connector, replace(record, record_id=wanted.upper())) is None
    assert len(written(server)) == 1


@pytest.mark.parametrize(
    "said",
    [
        listed({"id": "70", "orderNumberAtCustomer": "sale_11"}),
        listed({"id": "70"}),
        listed({"orderNumberAtCustomer": "sale_1"}),
        listed("sale_1"),
        answer(200, {}),
    ],
    ids=["similar", "anything", "no id", "no object", "no list"],
)
def test_a_list_of_something_else_does_not_mean_that_there_is_no_order(
    server: Receiver, said: Answer
) -> None:
    script(server, {"GET /salesOrder": said})
    with pytest.raises(ConnectorAnswerInvalid):
        find(connected(server.url))


def test_an_order_that_is_not_there_is_not_there(server: Receiver) -> None:
    script(server, {"GET /salesOrder": listed()})
    assert find(connected(server.url)) is None


# Stock changes.


@pytest.mark.parametrize(
    ("change", "booking", "body"),
    [
        (
            CHANGE,
            "bookOutgoingMovement",
            {
                "articleId": "241",
                "quantity": "3",
                "movementNote": "change_1",
                "sourceStoragePlaceId": "4401",
            },
        ),
        (
            replace(CHANGE, change=Decimal("2.50"), location_id="4402"),
            "bookIncomingMovement",
            {
                "articleId": "241",
                "quantity": "2.5",
                "movementNote": "change_1",
                "targetStoragePlaceId": "4402",
            },
        ),
        (
            replace(CHANGE, location_id="stock"),
            "bookOutgoingMovement",
            {
                "articleId": "241",
                "quantity": "3",
                "movementNote": "change_1",
                "sourceStoragePlaceId": "4401",
            },
        ),
    ],
)
def test_books_a_change_of_stock(
    server: Receiver, change: StockChange, booking: str, body: dict[str, str]
) -> None:
    path = f"/warehouseStockMovement/{booking}"
    script(server, {f"POST {path}": listed({"id": "90"}, {"id": "91"})})
    assert push(connected(server.url), change) == Pushed("90")
    (sent,) = server.received
    assert (path_of(sent), json.loads(sent.body)) == (path, body)


def test_the_warehouse_that_stock_is_read_of_means_the_storage_place(server: Receiver) -> None:
    path = "/warehouseStockMovement/bookOutgoingMovement"
    script(server, {f"POST {path}": listed({"id": "90"})})
    push(connected(server.url, warehouseId="31"), replace(CHANGE, location_id="31"))
    assert json.loads(server.received[0].body)["sourceStoragePlaceId"] == "4401"


def test_an_article_of_a_change_is_looked_for(server: Receiver) -> None:
    path = "/warehouseStockMovement/bookOutgoingMovement"
    script(server, {"GET /article": listed(ARTICLE), f"POST {path}": listed({"id": "90"})})
    push(connected(server.url), replace(CHANGE, product_id=None, ean="4006381333931"))
    assert json.loads(server.received[-1].body)["articleId"] == "17"


@pytest.mark.parametrize(
    ("settings", "changed", "says"),
    [
        ({"storagePlaceId": None}, {}, "storagePlaceId"),
        ({"storagePlaceId": None}, {"location_id": "stock"}, "storagePlaceId"),
        ({}, {"location_id": "shelf"}, "storagePlaceId"),
        ({}, {"change": Decimal("0.000001")}, "five decimals"),
        ({}, {"product_id": None}, "the article of change_1"),
    ],
)
def test_a_change_that_cannot_be_booked_is_refused(
    server: Receiver, settings: dict[str, Any], changed: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConnectorRejected, match=says):
        push(connected(server.url, **settings), replace(CHANGE, **changed))
    assert server.received == []


def test_a_booking_that_says_nothing_is_in_doubt(server: Receiver) -> None:
    script(server, {"POST /warehouseStockMovement/bookOutgoingMovement": listed()})
    with pytest.raises(ConnectorAnswerInvalid) as failed:
        push(connected(server.url), CHANGE)
    assert failed.value.is_unknown


# Refusals.


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"title": "Bad.", "status": 400}, "Bad."),
        (
            {
                "title": "Bad.",
                "detail": "It is bad.",
                "validationErrors": [
                    {"title": "size", "detail": "too long", "location": "$.note"},
                    {"title": "empty", "location": "$.orderItems"},
                ],
            },
            "It is bad. too long ($.note) empty ($.orderItems)",
        ),
        ([], ""),
    ],
)
def test_says_what_weclapp_says_of_a_refusal(server: Receiver, body: Any, says: str) -> None:
    server.answer = answer(400, body)
    with pytest.raises(ConnectorRejected) as failed:
        connected(server.url).verify()
    assert str(failed.value) == "weclapp answered 400" + (f": {says}" if says else ".")


def test_shows_no_secret(server: Receiver) -> None:
    server.answer = answer(400, {"title": f"The token {TOKEN} is\nbad"})
    with pytest.raises(ConnectorRejected) as failed:
        connected(server.url).verify()
    assert str(failed.value) == "weclapp answered 400: The token *** is bad"
    assert TOKEN not in f"{failed.value!r}{failed.value.details}{failed.value.__cause__!r}"
    assert TOKEN not in repr(Config.model_validate(SETTINGS))
