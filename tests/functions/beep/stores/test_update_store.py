"""updateStore: what customers see of a store, also in the profile that everybody may read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.loyalty.store_profiles import StoreProfile
from shared.store.loyalty import profile_documents
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written

LOGO = "https://cdn.example.com/logo.png"


def profile_of(merchant: Merchant) -> StoreProfile:
    profile = profile_documents.find(merchant.store_id)
    assert profile is not None
    return profile


def test_changes_what_is_named(merchant: Merchant) -> None:
    told = {"name": "Café Nord", "logo": LOGO, "address": "Torstraße 1\n10119 Berlin"}

    changed = merchant.api.ok("updateStore", {"storeId": merchant.store_id, **told})["store"]

    assert {name: changed[name] for name in told} == told
    assert merchant.api.ok("fetchStore", {"storeId": merchant.store_id})["store"] == changed
    body = {"storeId": merchant.store_id, "logo": None}
    assert merchant.api.ok("updateStore", body)["store"] == {**changed, "logo": None}


def test_everybody_sees_it_in_the_profile(merchant: Merchant) -> None:
    program_id = merchant.program()
    cards = profile_of(merchant).cards

    body = {"storeId": merchant.store_id, "name": "Café Nord", "logo": LOGO, "address": "Here"}
    merchant.api.ok("updateStore", body)

    profile = profile_of(merchant)
    assert (profile.name, profile.logo, profile.address) == ("Café Nord", LOGO, "Here")
    assert (profile.time_zone, profile.currency) == ("Europe/Berlin", "EUR")
    assert [*profile.cards] == [program_id]
    assert profile.cards == cards


def test_equal_values_and_a_repetition_write_nothing(merchant: Merchant) -> None:
    body = {"storeId": merchant.store_id, "name": "Café Nord"}
    first = merchant.api("updateStore", body, idempotency_key="k1")

    with nothing_written():
        again = merchant.api("updateStore", body, idempotency_key="k1")
        merchant.api.ok("updateStore", body)

    assert again.body == first.body


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"address": ""}, "address"),
        ({"logo": "http://cdn.example.com/logo.png"}, "logo"),
        ({"logo": "https://127.0.0.1/logo.png"}, "logo"),
        ({"logo": "javascript:alert(1)"}, "logo"),
    ],
)
def test_other_values_are_refused(merchant: Merchant, value: dict[str, str], field: str) -> None:
    with nothing_written():
        answer = merchant.api("updateStore", {"storeId": merchant.store_id, **value})

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert [*answer.body["details"]["fields"]] == [field]


def test_a_store_of_somebody_else_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other_merchant = new_merchant()
    with nothing_written():
        answer = merchant.api("updateStore", {"storeId": other_merchant.store_id, "name": "Mine"})

    assert_refused(answer, 404, "STORE_NOT_FOUND")
