"""docs/check-ins.md: its Python, as it stands there, against a running server."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.support.api import PREFIX
from tests.support.merchants import Merchant
from tools.emulators import ROOT

PAGE = (ROOT / "docs" / "check-ins.md").read_text("utf-8")


@pytest.mark.usefixtures("firestore_emulator")
def test_the_snippets_of_the_page_run(app: Flask, merchant: Merchant, tmp_path: Path) -> None:
    merchant.member("points").other("anna").enroll()
    snippets = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    environment = {
        "URL": f"http://127.0.0.1:{server.server_port}{PREFIX.rstrip('/')}",
        "KEY": str(merchant.api.key),
        "STORE": merchant.store_id,
        "PATH": "",
    }
    try:
        ran = subprocess.run(
            [sys.executable, "-c", "\n".join([*snippets, "print(page())"])],
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
    earned, shown = ran.stdout.splitlines()
    assert re.fullmatch(r"lp_\w+ 5 None", earned)
    assert re.fullmatch(
        r'<meta http-equiv="refresh" content="([1-9]|[12]\d|30)"><svg .*</svg>', shown
    )
    assert (tmp_path / "poster.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "poster.svg").read_text("utf-8").startswith("<svg ")


@pytest.mark.parametrize("code", re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE))
def test_what_the_page_names_is_there(code: str) -> None:
    name = "operations.md" if code.startswith("PUNKTWERK_") else "errors.md"

    assert code in (ROOT / "docs" / name).read_text("utf-8")
