"""transferLoyaltyPoints: what one member loses the other one has, with its dates, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.services.loyalty import verification
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import reserved

ACTION = "transferLoyaltyPoints"


def pair(merchant: Merchant, balance: int = 100, **fields: Any) -> tuple[Member, Member]:
    """Return two members of a program that allows transfers; the first one has points."""
    program = {"transfers": "merchant", **fields}
    member = merchant.member("points", balance=balance, **program)
    other = member.other("user_2")
    other.enroll()
    return member, other


def transfer(member: Member, other: Member, points: float, name: str = "x1") -> Answer:
    body = {**member.ids, "toUserId": other.user_id, "points": points, "transferId": name}
    return member.api(ACTION, body)


def balances(*members: Member) -> list[float]:
    return [each.balance()["currentBalance"] for each in members]


def test_moves_points(merchant: Merchant) -> None:
    member, other = pair(merchant)

    answer = transfer(member, other, 30)

    assert answer.status == 200, answer.body
    assert answer.body == {
        "success": True,
        **member.ids,
        "toUserId": other.user_id,
        "transferId": "x1",
        "entryId": answer.body["entryId"],
        "pointsTransferred": 30,
        "previousBalance": 100,
        "newBalance": 70,
    }
    assert balances(member, other) == [70, 30]
    assert (stored.units(member), stored.units(other)) == ([100, -30], [30])
    totals = stored.membership(other)
    assert (totals.earned_units, totals.lifetime_units, totals.adjusted_units) == (0, 0, 30)
    for each in (member, other):
        stored.assert_sound(each)


def test_lots_keep_their_dates(frozen_clock: Clock, merchant: Merchant) -> None:
    member, other = pair(merchant, pointsExpiry={"afterDays": 30})
    frozen_clock.advance(days=10)
    member.earn(50)
    (first, second) = stored.membership(member).lots

    transfer(member, other, 120)

    (moved, more) = stored.membership(other).lots
    assert (moved.units, moved.expires_at) == (100, first.expires_at)
    assert (more.units, more.expires_at) == (20, second.expires_at)
    frozen_clock.advance(days=25)
    assert balances(member, other) == [30, 20]


def test_happens_once_for_its_id(frozen_clock: Clock, merchant: Merchant) -> None:
    member, other = pair(merchant)
    third = member.other("user_3")
    third.enroll()
    first = transfer(member, other, 30)
    frozen_clock.advance(days=400)

    with nothing_written():
        again = transfer(member, other, 30)
        more = transfer(member, other, 31)
        elsewhere = transfer(member, third, 30)
        back = transfer(other, member, 30)
    assert (again.body, again.is_replay) == (first.body, True)
    for each in (more, elsewhere, back):
        assert_refused(each, 409, "IDEMPOTENCY_KEY_REUSED", {"transferId": "x1"})
    assert balances(member, other, third) == [70, 30, 0]


def test_what_is_reserved_or_pending_stays(merchant: Merchant) -> None:
    member, other = pair(merchant, pendingDays=14)
    member.add(purchaseAmount=10, transactionId="t1")
    reserved(member, 80)

    with nothing_written():
        answer = transfer(member, other, 21)

    assert answer.error == "INSUFFICIENT_BALANCE"
    assert answer.body["details"] == {"required": 21, "available": 20, "missing": 1}
    assert transfer(member, other, 20).status == 200


def test_only_where_the_program_allows_it(merchant: Merchant) -> None:
    member, other = pair(merchant, transfers="none")
    mine = merchant.customer(member.user_id)
    body = {**member.ids, "toUserId": other.user_id, "points": 30, "transferId": "x1"}
    with nothing_written():
        assert_refused(transfer(member, other, 30), 403, "TRANSFER_NOT_ALLOWED")
        assert_refused(mine(ACTION, body), 403, "TRANSFER_NOT_ALLOWED")
        # The same of somebody who is no member: who is one is not for others to ask.
        unknown = mine(ACTION, {**body, "toUserId": "nobody"})
        assert_refused(unknown, 403, "TRANSFER_NOT_ALLOWED")

    def allow(who: str) -> None:
        change = {"programId": member.program_id, "transfers": who}
        merchant.api.ok("updateLoyaltyProgram", change)

    allow("merchant")
    with nothing_written():
        assert_refused(mine(ACTION, body), 403, "TRANSFER_NOT_ALLOWED")
    allow("customers")
    assert mine(ACTION, body).status == 200
    allow("none")
    with nothing_written():
        assert transfer(member, other, 30).is_replay
        assert_refused(transfer(member, other, 30, "x2"), 403, "TRANSFER_NOT_ALLOWED")


def test_nobody_gives_to_oneself_or_to_who_cannot_have_it(merchant: Merchant) -> None:
    member, other = pair(merchant)
    gone = member.other("nobody")
    stranger = create_merchant(merchant.api.app).api
    with nothing_written():
        itself = transfer(member, member, 1)
        assert_refused(transfer(member, gone, 1), 404, "MEMBERSHIP_NOT_FOUND")
        assert_refused(transfer(gone, member, 1), 404, "MEMBERSHIP_NOT_FOUND")
        body = {**member.ids, "toUserId": other.user_id, "points": 1, "transferId": "x1"}
        assert_refused(stranger(ACTION, body), 404, "PROGRAM_NOT_FOUND")
    assert_fields_refused(itself, {"toUserId": "must be another member"})

    merchant.api.ok("suspendMember", {**other.ids, "reason": "Missbrauch"})
    with nothing_written():
        assert transfer(member, other, 1).error == "MEMBER_SUSPENDED"
        assert transfer(other, member, 1).error == "MEMBER_SUSPENDED"
    assert balances(member, other) == [100, 0]


def test_a_customer_hears_nothing_of_the_other_member_and_says_nothing_to_them(
    merchant: Merchant,
) -> None:
    member, other = pair(merchant, transfers="customers")
    left, suspended, merged = (member.other(name) for name in ("left", "suspended", "merged"))
    for each in (left, suspended, merged):
        each.enroll()
    mine = merchant.customer(member.user_id)
    for each in (merged, other):
        merchant.api("createMember", {"userId": each.user_id})
    merchant.api.ok("mergeMembers", {"fromUserId": merged.user_id, "intoUserId": other.user_id})
    merchant.api.ok("leaveLoyaltyProgram", left.ids)
    merchant.api.ok("suspendMember", {**suspended.ids, "reason": "Missbrauch"})

    def give(to: Member, **fields: Any) -> Answer:
        asked = {"toUserId": to.user_id, "points": 1, "transferId": "x1"}
        return mine(ACTION, {**member.ids, **asked, **fields})

    with nothing_written():
        refused = [give(each) for each in (member.other("nobody"), left, suspended)]
        text = give(other, description="Gutschein: zeige dies an der Kasse")
    assert {(each.status, each.error) for each in refused} == {(404, "MEMBERSHIP_NOT_FOUND")}
    assert_fields_refused(text, {"description": "is not for customers"})
    assert give(merged).body["toUserId"] == merged.user_id
    assert give(merged).body["toUserId"] == merged.user_id


def test_customers_do_not_hand_a_tier_of_the_balance_round(merchant: Merchant) -> None:
    rules = {"pointsPerEuro": 10, "tiers": [{"name": "Bronze", "minPoints": 0}]}
    program_id = merchant.program("tier", rules=rules, tierPolicy={"basis": "balance"})
    problem = "must have another basis than balance where customers transfer points"

    with nothing_written():
        change = {"programId": program_id, "transfers": "customers"}
        assert_fields_refused(merchant.api("updateLoyaltyProgram", change), {"tierPolicy": problem})
    merchant.api.ok("updateLoyaltyProgram", {**change, "transfers": "merchant"})


def test_both_are_told(merchant: Merchant, pipeline: Pipeline) -> None:
    member, other = pair(merchant)
    transfer(member, other, 30)
    pipeline.fire(merchant)

    told = stored.events(merchant.store_id, "loyalty.points_transferred")
    assert sorted((each["data"]["userId"], each["data"]["points"]) for each in told) == [
        (member.user_id, -30),
        (other.user_id, 30),
    ]
    assert {each["data"]["transactionId"] for each in told} == {"x1"}


def test_who_was_merged_gives_and_gets_as_the_one_who_took_over(merchant: Merchant) -> None:
    member, other = pair(merchant)
    third = member.other("user_3")
    third.enroll()
    transfer(member, other, 30)
    for each in (member, other, third):
        member.api("createMember", {"userId": each.user_id})
    member.api.ok("mergeMembers", {"fromUserId": other.user_id, "intoUserId": third.user_id})

    with nothing_written():
        again = transfer(member, other, 30)
        itself = transfer(other, third, 1, "x2")
    assert (again.status, again.body["toUserId"]) == (200, third.user_id)
    assert itself.error == "INVALID_PARAMETERS"
    assert transfer(other, member, 5, "x3").body["newBalance"] == 25
    assert balances(member, third) == [75, 25]
    report = verification.verify(member.program_id)
    assert report is not None
    assert report.problems == ()


def test_crossing_transfers_and_spending_at_once_lose_nothing(merchant: Merchant) -> None:
    member, other = pair(merchant)
    other.earn(100)

    def go(index: int) -> Answer:
        giver, getter = (member, other) if index % 2 else (other, member)
        return transfer(giver, getter, 40, f"x{index}")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(go, range(6)))

    assert {each.status for each in answers} <= {200, 400}
    assert sum(balances(member, other)) == 200
    for each in (member, other):
        stored.assert_sound(each)


@pytest.mark.parametrize("steps", range(3))
def test_whenever_the_process_dies_it_moves_once(merchant: Merchant, steps: int) -> None:
    member, other = pair(merchant)
    with dying_after(steps):
        transfer(member, other, 30)
    assert sum(balances(member, other)) == 100

    assert transfer(member, other, 30).status == 200
    assert balances(member, other) == [70, 30]
