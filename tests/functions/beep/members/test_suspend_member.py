"""suspendMember: who is suspended earns and spends nothing; what was earned can be taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domain.loyalty.entries import EntryKind
from shared.domain.members.member import MemberStatus
from shared.services.accounts import callers
from shared.services.loyalty import balances, member_calendar
from shared.store import client, paths
from shared.store.members import member_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

ACTION = "suspendMember"
REASON = "Missbrauch"


def suspend(member: Member, idempotency_key: str | None = None, **fields: Any) -> Answer:
    body = {**member.ids, "reason": REASON, **fields}
    return member.api(ACTION, body, idempotency_key=idempotency_key)


def row(member: Member, status: str = "suspended") -> dict[str, Any]:
    return {"programId": member.program_id, "memberId": member.membership_id, "status": status}


def test_suspends_in_one_program(member: Member) -> None:
    other = Member(member.merchant, member.merchant.program("stamps"), member.user_id)
    other.enroll()

    answer = suspend(member)

    expected = {"success": True, "userId": member.user_id, "memberships": [row(member)]}
    assert (answer.status, answer.body) == (200, expected)
    balance = member.balance()
    assert (balance["status"], balance["statusReason"]) == ("suspended", REASON)
    assert (balance["isActive"], balance["currentBalance"]) == (False, 100)
    assert other.balance()["status"] == "active"
    stored.assert_sound(member)


def test_suspends_in_all_programs_of_the_account(member: Member) -> None:
    elsewhere = member.merchant.another_store()
    other = Member(elsewhere, elsewhere.program("stamps"), member.user_id)
    other.enroll()

    answer = member.api(ACTION, {"userId": member.user_id, "reason": REASON})

    rows = sorted([row(member), row(other)], key=lambda each: str(each["memberId"]))
    assert (answer.status, answer.body["memberships"]) == (200, rows)
    for each in (member, other):
        assert_refused(each.add(points=1), 403, "MEMBER_SUSPENDED", each.ids)


def test_who_is_suspended_everywhere_joins_no_other_program(member: Member) -> None:
    member.api.ok(ACTION, {"userId": member.user_id, "reason": REASON})
    other = Member(member.merchant, member.merchant.program("stamps"), member.user_id)

    with nothing_written():
        refusals = [member.api("enrollInLoyaltyProgram", other.ids), other.sync("add", 5)]

    assert [each.error for each in refusals] == ["MEMBER_SUSPENDED"] * 2
    member.api.ok("reactivateMember", {"userId": member.user_id, "reason": "Cleared"})
    assert other.enroll()["status"] == "active"


def test_finds_memberships_that_the_person_does_not_name(member: Member) -> None:
    """Those are older than the documents of persons."""
    path = paths.account_member(member.merchant.account_id, member.user_id)
    client.commit([client.Delete(client.get_one(path))])

    member.api.ok(ACTION, {"userId": member.user_id, "reason": REASON})

    assert member.balance()["status"] == "suspended"
    person = member_documents.find(member.merchant.account_id, member.user_id)
    assert person is not None
    assert (person.program_ids, person.status) == ((member.program_id,), MemberStatus.SUSPENDED)
    # Without a store, nobody would be told of the person's changes.
    membership = stored.membership(member)
    assert person.store_id == membership.store_id == member.merchant.store_id
    assert person.created_at == membership.enrolled_at


@pytest.mark.parametrize("turn", range(3))
def test_an_enrolment_at_the_same_time_does_not_slip_through(member: Member, turn: int) -> None:
    assert turn >= 0
    others = [
        Member(member.merchant, member.merchant.program("stamps"), member.user_id) for _ in range(3)
    ]
    with ThreadPoolExecutor(4) as pool:
        racing = [pool.submit(member.api, "enrollInLoyaltyProgram", each.ids) for each in others]
        body = {"userId": member.user_id, "reason": REASON}
        suspended = pool.submit(member.api, ACTION, body)
        answers = [each.result() for each in racing]

    assert suspended.result().status == 200
    for other, answer in zip(others, answers, strict=True):
        if answer.status == 200:
            assert other.balance()["status"] == "suspended"
        else:
            assert answer.error == "MEMBER_SUSPENDED"


def test_what_others_have_stays(member: Member) -> None:
    stranger = create_merchant(member.api.app)
    foreign = Member(stranger, stranger.program(), member.user_id)
    foreign.enroll()

    member.api.ok(ACTION, {"userId": member.user_id, "reason": REASON})

    assert foreign.balance()["status"] == "active"
    with nothing_written():
        refused = stranger.api(ACTION, {**member.ids, "reason": REASON})
    assert_refused(refused, 404, "PROGRAM_NOT_FOUND")


def test_a_suspended_member_earns_and_spends_nothing(member: Member) -> None:
    suspend(member)
    before = stored.of_member(member)

    with nothing_written():
        refusals = [
            member.add(points=5),
            member.add(purchaseAmount=0.01),  # it would earn nothing either
            member.redeem(5),
            *(member.sync(action, 5) for action in ("add", "redeem", "set")),
        ]

    for refused in refusals:
        assert_refused(
            refused,
            403,
            "MEMBER_SUSPENDED",
            member.ids,
            message=f"User {member.user_id} is suspended.",
        )
    assert stored.of_member(member) == before


def test_a_take_back_is_never_refused(member: Member) -> None:
    entry = stored.entries(member)[0]
    suspend(member)

    booking = balances.take_back(
        callers.acting_for(member.merchant.account_id),
        program_id=member.program_id,
        user_id=member.user_id,
        store_id=None,
        entry_id=entry.entry_id,
        units=40,
        transaction_id="return_1",
        description="Return",
    )

    assert booking.entry is not None
    assert (booking.entry.kind, member.balance()["currentBalance"]) == (EntryKind.REVERSE, 60)
    stored.assert_sound(member)


def test_points_expire_as_usual(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member(balance=100, pointsExpiry={"afterDays": 10, "alertDays": 0})
    suspend(member)

    frozen_clock.advance(days=12)
    member_calendar.run()

    assert stored.units(member) == [100, -100]
    assert member.balance()["status"] == "suspended"
    stored.assert_sound(member)


def test_a_second_time_changes_nothing(member: Member) -> None:
    first = suspend(member)
    with nothing_written():
        second = suspend(member, reason="Another")

    assert (second.status, second.body) == (200, first.body)
    assert member.balance()["statusReason"] == REASON


def test_a_key_is_answered_as_at_first(member: Member) -> None:
    first = suspend(member, "k1")
    member.api.ok("reactivateMember", {**member.ids, "reason": "Cleared"})
    with nothing_written():
        again = suspend(member, "k1")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert member.balance()["status"] == "active"


def test_tells_of_each_membership_without_the_reason(member: Member) -> None:
    suspend(member)
    suspend(member)

    (event,) = stored.events(member.merchant.store_id, "member.suspended")
    assert event["data"] == {
        **member.ids,
        "memberId": member.membership_id,
        "status": "suspended",
    }


def test_refuses_who_is_no_member(member: Member) -> None:
    with nothing_written():
        refusals = [
            suspend(member.other("user_2")),
            member.api(ACTION, {"userId": "user_2", "reason": REASON}),
        ]
        unknown = suspend(member, programId="lp_absent")

    for refused in refusals:
        assert_refused(refused, 404, "MEMBERSHIP_NOT_FOUND", message="User user_2 is not enrolled.")
    assert_refused(unknown, 404, "PROGRAM_NOT_FOUND")


def test_needs_a_reason(member: Member) -> None:
    with nothing_written():
        assert_invalid(member.api(ACTION, member.ids), reason="is required")


@pytest.mark.parametrize("turn", range(3))
def test_a_race_with_a_redemption_is_decided_by_the_commit(member: Member, turn: int) -> None:
    with ThreadPoolExecutor(6) as pool:
        racing = [
            pool.submit(member.redeem, 10, transactionId=f"t{turn}_{index}") for index in range(4)
        ]
        suspended = pool.submit(suspend, member)
        racing += [pool.submit(member.redeem, 10, transactionId=f"t{turn}_late")]
        answers = [each.result() for each in racing]

    assert suspended.result().status == 200
    spent = [each for each in answers if each.status == 200]
    refused = [each for each in answers if each.status != 200]
    assert all(each.error == "MEMBER_SUSPENDED" for each in refused)
    assert member.balance()["currentBalance"] == 100 - 10 * len(spent)
    assert stored.membership(member).absences[0].began_at is not None
    assert member.redeem(10).error == "MEMBER_SUSPENDED"
    stored.assert_sound(member)


def test_the_sandbox_suspends_nobody(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"userId": "u1", "programId": "lp_1", "reason": "x"})
        absent = merchant.sandbox(ACTION, {"userId": "user_not_enrolled", "reason": "x"})

    assert answer.body["memberships"] == [
        {"programId": "lp_1", "memberId": "lp_1_u1", "status": "suspended"}
    ]
    assert_refused(absent, 404, "MEMBERSHIP_NOT_FOUND")
