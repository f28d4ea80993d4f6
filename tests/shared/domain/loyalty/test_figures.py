"""A program's figures: what counts, in which month, and the rate."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import figures, ledger
from shared.domain.loyalty.figures import ProgramCounters
from tests.support.strategies import make_cause, make_membership, make_program

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("moment", "time_zone", "month"),
    [
        (datetime(2026, 2, 28, 22, 59, 59, 999_000, UTC), BERLIN, "2026-02"),
        (datetime(2026, 2, 28, 23, tzinfo=UTC), BERLIN, "2026-03"),
        (datetime(2026, 3, 31, 21, 59, 59, 999_000, UTC), BERLIN, "2026-03"),
        (datetime(2026, 3, 31, 22, tzinfo=UTC), BERLIN, "2026-04"),
        (datetime(2026, 10, 31, 22, 59, 59, 999_000, UTC), BERLIN, "2026-10"),
        (datetime(2026, 10, 31, 23, tzinfo=UTC), BERLIN, "2026-11"),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), BERLIN, "2027-01"),
        (datetime(2026, 3, 1, 0, tzinfo=UTC), "UTC", "2026-03"),
        (datetime(2026, 3, 1, 4, 59, tzinfo=UTC), "America/New_York", "2026-02"),
        (datetime(2026, 3, 1, 5, tzinfo=UTC), "America/New_York", "2026-03"),
        (datetime(2026, 2, 28, 15, tzinfo=UTC), "Asia/Tokyo", "2026-03"),
    ],
)
def test_a_month_is_that_of_the_stores_calendar(
    moment: datetime, time_zone: str, month: str
) -> None:
    assert figures.month_of(moment, time_zone) == month


@pytest.mark.parametrize(
    ("redemptions", "members", "rate"),
    [
        (87, 142, "61.3"),
        (0, 0, "0"),
        (5, 0, "0"),
        (0, 142, "0.0"),
        (142, 142, "100.0"),
        (300, 142, "211.3"),
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 2000, "0.1"),
        (1, 2001, "0.0"),
        (3, 2000, "0.2"),
        (89, 160, "55.6"),
    ],
)
def test_the_rate_has_one_decimal_rounded_half_up(
    redemptions: int, members: int, rate: str
) -> None:
    assert figures.redemption_rate(redemptions, members) == Decimal(rate)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_the_rate_is_the_nearest_tenth(redemptions: int, members: int) -> None:
    rate = figures.redemption_rate(redemptions, members)
    exact = Fraction(redemptions * 100, members)
    assert -Fraction(1, 20) <= exact - Fraction(rate) < Fraction(1, 20)
    assert rate.as_tuple().exponent == -1


def test_an_earn_counts_as_issued_in_its_month() -> None:
    program = make_program()
    cause = make_cause(now=datetime(2026, 2, 28, 23, tzinfo=UTC))
    _, entry = ledger.earn(make_membership(program), program, 30, cause)
    assert figures.from_entry(entry, BERLIN) == ProgramCounters(
        issued_units=30, earned_units_by_month={"2026-03": 30}
    )
    assert figures.from_entry(entry, "UTC") == ProgramCounters(
        issued_units=30, earned_units_by_month={"2026-02": 30}
    )


def test_a_redemption_counts_once_and_by_its_units() -> None:
    program = make_program()
    membership, _ = ledger.earn(make_membership(program), program, 30, make_cause())
    _, entry = ledger.redeem(membership, program, 20, make_cause("le_2"))
    assert figures.from_entry(entry, BERLIN) == ProgramCounters(
        redemptions=1, redeemed_units_by_month={"2026-03": 20}
    )


def test_corrections_are_neither_issued_nor_redeemed() -> None:
    program = make_program()
    earned, earn = ledger.earn(make_membership(program), program, 30, make_cause())
    adjusted = ledger.set_balance(earned, program, 10, make_cause("le_2"))
    reversed_ = ledger.reverse(earned, program, earn, 30, make_cause("le_2"))
    expiring, _ = ledger.earn(earned, program, 5, make_cause("le_2"), expires_at=make_cause().now)
    expired = ledger.expire(expiring, program, make_cause("le_3"))
    for booked in (adjusted, reversed_, expired):
        assert booked is not None
        assert figures.from_entry(booked[1], BERLIN) == ProgramCounters()


def test_shards_add_up_month_by_month() -> None:
    parts = [
        ProgramCounters(1, 10, 0, {"2026-02": 4, "2026-03": 6}, {}),
        ProgramCounters(0, 5, 2, {"2026-03": 5}, {"2026-03": 7}),
        ProgramCounters(2, 0, 1, {}, {"2026-01": 1}),
    ]
    assert figures.total(parts) == ProgramCounters(
        members=3,
        issued_units=15,
        redemptions=3,
        earned_units_by_month={"2026-02": 4, "2026-03": 11},
        redeemed_units_by_month={"2026-01": 1, "2026-03": 7},
    )


def test_a_program_without_shards_counts_zero() -> None:
    assert figures.total([]) == ProgramCounters()
