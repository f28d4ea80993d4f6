"""Clients generated from openapi.json: without a warning, and they run the quick start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.support.api import PREFIX
from tests.support.merchants import Merchant
from tools.emulators import ROOT

pytestmark = [pytest.mark.wide, pytest.mark.timeout(400)]

DOCUMENT = ROOT / "docs" / "openapi.json"
NODE_MODULES = ROOT / "tools" / "node_modules"
RUN_TIMEOUT_S = 180

IMPORT_ALL = """
import importlib, pkgutil, punktwerk_client
found = pkgutil.walk_packages(punktwerk_client.__path__, "punktwerk_client.")
names = [each.name for each in found]
for name in names:
    importlib.import_module(name)
print(len(names))
"""
IN_PYTHON = """
import json, sys
from punktwerk_client import AuthenticatedClient
from punktwerk_client.api.loyalty import (
    add_loyalty_points, create_loyalty_program, redeem_loyalty_points
)
from punktwerk_client.api.members import enroll_in_loyalty_program, get_customer_balance
from punktwerk_client.models import (
    AddLoyaltyPointsRequest, CreateLoyaltyProgramRequest, EnrollInLoyaltyProgramRequest, Error,
    GetCustomerBalanceRequest, PointsRules, ProgramType, RedeemLoyaltyPointsRequest, RewardInput
)

url, key, store_id = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=key)
program = create_loyalty_program.sync(client=client, body=CreateLoyaltyProgramRequest(
    store_id=store_id, program_name="Punkte", program_type=ProgramType.POINTS, is_active=True,
    rules=PointsRules(points_per_euro=10, minimum_purchase=5.0),
    rewards=[RewardInput(title="10% Rabatt", type_="discount_percent", required_points=100)],
))
ids = {"program_id": program.program_id, "user_id": "anna"}
enroll_in_loyalty_program.sync(client=client, body=EnrollInLoyaltyProgramRequest(**ids))
earning = AddLoyaltyPointsRequest(**ids, purchase_amount=12.90, transaction_id="receipt-1")
add_loyalty_points.sync(client=client, body=earning)
add_loyalty_points.sync(client=client, body=earning)
spending = RedeemLoyaltyPointsRequest(**ids, points=100, reward_description="10% Rabatt")
redeem_loyalty_points.sync(client=client, body=spending)
refused = redeem_loyalty_points.sync(client=client, body=spending)
assert isinstance(refused, Error)
balance = get_customer_balance.sync(client=client, body=GetCustomerBalanceRequest(**ids))
print(json.dumps({"refused": refused.error, **balance.to_dict()}))
"""
IN_TYPESCRIPT = """
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };
const [baseUrl, key, storeId] = process.argv.slice(2) as [string, string, string];
const headers = { Authorization: `Bearer ${key}` };
const client = createClient<paths>({ baseUrl, headers });

function ok<T>(result: { data?: T; error?: components["schemas"]["Error"] }): T {
  if (result.data === undefined) throw new Error(result.error?.message);
  return result.data;
}

const program = ok(await client.POST("/createLoyaltyProgram", { body: {
  storeId, programName: "Punkte", programType: "points", isActive: true,
  rules: { pointsPerEuro: 10, minimumPurchase: 5.0 },
  rewards: [{ title: "10% Rabatt", type: "discount_percent", requiredPoints: 100 }],
} }));
const ids = { programId: program.programId, userId: "anna" };
ok(await client.POST("/enrollInLoyaltyProgram", { body: ids }));
const earning = { ...ids, purchaseAmount: 12.9, transactionId: "receipt-1" };
ok(await client.POST("/addLoyaltyPoints", { body: earning }));
ok(await client.POST("/addLoyaltyPoints", { body: earning }));
const spending = { ...ids, points: 100, rewardDescription: "10% Rabatt" };
ok(await client.POST("/redeemLoyaltyPoints", { body: spending }));
const { error } = await client.POST("/redeemLoyaltyPoints", { body: spending });
const balance = ok(await client.GET("/getCustomerBalance", { params: { query: ids } }));
console.log(JSON.stringify({ refused: error?.error, ...balance }));
"""
TSCONFIG = {
    "compilerOptions": {
        "strict": True,
        "noUncheckedIndexedAccess": True,
        "exactOptionalPropertyTypes": True,
        "target": "ES2022",
        "module": "NodeNext",
        "lib": ["ES2022", "DOM", "DOM.Iterable"],
        "types": [],
        "outDir": "built",
    },
    "files": ["api.ts", "main.ts"],
}


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """The API's address, at which this process serves it over HTTP."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}{PREFIX}".removesuffix("/")
    server.shutdown()
    thread.join()
    server.server_close()


def run(folder: Path, *command: str) -> str:
    """Run a command that must succeed and must not warn; return what it prints."""
    # Beside Python: the generator formats with ruff, and warns if it finds none.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_TIMEOUT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower(), done.stdout + done.stderr
    return done.stdout


def assert_ran_the_quick_start(merchant: Merchant, printed: str) -> None:
    """Assert that both clients did the same: 129 points earned once, 100 of them spent once."""
    balance: dict[str, Any] = json.loads(printed)
    ids = {"programId": balance["programId"], "userId": "anna"}

    assert balance.pop("refused") == "INSUFFICIENT_BALANCE"
    assert (balance["totalEarned"], balance["totalRedeemed"]) == (129, 100)
    assert balance["currentBalance"] == 29
    assert _without_times(balance) == _without_times(merchant.api.ok("getCustomerBalance", ids))


def _without_times(found: Any) -> Any:
    """Leave out the times, which the Python client reads, and writes in another form."""
    if isinstance(found, list):
        return [_without_times(each) for each in found]
    if not isinstance(found, dict):
        return found
    return {name: _without_times(each) for name, each in found.items() if not name.endswith("At")}


def test_the_python_client_runs_the_quick_start(
    tmp_path: Path, url: str, merchant: Merchant
) -> None:
    run(
        tmp_path,
        *("openapi-python-client", "generate", "--path", str(DOCUMENT), "--fail-on-warning"),
        *("--meta", "none", "--output-path", "punktwerk_client"),
    )
    assert int(run(tmp_path, sys.executable, "-W", "error", "-c", IMPORT_ALL)) > 300

    arguments = (url, merchant.api.key, merchant.store_id)
    printed = run(tmp_path, sys.executable, "-W", "error", "-c", IN_PYTHON, *map(str, arguments))

    assert_ran_the_quick_start(merchant, printed)


def test_the_typescript_client_runs_the_quick_start(
    tmp_path: Path, url: str, merchant: Merchant
) -> None:
    tools = NODE_MODULES / ".bin"
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "tsconfig.json").write_text(json.dumps(TSCONFIG))
    (tmp_path / "main.ts").write_text(IN_TYPESCRIPT)
    run(
        tmp_path,
        *(str(tools / "openapi-typescript"), str(DOCUMENT), "--output", "api.ts"),
        # Else it takes fields of requests that have a default for required ones.
        *("--default-non-nullable", "false"),
    )
    assert run(tmp_path, str(tools / "tsc"), "--project", ".") == ""

    arguments = (url, merchant.api.key, merchant.store_id)
    printed = run(tmp_path, "node", "built/main.js", *map(str, arguments))

    assert_ran_the_quick_start(merchant, printed)
