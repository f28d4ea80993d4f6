from __future__ import annotations

import contextlib
import http.client
import json
import socket
import zipfile
from pathlib import Path

import pytest

from tools import emulators
from tools.emulators import EmulatorError, FirestoreEmulator
from tools.guard import Process, _processes


def descendants(pid: int) -> set[int]:
    table: list[Process] = _processes()
    family = {pid}
    while more := {row.pid for row in table if row.parent in family} - family:
        family |= more
    return family


def status(host: str, path: str, token: str | None = None) -> int:
    connection = http.client.HTTPConnection(host, timeout=60)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"/v1/projects/demo-any/databases/(default)/documents/{path}"
    with contextlib.closing(connection):
        connection.request("GET", url, headers=headers)
        response = connection.getresponse()
        response.read()
        return response.status


def put_program(folder: Path, name: str, output: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{output}' >&2\n")
    program.chmod(0o755)


@pytest.mark.wide  # It starts another emulator; tests/rules has the rules in that of all tests.
def test_emulator_holds_the_rules_and_leaves_no_process() -> None:
    with FirestoreEmulator() as emulator:
        family = descendants(emulator._process.pid)
        assert len(family) == 2  # the guard and Java
        assert status(emulator.host, "apiKeys/any") == 403
        assert status(emulator.host, "apiKeys/any", token="owner") == 404
    assert family & {row.pid for row in _processes()} == set()
    assert emulators.get(int(emulator.host.partition(":")[2]), "/") is None


def test_emulator_without_rules_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(EmulatorError, match="without rules all is allowed"),
        FirestoreEmulator(tmp_path / "none"),
    ):
        pass


def test_emulator_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulators, "firestore_jar", lambda: Path("no-such.jar"))
    with (
        pytest.raises(EmulatorError, match=r"Unable to access jarfile no-such\.jar"),
        FirestoreEmulator(),
    ):
        pass


def test_free_port_is_free_until_somebody_listens() -> None:
    port = emulators.free_port()
    assert emulators.is_free(port)
    with socket.create_server((emulators.LOOPBACK, port)):
        assert not emulators.is_free(port)
    assert emulators.is_free(port)


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [("17.0.15", False), ("1.8.0_292", False), ("21", True), ("25.0.2", True)],
)
def test_java_of_the_machine_is_taken_if_new_enough(
    version: str, is_taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_program(tmp_path, "java", f'openjdk version "{version}" 2026-01-20')
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    java = emulators.find_java.__wrapped__()
    assert (java == tmp_path / "java") is is_taken
    assert java.exists()


def test_named_jar_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = tmp_path / "mine.jar"
    monkeypatch.setenv("FIRESTORE_EMULATOR_BINARY_PATH", str(jar))
    with pytest.raises(EmulatorError, match=r"mine\.jar: not there"):
        emulators.firestore_jar.__wrapped__()
    jar.touch()
    assert emulators.firestore_jar.__wrapped__() == jar


def test_newest_downloaded_jar_comes_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_BINARY_PATH", raising=False)
    monkeypatch.setenv("FIREBASE_EMULATORS_PATH", str(tmp_path))
    for version in ("1.9.5", "1.22.0", "1.4.6"):
        (tmp_path / f"cloud-firestore-emulator-v{version}.jar").touch()
    assert emulators.firestore_jar.__wrapped__().name == "cloud-firestore-emulator-v1.22.0.jar"


def test_component_of_the_cloud_sdk_gets_a_main_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdk = tmp_path / ("a sdk whose path is longer than a line of a manifest may be " * 2).strip()
    jar = sdk / "platform" / "cloud-firestore-emulator" / "cloud-firestore-emulator.jar"
    jar.parent.mkdir(parents=True)
    jar.touch()
    (sdk / "bin").mkdir()
    put_program(sdk / "bin", "gcloud", "")
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "gcloud").symlink_to(sdk / "bin" / "gcloud")
    monkeypatch.delenv("FIRESTORE_EMULATOR_BINARY_PATH", raising=False)
    monkeypatch.setenv("FIREBASE_EMULATORS_PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setattr(emulators, "LOCAL", tmp_path / "local")

    shim = emulators.firestore_jar.__wrapped__()

    assert shim.parent == tmp_path / "local"
    with zipfile.ZipFile(shim) as archive:
        manifest = archive.read("META-INF/MANIFEST.MF").decode()
    assert max(map(len, manifest.splitlines())) <= 72
    entries = dict(line.split(": ", 1) for line in manifest.replace("\n ", "").splitlines())
    assert entries == {
        "Manifest-Version": "1.0",
        "Main-Class": "com.google.cloud.datastore.emulator.firestore.CloudFirestore",
        "Class-Path": jar.as_uri(),
    }
    assert json.dumps(entries["Class-Path"]).count(" ") == 0


def test_missing_emulator_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_BINARY_PATH", raising=False)
    monkeypatch.setenv("FIREBASE_EMULATORS_PATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(emulators, "FIREBASE", tmp_path / "firebase")
    with pytest.raises(EmulatorError, match="gcloud components install cloud-firestore-emulator"):
        emulators.firestore_jar.__wrapped__()
