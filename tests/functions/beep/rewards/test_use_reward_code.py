"""useRewardCode: each code once, and a reserved one is redeemed by it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.store import client, paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.dying import dying_after
from tests.support.merchants import Merchant, create_merchant
from tests.support.redemptions import bought, cancel, shown, use
from tests.support.refusals import assert_refused, nothing_written
from tests.support.reservations import balances, commit, reserve, void, with_reward

ACTION = "useRewardCode"


def test_a_lost_answer_is_repeated_though_its_purchase_came_back(merchant: Merchant) -> None:
    member = with_reward(merchant)
    code = bought(member, transactionId="t1")["rewardCode"]
    first = use(member, code, "k1")
    back = {**member.ids, "transactionId": "t1", "refundId": "r1"}
    assert member.api.ok("reverseLoyaltyTransaction", back)["pointsGivenBack"] == 40

    with nothing_written():
        again = use(member, code, "k1")
        assert use(member, code).error == "REWARD_CODE_USED"

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert balances(member) == (100, 0, 100)


def test_a_code_is_used_in_a_store(frozen_clock: Clock, merchant: Merchant) -> None:
    member = with_reward(merchant)
    redeemed = bought(member)
    frozen_clock.advance(minutes=5)

    answer = use(member, redeemed["rewardCode"], usedBy="till_17")

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "rewardCode": redeemed["rewardCode"],
        **member.ids,
        "redemptionId": redeemed["redemptionId"],
        "rewardId": "rw_coffee",
        "rewardDescription": "Coffee",
        "points": 40,
        "redeemedAt": answer.body["redeemedAt"],
        "usedAt": answer.body["usedAt"],
        "storeId": merchant.store_id,
        "usedBy": "till_17",
    }
    assert answer.body["redeemedAt"] < answer.body["usedAt"]
    now = shown(member, redeemed["redemptionId"])
    assert (now["status"], now["usedInStoreId"]) == ("used", merchant.store_id)
    assert (now["usedAt"], now["usedBy"]) == (answer.body["usedAt"], "till_17")


def test_a_second_use_says_when_and_where_it_was(frozen_clock: Clock, merchant: Merchant) -> None:
    member = with_reward(merchant)
    code = bought(member)["rewardCode"]
    other = merchant.another_store().store_id
    first = use(member, code, "k1", storeId=other).body
    frozen_clock.advance(minutes=5)

    with nothing_written():
        again, replayed = use(member, code), use(member, code, "k1", storeId=other)
        another_key = use(member, code, "k2", storeId=other)

    details = {"usedAt": first["usedAt"], "storeId": other}
    assert_refused(again, 409, "REWARD_CODE_USED", details)
    assert_refused(another_key, 409, "REWARD_CODE_USED", details)
    assert (replayed.status, replayed.body, replayed.is_replay) == (200, first, True)


def test_a_code_is_read_as_somebody_types_it(merchant: Merchant) -> None:
    member = with_reward(merchant)
    code = bought(member)["rewardCode"]

    typed = code.lower().replace("-", " ")
    assert use(member, f" {typed} ").body["rewardCode"] == code


def test_nobody_elses_codes(merchant: Merchant) -> None:
    member = with_reward(merchant)
    code, held = bought(member)["rewardCode"], reserve(member).body["rewardCode"]
    stranger = create_merchant(merchant.api.app)

    with nothing_written():
        for each in (code, held, "RW-AAAA"):
            body = {"storeId": stranger.store_id, "rewardCode": each}
            assert_refused(stranger.api(ACTION, body), 404, "REWARD_CODE_NOT_FOUND")
            body = {"storeId": stranger.store_id, "rewardCode": each}
            assert_refused(merchant.api(ACTION, body), 404, "STORE_NOT_FOUND")
    assert use(member, code).status == 200


def test_a_cancelled_code_is_not_used(merchant: Merchant) -> None:
    member = with_reward(merchant)
    redeemed = bought(member)
    cancelled = cancel(member, redeemed["redemptionId"])

    with nothing_written():
        answer = use(member, redeemed["rewardCode"])

    details = {"cancelledAt": shown(member, redeemed["redemptionId"])["cancelledAt"]}
    assert_refused(answer, 409, "REDEMPTION_CANCELLED", details)
    assert cancelled.status == 200


def test_twenty_at_once_are_one(merchant: Merchant) -> None:
    member = with_reward(merchant)
    code = bought(member)["rewardCode"]

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: use(member, code), range(20)))

    found = Counter((answer.status, answer.error) for answer in answers)
    assert found == {(200, None): 1, (409, "REWARD_CODE_USED"): 19}


# Reserved codes


def test_a_reserved_code_is_redeemed_and_used_in_one_commit(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=1)
    made = reserve(member).body

    answer = use(member, made["rewardCode"], "k1")

    assert (answer.status, answer.body["points"]) == (200, 40)
    assert balances(member) == (60, 0, 60)
    assert shown(member, answer.body["redemptionId"])["status"] == "used"
    with nothing_written():
        assert use(member, made["rewardCode"], "k1").body == answer.body
        assert use(member, made["rewardCode"]).error == "REWARD_CODE_USED"
        committed = commit(member, made["reservationId"])
    assert committed.error == "IDEMPOTENCY_KEY_REUSED" or (
        committed.body["redemptionId"] == answer.body["redemptionId"]
    )
    assert (stored.document(paths.reward_stock(member.program_id, "rw_coffee")) or {})[
        "remaining"
    ] == 0
    stored.assert_sound(member)


def test_a_committed_code_is_used_like_any_other(merchant: Merchant) -> None:
    member = with_reward(merchant)
    made = reserve(member).body
    commit(member, made["reservationId"])

    assert use(member, made["rewardCode"]).status == 200
    assert stored.units(member) == [100, -40]


def test_a_code_that_is_reserved_no_more_is_refused(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = with_reward(merchant)
    first, code = reserve(member).body["reservationId"], reserve(member).error
    assert code == "RESERVATION_EXISTS"
    void(member, first)
    (record,) = stored.documents_of(merchant, "reservations").values()
    assert record["reservationId"] == first
    late = reserve(member).body["rewardCode"]
    frozen_clock.advance(minutes=15)

    with nothing_written():
        assert_refused(
            use(member, record["rewardCode"]), 409, "RESERVATION_CLOSED", {"status": "voided"}
        )
        assert_refused(use(member, late), 400, "RESERVATION_EXPIRED")
    assert balances(member) == (100, 0, 100)


@pytest.mark.parametrize(
    ("action", "code"),
    [("suspendMember", "MEMBER_SUSPENDED"), ("leaveLoyaltyProgram", "MEMBERSHIP_CLOSED")],
)
def test_who_spends_nothing_has_no_reserved_code(
    merchant: Merchant, action: str, code: str
) -> None:
    member = with_reward(merchant, balance=100)
    redeemed, held = bought(member)["rewardCode"], reserve(member).body["rewardCode"]
    reason = {"reason": "Fraud"} if action == "suspendMember" else {}
    member.api.ok(action, {**member.ids, **reason})

    with nothing_written():
        assert use(member, held).error == code
    # What was paid for before is the member's.
    assert use(member, redeemed).status == 200


def test_what_is_missing_is_refused(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=1)
    held = reserve(member).body["rewardCode"]
    rewards = [
        {"rewardId": "rw_coffee", "title": "C", "type": "free_product", "requiredPoints": 40}
    ]
    body = {"programId": member.program_id, "rewards": [{**rewards[0], "stock": 0}]}
    member.api.ok("updateLoyaltyProgram", body)

    with nothing_written():
        assert use(member, held).error == "REWARD_OUT_OF_STOCK"
    body["rewards"] = [{**rewards[0], "stock": 5}]
    member.api.ok("updateLoyaltyProgram", body)
    member.sync("set", 39)
    with nothing_written():
        assert use(member, held).error == "INSUFFICIENT_BALANCE"


def test_use_against_commit(merchant: Merchant) -> None:
    member = with_reward(merchant)
    made = reserve(member).body

    with ThreadPoolExecutor(2) as pool:
        used = pool.submit(use, member, made["rewardCode"])
        committed = pool.submit(commit, member, made["reservationId"])
        answers = [used.result(), committed.result()]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].body["redemptionId"] == answers[1].body["redemptionId"]
    assert shown(member, answers[0].body["redemptionId"])["status"] == "used"
    assert stored.units(member) == [100, -40]


@pytest.mark.parametrize("steps", range(5))
def test_whenever_the_process_dies_the_same_key_uses_it_once(
    merchant: Merchant, steps: int
) -> None:
    member = with_reward(merchant)
    code = reserve(member).body["rewardCode"]
    with dying_after(steps):
        use(member, code, "k1")

    again = use(member, code, "k1")

    assert again.status == 200
    assert stored.units(member) == [100, -40]
    assert len(client.query("redemptions", ("userId", "==", member.user_id))) >= 1


def test_a_code_is_used_in_the_stores_of_its_reward(merchant: Merchant) -> None:
    elsewhere = merchant.another_store().store_id
    member = with_reward(merchant, storeIds=[elsewhere])
    code = bought(member)["rewardCode"]
    held = reserve(member).body["rewardCode"]

    with nothing_written():
        for each in (code, held):
            answer = use(member, each)
            assert (answer.status, answer.error) == (400, "REWARD_NOT_IN_STORE")
            assert answer.body["details"] == {"rewardId": "rw_coffee", "storeIds": [elsewhere]}

    assert use(member, code, storeId=elsewhere).status == 200
    assert use(member, held, storeId=elsewhere).status == 200
    assert use(member, code).error == "REWARD_CODE_USED"
    stored.assert_sound(member)
