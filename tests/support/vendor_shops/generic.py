"""The shop of our own contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from typing import Any

from shared import ids
from tests.support import shops
from tests.support.faults import Faults
from tests.support.json_servers import serving
from tests.support.vendor_shops.base import ANNA, Buyer, Notice, Row, WrittenShop, later, now


@dataclass
class GenericShop:
    """Speaks our own contract."""

    url: str = ""
    book: dict[int, Row] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    cards: dict[str, Row | None] = field(default_factory=dict)
    """Of all customers who have an account."""
    codes: dict[str, Row] = field(default_factory=dict)

    @property
    def credentials(self) -> Row:
        return {"webhookSecret": shops.SECRET, "ordersUrl": self.url, "writeUrl": self.url}

    def id_of(self, buyer: Buyer) -> str:
        return str(buyer.number)

    def paid(
        self, number: int, euros: int, buyer: Buyer = ANNA, codes: Sequence[str] = ()
    ) -> Notice:
        at = now().isoformat()
        told = {"paidAt": at, "changedAt": at, "customer": self._told(buyer)}
        self.book[number] = shops.order(str(number), f"{euros}.00", **told, codes=[*codes])
        return self._notice(topic="order", order=self.book[number])

    def refunded(self, number: int, euros: int) -> Notice:
        order = self.book[number]
        refund = shops.refund(f"r{number}", f"{euros}.00", refundedAt=later().isoformat())
        order |= {"refunds": [refund], "changedAt": later().isoformat()}
        return self._notice(topic="order", order=order)

    def customer(self, buyer: Buyer) -> Notice:
        return self._notice(topic="customer", customer=self._told(buyer))

    def join(self, buyer: Buyer) -> None:
        self.cards[self.id_of(buyer)] = None

    def card_of(self, buyer: Buyer) -> tuple[Any, ...]:
        card = self.cards[self.id_of(buyer)] or {}
        return tuple(card.get(each) for each in ("balance", "unit", "tier", "code"))

    def uses(self, code: str, buyer: Buyer = ANNA) -> bool:
        found = self.codes.get(code.lower())
        if found is None or found["isUsed"] or found["customerId"] != self.id_of(buyer):
            return False
        found["isUsed"] = not found["isRevoked"]
        return bool(found["isUsed"])

    def answer(self, method: str, target: str, headers: Message, body: bytes) -> tuple[int, Any]:
        if method == "POST":
            # By the clock of the test, which the library does not know.
            at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
            expected = shops.signed(body, headers["webhook-id"], at=at)
            assert headers["webhook-signature"] == expected["webhook-signature"]
            return self._write(json.loads(body))
        assert method == "GET"
        wanted = target.partition("ids=")[2].split(",")
        rows = [each for each in self.book.values() if each["id"] in wanted]
        return 200, {"orders": rows if "ids=" in target else list(self.book.values())}

    def _write(self, told: Row) -> tuple[int, Any]:
        match told["action"]:
            case "card.write":
                if told["card"]["customerId"] not in self.cards:
                    return 404, {"message": "We have no such customer."}
                self.cards[told["card"]["customerId"]] = told["card"]
            case "card.clear":
                if told["customerId"] not in self.cards:
                    return 404, {"message": "We have no such customer."}
                self.cards[told["customerId"]] = None
            case "code.put":
                return self._put(told["code"])
            case "code.revoke":
                found = self.codes.get(told["code"]["code"].lower())
                if found is None or found["customerId"] != told["code"]["customerId"]:
                    return 200, {"used": False}
                found["isRevoked"] = not found["isUsed"]
                return 200, {"used": found["isUsed"]}
        return 204, b""

    def _put(self, code: Row) -> tuple[int, Any]:
        if code["customerId"] not in self.cards:
            return 422, {"message": "We have no such customer."}
        name = code["code"].lower()
        found = self.codes.setdefault(name, {**code, "isUsed": False})
        if found["customerId"] != code["customerId"]:
            return 409, {"message": "There is another code that is spelled so."}
        found["isRevoked"] = False
        return 200, {"id": name}

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
def running() -> Iterator[WrittenShop]:
    """Run the shop."""
    shop = GenericShop()
    with serving(shop.faults.around(shop.answer)) as shop.url:
        yield shop
