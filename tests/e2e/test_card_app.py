"""The customer's card, in a browser: for who only looks, and for who joins, earns and redeems."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from shared import config
from shared.services.accounts import administration
from tests.e2e.conftest import Run
from tests.support.chromium import needs_chromium, run_flow
from tests.support.merchants import Merchant
from tools.emulators import LOOPBACK, ROOT, FirestoreEmulator
from tools.web_host import Site, create_app

pytestmark = needs_chromium
FLOWS = (
    "card",
    "joining",
    "shop-reward",
    "provider-sign-in",
    "member-code",
    "check-in",
    "receipt",
    "friends",
    "wallets",
    "standing",
    "suspended",
    "large-text",
    "history",
    "late-answers",
    "spending",
)


@pytest.fixture
def web(firestore_emulator: FirestoreEmulator) -> Iterator[str]:
    """The address of the web apps, with Firestore alone behind them."""
    hosting = json.loads((ROOT / "firebase.json").read_text())["hosting"]
    emulators = {"firestore": firestore_emulator.host, "auth": f"{LOOPBACK}:9"}
    init = {"projectId": config.project_id(), "apiKey": "x", "emulators": emulators}
    site = Site(hosting, ROOT / hosting["public"])
    server = make_server(LOOPBACK, 0, create_app(site, init, f"http://{LOOPBACK}:9"), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://{LOOPBACK}:{server.server_port}"
    server.shutdown()
    thread.join()


def test_shows_a_store_to_everybody(web: str, merchant: Merchant, tmp_path: Path) -> None:
    merchant.program(programName="Stammkarte")
    administration.write_profile(merchant.store_id)

    urls = {"card": f"{web}/s/{merchant.store_id}"}
    run_flow("store.mjs", {"urls": urls, "name": "Store", "program": "Stammkarte"}, tmp_path)


@pytest.mark.wide
@pytest.mark.xdist_group("suite")
@pytest.mark.timeout(400)
@pytest.mark.parametrize("flow", FLOWS)
def test_a_customer_joins_earns_and_redeems(run: Run, tmp_path: Path, flow: str) -> None:
    run_flow(f"{flow}.mjs", run.facts, tmp_path)
