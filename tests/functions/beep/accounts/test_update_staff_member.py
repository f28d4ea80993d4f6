"""updateStaffMember: what becomes of a person's role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.accounts.staff import StaffRole
from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.staff import hired, signed_in

ACTION = "updateStaffMember"
LENA = {"userId": "uid_of_lena"}


@pytest.fixture
def lena(merchant: Merchant) -> Merchant:
    """A merchant with a cashier."""
    merchant.api.ok("addStaffMember", {**LENA, "role": "cashier", "label": "Lena"})
    return merchant


def test_changes_what_is_named_and_nothing_else(frozen_clock: Clock, lena: Merchant) -> None:
    before = lena.api.ok("listStaff")["staff"][0]
    frozen_clock.advance(hours=1)

    changed = lena.api.ok(ACTION, {**LENA, "storeIds": [lena.store_id]})["staffMember"]

    at = "2026-03-03T13:00:00.000Z"
    assert changed == {**before, "storeIds": [lena.store_id], "updatedAt": at}
    raised = lena.api.ok(ACTION, {**LENA, "role": "developer", "storeIds": []})["staffMember"]
    assert raised == {**before, "role": "developer", "updatedAt": at}


def test_who_is_limited_to_stores_gets_no_role_that_is_not(lena: Merchant) -> None:
    lena.api.ok(ACTION, {**LENA, "storeIds": [lena.store_id]})

    with nothing_written():
        answer = lena.api(ACTION, {**LENA, "role": "owner"})

    problem = "limits managers and cashiers only; the other roles are about all stores"
    assert_invalid(answer, storeIds=problem)


def test_changes_something(lena: Merchant) -> None:
    with nothing_written():
        answer = lena.api(ACTION, LENA)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


def test_a_repeated_request_gets_its_first_answer(lena: Merchant) -> None:
    first = lena.api(ACTION, {**LENA, "label": "Lena M."}, idempotency_key="k")
    lena.api.ok(ACTION, {**LENA, "label": "Lena N."})

    with nothing_written():
        again = lena.api(ACTION, {**LENA, "label": "Lena M."}, idempotency_key="k")

    assert (again.body, again.is_replay) == (first.body, True)


def test_who_works_for_another_account_does_not_exist(
    lena: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answers = [
            other.api(ACTION, {**LENA, "role": "owner"}),
            lena.api(ACTION, {"userId": "uid_of_nobody", "role": "owner"}),
        ]

    for answer in answers:
        assert_refused(answer, 404, "STAFF_MEMBER_NOT_FOUND")


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("fields", [{"role": "owner"}, {"storeIds": []}, {"label": "Boss"}])
def test_nobody_changes_themselves(fields: dict[str, object], merchant: Merchant) -> None:
    api = hired(merchant, StaffRole.MANAGER)

    with nothing_written():
        answer = api(ACTION, {"userId": "uid_manager", **fields})

    fix = "Ask another owner, or use a secret key."
    assert_refused(answer, 403, "STAFF_CHANGE_NOT_ALLOWED", fix=fix)
    assert signed_in(merchant, "uid_manager").ok("getMyAccess")["role"] == "manager"


@pytest.mark.parametrize("fields", [{"role": "manager"}, {"isDisabled": True}])
def test_the_last_owner_stays_one(fields: dict[str, object], merchant: Merchant) -> None:
    merchant.api.ok("addStaffMember", {"userId": "uid_1", "role": "owner"})

    with nothing_written():
        answer = merchant.api(ACTION, {"userId": "uid_1", **fields})

    assert_refused(answer, 409, "LAST_OWNER")
    merchant.api.ok("addStaffMember", {"userId": "uid_2", "role": "owner"})
    assert merchant.api(ACTION, {"userId": "uid_1", **fields}).status == 200
