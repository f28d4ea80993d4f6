"""redeemLoyaltyPoints: atomic, never below zero, once for one key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from shared.store import paths, protocol
from tests.conftest import Clock
from tests.support import amounts, stored
from tests.support.api import Answer
from tests.support.library import library
from tests.support.merchants import Member, Merchant
from tests.support.redemptions import cancel, shown
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import interfered

ACTION = "redeemLoyaltyPoints"
CODE = re.compile(r"RW(-[A-HJ-NP-Z2-9]{4}){4}")
NEITHER = "is required unless amount is given, and not together with it"
REWARD = {
    "rewardId": "rw_coffee",
    "title": "Coffee",
    "type": "free_product",
    "requiredPoints": 40,
}


@pytest.fixture
def shop(merchant: Merchant) -> Member:
    """A member with 100 points where 40 buy a coffee."""
    return merchant.member("points", balance=100, rewards=[REWARD])


def expected(member: Member, answer: Answer, **fields: Any) -> dict[str, Any]:
    """Return the whole answer to a redemption of 30 of 100, but for these fields."""
    return {
        "success": True,
        **member.ids,
        "redemptionId": answer.body["redemptionId"],
        "pointsRedeemed": 30,
        "previousBalance": 100,
        "newBalance": 70,
        "currentTier": None,
        "amountPaid": None,
        "rewardId": None,
        "rewardCode": None,
        "rewardDescription": "Test",
        "transactionId": None,
        **fields,
    }


def with_reward(merchant: Merchant, balance: int = 100, **fields: Any) -> Member:
    return merchant.member("points", balance=balance, rewards=[{**REWARD, **fields}])


def buy(member: Member, idempotency_key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "points": 40, "rewardId": "rw_coffee", **fields}
    return member.api(ACTION, body, idempotency_key=idempotency_key)


def in_parallel(calls: Iterable[Callable[[], Answer]], threads: int = 20) -> list[Answer]:
    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def outcomes(answers: Iterable[Answer]) -> Counter[tuple[int, str | None]]:
    return Counter((answer.status, answer.error) for answer in answers)


def left(member: Member, reward_id: str = "rw_coffee") -> dict[str, Any] | None:
    return stored.document(paths.reward_stock(member.program_id, reward_id))


def test_redeems(member: Member) -> None:
    answer = member.redeem(30, rewardDescription="10% off", transactionId="t1")

    assert answer.status == 200
    assert answer.body == expected(member, answer, rewardDescription="10% off", transactionId="t1")
    assert member.balance()["currentBalance"] == 70
    assert stored.units(member) == [100, -30]
    stored.assert_sound(member)


def test_takes_snake_case(member: Member) -> None:
    body = {
        "program_id": member.program_id,
        "user_id": member.user_id,
        "points": 30,
        "reward_description": "Test",
    }

    answer = member.api(ACTION, body)

    assert (answer.status, answer.body) == (200, expected(member, answer))


def test_the_description_may_be_left_out(member: Member) -> None:
    answer = member.api(ACTION, {**member.ids, "points": 30})

    assert answer.body == expected(member, answer, rewardDescription="")


def test_redeems_the_whole_balance(member: Member) -> None:
    assert member.redeem(100).body["newBalance"] == 0
    stored.assert_sound(member)


def test_redeems_cents_of_cashback(merchant: Merchant) -> None:
    member = merchant.member("cashback", balance=5)

    assert member.redeem(1.55).body["newBalance"] == 3.45
    with nothing_written():
        answer = member.redeem(3.46)

    details = {"required": 3.46, "available": 3.45, "missing": 0.01}
    message = "The balance of 3.45 does not cover 3.46."
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details, message=message)


def test_members_keep_the_right_to_spend_in_an_inactive_program(member: Member) -> None:
    member.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})

    assert member.redeem(30).body["newBalance"] == 70


def test_redeeming_does_not_lower_the_tier(merchant: Merchant) -> None:
    member = merchant.member("tier", balance=500)

    answer = member.redeem(500)

    assert (answer.body["newBalance"], answer.body["currentTier"]) == (0, "Silber")
    assert member.balance()["currentTier"] == "Silber"


@pytest.mark.parametrize(("points", "problem"), amounts.REFUSED)
def test_refuses_an_amount(member: Member, points: str, problem: str) -> None:
    with nothing_written():
        answer = amounts.send(member.api, ACTION, member.ids, points)

    amounts.assert_amount_refused(answer, problem)
    assert stored.units(member) == [100]


def test_null_is_no_amount(member: Member) -> None:
    with nothing_written():
        answer = amounts.send(member.api, ACTION, member.ids, "null")

    amounts.assert_amount_refused(answer, NEITHER)


def test_takes_a_whole_number_written_with_decimals(member: Member) -> None:
    answer = amounts.send(member.api, ACTION, member.ids, "30.0")

    assert answer.body == expected(member, answer, rewardDescription="")


@pytest.mark.parametrize("name", amounts.NO_NUMBERS)
def test_refuses_what_is_no_json_number(member: Member, name: str) -> None:
    with nothing_written():
        answer = amounts.send(member.api, ACTION, member.ids, name)

    amounts.assert_no_number(answer, name)


@pytest.mark.parametrize("missing", ["programId", "userId"])
def test_requires(member: Member, missing: str) -> None:
    body = {**member.ids, "points": 30}
    del body[missing]

    with nothing_written():
        answer = member.api(ACTION, body)

    assert_fields_refused(answer, {missing: "is required"})


def test_requires_points_or_an_amount(member: Member) -> None:
    with nothing_written():
        assert_fields_refused(member.api(ACTION, member.ids), {"points": NEITHER})
        assert_fields_refused(member.merchant.sandbox(ACTION, member.ids), {"points": NEITHER})


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        (
            {"rewardDescription": "x" * 201},
            {"rewardDescription": "must have at most 200 characters"},
        ),
        ({"rewardDescription": 5}, {"rewardDescription": "must be a string"}),
        ({"rewardId": ""}, {"rewardId": "must have at least 1 characters"}),
        ({"transactionId": "t" * 129}, {"transactionId": "must have at most 128 characters"}),
        ({"source": "till"}, {"source": "is not a known field"}),
    ],
)
def test_refuses_a_field(member: Member, fields: dict[str, Any], problems: dict[str, str]) -> None:
    with nothing_written():
        answer = member.redeem(30, **fields)

    assert_fields_refused(answer, problems)


def test_refuses_more_than_there_is(member: Member) -> None:
    with nothing_written():
        answer = member.redeem(101)

    details = {"required": 101, "available": 100, "missing": 1}
    message = "The balance of 100 does not cover 101."
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details, message=message)
    assert member.balance()["currentBalance"] == 100


def test_refuses_an_unknown_program(member: Member) -> None:
    with nothing_written():
        answer = member.api(ACTION, {**member.ids, "programId": "lp_absent", "points": 30})

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND", message="There is no program lp_absent.")


def test_refuses_who_is_not_enrolled(member: Member) -> None:
    with nothing_written():
        answer = member.other("user_2").redeem(30)

    assert_refused(answer, 404, "MEMBERSHIP_NOT_FOUND", message="User user_2 is not enrolled.")


def test_the_store_that_is_named_must_be_the_programs(member: Member) -> None:
    assert member.redeem(30, storeId=member.merchant.store_id).status == 200

    with nothing_written():
        answer = member.redeem(30, storeId="store_other")

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
    assert member.balance()["currentBalance"] == 70


# Rewards


def test_a_reward_gives_a_code(shop: Member) -> None:
    answer = buy(shop)

    assert answer.status == 200
    assert answer.body == expected(
        shop,
        answer,
        pointsRedeemed=40,
        newBalance=60,
        rewardId="rw_coffee",
        rewardCode=answer.body["rewardCode"],
        rewardDescription="Coffee",
    )
    assert CODE.fullmatch(answer.body["rewardCode"])
    (latest, _) = shop.balance()["recentTransactions"]
    assert latest["rewardCode"] == answer.body["rewardCode"]
    assert latest["description"] == "Coffee"


def test_what_the_till_says_goes_before_the_rewards_title(shop: Member) -> None:
    assert buy(shop, rewardDescription="Latte").body["rewardDescription"] == "Latte"


def test_reward_codes_are_unique(merchant: Merchant) -> None:
    member = with_reward(merchant, balance=1000)

    codes = {buy(member).body["rewardCode"] for _ in range(25)}

    assert len(codes) == 25


@pytest.mark.parametrize("points", [39, 41])
def test_a_reward_has_its_price(shop: Member, points: int) -> None:
    with nothing_written():
        answer = buy(shop, points=points)

    details = {"rewardId": "rw_coffee", "required": 40}
    assert_refused(answer, 400, "REWARD_COST_MISMATCH", details, message="Coffee costs 40.")
    assert shop.balance()["currentBalance"] == 100


def test_refuses_an_unknown_reward(shop: Member) -> None:
    with nothing_written():
        answer = buy(shop, rewardId="rw_tea")

    assert_refused(answer, 404, "REWARD_NOT_FOUND", message="The program has no reward rw_tea.")
    assert shop.balance()["currentBalance"] == 100


def test_refuses_a_reward_that_the_balance_does_not_cover(merchant: Merchant) -> None:
    member = with_reward(merchant, balance=39, stock=1)

    with nothing_written():
        answer = buy(member)

    details = {"required": 40, "available": 39, "missing": 1}
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details)
    assert left(member) == {"remaining": 1}


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize(
    "fields",
    [
        {"isActive": False},
        {"validFrom": "2026-03-03T12:00:00.001Z"},
        {"validUntil": "2026-03-03T12:00:00.000Z"},
        {"validFrom": "2026-03-03T13:00:00.001+01:00"},
    ],
)
def test_refuses_a_reward_that_is_not_offered(merchant: Merchant, fields: dict[str, Any]) -> None:
    member = with_reward(merchant, **fields)

    with nothing_written():
        answer = buy(member)

    details = {"rewardId": "rw_coffee"}
    message = "Coffee is not offered at the moment."
    assert_refused(answer, 400, "REWARD_UNAVAILABLE", details, message=message)
    assert member.balance()["currentBalance"] == 100


@pytest.mark.usefixtures("frozen_clock")
def test_a_reward_is_offered_from_its_first_to_its_last_moment(merchant: Merchant) -> None:
    period = {"validFrom": "2026-03-03T12:00:00.000Z", "validUntil": "2026-03-03T12:00:00.001Z"}

    assert buy(with_reward(merchant, **period)).status == 200


def test_stock_is_counted_down_to_nothing(merchant: Merchant) -> None:
    member = with_reward(merchant, balance=200, stock=2)

    assert (buy(member).status, buy(member).status) == (200, 200)
    with nothing_written():
        answer = buy(member)

    details = {"rewardId": "rw_coffee"}
    message = "Nothing is left of this reward."
    assert_refused(answer, 400, "REWARD_OUT_OF_STOCK", details, message=message)
    assert left(member) == {"remaining": 0}
    assert stored.units(member) == [200, -40, -40]


def test_a_refusal_names_the_reward_as_the_merchant_does(merchant: Merchant) -> None:
    member = with_reward(merchant, rewardId="ä/1 %", stock=0)

    answer = buy(member, rewardId="ä/1 %")

    assert_refused(answer, 400, "REWARD_OUT_OF_STOCK", {"rewardId": "ä/1 %"})


def test_a_repeated_purchase_takes_one_and_has_one_code(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=1)
    first = buy(member, "k1")

    with nothing_written():
        again = buy(member, "k1")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert left(member) == {"remaining": 0}
    assert stored.units(member) == [100, -40]


def test_a_repeated_purchase_is_answered_even_if_the_reward_is_gone(shop: Member) -> None:
    first = buy(shop, "k1")
    shop.api.ok("updateLoyaltyProgram", {"programId": shop.program_id, "rewards": []})

    assert buy(shop, "k1").body == first.body
    assert buy(shop, "k2").error == "REWARD_NOT_FOUND"


def test_the_last_one_goes_to_one_of_ten(merchant: Merchant) -> None:
    first = with_reward(merchant, stock=1)
    members = [first, *(first.other(f"user_{number}") for number in range(2, 11))]
    for member in members[1:]:
        member.enroll()
        member.earn(100)

    answers = in_parallel([lambda member=member: buy(member) for member in members])

    assert outcomes(answers) == {(200, None): 1, (400, "REWARD_OUT_OF_STOCK"): 9}
    assert left(first) == {"remaining": 0}
    for member, answer in zip(members, answers, strict=True):
        assert member.balance()["currentBalance"] == (60 if answer.status == 200 else 100)
        stored.assert_sound(member)


# Idempotency


def test_a_transaction_is_redeemed_once(member: Member) -> None:
    first = member.redeem(30, transactionId="t1")
    with nothing_written():
        second = member.redeem(30, transactionId="t1")

    assert (second.status, second.body, second.is_replay) == (200, first.body, True)
    assert stored.units(member) == [100, -30]


def test_a_key_is_redeemed_once(member: Member) -> None:
    first = member.redeem(30, "k1")
    with nothing_written():
        second = member.redeem(30, "k1")

    assert (second.status, second.body, second.is_replay) == (200, first.body, True)
    assert not first.is_replay
    assert stored.units(member) == [100, -30]


def test_a_retry_is_answered_although_the_balance_would_not_cover_it(member: Member) -> None:
    first = member.redeem(100, "k1")

    assert member.redeem(100, "k1").body == first.body
    assert member.redeem(100, "k2").error == "INSUFFICIENT_BALANCE"


def test_a_key_with_another_amount_is_refused(member: Member) -> None:
    member.redeem(50, "k1")

    with nothing_written():
        answer = member.redeem(40, "k1")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")
    assert member.balance()["currentBalance"] == 50


def test_a_key_of_one_user_is_refused_for_another(member: Member) -> None:
    other = member.other("user_2")
    other.enroll()
    other.earn(100)
    member.redeem(30, "k1")

    with nothing_written():
        answer = other.redeem(30, "k1")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")
    assert other.balance()["currentBalance"] == 100


def test_a_transaction_under_another_key_is_a_duplicate(member: Member) -> None:
    first = member.redeem(30, "k1", transactionId="t1")
    second = member.redeem(30, "k2", transactionId="t1")
    with nothing_written():
        again = member.redeem(30, "k2", transactionId="t1")

    assert (second.status, second.body) == (200, {**first.body, "duplicate": True})
    assert again.body == second.body
    assert stored.units(member) == [100, -30]


@pytest.mark.parametrize("change", [{"points": 41}, {"rewardId": "rw_coffee"}])
def test_a_transaction_with_other_terms_is_refused(shop: Member, change: dict[str, Any]) -> None:
    first = shop.redeem(40, transactionId="t1")

    with nothing_written():
        answer = shop.redeem(**{"points": 40, "transactionId": "t1", **change})

    details = {
        "entryId": first.body["redemptionId"],
        "transactionId": "t1",
        "bookedBy": "redeemLoyaltyPoints",
    }
    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED", details)
    assert shop.balance()["currentBalance"] == 60


def test_an_earn_and_a_redemption_may_have_the_same_transaction(member: Member) -> None:
    member.earn(20, transactionId="t1")

    assert member.redeem(30, transactionId="t1").body["newBalance"] == 90


def test_a_key_that_was_refused_may_be_used_again(member: Member) -> None:
    assert member.redeem(101, "k1").error == "INSUFFICIENT_BALANCE"
    member.earn(1)

    answer = member.redeem(101, "k1")

    assert (answer.status, answer.is_replay, answer.body["newBalance"]) == (200, False, 0)


def test_an_answer_that_was_lost_is_given_again_20_minutes_later(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=100)
    first = member.redeem(30, "k1")
    frozen_clock.advance(minutes=20)

    again = member.redeem(30, "k1")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert stored.units(member) == [100, -30]


# Many at once


def test_the_whole_balance_is_spent_once(member: Member) -> None:
    answers = in_parallel(
        [lambda number=number: member.redeem(100, f"k{number}") for number in range(20)]
    )

    assert outcomes(answers) == {(200, None): 1, (400, "INSUFFICIENT_BALANCE"): 19}
    assert member.balance()["currentBalance"] == 0
    assert stored.units(member) == [100, -100]
    stored.assert_sound(member)


def test_two_redemptions_that_do_not_fit_together(member: Member) -> None:
    answers = in_parallel([lambda: member.redeem(60), lambda: member.redeem(60)])

    assert outcomes(answers) == {(200, None): 1, (400, "INSUFFICIENT_BALANCE"): 1}
    (refused,) = [answer for answer in answers if answer.status == 400]
    assert refused.body["details"] == {"required": 60, "available": 40, "missing": 20}
    assert member.balance()["currentBalance"] == 40
    stored.assert_sound(member)


def test_one_key_sent_many_times_at_once_is_redeemed_once(member: Member) -> None:
    answers = in_parallel([lambda: member.redeem(30, "k1")] * 10)

    assert outcomes(answers) == {(200, None): 10}
    assert all(answer.body == answers[0].body for answer in answers)
    assert stored.units(member) == [100, -30]


def test_a_hundred_small_redemptions_all_succeed(member: Member) -> None:
    answers = in_parallel([lambda: member.redeem(1)] * 100, threads=16)

    assert outcomes(answers) == {(200, None): 100}
    assert sorted(answer.body["newBalance"] for answer in answers) == list(range(100))
    assert member.balance()["currentBalance"] == 0
    stored.assert_sound(member)


def test_gives_up_when_others_are_always_faster(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BACKOFF_MAX_S", 0)
    path = f"loyaltyMembers/{member.membership_id}"
    times = iter(range(10_000))

    def touch() -> None:
        """Change the membership as another writer would."""
        now = library().document(path)
        now.update({"source": f"till {next(times)}"})

    before = stored.of_member(member)
    with interfered(touch):
        answer = member.redeem(30, "k1")
    assert next(times) == protocol.ATTEMPTS_MAX

    message = "Too many requests write the same document."
    assert_refused(answer, 503, "BUSY", message=message)
    assert answer.headers["Retry-After"] == "1"
    after = stored.of_member(member)
    touched = {**before["membership"], "source": after["membership"]["source"]}
    assert after == {**before, "membership": touched}

    retried = member.redeem(30, "k1")

    assert (retried.status, retried.is_replay) == (200, False)
    assert retried.body == expected(member, retried)
    assert stored.units(member) == [100, -30]


# Sandbox


def test_the_sandbox_answers_with_mock_data_and_writes_nothing(merchant: Merchant) -> None:
    body = {
        "programId": "lp_1",
        "userId": "u1",
        "points": 100,
        "rewardDescription": "10% Rabatt",
    }

    with nothing_written():
        answer = merchant.sandbox(ACTION, body)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "programId": "lp_1",
        "userId": "u1",
        "redemptionId": "le_def456",
        "pointsRedeemed": 100,
        "previousBalance": 142,
        "newBalance": 42,
        "currentTier": "Silber",
        "amountPaid": None,
        "rewardId": None,
        "rewardCode": None,
        "rewardDescription": "10% Rabatt",
        "transactionId": None,
        "_sandbox": True,
    }


def test_the_sandbox_validates(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"programId": "lp_1", "points": 0})

    assert_fields_refused(answer, {"userId": "is required", "points": amounts.POSITIVE})


# Amounts of a purchase


def pay(member: Member, amount: float, idempotency_key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "amount": amount, **fields}
    return member.api(ACTION, body, idempotency_key=idempotency_key)


def test_pays_an_amount_by_the_value_of_a_point(merchant: Merchant) -> None:
    member = merchant.member("points", balance=500, pointValue=0.03)

    answer = pay(member, 10, transactionId="t1")

    assert answer.body == expected(
        member,
        answer,
        pointsRedeemed=334,
        previousBalance=500,
        newBalance=166,
        amountPaid=10,
        rewardDescription="",
        transactionId="t1",
    )
    (_, entry) = stored.entries(member)
    assert (entry.units, entry.amount_paid) == (-334, "10.00")
    detail = {**member.ids, "entryId": entry.entry_id}
    shown = member.api.ok("getLoyaltyTransaction", detail)["transaction"]
    assert shown["amountPaid"] == 10
    stored.assert_sound(member)


def test_cashback_pays_as_much_as_it_is(merchant: Merchant) -> None:
    member = merchant.member("cashback", balance=5)

    answer = pay(member, 1.5)

    assert (answer.body["pointsRedeemed"], answer.body["amountPaid"]) == (1.5, 1.5)
    assert stored.entries(member)[-1].amount_paid == "1.50"


def test_a_repeated_payment_is_the_first_one_whatever_points_are_worth_by_now(
    merchant: Merchant,
) -> None:
    member = merchant.member("points", balance=500, pointValue=0.01)
    first = pay(member, 1, transactionId="t1")
    for point_value in (0.02, None):
        changes = {"programId": member.program_id, "pointValue": point_value}
        member.api.ok("updateLoyaltyProgram", changes)

        with nothing_written():
            again = pay(member, 1, transactionId="t1")

        assert again.body["redemptionId"] == first.body["redemptionId"]
        assert again.body["pointsRedeemed"] == 100
    with nothing_written():
        assert pay(member, 1, transactionId="t2").error == "POINTS_HAVE_NO_VALUE"


def test_a_payment_that_was_cancelled_is_not_answered_as_paid(merchant: Merchant) -> None:
    member = merchant.member("points", balance=180, pointValue=0.01)
    paid = pay(member, 0.5, "k1", transactionId="bon_77").body
    assert cancel(member, paid["redemptionId"]).body["newBalance"] == 180

    with nothing_written():
        # Not even to the same key: who asks may not know that it was cancelled.
        refused = [pay(member, 0.5, key, transactionId="bon_77") for key in (None, "k1", "k2")]
        other = pay(member, 0.6, transactionId="bon_77")
        sync = {"action": "redeem", "points": 50, "externalTransactionId": "bon_77"}
        synced = member.api("syncExternalLoyalty", {**member.ids, **sync, "source": "crm"})

    details = {
        "cancelledAt": shown(member, paid["redemptionId"])["cancelledAt"],
        "redemptionId": paid["redemptionId"],
    }
    for answer in (*refused, synced):
        assert_refused(answer, 409, "REDEMPTION_CANCELLED", details, fix=answer.body["fix"])
        assert "another `transactionId`" in answer.body["fix"]
    assert other.error == "IDEMPOTENCY_KEY_REUSED"
    assert pay(member, 0.5, "k3", transactionId="bon_78").body["newBalance"] == 130
    assert stored.units(member) == [180, -50, 50, -50]


@pytest.mark.parametrize("is_merged", [False, True])
def test_what_came_back_with_its_purchase_is_not_answered_as_paid(
    merchant: Merchant, is_merged: bool
) -> None:
    member = merchant.member("points", balance=50, pointValue=0.01)
    redeemed = pay(member, 0.5, transactionId="t1").body
    assert member.add(purchaseAmount=1, transactionId="t1").status == 200
    member.api.ok(
        "reverseLoyaltyTransaction", {**member.ids, "transactionId": "t1", "refundId": "r1"}
    )
    if is_merged:
        other = member.other("user_2")
        other.enroll()
        member.api.ok("mergeMembers", {"fromUserId": member.user_id, "intoUserId": other.user_id})

    with nothing_written():
        again = pay(member, 0.5, transactionId="t1")

    assert again.error == "REDEMPTION_CANCELLED"
    assert again.body["details"]["redemptionId"] == redeemed["redemptionId"]


def test_a_code_that_was_cancelled_is_not_answered_again(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=1)
    cancel(member, buy(member, "k1").body["redemptionId"])

    with nothing_written():
        again = buy(member, "k1")

    assert again.error == "REDEMPTION_CANCELLED"
    assert left(member) == {"remaining": 1}


def test_more_than_the_points_are_worth_is_refused(merchant: Merchant) -> None:
    member = merchant.member("points", balance=99, pointValue=0.01)

    with nothing_written():
        answer = pay(member, 1)

    details = {"required": 100, "available": 99, "missing": 1}
    assert_refused(answer, 400, "INSUFFICIENT_BALANCE", details)


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"points": 5}, {"points": NEITHER}),
        ({"rewardId": "rw_coffee"}, {"amount": "is not for rewards: send points"}),
        ({"amount": 0.001}, {"amount": "must be a number with at most 2 decimals"}),
    ],
)
def test_an_amount_stands_alone(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    member = merchant.member("points", balance=100, pointValue=0.01)
    body = {**member.ids, "amount": 1, **fields}

    with nothing_written():
        assert_fields_refused(member.api(ACTION, body), problems)


def test_what_points_pay_does_not_earn(merchant: Merchant) -> None:
    """The till sends it as a line of the type reward, which lowers what earns."""
    member = merchant.member("points", balance=500, pointValue=0.01)
    pay(member, 5)
    lines = [{"amount": 20}, {"amount": -5, "type": "reward"}]

    answer = member.add(purchaseLines=lines, transactionId="t1")

    assert answer.body["pointsAdded"] == 150


LIMITS = [{"timesPerPeriod": 2, "period": "day"}, {"timesPerPeriod": 3, "period": "month"}]


def test_a_member_has_a_reward_as_often_as_its_limits_say_also_at_once(
    merchant: Merchant,
) -> None:
    member = with_reward(merchant, balance=400, limits=LIMITS)
    reserve = partial(member.api, "reserveLoyaltyPoints", {**member.ids, "rewardId": "rw_coffee"})

    answers = in_parallel([*[lambda: buy(member)] * 5, *[reserve] * 5])

    had = [each for each in answers if each.status == 200]
    refused = {each.error for each in answers if each.status != 200}
    assert len(had) == 2
    assert refused <= {"REWARD_LIMIT_REACHED", "RESERVATION_EXISTS"}
    stored.assert_sound(member)


def test_what_is_given_back_counts_no_more(frozen_clock: Clock, merchant: Merchant) -> None:
    member = with_reward(merchant, balance=400, limits=LIMITS)
    kept, cancelled = buy(member), buy(member)
    with nothing_written():
        refused = buy(member)

    body = {**member.ids, "redemptionId": cancelled.body["redemptionId"]}
    member.api.ok("cancelRedemption", body)
    reservation = member.api.ok("reserveLoyaltyPoints", {**member.ids, "rewardId": "rw_coffee"})
    held = buy(member)
    body = {**member.ids, "reservationId": reservation["reservationId"]}
    member.api.ok("voidLoyaltyRedemption", body)
    again = buy(member)
    frozen_clock.advance(days=1)
    third, fourth = buy(member), buy(member)

    assert [each.status for each in (kept, cancelled, again, third)] == [200] * 4
    assert refused.body["details"] == {
        "rewardId": "rw_coffee",
        "timesPerPeriod": 2,
        "period": "day",
        "availableFrom": "2026-03-03T23:00:00.000Z",
    }
    assert held.error == "REWARD_LIMIT_REACHED"
    assert fourth.body["details"]["availableFrom"] == "2026-03-31T22:00:00.000Z"
    stored.assert_sound(member)


def test_a_reward_is_for_its_tier(merchant: Merchant) -> None:
    reward = {**REWARD, "requiredTier": "Silber"}
    member = merchant.member("tier", balance=499, rewards=[reward])

    with nothing_written():
        refused = buy(member)
    member.earn(1)

    assert (refused.status, refused.error) == (400, "TIER_REQUIRED")
    assert refused.body["details"] == {
        "rewardId": "rw_coffee",
        "requiredTier": "Silber",
        "currentTier": "Bronze",
    }
    assert buy(member).status == 200
