"""Lightspeed X-Series: against a mock made from its contract, and servers that misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from socket import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.connectors import client
from shared.connectors.base import ListedPage, Pushed, Skipped
from shared.connectors.pos import lightspeed, lightspeed_answers
from shared.connectors.pos.lightspeed import Config, Connector
from shared.connectors.pos.lightspeed_answers import LightspeedProduct, SaleRow, TaxRow
from shared.domain.catalog.goods import Category, Product
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import (
    DataType,
    PaidBy,
    Receipt,
    ReceiptKind,
    Sale,
    SaleLine,
    SalePayment,
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
from tests.support.receivers import Answer, Received, Receiver, answer, hang_up, status
from tests.support.relay import Relay
from tests.support.system_samples import CONFIGS

pytestmark = [pytest.mark.xdist_group("prism-lightspeed"), pytest.mark.usefixtures("no_pauses")]

SPEC = "lightspeed/x-series-api-2.0.json"

CONFIG = CONFIGS["pos", "lightspeed"]
EAN = "4006381333931"
NOON = datetime(2026, 3, 3, 12, 0, 0, 750_000, tzinfo=UTC)
SALE = Sale(
    record_id="rec_1",
    number="R-17",
    sold_at=NOON,
    total=Money(1190, "EUR"),
    lines=(
        SaleLine(
            name="Kaffee",
            quantity=Decimal(3),
            unit_price=Money(397, "EUR"),
            total=Money(1190, "EUR"),
            vat_percent=Decimal(19),
            product_id="p1",
        ),
    ),
    payments=(SalePayment(PaidBy.CASH, Money(1190, "EUR")),),
    customer_id="c1",
)
SALE_TYPE = DataType.SALES_RECORD


def connected(url: str, **more: Any) -> Connector:
    config = Config.model_validate({**CONFIG, "baseUrl": url, **more})
    return lightspeed.connect(config, is_emulated=True)


def query_of(received: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(received.path).query).items()}


def silence(server: Receiver) -> Answer:
    def wait(_: socket) -> None:
        server.closing.wait()

    return wait


class Shop:
    """A retailer that keeps what it is told, and lists by version as the tutorial says."""

    def __init__(self, server: Receiver) -> None:
        tax = {"id": "t19", "version": 1, "rates": [{"rate": 0.19}]}
        self.lists: dict[str, list[dict[str, Any]]] = {"/taxes": [tax]}
        self.fails: dict[str, Answer] = {}
        self.sizes: list[int] = []
        self.server = server
        server.answer = self.serve

    def serve(self, connection: socket) -> None:
        request = self.server.received[-1]
        path = urlsplit(request.path).path
        said = self.answer(path, request)
        self.fails.pop(f"{request.method} {path}", said)(connection)

    def answer(self, path: str, request: Received) -> Answer:
        if path == "/retailer":
            return answer(200, {"data": {"currency": {"code": "EUR"}}})
        if path == "/register_sales":
            return self.sell(json.loads(request.body))
        query = query_of(request)
        if path == "/search":
            return answer(200, {"data": self.search(query)})
        if "sku" in query:
            rows = [row for row in self.lists["/products"] if row.get("sku") == query["sku"]]
            return answer(200, {"data": rows})
        return self.list(path, int(query.get("after", 0)), int(query["page_size"]))

    def sell(self, body: dict[str, Any]) -> Answer:
        sales = self.lists.setdefault("/sales", [])
        sales.append({**body, "id": f"s{len(sales)}", "version": len(sales) + 1})
        return answer(200, {"register_sale": {"id": sales[-1]["id"]}})

    def search(self, query: dict[str, str]) -> list[dict[str, Any]]:
        found = [
            row
            for row in self.lists.get("/sales", [])
            if query["date_from"] <= row["sale_date"] <= query["date_to"]
        ]
        offset, size = int(query["offset"]), int(query["page_size"])
        return found[offset : offset + size]

    def list(self, path: str, after: int, size: int) -> Answer:
        rows = sorted(self.lists.get(path, []), key=lambda row: row["version"])
        page = [row for row in rows if row["version"] > after][:size]
        self.sizes.append(len(page))
        versions = [row["version"] for row in page] or [0]
        version = {"min": versions[0], "max": versions[-1]}
        return answer(200, {"data": page, "version": version})


@pytest.fixture
def shop(server: Receiver) -> Shop:
    return Shop(server)


def product_row(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"p{number}", "version": number, "name": f"Product {number}", **fields}


def read_all(
    read: Callable[[str | None, str | None], ListedPage[Any]], since: str | None = None
) -> tuple[list[Any], ListedPage[Any]]:
    items: list[Any] = []
    position = None
    while True:
        page = read(position, since)
        items += page.items
        position = page.position
        if position is None:
            return items, page


def product(**fields: Any) -> Product:
    row = LightspeedProduct.model_validate({"id": "p1", "name": "Milk", **fields})
    return lightspeed_answers.to_product(row, "EUR")


def receipt(**fields: Any) -> Receipt | None:
    row = SaleRow.model_validate(
        {
            "id": "s1",
            "status": "CLOSED",
            "invoice_number": "1036",
            "sale_date": "2026-03-03T12:00:00+00:00",
            "total_price": 10,
            "total_tax": Decimal("1.90"),
            "line_items": [{"price_total": 10, "tax_total": Decimal("1.90")}],
            **fields,
        }
    )
    return lightspeed_answers.to_receipt(row, "EUR")


# The configuration.


@pytest.mark.parametrize(
    "change",
    [
        {"domainPrefix": None},
        {"domainPrefix": "shop.evil.example.com/"},
        {"domainPrefix": "Shop"},
        {"domainPrefix": "shop\n"},
        {"token": "short"},
        {"token": CONFIG["token"] + "\n"},
        {"variant": "r-series"},
        {"variant": "k-series"},
        {"registerId": "1"},
        {"paymentTypes": {"bitcoin": "1"}},
        {"password": "x"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(change: dict[str, Any]) -> None:
    given = {name: each for name, each in {**CONFIG, **change}.items() if each is not None}
    with pytest.raises(ValidationError) as refused:
        Config.model_validate(given)
    shown = json.dumps(refused.value.errors(include_input=False, include_context=False))
    assert CONFIG["token"] not in shown


def test_the_host_is_lightspeeds_own_unless_under_the_emulator() -> None:
    config = Config.model_validate({**CONFIG, "baseUrl": "http://127.0.0.1:1"})
    own = lightspeed.connect(config, is_emulated=False)
    assert own._client.base_url == "https://example.retail.lightspeed.app/api/2.0"
    assert own._older.base_url == "https://example.retail.lightspeed.app/api"
    assert not own._client.allow_loopback
    assert lightspeed.connect(config, is_emulated=True)._client.base_url == "http://127.0.0.1:1"


# Transformers.


def test_reads_all_of_a_product() -> None:
    assert product(
        sku="20057",
        product_codes=[
            {"type": "CUSTOM", "code": "96385074"},
            {"type": "UPC", "code": "1"},
            {"type": "ean", "code": EAN},
        ],
        type={"id": "t1"},
        product_type_id="t0",
        brand={"name": "Hof"},
        price_including_tax=Decimal("3.02632"),
    ) == Product(
        external_id="p1",
        name="Milk",
        number="20057",
        ean=EAN,
        brand="Hof",
        category_id="t1",
        price=Money(303, "EUR"),
    )


@pytest.mark.parametrize(
    ("amount", "minor"), [("3.02499", 302), ("3.025", 303), ("-3.025", -303), ("3", 300)]
)
def test_prices_are_rounded_half_up(amount: str, minor: int) -> None:
    assert product(price_including_tax=Decimal(amount)).price == Money(minor, "EUR")
    assert lightspeed_answers.to_money(Decimal("12.5"), "JPY") == Money(13, "JPY")


def test_a_variant_has_a_name_of_its_own_and_a_sku_may_be_an_ean() -> None:
    fields = {
        "variant_name": "Milk / 1 l",
        "sku": EAN,
        "product_type_id": "t0",
        "type": {"id": None},
        "brand": {"name": None},
    }
    assert product(**fields).name == "Milk"
    assert product(**fields, variant_parent_id="p0").name == "Milk / 1 l"
    assert (product(**fields).ean, product(**fields).category_id) == (EAN, "t0")


@pytest.mark.parametrize(
    ("fields", "is_deleted"),
    [
        ({"active": None, "deleted_at": None}, False),
        ({"active": False}, True),
        ({"deleted_at": "2026-01-01T00:00:00+00:00"}, True),
    ],
)
def test_what_is_no_longer_sold(fields: dict[str, Any], *, is_deleted: bool) -> None:
    seen = product(**fields, price_including_tax=1)
    assert seen.is_deleted is is_deleted
    assert (seen.price is None) is is_deleted


def test_a_deleted_product_needs_no_name() -> None:
    assert product(name="", active=False, sku="20057").name == "20057"
    with pytest.raises(ValueError, match="no name"):
        product(name=" ")


@pytest.mark.parametrize(
    ("fields", "kind", "voids"),
    [
        *(({"status": each}, ReceiptKind.SALE, None) for each in sorted(lightspeed_answers._DONE)),
        ({"status": "VOIDED"}, ReceiptKind.VOID, "s1"),
        ({"deleted_at": "2026-03-03T12:00:00Z"}, ReceiptKind.VOID, "s1"),
        ({"status": "VOIDED", "return_for": "s0"}, ReceiptKind.VOID, "s1"),
        # It may have sold others in exchange: what counts is the net.
        ({"return_for": "s0", "total_price": -10}, ReceiptKind.SALE, "s0"),
        ({"return_for": "s0"}, ReceiptKind.SALE, "s0"),
        ({"total_price": -10, "line_items": []}, ReceiptKind.VOID, None),
    ],
)
def test_what_a_sale_stands_for(
    fields: dict[str, Any], kind: ReceiptKind, voids: str | None
) -> None:
    seen = receipt(**fields)
    assert seen is not None
    assert (seen.kind, seen.voids) == (kind, voids)


@pytest.mark.parametrize(
    "state", ["SAVED", "ONACCOUNT", "LAYBY", "AWAITING_DISPATCH", "AWAITING_PICKUP", "SERVICE", "?"]
)
def test_what_is_not_finished_is_no_receipt_yet(state: str) -> None:
    assert receipt(status=state) is None
    assert receipt(status=state, return_for="s0") is None


@pytest.mark.parametrize(
    ("lines", "total", "eligible"),
    [
        ([("10", "1.90")], "11.90", 1190),
        ([("10", "1.90")], "13.90", 1190),
        ([("10", "1.90"), ("-2", "-0.38")], "9.52", 952),
        ([("10", "1.90")], "9.00", 900),
        ([("4.30435", "0.64565"), ("4.30435", "0.6499")], "9.91", 990),
        ([], "5", 0),
        ([("-10", "-1.90")], "-11.90", -1190),
        ([("-10", "-1.90"), ("20", "3.80")], "11.90", 1190),
        ([("-10", "-1.90"), ("10", "1.90")], "0", 0),
        ([("-1000", "-190")], "-11.90", -1190),
        ([], "-5", -500),
    ],
)
def test_what_of_a_sale_earns_points(
    lines: list[tuple[str, str]], total: str, eligible: int
) -> None:
    rows = [{"price_total": Decimal(net), "tax_total": Decimal(tax)} for net, tax in lines]
    seen = receipt(line_items=rows, total_price=Decimal(total), total_tax=0)
    assert seen is not None
    assert seen.eligible == Money(eligible, "EUR")


@given(
    st.lists(st.decimals("-99", "99", places=5), max_size=5), st.decimals("-500", "500", places=2)
)
def test_never_more_earns_points_than_was_paid(lines: list[Decimal], total: Decimal) -> None:
    rows = [{"price_total": each} for each in lines]
    seen = receipt(line_items=rows, total_price=total, total_tax=0)
    assert seen is not None
    paid, counts = seen.total.amount_minor, seen.eligible.amount_minor
    if seen.kind is ReceiptKind.SALE:
        assert 0 <= counts <= paid
    elif paid:
        assert abs(counts) <= abs(paid)


def test_what_is_capped_is_told_and_a_change_has_a_later_revision() -> None:
    rows = [{"price_total": 1000}]
    seen = receipt(line_items=rows, total_price=10, total_tax=0, version=17)
    assert seen is not None
    assert seen.doubt == "its lines say 1000.00 EUR, but 10.00 EUR were paid: 10.00 EUR count"
    assert seen.revision == 17


def test_the_tax_of_a_rate_is_the_default_one_if_there_are_several() -> None:
    def tax(name: str, *rates: str, **more: Any) -> TaxRow:
        return TaxRow.model_validate(
            {"id": name, "rates": [{"rate": Decimal(each)} for each in rates], **more}
        )

    taxes = [
        tax("old", "0.19", deleted_at="2020"),
        tax("a", "0.19"),
        tax("b", "0.19", is_default=True),
        tax("two", "0.05", "0.025"),
    ]
    found = [lightspeed_answers.tax_id_of(Decimal(each), taxes) for each in ("19", "7.5", "7")]
    assert found == ["b", "two", None]
    assert lightspeed_answers.tax_id_of(Decimal(19), taxes[:2]) == "a"


# The contract.


def in_euros(body: Any) -> None:
    if isinstance(body["data"], dict) and "currency" in body["data"]:
        body["data"]["currency"]["code"] = "EUR"


def test_verifies_the_token(relay: Relay) -> None:
    connected(relay.url).verify()
    (sent,) = relay.received
    assert (sent.path, sent.headers["authorization"]) == ("/retailer", f"Bearer {CONFIG['token']}")


def test_reads_the_lists_of_the_contract(relay: Relay) -> None:
    relay.edit["GET"] = in_euros
    connector = connected(relay.url)
    page = connector.products(None, "7")
    assert [(each.name, each.number, each.price) for each in page.items] == [
        ("Product 0003", "0003", Money(303, "EUR")),
        ("Product 0005", "0005", Money(504, "EUR")),
        ("Product 0006", "0006", Money(605, "EUR")),
    ]
    assert (page.position, page.is_listing, page.skipped) == ("59780757", False, ())
    sales = connector.receipts(None, None)
    assert [(each.number, each.total, each.eligible) for each in sales.items][:2] == [
        ("1036", Money(23000, "EUR"), Money(23000, "EUR")),
        ("MR-1050-NZ", Money(1485, "EUR"), Money(1485, "EUR")),
    ]
    (category,) = connector.categories(None, None).items
    assert category == Category(
        "497f6eca-6276-4993-bfeb-53cbbbba6f08",
        "string",
        "941c4139-2b5f-408d-a02e-f6cf8c356993",
    )
    assert [each.path for each in relay.received] == [
        "/products?deleted=true&page_size=200&after=7",
        "/retailer",
        "/sales?page_size=200",
        "/product_categories?page_size=200",
    ]


def test_asks_for_taxes_products_and_sales_as_the_contract_says(relay: Relay) -> None:
    def edit(body: Any) -> None:
        in_euros(body)
        if body["data"] == [{}]:
            body["data"] = [
                {"id": "other", "source_id": "rec_11"},
                {"id": "s", "source_id": "rec_1"},
            ]

    relay.edit["GET"] = edit
    connector = connected(relay.url)
    assert {tax.percent for tax in connector._taxes} == {0, 15, 20}
    line = replace(SALE.lines[0], product_id=None, number="0005")
    assert connector._product_id_of(line) == "b8ca3a65-0183-11e4-fbb5-9776c5faaed2"
    assert connector._product_id_of(replace(line, number=None, ean="123456")) == (
        "b8ca3a65-0183-11e4-fbb5-9776c611d865"
    )
    with pytest.raises(ConnectorRejected, match="no product with the code 0007"):
        connector._product_id_of(replace(line, number="0007"))
    assert connector.find_pushed(SALE_TYPE, SALE) == Pushed("s")
    assert connector.find_pushed(SALE_TYPE, replace(SALE, record_id="rec_2")) is None
    assert query_of(relay.received[-1]) == {
        "type": "sales",
        "date_from": "2026-03-03T11:59:59Z",
        "date_to": "2026-03-03T12:00:02Z",
        "deleted": "true",
        "page_size": "500",
        "offset": "0",
    }


Call = Callable[[client.JsonClient], object]


@pytest.mark.parametrize(
    "call",
    [
        lambda http: http.get("/products", {"after": "x"}),
        lambda http: http.get("/products", {"deleted": "maybe"}),
        lambda http: http.get("/sales", {"page_size": "all"}),
        lambda http: http.get("/product_categories", {"page_size": "all"}),
        lambda http: http.get("/taxes", {"after": "x"}),
        lambda http: http.get("/search"),
        lambda http: http.get("/search", {"type": "receipts"}),
        lambda http: http.get("/search", {"type": "sales", "offset": "x"}),
    ],
)
def test_the_mock_refuses_what_the_contract_does_not_allow(relay: Relay, call: Call) -> None:
    """Else the tests above would say nothing. The retailer takes no parameters."""
    with pytest.raises(ConnectorRejected) as refused:
        call(connected(relay.url)._client)
    assert refused.value.details["status"] == 422


def test_the_mock_wants_a_token(relay: Relay) -> None:
    http = replace(connected(relay.url)._client, authorize=lambda *_: {})
    for path in (
        "/retailer",
        "/products",
        "/sales",
        "/product_categories",
        "/taxes",
        "/search?type=sales",
    ):
        with pytest.raises(ConnectorCredentialsRefused):
            http.get(path)


# Paging.


def test_reads_every_page_to_the_end_and_goes_on_there(shop: Shop) -> None:
    rows = shop.lists["/products"] = [product_row(each) for each in range(1, 501)]
    connector = connected(shop.server.url)
    items, last = read_all(connector.products)
    assert [each.external_id for each in items] == [f"p{each}" for each in range(1, 501)]
    assert (last.since, last.is_listing) == ("500", True)
    rows[3].update(version=600, deleted_at="2026-03-03")
    (changed,), second = read_all(connector.products, last.since)
    assert (changed.external_id, changed.is_deleted) == ("p4", True)
    assert (second.since, second.is_listing) == ("600", False)
    none, third = read_all(connected(shop.server.url).products, second.since)
    assert (none, third.since) == ([], "600")


def test_an_empty_shop(shop: Shop) -> None:
    page = connected(shop.server.url).products(None, None)
    assert page == ListedPage((), since="0", is_listing=True)


def test_loses_nothing_that_changes_while_it_reads(shop: Shop) -> None:
    rows = shop.lists["/products"] = [product_row(each) for each in range(1, 501)]
    connector = connected(shop.server.url)
    page = connector.products(None, None)
    for each in (0, 100, 250, 499):
        rows[each].update(version=1000 + each, name="Changed")
    seen = {each.external_id: each.name for each in page.items}
    while page.position is not None:
        page = connector.products(page.position, None)
        seen |= {each.external_id: each.name for each in page.items}
    assert len(seen) == 500
    assert [name for name in seen.values() if name == "Changed"] == ["Changed"] * 4


def test_a_half_page_is_not_the_end(server: Receiver) -> None:
    def page(number: int) -> Answer:
        row = {"id": f"s{number}", "status": "SAVED", "total_price": 1, "sale_date": str(number)}
        return answer(200, {"data": [row], "version": {"min": number, "max": number}})

    retailer = answer(200, {"data": {"currency": {"code": "EUR"}}})
    end = answer(200, {"data": [], "version": {"min": None, "max": None}})
    server.answers = [page(1_700_000_000), retailer, page(1_800_000_000), end]
    items, last = read_all(connected(server.url).receipts)
    assert (items, last.since) == ([], "1800000000")


def test_reads_categories_page_by_page(server: Receiver) -> None:
    def page(name: str, *, has_next: bool) -> Answer:
        info = {"has_next": has_next, "last_seen": name if has_next else None}
        rows = [{"id": name, "name": name, "parent_category_id": None}]
        return answer(200, {"page_info": info, "data": {"categories": rows}})

    server.answers = [page("a b", has_next=True), page("c", has_next=False)]
    items, last = read_all(connected(server.url).categories)
    assert [each.external_id for each in items] == ["a b", "c"]
    assert (last.since, last.is_listing) == (None, True)
    assert server.received[1].path == "/product_categories?page_size=200&after=a+b"


@pytest.mark.parametrize("last_seen", ["", "c1", "x" * 1001, None])
def test_categories_without_end(server: Receiver, last_seen: str | None) -> None:
    info = {"has_next": True, "last_seen": last_seen}
    server.answer = answer(200, {"page_info": info, "data": {"categories": []}})
    with pytest.raises(ConnectorAnswerInvalid, match="without end"):
        connected(server.url).categories("c1", None)


def test_a_price_below_zero_is_no_price(shop: Shop) -> None:
    prices = {1: 1, 2: -1, 3: 10**10}
    rows = [product_row(each, price_including_tax=price) for each, price in prices.items()]
    shop.lists["/products"] = rows
    page = connected(shop.server.url).products(None, None)

    assert [(each.external_id, each.price) for each in page.items] == [("p1", Money(100, "EUR"))]
    assert page.skipped == (
        Skipped("p2", "has a price below zero: -1.00 EUR"),
        Skipped("p3", "has an amount beyond 1000000000 EUR"),
    )
    assert page.is_listing


def test_ten_thousand_products_come_page_by_page(shop: Shop) -> None:
    shop.lists["/products"] = [product_row(each) for each in range(1, 10_001)]
    connector = connected(shop.server.url)
    page = connector.products(None, None)
    count = len(page.items)
    while page.position is not None:
        page = connector.products(page.position, None)
        assert len(page.items) <= lightspeed.PAGE_ITEMS
        count += len(page.items)
    assert count == 10_000
    assert len(shop.server.received) == 50 + 1 + 1


def test_a_product_may_change_its_ean_and_lose_its_price(shop: Shop) -> None:
    rows = shop.lists["/products"] = [product_row(1, sku=EAN, price_including_tax=1)]
    connector = connected(shop.server.url)
    (before,), page = read_all(connector.products)
    rows[0].update(version=2, sku="96385074", price_including_tax=None)
    (after,), _ = read_all(connector.products, page.since)
    assert (before.ean, before.price) == (EAN, Money(100, "EUR"))
    assert (after.ean, after.price) == ("96385074", None)


def test_a_row_that_cannot_be_taken_keeps_no_other_from_being_taken(shop: Shop) -> None:
    shop.lists["/products"] = [
        product_row(1, name=""),
        product_row(2, id=None),
        product_row(3, price_including_tax="much"),
        product_row(4, price_including_tax=1e300),
        product_row(5, product_codes="EAN"),
        product_row(6),
    ]
    page = connected(shop.server.url).products(None, None)
    assert [each.external_id for each in page.items] == ["p6"]
    assert page.skipped == (
        Skipped("p1", "has no name"),
        Skipped("", "has no valid id"),
        Skipped("p3", "has no valid price_including_tax"),
        Skipped("p4", "has no valid price_including_tax"),
        Skipped("p5", "has no valid product_codes"),
    )


# Pushes.


def test_pushes_a_sale_as_the_tutorial_says(shop: Shop) -> None:
    pushed = connected(shop.server.url).push(SALE_TYPE, SALE)
    assert pushed == Pushed("s0")
    (sent,) = (each for each in shop.server.received if each.method == "POST")
    assert sent.path == "/register_sales"
    assert json.loads(sent.body) == {
        "register_id": CONFIG["registerId"],
        "user_id": CONFIG["userId"],
        "customer_id": "c1",
        "sale_date": "2026-03-03T12:00:00Z",
        "status": "CLOSED",
        "source": "Punktwerk",
        "source_id": "rec_1",
        "note": "R-17",
        "register_sale_products": [
            {
                "product_id": "p1",
                "quantity": 3,
                "price": 3.33333,
                "tax": 0.63333,
                "tax_id": "t19",
            }
        ],
        "register_sale_payments": [
            {
                "register_id": CONFIG["registerId"],
                "retailer_payment_type_id": CONFIG["paymentTypes"]["cash"],
                "payment_date": "2026-03-03T12:00:00Z",
                "amount": 11.9,
            }
        ],
    }


def test_a_sale_whose_answer_is_late_is_found_and_not_pushed_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = connected(shop.server.url)
    assert connector.find_pushed(SALE_TYPE, SALE) is None
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    shop.fails["POST /register_sales"] = silence(shop.server)
    with pytest.raises(ConnectorTimeout) as failed:
        connector.push(SALE_TYPE, SALE)
    assert failed.value.is_unknown
    assert [each.method for each in shop.server.received].count("POST") == 1
    assert connector.find_pushed(SALE_TYPE, SALE) == Pushed("s0")


def test_looks_for_a_sale_on_all_pages(shop: Shop) -> None:
    shop.lists["/sales"] = [
        {"id": f"s{each}", "source_id": str(each), "sale_date": "2026-03-03T12:00:00Z"}
        for each in range(1_000)
    ]
    connector = connected(shop.server.url)
    assert connector.find_pushed(SALE_TYPE, replace(SALE, record_id="999")) == Pushed("s999")
    assert connector.find_pushed(SALE_TYPE, replace(SALE, record_id="9999")) is None


def test_a_search_without_end_does_not_mean_that_there_is_no_sale(server: Receiver) -> None:
    rows = [{"id": str(each)} for each in range(500)]
    server.answer = answer(200, {"data": rows})
    with pytest.raises(ConnectorAnswerInvalid):
        connected(server.url).find_pushed(SALE_TYPE, SALE)
    assert len(server.received) == lightspeed.SEARCH_PAGES_MAX


def line(**changes: Any) -> Sale:
    return replace(SALE, lines=(replace(SALE.lines[0], **changes),))


@pytest.mark.parametrize(
    ("config", "sale", "says"),
    [
        ({"registerId": None}, SALE, "set registerId, userId"),
        ({"userId": None}, SALE, "set registerId, userId"),
        ({"paymentTypes": {"card": "1"}}, SALE, "for cash: set paymentTypes"),
        ({}, replace(SALE, total=Money(1190, "CHF")), "takes EUR, not CHF"),
        ({}, line(quantity=Decimal(0)), "without a quantity: Kaffee"),
        ({}, line(vat_percent=Decimal(7)), "no tax of 7 %"),
        ({}, line(product_id=None), "neither an id nor a number nor an EAN"),
        ({}, line(product_id=None, number="4711"), "no product with the code 4711"),
    ],
)
def test_says_what_is_missing_and_writes_nothing(
    shop: Shop, config: dict[str, Any], sale: Sale, says: str
) -> None:
    shop.lists["/products"] = [product_row(1, sku="4711", deleted_at="2026-01-01")]
    given = {**CONFIG, "baseUrl": shop.server.url, **config}
    full = Config.model_validate({name: each for name, each in given.items() if each is not None})
    with pytest.raises(ConnectorRejected, match=says):
        lightspeed.connect(full, is_emulated=True).push(SALE_TYPE, sale)
    assert {each.method for each in shop.server.received} <= {"GET"}


@pytest.mark.parametrize(
    ("said", "error", "is_unknown"),
    [
        (hang_up, ConnectorUnavailable, True),
        (status(500), ConnectorUnavailable, True),
        (answer(200, {}), ConnectorAnswerInvalid, True),
        (answer(200, {"register_sale": {"id": ""}}), ConnectorAnswerInvalid, True),
        (answer(200, {"status": "error"}), ConnectorAnswerInvalid, True),
        (answer(422, {"error": "no"}), ConnectorRejected, False),
        (answer(401, {"error": "invalid_token"}), ConnectorCredentialsRefused, False),
    ],
)
def test_what_may_become_of_a_sale(
    shop: Shop, said: Answer, error: type[ConnectorError], *, is_unknown: bool
) -> None:
    shop.fails["POST /register_sales"] = said
    with pytest.raises(error) as failed:
        connected(shop.server.url).push(SALE_TYPE, SALE)
    assert (type(failed.value), failed.value.is_unknown) == (error, is_unknown)
    assert [each.method for each in shop.server.received].count("POST") == 1


# Faults.


def versions(*rows: Any, top: Any = 9) -> Answer:
    return answer(200, {"data": list(rows), "version": {"min": 1, "max": top}})


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (hang_up, ConnectorUnavailable),
        (status(502, "<html>"), ConnectorUnavailable),
        (status(200, "{", Content_Type="application/json"), ConnectorAnswerInvalid),
        (status(200), ConnectorAnswerInvalid),
        (answer(200, None), ConnectorAnswerInvalid),
        (answer(200, []), ConnectorAnswerInvalid),
        (answer(200, {"data": {}}), ConnectorAnswerInvalid),
        (answer(200, {"data": ["x"]}), ConnectorAnswerInvalid),
        (answer(200, {"data": [{"status": "SAVED"}]}), ConnectorAnswerInvalid),
        (versions({"id": "s"}, top=5), ConnectorAnswerInvalid),
        (versions({"id": "s"}, top="x"), ConnectorAnswerInvalid),
        (versions({"id": "s"}, top=None), ConnectorAnswerInvalid),
        (versions(*[{"id": "s"}] * 501), ConnectorAnswerInvalid),
        (status(302, "", Location="https://evil.example.com"), ConnectorRejected),
    ],
)
def test_what_else_a_list_may_be(
    server: Receiver, said: Answer, error: type[ConnectorError]
) -> None:
    server.answer = said
    with pytest.raises(error) as failed:
        connected(server.url).receipts("5", None)
    assert type(failed.value) is error


def test_a_retailer_without_a_currency(server: Receiver) -> None:
    server.answers = [versions(product_row(1))]
    server.answer = answer(200, {"data": {"currency": {"code": "Euro"}}})
    with pytest.raises(ConnectorAnswerInvalid, match=r"currency"):
        connected(server.url).products(None, None)


def test_taxes_without_end(server: Receiver) -> None:
    server.answers = [versions(top=1), *(versions({"id": "t"}, top=each) for each in range(2, 99))]
    connector = connected(server.url)
    assert connector._taxes == []
    with pytest.raises(ConnectorAnswerInvalid, match="too many taxes"):
        _ = connected(server.url)._taxes


def test_too_many_calls(server: Receiver) -> None:
    server.answer = answer(429, {"message": "slow down"}, Retry_After="60")
    with pytest.raises(ConnectorRateLimited, match="slow down") as failed:
        connected(server.url).products(None, None)
    assert failed.value.details["retryAfter"] == 60
    assert len(server.received) == 1


@pytest.mark.parametrize("name", ["message", "error", "errors", "details", "error_description"])
def test_shows_no_secret(server: Receiver, name: str) -> None:
    server.answer = answer(400, {name: f"The token {CONFIG['token']}\nis bad"})
    connector = connected(server.url)
    with pytest.raises(ConnectorRejected) as failed:
        connector.verify()
    assert str(failed.value) == "lightspeed answered 400: The token *** is bad"
    shown = f"{failed.value!r}{failed.value.details}{Config.model_validate(CONFIG)!r}"
    assert CONFIG["token"] not in shown


def test_lines_are_told_with_product_and_rate() -> None:
    rows = [
        {"price_total": 10, "tax_total": Decimal("1.90"), "product_id": "p-1"},
        {"price_total": Decimal("-3.33"), "tax_total": Decimal("-0.23310")},
        {"price_total": 0, "tax_total": 0},
    ]
    seen = receipt(line_items=rows)

    assert seen is not None
    assert seen.lines == (
        PurchaseLine(Decimal("11.90"), product_id="p-1", vat_percent=Decimal(19)),
        PurchaseLine(Decimal("-3.5631"), vat_percent=Decimal(7)),
        PurchaseLine(Decimal(0)),
    )
