"""Drafts of products: what is said is so afterwards, and a system's word stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.catalog import product_drafts
from shared.domain.catalog.goods import Price
from shared.domain.catalog.product_drafts import IfExists, Inserted, ProductDraft, ProductOutcome
from shared.domain.catalog.products import API_SOURCE, CatalogProduct, states_until
from shared.domain.money import Money
from shared.errors import ProductExists, ProductManaged
from tests.support.strategies import NOW

LATER = NOW + timedelta(days=1)
EAN = "4006381333931"
names = st.sampled_from(["Milk", "Butter"])
prices = st.sampled_from([Money(149, "EUR"), Money(159, "EUR")])
rates = st.none() | st.sampled_from([Decimal(7), Decimal(19)])
flags = st.dictionaries(st.sampled_from(["requiresHumanVerification", "other"]), st.booleans())
drafts = st.builds(
    ProductDraft,
    name=names,
    ean=st.just(EAN),
    number=st.none() | st.just("0815"),
    brand=st.none() | st.sampled_from(["", "BioHof"]),
    category_id=st.none() | st.just("dairy"),
    price=st.none() | prices,
    vat_percent=rates,
    flags=flags,
)
upcoming = st.lists(
    st.builds(Price, prices, st.sampled_from([NOW, LATER, LATER + timedelta(days=1)])), max_size=3
).map(lambda found: tuple(sorted(found, key=lambda each: each.valid_from)))
products = st.builds(
    CatalogProduct,
    product_id=st.just(f"store_1_{EAN}"),
    account_id=st.just("acc_1"),
    store_id=st.just("store_1"),
    key=st.just(EAN),
    name=names,
    source=st.sampled_from([API_SOURCE, "korona"]),
    created_at=st.just(NOW),
    updated_at=st.just(NOW),
    external_id=st.none() | st.just("k-1"),
    ean=st.just(EAN),
    price=st.none() | prices,
    upcoming=upcoming,
    vat_percent=rates,
    flags=st.none() | st.just({"requiresHumanVerification": True}),
    deleted_at=st.none() | st.just(NOW),
    replaced_by=st.none() | st.just("40170725"),
)
BLANK = CatalogProduct(
    product_id=f"store_1_{EAN}",
    account_id="acc_1",
    store_id="store_1",
    key=EAN,
    name="",
    source=API_SOURCE,
    created_at=LATER,
    updated_at=LATER,
)


def later(product: CatalogProduct) -> CatalogProduct:
    """Return a product with the prices that have begun until then."""
    return states_until(product, LATER)[-1]


def insert(
    known: CatalogProduct | None, draft: ProductDraft, if_exists: IfExists = IfExists.TAKE_OVER
) -> Inserted:
    return product_drafts.insert(known, draft, BLANK, if_exists)


def says(draft: ProductDraft, product: CatalogProduct) -> bool:
    """Tell whether a product is all that a draft says."""
    said = {
        product.name: draft.name,
        product.ean: draft.ean,
        product.number: draft.number,
        product.category_id: draft.category_id,
    }
    has_texts = all(expected in {None, found} for found, expected in said.items())
    has_brand = draft.brand in {None, product.brand}
    has_price = draft.price in {None, product.price}
    has_rate = draft.vat_percent in {None, product.vat_percent}
    shown = product.flags or {}
    has_flags = all(shown.get(name, False) is value for name, value in draft.flags.items())
    return has_texts and has_brand and has_price and has_rate and has_flags


@given(known=st.none() | products, draft=drafts)
def test_what_is_said_is_so_and_saying_it_again_changes_nothing(
    known: CatalogProduct | None, draft: ProductDraft
) -> None:
    after = insert(known, draft).product
    tomorrow = replace(BLANK, created_at=LATER, updated_at=LATER + timedelta(hours=1))

    again = product_drafts.insert(after, draft, tomorrow, IfExists.REFUSE)

    assert says(draft, later(after))
    assert (again.product, again.outcome) == (after, ProductOutcome.UNCHANGED)
    assert not after.is_deleted


@given(known=products, draft=drafts)
def test_what_is_not_said_stays(known: CatalogProduct, draft: ProductDraft) -> None:
    known = replace(known, deleted_at=None)
    before = later(known)

    after = later(insert(known, draft).product)

    assert draft.price or after.price == before.price
    assert draft.brand is not None or after.brand == before.brand
    assert draft.vat_percent is not None or after.vat_percent == before.vat_percent
    assert (after.created_at, after.product_id) == (before.created_at, before.product_id)
    untouched = {name for name in before.flags or {} if name not in draft.flags}
    assert all((after.flags or {})[name] for name in untouched)


@given(known=products, draft=drafts)
def test_a_systems_word_stays_unless_it_is_taken_over(
    known: CatalogProduct, draft: ProductDraft
) -> None:
    known = replace(known, source="korona", deleted_at=None)
    try:
        after = insert(known, draft, IfExists.UPDATE).product
    except ProductManaged:
        taken = insert(known, draft).product
        assert (taken.source, taken.external_id, taken.upcoming) == (API_SOURCE, None, ())
        return

    assert replace(after, flags=None, updated_at=NOW) == replace(known, flags=None)


@given(known=products, draft=drafts)
def test_nothing_is_changed_that_is_to_be_left_alone(
    known: CatalogProduct, draft: ProductDraft
) -> None:
    known = replace(known, deleted_at=None)
    try:
        found = insert(known, draft, IfExists.REFUSE)
    except (ProductExists, ProductManaged):
        assert insert(known, draft).outcome is ProductOutcome.UPDATED
        return

    assert found == Inserted(known, ProductOutcome.UNCHANGED)


@given(known=products, draft=drafts)
def test_what_is_no_longer_sold_is_sold_anew(known: CatalogProduct, draft: ProductDraft) -> None:
    found = insert(replace(known, deleted_at=NOW), draft, IfExists.REFUSE)

    after = found.product
    assert found.outcome is ProductOutcome.CREATED
    assert (after.source, after.external_id, after.replaced_by) == (API_SOURCE, None, None)
    assert (after.deleted_at, after.upcoming, after.next_price_at) == (None, (), None)
    assert after.updated_at == LATER


@given(draft=drafts)
def test_an_earlier_attempt_of_the_same_call_has_done_it(draft: ProductDraft) -> None:
    created = insert(None, draft).product

    assert insert(created, draft) == Inserted(created, ProductOutcome.CREATED)
    older = replace(created, created_at=NOW)
    assert insert(older, draft) == Inserted(older, ProductOutcome.UPDATED)


@given(known=products, draft=drafts)
def test_registering_leaves_alone_what_is_sold(known: CatalogProduct, draft: ProductDraft) -> None:
    known = replace(known, deleted_at=None)

    found = product_drafts.register(known, draft, BLANK, None)

    assert found == Inserted(known, ProductOutcome.UNCHANGED)


@pytest.mark.parametrize(
    ("key", "ean", "number", "expected"),
    [
        (EAN, EAN, "0815", (EAN, "0815")),
        ("0815", EAN, "0815", (None, "0815")),
        ("0815", None, "0815", (None, "0815")),
        ("k-1", None, None, (None, "k-1")),
    ],
)
def test_a_copy_has_the_same_key(
    key: str, ean: str | None, number: str | None, expected: tuple[str | None, str]
) -> None:
    product = replace(BLANK, key=key, ean=ean, number=number)

    draft = product_drafts.draft_of(product, None)

    assert (draft.ean, draft.number) == expected
    assert draft.key == key
