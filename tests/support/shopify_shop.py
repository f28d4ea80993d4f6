"""A stand-in of a shop at Shopify: it executes GraphQL against Shopify's schema, and sends notices.

An order is told in both ways from one book, so that both can be compared.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    build_client_schema,
    execute,
    parse,
    validate,
)

from tests.support import shopify_app
from tests.support.faults import Faults
from tests.support.json_servers import serving
from tests.support.shopify_app import ShopifyApp
from tests.support.shopify_customers import ShopifyCustomers
from tests.support.vendors import vendor_spec

SPEC = "shopify/admin_2026-10.json.gz"
DOMAIN = "example.myshopify.com"
SECRET = shopify_app.SECRET
TOKEN = shopify_app.TOKEN
CENT = Decimal("0.01")
BERLIN = timezone(timedelta(hours=1))
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@cache
def schema() -> GraphQLSchema:
    """Shopify's schema; the test is skipped where no folder of specs is."""
    found = json.loads(gzip.decompress(vendor_spec(SPEC).read_bytes()))
    return build_client_schema(found.get("data") or found, assume_valid=True)


@cache
def _checked(query: str) -> tuple[DocumentNode, list[GraphQLError]]:
    document = parse(query)
    return document, validate(schema(), document)


@dataclass
class Line:
    """A line. ``discount`` is of all its units, of which an edit has ``removed`` some."""

    price: Decimal
    quantity: int = 1
    discount: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)
    is_gift_card: bool = False
    is_tip: bool = False
    product: str | None = "632910392"
    removed: int = 0

    @property
    def discounted(self) -> Decimal:
        return self.price * self.quantity - self.discount

    def tax(self, *, is_included: bool) -> Decimal:
        """The tax of what is paid for it."""
        base = 1 + self.rate if is_included else Decimal(1)
        return (self.discounted * self.rate / base).quantize(CENT)

    def total(self, *, is_included: bool) -> Decimal:
        return self.discounted + (0 if is_included else self.tax(is_included=False))


@dataclass
class Refund:
    """Money that goes back, with units of lines by their places."""

    money: Decimal
    units: dict[int, int] = field(default_factory=dict)
    shipping: Decimal = Decimal(0)
    status: str = "SUCCESS"
    at: datetime = NOON + timedelta(days=1)


@dataclass
class Order:
    """An order, and what became of it."""

    number: int = 1001
    lines: list[Line] = field(default_factory=lambda: [Line(Decimal(10))])
    shipping: Decimal = Decimal(0)
    is_tax_included: bool = True
    refunds: list[Refund] = field(default_factory=list)
    status: str = "PAID"
    received: Decimal | None = None
    is_test: bool = False
    is_cancelled: bool = False
    customer: str | None = "207119551"
    email: str = "anna@example.com"
    is_verified: bool = True
    currency: str = "EUR"
    at: datetime = NOON
    updated_at: datetime = NOON + timedelta(minutes=5)
    codes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return str(450_789_000 + self.number)

    @property
    def cancelled_at(self) -> datetime:
        return self.at + timedelta(minutes=4)

    @property
    def total(self) -> Decimal:
        of_lines = (each.total(is_included=self.is_tax_included) for each in self.lines)
        return sum(of_lines, Decimal(0)) + self.shipping

    @property
    def tip(self) -> Decimal:
        return sum((each.discounted for each in self.lines if each.is_tip), Decimal(0))

    def current(self, place: int) -> int:
        """The units of a line that are neither refunded nor removed."""
        back = sum(each.units.get(place, 0) for each in self.refunds)
        return self.lines[place].quantity - self.lines[place].removed - back

    def rest(self) -> dict[str, Any]:
        """The order as a notice tells it."""

        def money(amount: Decimal) -> dict[str, Any]:
            told = {"amount": str(amount), "currency_code": self.currency}
            return {"shop_money": told, "presentment_money": told}

        return {
            "id": int(self.id),
            "admin_graphql_api_id": f"gid://shopify/Order/{self.id}",
            "name": f"#{self.number}",
            "test": self.is_test,
            "created_at": self.at.astimezone(BERLIN).isoformat(),
            "processed_at": self.at.astimezone(BERLIN).isoformat(),
            "updated_at": self.updated_at.isoformat(),
            "cancelled_at": self.cancelled_at.isoformat() if self.is_cancelled else None,
            "financial_status": self.status.lower(),
            "currency": self.currency,
            "taxes_included": self.is_tax_included,
            "total_price": str(self.total),
            "total_price_set": money(self.total),
            "total_tip_received": str(self.tip),
            "current_total_duties_set": None,
            "discount_codes": [
                {"code": each, "amount": "1.00", "type": "percentage"} for each in self.codes
            ],
            "customer": {
                "id": int(self.customer),
                "email": self.email,
                "verified_email": self.is_verified,
            }
            if self.customer
            else None,
            "line_items": [
                {
                    "id": 15_500 + place,
                    "name": "Tea",
                    "quantity": line.quantity,
                    "current_quantity": self.current(place),
                    "gift_card": line.is_gift_card,
                    "product_id": int(line.product) if line.product else None,
                    "price": str(line.price),
                    "price_set": money(line.price),
                    "total_discount": "0.00",
                    "discount_allocations": [
                        {"amount": str(line.discount), "amount_set": money(line.discount)}
                    ]
                    if line.discount
                    else [],
                    "tax_lines": [
                        {
                            "title": "VAT",
                            "rate": float(line.rate),
                            "price_set": money(line.tax(is_included=self.is_tax_included)),
                        }
                    ]
                    if line.rate
                    else [],
                }
                for place, line in enumerate(self.lines)
            ],
            "shipping_lines": [
                {
                    "id": 1,
                    "is_removed": False,
                    "discounted_price_set": money(self.shipping),
                    "tax_lines": [],
                }
            ]
            if self.shipping
            else [],
            "refunds": [{"id": 900 + place} for place, _ in enumerate(self.refunds)],
        }

    def graphql(self) -> dict[str, Any]:
        """The order as the schema has it. Lists are functions of what is asked for."""

        def money(amount: Decimal) -> dict[str, Any]:
            told = {"amount": str(amount), "currencyCode": self.currency}
            return {"shopMoney": told, "presentmentMoney": told}

        lines = [
            {
                "id": f"gid://shopify/LineItem/{15_500 + place}",
                "name": "Tea",
                "quantity": line.quantity,
                "currentQuantity": self.current(place),
                "isGiftCard": line.is_gift_card,
                "product": {"legacyResourceId": line.product} if line.product else None,
                "originalUnitPriceSet": money(line.price),
                "discountAllocations": [{"allocatedAmountSet": money(line.discount)}]
                if line.discount
                else [],
                "taxLines": [
                    {
                        "rate": float(line.rate),
                        "priceSet": money(line.tax(is_included=self.is_tax_included)),
                    }
                ]
                if line.rate
                else [],
            }
            for place, line in enumerate(self.lines)
        ]
        paid = self.received if self.received is not None else self.total
        return {
            "id": f"gid://shopify/Order/{self.id}",
            "legacyResourceId": self.id,
            "name": f"#{self.number}",
            "test": self.is_test,
            "createdAt": _utc(self.at),
            "processedAt": _utc(self.at),
            "updatedAt": _utc(self.updated_at),
            "cancelledAt": _utc(self.cancelled_at) if self.is_cancelled else None,
            "displayFinancialStatus": self.status,
            "currencyCode": self.currency,
            "taxesIncluded": self.is_tax_included,
            "totalPriceSet": money(self.total),
            "totalReceivedSet": money(paid),
            "totalTipReceivedSet": money(self.tip),
            "discountCodes": list(self.codes),
            "customer": {
                "legacyResourceId": self.customer,
                "defaultEmailAddress": {"emailAddress": self.email},
                "verifiedEmail": self.is_verified,
            }
            if self.customer
            else None,
            "lineItems": _connection(lines),
            "shippingLines": _connection(
                [
                    {
                        "isRemoved": False,
                        "discountedPriceSet": money(self.shipping),
                        "taxLines": [],
                    }
                ]
                if self.shipping
                else []
            ),
            "refunds": lambda _, first=50: [
                {
                    "legacyResourceId": str(900 + place),
                    "createdAt": _utc(each.at),
                    "processedAt": _utc(each.at),
                    "duties": [],
                    "transactions": _connection(
                        [
                            {
                                "kind": "REFUND",
                                "status": each.status,
                                "amountSet": money(each.money),
                            }
                        ]
                        if each.money
                        else []
                    ),
                    "refundLineItems": _connection(
                        [
                            {
                                "quantity": units,
                                "lineItem": lines[at],
                                "subtotalSet": money(
                                    self.lines[at].discounted * units / self.lines[at].quantity
                                ),
                                "totalTaxSet": money(
                                    self.lines[at].tax(is_included=self.is_tax_included)
                                    * units
                                    / self.lines[at].quantity
                                ),
                            }
                            for at, units in each.units.items()
                        ]
                    ),
                    "refundShippingLines": _connection(
                        [
                            {
                                "subtotalAmountSet": money(each.shipping),
                                "taxAmountSet": money(Decimal(0)),
                            }
                        ]
                        if each.shipping
                        else []
                    ),
                }
                for place, each in enumerate(self.refunds[:first])
            ],
        }


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _connection(nodes: list[Any]) -> Callable[..., dict[str, Any]]:
    def page(_: Any, first: int, after: str | None = None, **_others: Any) -> dict[str, Any]:
        begin = int(after) if after else 0
        end = begin + first
        return {
            "nodes": nodes[begin:end],
            "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": str(end)},
        }

    return page


@dataclass
class ShopifyShop:
    """The shop.

    ``refuse`` is what the next call gets instead of an answer: a status and JSON; ``refuse_after``
    what it gets once it was done. ``lose`` is how many of the next calls are done, and get no
    answer. ``on_asked`` is called with each query before it is done.
    """

    url: str
    book: dict[str, Order] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: int = 0
    refuse: list[tuple[int, Any]] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    refuse_after: list[tuple[int, Any]] = field(default_factory=list)
    lose: int = 0
    on_asked: Callable[[dict[str, Any]], None] = lambda _: None
    customers: ShopifyCustomers = field(default_factory=ShopifyCustomers)
    app: ShopifyApp = field(default_factory=ShopifyApp)

    def add(self, *orders: Order) -> None:
        self.book |= {each.id: each for each in orders}

    def root(self) -> dict[str, Any]:
        def orders(
            _: Any,
            first: int,
            after: str | None = None,
            query: str | None = None,
            **others: Any,
        ) -> dict[str, Any]:
            assert not others["reverse"]
            assert others["sortKey"] == "UPDATED_AT" or first == 1
            since = query.split("'")[1].replace("Z", "+00:00") if query else None
            listed = sorted(self.book.values(), key=lambda each: (each.updated_at, each.id))
            told = [
                each.graphql()
                for each in listed
                if since is None or each.updated_at >= datetime.fromisoformat(since)
            ]
            return _connection(told)(None, first, after)

        def order(_: Any, id: str) -> dict[str, Any] | None:  # noqa: A002 - named by Shopify
            found = self.book.get(id.removeprefix("gid://shopify/Order/"))
            return found.graphql() if found else None

        return {
            "shop": {"myshopifyDomain": DOMAIN, "currencyCode": "EUR"},
            "orders": orders,
            "order": order,
            **self.customers.root(),
            **self.app.root(),
        }

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        if self.refuse:
            return self.refuse.pop(0)
        if path == "/admin/oauth/access_token":
            return self._token(body)
        if path != "/admin/api/2026-10/graphql.json":
            return 404, {"errors": "Not Found"}
        if headers["X-Shopify-Access-Token"] != TOKEN:
            return 401, {"errors": "[API] Invalid API key or access token"}
        return self._execute(json.loads(body))

    def _token(self, body: bytes) -> tuple[int, Any]:
        self.tokens += 1
        form = {name: each[0] for name, each in parse_qs(body.decode()).items()}
        if "code" in form:
            return self.app.exchange(form)
        wanted = {
            "grant_type": "client_credentials",
            "client_id": "fake-id",
            "client_secret": SECRET,
        }
        if form != wanted:
            return 400, {"error": "invalid_client", "error_description": "No such app."}
        return 200, {"access_token": TOKEN, "scope": "read_orders", "expires_in": 86399}

    def _execute(self, asked: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append(asked)
        self.on_asked(asked)
        document, wrong = _checked(asked["query"])
        if wrong:
            return 200, {"errors": [{"message": str(each)} for each in wrong]}
        result = execute(schema(), document, self.root(), variable_values=asked["variables"])
        assert isinstance(result, ExecutionResult)
        if self.lose:
            self.lose -= 1
            return 502, {}
        if self.refuse_after:
            return self.refuse_after.pop(0)
        told = [
            {"message": each.message, "extensions": each.extensions} for each in result.errors or ()
        ]
        if not all(each["extensions"] for each in told):
            return 500, {"errors": told}
        return 200, {"data": result.data, **({"errors": told} if told else {})}


@contextmanager
def shopify_shop() -> Iterator[ShopifyShop]:
    """Run the shop on a free port of the loopback interface."""
    schema()  # A thread could not skip the test.
    shop = ShopifyShop("")
    answer = shop.faults.around(lambda _, *asked: shop.answer(*asked))
    with serving(answer) as shop.url:
        yield shop


def notice(topic: str, body: Any, secret: str = SECRET) -> tuple[dict[str, str], bytes]:
    """Return the headers and bytes of a notice."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Shop-Domain": DOMAIN,
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Api-Version": "2026-10",
    }
    return headers, raw
