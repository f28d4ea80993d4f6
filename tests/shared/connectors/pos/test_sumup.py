"""SumUp as a till: against a mock server made from its contract, and servers that misbehave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared import clock
from shared.connectors import client
from shared.connectors.base import PAGE_ITEMS_MAX, POSITION_CHARS_MAX, ListedPage, Skipped, Stream
from shared.connectors.pos import sumup
from shared.connectors.pos.sumup import TRANSACTIONS_A_PAGE, Config, Connector
from shared.connectors.pos.sumup_answers import to_external_id, to_products, to_receipts
from shared.domain.catalog.goods import Product
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
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
from tests.support.relay import Relay
from tests.support.system_samples import CONFIGS

pytestmark = [
    pytest.mark.xdist_group("prism-sumup-till"),
    pytest.mark.usefixtures("no_sleep", "at_noon"),
]

SPEC = "sumup/sumup.trim.json"

SAMPLE = CONFIGS["pos", "sumup"]
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
BEGAN = "2026-03-03T11:50:00.000Z"
HISTORY = "/v2.1/merchants/MH4H92C7/transactions/history"
DETAIL = "/v2.1/merchants/MH4H92C7/transactions"


def connected(url: str, **other: Any) -> Connector:
    config = Config.model_validate({**SAMPLE, "baseUrl": url, **other})
    return sumup.connect(config, is_emulated=True)


def transaction(number: int, **fields: Any) -> dict[str, Any]:
    """Return a transaction as SumUp writes it: one coffee for 4.20 at a reader."""
    return {
        "id": f"tx-{number}",
        "transaction_code": f"TE{number}",
        "amount": 4.2,
        "currency": "EUR",
        "timestamp": f"2026-03-01T{number // 60 % 24:02}:{number % 60:02}:00.000Z",
        "status": "SUCCESSFUL",
        "payment_type": "POS",
        "products": [{"name": "Kaffee", "price": 3.53, "price_with_vat": 4.2, "vat_rate": 0.19}],
        **fields,
    }


class Account:
    """A merchant's account that answers as the contract says, some transactions at a time."""

    def __init__(self, server: Receiver, transactions: list[dict[str, Any]]) -> None:
        self.transactions = transactions
        self.asked: list[dict[str, str]] = []
        self.details: list[str] = []
        server.answer = lambda connection: self._answer_to(server.received[-1])(connection)  # noqa: PLW0108 - what was received last changes

    def _answer_to(self, request: Received) -> Answer:
        query = {name: each[0] for name, each in parse_qs(urlsplit(request.path).query).items()}
        if request.path.startswith(HISTORY):
            self.asked.append(query)
            return answer(200, self._history(query))
        assert request.path.startswith(DETAIL)
        self.details.append(query["id"])
        found = [each for each in self.transactions if each["id"] == query["id"]]
        return answer(200, found[0]) if found else answer(404, {"error_code": "NOT_FOUND"})

    def _history(self, query: dict[str, str]) -> dict[str, Any]:
        known = [each["id"] for each in self.transactions]
        begin = known.index(query["oldest_ref"]) + 1 if "oldest_ref" in query else 0
        end = begin + int(query["limit"])
        rows = [
            {**each, "transaction_id": each["id"], "type": "PAYMENT"}
            for each in self.transactions[begin:end]
        ]
        for row in rows:
            row.pop("products", None)
        last = {"oldest_ref": known[end - 1], "limit": "10"} if end < len(known) else None
        links = [{"rel": "next", "href": urlencode(last)}] if last else []
        return {"items": rows, "links": links}


def pages(
    read: Callable[[str | None, str | None], ListedPage[Any]], since: str | None = None
) -> list[ListedPage[Any]]:
    """Read a stream to its end."""
    found = [read(None, since)]
    while found[-1].position is not None:
        assert len(found[-1].position) <= POSITION_CHARS_MAX
        assert len(found) < 1_000
        found.append(read(found[-1].position, since))
    return found


def ids_of(found: list[ListedPage[Any]]) -> list[str]:
    return [each.external_id for page in found for each in page.items]


# The contract.


def at_a_reader(body: dict[str, Any]) -> None:
    for each in [*body.get("items", []), body]:
        each["payment_type"] = "POS"


def test_reads_what_the_contract_gives(relay: Relay) -> None:
    relay.edit["GET"] = at_a_reader
    page = connected(relay.url).receipts(None, None)
    assert page == ListedPage(
        (
            Receipt(
                external_id="410fc44a-5956-44e1-b5cc-19c6f8d727a4",
                number="TEENSK4W2K",
                issued_at=datetime(2020, 2, 29, 10, 56, 56, 876000, tzinfo=UTC),
                kind=ReceiptKind.SALE,
                total=Money(1010, "EUR"),
                eligible=Money(710, "EUR"),
                lines=(
                    PurchaseLine(Decimal("7.10")),
                    PurchaseLine(Decimal("3.00"), LineType.TIP),
                ),
            ),
        ),
        since=BEGAN,
    )
    assert [each.path for each in relay.received] == [
        f"{HISTORY}?order=ascending&limit={TRANSACTIONS_A_PAGE}&types%5B%5D=PAYMENT",
        f"{DETAIL}?id=410fc44a-5956-44e1-b5cc-19c6f8d727a4",
    ]
    assert relay.received[0].headers["authorization"] == f"Bearer {SAMPLE['apiKey']}"


def test_products_of_the_contract(relay: Relay) -> None:
    def with_a_product(body: dict[str, Any]) -> None:
        at_a_reader(body)
        body["products"] = [{"name": "Coffee", "price": 100, "quantity": 1}]

    relay.edit["GET"] = with_a_product
    (product,) = connected(relay.url).products(None, BEGAN).items
    assert product == Product(to_external_id("coffee", ""), "Coffee", price=Money(10_000, "EUR"))
    assert f"changes_since={BEGAN.replace(':', '%3A')}" in relay.received[0].path


def test_asks_for_the_merchant(relay: Relay) -> None:
    connected(relay.url, mode="live").verify()
    with pytest.raises(ConnectorRejected, match=r"MH4H92C7 is a live merchant"):
        connected(relay.url, mode="test").verify()


def test_the_mock_refuses_what_the_contract_does_not_allow(relay: Relay) -> None:
    """Else the tests above would say nothing."""
    with pytest.raises(ConnectorRejected):
        connected(relay.url).receipts(None, "yesterday")
    with pytest.raises(ConnectorRejected):
        connected(relay.url).receipts("began=x&oldest_time=yesterday", None)


@pytest.mark.parametrize("name", ["verify", "products", "receipts"])
def test_the_mock_refuses_who_shows_no_key(relay: Relay, name: str) -> None:
    relay.without = {"authorization"}
    connector = connected(relay.url)
    calls: dict[str, Callable[[], object]] = {
        "verify": connector.verify,
        "products": lambda: connector.products(None, None),
        "receipts": lambda: connector.receipts(None, None),
    }
    with pytest.raises(ConnectorCredentialsRefused):
        calls[name]()


# Pages.


def test_reads_page_by_page_to_the_end_and_from_there_on(server: Receiver) -> None:
    account = Account(server, [transaction(number) for number in range(45)])
    read = pages(connected(server.url).receipts)
    assert [len(page.items) for page in read] == [20, 20, 5]
    assert ids_of(read) == [f"tx-{number}" for number in range(45)]
    assert [page.since for page in read] == [None, None, BEGAN]
    assert not any(page.is_listing for page in read)
    base = {"order": "ascending", "limit": "20", "types[]": "PAYMENT"}
    assert account.asked == [
        base,
        {**base, "oldest_ref": "tx-19"},
        {**base, "oldest_ref": "tx-39"},
    ]


def test_the_next_sync_asks_for_what_changed_since_this_one_began(server: Receiver) -> None:
    account = Account(server, [transaction(number) for number in range(21)])
    moments = iter([NOW, *[datetime(2026, 3, 3, 13, tzinfo=UTC)] * 9])
    with clock.use(lambda: next(moments)):
        since = pages(connected(server.url).receipts)[-1].since
    assert since == BEGAN
    pages(connected(server.url).receipts, since)
    assert [each.get("changes_since") for each in account.asked] == [None, None, BEGAN, BEGAN]


def test_goes_on_after_a_crash_where_it_was(server: Receiver) -> None:
    Account(server, [transaction(number) for number in range(25)])
    position = connected(server.url).receipts(None, None).position
    rest = pages(lambda at, since: connected(server.url).receipts(at or position, since))
    assert ids_of(rest) == [f"tx-{number}" for number in range(20, 25)]
    assert rest[-1].since == BEGAN


def test_an_empty_account(server: Receiver) -> None:
    Account(server, [])
    assert pages(connected(server.url).products) == [ListedPage((), since=BEGAN)]


def test_ten_thousand_products(server: Receiver) -> None:
    baskets = [
        transaction(
            number,
            products=[{"name": f"Nr. {number}-{each}", "price": 1} for each in range(100)],
        )
        for number in range(100)
    ]
    account = Account(server, baskets)
    read = pages(connected(server.url).products)
    assert {len(page.items) for page in read} == {PAGE_ITEMS_MAX}
    assert len(set(ids_of(read))) == len(ids_of(read)) == 10_000
    # One detail a page is asked for twice: the one that did not fit any more.
    assert len(account.details) == 100 + 3 * 5


def test_a_page_that_changed_meanwhile_is_read_again(server: Receiver) -> None:
    def basket(number: int) -> dict[str, Any]:
        return transaction(
            number, products=[{"name": f"{number}-{each}", "price": 1} for each in range(300)]
        )

    account = Account(server, [basket(1), basket(2), basket(3)])
    first = connected(server.url).products(None, None)
    assert len(first.items) == 300
    del account.transactions[0]
    rest = pages(lambda at, since: connected(server.url).products(at or first.position, since))
    assert len(set(ids_of([first, *rest]))) == 900


def test_the_latest_price_counts(server: Receiver) -> None:
    dearer = [{"name": "kaffee ", "price_with_vat": 4.5}]
    Account(server, [transaction(1), transaction(2, products=dearer)])
    (page,) = pages(connected(server.url).products)
    assert [(each.name, each.price) for each in page.items] == [("kaffee", Money(450, "EUR"))]


@pytest.mark.parametrize(
    "href",
    [
        "",
        "limit=10",
        "oldest_ref=",
        "https://evil.example.com/",
        "oldest_ref=" + "x" * 700,
        "oldest_ref=" + "%C3%A4" * 200,
    ],
)
def test_a_next_page_that_is_none(server: Receiver, href: str) -> None:
    rows = [transaction(1, payment_type="ECOM")]
    server.answer = answer(200, {"items": rows, "links": [{"rel": "next", "href": href}]})
    with pytest.raises(ConnectorAnswerInvalid, match="next page"):
        connected(server.url).receipts(None, None)


def test_the_same_page_again_is_no_next_one(server: Receiver) -> None:
    rows = [transaction(1, payment_type="ECOM")]
    links = [{"rel": "prev", "href": "x"}, {"rel": "next", "href": "oldest_ref=a"}]
    server.answer = answer(200, {"items": rows, "links": links})
    position = connected(server.url).receipts(None, None).position
    with pytest.raises(ConnectorAnswerInvalid, match="next page"):
        connected(server.url).receipts(position, None)


@pytest.mark.parametrize("host", ["", "https://evil.example.com", "//evil.example.com"])
def test_of_a_link_only_the_reference_counts(server: Receiver, host: str) -> None:
    href = f"{host}/v9/elsewhere?order=descending&limit=9999&oldest_ref=a%26b&statuses[]=FAILED"
    rows = [transaction(1, payment_type="ECOM")]
    server.answers = [answer(200, {"items": rows, "links": [{"rel": "next", "href": href}]})]
    server.answer = answer(200, {"items": []})
    pages(connected(server.url).receipts)
    assert [each.path for each in server.received][1] == (
        f"{HISTORY}?order=ascending&limit=20&types%5B%5D=PAYMENT&oldest_ref=a%26b"
    )


def test_an_empty_page_is_the_last(server: Receiver) -> None:
    links = [{"rel": "next", "href": "oldest_ref=a"}]
    server.answer = answer(200, {"items": [], "links": links})
    assert len(pages(connected(server.url).receipts)) == 1


# Rows and answers that make no sense.


@pytest.mark.parametrize(
    "fields",
    [
        {"payment_type": "ECOM"},
        {"payment_type": "RECURRING"},
        {"payment_type": None},
        {"status": "FAILED"},
        {"status": "PENDING"},
        {"type": "REFUND"},
        {"type": "CHARGE_BACK"},
    ],
)
def test_what_is_no_payment_at_a_till_is_not_even_asked_for(
    server: Receiver, fields: dict[str, Any]
) -> None:
    server.answer = answer(200, {"items": [transaction(1, **fields)]})
    assert pages(connected(server.url).receipts) == [ListedPage((), since=BEGAN)]
    assert len(server.received) == 1


def test_cash_is_paid_at_a_till(server: Receiver) -> None:
    Account(server, [transaction(1, payment_type="CASH")])
    assert ids_of(pages(connected(server.url).receipts)) == ["tx-1"]


def test_a_row_that_makes_no_sense_keeps_no_other_from_being_read(server: Receiver) -> None:
    rows = [
        transaction(1, amount="viel"),
        transaction(2, amount=4.205),
        transaction(3, timestamp="2026-03-01T12:00:00"),
        transaction(4, currency=None),
        transaction(5, tip_amount=0.001),
        transaction(6),
    ]
    Account(server, rows)
    (page,) = pages(connected(server.url).receipts)
    assert [each.external_id for each in page.items] == ["tx-6"]
    assert page.skipped == (
        Skipped("tx-1", "has no valid amount"),
        Skipped("tx-2", "4.205 EUR is finer than a minor unit"),
        Skipped("tx-3", "has no valid timestamp"),
        Skipped("tx-4", "has no valid currency"),
        Skipped("tx-5", "0.001 EUR is finer than a minor unit"),
    )


@pytest.mark.parametrize(
    ("row", "skipped"),
    [
        ("text", Skipped("", "is no object")),
        (transaction(1, id=None), Skipped("", "has no valid id")),
        (transaction(1, id=5), Skipped("", "has no valid id")),
        (transaction(1, id="x y"), Skipped("", "has no valid id")),
        (transaction(1, id="gone"), Skipped("gone", "is listed, but cannot be read")),
    ],
)
def test_a_listed_row_that_leads_nowhere(server: Receiver, row: Any, skipped: Skipped) -> None:
    server.answers = [answer(200, {"items": [row]})]
    server.answer = answer(404, {"message": "Resource not found"})
    assert pages(connected(server.url).receipts) == [
        ListedPage((), since=BEGAN, skipped=(skipped,))
    ]


@pytest.mark.parametrize(
    "body", [{}, [], "text", None, {"items": None}, {"items": {}}, {"items": [], "links": [{}]}]
)
def test_an_answer_of_another_shape_is_no_end(server: Receiver, body: Any) -> None:
    server.answer = answer(200, body)
    with pytest.raises(ConnectorAnswerInvalid):
        connected(server.url).receipts(None, None)


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (status(200, "<html>"), ConnectorAnswerInvalid),
        (raw(b"no http"), ConnectorAnswerInvalid),
        (hang_up, ConnectorUnavailable),
        (answer(503, {}), ConnectorUnavailable),
        (answer(401, {"detail": "Unauthorized."}), ConnectorCredentialsRefused),
        (answer(429, {}, Retry_After="7"), ConnectorRateLimited),
    ],
)
def test_answers_that_are_none_whether_for_the_history_or_a_transaction(
    server: Receiver, at: int, bad: Answer, kind: type[ConnectorError]
) -> None:
    server.answers = [answer(200, {"items": [transaction(1)]})] * at
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


@pytest.mark.parametrize("field", ["message", "detail"])
def test_no_secret_is_ever_shown(server: Receiver, field: str) -> None:
    server.answer = answer(400, {field: f"bad key {SAMPLE['apiKey']}"})
    with pytest.raises(ConnectorRejected) as raised:
        connected(server.url).products(None, None)
    shown = str(raised.value) + repr(raised.value) + repr(raised.value.details)
    assert "bad key ***" in shown
    assert SAMPLE["apiKey"] not in shown


# What a transaction says.


def receipts(**fields: Any) -> list[Receipt | Skipped]:
    return list(to_receipts(transaction(1, **fields), "tx-1"))


def event(number: int, amount: Any, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "event_type": "REFUND",
        "status": "REFUNDED",
        "amount": amount,
        "timestamp": "2026-03-02T09:00:00Z",
        **fields,
    }


def test_money_that_went_back_takes_back_what_was_eligible_and_the_tip_last() -> None:
    sale, *voids = receipts(
        amount=10,
        tip_amount=3,
        status="REFUNDED",
        transaction_events=[
            event(3, 4),
            event(2, 5, event_type="CHARGE_BACK", status="SUCCESSFUL", timestamp=None),
            event(4, 1),
            event(5, 9, status="FAILED"),
            event(6, 9, status="PENDING"),
            event(7, 9, event_type="PAYOUT", status="PAID_OUT"),
        ],
    )
    assert isinstance(sale, Receipt)
    assert (sale.kind, sale.external_id, sale.voids) == (ReceiptKind.SALE, "tx-1", None)
    assert (sale.total, sale.eligible) == (Money(1000, "EUR"), Money(700, "EUR"))
    assert [
        (each.external_id, each.total.amount_minor, each.eligible.amount_minor)
        for each in voids
        if isinstance(each, Receipt)
    ] == [("tx-1:2", -500, -500), ("tx-1:3", -400, -200), ("tx-1:4", -100, 0)]
    for each in voids:
        assert isinstance(each, Receipt)
        assert (each.kind, each.voids, each.number) == (ReceiptKind.VOID, "tx-1", "TE1")
    assert [each.issued_at.day for each in voids if isinstance(each, Receipt)] == [1, 2, 2]


@pytest.mark.parametrize("events", [None, [], [event(1, 1, status="FAILED")]])
def test_a_refund_that_says_no_amount_is_told(events: Any) -> None:
    sale, told = receipts(status="REFUNDED", transaction_events=events)
    assert isinstance(sale, Receipt)
    assert told == Skipped("tx-1:refunded", "was refunded, but it does not say how much")


def test_a_refund_without_an_amount_takes_nothing_and_is_told() -> None:
    _, told = receipts(status="REFUNDED", transaction_events=[event(2, None)])
    assert told == Skipped("tx-1:2", "gave money back, but it does not say how much")


def test_money_that_was_given_without_a_sale_is_a_void_of_nobody_knows_what() -> None:
    (found,) = receipts(amount=-3)
    assert isinstance(found, Receipt)
    assert (found.kind, found.voids, found.eligible) == (
        ReceiptKind.VOID,
        None,
        Money(-300, "EUR"),
    )


def test_a_tip_is_never_more_than_what_was_paid() -> None:
    sale, void = receipts(
        amount=2, tip_amount=3, status="REFUNDED", transaction_events=[event(2, 2)]
    )
    assert isinstance(sale, Receipt)
    assert isinstance(void, Receipt)
    assert (sale.eligible, void.eligible) == (Money(0, "EUR"), Money(0, "EUR"))
    assert receipts(tip_amount=-1) == [Skipped("tx-1", "has no valid tip_amount")]


def test_a_refund_finer_than_a_minor_unit_is_skipped() -> None:
    _, skipped = receipts(status="REFUNDED", transaction_events=[event(2, 0.001)])
    assert skipped == Skipped("tx-1:2", "0.001 EUR is finer than a minor unit")


def test_a_cancelled_payment_takes_back_all_that_it_may_have_been() -> None:
    (found,) = receipts(status="CANCELLED")
    assert isinstance(found, Receipt)
    assert (found.kind, found.external_id) == (ReceiptKind.VOID, "tx-1:cancelled")
    assert (found.voids, found.total, found.eligible) == (
        "tx-1",
        Money(-420, "EUR"),
        Money(-420, "EUR"),
    )


def test_a_word_that_is_not_known_is_no_sale() -> None:
    (found,) = receipts(status="DISPUTED", transaction_code="")
    assert isinstance(found, Receipt)
    assert (found.kind, found.number) == (ReceiptKind.OTHER, "tx-1")


def products(*sold: Any, **fields: Any) -> list[Product | Skipped]:
    return list(to_products(transaction(1, products=list(sold), **fields), "tx-1"))


@pytest.mark.parametrize(
    ("sold", "price", "vat_percent"),
    [
        ({"price_with_vat": 4.2, "price": 3.53, "vat_rate": 0.19}, 420, Decimal(19)),
        ({"price": 3.53, "vat_rate": 0.19}, 420, Decimal(19)),  # 4.2007
        ({"price": 1.5, "vat_rate": 0.07}, 161, Decimal(7)),  # 1.605: up
        ({"price": 3.53, "vat_rate": 0}, 353, Decimal(0)),
        ({"price": 3.53}, 353, None),
        ({"price_with_vat": 0}, 0, None),
    ],
)
def test_prices_are_gross(sold: dict[str, Any], price: int, vat_percent: Decimal | None) -> None:
    (found,) = products({"name": "Kaffee", **sold})
    assert isinstance(found, Product)
    assert (found.price, found.vat_percent) == (Money(price, "EUR"), vat_percent)
    assert (found.number, found.ean, found.category_id) == (None, None, None)


@pytest.mark.parametrize(
    ("sold", "reason"),
    [
        ({}, "Kaffee was sold without a price"),
        ({"price": -1}, "Kaffee was sold without a price"),
        ({"price": 1.001}, "Kaffee: 1.001 EUR is finer than a minor unit"),
    ],
)
def test_products_without_a_price(sold: dict[str, Any], reason: str) -> None:
    key = to_external_id("Kaffee", "")
    assert products({"name": "Kaffee", **sold}) == [Skipped(key, reason)]


def test_what_somebody_typed_is_no_product() -> None:
    assert products({"price": 5}, {"name": " ", "price": 5}, {"name": None, "price": 5}) == []
    assert list(to_products(transaction(1, products=None), "tx-1")) == []


def test_a_position_that_makes_no_sense_keeps_no_other_from_being_read() -> None:
    bad, good = products({"name": "x", "price": "viel"}, {"name": "Kaffee", "price": 1})
    assert bad == Skipped("tx-1", "has no valid price")
    assert isinstance(good, Product)
    assert list(to_products("text", "tx-1")) == [Skipped("tx-1", "is no object")]


@pytest.mark.parametrize("state", ["CANCELLED", "DISPUTED"])
def test_what_was_not_sold_is_no_product(state: str) -> None:
    assert products({"name": "Kaffee", "price": 1}, status=state) == []


def test_variants_are_products_of_their_own() -> None:
    small, large = products(
        {"name": "Kaffee", "price": 3, "price_label": " klein"},
        {"name": "Kaffee", "price": 4, "price_label": "groß"},
    )
    assert isinstance(small, Product)
    assert isinstance(large, Product)
    assert (small.name, large.name) == ("Kaffee (klein)", "Kaffee (groß)")
    assert small.external_id != large.external_id


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("Kaffee", ""), (" KAFFEE ", " "), True),
        (("Caf\u00e9", ""), ("Cafe\u0301", ""), True),
        (("Kaffee  groß", ""), ("Kaffee groß", ""), True),
        (("Kaffee", "groß"), ("Kaffee groß", ""), False),
        (("Kaffee", ""), ("Tee", ""), False),
    ],
)
def test_the_same_words_are_the_same_product(
    one: tuple[str, str], other: tuple[str, str], *, is_same: bool
) -> None:
    assert (to_external_id(*one) == to_external_id(*other)) is is_same


NUMBERS = st.decimals(-(10**9), 10**9, places=3) | st.sampled_from(
    [Decimal("1e999999"), Decimal("1e-999999"), 0, None, "", [], True, Decimal(10) ** 20]
)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_any_numbers_are_read_or_skipped(amount: Any, tip: Any, back: Any, rate: Any) -> None:
    row = transaction(
        1,
        amount=amount,
        tip_amount=tip,
        status="REFUNDED",
        transaction_events=[event(1, back), event(2, amount)],
        products=[{"name": "Kaffee", "price": amount, "vat_rate": rate}],
    )
    for each in (*to_receipts(row, "tx-1"), *to_products(row, "tx-1")):
        if isinstance(each, Receipt) and each.kind is ReceiptKind.VOID:
            assert each.total.amount_minor <= 0
            assert each.eligible.amount_minor <= 0


# Configuration.


@pytest.mark.parametrize(
    "wrong",
    [
        {"apiKey": "sup_pk_" + "fake" * 8},
        {"apiKey": "sk_" + "fake" * 8},
        {"apiKey": ""},
        {"merchantCode": "mh4h92c7"},
        {"merchantCode": "../MH4H"},
        {"mode": "sandbox"},
        {"host": "https://evil.example.com"},
    ],
)
def test_wrong_configurations(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({**SAMPLE, **wrong})


def test_it_has_one_host_whatever_is_configured() -> None:
    config = Config.model_validate({**SAMPLE, "baseUrl": "http://127.0.0.1:1"})
    connector = sumup.connect(config, is_emulated=False)
    assert connector._client.base_url == "https://api.sumup.com"
    assert config.is_test
    assert not Config.model_validate({**SAMPLE, "mode": "live"}).is_test


def test_nothing_can_be_pushed() -> None:
    """The one call that takes a sale asks a customer for money."""
    assert {Stream.PRODUCTS, Stream.RECEIPTS} == sumup.STREAMS
    assert not sumup.PUSHES
    assert not hasattr(Connector, "push")
    assert not hasattr(Connector, "export")
