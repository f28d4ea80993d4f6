"""The one outgoing HTTP client for webhooks: public addresses, no redirects, bounded time and size.

requests-hardened resolves a name once and pins the connection to the address it has checked, so
that a second answer of the DNS (rebinding) is never asked for. Added here: our own list of public
addresses, checked before connecting and again on the socket's peer; a deadline for the attempt as
a whole, where requests only limits each single read; and a bound on what is read of an answer.
"""

import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import Any, Literal

import requests
import urllib3
from requests_hardened import Config, HTTPSession  # type: ignore[import-untyped]
from requests_hardened.ip_filter import InvalidIPAddress  # type: ignore[import-untyped]
from urllib3.connection import HTTPConnection, HTTPSConnection

from shared.webhooks.guard import check_header, check_url, is_public
from shared.webhooks.schedule import parse_retry_after

USER_AGENT = "Punktwerk-Webhooks/1"
ANSWER_BYTES_MAX = 64 * 1024
TEXT_CHARS_MAX = 2048

# Below the 5 s after which common servers close an idle connection. It also keeps us from sending
# into a connection that died unnoticed while the instance had no CPU between two requests.
_IDLE_S_MAX = 4.0

AttemptError = Literal[
    "url_refused",
    "invalid_headers",
    "name_not_resolved",
    "address_refused",
    "connection_failed",
    "tls_failed",
    "invalid_response",
    "timeout",
    "credentials_unavailable",
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt: either `status` or `error` is None.

    Attributes:
        status: HTTP status of the answer. It counts as soon as it has arrived, however the body
            goes on: the receiver has decided by then.
        duration_ms: From the call to the last byte that was read.
        response_text: First 2,048 characters of the body, as UTF-8; what is none becomes U+FFFD.
        error: Why there is no status.
        retry_after_s: What the receiver asked to wait, 0 to 86,400 seconds.
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
    """Post a body once. Never raises for what a URL, a name server or a receiver does.

    Args:
        url: Checked again with `check_url`.
        body: The exact bytes to send; small enough for a socket's buffer (webhooks: 20 kB).
        headers: Sent as they are; ours are added to them (`User-Agent`, `Host`, `Accept-Encoding`).
        timeout_s: For connecting, TLS, sending and reading together. Only the name server's own
            time limit comes before it: the C library's look-up cannot be interrupted.
        allow_loopback: Also post to this machine, with http and on any port. Only for the emulator.

    Source: Standard Webhooks, "Webhook delivery" and "Server-side request forgery".
    """
    limits = _Limits(time.monotonic(), timeout_s, allow_loopback)
    scope = _limits.set(limits)
    try:
        status, data, retry_after_s = _exchange(url, body, headers, limits)
    except (requests.RequestException, urllib3.exceptions.HTTPError, _RefusedError) as failure:
        return Attempt(None, limits.spent_ms(), error=_code(failure, limits))
    finally:
        _limits.reset(scope)
    text = data.decode(errors="replace")[:TEXT_CHARS_MAX]
    return Attempt(status, limits.spent_ms(), text, retry_after_s=retry_after_s)


class _RefusedError(Exception):
    """Carries the code of a refusal through requests, which rewrites every OSError."""

    def __init__(self, code: AttemptError) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Limits:
    """Bounds of the attempt under way."""

    started_s: float  # of time.monotonic()
    timeout_s: float
    allow_loopback: bool

    def spent_ms(self) -> int:
        return int((time.monotonic() - self.started_s) * 1000)

    def is_over(self) -> bool:
        return time.monotonic() - self.started_s >= self.timeout_s

    def remaining_s(self) -> float:
        remaining_s = self.started_s + self.timeout_s - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError("The attempt has taken too long.")
        return remaining_s

    def check_address(self, address: str) -> None:
        try:
            ip = ip_address(address)
        except ValueError:  # a name: something bypassed the pinning
            raise _RefusedError("address_refused") from None
        if not (is_public(ip) or (self.allow_loopback and ip.is_loopback)):
            raise _RefusedError("address_refused")


# urllib3 makes connections and answers deep down, in the thread that called `post`.
_limits: ContextVar[_Limits] = ContextVar("limits")


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket until the deadline, in however many pieces the bytes arrive."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock = sock
        self._raw = raw
        self._attempt_limits = _limits.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._attempt_limits.remaining_s())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_DeadlineReader(sock, self.fp.detach()))


class _Connection(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        limits = _limits.get()
        limits.check_address(self._dns_host.strip("[]"))
        self.timeout = limits.remaining_s()
        sock = super()._new_conn()
        try:
            limits.check_address(sock.getpeername()[0])
            sock.settimeout(limits.remaining_s())  # for the TLS handshake
        except BaseException:
            sock.close()
            raise
        return sock


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Session(HTTPSession):  # type: ignore[misc]
    """Keeps connections for the next attempts of its thread, and nothing else between attempts."""

    def __init__(self, *, allow_loopback: bool) -> None:
        super().__init__(
            Config(
                ip_filter_enable=True,
                ip_filter_allow_loopback_ips=allow_loopback,
                never_redirect=True,
                default_timeout=(10.0, 10.0),
                user_agent_override=USER_AGENT,
            )
        )
        self.trust_env = False  # no proxy, no .netrc, no certificates from the environment
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.headers["Accept-Encoding"] = "identity"
        for adapter in self.adapters.values():
            adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        self._used_at_s = 0.0

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        # Not following is not enough: requests would still read the whole body of a redirect into
        # memory to prepare the request that it then does not send.
        return None

    def drop_idle_connections(self) -> None:
        now_s = time.monotonic()
        if now_s - self._used_at_s > _IDLE_S_MAX:
            self.close()
        self._used_at_s = now_s


class _Sessions(threading.local):
    """One set for each thread: sessions of requests are not safe to share."""

    def __init__(self) -> None:
        self._by_allow_loopback: dict[bool, _Session] = {}

    def get(self, *, allow_loopback: bool) -> _Session:
        session = self._by_allow_loopback.get(allow_loopback)
        if session is None:
            session = _Session(allow_loopback=allow_loopback)
            self._by_allow_loopback[allow_loopback] = session
        session.drop_idle_connections()
        return session


_sessions = _Sessions()


def _exchange(
    url: str, body: bytes, headers: Mapping[str, str], limits: _Limits
) -> tuple[int, bytes, int | None]:
    try:
        target = check_url(url, allow_loopback=limits.allow_loopback)
    except ValueError:
        raise _RefusedError("url_refused") from None
    try:
        for name, value in headers.items():
            check_header(name, value)
    except ValueError:
        raise _RefusedError("invalid_headers") from None
    response: requests.Response = _sessions.get(allow_loopback=limits.allow_loopback).post(
        target, data=body, headers=dict(headers), timeout=limits.timeout_s, stream=True
    )
    with response:
        retry_after_s = parse_retry_after(
            response.headers.get("Retry-After"),
            date=response.headers.get("Date"),
            now=datetime.now(tz=UTC),
        )
        return response.status_code, _read(response.raw), retry_after_s


def _read(raw: urllib3.BaseHTTPResponse) -> bytes:
    data = b""
    try:
        while len(data) < ANSWER_BYTES_MAX:
            piece = raw.read1(ANSWER_BYTES_MAX - len(data), decode_content=False)
            if not piece:
                break
            data += piece
    except (urllib3.exceptions.HTTPError, OSError):
        pass  # The status has arrived, and it is the answer.
    return data


def _code(failure: Exception, limits: _Limits) -> AttemptError:
    if isinstance(failure, _RefusedError):
        return failure.code
    return "timeout" if limits.is_over() else error_code(failure)


def error_code(failure: Exception) -> AttemptError:
    """Name the reason why there was no answer.

    Args:
        failure: What requests or botocore raised, with its causes.
    """
    if isinstance(failure, requests.Timeout):
        return "timeout"
    causes = tuple(_causes(failure))
    for types, code in _CODES:
        if any(isinstance(cause, types) for cause in causes):
            return code
    return "connection_failed"


# The first that fits. RemoteDisconnected is an HTTPException too.
_CODES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], AttemptError], ...] = (
    (InvalidIPAddress, "address_refused"),
    (requests.exceptions.SSLError, "tls_failed"),
    (socket.gaierror, "name_not_resolved"),
    (http.client.RemoteDisconnected, "connection_failed"),
    ((http.client.HTTPException, urllib3.exceptions.InvalidHeader), "invalid_response"),
)


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__
