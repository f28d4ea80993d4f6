"""lexoffice, which publishes no contract: against a mock server made from somebody else's, against
another client of it, and against servers that misbehave.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexoffice_client.client import LexofficeClient
from lexoffice_client.contact import Contact
from lexoffice_client.order_confirmation import OrderConfirmation
from lexoffice_client.voucher import VoucherWritable
from lexoffice_client.voucherlist import VoucherlistItem
from pydantic import ValidationError

from shared.connectors import client
from shared.connectors.base import ListedPage, PushBy, Pushed, Skipped, Stream
from shared.connectors.erp import lexoffice, lexoffice_answers
from shared.connectors.erp.books import rate_totals
from shared.connectors.erp.lexoffice import Config, Connector
from shared.connectors.pacing import Pace
from shared.domain.catalog.goods import Order, OrderLine, Supplier
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, Sale, SaleLine
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorConflict,
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

pytestmark = [pytest.mark.xdist_group("prism-lexoffice"), pytest.mark.usefixtures("no_pauses")]

SPEC = "lexoffice/lexoffice.third-party.yaml"

SETTINGS = CONFIGS["erp", "lexoffice"]
KEY = SETTINGS["apiKey"]
ID = "e9066f04-8cc7-4616-93f8-ac9ecc8479c8"
ORGANIZATION_ID = "aa93e8a8-2aa3-470b-b914-caad8a255dd8"
LINE = SaleLine("Kaffee", Decimal(1), Money(1190, "EUR"), Money(1190, "EUR"), Decimal(19))
SALE = Sale(
    record_id="sale_1",
    number="4711",
    sold_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    total=Money(1725, "EUR"),
    lines=(
        LINE,
        replace(LINE, name="Brot", total=Money(535, "EUR"), vat_percent=Decimal(7)),
    ),
)
CONTACT = {
    "id": ID,
    "organizationId": ORGANIZATION_ID,
    "version": 0,
    "roles": {"vendor": {"number": 70001}},
    "company": {"name": "Rösterei GmbH"},
    "addresses": {
        "billing": [{"street": "Weg 1", "zip": "12345", "city": "Hof", "countryCode": "DE"}]
    },
    "archived": False,
}
ORDER = {
    "id": ID,
    "organizationId": ORGANIZATION_ID,
    "createdDate": "2026-06-30T10:00:00.000+02:00",
    "updatedDate": "2026-06-30T10:00:00.000+02:00",
    "version": 1,
    "language": "de",
    "archived": False,
    "voucherStatus": "open",
    "voucherNumber": "AB1019",
    "voucherDate": "2026-07-01T00:00:00.000+02:00",
    "address": {"name": "Bike & Ride", "countryCode": "DE"},
    "lineItems": [
        {
            "id": "97b98491-e953-4dc9-97a9-ae437a8052b4",
            "type": "material",
            "name": "Abus Kabelschloss",
            "quantity": 2,
            "unitName": "Stück",
            "unitPrice": {
                "currency": "EUR",
                "netAmount": 13.4,
                "grossAmount": 15.95,
                "taxRatePercentage": 19,
            },
            "discountPercentage": 50,
            "lineItemAmount": 13.4,
        },
        {"type": "text", "name": "Danke", "description": "für den Auftrag"},
    ],
    "totalPrice": {
        "currency": "EUR",
        "totalNetAmount": 13.4,
        "totalGrossAmount": 15.95,
        "totalTaxAmount": 2.55,
    },
    "taxConditions": {"taxType": "net"},
    "shippingConditions": {"shippingType": "none"},
}
LISTED = {"id": ID, "voucherType": "salesinvoice", "voucherNumber": "sale_1"}


def connected(url: str, **settings: Any) -> Connector:
    config = Config.model_validate({**SETTINGS, **settings, "baseUrl": url})
    return lexoffice.connect(config, is_emulated=True)


def listed(*rows: Any, pages: int = 1, length: int | None = None) -> Answer:
    total = len(rows) if length is None else length
    return answer(200, {"content": rows, "totalPages": pages, "totalElements": total})


def query_of(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def path_of(path: str) -> str:
    return urlsplit(path).path


def push(connector: Connector, sale: Sale = SALE) -> Pushed:
    return connector.push(DataType.SALES_RECORD, sale)


def find(connector: Connector, record_id: str = "sale_1") -> Pushed | None:
    return connector.find_pushed(DataType.RECEIPT, replace(SALE, record_id=record_id))


def voucher(sale: Sale = SALE, **changed: Any) -> dict[str, Any]:
    totals = rate_totals(sale, system="lexoffice")
    body = lexoffice_answers.to_voucher(sale, totals, category_id=lexoffice.GOODS_SOLD)
    return {**body, **changed}


# The configuration.


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"apiKey": "short"},
        {"apiKey": f"Bearer {KEY}"},
        {"apiKey": KEY + "\n"},
        {"apiKey": "k" * 201},
        {"apiKey": KEY, "postingCategoryId": "Warenverkäufe"},
        {"apiKey": KEY, "host": "evil.example.com"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(config: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate(config)
    assert KEY not in json.dumps(refused.value.errors(include_input=False, include_context=False))


def test_a_base_url_counts_under_the_emulator_only(server: Receiver) -> None:
    config = Config.model_validate({**SETTINGS, "baseUrl": server.url})
    connector = lexoffice.connect(config, is_emulated=False)
    assert connector._client.base_url == lexoffice.BASE_URL
    assert connector._pace._every_s == 0.5


def test_takes_sales_and_knows_no_stock() -> None:
    assert dict(lexoffice.PUSHES) == {
        DataType.SALES_RECORD: PushBy.CALL,
        DataType.RECEIPT: PushBy.CALL,
    }
    assert frozenset({Stream.ORDERS, Stream.SUPPLIERS}) == lexoffice.STREAMS


def test_every_try_of_a_call_waits_for_its_turn(server: Receiver) -> None:
    pauses: list[float] = []
    config = Config.model_validate({**SETTINGS, "baseUrl": server.url})
    pace = Pace(0.5, now_s=lambda: 0.0, pause=pauses.append)
    server.answers = [answer(500, {}), answer(200, {}), answer(200, {})]
    connector = Connector(config, is_emulated=True, pace=pace)
    connector.verify()
    connector.verify()
    assert (len(server.received), pauses) == (3, [0.5, 0.5])


# Transformers.


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Supplier(ID, "Rösterei GmbH", "70001", "DE")),
        (
            {"company": None, "person": {"firstName": "Inge", "lastName": "Musterfrau"}},
            Supplier(ID, "Inge Musterfrau", "70001", "DE"),
        ),
        ({"roles": {"customer": {"number": 1}}}, Supplier(ID, "Rösterei GmbH", None, "DE")),
        ({"addresses": {"billing": []}}, Supplier(ID, "Rösterei GmbH", "70001")),
        ({"addresses": None}, Supplier(ID, "Rösterei GmbH", "70001")),
        ({"archived": True}, Supplier(ID, "Rösterei GmbH", "70001", "DE", is_deleted=True)),
    ],
)
def test_reads_a_supplier(changed: dict[str, object], expected: Supplier) -> None:
    assert lexoffice_answers.to_supplier({**CONTACT, **changed}) == expected


@pytest.mark.parametrize(
    "wrong", [{"company": None}, {"company": {"name": " "}}, {"id": ""}, {"archived": "perhaps"}]
)
def test_a_supplier_that_makes_no_sense_cannot_be_taken(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        lexoffice_answers.to_supplier({**CONTACT, **wrong})


def exactly(value: Any) -> Any:
    """Return JSON as the client reads it."""
    return json.loads(json.dumps(value), parse_float=Decimal)


def test_reads_an_order() -> None:
    assert lexoffice_answers.to_order(exactly(ORDER)) == Order(
        external_id=ID,
        number="AB1019",
        status="open",
        ordered_at=datetime(2026, 6, 30, 22, tzinfo=UTC),
        total=Money(1595, "EUR"),
        lines=(
            OrderLine(
                quantity=Decimal(2),
                name="Abus Kabelschloss",
                product_id="97b98491-e953-4dc9-97a9-ae437a8052b4",
                amount=Money(1595, "EUR"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("tax_type", "minor"), [("net", 1595), ("gross", 1340), ("vatfree", 1340), (None, 1340)]
)
def test_amounts_of_lines_have_the_taxes_in_them(tax_type: str | None, minor: int) -> None:
    order = lexoffice_answers.to_order(exactly({**ORDER, "taxConditions": {"taxType": tax_type}}))
    assert order.lines[0].amount == Money(minor, "EUR")


def test_an_archived_order_is_gone() -> None:
    assert lexoffice_answers.to_order({**ORDER, "lineItems": [], "archived": True}).is_deleted


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"voucherStatus": None},
        {"totalPrice": {"currency": "EUR", "totalGrossAmount": 1.005}},
        {"totalPrice": {"currency": "euro"}},
        {"totalPrice": {"totalGrossAmount": "1e999999"}},
        {"lineItems": [{"quantity": "some"}]},
        {"lineItems": {}},
    ],
)
def test_an_order_that_makes_no_sense_cannot_be_taken(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        lexoffice_answers.to_order(exactly({**ORDER, **wrong}))


@given(
    st.lists(
        st.tuples(st.integers(-(10**9), 10**9), st.sampled_from([0, 7, 19])),
        min_size=1,
        max_size=9,
    )
)
def test_a_voucher_adds_up(amounts: list[tuple[int, int]]) -> None:
    lines = tuple(
        replace(LINE, total=Money(minor, "EUR"), vat_percent=Decimal(rate))
        for minor, rate in amounts
    )
    total = sum(minor for minor, _ in amounts)
    body = voucher(replace(SALE, total=Money(total, "EUR"), lines=lines))
    items = body["voucherItems"]
    assert sum(each["amount"] for each in items) == body["totalGrossAmount"] >= 0
    assert sum(each["taxAmount"] for each in items) == body["totalTaxAmount"]
    assert (body["type"] == "salescreditnote") is (total < 0)


def test_a_sale_keeps_its_day_in_berlin() -> None:
    assert lexoffice_answers.to_time(SALE.sold_at) == "2027-01-01T00:30:00.000+01:00"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            {
                "message": "Validation failed.",
                "details": [{"field": "a.b", "violation": "NOTNULL"}],
            },
            "NOTNULL (a.b)",
        ),
        (
            {"IssueList": [{"i18nKey": "invalid_value", "source": "voucherStatus"}]},
            "invalid_value (voucherStatus)",
        ),
        ({"message": "Too many requests"}, "Too many requests"),
    ],
)
def test_says_what_a_refusal_says(body: object, says: str) -> None:
    assert lexoffice_answers.to_problem(body) == says


# Somebody else's contract.


def test_reads_suppliers_by_the_contract(relay: Relay) -> None:
    relay.edit["GET"] = lambda page: page.update(totalPages=1)
    (supplier,) = connected(relay.url).suppliers(None, None).items
    assert supplier.name == "string"
    (sent,) = relay.received
    assert path_of(sent.path) == "/contacts"
    assert query_of(sent.path) == {"vendor": "true", "page": "0", "size": "250"}
    assert sent.headers["authorization"] == f"Bearer {KEY}"


def test_reads_orders_by_the_contract(relay: Relay) -> None:
    def edit(body: Any) -> None:
        if "content" in body:
            body.update(totalPages=1)
        else:
            body["totalPrice"].update(currency="EUR")

    relay.edit["GET"] = edit
    page = connected(relay.url).orders(None, None)
    (order,) = page.items
    listing, document = relay.received
    assert path_of(listing.path) == "/voucherlist"
    assert query_of(listing.path) == {
        "voucherType": "orderconfirmation",
        "voucherStatus": "any",
        "sort": "createdDate,ASC",
        "page": "0",
        "size": "10",
    }
    assert path_of(document.path) == f"/order-confirmations/{order.external_id}"
    assert page.skipped == ()


def test_a_sale_becomes_a_voucher_by_the_contract(relay: Relay) -> None:
    assert push(connected(relay.url)).external_id
    (sent,) = relay.received
    assert (sent.method, sent.path) == ("POST", "/vouchers")
    category = {"categoryId": "8f8664a8-fd86-11e1-a21f-0800200c9a66"}
    assert json.loads(sent.body) == {
        "type": "salesinvoice",
        "voucherNumber": "sale_1",
        "voucherDate": "2027-01-01T00:30:00.000+01:00",
        "shippingDate": "2027-01-01T00:30:00.000+01:00",
        "dueDate": "2027-01-01T00:30:00.000+01:00",
        "totalGrossAmount": 17.25,
        "totalTaxAmount": 2.25,
        "taxType": "gross",
        "useCollectiveContact": True,
        "remark": "Beleg 4711",
        "voucherItems": [
            {"amount": 5.35, "taxAmount": 0.35, "taxRatePercent": 7, **category},
            {"amount": 11.9, "taxAmount": 1.9, "taxRatePercent": 19, **category},
        ],
        "version": 0,
    }


def test_looks_for_a_voucher_by_the_contract(relay: Relay) -> None:
    relay.edit["GET"] = lambda page: page.update(totalPages=1)
    assert find(connected(relay.url), "string") is not None
    assert find(connected(relay.url), "sale_1") is None
    assert query_of(relay.received[1].path) == {
        "voucherType": "salesinvoice,salescreditnote",
        "voucherStatus": "any",
        "voucherNumber": "sale_1",
        "page": "0",
        "size": "250",
    }


def test_verifies_the_key(relay: Relay) -> None:
    connected(relay.url).verify()
    assert relay.received[0].path == "/profile"


Call = Callable[[client.JsonClient], object]
REFUSED: dict[str, Call] = {
    "voucher's type": lambda http: http.post("/vouchers", voucher(type="receipt")),
    "voucher's amount": lambda http: http.post("/vouchers", voucher(totalGrossAmount="17.25")),
    "voucher's date": lambda http: http.post("/vouchers", voucher(voucherDate="01.01.2027")),
    "voucher's tax type": lambda http: http.post("/vouchers", voucher(taxType="vat")),
    "item's category": lambda http: http.post(
        "/vouchers", voucher(voucherItems=[{"amount": 1, "categoryId": "goods"}])
    ),
    "item's tax": lambda http: http.post("/vouchers", voucher(voucherItems=[{"taxAmount": "1"}])),
    "list without type": lambda http: http.get("/voucherlist", {"voucherStatus": "any"}),
    "list without status": lambda http: http.get("/voucherlist", {"voucherType": "any"}),
    "contacts": lambda http: http.get("/contacts", {"vendor": "yes"}),
    "contacts' page": lambda http: http.get("/contacts", {"page": "first"}),
    "order": lambda http: http.get("/order-confirmations/AB1019"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_the_mock_refuses_what_the_contract_does_not_allow(relay: Relay, name: str) -> None:
    """Else the tests above would say nothing. That a field is missing it does not notice."""
    with pytest.raises(ConnectorRejected) as refused:
        REFUSED[name](connected(relay.url)._client)
    assert refused.value.details["status"] in {400, 422}


@pytest.mark.parametrize(
    "path",
    [
        "/profile",
        "/contacts",
        "/voucherlist?voucherType=any&voucherStatus=any",
        f"/order-confirmations/{ID}",
    ],
)
def test_the_mock_wants_a_key(relay: Relay, path: str) -> None:
    http = replace(connected(relay.url)._client, authorize=lambda *_: {})
    with pytest.raises(ConnectorCredentialsRefused):
        http.get(path)


def test_the_mock_wants_a_key_for_a_voucher(relay: Relay) -> None:
    http = replace(connected(relay.url)._client, authorize=lambda *_: {})
    with pytest.raises(ConnectorCredentialsRefused):
        http.post("/vouchers", voucher())


def test_refusals_of_the_contract(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PAUSE_S_MAX", 0.5)
    relay.prefer = {"POST": "code=400", "GET": "code=429"}
    with pytest.raises(ConnectorRejected):
        push(connected(relay.url))
    with pytest.raises(ConnectorRateLimited):
        connected(relay.url).suppliers(None, None)


# Another client.


@pytest.mark.parametrize(
    "sale",
    [
        SALE,
        replace(SALE, total=Money(-1190, "EUR"), lines=(replace(LINE, total=Money(-1190, "EUR")),)),
    ],
)
def test_another_client_sends_the_same_voucher(server: Receiver, sale: Sale) -> None:
    server.answer = answer(
        200,
        {
            "id": ID,
            "resourceUri": f"https://api.lexware.io/v1/vouchers/{ID}",
            "createdDate": "2027-01-01T00:30:00.000+01:00",
            "updatedDate": "2027-01-01T00:30:00.000+01:00",
            "version": 1,
        },
    )
    theirs = LexofficeClient(KEY, base_url=server.url)
    made = theirs.create_voucher(VoucherWritable.model_validate(voucher(sale)))
    assert push(connected(server.url), sale) == Pushed(str(made.id))
    one, other = server.received
    assert (one.method, one.path) == (other.method, other.path)
    assert one.headers["authorization"] == other.headers["authorization"]
    assert one.headers["content-type"] == other.headers["content-type"]
    assert comparable(json.loads(one.body)) == comparable(json.loads(other.body))


def comparable(body: dict[str, Any]) -> dict[str, Any]:
    """Read times, which each client writes in its own way."""
    times = {name: datetime.fromisoformat(body[name]) for name in body if name.endswith("Date")}
    return {**body, **times}


def test_another_client_asks_the_same_for_a_voucher(server: Receiver) -> None:
    rest = {"first": True, "last": True, "number": 0, "size": 25, "numberOfElements": 1}
    page = {"content": [LISTED], "totalPages": 1, "totalElements": 1, **rest}
    server.answer = answer(200, page)
    theirs = LexofficeClient(KEY, base_url=server.url)
    theirs.filter_voucherlist("salesinvoice,salescreditnote", "any", voucher_number="sale_1")
    assert find(connected(server.url)) == Pushed(ID)
    one, other = (query_of(each.path) for each in server.received)
    assert {**one, "size": "250"} == other
    assert path_of(server.received[0].path) == path_of(server.received[1].path)


def test_another_client_reads_the_same_in_what_is_answered() -> None:
    contact = Contact.model_validate(CONTACT)
    assert contact.company is not None
    supplier = lexoffice_answers.to_supplier(CONTACT)
    assert (supplier.external_id, supplier.name) == (str(contact.id), contact.company.name)
    document = OrderConfirmation.model_validate(ORDER)
    order = lexoffice_answers.to_order(exactly(ORDER))
    assert (order.external_id, order.number) == (str(document.id), document.voucherNumber)
    assert order.ordered_at == datetime.fromisoformat(str(document.voucherDate))
    row = VoucherlistItem.model_validate(LISTED)
    assert lexoffice_answers.ListedVoucher.model_validate(LISTED).number == row.voucherNumber


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


def test_reads_ten_thousand_suppliers_page_by_page(server: Receiver) -> None:
    def serve(connection: socket.socket) -> None:
        query = query_of(server.received[-1].path)
        number, size = int(query["page"]), int(query["size"])
        rows = ({**CONTACT, "id": str(each)} for each in range(number * size, (number + 1) * size))
        listed(*rows, pages=40, length=10_000)(connection)

    server.answer = serve
    seen, sizes = set(), set()
    for page in read_all(connected(server.url).suppliers):
        sizes.add(len(page.items))
        seen.update(each.external_id for each in page.items)
        assert page.is_listing
    assert (len(seen), sizes, len(server.received)) == (10_000, {250}, 40)


def test_a_page_with_rows_missing_says_nothing_of_what_is_gone(server: Receiver) -> None:
    server.answers = [listed(CONTACT, pages=2, length=251), listed(pages=2, length=251)]
    pages = list(read_all(connected(server.url).suppliers))
    assert [page.is_listing for page in pages] == [False, True]
    assert [query_of(each.path)["page"] for each in server.received] == ["0", "1"]


@pytest.mark.parametrize("length", [250, 252])
def test_a_supplier_that_comes_or_goes_meanwhile_loses_no_other(
    server: Receiver, length: int
) -> None:
    rows = [{**CONTACT, "id": str(each)} for each in range(250)]
    server.answers = [listed(*rows, pages=2, length=251), listed(CONTACT, pages=2, length=length)]
    pages = list(read_all(connected(server.url).suppliers))
    assert [page.is_listing for page in pages] == [True, False]


def test_rows_that_make_no_sense_keep_no_other_back(server: Receiver) -> None:
    server.answer = listed({**CONTACT, "id": "1", "company": None}, "x", CONTACT, CONTACT)
    page = connected(server.url).suppliers(None, None)
    assert [each.external_id for each in page.items] == [ID]
    assert page.skipped == (Skipped("1", "no name"), Skipped("", "is no object"))


def test_an_order_that_makes_no_sense_keeps_no_other_back(server: Receiver) -> None:
    server.answers = [
        listed({"id": ""}, {"id": "1"}, {"id": "../2?x=1#"}, {"id": "3"}),
        answer(200, {**ORDER, "id": "1", "voucherStatus": None}),
        answer(200, {**ORDER, "id": "2"}),
        answer(404, {"message": "gone"}),
    ]
    page = connected(server.url).orders(None, None)
    assert [each.external_id for each in page.items] == ["2"]
    assert page.skipped == (
        Skipped("", "has no valid id"),
        Skipped("1", "has no valid voucherStatus"),
    )
    assert [path_of(each.path) for each in server.received[1:]] == [
        "/order-confirmations/1",
        "/order-confirmations/..%2F2%3Fx%3D1%23",
        "/order-confirmations/3",
    ]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (status(200, "{", Content_Type="application/json"), ConnectorAnswerInvalid),
        (status(200, "<html>", Content_Type="text/html"), ConnectorAnswerInvalid),
        (status(200), ConnectorAnswerInvalid),
        (answer(200, []), ConnectorAnswerInvalid),
        (answer(200, {"content": []}), ConnectorAnswerInvalid),
        (answer(200, {"content": None, "totalPages": 1}), ConnectorAnswerInvalid),
        (answer(200, {"content": [], "totalPages": -1}), ConnectorAnswerInvalid),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid),
        (hang_up, ConnectorUnavailable),
        (answer(500, {"message": "oops"}), ConnectorUnavailable),
        (answer(401, {"message": "no"}), ConnectorCredentialsRefused),
        (answer(406, {"IssueList": [{"i18nKey": "no"}]}), ConnectorRejected),
        (answer(409, {"message": "no"}), ConnectorConflict),
        (status(302, "", Location="https://evil.example.com"), ConnectorRejected),
    ],
)
@pytest.mark.parametrize("stream", ["orders", "suppliers"])
def test_a_page_that_makes_no_sense_is_no_page(
    server: Receiver, stream: str, said: Answer, error: type[ConnectorError]
) -> None:
    server.answer = said
    with pytest.raises(error) as failed:
        getattr(connected(server.url), stream)(None, None)
    assert type(failed.value) is error


def test_too_many_calls_in_the_middle_of_a_page(server: Receiver) -> None:
    server.answers = [listed({"id": "1"}, {"id": "2"}), answer(200, ORDER)]
    server.answer = answer(429, {"message": "Rate limit exceeded"}, Retry_After="7")
    with pytest.raises(ConnectorRateLimited, match="Rate limit exceeded") as failed:
        connected(server.url).orders(None, None)
    assert failed.value.details["retryAfter"] == 7


# Sales.


def test_a_return_is_a_credit_note(server: Receiver) -> None:
    server.answer = answer(200, {"id": ID})
    back = replace(LINE, quantity=Decimal(-1), total=Money(-1190, "EUR"))
    assert push(connected(server.url), replace(SALE, total=back.total, lines=(back,))) == Pushed(ID)
    body = json.loads(server.received[0].body)
    assert (body["type"], body["totalGrossAmount"]) == ("salescreditnote", 11.9)
    (item,) = body["voucherItems"]
    assert (item["amount"], item["taxAmount"]) == (11.9, 1.9)


def test_sales_are_booked_where_the_merchant_wants(server: Receiver) -> None:
    server.answer = answer(200, {"id": ID})
    push(connected(server.url, postingCategoryId=ID))
    items = json.loads(server.received[0].body)["voucherItems"]
    assert {each["categoryId"] for each in items} == {ID}


def test_a_sale_that_cannot_be_booked_is_not_sent(server: Receiver) -> None:
    with pytest.raises(ConnectorRejected, match="add up"):
        push(connected(server.url), replace(SALE, total=Money(1, "EUR")))
    assert server.received == []


@pytest.mark.parametrize(
    ("said", "error", "is_unknown"),
    [
        (hang_up, ConnectorUnavailable, True),
        (answer(500, {}), ConnectorUnavailable, True),
        (status(200), ConnectorAnswerInvalid, True),
        (answer(200, {"id": None}), ConnectorAnswerInvalid, True),
        (answer(200, {"id": ""}), ConnectorAnswerInvalid, True),
        (answer(406, {"IssueList": [{"i18nKey": "invalid_value"}]}), ConnectorRejected, False),
        (answer(429, {}, Retry_After="0"), ConnectorRateLimited, False),
    ],
)
def test_a_voucher_is_never_sent_twice(
    server: Receiver, said: Answer, error: type[ConnectorError], *, is_unknown: bool
) -> None:
    server.answer = said
    with pytest.raises(error) as failed:
        push(connected(server.url))
    assert failed.value.is_unknown is is_unknown
    assert [each.method for each in server.received] == ["POST"]


def test_a_voucher_whose_answer_got_lost_is_found(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    connector = connected(server.url)
    server.answers = [lambda _: server.closing.wait()]
    with pytest.raises(ConnectorTimeout) as failed:
        push(connector)
    assert failed.value.is_unknown
    server.answer = listed(
        {"id": "1", "voucherNumber": "sale_11"},
        {"id": "2"},
        {"id": "3", "voucherNumber": "SALE_1"},
        LISTED,
    )
    assert find(connector) == Pushed(ID)
    assert find(connector, "sale_2") is None
    assert len([each for each in server.received if each.method == "POST"]) == 1


def test_looks_for_a_voucher_on_all_pages(server: Receiver) -> None:
    server.answers = [listed({"id": "1", "voucherNumber": "SALE_1"}, pages=2), listed(LISTED)]
    assert find(connected(server.url)) == Pushed(ID)
    assert [query_of(each.path)["page"] for each in server.received] == ["0", "1"]


@pytest.mark.parametrize(
    "said",
    [
        listed({"id": "1", "voucherNumber": "SALE_1"}, pages=1000),
        listed({"voucherNumber": "sale_1"}),
        listed("sale_1"),
        answer(200, {"content": None, "totalPages": 0}),
    ],
)
def test_a_list_that_makes_no_sense_does_not_mean_that_there_is_no_voucher(
    server: Receiver, said: Answer
) -> None:
    server.answer = said
    with pytest.raises(ConnectorAnswerInvalid):
        find(connected(server.url))
    assert len(server.received) <= lexoffice.FOUND_PAGES_MAX


def test_shows_no_secret(server: Receiver) -> None:
    server.answer = answer(406, {"message": f"The key {KEY} is\nbad"})
    with pytest.raises(ConnectorRejected) as failed:
        connected(server.url).verify()
    assert str(failed.value) == "lexoffice answered 406: The key *** is bad"
    assert KEY not in f"{failed.value!r}{failed.value.details}{failed.value.__cause__!r}"
    assert KEY not in repr(Config.model_validate(SETTINGS))
