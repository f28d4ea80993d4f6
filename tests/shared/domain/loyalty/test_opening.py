"""Opening balances: what a member brings along is added once, and expires as the program says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, due, ledger, opening
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.expiry import PointsExpiry
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.opening import Opening
from shared.domain.loyalty.programs import Program
from shared.errors import MembershipClosed, MemberSuspended, OpeningBalanceBooked, ProgramInactive
from tests.support.strategies import NOW, TIERED, make_cause, make_membership, make_program

PROGRAM = make_program(TIERED)


def book(
    membership: Membership, found: Opening, program: Program = PROGRAM
) -> tuple[Membership, tuple[Entry, ...]]:
    cause = found.cause(program, NOW, key_hash=None, source=None)
    return opening.book(membership, program, found, cause)


@given(
    had=st.integers(0, 500),
    units=st.integers(0, 5000),
    more=st.integers(0, 5000),
    days=st.none() | st.integers(0, 800),
)
def test_adds_to_what_is_there(had: int, units: int, more: int, days: int | None) -> None:
    program = replace(PROGRAM, points_expiry=PointsExpiry(365, 0))
    before = make_membership(program)
    entries = []
    if had:
        before, entry = ledger.earn(before, program, had, make_cause("le_1"))
        entries.append(entry)
    if units + more == 0:
        return
    earned_at = None if days is None else NOW - timedelta(days=days)

    after, booked = book(before, Opening(units, units + more, earned_at), program)

    expires_at = due.expires_at(program, earned_at or NOW)
    assert expires_at is not None
    has_expired = units > 0 and expires_at <= NOW
    assert after.balance_units == had + (0 if has_expired else units)
    assert after.lifetime_units == before.lifetime_units + units + more
    assert (after.earned_units, after.adjusted_units) == (before.earned_units, units)
    kinds = [EntryKind.ADJUST, EntryKind.EXPIRE] if has_expired else [EntryKind.ADJUST]
    assert [each.kind for each in booked] == kinds
    assert booked[0].lot_expires_at == (expires_at if units else None)
    assert chain.find_break([*entries, *booked], after.head_hash) is None


def test_is_the_same_by_its_amounts() -> None:
    _, (entry,) = book(make_membership(PROGRAM), Opening(5, 9))

    def is_booked(found: Opening) -> bool:
        return opening.is_booked([entry], found.cause(PROGRAM, NOW, key_hash="k", source=None))

    assert is_booked(Opening(5, 9))
    for other in (Opening(5, 10), Opening(4, 9), Opening(5, 9, NOW)):
        with pytest.raises(OpeningBalanceBooked):
            is_booked(other)
    assert not opening.is_booked([], Opening(5, 9).cause(PROGRAM, NOW, key_hash=None, source=None))


def test_is_refused_like_any_grant() -> None:
    member = make_membership(PROGRAM)
    with pytest.raises(ProgramInactive):
        book(member, Opening(5, 5), replace(PROGRAM, is_active=False))
    with pytest.raises(MemberSuspended):
        book(replace(member, status=MembershipStatus.SUSPENDED), Opening(5, 5))
    with pytest.raises(MembershipClosed):
        book(replace(member, status=MembershipStatus.LEFT), Opening(5, 5))
