"""What expired at two moments is two entries, however late it is booked: so are its versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import expiry_moments, ledger
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import Membership
from tests.support.strategies import NOW, make_membership, make_program

HOUR = timedelta(hours=1)
PROGRAM = make_program()


def member(lots: dict[int, int], holds: list[tuple[int, int, int]] | None = None) -> Membership:
    """Return a member with units by the hours of their expiry, and such that are held.

    A hold says when it ends, when its lot expires, and its units.
    """
    every = tuple(Lot(units, NOW + hour * HOUR) for hour, units in sorted(lots.items()))
    held = tuple(
        Hold(f"rs_{place}", "m", (Lot(units, NOW + hour * HOUR),), NOW, NOW + end * HOUR)
        for place, (end, hour, units) in enumerate(holds or [])
    )
    units = sum(each.units for each in every) + sum(each.units for each in held)
    return replace(
        make_membership(PROGRAM),
        lots=every,
        holds=held,
        held_units=sum(each.units for each in held),
        balance_units=units,
        earned_units=units,
    )


def test_each_moment_is_an_entry() -> None:
    before = member({1: 10, 2: 20, 9: 30})
    after, entries = ledger.caught_up(before, PROGRAM, NOW + 3 * HOUR)
    assert [each.units for each in entries] == [-10, -20]
    assert [each.balance_after_units for each in entries] == [50, 30]
    assert len({each.entry_id for each in entries}) == 2
    assert (after.balance_units, after.expired_units, after.seq) == (30, 30, before.seq + 2)
    assert ledger.caught_up(after, PROGRAM, NOW + 3 * HOUR) == (after, ())


def test_what_was_held_expires_when_its_hold_ends() -> None:
    before = member({1: 10}, [(3, 1, 5), (4, 2, 7)])
    early = ledger.current(before, PROGRAM, NOW + 2 * HOUR)
    assert (early.balance_units, early.seq) == (12, before.seq + 1)
    _, entries = ledger.caught_up(before, PROGRAM, NOW + 5 * HOUR)
    assert [each.units for each in entries] == [-10, -5, -7]


def test_after_a_long_time_there_are_not_too_many() -> None:
    days = expiry_moments.MOMENTS_MAX + 10
    before = member(dict.fromkeys(range(1, days + 1), 1))
    after, entries = ledger.caught_up(before, PROGRAM, NOW + timedelta(days=365))
    assert [each.units for each in entries] == [-11] + [-1] * (expiry_moments.MOMENTS_MAX - 1)
    assert after.balance_units == 0


HOURS = st.integers(1, 8)


@given(
    st.dictionaries(HOURS, st.integers(1, 50), max_size=5),
    st.lists(st.tuples(HOURS, HOURS, st.integers(1, 50)), max_size=4),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_a_version_tells_a_balance(
    lots: dict[int, int], holds: list[tuple[int, int, int]], one: int, other: int
) -> None:
    """Whoever reads twice has the same balance if it is the same version, booked or not."""
    before = member(lots, holds)
    early, late = sorted((one, other))
    then = ledger.current(before, PROGRAM, NOW + early * HOUR)
    later = ledger.current(before, PROGRAM, NOW + late * HOUR)
    booked, _ = ledger.caught_up(before, PROGRAM, NOW + early * HOUR)
    later_booked, entries = ledger.caught_up(booked, PROGRAM, NOW + late * HOUR)

    assert (then.seq == later.seq) is (then.balance_units == later.balance_units)
    assert (booked.seq, booked.balance_units) == (then.seq, then.balance_units)
    assert (later_booked.seq, later_booked.balance_units) == (later.seq, later.balance_units)
    assert later_booked.lots == later.lots
    assert sum(each.units for each in entries) == later.balance_units - then.balance_units
    assert later == replace(
        ledger.effective(before, NOW + late * HOUR), seq=later.seq, next_due_at=later.next_due_at
    )
