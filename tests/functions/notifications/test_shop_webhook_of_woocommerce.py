"""shopWebhook of WooCommerce: what a notice does not say of a refund is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import woocommerce_shop
from tests.support.receivers import answer, hang_up
from tests.support.refusals import nothing_written
from tests.support.shops import OnlineShop
from tests.support.woocommerce import order, refund
from tests.support.woocommerce_shop import SAMPLE


@pytest.fixture
def woo(shop: OnlineShop) -> OnlineShop:
    """The store's WooCommerce, whose customer 26 is the member."""
    shop.lists.answer = answer(200, [])
    credentials = {**SAMPLE, "baseUrl": shop.lists.url}
    shop.connect(system="woocommerce", credentials=credentials, schedule="hourly")
    assert shop.link(system="woocommerce", customerId="26").status == 200
    return shop


def notify(shop: OnlineShop, row: dict[str, Any], topic: str = "order.updated") -> int:
    headers, raw = woocommerce_shop.notice(row, topic)
    path = f"/apiGateway/shopWebhook/woocommerce/{shop.merchant.store_id}"
    return shop.app.test_client().post(path, data=raw, headers=headers).status_code


def test_an_order_earns_and_gives_back_what_is_refunded(woo: OnlineShop) -> None:
    assert notify(woo, order()) == 200
    assert woo.points() == 299

    back = order(refunds=[{"id": 1}], date_modified_gmt="2026-03-03T12:05:00")
    lines = [{"product_id": 93, "total": "-8.40", "total_tax": "-1.60"}]
    shop_says = [answer(200, back), answer(200, [refund(1, "10.00", line_items=lines)])]
    woo.lists.answers = [hang_up, *shop_says]  # The first answer gets lost.
    assert notify(woo, back) == 200
    assert woo.points() == 299  # Nothing is asked twice here, and the sweep comes.

    woo.lists.answers = [answer(200, [back]), shop_says[1]]
    body = {"system": "woocommerce", "storeId": woo.merchant.store_id}
    done = woo.merchant.api.ok("syncShop", body)
    assert (done["synced"], woo.points()) == ({"orders": 1}, 200)

    gone = order(status="cancelled", date_modified_gmt="2026-03-03T12:10:00")
    assert [notify(woo, each) for each in (gone, order(), gone)] == [200] * 3
    assert woo.points() == 0


def test_the_first_call_of_its_webhook_is_answered(woo: OnlineShop) -> None:
    path = f"/apiGateway/shopWebhook/woocommerce/{woo.merchant.store_id}"
    client = woo.app.test_client()
    with nothing_written():
        assert client.post(path, data={"webhook_id": "17"}).status_code == 200
        assert client.post(path, data={"webhook_id": "x"}).status_code == 401
