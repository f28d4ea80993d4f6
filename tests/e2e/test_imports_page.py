"""docs/imports.md: its commands, as they stand there, against a running server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.support import stored
from tests.support.api import PREFIX
from tests.support.merchants import Merchant
from tools.emulators import ROOT

PAGE = (ROOT / "docs" / "imports.md").read_text("utf-8")


@pytest.mark.usefixtures("firestore_emulator")
def test_the_commands_of_the_page_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    member = merchant.member("points").other("anna")
    member.enroll()
    commands = re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    environment = {
        "URL": f"http://127.0.0.1:{server.server_port}{PREFIX.rstrip('/')}",
        "KEY": str(merchant.api.key),
        "PROGRAM": member.program_id,
        "PATH": os.environ["PATH"],
    }
    try:
        ran = subprocess.run(
            ["bash", "-c", "\n".join(commands)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        server.shutdown()
        serving.join()

    assert ran.stderr == ""
    rows, lines, csv, status, offline = map(json.loads, ran.stdout.splitlines())
    assert [each["outcome"] for each in rows["results"]] == ["booked", "booked", "refused"]
    assert (lines["isComplete"], csv["isComplete"]) == (False, False)
    assert (status["importId"], status["rows"]) == (csv["importId"], 1)
    assert [each["outcome"] for each in offline["results"]] == ["booked", "booked"]
    assert stored.units(member) == [120, 285, 129, -100]


@pytest.mark.parametrize("code", sorted(set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE))))
def test_what_the_page_names_is_there(code: str) -> None:
    assert f"`{code}`" in (ROOT / "docs" / "errors.md").read_text("utf-8")
