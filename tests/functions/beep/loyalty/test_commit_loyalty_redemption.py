"""commitLoyaltyRedemption: what was reserved is spent once, whole or in part."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.loyalty import ledger
from shared.services.accounts import callers
from shared.services.loyalty import balances as services
from shared.store import client, paths
from shared.store.loyalty import membership_documents, program_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.redemptions import cancel
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import balances, commit, reserve, reserved, void, with_reward
from tests.support.strategies import make_cause
from tests.support.traffic import interfered

ACTION = "commitLoyaltyRedemption"


def take_back(member: Member, entry_id: str, units: int) -> int:
    """Return goods, and return how many points that took."""
    booking = services.take_back(
        callers.acting_for(member.merchant.account_id),
        program_id=member.program_id,
        user_id=member.user_id,
        store_id=None,
        entry_id=entry_id,
        units=units,
        transaction_id="return",
        description="Return",
    )
    return -booking.entry.units if booking.entry else 0


def test_spends_what_was_reserved(member: Member) -> None:
    reservation_id = reserved(member, 80, transactionId="t1")

    answer = commit(member, reservation_id)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        **member.ids,
        "reservationId": reservation_id,
        "redemptionId": answer.body["redemptionId"],
        "pointsRedeemed": 80,
        "previousBalance": 100,
        "newBalance": 20,
        "currentTier": None,
        "amountPaid": None,
        "rewardId": None,
        "rewardCode": None,
        "rewardDescription": "",
        "transactionId": "t1",
    }
    assert balances(member) == (20, 0, 20)
    assert stored.units(member) == [100, -80]
    assert stored.entries(member)[-1].entry_id == answer.body["redemptionId"]
    stored.assert_sound(member)


def test_what_is_left_of_a_part_is_free_at_once(member: Member) -> None:
    reservation_id = reserved(member, 80)

    assert commit(member, reservation_id, points=50).body["newBalance"] == 50

    assert balances(member) == (50, 0, 50)
    assert member.redeem(50).status == 200
    stored.assert_sound(member)


def test_no_more_than_was_reserved(member: Member) -> None:
    reservation_id = reserved(member, 80)

    with nothing_written():
        answer = commit(member, reservation_id, points=81)

    details = {"required": 81, "available": 80, "missing": 1}
    message = "The reservation of 80 does not cover 81."
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details, message=message)
    assert balances(member) == (100, 80, 20)


def test_again_it_answers_with_the_same_redemption(member: Member) -> None:
    reservation_id = reserved(member, 80)
    first = commit(member, reservation_id)

    with nothing_written():
        second = commit(member, reservation_id)
        part = commit(member, reservation_id, points=50)

    with_key = commit(member, reservation_id, "k1")
    assert (second.status, second.body, second.is_replay) == (200, first.body, True)
    assert (with_key.status, with_key.body["redemptionId"]) == (200, first.body["redemptionId"])
    assert_refused(part, 409, "IDEMPOTENCY_KEY_REUSED", part.body["details"])
    assert stored.units(member) == [100, -80]


def test_a_commit_that_was_cancelled_is_not_answered_as_spent(member: Member) -> None:
    reservation_id = reserved(member, 80)
    redemption_id = commit(member, reservation_id, "k1").body["redemptionId"]
    cancel(member, redemption_id)

    with nothing_written():
        refused = [commit(member, reservation_id, key) for key in (None, "k1")]

    for answer in refused:
        assert answer.error == "REDEMPTION_CANCELLED"
        assert answer.body["details"]["redemptionId"] == redemption_id
    assert stored.units(member) == [100, -80, 80]


def test_after_its_end_nothing_is_spent(frozen_clock: Clock, member: Member) -> None:
    reservation_id = reserved(member, 80)
    frozen_clock.advance(minutes=15)

    with nothing_written():
        assert_refused(commit(member, reservation_id), 400, "RESERVATION_EXPIRED")
    assert balances(member) == (100, 0, 100)
    member.redeem(1)
    with nothing_written():
        assert_refused(commit(member, reservation_id), 400, "RESERVATION_EXPIRED")
    assert stored.units(member) == [100, -1]


def test_a_commit_in_time_is_answered_again_later(frozen_clock: Clock, member: Member) -> None:
    reservation_id = reserved(member, 80)
    first = commit(member, reservation_id)
    frozen_clock.advance(days=40)

    assert commit(member, reservation_id).body == first.body


def test_a_voided_one_is_not_committed(member: Member) -> None:
    reservation_id = reserved(member, 80)
    void(member, reservation_id)

    with nothing_written():
        answer = commit(member, reservation_id)

    assert_refused(answer, 409, "RESERVATION_CLOSED", {"status": "voided"})
    assert balances(member) == (100, 0, 100)


def test_only_the_members_own(member: Member, merchant: Merchant) -> None:
    reservation_id = reserved(member, 80)
    other = member.other("user_2")
    other.enroll()
    other.earn(100)

    stranger = create_merchant(merchant.api.app).api

    with nothing_written():
        assert_refused(commit(other, reservation_id), 404, "RESERVATION_NOT_FOUND")
        assert_refused(commit(member, "rs_absent"), 404, "RESERVATION_NOT_FOUND")
        assert_refused(commit(member.other("nobody"), reservation_id), 404, "MEMBERSHIP_NOT_FOUND")
        body = {**member.ids, "reservationId": reservation_id}
        assert_refused(stranger(ACTION, body), 404, "PROGRAM_NOT_FOUND")
    assert balances(member) == (100, 80, 20)


def test_a_suspended_member_spends_nothing(member: Member) -> None:
    reservation_id = reserved(member, 80)
    member.api.ok("suspendMember", {**member.ids, "reason": "Fraud"})

    with nothing_written():
        assert commit(member, reservation_id).error == "MEMBER_SUSPENDED"
    assert void(member, reservation_id).status == 200


def test_one_who_left_and_came_back_has_nothing_reserved(member: Member) -> None:
    reservation_id = reserved(member, 80)
    member.api.ok("leaveLoyaltyProgram", member.ids)

    with nothing_written():
        assert commit(member, reservation_id).error == "MEMBERSHIP_CLOSED"


# Rewards


def test_the_price_of_the_reservation_holds(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=3)
    made = reserve(member).body
    changes = {"programId": member.program_id, "rewards": []}
    member.api.ok("updateLoyaltyProgram", changes)

    answer = commit(member, made["reservationId"])

    assert (answer.body["pointsRedeemed"], answer.body["rewardDescription"]) == (40, "Coffee")
    assert answer.body["rewardCode"] == made["rewardCode"]
    stock = stored.document(paths.reward_stock(member.program_id, "rw_coffee"))
    assert stock == {"remaining": 2, "holds": []}
    stored.assert_sound(member)


def test_a_reward_is_bought_whole(merchant: Merchant) -> None:
    member = with_reward(merchant)
    reservation_id = reserved(member)

    with nothing_written():
        answer = commit(member, reservation_id, points=39)

    details = {"rewardId": "rw_coffee", "required": 40}
    fix = "Leave out `points` and `amount`: a reward is bought whole."
    assert_refused(answer, 400, "REWARD_COST_MISMATCH", details, fix=fix)
    assert commit(member, reservation_id, points=40).status == 200


def test_a_stock_that_was_set_anew_has_to_have_one(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=3)
    reservation_id = reserved(member)
    reward = {"rewardId": "rw_coffee", "title": "Coffee", "type": "free_product"}
    for stock, error in [(0, "REWARD_OUT_OF_STOCK"), (1, None)]:
        rewards = [{**reward, "requiredPoints": 40, "stock": stock}]
        member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "rewards": rewards})

        assert commit(member, reservation_id).error == error

    assert stored.units(member) == [100, -40]
    stock_path = paths.reward_stock(member.program_id, "rw_coffee")
    assert (stored.document(stock_path) or {})["remaining"] == 0


# What else takes points


def test_a_return_comes_first(member: Member) -> None:
    """It takes what the balance has, held or not: nobody keeps points by reserving them."""
    earned = member.earn(50, transactionId="t1")
    reservation_id = reserved(member, 120)

    assert take_back(member, earned["entryId"], 50) == 50

    assert balances(member) == (100, 120, -20)
    with nothing_written():
        answer = commit(member, reservation_id)
    details = {"required": 120, "available": 100, "missing": 20}
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details)
    stored.assert_sound(member)
    assert commit(member, reservation_id, points=100).body["newBalance"] == 0
    assert balances(member) == (0, 0, 0)
    stored.assert_sound(member)


def test_what_a_return_took_is_missing_when_it_is_voided(member: Member) -> None:
    earned = member.earn(50, transactionId="t1")
    reservation_id = reserved(member, 150)
    take_back(member, earned["entryId"], 50)

    assert void(member, reservation_id).body["availableBalance"] == 100

    assert stored.membership(member).deficit_units == 0
    stored.assert_sound(member)


def test_what_another_system_sets_comes_first(member: Member) -> None:
    reservation_id = reserved(member, 80)

    assert member.sync("set", 50).status == 200

    assert balances(member) == (50, 80, -30)
    with nothing_written():
        assert commit(member, reservation_id).error == "INSUFFICIENT_BALANCE"
    assert commit(member, reservation_id, points=50).body["newBalance"] == 0
    stored.assert_sound(member)


# Races and crashes


def test_commit_against_void(member: Member) -> None:
    reservation_id = reserved(member, 80)

    with ThreadPoolExecutor(2) as pool:
        spent, voided = (
            pool.submit(commit, member, reservation_id),
            pool.submit(void, member, reservation_id),
        )
        answers = (spent.result(), voided.result())

    won = [answer.status == 200 for answer in answers]
    assert sorted(won) == [False, True]
    assert (answers[0] if won[1] else answers[1]).error == "RESERVATION_CLOSED"
    assert balances(member) == ((20, 0, 20) if won[0] else (100, 0, 100))
    stored.assert_sound(member)


def test_many_commits_at_once_are_one(member: Member) -> None:
    reservation_id = reserved(member, 80)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: commit(member, reservation_id), range(10)))

    assert Counter(answer.status for answer in answers) == {200: 10}
    assert len({answer.body["redemptionId"] for answer in answers}) == 1
    assert stored.units(member) == [100, -80]


def test_a_slow_commit_finds_what_has_ended_meanwhile(frozen_clock: Clock, member: Member) -> None:
    """It began in time, and somebody who came after the end was faster: nothing is spent twice."""
    reservation_id = reserved(member, 80)
    frozen_clock.advance(minutes=14, seconds=59)
    path = paths.member(member.membership_id)
    program = program_documents.find(member.program_id)
    assert program is not None
    turns = iter(range(9))

    def spend() -> None:
        """Redeem all, as another process would a moment later."""
        if next(turns) > 0:
            return
        now = frozen_clock.now + timedelta(seconds=2)
        read = client.get_one(path)
        found = membership_documents.decode(read)
        assert found is not None
        before, _ = ledger.caught_up(found, program, now)
        after, entry = ledger.redeem(before, program, 100, make_cause("le_faster", now=now))
        client.commit(membership_documents.writes(read, after, entry))

    with interfered(spend):
        answer = commit(member, reservation_id)

    assert_refused(answer, 400, "RESERVATION_EXPIRED")
    assert stored.units(member) == [100, -100]
    stored.assert_sound(member)


@pytest.mark.parametrize("steps", range(3))
def test_whenever_the_process_dies_it_is_spent_once(merchant: Merchant, steps: int) -> None:
    member = with_reward(merchant, stock=1)
    reservation_id = reserved(member)
    with dying_after(steps):
        commit(member, reservation_id)

    again = commit(member, reservation_id)

    assert (again.status, again.body["newBalance"]) == (200, 60)
    assert stored.units(member) == [100, -40]
    stock_path = paths.reward_stock(member.program_id, "rw_coffee")
    assert (stored.document(stock_path) or {})["remaining"] == 0
    stored.assert_sound(member)


# Amounts of a purchase


def held_amount(merchant: Merchant) -> tuple[Member, str]:
    """Return a member who has 334 of 500 points reserved for 10.00, when points are worth 0.03."""
    member = merchant.member("points", balance=500, pointValue=0.03)
    made = member.api.ok("reserveLoyaltyPoints", {**member.ids, "amount": 10})
    # What points were worth when they were reserved holds.
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "pointValue": None})
    return member, made["reservationId"]


@pytest.mark.parametrize(
    ("part", "points", "paid"),
    [({}, 334, 10), ({"points": 334}, 334, 10), ({"points": 5}, 5, 0.15), ({"amount": 8}, 267, 8)],
)
def test_an_amount_is_paid_whole_or_in_part(
    merchant: Merchant, part: dict[str, Any], points: int, paid: float
) -> None:
    member, reservation_id = held_amount(merchant)

    answer = commit(member, reservation_id, **part)
    again = commit(member, reservation_id, **part)

    assert (answer.body["pointsRedeemed"], answer.body["amountPaid"]) == (points, paid)
    assert again.body == answer.body
    assert balances(member) == (500 - points, 0, 500 - points)
    stored.assert_sound(member)


def test_no_more_than_the_amount_that_was_reserved(merchant: Merchant) -> None:
    member, reservation_id = held_amount(merchant)

    with nothing_written():
        assert commit(member, reservation_id, amount=10.03).error == "INSUFFICIENT_BALANCE"
        both = commit(member, reservation_id, amount=1, points=1)
    assert_fields_refused(both, {"points": "is not together with amount"})


def test_an_amount_is_for_reservations_of_one(member: Member) -> None:
    reservation_id = reserved(member, 80)

    with nothing_written():
        answer = commit(member, reservation_id, amount=1)

    problem = "is only for reservations that were made for an amount"
    assert_fields_refused(answer, {"amount": problem})
