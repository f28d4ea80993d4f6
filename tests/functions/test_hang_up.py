"""A caller who hangs up in the middle of a body has made a mistake, and not we."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written
from tools.emulators import LOOPBACK, ROOT, FirestoreEmulator

pytestmark = pytest.mark.xdist_group("hang_up")  # one process serves them

PATH = "/api/v1/enrollInLoyaltyProgram"
WAIT_S = 20.0


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Served:
    """The gateway as it is served, and the lines of its log."""

    port: int
    lines: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    def send(self, text: bytes, *, is_reset: bool = False) -> bytes:
        """Send a part of a request, end the sending, and return what is answered."""
        with socket.create_connection((LOOPBACK, self.port), timeout=WAIT_S) as sock:
            sock.sendall(text)
            if is_reset:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return b""
            sock.shutdown(socket.SHUT_WR)
            answer = b""
            while part := sock.recv(65_536):
                answer += part
            return answer

    def read(self, stdout: Iterable[str]) -> None:
        for line in stdout:
            self.lines.put(line)

    def logged(self) -> dict[str, Any]:
        """Return the next line about a request; none before it may be an error."""
        while True:
            text = self.lines.get(timeout=WAIT_S)
            assert "Traceback" not in text
            if text.startswith("{"):
                line: dict[str, Any] = json.loads(text)
                assert line["severity"] == "INFO", line
                if line["message"] == "request":
                    return line


@pytest.fixture(scope="module")
def served(firestore_emulator: FirestoreEmulator) -> Iterator[Served]:
    """One process that serves the gateway as Cloud Functions does; each test reads its lines."""
    served = Served(free_port())
    command = [sys.executable, "-m", "functions_framework", "--target", "apiGateway"]
    env = {**os.environ, "PORT": str(served.port), "HOST": LOOPBACK, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*command, "--source", "main.py"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        stdout = process.stdout
        assert stdout is not None
        reader = threading.Thread(target=served.read, args=(stdout,))
        reader.start()
        try:
            wait_until_served(served.port)
            yield served
        finally:
            process.terminate()
            process.wait(WAIT_S)
            reader.join(WAIT_S)


def wait_until_served(port: int) -> None:
    until_s = time.monotonic() + WAIT_S
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until_s
            time.sleep(0.05)
        else:
            return


def begun(merchant: Merchant, *headers: str, body: bytes) -> bytes:
    """Return the begin of a request."""
    lines = [f"POST {PATH} HTTP/1.1", "Host: x", f"Authorization: Bearer {merchant.api.key}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("length", [100, 500_000])
def test_a_body_that_ends_early_is_the_callers_mistake(
    served: Served, merchant: Merchant, length: int, *, is_reset: bool
) -> None:
    # It would be valid JSON: nothing may be booked of which the rest is not known.
    body = b'{"programId": "lp_1", "userId": "user_1"} '

    with nothing_written():
        answer = served.send(
            begun(merchant, f"Content-Length: {length}", body=body), is_reset=is_reset
        )

    line = served.logged()
    assert (line["status"], line["error"], line["writes"]) == (400, "REQUEST_INCOMPLETE", 0)
    if not is_reset:
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"] == "REQUEST_INCOMPLETE"


@pytest.mark.parametrize("body", [b"64\r\n{", b"zz\r\n{}\r\n0\r\n\r\n"], ids=["cut", "broken"])
def test_a_chunked_body_that_ends_early_or_is_broken_is_the_callers_mistake(
    served: Served, merchant: Merchant, body: bytes
) -> None:
    with nothing_written():
        served.send(begun(merchant, "Transfer-Encoding: chunked", body=body))

    line = served.logged()
    assert (line["status"], line["error"], line["writes"]) == (400, "REQUEST_INCOMPLETE", 0)
