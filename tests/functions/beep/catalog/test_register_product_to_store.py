"""registerProductToStore: the same product in another store, at a price of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from shared.domain.catalog.goods import Price
from shared.domain.money import Money
from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.events import events_of
from tests.support.merchants import Merchant
from tests.support.products import EAN, inserted, kept, synced
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

ACTION = "registerProductToStore"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def register(target: Merchant, product_id: str, key: str | None = None, **fields: Any) -> Answer:
    body = {"productId": product_id, "storeId": target.store_id, **fields}
    return target.api(ACTION, body, idempotency_key=key)


@pytest.fixture
def branch(merchant: Merchant) -> Merchant:
    """The same merchant, with another store."""
    return merchant.another_store()


def test_is_the_same_product_with_a_price_of_its_own(merchant: Merchant, branch: Merchant) -> None:
    flags = {"requiresHumanVerification": True}
    product = inserted(merchant, number="0815", categoryId="dairy", flags=flags)

    answer = register(branch, product["productId"], price=1.39)

    copied = answer.body["product"]
    own = {"productId", "storeId", "createdAt", "updatedAt", "categoryId", "price"}
    assert (answer.body["outcome"], copied["price"]) == ("created", 1.39)
    assert copied["productId"] == f"{branch.store_id}_{EAN}"
    assert copied["categoryId"] is None
    assert {name: copied[name] for name in copied.keys() - own} == {
        name: product[name] for name in product.keys() - own
    }
    assert kept(merchant).price == Money(149, "EUR")
    (event,) = events_of(branch)
    assert event["type"] == "product.created"


def test_costs_the_same_by_default(
    frozen_clock: Clock, merchant: Merchant, branch: Merchant
) -> None:
    due = (Price(Money(129, "EUR"), NOW),)
    product_id = synced(merchant, upcoming=due, next_price_at=NOW).product_id

    product = register(branch, product_id).body["product"]

    assert (product["price"], product["source"], product["externalId"]) == (1.29, "api", None)


def test_is_kept_under_the_same_key(merchant: Merchant, branch: Merchant) -> None:
    # The EAN is another product's.
    product_id = synced(merchant, key="0815", number="0815").product_id

    product = register(branch, product_id).body["product"]

    assert (product["productId"], product["ean"]) == (f"{branch.store_id}_0815", None)


def test_a_product_without_a_price_stays_without(merchant: Merchant, branch: Merchant) -> None:
    product_id = synced(merchant, price=None).product_id

    product = register(branch, product_id).body["product"]

    assert (product["price"], product["currency"]) == (None, None)


def test_a_repetition_writes_nothing(merchant: Merchant, branch: Merchant) -> None:
    product_id = inserted(merchant)["productId"]
    first = register(branch, product_id)
    inserted(merchant, price=2, name="Milch", ifExists="update")
    inserted(branch, price=3, ifExists="update")

    with nothing_written():
        again = register(branch, product_id)
        at_its_price = register(branch, product_id, price=3)
        refused = register(branch, product_id, price=1)
        at_home = register(merchant, product_id)

    for answer in (again, at_its_price):
        assert answer.body["outcome"] == "unchanged"
        assert answer.body["product"] | {"price": 1.49, "updatedAt": None} == (
            first.body["product"] | {"updatedAt": None}
        )
    assert at_home.body["product"]["productId"] == product_id
    details = {"productId": f"{branch.store_id}_{EAN}"}
    assert_refused(refused, 409, "PRODUCT_EXISTS", details)


def test_a_key_stands_for_one_request(merchant: Merchant, branch: Merchant) -> None:
    product_id = inserted(merchant)["productId"]
    first = register(branch, product_id, "k1")

    with nothing_written():
        again, other = (
            register(branch, product_id, "k1"),
            register(branch, product_id, "k1", price=1),
        )

    assert (again.body, again.is_replay) == (first.body, True)
    assert other.error == "IDEMPOTENCY_KEY_REUSED"


def test_needs_a_price_in_a_store_of_another_currency(merchant: Merchant) -> None:
    product_id, branch = inserted(merchant)["productId"], merchant.another_store("CHF")

    with nothing_written():
        refused = register(branch, product_id)
    product = register(branch, product_id, price=1.55).body["product"]

    assert_invalid(refused, price="is required, because the store's currency is CHF")
    assert (product["price"], product["currency"]) == (1.55, "CHF")


def test_what_is_no_longer_sold_cannot_be_registered(merchant: Merchant, branch: Merchant) -> None:
    product_id = synced(merchant, deleted_at=NOW).product_id

    with nothing_written():
        answer = register(branch, product_id)

    message = f"The product {product_id} is no longer sold."
    assert_refused(answer, 404, "PRODUCT_NOT_FOUND", message=message)


def test_neither_product_nor_store_may_be_anothers(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    stranger = new_merchant(Package.DISCOVER)
    own, theirs = inserted(stranger)["productId"], inserted(merchant)["productId"]

    with nothing_written():
        taken = register(stranger, theirs)
        given = stranger.api(ACTION, {"productId": own, "storeId": merchant.store_id})

    assert_refused(taken, 404, "PRODUCT_NOT_FOUND", message=f"There is no product {theirs}.")
    assert_refused(given, 404, "STORE_NOT_FOUND")
