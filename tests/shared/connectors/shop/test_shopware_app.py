"""The registration of an app in a Shopware shop.

Signature and proof are those of the official @shopware-ag/app-server-sdk 2.0.3.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from shared import clock
from shared.connectors.shop import shopware, shopware_app
from shared.connectors.shop.base import NoticeNotGenuine
from shared.connectors.shop.shopware import Config
from shared.connectors.shop.shopware_app import Pending, Registration
from shared.errors import ConnectorRejected

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
APP_SECRET = "an-app-secret-of-32-characters-xx"
CONFIG = {"shopUrl": "https://shop.example.com/", "appSecret": APP_SECRET}
SHOP_ID = "KIPf0Fz6BUkN"
QUERY = f"shop-id={SHOP_ID}&shop-url=https%3A%2F%2Fshop.example.com&timestamp=1772539200"
SIGNATURE = "1917a85662b3c6c83cb6f0d0d09e980b3ffd1a0f45174c57a950c9c02f3deb1f"
PROOF = "b78c0480452389733d376263b7292a0ed6692e76ac0368d98abcd187fd13de76"
BODY = {
    "apiKey": "SWIARXBSDJRWEMJONFK2OHBNWA",
    "secretKey": "Q1QyaUg3ZHpnZURPeDV3",
    "timestamp": "1772539201",
    "shopUrl": "https://shop.example.com",
    "shopId": SHOP_ID,
}
FIRST, SECOND = "first-secret-" + "x" * 51, "second-secret-" + "x" * 50


def config_of(**more: Any) -> Config:
    return Config.model_validate({**CONFIG, **more})


def sign(secret: str, signed: bytes | str) -> str:
    raw = signed.encode() if isinstance(signed, str) else signed
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def asked(config: Config, query: str, **headers: str) -> Registration:
    told = {name.replace("_", "-"): each for name, each in headers.items()}
    return shopware_app.registration(config, told, query.encode())


def confirmed(
    config: Config, secret: str, body: Any = BODY, *, signed_by: str = "", before: str | None = None
) -> Config:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Shopware-Shop-Signature": sign(signed_by or secret, raw)}
    if before is not None:
        headers["shopware-shop-signature-previous"] = sign(before, raw)
    return shopware_app.confirmed(config, Pending(SHOP_ID, secret), headers, raw, NOW)


def test_a_shop_that_knows_the_apps_secret_gets_the_proof_that_we_do() -> None:
    expected = Registration(SHOP_ID, PROOF)
    assert asked(config_of(), QUERY, shopware_app_signature=SIGNATURE) == expected
    # As the documentation has it: the query as it comes.
    raw = sign(APP_SECRET, QUERY)
    assert raw != SIGNATURE
    assert asked(config_of(), QUERY, shopware_app_signature=raw) == expected
    plain = unquote(QUERY)
    assert asked(config_of(), plain, shopware_app_signature=sign(APP_SECRET, plain)) == expected


@pytest.mark.parametrize(
    ("more", "query", "signature"),
    [
        ({}, QUERY, ""),
        ({}, QUERY, sign("another-secret", QUERY)),
        ({}, QUERY + "&x=1", sign(APP_SECRET, QUERY)),
        ({}, QUERY.replace("shop.example", "evil.example"), None),
        ({}, QUERY.replace(SHOP_ID, ""), None),
        ({}, "", None),
        ({"shopUrl": "https://other.example.com"}, QUERY, None),
        ({"appSecret": None, "clientId": "SWIA", "clientSecret": "fake"}, QUERY, None),
    ],
)
def test_nobody_else_is_registered(more: dict[str, Any], query: str, signature: str | None) -> None:
    given = sign(APP_SECRET, query) if signature is None else signature
    with pytest.raises(NoticeNotGenuine):
        asked(config_of(**more), query, shopware_app_signature=given)


def test_gets_access_once_the_shop_has_confirmed() -> None:
    pending = config_of()
    with pytest.raises(ConnectorRejected, match="not registered"):
        shopware.connect(pending, is_emulated=False).receipts(None, None)

    found = confirmed(pending, FIRST)
    assert found.reveal() == {
        **config_of().reveal(),
        "clientId": BODY["apiKey"],
        "clientSecret": BODY["secretKey"],
        "webhookSecret": FIRST,
        "shopId": SHOP_ID,
    }
    assert confirmed(found, FIRST) == found


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed_by": SECOND},
        {"body": {**BODY, "shopId": "another"}},
        {"body": {**BODY, "apiKey": None}},
        {"body": {**BODY, "secretKey": "a b"}},
        {"body": b"not json"},
    ],
)
def test_a_confirmation_that_is_not_the_shops_gives_no_access(wrong: dict[str, Any]) -> None:
    with pytest.raises(NoticeNotGenuine):
        confirmed(config_of(), FIRST, **wrong)


def test_a_new_secret_needs_the_one_before_which_counts_a_minute_more() -> None:
    known = confirmed(config_of(), FIRST)
    by_app = sign(APP_SECRET, QUERY)
    for by_shop in ("", sign(SECOND, QUERY)):
        with pytest.raises(NoticeNotGenuine):
            asked(known, QUERY, shopware_app_signature=by_app, shopware_shop_signature=by_shop)
    again = asked(
        known,
        QUERY,
        shopware_app_signature=by_app,
        shopware_shop_signature=sign(FIRST, QUERY),
    )
    assert again == Registration(SHOP_ID, PROOF)

    for before in (None, SECOND):
        with pytest.raises(NoticeNotGenuine):
            confirmed(known, SECOND, before=before)
    rotated = confirmed(known, SECOND, before=FIRST)

    raw = json.dumps({"source": {"shopId": SHOP_ID}}).encode()
    for secret, after, is_genuine in (
        (SECOND, timedelta(0), True),
        (FIRST, timedelta(seconds=59), True),
        (FIRST, timedelta(seconds=60), False),
        (SECOND, timedelta(days=1), True),
    ):
        headers = {"shopware-shop-signature": sign(secret, raw)}
        with clock.use(lambda after=after: NOW + after):
            if is_genuine:
                assert shopware.read_notice(rotated, headers, raw)
            else:
                with pytest.raises(NoticeNotGenuine):
                    shopware.read_notice(rotated, headers, raw)
