"""leaveLoyaltyProgram: the membership is closed, and its points wait for the member."""

from __future__ import annotations

from typing import Any

from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_refused, nothing_written

ACTION = "leaveLoyaltyProgram"


def leave(member: Member, idempotency_key: str | None = None, **fields: Any) -> Answer:
    return member.api(ACTION, {**member.ids, **fields}, idempotency_key=idempotency_key)


def test_closes_the_membership_and_keeps_its_points(frozen_clock: Clock, member: Member) -> None:
    answer = leave(member)

    assert (answer.status, answer.body) == (
        200,
        {
            "success": True,
            **member.ids,
            "memberId": member.membership_id,
            "status": "left",
            "currentBalance": 100,
            "leftAt": frozen_clock.now.isoformat(timespec="milliseconds")[:23] + "Z",
        },
    )
    balance = member.balance()
    assert (balance["status"], balance["isActive"]) == ("left", False)
    assert balance["currentBalance"] == 100
    stored.assert_sound(member)


def test_who_left_earns_and_spends_nothing(member: Member) -> None:
    leave(member)
    before = stored.of_member(member)

    with nothing_written():
        refusals = [
            member.add(points=5),
            member.redeem(5),
            *(member.sync(action, 5) for action in ("add", "redeem", "set")),
        ]

    for refused in refusals:
        message = f"User {member.user_id} has left the program."
        assert_refused(refused, 403, "MEMBERSHIP_CLOSED", member.ids, message=message)
    assert stored.of_member(member) == before


def test_enrolling_again_opens_the_same_membership(frozen_clock: Clock, member: Member) -> None:
    first = stored.membership(member)
    leave(member)
    frozen_clock.advance(days=3)

    answer = member.api("enrollInLoyaltyProgram", member.ids)

    assert answer.status == 200
    assert (answer.body["alreadyEnrolled"], answer.body["status"]) == (True, "active")
    assert answer.body["currentBalance"] == 100
    assert stored.membership(member).enrolled_at == first.enrolled_at
    assert member.redeem(100).status == 200
    events = stored.events(member.merchant.store_id, "loyalty.enrollment")
    assert [each["data"]["memberId"] for each in events] == [member.membership_id]
    stored.assert_sound(member)


def test_the_points_expire_meanwhile(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member(balance=100, pointsExpiry={"afterDays": 10, "alertDays": 0})
    leave(member)
    frozen_clock.advance(days=12)

    answer = member.api("enrollInLoyaltyProgram", member.ids)

    assert answer.body["currentBalance"] == 0
    assert member.redeem(1).error == "INSUFFICIENT_BALANCE"


def test_an_inactive_program_takes_nobody_back(member: Member) -> None:
    leave(member)
    body = {"programId": member.program_id, "isActive": False}
    member.api.ok("updateLoyaltyProgram", body)

    with nothing_written():
        answer = member.api("enrollInLoyaltyProgram", member.ids)

    assert_refused(answer, 400, "PROGRAM_INACTIVE", {"programId": member.program_id})
    assert leave(member).status == 200


def test_a_second_time_changes_nothing(member: Member) -> None:
    first = leave(member)
    with nothing_written():
        second = leave(member)

    assert (second.status, second.body) == (200, first.body)
    (event,) = stored.events(member.merchant.store_id, "loyalty.membership_left")
    assert event["data"] == {
        **member.ids,
        "memberId": member.membership_id,
        "currentBalance": 100,
    }


def test_a_key_is_answered_as_at_first(member: Member) -> None:
    first = leave(member, "k1")
    member.enroll()
    with nothing_written():
        again = leave(member, "k1")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert member.balance()["status"] == "active"


def test_who_is_suspended_may_leave_and_cannot_come_back(member: Member) -> None:
    member.api.ok("suspendMember", {**member.ids, "reason": "Missbrauch"})

    left = leave(member)
    with nothing_written():
        refused = member.api("enrollInLoyaltyProgram", member.ids)

    assert (left.status, left.body["status"]) == (200, "suspended")
    assert_refused(refused, 403, "MEMBER_SUSPENDED", member.ids)


def test_refuses_who_is_no_member(member: Member) -> None:
    stranger = create_merchant(member.api.app)
    with nothing_written():
        absent = leave(member.other("user_2"))
        foreign = stranger.api(ACTION, member.ids)
        elsewhere = leave(member, storeId="store_other")

    assert_refused(absent, 404, "MEMBERSHIP_NOT_FOUND", message="User user_2 is not enrolled.")
    assert_refused(foreign, 404, "PROGRAM_NOT_FOUND")
    assert_refused(elsewhere, 404, "PROGRAM_NOT_FOUND")
    assert member.balance()["status"] == "active"


def test_the_sandbox_closes_nothing(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"userId": "u1", "programId": "lp_1"})

    assert (answer.body["memberId"], answer.body["status"]) == ("lp_1_u1", "left")
