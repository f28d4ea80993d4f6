"""A relay in front of a mock server: it keeps the requests, and can ask for other answers."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.support.receivers import Received

TIMEOUT_S = 30
POLL_S = 0.01


@dataclass
class Relay:
    """A relay. ``prefer`` is sent as prism's header ``Prefer``, and ``edit`` changes an answer's
    JSON; both by the method of the request. Headers named in ``without`` are not passed on.
    """

    url: str
    received: list[Received] = field(default_factory=list)
    prefer: dict[str, str] = field(default_factory=dict)
    edit: dict[str, Callable[[Any], object]] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)

    def sent(self, method: str) -> list[Received]:
        return [each for each in self.received if each.method == method]


@contextmanager
def relaying(upstream: str) -> Iterator[Relay]:
    """Run a relay on a free port of the loopback interface."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    relay = Relay(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = _handler(relay, urlsplit(upstream).netloc)
    threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True).start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()


def _handler(relay: Relay, netloc: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True  # else an answer waits 40 ms for the ACK of its headers

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            relay.received.append(Received(self.command, self.path, headers, body))
            headers = {name: each for name, each in headers.items() if name not in relay.without}
            headers["host"] = netloc
            if self.command in relay.prefer:
                headers["prefer"] = relay.prefer[self.command]
            upstream = http.client.HTTPConnection(netloc, timeout=TIMEOUT_S)
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            data = answer.read()
            upstream.close()
            if self.command in relay.edit:
                content = json.loads(data)
                relay.edit[self.command](content)
                data = json.dumps(content).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = pass_on  # noqa: N815 - named by the library

        def log_message(self, *_: object) -> None:
            pass

    return Handler
