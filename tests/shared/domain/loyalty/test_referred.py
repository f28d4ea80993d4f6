"""Which purchase decides a referral, whatever is bought and comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import referred
from shared.domain.loyalty.entries import Cause
from shared.domain.loyalty.referred import ReferralTerms, Referred

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
MINIMUM = Decimal(10)
OPEN = Referred("ref_1", ReferralTerms(Decimal(100), Decimal(50), MINIMUM))
AMOUNTS = st.decimals(min_value=0, max_value=50, places=2)
PURCHASES = st.lists(st.tuples(AMOUNTS, st.integers(1, 100), st.integers(0, 100)), max_size=6)


def bought(state: Referred | None, number: int, amount: Decimal, units: int) -> Referred | None:
    cause = Cause(f"le_{number}", "", NOW, purchase_amount=str(amount))
    return referred.after_purchase(state, "m", cause, units, NOW + timedelta(days=number))


def returned(state: Referred | None, number: int, units: int) -> Referred | None:
    entry: Any = SimpleNamespace(membership_id="m", entry_id=f"le_{number}")
    return referred.after_return(state, entry, units)


@given(PURCHASES)
def test_the_first_that_is_large_enough_and_stays_so_decides(
    purchases: list[tuple[Decimal, int, int]],
) -> None:
    """If each purchase comes back, as far as it does, before the next one is made."""
    state: Referred | None = OPEN
    expected = None
    for number, (amount, units, asked) in enumerate(purchases):
        back = min(asked, units)
        state = returned(bought(state, number, amount, units), number, back)
        left = amount * (units - back)
        if expected is None and back < units and left >= MINIMUM * units and amount >= MINIMUM:
            expected = f"le_{number}"
    assert state is not None
    assert (state.purchase.entry_id if state.purchase else None) == expected
    assert (state.due_at is None) is (expected is None)


@given(AMOUNTS, st.integers(1, 100), st.integers(1, 100))
def test_what_comes_back_of_others_changes_nothing(amount: Decimal, units: int, back: int) -> None:
    state = bought(OPEN, 1, amount, units)
    assert returned(state, 2, back) == state


@given(AMOUNTS, st.integers(1, 100))
def test_a_settled_or_unverified_one_is_never_due(amount: Decimal, units: int) -> None:
    settled = bought(referred.settled(OPEN), 1, amount, units)
    waiting = bought(Referred("ref_1", OPEN.terms, is_unverified=True), 1, amount, units)
    verified = referred.verified(waiting)

    assert settled is not None
    assert waiting is not None
    assert verified is not None
    assert settled.due_at is waiting.due_at is None
    assert (verified.due_at is not None) is (amount >= MINIMUM)


def test_no_referral_stays_none() -> None:
    assert bought(None, 1, Decimal(20), 5) is returned(None, 1, 5) is None
    assert referred.verified(None) is None
