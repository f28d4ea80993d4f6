"""Apple's push service on this machine: HTTP/2 over TLS, to who has the right certificate."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h2.config
import h2.connection
import h2.events
import pytest

from tests.support.certificates import Authority
from tests.support.wallets import Certificates


@dataclass
class Apns:
    """What was pushed: (token, topic, payload), and the subjects of the clients' certificates.

    ``answers`` says by token what is not taken: status and reason.
    """

    url: str = ""
    pushed: list[tuple[str, str, bytes]] = field(default_factory=list)
    clients: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    meanwhile: Callable[[], Any] | None = None

    @property
    def tokens(self) -> list[str]:
        return [token for token, _, _ in self.pushed]

    def answer(self, headers: dict[str, str], payload: bytes) -> tuple[int, str]:
        assert headers[":method"] == "POST"
        assert headers[":path"].startswith("/3/device/")
        token = headers[":path"].rpartition("/")[2]
        self.pushed.append((token, headers["apns-topic"], payload))
        if self.meanwhile is not None:
            do, self.meanwhile = self.meanwhile, None
            do()
        return self.answers.get(token, (200, ""))


def _serve(sock: ssl.SSLSocket, apns: Apns) -> None:
    assert sock.selected_alpn_protocol() == "h2"
    subject: Any = (sock.getpeercert() or {}).get("subject", ())
    apns.clients.append({name: value for parts in subject for name, value in parts})
    settings = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
    connection = h2.connection.H2Connection(settings)
    connection.initiate_connection()
    sock.sendall(connection.data_to_send())
    headers: dict[int, dict[str, str]] = {}
    payloads: dict[int, bytes] = {}
    while data := sock.recv(65_536):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                assert event.stream_id is not None
                headers[event.stream_id] = dict(event.headers)  # type: ignore[arg-type]
            elif isinstance(event, h2.events.DataReceived):
                assert event.stream_id is not None
                payloads[event.stream_id] = payloads.get(event.stream_id, b"") + event.data
            elif isinstance(event, h2.events.StreamEnded):
                assert event.stream_id is not None
                stream = event.stream_id
                status, reason = apns.answer(headers[stream], payloads.get(stream, b""))
                body = json.dumps({"reason": reason}).encode() if reason else b""
                connection.send_headers(stream, [(":status", str(status))], end_stream=not body)
                if body:
                    connection.send_data(stream, body, end_stream=True)
        sock.sendall(connection.data_to_send())


@pytest.fixture
def apns(apple: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apns]:
    """The push service, which trusts the authority of the operator's certificate."""
    authority = Authority(tmp_path)
    context = authority.server("localhost")
    context.set_alpn_protocols(["h2"])
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=apple.root + apple.wwdr)
    found = Apns()
    listener = socket.create_server(("127.0.0.1", 0))
    found.url = f"https://localhost:{listener.getsockname()[1]}"
    monkeypatch.setenv("PUNKTWERK_APNS_URL", found.url)
    monkeypatch.setenv("PUNKTWERK_APNS_CA", authority.file)

    def accept() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=take, args=(plain,), daemon=True).start()

    def take(plain: socket.socket) -> None:
        try:
            with context.wrap_socket(plain, server_side=True) as sock:
                _serve(sock, found)
        except OSError:
            plain.close()

    threading.Thread(target=accept, daemon=True).start()
    yield found
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
