"""``Retry-After`` of an answer."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.outgoing.retry_after import parse_retry_after

NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        (" 30 ", 30),
        ("000030", 30),
        ("86401", 86_400),
        ("9" * 10_000, 86_400),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("Tue, 03 Mar 2026 12:10:00 GMT", 600),
        ("Tue, 03 Mar 2026 13:10:00 +0100", 600),
        ("Tue, 03 Mar 2026 12:10:00 -0000", 600),
        ("Tue Mar  3 12:10:00 2026", 600),
        ("Tue, 03 Mar 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Tue, 99 Mar 2026 12:10:00 GMT", None),
    ],
)
def test_retry_after_is_read(value, seconds):
    assert parse_retry_after(value, date=None, now=NOW) == seconds


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Tue, 03 Mar 2026 12:09:00 GMT", 60),
        ("Tue, 03 Mar 2026 12:11:00 GMT", 0),
        ("Mon, 02 Mar 2020 12:00:00 GMT", 86_400),
        ("never", 600),
        ("", 600),
        (None, 600),
    ],
)
def test_a_date_counts_from_the_receivers_clock_if_it_tells_it(date, seconds):
    until = "Tue, 03 Mar 2026 12:10:00 GMT"
    assert parse_retry_after(until, date=date, now=NOW) == seconds


@given(st.text(max_size=40), st.none() | st.text(max_size=40))
def test_any_retry_after_is_bounded_or_ignored(value, date):
    seconds = parse_retry_after(value, date=date, now=NOW)
    assert seconds is None or 0 <= seconds <= 86_400
