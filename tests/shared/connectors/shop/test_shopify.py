"""Shopify: against a stand-in that executes our queries by Shopify's schema, and signed notices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from graphql import FieldNode, IntValueNode, Visitor, parse, validate, visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.connectors.shop import shopify, shopify_queries
from shared.connectors.shop.base import NoticeNotGenuine, ShopNotice, ShopTopic
from shared.connectors.shop.shopify import Config, Connector
from shared.connectors.shop.shopify_answers import ShopifyOrder, to_order
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.systems.shop_orders import ShopCustomer, ShopOrder
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorUnavailable,
)
from tests.support import shopify_shop as shops
from tests.support.purchases import read, standing
from tests.support.receipts import purchase_of
from tests.support.shopify_shop import Line, Order, Refund, ShopifyShop

pytestmark = pytest.mark.usefixtures("no_pauses", "frozen_clock")

CONFIG = {"shop": shops.DOMAIN, "clientId": "fake-id", "clientSecret": shops.SECRET}
QUERIES = (
    shopify_queries.SHOP,
    shopify_queries.ORDERS,
    shopify_queries.ORDER,
    shopify_queries.LINES,
)
COST_MAX = 1_000
D = Decimal


@pytest.fixture
def shop() -> Iterator[ShopifyShop]:
    with shops.shopify_shop() as shop:
        yield shop


def connected(double: ShopifyShop, **more: Any) -> Connector:
    config = Config.model_validate({**CONFIG, "baseUrl": double.url, **more})
    return shopify.connect(config, is_emulated=True)


def noticed(topic: str, body: Any) -> ShopNotice:
    return shopify.read_notice(Config.model_validate(CONFIG), *shops.notice(topic, body))


def told(order: Order) -> ShopOrder:
    """Return an order as the shop tells it by GraphQL."""
    with_lines = {"id": f"gid://shopify/Order/{order.id}"}
    shop = ShopifyShop("")
    shop.add(order)
    asked = {"query": shopify_queries.ORDER, "variables": with_lines}
    code, answer = shop.answer(
        "/admin/api/2026-10/graphql.json",
        {"X-Shopify-Access-Token": shops.TOKEN},
        json.dumps(asked).encode(),
    )
    assert code == 200, answer
    return to_order(ShopifyOrder.model_validate(answer["data"]["order"]))


def sale_of(order: ShopOrder) -> Receipt:
    (sale,) = (each for each in order.receipts if each.kind is ReceiptKind.SALE)
    return sale


def eligible(order: Order) -> list[int]:
    """Return what its receipts earn, or take, in cents."""
    return [
        each.eligible.amount_minor * (-1 if each.kind is ReceiptKind.VOID else 1)
        for each in told(order).receipts
    ]


def kept(*orders: ShopOrder) -> int:
    """Return the units that a member has of an order in the end: 10 for each euro."""
    receipts = [replace(each, customer_id="user_1") for order in orders for each in order.receipts]
    return standing(read(*receipts, purchase=purchase_of(orders[0].external_id))).get("user_1", 0)


# What the shop is asked for


def test_the_schema_knows_all_that_is_asked_for_and_each_query_costs_less_than_may_be() -> None:
    for query in QUERIES:
        document = parse(query)
        assert validate(shops.schema(), document) == []
        assert _cost(query) < COST_MAX
    assert validate(shops.schema(), parse("{ orders(first: 1) { nodes { totalPrize } } }"))


def _cost(query: str) -> int:
    """Count each node of a list as one, as Shopify did when lists were counted in full."""
    sizes: list[int] = []
    total = 0

    class Counting(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            nonlocal total
            first = next(
                (each.value for each in node.arguments or () if each.name.value == "first"), None
            )
            size = (sizes[-1] if sizes else 1) * (
                int(first.value) if isinstance(first, IntValueNode) else 1
            )
            total += size if first else 0
            sizes.append(size)

        def leave_field(self, *_: Any) -> None:
            sizes.pop()

    visit(parse(query), Counting())
    return total


def test_asks_for_a_token_once_and_whether_the_shop_is_the_one_that_is_named(
    shop: ShopifyShop,
) -> None:
    connector = connected(shop)
    connector.verify()
    connector.verify()
    assert shop.tokens == 1

    connected(shop, accessToken=shops.TOKEN).verify()
    assert shop.tokens == 1
    with pytest.raises(ConnectorCredentialsRefused):
        connected(shop, accessToken="shpat_other").verify()
    with pytest.raises(ConnectorRejected, match="No such app"):
        connected(shop, clientSecret="else").verify()
    with pytest.raises(ConnectorRejected, match="another shop"):
        connected(shop, shop="other.myshopify.com").verify()


@pytest.mark.parametrize(
    "changed",
    [
        {"shop": "example.myshopify.com.evil.example"},
        {"shop": "https://example.myshopify.com"},
        {"shop": "example.shopify.com"},
        {"shop": "-a.myshopify.com"},
        {"shop": "a/b.myshopify.com"},
        {"clientSecret": "über-geheim"},
        {"clientSecret": None},
        {"clientId": None},
    ],
)
def test_refuses_settings_that_lead_elsewhere_or_nowhere(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({**CONFIG, **changed})


def test_lists_what_was_changed_page_by_page_and_goes_on_where_it_was(shop: ShopifyShop) -> None:
    noon = Order().updated_at
    shop.add(*(Order(n, updated_at=noon + timedelta(minutes=n)) for n in range(20)))
    connector = connected(shop)
    found, position, pages = [], None, 0
    while True:
        page = connector.receipts(position, None)
        found += page.items
        pages += 1
        position = page.position
        if position is None:
            break
    assert pages == 3
    assert [each.external_id for each in found] == [Order(n).id for n in range(20)]
    assert page.since == "2026-03-03T12:19:00Z"  # Five minutes before the latest change.

    later = connector.receipts(None, page.since)
    assert [each.external_id for each in later.items] == [Order(n).id for n in range(14, 20)]
    assert shop.asked[-1]["variables"]["changed"] == "updated_at:>='2026-03-03T12:19:00Z'"
    shop.book.clear()
    nothing = connector.receipts(None, page.since)
    assert (nothing.items, nothing.since) == ((), page.since)
    with pytest.raises(ValueError):
        connector.receipts(None, "x' OR id:>0")


def test_a_first_sweep_begins_90_days_ago(shop: ShopifyShop) -> None:
    noon = Order().updated_at
    shop.add(Order(1, updated_at=noon - timedelta(days=92)), Order(2, updated_at=noon))
    page = connected(shop).receipts(None, None)
    assert [each.external_id for each in page.items] == [Order(2).id]
    assert shop.asked[-1]["variables"]["changed"] == "updated_at:>='2025-12-03T00:00:00Z'"


def test_lists_an_order_with_all_its_lines_and_refunds(shop: ShopifyShop) -> None:
    many = Order(1, lines=[Line(D(1)) for _ in range(230)])
    back = Order(2, refunds=[Refund(D(4))], status="PARTIALLY_REFUNDED")
    shop.add(many, back)
    page = connected(shop).receipts(None, None)

    assert page.skipped == ()
    assert [sale_of(each).eligible.amount_minor for each in page.items] == [23_000, 1000]
    assert kept(page.items[1]) == 60
    assert connected(shop).orders([many.id, "404", "../x", back.id]).items == page.items


def test_an_order_that_cannot_be_taken_does_not_stop_the_others(shop: ShopifyShop) -> None:
    shop.add(Order(1, lines=[Line(D(10) ** 10)]), Order(2))
    page = connected(shop).receipts(None, None)
    assert [each.external_id for each in page.items] == [Order(2).id]
    assert [each.external_id for each in page.skipped] == [Order(1).id]


def test_refusals_that_come_as_a_success_become_ours(shop: ShopifyShop) -> None:
    connector = connected(shop, accessToken=shops.TOKEN)
    throttled = {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {
            "cost": {
                "requestedQueryCost": 500,
                "throttleStatus": {"currentlyAvailable": 90, "restoreRate": 100.0},
            }
        },
    }
    denied = {"errors": [{"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}]}
    wrong = {"errors": [{"message": f"Wrong: {shops.SECRET}"}]}
    broken = {"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}
    for body, error in (
        (throttled, ConnectorRateLimited),
        (denied, ConnectorCredentialsRefused),
        (wrong, ConnectorRejected),
        (broken, ConnectorAnswerInvalid),
        ({"data": None}, ConnectorAnswerInvalid),
        ({"data": {"orders": {"nodes": "none"}}}, ConnectorAnswerInvalid),
    ):
        shop.refuse = [(200, body)]
        with pytest.raises(error) as refused:
            connector.receipts(None, None)
        assert shops.SECRET not in str(refused.value)
        if body is throttled:
            assert refused.value.details["retryAfter"] == 5
    shop.refuse = [(503, {})] * 3
    with pytest.raises(ConnectorUnavailable):
        connector.receipts(None, None)
    shop.refuse = [(502, {}), (502, {})]
    assert connector.receipts(None, None).items == ()


# Notices


def test_knows_shopifys_own_signature() -> None:
    """The vector is of @shopify/shopify-api 15.0.0."""
    raw = b'{"id":1,"total_price":"10.00"}'
    config = Config.model_validate(CONFIG)
    headers = {
        "x-shopify-topic": "orders/paid",
        "x-shopify-hmac-sha256": "3ExhP4awn0YdYCYBfHaJzuf4Scd3dWGj2Va0su1GZEc=",
    }
    assert shopify.read_notice(config, headers, raw).orders_to_read == ("1",)
    for wrong in (
        (headers, raw + b" "),
        ({**headers, "x-shopify-hmac-sha256": ""}, raw),
        ({**headers, "x-shopify-hmac-sha256": "3exhP4awn0YdYCYBfHaJzuf4Scd3dWGj2Va0su1GZEc="}, raw),
        ({**headers, "x-shopify-hmac-sha256": "ä"}, raw),
        ({**headers, "x-shopify-shop-domain": "other.myshopify.com"}, raw),
        ({"x-shopify-topic": "orders/paid"}, raw),
    ):
        with pytest.raises(NoticeNotGenuine):
            shopify.read_notice(config, *wrong)


def test_either_secret_signs_and_without_one_nothing_is_genuine() -> None:
    by_hand = {"shop": shops.DOMAIN, "accessToken": shops.TOKEN}
    headers, raw = shops.notice("orders/paid", Order().rest(), "shown-in-settings")
    config = Config.model_validate({**by_hand, "webhookSecret": "shown-in-settings"})
    assert shopify.read_notice(config, headers, raw).topic is ShopTopic.ORDER
    for settings_ in (by_hand, CONFIG):
        with pytest.raises(NoticeNotGenuine):
            shopify.read_notice(Config.model_validate(settings_), headers, raw)


def test_reads_an_order_of_a_notice() -> None:
    """As Shopify sent one: discounts of the order and of a line, and shipping."""
    order = Order(
        lines=[
            Line(D("99.00"), discount=D("19.10"), product="9782123692332"),
            Line(D("100.00"), discount=D("15.00"), product="9797441945900"),
        ],
        shipping=D("22.00"),
        is_tax_included=False,
        currency="HKD",
    )
    assert order.total == D("186.90")
    notice = noticed("orders/paid", order.rest())

    (found,) = notice.orders
    assert notice.orders_to_read == ()
    assert found.customer == ShopCustomer("207119551", "anna@example.com", is_email_verified=True)
    sale = sale_of(found)
    assert (sale.external_id, sale.number, sale.doubt) == (order.id, "#1001", None)
    assert sale.eligible == Money(16_490, "HKD")
    assert sale.lines == (
        PurchaseLine(D("79.90"), LineType.ITEM, None, "9782123692332"),
        PurchaseLine(D("85.00"), LineType.ITEM, None, "9797441945900"),
        PurchaseLine(D("22.00"), LineType.SHIPPING),
    )
    assert noticed("orders/paid", order.rest()) == notice
    assert noticed("orders/updated", order.rest()).event_id != notice.event_id


def with_quantity(quantity: int, **fields: int) -> dict[str, Any]:
    told = Order(lines=[Line(D(50))]).rest()
    (line,) = told["line_items"]
    return {**told, "line_items": [{**line, "quantity": quantity, **fields}]}


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        ("orders/updated", Order(refunds=[Refund(D(1))]).rest(), (Order().id,)),
        ("refunds/create", {"id": 1, "order_id": int(Order().id)}, (Order().id,)),
        ("orders/edited", {"order_edit": {"order_id": 7}}, ("7",)),
        ("orders/paid", {**Order().rest(), "currency": "?"}, (Order().id,)),
        ("orders/paid", {"id": 8}, ("8",)),
        ("orders/paid", with_quantity(10**40), (Order().id,)),
        ("orders/paid", with_quantity(10**40, current_quantity=10**39), (Order().id,)),
    ],
)
def test_asks_for_the_orders_of_which_a_notice_says_too_little(
    topic: str, body: Any, expected: tuple[str, ...]
) -> None:
    notice = noticed(topic, body)
    assert (notice.topic, notice.orders) == (ShopTopic.ORDER, ())
    assert notice.orders_to_read == expected


CUSTOMER = {"id": 207119551, "email": "anna@example.com", "phone": "555"}
OF_SHOP = {"shop_id": 1, "shop_domain": shops.DOMAIN}
REDACT = {**OF_SHOP, "customer": CUSTOMER, "orders_to_redact": [1]}
REQUEST = {**OF_SHOP, "customer": CUSTOMER, "data_request": {"id": 9}}


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        ("customers/update", {**CUSTOMER, "verified_email": True}, ShopTopic.CUSTOMER),
        ("customers/data_request", REQUEST, ShopTopic.DATA_REQUEST),
        ("customers/redact", REDACT, ShopTopic.CUSTOMER_ERASURE),
        ("shop/redact", OF_SHOP, ShopTopic.SHOP_ERASURE),
        ("app/uninstalled", {"id": 1, "myshopify_domain": shops.DOMAIN}, ShopTopic.UNINSTALLED),
        # Topics are not signed: what was said of one thing is not taken for another.
        ("customers/redact", REQUEST, ShopTopic.OTHER),
        ("customers/data_request", REDACT, ShopTopic.OTHER),
        ("shop/redact", REDACT, ShopTopic.OTHER),
        ("shop/redact", {**OF_SHOP, "shop_domain": "other.myshopify.com"}, ShopTopic.OTHER),
        ("app/uninstalled", OF_SHOP, ShopTopic.OTHER),
        ("refunds/create", {"order_id": "../x"}, ShopTopic.OTHER),
        ("orders/edited", {"order_edit": 5}, ShopTopic.OTHER),
        ("products/update", {"id": 1}, ShopTopic.OTHER),
        ("orders/paid", b"not json", ShopTopic.OTHER),
        ("orders/paid", b"[1]", ShopTopic.OTHER),
        ("orders/paid", b"\xff", ShopTopic.OTHER),
        ("orders/paid", b'{"id": 1e999999999}', ShopTopic.OTHER),
    ],
)
def test_tells_what_a_notice_is_about(topic: str, body: Any, expected: ShopTopic) -> None:
    notice = noticed(topic, body)
    assert (notice.topic, notice.orders, notice.orders_to_read) == (expected, (), ())
    is_of_customer = expected in {
        ShopTopic.CUSTOMER,
        ShopTopic.DATA_REQUEST,
        ShopTopic.CUSTOMER_ERASURE,
    }
    assert (notice.customer is not None) is is_of_customer
    if notice.customer is not None:
        assert notice.customer.id == "207119551"
        assert notice.customer.is_email_verified is (expected is ShopTopic.CUSTOMER)


def test_a_guest_has_no_verified_address() -> None:
    (found,) = noticed("orders/paid", Order(customer=None).rest()).orders
    assert found.customer == ShopCustomer(is_guest=True)
    (found,) = noticed("orders/paid", Order(is_verified=False).rest()).orders
    assert found.customer is not None
    assert not found.customer.is_email_verified


# What an order earns


TEA = Line(D(50))
CARD = Line(D(30), is_gift_card=True)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order(lines=[TEA]), [5000]),
        (Order(lines=[TEA], shipping=D("4.90")), [5000]),
        (Order(lines=[TEA, CARD]), [5000]),
        (Order(lines=[CARD]), [0]),
        (Order(lines=[TEA, Line(D(3), is_tip=True, product=None)]), [5000]),
        (Order(lines=[Line(D(50), rate=D("0.19"))]), [5000]),
        (Order(lines=[Line(D(50), rate=D("0.19"))], is_tax_included=False), [5950]),
        (Order(lines=[TEA], status="PENDING"), []),
        (Order(lines=[TEA], status="AUTHORIZED"), []),
        (Order(lines=[TEA], status="VOIDED"), []),
        (Order(lines=[TEA, TEA], status="PARTIALLY_PAID", received=D(50)), []),
        # An edit has removed one of two before they were paid.
        (Order(lines=[Line(D(50), 2, removed=1)], received=D(50)), [5000]),
        # An app has written it as paid, without a payment.
        (Order(lines=[TEA], received=D(0)), [5000]),
        (Order(lines=[TEA], received=D(0), refunds=[Refund(D(20))]), [5000, -2000]),
        # Money that went back, with goods and without.
        (Order(lines=[TEA], refunds=[Refund(D(50), {0: 1})], status="REFUNDED"), [5000, -5000]),
        (Order(lines=[TEA], refunds=[Refund(D(20))]), [5000, -2000]),
        (Order(lines=[TEA], refunds=[Refund(D(40), {0: 1})]), [5000, -4000]),
        (Order(lines=[TEA], refunds=[Refund(D(50), {0: 1}, status="FAILURE")]), [0]),
        (Order(lines=[TEA], refunds=[Refund(D(50), {0: 1}, status="PENDING")]), [5000]),
        (
            Order(lines=[TEA], shipping=D(5), refunds=[Refund(D(55), {0: 1}, D(5))]),
            [5000, -5000],
        ),
        (Order(lines=[TEA], shipping=D(5), refunds=[Refund(D(5), {}, D(5))]), [5000, 0]),
        (Order(lines=[TEA, CARD], refunds=[Refund(D(30), {1: 1})]), [5000, 0]),
        # Tea goes back for other tea: no money is paid or goes back.
        (Order(lines=[TEA, TEA], received=D(50), refunds=[Refund(D(0), {0: 1})]), [5000]),
        # For dearer, and for cheaper one.
        (Order(lines=[TEA, Line(D(70))], received=D(70), refunds=[Refund(D(0), {0: 1})]), [7000]),
        (
            Order(lines=[TEA, Line(D(30))], received=D(50), refunds=[Refund(D(20), {0: 1})]),
            [5000, -2000],
        ),
    ],
)
def test_earns_by_what_was_paid_for_goods(order: Order, expected: list[int]) -> None:
    assert eligible(order) == expected


def test_a_cancelled_order_earns_nothing_whatever_was_read_before() -> None:
    paid = told(Order(lines=[TEA]))
    later = Order().updated_at + timedelta(hours=1)
    cancelled = told(Order(lines=[TEA], is_cancelled=True, updated_at=later))
    assert [(each.kind, each.voids) for each in cancelled.receipts] == [
        (ReceiptKind.VOID, cancelled.external_id)
    ]
    assert kept(paid) == 500
    assert kept(paid, cancelled) == kept(cancelled, paid) == kept(paid, cancelled, paid) == 0


def test_an_order_of_a_test_gateway_earns_nothing() -> None:
    assert {each.kind for each in told(Order(is_test=True)).receipts} == {ReceiptKind.TRAINING}


MONEY = st.integers(0, 20_000).map(lambda cents: D(cents) / 100)
RATES = st.sampled_from([D(0), D("0.07"), D("0.19")])


@st.composite
def lines(draw: st.DrawFn) -> Line:
    price, quantity = draw(MONEY), draw(st.integers(1, 4))
    part = draw(st.integers(0, 100))
    discount = (price * quantity * part / 100).quantize(shops.CENT)
    return Line(price, quantity, discount, draw(RATES), is_gift_card=draw(st.integers(0, 5)) == 0)


orders = st.builds(
    Order,
    lines=st.lists(lines(), min_size=1, max_size=4),
    shipping=MONEY,
    is_tax_included=st.booleans(),
)
few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@few
@given(orders)
def test_a_notice_and_the_shops_answer_are_read_alike(order: Order) -> None:
    (noted,) = noticed("orders/paid", order.rest()).orders
    found = told(order)
    assert noted == found
    sale = sale_of(found)
    assert 0 <= sale.eligible.amount_minor <= sale.total.amount_minor
    assert sale.eligible.to_major() + order.shipping <= order.total
    earning = [each.amount for each in sale.lines if each.type is LineType.ITEM]
    assert sum(earning, D(0)) == sale.eligible.to_major()


@few
@given(order=orders, data=st.data())
def test_refunds_in_any_order_end_equal_and_once_all_money_is_back_nothing_is_left(
    order: Order, data: st.DataObject
) -> None:
    """Readings come late and repeated; each has what the shop knew then."""
    parts = data.draw(st.lists(st.integers(1, 100), min_size=1, max_size=3))
    left, readings = order.total, [order]
    for place, part in enumerate([*parts, 100]):
        money = (left * part / 100).quantize(shops.CENT)
        left -= money
        before = readings[-1]
        at = before.updated_at + timedelta(minutes=place + 1)
        readings.append(replace(before, refunds=[*before.refunds, Refund(money)], updated_at=at))
    known = [told(each) for each in readings]
    shuffled = data.draw(st.permutations([*known, *known]))
    assert kept(*known[:-1]) == kept(*reversed(known[:-1]))
    assert kept(*known) == kept(*shuffled) == 0
