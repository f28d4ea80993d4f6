"""sevdesk: against a mock server made from its contract, and against servers that misbehave."""

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
from pydantic import ValidationError

from shared.connectors import client
from shared.connectors.base import ListedPage, PushBy, Pushed, Skipped, Stream
from shared.connectors.erp import sevdesk, sevdesk_answers
from shared.connectors.erp.books import rate_totals
from shared.connectors.erp.sevdesk import Config, Connector
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, Sale, SaleLine
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

pytestmark = [pytest.mark.xdist_group("prism-sevdesk"), pytest.mark.usefixtures("no_pauses")]

SETTINGS = CONFIGS["erp", "sevdesk"]
TOKEN = SETTINGS["apiToken"]
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
PART = {
    "id": "7",
    "name": "Dragonglass",
    "partNumber": "Part-1000",
    "stock": "10.5",
    "stockEnabled": "1",
    "unity": {"id": "1", "objectName": "Unity", "name": "Stk"},
    "status": "100",
}
CONTACT = {
    "id": "8",
    "name": "Rösterei",
    "customerNumber": "1001",
    "category": {"id": "2", "objectName": "Category"},
}
ORDER = {
    "id": "9",
    "orderNumber": "AB-1000",
    "orderType": "AB",
    "orderDate": "2026-07-01T00:00:00+02:00",
    "status": "500",
    "currency": "EUR",
    "sumGross": "119",
    "sumGrossForeignCurrency": "0",
}
POSITION = {
    "id": "1",
    "part": {"id": "7", "objectName": "Part", "partNumber": "Part-1000"},
    "quantity": "3",
    "priceNet": "100",
    "priceGross": "119",
    "name": "Dragonglass",
    "taxRate": "19",
    "discount": None,
    "optional": False,
    "sumDiscount": "0",
}
ACCOUNT = {
    "accountDatevId": 3626,
    "accountNumber": "4000",
    "accountName": "Umsatzerlöse",
    "allowedTaxRules": [
        {"id": 1, "taxRates": ["ZERO", "SEVEN", "NINETEEN"]},
        {"id": 11, "taxRates": ["ZERO"]},
    ],
}


@pytest.fixture(scope="module")
def mock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the mock with the contract's known mistakes mended; see docs/connectors.

    Positions are sent as ``voucherPosSave``, but ``voucherPos`` is required; a position is to have
    a voucher that does not exist yet, and an account of the old books beside one of the new; and
    what the vendor describes as dd.mm.yyyy is typed as a date-time.
    """
    spec = json.loads(vendor_spec("sevdesk/sevdesk.trim.json").read_text())
    schemas = spec["components"]["schemas"]
    schemas["saveVoucher"]["required"] = ["voucher", "voucherPosSave"]
    for name in ("accountingType", "voucher"):
        schemas["Model_VoucherPos"]["required"].remove(name)
    for name in ("voucherDate", "deliveryDate"):
        day = schemas["Model_Voucher"]["properties"][name]
        del day["format"]
        day["pattern"] = r"^[0-9]{2}\.[0-9]{2}\.[0-9]{4}$"
    mended = tmp_path_factory.mktemp("sevdesk") / "sevdesk.json"
    mended.write_text(json.dumps(spec))
    with prism(mended) as url:
        yield url


def connected(url: str, **settings: Any) -> Connector:
    config = Config.model_validate({**SETTINGS, **settings, "baseUrl": url})
    return sevdesk.connect(config, is_emulated=True)


def objects(*rows: Any, total: int | None = None) -> Answer:
    counted = {} if total is None else {"total": str(total)}
    return answer(200, {**counted, "objects": list(rows)})


def saved(voucher_id: str = "77") -> Answer:
    return answer(201, {"objects": {"voucher": {"id": voucher_id}, "voucherPos": []}})


def query_of(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def push(connector: Connector, sale: Sale = SALE) -> Pushed:
    return connector.push(DataType.SALES_RECORD, sale)


def find(connector: Connector, record_id: str = "sale_1") -> Pushed | None:
    return connector.find_pushed(DataType.RECEIPT, replace(SALE, record_id=record_id))


# The configuration.


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"apiToken": "0f" * 15},
        {"apiToken": "0g" * 16},
        {"apiToken": TOKEN + "\n"},
        {"apiToken": f"Bearer {TOKEN}"},
        {"apiToken": TOKEN, "revenueAccount": "four"},
        {"apiToken": TOKEN, "taxRule": "2"},
        {"apiToken": TOKEN, "host": "evil.example.com"},
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(config: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate(config)
    assert TOKEN not in json.dumps(refused.value.errors(include_input=False, include_context=False))


def test_a_base_url_counts_under_the_emulator_only(server: Receiver) -> None:
    config = Config.model_validate({**SETTINGS, "baseUrl": server.url})
    assert sevdesk.connect(config, is_emulated=False)._client.base_url == sevdesk.BASE_URL


def test_takes_sales_but_no_changes_of_stock() -> None:
    assert dict(sevdesk.PUSHES) == {
        DataType.SALES_RECORD: PushBy.CALL,
        DataType.RECEIPT: PushBy.CALL,
    }
    assert frozenset({Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS}) == sevdesk.STREAMS


# Transformers.


def test_reads_a_part() -> None:
    assert sevdesk_answers.to_stock_level(PART) == StockLevel(
        product_id="7",
        location_id="stock",
        quantity=Decimal("10.5"),
        unit="Stk",
        number="Part-1000",
    )


@pytest.mark.parametrize("kept", [False, "0", 0])
def test_a_part_without_stock_keeping_is_none_of_ours(kept: object) -> None:
    assert sevdesk_answers.to_stock_level({**PART, "stockEnabled": kept, "stock": None}) is None


def test_an_inactive_part_is_gone() -> None:
    level = sevdesk_answers.to_stock_level({**PART, "status": 50})
    assert level is not None
    assert level.is_deleted


@given(st.decimals(-(10**9), 10**9, places=3))
def test_stock_is_exact(stock: Decimal) -> None:
    level = sevdesk_answers.to_stock_level({**PART, "stock": str(stock)})
    assert level is not None
    assert level.quantity == stock


@pytest.mark.parametrize(
    "wrong",
    [
        {"stock": None},
        {"stock": "many"},
        {"stock": "NaN"},
        {"stock": "1e999999"},
        {"stockEnabled": "maybe"},
        {"id": None},
        {"id": ""},
        {"id": ["7"]},
        {"partNumber": ["x"]},
    ],
)
def test_a_part_that_makes_no_sense_cannot_be_taken(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        sevdesk_answers.to_stock_level({**PART, **wrong})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Supplier("8", "Rösterei", "1001")),
        (
            {"name": None, "surename": "Jon", "familyname": "Snow"},
            Supplier("8", "Jon Snow", "1001"),
        ),
        ({"name": "", "familyname": "Snow"}, Supplier("8", "Snow", "1001")),
        ({"customerNumber": None}, Supplier("8", "Rösterei")),
        ({"category": {"id": "3"}}, None),
        ({"category": None}, None),
    ],
)
def test_reads_a_supplier(changed: dict[str, object], expected: Supplier | None) -> None:
    assert sevdesk_answers.to_supplier({**CONTACT, **changed}, category_id="2") == expected


def test_a_supplier_has_a_name() -> None:
    with pytest.raises(ValueError, match="no name"):
        sevdesk_answers.to_supplier({**CONTACT, "name": " "}, category_id="2")


def test_reads_an_order() -> None:
    assert sevdesk_answers.to_order(ORDER, [POSITION]) == Order(
        external_id="9",
        number="AB-1000",
        status="500",
        ordered_at=datetime(2026, 6, 30, 22, tzinfo=UTC),
        total=Money(11900, "EUR"),
        lines=(
            OrderLine(
                quantity=Decimal(3),
                name="Dragonglass",
                product_id="7",
                number="Part-1000",
                amount=Money(35700, "EUR"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("changed", "minor"),
    [
        ({"priceGross": "0.335"}, 101),
        ({"priceGross": None, "priceNet": "0.5", "quantity": "1"}, 60),
        ({"priceGross": None, "priceNet": None}, None),
        ({"sumDiscount": "5"}, None),
        ({"quantity": "-1"}, -11900),
    ],
)
def test_what_a_position_costs(changed: dict[str, object], minor: int | None) -> None:
    (line,) = sevdesk_answers.to_order(ORDER, [{**POSITION, **changed}]).lines
    assert line.amount == (None if minor is None else Money(minor, "EUR"))


def test_what_was_only_offered_is_left_out() -> None:
    order = sevdesk_answers.to_order(ORDER, [{**POSITION, "optional": True}, POSITION])
    assert len(order.lines) == 1


def test_an_order_in_another_currency_has_its_total_in_it() -> None:
    foreign = {**ORDER, "currency": "CHF", "sumGrossForeignCurrency": "129.5"}
    order = sevdesk_answers.to_order(foreign, [POSITION])
    assert order.total == Money(12950, "CHF")
    assert order.lines[0].amount is None


@pytest.mark.parametrize(
    ("order", "position"),
    [
        ({"sumGross": "1.005"}, {}),
        ({"status": None}, {}),
        ({"currency": "euro"}, {}),
        ({"id": ""}, {}),
        ({}, {"quantity": None}),
        ({}, {"quantity": "some"}),
        ({}, {"taxRate": "much"}),
    ],
)
def test_an_order_that_makes_no_sense_cannot_be_taken(
    order: dict[str, object], position: dict[str, object]
) -> None:
    with pytest.raises(ValueError):
        sevdesk_answers.to_order({**ORDER, **order}, [{**POSITION, **position}])


@given(st.integers(-(10**9), 10**9), st.sampled_from([0, 7, 19]))
def test_gross_is_net_and_tax(minor: int, rate: int) -> None:
    amount = Money(minor, "EUR")
    line = replace(LINE, total=amount, vat_percent=Decimal(rate))
    sale = replace(SALE, total=amount, lines=(line,))
    totals = rate_totals(sale, system="sevdesk")
    body = sevdesk_answers.to_voucher(sale, totals, account_id=1, tax_rule="1")
    (position,) = body["voucherPosSave"]
    assert position["sumGross"] - position["sumNet"] == totals[0].vat.to_major()
    assert position["sumGross"] == amount.to_major()


def test_a_sale_is_of_the_day_in_berlin() -> None:
    assert sevdesk_answers.to_day(SALE.sold_at) == "01.01.2027"


# The contract.


def test_reads_stock_by_the_contract(relay: Relay) -> None:
    page = connected(relay.url).stock(None, None)
    assert [each.number for each in page.items] == ["Part-1000"]
    assert (page.items[0].quantity, page.skipped, page.since) == (Decimal(10000), (), None)
    (sent,) = relay.received
    assert urlsplit(sent.path).path == "/Part"
    assert query_of(sent.path) == {
        "embed": "unity",
        "countAll": "true",
        "limit": "100",
        "offset": "0",
    }
    assert sent.headers["authorization"] == TOKEN


def test_reads_suppliers_by_the_contract(relay: Relay) -> None:
    relay.edit["GET"] = lambda page: page["objects"][0]["category"].update(id="2")
    page = connected(relay.url).suppliers(None, None)
    assert page.items == (Supplier("0", "string", "Customer-1337"),)
    assert query_of(relay.received[0].path) == {
        "depth": "1",
        "category[id]": "2",
        "category[objectName]": "Category",
        "countAll": "true",
        "limit": "100",
        "offset": "0",
    }


def test_reads_orders_with_their_positions_by_the_contract(relay: Relay) -> None:
    def edit(page: Any) -> None:
        for row in page["objects"]:
            if row["objectName"] == "Order":
                row.update(id="9", orderType="AB", sumGross="119", sumGrossForeignCurrency="0")
            else:
                row.update(sumDiscount="0", optional=False)

    relay.edit["GET"] = edit
    (order,) = connected(relay.url).orders(None, None).items
    assert (order.external_id, order.total) == ("9", Money(11900, "EUR"))
    assert order.lines[0].amount == Money(11900, "EUR")
    listing, positions = relay.received
    assert query_of(listing.path)["orderType"] == "AB"
    assert query_of(listing.path)["limit"] == "20"
    assert urlsplit(positions.path).path == "/Order/9/getPositions"
    assert query_of(positions.path) == {"embed": "part", "limit": "1000", "offset": "0"}


def test_verifies_the_token_and_how_books_are_kept(relay: Relay) -> None:
    connected(relay.url).verify()
    assert relay.received[0].path == "/Tools/bookkeepingSystemVersion"
    relay.edit["GET"] = lambda body: body["objects"].update(version="1.0")
    with pytest.raises(ConnectorRejected, match=r"sevdesk-Update 2\.0"):
        connected(relay.url).verify()


def guided(**account: Any) -> Callable[[Any], None]:
    return lambda body: body.update(objects=[{"accountNumber": None}, {**ACCOUNT, **account}])


def test_a_sale_becomes_a_voucher_by_the_contract(relay: Relay) -> None:
    relay.edit["GET"] = guided()
    assert push(connected(relay.url)) == Pushed("0")
    guidance, sent = relay.received
    assert guidance.path == "/ReceiptGuidance/forRevenue"
    assert (sent.method, sent.path) == ("POST", "/Voucher/Factory/saveVoucher")
    account = {"id": 3626, "objectName": "AccountDatev"}
    common = {"objectName": "VoucherPos", "mapAll": True, "accountDatev": account, "net": False}
    assert json.loads(sent.body) == {
        "voucher": {
            "objectName": "Voucher",
            "mapAll": True,
            "voucherType": "VOU",
            "creditDebit": "D",
            "status": 100,
            "description": "sale_1",
            "supplierName": "Kasse, Beleg 4711",
            "voucherDate": "01.01.2027",
            "deliveryDate": "01.01.2027",
            "currency": "EUR",
            "taxRule": {"id": "1", "objectName": "TaxRule"},
            "taxType": "default",
        },
        "voucherPosSave": [
            {**common, "taxRate": 7, "sumGross": 5.35, "sumNet": 5},
            {**common, "taxRate": 19, "sumGross": 11.9, "sumNet": 10},
        ],
        "voucherPosDelete": None,
    }


def test_looks_for_a_voucher_by_the_contract(relay: Relay) -> None:
    assert find(connected(relay.url), "Voucher-1000") == Pushed("0")
    assert find(connected(relay.url), "Voucher-10") is None
    assert query_of(relay.received[0].path) == {
        "creditDebit": "D",
        "descriptionLike": "Voucher-1000",
        "limit": "100",
        "offset": "0",
    }


def voucher(**changed: Any) -> dict[str, Any]:
    totals = rate_totals(SALE, system="sevdesk")
    body = sevdesk_answers.to_voucher(SALE, totals, account_id=1, tax_rule="1")
    return {**body, "voucher": {**body["voucher"], **changed}}


Call = Callable[[client.JsonClient], object]
REFUSED: dict[str, Call] = {
    "no positions": lambda http: http.post(
        "/Voucher/Factory/saveVoucher", {"voucher": voucher()["voucher"]}
    ),
    "tax rule": lambda http: http.post(
        "/Voucher/Factory/saveVoucher", voucher(taxRule={"id": "99", "objectName": "TaxRule"})
    ),
    "no tax type": lambda http: http.post(
        "/Voucher/Factory/saveVoucher",
        {**voucher(), "voucher": {k: v for k, v in voucher()["voucher"].items() if k != "taxType"}},
    ),
    "debit": lambda http: http.post("/Voucher/Factory/saveVoucher", voucher(creditDebit="X")),
    "status": lambda http: http.post("/Voucher/Factory/saveVoucher", voucher(status=200)),
    "day": lambda http: http.post("/Voucher/Factory/saveVoucher", voucher(voucherDate="today")),
    "amount": lambda http: http.post(
        "/Voucher/Factory/saveVoucher",
        {**voucher(), "voucherPosSave": [{**voucher()["voucherPosSave"][0], "sumGross": "5.35"}]},
    ),
    "no account": lambda http: http.post(
        "/Voucher/Factory/saveVoucher",
        {**voucher(), "voucherPosSave": [{**voucher()["voucherPosSave"][0], "accountDatev": 1}]},
    ),
    "vouchers": lambda http: http.get("/Voucher", {"creditDebit": "X"}),
    "contacts": lambda http: http.get("/Contact", {"depth": "2"}),
    "orders": lambda http: http.get("/Order", {"status": "confirmed"}),
    "positions": lambda http: http.get("/Order/nine/getPositions"),
    "positions' limit": lambda http: http.get("/Order/9/getPositions", {"limit": "all"}),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_the_mock_refuses_what_the_contract_does_not_allow(relay: Relay, name: str) -> None:
    """Else the tests above would say nothing. Of parts and guidance nothing can be wrong."""
    with pytest.raises(ConnectorRejected) as refused:
        REFUSED[name](connected(relay.url)._client)
    assert refused.value.details["status"] in {400, 422}


def test_the_mock_takes_what_the_probes_above_spoil(relay: Relay) -> None:
    http = connected(relay.url)._client
    assert http.post("/Voucher/Factory/saveVoucher", voucher()).status == 201


@pytest.mark.parametrize(
    "path",
    [
        "/Tools/bookkeepingSystemVersion",
        "/Part",
        "/Contact",
        "/Order",
        "/Order/9/getPositions",
        "/Voucher",
        "/ReceiptGuidance/forRevenue",
    ],
)
def test_the_mock_wants_a_token(relay: Relay, path: str) -> None:
    http = replace(connected(relay.url)._client, authorize=lambda *_: {})
    with pytest.raises(ConnectorCredentialsRefused):
        http.get(path)


def test_the_mock_wants_a_token_for_a_voucher(relay: Relay) -> None:
    http = replace(connected(relay.url)._client, authorize=lambda *_: {})
    with pytest.raises(ConnectorCredentialsRefused):
        http.post("/Voucher/Factory/saveVoucher", voucher())


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


def test_reads_ten_thousand_parts_page_by_page(server: Receiver) -> None:
    def serve(connection: socket.socket) -> None:
        query = query_of(server.received[-1].path)
        offset, limit = int(query["offset"]), int(query["limit"])
        rows = ({**PART, "id": str(each)} for each in range(offset, offset + limit))
        objects(*rows, total=10_000)(connection)

    server.answer = serve
    seen, sizes = set(), set()
    for page in read_all(connected(server.url).stock):
        sizes.add(len(page.items))
        seen.update(each.product_id for each in page.items)
        assert page.is_listing
    assert (len(seen), sizes, len(server.received)) == (10_000, {100}, 100)


def test_goes_on_after_a_page_that_came_short(server: Receiver) -> None:
    server.answers = [objects(PART, total=3), objects({**PART, "id": "8"}, CONTACT, total=3)]
    pages = list(read_all(connected(server.url).stock))
    assert [len(page.items) for page in pages] == [1, 1]
    assert [query_of(each.path)["offset"] for each in server.received] == ["0", "1"]
    assert pages[1].skipped == (Skipped("8@stock", "no stock"),)


def test_a_list_that_ends_before_its_end_says_nothing_of_what_is_gone(server: Receiver) -> None:
    server.answers = [objects(PART, total=3), objects(total=3)]
    pages = list(read_all(connected(server.url).stock))
    assert [page.is_listing for page in pages] == [True, False]


@pytest.mark.parametrize("total", [1, 3])
def test_a_part_that_comes_or_goes_meanwhile_loses_no_other(server: Receiver, total: int) -> None:
    server.answers = [objects(PART, total=2), objects({**PART, "id": "8"}, total=total)]
    server.answer = objects({**PART, "id": "9"}, total=total)
    pages = list(read_all(connected(server.url).stock))
    assert not all(page.is_listing for page in pages)


def test_a_part_that_vanished_is_not_listed(server: Receiver) -> None:
    server.answer = objects(total=0)
    page = connected(server.url).stock(None, None)
    assert (page.items, page.position, page.is_listing) == ((), None, True)


def test_pages_are_counted_by_what_they_hold_if_the_length_is_not_told(server: Receiver) -> None:
    rows = [{**PART, "id": str(each)} for each in range(100)]
    server.answers = [objects(*rows), objects()]
    pages = list(read_all(connected(server.url).stock))
    assert [(len(page.items), page.is_listing) for page in pages] == [(100, True), (0, True)]


def test_rows_that_make_no_sense_keep_no_other_back(server: Receiver) -> None:
    server.answer = objects(
        PART, {**PART, "id": "8", "stock": "x"}, None, {**PART, "stockEnabled": False}, PART
    )
    page = connected(server.url).stock(None, None)
    assert [each.external_id for each in page.items] == ["7@stock"]
    assert page.skipped == (
        Skipped("8@stock", "has no valid stock"),
        Skipped("@stock", "is no object"),
    )


def test_an_order_whose_positions_make_no_sense_keeps_no_other_back(server: Receiver) -> None:
    server.answers = [
        objects(
            {**ORDER, "id": "1", "status": None},
            {**ORDER, "id": "2", "orderType": "AN"},
            {**ORDER, "id": "3"},
            {**ORDER, "id": "../4?x=1#"},
            {**ORDER, "id": "5"},
            {**ORDER, "id": "6"},
        ),
        objects({**POSITION, "quantity": "x"}),
        objects(POSITION),
        answer(404, {"error": {"message": "not found"}}),
        objects(*[POSITION] * 1000),
    ]
    page = connected(server.url).orders(None, None)
    assert [each.external_id for each in page.items] == ["../4?x=1#"]
    assert page.skipped == (
        Skipped("1", "has no valid status"),
        Skipped("3", "has no valid 0.quantity"),
        Skipped("6", "too many positions"),
    )
    paths = [urlsplit(each.path).path for each in server.received]
    assert paths == [
        "/Order",
        "/Order/3/getPositions",
        "/Order/..%2F4%3Fx%3D1%23/getPositions",
        "/Order/5/getPositions",
        "/Order/6/getPositions",
    ]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (status(200, "{", Content_Type="application/json"), ConnectorAnswerInvalid),
        (status(200, "<html>", Content_Type="text/html"), ConnectorAnswerInvalid),
        (status(200), ConnectorAnswerInvalid),
        (answer(200, []), ConnectorAnswerInvalid),
        (answer(200, {"objects": {"id": "7"}}), ConnectorAnswerInvalid),
        (answer(200, {"objects": [], "total": "many"}), ConnectorAnswerInvalid),
        (raw(b"not http\r\n\r\n"), ConnectorAnswerInvalid),
        (hang_up, ConnectorUnavailable),
        (answer(500, {"error": {"message": "oops"}}), ConnectorUnavailable),
        (answer(401, {"status": 401, "message": "no"}), ConnectorCredentialsRefused),
        (answer(400, {"error": {"message": "no"}}), ConnectorRejected),
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
    server.answer = answer(429, {"error": {"message": "slow down"}}, Retry_After="37")
    with pytest.raises(ConnectorRateLimited, match="slow down") as failed:
        connected(server.url).stock(None, None)
    assert failed.value.details["retryAfter"] == 37


# Sales.


def test_a_return_is_a_voucher_of_a_negative_amount(server: Receiver) -> None:
    server.answers = [objects(ACCOUNT), saved()]
    back = replace(
        SALE,
        total=Money(-1190, "EUR"),
        lines=(replace(LINE, quantity=Decimal(-1), total=Money(-1190, "EUR")),),
    )
    assert push(connected(server.url), back) == Pushed("77")
    body = json.loads(server.received[1].body)
    assert body["voucher"]["creditDebit"] == "D"
    (position,) = body["voucherPosSave"]
    assert (position["sumGross"], position["sumNet"]) == (-11.9, -10)


def test_a_small_business_charges_no_tax(server: Receiver) -> None:
    server.answers = [objects(ACCOUNT), saved()]
    line = replace(LINE, vat_percent=Decimal(0))
    push(connected(server.url, taxRule="11"), replace(SALE, total=line.total, lines=(line,)))
    sent = json.loads(server.received[1].body)["voucher"]
    assert (sent["taxRule"]["id"], sent["taxType"]) == ("11", "ss")


@pytest.mark.parametrize(
    ("settings", "account", "rate", "says"),
    [
        ({}, {"accountNumber": "4001"}, 19, "no revenue account 4000"),
        ({}, {"accountNumber": 4000}, 19, "no revenue account 4000"),
        ({}, {"allowedTaxRules": []}, 19, "no sales with 19 % on account 4000"),
        ({}, {}, 16, "no sales with 16 %"),
        ({"taxRule": "11"}, {}, 19, "by tax rule 11"),
    ],
)
def test_what_sevdesk_would_refuse_is_not_sent(
    server: Receiver, settings: dict[str, str], account: dict[str, object], rate: int, says: str
) -> None:
    server.answer = objects({**ACCOUNT, **account})
    line = replace(LINE, vat_percent=Decimal(rate))
    with pytest.raises(ConnectorRejected, match=says):
        push(connected(server.url, **settings), replace(SALE, total=line.total, lines=(line,)))
    assert {each.method for each in server.received} == {"GET"}


def test_without_an_account_there_are_no_sales(server: Receiver) -> None:
    with pytest.raises(ConnectorRejected, match="revenueAccount"):
        push(connected(server.url, revenueAccount=None))
    assert server.received == []


def test_a_sale_that_cannot_be_booked_is_not_sent(server: Receiver) -> None:
    with pytest.raises(ConnectorRejected, match="add up"):
        push(connected(server.url), replace(SALE, total=Money(1, "EUR")))
    assert server.received == []


@pytest.mark.parametrize(
    ("said", "error", "is_unknown"),
    [
        (hang_up, ConnectorUnavailable, True),
        (answer(500, {}), ConnectorUnavailable, True),
        (status(201), ConnectorAnswerInvalid, True),
        (answer(201, {"objects": None}), ConnectorAnswerInvalid, True),
        (answer(201, {"objects": {"voucher": {"id": ""}}}), ConnectorAnswerInvalid, True),
        (answer(422, {"error": {"message": "bad account"}}), ConnectorRejected, False),
        (answer(429, {}, Retry_After="9"), ConnectorRateLimited, False),
    ],
)
def test_a_voucher_is_never_sent_twice(
    server: Receiver, said: Answer, error: type[ConnectorError], *, is_unknown: bool
) -> None:
    server.answers = [objects(ACCOUNT)]
    server.answer = said
    with pytest.raises(error) as failed:
        push(connected(server.url))
    assert failed.value.is_unknown is is_unknown
    assert [each.method for each in server.received] == ["GET", "POST"]


def test_a_voucher_whose_answer_got_lost_is_found(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_S", 0.2)
    connector = connected(server.url)
    server.answers = [objects(ACCOUNT), lambda _: server.closing.wait()]
    with pytest.raises(ConnectorTimeout) as failed:
        push(connector)
    assert failed.value.is_unknown
    server.answer = objects(
        {"id": "70", "description": "sale_11"},
        {"id": "71", "description": None},
        {"id": "72", "description": "saleX1"},
        {"id": "73", "description": "Sale_1"},
        {"id": "77", "description": "sale_1"},
    )
    assert find(connector) == Pushed("77")
    assert find(connector, "sale_2") is None
    assert len([each for each in server.received if each.method == "POST"]) == 1


def test_looks_for_a_voucher_on_all_pages(server: Receiver) -> None:
    others = [{"id": str(each), "description": f"sale_1{each}"} for each in range(100)]
    server.answers = [objects(*others), objects({"id": 777, "description": "sale_1"})]
    assert find(connected(server.url)) == Pushed("777")
    assert [query_of(each.path)["offset"] for each in server.received] == ["0", "100"]


@pytest.mark.parametrize(
    "said",
    [
        objects(*[{"id": "1", "description": "sale_11"}] * 100),
        objects({"description": "sale_1"}),
        objects("sale_1"),
        answer(200, {"objects": None}),
    ],
)
def test_a_list_that_makes_no_sense_does_not_mean_that_there_is_no_voucher(
    server: Receiver, said: Answer
) -> None:
    server.answer = said
    with pytest.raises(ConnectorAnswerInvalid):
        find(connected(server.url))
    assert len(server.received) <= sevdesk.FOUND_PAGES_MAX


def test_shows_no_secret(server: Receiver) -> None:
    server.answer = answer(422, {"error": {"message": f"The token {TOKEN} is\nbad"}})
    with pytest.raises(ConnectorRejected) as failed:
        connected(server.url).verify()
    assert str(failed.value) == "sevdesk answered 422: The token *** is bad"
    assert TOKEN not in f"{failed.value!r}{failed.value.details}{failed.value.__cause__!r}"
    assert TOKEN not in repr(Config.model_validate(SETTINGS))
