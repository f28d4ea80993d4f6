"""WooCommerce: orders and refunds as its REST API v3 documents them, and its signed webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared import clock
from shared.connectors import client
from shared.connectors.shop import woocommerce
from shared.connectors.shop.base import NoticeNotGenuine, ShopTopic
from shared.connectors.shop.woocommerce import Config, Connector
from shared.connectors.shop.woocommerce_answers import WooOrder, WooRefund, WooTerms, to_order
from shared.domain.loyalty.earning_base import LineType
from shared.domain.systems.sales import ReceiptKind
from shared.domain.systems.shop_orders import ShopCustomer
from shared.errors import ConnectorAnswerInvalid, ConnectorError, ConnectorUnavailable
from tests.support.receivers import Receiver, answer, hang_up, receiving, status
from tests.support.system_samples import CONFIGS
from tests.support.woocommerce import order, refund

CONFIG = Config.model_validate(CONFIGS["shop", "woocommerce"])
TERMS = WooTerms(frozenset({900}))
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def read(row: dict[str, Any], *refunds: dict[str, Any]) -> list[tuple[str, ReceiptKind, int]]:
    """Return the ids, kinds and eligible cents of an order's receipts."""
    rows = [WooRefund.model_validate(each) for each in refunds]
    found = to_order(WooOrder.model_validate(row), rows, TERMS).receipts
    return [(each.external_id, each.kind, each.eligible.amount_minor) for each in found]


@pytest.mark.parametrize(
    ("changed", "eligible"),
    [
        ({}, 2999),
        # 25.201681 and 4.788319: prices were entered without tax.
        ({"line_items": [{"total": "25.201681", "total_tax": "4.788319"}]}, 2999),
        ({"total": "29.89", "shipping_lines": []}, 2989),
        ({"fee_lines": [{"total": "-5.00", "total_tax": "0.00"}], "total": "29.89"}, 2499),
        ({"fee_lines": [{"total": "2.00", "total_tax": "0.38"}], "total": "37.27"}, 2999),
        ({"line_items": [{"product_id": 900, "total": "29.99"}]}, 0),
        ({"line_items": [{"variation_id": 900, "total": "10"}, {"total": "19.99"}]}, 1999),
        ({"line_items": []}, 0),
    ],
    ids=range(8),
)
def test_an_order_earns_for_its_goods_after_coupons_with_tax(
    changed: dict[str, Any], eligible: int
) -> None:
    assert read(order(**changed)) == [("727", ReceiptKind.SALE, eligible)]


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        ("processing", [ReceiptKind.SALE]),
        ("completed", [ReceiptKind.SALE]),
        ("cancelled", [ReceiptKind.VOID]),
        ("failed", [ReceiptKind.VOID]),
        ("refunded", [ReceiptKind.VOID]),
        ("trash", [ReceiptKind.VOID]),
        ("pending", []),
        ("on-hold", []),
        ("checkout-draft", []),
        ("of-a-plugin", []),
    ],
)
def test_the_status_says_whether_it_is_paid(state: str, kinds: list[ReceiptKind]) -> None:
    assert [kind for _, kind, _ in read(order(status=state))] == kinds


def test_a_refund_takes_back_its_lines_without_shipping_or_its_amount() -> None:
    lines = [{"product_id": 93, "total": "-8.40", "total_tax": "-1.60"}]
    by_lines = refund(1, "14.90", line_items=lines, shipping_lines=[{"total": "-4.90"}])
    by_amount = refund(2, "5.00")
    card = refund(3, "29.99", line_items=[{"product_id": 900, "total": "-29.99"}])

    assert read(order(), by_lines, by_amount, card)[1:] == [
        ("refund:1", ReceiptKind.VOID, 1000),
        ("refund:2", ReceiptKind.VOID, 500),
        ("refund:3", ReceiptKind.VOID, 0),
    ]


def test_nobody_has_verified_who_has_bought() -> None:
    known = to_order(WooOrder.model_validate(order()), (), TERMS)
    guest = to_order(WooOrder.model_validate(order(customer_id=0)), (), TERMS)

    assert known.customer == ShopCustomer("26", "john.doe@example.com")
    assert guest.customer == ShopCustomer(None, "john.doe@example.com", is_guest=True)
    (sale,) = known.receipts
    assert (sale.issued_at, sale.number, sale.customer_id) == (NOON, "W-727", None)
    goods, shipping = sale.lines
    assert (goods.product_id, goods.vat_percent) == ("93", 19)
    assert (shipping.type, shipping.amount) == (LineType.SHIPPING, Decimal("4.90"))


def signed(raw: bytes, topic: str = "order.updated", **changed: str) -> dict[str, str]:
    key = CONFIG.webhook_secret.get_secret_value().encode()
    digest = base64.b64encode(hmac.new(key, raw, hashlib.sha256).digest()).decode()
    return {"X-WC-Webhook-Topic": topic, "X-WC-Webhook-Signature": digest, **changed}


def test_a_signed_order_is_read_and_known_by_its_bytes() -> None:
    raw = json.dumps(order()).encode()
    notice = woocommerce.read_notice(CONFIG, signed(raw), raw)
    again = woocommerce.read_notice(CONFIG, signed(raw, **{"X-WC-Webhook-Delivery-ID": "9"}), raw)

    assert notice == again
    assert (notice.topic, [each.external_id for each in notice.orders]) == (
        ShopTopic.ORDER,
        ["727"],
    )


@pytest.mark.parametrize(
    ("row", "topic", "to_read"),
    [
        (order(refunds=[{"id": 1, "total": "-5.00"}]), "order.updated", ("727",)),
        ({"id": 727}, "order.deleted", ("727",)),
        ({"id": "x"}, "order.updated", ()),
        ([], "order.updated", ()),
    ],
    ids=range(4),
)
def test_of_what_a_notice_does_not_say_the_shop_is_asked(
    row: Any, topic: str, to_read: tuple[str, ...]
) -> None:
    raw = json.dumps(row).encode()
    notice = woocommerce.read_notice(CONFIG, signed(raw, topic), raw)
    assert (notice.orders, notice.orders_to_read) == ((), to_read)


@pytest.mark.parametrize("topic", ["customer.deleted", "product.updated", "action.x", ""])
def test_other_topics_do_nothing(topic: str) -> None:
    raw = json.dumps(order()).encode()
    assert woocommerce.read_notice(CONFIG, signed(raw, topic), raw).topic is ShopTopic.OTHER


def test_the_first_call_of_a_webhook_is_answered_and_nothing_else_unsigned_is() -> None:
    assert woocommerce.read_notice(CONFIG, {}, b"webhook_id=17").topic is ShopTopic.PING
    raw = json.dumps(order()).encode()
    for headers, body in (
        ({}, raw),
        (signed(raw), raw + b" "),
        ({**signed(raw), "X-WC-Webhook-Signature": "ü"}, raw),
        ({}, b"webhook_id=17&x=1"),
        ({"X-WC-Webhook-Topic": "order.updated"}, b"webhook_id=17"),
    ):
        with pytest.raises(NoticeNotGenuine):
            woocommerce.read_notice(CONFIG, headers, body)


@pytest.mark.parametrize("raw", [b"\xff", b"{", b"1" * 500])
def test_a_signed_notice_that_is_no_order_does_nothing(raw: bytes) -> None:
    notice = woocommerce.read_notice(CONFIG, signed(raw), raw)
    assert (notice.orders, notice.orders_to_read) == ((), ())


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(woocommerce, "PAGE_ITEMS", 2)
    monkeypatch.setattr(client, "PAUSE_S_MAX", -1.0)
    with receiving("") as server, clock.use(lambda: NOON):
        yield server


def connector(server: Receiver) -> Connector:
    config = Config.model_validate({**CONFIGS["shop", "woocommerce"], "baseUrl": server.url})
    return woocommerce.connect(config, is_emulated=True)


def asked(server: Receiver) -> dict[str, str]:
    """Return the query of the last call."""
    query = parse_qs(urlsplit(server.received[-1].path).query)
    return {name: value for name, (value,) in query.items()}


def changed_at(minute: int, order_id: int) -> dict[str, Any]:
    return order(id=order_id, date_modified_gmt=f"2026-03-03T12:{minute:02}:00")


def test_lists_by_the_time_of_the_change_and_loses_none(shop: Receiver) -> None:
    shop.answers = [
        answer(200, [changed_at(1, 1), changed_at(5, 2)]),
        answer(200, [changed_at(5, 2), changed_at(5, 3)]),
        answer(200, [changed_at(5, 4)]),
    ]
    first = connector(shop).receipts(None, None)
    query = asked(shop)
    assert query["modified_after"] == "2025-12-03T12:00:00"
    assert (query["orderby"], query["order"], query["dates_are_gmt"]) == ("modified", "asc", "true")
    assert [each.external_id for each in first.items] == ["1", "2"]

    second = connector(shop).receipts(first.position, None)
    assert asked(shop)["modified_after"] == "2026-03-03T12:04:59"
    third = connector(shop).receipts(second.position, None)
    assert (asked(shop)["modified_after"], asked(shop)["page"]) == ("2026-03-03T12:04:59", "2")
    assert (third.position, third.since) == (None, "2026-03-03T12:04:59")

    shop.answer = answer(200, [])
    again = connector(shop).receipts(None, third.since)
    assert (again.items, again.since) == ((), third.since)


def test_asks_for_the_refunds_of_orders_that_have_some(shop: Receiver) -> None:
    row = order(refunds=[{"id": 1, "reason": "", "total": "-5.00"}])
    shop.answers = [answer(200, row), answer(200, [refund(1, "5.00")]), answer(404, {"code": "x"})]
    (found,) = connector(shop).orders(["727", "728"]).items

    assert [each.external_id for each in found.receipts] == ["727", "refund:1"]
    paths = [urlsplit(each.path).path for each in shop.received]
    assert paths[:2] == ["/wp-json/wc/v3/orders/727", "/wp-json/wc/v3/orders/727/refunds"]
    basic = base64.b64decode(shop.received[0].headers["authorization"].removeprefix("Basic "))
    assert basic.decode().startswith("ck_fake")


def test_an_order_that_cannot_be_read_does_not_stop_the_others(shop: Receiver) -> None:
    shop.answer = answer(200, [{"id": 5}])
    page = connector(shop).receipts(None, None)
    assert [(each.external_id, page.items) for each in page.skipped] == [("5", ())]


@pytest.mark.parametrize(
    ("replies", "failure"),
    [
        ([hang_up] * 3, ConnectorUnavailable),
        ([status(503)] * 3, ConnectorUnavailable),
        ([answer(200, {"id": 1})], ConnectorAnswerInvalid),
        ([answer(200, [1])], ConnectorAnswerInvalid),
        ([answer(200, [order(id=each) for each in (1, 2, 3)])], ConnectorAnswerInvalid),
        ([answer(200, [order(refunds=[{"id": 1}])]), answer(200, [{}])], ConnectorAnswerInvalid),
        ([answer(200, [order(refunds=[{"id": 1}])]), *[hang_up] * 3], ConnectorUnavailable),
    ],
    ids=range(7),
)
def test_what_is_no_answer_is_none(
    shop: Receiver, replies: list[Any], failure: type[ConnectorError]
) -> None:
    shop.answers = replies
    with pytest.raises(failure):
        connector(shop).receipts(None, None)


def test_the_address_is_that_of_the_shop_alone() -> None:
    sample = CONFIGS["shop", "woocommerce"]
    with pytest.raises(ValueError, match="shop alone"):
        Config.model_validate({**sample, "shopUrl": "https://shop.example.com/?x=1"})
