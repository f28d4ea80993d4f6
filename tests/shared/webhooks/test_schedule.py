"""The retry schedule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.webhooks.schedule import (
    ATTEMPTS_MAX,
    DELAYS_S,
    AttemptOutcome,
    next_delay_s,
    outcome_of,
)

MINUTE_S, HOUR_S = 60, 3600
RETRYABLE = st.integers(1, ATTEMPTS_MAX - 1)
JITTER = st.floats(0, 1, exclude_max=True)


def test_the_schedule_is_that_of_standard_webhooks():
    middle = [next_delay_s(made, jitter=0.5, retry_after_s=None) for made in range(11)]
    assert middle == [
        0,
        5,
        5 * MINUTE_S,
        30 * MINUTE_S,
        2 * HOUR_S,
        5 * HOUR_S,
        10 * HOUR_S,
        14 * HOUR_S,
        20 * HOUR_S,
        24 * HOUR_S,
        None,
    ]


def test_ten_attempts_take_75_hours_35_minutes_and_5_seconds():
    assert ATTEMPTS_MAX == 10
    assert sum(DELAYS_S) == 75 * HOUR_S + 35 * MINUTE_S + 5


@given(RETRYABLE, JITTER)
def test_jitter_stays_within_20_percent(made, jitter):
    base_s = DELAYS_S[made - 1]
    delay_s = next_delay_s(made, jitter=jitter, retry_after_s=None)
    assert type(delay_s) is int
    assert 0.8 * base_s <= delay_s <= 1.2 * base_s


@pytest.mark.parametrize(
    ("jitter", "delay_s"), [(0.0, 240), (0.25, 270), (0.5, 300), (0.75, 330), (0.9999, 360)]
)
def test_jitter_spreads_evenly(jitter, delay_s):
    assert next_delay_s(2, jitter=jitter, retry_after_s=None) == delay_s


@given(RETRYABLE, JITTER, st.integers(-(10**9), 10**9))
def test_retry_after_is_honoured_between_the_base_and_twice_the_base(made, jitter, asked_s):
    base_s = DELAYS_S[made - 1]
    delay_s = next_delay_s(made, jitter=jitter, retry_after_s=asked_s)
    assert type(delay_s) is int
    assert base_s <= delay_s <= 2 * base_s
    assert delay_s >= min(asked_s, 2 * base_s)


@pytest.mark.parametrize(
    ("asked_s", "jitter", "delay_s"),
    [
        (0, 0.0, 300),
        (-5, 0.0, 300),
        (400, 0.0, 400),
        (400, 0.5, 430),
        (590, 0.5, 600),
        (601, 0.0, 600),
        (86_400, 0.9, 600),
    ],
)
def test_retry_after_examples_after_the_second_attempt(asked_s, jitter, delay_s):
    assert next_delay_s(2, jitter=jitter, retry_after_s=asked_s) == delay_s


@given(st.integers(ATTEMPTS_MAX, 10**6), JITTER, st.none() | st.integers(0, 10**6))
def test_after_the_last_attempt_there_is_none(made, jitter, asked_s):
    assert next_delay_s(made, jitter=jitter, retry_after_s=asked_s) is None


@pytest.mark.parametrize(("made", "jitter"), [(-1, 0.5), (1, 1.0), (1, -0.1), (1, float("nan"))])
def test_arguments_out_of_range_are_refused(made, jitter):
    with pytest.raises(ValueError, match="attempts_made"):
        next_delay_s(made, jitter=jitter, retry_after_s=None)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(status, AttemptOutcome.SUCCEEDED) for status in (200, 201, 202, 204, 299)]
    + [(410, AttemptOutcome.DISABLE)]
    + [
        (status, AttemptOutcome.RETRY)
        for status in (100, 101, 199, 300, 301, 302, 304, 307, 308, 400, 401, 404, 409, 411, 429)
    ]
    + [(status, AttemptOutcome.RETRY) for status in (500, 502, 503, 504, 599, 999)],
)
def test_a_status_means(status, expected):
    assert outcome_of(status, None) is expected


def test_no_answer_is_tried_again():
    assert outcome_of(None, "timeout") is AttemptOutcome.RETRY


@pytest.mark.parametrize(("status", "error"), [(None, None), (200, "timeout")])
def test_an_attempt_has_either_a_status_or_an_error(status, error):
    with pytest.raises(ValueError, match="either"):
        outcome_of(status, error)
