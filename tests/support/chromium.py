"""Flows in a real browser: ``web/e2e/*.mjs``, carried out by Node and the Chromium that is here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tools.emulators import ROOT

FLOWS = ROOT / "web" / "e2e"
TIMEOUT_S = 300
# Each flow's pictures stay there until the next run, for whoever wants to look.
PICTURES = ROOT / ".local" / "pictures"


def _playwrights_own() -> str | None:
    """Return the browser that `npx playwright install chromium` has brought; ``None`` without."""
    script = "console.log(require('playwright-core').chromium.executablePath())"
    done = subprocess.run(
        ["node", "-e", script], cwd=ROOT / "web", capture_output=True, text=True, check=False
    )
    path = done.stdout.strip()
    return path if done.returncode == 0 and Path(path).is_file() else None


CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("google-chrome")
    or _playwrights_own()
)

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is here")


def run_flow(name: str, facts: Mapping[str, Any], folder: Path) -> None:
    """Run a flow to its end.

    Args:
        name: The file of ``FLOWS``.
        facts: What the flow needs to know, as ``dev.json`` has it.
        folder: Where it may write.
    """
    told = folder / "facts.json"
    told.write_text(json.dumps(facts))
    done = subprocess.run(
        ["node", str(FLOWS / name), str(told), str(PICTURES / name.removesuffix(".mjs"))],
        env={**os.environ, "CHROMIUM": str(CHROMIUM), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
