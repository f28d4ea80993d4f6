"""A receiver of webhooks on this machine: it keeps the raw bytes, and gives the set answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from standardwebhooks import Webhook as StandardWebhook
from svix.webhooks import Webhook as SvixWebhook

END_OF_HEADERS = b"\r\n\r\n"

Answer = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Received:
    """A request as it arrived. Names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.event["type"]


@dataclass
class Receiver:
    """A receiver. Each request uses up one of ``answers``; then every request gets ``answer``."""

    url: str
    received: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    answer: Answer = field(default_factory=lambda: status(200))
    closing: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def types(self) -> list[str]:
        return [each.type for each in self.received]

    def of_type(self, event_type: str) -> list[Received]:
        return [each for each in self.received if each.type == event_type]

    def serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = _read(connection)
            if request is None:
                return
            with self._lock:
                self.received.append(request)
                answer = self.answers.pop(0) if self.answers else self.answer
            answer(connection)


def status(code: int, text: str = "", **headers: str) -> Answer:
    """Answer with a status."""
    body = text.encode()
    lines = [
        f"HTTP/1.1 {code} Status",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return raw("\r\n".join(lines).encode() + END_OF_HEADERS + body)


def answer(code: int, body: Any, **headers: str) -> Answer:
    """Answer with JSON."""
    return status(code, json.dumps(body), Content_Type="application/json", **headers)


def raw(data: bytes) -> Answer:
    """Answer with these bytes, even if they are not HTTP."""
    return lambda connection: connection.sendall(data)


def hang_up(connection: socket.socket) -> None:
    """Close the connection without an answer."""
    connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def receiving(path: str = "/hook") -> Iterator[Receiver]:
    """Run a receiver on a free port of the loopback interface."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    receiver = Receiver(f"http://127.0.0.1:{listener.getsockname()[1]}{path}")

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=receiver.serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.closing.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept
        listener.close()


def verify(received: Received, secret: str) -> None:
    """Check both signatures as a receiver does: by hand, and with two libraries.

    Raises:
        AssertionError, or the libraries' own errors: A signature is wrong.
    """
    headers, body = received.headers, received.body
    assert headers["x-beep-signature"] == "sha256=" + _hex(secret.encode(), body)
    if not secret.startswith("whsec_"):
        # The libraries decode the given secret: merchants with their own secret encode it.
        secret = base64.b64encode(secret.encode()).decode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert StandardWebhook(secret).verify(body, headers) == received.event
    SvixWebhook(secret).verify(body, headers)  # returns nothing, raises if the signature is wrong


def _hex(key: bytes, data: bytes) -> str:
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def _read(connection: socket.socket) -> Received | None:
    data = b""
    while END_OF_HEADERS not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(END_OF_HEADERS)
    line, _, lines = head.partition(b"\r\n")
    method, path, _ = line.decode().split(" ")
    parsed = BytesParser(policy=HTTP).parsebytes(lines)
    headers = {name.lower(): value for name, value in parsed.items()}
    while len(body) < int(headers.get("content-length", 0)):
        piece = connection.recv(65536)
        if not piece:  # who hung up in the middle has sent nothing
            return None
        body += piece
    return Received(method, path, headers, body)
