"""Outgoing HTTP: public addresses, no redirects, bounded time and size. No other way goes out.

requests-hardened resolves a name once and pins the connection to the address it has checked, so
that DNS is never asked a second time (rebinding). This module adds: our own list of public
addresses, checked before connecting and again on the socket's peer; a deadline for the whole
exchange, because requests only limits each single read; and a limit for the answer's size.
"""

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import Any, Literal

import requests
import urllib3
from requests_hardened import Config, HTTPSession  # type: ignore[import-untyped]
from requests_hardened.ip_filter import InvalidIPAddress  # type: ignore[import-untyped]
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from shared.outgoing.guard import check_header, check_url, is_public

# Below the 5 s after which common servers close an idle connection. It also prevents sending on a
# connection that died unnoticed while the instance had no CPU between two requests.
_IDLE_S_MAX = 4.0

OutgoingCode = Literal[
    "url_refused",
    "invalid_headers",
    "name_not_resolved",
    "address_refused",
    "connection_failed",
    "tls_failed",
    "invalid_response",
    "timeout",
]


class OutgoingError(Exception):
    """There is no answer. ``code`` tells why; ``duration_ms`` is the time that it took."""

    def __init__(self, code: OutgoingCode, duration_ms: int) -> None:
        super().__init__(code)
        self.code = code
        self.duration_ms = duration_ms


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer.

    Attributes:
        status: It counts as soon as it has arrived, whatever happens to the body.
        headers: The names may be in any case.
        data: The body, or its beginning: the bytes that arrived in time, up to the requested limit.
        is_complete: True if ``data`` is the whole body.
        duration_ms: From the call to the last byte that was read.
    """

    status: int
    headers: Mapping[str, str]
    data: bytes
    is_complete: bool
    duration_ms: int


def request(
    method: str,
    url: str,
    *,
    body: bytes | None,
    headers: Mapping[str, str],
    timeout_s: float,
    answer_bytes_max: int,
    allow_loopback: bool,
    user_agent: str,
) -> Answer:
    """Make one exchange, without redirects.

    Args:
        method: ``GET``, ``POST`` and so on.
        url: Checked again with `check_url`.
        body: The exact bytes to send.
        headers: Sent as they are; ours are added to them (`User-Agent`, `Host`, `Accept-Encoding`).
        timeout_s: For connecting, TLS, sending and reading together. The DNS look-up has its own
            limit before that: the C library's look-up cannot be interrupted.
        answer_bytes_max: The most bytes to read of the answer's body.
        allow_loopback: Also call this machine, with http and on any port. Only for the emulator.
        user_agent: The caller's name.

    Raises:
        OutgoingError: There is no answer. Nothing else is raised, whatever a URL, a name server
            or a server does.
    """
    limits = _Limits(time.monotonic(), timeout_s, allow_loopback)
    scope = _limits.set(limits)
    try:
        return _exchange(
            method, url, body, {**headers, "User-Agent": user_agent}, limits, answer_bytes_max
        )
    except (requests.RequestException, urllib3.exceptions.HTTPError, _RefusedError) as failure:
        raise OutgoingError(_code(failure, limits), limits.spent_ms()) from failure
    finally:
        _limits.reset(scope)


class _RefusedError(Exception):
    """Carries the code of a refusal through requests, which rewrites every OSError."""

    def __init__(self, code: OutgoingCode) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Limits:
    """Limits of the current exchange."""

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
            raise TimeoutError("The exchange has taken too long.")
        return remaining_s

    def check_address(self, address: str) -> None:
        try:
            ip = ip_address(address)
        except ValueError:  # it is a name: something bypassed the pinning
            raise _RefusedError("address_refused") from None
        if not (is_public(ip) or (self.allow_loopback and ip.is_loopback)):
            raise _RefusedError("address_refused")


# urllib3 makes connections and answers internally, in the thread that called `request`.
_limits: ContextVar[_Limits] = ContextVar("limits")


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket until the deadline, in any number of pieces."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock = sock
        self._raw = raw
        self._exchange_limits = _limits.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._exchange_limits.remaining_s())
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


class _TlsContexts(threading.local):
    """TLS settings by file of authorities; one set for each thread, as urllib3 changes them."""

    def __init__(self) -> None:
        self._by_file: dict[str, ssl.SSLContext] = {}

    def get(self, authorities: str) -> ssl.SSLContext:
        context = self._by_file.get(authorities)
        if context is None:
            context = create_urllib3_context(
                cert_reqs=ssl.CERT_REQUIRED, ssl_minimum_version=ssl.TLSVersion.TLSv1_2
            )
            context.load_verify_locations(authorities)
            self._by_file[authorities] = context
        return context


_tls_contexts = _TlsContexts()


class _TlsConnection(_Connection, HTTPSConnection):
    def connect(self) -> None:
        # With a file name, urllib3 reads it for each connection: 20 to 40 ms of processor time.
        if self.ca_certs:
            self.ssl_context = _tls_contexts.get(self.ca_certs)
            self.ca_certs = None
        super().connect()


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Session(HTTPSession):  # type: ignore[misc]
    """Keeps connections for the next exchanges of its thread, and keeps nothing else."""

    def __init__(self, *, allow_loopback: bool) -> None:
        super().__init__(
            Config(
                ip_filter_enable=True,
                ip_filter_allow_loopback_ips=allow_loopback,
                never_redirect=True,
                default_timeout=(10.0, 10.0),
            )
        )
        self.trust_env = False  # no proxy, no .netrc, no certificates from the environment
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.headers["Accept-Encoding"] = "identity"
        for adapter in self.adapters.values():
            adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        self._used_at_s = 0.0

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        # Not following redirects is not enough: requests would still read a redirect's whole body
        # into memory, to prepare the request that it then does not send.
        return None

    def drop_idle_connections(self) -> None:
        now_s = time.monotonic()
        if now_s - self._used_at_s > _IDLE_S_MAX:
            self.close()
        self._used_at_s = now_s


class _Sessions(threading.local):
    """One set of sessions for each thread, because sessions of requests are not safe to share."""

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
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    limits: _Limits,
    answer_bytes_max: int,
) -> Answer:
    try:
        target = check_url(url, allow_loopback=limits.allow_loopback)
    except ValueError:
        raise _RefusedError("url_refused") from None
    try:
        for name, value in headers.items():
            check_header(name, value)
    except ValueError:
        raise _RefusedError("invalid_headers") from None
    session = _sessions.get(allow_loopback=limits.allow_loopback)
    response: requests.Response = session.request(
        method,
        target,
        data=body,
        headers=dict(headers),
        timeout=limits.timeout_s,
        stream=True,
        allow_redirects=False,
    )
    with response:
        data, is_complete = _read(response.raw, answer_bytes_max)
        return Answer(response.status_code, response.headers, data, is_complete, limits.spent_ms())


def _read(raw: urllib3.BaseHTTPResponse, bytes_max: int) -> tuple[bytes, bool]:
    data = b""
    try:
        while len(data) < bytes_max:
            piece = raw.read1(bytes_max - len(data), decode_content=False)
            if not piece:
                return data, True
            data += piece
    except (urllib3.exceptions.HTTPError, OSError):
        pass  # The status has arrived, and it is the answer.
    return data, False


def _code(failure: Exception, limits: _Limits) -> OutgoingCode:
    if isinstance(failure, _RefusedError):
        return failure.code
    return "timeout" if limits.is_over() else error_code(failure)


def error_code(failure: Exception) -> OutgoingCode:
    """Return the code of the reason why there was no answer.

    Args:
        failure: The error that requests or botocore raised, with its causes.
    """
    if isinstance(failure, requests.Timeout):
        return "timeout"
    causes = tuple(_causes(failure))
    for types, code in _CODES:
        if any(isinstance(cause, types) for cause in causes):
            return code
    return "connection_failed"


# The first type that fits counts. RemoteDisconnected is an HTTPException too.
_CODES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], OutgoingCode], ...] = (
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
