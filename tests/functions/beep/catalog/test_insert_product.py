"""insertProduct: a product is sold once, and nobody's values are overwritten by accident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from shared import clock, ids
from shared.domain.money import Money
from shared.domain.stores.stores import Store
from shared.store import client, paths
from shared.store.stores import store_documents
from tests.conftest import Clock
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Merchant
from tests.support.products import EAN, MILK, ended_prices, insert, inserted, kept, synced
from tests.support.receivers import receiving
from tests.support.refusals import (
    assert_fields_refused,
    assert_invalid,
    assert_refused,
    nothing_written,
)
from tests.support.traffic import first_answer_lost

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
AGED = {"flags": {"requiresHumanVerification": True}}


def outcome_of(merchant: Merchant, **fields: Any) -> str:
    answer = insert(merchant, **fields)
    assert answer.status == 200, answer.body
    return str(answer.body["outcome"])


def test_is_kept_under_its_ean_and_shown(frozen_clock: Clock, merchant: Merchant) -> None:
    answer = insert(merchant, categoryId="dairy", number="0815")

    product_id = f"{merchant.store_id}_{EAN}"
    assert answer.body == {
        "success": True,
        "storeId": merchant.store_id,
        "productId": product_id,
        "outcome": "created",
        "product": {
            "productId": product_id,
            "storeId": merchant.store_id,
            "ean": EAN,
            "number": "0815",
            "name": "Bio-Vollmilch 3,5%",
            "brand": "BioHof",
            "categoryId": "dairy",
            "price": 1.49,
            "currency": "EUR",
            "vat": 7,
            "flags": {"requiresHumanVerification": False},
            "source": "api",
            "externalId": None,
            "createdAt": "2026-03-03T12:00:00.000Z",
            "updatedAt": "2026-03-03T12:00:00.000Z",
            "deletedAt": None,
            "replacedBy": None,
        },
    }
    product = kept(merchant)
    assert (product.product_id, product.account_id) == (product_id, merchant.account_id)
    assert (product.price, product.priced_at) == (Money(149, "EUR"), NOW)
    assert (product.vat_percent, product.flags) == (Decimal(7), None)


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("40170725", "40170725"),  # EAN-8
        ("036000291452", "0036000291452"),  # UPC-A
        ("00036000291452", "0036000291452"),  # GTIN-14 of a single unit
    ],
)
def test_spellings_of_an_ean_are_one_product(merchant: Merchant, sent: str, key: str) -> None:
    product = inserted(merchant, ean=sent)

    assert (product["ean"], kept(merchant, key).ean) == (key, key)


def test_without_an_ean_is_kept_under_its_number(merchant: Merchant) -> None:
    product = inserted(merchant, ean=None, number="Käse/5 kg")

    assert product["productId"] == paths.product_id(merchant.store_id, "Käse/5 kg")
    assert kept(merchant, "Käse/5 kg").number == "Käse/5 kg"


@pytest.mark.parametrize(("price", "cents"), [(0, 0), (0.01, 1), (1.4, 140), (10_000_000, 10**9)])
def test_a_price_is_exact(merchant: Merchant, price: float, cents: int) -> None:
    assert inserted(merchant, price=price)["price"] == price
    assert kept(merchant).price == Money(cents, "EUR")


def test_a_price_is_in_the_stores_currency(new_merchant) -> None:
    merchant = new_merchant(currency="JPY")

    product = inserted(merchant, price=149)
    with nothing_written():
        refused = insert(merchant, ean=None, number="1", price=1.49)

    assert (product["price"], product["currency"]) == (149, "JPY")
    assert_invalid(refused, price="must be a whole number")


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"price": 1.495}, {"price": "must be a number with at most 2 decimals"}),
        ({"price": -0.01}, {"price": "must be at least 0"}),
        ({"price": 10_000_000.01}, {"price": "must be at most 10000000"}),
        ({"price": "1.49"}, {"price": "must be a number"}),
        ({"vat": 101}, {"vat": "must be at most 100"}),
        ({"name": " "}, {"name": "must not be blank"}),
        ({"name": "x" * 256}, {"name": "must have at most 255 characters"}),
        ({"ean": "4006381333932"}, {"ean": "has a wrong check digit"}),
        ({"ean": "400638133393"}, {"ean": "has a wrong check digit"}),
        ({"ean": "4006381 33393"}, {"ean": "must be the digits of an EAN-8, UPC-A or EAN-13"}),
        ({"ean": "400638133"}, {"ean": "must be the digits of an EAN-8, UPC-A or EAN-13"}),
        ({"ean": None}, {"number": "is required where there is no ean"}),
        ({"ean": None, "number": ""}, {"number": "must have at least 1 characters"}),
        ({"flags": {"isNice": True}}, {"flags.isNice": "is not a known field"}),
        ({"ifExists": "replace"}, {"ifExists": "must be one of 'refuse', 'update' or 'take_over'"}),
    ],
)
def test_refuses_what_makes_no_product(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = insert(merchant, **fields)

    if "wrong check digit" in str(problems):
        problem = "has a wrong check digit; article numbers of your own go into number"
        problems = {"ean": problem}
    assert_fields_refused(answer, problems)


def test_the_sandbox_takes_the_ean_of_the_documentation(merchant: Merchant) -> None:
    body = {**MILK, "ean": "4000000000001", "storeId": "your_store_id"}

    assert merchant.sandbox.ok("insertProduct", body)["success"] is True
    assert merchant.api("insertProduct", {**body, "storeId": merchant.store_id}).status == 400


def test_a_repetition_writes_nothing(frozen_clock: Clock, merchant: Merchant) -> None:
    first = inserted(merchant, **AGED)
    frozen_clock.advance(seconds=1)

    with nothing_written():
        again = insert(merchant, **AGED)
        less = insert(merchant, brand=None, vat=None)

    for answer in (again, less):
        assert (answer.body["outcome"], answer.body["product"]) == ("unchanged", first)


def test_other_values_are_refused_unless_they_are_meant(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    product_id = inserted(merchant, **AGED)["productId"]
    frozen_clock.advance(seconds=1)

    with nothing_written():
        refused = insert(merchant, price=1.59)

    message = f"{product_id} exists with other values."
    assert_refused(refused, 409, "PRODUCT_EXISTS", {"productId": product_id}, message=message)
    assert outcome_of(merchant, price=1.59, brand=None, ifExists="update") == "updated"
    product = kept(merchant)
    assert (product.price, product.brand) == (Money(159, "EUR"), "BioHof")
    assert product.flags == {"requiresHumanVerification": True}
    assert (product.created_at, product.updated_at) == (NOW, frozen_clock.now)
    (ended,) = ended_prices(merchant)
    assert (ended.amount, ended.since, ended.until, ended.source) == (
        Money(149, "EUR"),
        NOW,
        frozen_clock.now,
        "api",
    )


def test_flags_can_be_taken_back(merchant: Merchant) -> None:
    inserted(merchant, **AGED)
    off = {"flags": {"requiresHumanVerification": False}}

    product = inserted(merchant, **off, ifExists="update")

    assert product["flags"] == off["flags"]


@pytest.mark.parametrize("if_exists", ["refuse", "update"])
def test_what_a_system_says_stays(merchant: Merchant, if_exists: str) -> None:
    product = synced(merchant)

    with nothing_written():
        refused = insert(merchant, price=1.59, ifExists=if_exists)

    message = f"{product.product_id} comes from korona, with other values."
    details = {"productId": product.product_id, "source": "korona"}
    assert_refused(refused, 409, "PRODUCT_MANAGED", details, message=message)


def test_what_a_system_says_as_well_is_answered(merchant: Merchant) -> None:
    synced(merchant)

    with nothing_written():
        answer = insert(merchant)

    assert (answer.body["outcome"], answer.body["product"]["source"]) == ("unchanged", "korona")


def test_flags_are_a_calls_to_set(merchant: Merchant) -> None:
    before = synced(merchant)

    with nothing_written():
        refused = insert(merchant, **AGED)
    assert refused.error == "PRODUCT_EXISTS"
    assert outcome_of(merchant, **AGED, ifExists="update") == "updated"

    after = kept(merchant)
    assert after.flags == {"requiresHumanVerification": True}
    assert (after.source, after.external_id) == ("korona", before.external_id)


def test_can_be_taken_over_from_a_system(merchant: Merchant) -> None:
    synced(merchant)

    assert outcome_of(merchant, price=1.59, ifExists="take_over") == "updated"

    product = kept(merchant)
    assert (product.source, product.external_id) == ("api", None)
    assert product.price == Money(159, "EUR")


def test_what_is_no_longer_sold_is_sold_anew(frozen_clock: Clock, merchant: Merchant) -> None:
    synced(merchant, deleted_at=NOW, replaced_by="40170725", flags=AGED["flags"])
    frozen_clock.advance(days=1)

    assert outcome_of(merchant, price=1.59) == "created"

    product = kept(merchant)
    assert (product.deleted_at, product.replaced_by, product.source) == (None, None, "api")
    assert (product.created_at, product.flags) == (NOW, AGED["flags"])
    assert [each["type"] for each in events_of(merchant)] == ["product.created"]


def test_is_told_once(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, "product.*")
        product_id = inserted(merchant)["productId"]
        inserted(merchant)
        inserted(merchant, price=1.59, ifExists="update")
        pipeline.deliver(merchant)

    (received,) = receiver.received
    assert (received.type, received.event["data"]) == (
        "product.created",
        {"productId": product_id},
    )


def test_a_key_stands_for_one_request(merchant: Merchant) -> None:
    body = {"storeId": merchant.store_id, **MILK}
    first = merchant.api("insertProduct", body, idempotency_key="k1")
    inserted(merchant, price=1.59, ifExists="update")

    with nothing_written():
        again = merchant.api("insertProduct", body, idempotency_key="k1")
        other = merchant.api("insertProduct", {**body, "price": 1}, idempotency_key="k1")

    assert (again.body, again.is_replay, first.is_replay) == (first.body, True, False)
    assert other.error == "IDEMPOTENCY_KEY_REUSED"


def test_says_the_same_if_the_first_answer_was_lost(merchant: Merchant) -> None:
    with first_answer_lost():
        created = outcome_of(merchant)
    with first_answer_lost():
        updated = outcome_of(merchant, price=1.59, ifExists="update")

    assert (created, updated) == ("created", "updated")
    assert len(events_of(merchant)) == 1
    assert len(ended_prices(merchant)) == 1


def shop(merchant: Merchant, store_id: str) -> Merchant:
    """Give a merchant a store whose id an operator has chosen."""
    store = Store(store_id, merchant.account_id, "Shop", "Europe/Berlin", "EUR", clock.utc_now())
    client.commit([store_documents.creation(store)])
    return replace(merchant, store_id=store_id)


def test_a_number_cannot_reach_the_product_of_a_store_with_a_longer_id(
    new_merchant: Callable[..., Merchant],
) -> None:
    store_id = ids.new("store")
    victim, attacker = shop(new_merchant(), f"{store_id}_2"), shop(new_merchant(), store_id)
    theirs = inserted(victim)

    own = inserted(attacker, ean=None, number=f"2_{EAN}", name="Overwritten")

    assert own["productId"] == f"{store_id}_2%5F{EAN}"
    assert theirs["productId"] == f"{store_id}_2_{EAN}"
    assert (kept(victim).name, kept(victim).account_id) == (MILK["name"], victim.account_id)
    assert kept(attacker, f"2_{EAN}").name == "Overwritten"
    for merchant, product in ((victim, theirs), (attacker, own)):
        body = {"productId": product["productId"]}
        assert merchant.api.ok("fetchProduct", body)["product"]["name"] == product["name"]
    # What it would have been called in former times leads to the attacker's own product at most.
    answer = attacker.api.ok("fetchProduct", {"productId": theirs["productId"]})
    assert answer["product"]["productId"] == own["productId"]
