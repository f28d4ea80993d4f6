"""Items: exact sums, and what of a customer's items is the catalog's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.catalog.goods import Price
from shared.domain.catalog.products import CatalogProduct
from shared.domain.loyalty import earning_base
from shared.domain.loyalty.earning_base import LineType
from shared.domain.money import Money
from shared.domain.orders import items
from shared.domain.orders.items import Item
from tests.support.strategies import NOW

MILK = CatalogProduct(
    "store_1_1", "acc_1", "store_1", "1", "Milk", "api", NOW, NOW, price=Money(149, "EUR")
)
bought = st.lists(
    st.builds(
        Item,
        name=st.just("Milk"),
        price_unit_minor=st.integers(0, 10**6),
        quantity=st.integers(1, 1000),
    ),
    max_size=20,
)


@given(bought, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_the_lines_that_earn_add_up_to_what_is_paid(found: list[Item], currency: str) -> None:
    total = Money(items.total_minor(found), currency).to_major()

    assert earning_base.paid_amount(items.lines(found, currency)) == total


def test_ten_cents_and_twenty_are_thirty() -> None:
    found = [Item("a", 10), Item("b", 20)]

    assert sum(each.amount for each in items.lines(found, "EUR")) == Decimal("0.30")


def test_a_product_is_sold_at_the_price_that_has_begun() -> None:
    later = replace(MILK, upcoming=(Price(Money(159, "EUR"), NOW + timedelta(hours=1)),))

    now, then = (items.sold(later, NOW + timedelta(hours=each)) for each in (0, 1))

    assert now is not None
    assert then is not None
    assert (now.price, then.price) == (Money(149, "EUR"), Money(159, "EUR"))


def test_what_is_gone_or_has_no_price_is_not_sold() -> None:
    assert items.sold(None, NOW) is None
    assert items.sold(replace(MILK, deleted_at=NOW), NOW) is None
    assert items.sold(replace(MILK, price=None), NOW) is None


def test_a_price_in_another_currency_is_a_difference() -> None:
    _, [difference] = items.compared([Item("Milk", 149, product_id="x")], lambda _: MILK, "CHF")

    assert difference.field == "product"


def test_a_vat_that_the_catalog_does_not_know_is_not_compared() -> None:
    sent = Item("Milk", 149, vat_percent=Decimal(19), product_id="x")

    found, differences = items.compared([sent], lambda _: MILK, "EUR")

    assert (found[0].vat_percent, differences) == (None, [])


def test_a_customers_discount_is_a_difference() -> None:
    sent = Item("Milk", 149, product_id="x", type=LineType.DISCOUNT)

    assert [each.field for each in items.compared([sent], lambda _: MILK, "EUR")[1]] == ["type"]


def test_an_ean_that_nobody_has_is_not_compared_with_a_product_that_has_none() -> None:
    sent = Item("Milk", 149, product_id="store_1_1", ean="4000417025005")
    found = {"store_1_1": MILK}
    known = {"store_1_1": replace(MILK, ean="4006381333931")}

    assert items.compared([sent], found.get, "EUR")[1] == []
    assert [each.field for each in items.compared([sent], known.get, "EUR")[1]] == ["ean"]
