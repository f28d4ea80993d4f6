"""Returns of an earn: whatever their order and parts, together they take the one share."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain.loyalty import earn_returns, earning, earning_base, ledger
from shared.domain.loyalty.earn_returns import NOTHINGS_MAX, EarnReturns
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.returns import Returned
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


@given(st.lists(st.tuples(st.integers(1, 3000), st.booleans()), min_size=1, max_size=8), st.data())
def test_lines_take_the_share_of_what_earned(
    sold: list[tuple[int, bool]], data: st.DataObject
) -> None:
    lines = [
        PurchaseLine(Decimal(cents).scaleb(-2), LineType.ITEM if earns else LineType.DEPOSIT)
        for cents, earns in sold
    ]
    award = earning.award_for_purchase(PROGRAM, lines)
    assume(award.awarded_units > 0)
    paid = str(earning_base.paid_amount(lines))
    cause = earning.with_award(Cause("le_1", "f", NOW, purchase_amount=paid), award)
    _, earn = ledger.earn(make_membership(PROGRAM), PROGRAM, award.awarded_units, cause)
    base_cents = sum(cents for cents, earns in sold if earns)
    after, taken, returned_cents = NONE, 0, 0
    order = data.draw(st.permutations(range(len(lines))))
    for count, index in enumerate(order, start=1):
        told = earn_returns.of_lines(f"r{index}", "f", PROGRAM, [lines[index]])
        after, took = earn_returns.after(after, earn, PROGRAM, told)
        taken += took
        returned_cents += sold[index][0] if sold[index][1] else 0
        if count < len(lines):
            assert taken == award.awarded_units * returned_cents // base_cents
    assert taken == award.awarded_units
    assert earn_returns.is_whole(after, earn, PROGRAM)


def test_lines_and_amounts_of_one_purchase_take_no_more_than_all() -> None:
    lines = (PurchaseLine(Decimal(6)), PurchaseLine(Decimal(4), LineType.DEPOSIT))
    award = earning.award_for_purchase(PROGRAM, lines)
    cause = earning.with_award(Cause("le_1", "f", NOW, purchase_amount="10"), award)
    _, earn = ledger.earn(make_membership(PROGRAM), PROGRAM, award.awarded_units, cause)
    half = earn_returns.of_lines("r1", "f", PROGRAM, [PurchaseLine(Decimal(3))])

    after, first = earn_returns.after(NONE, earn, PROGRAM, half)
    after, second = earn_returns.after(after, earn, PROGRAM, Returned("r2", "f", Decimal(5)))
    after, third = earn_returns.after(after, earn, PROGRAM, Returned("r3", "f"))

    assert (first, second, third) == (30, 30, 0)


def test_lines_of_an_earn_that_no_rule_computed_count_as_their_amount() -> None:
    told = earn_returns.of_lines("r1", "f", PROGRAM, [PurchaseLine(Decimal("2.50"))])

    assert earn_returns.after(NONE, earned(100, 1000), PROGRAM, told)[1] == 25


def test_what_had_waited_takes_what_there_is() -> None:
    too_much, earn = Returned("r", "f", Decimal(11)), earned(100, 1000)

    told = earn_returns.after_waiting(NONE, earn, PROGRAM, too_much)

    assert told is not None
    assert told[1] == 100
    assert earn_returns.after_waiting(told[0], earn, PROGRAM, too_much) is None
    assert earn_returns.after_waiting(NONE, earned(10, 0), PROGRAM, too_much) is None


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
