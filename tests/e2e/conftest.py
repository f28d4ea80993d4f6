"""The whole product, started as ``make run`` starts it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests

from shared.schemas.members.push_bodies import EXAMPLE_KEY
from tests.support import wallets
from tests.support.fcm import Fcm
from tests.support.json_servers import serving

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 200
STOP_TIMEOUT_S = 60
ARRIVAL_TIMEOUT_S = 90
# What other tests of this process may have set for themselves.
_FOREIGN = (
    "FIRESTORE_EMULATOR_HOST",
    "CLOUD_TASKS_EMULATOR_HOST",
    "GOOGLE_CLOUD_PROJECT",
    "FUNCTION_SIGNATURE_TYPE",
    "PUNKTWERK_SECRET_FILE",
)

T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """A running product. ``facts`` are those of its ``dev.json``."""

    process: subprocess.Popen[bytes]
    local: Path
    facts: dict[str, Any]

    @property
    def base_url(self) -> str:
        return self.facts["baseUrl"]

    @property
    def key(self) -> str:
        return self.facts["keys"]["live"]["PRIME"]

    @property
    def store_id(self) -> str:
        return self.facts["storeId"]

    def post(self, action: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        """Call an action, expect 200, return the answer."""
        headers = {"Authorization": f"Bearer {key or self.key}"}
        url = f"{self.base_url}/{action}"
        response = requests.post(url, json=body, headers=headers, timeout=30)
        assert response.status_code == 200, response.text
        return response.json()

    def get(self, action: str, **query: str) -> dict[str, Any]:
        """Read by GET, expect 200, return the answer."""
        headers = {"Authorization": f"Bearer {self.key}"}
        url = f"{self.base_url}/{action}"
        response = requests.get(url, params=query, headers=headers, timeout=30)
        assert response.status_code == 200, response.text
        return response.json()


@contextmanager
def running(local: Path, settings: Mapping[str, str] | None = None) -> Iterator[Run]:
    """Start the product in a folder and on ports of its own; end it as Ctrl-C does."""
    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    environment.update(settings or {})
    environment["PUNKTWERK_LOCAL"] = str(local)
    # The card of the flows has the buttons of wallets; Google's is not pressed, it would be called.
    environment |= wallets.settings("apple", "google")
    # Below the ports that systems give to outgoing connections, and apart from those that the tests
    # of the runner take: who finds a port free may still lose it to another who starts meanwhile.
    environment["PORT_OFFSET"] = str(random.randrange(10_000, 12_000, 50))
    log = local / "run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.run"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        dev_json = local / "dev.json"
        eventually(
            lambda: dev_json.exists() or process.poll() is not None, timeout_s=START_TIMEOUT_S
        )
        assert process.poll() is None, log.read_text()
        yield Run(process, local, json.loads(dev_json.read_text()))
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> int:
    """Ask the run to end, and wait for it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    return process.wait(STOP_TIMEOUT_S)


def eventually(probe: Callable[[], T], timeout_s: float = ARRIVAL_TIMEOUT_S) -> T:
    """Return what ``probe`` returns as soon as that is true; what it last was when time is up."""
    deadline_s = time.monotonic() + timeout_s
    while not (found := probe()) and time.monotonic() < deadline_s:
        time.sleep(0.1)
    return found


@pytest.fixture(scope="session")
def fcm_of_run() -> Iterator[Fcm]:
    """What stands in for Firebase Cloud Messaging behind ``run``."""
    made = Fcm()
    with serving(made.answer) as url:
        made.url = url
        yield made


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, fcm_of_run: Fcm) -> Iterator[Run]:
    """The product with its demo data, one for all tests; it sends messages to devices."""
    settings = {"PUNKTWERK_PUSH_KEY": EXAMPLE_KEY, "PUNKTWERK_FCM_URL": fcm_of_run.url}
    with running(tmp_path_factory.mktemp("local"), settings) as started:
        yield started
