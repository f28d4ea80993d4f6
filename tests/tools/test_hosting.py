"""Hosting: what is uploaded, and that the local host answers as Firebase's server of files does."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tools.emulators import LOOPBACK, ROOT
from tools.guard import Guarded
from tools.web_host import Site, create_app

HOSTING: dict[str, Any] = json.loads((ROOT / "firebase.json").read_text())["hosting"]
DIST = ROOT / HOSTING["public"]
# Of packages that firebase-tools brings: what it uploads, and what its Hosting emulator serves by.
LIST = """
const { listFiles } = require('firebase-tools/lib/listFiles');
const [folder, ...ignored] = process.argv.slice(1);
console.log(JSON.stringify(listFiles(folder, ignored)));
"""
SERVE = """
const { server } = require('superstatic');
const [cwd, text] = process.argv.slice(1);
const config = JSON.parse(text);
const options = { port: 0, host: '127.0.0.1', cwd, config, compression: true };
const listening = server(options).listen(() => console.log(`port ${listening.address().port}`));
"""


def _node(script: str, *arguments: str) -> list[str]:
    return ["node", "-e", script, "--", *arguments]


def test_uploads_what_the_pages_load_and_no_more() -> None:
    command = _node(LIST, str(DIST), *HOSTING["ignore"])
    done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=True)
    uploaded = set(json.loads(done.stdout))

    own = {"card.html", "console-sw.js", "console.html", "icon.svg", "index.html", "sw.js"}
    built = {
        each for each in uploaded if re.fullmatch(r"assets/[\w.-]+\.(js|css|webmanifest)", each)
    }
    assert own <= uploaded
    assert uploaded == own | built
    texts = [(DIST / each).read_text() for each in own | built]
    named = {each for text in texts for each in re.findall(r"[\w.-]+-[\w-]{8}\.(?:js|css)", text)}
    assert {Path(each).name for each in built if not each.endswith("manifest")} <= named


@pytest.fixture(scope="module")
def firebases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the files as Firebase's own server has them."""
    files = [each for each in HOSTING["rewrites"] if "destination" in each]
    config = json.dumps({**HOSTING, "rewrites": files})
    log = tmp_path_factory.mktemp("hosting") / "log"
    server = Guarded(_node(SERVE, str(ROOT), config), log=log, cwd=ROOT / "tools")
    try:
        yield f"http://{LOOPBACK}:{_port(log)}"
    finally:
        server.stop()


def _port(log: Path) -> int:
    for _ in range(300):
        found = re.search(r"port (\d+)", log.read_text())
        if found:
            return int(found[1])
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/s/store_1",
        "/s/store_1?ref=ANNA",
        "/s/with%20blank/more",
        "/c/lp_1",
        "/cards",
        "/console",
        "/console/members/user%2F1",
        "/sign-in",
        "/sw.js",
        "/icon.svg",
        "/card.html",
        "/console.html",
        "/assets/nothing.js",
        "/nothing",
    ],
)
def test_answers_as_firebase_does(firebases: str, path: str) -> None:
    init = {"emulators": {}}
    ours = create_app(Site(HOSTING, DIST), init, "http://127.0.0.1:9").test_client().get(path)

    theirs = requests.get(firebases + path, timeout=10, allow_redirects=False)

    assert ours.status_code == theirs.status_code
    if ours.status_code == 404:
        return  # Each has an own page for it.
    assert ours.data == theirs.content
    kind = theirs.headers["Content-Type"].partition(";")[0]
    assert ours.mimetype.removeprefix("text/") in kind
    for name in {each["key"] for rule in HOSTING["headers"] for each in rule["headers"]}:
        # The local policy names the emulators after the hosts, here none.
        value = (ours.headers.get(name) or "").replace(" ;", ";")
        assert value == theirs.headers.get(name, ""), name
