"""listWaitingReturns: the longest wait first, page by page, until a purchase or 90 days end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.services.loyalty import member_calendar
from tests.conftest import Clock
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.traffic import watched

ACTION = "listWaitingReturns"


def tell(member: Member, refund_id: str, **fields: Any) -> None:
    body = {**member.ids, "transactionId": f"sale-{refund_id}", "refundId": refund_id, **fields}
    assert member.api.ok("reverseLoyaltyTransaction", body)["status"] == "waiting"


def listed(member: Member, **fields: Any) -> list[str]:
    answer = member.api.ok(ACTION, {"programId": member.program_id, **fields})
    assert answer["nextCursor"] is None
    return [each["refundId"] for each in answer["returns"]]


def test_lists_the_returns_of_all_members_the_longest_wait_first(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    anna = merchant.member("points")
    ben, cara = anna.other("user@2"), anna.other("user_3")
    for each in (ben, cara):
        each.enroll()
    elsewhere = merchant.member("points")
    for refunded, refund_id in [(ben, "b1"), (anna, "a1"), (ben, "b2"), (elsewhere, "other")]:
        tell(refunded, refund_id, points=5)
        frozen_clock.advance(minutes=1)

    answer = anna.api.ok(ACTION, {"programId": anna.program_id})

    assert [each["refundId"] for each in answer["returns"]] == ["b1", "b2", "a1"]
    assert answer["returns"][0] == {
        "userId": "user@2",
        "memberId": ben.membership_id,
        "refundId": "b1",
        "transactionId": "sale-b1",
        "amount": None,
        "points": 5,
        "since": "2026-03-03T12:00:00.000Z",
        "until": "2026-06-01T12:00:00.000Z",
    }
    assert (answer["count"], answer["nextCursor"]) == (3, None)


def test_goes_on_from_page_to_page_and_reads_what_it_shows(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    anna = merchant.member("points")
    members = [anna, *(anna.other(f"user@{number}") for number in range(2, 5))]
    for each in members[1:]:
        each.enroll()
    for number, each in enumerate(members):
        tell(each, f"r{number}")
        frozen_clock.advance(seconds=1)
    tell(members[0], "r0-more")
    listed(anna)
    body = {"programId": anna.program_id, "limit": 1}

    with watched() as traffic:
        first = anna.api.ok(ACTION, body)
    second = anna.api.ok(ACTION, {**body, "limit": 2, "cursor": first["nextCursor"]})
    third = anna.api.ok(ACTION, {**body, "cursor": second["nextCursor"]})

    # All of a member stand together.
    assert traffic.cost == (1, 2, 0)
    found = [[each["refundId"] for each in page["returns"]] for page in (first, second, third)]
    assert found == [["r0", "r0-more"], ["r1", "r2"], ["r3"]]
    assert third["nextCursor"] is None


def test_a_return_that_is_booked_merged_or_dropped_waits_no_more(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    anna = merchant.member("points")
    ben = anna.other("user_2")
    ben.enroll()
    tell(anna, "a1")
    frozen_clock.advance(days=1)
    tell(anna, "a2")
    frozen_clock.advance(minutes=1)
    tell(ben, "b1")

    assert anna.add(points=10, transactionId="sale-a1").status == 200
    assert listed(anna) == ["a2", "b1"]
    assert anna.api.ok("mergeMembers", {"fromUserId": anna.user_id, "intoUserId": "user_2"})
    assert listed(anna) == ["a2", "b1"]
    frozen_clock.advance(days=90)
    assert listed(anna) == []
    member_calendar.move_on(stored.membership(ben))

    assert stored.membership(ben).waiting_returns == ()
    assert stored.of_member(ben)["membership"]["waitsSince"] is None


def test_a_program_that_is_not_the_callers_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    theirs = new_merchant().member("points")
    tell(theirs, "r1")

    with nothing_written():
        for program_id in (theirs.program_id, "lp_absent"):
            answer = merchant.api(ACTION, {"programId": program_id})
            assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
