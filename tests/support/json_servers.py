"""A server of JSON on this machine, for stand-ins of vendors."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from shared.domain import exact_json

POLL_S = 0.01

Answer: TypeAlias = Callable[[str, str, Message, bytes], tuple[int, Any]]
"""Takes the method, the path with its query, the headers and the body; returns status and JSON.

Bytes are sent as they are. ``LostAnswer`` hangs up.
"""


class LostAnswer(Exception):
    """The server has done what it was asked to, and its answer does not arrive."""


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Answer requests on a free port of the loopback interface; yield the URL."""

    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                code, told = answer(self.command, self.path, self.headers, body)
            except LostAnswer:
                self.close_connection = True
                return
            data = told if isinstance(told, bytes) else _to_json(told)
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - named by the library

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _to_json(told: Any) -> bytes:
    return json.dumps(told, default=exact_json.default).encode()
