"""One server on this machine for all providers, with each account below its own path."""

from __future__ import annotations

import importlib
import inspect
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shared.connectors.psp import PROVIDERS
from tests.support.psp_doubles import contract
from tests.support.psp_doubles.book import Book
from tests.support.psp_doubles.dialect import Call, Dialect, Reply, Route
from tests.support.psp_samples import CONFIGS
from tools.emulators import LOOPBACK


def _dialect(provider: str) -> type[Dialect]:
    """Import and return the dialect of a provider: the class in its module with this name."""
    module = importlib.import_module(f"tests.support.psp_doubles.{provider}")
    found: dict[str, type[Dialect]] = {
        each.provider: each
        for each in vars(module).values()
        if inspect.isclass(each) and hasattr(each, "provider")
    }
    return found[provider]


DIALECTS: Mapping[str, type[Dialect]] = {provider: _dialect(provider) for provider in PROVIDERS}
RETRY_AFTER_S = 2
STOP_POLL_S = 0.01
_WAITED_FOR_S = 5.0


class Fault(StrEnum):
    """A fault of a call. All but the first two happen after the work is done."""

    UNREACHED = "unreached"
    BUSY = "busy"
    TIMEOUT = "timeout"
    CUT = "cut"
    BROKEN = "broken"
    GARBAGE = "garbage"
    CHANGED_TYPES = "changed_types"
    UNKNOWN_STATUS = "unknown_status"


@dataclass
class Double:
    """One account with a provider.

    ``pass_time`` is called when the provider takes too long, and ``meanwhile`` with each operation
    before its work is done. ``met`` are the operations that a fault has hit; ``problems`` are the
    requests that should not have been made.
    """

    dialect: Dialect
    url: str
    pass_time: Callable[[], None]
    meanwhile: Callable[[str], None] = lambda _: None
    met: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _fault: tuple[str, Fault] | None = None
    _times_left: float = 0
    _answers: dict[tuple[str, str], tuple[bytes, Reply]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def book(self) -> Book:
        return self.dialect.book

    @property
    def config(self) -> dict[str, Any]:
        """The configuration that a merchant gives."""
        return {**self.dialect.config, "baseUrl": self.url}

    @contextmanager
    def failing(
        self, operation: str, fault: Fault, *, times: float = float("inf")
    ) -> Iterator[None]:
        """Let calls of an operation fail: all of them, or the first few."""
        self._fault, self._times_left = (operation, fault), times
        self.book.is_odd = fault is Fault.UNKNOWN_STATUS
        try:
            yield
        finally:
            self._fault, self.book.is_odd = None, False

    def meet(self, operation: str) -> Fault | None:
        """Return the fault of a received call."""
        with self._lock:
            if self._fault is None or self._fault[0] != operation or not self._times_left:
                return None
            self._times_left -= 1
            self.met.append(operation)
            return self._fault[1]

    def serve(self, route: Route, call: Call, target: str) -> Reply:
        """Do the work, or repeat the first answer if the call is a known one."""
        with self._lock:
            key = self.dialect.key_header and call.headers.get(self.dialect.key_header)
            if not key or route.method == "GET":
                return self._work(route, call)
            if (target, key) not in self._answers:
                self._answers[target, key] = call.body, self._work(route, call)
            body, reply = self._answers[target, key]
            assert body == call.body, "the key has come again with another body"
            return reply

    def _work(self, route: Route, call: Call) -> Reply:
        reply = route.serve(self.dialect, call)
        if not self.book.is_odd:
            contract.check(self.dialect, route, reply)
        return reply


@dataclass
class Doubles:
    """The server."""

    url: str
    opened: dict[str, Double] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def open(self, provider: str, pass_time: Callable[[], None]) -> Double:
        """Return a new account with a provider."""
        name = str(next(self._numbers))
        dialect = DIALECTS[provider](Book(), CONFIGS[provider])
        self.opened[name] = Double(dialect, f"{self.url}/{name}", pass_time)
        return self.opened[name]


@contextmanager
def serving() -> Iterator[Doubles]:
    """Run the server on a free port of the loopback interface."""
    server = _Server((LOOPBACK, 0), _Handler)
    server.doubles = Doubles(f"http://{LOOPBACK}:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(STOP_POLL_S,), daemon=True).start()
    try:
        yield server.doubles
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    doubles: Doubles


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer waits 40 ms for the ACK of its headers
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        _, name, path = self.path.split("/", 2)
        double = self.server.doubles.opened[name]
        try:
            self._exchange(double, f"/{path}", body)
        except (AssertionError, KeyError, ValueError) as problem:
            double.problems.append(f"{self.command} /{path}: {problem!r}")
            self._send(Reply(500, {"message": "The double is at a loss."}))

    do_GET = do_POST = do_DELETE = do_PATCH = _answer  # noqa: N815 - named by the library

    def _exchange(self, double: Double, target: str, body: bytes) -> None:
        route, parts = double.dialect.route(self.command, target)
        double.meanwhile(route.operation)
        fault = double.meet(route.operation)
        if fault is Fault.UNREACHED:
            self.close_connection = True
        elif fault is Fault.BUSY:
            self._send(Reply(429, {"message": "Too many."}), RETRY_AFTER_S)
        else:
            query = dict(parse_qsl(urlsplit(target).query))
            reply = double.serve(route, Call(parts, query, self.headers, body), target)
            self._send_wrongly(reply, fault, double)

    def _send_wrongly(self, reply: Reply, fault: Fault | None, double: Double) -> None:
        match fault:
            case Fault.TIMEOUT:
                double.pass_time()
                self._drip()
            case Fault.CUT:
                self.close_connection = True
            case Fault.BROKEN:
                self._send(Reply(502, "<h1>Bad Gateway</h1>", "text/html"))
            case Fault.GARBAGE:
                self._send(Reply(200, "<p>Welcome", reply.content_type))
            case Fault.CHANGED_TYPES:
                self._send(_with_changed_types(reply))
            case _:
                self._send(reply)

    def _drip(self) -> None:
        """Begin to answer, and never end."""
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 ")
        self.connection.settimeout(_WAITED_FOR_S)
        self.connection.recv(1)

    def _send(self, reply: Reply, retry_after_s: int | None = None) -> None:
        self.send_response(reply.status)
        if retry_after_s is not None:
            self.send_header("Retry-After", str(retry_after_s))
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.data)))
        self.end_headers()
        self.wfile.write(reply.data)

    def log_message(self, *_: object) -> None:
        pass


def _with_changed_types(reply: Reply) -> Reply:
    """Return an answer of the same shape with values of wrong types."""
    body = reply.body
    if isinstance(body, str):
        for value, other in (("=0&", "=none&"), (">0<", ">none<"), ("https", "none")):
            body = body.replace(value, other)
        return Reply(reply.status, body, reply.content_type)
    return Reply(reply.status, _changed(body), reply.content_type)


def _changed(value: Any) -> Any:
    match value:
        case dict():
            return {name: _changed(each) for name, each in value.items()}
        case list():
            return [_changed(each) for each in value]
        case None:
            return None
        case str():
            return [value]
        case _:
            return {"value": str(value)}
