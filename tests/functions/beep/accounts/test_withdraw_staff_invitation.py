"""withdrawStaffInvitation: an invitation ends before it is accepted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.accounts.staff import StaffRole
from tests.conftest import Clock
from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import hired

ACTION = "withdrawStaffInvitation"
LENA = {"email": "lena@example.com"}


def invite(merchant: Merchant, **fields: object) -> None:
    merchant.api.ok("inviteStaffMember", {**LENA, "role": "cashier", **fields})


def invited(merchant: Merchant) -> list[str]:
    return [each["email"] for each in merchant.api.ok("listStaffInvitations")["invitations"]]


def test_withdraws_and_leaves_no_trace(merchant: Merchant) -> None:
    invite(merchant)

    first = merchant.api(ACTION, {"email": "LENA@example.com"}, idempotency_key="k")

    assert first.body == {"success": True, "email": "LENA@example.com"}
    assert invited(merchant) == []
    kept = stored.documents("staffInvitations").values()
    assert merchant.account_id not in {each["accountId"] for each in kept}
    with nothing_written():
        again = merchant.api(ACTION, {"email": "LENA@example.com"}, idempotency_key="k")
        other = merchant.api(ACTION, LENA)
    assert (again.body, again.is_replay) == (first.body, True)
    assert_refused(other, 404, "STAFF_INVITATION_NOT_FOUND")


def test_another_accounts_does_not_exist(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    invite(merchant)
    other = new_merchant()

    with nothing_written():
        answers = [other.api(ACTION, each) for each in (LENA, {"email": "nobody@example.com"})]

    assert answers[0].body["message"] == answers[1].body["message"]
    for answer in answers:
        assert_refused(answer, 404, "STAFF_INVITATION_NOT_FOUND")
    assert invited(merchant) == ["lena@example.com"]


def test_one_that_is_over_is_none(frozen_clock: Clock, merchant: Merchant) -> None:
    invite(merchant)
    frozen_clock.advance(days=14)

    with nothing_written():
        answer = merchant.api(ACTION, LENA)

    assert_refused(answer, 404, "STAFF_INVITATION_NOT_FOUND")


@pytest.mark.usefixtures("persons")
def test_a_manager_withdraws_what_a_manager_may_give(merchant: Merchant) -> None:
    api = hired(merchant, StaffRole.MANAGER, storeIds=[merchant.store_id])
    named = {"storeId": merchant.store_id}
    invite(merchant, role="owner")

    with nothing_written():
        answer = api(ACTION, {**LENA, **named})

    assert_refused(answer, 403, "STAFF_CHANGE_NOT_ALLOWED", {"role": "manager"})
    assert invited(merchant) == ["lena@example.com"]
    invite(merchant, email="mia@example.com", storeIds=[merchant.store_id])
    api.ok(ACTION, {"email": "mia@example.com", **named})
