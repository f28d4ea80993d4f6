"""What cannot be true is skipped and told, whichever connector lists it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from shared.connectors.base import ListedPage, Skipped
from shared.connectors.sane import AMOUNT_MAX, QUANTITY_MAX, fault_of
from shared.domain.catalog.goods import (
    Category,
    Order,
    OrderLine,
    Price,
    Product,
    StockLevel,
    Supplier,
)
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.systems.shop_orders import ShopOrder

AT = datetime(2026, 3, 2, tzinfo=UTC)
MUCH = Money(AMOUNT_MAX * 100, "EUR")
TOO_MUCH = Money(AMOUNT_MAX * 100 + 1, "EUR")


def product(**fields: Any) -> Product:
    return Product("1", "Tee", **fields)


def receipt(**fields: Any) -> Receipt:
    said: dict[str, Any] = {"issued_at": AT, "total": Money(1, "EUR"), "eligible": Money(1, "EUR")}
    return Receipt("r", "r", kind=ReceiptKind.SALE, **{**said, **fields})


def order(quantity: Decimal = Decimal(1), **fields: Any) -> Order:
    return Order("o", "o", "", lines=(OrderLine(quantity, **fields),))


@pytest.mark.parametrize(
    "item",
    [
        product(),
        product(price=Money(0, "EUR"), vat_percent=Decimal(0)),
        product(price=MUCH, vat_percent=Decimal(100)),
        product(price=Money(AMOUNT_MAX, "JPY")),
        StockLevel("1", "a", Decimal(-5)),
        StockLevel("1", "a", Decimal(QUANTITY_MAX)),
        order(amount=Money(-1, "EUR")),
        receipt(total=Money(-1, "EUR")),
        ShopOrder("o", ()),
        ShopOrder("o", (receipt(), receipt(total=MUCH))),
        Category("1", "x"),
        Supplier("1", "x"),
    ],
    ids=range(12),
)
def test_takes_what_shops_have(item: Any) -> None:
    assert fault_of(item) is None
    assert ListedPage((item,)).items == (item,)


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        (product(price=Money(-100, "EUR")), "has a price below zero: -1.00 EUR"),
        (product(upcoming=(Price(Money(-1, "EUR"), AT),)), "has a price below zero: -0.01 EUR"),
        (product(price=TOO_MUCH), "has an amount beyond 1000000000 EUR"),
        (product(price=Money(AMOUNT_MAX + 1, "JPY")), "has an amount beyond 1000000000 JPY"),
        (product(vat_percent=Decimal(1900)), "has a tax of 1900 percent"),
        (product(vat_percent=Decimal(-1)), "has a tax of -1 percent"),
        (StockLevel("1", "a", Decimal("1e10")), "has a quantity beyond 1000000000"),
        (order(amount=TOO_MUCH), "has an amount beyond 1000000000 EUR"),
        (order(Decimal("-1e10")), "has a quantity beyond 1000000000"),
        (receipt(total=TOO_MUCH), "has an amount beyond 1000000000 EUR"),
        (receipt(issued_at=datetime.min.replace(tzinfo=UTC)), "has a time that cannot be stored"),
        (
            receipt(voids_issued_at=datetime.max.replace(tzinfo=UTC)),
            "has a time that cannot be stored",
        ),
        (receipt(eligible=Money(-(10**12), "EUR")), "has an amount beyond 1000000000 EUR"),
        (
            ShopOrder("o", (receipt(), receipt(total=TOO_MUCH))),
            "has an amount beyond 1000000000 EUR",
        ),
    ],
    ids=range(14),
)
def test_no_page_lists_what_cannot_be_true(item: Any, fault: str) -> None:
    good, other = Category("2", "x"), Skipped("3", "why")
    page = ListedPage((good, item), is_listing=True, skipped=(other,))
    assert page.items == (good,)
    assert page.skipped == (other, Skipped(item.external_id, fault))
    assert page.is_listing
