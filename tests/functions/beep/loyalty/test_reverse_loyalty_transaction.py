"""reverseLoyaltyTransaction: what comes back of a purchase takes its points back, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domain.loyalty.waiting_returns import WAITING_MAX
from shared.services.loyalty import member_calendar, verification
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import balances, commit, reserve, reserved, void

ACTION = "reverseLoyaltyTransaction"


def reverse(member: Member, refund_id: str = "r1", key: str | None = None, **fields: Any) -> Answer:
    name = {} if "entryId" in fields else {"transactionId": "t1"}
    body = {**member.ids, **name, "refundId": refund_id, **fields}
    return member.api(ACTION, body, idempotency_key=key)


def buyer(merchant: Merchant, amount: float = 10, **fields: Any) -> Member:
    """Return a member who has bought for an amount: 10 points a euro."""
    member = merchant.member("points", **fields)
    assert member.add(purchaseAmount=amount, transactionId="t1").status == 200
    return member


def took(answer: Answer) -> tuple[float, float, float]:
    """Return what was taken, what was not, and the balance after."""
    assert answer.status == 200, answer.body
    return tuple(
        answer.body[each] for each in ("pointsReversed", "uncollectedPoints", "newBalance")
    )  # type: ignore[return-value]


def test_takes_all_back(merchant: Merchant) -> None:
    member = buyer(merchant)
    earn = stored.entries(member)[0]

    answer = reverse(member)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        **member.ids,
        "refundId": "r1",
        "status": "booked",
        "entryId": answer.body["entryId"],
        "correctsEntryId": earn.entry_id,
        "pointsReversed": 100,
        "uncollectedPoints": 0,
        "pointsCollected": 0,
        "pointsGivenBack": 0,
        "cancelledRedemptionIds": [],
        "voidedReservationIds": [],
        "previousBalance": 100,
        "newBalance": 0,
        "currentTier": None,
    }
    assert stored.units(member) == [100, -100]
    stored.assert_sound(member)


def test_a_second_message_of_the_same_return_takes_nothing(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = buyer(merchant)
    first = reverse(member, amount=4)
    frozen_clock.advance(days=400)

    with nothing_written():
        again = reverse(member, amount=4.0)
        by_entry = reverse(member, amount=4, entryId=first.body["correctsEntryId"])
        other = reverse(member, amount=5)
        points = reverse(member, points=40)

    assert (again.body, again.is_replay) == (first.body, True)
    assert by_entry.body == first.body
    details = {"entryId": first.body["entryId"], "transactionId": "r1", "bookedBy": None}
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED", details)
    assert points.error == "IDEMPOTENCY_KEY_REUSED"
    assert stored.units(member) == [100, -40]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("within_balance", (20, 80, 0)),
        ("unlimited", (100, 0, -80)),
        ("only_pending", (0, 100, 20)),
    ],
)
def test_what_was_spent_follows_the_policy(
    merchant: Merchant, policy: str, expected: tuple[float, float, float]
) -> None:
    member = buyer(merchant, refundPolicy=policy)
    member.redeem(80)

    assert took(reverse(member)) == expected
    assert took(reverse(member)) == expected
    stored.assert_sound(member, is_overdrawn=policy == "unlimited")
    if policy == "unlimited":
        assert member.earn(100)["newBalance"] == 20
        stored.assert_sound(member)


@pytest.mark.parametrize("policy", ["within_balance", "unlimited", "only_pending"])
def test_what_is_pending_is_taken_whatever_the_policy(merchant: Merchant, policy: str) -> None:
    member = buyer(merchant, pendingDays=14, refundPolicy=policy)

    assert took(reverse(member, amount=2.5)) == (25, 0, 0)
    assert member.balance()["pendingBalance"] == 75
    stored.assert_sound(member)


def test_what_was_pending_is_named_by_either_entry(frozen_clock: Clock, merchant: Merchant) -> None:
    member = buyer(merchant, pendingDays=14)
    frozen_clock.advance(days=16)
    member.earn(1)
    pending, active, _ = stored.entries(member)

    assert took(reverse(member, "r1", entryId=active.entry_id, amount=5)) == (50, 0, 51)
    assert took(reverse(member, "r2", entryId=pending.entry_id)) == (50, 0, 1)
    with nothing_written():
        assert_refused(reverse(member, "r3"), 409, "RETURN_EXCEEDS_PURCHASE", {"left": 0})
    stored.assert_sound(member)


def test_a_hundred_cents_take_what_a_euro_takes(merchant: Merchant) -> None:
    whole, parts = buyer(merchant, 7), buyer(merchant, 7)

    taken = [took(reverse(parts, f"r{each}", amount=0.01))[0] for each in range(40)]

    assert sum(taken) == took(reverse(whole, amount=0.4))[0] == 4
    assert took(reverse(parts, "rest", amount=6.6))[2] == took(reverse(whole, "rest"))[2] == 0
    stored.assert_sound(parts)


def test_what_takes_nothing_is_told_once_for_ever(frozen_clock: Clock, merchant: Merchant) -> None:
    member = buyer(merchant)
    assert took(reverse(member, "cent", amount=0.09)) == (0, 0, 100)
    frozen_clock.advance(days=31)

    assert took(reverse(member, "cent", amount=0.09)) == (0, 0, 100)
    with nothing_written():
        assert reverse(member, "cent", amount=0.08).error == "IDEMPOTENCY_KEY_REUSED"
    assert took(reverse(member, "r2", amount=0.01)) == (1, 0, 99)


def test_no_more_comes_back_than_was_bought(merchant: Merchant) -> None:
    member = buyer(merchant)
    reverse(member, "r1", amount=7)

    with nothing_written():
        money = reverse(member, "r2", amount=3.01)
        points = reverse(member, "r2", points=31)
    said = "Of the purchase, 3.00 EUR is left to return."
    assert_refused(money, 409, "RETURN_EXCEEDS_PURCHASE", {"left": 3}, message=said)
    said = "Of what the purchase earned, 30 is left to take back."
    assert_refused(points, 409, "RETURN_EXCEEDS_PURCHASE", {"left": 30}, message=said)
    assert took(reverse(member, "r2", points=10)) == (10, 0, 20)
    assert took(reverse(member, "r3", amount=3)) == (20, 0, 0)
    stored.assert_sound(member)


def test_points_that_no_purchase_earned_come_back_by_points(member: Member) -> None:
    entry_id = stored.entries(member)[0].entry_id

    with nothing_written():
        answer = reverse(member, entryId=entry_id, amount=1)
    assert_fields_refused(answer, {"amount": "needs points of a purchase: send points"})
    assert took(reverse(member, entryId=entry_id, points=30)) == (30, 0, 70)
    assert took(reverse(member, "r2", entryId=entry_id)) == (70, 0, 0)


def test_it_lowers_the_total_that_counts_for_tiers(merchant: Merchant) -> None:
    member = merchant.member("tier", balance=490)
    member.add(purchaseAmount=1, transactionId="t1")
    assert member.balance()["currentTier"] == "Silber"

    assert reverse(member).status == 200

    assert stored.membership(member).lifetime_units == 490
    stored.assert_sound(member)


def test_it_takes_what_is_reserved_last(merchant: Merchant) -> None:
    member = buyer(merchant)
    reserved(member, 80)

    assert took(reverse(member, amount=5)) == (50, 0, 50)


def test_the_purchase_of_a_member_who_was_merged_comes_back_once(merchant: Merchant) -> None:
    member = buyer(merchant)
    assert took(reverse(member, "r1", amount=4)) == (40, 0, 60)
    other = member.other("user_2")
    other.enroll()
    for each in (member, other):
        member.api("createMember", {"userId": each.user_id})
    member.api.ok("mergeMembers", {"fromUserId": member.user_id, "intoUserId": other.user_id})

    assert took(reverse(other, "r1", amount=4))[0] == 40
    assert took(reverse(other, "r2", amount=3)) == (30, 0, 30)
    assert took(reverse(member, "r3")) == (30, 0, 0)
    report = verification.verify(member.program_id)
    assert report is not None
    assert report.problems == ()


def test_after_a_merge_each_of_two_purchases_with_one_name_comes_back(merchant: Merchant) -> None:
    old = buyer(merchant)
    new = old.other("user_2")
    new.enroll()
    new.add(purchaseAmount=20, transactionId="t1")
    merchant.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})

    # Who asks by the old id means the old one's purchase, of 10.
    assert took(reverse(old, "r1", amount=4)) == (40, 0, 260)
    with nothing_written():
        too_much = reverse(old, "r2", amount=7)
    assert_refused(too_much, 409, "RETURN_EXCEEDS_PURCHASE", {"left": 6})
    # By the new id it is one that has enough left.
    assert took(reverse(new, "r3", amount=16)) == (160, 0, 100)
    assert took(reverse(new, "r4", amount=5)) == (50, 0, 50)
    assert took(reverse(new, "r1", amount=4))[0] == 40
    with nothing_written():
        too_much = reverse(new, "r5", amount=5)
    assert_refused(too_much, 409, "RETURN_EXCEEDS_PURCHASE", {"left": 4})
    entry_id = stored.entries(new)[0].entry_id
    assert took(reverse(new, "r6", entryId=entry_id)) == (40, 0, 10)
    assert took(reverse(new, "r7", entryId=entry_id)) == (10, 0, 0)
    with nothing_written():
        assert reverse(new, "r8").error == "RETURN_EXCEEDS_PURCHASE"
    report = verification.verify(old.program_id)
    assert report is not None
    assert report.problems == ()


def test_after_a_merge_each_purchase_gives_back_what_was_spent_on_it(merchant: Merchant) -> None:
    old = merchant.member("points", balance=50)
    new = old.other("user_2")
    new.enroll()
    new.earn(30)
    for each, points in ((old, 50), (new, 30)):
        assert each.redeem(points, transactionId="t1").status == 200
        assert each.add(purchaseAmount=10, transactionId="t1").status == 200
    merchant.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})

    # The old one's purchase comes back with its 50, and not with the 30 of the new one's.
    assert took(reverse(old, "r1")) == (100, 0, 150)
    assert took(reverse(new, "r2")) == (100, 0, 80)
    report = verification.verify(old.program_id)
    assert report is not None
    assert report.problems == ()


@pytest.mark.parametrize("into_buyer", [True, False], ids=["into", "from"])
def test_after_a_merge_a_purchase_frees_no_reservation_for_another_of_its_name(
    merchant: Merchant, into_buyer: bool
) -> None:
    buyer_of_tea = merchant.member("points", balance=50)
    other = buyer_of_tea.other("user_2")
    other.enroll()
    other.earn(30)
    assert buyer_of_tea.add(purchaseAmount=10, transactionId="t1").status == 200
    held = reserved(other, 30, transactionId="t1")  # For a purchase that is not made yet.
    members = (buyer_of_tea, other)
    old, new = reversed(members) if into_buyer else members
    merchant.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})

    assert gave_back(reverse(buyer_of_tea, "r1")) == (0, 0, 180, 80)
    assert balances(new) == (80, 30, 50)
    assert commit(other, held).status == 200
    report = verification.verify(new.program_id)
    assert report is not None
    assert report.problems == ()


def test_after_a_merge_a_purchase_frees_what_was_reserved_for_it(merchant: Merchant) -> None:
    old = merchant.member("points", balance=50)
    new = old.other("user_2")
    new.enroll()
    assert old.add(purchaseAmount=10, transactionId="t1").status == 200
    reserved(old, 30, transactionId="t1")
    merchant.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})
    assert old.add(purchaseAmount=5, transactionId="t2").status == 200
    reserved(new, 20, transactionId="t2")  # What is reserved since then is the one member's.

    assert reverse(old, "r1").body["voidedReservationIds"] != []
    assert balances(new) == (100, 20, 80)
    assert reverse(new, "r2", transactionId="t2").status == 200
    assert balances(new) == (50, 0, 50)


def test_after_a_merge_a_purchase_without_spent_points_gives_none_back_of_another(
    merchant: Merchant,
) -> None:
    old = merchant.member("points", balance=50)
    new = old.other("user_2")
    new.enroll()
    assert old.redeem(50, transactionId="t1").status == 200
    for each in (old, new):
        assert each.add(purchaseAmount=10, transactionId="t1").status == 200
    merchant.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})

    assert gave_back(reverse(new, "r1")) == (0, 0, 200, 100)
    assert gave_back(reverse(old, "r2")) == (50, 1, 100, 50)
    report = verification.verify(old.program_id)
    assert report is not None
    assert report.problems == ()


def test_many_at_once_take_no_more_than_was_earned(merchant: Merchant) -> None:
    member = buyer(merchant)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: reverse(member, f"r{n % 5}", amount=3), range(6)))

    done = {each.body["refundId"] for each in answers if each.status == 200}
    assert len(done) == 3
    assert member.balance()["currentBalance"] == 10
    stored.assert_sound(member)


@pytest.mark.parametrize("steps", range(3))
def test_whenever_the_process_dies_it_is_taken_once(merchant: Merchant, steps: int) -> None:
    member = buyer(merchant)
    with dying_after(steps):
        reverse(member, amount=4)

    assert took(reverse(member, amount=4)) == (40, 0, 60)
    assert took(reverse(member, "rest")) == (60, 0, 0)
    stored.assert_sound(member)


def test_a_receipt_that_members_claim_is_returned_as_one(merchant: Merchant) -> None:
    member = buyer(merchant, receiptClaims={"perDay": 3, "withinDays": 14})

    with nothing_written():
        answer = reverse(member)

    assert_refused(answer, 409, "PURCHASE_HAS_OWN_REFUND", {"returnedBy": "voidReceiptClaim"})
    assert stored.units(member) == [100]


@pytest.mark.parametrize(
    ("transaction_id", "source", "by"),
    [("payment:pay_1", None, "refundPayment"), ("receipt:{}:generic:7", "generic", "syncPOS")],
)
def test_what_has_its_own_refund_is_refused(
    merchant: Merchant, transaction_id: str, source: str | None, by: str
) -> None:
    member = merchant.member("points")
    name = transaction_id.format(merchant.store_id)
    entry_id = member.earn(10, transactionId=name, source=source)["entryId"]

    with nothing_written():
        answer = reverse(member, entryId=entry_id)

    assert_refused(answer, 409, "PURCHASE_HAS_OWN_REFUND", {"returnedBy": by})


def test_a_return_before_its_purchase_waits_and_is_booked_with_it(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=7)
    first = reverse(member, amount=4)
    assert (first.status, first.body["status"], took(first)) == (200, "waiting", (0, 0, 7))
    assert stored.units(member) == [7]
    with nothing_written():
        assert reverse(member, amount=4).body == first.body
        assert reverse(member, amount=5).error == "IDEMPOTENCY_KEY_REUSED"
    frozen_clock.advance(days=89)
    (waiting,) = member.api.ok("getLoyaltyTransactions", member.ids)["waitingReturns"]
    assert (waiting["refundId"], waiting["transactionId"], waiting["amount"]) == ("r1", "t1", 4)

    assert member.add(purchaseAmount=10, transactionId="t1").body["pointsAdded"] == 100

    assert stored.units(member) == [7, 100, -40]
    told = reverse(member, amount=4)
    assert (told.body["status"], took(told)) == ("booked", (40, 0, 67))
    assert member.api.ok("getLoyaltyTransactions", member.ids)["waitingReturns"] == []
    assert took(reverse(member, "r2")) == (60, 0, 7)
    stored.assert_sound(member)


@pytest.mark.parametrize("steps", range(4))
def test_what_waits_is_booked_once_whenever_the_process_dies(
    merchant: Merchant, steps: int
) -> None:
    member = merchant.member("points")
    for refund_id in ("r1", "r2"):
        reverse(member, refund_id, amount=4)
    with dying_after(steps):
        member.add(purchaseAmount=10, transactionId="t1")
    assert stored.units(member) in ([], [100, -40, -40])

    assert member.add(purchaseAmount=10, transactionId="t1").body["pointsAdded"] == 100

    assert stored.units(member) == [100, -40, -40]
    stored.assert_sound(member)


def test_what_waits_is_booked_with_rows_and_syncs_and_for_who_took_over(
    merchant: Merchant,
) -> None:
    member = merchant.member("points")
    other = member.other("user_2")
    other.enroll()
    reverse(member, "r1", points=30)
    reverse(member, "r2", transactionId="t2", source="crm")
    for each in (member, other):
        member.api("createMember", {"userId": each.user_id})
    member.api.ok("mergeMembers", {"fromUserId": member.user_id, "intoUserId": other.user_id})

    row = {"userId": member.user_id, "points": 50, "transactionId": "t1"}
    member.api.ok("bulkAddLoyaltyPoints", {"programId": member.program_id, "rows": [row]})
    sync = {"action": "add", "points": 5, "source": "crm", "externalTransactionId": "t2"}
    member.api.ok("syncExternalLoyalty", {**other.ids, **sync})

    assert [each for each in stored.units(other) if each] == [50, -30, 5, -5]
    report = verification.verify(member.program_id)
    assert report is not None
    assert report.problems == ()


def test_a_return_whose_purchase_never_comes_is_dropped_and_told(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points")
    reverse(member, amount=4)
    frozen_clock.advance(days=90, seconds=1)
    member_calendar.run()

    (event,) = stored.events(merchant.store_id, "loyalty.return_dropped")
    told = {key: event["data"][key] for key in ("refundId", "transactionId", "reason")}
    assert told == {"refundId": "r1", "transactionId": "t1", "reason": "no_purchase"}
    assert stored.membership(member).waiting_returns == ()
    member.add(purchaseAmount=10, transactionId="t1")
    assert stored.units(member) == [100]
    assert took(reverse(member, amount=4)) == (40, 0, 60)


def test_lines_that_come_back_take_what_they_have_earned(merchant: Merchant) -> None:
    member = merchant.member("points", earningBase={"excludedCategories": ["books"]})
    book = {"amount": 6, "category": "books"}
    pens = [{"amount": 3}, {"amount": 7}]
    bought = [book, *pens, {"amount": 2, "type": "deposit"}]
    member.add(purchaseLines=bought, transactionId="t1")

    assert took(reverse(member, "r1", purchaseLines=[book])) == (0, 0, 100)
    assert took(reverse(member, "r2", purchaseLines=pens[:1])) == (30, 0, 70)
    with nothing_written():
        again = reverse(member, "r2", purchaseLines=pens[:1])
        other = reverse(member, "r2", purchaseLines=pens[1:])
        answer = reverse(member, "r3", purchaseLines=[{"amount": 9.01}])
        both = reverse(member, "r3", purchaseLines=pens, amount=10)
    assert took(again) == (30, 0, 70)
    assert other.error == "IDEMPOTENCY_KEY_REUSED"
    assert_refused(answer, 409, "RETURN_EXCEEDS_PURCHASE", {"left": 9})
    assert both.error == "INVALID_PARAMETERS"
    assert took(reverse(member, "r3", purchaseLines=pens[1:])) == (70, 0, 0)
    stored.assert_sound(member)


def paid_with_points(merchant: Merchant, **fields: Any) -> Member:
    """Return a member with 20 of 100 points, and 100 of a purchase that took 80 of the others."""
    member = merchant.member("points", balance=100, pointsExpiry={"afterDays": 30}, **fields)
    assert member.redeem(80, transactionId="t1").status == 200
    member.add(
        purchaseLines=[{"amount": 4}, {"amount": 8}, {"amount": -2, "type": "reward"}],
        transactionId="t1",
    )
    return member


def test_points_that_were_spent_on_it_come_back_with_their_dates(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = paid_with_points(merchant)
    dates = [each.lot_expires_at for each in stored.entries(member)]
    frozen_clock.advance(days=2)

    assert took(reverse(member))[0] == 100
    assert stored.units(member) == [100, -80, 100, 80, -100]
    (lot,) = stored.membership(member).lots
    assert (lot.units, lot.expires_at) == (100, dates[0])
    with nothing_written():
        assert took(reverse(member))[0] == 100
        redemption = stored.entries(member)[1].entry_id
        member.api.ok("cancelRedemption", {**member.ids, "redemptionId": redemption})
    stored.assert_sound(member)


def gave_back(answer: Answer) -> tuple[float, int, float, float]:
    """Return what was given back, of how many redemptions, and the balance before and after."""
    assert answer.status == 200, answer.body
    body = answer.body
    redemptions = len(body["cancelledRedemptionIds"])
    return body["pointsGivenBack"], redemptions, body["previousBalance"], body["newBalance"]


def test_it_says_what_it_gave_back_and_what_the_balance_was_before(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = paid_with_points(merchant)
    redemption = stored.entries(member)[1].entry_id

    first = reverse(member)

    assert gave_back(first) == (80, 1, 120, 100)
    assert first.body["cancelledRedemptionIds"] == [redemption]
    frozen_clock.advance(days=31)
    assert reverse(member).body == first.body


def test_it_says_what_it_gave_back_though_it_took_nothing(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = paid_with_points(merchant, refundPolicy="only_pending")

    first = reverse(member)

    assert took(first) == (0, 100, 200)
    assert gave_back(first) == (80, 1, 120, 200)
    assert reverse(member).body == first.body
    frozen_clock.advance(days=31)
    assert gave_back(reverse(member))[:3] == (80, 1, 120), "the claim of the request is gone by now"


def test_what_is_reserved_for_it_is_free_with_it(merchant: Merchant) -> None:
    reward = {"rewardId": "rw_1", "title": "Tasse", "type": "free_product", "requiredPoints": 60}
    member = buyer(merchant, rewards=[{**reward, "stock": 1}])
    reservation = reserve(member, rewardId="rw_1", transactionId="t1").body
    other = reserved(member, 10)

    assert reverse(member, "r1", amount=1).body["voidedReservationIds"] == []
    answer = reverse(member, "r2")

    assert answer.body["voidedReservationIds"] == [reservation["reservationId"]]
    assert balances(member) == (0, 10, -10), "what is reserved for something else is taken last"
    use = {"storeId": merchant.store_id, "rewardCode": reservation["rewardCode"]}
    with nothing_written():
        assert member.api("useRewardCode", use).error == "RESERVATION_CLOSED"
        assert commit(member, reservation["reservationId"]).error == "RESERVATION_CLOSED"
        assert reverse(member, "r2").body == answer.body
    assert void(member, other).status == 200
    member.earn(60)
    assert member.redeem(60, rewardId="rw_1").status == 200, "the piece is free, too"
    stored.assert_sound(member)


def test_a_return_of_what_never_earned_frees_what_is_reserved_for_it(merchant: Merchant) -> None:
    member = merchant.member("points", balance=100)
    reservation_id = reserved(member, 40, transactionId="t1")

    answer = reverse(member)

    assert answer.body["voidedReservationIds"] == [reservation_id]
    assert reverse(member).body["voidedReservationIds"] == [reservation_id]
    assert balances(member) == (100, 0, 100)
    with nothing_written():
        assert commit(member, reservation_id).error == "RESERVATION_CLOSED"
    stored.assert_sound(member)


def test_a_part_gives_spent_points_back_only_with_its_reward_line(merchant: Merchant) -> None:
    member = paid_with_points(merchant)

    assert took(reverse(member, "r1", amount=1)) == (10, 0, 110)
    assert took(reverse(member, "r2", purchaseLines=[{"amount": 2}])) == (20, 0, 90)
    assert stored.units(member) == [100, -80, 100, -10, -20]
    lines = [{"amount": 4}, {"amount": -2, "type": "reward"}]
    assert took(reverse(member, "r3", purchaseLines=lines))[2] == 150
    assert took(reverse(member, "r4"))[2] == 100
    assert stored.units(member) == [100, -80, 100, -10, -20, 80, -20, -50]
    stored.assert_sound(member)


def test_a_part_of_a_reward_line_gives_nothing_back_until_all_of_it_is_back(
    merchant: Merchant,
) -> None:
    member = merchant.member("points", balance=1000, pointValue=0.01)
    assert member.redeem(None, amount=5, transactionId="t1").status == 200
    reward = {"amount": -5, "type": "reward"}
    member.add(purchaseLines=[{"amount": 20}, reward], transactionId="t1")
    assert stored.units(member) == [1000, -500, 150]

    for refund_id in ("r1", "r2"):
        fifth = [{"amount": 4}, {"amount": -1, "type": "reward"}]
        assert took(reverse(member, refund_id, purchaseLines=fifth))[0] == 30
    assert stored.units(member)[3:] == [-30, -30]
    assert took(reverse(member, "r3"))[0] == 90
    assert stored.units(member)[5:] == [500, -90]
    stored.assert_sound(member)


def test_a_whole_reward_line_among_early_returns_gives_spent_points_back_once(
    merchant: Merchant,
) -> None:
    member = merchant.member("points", balance=100)
    lines = [{"amount": 2}, {"amount": -1, "type": "reward"}]
    for number in range(3):
        answer = reverse(member, f"r{number}", purchaseLines=lines)
        assert answer.body["status"] == "waiting"
    assert member.redeem(100, transactionId="t1").status == 200
    rows = [{"userId": member.user_id, "purchaseAmount": 100, "transactionId": "t1"}]

    member.api.ok("bulkAddLoyaltyPoints", {"programId": member.program_id, "rows": rows})

    assert stored.units(member) == [100, -100, 1000, 100, -10, -10, -10]
    stored.assert_sound(member)


def test_an_earn_that_a_return_follows_at_once_has_one_answer(merchant: Merchant) -> None:
    tiers = [{"name": "Bronze", "minPoints": 0}, {"name": "Gold", "minPoints": 100}]
    member = merchant.member("tier", rules={"pointsPerEuro": 10, "tiers": tiers})
    assert reverse(member, amount=3).body["status"] == "waiting"

    first = member.add(purchaseAmount=10, transactionId="t1")
    again = member.add(purchaseAmount=10, transactionId="t1")

    assert (first.body["newBalance"], first.body["currentTier"]) == (100, "Gold")
    assert {**again.body, "duplicate": None} == {**first.body, "duplicate": None}
    assert stored.membership(member).tier == "Bronze"


def test_what_was_spent_on_it_and_unlocked_by_it_comes_back_once(merchant: Merchant) -> None:
    reward = {"rewardId": "rw_1", "title": "Tasse", "type": "free_product", "requiredPoints": 50}
    member = merchant.member("points", rewards=[reward])
    member.add(purchaseAmount=10, transactionId="t1")
    assert member.redeem(50, rewardId="rw_1", transactionId="t1").status == 200
    assert member.redeem(50).status == 200

    assert took(reverse(member)) == (50, 50, 0)
    assert stored.units(member) == [100, -50, -50, 50, -50]
    stored.assert_sound(member)


def test_spent_points_come_back_though_the_purchase_earned_nothing(merchant: Merchant) -> None:
    member = merchant.member("points", balance=100)
    member.redeem(80, transactionId="t1")

    first = reverse(member)
    assert took(first) == (0, 0, 100)
    assert gave_back(first) == (80, 1, 20, 100)
    with nothing_written():
        assert reverse(member).body == first.body
    member.add(purchaseAmount=10, transactionId="t1")
    assert stored.units(member) == [100, -80, 80, 100, -100]
    assert gave_back(reverse(member)) == (80, 1, 200, 100)
    stored.assert_sound(member)


def test_a_purchase_that_was_told_and_earned_nothing_comes_back_at_once(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", balance=100)
    member.redeem(80, transactionId="t1")
    assert member.add(purchaseAmount=0.01, transactionId="t1").body["pointsAdded"] == 0

    first = reverse(member)

    assert (first.body["status"], first.body["entryId"]) == ("booked", None)
    assert took(first) == (0, 0, 100)
    assert gave_back(first) == (80, 1, 20, 100)
    assert member.api.ok("getLoyaltyTransactions", member.ids)["waitingReturns"] == []
    frozen_clock.advance(days=31)
    assert reverse(member).body["pointsGivenBack"] == 80
    assert reverse(member, amount=0.01).error == "IDEMPOTENCY_KEY_REUSED"
    assert stored.units(member) == [100, -80, 80]


@pytest.mark.parametrize("is_told_first", [True, False])
def test_a_return_of_what_earned_nothing_is_booked_if_it_earns_after_all(
    merchant: Merchant, is_told_first: bool
) -> None:
    member = merchant.member("points", balance=7)
    nothing = {"purchaseAmount": 0.01, "transactionId": "t1"}
    if is_told_first:
        assert member.add(**nothing).body["pointsAdded"] == 0
    first = reverse(member, points=40).body
    if not is_told_first:
        assert member.add(**nothing).body["pointsAdded"] == 0
    assert (first["status"], first["newBalance"]) == ("booked" if is_told_first else "waiting", 7)

    assert member.add(points=100, transactionId="t1").status == 200

    assert stored.units(member) == [7, 100, -40]
    with nothing_written():
        told = reverse(member, points=40)
    assert (told.body["status"], took(told)) == ("booked", (40, 0, 67))
    assert took(reverse(member, "r2")) == (60, 0, 7)
    assert stored.membership(member).waiting_returns == ()
    stored.assert_sound(member)


def test_a_return_waits_though_another_system_told_of_a_purchase_that_earned_nothing(
    merchant: Merchant,
) -> None:
    member = merchant.member("points")
    nothing = {"purchaseAmount": 0.01, "transactionId": "t1", "source": "till"}
    assert member.add(**nothing).body["pointsAdded"] == 0

    assert reverse(member, points=40, source="erp").body["status"] == "waiting"
    assert reverse(member, "r2", source="till").body["status"] == "booked"
    assert reverse(member, "r3").body["status"] == "booked"
    assert member.add(purchaseAmount=10, transactionId="t1", source="erp").status == 200

    # Nothing of it is taken for the returns that were booked for the till's purchase.
    assert stored.units(member) == [100, -40]
    stored.assert_sound(member)


def test_what_waits_for_a_purchase_that_earns_nothing_waits_no_more(merchant: Merchant) -> None:
    member = merchant.member("points")
    for number in range(WAITING_MAX):
        assert reverse(member, f"r{number}").body["status"] == "waiting"
    with nothing_written():
        assert_refused(reverse(member, "more"), 400, "TOO_MANY_WAITING_RETURNS")

    assert member.add(purchaseAmount=0.01, transactionId="t1").body["pointsAdded"] == 0

    assert member.api.ok("getLoyaltyTransactions", member.ids)["waitingReturns"] == []
    # None is dropped: if the purchase earns after all, they are booked with it.
    assert stored.events(merchant.store_id, "loyalty.return_dropped") == []
    assert reverse(member, "r0").body["status"] == "booked"
    assert reverse(member, "more").body["status"] == "booked"
    stored.assert_sound(member)


def test_a_return_waits_though_another_system_has_had_a_purchase_of_that_id(
    merchant: Merchant,
) -> None:
    member = merchant.member("points")
    member.add(purchaseAmount=10, transactionId="t1", source="till")
    assert took(reverse(member, "r1", source="till", amount=4))[0] == 40

    assert reverse(member, "r2", source="erp").body["status"] == "waiting"

    member.add(purchaseAmount=10, transactionId="t1", source="erp")
    assert stored.units(member) == [100, -40, 100, -100]
    member.add(purchaseAmount=0.01, transactionId="t1", source="web")
    assert reverse(member, "r3", source="web").body["status"] == "booked"
    assert stored.units(member) == [100, -40, 100, -100]
    stored.assert_sound(member)


REWARD = {"rewardId": "rw_1", "title": "Kaffee", "type": "free_product", "requiredPoints": 90}


def rewarded(merchant: Merchant) -> tuple[Member, str]:
    """Return a member whose purchase unlocked a reward, which is redeemed, and its code."""
    member = buyer(merchant, rewards=[REWARD])
    redeemed = member.redeem(90, rewardId="rw_1")
    assert redeemed.status == 200, redeemed.body
    return member, redeemed.body["rewardCode"]


def test_a_reward_that_it_unlocked_is_revoked_if_nobody_has_used_it(merchant: Merchant) -> None:
    member, code = rewarded(merchant)

    answer = reverse(member)

    assert took(answer) == (100, 0, 0)
    assert answer.body["cancelledRedemptionIds"] == [stored.entries(member)[1].entry_id]
    assert gave_back(answer) == (90, 1, 10, 0)
    assert stored.units(member) == [100, -90, 90, -100]
    use = {"storeId": merchant.store_id, "rewardCode": code}
    with nothing_written():
        assert member.api("useRewardCode", use).error == "REDEMPTION_CANCELLED"
    stored.assert_sound(member)


def test_a_reward_that_was_used_is_owed(merchant: Merchant) -> None:
    member, code = rewarded(merchant)
    member.api.ok("useRewardCode", {"storeId": merchant.store_id, "rewardCode": code})

    assert took(reverse(member)) == (10, 90, 0)
    assert stored.units(member) == [100, -90, -10]


def test_a_reward_stays_while_other_points_cover_the_return(merchant: Merchant) -> None:
    member, code = rewarded(merchant)
    member.earn(90)

    assert took(reverse(member)) == (100, 0, 0)
    assert member.api.ok("useRewardCode", {"storeId": merchant.store_id, "rewardCode": code})


def test_of_a_use_and_a_return_at_once_one_is_first(merchant: Merchant) -> None:
    member, code = rewarded(merchant)
    use = {"storeId": merchant.store_id, "rewardCode": code}
    with ThreadPoolExecutor(2) as pool:
        used = pool.submit(member.api, "useRewardCode", use)
        returned = pool.submit(reverse, member)

    is_used = used.result().status == 200
    assert took(returned.result()) == ((10, 90, 0) if is_used else (100, 0, 0))
    stored.assert_sound(member)


def test_what_earned_nothing_is_not_found(merchant: Merchant) -> None:
    member = buyer(merchant)
    redemption = member.redeem(10, transactionId="t2").body["redemptionId"]
    stranger = create_merchant(merchant.api.app).api

    with nothing_written():
        assert_refused(reverse(member, entryId=redemption), 404, "BOOKING_NOT_FOUND")
        assert_refused(reverse(member.other("nobody")), 404, "MEMBERSHIP_NOT_FOUND")
        body = {**member.ids, "transactionId": "t1", "refundId": "r1"}
        assert_refused(stranger(ACTION, body), 404, "PROGRAM_NOT_FOUND")


@pytest.mark.parametrize(
    "lines",
    [
        [{"amount": -5}],
        [{"amount": 0}],
        [{"amount": 5}, {"amount": -5}],
        [{"amount": 5}, {"amount": -5, "type": "discount"}],
        [{"amount": -5, "type": "reward"}],
    ],
)
def test_lines_that_are_no_return_use_up_no_refund_id(
    merchant: Merchant, lines: list[dict[str, Any]]
) -> None:
    member = buyer(merchant)

    with nothing_written():
        answer = reverse(member, purchaseLines=lines)

    problem = "must come to more than 0 without the lines of the type reward"
    assert_fields_refused(answer, {"purchaseLines": problem})
    assert took(reverse(member, purchaseLines=[{"amount": 4}]))[0] == 40


def test_goods_that_points_have_paid_come_back_with_their_line(merchant: Merchant) -> None:
    member = paid_with_points(merchant)
    lines = [{"amount": 2}, {"amount": -2, "type": "reward"}]

    assert took(reverse(member, purchaseLines=lines)) == (0, 0, 200)

    assert stored.units(member) == [100, -80, 100, 80]


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 1, "points": 1},
        {"amount": 0},
        {"points": 0},
        {"amount": 0.005},
        {"entryId": "le_1", "transactionId": "t1"},
        {"transactionId": None},
    ],
)
def test_refuses(merchant: Merchant, fields: dict[str, Any]) -> None:
    member = buyer(merchant)
    with nothing_written():
        answer = reverse(member, **fields)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert stored.units(member) == [100]
