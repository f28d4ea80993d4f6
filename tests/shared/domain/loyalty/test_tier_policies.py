"""Tiers that are lost: by time, by spending, by what is taken back, each exactly at its moment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import chain, due, ledger, loyalty_events, proof, tiers
from shared.domain.loyalty.counters import PeriodCount
from shared.domain.loyalty.entries import Cause, Entry, EntryKind
from shared.domain.loyalty.expiry import PointsExpiry
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program, Tier, TierRules
from shared.domain.loyalty.returns import ReversePolicy
from shared.domain.loyalty.tier_policies import TierBasis, TierDowngrade, TierPolicy
from tests.support.strategies import TIERED, TIERS, make_cause, make_membership, make_program

BERLIN = "Europe/Berlin"
TICK = timedelta(milliseconds=1)
DAY = timedelta(days=1)


def at(*parts: int) -> datetime:
    """A time in Berlin."""
    return datetime(*parts, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)  # type: ignore[misc, arg-type]


def tiered(policy: TierPolicy | None = None, *, expiry_days: int = 0, **fields_: Any) -> Program:
    expiry = PointsExpiry(expiry_days, 0) if expiry_days else None
    return make_program(TIERED, tier_policy=policy, points_expiry=expiry, **fields_)


ROLLING = TierPolicy(TierBasis.ROLLING_12_MONTHS, TierDowngrade.ALL)
YEARLY = TierPolicy(TierBasis.CALENDAR_YEAR, TierDowngrade.ALL)
OF_BALANCE = TierPolicy(TierBasis.BALANCE, TierDowngrade.ALL)
OF_BALANCE_LATER = replace(OF_BALANCE, grace_days=7)


class Books:
    """A membership with its entries, which is booked in as the services do."""

    def __init__(self, program: Program, now: datetime) -> None:
        self.program, self.now = program, now
        self.membership = replace(
            make_membership(program), enrolled_at=now, updated_at=now, anniversary_years=0
        )
        self.entries: list[Entry] = []

    def cause(self, now: datetime, **facts: Any) -> Cause:
        return make_cause(f"le_{len(self.entries)}", now=now, **facts)

    def catch_up(self, now: datetime) -> None:
        self.now = now
        self.membership, entries = ledger.caught_up(self.membership, self.program, now)
        self.entries += entries

    def run_calendar(self, now: datetime) -> due.TimePassed:
        self.catch_up(now)
        passed = due.tell(self.membership, self.program.time_zone, now)
        self.membership = passed.membership
        return passed

    def earn(self, units: int, now: datetime, **facts: Any) -> Entry:
        self.catch_up(now)
        return self._book(
            ledger.earn(self.membership, self.program, units, self.cause(now, **facts))
        )

    def redeem(self, units: int, now: datetime) -> Entry:
        self.catch_up(now)
        return self._book(ledger.redeem(self.membership, self.program, units, self.cause(now)))

    def take_back(self, original: Entry, units: int, now: datetime) -> Entry | None:
        self.catch_up(now)
        policy, cause = ReversePolicy.UNLIMITED, self.cause(now)
        booked = ledger.reverse(
            self.membership, self.program, original, units, cause, policy=policy
        )
        return None if booked is None else self._book(booked)

    def tier_at(self, now: datetime) -> str | None:
        return ledger.current(self.membership, self.program, now).tier

    def valid_until(self) -> datetime | None:
        return self.membership.tier_valid_until

    def falls(self) -> list[tuple[str | None, datetime | None]]:
        return [
            (each.tier_after, each.occurred_at)
            for each in self.entries
            if each.kind is EntryKind.TIER
        ]

    def assert_right(self) -> None:
        self.membership.assert_consistent()
        assert [*proof.sums_breaks(self.membership, self.entries)] == []
        assert chain.find_break(self.entries, self.membership.head_hash) is None

    def _book(self, booked: tuple[Membership, Entry]) -> Entry:
        self.membership, entry = booked
        self.entries.append(entry)
        return entry


@pytest.mark.parametrize(
    ("policy", "below_from", "falls_at"),
    [
        # At once.
        (TierPolicy(), at(2026, 4, 10, 15), at(2026, 4, 10, 15)),
        # Whole days: the one that has begun does not count.
        (TierPolicy(grace_days=30), at(2026, 4, 10, 15), at(2026, 5, 11)),
        (TierPolicy(grace_days=30), at(2026, 4, 1), at(2026, 5, 1)),
        (TierPolicy(grace_days=1), at(2026, 3, 28, 12), at(2026, 3, 30)),
        # To the end of the month, unless it is one.
        (TierPolicy(to_end_of_month=True), at(2026, 4, 10, 15), at(2026, 5, 1)),
        (TierPolicy(to_end_of_month=True), at(2026, 4, 1), at(2026, 4, 1)),
        (TierPolicy(grace_days=30, to_end_of_month=True), at(2026, 4, 10, 15), at(2026, 6, 1)),
        (TierPolicy(grace_days=365, to_end_of_month=True), at(2028, 1, 1), at(2029, 1, 1)),
        (TierPolicy(grace_days=20, to_end_of_month=True), at(2026, 12, 15), at(2027, 2, 1)),
    ],
)
def test_grace_is_of_whole_days_and_may_last_to_the_end_of_a_month(
    policy: TierPolicy, below_from: datetime, falls_at: datetime
) -> None:
    assert tiers.falls_at(policy, below_from, BERLIN) == falls_at


def test_a_month_counts_until_the_end_of_the_same_month_a_year_later() -> None:
    books = Books(tiered(ROLLING), at(2026, 3, 3))
    books.earn(1_500, at(2026, 3, 31, 23, 59))
    assert books.membership.tier == "Gold"
    assert books.valid_until() == at(2027, 4, 1)

    assert books.tier_at(at(2027, 4, 1) - TICK) == "Gold"
    assert books.tier_at(at(2027, 4, 1)) == "Bronze"


def test_what_a_purchase_earns_a_second_after_the_fall_is_that_of_the_lower_tier() -> None:
    rules = replace(TIERED, tiers=(*TIERS[:2], replace(TIERS[2], multiplier=2)))
    books = Books(replace(tiered(ROLLING), rules=rules), at(2026, 3, 3))
    books.earn(1_500, at(2026, 3, 31))

    books.catch_up(at(2027, 4, 1) + timedelta(seconds=1))

    assert books.program.tier_multiplier(books.membership.tier) == 1
    (entry,) = books.entries[1:]
    assert (entry.kind, entry.units, entry.tier_steps) == (EntryKind.TIER, 0, -2)
    assert (entry.tier_reason, entry.occurred_at) == ("time", at(2027, 4, 1))
    (event,) = loyalty_events.from_entry(entry)
    assert event.event_id == loyalty_events.booking_event_id(entry.membership_id, entry.entry_id)
    assert event.data | {"direction": "down", "reason": "time"} == event.data
    books.assert_right()


def test_each_level_of_a_fall_has_its_grace_if_it_is_one_by_one() -> None:
    policy = replace(ROLLING, downgrade=TierDowngrade.ONE, grace_days=30)
    books = Books(tiered(policy), at(2026, 3, 3))
    books.earn(1_500, at(2026, 3, 31))

    books.catch_up(at(2028, 1, 1))

    assert books.falls() == [("Silber", at(2027, 5, 1)), ("Bronze", at(2027, 5, 31))]
    assert books.valid_until() is None
    books.assert_right()


def test_counting_begins_anew_with_the_year() -> None:
    books = Books(tiered(YEARLY), at(2026, 3, 3))
    books.earn(1_500, at(2026, 12, 31, 23, 59))
    assert books.tier_at(at(2027, 1, 1) - TICK) == "Gold"
    assert books.tier_at(at(2027, 1, 1)) == "Bronze"


def test_with_a_year_of_grace_a_tier_lasts_through_the_next_year() -> None:
    policy = replace(YEARLY, grace_days=365, to_end_of_month=True)
    books = Books(tiered(policy), at(2026, 3, 3))
    books.earn(1_500, at(2026, 12, 31, 12))
    books.earn(900, at(2027, 6, 1))
    assert books.valid_until() == at(2028, 1, 1)

    books.catch_up(at(2028, 1, 1))

    # What was reached at the end of the last day counts, and holds for another year.
    assert books.membership.tier == "Silber"
    assert books.valid_until() == at(2029, 1, 1)


def test_who_reaches_the_tier_again_in_time_keeps_it() -> None:
    books = Books(tiered(replace(ROLLING, grace_days=30)), at(2026, 3, 3))
    books.earn(1_500, at(2026, 3, 31))
    assert books.valid_until() == at(2027, 5, 1)
    now = at(2027, 4, 20)
    books.catch_up(now)
    assert tiers.progress_of(books.membership, books.program, now).points_to_keep == 1_500

    books.earn(1_499, now)
    assert books.valid_until() == at(2027, 5, 1)
    books.earn(1, now)

    assert books.valid_until() == at(2028, 5, 31)
    assert books.tier_at(at(2027, 5, 1)) == "Gold"
    assert books.falls() == []


def test_spending_lowers_no_tier_that_was_earned_but_one_of_the_balance_after_grace() -> None:
    for basis in (TierBasis.LIFETIME, TierBasis.ROLLING_12_MONTHS, TierBasis.CALENDAR_YEAR):
        books = Books(tiered(TierPolicy(basis, TierDowngrade.ALL)), at(2026, 3, 3))
        books.earn(600, at(2026, 3, 4))
        books.redeem(600, at(2026, 3, 5))
        assert books.tier_at(at(2026, 3, 6)) == "Silber"
    books = Books(tiered(replace(OF_BALANCE, grace_days=7)), at(2026, 3, 3))
    books.earn(600, at(2026, 3, 4))
    entry = books.redeem(101, at(2026, 3, 5, 10))
    assert entry.tier_after == "Silber"
    assert books.valid_until() == at(2026, 3, 13)
    assert tiers.progress_of(books.membership, books.program, at(2026, 3, 6)) == tiers.TierProgress(
        "Silber", "Gold", 1_001, 0, 1, at(2026, 3, 13)
    )
    assert books.tier_at(at(2026, 3, 13) - TICK) == "Silber"
    assert books.tier_at(at(2026, 3, 13)) == "Bronze"


def test_points_that_expire_lower_a_tier_of_the_balance_at_that_moment() -> None:
    books = Books(tiered(replace(OF_BALANCE, grace_days=1), expiry_days=30), at(2026, 3, 3))
    books.earn(600, at(2026, 3, 4))
    # Nobody books anything for half a year: the day of grace is that after the expiry all the same.
    assert books.valid_until() == at(2026, 4, 5)
    books.catch_up(at(2026, 9, 1))
    assert books.falls() == [("Bronze", at(2026, 4, 5))]
    books.assert_right()


@pytest.mark.parametrize(
    ("downgrade", "tier"),
    [(TierDowngrade.NONE, "Gold"), (TierDowngrade.ONE, "Silber"), (TierDowngrade.ALL, "Bronze")],
)
def test_what_is_taken_back_lowers_as_far_as_the_policy_says(
    downgrade: TierDowngrade, tier: str
) -> None:
    at_once = Books(tiered(TierPolicy(downgrade=downgrade)), at(2026, 3, 3))
    entry = at_once.take_back(at_once.earn(1_500, at(2026, 4, 9)), 1_400, at(2026, 4, 10))
    assert entry is not None
    # Without grace, level after level goes at once.
    assert entry.tier_after == ("Gold" if downgrade is TierDowngrade.NONE else "Bronze")

    policy = TierPolicy(downgrade=downgrade, grace_days=30, to_end_of_month=True)
    later = Books(tiered(policy), at(2026, 3, 3))
    later.take_back(later.earn(1_500, at(2026, 4, 9)), 1_400, at(2026, 4, 10, 15))
    assert later.tier_at(at(2026, 6, 1) - TICK) == "Gold"
    assert later.tier_at(at(2026, 6, 1)) == tier


def test_without_a_policy_only_what_is_taken_back_lowers_and_at_once() -> None:
    books = Books(tiered(), at(2026, 3, 3))
    earn = books.earn(1_500, at(2026, 4, 9))
    assert books.tier_at(at(2036, 4, 9)) == "Gold"
    entry = books.take_back(earn, 1_400, at(2036, 4, 10))
    assert entry is not None
    assert (entry.tier_after, entry.tier_steps, books.valid_until()) == ("Bronze", -2, None)


def test_a_policy_that_is_gone_takes_no_tier_and_says_so() -> None:
    books = Books(tiered(ROLLING), at(2026, 3, 3))
    books.earn(1_500, at(2026, 3, 31))
    gone, lowered = tiered(), (*TIERS[:2], Tier("Gold", 0))
    easy = replace(books.program, rules=replace(TIERED, tiers=lowered[2:]))
    for program in (gone, easy, tiered(TierPolicy(TierBasis.ROLLING_12_MONTHS))):
        progress = tiers.progress_of(books.membership, program, at(2026, 4, 1))
        assert (progress.valid_until, progress.points_to_keep) == (None, None)
        later, entries = ledger.caught_up(books.membership, program, at(2030, 1, 1))
        assert (later.tier, later.tier_valid_until, entries) == ("Gold", None, ())


def test_nobody_falls_below_a_tier_that_is_never_lost() -> None:
    silver = replace(TIERS[1], never_downgrade=True)
    program = tiered(ROLLING)
    program = replace(program, rules=replace(TIERED, tiers=(TIERS[0], silver, TIERS[2])))
    books = Books(program, at(2026, 3, 3))
    books.earn(1_500, at(2026, 3, 31))
    books.catch_up(at(2030, 1, 1))
    assert books.membership.tier == "Silber"
    assert books.valid_until() is None
    progress = tiers.progress_of(books.membership, program, at(2030, 1, 1))
    assert (progress.points_to_fall_down, progress.points_to_keep) == (None, None)


def test_changed_thresholds_move_nobody_until_they_are_recalculated() -> None:
    now = at(2026, 4, 1)
    books = Books(tiered(TierPolicy(downgrade=TierDowngrade.ALL)), at(2026, 3, 3))
    books.earn(600, at(2026, 3, 4))
    raised = replace(TIERED, tiers=(TIERS[0], Tier("Silber", 800), TIERS[2]))
    books.program = replace(books.program, rules=raised)

    books.earn(10, now)
    books.redeem(300, now)
    assert (books.tier_at(at(2036, 1, 1)), books.valid_until()) == ("Silber", None)
    # It is held by the old threshold, and lost by that.
    original = books.entries[0]
    kept = books.membership
    books.take_back(original, 111, now)
    assert books.membership.tier == "Bronze"

    after, entry = ledger.recalculate_tier(kept, books.program, now, entry_id="le_tier")
    assert entry is not None
    assert (after.tier, entry.tier_reason, entry.units) == ("Bronze", "recalculation", 0)
    again, nothing = ledger.recalculate_tier(after, books.program, now, entry_id="le_tier")
    assert (nothing, replace(again, updated_at=after.updated_at)) == (None, after)


def test_a_recalculation_lifts_and_spares_who_never_falls() -> None:
    now = at(2026, 4, 1)
    books = Books(tiered(), at(2026, 3, 3))
    books.earn(600, now)
    lowered = replace(TIERED, tiers=(TIERS[0], TIERS[1], Tier("Gold", 600)))
    lifted, _ = ledger.recalculate_tier(
        books.membership, replace(books.program, rules=lowered), now, entry_id="le_tier"
    )
    assert lifted.tier == "Gold"
    raised = (TIERS[0], Tier("Silber", 800, never_downgrade=True), TIERS[2])
    for program in (
        replace(books.program, rules=replace(TIERED, tiers=raised)),
        replace(
            books.program,
            rules=replace(TIERED, tiers=(TIERS[0], Tier("Silber", 800), TIERS[2])),
            tier_policy=TierPolicy(),
        ),
    ):
        assert (
            ledger.recalculate_tier(books.membership, program, now, entry_id="le_tier")[1] is None
        )
    renamed = (Tier("Start", 0), Tier("Silver", 500))
    moved, entry = ledger.recalculate_tier(
        books.membership,
        replace(books.program, rules=replace(TIERED, tiers=renamed)),
        now,
        entry_id="le_tier",
    )
    assert entry is not None
    assert moved.tier == "Silver"


def test_a_fall_is_announced_once_and_again_if_it_moves() -> None:
    books = Books(tiered(replace(ROLLING, alert_days=30)), at(2026, 3, 3))
    books.earn(1_500, at(2026, 3, 31))
    assert books.membership.next_due_at == at(2027, 3, 2)
    assert not books.run_calendar(at(2027, 3, 2) - TICK).is_tier_expiring
    assert books.run_calendar(at(2027, 3, 2)).is_tier_expiring
    event = loyalty_events.from_tier_expiring(
        books.membership,
        tiers.progress_of(books.membership, books.program, books.now).points_to_keep,
        books.now,
    )
    assert event.data["tierValidUntil"] == at(2027, 4, 1)
    assert event.data["pointsToKeepTier"] == 1_500
    assert not books.run_calendar(at(2027, 3, 3)).is_tier_expiring
    books.earn(10, at(2027, 3, 4))
    assert not books.run_calendar(at(2027, 3, 5)).is_tier_expiring
    books.earn(1_490, at(2027, 3, 6))
    assert books.valid_until() == at(2028, 4, 1)
    assert not books.run_calendar(at(2028, 2, 1)).is_tier_expiring
    assert books.run_calendar(at(2028, 3, 2)).is_tier_expiring


def test_a_fall_is_not_announced_without_days_for_that() -> None:
    books = Books(tiered(replace(ROLLING, alert_days=0)), at(2026, 3, 3))
    books.earn(1_500, at(2026, 3, 31))
    assert books.membership.tier_hold is not None
    assert books.membership.tier_hold.alert_at is None


def test_what_was_earned_before_months_were_counted_is_of_the_last_busy_month() -> None:
    program = tiered(ROLLING)
    books = Books(program, at(2026, 3, 3))
    books.membership = replace(
        books.membership,
        balance_units=1_600,
        earned_units=1_600,
        lifetime_units=1_600,
        lots=(Lot(1_600),),
        tier="Gold",
        updated_at=at(2026, 2, 1),
    )
    books.earn(5, at(2026, 3, 3))
    assert books.membership.earned_by_month == (
        PeriodCount("2026-03", 5),
        PeriodCount("2026-02", 1_600),
    )
    assert books.valid_until() == at(2027, 3, 1)


MIDNIGHTS = [due.start_of_day(date(2026, 3, 3) + index * DAY, BERLIN) for index in range(3_000)]


@dataclass
class Model:
    """All that ever happened, and the tier recomputed from it day by day."""

    program: Program
    began_at: datetime
    earned: list[tuple[datetime, datetime, int]] = field(default_factory=list)
    """When it was booked, when it was earned, how much; negative if it was taken back."""
    booked_at: list[datetime] = field(default_factory=list)

    def earn(self, booked_at: datetime, earned_at: datetime, units: int) -> None:
        self.earned.append((booked_at, earned_at.astimezone(ZoneInfo(BERLIN)), units))

    def counted(self, moment: datetime) -> int:
        assert self.program.tier_policy is not None
        here = moment.astimezone(ZoneInfo(BERLIN))
        total = 0
        for booked_at, day, units in self.earned:
            months = (here.year - day.year) * 12 + here.month - day.month
            counts = {
                TierBasis.LIFETIME: True,
                TierBasis.ROLLING_12_MONTHS: months <= 12,
                TierBasis.CALENDAR_YEAR: here.year == day.year,
            }
            if booked_at <= moment and counts[self.program.tier_policy.basis]:
                total += units
        return total

    def tier_at(self, now: datetime) -> str | None:
        policy = self.program.tier_policy
        assert policy is not None
        ladder = self.program.tiers
        place, below_from = 0, None
        checks = {
            *self.booked_at,
            now,
            *(each for each in MIDNIGHTS if self.began_at <= each <= now),
        }
        before = 0
        for moment in sorted(checks):
            counted = self.counted(moment)
            if moment in self.booked_at and counted > before:
                place = max(place, _reached(ladder, counted))
            while True:
                if counted >= ladder[place].min_points:
                    below_from = None
                    break
                below_from = below_from or moment
                if policy.downgrade is TierDowngrade.NONE or ladder[place].never_downgrade:
                    below_from = None
                    break
                if tiers.falls_at(policy, below_from, BERLIN) > moment:
                    break
                target = place - 1
                if policy.downgrade is TierDowngrade.ALL:
                    last = before if below_from < moment else counted
                    target = min(target, _reached(ladder, last))
                kept = [index for index in range(place) if ladder[index].never_downgrade]
                place, below_from = max(target, *kept, -1), None
            before = counted
        return ladder[place].name


def _reached(ladder: tuple[Tier, ...], counted: int) -> int:
    return max(index for index, tier in enumerate(ladder) if tier.min_points <= counted)


POLICIES = st.builds(
    TierPolicy,
    basis=st.sampled_from(
        [TierBasis.LIFETIME, TierBasis.ROLLING_12_MONTHS, TierBasis.CALENDAR_YEAR]
    ),
    downgrade=st.sampled_from(TierDowngrade),
    grace_days=st.sampled_from([0, 1, 30, 365]),
    to_end_of_month=st.booleans(),
)
LADDERS = st.sampled_from(
    [
        TIERS,
        (Tier("A", 0), Tier("B", 100), Tier("C", 200), Tier("D", 300)),
        (Tier("A", 0), Tier("B", 100), Tier("C", 200, never_downgrade=True), Tier("D", 300)),
    ]
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "earn", "take_back", "redeem", "calendar"]),
        st.integers(1, 400),
        st.integers(1, 3_000),
    ),
    min_size=1,
    max_size=8,
)


@given(POLICIES, LADDERS, STEPS)
def test_a_tier_is_that_which_all_that_ever_happened_leads_to(
    policy: TierPolicy, ladder: tuple[Tier, ...], steps: list[tuple[str, int, int]]
) -> None:
    program = replace(tiered(policy), rules=replace(TIERED, tiers=ladder))
    now = at(2026, 3, 3, 12)
    books, model = Books(program, now), Model(program, now)
    open_earns: list[Entry] = []
    for action, units, hours in steps:
        now += timedelta(hours=hours, milliseconds=7)
        match action:
            case "earn":
                open_earns.append(books.earn(units, now))
                model.earn(now, now, units)
            case "take_back" if open_earns:
                original = open_earns.pop(units % len(open_earns))
                taken = min(units, original.units)
                books.take_back(original, taken, now)
                model.earn(now, original.recorded_at, -taken)
            case "redeem" if books.membership.balance_units >= units:
                books.redeem(units, now)
            case _:
                books.run_calendar(now)
                assert books.membership.tier == model.tier_at(now)
                continue
        model.booked_at.append(now)
        assert books.membership.tier == model.tier_at(now)
        assert len(books.membership.earned_by_month or ()) <= 13
        until = books.valid_until()
        if until is not None:
            assert until > now
            assert books.membership.next_due_at is not None
            assert books.membership.next_due_at <= until
            assert books.tier_at(until - TICK) == books.membership.tier
            assert books.tier_at(until) == model.tier_at(until) != books.membership.tier
        else:
            assert books.tier_at(now + 1_000 * DAY) == books.membership.tier
    later = now + timedelta(days=800)
    assert books.tier_at(later) == model.tier_at(later)
    books.assert_right()


@dataclass
class BalanceModel:
    """The tier that the balance leads to, looked at whenever it can change."""

    books: Books
    place: int = 0
    below_from: datetime | None = None

    def balance_at(self, moment: datetime) -> int:
        return ledger.effective(self.books.membership, moment).balance_units

    def check(self, moment: datetime) -> None:
        policy = self.books.program.tier_policy
        assert policy is not None
        while self.balance_at(moment) < TIERS[self.place].min_points:
            self.below_from = self.below_from or moment
            if tiers.falls_at(policy, self.below_from, BERLIN) > moment:
                break
            last = self.balance_at(moment - TICK if self.below_from < moment else moment)
            self.place = min(_reached(TIERS, last), self.place - 1)
            self.below_from = None
        else:
            self.below_from = None
        assert self.books.tier_at(moment) == TIERS[self.place].name


def test_a_thousand_days_of_expiry_have_one_at_which_too_little_is_left() -> None:
    program = tiered(OF_BALANCE, expiry_days=2_000)
    now = at(2026, 3, 3)
    units = 1_100 * 10
    held = replace(
        make_membership(program),
        tier="Gold",
        lots=tuple(Lot(10, now + days * DAY) for days in range(1, 1_101)),
        balance_units=units,
        earned_units=units,
        lifetime_units=units,
    )

    after, _ = ledger.earn(held, program, 5, make_cause("le_1", now=now))

    # 5 and 149 tens are not enough for Gold any more.
    assert after.tier_valid_until == now + 951 * DAY


@given(
    st.sampled_from([0, 7]),
    st.lists(
        st.tuples(st.sampled_from(["earn", "redeem"]), st.integers(1, 900), st.integers(1, 400)),
        min_size=1,
        max_size=6,
    ),
)
def test_a_tier_of_the_balance_is_lost_when_points_are_spent_or_expire(
    grace_days: int, steps: list[tuple[str, int, int]]
) -> None:
    program = tiered(OF_BALANCE_LATER if grace_days else OF_BALANCE, expiry_days=20)
    now = at(2026, 3, 3, 12)
    books = Books(program, now)
    model = BalanceModel(books)
    for action, units, hours in steps:
        before, now = now, now + timedelta(hours=hours, milliseconds=7)
        for moment in MIDNIGHTS:
            if before < moment < now:
                model.check(moment)
        if action == "earn":
            books.earn(units, now)
            model.place = max(model.place, _reached(TIERS, books.membership.balance_units))
        elif model.balance_at(now) >= units:
            books.redeem(units, now)
        model.check(now)
    for moment in MIDNIGHTS:
        if now < moment < now + timedelta(days=50):
            model.check(moment)
    # Nothing is left of it after the last expiry, and a grace for each level.
    assert model.place == 0
    books.assert_right()


def test_a_first_of_january_of_the_store_is_not_that_of_utc() -> None:
    program = tiered(YEARLY, time_zone="Pacific/Kiritimati")
    books = Books(program, at(2026, 3, 3))
    books.earn(1_500, at(2026, 12, 31, 3))
    assert books.valid_until() == datetime(2026, 12, 31, 10, tzinfo=UTC)
    assert due.start_of_day(date(2027, 1, 1), "Pacific/Kiritimati") == books.valid_until()
    assert isinstance(program.rules, TierRules)
