"""The schedule of a webhook's retries, and the effect of an attempt on its delivery."""

from enum import StrEnum

# Between consecutive attempts.
DELAYS_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
ATTEMPTS_MAX = len(DELAYS_S) + 1

_SUCCESS = range(200, 300)
_GONE = 410


class AttemptOutcome(StrEnum):
    """The effect of one attempt."""

    SUCCEEDED = "succeeded"
    RETRY = "retry"
    DISABLE = "disable"


def outcome_of(status: int | None, error: str | None) -> AttemptOutcome:
    """Return the effect of one attempt.

    Args:
        status: HTTP status of the answer, None if there was none.
        error: Code of the failure, None if there was an answer.

    Returns:
        `SUCCEEDED` for 2xx; `DISABLE` for 410, with which a receiver refuses all further events;
        `RETRY` for everything else, including redirects.

    Raises:
        ValueError: Neither or both are given.

    Source: Standard Webhooks, "Webhook delivery" (2xx only is success, 410 disables).
    """
    if (status is None) == (error is None):
        raise ValueError("An attempt has either a status or an error.")
    if status in _SUCCESS:
        return AttemptOutcome.SUCCEEDED
    return AttemptOutcome.DISABLE if status == _GONE else AttemptOutcome.RETRY


def next_delay_s(attempts_made: int, *, jitter: float, retry_after_s: int | None) -> int | None:
    """Return the delay before the next attempt.

    Attempts follow each other after 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h:
    ten attempts, the last one 75 h 35 min 5 s after the first, apart from jitter.

    Without `retry_after_s` a delay is within 20 % of its base. With it, the delay is the requested
    one, limited to [base, 2 x base], and then up to 20 % of the base later (never above 2 x base),
    so that waiting deliveries do not come back all at once.

    Args:
        attempts_made: Attempts so far, 0 or more.
        jitter: Random fraction in [0, 1).
        retry_after_s: Seconds that the receiver asks us to wait (`Retry-After`), else None.

    Returns:
        Seconds from the end of the last attempt, 0 before the first; None after the last attempt:
        the delivery is a dead letter.

    Raises:
        ValueError: An argument is out of its range.

    Source: Standard Webhooks, "Retries" (the schedule, with jitter); Svix server (20 % and the
    bounds of Retry-After).
    """
    if attempts_made < 0 or not 0 <= jitter < 1:
        raise ValueError("attempts_made must be at least 0, and jitter in [0, 1).")
    if attempts_made == 0:
        return 0
    if attempts_made >= ATTEMPTS_MAX:
        return None
    base_s = DELAYS_S[attempts_made - 1]
    if retry_after_s is None:
        return round(base_s * (0.8 + 0.4 * jitter))
    return min(max(retry_after_s, base_s) + round(0.2 * base_s * jitter), 2 * base_s)
