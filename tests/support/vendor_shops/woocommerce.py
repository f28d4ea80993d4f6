"""A WooCommerce shop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.support import woocommerce, woocommerce_back_office, woocommerce_shop
from tests.support.faults import Faults
from tests.support.vendor_shops.base import ANNA, Buyer, Notice, Row, WrittenShop, later, now


@dataclass
class WooCommerceShop:
    """A WooCommerce shop."""

    shop: woocommerce_shop.WooShop

    @property
    def credentials(self) -> Row:
        return self.shop.credentials

    def id_of(self, buyer: Buyer) -> str:
        return str(buyer.number)

    def paid(
        self, number: int, euros: int, buyer: Buyer = ANNA, codes: Sequence[str] = ()
    ) -> Notice:
        at = f"{now():%Y-%m-%dT%H:%M:%S}"
        goods = {"id": 1, "product_id": 93, "total": f"{euros}.00", "total_tax": "0.00"}
        self.shop.orders[number] = woocommerce.order(
            id=number,
            number=str(number),
            customer_id=buyer.number,
            billing={"email": buyer.email},
            total=f"{euros}.00",
            line_items=[goods],
            shipping_lines=[],
            coupon_lines=[{"code": each.lower()} for each in codes],
            **{f"date_{what}_gmt": at for what in ("created", "modified", "paid")},
        )
        return woocommerce_shop.notice(self.shop.orders[number])

    def refunded(self, number: int, euros: int) -> Notice:
        at = f"{later():%Y-%m-%dT%H:%M:%S}"
        refund = woocommerce.refund(10_000 + number, f"{euros}.00", date_created_gmt=at)
        self.shop.refunds[number] = [refund]
        order = self.shop.orders[number]
        order |= {"refunds": [{"id": refund["id"]}], "date_modified_gmt": at}
        return woocommerce_shop.notice(order)

    def customer(self, _: Buyer) -> None:
        return None

    @property
    def faults(self) -> Faults:
        return self.shop.faults

    def join(self, buyer: Buyer) -> None:
        account = woocommerce_back_office.Customer(buyer.email)
        self.shop.office.customers[buyer.number] = account

    def card_of(self, buyer: Buyer) -> tuple[Any, ...]:
        meta = self.shop.office.customers[buyer.number].meta
        fields = (meta.get(f"punktwerk_{each}") for each in ("unit", "tier", "card_code"))
        balance = meta.get("punktwerk_balance")
        return balance and float(balance), *fields

    def uses(self, code: str, buyer: Buyer = ANNA) -> bool:
        return self.shop.office.buy(code, buyer.email)


@contextmanager
def running() -> Iterator[WrittenShop]:
    """Run the shop."""
    with woocommerce_shop.woocommerce_shop() as shop:
        yield WooCommerceShop(shop)
