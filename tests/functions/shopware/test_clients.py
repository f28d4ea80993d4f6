"""Three clients of Shopware, unmodified: each asks for a token, reads, books, and is refused.

They are installed once, in folders of their own, or found in ``SHOPWARE_CLIENTS_DIR``, which has
``py312`` and ``py311`` (virtual environments) and ``node`` (with ``node_modules``).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.support import oauth
from tests.support.merchants import Merchant
from tests.support.shopware import CUSTOMER, ROOT, bound, shop_of

pytestmark = pytest.mark.wide

SHOPWARE_API_CLIENT = "shopware-api-client==2.1.0"
LIB_SHOPWARE6 = "lib-shopware6-api==3.0.4"
API_CLIENT = "@shopware/api-client@1.6.0"
INSTALLED_WITHIN_S = 240
NOBODY = "1" * 32
BOOKED = {"points": 7, "status": 404}
"""What each script prints: the points after it has added 7, and how an unknown customer is told."""

_READ = 'json.loads(os.environ["ASKED"])'
BY_SHOPWARE_API_CLIENT = f"""
import asyncio, json, os
from shopware_api_client.client import AdminClient
from shopware_api_client.config import AdminConfig
from shopware_api_client.exceptions import SWAPINotFound

async def main():
    asked = {_READ}
    names = ("url", "client_id", "client_secret")
    config = AdminConfig(grant_type="client_credentials", **{{each: asked[each] for each in names}})
    async with AdminClient(config=config) as client:
        points = {{"customerId": asked["customer"], "points": 7}}
        await client.post("/cogi/loyalty/add-points", json=points)
        path = "/cogi/loyalty/customer-profile/"
        found = (await client.get(path + asked["customer"])).json()
        status = 200
        try:
            await client.get(path + asked["nobody"])
        except SWAPINotFound:
            status = 404
        print(json.dumps({{"points": found["data"]["points"], "status": status}}))

asyncio.run(main())
"""
BY_LIB_SHOPWARE6 = f"""
import json, os
from lib_shopware6_api_base import ConfShopware6ApiBase, GrantType, Shopware6AdminAPIClientBase
from lib_shopware6_api_base import ShopwareAPIError

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
asked = {_READ}
config = ConfShopware6ApiBase(
    shopware_admin_api_url=asked["url"] + "/api",
    client_id=asked["client_id"],
    client_secret=asked["client_secret"],
    grant_type=GrantType.RESOURCE_OWNER,
)
client = Shopware6AdminAPIClientBase(config=config)
points = {{"customerId": asked["customer"], "points": 7}}
client.request_post("cogi/loyalty/add-points", payload=points)
path = "cogi/loyalty/customer-profile/"
found = client.request_get(path + asked["customer"])
status = 200
try:
    client.request_get(path + asked["nobody"])
except ShopwareAPIError:
    status = 404
print(json.dumps({{"points": found.data["points"], "status": status}}))
"""
BY_API_CLIENT = """
import { createAdminAPIClient, ApiClientError } from "@shopware/api-client";

const asked = JSON.parse(process.env.ASKED);
const client = createAdminAPIClient({
  baseURL: `${asked.url}/api`,
  credentials: {
    grant_type: "client_credentials",
    client_id: asked.client_id,
    client_secret: asked.client_secret,
  },
});
await client.invoke("add post /cogi/loyalty/add-points", {
  body: { customerId: asked.customer, points: 7 },
});
const profile = (customerId) =>
  client.invoke("read get /cogi/loyalty/customer-profile/{customerId}", {
    pathParams: { customerId },
  });
const found = (await profile(asked.customer)).data;
let status = 200;
try {
  await profile(asked.nobody);
} catch (error) {
  if (error instanceof ApiClientError && error.details.status === "error") status = 404;
}
console.log(JSON.stringify({ points: found.data.points, status }));
"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where a shop is, as a client is told."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}{ROOT}"
    server.shutdown()
    serving.join()


def installed(name: str) -> Path | None:
    """Return the folder of clients that are there already."""
    folder = os.environ.get("SHOPWARE_CLIENTS_DIR")
    return Path(folder) / name if folder else None


def starts(interpreter: str) -> bool:
    """Tell whether an interpreter is there and can make environments: a shim may stand for none."""
    command = [interpreter, "-c", "import ensurepip, venv"]
    if shutil.which(interpreter) is None:
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def python_with(package: str, name: str, interpreter: str | None, tmp_path: Path) -> Path:
    """Return an interpreter that has a package; skip the test where none can be made."""
    found = installed(name)
    if found is not None:
        return found / "bin" / "python"
    if interpreter is None:
        pytest.skip(f"{package} needs Python 3.12 or later, and none is here")
    subprocess.run([interpreter, "-m", "venv", tmp_path / name], check=True)
    python = tmp_path / name / "bin" / "python"
    command = [python, "-m", "pip", "install", "-q", package]
    subprocess.run(command, check=True, timeout=INSTALLED_WITHIN_S)
    return python


def told(command: list[Any], merchant: Merchant, address: str, cwd: Path) -> dict[str, Any]:
    """Run a script; return what it prints."""
    asked = {
        "url": address,
        "client_id": oauth.client_id(merchant.api.key),
        "client_secret": merchant.api.key,
        "customer": CUSTOMER,
        "nobody": NOBODY,
    }
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "ASKED": json.dumps(asked)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def test_shopware_api_client(merchant: Merchant, address: str, tmp_path: Path) -> None:
    bound(merchant)
    newer = next(filter(starts, ("python3.13", "python3.12")), None)
    python = python_with(SHOPWARE_API_CLIENT, "py312", newer, tmp_path)

    assert told([python, "-c", BY_SHOPWARE_API_CLIENT], merchant, address, tmp_path) == BOOKED
    assert shop_of(merchant).points() == 7


def test_lib_shopware6_api(merchant: Merchant, address: str, tmp_path: Path) -> None:
    bound(merchant)
    python = python_with(LIB_SHOPWARE6, "py311", shutil.which("python3"), tmp_path)

    assert told([python, "-c", BY_LIB_SHOPWARE6], merchant, address, tmp_path) == BOOKED
    assert shop_of(merchant).points() == 7


def test_api_client_of_shopware(merchant: Merchant, address: str, tmp_path: Path) -> None:
    bound(merchant)
    folder = installed("node")
    if folder is None:
        folder = tmp_path
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", API_CLIENT]
        subprocess.run(command, cwd=folder, check=True, timeout=INSTALLED_WITHIN_S)
    command = ["node", "--input-type=module", "-e", BY_API_CLIENT]

    assert told(command, merchant, address, folder) == BOOKED
    assert shop_of(merchant).points() == 7
