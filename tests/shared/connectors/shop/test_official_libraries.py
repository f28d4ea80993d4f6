"""The vendors' own libraries take for genuine what we do, and refuse what we refuse."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from shared.connectors.shop import shopify, shopify_approval, shopware_app
from shared.connectors.shop.base import NoticeNotGenuine
from shared.connectors.shop.shopware import Config
from shared.connectors.shop.shopware_app import Pending
from tests.support import shopify_app, shopify_shop
from tests.support.shopware_shop import NOON, sign

pytestmark = pytest.mark.wide

PACKAGES = ("@shopify/shopify-api@15.0.0", "@shopware-ag/app-server-sdk@2.0.3")
"""Installed in a folder of their own: nothing else needs them."""
SCRIPT = Path(__file__).with_name("official_libraries.mjs")
INSTALLED_WITHIN_S = 240
BODY = '{"id":1,"note":"Grüße, 20 € & <b>"}'
APP_SECRET = "an-app-secret-of-32-characters-xx"
QUERY = "shop-id=KIPf0Fz6BUkN&shop-url=https://shop.example.com&timestamp=1772539200"
CONFIRMATION = json.dumps(
    {
        "apiKey": "SWIARXBSDJRWEMJONFK2OHBNWA",
        "secretKey": "Q1QyaUg3ZHpnZURPeDV3",
        "timestamp": "1772539201",
        "shopUrl": "https://shop.example.com",
        "shopId": "KIPf0Fz6BUkN",
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("official")
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES],
        cwd=folder,
        check=True,
        timeout=INSTALLED_WITHIN_S,
    )
    shutil.copy(SCRIPT, folder)
    return folder


def judged(folder: Path, **asked: Any) -> dict[str, list[Any]]:
    """Return what the libraries say."""
    cases = {
        "shopify": {"secret": shopify_shop.SECRET, "notices": [], "queries": []},
        "shopware": {"appName": "PunktwerkPoints", "appSecret": APP_SECRET, "requests": []},
    }
    for name, each in asked.items():
        cases[name] |= each
    done = subprocess.run(
        ["node", SCRIPT.name],
        cwd=folder,
        input=json.dumps(cases),
        text=True,
        capture_output=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_shopify_signs_as_we_check(folder: Path) -> None:
    headers, raw = shopify_shop.notice("orders/paid", BODY.encode())
    signature = headers["X-Shopify-Hmac-Sha256"]
    notices = [
        (headers, BODY),
        (headers, BODY + " "),
        (headers, BODY.replace("1", "2")),
        *(
            ({**headers, "X-Shopify-Hmac-Sha256": each}, BODY)
            for each in (
                signature.lower(),
                signature[:-1],
                "x",
                hmac.new(b"hush", BODY.encode(), hashlib.sha256).hexdigest(),
            )
        ),
    ]

    def is_taken(headers: dict[str, str], body: str) -> bool:
        config = shopify.Config.model_validate(
            {"shop": shopify_shop.DOMAIN, "clientId": "x", "clientSecret": shopify_shop.SECRET}
        )
        try:
            shopify.read_notice(config, headers, body.encode())
        except NoticeNotGenuine:
            return False
        return True

    told = [{"headers": each, "body": body} for each, body in notices]
    found = judged(folder, shopify={"notices": told})["shopify"]
    assert found == [is_taken(*each) for each in notices]
    assert found == [True, *[False] * 6]
    assert raw == BODY.encode()


def test_shopify_signs_the_query_of_a_browser_as_we_check(folder: Path) -> None:
    now = datetime.now(UTC)
    values = {
        "code": "0907a61c0c8d55e99db179b68161bc00",
        "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvZXhhbXBsZQ==",
        "shop": shopify_shop.DOMAIN,
        "state": "0" * 64,
        "timestamp": str(int(now.timestamp())),
    }
    genuine = dict(parse_qsl(shopify_app.signed(values)))
    odd = dict(parse_qsl(shopify_app.signed({**values, "state": "a b&c=d%25/é~*'()-_."})))
    old = dict(parse_qsl(shopify_app.signed({**values, "timestamp": "1772539200"})))
    queries = [
        genuine,
        odd,
        old,
        {**genuine, "state": "1" * 64},
        {**genuine, "more": "1"},
        {**genuine, "hmac": genuine["hmac"][::-1]},
        {name: each for name, each in genuine.items() if name != "host"},
    ]

    found = judged(folder, shopify={"queries": queries})["queries"]

    ours = [shopify_approval.is_genuine(each, shopify_shop.SECRET, now) for each in queries]
    assert found == ours
    assert found == [True, True, *[False] * 5]


def test_shopware_registers_shops_as_we_do(folder: Path) -> None:
    """First, forged, again without the secret of before, with it, and again with a new one."""
    by_app = sign(APP_SECRET, QUERY.encode())
    requests: list[dict[str, Any]] = [
        {"query": QUERY, "bySignature": by_app, "confirmation": CONFIRMATION},
        {"query": QUERY, "bySignature": by_app[::-1], "confirmation": CONFIRMATION},
        {"query": QUERY, "bySignature": by_app, "confirmation": CONFIRMATION},
        {"query": QUERY, "bySignature": by_app, "byShop": True, "confirmation": CONFIRMATION},
        {"query": QUERY, "bySignature": by_app, "byShop": True, "confirmation": CONFIRMATION},
    ]
    theirs = judged(folder, shopware={"requests": requests})["shopware"]

    config = Config.model_validate({"shopUrl": "https://shop.example.com", "appSecret": APP_SECRET})
    for place, (each, expected) in enumerate(zip(requests, theirs, strict=True)):
        before = config.webhook_secret.get_secret_value() if config.webhook_secret else ""
        headers = {"shopware-app-signature": str(each["bySignature"])}
        if "byShop" in each:
            headers["shopware-shop-signature"] = sign(before, QUERY.encode())
        try:
            found = shopware_app.registration(config, headers, QUERY.encode())
        except NoticeNotGenuine:
            assert expected == {"status": 401}
            continue
        assert expected == {"status": 200, "proof": found.proof, "confirmed": 204}
        pending = Pending(found.shop_id, hashlib.sha256(bytes([place])).hexdigest())
        raw = CONFIRMATION.encode()
        signed = {"shopware-shop-signature": sign(pending.secret, raw)}
        if "byShop" in each:
            signed["shopware-shop-signature-previous"] = sign(before, raw)
        config = shopware_app.confirmed(config, pending, signed, raw, NOON)
    assert [each["status"] for each in theirs] == [200, 401, 401, 200, 200]
