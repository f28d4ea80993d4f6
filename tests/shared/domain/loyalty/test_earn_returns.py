"""Returns of an earn: whatever their order and parts, together they take the one share."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import earn_returns, ledger
from shared.domain.loyalty.earn_returns import NOTHINGS_MAX, EarnReturns, Returned
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.programs import Program
from shared.errors import IdempotencyKeyReused, InvalidParameters, ReturnExceedsPurchase
from tests.support.strategies import NOW, make_membership, make_program

PROGRAM: Program = make_program()
NONE = EarnReturns("acc_1", PROGRAM.program_id)


def earned(units: int, paid_minor: int) -> Entry:
    paid = None if paid_minor == 0 else str(Decimal(paid_minor).scaleb(-2))
    cause = Cause(entry_id="le_1", fingerprint="f", now=NOW, purchase_amount=paid)
    return ledger.earn(make_membership(PROGRAM), PROGRAM, units, cause)[1]


@given(
    st.integers(1, 10_000),
    st.integers(1, 100_000),
    st.lists(
        st.one_of(
            st.tuples(st.just("money"), st.integers(1, 20_000)),
            st.tuples(st.just("points"), st.integers(1, 2_000)),
        ),
        max_size=30,
    ),
)
def test_parts_take_what_all_of_them_take(
    units: int, paid_minor: int, parts: list[tuple[str, int]]
) -> None:
    earn, after, taken, money, points = earned(units, paid_minor), NONE, 0, 0, 0
    for kind, size in parts:
        amount = Decimal(size).scaleb(-2) if kind == "money" else None
        told = Returned("r", "f", amount, None if amount is not None else Decimal(size))
        fits = money + size <= paid_minor if kind == "money" else taken + size <= units
        if not fits:
            with pytest.raises(ReturnExceedsPurchase):
                earn_returns.after(after, earn, PROGRAM, told)
            continue
        after, took = earn_returns.after(after, earn, PROGRAM, told)
        assert took >= 0
        taken += took
        money += size if kind == "money" else 0
        points += size if kind == "points" else 0
        assert taken == min(units, points + units * money // paid_minor)
        assert after.asked_units == taken
    if taken < units or money < paid_minor:
        _, rest = earn_returns.after(after, earn, PROGRAM, Returned("r", "f"))
        assert taken + rest == units


def test_a_hundred_cents_take_what_a_euro_takes() -> None:
    earn, after, taken = earned(285, 2850), NONE, 0
    for _ in range(100):
        after, took = earn_returns.after(after, earn, PROGRAM, Returned("r", "f", Decimal("0.01")))
        taken += took

    assert taken == 10
    assert earn_returns.after(NONE, earn, PROGRAM, Returned("r", "f", Decimal(1)))[1] == taken


def test_a_gift_has_no_money_that_comes_back() -> None:
    with pytest.raises(InvalidParameters):
        earn_returns.after(NONE, earned(10, 0), PROGRAM, Returned("r", "f", Decimal(1)))


def test_remembers_what_took_nothing_up_to_a_bound() -> None:
    told = Returned("r1", "f")
    after = NONE.with_nothing(told, 3)

    assert after.nothing_units(told) == 3
    assert after.nothing_units(Returned("r2", "f")) is None
    with pytest.raises(IdempotencyKeyReused):
        after.nothing_units(Returned("r1", "g"))
    full = replace(NONE, nothings={str(each): "f:0" for each in range(NOTHINGS_MAX)})
    with pytest.raises(InvalidParameters):
        full.with_nothing(told, 3)
