"""How a member stands: what follows from suspending, reactivating, leaving and coming back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import ledger, standing
from shared.domain.loyalty.entries import EntryKind
from shared.domain.loyalty.membership import Absence, Membership, MembershipStatus
from shared.errors import MembershipClosed, MemberSuspended
from tests.support.strategies import NOW, make_cause, make_membership, make_program

PROGRAM = make_program()
LATER = NOW + timedelta(days=1)
ACTIVE, SUSPENDED, LEFT, MERGED = MembershipStatus


def rich(status: MembershipStatus = ACTIVE) -> Membership:
    membership, _ = ledger.earn(make_membership(PROGRAM), PROGRAM, 100, make_cause("le_0"))
    return replace(membership, status=status)


def test_a_suspension_lasts_until_it_is_lifted() -> None:
    suspended = standing.suspended(rich(), "Fraud", NOW)
    again = standing.suspended(suspended, "Another", LATER)
    lifted = standing.reactivated(again, "Cleared", LATER)

    assert (suspended.status, suspended.status_reason) == (SUSPENDED, "Fraud")
    assert again is suspended
    assert (lifted.status, lifted.status_reason) == (ACTIVE, "Cleared")
    assert lifted.absences == (Absence(NOW, LATER),)
    assert standing.reactivated(lifted, "Again", LATER) is lifted
    assert lifted.balance_units == 100


def test_who_left_comes_back_with_all_points() -> None:
    left = standing.left(rich(), NOW)
    back = standing.reopened(left, LATER)

    assert (left.status, left.left_at, left.balance_units) == (LEFT, NOW, 100)
    assert standing.left(left, LATER) is left
    assert (back.status, back.left_at, back.balance_units) == (ACTIVE, None, 100)
    assert standing.reopened(back, LATER) is back


def test_leaving_does_not_end_a_suspension() -> None:
    gone = standing.left(standing.suspended(rich(), "Fraud", NOW), NOW)

    assert (gone.status, gone.left_at) == (SUSPENDED, NOW)
    with pytest.raises(MemberSuspended):
        standing.reopened(gone, LATER)
    lifted = standing.reactivated(gone, "Cleared", LATER)
    assert lifted.status is LEFT
    assert lifted.absences == (Absence(NOW),)
    assert standing.reopened(lifted, LATER).status is ACTIVE


@pytest.mark.parametrize("change", [standing.left, standing.reopened])
def test_a_merged_membership_stays_closed(
    change: Callable[[Membership, datetime], Membership],
) -> None:
    with pytest.raises(MembershipClosed):
        change(rich(MERGED), NOW)
    assert standing.suspended(rich(MERGED), "Fraud", NOW).status is MERGED


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(SUSPENDED, MemberSuspended), (LEFT, MembershipClosed), (MERGED, MembershipClosed)],
)
def test_only_active_members_earn_and_spend(
    status: MembershipStatus, refusal: type[Exception]
) -> None:
    membership = rich(status)
    for book in (ledger.earn, ledger.redeem, ledger.set_balance):
        with pytest.raises(refusal):
            book(membership, PROGRAM, 10, make_cause("le_1"))


@pytest.mark.parametrize("status", [SUSPENDED, LEFT])
def test_reversals_and_expiries_happen_to_all(status: MembershipStatus) -> None:
    earned, entry = ledger.earn(
        make_membership(PROGRAM), PROGRAM, 100, make_cause("le_1"), expires_at=LATER
    )
    spent, redemption = ledger.redeem(earned, PROGRAM, 30, make_cause("le_2"))
    membership = replace(spent, status=status)

    for original in (entry, redemption):
        booked = ledger.reverse(membership, PROGRAM, original, 10, make_cause("le_3"))
        assert booked is not None
        assert booked[1].kind is EntryKind.REVERSE
    expired = ledger.expire(membership, PROGRAM, make_cause("le_3", now=LATER))
    assert expired is not None
    assert expired[0].balance_units == 0
    assert expired[0].status is status


def test_nothing_at_all_is_booked_on_a_merged_membership() -> None:
    earned, entry = ledger.earn(make_membership(PROGRAM), PROGRAM, 100, make_cause("le_1"))

    with pytest.raises(MembershipClosed):
        ledger.reverse(replace(earned, status=MERGED), PROGRAM, entry, 10, make_cause("le_2"))


CHANGES: dict[str, Callable[[Membership, datetime], Membership]] = {
    "suspend": lambda each, now: standing.suspended(each, "Fraud", now),
    "reactivate": lambda each, now: standing.reactivated(each, "Cleared", now),
    "leave": standing.left,
    "return": standing.reopened,
}


@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=60))
def test_whatever_happens_the_absences_tell_when_it_was_not_active(names: list[str]) -> None:
    membership, is_suspended, has_left, was_active = rich(), False, False, []
    for hour, name in enumerate(names):
        now = NOW + timedelta(hours=hour)
        if name == "return" and is_suspended and has_left:
            with pytest.raises(MemberSuspended):
                CHANGES[name](membership, now)
        else:
            membership = CHANGES[name](membership, now)
            is_suspended = {"suspend": True, "reactivate": False}.get(name, is_suspended)
            has_left = {"leave": True, "return": False}.get(name, has_left)
        was_active.append((now, not is_suspended and not has_left))
        assert membership.is_active is was_active[-1][1]

    assert len(membership.absences) <= standing.ABSENCES_MAX
    since = membership.absences[0].began_at if membership.absences else NOW
    for moment, is_active in was_active:
        if moment >= since:
            assert membership.was_absent_at(moment) is not is_active
