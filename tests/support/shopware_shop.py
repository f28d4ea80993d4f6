"""A stand-in of a Shopware shop: it searches orders as the Admin API does, and sends notices."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.support.faults import Faults
from tests.support.json_servers import serving
from tests.support.shopware_back_office import BackOffice, hex_id

SECRET = "a-shop-secret-of-64-characters-" + "x" * 33
SHOP_ID = "KIPf0Fz6BUkN"
TOKEN = "fake-token"
CENT = Decimal("0.01")
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@dataclass
class Line:
    """A line: what it costs, with its tax or without, as the order says."""

    total: Decimal
    rate: Decimal = Decimal(0)
    type: str = "product"
    product: str | None = hex_id(7)
    code: str | None = None
    parent: int | None = None

    def tax(self, status: str) -> Decimal:
        percent = self.rate / 100
        base = percent if status == "net" else percent / (1 + percent)
        return Decimal(0) if status == "tax-free" else (self.total * base).quantize(CENT)


@dataclass
class Refund:
    """Money that goes back, of lines by their places."""

    money: Decimal
    of_lines: dict[int, Decimal] = field(default_factory=dict)
    state: str = "completed"


@dataclass
class Payment:
    """A payment; of all of the order if it says no amount."""

    state: str = "paid"
    amount: Decimal | None = None
    refunds: list[Refund] = field(default_factory=list)
    changed_at: datetime | None = None


@dataclass
class Order:
    """An order, and what became of it."""

    number: int = 1001
    lines: list[Line] = field(default_factory=lambda: [Line(Decimal(10))])
    shipping: Line = field(default_factory=lambda: Line(Decimal(0)))
    status: str = "gross"
    payments: list[Payment] = field(default_factory=lambda: [Payment()])
    state: str = "open"
    customer_id: str = hex_id(9)
    email: str = "anna@example.com"
    is_guest: bool = False
    is_confirmed: bool = True
    currency: str = "EUR"
    created_at: datetime = NOON
    changed_at: datetime | None = None

    @property
    def id(self) -> str:
        return hex_id(self.number)

    def gross(self, line: Line) -> Decimal:
        return line.total + (line.tax(self.status) if self.status == "net" else 0)

    @property
    def total(self) -> Decimal:
        lines = [each for each in self.lines if each.parent is None]
        return sum((self.gross(each) for each in [*lines, self.shipping]), Decimal(0))

    def json(self) -> dict[str, Any]:
        """The order as a search answers it, with all associations."""

        def price(line: Line) -> dict[str, Any]:
            tax = {"tax": line.tax(self.status), "taxRate": line.rate, "price": line.total}
            return {"unitPrice": line.total, "quantity": 1, "totalPrice": line.total} | {
                "calculatedTaxes": [tax] if line.rate else []
            }

        def of_money(amount: Decimal) -> dict[str, Any]:
            """As Shopware writes money that goes back: nothing is known of its tax."""
            return {"unitPrice": amount, "quantity": 1, "totalPrice": amount, "calculatedTaxes": []}

        def state(name: str) -> dict[str, str]:
            return {"technicalName": name, "name": name.title()}

        return {
            "id": self.id,
            "autoIncrement": self.number,
            "orderNumber": str(self.number),
            "orderDateTime": _time(self.created_at),
            "createdAt": _time(self.created_at),
            "updatedAt": _time(self.changed_at),
            "price": {
                "totalPrice": self.total,
                "netPrice": self.total,
                "positionPrice": self.total,
                "rawTotal": self.total,
                "taxStatus": self.status,
            },
            "shippingCosts": price(self.shipping),
            "currency": {"isoCode": self.currency},
            "stateMachineState": state(self.state),
            "lineItems": [
                {
                    "id": hex_id(100 + place),
                    "type": line.type,
                    "productId": line.product if line.type == "product" else None,
                    "referencedId": line.product if line.type == "product" else line.code,
                    "parentId": None if line.parent is None else hex_id(100 + line.parent),
                    "price": price(line),
                }
                for place, line in enumerate(self.lines)
            ],
            "transactions": [
                {
                    "id": hex_id(200 + place),
                    "createdAt": _time(self.created_at),
                    "updatedAt": _time(payment.changed_at),
                    "stateMachineState": state(payment.state),
                    "amount": of_money(self.total if payment.amount is None else payment.amount),
                    "captures": [
                        {
                            "id": hex_id(300 + place),
                            "createdAt": _time(self.created_at),
                            "updatedAt": None,
                            "stateMachineState": state("completed"),
                            "refunds": [
                                {
                                    "id": hex_id(400 + number),
                                    "createdAt": _time(payment.changed_at or self.created_at),
                                    "updatedAt": None,
                                    "stateMachineState": state(refund.state),
                                    "amount": of_money(refund.money),
                                    "positions": [
                                        {
                                            "orderLineItemId": hex_id(100 + at),
                                            "amount": of_money(amount),
                                        }
                                        for at, amount in refund.of_lines.items()
                                    ],
                                }
                                for number, refund in enumerate(payment.refunds)
                            ],
                        }
                    ]
                    if payment.refunds
                    else [],
                }
                for place, payment in enumerate(self.payments)
            ],
            "orderCustomer": {
                "customer": {
                    "id": self.customer_id,
                    "email": self.email,
                    "guest": self.is_guest,
                    "doubleOptInRegistration": True,
                    "doubleOptInConfirmDate": _time(NOON) if self.is_confirmed else None,
                }
            },
        }


def _time(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.000+00:00"


@dataclass
class ShopwareShop:
    """The shop. ``refuse`` is what the next call gets instead of an answer: a status and JSON."""

    url: str = ""
    book: dict[str, Order] = field(default_factory=dict)
    searches: list[dict[str, Any]] = field(default_factory=list)
    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked_for: list[str] = field(default_factory=list)
    tokens: int = 0
    refuse: list[tuple[int, Any]] = field(default_factory=list)
    office: BackOffice = field(default_factory=BackOffice)
    faults: Faults = field(default_factory=Faults)

    def add(self, *orders: Order) -> None:
        self.book |= {each.id: each for each in orders}

    def register(
        self,
        customer_id: str,
        email: str = "ada@example.com",
        *,
        is_confirmed: bool = False,
        is_guest: bool = False,
    ) -> None:
        """Let the shop have a customer; ``is_confirmed``: by a double opt-in."""
        self.customers[customer_id] = {
            "id": customer_id,
            "email": email,
            "guest": is_guest,
            "doubleOptInRegistration": is_confirmed,
            "doubleOptInConfirmDate": _time(NOON) if is_confirmed else None,
        }

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        if self.refuse:
            return self.refuse.pop(0)
        asked = json.loads(body or b"null")
        if path == "/oauth/token":
            self.tokens += 1
            return 200, {"token_type": "Bearer", "expires_in": 600, "access_token": TOKEN}
        if headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, _error("The resource owner or authorization server denied the request.")
        if path == "/search/customer" and "associations" not in asked:
            self.asked_for += asked["ids"]
            found = [self.customers[each] for each in asked["ids"] if each in self.customers]
            return 200, {"total": len(found), "data": found}
        assert headers["Accept"] == "application/json"
        if path != "/search/order":
            return self.office.answer(method, path.strip("/").split("/"), asked)
        self.searches.append(asked)
        rows = [each.json() for each in sorted(self.book.values(), key=lambda each: each.number)]
        if "ids" in asked:
            rows = [each for each in rows if each["id"] in asked["ids"]]
        for each in asked.get("filter", []):
            rows = [row for row in rows if _fits(row, each)]
        return 200, {"total": len(rows), "data": rows[: asked["limit"]]}


def _error(detail: str) -> dict[str, Any]:
    return {"errors": [{"status": "401", "code": "9", "title": "Unauthorized", "detail": detail}]}


def _fits(row: dict[str, Any], asked: dict[str, Any]) -> bool:
    if asked["type"] == "multi":
        assert asked["operator"] == "or"
        return any(_fits(row, each) for each in asked["queries"])
    assert asked["type"] == "range"
    ((comparison, limit),) = asked["parameters"].items()
    found = _values(row, asked["field"].split("."))
    if comparison == "gt":
        return any(each > limit for each in found)
    return any(datetime.fromisoformat(each) >= datetime.fromisoformat(limit) for each in found)


def _values(found: Any, names: list[str]) -> list[Any]:
    if isinstance(found, list):
        return [value for each in found for value in _values(each, names)]
    if not names:
        return [] if found is None else [found]
    return _values(found[names[0]], names[1:])


@contextmanager
def shopware_shop() -> Iterator[ShopwareShop]:
    """Run the shop on a free port of the loopback interface."""
    shop = ShopwareShop()
    with serving(shop.faults.around(shop.answer)) as shop.url:
        yield shop


def notice(event: str, payload: Any, **source: Any) -> tuple[dict[str, str], bytes]:
    """Return the headers and bytes of a notice."""
    told = {
        "data": {"payload": payload, "event": event},
        "source": {
            "url": "https://shop.example.com",
            "appVersion": "1.0.0",
            "shopId": SHOP_ID,
            "eventId": "7b04ebe416db4ebc93de4d791325e1d9",
            **source,
        },
        "timestamp": 1_772_539_200,
    }
    return signed(json.dumps(told).encode())


def signed(raw: bytes, secret: str = SECRET) -> tuple[dict[str, str], bytes]:
    """Return the headers of signed bytes, and these."""
    return {"shopware-shop-signature": sign(secret, raw), "sw-version": "6.7.10.1"}, raw


def sign(secret: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
