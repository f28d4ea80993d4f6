"""getLoyaltyTransaction: one booking, what it was made of, and what corrected it."""

from __future__ import annotations

from typing import Any

from tests.conftest import Clock
from tests.support.checkouts import Market
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written

ACTION = "getLoyaltyTransaction"


def shown(member: Member, entry_id: str, **fields: Any) -> dict[str, Any]:
    return member.api.ok(ACTION, {**member.ids, "entryId": entry_id, **fields})


def entry_ids(member: Member) -> list[str]:
    rows = member.api.ok("getLoyaltyTransactions", member.ids)["transactions"]
    return [each["entryId"] for each in rows]


def test_says_what_it_was_made_of(merchant: Merchant) -> None:
    tiers = [
        {"name": "Bronze", "minPoints": 0},
        {"name": "Silber", "minPoints": 100, "multiplier": 2},
    ]
    member = merchant.member("tier", rules={"pointsPerEuro": 10, "tiers": tiers})
    member.earn(90)
    first = member.add(purchaseAmount=1.5).body
    second = member.add(purchaseAmount=2).body

    reached = shown(member, first["entryId"])["transaction"]
    doubled = shown(member, second["entryId"])["transaction"]

    assert (reached["tierBefore"], reached["tierAfter"]) == ("Bronze", "Silber")
    assert (reached["points"], reached["purchaseAmount"]) == (15, 1.5)
    assert (doubled["points"], doubled["madeOf"]["tierMultiplier"]) == (40, 2)
    assert doubled["madeOf"] == second["madeOf"]


def test_names_what_corrected_it_and_what_it_corrects(market: Market) -> None:
    transaction_id = market.started()
    assert market.complete(transaction_id).status == 200
    market.refund(transaction_id, amount=333, refundReference="a")
    market.refund(transaction_id, amount=100, refundReference="b")
    second, first, earned = entry_ids(market.member)

    purchase = shown(market.member, earned)
    refund = shown(market.member, second)

    assert purchase["transaction"]["reversedPoints"] == 43
    assert purchase["corrects"] is None
    assert [each["entryId"] for each in purchase["correctedBy"]] == [first, second]
    assert [each["points"] for each in purchase["correctedBy"]] == [-33, -10]
    assert refund["transaction"]["points"] == -10
    corrected = refund["corrects"]
    assert (corrected["entryId"], corrected["reversedPoints"]) == (earned, 43)
    assert refund["correctedBy"] == []


def test_what_was_spent_already_is_said_to_be_missing(market: Market) -> None:
    transaction_id = market.started()
    assert market.complete(transaction_id).status == 200
    assert market.member.redeem(90).status == 200
    market.refund(transaction_id, amount=1000, refundReference="a")

    refund = shown(market.member, entry_ids(market.member)[0])["transaction"]

    assert (refund["points"], refund["uncollectedPoints"]) == (-10, 90)


def test_after_a_merge_corrections_are_told_apart(frozen_clock: Clock, market: Market) -> None:
    """Both had booked the same transaction, so that both entries have the same id."""
    old = market.member
    new = old.other("user_2")
    new.enroll()
    transaction_id = market.started()
    assert market.complete(transaction_id).status == 200
    old_entry_id = entry_ids(old)[0]
    both = [each.earn(10, transactionId="t1")["entryId"] for each in (old, new)]
    assert both[0] == both[1]
    frozen_clock.advance(minutes=1)
    market.api.ok("mergeMembers", {"fromUserId": old.user_id, "intoUserId": new.user_id})
    market.refund(transaction_id, amount=500, refundReference="a")

    purchase = shown(new, old_entry_id)
    refund = shown(new, purchase["correctedBy"][0]["entryId"])

    assert purchase["transaction"]["memberId"] == old.membership_id
    assert purchase["transaction"]["reversedPoints"] == 50
    assert purchase["correctedBy"][0]["memberId"] == new.membership_id
    assert refund["corrects"]["entryId"] == old_entry_id
    of_new = shown(new, both[0])["transaction"]
    of_old = shown(new, both[0], memberId=old.membership_id)["transaction"]
    assert (of_new["memberId"], of_old["memberId"]) == (new.membership_id, old.membership_id)
    assert shown(old, both[0])["userId"] == new.user_id


def test_a_customer_sees_only_the_own(merchant: Merchant) -> None:
    member = merchant.member("points")
    entry_id = member.earn(10)["entryId"]
    body = {"programId": member.program_id, "entryId": entry_id}

    own = merchant.customer(member.user_id).ok(ACTION, body)
    with nothing_written():
        other = merchant.customer("user_2")(ACTION, body)

    assert own["transaction"]["points"] == 10
    assert_refused(other, 404, "MEMBERSHIP_NOT_FOUND")


def test_shows_nothing_of_others(merchant: Merchant, new_merchant: Any) -> None:
    member = merchant.member("points")
    other = member.other("user_2")
    other.enroll()
    entry_id = other.earn(10)["entryId"]
    stranger = new_merchant()

    with nothing_written():
        of_another = member.api(ACTION, {**member.ids, "entryId": entry_id})
        elsewhere = member.api(
            ACTION, {**member.ids, "entryId": entry_id, "memberId": other.membership_id}
        )
        absent = member.api(ACTION, {**member.ids, "entryId": "le_/../x"})
        foreign = stranger.api(ACTION, {**other.ids, "entryId": entry_id})

    assert_refused(of_another, 404, "BOOKING_NOT_FOUND")
    assert_refused(elsewhere, 404, "BOOKING_NOT_FOUND")
    assert_refused(absent, 404, "BOOKING_NOT_FOUND")
    assert_refused(foreign, 404, "PROGRAM_NOT_FOUND")
