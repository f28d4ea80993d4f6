"""One attempt to post a webhook, and its result."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from shared.outgoing import session
from shared.outgoing.retry_after import parse_retry_after
from shared.outgoing.session import OutgoingCode, OutgoingError

USER_AGENT = "Punktwerk-Webhooks/1"
ANSWER_BYTES_MAX = 64 * 1024
TEXT_CHARS_MAX = 2048

AttemptError = OutgoingCode | Literal["credentials_unavailable"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of one attempt: either `status` or `error` is None.

    Attributes:
        status: HTTP status of the answer. It counts as soon as it has arrived, whatever happens to
            the body: the receiver has decided by then.
        duration_ms: From the call to the last byte that was read.
        response_text: First 2,048 characters of the body as UTF-8; invalid bytes become U+FFFD.
        error: The reason why there is no status.
        retry_after_s: The time that the receiver asks us to wait, 0 to 86,400 seconds.
    """

    status: int | None
    duration_ms: int
    response_text: str = ""
    error: AttemptError | None = None
    retry_after_s: int | None = None


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    timeout_s: float,
    allow_loopback: bool,
) -> Attempt:
    """Post a body once. Never raises, whatever a URL, a name server or a receiver does.

    Args:
        url: The URL to post to.
        body: The exact bytes to send; small enough for a socket's buffer (webhooks: 20 kB).
        headers: Sent as they are; ours are added to them (`User-Agent`, `Host`, `Accept-Encoding`).
        timeout_s: For the whole attempt, see `session.request`.
        allow_loopback: Also post to this machine, with http and on any port. Only for the emulator.

    Source: Standard Webhooks, "Webhook delivery" and "Server-side request forgery".
    """
    try:
        answer = session.request(
            "POST",
            url,
            body=body,
            headers=headers,
            timeout_s=timeout_s,
            answer_bytes_max=ANSWER_BYTES_MAX,
            allow_loopback=allow_loopback,
            user_agent=USER_AGENT,
        )
    except OutgoingError as failure:
        return Attempt(None, failure.duration_ms, error=failure.code)
    return Attempt(
        answer.status,
        answer.duration_ms,
        answer.data.decode(errors="replace")[:TEXT_CHARS_MAX],
        retry_after_s=parse_retry_after(
            answer.headers.get("Retry-After"),
            date=answer.headers.get("Date"),
            now=datetime.now(tz=UTC),
        ),
    )
