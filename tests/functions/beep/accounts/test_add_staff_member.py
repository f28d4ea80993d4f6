"""addStaffMember: who gives whom a role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.accounts.staff import StaffRole
from shared.store import client, paths
from tests.support import oauth
from tests.support.api import Answer
from tests.support.merchants import Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.staff import hired, signed_in
from tests.support.traffic import first_answer_lost

ACTION = "addStaffMember"
LENA = {"userId": "uid_of_lena", "role": "cashier", "label": "Lena, Kasse 2"}


def people(merchant: Merchant) -> dict[str, str]:
    return {each["userId"]: each["role"] for each in merchant.api.ok("listStaff")["staff"]}


@pytest.mark.usefixtures("frozen_clock")
def test_adds_a_cashier(merchant: Merchant) -> None:
    answer = merchant.api.ok(ACTION, {**LENA, "storeIds": [merchant.store_id]})

    at = "2026-03-03T12:00:00.000Z"
    assert answer == {
        "success": True,
        "accountId": merchant.account_id,
        "staffMember": {
            **LENA,
            "storeIds": [merchant.store_id],
            "isDisabled": False,
            "addedBy": None,
            "createdAt": at,
            "updatedAt": at,
        },
    }
    assert people(merchant) == {"uid_of_lena": "cashier"}


def test_a_person_is_added_once(merchant: Merchant) -> None:
    merchant.api.ok(ACTION, LENA)

    with nothing_written():
        answer = merchant.api(ACTION, {**LENA, "role": "owner"})

    assert_refused(answer, 409, "STAFF_MEMBER_EXISTS", {"role": "cashier"})
    assert people(merchant) == {"uid_of_lena": "cashier"}


def test_a_repeated_request_gets_its_first_answer(merchant: Merchant) -> None:
    first = merchant.api(ACTION, LENA, idempotency_key="k")

    with nothing_written():
        again = merchant.api(ACTION, LENA, idempotency_key="k")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)


def test_a_lost_answer_is_found(merchant: Merchant) -> None:
    with first_answer_lost():
        merchant.api.ok(ACTION, LENA)

    assert people(merchant) == {"uid_of_lena": "cashier"}


@pytest.mark.parametrize("role", ["owner", "developer"])
def test_only_managers_and_cashiers_are_limited_to_stores(role: str, merchant: Merchant) -> None:
    body = {**LENA, "role": role, "storeIds": [merchant.store_id]}

    with nothing_written():
        answers = [merchant.api(ACTION, body), merchant.sandbox(ACTION, body)]

    for answer in answers:
        assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


def test_a_store_is_named_once(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {**LENA, "storeIds": [merchant.store_id] * 2})

    assert_invalid(answer, storeIds="must name each store once")


def test_the_stores_are_the_accounts(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answers = [
            merchant.api(ACTION, {**LENA, "storeIds": [each]})
            for each in (other.store_id, "store_of_nobody")
        ]

    for answer in answers:
        assert_refused(answer, 404, "STORE_NOT_FOUND")


def refused(answer: Answer) -> bool:
    return (answer.status, answer.error) == (403, "STAFF_CHANGE_NOT_ALLOWED")


@pytest.mark.usefixtures("persons")
def test_a_manager_adds_cashiers_in_the_own_stores_and_nobody_else(merchant: Merchant) -> None:
    other = merchant.another_store()
    api = hired(merchant, StaffRole.MANAGER, storeIds=[merchant.store_id])
    named = {"storeId": merchant.store_id}

    with nothing_written():
        answers = [
            api(ACTION, {**LENA, **named, **fields})
            for fields in (
                {"role": "manager", "storeIds": [merchant.store_id]},
                {"role": "owner"},
                {"storeIds": [other.store_id]},
                {"storeIds": [merchant.store_id, other.store_id]},
                {},
                {"userId": "uid_manager", "storeIds": [merchant.store_id]},
            )
        ]

    # The last is the manager: who exists already is told first.
    assert [refused(each) for each in answers] == [True] * 5 + [False]
    assert answers[-1].error == "STAFF_MEMBER_EXISTS"
    added = api.ok(ACTION, {**LENA, **named, "storeIds": [merchant.store_id]})
    assert added["staffMember"]["addedBy"] == "uid_manager"


@pytest.mark.usefixtures("persons")
def test_a_role_that_was_taken_a_moment_ago_gives_none(merchant: Merchant) -> None:
    """The edge may know an owner for 60 s; the commit looks again."""
    api = hired(merchant, StaffRole.OWNER)
    api.ok("getMyAccess")
    read = client.get_one(paths.staff_member(merchant.account_id, "uid_owner"))
    client.commit([client.Delete(read)])  # as another process does it

    with nothing_written():
        answer = api(ACTION, LENA)

    assert_refused(answer, 403, "NOT_STAFF")
    assert people(merchant) == {}


def test_an_access_token_gives_no_roles_whatever_its_scopes(merchant: Merchant) -> None:
    """By an owner of its own it would be rid of its scopes, and live longer than its key."""
    api = oauth.of(merchant.api).api()

    with nothing_written():
        answer = api(ACTION, {**LENA, "role": "owner"})

    fix = "Call with the secret key, or as an owner who has signed in."
    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", fix=fix)


@pytest.mark.usefixtures("persons")
def test_whoever_is_added_can_call(merchant: Merchant) -> None:
    api = signed_in(merchant, "uid_of_lena")
    assert api("getMyAccess").error == "NOT_STAFF"

    merchant.api.ok(ACTION, LENA)

    assert api.ok("getMyAccess")["role"] == "cashier"
