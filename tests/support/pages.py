"""Pages of the documentation whose commands run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from tests.support.api import PREFIX
from tests.support.merchants import Merchant
from tools.emulators import ROOT


def page(name: str) -> str:
    """Return a page of docs/."""
    return (ROOT / "docs" / name).read_text("utf-8")


def blocks(text: str, language: str = "") -> list[str]:
    """Return the blocks of code of a page, in one language; commands for a shell have none."""
    every = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [block for name, block in every if name == language]


def run_in_shell(
    app: Flask, merchant: Merchant, cwd: Path, *commands: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run commands against a server, with the variables that ``make run`` writes for shells."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    environment = {
        "URL": f"http://127.0.0.1:{server.server_port}{PREFIX.rstrip('/')}",
        "KEY": str(merchant.api.key),
        "STORE": merchant.store_id,
        "PATH": os.environ["PATH"],
        **variables,
    }
    try:
        return subprocess.run(
            ["bash", "-c", "\n".join(commands)],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        server.shutdown()
        serving.join()
