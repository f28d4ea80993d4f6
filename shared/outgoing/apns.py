"""Apple's push service: tell phones that a pass has changed. It takes HTTP/2 alone.

The host is Apple's, and nobody else's to choose. The session speaks no HTTP/2, and httpx is slow to
load: only what pushes imports this (docs/decisions, "Passes are told, not pushed").

Source: Apple, "Sending Push Notifications to APNs"; of passes the payload is empty, and the
certificate of the Pass Type ID is the client's.
"""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import certifi
import httpx

URL = "https://api.push.apple.com"
TIMEOUT_S = 10.0
_PAYLOAD = b"{}"
_GONE = 410
_OK = 200
_BUSY = 429
_FAILURE = range(500, 600)
_BAD_TOKENS = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered"})


class PushOutcome(StrEnum):
    """What became of one push. ``GONE``: that phone takes none any more."""

    TAKEN = "taken"
    GONE = "gone"
    RETRY = "retry"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PassPush:
    """What became of the push to one token; ``reason`` in Apple's words, if it is not taken."""

    token: str
    outcome: PushOutcome
    reason: str = ""


def push(
    tokens: Sequence[str],
    *,
    topic: str,
    identity: bytes,
    url: str = URL,
    authorities: str | None = None,
) -> list[PassPush]:
    """Tell phones that a pass has changed, one after the other on one connection.

    Args:
        tokens: Of the phones.
        topic: The Pass Type ID.
        identity: Its certificate, key and chain as PEM.
        url: Another server, for tests.
        authorities: Their file, for tests; ``None`` for those of certifi.
    """
    with httpx.Client(
        http2=True,
        verify=_tls(identity, authorities or certifi.where()),
        timeout=TIMEOUT_S,
        trust_env=False,
        follow_redirects=False,
    ) as client:
        return [_one(client, url, topic, each) for each in tokens]


def _one(client: httpx.Client, url: str, topic: str, token: str) -> PassPush:
    try:
        address = f"{url}/3/device/{token}"
        answer = client.post(address, content=_PAYLOAD, headers={"apns-topic": topic})
    except httpx.HTTPError as problem:
        return PassPush(token, PushOutcome.RETRY, type(problem).__name__)
    if answer.status_code == _OK:
        return PassPush(token, PushOutcome.TAKEN)
    reason = _reason(answer)
    if answer.status_code == _GONE or reason in _BAD_TOKENS:
        return PassPush(token, PushOutcome.GONE, reason)
    is_busy = answer.status_code == _BUSY or answer.status_code in _FAILURE
    return PassPush(token, PushOutcome.RETRY if is_busy else PushOutcome.REFUSED, reason)


def _reason(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        said = None
    reason = said.get("reason") if isinstance(said, dict) else None
    return str(reason or answer.status_code)[:100]


def _tls(identity: bytes, authorities: str) -> ssl.SSLContext:
    """Return the client's TLS settings. ssl takes a key from a file alone, which goes at once."""
    context = ssl.create_default_context(cafile=authorities)
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(tempfile.NamedTemporaryFile(suffix=".pem"))
        file.write(identity)
        file.flush()
        context.load_cert_chain(file.name)
    return context
