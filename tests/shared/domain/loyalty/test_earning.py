"""What a purchase earns: exact decimals, floored once, and the reason when it is less."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain.loyalty import earning_base, ledger
from shared.domain.loyalty.counters import day_of
from shared.domain.loyalty.earning import (
    Award,
    Earner,
    award_for_more,
    award_for_purchase,
    with_award,
)
from shared.domain.loyalty.earning_base import EarningBase, LineType, PurchaseLine, of_amount
from shared.domain.loyalty.programs import (
    CashbackRules,
    EarningLimits,
    PointsRules,
    StampsRules,
    Tier,
    TierRules,
    WhenExceeded,
)
from shared.errors import InvalidParameters
from tests.support.strategies import (
    CASHBACK,
    NOW,
    POINTS,
    STAMPS,
    TIERED,
    TIERS,
    make_cause,
    make_membership,
    make_program,
)

AMOUNTS = st.decimals(min_value=0, max_value=10_000_000, places=10)
RATES = st.decimals(min_value="0.0001", max_value=100_000, places=4)
PERCENTAGES = st.decimals(min_value="0.01", max_value=100, places=2)
NO_MINIMUM = PointsRules(points_per_euro=Decimal(10))


def award(rules: object, amount: str, **fields: object) -> Award:
    return award_for_purchase(make_program(rules, **fields), of_amount(Decimal(amount)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "units"),
    [("9.99", 99), ("10.00", 100), ("5", 50), ("5.00", 50), ("5.09", 50), ("5.10", 51)],
)
def test_points_are_floored(amount: str, units: int) -> None:
    assert award(POINTS, amount) == Award(units, units)


def test_lines_are_added_exactly() -> None:
    lines = [PurchaseLine(Decimal("0.1")), PurchaseLine(Decimal("0.2"))]
    assert award_for_purchase(make_program(NO_MINIMUM), lines) == Award(3, 3)


def test_a_purchase_below_the_minimum_earns_nothing_and_says_so() -> None:
    assert award(POINTS, "4.99") == Award(0, 0, reason="minimum_purchase")
    assert award(POINTS, "4.9999999999") == Award(0, 0, reason="minimum_purchase")
    assert award(POINTS, "5.00") == Award(50, 50)


def test_the_minimum_holds_for_tier_and_cashback_programs_too() -> None:
    tiered = replace(TIERED, minimum_purchase=Decimal(5))
    cashback = replace(CASHBACK, minimum_purchase=Decimal(5))
    assert award(tiered, "4.99") == Award(0, 0, reason="minimum_purchase")
    assert award(tiered, "5") == Award(50, 50)
    assert award(cashback, "4.99") == Award(0, 0, reason="minimum_purchase")
    assert award(cashback, "5") == Award(15, 15)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("200.00", Award(600, 500, capped_by="maxCashbackPerTransaction")),
        ("166.67", Award(500, 500)),
        ("166.99", Award(500, 500)),
        ("167.00", Award(501, 500, capped_by="maxCashbackPerTransaction")),
        ("0.33", Award(0, 0, reason="below_one_unit")),
        ("0.34", Award(1, 1)),
        ("19.99", Award(59, 59)),
    ],
)
def test_cashback_is_a_floored_percentage_up_to_the_cap(amount: str, expected: Award) -> None:
    assert award(CASHBACK, amount) == expected


@pytest.mark.parametrize(
    ("currency", "amount", "units"),
    [("EUR", "9.99", 29), ("JPY", "999", 29), ("KWD", "9.999", 299)],
)
def test_cashback_counts_in_the_smallest_unit_of_the_currency(
    currency: str, amount: str, units: int
) -> None:
    uncapped = CashbackRules(cashback_percentage=Decimal(3))
    assert award(uncapped, amount, currency=currency) == Award(units, units)


@pytest.mark.parametrize(("currency", "cap_units"), [("EUR", 500), ("JPY", 5), ("KWD", 5000)])
def test_the_cap_is_money_of_the_currency(currency: str, cap_units: int) -> None:
    capped = award(CASHBACK, "1000000", currency=currency)
    assert capped.awarded_units == cap_units
    assert capped.capped_by == "maxCashbackPerTransaction"


@pytest.mark.parametrize("amount", ["0.01", "1", "1000000"])
def test_stamps_do_not_depend_on_the_amount(amount: str) -> None:
    assert award(STAMPS, amount) == Award(1, 1)
    assert award(StampsRules(10, stamps_per_purchase=3), amount) == Award(3, 3)


@pytest.mark.parametrize("rules", [POINTS, STAMPS, CASHBACK, TIERED])
@pytest.mark.parametrize("amount", ["0", "0.00", "-1"])
def test_nothing_paid_earns_nothing(rules: object, amount: str) -> None:
    assert award(rules, amount) == Award(0, 0, reason="nothing_paid")


def test_a_purchase_of_what_is_excluded_earns_nothing_and_says_so() -> None:
    program = make_program(NO_MINIMUM)
    gift_card = PurchaseLine(Decimal(50), LineType.GIFT_CARD)
    assert award_for_purchase(program, [gift_card]) == Award(0, 0, reason="nothing_that_earns")
    stamps = make_program(STAMPS)
    assert award_for_purchase(stamps, [gift_card]) == Award(0, 0, reason="nothing_that_earns")
    everything = replace(program, earning_base=EarningBase(excluded_types=()))
    assert award_for_purchase(everything, [gift_card]) == Award(500, 500)


def test_the_minimum_is_judged_by_what_earns() -> None:
    coffee = PurchaseLine(Decimal("4.99"))
    gift_card = PurchaseLine(Decimal(50), LineType.GIFT_CARD)
    short = award_for_purchase(make_program(POINTS), [coffee, gift_card])
    assert short == Award(0, 0, reason="minimum_purchase")


def test_less_than_a_unit_is_said_to_be_too_little() -> None:
    assert award(NO_MINIMUM, "0.09") == Award(0, 0, reason="below_one_unit")
    assert award(NO_MINIMUM, "0.10") == Award(1, 1)


def test_an_award_above_what_one_request_may_add_is_refused() -> None:
    generous = PointsRules(points_per_euro=Decimal(1000))
    assert award(generous, "1000000") == Award(1_000_000_000, 1_000_000_000)
    with pytest.raises(InvalidParameters) as refused:
        award(generous, "1000000.001")
    assert refused.value.details == {
        "fields": {"purchaseAmount": "earns more than 1000000000 units"}
    }


@given(AMOUNTS, RATES, st.booleans())
def test_points_are_the_exact_product_less_a_fraction_of_one(
    amount: Decimal, rate: Decimal, tiered: bool
) -> None:
    rules = TierRules(rate, TIERS) if tiered else PointsRules(rate)
    exact = Fraction(amount) * Fraction(rate)
    assume(exact // 1 <= 1_000_000_000)
    granted = award_for_purchase(make_program(rules), of_amount(amount))
    assert granted.requested_units == granted.awarded_units == exact // 1
    assert type(granted.awarded_units) is int
    assert type(granted.requested_units) is int


@given(AMOUNTS, PERCENTAGES, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_cashback_is_the_exact_share_less_a_fraction_of_one(
    amount: Decimal, percentage: Decimal, currency: str
) -> None:
    program = make_program(CashbackRules(percentage), currency=currency)
    exact = Fraction(amount) * Fraction(percentage) / 100 * 10**program.scale
    assume(exact // 1 <= 1_000_000_000)
    granted = award_for_purchase(program, of_amount(amount))
    assert granted.requested_units == granted.awarded_units == exact // 1
    assert type(granted.awarded_units) is int


@given(AMOUNTS, PERCENTAGES, st.decimals(min_value="0.01", max_value=1_000_000, places=2))
def test_cashback_never_exceeds_the_cap(amount: Decimal, percentage: Decimal, cap: Decimal) -> None:
    program = make_program(CashbackRules(percentage, cap))
    granted = award_for_purchase(program, of_amount(amount))
    assert Fraction(granted.awarded_units, 100) <= Fraction(cap)
    assert (granted.capped_by is not None) == (granted.awarded_units < granted.requested_units)


MULTIPLIERS = st.decimals(min_value="0.01", max_value=100, places=4)
LIMITS = st.none() | st.integers(1, 5_000).map(Decimal)


@given(st.decimals(min_value="0.01", max_value=10_000, places=2), MULTIPLIERS)
def test_the_multiplier_of_a_tier_is_applied_before_rounding(
    amount: Decimal, multiplier: Decimal
) -> None:
    program = make_program(TierRules(Decimal("1.5"), (Tier("Gold", 0, multiplier),)))
    earner = Earner(make_membership(program), NOW)

    granted = award_for_purchase(program, of_amount(amount), earner)

    exact = Fraction(amount) * Fraction("1.5") * Fraction(multiplier)
    assert granted.awarded_units == exact // 1


@given(
    st.lists(st.tuples(st.integers(1, 3_000), st.integers(0, 100)), max_size=30),
    LIMITS,
    LIMITS,
    LIMITS,
    st.sampled_from(WhenExceeded),
)
def test_limits_are_never_exceeded_and_never_cut_more_than_needed(
    purchases: list[tuple[int, int]],
    per_booking: Decimal | None,
    per_day: Decimal | None,
    per_month: Decimal | None,
    when_exceeded: WhenExceeded,
) -> None:
    limits = EarningLimits(per_booking, per_day, per_month, when_exceeded)
    program = make_program(PointsRules(Decimal(1)), earning_limits=limits)
    membership, now = make_membership(program), NOW
    days: Counter[str] = Counter()
    months: Counter[str] = Counter()
    for number, (amount, hours) in enumerate(purchases):
        now += timedelta(hours=hours)
        award = award_for_purchase(program, of_amount(Decimal(amount)), Earner(membership, now))
        day = day_of(now, program.time_zone)
        rooms = [
            per_booking,
            None if per_day is None else per_day - days[day],
            None if per_month is None else per_month - months[day[:7]],
        ]
        room = min((int(each) for each in rooms if each is not None), default=amount)
        fits = amount <= room
        cut = 0 if when_exceeded is WhenExceeded.REJECT else room
        assert award.awarded_units == (amount if fits else cut)
        assert (award.capped_by is None) is fits
        if award.awarded_units:
            cause = with_award(make_cause(f"le_{number}", now=now), award)
            membership, _ = ledger.earn(membership, program, award.awarded_units, cause)
            days[day] += award.awarded_units
            months[day[:7]] += award.awarded_units
    assert all(per_day is None or each <= per_day for each in days.values())
    assert all(per_month is None or each <= per_month for each in months.values())


def more(before: str, after: str, *, held_units: int = 0, **fields: object) -> tuple[Award, int]:
    program = make_program(NO_MINIMUM, **fields)
    old, new = (
        earning_base.shares(program.earning_base, of_amount(Decimal(each)))
        for each in (before, after)
    )
    earner = Earner(make_membership(program), NOW)
    return award_for_more(program, old, new, earner, held_units)


@given(before=AMOUNTS, after=AMOUNTS)
def test_additions_earn_what_the_sum_earns_more(before: Decimal, after: Decimal) -> None:
    assume(max(before, after) < 1_000_000)
    program = make_program(NO_MINIMUM)
    earned = [
        award_for_purchase(program, of_amount(each)).awarded_units for each in (before, after)
    ]

    award, refused_units = more(str(before), str(after))

    assert (award.awarded_units, refused_units) == (earned[1] - earned[0], 0)


def test_limits_of_a_booking_are_for_the_sum_and_limits_of_a_day_for_what_is_more() -> None:
    booking = EarningLimits(max_per_booking=Decimal(70))
    award, refused_units = more("5", "10", earning_limits=booking)
    assert (award.awarded_units, award.capped_by, refused_units) == (20, "maxPerBooking", 0)

    day = EarningLimits(max_per_day=Decimal(30))
    award, refused_units = more("5", "10", earning_limits=day)
    assert (award.awarded_units, award.capped_by, refused_units) == (30, "maxPerDay", 20)
    # What the member has of the purchase already is not cut again.
    award, refused_units = more("0", "10", held_units=50, earning_limits=day)
    assert (award.awarded_units, award.capped_by, refused_units) == (80, "maxPerDay", 20)
    assert award.made_of is not None
    assert award.made_of.counted_day == "2026-03-03"


def test_what_is_more_is_made_of_what_is_more() -> None:
    award, _ = more("5", "12.5")

    assert award.made_of is not None
    assert (award.made_of.base, award.made_of.base_points) == ("7.5", "75")


def test_goods_that_are_more_never_earn_less() -> None:
    """A limit that refuses bookings as a whole refuses the sum; what was granted stays."""
    limits = EarningLimits(max_per_booking=Decimal(70), when_exceeded=WhenExceeded.REJECT)

    award, _ = more("5", "10", earning_limits=limits)

    assert (award.awarded_units, award.requested_units) == (0, 0)
    assert award.capped_by == "maxPerBooking"
