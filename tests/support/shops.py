"""A shop that speaks our own contract: it signs notices as ``standardwebhooks`` does, and lists."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from standardwebhooks import Webhook

from shared import clock
from shared.connectors import client as http
from tests.conftest import Clock
from tests.support.merchants import Member, Merchant
from tests.support.receivers import Receiver, receiving, status

SECRET = "fake-webhook-secret-of-a-shop"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
Row = dict[str, Any]


def order(order_id: str = "1001", total: str = "20.00", **fields: Any) -> Row:
    """Return a paid order of the customer 17; ``at`` are minutes after noon of its last change."""
    minutes = fields.pop("at", 0)
    return {
        "id": order_id,
        "status": "paid",
        "changedAt": (NOON + timedelta(minutes=minutes)).isoformat(),
        "paidAt": NOON.isoformat(),
        "currency": "EUR",
        "total": total,
        "customer": {"id": "17", "email": "anna@example.com"},
        **fields,
    }


def refund(refund_id: str, amount: str, **fields: Any) -> Row:
    return {
        "id": refund_id,
        "refundedAt": (NOON + timedelta(minutes=1)).isoformat(),
        "amount": amount,
        **fields,
    }


def signed(body: bytes, notice_id: str = "n_1", secret: str = SECRET, **at: datetime) -> Row:
    """Return the headers of a notice, by an independent library."""
    moment = at.get("at", clock.real_now())
    key = base64.b64encode(secret.encode()).decode()
    return {
        "webhook-id": notice_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(key).sign(notice_id, moment, body.decode()),
    }


@dataclass(frozen=True)
class OnlineShop:
    """A connected shop; the program has one member, ``anna``, and 10 points a euro."""

    anna: Member
    app: Flask
    lists: Receiver
    clock: Clock
    sent: list[int] = field(default_factory=list)

    @property
    def merchant(self) -> Merchant:
        return self.anna.merchant

    def connect(self, **fields: Any) -> Row:
        body = {
            "kind": "shop",
            "system": "generic",
            "storeId": self.merchant.store_id,
            "credentials": {"webhookSecret": SECRET, "ordersUrl": self.lists.url},
            "awardPointsProgramId": self.anna.program_id,
            **fields,
        }
        return self.merchant.api.ok("configureSync", body)

    def post(self, body: bytes, headers: Row, store_id: str | None = None) -> int:
        path = f"/apiGateway/shopWebhook/generic/{store_id or self.merchant.store_id}"
        return self.app.test_client().post(path, data=body, headers=headers).status_code

    def notify(self, topic: str = "order", notice_id: str | None = None, **fields: Any) -> int:
        """Send a signed notice; each has an id of its own."""
        self.sent.append(len(self.sent))
        body = json.dumps({"topic": topic, **fields}).encode()
        return self.post(body, signed(body, notice_id or f"n_{len(self.sent)}"))

    def tell(self, *rows: Row) -> None:
        """Report orders, one notice each."""
        for each in rows:
            assert self.notify(order=each) == 200

    def list(self, *rows: Row, **fields: Any) -> None:
        """Have these orders on the list."""
        body = json.dumps({"orders": rows, **fields})
        self.lists.answer = status(200, body, Content_Type="application/json")

    def sync(self) -> Row:
        return self.merchant.api.ok(
            "syncShop", {"system": "generic", "storeId": self.merchant.store_id}
        )

    def link(self, api: Any = None, **fields: Any) -> Any:
        body = {"userId": "user_1", "storeId": self.merchant.store_id, "system": "generic"}
        return (api or self.merchant.api)("linkShopCustomer", {**body, **fields})

    def points(self) -> float:
        return float(self.anna.balance()["currentBalance"])


@pytest.fixture
def shop(
    merchant: Merchant, app: Flask, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OnlineShop]:
    """A shop that lists no orders yet, connected at noon; no call is repeated after a pause."""
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    anna = merchant.member("points", rules={"pointsPerEuro": 10})
    with receiving("") as lists:
        made = OnlineShop(anna, app, lists, frozen_clock)
        made.list()
        made.connect()
        yield made


@pytest.fixture
def linked_shop(shop: OnlineShop) -> OnlineShop:
    """A shop whose customer 17 is ``anna``."""
    assert shop.link(customerId="17").status == 200
    return shop
