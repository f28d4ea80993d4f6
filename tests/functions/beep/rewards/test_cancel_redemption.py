"""cancelRedemption: points and stock are back as they were, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.services.loyalty import verification
from shared.store import paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.redemptions import bought, cancel, shown, use
from tests.support.refusals import assert_refused, nothing_written
from tests.support.reservations import commit, reserve, with_reward

ACTION = "cancelRedemption"
RETURN = {"transactionId": "t1", "refundId": "r1"}


def remaining(member: Member) -> int:
    found = stored.document(paths.reward_stock(member.program_id, "rw_coffee"))
    assert found is not None
    return int(found["remaining"])


def test_points_and_stock_are_back(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=3)
    redemption_id = bought(member, transactionId="t1")["redemptionId"]
    assert remaining(member) == 2

    answer = cancel(member, redemption_id, reason="Sold out")

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        **member.ids,
        "redemptionId": redemption_id,
        "cancellationId": answer.body["cancellationId"],
        "pointsReturned": 40,
        "pointsCollected": 0,
        "previousBalance": 60,
        "newBalance": 100,
        "currentTier": None,
    }
    assert remaining(member) == 3
    now = shown(member, redemption_id)
    assert (now["status"], now["cancelReason"]) == ("cancelled", "Sold out")
    assert now["cancellationId"] == answer.body["cancellationId"]
    entry = stored.entries(member)[-1]
    assert (entry.corrects_entry_id, entry.description) == (redemption_id, "Sold out")
    stored.assert_sound(member)


def test_lots_are_back_with_their_dates(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points", balance=60, pointsExpiry={"afterDays": 10})
    frozen_clock.advance(days=2)
    member.earn(60)
    before = [(lot.units, lot.expires_at) for lot in stored.membership(member).lots]
    redemption_id = member.redeem(90).body["redemptionId"]

    cancel(member, redemption_id)

    now = [(lot.units, lot.expires_at) for lot in stored.membership(member).lots]
    assert now == before
    stored.assert_sound(member)


def test_what_has_reached_its_date_expires_at_once(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points", balance=60, pointsExpiry={"afterDays": 3})
    redemption_id = member.redeem(40).body["redemptionId"]
    frozen_clock.advance(days=5)

    assert cancel(member, redemption_id).body["newBalance"] == 40

    assert stored.units(member) == [60, -40, -20, 40, -40]
    stored.assert_sound(member)


def test_a_return_takes_what_it_could_not_take_before(merchant: Merchant) -> None:
    member = merchant.member("points", balance=10)
    assert member.add(purchaseAmount=10, transactionId="t1").body["newBalance"] == 110
    redemption_id = member.redeem(100).body["redemptionId"]
    back = member.api("reverseLoyaltyTransaction", {**member.ids, **RETURN})
    assert (back.body["pointsReversed"], back.body["uncollectedPoints"]) == (10, 90)

    answer = cancel(member, redemption_id)

    assert (answer.body["pointsReturned"], answer.body["pointsCollected"]) == (100, 90)
    assert (answer.body["previousBalance"], answer.body["newBalance"]) == (0, 10)
    assert cancel(member, redemption_id).body == answer.body
    assert stored.units(member) == [10, 100, -100, -10, 100, -90]
    _, earn, _, returned, cancelled, collected = stored.entries(member)
    assert returned.corrects_entry_id == collected.corrects_entry_id == earn.entry_id
    assert cancelled.collected_units == 90
    assert member.balance()["totalReversed"] == 0
    stored.assert_sound(member)


def test_a_merge_lets_nobody_pay_for_returns_of_the_other_one_from_before(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    anna = merchant.member("points")
    ben = anna.other("user_2")
    ben.enroll()
    anna.add(purchaseAmount=10, transactionId="t1")
    of_anna = [anna.redeem(points).body["redemptionId"] for points in (60, 40)]
    ben.add(purchaseAmount=5, transactionId="t2")
    of_ben = ben.redeem(50).body["redemptionId"]
    frozen_clock.advance(minutes=1)
    of_t2 = {**ben.ids, "transactionId": "t2", "refundId": "r2"}
    assert ben.api.ok("reverseLoyaltyTransaction", of_t2)["uncollectedPoints"] == 50
    frozen_clock.advance(minutes=1)
    anna.api.ok("mergeMembers", {"fromUserId": anna.user_id, "intoUserId": ben.user_id})

    # Ben's return would not have taken from Anna's card.
    assert cancel(anna, of_anna[0]).body["pointsCollected"] == 0
    assert ben.balance()["currentBalance"] == 60
    # Now it is one balance: a return takes what there is, and the rest of what both had redeemed.
    frozen_clock.advance(minutes=1)
    back = anna.api.ok("reverseLoyaltyTransaction", {**anna.ids, **RETURN})
    assert (back["pointsReversed"], back["uncollectedPoints"]) == (60, 40)
    assert cancel(ben, of_ben).body["pointsCollected"] == 50
    assert cancel(anna, of_anna[1]).body["pointsCollected"] == 40
    assert ben.balance()["currentBalance"] == 0
    assert [each.units for each in stored.membership(ben).uncollected] == [0, 0]


def test_a_return_says_what_earlier_ones_take_of_what_it_gives_back(merchant: Merchant) -> None:
    member = merchant.member("points")
    member.add(purchaseAmount=10, transactionId="t1")
    member.redeem(100, transactionId="t2")
    member.api.ok("reverseLoyaltyTransaction", {**member.ids, **RETURN})
    assert member.add(purchaseAmount=5, transactionId="t2").body["pointsAdded"] == 50

    body = {**member.ids, "transactionId": "t2", "refundId": "r2"}
    answer = member.api.ok("reverseLoyaltyTransaction", body)

    assert (answer["pointsGivenBack"], answer["pointsCollected"]) == (100, 100)
    assert (answer["previousBalance"], answer["pointsReversed"], answer["newBalance"]) == (
        50,
        50,
        0,
    )
    again = member.api.ok("reverseLoyaltyTransaction", {**body})
    assert again == answer
    # One that takes nothing itself says it, too.
    member.add(purchaseAmount=10, transactionId="t3")
    member.redeem(100, transactionId="t4")
    member.api.ok(
        "reverseLoyaltyTransaction", {**member.ids, "transactionId": "t3", "refundId": "r3"}
    )
    waits = {**member.ids, "transactionId": "t4", "refundId": "r4"}
    for _ in range(2):
        answer = member.api.ok("reverseLoyaltyTransaction", waits)
        assert (answer["pointsGivenBack"], answer["pointsCollected"]) == (100, 100)
    member.add(purchaseAmount=0.01, transactionId="t4")
    answer = member.api.ok("reverseLoyaltyTransaction", waits)
    assert (answer["status"], answer["pointsCollected"]) == ("booked", 100)
    stored.assert_sound(member)


def test_what_was_redeemed_after_a_return_pays_nothing_for_it(merchant: Merchant) -> None:
    member = merchant.member("points")
    member.add(purchaseAmount=10, transactionId="t1")
    before = member.redeem(100).body["redemptionId"]
    member.api("reverseLoyaltyTransaction", {**member.ids, **RETURN})
    assert member.earn(50)["newBalance"] == 50, "who earns anew owes nothing"
    after = member.redeem(50).body["redemptionId"]

    assert cancel(member, after).body["pointsCollected"] == 0
    answer = cancel(member, before)

    assert (answer.body["pointsCollected"], answer.body["newBalance"]) == (100, 50)
    stored.assert_sound(member)


def test_of_a_return_and_a_cancellation_at_once_the_order_does_not_matter(
    merchant: Merchant,
) -> None:
    member = merchant.member("points", balance=10)
    member.add(purchaseAmount=10, transactionId="t1")
    redemption_id = member.redeem(100).body["redemptionId"]

    with ThreadPoolExecutor(2) as pool:
        back = pool.submit(member.api, "reverseLoyaltyTransaction", {**member.ids, **RETURN})
        cancelled = pool.submit(cancel, member, redemption_id)

    assert (back.result().status, cancelled.result().status) == (200, 200)
    assert member.balance()["currentBalance"] == 10
    stored.assert_sound(member)


def test_again_it_answers_with_the_same_cancellation(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=3)
    redemption_id = bought(member)["redemptionId"]
    first = cancel(member, redemption_id)

    with nothing_written():
        again = cancel(member, redemption_id)

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert remaining(member) == 3
    assert stored.units(member) == [100, -40, 40]


def test_not_what_was_handed_out(merchant: Merchant) -> None:
    member = with_reward(merchant)
    redeemed = bought(member)
    used = use(member, redeemed["rewardCode"]).body

    with nothing_written():
        answer = cancel(member, redeemed["redemptionId"])

    details = {"usedAt": used["usedAt"], "storeId": merchant.store_id}
    assert_refused(answer, 409, "REWARD_CODE_USED", details)
    assert stored.units(member) == [100, -40]


@pytest.mark.parametrize("days", [0, 3])
def test_within_the_days_of_the_program(frozen_clock: Clock, merchant: Merchant, days: int) -> None:
    member = merchant.member("points", balance=100, redemptionCancelDays=days)
    redemption_id = member.redeem(40).body["redemptionId"]
    until = frozen_clock.now
    if days:
        frozen_clock.advance(days=days, seconds=-1)
        other = member.redeem(10).body["redemptionId"]
        assert cancel(member, other).status == 200
        frozen_clock.advance(seconds=1)
        until = frozen_clock.now

    with nothing_written():
        answer = cancel(member, redemption_id)

    details = {"until": until.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    assert_refused(answer, 400, "CANCELLATION_TOO_LATE", details)


def test_a_committed_reservation_is_a_redemption(merchant: Merchant) -> None:
    member = with_reward(merchant, stock=1)
    committed = commit(member, reserve(member).body["reservationId"]).body
    assert remaining(member) == 0

    assert cancel(member, committed["redemptionId"]).body["newBalance"] == 100

    assert remaining(member) == 1
    assert reserve(member).status == 200


def test_only_redemptions_of_the_member(member: Member, merchant: Merchant) -> None:
    earned = member.earn(5)["entryId"]
    redemption_id = member.redeem(40).body["redemptionId"]
    other = member.other("user_2")
    other.enroll()
    stranger = create_merchant(merchant.api.app).api

    with nothing_written():
        assert_refused(cancel(member, earned), 404, "REDEMPTION_NOT_FOUND")
        assert_refused(cancel(member, "le_absent"), 404, "REDEMPTION_NOT_FOUND")
        assert_refused(cancel(other, redemption_id), 404, "REDEMPTION_NOT_FOUND")
        assert_refused(cancel(member.other("nobody"), "le_1"), 404, "MEMBERSHIP_NOT_FOUND")
        body = {**member.ids, "redemptionId": redemption_id}
        assert_refused(stranger(ACTION, body), 404, "PROGRAM_NOT_FOUND")


def test_who_was_merged_gets_it_in_the_new_membership(merchant: Merchant) -> None:
    old = with_reward(merchant, stock=2)
    first, second = bought(old)["redemptionId"], bought(old)["redemptionId"]
    new = old.other("user_2")
    new.enroll()
    merchant.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})

    assert cancel(old, first).body["newBalance"] == 60
    assert cancel(new, second).body["newBalance"] == 100
    with nothing_written():
        # By another id it is another request.
        assert cancel(new, first).error == "REDEMPTION_CANCELLED"

    assert shown(new, first)["status"] == shown(old, second)["status"] == "cancelled"
    report = verification.verify(old.program_id)
    assert report is not None
    assert report.problems == ()


def test_a_member_who_has_left_gets_it_back(merchant: Merchant) -> None:
    member = with_reward(merchant)
    redemption_id = bought(member)["redemptionId"]
    member.api.ok("leaveLoyaltyProgram", member.ids)

    assert cancel(member, redemption_id).body["newBalance"] == 100


def test_what_was_cancelled_before_an_erasure_gives_nothing_back_again(merchant: Merchant) -> None:
    member = merchant.member("points", balance=100)
    redemption_id = member.redeem(40, transactionId="t1").body["redemptionId"]
    assert cancel(member, redemption_id).status == 200
    member.api.ok("eraseMember", {"userId": member.user_id})
    listed = member.api.ok("listRedemptions", {"programId": member.program_id})["redemptions"]
    erased = member.other(listed[0]["userId"])

    with nothing_written():
        assert cancel(erased, redemption_id).error == "REDEMPTION_NOT_FOUND"
    returned = member.api.ok("reverseLoyaltyTransaction", {**erased.ids, **RETURN})

    assert returned["pointsGivenBack"] == 0
    assert stored.units(erased) == [100, -40, 40]


def test_cancel_against_use(merchant: Merchant) -> None:
    member = with_reward(merchant)
    redeemed = bought(member)

    with ThreadPoolExecutor(2) as pool:
        used = pool.submit(use, member, redeemed["rewardCode"])
        cancelled = pool.submit(cancel, member, redeemed["redemptionId"])
        answers = (used.result(), cancelled.result())

    assert sorted(answer.status for answer in answers) == [200, 409]
    status = "used" if answers[0].status == 200 else "cancelled"
    assert shown(member, redeemed["redemptionId"])["status"] == status
    assert member.balance()["currentBalance"] == (60 if status == "used" else 100)
    stored.assert_sound(member)


@pytest.mark.parametrize("steps", range(4))
def test_whenever_the_process_dies_it_is_given_back_once(merchant: Merchant, steps: int) -> None:
    member = with_reward(merchant, stock=1)
    redemption_id = bought(member)["redemptionId"]
    with dying_after(steps):
        cancel(member, redemption_id)

    assert cancel(member, redemption_id).body["newBalance"] == 100
    assert remaining(member) == 1
    assert stored.units(member) == [100, -40, 40]
    stored.assert_sound(member)


def test_no_more_than_a_member_may_have(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    redemption_id = member.redeem(40).body["redemptionId"]
    monkeypatch.setattr("shared.domain.loyalty.ledger.BALANCE_UNITS_MAX", 99)

    with nothing_written():
        assert_refused(cancel(member, redemption_id), 400, "BALANCE_LIMIT_EXCEEDED")
