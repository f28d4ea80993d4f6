"""reactivateMember: the suspension ends, in one program or in all."""

from __future__ import annotations

from typing import Any

from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, create_merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

ACTION = "reactivateMember"


def suspend(member: Member, **fields: Any) -> None:
    member.api.ok("suspendMember", {**member.ids, "reason": "Missbrauch", **fields})


def reactivate(member: Member, idempotency_key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "reason": "Geklärt", **fields}
    return member.api(ACTION, body, idempotency_key=idempotency_key)


def test_the_member_earns_and_spends_again(member: Member) -> None:
    suspend(member)

    answer = reactivate(member)

    rows = [{"programId": member.program_id, "memberId": member.membership_id, "status": "active"}]
    expected = {"success": True, "userId": member.user_id, "memberships": rows}
    assert (answer.status, answer.body) == (200, expected)
    member.earn(5)
    assert member.redeem(105).status == 200
    balance = member.balance()
    assert (balance["status"], balance["statusReason"]) == ("active", "Geklärt")
    stored.assert_sound(member)


def test_everywhere_at_once(member: Member) -> None:
    other = Member(member.merchant, member.merchant.program("stamps"), member.user_id)
    other.enroll()
    for each in (member, other):
        suspend(each)

    answer = member.api(ACTION, {"userId": member.user_id, "reason": "Geklärt"})

    assert [each["status"] for each in answer.body["memberships"]] == ["active", "active"]
    assert {each.balance()["status"] for each in (member, other)} == {"active"}


def test_who_has_left_in_the_meantime_stays_away(member: Member) -> None:
    suspend(member)
    member.api.ok("leaveLoyaltyProgram", member.ids)

    answer = reactivate(member)

    assert answer.body["memberships"][0]["status"] == "left"
    assert_refused(member.add(points=1), 403, "MEMBERSHIP_CLOSED", member.ids)


def test_who_is_not_suspended_stays_as_they_are(member: Member) -> None:
    with nothing_written():
        answer = reactivate(member)

    assert (answer.status, answer.body["memberships"][0]["status"]) == (200, "active")


def test_a_key_is_answered_as_at_first(member: Member) -> None:
    suspend(member)
    first = reactivate(member, "k1")
    suspend(member)
    with nothing_written():
        again = reactivate(member, "k1")

    assert (again.body, again.is_replay) == (first.body, True)
    assert member.balance()["status"] == "suspended"


def test_tells_of_it_once(member: Member) -> None:
    suspend(member)
    reactivate(member)
    reactivate(member)

    (event,) = stored.events(member.merchant.store_id, "member.reactivated")
    assert event["data"]["status"] == "active"


def test_refuses_strangers_and_missing_reasons(member: Member) -> None:
    suspend(member)
    stranger = create_merchant(member.api.app)
    with nothing_written():
        foreign = stranger.api(ACTION, {**member.ids, "reason": "x"})
        absent = reactivate(member.other("user_2"))
        assert_invalid(member.api(ACTION, member.ids), reason="is required")

    assert_refused(foreign, 404, "PROGRAM_NOT_FOUND")
    assert_refused(absent, 404, "MEMBERSHIP_NOT_FOUND")
    assert member.balance()["status"] == "suspended"
