"""Flows in a real browser: ``web/e2e/*.mjs``, carried out by Node and Debian's Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tools.emulators import ROOT

FLOWS = ROOT / "web" / "e2e"
TIMEOUT_S = 300
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is here")


def run_flow(name: str, facts: Mapping[str, Any], folder: Path) -> None:
    """Run a flow to its end; its pictures are in ``folder``.

    Args:
        name: The file of ``FLOWS``.
        facts: What the flow needs to know, as ``dev.json`` has it.
        folder: Where it may write.
    """
    told = folder / "facts.json"
    told.write_text(json.dumps(facts))
    done = subprocess.run(
        ["node", str(FLOWS / name), str(told), str(folder / "pictures")],
        env={**os.environ, "CHROMIUM": str(CHROMIUM)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
