"""The shop of our own contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared import ids
from tests.support import shops
from tests.support.json_servers import serving
from tests.support.vendor_shops.base import ANNA, Buyer, Notice, Row, VendorShop, later, now


@dataclass
class GenericShop:
    """Speaks our own contract."""

    url: str = ""
    book: dict[int, Row] = field(default_factory=dict)

    @property
    def credentials(self) -> Row:
        return {"webhookSecret": shops.SECRET, "ordersUrl": self.url}

    def id_of(self, buyer: Buyer) -> str:
        return str(buyer.number)

    def paid(self, number: int, euros: int, buyer: Buyer = ANNA) -> Notice:
        at = now().isoformat()
        told = {"paidAt": at, "changedAt": at, "customer": self._told(buyer)}
        self.book[number] = shops.order(str(number), f"{euros}.00", **told)
        return self._notice(topic="order", order=self.book[number])

    def refunded(self, number: int, euros: int) -> Notice:
        order = self.book[number]
        refund = shops.refund(f"r{number}", f"{euros}.00", refundedAt=later().isoformat())
        order |= {"refunds": [refund], "changedAt": later().isoformat()}
        return self._notice(topic="order", order=order)

    def customer(self, buyer: Buyer) -> Notice:
        return self._notice(topic="customer", customer=self._told(buyer))

    def answer(self, method: str, target: str, *_: Any) -> tuple[int, Any]:
        assert method == "GET"
        wanted = target.partition("ids=")[2].split(",")
        rows = [each for each in self.book.values() if each["id"] in wanted]
        return 200, {"orders": rows if "ids=" in target else list(self.book.values())}

    def _told(self, buyer: Buyer) -> Row:
        return {
            "id": self.id_of(buyer),
            "email": buyer.email,
            "isEmailVerified": buyer.is_verified,
        }

    def _notice(self, **body: Any) -> Notice:
        raw = json.dumps(body).encode()
        return shops.signed(raw, ids.new("n")), raw


@contextmanager
def running() -> Iterator[VendorShop]:
    """Run the shop."""
    shop = GenericShop()
    with serving(shop.answer) as shop.url:
        yield shop
