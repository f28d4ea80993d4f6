"""configureMembers: what profiles of an account have."""

from __future__ import annotations

from typing import Any

import pytest

from shared.store import paths
from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "configureMembers"
SIZE = {"name": "size", "type": "number", "label": "Size", "options": [], "editableBy": "customer"}
PET = {
    "name": "pet",
    "type": "choice",
    "label": None,
    "options": ["cat", "dog"],
    "editableBy": "merchant",
}


def test_sets_country_and_fields(merchant: Merchant) -> None:
    nothing = {"success": True, "country": "DE", "customFields": [], "appUrl": None}
    nothing["changingCodes"] = False
    assert merchant.api.ok(ACTION, {}) == nothing

    answer = merchant.api.ok(ACTION, {"country": "at", "customFields": [SIZE, PET]})

    assert answer == {**nothing, "country": "AT", "customFields": [SIZE, PET]}
    assert merchant.api.ok(ACTION, {}) == answer
    assert merchant.api.ok(ACTION, {"customFields": []})["country"] == "AT"


def test_cards_show_codes_that_change_where_it_is_asked_for(merchant: Merchant) -> None:
    merchant.api.ok("createMember", {"userId": "a"})
    body = {"userId": "a"}
    assert merchant.api.ok("getMemberCode", body)["changes"] is False

    assert merchant.api.ok(ACTION, {"changingCodes": True})["changingCodes"] is True
    assert merchant.api.ok(ACTION, {"country": "AT"})["changingCodes"] is True
    assert merchant.api.ok("getMemberCode", body)["changes"] is True
    merchant.api.ok(ACTION, {"changingCodes": False})
    assert merchant.api.ok("getMemberCode", body)["changes"] is False


def test_what_is_set_counts_at_once_here(merchant: Merchant) -> None:
    body = {"userId": "a", "phone": "0664 1234567", "customFields": {"size": 38, "pet": "cat"}}
    assert merchant.api("createMember", body).status == 400
    merchant.api.ok(ACTION, {"country": "AT", "customFields": [SIZE, PET]})

    merchant.api.ok("createMember", body)

    found = merchant.api.ok("getMember", {"userId": "a"})["member"]
    assert (found["phone"], found["customFields"]) == ("+436641234567", {"size": 38, "pet": "cat"})


def test_values_of_a_field_that_is_gone_stay_and_can_be_removed(merchant: Merchant) -> None:
    merchant.api.ok(ACTION, {"customFields": [SIZE, PET]})
    merchant.api.ok("createMember", {"userId": "a", "customFields": {"size": 38, "pet": "cat"}})
    merchant.api.ok(ACTION, {"customFields": [PET]})

    changed = {"userId": "a", "customFields": {"size": 39}}
    assert_fields_refused(
        merchant.api("updateMember", changed), {"customFields.size": "is not a known field"}
    )
    assert merchant.api.ok("getMember", {"userId": "a"})["member"]["customFields"]["size"] == 38
    merchant.api.ok("updateMember", {"userId": "a", "customFields": {"size": None}})
    found = merchant.api.ok("getMember", {"userId": "a"})["member"]
    assert found["customFields"] == {"pet": "cat"}


def test_other_accounts_have_their_own(merchant: Merchant, new_merchant: Any) -> None:
    merchant.api.ok(ACTION, {"country": "AT"})

    assert new_merchant().api.ok(ACTION, {})["country"] == "DE"


def test_a_key_is_answered_as_at_first(merchant: Merchant) -> None:
    first = merchant.api(ACTION, {"country": "AT"}, idempotency_key="k")
    merchant.api.ok(ACTION, {"country": "CH"})
    with nothing_written():
        again = merchant.api(ACTION, {"country": "AT"}, idempotency_key="k")
        same = merchant.api.ok(ACTION, {"country": "CH"})

    assert (again.body, again.is_replay, same["country"]) == (first.body, True, "CH")


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ({"country": "XX"}, "country", "must be the ISO 3166 code of a country, like DE"),
        ({"customFields": [SIZE, SIZE]}, "customFields", "must have each name once"),
        (
            {"customFields": [{**PET, "options": []}]},
            "customFields[0]",
            "must have options if it is a choice, and none otherwise",
        ),
        (
            {"customFields": [{**SIZE, "options": ["1"]}]},
            "customFields[0]",
            "must have options if it is a choice, and none otherwise",
        ),
        (
            {"customFields": [{**PET, "options": ["a", "a"]}]},
            "customFields[0]",
            "must have each option once",
        ),
        ({"customFields": [SIZE] * 51}, "customFields", "must have at most 50 items"),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, body: dict[str, Any], field: str, problem: str
) -> None:
    with nothing_written():
        assert_fields_refused(merchant.api(ACTION, body), {field: problem})

    assert stored.document(paths.member_settings(merchant.account_id)) is None


def test_refuses_a_store_of_another_account(merchant: Merchant, new_merchant: Any) -> None:
    theirs = new_merchant().store_id

    with nothing_written():
        answer = merchant.api(ACTION, {"storeId": theirs, "country": "AT"})

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def test_the_sandbox_writes_nothing(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"country": "AT", "customFields": [PET]})

    assert (answer.body["country"], answer.body["customFields"]) == ("AT", [PET])
