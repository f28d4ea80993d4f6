"""Birthdays: their days in every zone, and twelve months between two that are rewarded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import birthdays, due, event_rules
from shared.domain.loyalty.birthdays import FIRST_ZONE, GRANTED_WITHIN

BORN = st.dates(date(1930, 1, 1), date(2020, 12, 31))
LEAP = st.sampled_from([date(1996, 2, 29), date(2000, 2, 29)])
NOW = st.builds(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes),
    st.integers(0, 8 * 365 * 24 * 60),
)
ZONES = st.sampled_from(["Europe/Berlin", "Pacific/Kiritimati", "Pacific/Niue", "America/Santiago"])


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2027-02-27T23:00:00+00:00", date(2027, 2, 28)),
        ("2027-02-27T22:59:59+00:00", date(2026, 2, 28)),
        ("2028-02-28T23:00:00+00:00", date(2028, 2, 29)),
        ("2028-02-28T22:59:59+00:00", date(2027, 2, 28)),
    ],
)
def test_who_was_born_on_29_february(now: str, expected: date) -> None:
    moment = datetime.fromisoformat(now)
    assert birthdays.latest(date(2000, 2, 29), moment, "Europe/Berlin") == expected


@given(BORN | LEAP, NOW, ZONES)
def test_the_last_birthday_has_begun_and_the_next_has_not(
    born: date, now: datetime, zone: str
) -> None:
    last, next_at = birthdays.latest(born, now, zone), birthdays.next_at(born, now, zone)
    local = now.astimezone(ZoneInfo(zone)).date()

    assert last <= local
    assert next_at > now
    assert birthdays.latest(born, next_at, zone) == event_rules.in_year(born, last.year + 1)
    assert birthdays.latest(born, next_at - timedelta(milliseconds=1), zone) == last


@given(BORN | LEAP, NOW, ZONES)
def test_nobody_is_looked_at_too_late(born: date, now: datetime, zone: str) -> None:
    """Whatever the zone: the first look is before the birthday, or not too late for it."""
    first = birthdays.first_due_at(born, now)
    assert now - GRANTED_WITHIN < first
    assert first <= birthdays.next_at(born, now, zone)
    following = birthdays.next_at(born, now, zone)
    day = following.astimezone(ZoneInfo(zone)).date()
    assert due.start_of_day(day, FIRST_ZONE) <= following


@given(BORN | LEAP, st.integers(2024, 2100))
def test_the_same_birthday_is_twelve_months_later(born: date, year: int) -> None:
    one, other = (event_rules.in_year(born, each).isoformat() for each in (year, year + 1))
    assert event_rules.are_within_a_year(one, one)
    assert not event_rules.are_within_a_year(one, other)
    assert not event_rules.are_within_a_year(other, one)


@given(BORN, BORN)
def test_twelve_months_are_a_year_less_nothing(one: date, other: date) -> None:
    within = event_rules.are_within_a_year(one.isoformat(), other.isoformat())
    days = abs((one - other).days)
    assert within or days >= 365
    assert not within or days < 366
