"""voidLoyaltyRedemption: what was reserved can be spent again, once."""

from __future__ import annotations

import pytest

from tests.conftest import Clock
from tests.support import stored
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.reservations import balances, commit, reserved, void, with_reward

ACTION = "voidLoyaltyRedemption"


def test_what_was_reserved_is_free(member: Member) -> None:
    reservation_id = reserved(member, 80)

    answer = void(member, reservation_id)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        **member.ids,
        "reservationId": reservation_id,
        "status": "voided",
        "pointsReleased": 80,
        "currentBalance": 100,
        "heldBalance": 0,
        "availableBalance": 100,
    }
    assert stored.units(member) == [100]
    assert member.redeem(100).status == 200
    stored.assert_sound(member)


def test_again_it_changes_nothing(member: Member) -> None:
    reservation_id = reserved(member, 80)
    first = void(member, reservation_id, "k1")

    with nothing_written():
        replayed, again = void(member, reservation_id, "k1"), void(member, reservation_id)

    assert (replayed.body, replayed.is_replay) == (first.body, True)
    assert again.body == first.body
    assert balances(member) == (100, 0, 100)


def test_what_was_committed_stays(member: Member) -> None:
    reservation_id = reserved(member, 80)
    committed = commit(member, reservation_id).body

    with nothing_written():
        answer = void(member, reservation_id)

    details = {"status": "committed", "redemptionId": committed["redemptionId"]}
    assert_refused(answer, 409, "RESERVATION_CLOSED", details)
    assert balances(member) == (20, 0, 20)


def test_what_has_ended_has_ended(frozen_clock: Clock, member: Member) -> None:
    reservation_id = reserved(member, 80)
    frozen_clock.advance(minutes=15)

    with nothing_written():
        answer = void(member, reservation_id)

    assert (answer.status, answer.body["status"]) == (200, "expired")
    assert answer.body["availableBalance"] == 100


def test_the_order_of_spending_is_as_if_nothing_had_been_reserved(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=60, pointsExpiry={"afterDays": 10})
    frozen_clock.advance(days=2)
    member.earn(60)
    before = stored.membership(member).lots

    void(member, reserved(member, 90))

    assert stored.membership(member).lots == before


def test_only_the_members_own(member: Member, merchant: Merchant) -> None:
    reservation_id = reserved(member, 80)
    other = member.other("user_2")
    other.enroll()
    stranger = create_merchant(merchant.api.app).api

    with nothing_written():
        assert_refused(void(other, reservation_id), 404, "RESERVATION_NOT_FOUND")
        assert_refused(void(member, "rs_absent"), 404, "RESERVATION_NOT_FOUND")
        assert_refused(void(member.other("nobody"), reservation_id), 404, "MEMBERSHIP_NOT_FOUND")
        body = {**member.ids, "reservationId": reservation_id}
        assert_refused(stranger(ACTION, body), 404, "PROGRAM_NOT_FOUND")
    assert balances(member) == (100, 80, 20)


def test_a_customer_gives_up_the_own_and_not_the_tills(merchant: Merchant) -> None:
    member = with_reward(merchant)
    customer = merchant.customer(member.user_id)
    tills = reserved(member, 10)
    body = {"programId": member.program_id}
    own = customer.ok("reserveLoyaltyPoints", {**body, "rewardId": "rw_coffee"})["reservationId"]

    with nothing_written():
        refused = customer(ACTION, {**body, "reservationId": tills})
    assert_refused(refused, 404, "RESERVATION_NOT_FOUND")
    assert customer.ok(ACTION, {**body, "reservationId": own})["heldBalance"] == 10


@pytest.mark.parametrize("steps", range(3))
def test_whenever_the_process_dies_it_is_free_once(merchant: Merchant, steps: int) -> None:
    member = with_reward(merchant, stock=1)
    reservation_id = reserved(member)
    with dying_after(steps):
        void(member, reservation_id)

    assert void(member, reservation_id).body["status"] == "voided"
    assert balances(member) == (100, 0, 100)
    assert commit(member, reserved(member)).status == 200
    stored.assert_sound(member)
