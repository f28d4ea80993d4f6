"""Products: none is lost or doubled, nothing changes by itself, and every price has its time."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.catalog import products as catalog
from shared.domain.catalog.goods import Price, Product
from shared.domain.catalog.products import CatalogProduct
from shared.domain.money import Money

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
BASE = CatalogProduct(
    product_id="store_a_1",
    account_id="acc_1",
    store_id="store_a",
    key="1",
    name="",
    source="korona",
    created_at=NOW,
    updated_at=NOW,
)
MILK = Product("a", "Milk", number="001", ean="4006381333931", price=Money(149, "EUR"))

moneys = st.builds(Money, st.integers(0, 500), st.just("EUR"))
times = st.integers(0, 50).map(lambda days: NOW + timedelta(days=days))
upcoming = st.lists(st.builds(Price, moneys, times), max_size=4, unique_by=lambda p: p.valid_from)
few_ids = st.sampled_from(["a", "b", "c", "d", "001", "4006381333931"])
products = st.builds(
    Product,
    external_id=few_ids,
    name=st.sampled_from(["Milk", "Butter"]),
    number=st.none() | few_ids,
    ean=st.none() | st.sampled_from(["4006381333931", "96385074"]),
    brand=st.sampled_from(["", "BioHof"]),
    price=st.none() | moneys,
    upcoming=upcoming.map(tuple),
    vat_percent=st.none() | st.sampled_from([Decimal(7), Decimal(19)]),
    is_deleted=st.booleans(),
)
listings = st.lists(products, max_size=8, unique_by=lambda each: each.external_id)


def merged(seen: Product, known: CatalogProduct | None = None, now: datetime = NOW):
    return catalog.merged(known, seen, BASE, now)


@given(products, st.none() | products)
def test_what_is_read_again_changes_nothing(seen: Product, before: Product | None) -> None:
    known = merged(before) if before else None
    once = merged(seen, known, LATER)

    assert merged(seen, once, LATER + timedelta(days=1)) is once


@given(products, products)
def test_what_a_system_says_replaces_what_was_known(before: Product, seen: Product) -> None:
    after = merged(seen, merged(before), LATER)

    assert (after.name, after.external_id, after.number, after.ean) == (
        seen.name,
        seen.external_id,
        seen.number,
        seen.ean,
    )
    assert after.is_deleted == seen.is_deleted
    if not seen.is_deleted:
        assert after.price == seen.price
        assert after.next_price_at == min((p.valid_from for p in seen.upcoming), default=None)
    else:
        assert after.next_price_at is None


def test_what_a_system_does_not_say_stays() -> None:
    known = replace(
        merged(replace(MILK, brand="BioHof", vat_percent=Decimal(7))),
        flags={"requiresHumanVerification": True},
    )
    after = merged(replace(MILK, price=Money(159, "EUR")), known, LATER)

    assert (after.brand, after.vat_percent) == ("BioHof", Decimal(7))
    assert after.flags == {"requiresHumanVerification": True}
    assert (after.created_at, after.updated_at, after.priced_at) == (NOW, LATER, LATER)


def test_what_is_sold_no_more_keeps_its_price_and_gets_no_other() -> None:
    known = merged(replace(MILK, upcoming=(Price(Money(159, "EUR"), LATER),)))
    told = merged(Product("a", "Milk", is_deleted=True), known, LATER)
    vanished = catalog.gone(known, LATER, replaced_by="2")

    for after in (told, vanished):
        assert (after.price, after.upcoming, after.next_price_at) == (MILK.price, (), None)
        assert after.deleted_at == after.updated_at == LATER
        assert not catalog.is_repriced(known, after)
        assert catalog.price_change(known, after) is None
    assert (told.replaced_by, vanished.replaced_by) == (None, "2")
    back = merged(MILK, vanished, LATER)
    assert (back.is_deleted, back.replaced_by) == (False, None)


def test_the_time_of_its_end_is_that_of_when_it_was_first_seen() -> None:
    ended = replace(MILK, is_deleted=True)
    known = merged(ended, merged(MILK), LATER)
    renamed = merged(replace(ended, name="Old milk"), known, LATER + timedelta(days=1))

    assert (renamed.deleted_at, renamed.name) == (LATER, "Old milk")


@given(st.lists(st.none() | moneys, min_size=1, max_size=10))
def test_prices_that_ended_and_the_one_that_holds_are_all_there_were(
    prices: list[Money | None],
) -> None:
    known: CatalogProduct | None = None
    history = []
    for day, price in enumerate(prices):
        after = merged(replace(MILK, price=price), known, NOW + timedelta(days=day))
        change = catalog.price_change(known, after)
        assert catalog.is_repriced(known, after) == (
            known is not None and known.price != after.price
        )
        if change is not None:
            history.append(change)
        known = after
    assert known is not None

    spans = [(each.since, each.until, each.amount) for each in history]
    if known.price is not None:
        assert known.priced_at is not None
        spans.append((known.priced_at, NOW + timedelta(days=len(prices)), known.price))
    found = [
        next((price for since, until, price in spans if since <= at < until), None)
        for at in (NOW + timedelta(days=day) for day in range(len(prices)))
    ]
    assert found == prices


@given(moneys, upcoming, times)
def test_announced_prices_begin_one_after_the_other(
    price: Money, announced: list[Price], now: datetime
) -> None:
    product = merged(replace(MILK, price=price, upcoming=tuple(announced)), now=NOW)
    history = []
    while (after := catalog.with_due_price(product, now)) is not product:
        change = catalog.price_change(product, after)
        history += [change] if change else []
        product = after

    due = sorted((p for p in announced if p.valid_from <= now), key=lambda p: p.valid_from)
    begun = [price, *(each.amount for each in due)]
    assert product.price == begun[-1]
    assert [each.amount for each in history] == [
        former for former, latter in itertools.pairwise(begun) if former != latter
    ]
    assert all(each.valid_from > now for each in product.upcoming)
    for earlier, later in itertools.pairwise(history):
        assert earlier.until == later.since


@given(listings)
def test_no_two_products_get_one_key_and_none_is_lost(listed: list[Product]) -> None:
    taken: dict[str, str] = {}
    for product in listed:
        key = catalog.key_of(product, taken)
        if key is not None:
            assert taken.setdefault(key, product.external_id) == product.external_id
            assert key in {product.ean, product.number, product.external_id}
        else:
            others = {product.ean, product.number, product.external_id}
            assert all(taken[each] != product.external_id for each in others if each)
    assert len(set(taken.values())) == len(taken)


@given(products)
def test_a_product_keeps_its_key(product: Product) -> None:
    key = catalog.key_of(product, {})
    assert key == (product.ean or product.number or product.external_id)
    assert key is not None
    assert catalog.key_of(product, {key: product.external_id}) == key
