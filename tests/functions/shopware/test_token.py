"""The token endpoint of a shop: three forms of requests, ten minutes, Shopware's own refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support import oauth
from tests.support.api import Api
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written
from tests.support.shopware import CUSTOMER, Shop, bound

PATH = "/api/oauth/token"
GRANT = {"grant_type": "client_credentials"}


def credentials(api: Api) -> dict[str, str]:
    return {"client_id": oauth.client_id(api.key), "client_secret": str(api.key)}


def by_form(api: Api) -> dict[str, Any]:
    return {"data": GRANT | credentials(api)}


def by_json(api: Api) -> dict[str, Any]:
    return {"json": GRANT | credentials(api) | {"scope": "write"}}


def by_json_and_basic(api: Api) -> dict[str, Any]:
    return {"json": GRANT, "headers": oauth.basic(*credentials(api).values())}


@pytest.mark.parametrize("form", [by_form, by_json, by_json_and_basic])
def test_each_form_gets_a_token_that_works_for_ten_minutes(
    frozen_clock: Clock, merchant: Merchant, form: Any
) -> None:
    bound(merchant, 5)
    shop = Shop(merchant.api.app)

    answer = shop.send("POST", PATH, **form(merchant.api))
    by_token = Shop(merchant.api.app, answer.body["access_token"])

    assert answer.status == 200
    assert answer.body == {
        "token_type": "Bearer",
        "expires_in": 600,
        "access_token": by_token.key,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert by_token.points() == 5
    assert by_token.ok("deductPoints", customerId=CUSTOMER, points=5)["data"]["points"] == 0
    frozen_clock.advance(minutes=10)
    assert by_token("getCustomerProfile", {"customerId": CUSTOMER}).status == 401


def test_the_token_of_a_test_key_meets_the_sandbox(merchant: Merchant) -> None:
    token = Shop(merchant.api.app).send("POST", PATH, **by_json(merchant.sandbox))
    sandbox = Shop(merchant.api.app, token.body["access_token"])

    with nothing_written():
        assert sandbox.ok("addPoints", customerId=CUSTOMER, points=5)["_sandbox"] is True


def test_a_token_for_less_is_refused_what_it_is_not_for(merchant: Merchant) -> None:
    bound(merchant)
    asked = GRANT | credentials(merchant.api) | {"scope": "members.read"}
    token = Shop(merchant.api.app).send("POST", "/oauth/token", data=asked)
    shop = Shop(merchant.api.app, token.body["access_token"])

    with nothing_written():
        refused = shop("addPoints", {"customerId": CUSTOMER, "points": 5})

    assert shop.points() == 0
    assert (refused.status, refused.body["errors"][0]["status"]) == (403, "403")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"client_secret": "bk_live_sk_" + "A" * 32}, 401, "4"),
        ({"client_id": "other"}, 401, "4"),
        ({"grant_type": "password"}, 400, "2"),
        ({"grant_type": ""}, 400, "3"),
        ({"client_id": 5}, 400, "3"),
    ],
)
def test_refuses_in_the_words_of_shopware_and_writes_nothing(
    merchant: Merchant, changed: dict[str, Any], status: int, code: str
) -> None:
    body = GRANT | credentials(merchant.api) | changed

    with nothing_written():
        answer = Shop(merchant.api.app).send("POST", PATH, json=body)

    (error,) = answer.body["errors"]
    assert (answer.status, error["status"], error["code"]) == (status, str(status), code)
    assert error["title"]
    assert str(merchant.api.key) not in json.dumps(answer.body)


def test_takes_only_post(merchant: Merchant) -> None:
    answer = Shop(merchant.api.app).send("GET", PATH)

    assert (answer.status, answer.headers["Allow"]) == (405, "POST, OPTIONS")
