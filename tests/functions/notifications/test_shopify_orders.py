"""Orders of Shopify, from its notices to the balance: once, whatever is lost, late or forged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from shared.connectors import client as http
from tests.conftest import Clock
from tests.support import shopify_shop as shops
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.shopify_shop import Line, Order, Refund, ShopifyShop

D = Decimal


@dataclass
class Connected:
    """A shop whose customer is ``anna``; she has 10 points a euro."""

    anna: Member
    app: Flask
    shop: ShopifyShop
    clock: Clock

    @property
    def named(self) -> dict[str, Any]:
        return {"system": "shopify", "storeId": self.anna.merchant.store_id}

    def configure(self, **fields: Any) -> Answer:
        app = {"shop": shops.DOMAIN, "clientId": "fake-id", "clientSecret": shops.SECRET}
        body = {
            **self.named,
            "kind": "shop",
            "schedule": "hourly",
            "credentials": {**app, "baseUrl": self.shop.url},
            "awardPointsProgramId": self.anna.program_id,
        }
        return self.anna.merchant.api("configureSync", {**body, **fields})

    def notify(self, topic: str, body: Any, secret: str = shops.SECRET) -> int:
        headers, raw = shops.notice(topic, body, secret)
        path = f"/apiGateway/shopWebhook/shopify/{self.anna.merchant.store_id}"
        return self.app.test_client().post(path, data=raw, headers=headers).status_code

    def sync(self) -> dict[str, Any]:
        return self.anna.merchant.api.ok("syncShop", self.named)

    def points(self) -> float:
        return float(self.anna.balance()["currentBalance"])


@pytest.fixture
def connected(
    merchant: Merchant, app: Flask, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connected]:
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    frozen_clock.advance(minutes=-1)  # The shop's orders are of noon.
    anna = merchant.member("points", rules={"pointsPerEuro": 10})
    with shops.shopify_shop() as shop:
        made = Connected(anna, app, shop, frozen_clock)
        assert made.configure().status == 200
        customer = {"userId": "user_1", "customerId": Order().customer}
        merchant.api.ok("linkShopCustomer", {**made.named, **customer})
        frozen_clock.advance(minutes=11)
        yield made


def test_an_order_earns_once_and_its_refunds_take_it_back(connected: Connected) -> None:
    order = Order(lines=[Line(D(20)), Line(D(5), is_gift_card=True)], shipping=D("4.90"))
    connected.shop.add(order)
    with nothing_written():
        assert connected.notify("orders/paid", order.rest(), "another-secret") == 401
    assert connected.notify("orders/paid", order.rest()) == 200
    with nothing_written():
        assert connected.notify("orders/paid", order.rest()) == 200
    assert connected.notify("orders/updated", order.rest()) == 200
    assert connected.points() == 200
    assert connected.shop.asked[-1]["variables"] == {}  # Since it was connected, nothing.

    at = order.updated_at + timedelta(minutes=1)
    part = replace(order, refunds=[Refund(D(5))], status="PARTIALLY_REFUNDED", updated_at=at)
    connected.shop.add(part)
    assert connected.notify("refunds/create", {"id": 900, "order_id": int(order.id)}) == 200
    assert connected.points() == 150
    all_of_it = [Refund(D(5)), Refund(D("24.90"), {}, D("4.90"))]
    at += timedelta(minutes=1)
    connected.shop.add(replace(order, refunds=all_of_it, status="REFUNDED", updated_at=at))
    assert connected.notify("orders/updated", {**order.rest(), "refunds": [{"id": 1}]}) == 200
    assert connected.points() == 0
    assert connected.notify("orders/paid", {**order.rest(), "note": "late"}) == 200
    assert connected.points() == 0


def test_what_no_notice_has_told_the_sweep_finds(connected: Connected) -> None:
    lost = Order(1, lines=[Line(D(10))])
    unread = Order(2, lines=[Line(D(30))], refunds=[Refund(D(10), {})])
    connected.shop.add(lost, unread)
    connected.shop.refuse = [(503, {})]
    assert connected.notify("refunds/create", {"id": 900, "order_id": int(unread.id)}) == 200
    assert connected.points() == 0

    synced = connected.sync()
    assert (synced["state"], synced["remarks"]) == ("succeeded", [])
    assert connected.points() == 300
    connected.sync()
    assert connected.points() == 300
    assert connected.notify("refunds/create", {"id": 900, "order_id": int(unread.id)}) == 200
    assert connected.points() == 300


def test_cards_are_refused_of_an_app_without_the_scope(connected: Connected) -> None:
    scopes, connected.shop.customers.scopes = connected.shop.customers.scopes, frozenset()
    with nothing_written():
        answer = connected.configure(writesCards=True)
    assert (answer.status, answer.error) == (400, "CONNECTOR_CREDENTIALS_REFUSED")
    assert "access scope write_customers:" in answer.body["message"]
    assert connected.configure().status == 200
    connected.shop.customers.scopes = scopes
    assert connected.configure(writesCards=True).status == 200
