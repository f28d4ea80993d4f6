"""Shopware: against a mock made from its contract, a stand-in with orders, and signed notices."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared import clock
from shared.connectors.shop import shopware
from shared.connectors.shop.base import NoticeNotGenuine, ShopNotice, ShopTopic
from shared.connectors.shop.shopware import Config, Connector
from shared.connectors.shop.shopware_answers import ShopwareOrder, to_order
from shared.domain import exact_json
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.systems.shop_orders import ShopCustomer, ShopOrder
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorTimeout,
    ConnectorUnavailable,
)
from tests.support import receivers
from tests.support import shopware_shop as shops
from tests.support.purchases import read, standing
from tests.support.receipts import purchase_of
from tests.support.relay import Relay
from tests.support.shopware_back_office import hex_id
from tests.support.shopware_shop import Line, Order, Payment, Refund, ShopwareShop
from tests.support.vendors import prism, vendor_spec

pytestmark = [
    pytest.mark.xdist_group("prism-shopware"),
    pytest.mark.usefixtures("no_pauses", "frozen_clock"),
]

SPEC = "shopware/shopware-6.7.10.1.admin.trim.json"
CONFIG = {
    "shopUrl": "https://shop.example.com",
    "clientId": "SWIAFAKEFAKEFAKE",
    "clientSecret": "fake-secret-of-the-integration",
    "webhookSecret": shops.SECRET,
}
D = Decimal
TIER_TAG = "loyalty-tier:Silver"
TENNER = ShopCode(
    code="PW-7KQ2M",
    title="Ten off",
    customer_id=hex_id(9),
    percentage=None,
    amount=D("10.00"),
    currency="EUR",
    starts_at=shops.NOON,
    ends_at=shops.NOON + timedelta(days=30),
)


@pytest.fixture(scope="module")
def mock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The contract says by mistake that who asks for a token has to have one.

    This trimmed one lacks searches that the whole one has: they are as the others.
    """
    spec = json.loads(vendor_spec(SPEC).read_text())
    paths = spec["paths"]
    paths["/oauth/token"]["post"]["security"] = []
    for name in ("Currency", "SalesChannel", "Promotion"):
        text = json.dumps(paths["/search/customer"])
        path = "/search/" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
        paths[path] = json.loads(text.replace("schemas/Customer", f"schemas/{name}"))
    mended = tmp_path_factory.mktemp("shopware") / "spec.json"
    mended.write_text(json.dumps(spec))
    with prism(mended) as url:
        yield url


@pytest.fixture
def shop() -> Iterator[ShopwareShop]:
    with shops.shopware_shop() as shop:
        yield shop


def connected(url: str, **more: Any) -> Connector:
    config = Config.model_validate({**CONFIG, "baseUrl": url, **more})
    return shopware.connect(config, is_emulated=True)


def noticed(headers: dict[str, str], raw: bytes, **more: Any) -> ShopNotice:
    return shopware.read_notice(Config.model_validate({**CONFIG, **more}), headers, raw)


def told(order: Order) -> ShopOrder:
    text = json.dumps(order.json(), default=exact_json.default)
    return to_order(ShopwareOrder.model_validate(exact_json.loads(text)))


def sale_of(order: ShopOrder) -> Receipt:
    (sale,) = (each for each in order.receipts if each.kind is ReceiptKind.SALE)
    return sale


def kept(*orders: ShopOrder) -> int:
    """Return the units that a member has of an order in the end: 10 for each euro."""
    receipts = [replace(each, customer_id="user_1") for order in orders for each in order.receipts]
    return standing(read(*receipts, purchase=purchase_of(orders[0].external_id))).get("user_1", 0)


# The contract


def test_the_contract_knows_what_is_asked_for(relay: Relay) -> None:
    connector = connected(relay.url)
    connector.verify()
    connector.orders([hex_id(1)])
    connector.receipts(None, "2026-03-03T12:00:00.000+00:00")
    token, *searches = relay.sent("POST")
    assert json.loads(token.body)["grant_type"] == "client_credentials"
    assert {each.path for each in searches} == {"/search/order"}


def test_the_contract_knows_how_a_customer_is_asked_for(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shopware, "ASKED_TIMEOUT_S", 15)  # The mock is slow on a busy machine.
    assert connected(relay.url).customer(hex_id(9)) is None  # The example's is somebody else.
    token, search = relay.sent("POST")
    assert (token.path, search.path) == ("/oauth/token", "/search/customer")
    assert json.loads(search.body)["ids"] == [hex_id(9)]


def test_a_customer_is_told_with_the_address_that_is_confirmed(shop: ShopwareShop) -> None:
    shop.register(hex_id(9), is_confirmed=True)
    shop.register(hex_id(10), is_guest=True)

    found = [connected(shop.url).customer(hex_id(each)) for each in (9, 10, 11)]

    confirmed = ShopCustomer(hex_id(9), "ada@example.com", is_email_verified=True)
    assert found == [confirmed, ShopCustomer(is_guest=True), None]


def test_who_asks_for_a_customer_does_not_wait_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shopware, "ASKED_TIMEOUT_S", 0.2)
    with receivers.receiving("") as silent:
        silent.answer = lambda _: bool(silent.closing.wait(2)) and None
        with pytest.raises(ConnectorTimeout):
            connected(silent.url).customer(hex_id(9))
        assert len(silent.received) == 1


def test_a_first_sweep_begins_90_days_ago(shop: ShopwareShop) -> None:
    old, new = Order(1), Order(2)
    shop.add(old, new)
    before = clock.real_now().astimezone(UTC) - timedelta(days=91)
    old.created_at = before
    old.payments = []
    page = connected(shop.url).receipts(None, None)
    assert [each.external_id for each in page.items] == [hex_id(2)]
    old.changed_at = before + timedelta(days=2)
    assert len(connected(shop.url).receipts(None, None).items) == 2


def test_the_contract_knows_what_is_written(relay: Relay) -> None:
    """The mock answers with examples: of customers and promotions some that can be looked up."""
    connector = connected(relay.url)
    connector.verify()
    relay.edit = {"POST": _with_ids}
    card = ShopCard(hex_id(9), D("12.50"), "EUR", "Gold", "PW-4711")
    connector.write_card(card)
    connector.clear_card(card.customer_id)
    for code in (TENNER, replace(TENNER, percentage=D("12.5"), amount=None, ends_at=None)):
        assert connector.put_code(code) == connector.put_code(code)
    relay.edit = {"POST": partial(_with_promotion, active=True, orderCount=0)}
    assert connector.revoke_code(TENNER) is CodeFate.REVOKED
    relay.edit = {"POST": partial(_with_promotion, active=False, orderCount=1)}
    assert connector.revoke_code(TENNER) is CodeFate.USED

    syncs = [each for each in relay.sent("POST") if each.path == "/_action/sync"]
    assert len(syncs) == 6
    assert [json.loads(each.body)["active"] for each in relay.sent("PATCH")] == [False, True]


def _with_ids(found: Any) -> None:
    rows = found.get("data")
    if isinstance(rows, list):
        rows[:] = [{"id": hex_id(9), "factor": 1, "tags": [{"id": hex_id(8), "name": TIER_TAG}]}]


def _with_promotion(found: Any, **promotion: object) -> None:
    if isinstance(found.get("data"), list):
        found["data"] = [{"id": hex_id(9), **promotion}]


def test_the_mock_refuses_what_the_contract_does_not_know(relay: Relay) -> None:
    connector = connected(relay.url)
    with pytest.raises(ConnectorRejected):
        connector._search({"limit": "many"})
    relay.without = {"authorization"}
    with pytest.raises(ConnectorCredentialsRefused):
        connector.verify()


# What the shop is asked for


def test_lists_what_was_changed_or_paid_page_by_page(shop: ShopwareShop) -> None:
    earlier = clock.real_now() - timedelta(hours=2)
    shop.add(*(Order(n, created_at=earlier) for n in range(1, 121)))
    connector = connected(shop.url)
    found, position, pages = [], None, 0
    while True:
        page = connector.receipts(position, None)
        found += page.items
        pages += 1
        # What is changed meanwhile neither comes twice nor moves others.
        shop.book[hex_id(1)].changed_at = clock.real_now().astimezone(UTC)
        position = page.position
        if position is None:
            break
    assert (pages, shop.tokens) == (3, 1)
    assert [each.external_id for each in found] == [hex_id(n) for n in range(1, 121)]
    assert page.since is not None

    paid_later = Order(121, payments=[Payment("open")])
    shop.add(paid_later)
    now = clock.real_now().astimezone(UTC)
    paid_later.payments = [Payment("paid", changed_at=now)]
    later = connector.receipts(None, page.since)
    assert [each.external_id for each in later.items] == [hex_id(1), hex_id(121)]
    assert connector.receipts(None, f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}").items == ()


def test_asks_for_orders_and_leaves_out_what_is_gone(shop: ShopwareShop) -> None:
    shop.add(Order(1), Order(2))
    found = connected(shop.url).orders([hex_id(2), hex_id(3), "../x", hex_id(2)]).items
    assert [each.external_id for each in found] == [hex_id(2)]
    assert connected(shop.url).orders(["x"]).items == ()
    (search,) = shop.searches
    assert search["ids"] == [hex_id(2), hex_id(3)]
    assert not {"firstName", "lastName", "addresses"} & set(json.dumps(search).split('"'))


def test_an_order_that_cannot_be_taken_does_not_stop_the_others(shop: ShopwareShop) -> None:
    shop.add(Order(1, lines=[Line(D(10) ** 10)]), Order(2))
    page = connected(shop.url).receipts(None, None)
    assert [each.external_id for each in page.items] == [hex_id(2)]
    assert [each.external_id for each in page.skipped] == [hex_id(1)]


def test_refusals_become_ours(shop: ShopwareShop) -> None:
    connector = connected(shop.url)
    connector.verify()
    wrong = {"errors": [{"status": "400", "detail": f"Wrong: {CONFIG['clientSecret']}"}]}
    for code, body, error in (
        (400, wrong, ConnectorRejected),
        (401, wrong, ConnectorCredentialsRefused),
        (403, wrong, ConnectorCredentialsRefused),
        (200, {"data": "none"}, ConnectorAnswerInvalid),
        (200, [], ConnectorAnswerInvalid),
    ):
        shop.refuse = [(code, body)]
        with pytest.raises(error) as refused:
            connector.receipts(None, None)
        assert CONFIG["clientSecret"] not in str(refused.value)
    shop.refuse = [(429, {})] * 3
    with pytest.raises(ConnectorRateLimited):
        connector.receipts(None, None)
    shop.refuse = [(503, {})] * 3
    with pytest.raises(ConnectorUnavailable):
        connector.receipts(None, None)
    shop.refuse = [(502, {}), (502, {})]
    assert connector.receipts(None, None).items == ()
    for position in ('{"until": 1, "after": 2}', '{"until": "2026-03-03", "after": "x"}', "[]"):
        with pytest.raises(ConnectorRejected):
            connector.receipts(position, None)


# Notices


PAID = "state_enter.order_transaction.state.paid"


def test_knows_a_genuine_notice_and_no_other() -> None:
    headers, raw = shops.notice(PAID, {"order": {"id": hex_id(5)}})
    notice = noticed(headers, raw)
    assert notice == ShopNotice(
        "7b04ebe416db4ebc93de4d791325e1d9", ShopTopic.ORDER, orders_to_read=(hex_id(5),)
    )
    assert noticed(headers, raw, shopId=shops.SHOP_ID) == notice
    assert noticed({"Shopware-Shop-Signature": headers["shopware-shop-signature"]}, raw) == notice
    for wrong, body, more in (
        ({}, raw, {}),
        ({"shopware-shop-signature": ""}, raw, {}),
        (headers, raw + b" ", {}),
        (shops.signed(raw, "another-secret-of-a-shop")[0], raw, {}),
        (headers, raw, {"shopId": "another"}),
        (headers, raw, {"webhookSecret": None}),
    ):
        with pytest.raises(NoticeNotGenuine):
            noticed(wrong, body, **more)


@pytest.mark.parametrize(
    ("event", "payload", "expected"),
    [
        (PAID, {"order": {"id": hex_id(5), "lineItems": None}}, [hex_id(5)]),
        (PAID, {"orderTransaction": {"orderId": hex_id(5)}}, [hex_id(5)]),
        ("order.written", [{"entity": "order", "primaryKey": hex_id(5)}] * 2, [hex_id(5)]),
        ("order.written", [{"entity": "order_address", "primaryKey": hex_id(5)}], []),
        ("product.written", [{"entity": "product", "primaryKey": hex_id(5)}], []),
        (PAID, {"order": {"id": "../x"}}, []),
        (PAID, {"order": [1]}, []),
        (PAID, "order", []),
        (PAID, [1, None], []),
    ],
)
def test_says_which_orders_to_read(event: str, payload: Any, expected: list[str]) -> None:
    notice = noticed(*shops.notice(event, payload))
    assert list(notice.orders_to_read) == expected
    assert notice.topic is (ShopTopic.ORDER if expected else ShopTopic.OTHER)
    assert (notice.orders, notice.customer) == ((), None)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (shops.notice("app.deleted", [])[1], ShopTopic.UNINSTALLED),
        (shops.notice("app.activated", [])[1], ShopTopic.PING),
        (b"not json", ShopTopic.OTHER),
        (b"[]", ShopTopic.OTHER),
        (b'{"data": 1, "source": []}', ShopTopic.OTHER),
        (b"\xff", ShopTopic.OTHER),
    ],
)
def test_reads_every_signed_body(raw: bytes, expected: ShopTopic) -> None:
    assert noticed(*shops.signed(raw)).topic is expected


def test_a_notice_without_an_id_is_known_by_its_bytes() -> None:
    one, same, other = (
        noticed(*shops.notice(PAID, {"order": {"id": hex_id(n)}}, eventId=None)) for n in (1, 1, 2)
    )
    assert one.event_id == same.event_id != other.event_id


# What an order earns


TEA = Line(D(50))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order(lines=[TEA]), [5000]),
        (Order(lines=[TEA], shipping=Line(D("4.90"), D(19))), [5000]),
        (Order(lines=[TEA, Line(D(-5), type="promotion")]), [4500]),
        (Order(lines=[TEA, Line(D(-8), type="credit"), Line(D(3), type="custom")]), [4500]),
        # A set: its price is that of what is in it.
        (
            Order(
                lines=[Line(D(50), type="container"), Line(D(20), parent=0), Line(D(30), parent=0)]
            ),
            [5000],
        ),
        (Order(lines=[Line(D("11.90"), D(19))]), [1190]),
        (Order(lines=[Line(D(10), D(19))], status="net"), [1190]),
        (
            Order(lines=[Line(D(10), D(19))], status="net", shipping=Line(D(5), D(19))),
            [1190],
        ),
        (Order(lines=[Line(D(10), D(19))], status="tax-free"), [1000]),
        (Order(lines=[TEA], payments=[Payment("open")]), []),
        (Order(lines=[TEA], payments=[Payment("authorized")]), []),
        (Order(lines=[TEA], payments=[Payment("paid_partially")]), []),
        (Order(lines=[TEA], payments=[]), []),
        (Order(lines=[TEA], payments=[Payment("failed"), Payment("paid")]), [5000]),
        (Order(lines=[TEA], payments=[Payment("cancelled"), Payment("paid")]), [5000]),
        # More was put into the order than was paid.
        (Order(lines=[TEA, TEA], payments=[Payment(amount=D(50))]), [5000]),
        # Something was taken out.
        (Order(lines=[TEA], payments=[Payment(amount=D(80))]), [5000]),
        (
            Order(lines=[TEA], payments=[Payment("refunded_partially", refunds=[Refund(D(20))])]),
            [5000, -2000],
        ),
        (
            Order(lines=[TEA], payments=[Payment(refunds=[Refund(D(20), state="failed")])]),
            [5000],
        ),
    ],
)
def test_earns_by_what_was_paid_for_goods(order: Order, expected: list[int]) -> None:
    signs = {ReceiptKind.SALE: 1, ReceiptKind.VOID: -1}
    receipts = told(order).receipts
    assert [each.eligible.amount_minor * signs[each.kind] for each in receipts] == expected


def test_says_so_if_the_shop_does_not_tell_how_much_went_back() -> None:
    sale = sale_of(told(Order(payments=[Payment("refunded_partially")])))
    assert sale.eligible == Money(1000, "EUR")
    assert sale.doubt is not None
    assert "how much" in sale.doubt


@pytest.mark.parametrize(
    "ended",
    [
        Order(state="cancelled"),
        Order(payments=[Payment("refunded")]),
        Order(payments=[Payment("chargeback")]),
        Order(payments=[Payment("cancelled")]),
        Order(payments=[Payment("refunded"), Payment("open")]),
    ],
)
def test_what_ended_earns_nothing_until_it_is_paid_again(ended: Order) -> None:
    paid = told(Order())
    void = told(replace(ended, changed_at=shops.NOON + timedelta(hours=1)))
    again = told(Order(changed_at=shops.NOON + timedelta(hours=2)))
    assert kept(paid) == 100
    assert kept(paid, void) == kept(void, paid) == kept(paid, void, paid, void) == 0
    assert kept(paid, void, again) == kept(again, paid, void) == 100


def test_lines_have_product_and_tax_and_floats_are_no_matter() -> None:
    found = told(Order(lines=[Line(D("0.30000000000000004"), D(7)), Line(D("-0.1"), D(7))]))
    assert sale_of(found).lines == (
        PurchaseLine(D("0.300000"), LineType.ITEM, None, hex_id(7), D("7.000000")),
        PurchaseLine(D("-0.100000"), LineType.DISCOUNT, None, hex_id(7), D("7.000000")),
    )
    assert sale_of(found).eligible == Money(20, "EUR")


def test_only_a_confirmed_address_tells_who_somebody_is() -> None:
    anna = ShopCustomer(hex_id(9), "anna@example.com", is_email_verified=True)
    assert told(Order()).customer == anna
    assert told(Order(is_confirmed=False)).customer == replace(anna, is_email_verified=False)
    assert told(Order(is_guest=True)).customer == ShopCustomer(is_guest=True)


def test_a_paid_order_tells_its_codes() -> None:
    off = [Line(D(-5), type="promotion", code=each) for each in ("Ten", "Ten", None, "x" * 101)]
    order = Order(lines=[TEA, *off])
    assert told(order).codes == ("Ten",)
    for unpaid in (replace(order, payments=[Payment("open")]), replace(order, state="cancelled")):
        assert told(unpaid).codes == ()


MONEY = st.integers(1, 20_000).map(lambda cents: D(cents) / 100)
RATES = st.sampled_from([D(0), D(7), D(19)])
ORDERS = st.builds(
    Order,
    lines=st.lists(st.builds(Line, MONEY, RATES), min_size=1, max_size=4),
    shipping=st.builds(Line, MONEY, RATES),
    status=st.sampled_from(["gross", "net", "tax-free"]),
)
few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@few
@given(order=ORDERS, off=st.integers(0, 100))
def test_never_earns_more_than_was_paid_for_goods(order: Order, off: int) -> None:
    goods = sum((each.total for each in order.lines), D(0))
    promotion = Line(-(goods * off / 100).quantize(shops.CENT), type="promotion")
    sale = sale_of(told(replace(order, lines=[*order.lines, promotion])))
    paid = sum((order.gross(each) for each in order.lines), D(0)) + promotion.total
    assert sale.eligible.to_major() == max(paid, D(0))
    assert sale.doubt is None


@few
@given(order=ORDERS, data=st.data())
def test_refunds_in_any_order_end_equal_and_once_all_money_is_back_nothing_is_left(
    order: Order, data: st.DataObject
) -> None:
    """Readings come late and repeated; each has what the shop knew then."""
    parts = data.draw(st.lists(st.integers(1, 100), min_size=1, max_size=3))
    left, refunds, readings = order.total, [], [order]
    for place, part in enumerate([*parts, 100]):
        money = (left * part / 100).quantize(shops.CENT)
        left -= money
        refunds = [*refunds, Refund(money)]
        at = shops.NOON + timedelta(minutes=place + 1)
        payment = Payment("refunded_partially", refunds=refunds, changed_at=at)
        readings.append(replace(order, payments=[payment]))
    known = [told(each) for each in readings]
    shuffled = data.draw(st.permutations([*known, *known]))
    assert kept(*known[:-1]) == kept(*reversed(known[:-1]))
    assert kept(*known) == kept(*shuffled) == 0


@pytest.mark.parametrize("secret", ["sécret-of-the-app", "secret\r\nof-the-app"])
def test_a_secret_has_only_what_a_header_can_carry(secret: str) -> None:
    with pytest.raises(ValidationError, match="ASCII alone"):
        Config.model_validate({**CONFIG, "clientSecret": secret})
