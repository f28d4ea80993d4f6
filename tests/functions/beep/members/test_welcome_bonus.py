"""The welcome bonus: once, with the enrolment, whoever enrols; to verified customers only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domain.loyalty.entries import EntryKind
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_refused, nothing_written

ACTION = "enrollInLoyaltyProgram"
UNVERIFIED: dict[str, Any] = {"email": "anna@example.com", "email_verified": False}


def guest(merchant: Merchant, program_type: str = "points", **fields: Any) -> Member:
    program_id = merchant.program(program_type, **{"welcomeBonus": 50, **fields})
    return Member(merchant, program_id, "user_1")


def join(member: Member, key: str | None = None, **sign_in: Any) -> Answer:
    """Join as the customer."""
    api = member.merchant.customer(member.user_id, **sign_in)
    return api(ACTION, {"programId": member.program_id}, idempotency_key=key)


def test_comes_with_the_enrolment(merchant: Merchant) -> None:
    member = guest(merchant)

    answer = member.enroll()

    assert (answer["currentBalance"], answer["welcomeBonus"]) == (50, 50)
    assert answer["awaitsWelcomeBonus"] is False
    (entry,) = stored.entries(member)
    assert (entry.kind, entry.units, entry.earning_method) == (EntryKind.EARN, 50, "welcome")
    assert (entry.description, entry.lot_expires_at) == ("Welcome bonus", None)
    stored.assert_sound(member)


def test_is_in_the_unit_of_the_program_and_expires_like_other_points(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    expiry = {"afterDays": 10, "alertDays": 0}
    member = guest(merchant, "cashback", welcomeBonus=2.5, pointsExpiry=expiry)

    assert member.enroll()["welcomeBonus"] == 2.5
    frozen_clock.advance(days=12)
    assert member.balance()["currentBalance"] == 0


def test_raises_the_tier(merchant: Merchant) -> None:
    member = guest(merchant, "tier", welcomeBonus=500)

    assert member.enroll()["currentTier"] == "Silber"


def test_comes_once_also_after_leaving_and_coming_back(merchant: Merchant) -> None:
    member = guest(merchant)
    member.enroll()
    for _ in range(2):
        member.api.ok("leaveLoyaltyProgram", member.ids)
        answer = member.enroll()
        assert (answer["welcomeBonus"], answer["currentBalance"]) == (0, 50)

    with nothing_written():
        member.enroll()
    assert stored.units(member) == [50]


def test_many_at_once_get_one(merchant: Merchant) -> None:
    member = guest(merchant)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: member.enroll(), range(8)))

    assert sorted(each["welcomeBonus"] for each in answers) == [0] * 7 + [50]
    assert stored.units(member) == [50]
    stored.assert_sound(member)


def test_a_key_is_answered_as_at_first(merchant: Merchant) -> None:
    member = guest(merchant)
    first = member.api(ACTION, member.ids, idempotency_key="k1")
    member.redeem(20)
    with nothing_written():
        again = member.api(ACTION, member.ids, idempotency_key="k1")

    assert (again.body, again.is_replay) == (first.body, True)


@pytest.mark.parametrize(("action", "units"), [("add", [50, 10]), ("set", [50, -40])])
def test_a_sync_that_enrols_grants_it_once(
    merchant: Merchant, action: str, units: list[int]
) -> None:
    member = guest(merchant)
    for _ in range(2):
        assert member.sync(action, 10, externalTransactionId="t1").status == 200

    assert stored.units(member) == units
    assert member.enroll()["welcomeBonus"] == 0
    stored.assert_sound(member)


def test_who_is_a_member_already_gets_none(merchant: Merchant) -> None:
    member = guest(merchant, welcomeBonus=0)
    member.enroll()
    body = {"programId": member.program_id, "welcomeBonus": 50}
    member.api.ok("updateLoyaltyProgram", body)

    assert member.enroll()["welcomeBonus"] == 0
    assert member.other("user_2").enroll()["welcomeBonus"] == 50
    assert stored.units(member) == []


def test_a_verified_customer_gets_it(merchant: Merchant) -> None:
    answer = join(guest(merchant))

    assert (answer.status, answer.body["welcomeBonus"]) == (200, 50)


def test_an_unverified_customer_may_not_join(merchant: Merchant) -> None:
    member = guest(merchant)

    with nothing_written():
        answer = join(member, **UNVERIFIED)

    details = {"programId": member.program_id}
    assert_refused(answer, 403, "VERIFICATION_REQUIRED", details)
    assert stored.of_member(member)["membership"] is None


def test_an_unverified_customer_gets_it_once_verified(merchant: Merchant) -> None:
    member = guest(merchant, allowsUnverified=True)

    first = join(member, "k1", **UNVERIFIED)
    again = join(member, **UNVERIFIED)
    verified = [join(member) for _ in range(2)]

    assert (first.body["welcomeBonus"], first.body["awaitsWelcomeBonus"]) == (0, True)
    assert again.body["awaitsWelcomeBonus"] is True
    assert [each.body["welcomeBonus"] for each in verified] == [50, 0]
    assert [each.body["awaitsWelcomeBonus"] for each in verified] == [False, False]
    repeated = join(member, "k1", **UNVERIFIED)
    assert (repeated.body, repeated.is_replay) == (first.body, True)
    assert stored.units(member) == [50]
    stored.assert_sound(member)


def test_a_suspended_member_waits_for_it(merchant: Merchant) -> None:
    member = guest(merchant, allowsUnverified=True)
    join(member, **UNVERIFIED)
    member.api.ok("suspendMember", {**member.ids, "reason": "Missbrauch"})

    assert join(member).body["welcomeBonus"] == 0
    member.api.ok("reactivateMember", {**member.ids, "reason": "Cleared"})
    assert join(member).body["welcomeBonus"] == 50


@pytest.mark.parametrize(
    ("program_type", "bonus", "problem"),
    [
        ("points", 0.5, "must be a whole number"),
        ("points", -1, "must be at least 0"),
        ("cashback", 0.001, "must be a number with at most 2 decimals"),
    ],
)
def test_refuses_a_bonus_that_the_program_cannot_give(
    merchant: Merchant, program_type: str, bonus: float, problem: str
) -> None:
    program_id = merchant.program(program_type)
    with nothing_written():
        answer = merchant.api(
            "updateLoyaltyProgram", {"programId": program_id, "welcomeBonus": bonus}
        )

    assert (answer.status, answer.body["details"]["fields"]) == (400, {"welcomeBonus": problem})
