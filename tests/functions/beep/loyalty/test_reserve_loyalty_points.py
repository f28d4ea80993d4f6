"""reserveLoyaltyPoints: what is reserved is nobody else's, until it ends."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.loyalty.holds import HOLDS_MAX
from shared.services.loyalty import member_calendar, verification
from shared.store import client, paths
from tests.conftest import Clock
from tests.support import amounts, stored
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import (
    REWARD,
    balances,
    commit,
    reserve,
    reserved,
    void,
    with_reward,
)

ACTION = "reserveLoyaltyPoints"
NOTHING = {"points": "is required unless rewardId or amount is given"}
AMOUNT_ALONE = {"amount": "is not together with points or rewardId"}


def left(member: Member) -> int:
    """Return how many coffees anybody can get: others try until it is refused."""
    path = paths.reward_stock(member.program_id, "rw_coffee")
    found = stored.document(path)
    assert found is not None
    return int(found["remaining"])


def test_a_hold_takes_nothing_from_the_balance(member: Member, frozen_clock: Clock) -> None:
    before = stored.entries(member)
    answer = reserve(member, 80)

    ends_at = (frozen_clock.now + timedelta(minutes=15)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert answer.status == 200
    assert answer.body == {
        "success": True,
        **member.ids,
        "reservationId": answer.body["reservationId"],
        "pointsReserved": 80,
        "expiresAt": ends_at,
        "currentBalance": 100,
        "heldBalance": 80,
        "availableBalance": 20,
        "amountPaid": None,
        "rewardId": None,
        "rewardCode": None,
        "transactionId": None,
    }
    assert balances(member) == (100, 80, 20)
    assert stored.entries(member) == before
    mirror = stored.of_member(member)["mirror"]
    assert (mirror["balanceUnits"], mirror["heldUnits"]) == (100, 80)
    stored.assert_sound(member)


def test_what_is_held_is_nobody_elses(member: Member) -> None:
    reserved(member, 80)

    details = {"required": 30, "available": 20, "missing": 10}
    message = "Of the balance of 100, 80 are reserved: what is left, 20, does not cover 30."
    with nothing_written():
        assert_refused(reserve(member, 30), 400, "INSUFFICIENT_BALANCE", details, message=message)
        assert_refused(member.redeem(30), 400, "INSUFFICIENT_BALANCE", details, message=message)
        assert member.sync("redeem", 30).error == "INSUFFICIENT_BALANCE"
    assert reserve(member, 20).status == 200
    assert balances(member) == (100, 100, 0)
    stored.assert_sound(member)


def test_a_hold_ends_by_itself_and_gives_back_once(frozen_clock: Clock, member: Member) -> None:
    reserved(member, 80)
    frozen_clock.advance(minutes=14, seconds=59)
    assert member.redeem(30).error == "INSUFFICIENT_BALANCE"
    frozen_clock.advance(seconds=1)

    with nothing_written():
        assert balances(member) == (100, 0, 100)
    assert member.redeem(100).body["newBalance"] == 0
    assert balances(member) == (0, 0, 0)
    assert stored.membership(member).holds == ()
    stored.assert_sound(member)


@pytest.mark.parametrize("minutes", [1, 60])
def test_it_lives_as_long_as_is_said(frozen_clock: Clock, member: Member, minutes: int) -> None:
    reserved(member, 80, expiresInMinutes=minutes)

    frozen_clock.advance(minutes=minutes, seconds=-1)
    assert balances(member) == (100, 80, 20)
    frozen_clock.advance(seconds=1)
    assert balances(member) == (100, 0, 100)


@pytest.mark.parametrize(
    ("minutes", "problem"),
    [(0, "must be at least 1"), (61, "must be at most 60"), (1.5, "must be a whole number")],
)
def test_no_longer_and_no_shorter(member: Member, minutes: float, problem: str) -> None:
    with nothing_written():
        answer = reserve(member, 80, expiresInMinutes=minutes)

    assert_fields_refused(answer, {"expiresInMinutes": problem})


def test_other_answers_show_it(member: Member) -> None:
    reserved(member, 80)

    (row,) = member.api.ok("getMember", {"userId": member.user_id})["memberships"]
    assert (row["currentBalance"], row["heldBalance"], row["availableBalance"]) == (100, 80, 20)
    listed = member.api.ok("listMembers", {"programId": member.program_id})["members"]
    assert listed[0]["membership"] == row


def test_cents_of_cashback(merchant: Merchant) -> None:
    member = merchant.member("cashback", balance=5)

    answer = reserve(member, 1.55)

    assert (answer.body["pointsReserved"], answer.body["availableBalance"]) == (1.55, 3.45)
    assert reserve(member, 3.46).body["details"]["missing"] == 0.01


def test_an_amount_of_a_purchase(merchant: Merchant) -> None:
    member = merchant.member("points", balance=500, pointValue=0.03)
    body = {**member.ids, "amount": 10, "transactionId": "t1"}

    answer = member.api(ACTION, body)
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "pointValue": 0.05})
    again = member.api(ACTION, body)

    assert (answer.body["pointsReserved"], answer.body["amountPaid"]) == (334, 10)
    assert again.body == answer.body
    assert balances(member) == (500, 334, 166)
    with nothing_written():
        assert_fields_refused(reserve(member, 5, amount=1), AMOUNT_ALONE)
        assert_fields_refused(reserve(member, amount=1), AMOUNT_ALONE)
    stored.assert_sound(member)


def test_points_without_a_value_pay_no_amount(member: Member) -> None:
    with nothing_written():
        answer = member.api(ACTION, {**member.ids, "amount": 10})

    assert_refused(answer, 400, "POINTS_HAVE_NO_VALUE", {"programId": member.program_id})


def test_something_must_be_named(merchant: Merchant) -> None:
    member = with_reward(merchant)

    with nothing_written():
        assert_fields_refused(member.api(ACTION, member.ids), NOTHING)
        assert_fields_refused(merchant.sandbox(ACTION, {**member.ids}), NOTHING)


def test_refuses_an_amount_that_is_finer_than_a_point(member: Member) -> None:
    with nothing_written():
        answer = reserve(member, 1.5)

    assert answer.error == "INVALID_PARAMETERS"
    with nothing_written():
        amounts.assert_amount_refused(reserve(member, 0), amounts.POSITIVE)


# Rewards


def test_a_reward_is_reserved_at_its_price_with_a_code(merchant: Merchant) -> None:
    member = with_reward(merchant)

    answer = reserve(member)

    assert answer.body["pointsReserved"] == 40
    assert answer.body["rewardId"] == "rw_coffee"
    assert answer.body["rewardCode"].startswith("RW-")
    assert balances(member) == (100, 40, 60)


def test_a_customer_pays_the_price_that_was_shown(merchant: Merchant) -> None:
    member = with_reward(merchant, balance=1000, stock=3)
    customer = merchant.customer(member.user_id)
    body = {**member.ids, "rewardId": "rw_coffee"}
    change = {"programId": member.program_id, "rewards": [{**REWARD, "requiredPoints": 900}]}
    member.api.ok("updateLoyaltyProgram", change)

    details = {"rewardId": "rw_coffee", "required": 900}
    with nothing_written():
        answer = customer(ACTION, {**body, "points": 40})
        assert_refused(answer, 400, "REWARD_COST_MISMATCH", details, message="Coffee costs 900.")
        assert customer(ACTION, {**body, "points": 1000}).error == "REWARD_COST_MISMATCH"
    assert balances(member) == (1000, 0, 1000)
    assert customer.ok(ACTION, {**body, "points": 900})["pointsReserved"] == 900
    stored.assert_sound(member)


def test_a_price_that_was_shown_in_another_spelling(merchant: Merchant) -> None:
    member = merchant.member("cashback", balance=5, rewards=[{**REWARD, "requiredPoints": 2.5}])
    body = {**member.ids, "rewardId": "rw_coffee"}

    with nothing_written():
        assert member.api(ACTION, {**body, "points": 2.51}).error == "REWARD_COST_MISMATCH"
        amounts.assert_amount_refused(member.api(ACTION, {**body, "points": 0}), amounts.POSITIVE)
    assert member.api.ok(ACTION, {**body, "points": 2.50})["pointsReserved"] == 2.5


def test_a_price_is_no_price_of_what_is_not_offered(merchant: Merchant) -> None:
    member = with_reward(merchant, isActive=False)

    with nothing_written():
        assert reserve(member, 39, rewardId="rw_coffee").error == "REWARD_UNAVAILABLE"


def test_a_repeated_transaction_has_the_price_of_its_first_time(merchant: Merchant) -> None:
    member = with_reward(merchant, balance=1000)
    first = reserve(member, 40, rewardId="rw_coffee", transactionId="t1")
    change = {"programId": member.program_id, "rewards": [{**REWARD, "requiredPoints": 900}]}
    member.api.ok("updateLoyaltyProgram", change)

    with nothing_written():
        again = reserve(member, 40, rewardId="rw_coffee", transactionId="t1")
        other = reserve(member, 900, rewardId="rw_coffee", transactionId="t1")

    assert again.body == first.body
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")


def test_one_open_hold_for_a_member_and_reward(frozen_clock: Clock, merchant: Merchant) -> None:
    member = with_reward(merchant)
    first = reserve(member).body

    with nothing_written():
        again = reserve(member)
    details = {"reservationId": first["reservationId"], "expiresAt": first["expiresAt"]}
    assert_refused(again, 409, "RESERVATION_EXISTS", details)
    assert reserve(member, 10).status == 200
    frozen_clock.advance(minutes=15)
    second = reserve(member).body

    assert second["reservationId"] != first["reservationId"]
    assert second["rewardCode"] != first["rewardCode"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"isActive": False}, 400, "REWARD_UNAVAILABLE"),
        ({"validUntil": "2026-01-01T00:00:00Z"}, 400, "REWARD_UNAVAILABLE"),
        ({"stock": 0}, 400, "REWARD_OUT_OF_STOCK"),
        ({"rewardId": "rw_tea"}, 404, "REWARD_NOT_FOUND"),
        ({"requiredPoints": 101}, 400, "INSUFFICIENT_BALANCE"),
    ],
)
def test_refuses_a_reward(
    merchant: Merchant, fields: dict[str, Any], status: int, code: str
) -> None:
    member = with_reward(merchant, **fields)

    with nothing_written():
        assert_refused(reserve(member), status, code, reserve(member).body.get("details"))
    assert balances(member) == (100, 0, 100)


def test_a_reserved_piece_of_the_stock_is_nobody_elses(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    anna = with_reward(merchant, stock=1)
    ben = anna.other("ben")
    ben.enroll()
    ben.earn(100)
    reserved(anna)

    with nothing_written():
        assert reserve(ben).error == "REWARD_OUT_OF_STOCK"
        body = {**ben.ids, "points": 40, "rewardId": "rw_coffee"}
        assert ben.api("redeemLoyaltyPoints", body).error == "REWARD_OUT_OF_STOCK"
    frozen_clock.advance(minutes=15)

    assert reserve(ben).status == 200
    with nothing_written():
        assert reserve(anna).error == "REWARD_OUT_OF_STOCK"
    assert left(anna) == 1


def test_a_voided_piece_is_free_at_once_and_once(merchant: Merchant) -> None:
    anna = with_reward(merchant, stock=1)
    reservation_id = reserved(anna)
    assert void(anna, reservation_id).status == 200
    void(anna, reservation_id)

    again = reserved(anna)
    assert reserve(anna.other(anna.user_id)).error == "RESERVATION_EXISTS"
    assert commit(anna, again).status == 200
    assert left(anna) == 0
    with nothing_written():
        assert reserve(anna).error == "REWARD_OUT_OF_STOCK"


def test_the_last_piece_goes_to_one_of_ten(merchant: Merchant) -> None:
    first = with_reward(merchant, stock=1)
    members = [first, *(first.other(f"user_{number}") for number in range(2, 11))]
    for member in members[1:]:
        member.enroll()
        member.earn(100)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(reserve, members))

    found = Counter((answer.status, answer.error) for answer in answers)
    assert found == {(200, None): 1, (400, "REWARD_OUT_OF_STOCK"): 9}
    for member, answer in zip(members, answers, strict=True):
        assert balances(member)[1] == (40 if answer.status == 200 else 0)


# Who and when


def test_refuses_who_is_no_member(member: Member) -> None:
    with nothing_written():
        assert_refused(reserve(member.other("nobody"), 1), 404, "MEMBERSHIP_NOT_FOUND")
        body = {**member.ids, "programId": "lp_absent", "points": 1}
        assert_refused(member.api(ACTION, body), 404, "PROGRAM_NOT_FOUND")


@pytest.mark.parametrize(
    ("action", "code"),
    [("suspendMember", "MEMBER_SUSPENDED"), ("leaveLoyaltyProgram", "MEMBERSHIP_CLOSED")],
)
def test_refuses_who_spends_nothing(member: Member, action: str, code: str) -> None:
    reason = {"reason": "Fraud"} if action == "suspendMember" else {}
    member.api.ok(action, {**member.ids, **reason})

    with nothing_written():
        assert reserve(member, 1).error == code


def test_members_keep_the_right_to_reserve_in_an_inactive_program(member: Member) -> None:
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})

    assert commit(member, reserved(member, 30)).body["newBalance"] == 70


def test_a_member_has_a_bounded_number_of_holds(frozen_clock: Clock, member: Member) -> None:
    for _ in range(HOLDS_MAX):
        reserved(member, 1)

    with nothing_written():
        assert_refused(reserve(member, 1), 400, "TOO_MANY_RESERVATIONS")
    frozen_clock.advance(minutes=15)
    assert reserve(member, 1).status == 200
    assert len(stored.membership(member).holds) == 1


def test_a_customer_reserves(merchant: Merchant) -> None:
    member = with_reward(merchant)
    customer = merchant.customer(member.user_id)

    made = customer.ok(ACTION, {"programId": member.program_id, "rewardId": "rw_coffee"})
    assert balances(member) == (100, 40, 60)
    with nothing_written():
        named = customer(
            ACTION, {"programId": member.program_id, "points": 1, "transactionId": "t"}
        )
    assert_fields_refused(named, {"transactionId": "is not for customers"})
    assert commit(member, made["reservationId"]).body["rewardCode"] == made["rewardCode"]


def test_holds_move_with_a_merge(frozen_clock: Clock, merchant: Merchant) -> None:
    old = with_reward(merchant, stock=1)
    new = old.other("user_2")
    new.enroll()
    new.earn(10)
    reservation_id, second = reserved(old), reserved(old, 30)
    merchant.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})

    assert balances(new) == (110, 70, 40)
    assert void(new, second).body["availableBalance"] == 70
    # By the old id, as the till knows it.
    committed = commit(old, reservation_id)
    assert (committed.body["newBalance"], committed.body["rewardId"]) == (70, "rw_coffee")
    assert commit(new, reservation_id).body["redemptionId"] == committed.body["redemptionId"]
    assert left(old) == 0
    report = verification.verify(old.program_id)
    assert report is not None
    assert report.problems == ()


def test_a_leaving_member_has_no_holds_any_more(member: Member) -> None:
    reservation_id = reserved(member, 80)

    member.api.ok("leaveLoyaltyProgram", member.ids)

    assert balances(member) == (100, 0, 100)
    with nothing_written():
        assert commit(member, reservation_id).error == "MEMBERSHIP_CLOSED"
    member.enroll()
    with nothing_written():
        assert commit(member, reservation_id).error == "RESERVATION_EXPIRED"
        assert void(member, reservation_id).body["status"] == "expired"
    stored.assert_sound(member)


def test_who_is_erased_leaves_no_reservation_behind(member: Member) -> None:
    reservation_id = reserved(member, 80)
    path = paths.reservation(member.membership_id, reservation_id)
    assert stored.document(path) is not None

    exported = member.api.ok("exportMember", {"userId": member.user_id})
    assert reservation_id in str(exported)
    assert member.api.ok("eraseMember", {"userId": member.user_id})["state"] == "erased"

    assert stored.document(path) is None
    (copy,) = client.query("loyaltyMembers", ("programId", "==", member.program_id))
    assert copy.data is not None
    assert (copy.data["holds"], copy.data["heldUnits"], copy.data["balanceUnits"]) == ([], 0, 100)
    assert [lot["units"] for lot in copy.data["lots"]] == [100]


# Idempotency


def test_a_key_reserves_once(member: Member) -> None:
    first = reserve(member, 30, "k1")
    with nothing_written():
        again = reserve(member, 30, "k1")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert balances(member) == (100, 30, 70)
    assert reserve(member, 31, "k1").error == "IDEMPOTENCY_KEY_REUSED"


def test_one_key_sent_many_times_at_once_reserves_once(member: Member) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: reserve(member, 30, "k1"), range(10)))

    assert {answer.body["reservationId"] for answer in answers} == {
        answers[0].body["reservationId"]
    }
    assert balances(member) == (100, 30, 70)


def test_what_was_cancelled_cannot_be_reserved_again(member: Member) -> None:
    redemption_id = member.redeem(30, transactionId="t1").body["redemptionId"]
    body = {**member.ids, "redemptionId": redemption_id}
    member.api.ok("cancelRedemption", body)

    with nothing_written():
        again = reserve(member, 30, transactionId="t1")

    assert (again.status, again.error) == (409, "REDEMPTION_CANCELLED")
    assert again.body["details"]["redemptionId"] == redemption_id


def test_a_transaction_has_one_open_reservation(member: Member) -> None:
    first = reserve(member, 30, transactionId="t1")
    with nothing_written():
        again = reserve(member, 30, transactionId="t1")
        other = reserve(member, 31, transactionId="t1")

    assert (again.body, again.is_replay) == (first.body, True)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")
    assert void(member, first.body["reservationId"]).status == 200
    assert reserve(member, 31, transactionId="t1").status == 200
    assert balances(member) == (100, 31, 69)


@pytest.mark.parametrize("how", ["redeem", "sync", "commit"])
def test_a_transaction_is_spent_once_however(member: Member, how: str) -> None:
    if how == "redeem":
        assert member.redeem(30, transactionId="t1").status == 200
    elif how == "sync":
        assert member.sync("redeem", 30, externalTransactionId="t1").status == 200
    else:
        assert commit(member, reserved(member, 30, transactionId="t1")).status == 200

    with nothing_written():
        assert reserve(member, 30, transactionId="t1").error == "IDEMPOTENCY_KEY_REUSED"
        if how == "commit":
            assert member.redeem(30, transactionId="t1").error == "IDEMPOTENCY_KEY_REUSED"
            synced = member.sync("redeem", 30, externalTransactionId="t1")
            assert synced.body["duplicate"] is True
    assert balances(member) == (70, 0, 70)


def test_a_transaction_that_was_redeemed_meanwhile_is_not_committed(member: Member) -> None:
    reservation_id = reserved(member, 30, transactionId="t1")
    member.redeem(30, transactionId="t1")

    with nothing_written():
        assert commit(member, reservation_id).error == "IDEMPOTENCY_KEY_REUSED"
    assert stored.units(member) == [100, -30]


@pytest.mark.parametrize("how", ["redeem", "sync"])
def test_what_is_reserved_for_a_transaction_pays_it_if_it_is_redeemed_at_once(
    member: Member, how: str
) -> None:
    reservation_id = reserved(member, 80, transactionId="t1")
    reserved(member, 10, transactionId="t2")

    for _ in range(2):
        if how == "redeem":
            assert member.redeem(90, transactionId="t1").status == 200
        else:
            assert member.sync("redeem", 90, externalTransactionId="t1").status == 200

    assert balances(member) == (10, 10, 0)
    with nothing_written():
        assert void(member, reservation_id).body["status"] == "voided"
        assert commit(member, reservation_id).error == "IDEMPOTENCY_KEY_REUSED"
        assert member.redeem(1, transactionId="t3").error == "INSUFFICIENT_BALANCE"
    stored.assert_sound(member)


def test_the_piece_that_is_reserved_for_a_transaction_is_the_one_it_gets(
    merchant: Merchant,
) -> None:
    limits = [{"timesPerPeriod": 1, "period": "ever"}]
    member = with_reward(merchant, stock=1, limits=limits)
    reserved(member, transactionId="t1")
    with nothing_written():
        other = member.redeem(40, rewardId="rw_coffee", transactionId="t2")

    bought = member.redeem(40, rewardId="rw_coffee", transactionId="t1")

    assert (other.error, bought.status) == ("REWARD_LIMIT_REACHED", 200)
    assert balances(member) == (60, 0, 60)
    found = stored.document(paths.reward_stock(member.program_id, "rw_coffee"))
    assert found is not None
    assert (found["remaining"], found.get("held") or {}) == (0, {})
    stored.assert_sound(member)


def test_what_has_reached_its_date_while_it_was_reserved_pays_its_transaction(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    frozen_clock.now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    member = merchant.member("points", balance=100, pointsExpiry={"afterDays": 1})
    frozen_clock.now = datetime(2026, 3, 4, 22, 55, tzinfo=UTC)
    reserved(member, 50, transactionId="t1")
    frozen_clock.advance(minutes=6)

    assert member.redeem(40, transactionId="t1").status == 200

    assert stored.units(member) == [100, -50, -40, -10]
    assert balances(member) == (0, 0, 0)
    stored.assert_sound(member)


# Races and crashes


def test_two_tills_reserve_the_last_points(member: Member) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: reserve(member, 60), range(2)))

    assert Counter(answer.error for answer in answers) == {None: 1, "INSUFFICIENT_BALANCE": 1}
    assert balances(member) == (100, 60, 40)
    stored.assert_sound(member)


def test_reserve_against_redeem(member: Member) -> None:
    with ThreadPoolExecutor(2) as pool:
        made, spent = pool.submit(reserve, member, 60), pool.submit(member.redeem, 60)
        answers = [made.result(), spent.result()]

    assert Counter(answer.error for answer in answers) == {None: 1, "INSUFFICIENT_BALANCE": 1}
    balance, held, _ = balances(member)
    assert (balance, held) in {(100, 60), (40, 0)}
    stored.assert_sound(member)


@pytest.mark.parametrize("steps", range(3))
def test_whenever_the_process_dies_the_same_key_reserves_once(
    merchant: Merchant, steps: int
) -> None:
    member = with_reward(merchant, stock=1)
    with dying_after(steps):
        reserve(member, key="k1")

    again = reserve(member, key="k1")

    assert again.status == 200
    assert balances(member) == (100, 40, 60)
    assert commit(member, again.body["reservationId"]).body["newBalance"] == 60
    assert left(member) == 0
    stored.assert_sound(member)


# Expiry


def test_held_points_expire_when_they_are_free_again(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    """They are honoured while they are held, and written off once, when nobody has them."""
    frozen_clock.now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    member = merchant.member("points", balance=100, pointsExpiry={"afterDays": 1})
    frozen_clock.now = datetime(2026, 3, 4, 22, 55, tzinfo=UTC)
    first, second = reserved(member, 50), reserved(member, 30)
    frozen_clock.advance(minutes=6)

    assert balances(member) == (80, 80, 0)
    member_calendar.run()
    assert stored.units(member) == [100, -20]
    assert balances(member) == (80, 80, 0)
    assert commit(member, first, points=40).body["newBalance"] == 40
    assert balances(member) == (30, 30, 0)
    frozen_clock.advance(minutes=15)
    assert balances(member) == (0, 0, 0)
    member_calendar.run()
    member_calendar.run()

    with nothing_written():
        assert commit(member, second).error == "RESERVATION_EXPIRED"
    assert stored.units(member) == [100, -20, -40, -10, -30]
    stored.assert_sound(member)


# Sandbox


def test_the_sandbox_adds_up_and_writes_nothing(merchant: Merchant) -> None:
    ids = {"programId": "lp_1", "userId": "u1"}

    with nothing_written():
        answer = merchant.sandbox(ACTION, {**ids, "points": 200, "transactionId": "t1"}).body
        bought = merchant.sandbox(ACTION, {**ids, "rewardId": "rw_1"}).body
        part = {**ids, "reservationId": "rs_1", "points": 50}
        spent = merchant.sandbox("commitLoyaltyRedemption", part).body

    assert (answer["currentBalance"], answer["heldBalance"]) == (200, 200)
    assert (answer["availableBalance"], answer["transactionId"]) == (0, "t1")
    assert (bought["pointsReserved"], bought["rewardId"]) == (80, "rw_1")
    assert bought["rewardCode"].startswith("RW-")
    assert (spent["pointsRedeemed"], spent["previousBalance"], spent["newBalance"]) == (50, 142, 92)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"userId": "user_not_enrolled", "points": 1}, "MEMBERSHIP_NOT_FOUND"),
        ({"userId": "user_insufficient_balance", "points": 1}, "INSUFFICIENT_BALANCE"),
        ({"rewardId": "reward_out_of_stock"}, "REWARD_OUT_OF_STOCK"),
    ],
)
def test_ids_provoke_refusals_in_the_sandbox(
    merchant: Merchant, fields: dict[str, Any], code: str
) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"programId": "lp_1", "userId": "u1", **fields})

    assert answer.error == code


@pytest.mark.wide
def test_the_last_piece_goes_to_one_of_a_hundred_who_reserve_or_redeem(merchant: Merchant) -> None:
    first = with_reward(merchant, stock=1)
    members = [first, *(first.other(f"user_{number}") for number in range(2, 101))]

    def join(member: Member) -> None:
        member.enroll()
        member.earn(100)

    def buy(member: Member) -> str | None:
        if int(member.user_id.removeprefix("user_")) % 2:
            return reserve(member).error
        body = {**member.ids, "points": 40, "rewardId": "rw_coffee"}
        return member.api("redeemLoyaltyPoints", body).error

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(join, members[1:]))
    with ThreadPoolExecutor(100) as pool:
        errors = list(pool.map(buy, members))

    assert Counter(errors) == {None: 1, "REWARD_OUT_OF_STOCK": 99}
    for member, error in zip(members, errors, strict=True):
        assert (balances(member)[2] == 60) is (error is None)
        stored.assert_sound(member)
