"""Lots: spent in the order in which they expire, merged by it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import lots
from shared.domain.loyalty.lots import Lot

MARCH = datetime(2026, 3, 31, 22, tzinfo=UTC)
APRIL = datetime(2026, 4, 30, 22, tzinfo=UTC)
EXPIRIES = st.sampled_from([MARCH, APRIL, None])
ADDED = st.lists(st.builds(Lot, st.integers(0, 1_000), EXPIRIES), max_size=20)


def test_what_expires_first_is_spent_first_and_what_never_does_last() -> None:
    held = (Lot(100, MARCH), Lot(100, APRIL), Lot(50, None))

    assert lots.take(held, 120) == ((Lot(80, APRIL), Lot(50, None)), 0)
    assert lots.take(held, 230) == ((Lot(20, None),), 0)


def test_its_own_lot_is_taken_from_first() -> None:
    held = (Lot(100, MARCH), Lot(50, None))

    assert lots.take(held, 60, own=(None,)) == ((Lot(90, MARCH),), 0)


def test_what_is_not_there_is_missing() -> None:
    assert lots.take((Lot(30, MARCH),), 80) == ((), 50)


def test_a_lot_is_due_at_its_expiry() -> None:
    held = (Lot(100, MARCH), Lot(50, APRIL))

    assert lots.split_due(held, MARCH) == ((Lot(50, APRIL),), 100)
    assert lots.split_due(held, datetime(2026, 3, 31, 21, tzinfo=UTC)) == (held, 0)


def test_units_of_one_expiry_are_announced_together_and_early_enough() -> None:
    early, late = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 15, tzinfo=UTC)

    def alert_at(held: datetime | None, added: datetime | None) -> datetime | None:
        (lot,) = lots.add((Lot(10, MARCH, held),), Lot(5, MARCH, added))
        assert (lot.units, lot.expires_at) == (15, MARCH)
        return lot.alert_at

    assert alert_at(early, late) == alert_at(late, early) == early
    assert alert_at(None, late) == late  # announced before, but not these
    assert alert_at(late, None) == late
    assert alert_at(None, None) is None


def test_what_is_left_of_a_lot_is_still_announced() -> None:
    alert_at = datetime(2026, 3, 1, tzinfo=UTC)

    assert lots.take((Lot(100, MARCH, alert_at),), 30) == ((Lot(70, MARCH, alert_at),), 0)


@given(ADDED, st.integers(0, 30_000))
def test_adding_and_taking_keep_every_unit(added: list[Lot], units: int) -> None:
    held: lots.Lots = ()
    for lot in added:
        held = lots.add(held, lot)
    total = sum(lot.units for lot in added)

    left, missing = lots.take(held, units)

    assert sum(lot.units for lot in held) == total
    assert len({lot.expires_at for lot in held}) == len(held)
    assert all(lot.units > 0 for lot in (*held, *left))
    assert sum(lot.units for lot in left) == max(total - units, 0)
    assert missing == max(units - total, 0)
