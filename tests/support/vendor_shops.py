"""The shops of all systems, as one may use any of them: somebody buys, and gets money back.

Each is a stand-in of its vendor, and returns the signed notice that the vendor would send.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

from shared import clock
from tests.support import (
    shopify_shop,
    shops,
    shopware_shop,
    woocommerce,
    woocommerce_shop,
)
from tests.support.json_servers import serving

Row = dict[str, Any]
Notice: TypeAlias = tuple[dict[str, str], bytes]
"""Headers and bytes."""
BUYER = 17


@dataclass(frozen=True)
class Buyer:
    """A customer of a shop. The address is verified there if ``is_verified``."""

    number: int = BUYER
    email: str = "anna@example.com"
    is_verified: bool = False


ANNA = Buyer()


class VendorShop(Protocol):
    """A shop of some system. Prices are whole euros, of goods alone."""

    @property
    def credentials(self) -> Row:
        """What configureSync needs."""

    def id_of(self, buyer: Buyer) -> str:
        """Return the shop's id of a customer."""

    def paid(self, number: int, euros: int, buyer: Buyer = ANNA) -> Notice:
        """Have an order paid."""

    def refunded(self, number: int, euros: int) -> Notice:
        """Have a part of that order paid back."""

    def customer(self, buyer: Buyer) -> Notice | None:
        """Tell of a customer; ``None`` if the system tells of none."""


@dataclass
class GenericShop:
    """Speaks our own contract."""

    url: str = ""
    book: dict[int, Row] = field(default_factory=dict)
    sent: int = 0

    @property
    def credentials(self) -> Row:
        return {"webhookSecret": shops.SECRET, "ordersUrl": self.url}

    def id_of(self, buyer: Buyer) -> str:
        return str(buyer.number)

    def paid(self, number: int, euros: int, buyer: Buyer = ANNA) -> Notice:
        at = _now().isoformat()
        told = {"paidAt": at, "changedAt": at, "customer": self._told(buyer)}
        self.book[number] = shops.order(str(number), f"{euros}.00", **told)
        return self._notice(topic="order", order=self.book[number])

    def refunded(self, number: int, euros: int) -> Notice:
        order = self.book[number]
        refund = shops.refund(f"r{number}", f"{euros}.00", refundedAt=_later().isoformat())
        order |= {"refunds": [refund], "changedAt": _later().isoformat()}
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
        self.sent += 1
        raw = json.dumps(body).encode()
        return shops.signed(raw, f"n_{self.sent}"), raw


@dataclass
class WooCommerceShop:
    """A WooCommerce shop."""

    shop: woocommerce_shop.WooShop

    @property
    def credentials(self) -> Row:
        return self.shop.credentials

    def id_of(self, buyer: Buyer) -> str:
        return str(buyer.number)

    def paid(self, number: int, euros: int, buyer: Buyer = ANNA) -> Notice:
        at = f"{_now():%Y-%m-%dT%H:%M:%S}"
        goods = {"id": 1, "product_id": 93, "total": f"{euros}.00", "total_tax": "0.00"}
        self.shop.orders[number] = woocommerce.order(
            id=number,
            number=str(number),
            customer_id=buyer.number,
            billing={"email": buyer.email},
            total=f"{euros}.00",
            line_items=[goods],
            shipping_lines=[],
            coupon_lines=[],
            **{f"date_{what}_gmt": at for what in ("created", "modified", "paid")},
        )
        return woocommerce_shop.notice(self.shop.orders[number])

    def refunded(self, number: int, euros: int) -> Notice:
        at = f"{_later():%Y-%m-%dT%H:%M:%S}"
        refund = woocommerce.refund(10_000 + number, f"{euros}.00", date_created_gmt=at)
        self.shop.refunds[number] = [refund]
        order = self.shop.orders[number]
        order |= {"refunds": [{"id": refund["id"]}], "date_modified_gmt": at}
        return woocommerce_shop.notice(order)

    def customer(self, _: Buyer) -> None:
        return None


@dataclass
class ShopifyShop:
    """A shop at Shopify."""

    shop: shopify_shop.ShopifyShop

    @property
    def credentials(self) -> Row:
        return {
            "shop": shopify_shop.DOMAIN,
            "clientId": "fake-id",
            "clientSecret": shopify_shop.SECRET,
            "baseUrl": self.shop.url,
        }

    def id_of(self, buyer: Buyer) -> str:
        return str(207_119_000 + buyer.number)

    def paid(self, number: int, euros: int, buyer: Buyer = ANNA) -> Notice:
        order = shopify_shop.Order(
            number,
            [shopify_shop.Line(Decimal(euros))],
            customer=self.id_of(buyer),
            email=buyer.email,
            is_verified=buyer.is_verified,
            at=_now(),
            updated_at=_now(),
        )
        self.shop.add(order)
        return shopify_shop.notice("orders/paid", order.rest())

    def refunded(self, number: int, euros: int) -> Notice:
        (order,) = (each for each in self.shop.book.values() if each.number == number)
        order.refunds = [shopify_shop.Refund(Decimal(euros), at=_later())]
        order.status, order.updated_at = "PARTIALLY_REFUNDED", _later()
        told = {"id": 900, "order_id": int(order.id)}
        return shopify_shop.notice("refunds/create", told)

    def customer(self, buyer: Buyer) -> Notice:
        told = {
            "id": int(self.id_of(buyer)),
            "email": buyer.email,
            "verified_email": buyer.is_verified,
        }
        return shopify_shop.notice("customers/update", told)


@dataclass
class ShopwareShop:
    """A Shopware shop, with an integration."""

    shop: shopware_shop.ShopwareShop
    sent: int = 0

    @property
    def credentials(self) -> Row:
        return {
            "shopUrl": "https://shop.example.com",
            "clientId": "SWIAFAKEFAKEFAKE",
            "clientSecret": "fake-secret-of-the-integration",
            "webhookSecret": shopware_shop.SECRET,
            "baseUrl": self.shop.url,
        }

    def id_of(self, buyer: Buyer) -> str:
        return shopware_shop.hex_id(buyer.number)

    def paid(self, number: int, euros: int, buyer: Buyer = ANNA) -> Notice:
        order = shopware_shop.Order(
            number,
            [shopware_shop.Line(Decimal(euros))],
            customer_id=self.id_of(buyer),
            email=buyer.email,
            is_confirmed=buyer.is_verified,
            created_at=_now(),
        )
        self.shop.add(order)
        return self._notice("state_enter.order_transaction.state.paid", order)

    def refunded(self, number: int, euros: int) -> Notice:
        (order,) = (each for each in self.shop.book.values() if each.number == number)
        refund = shopware_shop.Refund(Decimal(euros))
        order.payments = [
            shopware_shop.Payment("refunded_partially", refunds=[refund], changed_at=_later())
        ]
        return self._notice("state_enter.order_transaction.state.refunded_partially", order)

    def customer(self, _: Buyer) -> None:
        return None

    def _notice(self, event: str, order: shopware_shop.Order) -> Notice:
        self.sent += 1
        return shopware_shop.notice(event, {"order": {"id": order.id}}, eventId=f"e{self.sent}")


def _now() -> datetime:
    return clock.real_now()


def _later() -> datetime:
    """A change has another second than the order, by which it is known."""
    return clock.real_now() + timedelta(seconds=1)


@contextmanager
def _generic() -> Iterator[VendorShop]:
    shop = GenericShop()
    with serving(shop.answer) as shop.url:
        yield shop


@contextmanager
def _woocommerce() -> Iterator[VendorShop]:
    with woocommerce_shop.woocommerce_shop() as shop:
        yield WooCommerceShop(shop)


@contextmanager
def _shopify() -> Iterator[VendorShop]:
    with shopify_shop.shopify_shop() as shop:
        yield ShopifyShop(shop)


@contextmanager
def _shopware() -> Iterator[VendorShop]:
    with shopware_shop.shopware_shop() as shop:
        yield ShopwareShop(shop)


RUNNING: Mapping[str, Callable[[], AbstractContextManager[VendorShop]]] = {
    "generic": _generic,
    "woocommerce": _woocommerce,
    "shopify": _shopify,
    "shopware": _shopware,
}
