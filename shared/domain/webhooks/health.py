"""What its answers say of an endpoint: how its deliveries wait, how fast they come, when it ends.

Most answers change nothing, and what changes nothing is not written: an endpoint that is well, and
one that has failed for days, cost no write but that of the delivery.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.webhooks.deliveries import AttemptRecord, Lane
from shared.domain.webhooks.endpoints import Health, WebhookEndpoint

SLOW_FROM_MS = 5_000
FAST_BELOW_MS = 1_000
SLOW_AT_LEAST = timedelta(minutes=10)
"""So that an endpoint that is slow now and then is not written each time."""
PACE_S_MAX = 10
RETRY_AFTER_MAX = timedelta(hours=1)
RETRY_AFTER_STEP = timedelta(seconds=1)
"""What many answers at once ask for alike is written once."""
SLOTS_AHEAD = timedelta(minutes=10)
"""How far ahead turns are given out. Who comes later asks again later: an endpoint that is well
again should not be kept waiting by turns that were given out for days."""
FAILING_AT_MOST = timedelta(days=5)

ONLY_FAILED = "only_failed"
GONE = "gone"

_OVERLOADED = {429, 502, 504}
_TIMEOUT = "timeout"


def lane(health: Health) -> Lane:
    """Return the queue for an endpoint's deliveries: the slow one too for what is overloaded."""
    return Lane.SLOW if health.is_slow or health.pace_s else Lane.FAST


def reserve(health: Health, now: datetime, *, jitter: float) -> tuple[Health, datetime, bool]:
    """Give a delivery its turn at an overloaded endpoint.

    Args:
        health: Of an endpoint with a pace.
        now: UTC.
        jitter: Random fraction in [0, 1).

    Returns:
        The health afterwards; when the delivery may come; and whether that is a turn of its own.
        If all turns of the next ten minutes are given out, it is not: the delivery is to ask again
        then, spread over ten minutes, so that those who wait do not come back as a herd.
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
    """Return an endpoint as it is after an attempt; most often as it was.

    Args:
        endpoint: As it is now, enabled.
        attempt: What was made.
        is_success: The endpoint has the message.
        is_gone: It wants no more, and is disabled at once.
        retry_after_s: What it asked to wait, ``None`` if it did not.

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
        # What is overloaded anew begins anew, and not where the last turn was given out.
        return replace(health, pace_s=pace_s, next_slot_at=health.next_slot_at if pace_s else None)
    if attempt.status not in _OVERLOADED and attempt.error != _TIMEOUT:
        return health
    paced = replace(health, pace_s=min(max(2 * health.pace_s, 1), PACE_S_MAX))
    asked = min(timedelta(seconds=retry_after_s or 0), RETRY_AFTER_MAX)
    until = attempt.at + timedelta(milliseconds=attempt.duration_ms) + asked
    is_later = paced.next_slot_at is None or until - paced.next_slot_at >= RETRY_AFTER_STEP
    return replace(paced, next_slot_at=until) if retry_after_s and is_later else paced
