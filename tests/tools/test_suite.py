from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import suite
from tools.emulators import LOOPBACK, ROOT, EmulatorError, free_port

CONFIG = json.loads(suite.FIREBASE_JSON.read_text())
DEFAULTS = suite.default_ports(CONFIG)


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of a run, away from the project's."""
    monkeypatch.setattr(suite, "LOCAL", tmp_path / "local")
    monkeypatch.setattr(suite, "SECRETS", tmp_path / ".secret.local")
    return tmp_path / "local"


def test_every_port_has_a_default_of_its_own() -> None:
    assert DEFAULTS == {
        "hub": 4400,
        "auth hub": 4405,
        "functions": 5001,
        "firestore": 8080,
        "firestore websocket": 9150,
        "auth": 9099,
        "eventarc": 9298,
        "tasks": 9497,
        "gateway": 8787,
        "web": 8788,
    }


def test_runs_whose_offsets_are_multiples_of_100_never_share_a_port() -> None:
    offsets = range(0, 1000, 100)
    taken = [port + offset for offset in offsets for port in DEFAULTS.values()]
    assert len(set(taken)) == len(taken)


def test_data_of_an_earlier_run_is_given_to_each_process(tmp_path: Path) -> None:
    for process in suite.PROCESSES:
        assert suite.suite_command(process, tmp_path)[-2:] == ["--import", str(tmp_path / process)]
        assert "--import" not in suite.suite_command(process)


def test_busy_port_is_named_and_moved_to_the_next_free_one(busy_port: int) -> None:
    ports, moved = suite.choose_ports({"auth": busy_port}, 0)
    assert ports["auth"] > busy_port
    assert moved == [f"Port {busy_port} (auth) is busy: using {ports['auth']} instead."]


def test_free_ports_stay_and_nothing_is_said() -> None:
    port = free_port()
    assert suite.choose_ports({"auth": port}, 0) == ({"auth": port}, [])


def test_offset_moves_every_port() -> None:
    first, second = free_port(), free_port()
    defaults = {"auth": first - 100, "tasks": second - 100}
    assert suite.choose_ports(defaults, 100) == ({"auth": first, "tasks": second}, [])


def test_no_port_is_given_twice() -> None:
    port = free_port()
    ports, _ = suite.choose_ports({"auth": port, "tasks": port}, 0)
    assert ports["auth"] == port < ports["tasks"]


def test_ports_that_do_not_exist_are_refused() -> None:
    with pytest.raises(EmulatorError, match="no free port from 68080 on for the firestore"):
        suite.choose_ports({"firestore": 8080}, 60000)


@pytest.mark.parametrize(("value", "offset"), [(None, 0), ("", 0), ("0", 0), ("100", 100)])
def test_offset_is_a_whole_number(value: str | None, offset: int) -> None:
    assert suite.port_offset(value) == offset


@pytest.mark.parametrize("value", ["abc", "-5", "1.5", "1e3"])
def test_other_offsets_are_refused(value: str) -> None:
    with pytest.raises(EmulatorError, match="PORT_OFFSET is added to every port"):
        suite.port_offset(value)


def test_each_process_gets_its_emulators_and_ports(local: Path) -> None:
    ports = {name: port + 100 for name, port in DEFAULTS.items()}
    suite.write_configs(CONFIG, ports)
    written = {
        process: json.loads(suite.config_file(process).read_text()) for process in suite.PROCESSES
    }
    assert {process: config["emulators"] for process, config in written.items()} == {
        "suite": {
            "singleProjectMode": True,
            "ui": {"enabled": False},
            "functions": {"host": LOOPBACK, "port": 5101},
            "firestore": {"host": LOOPBACK, "port": 8180, "websocketPort": 9250},
            "tasks": {"host": LOOPBACK, "port": 9597},
            "eventarc": {"host": LOOPBACK, "port": 9398},
            "hub": {"host": LOOPBACK, "port": 4500},
        },
        "auth": {
            "singleProjectMode": True,
            "ui": {"enabled": False},
            "auth": {"host": LOOPBACK, "port": 9199},
            "hub": {"host": LOOPBACK, "port": 4505},
        },
    }
    [functions] = written["suite"]["functions"]
    assert (local / functions["source"]).resolve() == ROOT
    assert functions["ignore"] == CONFIG["functions"][0]["ignore"]
    assert Path(written["suite"]["firestore"]["rules"]) == ROOT / "firestore.rules"


def test_environment_points_at_the_emulators_and_at_no_real_project(
    local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/real/key.json")
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    env = suite.environment(DEFAULTS)
    assert "GOOGLE_APPLICATION_CREDENTIALS" not in env
    assert env["FIRESTORE_EMULATOR_HOST"] == "127.0.0.1:8080"
    assert env["FIREBASE_AUTH_EMULATOR_HOST"] == "127.0.0.1:9099"
    assert env["CLOUD_TASKS_EMULATOR_HOST"] == "127.0.0.1:9497"
    assert env["GCLOUD_PROJECT"] == env["GOOGLE_CLOUD_PROJECT"] == "demo-punktwerk"
    assert suite.suite_environment(env)["XDG_CONFIG_HOME"] == str(local / "config")


def test_local_secret_is_made_once_and_given_to_all(local: Path) -> None:
    key = suite.environment(DEFAULTS)["PUNKTWERK_SECRET_KEYS"]
    assert suite.SECRETS.read_text() == f"PUNKTWERK_SECRET_KEYS={key}\n"
    assert suite.environment(DEFAULTS)["PUNKTWERK_SECRET_KEYS"] == key


def test_env_files_are_read_as_the_emulator_reads_them(tmp_path: Path) -> None:
    path = tmp_path / ".env.local"
    path.write_text("# a comment\nPLAIN=a b\nexport QUOTED=\"x = 'y'\"\nSINGLE='z'\nEMPTY=\n\nno\n")
    assert suite.read_env_file(path) == {
        "PLAIN": "a b",
        "QUOTED": "x = 'y'",
        "SINGLE": "z",
        "EMPTY": "",
    }
    assert suite.read_env_file(tmp_path / "none") == {}
