"""An endpoint's health, judged by its answers: queue and pace of its deliveries, and its end.

Most answers change nothing, and then the endpoint is not written: a healthy endpoint, and one that
has failed for days, cost only the write of the delivery.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.webhooks.deliveries import AttemptRecord, Lane
from shared.domain.webhooks.endpoints import Health, WebhookEndpoint

SLOW_FROM_MS = 5_000
FAST_BELOW_MS = 1_000
SLOW_AT_LEAST = timedelta(minutes=10)
"""An endpoint that is slow now and then must not be written each time."""
PACE_S_MAX = 10
RETRY_AFTER_MAX = timedelta(hours=1)
RETRY_AFTER_STEP = timedelta(seconds=1)
"""If many answers at once ask for nearly the same wait, it is written once."""
SLOTS_AHEAD = timedelta(minutes=10)
"""Turns are given out this far ahead. Further deliveries ask again later: an endpoint that has
recovered should not wait for turns that were given out for days."""
FAILING_AT_MOST = timedelta(days=5)

ONLY_FAILED = "only_failed"
GONE = "gone"

_OVERLOADED = {429, 502, 504}
_TIMEOUT = "timeout"


def lane(health: Health) -> Lane:
    """Return the queue for an endpoint's deliveries: the slow one also if it is overloaded."""
    return Lane.SLOW if health.is_slow or health.pace_s else Lane.FAST


def reserve(health: Health, now: datetime, *, jitter: float) -> tuple[Health, datetime, bool]:
    """Give a delivery its turn at an overloaded endpoint.

    Args:
        health: The health of an endpoint with a pace.
        now: UTC.
        jitter: Random fraction in [0, 1).

    Returns:
        The health afterwards; the time for the delivery; and true if this time is its own turn.
        It is false if all turns of the next ten minutes are given out: the delivery must ask again
        at that time, spread over ten minutes, so that the deliveries do not all come back at once.
    """
    free_at = max(now, health.next_slot_at or now)
    if free_at - now > SLOTS_AHEAD:
        return health, free_at + jitter * SLOTS_AHEAD, False
    taken = replace(health, next_slot_at=free_at + timedelta(seconds=health.pace_s))
    return taken, free_at, True


def judge(
    endpoint: WebhookEndpoint,
    attempt: AttemptRecord,
    *,
    is_success: bool,
    is_gone: bool,
    retry_after_s: int | None,
) -> WebhookEndpoint:
    """Return an endpoint after an attempt; most attempts do not change it.

    Args:
        endpoint: The present endpoint, enabled.
        attempt: The attempt.
        is_success: True if the endpoint has the message.
        is_gone: True if it wants no more messages; it is disabled at once.
        retry_after_s: The wait that it asked for, in seconds; ``None`` if it did not ask.

    Source: Standard Webhooks, "Webhook delivery" (410 disables; 429, 502 and 504 slow down).
    """
    health = _failing(endpoint.health, attempt, is_success=is_success)
    health = _slow(health, attempt)
    health = _paced(health, attempt, is_success=is_success, retry_after_s=retry_after_s)
    judged = endpoint if health == endpoint.health else replace(endpoint, health=health)
    since = health.failing_since
    if is_gone:
        return _disabled(judged, GONE, attempt.at)
    if since is not None and attempt.at - since >= FAILING_AT_MOST:
        return _disabled(judged, ONLY_FAILED, attempt.at)
    return judged


def _disabled(endpoint: WebhookEndpoint, reason: str, at: datetime) -> WebhookEndpoint:
    return replace(endpoint, is_enabled=False, disabled_reason=reason, disabled_at=at)


def _failing(health: Health, attempt: AttemptRecord, *, is_success: bool) -> Health:
    if is_success:
        return replace(health, failing_since=None)
    return replace(health, failing_since=health.failing_since or attempt.at)


def _slow(health: Health, attempt: AttemptRecord) -> Health:
    took_long = attempt.duration_ms >= SLOW_FROM_MS or attempt.error == _TIMEOUT
    if took_long and not health.is_slow:
        return replace(health, is_slow=True, slow_since=attempt.at)
    since = health.slow_since
    if (
        since is not None
        and not took_long
        and attempt.duration_ms < FAST_BELOW_MS
        and attempt.at - since >= SLOW_AT_LEAST
    ):
        return replace(health, is_slow=False, slow_since=None)
    return health


def _paced(
    health: Health, attempt: AttemptRecord, *, is_success: bool, retry_after_s: int | None
) -> Health:
    if is_success and health.pace_s:
        pace_s = health.pace_s // 2
        # A new overload begins with new turns, and not after the last turn given out.
        return replace(health, pace_s=pace_s, next_slot_at=health.next_slot_at if pace_s else None)
    if attempt.status not in _OVERLOADED and attempt.error != _TIMEOUT:
        return health
    paced = replace(health, pace_s=min(max(2 * health.pace_s, 1), PACE_S_MAX))
    asked = min(timedelta(seconds=retry_after_s or 0), RETRY_AFTER_MAX)
    until = attempt.at + timedelta(milliseconds=attempt.duration_ms) + asked
    is_later = paced.next_slot_at is None or until - paced.next_slot_at >= RETRY_AFTER_STEP
    return replace(paced, next_slot_at=until) if retry_after_s and is_later else paced
