"""TLS of what goes out: webhooks and calls of other systems, against servers on this machine."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests.adapters

from shared.outgoing import session
from shared.outgoing.session import Answer, OutgoingError
from tests.support.certificates import Authority

# Old versions are deprecated, which is why they are here.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

BODY = b"secret"
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
NAMES = {
    ssl.TLSVersion.TLSv1: "TLSv1",
    ssl.TLSVersion.TLSv1_1: "TLSv1.1",
    ssl.TLSVersion.TLSv1_2: "TLSv1.2",
    ssl.TLSVersion.TLSv1_3: "TLSv1.3",
}


@dataclass
class Server:
    """A TLS server. ``spoken`` are the versions of its connections; ``heard`` what came."""

    port: int
    spoken: list[str | None] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def serving(context: ssl.SSLContext) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener.getsockname()[1])

        def serve() -> None:
            while True:
                try:
                    raw, _ = listener.accept()
                except OSError:
                    return
                with suppress(OSError), context.wrap_socket(raw, server_side=True) as connection:
                    server.spoken.append(connection.version())
                    # To the end of the body: closing with unread bytes resets the connection.
                    heard = b""
                    while not heard.endswith(BODY) and (piece := connection.recv(65_536)):
                        heard += piece
                    if heard:
                        server.heard.append(heard)
                        connection.sendall(HELLO)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The only authority that is trusted."""
    made = Authority(tmp_path)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", made.file)
    return made


def send(server: Server, host: str = "localhost") -> Answer:
    return session.request(
        "POST",
        f"https://{host}:{server.port}/",
        body=BODY,
        headers={},
        timeout_s=5,
        answer_bytes_max=100,
        allow_loopback=True,
        user_agent="Test",
    )


def up_to(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Limit a server to old versions, with whatever ciphers they need."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = version
    return context


def test_speaks_tls_1_3_with_who_can(authority: Authority) -> None:
    with serving(authority.server("localhost")) as server:
        assert send(server).data == b"ok"

    assert server.spoken == ["TLSv1.3"]


def test_speaks_tls_1_2_with_who_cannot_do_better(authority: Authority) -> None:
    with serving(up_to(authority.server("localhost"), ssl.TLSVersion.TLSv1_2)) as server:
        assert send(server).data == b"ok"

    assert server.spoken == ["TLSv1.2"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_refuses_what_is_older(authority: Authority, version: ssl.TLSVersion) -> None:
    with serving(up_to(authority.server("localhost"), version)) as server:
        with pytest.raises(OutgoingError, match="tls_failed"):
            send(server)
        refused = list(server.spoken)
        # The server works: who takes anything is served.
        lax = up_to(ssl.create_default_context(cafile=authority.file), version)
        raw = socket.create_connection(("127.0.0.1", server.port))
        with lax.wrap_socket(raw, server_hostname="localhost") as connection:
            spoken = connection.version()

    assert (refused, server.heard, spoken) == ([], [], NAMES[version])


def test_refuses_another_name(authority: Authority) -> None:
    with (
        serving(authority.server("other.example")) as server,
        pytest.raises(OutgoingError, match="tls_failed"),
    ):
        send(server)

    assert server.heard == []


def test_refuses_what_has_expired(authority: Authority) -> None:
    with (
        serving(authority.server("localhost", days=-1)) as server,
        pytest.raises(OutgoingError, match="tls_failed"),
    ):
        send(server)

    assert server.heard == []


def test_refuses_another_authority(authority: Authority, tmp_path: Path) -> None:
    folder = tmp_path / "stranger"
    folder.mkdir()
    with (
        serving(Authority(folder).server("localhost")) as server,
        pytest.raises(OutgoingError, match="tls_failed"),
    ):
        send(server)

    assert server.heard == []
    assert Path(authority.file).exists()
