"""removeStaffMember: a role ends, and an account keeps an owner."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domain.accounts.staff import StaffRole
from shared.store import paths
from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import hired

ACTION = "removeStaffMember"
LENA = {"userId": "uid_of_lena"}


def roles(merchant: Merchant) -> dict[str, str]:
    return {each["userId"]: each["role"] for each in merchant.api.ok("listStaff")["staff"]}


def test_removes_and_leaves_no_trace_of_the_person(merchant: Merchant) -> None:
    merchant.api.ok("addStaffMember", {**LENA, "role": "cashier"})

    first = merchant.api(ACTION, LENA, idempotency_key="k")

    assert first.body == {"success": True, **LENA}
    assert roles(merchant) == {}
    assert stored.document(paths.staff_member(merchant.account_id, "uid_of_lena")) is None
    with nothing_written():
        again = merchant.api(ACTION, LENA, idempotency_key="k")
        other = merchant.api(ACTION, LENA)
    assert (again.body, again.is_replay) == (first.body, True)
    assert_refused(other, 404, "STAFF_MEMBER_NOT_FOUND")


def test_who_works_for_another_account_does_not_exist(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    merchant.api.ok("addStaffMember", {**LENA, "role": "cashier"})

    other = new_merchant()

    with nothing_written():
        answer = other.api(ACTION, LENA)

    assert_refused(answer, 404, "STAFF_MEMBER_NOT_FOUND")
    assert roles(merchant) == {"uid_of_lena": "cashier"}


def test_the_last_owner_stays(merchant: Merchant) -> None:
    for user_id, role in (("uid_1", "owner"), ("uid_2", "manager")):
        merchant.api.ok("addStaffMember", {"userId": user_id, "role": role})

    with nothing_written():
        answer = merchant.api(ACTION, {"userId": "uid_1"})

    assert_refused(answer, 409, "LAST_OWNER")


@pytest.mark.usefixtures("persons")
def test_a_manager_removes_no_manager(merchant: Merchant) -> None:
    api = hired(merchant, StaffRole.MANAGER)
    merchant.api.ok("addStaffMember", {"userId": "uid_2", "role": "manager"})

    with nothing_written():
        answer = api(ACTION, {"userId": "uid_2"})

    assert_refused(answer, 403, "STAFF_CHANGE_NOT_ALLOWED", {"role": "manager"})


@pytest.mark.usefixtures("persons")
def test_of_two_owners_who_remove_each_other_one_is_left(merchant: Merchant) -> None:
    apis = [hired(merchant, StaffRole.OWNER, each) for each in ("uid_1", "uid_2")]
    for api in apis:
        api.ok("getMyAccess")

    with ThreadPoolExecutor(2) as threads:
        answers = list(
            threads.map(
                lambda each: each[0](ACTION, {"userId": each[1]}),
                zip(apis, ("uid_2", "uid_1"), strict=True),
            )
        )

    assert sorted(each.status for each in answers) == [200, 403]
    assert next(each.error for each in answers if each.status == 403) == "NOT_STAFF"
    assert len(roles(merchant)) == 1
