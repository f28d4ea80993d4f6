"""listStaffInvitations: who is invited and has not accepted yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.accounts.staff import StaffRole
from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import hired

ACTION = "listStaffInvitations"


def invite(merchant: Merchant, name: str, **fields: object) -> None:
    body = {"email": f"{name}@example.com", "role": "cashier", **fields}
    merchant.api.ok("inviteStaffMember", body)


def names(merchant: Merchant, **asked: object) -> list[str]:
    answer = merchant.api.ok(ACTION, asked)
    assert answer["count"] == len(answer["invitations"])
    return [each["email"].split("@")[0] for each in answer["invitations"]]


def test_lists_the_oldest_first_of_this_account_alone(
    frozen_clock: Clock, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    assert names(merchant) == []
    for name in ("lena", "ada", "max"):
        invite(merchant, name)
        frozen_clock.advance(seconds=1)
    invite(new_merchant(), "mia")

    with nothing_written():
        assert names(merchant) == ["lena", "ada", "max"]


def test_lists_those_who_are_to_work_in_a_store(merchant: Merchant) -> None:
    other = merchant.another_store()
    invite(merchant, "lena", storeIds=[merchant.store_id])
    invite(merchant, "mia", storeIds=[other.store_id])
    invite(merchant, "max", role="owner")

    assert sorted(names(merchant, storeId=merchant.store_id)) == ["lena", "max"]


def test_what_is_over_is_left_out(frozen_clock: Clock, merchant: Merchant) -> None:
    invite(merchant, "lena")
    frozen_clock.advance(days=7)
    invite(merchant, "max")
    frozen_clock.advance(days=7)

    assert names(merchant) == ["max"]


@pytest.mark.usefixtures("persons")
def test_says_of_which_the_inviter_may_not_give_the_role_any_more(merchant: Merchant) -> None:
    hired(merchant, StaffRole.OWNER)
    api = hired(merchant, StaffRole.MANAGER)
    api.ok("inviteStaffMember", {"email": "lena@example.com", "role": "cashier"})
    merchant.api.ok("removeStaffMember", {"userId": "uid_manager"})

    [lena] = merchant.api.ok(ACTION)["invitations"]

    assert (lena["invitedBy"], lena["isOpen"]) == ("uid_manager", False)


def test_another_accounts_store_does_not_exist(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    answer = merchant.api(ACTION, {"storeId": new_merchant().store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND")
