"""A Shopware shop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shared import ids
from tests.support import shopware_back_office, shopware_shop
from tests.support.faults import Faults
from tests.support.vendor_shops.base import ANNA, Buyer, Notice, Row, WrittenShop, later, now


@dataclass
class ShopwareShop:
    """A Shopware shop, with an integration."""

    shop: shopware_shop.ShopwareShop

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
        return shopware_back_office.hex_id(buyer.number)

    def paid(
        self, number: int, euros: int, buyer: Buyer = ANNA, codes: Sequence[str] = ()
    ) -> Notice:
        goods = shopware_shop.Line(Decimal(euros + len(codes)))
        off = [shopware_shop.Line(Decimal(-1), type="promotion", code=each) for each in codes]
        order = shopware_shop.Order(
            number,
            [goods, *off],
            customer_id=self.id_of(buyer),
            email=buyer.email,
            is_confirmed=buyer.is_verified,
            created_at=now(),
        )
        self.shop.add(order)
        return self._notice("state_enter.order_transaction.state.paid", order)

    def refunded(self, number: int, euros: int) -> Notice:
        (order,) = (each for each in self.shop.book.values() if each.number == number)
        refund = shopware_shop.Refund(Decimal(euros))
        order.payments = [
            shopware_shop.Payment("refunded_partially", refunds=[refund], changed_at=later())
        ]
        return self._notice("state_enter.order_transaction.state.refunded_partially", order)

    def customer(self, _: Buyer) -> None:
        return None

    @property
    def faults(self) -> Faults:
        return self.shop.faults

    def join(self, buyer: Buyer) -> None:
        account = shopware_back_office.Customer()
        self.shop.office.tables.customers[self.id_of(buyer)] = account

    def card_of(self, buyer: Buyer) -> tuple[Any, ...]:
        fields = self.shop.office.tables.customers[self.id_of(buyer)].fields
        names = ("balance", "unit", "tier", "card_code")
        return tuple(fields.get(f"punktwerk_{each}") for each in names)

    def uses(self, code: str, buyer: Buyer = ANNA) -> bool:
        return self.shop.office.order(code, customer_id=self.id_of(buyer))

    def _notice(self, event: str, order: shopware_shop.Order) -> Notice:
        return shopware_shop.notice(event, {"order": {"id": order.id}}, eventId=ids.new("e"))


@contextmanager
def running() -> Iterator[WrittenShop]:
    """Run the shop."""
    with shopware_shop.shopware_shop() as shop:
        yield ShopwareShop(shop)
