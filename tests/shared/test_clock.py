"""Time: UTC, to the millisecond, in one spelling."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock

BERLIN = timezone(timedelta(hours=1))


def test_now_is_utc_without_microseconds() -> None:
    before = datetime.now(UTC)
    now = clock.utc_now()
    after = datetime.now(UTC)
    assert before - timedelta(milliseconds=1) < now <= after
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


def test_what_is_below_a_millisecond_is_dropped_not_rounded() -> None:
    moment = datetime(2026, 3, 3, 12, 0, 0, 999_999, UTC)
    assert clock.to_milliseconds(moment) == datetime(2026, 3, 3, 12, 0, 0, 999_000, UTC)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 3, 12, tzinfo=UTC), "2026-03-03T12:00:00.000Z"),
        (datetime(2026, 3, 3, 12, 0, 0, 7_000, UTC), "2026-03-03T12:00:00.007Z"),
        (datetime(2026, 3, 3, 12, 0, 0, 999_999, UTC), "2026-03-03T12:00:00.999Z"),
        (datetime(2026, 3, 3, 0, 30, tzinfo=BERLIN), "2026-03-02T23:30:00.000Z"),
        (datetime(99, 1, 1, tzinfo=UTC), "0099-01-01T00:00:00.000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC), "9999-12-31T23:59:59.999Z"),
    ],
)
def test_a_time_is_written_as_the_api_documents_it(moment: datetime, text: str) -> None:
    assert clock.to_wire(moment) == text


@given(
    st.datetimes(
        datetime(1, 1, 2),  # noqa: DTZ001 - the zone is drawn
        datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, BERLIN]),
    )
)
def test_a_written_time_reads_back_as_the_time_that_is_stored(moment: datetime) -> None:
    text = clock.to_wire(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert datetime.fromisoformat(text) == clock.to_milliseconds(moment)


def test_another_clock_is_used_for_as_long_as_the_block_runs() -> None:
    frozen = datetime(2021, 3, 3, 12, 0, 0, 123_456, UTC)
    inner = datetime(2020, 1, 1, tzinfo=UTC)
    with clock.use(lambda: frozen):
        assert clock.utc_now() == datetime(2021, 3, 3, 12, 0, 0, 123_000, UTC)
        with pytest.raises(ZeroDivisionError), clock.use(lambda: inner):
            assert 1 / (clock.utc_now() - inner).seconds
        assert clock.utc_now() == datetime(2021, 3, 3, 12, 0, 0, 123_000, UTC)
    assert clock.utc_now() > frozen
