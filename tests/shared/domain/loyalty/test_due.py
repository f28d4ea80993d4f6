"""What time brings: the days on which points expire, are announced, and memberships grow older."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import due, ledger
from shared.domain.loyalty.expiry import PointsExpiry
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.programs import Program
from tests.support.strategies import NOW, make_cause, make_membership, make_program
from tools.emulators import ROOT

BERLIN = "Europe/Berlin"
# Where clocks skip midnight, see it twice, or are off by other than whole hours.
ZONES = st.sampled_from(
    [
        "UTC",
        BERLIN,
        "Africa/Cairo",
        "America/Havana",
        "America/Sao_Paulo",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
    ]
)
MOMENTS = st.datetimes(datetime(2012, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
POLICIES = st.integers(1, 3_650).flatmap(
    lambda days: st.builds(PointsExpiry, st.just(days), st.integers(0, min(days - 1, 365)))
)
TICK = timedelta(milliseconds=1)
LAST_DAYS = json.loads((ROOT / "web" / "tests" / "last-days.json").read_text())
"""The tests of the web apps read the same file."""


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def expiring(after_days: int, alert_days: int = 0, time_zone: str = BERLIN) -> Program:
    return make_program(points_expiry=PointsExpiry(after_days, alert_days), time_zone=time_zone)


def day_of(moment: datetime, time_zone: str) -> date:
    return moment.astimezone(ZoneInfo(time_zone)).date()


@pytest.mark.parametrize(
    ("granted_at", "after_days", "expires_at"),
    [
        # The day of the grant is that of the store, and the last day is whole.
        (at(2026, 3, 3, 12), 1, at(2026, 3, 4, 23)),
        (at(2026, 3, 3, 22, 59, 59), 1, at(2026, 3, 4, 23)),
        (at(2026, 3, 3, 23), 1, at(2026, 3, 5, 23)),
        # Clocks change on 29 March and on 25 October.
        (at(2026, 2, 28, 12), 28, at(2026, 3, 28, 23)),
        (at(2026, 3, 1, 12), 28, at(2026, 3, 29, 22)),
        (at(2026, 10, 1, 12), 24, at(2026, 10, 25, 23)),
        (at(2027, 12, 31, 12), 365, at(2028, 12, 30, 23)),
    ],
)
def test_points_expire_at_the_end_of_a_day_of_the_store(
    granted_at: datetime, after_days: int, expires_at: datetime
) -> None:
    assert due.expires_at(expiring(after_days), granted_at) == expires_at


def test_points_of_a_program_without_expiry_keep() -> None:
    assert due.expires_at(make_program(), NOW) is None
    assert due.alert_at(make_program(), NOW) is None
    assert due.alert_at(expiring(60, 30), None) is None


@pytest.mark.parametrize(
    ("alert_days", "alert_at"),
    [
        (0, None),
        (1, at(2026, 3, 31, 22)),
        (3, at(2026, 3, 29, 22)),
        (4, at(2026, 3, 28, 23)),  # the day on which clocks change
        (30, at(2026, 3, 2, 23)),
    ],
)
def test_an_expiry_is_announced_at_a_midnight_of_the_store(
    alert_days: int, alert_at: datetime | None
) -> None:
    assert due.alert_at(expiring(60, alert_days), at(2026, 4, 1, 22)) == alert_at


@given(MOMENTS, POLICIES, ZONES)
def test_points_last_as_many_days_as_promised_whatever_clocks_do(
    granted_at: datetime, policy: PointsExpiry, time_zone: str
) -> None:
    program = make_program(points_expiry=policy, time_zone=time_zone)

    expires_at = due.expires_at(program, granted_at)

    assert expires_at is not None
    last_day = day_of(granted_at, time_zone) + timedelta(days=policy.after_days)
    assert day_of(expires_at - TICK, time_zone) == last_day
    assert day_of(expires_at, time_zone) == last_day + timedelta(days=1)
    alert_at = due.alert_at(program, expires_at)
    if policy.alert_days == 0:
        assert alert_at is None
    else:
        assert alert_at is not None
        assert granted_at < alert_at < expires_at
        expiry_day = day_of(expires_at, time_zone)
        assert expiry_day - day_of(alert_at, time_zone) == timedelta(days=policy.alert_days)
        assert day_of(alert_at - TICK, time_zone) < day_of(alert_at, time_zone)


@pytest.mark.parametrize(
    ("time_zone", "day", "start"),
    [
        ("Africa/Cairo", date(2026, 4, 24), at(2026, 4, 23, 22)),  # 00:00 is skipped
        ("America/Havana", date(2026, 11, 1), at(2026, 11, 1, 4)),  # 00:00 comes twice
        ("Asia/Kathmandu", date(2026, 3, 3), at(2026, 3, 2, 18, 15)),
    ],
)
def test_a_day_begins_with_its_first_moment(time_zone: str, day: date, start: datetime) -> None:
    assert due.start_of_day(day, time_zone) == start


@pytest.mark.parametrize(
    ("years", "anniversary_at"),
    [
        (1, at(2025, 2, 27, 23)),
        (3, at(2027, 2, 27, 23)),
        (4, at(2028, 2, 28, 23)),
    ],
)
def test_who_joined_on_a_leap_day_has_the_28th_in_common_years(
    years: int, anniversary_at: datetime
) -> None:
    # 29 February in Berlin, 28 February in UTC.
    assert due.anniversary_at(at(2024, 2, 28, 23, 30), years, BERLIN) == anniversary_at


def test_what_is_due_next_is_the_earliest() -> None:
    membership = make_membership(make_program())
    anniversary = at(2027, 3, 2, 23)

    def next_due_at(*lots: Lot) -> datetime | None:
        return due.scheduled(replace(membership, lots=lots), BERLIN).next_due_at

    assert next_due_at() == next_due_at(Lot(1)) == anniversary
    assert next_due_at(Lot(1, at(2028, 1, 1))) == anniversary
    assert next_due_at(Lot(1, at(2026, 5, 1)), Lot(1, at(2026, 6, 1)), Lot(1)) == at(2026, 5, 1)
    alerted = Lot(1, at(2026, 5, 1)), Lot(1, at(2026, 6, 1), at(2026, 4, 1))
    assert next_due_at(*alerted) == at(2026, 4, 1)


def test_tells_what_expires_once() -> None:
    first, second = (
        Lot(10, at(2026, 5, 1), at(2026, 4, 1)),
        Lot(20, at(2026, 6, 1), at(2026, 4, 2)),
    )
    membership = make_membership(make_program(), lots=(first, second, Lot(5)), balance_units=35)

    before = due.tell(membership, BERLIN, at(2026, 4, 1) - TICK)
    told = due.tell(membership, BERLIN, at(2026, 4, 1))
    again = due.tell(told.membership, BERLIN, at(2026, 4, 1))

    assert (before.expiring, before.membership.lots) == ((), membership.lots)
    assert told.expiring == (first,)
    assert told.membership.lots == (Lot(10, at(2026, 5, 1)), second, Lot(5))
    assert told.membership.next_due_at == at(2026, 4, 2)
    assert told.membership.updated_at == at(2026, 4, 1)
    assert (again.expiring, again.membership) == ((), told.membership)


@pytest.mark.parametrize(
    ("told_years", "now", "years", "next_due_at"),
    [
        (0, at(2027, 3, 2, 23) - TICK, None, at(2027, 3, 2, 23)),
        (0, at(2027, 3, 2, 23), 1, at(2028, 3, 2, 23)),
        (1, at(2027, 3, 2, 23), None, at(2028, 3, 2, 23)),
        (0, at(2027, 3, 9, 23), 1, at(2028, 3, 2, 23)),
        # Too late to congratulate, and several missed: the latest, if that is not too late.
        (0, at(2027, 3, 9, 23) + TICK, None, at(2028, 3, 2, 23)),
        (0, at(2029, 3, 3, 12), 3, at(2030, 3, 2, 23)),
        (0, at(2029, 6, 1), None, at(2030, 3, 2, 23)),
        # A clock that is behind tells nothing again.
        (2, at(2027, 3, 3), None, at(2029, 3, 2, 23)),
    ],
)
def test_tells_the_latest_anniversary_once(
    told_years: int, now: datetime, years: int | None, next_due_at: datetime
) -> None:
    membership = make_membership(make_program(), anniversary_years=told_years)

    told = due.tell(membership, BERLIN, now)

    assert (told.years, told.membership.next_due_at) == (years, next_due_at)
    assert due.tell(told.membership, BERLIN, now).years is None


@given(
    MOMENTS,
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 50)), max_size=12),
    POLICIES,
    ZONES,
    st.lists(st.integers(0, 24 * 400), max_size=12),
)
def test_a_calendar_that_is_run_tells_and_expires_everything_once(
    enrolled_at: datetime,
    earns: list[tuple[int, int]],
    policy: PointsExpiry,
    time_zone: str,
    runs: list[int],
) -> None:
    """Run the calendar at any times: nothing is left behind, and nothing comes twice."""
    program = make_program(points_expiry=policy, time_zone=time_zone)
    membership = ledger.enroll(program, membership_id="m", user_id="u", now=enrolled_at)
    for day, units in sorted(earns):
        cause = make_cause(f"le_{membership.seq}", now=enrolled_at + timedelta(days=day))
        membership, _ = ledger.earn(membership, program, units, cause)
    granted, expired, told, years = membership.balance_units, 0, [], []

    begin = enrolled_at + timedelta(days=400)
    for now in sorted(begin + timedelta(hours=hours) for hours in runs):
        assert membership.next_due_at is not None
        is_due = membership.next_due_at <= now
        booked = ledger.expire(membership, program, ledger.expiry_cause(membership, now))
        if booked:
            membership, entry = booked
            expired -= entry.units
        outcome = due.tell(membership, time_zone, now)
        membership = outcome.membership
        told += [lot.expires_at for lot in outcome.expiring]
        years += [outcome.years] if outcome.years else []
        assert is_due or not (booked or outcome.expiring or outcome.years)
        assert membership.next_due_at is not None
        assert membership.next_due_at > now
        assert all(lot.expires_at is None or lot.expires_at > now for lot in membership.lots)
        membership.assert_consistent()

    assert membership.balance_units == granted - expired
    assert len(set(told)) == len(told)
    assert sorted(set(years)) == years


@pytest.mark.parametrize("each", LAST_DAYS, ids=lambda each: each["endsAt"])
def test_what_ends_at_midnight_ends_with_the_day_before(each: dict[str, str]) -> None:
    ends_at = datetime.fromisoformat(each["endsAt"])
    assert due.last_day(ends_at, each["zone"]).isoformat() == each["lastDay"]


@given(st.dates(date(2012, 1, 1), date(2037, 12, 31)), ZONES)
def test_what_a_day_ends_has_that_day_as_its_last(day: date, zone: str) -> None:
    ends_at = due.start_of_day(day + timedelta(days=1), zone)
    assert due.last_day(ends_at, zone) == day
