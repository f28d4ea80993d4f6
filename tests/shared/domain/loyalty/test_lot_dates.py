"""The dates of lots: against a naive ledger that keeps each unit with its own date."""

from __future__ import annotations

import calendar
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, due, ledger, lot_dates, lots, proof
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.expiry import PointsExpiry, Renewal, RuleExpiry
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.lots import LOTS_MAX, Lot
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.errors import InsufficientBalance, ProgramInactive
from shared.store.codec import to_document
from tests.support.strategies import NOW, make_cause, make_membership, make_program

BERLIN = "Europe/Berlin"
LATER = datetime.max.replace(tzinfo=UTC)
EARNING, SPENDING = Renewal.EARNING, Renewal.SPENDING
YEAR = PointsExpiry(None, 30, after_months=12)
SLIDING = replace(YEAR, renewed_by=(EARNING,))
QUARTERS = ("03-31", "06-30", "09-30", "12-31")
WELCOME = RuleExpiry("welcome", PointsExpiry(30, 5))
POLICIES = {
    "none": None,
    "10 days": PointsExpiry(10, 3),
    "10 years of days": PointsExpiry(3_650, 365),
    "a year of months": YEAR,
    "10 years of months": PointsExpiry(None, 30, after_months=120),
    "3 months, to their end": PointsExpiry(None, 30, after_months=3, end_of_month=True),
    "quarters": PointsExpiry(None, 30, fixed_dates=QUARTERS),
    "the end of the next year": PointsExpiry(None, 30, after_months=12, fixed_dates=("12-31",)),
    "sliding": SLIDING,
    "sliding by all": replace(YEAR, renewed_by=(EARNING, SPENDING)),
    "sliding to quarters": PointsExpiry(10, 3, fixed_dates=QUARTERS, renewed_by=(EARNING,)),
}


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def last_day(policy: PointsExpiry, day: date) -> date:
    """Return the last day to spend points of ``day``, found by counting."""
    day += timedelta(days=policy.after_days or 0)
    first = day.replace(day=1)
    for _ in range(policy.after_months or 0):
        first = (first + timedelta(days=32)).replace(day=1)
    if policy.after_months:
        most = calendar.monthrange(first.year, first.month)[1]
        day = first.replace(day=min(day.day, most))
    while policy.end_of_month and (day + timedelta(days=1)).day != 1:
        day += timedelta(days=1)
    while policy.fixed_dates and f"{day:%m-%d}" not in policy.fixed_dates:
        day += timedelta(days=1)
    return day


@dataclass(order=True)
class Unit:
    """One unit: the midnight at which it is gone, and whether activities put that off."""

    expires_at: datetime
    renews: bool = False


@dataclass
class Books:
    """A membership, and the same by a naive ledger: a list of single units."""

    program: Program
    membership: Membership
    now: datetime = NOW
    entries: list[Entry] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    expired: int = 0

    @classmethod
    def of(cls, policy: PointsExpiry | None, *rules: RuleExpiry) -> Books:
        program = make_program(points_expiry=policy, rule_expiries=rules)
        return cls(program, make_membership(program))

    def catch_up(self) -> None:
        self.membership, made = ledger.caught_up(self.membership, self.program, self.now)
        self.entries += made
        left = [each for each in self.units if each.expires_at > self.now]
        self.expired += len(self.units) - len(left)
        self.units = left

    def book(self, booked: tuple[Membership, Entry]) -> Entry:
        self.membership, entry = booked
        self.entries.append(entry)
        return entry

    def cause(self, **facts: Any) -> Cause:
        return make_cause(f"le_{len(self.entries)}", now=self.now, **facts)

    def midnight_after(self, day: date) -> datetime:
        zone = ZoneInfo(self.program.time_zone)
        after = day + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC)

    def date_now(self, policy: PointsExpiry | None) -> datetime:
        if policy is None:
            return datetime.max.replace(tzinfo=UTC)
        today = self.now.astimezone(ZoneInfo(self.program.time_zone)).date()
        return self.midnight_after(last_day(policy, today))

    def act(self, activity: Renewal) -> None:
        policy = self.program.points_expiry
        if policy is not None and activity in policy.renewed_by:
            for unit in self.units:
                if unit.renews:
                    unit.expires_at = max(unit.expires_at, self.date_now(policy))

    def earn(self, number: int, method: str | None = None) -> None:
        self.catch_up()
        cause = self.cause(earning_method=method)
        self.book(ledger.earn(self.membership, self.program, number, cause))
        policy = self.program.points_expiry
        if method is None:
            self.act(EARNING)
        renews = policy is not None and policy.renewed_by != ()
        if method == "welcome" and self.program.rule_expiries:
            policy, renews = WELCOME.policy, False
        self.units += [Unit(self.date_now(policy), renews) for _ in range(number)]

    def redeem(self, number: int) -> None:
        self.catch_up()
        before = self.membership
        if number > len(self.units):
            with pytest.raises(InsufficientBalance):
                ledger.redeem(self.membership, self.program, number, self.cause())
            assert self.membership == before
            return
        self.book(ledger.redeem(self.membership, self.program, number, self.cause()))
        self.units = sorted(self.units)[number:]
        self.act(SPENDING)

    def extend(self, days: int) -> None:
        self.catch_up()
        until = self.midnight_after((self.now + timedelta(days=days)).date())
        booked = ledger.extend(self.membership, self.program, until, self.cause())
        meant = [each for each in self.units if each.expires_at < until]
        assert (booked is None) == (not meant)
        if booked is not None:
            assert self.book(booked).extended.units == len(meant)  # type: ignore[union-attr]
        for unit in meant:
            unit.expires_at = until

    def change(self, policy: PointsExpiry | None) -> None:
        self.program = replace(self.program, points_expiry=policy)

    def assert_right(self) -> None:
        never = datetime.max.replace(tzinfo=UTC)
        held = [
            (lot.expires_at or never, lot.renews and lot.expires_at is not None)
            for lot in self.membership.lots
            for _ in range(lot.units)
        ]
        units = [(each.expires_at, each.renews) for each in sorted(self.units)]
        assert held == units
        assert self.membership.expired_units == self.expired
        assert [*proof.sums_breaks(self.membership, self.entries)] == []
        assert chain.find_break(self.entries, self.membership.head_hash) is None


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 200)),
        st.tuples(st.just("earn"), st.integers(1, 9)),
        st.tuples(st.just("welcome"), st.integers(1, 9)),
        st.tuples(st.just("birthday"), st.integers(1, 9)),
        st.tuples(st.just("redeem"), st.integers(1, 12)),
        st.tuples(st.just("extend"), st.integers(0, 500)),
        st.tuples(st.just("change"), st.integers(0, len(POLICIES) - 1)),
    ),
    max_size=25,
)


@given(st.sampled_from([*POLICIES]), STEPS)
def test_every_unit_has_the_date_that_was_promised(name: str, steps: list[tuple[str, int]]) -> None:
    books = Books.of(POLICIES[name], WELCOME)
    for kind, number in steps:
        match kind:
            case "wait":
                books.now += timedelta(days=number, hours=7)
            case "earn":
                books.earn(number)
            case "welcome" | "birthday":
                books.earn(number, kind)
            case "redeem":
                books.redeem(number)
            case "extend":
                books.extend(number)
            case _:
                books.change([*POLICIES.values()][number])
        books.catch_up()
        books.assert_right()


# What puts off, and what does not


def test_earning_resets_the_timer_of_all_points() -> None:
    """S54: sliding expiry; a failed redemption and a refused request do not reset it."""
    books = Books.of(SLIDING)
    books.earn(100)
    books.now = at(2026, 9, 1, 12)
    with pytest.raises(InsufficientBalance):
        ledger.redeem(books.membership, books.program, 101, books.cause())
    inactive = replace(books.program, is_active=False)
    with pytest.raises(ProgramInactive):
        ledger.earn(books.membership, inactive, 5, books.cause())
    books.redeem(10)
    assert [lot.expires_at for lot in books.membership.lots] == [at(2027, 3, 3, 23)]

    books.earn(5)

    (lot,) = books.membership.lots
    assert (lot.units, lot.expires_at, lot.alert_at) == (95, at(2027, 9, 1, 22), at(2027, 8, 2, 22))
    entry = books.entries[-1]
    assert (entry.renewed_until, entry.lot_expires_at, entry.renews) == (
        at(2027, 9, 1, 22),
        at(2027, 9, 1, 22),
        True,
    )


def test_spending_does_so_if_the_program_says_so() -> None:
    books = Books.of(POLICIES["sliding by all"])
    books.earn(100)
    books.now = at(2026, 9, 1, 12)

    books.redeem(10)

    assert books.entries[-1].renewed_until == at(2027, 9, 1, 22)
    assert [lot.expires_at for lot in books.membership.lots] == [at(2027, 9, 1, 22)]


def test_what_comes_by_itself_resets_nothing() -> None:
    books = Books.of(SLIDING)
    books.earn(100)
    books.now = at(2026, 9, 1, 12)

    books.earn(5, "birthday")

    assert [(each.units, each.expires_at) for each in books.membership.lots] == [
        (100, at(2027, 3, 3, 23)),
        (5, at(2027, 9, 1, 22)),
    ]
    assert books.entries[-1].renewed_until is None


def test_a_purchase_that_is_told_late_counts_for_its_day_and_has_the_date_of_the_latest() -> None:
    books = Books.of(SLIDING)
    books.earn(100)
    late = books.cause(occurred_at=at(2025, 6, 1, 12))

    books.book(ledger.earn(books.membership, books.program, 5, late))

    assert [(each.units, each.expires_at) for each in books.membership.lots] == [
        (105, at(2027, 3, 3, 23))
    ]


def test_held_and_pending_points_are_put_off_too() -> None:
    books = Books.of(SLIDING)
    books.program = replace(books.program, pending_days=14)
    books.earn(100)
    bought = books.cause(purchase_amount="7.00")
    books.book(ledger.earn(books.membership, books.program, 7, bought))
    wanted = Hold("rs_1", "lp_1_user_1", (), books.now, books.now + timedelta(days=400))
    books.membership = ledger.hold(books.membership, books.program, wanted, 40)
    books.now += timedelta(days=10)

    books.book(ledger.earn(books.membership, books.program, 1, books.cause()))

    until = at(2027, 3, 13, 23)
    (hold,), (award,) = books.membership.holds, books.membership.pending
    assert [each.expires_at for each in (*books.membership.lots, *hold.lots)] == [until, until]
    assert award.expires_at == at(2027, 3, 18, 23)  # A year from its activation is later.


def test_points_that_come_back_have_the_date_that_activities_gave_them_meanwhile() -> None:
    books = Books.of(SLIDING)
    books.earn(100)
    earned = books.entries[-1]
    books.redeem(30)
    spent = books.entries[-1]
    taken = ledger.reverse(books.membership, books.program, earned, 20, books.cause())
    assert taken is not None
    books.book(taken)
    books.now = at(2027, 3, 1, 12)
    books.earn(1)
    books.now = at(2027, 6, 1, 12)

    books.book(ledger.cancel(books.membership, books.program, spent, books.cause()))
    books.book(ledger.restore(books.membership, books.program, earned, 20, books.cause()))

    assert [(each.units, each.expires_at) for each in books.membership.lots] == [
        (101, at(2028, 3, 1, 23))
    ]


def test_a_new_policy_changes_no_date_that_is_there() -> None:
    """S53."""
    books = Books.of(YEAR)
    books.earn(10)
    books.change(replace(SLIDING, after_months=6))
    books.now = at(2026, 4, 3, 12)
    books.earn(20)
    books.now = at(2026, 12, 1, 12)
    books.catch_up()
    assert [each.units for each in books.membership.lots] == [10]

    books.earn(5)

    assert [(each.units, each.expires_at) for each in books.membership.lots] == [
        (10, at(2027, 3, 3, 23)),
        (5, at(2027, 6, 1, 22)),
    ]


# Announcements


def test_points_that_join_announced_ones_too_late_are_not_announced_again() -> None:
    """S52: of a fixed date, once for all its points."""
    books = Books.of(POLICIES["quarters"])
    told = []
    for day in (1, 2, 10, 20):
        books.now = at(2026, 3, day, 12)
        books.earn(10)
        passed = due.tell(books.membership, BERLIN, books.now)
        books.membership = passed.membership
        told += [(each.units, each.expires_at) for each in passed.expiring]

    # 30 days before 1 April: there were 10 points, or 20 if the calendar had not run yet.
    assert told == [(20, at(2026, 3, 31, 22))]


def test_lots_of_one_day_are_announced_together() -> None:
    day = at(2026, 5, 1)
    held = (Lot(10, day, at(2026, 4, 1)), Lot(5, day, at(2026, 4, 20), renews=True))
    membership = make_membership(make_program(), lots=held, balance_units=15)

    told = due.tell(membership, BERLIN, at(2026, 4, 1))
    again = due.tell(told.membership, BERLIN, at(2026, 4, 20))

    assert [(each.units, each.expires_at) for each in told.expiring] == [(15, day)]
    assert again.expiring == ()


# However long the history is


@pytest.mark.parametrize("name", POLICIES)
def test_twenty_years_of_daily_purchases_fit(name: str) -> None:
    """Nothing is ever spent, and each week something is granted with a date of its own."""
    books = Books.of(POLICIES[name], WELCOME)
    program, membership = books.program, books.membership
    most = 0
    for day in range(20 * 365):
        now = NOW + timedelta(days=day)
        if membership.lots and (membership.lots[0].expires_at or LATER) <= now:
            membership = replace(membership, lots=lots.split_due(membership.lots, now)[0])
        cause = make_cause("le_1", now=now, earning_method=None if day % 7 else "welcome")
        membership, _ = lot_dates.after_activity(membership, program, EARNING, cause)
        lot = lot_dates.granted(membership, program, 1, cause)
        membership = replace(membership, lots=lots.add(membership.lots, lot))
        most = max(most, len(membership.lots))

    assert most <= LOTS_MAX
    assert lots.total(membership.lots) >= 10
    stored_bytes = len(json.dumps(to_document(membership), default=str))
    assert stored_bytes < 150_000


def test_beyond_the_bound_no_unit_expires_early_and_none_more_than_a_month_late() -> None:
    days = [at(2026, 1, 1) + timedelta(days=each) for each in range(2 * LOTS_MAX)]
    held: lots.Lots = ()
    for day in days:
        held = lots.add(held, Lot(1, day))

    assert len(held) == LOTS_MAX
    dates = [lot.expires_at for lot in held for _ in range(lot.units)]
    assert len(dates) == len(days)
    for promised, real in zip(days, dates, strict=True):
        assert real is not None
        assert promised <= real < promised + timedelta(days=31)
        assert (promised.year, promised.month) == (real.year, real.month)
    # What expires first is exact.
    assert dates[:900] == days[:900]
