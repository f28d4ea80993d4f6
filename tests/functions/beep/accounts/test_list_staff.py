"""listStaff: who works for an account, or in a store of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written


def test_lists_the_own_people_oldest_first(
    frozen_clock: Clock, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    new_merchant().api.ok("addStaffMember", {"userId": "uid_0", "role": "owner"})
    other = merchant.another_store()
    for user_id, store_ids in (
        ("uid_3", []),
        ("uid_2", [merchant.store_id]),
        ("uid_1", [other.store_id]),
    ):
        body = {"userId": user_id, "role": "cashier", "storeIds": store_ids}
        merchant.api.ok("addStaffMember", body)
        frozen_clock.advance(seconds=1)

    def ids(**body: str) -> list[str]:
        return [each["userId"] for each in merchant.api.ok("listStaff", body)["staff"]]

    assert ids() == ["uid_3", "uid_2", "uid_1"]
    assert ids(storeId=merchant.store_id) == ["uid_3", "uid_2"]
    assert ids(storeId=other.store_id) == ["uid_3", "uid_1"]


def test_another_accounts_store_does_not_exist(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answer = merchant.api("listStaff", {"storeId": other.store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND")
