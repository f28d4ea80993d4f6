"""A Shopware shop registers its app: nobody else can, and its orders earn from then on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from shared.connectors import client as http
from tests.conftest import Clock
from tests.support import shopware_shop as shops
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.shopware_back_office import hex_id
from tests.support.shopware_shop import Order, Payment, ShopwareShop, sign
from tests.support.traffic import watched

APP_SECRET = "fake-secret-of-the-app-" + "x" * 20
SHOP_URL = "https://shop.example.com"
KEYS = {"apiKey": "SWIAFAKEFAKEFAKE", "secretKey": "fake-secret-of-the-app"}


@dataclass
class Installed:
    """A shop in which the app is to be installed. ``secret`` is what it signs with."""

    anna: Member
    app: Flask
    shop: ShopwareShop
    clock: Clock
    secret: str = ""

    @property
    def merchant(self) -> Merchant:
        return self.anna.merchant

    @property
    def path(self) -> str:
        return f"/apiGateway/shopWebhook/shopware/{self.merchant.store_id}"

    def configure(self, credentials: dict[str, str] | None = None, **fields: str) -> None:
        app = {"shopUrl": SHOP_URL, "appSecret": APP_SECRET, "baseUrl": self.shop.url}
        self.merchant.api.ok(
            "configureSync",
            {
                "kind": "shop",
                "system": "shopware",
                "storeId": self.merchant.store_id,
                "credentials": {**app, **(credentials or {})},
                "awardPointsProgramId": self.anna.program_id,
                **fields,
            },
        )

    def register(self, secret: str = APP_SECRET, before: str | None = None) -> Any:
        query = f"shop-id={shops.SHOP_ID}&shop-url={SHOP_URL}&timestamp=1772539200"
        headers = {"shopware-app-signature": sign(secret, query.encode())}
        if before:
            headers["shopware-shop-signature"] = sign(before, query.encode())
        return self.app.test_client().get(f"{self.path}/register?{query}", headers=headers)

    def confirm(self, answer: dict[str, str], before: str | None = None, **more: str) -> int:
        body = json.dumps({**KEYS, "shopId": shops.SHOP_ID, "shopUrl": SHOP_URL, **more}).encode()
        headers = {"shopware-shop-signature": sign(answer["secret"], body)}
        if before:
            headers["shopware-shop-signature-previous"] = sign(before, body)
        url = urlsplit(answer["confirmation_url"])
        path = f"{url.path}?{url.query}"
        return self.app.test_client().post(path, data=body, headers=headers).status_code

    def notify(self, order: Order, event: str = "state_enter.order.state.open") -> int:
        self.shop.add(order)
        _, raw = shops.notice(event, {"order": {"id": order.id}}, eventId=f"e{len(self.shop.book)}")
        headers = {"shopware-shop-signature": sign(self.secret, raw)}
        return self.app.test_client().post(self.path, data=raw, headers=headers).status_code

    def points(self) -> float:
        return float(self.anna.balance()["currentBalance"])


@pytest.fixture
def installed(
    merchant: Merchant, app: Flask, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installed]:
    """A shop whose app is configured here; its customer is ``anna``, with 10 points a euro."""
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    anna = merchant.member("points", rules={"pointsPerEuro": 10})
    with shops.shopware_shop() as shop:
        made = Installed(anna, app, shop, frozen_clock)
        made.configure()
        link = {"userId": "user_1", "storeId": merchant.store_id, "system": "shopware"}
        merchant.api.ok("linkShopCustomer", {**link, "customerId": hex_id(9)})
        yield made


def paid(number: int, installed: Installed, **fields: Any) -> Order:
    return Order(number, created_at=installed.clock.now, **fields)


def test_a_shop_that_has_registered_reports_orders_that_earn(installed: Installed) -> None:
    installed.secret = "x" * 64
    with nothing_written(), watched() as traffic:
        assert installed.notify(paid(1, installed)) == 401
    assert traffic.reads == 1

    with nothing_written():
        answer = installed.register()
    assert answer.status_code == 200
    registered = answer.json
    with nothing_written():
        assert installed.confirm(registered, apiKey="") == 401
        assert installed.confirm({**registered, "secret": "another"}) == 401
    assert installed.confirm(registered) == 200
    with nothing_written():
        assert installed.confirm(registered) == 200

    installed.secret = registered["secret"]
    order = paid(1, installed)
    assert installed.notify(order) == 200
    assert installed.notify(order) == 200
    assert installed.points() == 100
    later = installed.clock.now + timedelta(minutes=5)
    order.payments = [Payment("refunded", changed_at=later)]
    assert installed.notify(paid(2, installed)) == 200
    installed.shop.book[hex_id(1)] = order
    synced = installed.merchant.api.ok(
        "syncShop", {"system": "shopware", "storeId": installed.merchant.store_id}
    )
    assert synced["state"] == "succeeded"
    assert installed.points() == 100


@pytest.mark.parametrize("wrong", ["secret", "store", "method", "token", "late"])
def test_nobody_else_is_registered_and_nothing_is_written(installed: Installed, wrong: str) -> None:
    answer = installed.register().json
    with nothing_written():
        if wrong == "secret":
            assert installed.register("another-secret").status_code == 401
        elif wrong == "store":
            path = installed.path.replace(installed.merchant.store_id, "store_of_nobody")
            assert installed.app.test_client().get(f"{path}/register").status_code == 401
        elif wrong == "method":
            assert installed.app.test_client().post(f"{installed.path}/register").status_code == 405
            assert installed.app.test_client().get(f"{installed.path}/confirm").status_code == 405
        elif wrong == "token":
            url = answer["confirmation_url"].partition("?")[0]
            for token in ("", "?registration=x", "?registration=gAAAAAxx"):
                assert installed.confirm({**answer, "confirmation_url": url + token}) == 401
        else:
            installed.clock.advance(minutes=11)
            assert installed.confirm(answer) == 401


def test_a_new_secret_takes_the_place_of_the_one_before(installed: Installed) -> None:
    first = installed.register().json
    assert installed.confirm(first) == 200
    with nothing_written():
        assert installed.register().status_code == 401
    second = installed.register(before=first["secret"]).json
    with nothing_written():
        assert installed.confirm(second) == 401
    assert installed.confirm(second, before=first["secret"]) == 200

    installed.secret = first["secret"]
    assert installed.notify(paid(1, installed)) == 200
    installed.clock.advance(minutes=2)
    with nothing_written():
        assert installed.notify(paid(2, installed)) == 401
    installed.secret = second["secret"]
    assert installed.notify(paid(3, installed)) == 200
    assert installed.points() == 200


def test_a_registration_stays_when_settings_change_and_ends_with_the_secret_of_the_app(
    installed: Installed,
) -> None:
    registered = installed.register().json
    assert installed.confirm(registered) == 200
    installed.secret = registered["secret"]

    installed.configure(schedule="nightly")
    assert installed.notify(paid(1, installed)) == 200
    assert installed.points() == 100
    with nothing_written():
        assert installed.register().status_code == 401
    renewed = installed.register(before=registered["secret"]).json
    assert installed.confirm(renewed, before=registered["secret"]) == 200
    installed.secret = renewed["secret"]

    another = "another-secret-of-the-app-" + "y" * 20
    installed.configure(credentials={"appSecret": another})
    with nothing_written():
        assert installed.notify(paid(2, installed)) == 401
        assert installed.register().status_code == 401
    assert installed.register(another).status_code == 200


def test_a_registration_is_forgotten_with_another_address(installed: Installed) -> None:
    registered = installed.register().json
    assert installed.confirm(registered) == 200
    installed.secret = registered["secret"]
    installed.configure(credentials={"shopUrl": "https://another.example.com"})
    with nothing_written():
        assert installed.notify(paid(1, installed)) == 401
    visible = installed.merchant.api.ok("getSyncStatus", {"storeId": installed.merchant.store_id})
    assert visible["systems"][0]["config"].keys() == {"shopUrl", "appName", "baseUrl"}
