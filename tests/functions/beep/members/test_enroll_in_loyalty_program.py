"""enrollInLoyaltyProgram: one membership for a user, however often they join."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from shared import clock
from shared.domain.members.member import MemberStatus
from shared.store import client, paths
from shared.store.members import member_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "enrollInLoyaltyProgram"
NOW = "2026-03-03T12:00:00.000Z"


@pytest.fixture
def guest(frozen_clock: Clock, merchant: Merchant) -> Member:
    """Somebody who is not a member yet, at noon of the 3rd of March."""
    assert frozen_clock.now.hour == 12
    return Member(merchant, merchant.program("points"), "user_1")


def enroll(member: Member, idempotency_key: str | None = None, **fields: Any) -> Answer:
    return member.api(ACTION, {**member.ids, **fields}, idempotency_key=idempotency_key)


def expected(member: Member, **fields: Any) -> dict[str, Any]:
    return {
        "success": True,
        **member.ids,
        "memberId": member.membership_id,
        "status": "active",
        "currentBalance": 0,
        "welcomeBonus": 0,
        "awaitsWelcomeBonus": False,
        "currentTier": None,
        "enrolledAt": NOW,
        "alreadyEnrolled": False,
        **fields,
    }


def test_enrols(guest: Member) -> None:
    answer = enroll(guest)

    assert (answer.status, answer.body, answer.is_replay) == (200, expected(guest), False)
    assert guest.balance()["enrolledAt"] == NOW
    stored.assert_sound(guest)


def test_takes_snake_case(guest: Member) -> None:
    body = {"program_id": guest.program_id, "user_id": guest.user_id}

    assert guest.api(ACTION, body).body == expected(guest)


def test_members_of_a_tier_program_start_in_its_lowest(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = Member(merchant, merchant.program("tier"), "user_1")

    assert enroll(member).body == expected(member, currentTier="Bronze")


def test_enrolling_again_answers_with_the_same_membership(
    guest: Member, frozen_clock: Clock
) -> None:
    enroll(guest)
    guest.earn(70)
    frozen_clock.advance(days=1)

    with nothing_written():
        answer = enroll(guest)

    assert answer.status == 200
    assert answer.body == expected(guest, currentBalance=70, alreadyEnrolled=True)
    assert stored.units(guest) == [70]


def test_the_same_user_may_join_many_programs(guest: Member) -> None:
    other = Member(guest.merchant, guest.merchant.program("stamps"), guest.user_id)

    assert enroll(guest).body == expected(guest)
    assert enroll(other).body == expected(other)


def test_many_at_once_enrol_once(guest: Member) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: enroll(guest), range(10)))

    assert sorted(answer.body["alreadyEnrolled"] for answer in answers) == [False] + [True] * 9
    assert stored.membership(guest).seq == 0
    stored.assert_sound(guest)


def test_a_key_is_answered_as_at_first(guest: Member, frozen_clock: Clock) -> None:
    first = enroll(guest, "k1")
    guest.earn(70)
    frozen_clock.advance(minutes=20)

    with nothing_written():
        again = enroll(guest, "k1")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)


def test_a_key_of_one_user_is_refused_for_another(guest: Member) -> None:
    enroll(guest, "k1")
    other = guest.other("user_2")

    with nothing_written():
        answer = enroll(other, "k1")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")
    assert stored.of_member(other) == {"membership": None, "mirror": None, "entries": {}}


def test_a_key_that_was_refused_may_be_used_again(guest: Member) -> None:
    assert enroll(guest, "k1", userId="").status == 400

    assert enroll(guest, "k1").body == expected(guest)


def test_an_inactive_program_takes_no_members(merchant: Merchant) -> None:
    member = Member(merchant, merchant.program("points", isActive=False), "user_1")

    with nothing_written():
        answer = enroll(member)

    details = {"programId": member.program_id}
    message = "The program is not active."
    assert_refused(answer, 400, "PROGRAM_INACTIVE", details, message=message)


def test_refuses_an_unknown_program(guest: Member) -> None:
    with nothing_written():
        answer = enroll(guest, programId="lp_absent")

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND", message="There is no program lp_absent.")


def test_the_store_that_is_named_must_be_the_programs(guest: Member) -> None:
    with nothing_written():
        answer = enroll(guest, storeId="store_other")

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
    assert enroll(guest, storeId=guest.merchant.store_id).body == expected(guest)


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, {"programId": "is required", "userId": "is required"}),
        ({"programId": "p"}, {"userId": "is required"}),
        ({"programId": "p", "userId": 7}, {"userId": "must be a string"}),
        ({"programId": "p", "userId": None}, {"userId": "must be a string"}),
        ({"programId": "p", "userId": "u", "name": "x"}, {"name": "is not a known field"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, body: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        assert_fields_refused(merchant.api(ACTION, body), problems)
        assert_fields_refused(merchant.sandbox(ACTION, body), problems)


def test_the_sandbox_answers_with_mock_data_and_writes_nothing(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"programId": "lp_1", "userId": "u1"})

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "programId": "lp_1",
        "userId": "u1",
        "memberId": "lp_1_u1",
        "status": "active",
        "currentBalance": 0,
        "welcomeBonus": 0,
        "awaitsWelcomeBonus": False,
        "currentTier": None,
        "enrolledAt": NOW,
        "alreadyEnrolled": False,
        "_sandbox": True,
    }


def test_the_key_of_a_second_enrolment_serves_for_nothing_else(member: Member) -> None:
    second = member.api("enrollInLoyaltyProgram", member.ids, idempotency_key="k1")
    member.earn(5)
    with nothing_written():
        again = member.api("enrollInLoyaltyProgram", member.ids, idempotency_key="k1")
        other = member.other("user_2")
        refused = other.api("enrollInLoyaltyProgram", other.ids, idempotency_key="k1")

    assert (second.body["alreadyEnrolled"], second.body["currentBalance"]) == (True, 100)
    assert (again.body, again.is_replay) == (second.body, True)
    assert (refused.status, refused.error) == (409, "IDEMPOTENCY_KEY_REUSED")


def test_enrolment_writes_the_person_down(guest: Member, frozen_clock: Clock) -> None:
    enroll(guest)
    other = Member(guest.merchant, guest.merchant.program("stamps"), guest.user_id)
    frozen_clock.advance(hours=1)
    enroll(other)
    enroll(other)

    person = stored.person(guest.merchant, guest.user_id)
    assert person is not None
    assert person.program_ids == (guest.program_id, other.program_id)
    assert clock.to_wire(person.created_at) == NOW
    assert person.updated_at == frozen_clock.now


def test_many_programs_at_once_are_all_written_down(guest: Member) -> None:
    programs = [guest.merchant.program("points") for _ in range(5)]
    joining = [Member(guest.merchant, each, guest.user_id) for each in programs]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(enroll, joining))

    assert {answer.status for answer in answers} == {200}
    person = stored.person(guest.merchant, guest.user_id)
    assert person is not None
    assert sorted(person.program_ids) == sorted(programs)


def test_who_is_suspended_everywhere_joins_nothing(guest: Member) -> None:
    enroll(guest)
    other = Member(guest.merchant, guest.merchant.program("stamps"), guest.user_id)
    read = client.get_one(paths.account_member(guest.merchant.account_id, guest.user_id))
    person = member_documents.decode(read)
    assert person is not None
    suspended = replace(person, status=MemberStatus.SUSPENDED)
    client.commit([member_documents.write(read, suspended)])

    with nothing_written():
        answer = enroll(other)
        synced = other.sync("add", 10, source="crm", externalTransactionId="t1")

    assert_refused(answer, 403, "MEMBER_SUSPENDED")
    assert_refused(synced, 403, "MEMBER_SUSPENDED")
