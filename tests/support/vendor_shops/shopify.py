"""A shop at Shopify. It needs the schema of the vendor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.support import shopify_customers, shopify_shop
from tests.support.faults import Faults
from tests.support.vendor_shops.base import ANNA, Buyer, Notice, Row, WrittenShop, later, now


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

    def paid(
        self, number: int, euros: int, buyer: Buyer = ANNA, codes: Sequence[str] = ()
    ) -> Notice:
        order = shopify_shop.Order(
            number,
            [shopify_shop.Line(Decimal(euros))],
            customer=self.id_of(buyer),
            email=buyer.email,
            is_verified=buyer.is_verified,
            at=now(),
            updated_at=now(),
            codes=tuple(codes),
        )
        self.shop.add(order)
        return shopify_shop.notice("orders/paid", order.rest())

    def refunded(self, number: int, euros: int) -> Notice:
        (order,) = (each for each in self.shop.book.values() if each.number == number)
        order.refunds = [shopify_shop.Refund(Decimal(euros), at=later())]
        order.status, order.updated_at = "PARTIALLY_REFUNDED", later()
        told = {"id": 900, "order_id": int(order.id)}
        return shopify_shop.notice("refunds/create", told)

    def customer(self, buyer: Buyer) -> Notice:
        told = {
            "id": int(self.id_of(buyer)),
            "email": buyer.email,
            "verified_email": buyer.is_verified,
        }
        return shopify_shop.notice("customers/update", told)

    @property
    def faults(self) -> Faults:
        return self.shop.faults

    def join(self, buyer: Buyer) -> None:
        self.shop.customers.book[self.id_of(buyer)] = shopify_customers.Customer()

    def card_of(self, buyer: Buyer) -> tuple[Any, ...]:
        told = self.shop.customers.book[self.id_of(buyer)].fields
        fields = {name: value for name, (_, value) in told.items()}
        balance = fields.get("punktwerk.balance")
        rest = (fields.get(f"punktwerk.{each}") for each in ("unit", "tier", "card_code"))
        return balance and float(balance), *rest

    def uses(self, code: str, buyer: Buyer = ANNA) -> bool:
        return self.shop.customers.use(code, self.id_of(buyer))


@contextmanager
def running() -> Iterator[WrittenShop]:
    """Run the shop."""
    with shopify_shop.shopify_shop() as shop:
        yield ShopifyShop(shop)
