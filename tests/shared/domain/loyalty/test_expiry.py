"""Policies of expiry: days, months, fixed dates, and what is rounded up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import expiry
from shared.domain.loyalty.entries import MadeOf
from shared.domain.loyalty.expiry import PointsExpiry
from tests.support.strategies import make_cause

QUARTERS = ("03-31", "06-30", "09-30", "12-31")
DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))


def months(number: int, **fields: object) -> PointsExpiry:
    return PointsExpiry(None, 0, after_months=number, **fields)  # type: ignore[arg-type]


def dates(*every: str, **fields: object) -> PointsExpiry:
    return PointsExpiry(None, 0, fixed_dates=every, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("policy", "granted_on", "last_day"),
    [
        (PointsExpiry(365, 0), date(2026, 3, 3), date(2027, 3, 3)),
        (PointsExpiry(10, 0, end_of_month=True), date(2026, 1, 20), date(2026, 1, 31)),
        (PointsExpiry(10, 0, end_of_month=True), date(2026, 1, 22), date(2026, 2, 28)),
        (months(12), date(2026, 3, 3), date(2027, 3, 3)),
        # A month without the day: its last one.
        (months(1), date(2026, 1, 31), date(2026, 2, 28)),
        (months(1), date(2028, 1, 31), date(2028, 2, 29)),
        (months(1), date(2028, 2, 29), date(2028, 3, 29)),
        (months(12), date(2028, 2, 29), date(2029, 2, 28)),
        (months(48), date(2028, 2, 29), date(2032, 2, 29)),
        (months(11), date(2026, 1, 31), date(2026, 12, 31)),
        (months(12, end_of_month=True), date(2020, 7, 6), date(2021, 7, 31)),
        (months(12, end_of_month=True), date(2027, 2, 28), date(2028, 2, 29)),
        (dates("12-31"), date(2026, 3, 3), date(2026, 12, 31)),
        (dates("12-31"), date(2026, 12, 31), date(2026, 12, 31)),
        (dates("06-30"), date(2026, 7, 1), date(2027, 6, 30)),
        (dates(*QUARTERS), date(2026, 3, 31), date(2026, 3, 31)),
        (dates(*QUARTERS), date(2026, 4, 1), date(2026, 6, 30)),
        (dates("02-29"), date(2026, 2, 28), date(2026, 2, 28)),
        (dates("02-29"), date(2028, 2, 28), date(2028, 2, 29)),
        (dates("02-29"), date(2026, 3, 1), date(2027, 2, 28)),
        # The end of the year after: twelve months at least, until the next 31 December.
        (months(12, fixed_dates=("12-31",)), date(2026, 1, 1), date(2027, 12, 31)),
        (months(12, fixed_dates=("12-31",)), date(2026, 12, 31), date(2027, 12, 31)),
        (PointsExpiry(30, 0, fixed_dates=QUARTERS), date(2026, 12, 2), date(2027, 3, 31)),
    ],
)
def test_the_last_day(policy: PointsExpiry, granted_on: date, last_day: date) -> None:
    assert policy.last_day(granted_on) == last_day


@given(DAYS, st.integers(1, 120), st.booleans())
def test_months_are_as_long_as_the_calendar_has_them(
    granted_on: date, number: int, is_rounded: bool
) -> None:
    last_day = months(number, end_of_month=is_rounded).last_day(granted_on)

    assert (last_day.year * 12 + last_day.month) == granted_on.year * 12 + granted_on.month + number
    is_last_of_month = (last_day + timedelta(days=1)).day == 1
    assert is_last_of_month if is_rounded else (last_day.day == granted_on.day or is_last_of_month)


@given(DAYS, st.integers(0, 1_000), st.lists(st.sampled_from([*QUARTERS, "02-29"]), min_size=1))
def test_the_next_of_fixed_dates_is_the_first_that_comes(
    granted_on: date, least: int, every: list[str]
) -> None:
    policy = PointsExpiry(least or None, 0, fixed_dates=tuple(every))

    day = granted_on + timedelta(days=least)
    while not any(day == expiry.on_date(each, day.year) for each in every):
        day += timedelta(days=1)

    assert policy.last_day(granted_on) == day


@pytest.mark.parametrize(
    ("after_days", "after_months", "alert_days"),
    [
        (365, None, 30),
        (30, None, 29),
        (1, None, 0),
        (None, 1, 27),
        (None, 12, 30),
        (None, None, 30),
    ],
)
def test_an_expiry_is_announced_30_days_before_or_after_the_grant(
    after_days: int | None, after_months: int | None, alert_days: int
) -> None:
    assert expiry.alert_days_default(after_days, after_months) == alert_days


@pytest.mark.parametrize(
    ("method", "rule", "name"),
    [
        ("welcome", None, "welcome"),
        ("referral", "referral", "referral"),
        ("qr_checkin", "pointsPerCheckin", "check_in"),
        ("birthday", "event:birthday", "event:birthday"),
        ("event", "event:app_login", "event:app_login"),
        (None, "pointsPerEuro", None),
        (None, None, None),
    ],
)
def test_a_grant_is_of_a_rule(method: str | None, rule: str | None, name: str | None) -> None:
    made_of = None if rule is None else MadeOf(rule, None, "5")

    assert expiry.rule_of(make_cause(earning_method=method, made_of=made_of)) == name


@pytest.mark.parametrize("method", [None, "qr_checkin", "event", "scan_and_go"])
def test_what_the_member_does_is_an_activity(method: str | None) -> None:
    assert expiry.is_activity(make_cause(earning_method=method))


@pytest.mark.parametrize("method", ["welcome", "birthday", "referral"])
def test_what_comes_by_itself_is_none(method: str) -> None:
    assert not expiry.is_activity(make_cause(earning_method=method))
