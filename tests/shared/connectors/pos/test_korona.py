"""KORONA.cloud: against a mock made from its contract, and against servers that misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from socket import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared import clock
from shared.connectors import client
from shared.connectors.base import ListedPage, Pushed, Skipped
from shared.connectors.pos import korona, korona_answers, korona_receipts, korona_writes
from shared.connectors.pos.korona import Config, Connector
from shared.connectors.pos.korona_answers import (
    KoronaProduct,
    KoronaTerms,
    SalesTax,
    Sector,
    Tax,
)
from shared.connectors.pos.korona_receipts import ReceiptRow
from shared.domain.catalog.goods import Category, Price, Product
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import (
    DataType,
    PaidBy,
    ReceiptKind,
    Sale,
    SaleLine,
    SalePayment,
    StockChange,
)
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
from tests.support.receivers import Answer, Received, Receiver, answer, hang_up, status
from tests.support.relay import Relay
from tests.support.system_samples import CONFIGS

pytestmark = [
    pytest.mark.xdist_group("prism-korona"),
    pytest.mark.usefixtures("no_pauses", "at_noon"),
]

SPEC = "korona/korona-v3.trim.json"

CONFIG = CONFIGS["pos", "korona"]
SECRETS = (CONFIG["password"], CONFIG["couplingId"])
ACCOUNT = f"/accounts/{CONFIG['accountId']}"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
EAN = "4006381333931"
TERMS = KoronaTerms(
    "EUR", taxes={"s7": Tax(Decimal(7), Decimal(0)), "us": Tax(Decimal(8), Decimal(8))}
)
SALE = Sale(
    record_id="rec_1",
    number="R-17",
    sold_at=NOW,
    total=Money(1190, "EUR"),
    lines=(
        SaleLine(
            name="Kaffee",
            quantity=Decimal(2),
            unit_price=Money(595, "EUR"),
            total=Money(1190, "EUR"),
            vat_percent=Decimal(19),
            number="4711",
        ),
    ),
    payments=(SalePayment(PaidBy.CARD, Money(1190, "EUR")),),
    customer_id="card-9",
)
CHANGE = StockChange(
    record_id="rec_2", changed_at=NOW, change=Decimal(-3), number="4711", reason="broken"
)
SALE_TYPE, CHANGE_TYPE = DataType.SALES_RECORD, DataType.INVENTORY_UPDATE


def connected(url: str, **more: Any) -> Connector:
    config = Config.model_validate({**CONFIG, "baseUrl": url, **more})
    return korona.connect(config, is_emulated=True)


def listing(*rows: Any, pages: int = 1) -> Answer:
    return answer(200, {"results": list(rows), "pagesTotal": pages})


def query_of(received: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(received.path).query).items()}


def silence(server: Receiver) -> Answer:
    def wait(_: socket) -> None:
        server.closing.wait()

    return wait


class Till:
    """An account that keeps what it is told: lists by revision, as KORONA's reference says.

    Of a sale and an adjustment, what is not in the mock made from the contract.
    """

    def __init__(self, server: Receiver) -> None:
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.fails: dict[str, Answer] = {}
        self.sizes: list[int] = []
        self.server = server
        server.answer = self.serve

    def serve(self, connection: socket) -> None:
        self.answer(self.server.received[-1])(connection)

    def answer(self, request: Received) -> Answer:
        url = urlsplit(request.path)
        path = url.path.removeprefix(ACCOUNT)
        said = self.write(request, path) if request.method != "GET" else self.list(path, request)
        return self.fails.pop(f"{request.method} {path}", said)

    def list(self, path: str, request: Received) -> Answer:
        query = query_of(request)
        after, size = int(query.get("revision", -1)), int(query["size"])
        assert (query["page"], query["sort"]) == ("1", "revision")
        found = [
            row
            for row in sorted(self.lists.get(path, []), key=lambda row: row["revision"])
            if row["revision"] > after
            and all(row.get(name) == query.get(name, row.get(name)) for name in NAMES)
        ]
        self.sizes.append(len(found[:size]))
        if not found:
            return status(204)
        return listing(*found[:size], pages=-(-len(found) // size))

    def write(self, request: Received, path: str) -> Answer:
        if request.method == "PATCH":
            adjustment_id = path.split("/")[2]
            (row,) = (row for row in self.lists["/stockAdjustments"] if row["id"] == adjustment_id)
            row["status"] = "BOOKED"
            return status(204)
        (body,) = json.loads(request.body)
        path = "/receipts" if path.endswith("/receipts") else path
        rows = self.lists.setdefault(path, [])
        extra = {"total": {"gross": 0}, "bookingTime": "2026-03-03T12:00:00Z"}
        made = {**extra, **body, "id": f"{path[1:3]}_{len(rows)}", "revision": len(rows) + 1}
        rows.append({**made, "status": "IN_PROGRESS"})
        return answer(200, [{"status": "OK", "action": "ADDED", "id": made["id"]}])


NAMES = ("number", "orderNumber")


@pytest.fixture
def till(server: Receiver) -> Till:
    return Till(server)


def product_row(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"p{number}", "revision": number, "name": f"Product {number}", **fields}


def read_all(
    read: Callable[[str | None, str | None], ListedPage[Any]], since: str | None = None
) -> tuple[list[Any], ListedPage[Any]]:
    items, position = [], None
    while True:
        page = read(position, since)
        items += page.items
        position = page.position
        if position is None:
            return items, page


def product(**fields: Any) -> Product:
    row = KoronaProduct.model_validate({"id": "p1", "name": "Milk", **fields})
    return korona_answers.to_product(row, TERMS, NOW)


def receipt(**fields: Any) -> Any:
    row = ReceiptRow.model_validate(
        {
            "id": "r1",
            "number": "17",
            "bookingTime": "2026-03-03T12:00:00+01:00",
            "items": [{"total": {"base": 10, "gross": 10}}],
            "total": {"gross": 10},
            **fields,
        }
    )
    return korona_receipts.to_receipt(row, "EUR")


# The configuration.


@pytest.mark.parametrize(
    "change",
    [
        {"server": None},
        {"server": "128.evil.example.com/"},
        {"server": "128\n"},
        {"accountId": "../accounts"},
        {"username": "a:b"},
        {"username": ""},
        {"password": ""},
        {"currency": "euro"},
        {"couplingId": None},
        {"pointOfSale": None},
        {"paymentMethods": {"bitcoin": "1"}},
        {"token": "x"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(change: dict[str, Any]) -> None:
    given = {name: each for name, each in {**CONFIG, **change}.items() if each is not None}
    with pytest.raises(ValidationError) as refused:
        Config.model_validate(given)
    shown = json.dumps(refused.value.errors(include_input=False, include_context=False))
    assert not any(secret in shown for secret in SECRETS)


def test_the_host_is_koronas_own_unless_under_the_emulator() -> None:
    config = Config.model_validate({**CONFIG, "baseUrl": "http://127.0.0.1:1"})
    own = korona.connect(config, is_emulated=False)._client
    assert (own.base_url, own.allow_loopback) == ("https://128.koronacloud.com/web/api/v3", False)
    assert korona.connect(config, is_emulated=True)._client.base_url == "http://127.0.0.1:1"


# Transformers.


def test_reads_all_of_a_product() -> None:
    assert product(
        number="4711",
        codes=[
            {"productCode": "4000000000006", "containerSize": 6},
            {"productCode": "17"},
            {"productCode": EAN, "containerSize": 1},
        ],
        commodityGroup={"id": "g1", "name": "Dairy"},
        sector={"id": "s7"},
        prices=[{"value": Decimal("1.49"), "validFrom": "2026-01-01T00:00:00+01:00"}],
        customProperties={"not": "read"},
    ) == Product(
        external_id="p1",
        name="Milk",
        number="4711",
        ean=EAN,
        category_id="g1",
        price=Money(149, "EUR"),
        vat_percent=Decimal(7),
    )


@pytest.mark.parametrize(
    ("fields", "is_deleted"),
    [
        ({}, False),
        ({"active": False}, True),
        ({"deactivated": True}, True),
        ({"active": None}, False),
    ],
)
def test_what_is_no_longer_sold(fields: dict[str, Any], *, is_deleted: bool) -> None:
    assert product(**fields).is_deleted is is_deleted


def test_a_deleted_product_needs_neither_name_nor_a_price_that_makes_sense() -> None:
    gone = product(active=False, name=" ", number="4711", prices=[{"value": Decimal("1.2345")}])
    assert (gone.name, gone.price, gone.is_deleted) == ("4711", None, True)


def test_prices_begin_in_time() -> None:
    def price(value: int, day: str | None) -> dict[str, Any]:
        return {"value": value, "validFrom": f"{day}T00:00:00Z" if day else None}

    rows = [
        price(5, "2026-05-01"),
        price(1, None),
        price(4, "2026-04-01"),
        price(3, "2026-03-03"),
        price(2, "2026-01-01"),
    ]
    seen = product(prices=rows)
    assert seen.price == Money(300, "EUR")
    assert seen.upcoming == (
        Price(Money(400, "EUR"), datetime(2026, 4, 1, tzinfo=UTC)),
        Price(Money(500, "EUR"), datetime(2026, 5, 1, tzinfo=UTC)),
    )
    assert product(prices=[price(9, "2027-01-01")]).price is None
    begun = {"value": 9, "validFrom": NOW.isoformat()}
    assert product(prices=[begun]).price == Money(900, "EUR")
    assert product(prices=[]).price is None


def test_prices_of_codes_and_of_other_branches_do_not_count() -> None:
    rows: list[dict[str, Any]] = [
        {"value": 6, "productCode": "4000000000006"},
        {"value": 2, "organizationalUnit": {"id": "o2", "number": "2"}},
        {"value": 1},
        {"value": None},
    ]
    row = KoronaProduct.model_validate({"id": "p1", "name": "Milk", "prices": rows})
    assert product(prices=rows).price == Money(100, "EUR")
    for name in ("2", "o2"):
        own = replace(TERMS, organizational_unit=name)
        assert korona_answers.to_product(row, own, NOW).price == Money(200, "EUR")
    other = replace(TERMS, organizational_unit="3")
    assert korona_answers.to_product(row, other, NOW).price == Money(100, "EUR")


def test_of_several_price_groups_one_is_named() -> None:
    rows = [
        {"value": 1, "priceGroup": {"id": "g1", "number": "1"}},
        {"value": 2, "priceGroup": {"id": "g2", "number": "2"}},
    ]
    row = KoronaProduct.model_validate({"id": "p1", "name": "Milk", "prices": rows})
    with pytest.raises(ValueError, match="several price groups"):
        product(prices=rows)
    seen = korona_answers.to_product(row, replace(TERMS, price_group="2"), NOW)
    assert seen.price == Money(200, "EUR")


def test_prices_without_tax_become_gross_and_are_rounded_half_up() -> None:
    def price(value: str, sector: str | None = None, group: str = "g") -> Money | None:
        rows = [{"value": Decimal(value), "priceGroup": {"id": group}}]
        fields: dict[str, Any] = {"sector": {"id": sector}} if sector else {}
        row = KoronaProduct.model_validate({"id": "p", "name": "n", "prices": rows, **fields})
        terms = replace(TERMS, net_groups=frozenset({"net"}))
        return korona_answers.to_product(row, terms, NOW).price

    assert price("1.00", "s7") == Money(100, "EUR")
    assert price("0.50", "s7", "net") == Money(54, "EUR")  # 0.535
    assert price("1.00", "us") == Money(108, "EUR")
    assert price("1.00", "unknown") == Money(100, "EUR")
    with pytest.raises(ValueError, match="no tax rate"):
        price("1.00", None, "net")
    with pytest.raises(ValueError, match="finer than a minor unit"):
        price("1.005", "s7")


def test_taxes_of_a_sector_add_up_at_the_rates_of_today() -> None:
    def tax(name: str, *rates: tuple[str, Any], included: bool = True) -> SalesTax:
        rows = [{"rate": Decimal(rate), "validFrom": begins} for rate, begins in rates]
        return SalesTax.model_validate({"id": name, "included": included, "rates": rows})

    taxes = [
        tax("vat", ("16", "2020-07-01T00:00:00Z"), ("19", "2021-01-01T00:00:00Z")),
        tax("later", ("25", "2030-01-01T00:00:00Z")),
        tax("state", ("4", None), included=False),
        tax("city", ("4.5", None), included=False),
    ]

    def sector(name: str, *of: str) -> Sector:
        named = [{"salesTax": {"id": each}} for each in of]
        return Sector.model_validate({"id": name, "salesTaxes": named})

    sectors = [sector("s", "vat"), sector("l", "later"), sector("us", "state", "city", "x")]
    assert korona_answers.to_taxes([*sectors, sector("none")], taxes, NOW) == {
        "s": Tax(Decimal(19), Decimal(0)),
        "l": Tax(Decimal(0), Decimal(0)),
        "us": Tax(Decimal("8.5"), Decimal("8.5")),
    }


@pytest.mark.parametrize(
    ("fields", "kind", "voids"),
    [
        ({}, ReceiptKind.SALE, None),
        # More was sold than came back: an exchange.
        ({"reversedReceipt": {"id": "r0"}}, ReceiptKind.SALE, "r0"),
        (
            {"reversal": True, "reversedReceipt": {"id": "r0"}, "items": []},
            ReceiptKind.VOID,
            "r0",
        ),
        ({"voided": True}, ReceiptKind.VOID, "r1"),
        ({"cancelled": True}, ReceiptKind.VOID, "r1"),
        ({"reversal": True}, ReceiptKind.VOID, None),
        ({"total": {"gross": -1}}, ReceiptKind.VOID, None),
        (
            {"items": [], "accountTransactions": [{"amount": -10}], "total": {"gross": -10}},
            ReceiptKind.TRANSFER,
            None,
        ),
        ({"reversal": True, "items": [], "total": {"gross": -10}}, ReceiptKind.VOID, None),
        ({"items": [], "accountTransactions": [{"amount": 10}]}, ReceiptKind.TRANSFER, None),
        ({"items": None}, ReceiptKind.OTHER, None),
    ],
)
def test_what_a_receipt_stands_for(
    fields: dict[str, Any], kind: ReceiptKind, voids: str | None
) -> None:
    seen = receipt(**fields)
    assert (seen.kind, seen.voids) == (kind, voids)


@pytest.mark.parametrize(
    ("items", "deposit", "total", "eligible"),
    [
        ([("PRODUCT", "10")], None, "10", 1000),
        ([("PRODUCT", "10"), ("VOUCHER", "25")], None, "35", 1000),
        ([("PRODUCT", "10"), ("PRODUCT", "-2")], None, "8", 800),
        ([("PRODUCT", "10")], "0.25", "10", 975),
        ([("PRODUCT", "10")], "-0.25", "11", 1000),
        # What was paid by a voucher was paid.
        ([("PRODUCT", "10"), ("VOUCHER", "-4")], None, "6", 1000),
        # Deposits in the items, and beside them; given, and paid back.
        ([("PRODUCT", "10"), ("PRODUCT", "-2")], "-2", "8", 1000),
        ([("PRODUCT", "10")], "-2", "8", 1000),
        ([("PRODUCT", "10"), ("PRODUCT", "2")], "2", "12", 1000),
        ([("PRODUCT", "1000")], None, "10", 1000),
        ([("PRODUCT", "1000"), ("VOUCHER", "25")], None, "35", 1000),
        ([("PRODUCT", "-1000")], None, "-10", -1000),
        ([], None, "-9.50", -950),
        ([("PRODUCT", "0.333"), ("PRODUCT", "0.333")], None, "0.67", 66),
        ([("VOUCHER", "25")], "1", "25", 0),
        ([("PRODUCT", "-10")], None, "-10", -1000),
    ],
)
def test_what_of_a_receipt_earns_points(
    items: list[tuple[str, str]], deposit: str | None, total: str, eligible: int
) -> None:
    seen = receipt(
        items=[{"type": kind, "total": {"gross": Decimal(each)}} for kind, each in items],
        depositAmount=Decimal(deposit) if deposit else None,
        total={"gross": Decimal(total)},
    )
    assert seen.eligible == Money(eligible, "EUR")


def test_taxes_that_are_not_in_the_base_were_paid_too() -> None:
    total = {
        "base": 10,
        "taxPayments": [
            {"amount": Decimal("0.80"), "included": False},
            {"amount": Decimal("1.60"), "included": True},
        ],
    }
    seen = receipt(items=[{"total": total}, {"total": None}], total={"gross": 20})
    assert seen.eligible == Money(1080, "EUR")


@given(
    st.lists(st.decimals("-99", "99", places=4), max_size=5),
    st.decimals("-500", "500", places=2),
    st.decimals("-5", "5", places=2),
)
def test_never_more_earns_points_than_was_paid(
    items: list[Decimal], total: Decimal, deposit: Decimal
) -> None:
    seen = receipt(
        items=[{"total": {"gross": each}} for each in items],
        total={"gross": total},
        depositAmount=deposit,
    )
    paid, counts = int((total - deposit) * 100), seen.eligible.amount_minor
    if seen.kind is ReceiptKind.SALE:
        assert 0 <= counts <= max(paid, 0)
    elif paid:
        assert abs(counts) <= abs(paid)


def test_what_is_capped_is_told_and_a_change_has_a_later_revision() -> None:
    seen = receipt(items=[{"total": {"gross": 1000}}], total={"gross": 10}, revision=17)
    assert seen.doubt == "its lines say 1000.00 EUR, but 10.00 EUR were paid: 10.00 EUR count"
    assert seen.revision == 17
    assert receipt().doubt is None


def test_knows_the_customer_and_the_currency() -> None:
    seen = receipt(customer={"id": "c", "number": "card-9"}, currency={"name": "EUR"})
    assert (seen.customer_id, seen.number) == ("card-9", "17")
    assert seen.issued_at == datetime(2026, 3, 3, 11, tzinfo=UTC)
    assert receipt(customer={"id": "c"}, currency={"name": "Euro"}).customer_id == "c"
    with pytest.raises(ValueError, match="in CHF, not in EUR"):
        receipt(currency={"number": "CHF", "name": "EUR"})


# The contract.


def test_verifies_the_credentials(relay: Relay) -> None:
    connected(relay.url).verify()
    (sent,) = relay.received
    assert sent.path == ACCOUNT
    assert sent.headers["authorization"] == "Basic YXBpLXVzZXI6ZmFrZS1wYXNzd29yZC1vZi1rb3JvbmE="


def test_reads_the_lists_of_the_contract(relay: Relay) -> None:
    def edit(body: Any) -> None:
        for row in body["results"]:
            row.update({"deactivated": False, "reversedReceipt": None, "cancelled": False})
            for price in row.get("prices", []):
                price.update(productCode=None, organizationalUnit=None, value=1.5)

    relay.edit["GET"] = edit
    connector = connected(relay.url)
    an_id = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
    (category,) = connector.categories(None, None).items
    assert category == Category(an_id, "string", an_id)
    (product,) = connector.products(None, "7").items
    assert (product.name, product.price, product.vat_percent) == (
        "string",
        Money(150, "EUR"),
        Decimal(0),
    )
    (receipt,) = connector.receipts(None, None).items
    assert (receipt.kind, receipt.voids) == (ReceiptKind.VOID, an_id)
    paths = [each.path.removeprefix(ACCOUNT) for each in relay.received]
    paging = "page=1&size=100&sort=revision"
    assert paths == [
        f"/commodityGroups?includeDeleted=true&{paging}",
        f"/products?includeDeleted=true&{paging}&revision=7",
        f"/priceGroups?{paging}",
        f"/sectors?{paging}",
        f"/salesTaxes?{paging}",
        f"/receipts?{paging}",
    ]


def test_an_empty_list_has_no_content(relay: Relay) -> None:
    relay.prefer = {"GET": "code=204"}
    connector = connected(relay.url)
    assert connector.products(None, None) == ListedPage((), since="0", is_listing=True)
    assert connector.receipts(None, "250") == ListedPage((), since="250")
    assert connector.find_pushed(SALE_TYPE, SALE) is None
    assert connector.find_pushed(CHANGE_TYPE, CHANGE) is None


def say_ok(rows: Any) -> None:
    rows[0]["status"] = "OK"


def test_pushes_a_sale(relay: Relay) -> None:
    relay.edit["POST"] = say_ok
    pushed = connected(relay.url, cashier="3").push(SALE_TYPE, SALE)
    assert pushed == Pushed("497f6eca-6276-4993-bfeb-53cbbbba6f08")
    (sent,) = relay.received
    pos = CONFIG["pointOfSale"]
    assert sent.path == f"{ACCOUNT}/pointsOfSale/{pos}/receipts?couplingId={CONFIG['couplingId']}"
    assert json.loads(sent.body) == [
        {
            "number": "R-17",
            "orderNumber": "rec_1",
            "creationTime": "2026-03-03T12:00:00+00:00",
            "bookingTime": "2026-03-03T12:00:00+00:00",
            "cashier": {"number": "3"},
            "customer": {"number": "card-9"},
            "items": [
                {
                    "type": "PRODUCT",
                    "product": {"number": "4711"},
                    "description": "Kaffee",
                    "quantity": 2,
                    "total": {
                        "base": 11.9,
                        "gross": 11.9,
                        "net": 10.0,
                        "taxPayments": [{"amount": 1.9, "taxRate": 19, "included": True}],
                    },
                }
            ],
            "payments": [
                {
                    "amount": 11.9,
                    "paymentMethod": {"number": "2"},
                    "transactionTime": "2026-03-03T12:00:00+00:00",
                }
            ],
        }
    ]


def test_a_write_that_is_answered_with_200_may_be_refused(relay: Relay) -> None:
    """The mock's example is such an answer."""
    with pytest.raises(ConnectorRejected, match="korona refuses the record: string"):
        connected(relay.url).push(SALE_TYPE, SALE)


def test_finds_a_sale_by_our_record_id_alone(relay: Relay) -> None:
    def edit(body: Any) -> None:
        (row,) = body["results"]
        body["results"] = [
            {**row, "id": "other", "orderNumber": "rec_11"},
            {**row, "id": "own", "orderNumber": "rec_1"},
        ]

    relay.edit["GET"] = edit
    connector = connected(relay.url)
    assert connector.find_pushed(SALE_TYPE, SALE) == Pushed("own")
    assert connector.find_pushed(SALE_TYPE, replace(SALE, record_id="rec_2")) is None
    query = query_of(relay.received[0])
    assert (query["orderNumber"], query["pointOfSale"]) == ("rec_1", CONFIG["pointOfSale"])


def test_begins_and_finds_a_stock_adjustment_as_the_contract_says(relay: Relay) -> None:
    def edit(body: Any) -> None:
        body["results"][0].update(number="rec_2", status="BOOKED")

    relay.edit = {"GET": edit, "POST": say_ok}
    connector = connected(relay.url)
    an_id = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
    assert connector.find_pushed(CHANGE_TYPE, CHANGE) == Pushed(an_id)
    assert connector.push(CHANGE_TYPE, CHANGE) == Pushed(an_id)
    assert relay.sent("POST") == []
    assert query_of(relay.received[0])["number"] == "rec_2"
    body = [korona_writes.to_adjustment(CHANGE, "100")]
    assert body == [{"number": "rec_2", "warehouse": {"number": "100"}, "reason": "broken"}]
    connector._client.post(f"{ACCOUNT}/stockAdjustments", body)


Call = Callable[[client.JsonClient], object]
POST_RECEIPT = f"{ACCOUNT}/pointsOfSale/1/receipts"


@pytest.mark.parametrize(
    "call",
    [
        lambda http: http.get(f"{ACCOUNT}/products", {"page": "first"}),
        lambda http: http.get(f"{ACCOUNT}/products", {"includeDeleted": "maybe"}),
        lambda http: http.get(f"{ACCOUNT}/commodityGroups", {"revision": "new"}),
        lambda http: http.get(f"{ACCOUNT}/receipts", {"size": "all"}),
        lambda http: http.get(f"{ACCOUNT}/priceGroups", {"size": "all"}),
        lambda http: http.get(f"{ACCOUNT}/sectors", {"size": "all"}),
        lambda http: http.get(f"{ACCOUNT}/salesTaxes", {"size": "all"}),
        lambda http: http.get(f"{ACCOUNT}/stockAdjustments", {"bookingStatus": "DONE"}),
        lambda http: http.post(POST_RECEIPT, [{"number": "1"}]),
        lambda http: http.post(f"{POST_RECEIPT}?couplingId=1", {"number": "1"}),
        lambda http: http.post(
            f"{POST_RECEIPT}?couplingId=1", [{"items": [{"total": {"gross": 1}}]}]
        ),
        lambda http: http.post(
            f"{POST_RECEIPT}?couplingId=1", [{"payments": [{"amount": "1.00"}]}]
        ),
        lambda http: http.post(f"{ACCOUNT}/stockAdjustments", {"number": "1"}),
        lambda http: http.post(f"{ACCOUNT}/stockAdjustments", [{"warehouse": "100"}]),
    ],
)
def test_the_mock_refuses_what_the_contract_does_not_allow(relay: Relay, call: Call) -> None:
    """Else the tests above would say nothing."""
    with pytest.raises(ConnectorRejected) as refused:
        call(connected(relay.url)._client)
    assert refused.value.details["status"] == 400


def test_the_mock_wants_credentials(relay: Relay) -> None:
    http = replace(connected(relay.url)._client, authorize=lambda *_: {})
    for path in ("", "/products", "/commodityGroups", "/receipts", "/stockAdjustments"):
        with pytest.raises(ConnectorCredentialsRefused):
            http.get(f"{ACCOUNT}{path}")
    for path in (f"{POST_RECEIPT}?couplingId=1", f"{ACCOUNT}/stockAdjustments"):
        with pytest.raises(ConnectorCredentialsRefused):
            http.post(path, [{}])


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        (400, ConnectorRejected, "BATCH_SIZE_OUT_OF_RANGE"),
        (401, ConnectorCredentialsRefused, "401"),
        (403, ConnectorCredentialsRefused, "CLOUD_ACCOUNT_DISABLED"),
        (404, ConnectorNotFound, "ACCOUNT_NOT_FOUND"),
        (429, ConnectorRateLimited, "DAILY_LIMIT_EXCEEDED"),
    ],
)
def test_refusals_of_the_contract(
    relay: Relay, code: int, error: type[ConnectorError], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TRIES_MAX", 1)
    relay.prefer = {"GET": f"code={code}", "POST": f"code={code}"}
    connector = connected(relay.url)
    for call in (
        lambda: connector.products(None, None),
        connector.verify,
        lambda: connector.push(SALE_TYPE, SALE),
    ):
        with pytest.raises(error, match=says):
            call()


# Paging.


def test_reads_every_page_to_the_end(till: Till) -> None:
    till.lists["/products"] = [product_row(each) for each in range(1, 251)]
    items, last = read_all(connected(till.server.url).products)
    assert [each.external_id for each in items] == [f"p{each}" for each in range(1, 251)]
    assert (last.since, last.is_listing) == ("150", True)
    assert till.sizes[0] == 100


def test_goes_on_where_a_crash_left_it(till: Till) -> None:
    till.lists["/commodityGroups"] = [product_row(each) for each in range(1, 251)]
    first = connected(till.server.url).categories(None, None)
    assert first.position == "100"
    rest, position = [], first.position
    while position is not None:
        page = connected(till.server.url).categories(position, None)
        rest += page.items
        position = page.position
    assert len(first.items) + len(rest) == 250


def test_the_next_sync_is_told_what_changed_and_a_little_more(till: Till) -> None:
    till.lists["/products"] = [product_row(each) for each in range(1, 251)]
    connector = connected(till.server.url)
    _, first = read_all(connector.products)
    till.lists["/products"][0].update(revision=300, active=False)
    changed, second = read_all(connector.products, first.since)
    assert len(changed) == 101
    assert changed[-1].is_deleted
    assert (second.since, second.is_listing) == ("200", False)
    again, third = read_all(connector.products, second.since)
    assert (len(again), third.since) == (51, "200")


def test_loses_nothing_that_changes_while_it_reads(till: Till) -> None:
    """With page numbers, the change of a product that was read hides one that was not."""
    rows = till.lists["/products"] = [product_row(each) for each in range(1, 251)]
    connector = connected(till.server.url)
    seen, position, revision = [], None, 1000
    while True:
        page = connector.products(position, None)
        seen += page.items
        position = page.position
        if position is None:
            break
        for each in (0, 40, 120, 240):
            revision += 1
            rows[each].update(revision=revision, name="Changed")
        if len(seen) > 600:
            break
    latest = {each.external_id: each.name for each in seen}
    assert len(latest) == 250
    assert latest["p41"] == "Changed"


def test_a_half_page_is_not_the_end(server: Receiver) -> None:
    server.answers = [
        listing({"id": "a", "name": "A", "revision": 3}, pages=2),
        listing({"id": "b", "name": "B", "revision": 9}),
    ]
    items, last = read_all(connected(server.url).categories)
    assert [each.external_id for each in items] == ["a", "b"]
    assert last.since == "0"
    assert query_of(server.received[1])["revision"] == "3"


def test_ten_thousand_products_come_page_by_page(till: Till) -> None:
    till.lists["/products"] = [product_row(each) for each in range(1, 10_001)]
    connector = connected(till.server.url)
    count, position = 0, None
    while True:
        page = connector.products(position, None)
        assert len(page.items) <= korona.PAGE_ITEMS
        count += len(page.items)
        position = page.position
        if position is None:
            break
    assert count == 10_000
    assert max(till.sizes) == korona.PAGE_ITEMS
    assert len(till.server.received) == 100 + 3


def test_a_product_may_change_its_ean_and_lose_its_price(till: Till) -> None:
    rows = till.lists["/products"] = [
        product_row(1, codes=[{"productCode": EAN}], prices=[{"value": 1}])
    ]
    connector = connected(till.server.url)
    (before,), page = read_all(connector.products)
    rows[0].update(revision=2, codes=[{"productCode": "96385074"}], prices=[])
    (after,), _ = read_all(connector.products, page.since)
    assert before == replace(after, ean=EAN, price=Money(100, "EUR"))
    assert (after.ean, after.price) == ("96385074", None)


def test_a_row_that_cannot_be_taken_keeps_no_other_from_being_taken(server: Receiver) -> None:
    rows = [
        {"id": "a", "name": ""},
        {"name": "no id"},
        {"id": 7, "name": "id"},
        {"id": "b", "name": "B", "prices": [{"value": "much"}]},
        {"id": "c", "name": "C", "prices": [{"value": 1.005}]},
        {"id": "d", "name": "D", "prices": [{"value": 1e300}]},
        {"id": "e", "name": "E", "codes": "EAN"},
        {"id": "f", "name": "F", "prices": [{"value": 1, "validFrom": "2026-01-01"}]},
        {"id": "g", "name": "G", "prices": [{"value": 1.05}]},
    ]
    server.answers = [
        listing(*({**row, "revision": each} for each, row in enumerate(rows))),
        *[listing()] * 3,
    ]
    page = connected(server.url).products(None, None)
    assert [each.external_id for each in page.items] == ["g"]
    assert page.skipped == (
        Skipped("a", "has no name"),
        Skipped("", "has no valid id"),
        Skipped("7", "has no valid id"),
        Skipped("b", "has no valid prices.0.value"),
        Skipped("c", "1.005 EUR is finer than a minor unit"),
        Skipped("d", "has no valid prices.0.value"),
        Skipped("e", "has no valid codes"),
        Skipped("f", "has no valid prices.0.validFrom"),
    )


# Pushes.


def test_a_sale_whose_answer_is_late_is_found_and_not_pushed_twice(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    connector = connected(till.server.url)
    path = f"POST /pointsOfSale/{CONFIG['pointOfSale']}/receipts"
    till.fails[path] = silence(till.server)
    with pytest.raises(ConnectorTimeout) as failed:
        connector.push(SALE_TYPE, SALE)
    assert failed.value.is_unknown
    assert len(till.server.received) == 1
    assert connector.find_pushed(SALE_TYPE, SALE) == Pushed("re_0")


@pytest.mark.parametrize(
    ("change", "product"),
    [
        (replace(CHANGE, number=None, product_id="p1"), {"id": "p1"}),
        (CHANGE, {"number": "4711"}),
        (replace(CHANGE, number=None, ean=EAN), {"id": "p2"}),
    ],
)
def test_books_a_change_of_stock(till: Till, change: StockChange, product: dict[str, str]) -> None:
    till.lists["/products"] = [product_row(1), product_row(2, codes=[{"productCode": EAN}])]
    connector = connected(till.server.url)
    change = replace(change, location_id="77")
    assert connector.find_pushed(CHANGE_TYPE, change) is None
    pushed = connector.push(CHANGE_TYPE, change)
    assert pushed == connector.find_pushed(CHANGE_TYPE, change) == Pushed("st_0")
    (head,) = till.lists["/stockAdjustments"]
    (item,) = till.lists["/stockAdjustments/st_0/items"]
    assert (head["number"], head["warehouse"], head["status"]) == (
        "rec_2",
        {"number": "77"},
        "BOOKED",
    )
    assert item["product"] == product
    assert item["amount"] == -3


@pytest.mark.parametrize(
    "lost",
    [
        "POST /stockAdjustments",
        "POST /stockAdjustments/st_0/items",
        "PATCH /stockAdjustments/st_0/book",
    ],
)
def test_a_change_of_stock_goes_on_where_an_answer_got_lost(till: Till, lost: str) -> None:
    connector = connected(till.server.url)
    till.fails[lost] = hang_up
    with pytest.raises(ConnectorUnavailable):
        connector.push(CHANGE_TYPE, CHANGE)
    found = connector.find_pushed(CHANGE_TYPE, CHANGE)
    assert found == (Pushed("st_0") if "book" in lost else None)
    assert connector.push(CHANGE_TYPE, CHANGE) == Pushed("st_0")
    assert len(till.lists["/stockAdjustments"]) == 1
    assert len(till.lists["/stockAdjustments/st_0/items"]) == 1
    assert connector.find_pushed(CHANGE_TYPE, CHANGE) == Pushed("st_0")


@pytest.mark.parametrize(
    ("config", "record", "says"),
    [
        ({"pointOfSale": None, "couplingId": None}, SALE, "set pointOfSale"),
        ({"currency": "CHF"}, SALE, "takes CHF, not EUR"),
        ({"paymentMethods": {"cash": "1"}}, SALE, "for card: set paymentMethods"),
        ({}, replace(SALE, total=Money(1189, "EUR")), "do not make the total"),
        ({"warehouse": None}, CHANGE, "set warehouse"),
        ({}, replace(CHANGE, number=None), "neither an id nor a number nor an EAN"),
        ({}, replace(CHANGE, number=None, ean=EAN), f"no product with the EAN {EAN}"),
    ],
)
def test_says_what_is_missing_and_writes_nothing(
    till: Till, config: dict[str, Any], record: Sale | StockChange, says: str
) -> None:
    till.lists["/products"] = [product_row(1, codes=[{"productCode": "96385074"}, {}])]
    given = {**CONFIG, "baseUrl": till.server.url, **config}
    full = Config.model_validate({name: each for name, each in given.items() if each is not None})
    connector = korona.connect(full, is_emulated=True)
    with pytest.raises(ConnectorRejected, match=says):
        connector.push(SALE_TYPE, record)
    assert {each.method for each in till.server.received} <= {"GET"}


@pytest.mark.parametrize(
    ("body", "error", "is_unknown"),
    [
        ([{"status": "ERROR", "message": "NUMBER\nTAKEN"}], ConnectorRejected, False),
        ([{"status": "ERROR"}], ConnectorRejected, False),
        ([{"status": "MAYBE", "message": "?"}], ConnectorRejected, False),
        ([], ConnectorAnswerInvalid, True),
        ([{"status": "OK"}, {"status": "ERROR"}], ConnectorAnswerInvalid, True),
        ([{"id": "r1"}], ConnectorAnswerInvalid, True),
        ({"status": "OK"}, ConnectorAnswerInvalid, True),
        (None, ConnectorAnswerInvalid, True),
        (["OK"], ConnectorAnswerInvalid, True),
    ],
)
def test_what_may_become_of_a_record(
    server: Receiver, body: Any, error: type[ConnectorError], *, is_unknown: bool
) -> None:
    server.answer = answer(200, body)
    with pytest.raises(error) as failed:
        connected(server.url).push(SALE_TYPE, SALE)
    assert (type(failed.value), failed.value.is_unknown) == (error, is_unknown)
    assert len(server.received) == 1


def test_a_record_that_is_queued_has_no_id_yet(server: Receiver) -> None:
    server.answer = answer(200, [{"status": "OK", "action": "QUEUED"}])
    assert connected(server.url).push(SALE_TYPE, SALE) == Pushed(None)


# Faults.


def rows_of(*revisions: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"c{each}", "name": "C", "revision": revision}
        for each, revision in enumerate(revisions)
    ]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (hang_up, ConnectorUnavailable),
        (status(502, "<html>"), ConnectorUnavailable),
        (status(200, "{", Content_Type="application/json"), ConnectorAnswerInvalid),
        (status(200), ConnectorAnswerInvalid),
        (answer(200, None), ConnectorAnswerInvalid),
        (answer(200, []), ConnectorAnswerInvalid),
        (answer(200, {"results": []}), ConnectorAnswerInvalid),
        (answer(200, {"results": "no", "pagesTotal": 1}), ConnectorAnswerInvalid),
        (answer(200, {"results": ["x"], "pagesTotal": 1}), ConnectorAnswerInvalid),
        (answer(200, {"results": [], "pagesTotal": 5}), ConnectorAnswerInvalid),
        (listing(*rows_of(5, 3)), ConnectorAnswerInvalid),
        (listing(*rows_of(3, None)), ConnectorAnswerInvalid),
        (listing(*rows_of("3")), ConnectorAnswerInvalid),
        (listing(*rows_of(3), pages=9), ConnectorAnswerInvalid),
        (listing(*rows_of(*range(501))), ConnectorAnswerInvalid),
        (status(302, "", Location="https://evil.example.com"), ConnectorRejected),
    ],
)
def test_what_else_a_list_may_be(
    server: Receiver, said: Answer, error: type[ConnectorError]
) -> None:
    server.answer = said
    with pytest.raises(error) as failed:
        connected(server.url).categories("3", None)
    assert type(failed.value) is error


def test_a_reference_list_without_end_is_given_up(server: Receiver) -> None:
    server.answers = [listing(*rows_of(each), pages=9) for each in range(1, 100)]
    with pytest.raises(ConnectorAnswerInvalid, match="too much at /stockAdjustments"):
        connected(server.url).find_pushed(CHANGE_TYPE, CHANGE)
    assert len(server.received) == korona.REFERENCE_PAGES_MAX


def test_too_many_calls(server: Receiver) -> None:
    server.answer = answer(
        429, {"message": "slow", "code": "DAILY_LIMIT_EXCEEDED"}, Retry_After="60"
    )
    with pytest.raises(ConnectorRateLimited, match="slow") as failed:
        connected(server.url).products(None, None)
    assert failed.value.details["retryAfter"] == 60
    assert len(server.received) == 1


def test_shows_no_secret(server: Receiver) -> None:
    basic = Config.model_validate(CONFIG).basic
    said = f"{CONFIG['password']} {CONFIG['couplingId']} Basic {basic}"
    server.answer = answer(400, {"message": said, "code": "X"})
    connector = connected(server.url)
    with pytest.raises(ConnectorRejected) as failed:
        connector.push(SALE_TYPE, SALE)
    assert str(failed.value) == "korona answered 400: *** *** Basic *** (X)"
    server.answer = answer(200, [{"status": "ERROR", "message": said}])
    with pytest.raises(ConnectorRejected) as refused:
        connector.push(SALE_TYPE, SALE)
    shown = (
        f"{failed.value!r}{refused.value!r}{failed.value.details}{Config.model_validate(CONFIG)!r}"
    )
    assert not any(secret in shown for secret in (*SECRETS, basic))


def test_ids_from_outside_stay_one_part_of_the_path(server: Receiver) -> None:
    server.answers = [
        listing({"id": "../x?y#", "number": "rec_2", "status": "IN_PROGRESS", "revision": 1}),
        listing({"revision": 1}),
        status(204),
    ]
    connected(server.url).push(CHANGE_TYPE, CHANGE)
    paths = [each.path.removeprefix(ACCOUNT).partition("?")[0] for each in server.received[1:]]
    name = "..%2Fx%3Fy%23"
    assert paths == [f"/stockAdjustments/{name}/items", f"/stockAdjustments/{name}/book"]


def test_a_change_waits_for_nothing_but_time(till: Till) -> None:
    """A price that begins later is current when its time has come."""
    till.lists["/products"] = [
        product_row(1, prices=[{"value": 1}, {"value": 2, "validFrom": "2026-03-04T00:00:00Z"}])
    ]
    connector = connected(till.server.url)
    (before,), _ = read_all(connector.products)
    with clock.use(lambda: NOW + timedelta(days=1)):
        (after,), _ = read_all(connector.products)
    assert (before.price, after.price) == (Money(100, "EUR"), Money(200, "EUR"))


def test_items_are_lines_on_which_a_program_decides() -> None:
    def item(gross: int, *rates: int, **fields: Any) -> dict[str, Any]:
        taxes = [{"amount": 1, "taxRate": each} for each in rates]
        return {"total": {"gross": gross, "taxPayments": taxes}, **fields}

    seen = receipt(
        items=[
            item(10, 19, product={"id": "p-1"}, commodityGroup={"id": "g-1", "name": "Tabak"}),
            item(5, 7, 19),
            item(3, 1900),
            item(25, type="VOUCHER"),
        ],
        depositAmount=Decimal("0.25"),
        total={"gross": Decimal("43.25")},
    )

    assert seen.eligible == Money(1775, "EUR")
    assert seen.lines == (
        PurchaseLine(Decimal(10), LineType.ITEM, "g-1", "p-1", Decimal(19)),
        PurchaseLine(Decimal(5)),
        PurchaseLine(Decimal(3)),
        PurchaseLine(Decimal(25), LineType.VOUCHER),
        PurchaseLine(Decimal("0.25"), LineType.DEPOSIT),
    )
