from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.liveness import is_alive, wait_for
from tools import run, sign_ins, suite
from tools.emulators import LOOPBACK, ROOT, free_port
from tools.guard import Guarded

PORTS = suite.default_ports(json.loads(suite.FIREBASE_JSON.read_text()))
SEEDS = {
    "keys": {
        "live": {
            name: f"bk_live_sk_{name}" for name in ("DISCOVER", "ASSIST", "GO", "GROW", "PRIME")
        },
        "test": "bk_test_sk_TEST",
    },
    "publishableKey": "bk_live_pk_PRIME",
    "accountId": "acc_1",
    "storeId": "st_1",
    "otherStoreId": "st_2",
    "programs": {"points": "lp_1"},
    "signIns": {
        "customer": sign_ins.of_customer("user_1").facts(),
        "owner": sign_ins.of_role("owner").facts(),
    },
}
# firebase-tools and the gateway in a few lines: they answer, export what they were given, leave a
# child that detached itself as firebase-tools does with Java, and end when they are told to. The
# first port of each process of the suite belongs to that child, as Firestore's does.
STAND_IN = """
import json, os, socket, subprocess, sys, threading, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

pids, *ports = sys.argv[1:]

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"backends": [{"functionTriggers": [1]}]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/_admin/export":
            slow = Path(pids).with_name("slow")
            if slow.exists():
                slow.unlink()
                time.sleep(3)
            Path(body["path"], "export.txt").write_text("all that there is")
        self.answer({})

    def answer(self, body):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass

if pids == "child":
    HTTPServer(("127.0.0.1", int(ports[0])), Handler).serve_forever()
command, port_of_child = ["sleep", "1000"], None
if len(ports) > 1:
    port_of_child = ports.pop(0)
    command = [sys.executable, __file__, "child", port_of_child]
child = subprocess.Popen(command, start_new_session=True)
while port_of_child:
    try:
        socket.create_connection(("127.0.0.1", int(port_of_child))).close()
        break
    except OSError:
        time.sleep(0.05)
with open(pids, "a") as file:
    file.write(f"{os.getpid()} {child.pid}\\n")
for port in ports:
    threading.Thread(target=HTTPServer(("127.0.0.1", int(port)), Handler).serve_forever).start()
print("All emulators ready!", flush=True)
"""
DRIVER = """
import json, sys, time
from tools import kept, run, suite

folder = sys.argv[1]

def stand_in(*ports):
    return [sys.executable, f"{folder}/stand_in.py", f"{folder}/pids", *map(str, ports)]

def suite_command(process, data):
    emulators = json.loads(suite.config_file(process).read_text())["emulators"]
    names = ["firestore", "auth", "functions", "tasks", "eventarc", "hub"]
    return stand_in(*[emulators[name]["port"] for name in names if name in emulators])

suite.suite_command = suite_command
suite.gateway_command = stand_in
run.seed = lambda env: json.loads(open(f"{folder}/seeds.json").read())
run.KEEP_EVERY_S = float(sys.argv[2])
run.GONE_AFTER_S = 2
kept.EXPORT_TIMEOUT_S = 2
sys.exit(run.main())
"""


PROCESS_OF = {name: process for process, names in suite.PROCESSES.items() for name in names}

# Each starts and stops all processes several times; one such test is always run.
runs_again = pytest.mark.wide


class Run:
    """A run of the real runner, with stand-ins for what it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dev_json = folder / "local" / "dev.json"
        self.data = folder / "local" / "data"
        (folder / "stand_in.py").write_text(STAND_IN)
        (folder / "driver.py").write_text(DRIVER)
        (folder / "seeds.json").write_text(json.dumps(SEEDS))
        self.process = self.start()

    def start(self, keep_every_s: float = 1000, **changes: str) -> subprocess.Popen[str]:
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PUNKTWERK_LOCAL": str(self.dev_json.parent),
            # Test workers run side by side; the end-to-end tests have the ports below these.
            "PORT_OFFSET": str(17_200 + os.getpid() % 600 * 10),
            **changes,
        }
        driver = str(self.folder / "driver.py")
        command = [sys.executable, driver, str(self.folder), str(keep_every_s)]
        return subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def pids(self) -> list[int]:
        return [int(pid) for pid in (self.folder / "pids").read_text().split()]

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.dev_json.exists() or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.communicate()[0]

    def stop(self) -> str:
        """End the run as Ctrl-C does; return what it has said."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, said
        return said

    def again(self, keep_every_s: float = 1000, **changes: str) -> None:
        """Begin the next run in the same folder."""
        (self.folder / "pids").unlink()
        self.dev_json.unlink(missing_ok=True)  # of a run that was killed
        self.process = self.start(keep_every_s, **changes)
        self.wait_until_ready()


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
    assert said.endswith(f"The data is kept in {running.data} for the next run.\nStopping ...\n")
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


@pytest.mark.parametrize("name", ["firestore", "auth"])
def test_death_of_what_a_child_has_started_ends_all_and_is_explained(
    running: Run, name: str
) -> None:
    running.wait_until_ready()
    started = running.pids()
    config = json.loads((running.dev_json.parent / f"firebase-{PROCESS_OF[name]}.json").read_text())
    port = config["emulators"][name]["port"]
    arguments = {pid: Path(f"/proc/{pid}/cmdline").read_text().split("\0")[1:-1] for pid in started}
    [server] = [
        pid for pid, words in arguments.items() if words[1:2] == ["child"] and str(port) in words
    ]
    os.kill(server, signal.SIGKILL)
    said, _ = running.process.communicate(timeout=20)
    assert running.process.returncode == 1
    assert f"Nobody answers at port {port} any more: the emulator of {name} has ended" in said
    assert "so everything was stopped. Its whole log is" in said
    assert [pid for pid in started if is_alive(pid)] == []
    assert not running.dev_json.exists()


def test_next_run_goes_on_with_the_data_and_says_so_first(running: Run) -> None:
    running.wait_until_ready()
    first = running.stop()
    assert first.startswith("Beginning with fresh demo data: there is none of a run before.\n")
    kept = {str(each.relative_to(running.data)) for each in running.data.rglob("*.*")}
    assert kept == {"kept.json", "suite/export.txt", "auth/export.txt"}

    running.again()
    said = running.stop()
    assert said.startswith("Going on with the data of ")
    assert "`make run FRESH=1` begins without it." in said.splitlines()[0]


@runs_again
def test_data_is_kept_from_time_to_time(running: Run) -> None:
    running.wait_until_ready()
    running.stop()
    shutil.rmtree(running.data)
    running.again(keep_every_s=0.5)
    wait_for(running.data.exists)
    running.process.kill()
    running.process.communicate()
    wait_for(lambda: not any(map(is_alive, running.pids())))
    running.again()
    assert running.stop().startswith("Going on with the data of ")


@runs_again
def test_export_that_is_too_slow_is_tried_again_at_the_end(running: Run) -> None:
    running.wait_until_ready()
    (running.folder / "slow").touch()
    said = running.stop()
    assert "could not be kept (suite: no export in 2 s). The last time was: never.\n" in said
    assert "Trying again ...\n" in said
    assert said.endswith(f"The data is kept in {running.data} for the next run.\nStopping ...\n")
    assert (running.data / "suite" / "export.txt").exists()
    assert [each.name for each in running.data.parent.glob("data*")] == ["data"]


@runs_again
def test_export_that_is_too_slow_ends_nothing_and_leaves_the_last_one(running: Run) -> None:
    running.wait_until_ready()
    running.stop()
    before = (running.data / "kept.json").read_text()
    (running.folder / "slow").touch()
    running.again(keep_every_s=0.5)
    wait_for(lambda: not (running.folder / "slow").exists())
    time.sleep(2.5)
    assert running.process.poll() is None
    assert (running.data / "kept.json").read_text() == before
    assert "The data is kept in" in running.stop()


@runs_again
def test_fresh_forgets_the_data(running: Run) -> None:
    running.wait_until_ready()
    running.stop()
    running.again(FRESH="1")
    assert not running.data.exists()
    assert "FRESH=1 has deleted the data of the last run" in running.stop()


@runs_again
def test_damaged_data_is_said_and_set_aside(running: Run) -> None:
    running.wait_until_ready()
    running.stop()
    export = running.data / "suite" / "export.txt"
    export.write_text("all that th")
    running.again()
    said = running.stop()
    assert said.startswith(
        "The data of the last run is damaged (suite/export.txt has changed), so it was set aside as"
    )
    [aside] = running.data.parent.glob("data.damaged-*")
    assert (aside / "suite" / "export.txt").read_text() == "all that th"


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
        "publishableKey": "bk_live_pk_PRIME",
        "accountId": "acc_1",
        "storeId": "st_1",
        "otherStoreId": "st_2",
        "signIns": SEEDS["signIns"],
        "firestoreHost": "127.0.0.1:8080",
        "authHost": "127.0.0.1:9099",
        "urls": {
            "openapi": "http://127.0.0.1:8787/apiGateway/api/v1/openapi.json",
            "docs": "http://127.0.0.1:8787/apiGateway/api/v1/docs",
            "functions": "http://127.0.0.1:5001/demo-punktwerk/europe-west6",
            "oauth": "http://127.0.0.1:8787/apiGateway",
            "shopware": "http://127.0.0.1:8787/apiGateway",
            "tasks": "http://127.0.0.1:9497",
            "card": "http://127.0.0.1:8788/s/st_1",
            "console": "http://127.0.0.1:8788/console",
        },
    }


def test_announcement_names_url_keys_and_three_things_to_try(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run.announce(run.describe(PORTS, SEEDS), SEEDS)
    said = capsys.readouterr().out
    assert "  API      http://127.0.0.1:8787/apiGateway/api/v1\n" in said
    assert "  OAuth    http://127.0.0.1:8787/apiGateway/oauth/token\n" in said
    for name, key in SEEDS["keys"]["live"].items():  # type: ignore[index]
        assert f"  {name:8}  {key}\n" in said
    assert "  test      bk_test_sk_TEST\n" in said
    assert "the password punktwerk: customer@demo.example, owner@demo.example\n" in said
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


def test_port_that_refuses_all_the_time_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "GONE_AFTER_S", 0.3)
    children = {name: Guarded(["sleep", "60"], log=tmp_path / name) for name in suite.PROCESSES}
    names = [*PROCESS_OF, "hub", "auth hub"]
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(run.stop_all, children)
        ports = {name: cleanup.enter_context(listening()) for name in names}
        refused_since_s: dict[str, float] = {}
        run.check_ports(children, ports, refused_since_s)
        assert refused_since_s == {}

        ports["functions"] = free_port()
        run.check_ports(children, ports, refused_since_s)  # once is no proof
        assert set(refused_since_s) == {"functions"}
        time.sleep(0.4)
        with pytest.raises(run.RunError, match="the emulator of functions has ended"):
            run.check_ports(children, ports, refused_since_s)

        ports["functions"] = cleanup.enter_context(listening())
        run.check_ports(children, ports, refused_since_s)
        assert refused_since_s == {}


def test_port_that_is_slow_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PROBE_TIMEOUT_S", 0.2)
    with listening(backlog=0) as port, contextlib.ExitStack() as cleanup:
        for _ in range(5):  # nobody accepts, so the queue is full soon
            waiting = cleanup.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((LOOPBACK, port))
        with pytest.raises(TimeoutError):
            socket.create_connection((LOOPBACK, port), timeout=0.2)
        assert not run.is_refused(port)


@contextlib.contextmanager
def listening(backlog: int = 100) -> Iterator[int]:
    """Listen at a free port without ever accepting."""
    with socket.create_server((LOOPBACK, 0), backlog=backlog) as server:
        yield server.getsockname()[1]
