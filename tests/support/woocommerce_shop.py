"""A stand-in of a WooCommerce shop: orders, refunds, customers and coupons, and signed webhooks.

After the documentation of its REST API v3; it is not WooCommerce.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.faults import Faults
from tests.support.json_servers import serving
from tests.support.system_samples import CONFIGS
from tests.support.woocommerce_back_office import BackOffice

API = "/wp-json/wc/v3"
SAMPLE = CONFIGS["shop", "woocommerce"]
Row = dict[str, Any]


@dataclass
class WooShop:
    """The shop. ``orders`` and ``refunds``, those of an order by its id, are as the API has them.

    ``refuse`` is what the next call gets instead of an answer: a status and JSON.
    """

    url: str = ""
    orders: dict[int, Row] = field(default_factory=dict)
    refunds: dict[int, list[Row]] = field(default_factory=dict)
    refuse: list[tuple[int, Any]] = field(default_factory=list)
    office: BackOffice = field(default_factory=BackOffice)
    faults: Faults = field(default_factory=Faults)

    @property
    def credentials(self) -> Row:
        """What configureSync needs."""
        return {**SAMPLE, "baseUrl": self.url}

    def answer(self, method: str, target: str, headers: Message, body: bytes) -> tuple[int, Any]:
        if self.refuse:
            return self.refuse.pop(0)
        pair = f"{SAMPLE['consumerKey']}:{SAMPLE['consumerSecret']}".encode()
        if headers["Authorization"] != f"Basic {base64.b64encode(pair).decode()}":
            return 401, _error("cannot_view", "Sorry, you cannot list resources.")
        return self._found(method, target, body)

    def _found(self, method: str, target: str, body: bytes) -> tuple[int, Any]:
        url = urlsplit(target)
        query = {name: each[0] for name, each in parse_qs(url.query).items()}
        match (method, url.path.removeprefix(API).strip("/").split("/")):
            case ("GET", ["orders"]):
                return 200, self._list(query)
            case ("GET", ["orders", order_id]) if int(order_id) in self.orders:
                return 200, self.orders[int(order_id)]
            case ("GET", ["orders", order_id, "refunds"]) if int(order_id) in self.orders:
                return 200, self.refunds.get(int(order_id), [])
            case (_, ["customers" | "coupons" | "data", *_] as path):
                return self.office.answer(method, path, query, json.loads(body or b"{}"))
        return 404, _error("invalid_id", "Invalid ID.")

    def _list(self, query: dict[str, str]) -> list[Row]:
        after = query.get("modified_after", "")
        rows = [each for each in self.orders.values() if each["date_modified_gmt"] > after]
        rows.sort(key=lambda each: each["date_modified_gmt"])
        size = int(query["per_page"])
        begin = size * (int(query.get("page", 1)) - 1)
        return rows[begin : begin + size]


def _error(code: str, message: str) -> Row:
    return {"code": f"woocommerce_rest_{code}", "message": message}


@contextmanager
def woocommerce_shop() -> Iterator[WooShop]:
    """Run the shop on a free port of the loopback interface."""
    shop = WooShop()
    with serving(shop.faults.around(shop.answer)) as shop.url:
        yield shop


def notice(row: Row, topic: str = "order.updated") -> tuple[dict[str, str], bytes]:
    """Return the headers and bytes of a webhook."""
    raw = json.dumps(row).encode()
    digest = hmac.new(SAMPLE["webhookSecret"].encode(), raw, hashlib.sha256).digest()
    headers = {
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
        "Content-Type": "application/json",
    }
    return headers, raw
