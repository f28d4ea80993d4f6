"""Vectron: against a mock server made from its contract, and against servers that misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.connectors import client
from shared.connectors.base import PAGE_ITEMS_MAX, ListedPage, PushBy, Skipped, Stream
from shared.connectors.pos import vectron
from shared.connectors.pos.vectron import Config, Connector
from shared.connectors.pos.vectron_answers import to_categories, to_products, to_receipt
from shared.domain.catalog.goods import Category, Product
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, Receipt, ReceiptKind
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
from tests.support.system_samples import CONFIGS

pytestmark = [
    pytest.mark.xdist_group("prism-vectron"),
    pytest.mark.usefixtures("no_sleep", "at_noon"),
]

SPEC = "vectron/business-data-api.swagger.json"

SAMPLE = CONFIGS["pos", "vectron"]
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
TOKEN = "token-of-the-session"


def connected(url: str, **other: Any) -> Connector:
    config = Config.model_validate({**SAMPLE, "baseUrl": url, **other})
    return vectron.connect(config, is_emulated=True)


def invoice(number: int, **fields: Any) -> dict[str, Any]:
    """Return a transaction as Vectron writes it: one coffee for 4.20, minute by minute."""
    at = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=number)
    return {
        "invoiceId": f"inv-{number}",
        "invoiceNumber": number,
        "transactionAt": f"{at:%Y-%m-%dT%H:%M:%S}Z",
        "transactionType": "INVOICE",
        "currency": "EUR",
        "total": 4.2,
        "items": [{"productId": "p1", "quantity": 1.0, "price": 4.2, "taxRate": 19.0}],
        "products": [{"productId": "p1", "number": 105, "name": "Kaffee", "productGroupId": "g1"}],
        "productGroups": [{"productGroupId": "g1", "name": "Getränke", "number": 7}],
        **fields,
    }


class Till:
    """A site that answers as the contract says: the transactions after an id, some at a time."""

    def __init__(self, server: Receiver, invoices: list[Any], at_a_time: int = 2) -> None:
        self.invoices = invoices
        self.at_a_time = at_a_time
        self.asked: list[str | None] = []
        server.answer = lambda connection: self._answer_to(server.received[-1])(connection)  # noqa: PLW0108 - what was received last changes

    def _answer_to(self, request: Received) -> Answer:
        if request.path == "/v1/login":
            return answer(200, {"token": TOKEN})
        last = parse_qs(urlsplit(request.path).query).get("id", [None])[0]
        self.asked.append(last)
        known = [each.get("invoiceId") for each in self.invoices]
        begin = known.index(last) + 1 if last else 0
        return answer(200, self.invoices[begin : begin + self.at_a_time])


def pages(
    read: Callable[[str | None, str | None], ListedPage[Any]], since: str | None = None
) -> list[ListedPage[Any]]:
    """Read a stream to its end."""
    found = [read(None, since)]
    while found[-1].position is not None:
        assert len(found) < 1_000
        found.append(read(found[-1].position, since))
    return found


# The contract.


def test_reads_what_the_contract_gives(relay: Relay) -> None:
    def as_a_plain_sale(rows: list[dict[str, Any]]) -> None:
        rows[0]["transactionType"] = "INVOICE"
        rows[0]["products"][0]["productId"] = rows[0]["items"][0]["productId"]
        for name in ("discounts", "surcharges", "itemDiscounts", "itemSurcharges"):
            rows[0][name] = []
        rows[0]["total"] = 8.4  # two at 4.20

    relay.edit["GET"] = as_a_plain_sale
    connector = connected(relay.url)
    connector.verify()
    (product,) = connector.products(None, None).items
    assert product == Product(
        external_id="3cd26c7c-c86a-4dd3-bde5-ac2ff16c49d7",
        name="Porterhouse-Steak",
        number="105",
        category_id="d39ec3ad-5d9b-4cab-8d75-785ff547a8d3",
        price=Money(420, "EUR"),
        vat_percent=Decimal(19),
    )
    (category,) = connector.categories(None, None).items
    assert category == Category("ade02824-32ba-4157-8122-807a48b13268", "Steaks")
    page = connector.receipts(None, None)
    key = "c064e862-a6ee-4ad6-943e-6b1d141eca33"
    assert page.items == (
        Receipt(
            external_id=key,
            number="1238",
            issued_at=datetime(2018, 8, 3, 10, 3, 17, tzinfo=UTC),
            kind=ReceiptKind.SALE,
            total=Money(840, "EUR"),
            eligible=Money(840, "EUR"),
        ),
    )
    after = connector.receipts(page.position, None)
    assert (after.items, after.position, after.since) == ((), None, key)
    site = SAMPLE["siteId"]
    assert [each.path for each in relay.sent("GET")][-1] == (
        f"/v1/site/{site}/transactions?order=ASC&id={key}"
    )


def test_logs_in_once_and_shows_key_and_token(relay: Relay) -> None:
    connector = connected(relay.url)
    connector.verify()
    connector.verify()
    (login,) = relay.sent("POST")
    assert json.loads(login.body) == {"login": SAMPLE["login"], "password": SAMPLE["password"]}
    assert login.headers["x-api-token"] == SAMPLE["apiKey"]
    assert "x-authorization-token" not in login.headers
    for request in relay.sent("GET"):
        assert request.headers["x-api-token"] == SAMPLE["apiKey"]
        assert request.headers["x-authorization-token"] == "string"


def test_the_mock_refuses_what_the_contract_does_not_allow(relay: Relay) -> None:
    """Else the tests above would say nothing."""
    connector = connected(relay.url)
    with pytest.raises(ConnectorRejected):
        connector.products("no-uuid ", None)
    with pytest.raises(ConnectorRejected):
        connector._client.post("/v1/login", {"login": "x"})
    with pytest.raises(ConnectorRejected):
        connector._get(f"/v1/site/{SAMPLE['siteId']}/transactions", {"order": "UP"})


def test_the_mock_refuses_who_shows_no_key(relay: Relay) -> None:
    relay.without = {"x-api-token"}
    with pytest.raises(ConnectorCredentialsRefused):
        connected(relay.url).verify()


def test_the_mock_refuses_who_shows_no_key_after_the_login(relay: Relay) -> None:
    connector = connected(relay.url)
    connector.verify()
    relay.without = {"x-api-token"}
    with pytest.raises(ConnectorCredentialsRefused):
        connector.verify()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, ConnectorRejected),
        (401, ConnectorCredentialsRefused),
        (403, ConnectorCredentialsRefused),
        (404, ConnectorNotFound),
        (500, ConnectorUnavailable),
    ],
)
def test_refusals_of_the_contract(relay: Relay, code: int, kind: type[ConnectorError]) -> None:
    relay.prefer["GET"] = f"code={code}"
    with pytest.raises(kind):
        connected(relay.url).products(None, None)


# Pages.


def test_reads_page_by_page_to_the_end_and_from_there_on(server: Receiver) -> None:
    till = Till(server, [invoice(number) for number in range(5)])
    read = pages(connected(server.url).products)
    assert [len(page.items) for page in read] == [1, 1, 1, 0]
    assert till.asked == [None, "inv-1", "inv-3", "inv-4"]
    assert [page.since for page in read] == [None, None, None, "inv-4"]
    assert not any(page.is_listing for page in read)
    till.invoices.append(invoice(5))
    (page, last) = pages(connected(server.url).products, "inv-4")
    assert till.asked[4:] == ["inv-4", "inv-5"]
    assert len(page.items) == 1
    assert last.since == "inv-5"


def test_a_sync_that_finds_nothing_begins_there_again(server: Receiver) -> None:
    Till(server, [invoice(1)])
    assert pages(connected(server.url).receipts, "inv-1") == [ListedPage((), since="inv-1")]
    Till(server, [])
    assert pages(connected(server.url).receipts) == [ListedPage(())]


def test_goes_on_after_a_crash_where_it_was(server: Receiver) -> None:
    Till(server, [invoice(number) for number in range(5)])
    position = connected(server.url).receipts(None, None).position
    rest = pages(lambda at, since: connected(server.url).receipts(at or position, since))
    assert [each.external_id for page in rest for each in page.items] == ["inv-2", "inv-3", "inv-4"]


def test_receipts_of_the_last_day_are_read_again(server: Receiver) -> None:
    """A till that was offline sends late; its receipts may come before what was read."""
    days = [invoice(1), invoice(2), invoice(3), invoice(4)]
    for row, at in zip(
        days,
        [
            "2026-03-01T12:00:00Z",
            "2026-03-02T12:00:00Z",
            "2026-03-02T12:00:01Z",
            "2026-03-03T11:00",
        ],
        strict=True,
    ):
        row["transactionAt"] = at
    till = Till(server, days)
    assert pages(connected(server.url).receipts)[-1].since == "inv-2"
    assert pages(connected(server.url).products)[-1].since == "inv-4"
    till.invoices.insert(2, invoice(9, transactionAt="2026-03-02T12:00:00.500Z"))
    found = [each for page in pages(connected(server.url).receipts, "inv-2") for each in page.items]
    assert [each.external_id for each in found] == ["inv-9", "inv-3", "inv-4"]


def test_nothing_settled_begins_at_the_beginning_again(server: Receiver) -> None:
    Till(server, [invoice(1, transactionAt="2026-03-03T11:00:00Z")])
    assert pages(connected(server.url).receipts)[-1].since is None


@pytest.mark.parametrize("stays", [0, 1, 2])
def test_a_till_that_sends_what_was_seen_again_comes_to_an_end(
    server: Receiver, stays: int
) -> None:
    rows = [invoice(number) for number in range(3)]
    server.answers = [answer(200, {"token": TOKEN}), answer(200, rows)]
    server.answer = answer(200, rows[stays:])
    read = pages(connected(server.url).receipts)
    assert [each.external_id for page in read for each in page.items] == ["inv-0", "inv-1", "inv-2"]


def test_a_long_answer_becomes_several_pages(server: Receiver) -> None:
    count = PAGE_ITEMS_MAX + 1
    Till(server, [invoice(number) for number in range(count)], at_a_time=5_000)
    assert [len(page.items) for page in pages(connected(server.url).receipts)] == [500, 1, 0]


def test_ten_thousand_products(server: Receiver) -> None:
    def basket(number: int) -> dict[str, Any]:
        keys = [f"p{number}-{each}" for each in range(50)]
        return invoice(
            number,
            total=210,
            items=[{"productId": key, "quantity": 1, "price": 4.2} for key in keys],
            products=[{"productId": key, "name": key} for key in keys],
        )

    Till(server, [basket(number) for number in range(200)], at_a_time=7)
    seen: set[str] = set()
    connector = connected(server.url)
    position = None
    while True:
        page = connector.products(position, None)
        assert len(page.items) <= PAGE_ITEMS_MAX
        assert len({each.external_id for each in page.items}) == len(page.items)
        seen |= {each.external_id for each in page.items}
        position = page.position
        if position is None:
            break
    assert len(seen) == 10_000
    assert all(each.method == "GET" for each in server.received[1:])


def test_the_latest_price_counts(server: Receiver) -> None:
    dearer = {"productId": "p1", "quantity": 1, "price": 4.5, "taxRate": 7}
    Till(server, [invoice(1), invoice(2, total=4.5, items=[dearer]), invoice(3)], at_a_time=2)
    prices = [page.items[0].price for page in pages(connected(server.url).products)[:-1]]
    assert prices == [Money(450, "EUR"), Money(420, "EUR")]


def test_newest_first_is_no_way_to_read_on(server: Receiver) -> None:
    Till(server, [invoice(3), invoice(2), invoice(1)], at_a_time=5)
    with pytest.raises(ConnectorAnswerInvalid, match="oldest first"):
        connected(server.url).receipts(None, None)


def test_a_late_receipt_among_others_is_no_other_order(server: Receiver) -> None:
    Till(server, [invoice(3), invoice(1), invoice(2)], at_a_time=5)
    assert len(connected(server.url).receipts(None, None).items) == 3


# Rows and answers that make no sense.


def test_a_row_that_makes_no_sense_keeps_no_other_from_being_read(server: Receiver) -> None:
    rows = [
        invoice(1, total="viel"),
        invoice(2, transactionAt=None),
        invoice(3, invoiceId=None),
        invoice(4, total=4.205),
        invoice(5, currency="Euro"),
        invoice(6),
    ]
    Till(server, rows, at_a_time=9)
    page = connected(server.url).receipts(None, None)
    assert [each.external_id for each in page.items] == ["inv-6"]
    assert page.skipped == (
        Skipped("inv-1", "has no valid total"),
        Skipped("inv-2", "has no valid transactionAt"),
        Skipped("", "has no valid invoiceId"),
        Skipped("inv-4", "4.205 EUR is finer than a minor unit"),
        Skipped("inv-5", "has no valid currency"),
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"transactions": []},
        "text",
        ["text"],
        None,
        [{"id": "inv-1"}],
        [invoice(1, invoiceId="with space")],
    ],
)
def test_an_answer_of_another_shape_is_no_end(server: Receiver, body: Any) -> None:
    server.answers = [answer(200, {"token": TOKEN})]
    server.answer = answer(200, body)
    with pytest.raises(ConnectorAnswerInvalid):
        connected(server.url).receipts(None, None)


@pytest.mark.parametrize("body", [{}, {"token": None}, {"token": ""}, [], "token", None])
def test_a_login_without_a_token(server: Receiver, body: Any) -> None:
    server.answer = answer(200, body)
    with pytest.raises(ConnectorAnswerInvalid):
        connected(server.url).verify()


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (status(200, "<html>"), ConnectorAnswerInvalid),
        (raw(b"no http"), ConnectorAnswerInvalid),
        (hang_up, ConnectorUnavailable),
        (answer(503, {}), ConnectorUnavailable),
        (answer(429, {}, Retry_After="7"), ConnectorRateLimited),
        (answer(302, {}, Location="https://elsewhere.example.com"), ConnectorRejected),
    ],
)
def test_answers_that_are_none(server: Receiver, bad: Answer, kind: type[ConnectorError]) -> None:
    server.answers = [answer(200, {"token": TOKEN})]
    server.answer = bad
    with pytest.raises(kind) as raised:
        connected(server.url).products(None, None)
    if kind is ConnectorRateLimited:
        assert raised.value.details["retryAfter"] == 7


def test_silence_is_a_timeout(server: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.1)
    monkeypatch.setattr(client, "TRIES_MAX", 1)
    server.answer = lambda _: server.closing.wait() and None
    with pytest.raises(ConnectorTimeout):
        connected(server.url).verify()


def test_logs_in_again_when_the_session_has_run_out(server: Receiver) -> None:
    connector = connected(server.url)
    Till(server, [invoice(number) for number in range(4)])
    first = connector.receipts(None, None)
    server.answers = [answer(401, {"message": "expired"})]
    second = connector.receipts(first.position, None)
    assert [each.external_id for each in second.items] == ["inv-2", "inv-3"]
    assert [each.method for each in server.received] == ["POST", "GET", "GET", "POST", "GET"]


def test_does_not_log_in_for_ever(server: Receiver) -> None:
    server.answer = answer(200, {"token": TOKEN})
    connector = connected(server.url)
    server.answers = [answer(200, {"token": TOKEN}), answer(401, {"message": "no"})]
    with pytest.raises(ConnectorCredentialsRefused):
        connector.verify()
    assert len(server.received) == 2


def test_no_secret_is_ever_shown(server: Receiver) -> None:
    told = f"no: {SAMPLE['apiKey']} {SAMPLE['password']} {TOKEN}"
    server.answers = [answer(200, {"token": TOKEN})]
    server.answer = answer(400, {"message": told})
    with pytest.raises(ConnectorRejected) as raised:
        connected(server.url).verify()
    shown = str(raised.value) + repr(raised.value) + repr(raised.value.details)
    assert "no: *** *** ***" in shown
    for secret in (SAMPLE["apiKey"], SAMPLE["password"], TOKEN):
        assert secret not in shown


# What a transaction says.


def products(**fields: Any) -> list[Product | Skipped]:
    return list(to_products(invoice(1, **fields), "inv-1"))


def line(price: float, quantity: float = 1, **fields: Any) -> dict[str, Any]:
    return {"productId": "p1", "price": price, "quantity": quantity, "taxRate": 19, **fields}


def price_of(**fields: Any) -> str | None:
    found = products(**fields)
    assert len(found) <= 1
    for each in found:
        assert isinstance(each, Product)
        return str(each.price)
    return None


OTHER = {"productId": "p2", "price": 1, "quantity": 1}


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({"items": [line(4.2)], "total": 4.2}, "4.20 EUR"),
        ({"items": [line(4.2, 2)], "total": 8.4}, "4.20 EUR"),
        ({"items": [line(8.4, 2)], "total": 8.4}, "4.20 EUR"),
        ({"items": [line(8.4, 2), OTHER], "total": 9.4}, "4.20 EUR"),
        ({"items": [line(2.99, 0.347)], "total": 1.04}, "2.99 EUR"),
        ({"items": [line(1.04, 0.347)], "total": 1.04}, None),  # a share of a rounded amount
        ({"items": [line(4, 2), {**OTHER, "price": 8, "quantity": 0.5}], "total": 12}, None),
        ({"items": [line(4.2)], "total": 4}, None),  # does not add up: not what we think
        ({"items": [line(4.2, 2)], "total": 8}, None),
        ({"items": [line(4.2)], "total": 3.2, "discounts": [{"value": 1}]}, "4.20 EUR"),
        ({"items": [line(4.2)], "total": 5.2, "surcharges": [{"value": 1}]}, "4.20 EUR"),
        ({"items": [line(4.2, 2)], "total": 7.4, "discounts": [{"value": 1}]}, None),
        ({"items": [line(0)], "total": 0}, "0.00 EUR"),
        ({"items": [line(-4.2), line(4.2)], "total": 0}, "4.20 EUR"),
        ({"items": [line(-4.2)], "total": -4.2}, None),
        ({"items": [line(4.2, -1)], "total": -4.2}, None),
        ({"items": [line(4.2), line(4.5)], "total": 8.7}, "4.50 EUR"),
        ({"items": [], "total": 4.2}, None),
        ({"items": None, "products": None}, None),
        ({"transactionType": "CANCELLED_INVOICE"}, None),
        ({"transactionType": "OFFER"}, None),
    ],
)
def test_prices_are_taken_only_where_they_are_certain(
    fields: dict[str, Any], price: str | None
) -> None:
    assert price_of(**fields) == price


@pytest.mark.parametrize("changes", ["itemDiscounts", "itemSurcharges"])
def test_a_reduced_item_tells_no_price_and_the_others_do(changes: str) -> None:
    items = [line(4.2, invoiceItemId="a"), {**OTHER, "invoiceItemId": "b"}]
    both = [{"productId": key, "name": key} for key in ("p1", "p2")]
    change = {changes: [{"invoiceItemId": "a", "value": 1}]}
    found = products(items=items, products=both, total=4.2, **change)
    assert [each.external_id for each in found] == ["p2"]


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ({"productId": "p1", "name": " Kaffee "}, Product("p1", "Kaffee")),
        ({"productId": "p1", "name": "  "}, Skipped("p1", "has no name")),
        ({"productId": "p1"}, Skipped("p1", "has no name")),
        ({"productId": "", "name": "x"}, Skipped("inv-1", "has no valid products.0.productId")),
        ({"name": "x"}, Skipped("inv-1", "has no valid products.0.productId")),
    ],
)
def test_products_without_a_name_or_an_id(
    product: dict[str, Any], expected: Product | Skipped
) -> None:
    (found,) = products(products=[product])
    if isinstance(found, Product):
        found = replace(found, price=None, vat_percent=None)
    assert found == expected


def test_a_price_too_fine_for_the_currency_is_skipped() -> None:
    assert products(items=[line(4.205)], total=4.205) == [
        Skipped("p1", "4.205 EUR is finer than a minor unit")
    ]


def test_categories() -> None:
    groups = [
        {"productGroupId": "g1", "name": "Getränke"},
        {"productGroupId": "g2", "name": None},
    ]
    assert list(to_categories({"productGroups": groups}, "inv-1")) == [
        Category("g1", "Getränke"),
        Skipped("g2", "has no name"),
    ]
    assert list(to_categories({}, "inv-1")) == []
    assert list(to_categories({"productGroups": [{}]}, "inv-1")) == [
        Skipped("inv-1", "has no valid productGroups.0.productGroupId")
    ]


def receipt(**fields: Any) -> Receipt:
    found = to_receipt(invoice(1, **fields), "inv-1")
    assert isinstance(found, Receipt)
    return found


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("INVOICE", ReceiptKind.SALE),
        ("CANCELLED_INVOICE", ReceiptKind.VOID),
        ("TRAINING", ReceiptKind.OTHER),
        ("invoice", ReceiptKind.OTHER),
    ],
)
def test_only_invoices_are_sales(word: str, kind: ReceiptKind) -> None:
    assert receipt(transactionType=word).kind is kind


@pytest.mark.parametrize(
    ("total", "kind"),
    [(-0.01, ReceiptKind.VOID), (0, ReceiptKind.SALE), (0.01, ReceiptKind.SALE)],
)
def test_money_that_goes_back_is_no_sale(total: float, kind: ReceiptKind) -> None:
    assert (receipt(total=total).kind, receipt(total=total).voids) == (kind, None)


def test_a_cancelled_invoice_of_nothing_is_told_and_takes_nothing() -> None:
    found = to_receipt(invoice(1, transactionType="CANCELLED_INVOICE", total=0), "inv-1")
    assert found == Skipped("inv-1:cancelled", "was cancelled, but it does not say how much")


@pytest.mark.parametrize("total", [4.2, -4.2])
def test_a_cancelled_invoice_voids_what_had_its_id(total: float) -> None:
    found = receipt(transactionType="CANCELLED_INVOICE", total=total)
    assert (found.external_id, found.voids) == ("inv-1:cancelled", "inv-1")
    assert found.total == found.eligible == Money(-420, "EUR")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-03T12:34:56Z", datetime(2026, 2, 3, 12, 34, 56, tzinfo=UTC)),
        ("2026-02-03T12:34:56", datetime(2026, 2, 3, 12, 34, 56, tzinfo=UTC)),
        ("2026-02-03T12:34:56.7899+01:00", datetime(2026, 2, 3, 11, 34, 56, 789000, tzinfo=UTC)),
    ],
)
def test_times(text: str, moment: datetime) -> None:
    assert receipt(transactionAt=text).issued_at == moment


def test_a_receipt_without_a_number_goes_by_its_id() -> None:
    assert receipt(invoiceNumber=None).number == "inv-1"


NUMBERS = st.decimals(-(10**9), 10**9, places=3) | st.sampled_from(
    [Decimal("1e999999"), Decimal("1e-999999"), 0, None, "", [], True, Decimal(10) ** 20]
)


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), max_size=5),
    NUMBERS,
    st.lists(st.just({"value": 1}), max_size=1),
)
def test_any_numbers_are_read_or_skipped(
    prices: list[tuple[Any, Any]], total: Any, discounts: list[Any]
) -> None:
    row = invoice(
        1,
        total=total,
        discounts=discounts,
        items=[line(price, quantity) for price, quantity in prices],
    )
    for each in (to_receipt(row, "inv-1"), *to_products(row, "inv-1")):
        assert isinstance(each, Skipped) or each.external_id in {"inv-1", "p1"}


# Configuration.


@pytest.mark.parametrize(
    "wrong",
    [
        {"siteId": "603f97af"},
        {"siteId": "../../x"},
        {"apiKey": "short"},
        {"apiKey": ""},
        {"login": ""},
        {"password": ""},
        {"mode": "demo"},
        {"host": "https://evil.example.com"},
    ],
)
def test_wrong_configurations(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({**SAMPLE, **wrong})


@pytest.mark.parametrize(("mode", "host"), [("live", "live-backend"), ("test", "demo-backend")])
def test_each_mode_has_its_host_and_nothing_else_has_one(mode: str, host: str) -> None:
    config = Config.model_validate({**SAMPLE, "mode": mode, "baseUrl": "http://127.0.0.1:1"})
    base_url = f"https://{host}.vectron.cloud/business-data-api"
    assert vectron.connect(config, is_emulated=False)._client.base_url == base_url
    assert config.is_test is (mode == "test")


def test_what_it_can_do() -> None:
    assert {Stream.CATEGORIES, Stream.PRODUCTS, Stream.RECEIPTS} == vectron.STREAMS
    assert vectron.PUSHES == {
        DataType.SALES_RECORD: PushBy.FILE,
        DataType.RECEIPT: PushBy.FILE,
    }
    written = connected("http://127.0.0.1:1").export(DataType.RECEIPT, [])
    assert written.name == "vectron-receipt.csv"
