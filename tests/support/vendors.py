"""Stand-ins for other people's systems: mock servers made from their own specs."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support import without_specs
from tools.emulators import LOOPBACK, ROOT, free_port

PRISM = ROOT / "tools" / "node_modules" / ".bin" / "prism"
BESIDE = ROOT.parent / "shared" / "specs"
"""The default folder of specs, beside the checkout; ``VENDOR_SPECS_DIR`` names another."""
CUSTOM_PSP = ROOT / "docs" / "connectors" / "custom-psp.openapi.json"


def vendor_spec(path: str) -> Path:
    """Return a vendor's spec, such as ``stripe/x.json``; skip the test without a specs folder."""
    found = find_vendor_spec(path)
    if found is None:
        pytest.skip(f"{without_specs.REASON} ({path} is needed)")
    return found


def find_vendor_spec(path: str) -> Path | None:
    """Return a vendor's spec, or ``None`` if there is no folder of specs.

    If the folder exists, a missing spec fails the test, because it should be checked.
    """
    folder = Path(os.environ.get("VENDOR_SPECS_DIR") or BESIDE)
    if folder == BESIDE and not BESIDE.is_dir():
        return None
    found = folder / path
    if not found.is_file():
        raise AssertionError(f"the vendor's spec {path} is missing in {folder}")
    return found


@contextmanager
def prism(spec: Path) -> Iterator[str]:
    """Run a mock server that checks every request against a spec; yield its base URL.

    It answers with the spec's examples, and ignores earlier requests. Run as few as possible: each
    takes a second or more to start, and 100 MB or more.
    """
    port = free_port()
    with subprocess.Popen(
        [PRISM, "mock", "-h", LOOPBACK, "-p", str(port), str(spec)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            _await_listening(process)
            # Its output must be read, or it blocks when the pipe is full.
            threading.Thread(target=_drain, args=(process,), daemon=True).start()
            yield f"http://{LOOPBACK}:{port}"
        finally:
            process.kill()


def _await_listening(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line)
        if "Prism is listening" in line:
            return
    raise AssertionError("prism ended: " + "".join(printed))


def _drain(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    with suppress(ValueError):
        for _ in process.stdout:
            pass
