"""What answers make of an endpoint: its lane, its pace, and its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.webhooks import health
from shared.domain.webhooks.deliveries import AttemptRecord, Lane
from shared.domain.webhooks.endpoints import Health, SigningSecret, WebhookEndpoint

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIVE_DAYS = timedelta(days=5)
ENDPOINT = WebhookEndpoint(
    endpoint_id="we_1",
    account_id="acc_1",
    store_id="store_1",
    kind="http",
    target="https://example.com/hook",
    events=("*",),
    secrets=(SigningSecret("token"),),
    created_at=NOON - timedelta(days=100),
    updated_at=NOON - timedelta(days=90),
)


def judged(
    known: Health,
    status: int | None = 500,
    *,
    error: str | None = None,
    at: datetime = NOON,
    duration_ms: int = 100,
    retry_after_s: int | None = None,
) -> WebhookEndpoint:
    return health.judge(
        replace(ENDPOINT, health=known),
        AttemptRecord(at, status, duration_ms, error, ""),
        is_success=status is not None and 200 <= status < 300,
        is_gone=status == 410,
        retry_after_s=retry_after_s,
    )


def after(known: Health, *arguments: Any, **options: Any) -> Health:
    endpoint = judged(known, *arguments, **options)
    assert endpoint.is_enabled
    assert replace(endpoint, health=Health()) == ENDPOINT
    return endpoint.health


def test_success_of_what_is_well_changes_nothing() -> None:
    assert after(Health(), 200) == Health()


def test_the_first_failure_is_remembered_until_a_success() -> None:
    failing = after(Health(), 500)
    assert failing == Health(failing_since=NOON)
    assert after(failing, 404, at=NOON + timedelta(hours=1)) == failing
    assert after(failing, None, error="tls_failed", at=NOON + timedelta(hours=1)) == failing
    assert after(failing, 204) == Health()


@pytest.mark.parametrize(
    ("status", "later", "is_enabled"),
    [
        (500, FIVE_DAYS - timedelta(milliseconds=1), True),
        (500, FIVE_DAYS, False),
        (500, FIVE_DAYS * 2, False),
        (200, FIVE_DAYS, True),
    ],
)
def test_five_days_of_nothing_but_failures_are_the_end(
    status: int, later: timedelta, is_enabled: bool
) -> None:
    endpoint = judged(Health(failing_since=NOON), status, at=NOON + later)

    assert endpoint.is_enabled is is_enabled
    expected = (None, None) if is_enabled else ("only_failed", NOON + later)
    assert (endpoint.disabled_reason, endpoint.disabled_at) == expected
    assert endpoint.updated_at == ENDPOINT.updated_at


def test_gone_is_the_end_at_once() -> None:
    endpoint = judged(Health(), 410)

    assert (endpoint.is_enabled, endpoint.disabled_reason, endpoint.disabled_at) == (
        False,
        "gone",
        NOON,
    )
    assert endpoint.health == Health(failing_since=NOON)


@pytest.mark.parametrize(
    ("status", "error", "duration_ms", "is_slow"),
    [
        (200, None, 4_999, False),
        (200, None, 5_000, True),
        (None, "timeout", 15_000, True),
        (None, "timeout", 10, True),
        (None, "connection_failed", 10, False),
    ],
)
def test_five_seconds_are_slow(
    status: int | None, error: str | None, duration_ms: int, is_slow: bool
) -> None:
    known = after(Health(), status, error=error, duration_ms=duration_ms)

    assert (known.is_slow, known.slow_since) == (is_slow, NOON if is_slow else None)
    assert health.lane(known) is (Lane.SLOW if is_slow else Lane.FAST)


@pytest.mark.parametrize(
    ("duration_ms", "later", "is_slow"),
    [
        (999, timedelta(minutes=10), False),
        (999, timedelta(minutes=10) - timedelta(milliseconds=1), True),
        (1_000, timedelta(minutes=10), True),
        (6_000, timedelta(hours=1), True),
    ],
)
def test_what_is_slow_stays_so_for_ten_minutes(
    duration_ms: int, later: timedelta, is_slow: bool
) -> None:
    slow = Health(is_slow=True, slow_since=NOON)

    known = after(slow, 200, at=NOON + later, duration_ms=duration_ms)

    assert known == (slow if is_slow else Health())


def test_a_refusal_in_no_time_is_fast() -> None:
    slow = Health(failing_since=NOON, is_slow=True, slow_since=NOON)

    known = after(slow, None, error="connection_failed", at=NOON + timedelta(hours=1))

    assert known == Health(failing_since=NOON)


@pytest.mark.parametrize(
    ("status", "error"), [(429, None), (502, None), (504, None), (None, "timeout")]
)
def test_overload_doubles_the_pace_up_to_ten_seconds(status: int | None, error: str | None) -> None:
    known, paces = Health(), []
    for _ in range(6):
        known = after(known, status, error=error)
        paces.append(known.pace_s)

    assert paces == [1, 2, 4, 8, 10, 10]
    assert health.lane(known) is Lane.SLOW


def test_success_halves_the_pace_down_to_none() -> None:
    known, paces = Health(pace_s=10, next_slot_at=NOON), []
    for _ in range(4):
        known = after(known, 200)
        paces.append(known.pace_s)

    assert paces == [5, 2, 1, 0]
    assert known == Health()
    assert health.lane(known) is Lane.FAST


@pytest.mark.parametrize("status", [500, 503, 400, 301])
def test_other_failures_leave_the_pace(status: int) -> None:
    paced = Health(failing_since=NOON, pace_s=4, next_slot_at=NOON)

    assert after(paced, status, retry_after_s=30) == paced


@pytest.mark.parametrize(
    ("retry_after_s", "duration_ms", "later"),
    [(30, 0, 30 * SECOND), (30, 2_000, 32 * SECOND), (86_400, 0, timedelta(hours=1))],
)
def test_overload_says_when_to_come_again(
    retry_after_s: int, duration_ms: int, later: timedelta
) -> None:
    known = after(Health(), 429, retry_after_s=retry_after_s, duration_ms=duration_ms)

    assert known == Health(failing_since=NOON, pace_s=1, next_slot_at=NOON + later)


def test_many_that_are_told_alike_to_come_again_are_written_once() -> None:
    paced = Health(failing_since=NOON, pace_s=10, next_slot_at=NOON + 30 * SECOND)

    for at in (NOON - 5 * SECOND, NOON, NOON + timedelta(milliseconds=899)):
        assert after(paced, 429, at=at, retry_after_s=30) == paced
    assert after(paced, 429, at=NOON + SECOND, retry_after_s=30).next_slot_at is not None
    assert after(paced, 429, at=NOON + SECOND, retry_after_s=30) != paced
    assert after(paced, 429, at=NOON + SECOND, retry_after_s=0) == paced


def test_turns_are_a_pace_apart() -> None:
    known, turns = Health(pace_s=4), []
    for _ in range(3):
        known, at, is_own = health.reserve(known, NOON, jitter=0.5)
        turns.append((at - NOON, is_own))

    assert turns == [(timedelta(0), True), (4 * SECOND, True), (8 * SECOND, True)]


def test_turns_that_passed_are_not_made_up_for() -> None:
    paced = Health(pace_s=4, next_slot_at=NOON - timedelta(hours=1))

    known, at, is_own = health.reserve(paced, NOON, jitter=0.5)

    assert (at, is_own) == (NOON, True)
    assert known.next_slot_at == NOON + 4 * SECOND


@pytest.mark.parametrize(
    ("ahead", "jitter", "at", "is_own"),
    [
        (timedelta(minutes=10), 0.5, timedelta(minutes=10), True),
        (timedelta(minutes=10, milliseconds=1), 0.0, timedelta(minutes=10, milliseconds=1), False),
        (timedelta(hours=1), 0.5, timedelta(hours=1, minutes=5), False),
    ],
)
def test_no_turns_are_given_out_for_days(
    ahead: timedelta, jitter: float, at: timedelta, is_own: bool
) -> None:
    paced = Health(pace_s=10, next_slot_at=NOON + ahead)

    known, found, found_own = health.reserve(paced, NOON, jitter=jitter)

    assert (found - NOON, found_own) == (at, is_own)
    assert (known == paced) is not is_own


HEALTH = st.builds(
    Health,
    pace_s=st.integers(1, 10),
    next_slot_at=st.none()
    | st.integers(-3_600_000, 7_200_000).map(
        lambda late_ms: NOON + timedelta(milliseconds=late_ms)
    ),
)


@given(HEALTH, st.lists(st.floats(0, 60), min_size=2, max_size=50), st.floats(0, 0.999))
def test_turns_never_meet(known: Health, waits_s: list[float], jitter: float) -> None:
    now, turns = NOON, []
    for wait_s in waits_s:
        now += timedelta(seconds=wait_s)
        before = known
        known, at, is_own = health.reserve(known, now, jitter=jitter)
        assert at >= max(now, before.next_slot_at or now)
        if is_own:
            assert at - now <= timedelta(minutes=10)
            turns.append(at)

    pace = timedelta(seconds=known.pace_s)
    assert all(late - early >= pace for early, late in pairwise(turns))
