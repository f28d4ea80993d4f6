"""A merchant installs an app at Shopify: the shop is connected by what the browser brings back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shared.connectors import client as http
from shared.connectors.shop import shopify
from shared.services.systems import shop_addresses
from tests.conftest import Clock
from tests.support import shopify_app, shopify_shop, stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.shopify_shop import DOMAIN, Order, ShopifyShop, notice
from tests.support.traffic import watched

APP = {"shop": DOMAIN, "clientId": shopify_app.CLIENT_ID, "clientSecret": shopify_app.SECRET}


@dataclass
class Asking:
    """A store that asks its shop to install an app."""

    anna: Member
    app: Flask
    shop: ShopifyShop
    clock: Clock

    @property
    def merchant(self) -> Merchant:
        return self.anna.merchant

    @property
    def path(self) -> str:
        return f"/apiGateway/shopWebhook/shopify/{self.merchant.store_id}"

    def ask(self, **fields: Any) -> str:
        body = {
            "system": "shopify",
            "storeId": self.merchant.store_id,
            "credentials": {**APP, "baseUrl": self.shop.url},
            "awardPointsProgramId": self.anna.program_id,
        }
        return str(self.merchant.api.ok("connectShop", {**body, **fields})["url"])

    def install(self, page: str, **changed: str) -> str:
        return self.shop.app.install(page, self.clock.now.timestamp(), **changed)

    def back(self, query: str, path: str | None = None) -> TestResponse:
        return self.app.test_client().get(f"{path or self.path}/connected?{query}")

    def connections(self) -> dict[str, Any]:
        return stored.documents_of(self.merchant, "connections")


@pytest.fixture
def asking(
    merchant: Merchant, app: Flask, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Asking]:
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    anna = merchant.member("points", rules={"pointsPerEuro": 10})
    with shopify_shop.shopify_shop() as shop:
        yield Asking(anna, app, shop, frozen_clock)


def test_the_page_names_the_app_what_it_may_do_and_where_to_go(asking: Asking) -> None:
    page = asking.ask()
    begin, _, state = page.partition("&state=")
    ours = shop_addresses.of_notices("shopify", asking.merchant.store_id)
    assert begin == (
        f"https://{DOMAIN}/admin/oauth/authorize?client_id=fake-id"
        "&scope=read_orders%2Cread_products%2Cwrite_customers%2Cwrite_discounts"
        f"&redirect_uri={quote(f'{ours}/connected', safe='')}"
    )
    assert len(state) == 64
    assert asking.connections() == {}


def test_who_installs_is_connected_and_orders_earn_at_once(asking: Asking) -> None:
    asking.shop.add(Order())
    answer = asking.back(asking.install(asking.ask()))

    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "Your shop is connected" in text
    assert "tells of each order at once" in text
    address = shop_addresses.of_notices("shopify", asking.merchant.store_id)
    assert {each["uri"] for each in asking.shop.app.webhooks} == {address}
    assert [each["topic"] for each in asking.shop.app.webhooks] == [
        "ORDERS_PAID",
        "ORDERS_UPDATED",
        "ORDERS_CANCELLED",
        "ORDERS_EDITED",
        "REFUNDS_CREATE",
        "CUSTOMERS_CREATE",
        "CUSTOMERS_UPDATE",
        "APP_UNINSTALLED",
    ]
    link = {"userId": "user_1", "storeId": asking.merchant.store_id, "system": "shopify"}
    asking.merchant.api.ok("linkShopCustomer", {**link, "customerId": "207119551"})
    order = Order(2002)
    headers, raw = notice("orders/paid", order.rest())
    sent = asking.app.test_client().post(asking.path, data=raw, headers=headers)
    assert sent.status_code == 200
    assert asking.anna.balance()["currentBalance"] == 100
    body = {"system": "shopify", "storeId": asking.merchant.store_id}
    assert asking.merchant.api.ok("syncShop", body)["state"] == "succeeded"
    assert asking.shop.tokens == 1  # The token that was given is kept.


def test_the_token_stays_when_settings_change_and_is_that_of_one_app(asking: Asking) -> None:
    assert asking.back(asking.install(asking.ask())).status_code == 200
    body = {"kind": "shop", "system": "shopify", "storeId": asking.merchant.store_id}
    credentials = {**APP, "baseUrl": asking.shop.url}
    asking.merchant.api.ok("configureSync", {**body, "credentials": credentials})
    assert asking.shop.tokens == 1  # It is asked for no other.

    with nothing_written():
        other = {**credentials, "clientId": "another"}
        answer = asking.merchant.api("configureSync", {**body, "credentials": other})
    assert (answer.error, asking.shop.tokens) == ("CONNECTOR_REJECTED", 2)
    forgotten = {**credentials, "accessToken": None}
    asking.merchant.api.ok("configureSync", {**body, "credentials": forgotten})
    assert asking.shop.tokens == 3


def test_a_browser_that_comes_again_changes_nothing(asking: Asking) -> None:
    query = asking.install(asking.ask())
    assert asking.back(query).status_code == 200
    before = asking.connections()
    with nothing_written():
        assert "Your shop is connected" in asking.back(query).get_data(as_text=True)
    assert (asking.connections(), len(asking.shop.app.webhooks)) == (before, 8)

    body = {"kind": "shop", "system": "shopify", "storeId": asking.merchant.store_id}
    asking.merchant.api.ok("deleteSyncConfiguration", body)
    with nothing_written():
        assert asking.back(query).status_code == 401
    assert asking.connections() == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "0" * 64},
        {"shop": "other.myshopify.com"},
        {"shop": "example.myshopify.com.evil.example.com"},
        {"code": ""},
        {"timestamp": "1"},
        {"timestamp": "later"},
        {"timestamp": "9" * 400},
    ],
)
def test_what_the_browser_brings_is_refused_unless_it_is_right(
    asking: Asking, changed: dict[str, str]
) -> None:
    page = asking.ask()
    with nothing_written():
        answer = asking.back(asking.install(page, **changed))
    assert answer.status_code == 401
    assert "not connected" in answer.get_data(as_text=True)
    assert len(asking.shop.app.codes) == 1  # Nothing was exchanged.
    assert asking.back(asking.install(page)).status_code == 200


@pytest.mark.parametrize(
    "wrong", ["signature", "added", "twice", "nothing", "no hmac", "other app"]
)
def test_who_cannot_sign_writes_nothing(asking: Asking, wrong: str) -> None:
    page = asking.ask()
    query = asking.install(page)
    forged = {
        "signature": query.replace("hmac=", "hmac=0"),
        "added": f"{query}&embedded=1",
        "twice": f"{query}&shop={DOMAIN}",
        "nothing": "",
        "no hmac": query.partition("&")[2],
        "other app": query,
    }[wrong]
    if wrong == "other app":
        asking.ask(credentials={**APP, "clientSecret": "another", "baseUrl": asking.shop.url})
    with nothing_written(), watched() as traffic:
        assert asking.back(forged).status_code == 401
    assert traffic.reads <= 1
    assert asking.connections() == {}


def test_a_state_counts_for_no_other_store_or_system(asking: Asking) -> None:
    query = asking.install(asking.ask())
    other = asking.merchant.another_store().store_id
    with nothing_written():
        for path in (
            asking.path.replace(asking.merchant.store_id, other),
            asking.path.replace("shopify", "woocommerce"),
        ):
            assert "not connected" in asking.back(query, path).get_data(as_text=True)
    assert asking.connections() == {}


def test_a_state_counts_for_an_hour(asking: Asking) -> None:
    page = asking.ask()
    asking.clock.advance(minutes=60)
    with nothing_written():
        assert asking.back(asking.install(page)).status_code == 401


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"scope": "read_orders,write_customers"}, "read_products, write_discounts"),
        ({"scope": shopify_app.GRANTED, "expires_in": 3600}, "only tokens that expire"),
        ({"scope": None}, "no valid scope"),
        ({"scope": shopify_app.GRANTED, "access_token": "x\r\ny: z"}, "no valid access_token"),
    ],
)
def test_access_that_does_not_suffice_is_refused(
    asking: Asking, given: dict[str, Any], said: str
) -> None:
    page = asking.ask()
    asking.shop.app.given = given
    with nothing_written():
        answer = asking.back(asking.install(page))
    assert answer.status_code in {400, 503}
    assert said in answer.get_data(as_text=True)
    asking.shop.app.given = {"scope": shopify_app.GRANTED}
    assert asking.back(asking.install(page)).status_code == 200


def test_a_code_that_shopify_does_not_take_is_refused(asking: Asking) -> None:
    query = asking.install(asking.ask())
    asking.shop.app.codes.clear()
    with nothing_written():
        answer = asking.back(query)
    assert answer.status_code == 400
    assert "No such code" in answer.get_data(as_text=True)


def test_a_shop_that_takes_no_webhooks_is_connected_and_says_so(asking: Asking) -> None:
    asking.shop.app.refused = {"ORDERS_PAID"}
    answer = asking.back(asking.install(asking.ask()))
    assert answer.status_code == 200
    assert "Protected customer data" in answer.get_data(as_text=True)
    assert len(asking.shop.app.webhooks) == 7

    asking.shop.app.refused = set()
    body = {"system": "shopify", "storeId": asking.merchant.store_id}
    done = asking.merchant.api.ok("subscribeShopNotices", body)
    assert done["topics"] == list(shopify.SUBSCRIBES)
    assert len(asking.shop.app.webhooks) == 8


def test_no_secret_is_in_an_address_a_log_or_plain_in_a_document(
    asking: Asking, capsys: pytest.CaptureFixture[str]
) -> None:
    credentials = {
        **APP,
        "clientSecret": "a-secret-that-nobody-else-has",
        "baseUrl": asking.shop.url,
    }
    page = asking.ask(credentials=credentials)
    found = page + str(stored.documents_of(asking.merchant, "shopApprovals"))
    page = asking.ask()
    query = asking.install(page)
    asking.back(query)
    found += str(asking.connections()) + "".join(capsys.readouterr())
    assert "a-secret-that-nobody-else-has" not in found
    assert shopify_app.TOKEN not in found
    assert page.rpartition("=")[2] not in found
    assert "code0" not in found


def test_a_link_that_does_not_count_any_more_connects_nothing(asking: Asking) -> None:
    named = {"kind": "shop", "system": "shopify", "storeId": asking.merchant.store_id}
    page = asking.ask()
    asking.merchant.api.ok("deleteSyncConfiguration", named)
    with nothing_written():
        assert asking.back(asking.install(page)).status_code == 401
    assert asking.connections() == {}
    assert asking.back(asking.install(asking.ask())).status_code == 200
