from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.liveness import is_alive, wait_for
from tools import run, suite
from tools.emulators import ROOT
from tools.guard import Guarded

PORTS = suite.default_ports(json.loads(suite.FIREBASE_JSON.read_text()))
SEEDS = {
    "keys": {
        "live": {
            name: f"bk_live_sk_{name}" for name in ("DISCOVER", "ASSIST", "GO", "GROW", "PRIME")
        },
        "test": "bk_test_sk_TEST",
    },
    "storeId": "st_1",
    "otherStoreId": "st_2",
    "programs": {"points": "lp_1"},
}
# firebase-tools and the gateway in a few lines: they answer, leave a child that detached itself
# as firebase-tools does with Java, and end when they are told to.
STAND_IN = """
import json, os, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"backends": [{"functionTriggers": [1]}]}).encode())

child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
with open(sys.argv[2], "a") as pids:
    pids.write(f"{os.getpid()} {child.pid}\\n")
server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("All emulators ready!", flush=True)
server.serve_forever()
"""
DRIVER = """
import json, sys
from tools import run, suite

folder = sys.argv[1]

def stand_in(port):
    return [sys.executable, f"{folder}/stand_in.py", str(port), f"{folder}/pids"]

def suite_command(process):
    config = json.loads(suite.config_file(process).read_text())["emulators"]
    return stand_in(config["auth" if process == "auth" else "functions"]["port"])

suite.suite_command = suite_command
suite.gateway_command = stand_in
run.seed = lambda env: json.loads(open(f"{folder}/seeds.json").read())
sys.exit(run.main())
"""


class Run:
    """A run of the real runner, with stand-ins for what it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dev_json = folder / "local" / "dev.json"
        (folder / "stand_in.py").write_text(STAND_IN)
        (folder / "driver.py").write_text(DRIVER)
        (folder / "seeds.json").write_text(json.dumps(SEEDS))
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PUNKTWERK_LOCAL": str(self.dev_json.parent),
            # Test workers run side by side; the end-to-end tests have the ports below these.
            "PORT_OFFSET": str(17_200 + os.getpid() % 600 * 10),
        }
        command = [sys.executable, str(self.folder / "driver.py"), str(self.folder)]
        return subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def pids(self) -> list[int]:
        return [int(pid) for pid in (self.folder / "pids").read_text().split()]

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.dev_json.exists() or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.communicate()[0]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Run]:
    running = Run(tmp_path)
    yield running
    running.process.kill()
    running.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_all_that_was_started(running: Run, number: signal.Signals) -> None:
    running.wait_until_ready()
    started = running.pids()
    assert len(started) == 6
    assert all(map(is_alive, started))
    running.process.send_signal(number)
    said, _ = running.process.communicate(timeout=20)
    assert running.process.returncode == 0, said
    assert said.endswith("\nStopping ...\n")
    assert [pid for pid in started if is_alive(pid)] == []
    assert not running.dev_json.exists()


def test_killed_run_leaves_no_process_either(running: Run) -> None:
    running.wait_until_ready()
    started = running.pids()
    running.process.kill()
    wait_for(lambda: not any(map(is_alive, started)))


def test_death_of_a_child_ends_all_and_is_explained(running: Run) -> None:
    running.wait_until_ready()
    started = running.pids()
    os.kill(started[0], signal.SIGKILL)
    said, _ = running.process.communicate(timeout=20)
    assert running.process.returncode == 1
    assert "ended unexpectedly with exit code 137, so everything was stopped. Its whole" in said
    assert [pid for pid in started if is_alive(pid)] == []
    assert not running.dev_json.exists()


def test_second_run_in_the_same_folder_is_refused(running: Run) -> None:
    running.wait_until_ready()
    second = running.start()
    said, _ = second.communicate(timeout=20)
    assert second.returncode == 1
    assert said.startswith("A run is at work here already")
    assert running.dev_json.exists()
    assert running.process.poll() is None


def test_facts_are_exactly_those_that_tools_rely_on() -> None:
    assert run.describe(PORTS, SEEDS) == {
        "baseUrl": "http://127.0.0.1:8787/apiGateway/api/v1",
        "projectId": "demo-punktwerk",
        "region": "europe-west6",
        "keys": SEEDS["keys"],
        "storeId": "st_1",
        "otherStoreId": "st_2",
        "firestoreHost": "127.0.0.1:8080",
        "authHost": "127.0.0.1:9099",
        "urls": {
            "openapi": "http://127.0.0.1:8787/apiGateway/api/v1/openapi.json",
            "docs": "http://127.0.0.1:8787/docs",
            "functions": "http://127.0.0.1:5001/demo-punktwerk/europe-west6",
            "tasks": "http://127.0.0.1:9499",
        },
    }


def test_announcement_names_url_keys_and_three_things_to_try(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run.announce(run.describe(PORTS, SEEDS), SEEDS)
    said = capsys.readouterr().out
    assert "  API    http://127.0.0.1:8787/apiGateway/api/v1\n" in said
    for name, key in SEEDS["keys"]["live"].items():  # type: ignore[index]
        assert f"  {name:8}  {key}\n" in said
    assert "  test      bk_test_sk_TEST\n" in said
    lines = [line for line in said.splitlines() if line.startswith("  curl ")]
    assert [line.rpartition("/")[2].partition("?")[0] for line in lines] == [
        "enrollInLoyaltyProgram",
        "addLoyaltyPoints",
        "getCustomerBalance",
    ]


def test_waiting_ends_with_the_log_when_a_child_dies(tmp_path: Path) -> None:
    command = ["sh", "-c", "echo the reason; exit 3"]
    children = {"gateway": Guarded(command, log=tmp_path / "gateway.log")}
    with pytest.raises(run.RunError, match=r"(?s)the reason.*The gateway ended .* exit code 3"):
        run.wait_until(children, lambda: False, "nothing")
    run.stop_all(children)


def test_waiting_in_vain_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "READY_TIMEOUT_S", 0)
    started_at = time.monotonic()
    with pytest.raises(run.RunError, match="Waited 0 s for the moon, in vain"):
        run.wait_until({}, lambda: False, "the moon")
    assert time.monotonic() - started_at < 5


def test_facts_of_a_killed_run_are_removed_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = tmp_path / "dev.json"
    stale.touch()
    monkeypatch.setattr(run, "LOCAL", tmp_path)
    monkeypatch.setattr(run, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(run, "DEV_JSON", stale)
    with run.only_one_run():
        assert not stale.exists()
