"""connectShop: answers the page of the shop where the merchant lets us in; nothing changes yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared import config
from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written

PAGE = "https://shop.example.com/wc-auth/v1/authorize"


def body(merchant: Merchant, **fields: Any) -> dict[str, Any]:
    asked = {
        "system": "woocommerce",
        "storeId": merchant.store_id,
        "credentials": {"shopUrl": "https://shop.example.com/"},
    }
    return {**asked, **fields}


def query_of(url: str) -> dict[str, str]:
    return {name: each[0] for name, each in parse_qs(urlsplit(url).query).items()}


@pytest.mark.usefixtures("frozen_clock")
def test_answers_the_page_of_the_shop(merchant: Merchant) -> None:
    answer = merchant.api.ok("connectShop", body(merchant))

    url = answer.pop("url")
    assert answer == {
        "success": True,
        "system": "woocommerce",
        "storeId": merchant.store_id,
        "expiresAt": "2026-03-03T13:00:00.000Z",
    }
    query = query_of(url)
    assert url.partition("?")[0] == PAGE
    assert len(query.pop("user_id")) == 64
    ours = f"{config.public_url()}/shopWebhook/woocommerce/{merchant.store_id}"
    assert query == {
        "app_name": "Punktwerk (Store)",
        "scope": "read_write",
        "return_url": f"{ours}/connected",
        "callback_url": f"{ours}/approve",
    }
    assert stored.documents_of(merchant, "connections") == {}


def test_each_request_has_a_page_of_its_own_and_a_repeated_one_the_same(merchant: Merchant) -> None:
    first = merchant.api("connectShop", body(merchant), idempotency_key="k1")
    other = merchant.api.ok("connectShop", body(merchant))
    with nothing_written():
        again = merchant.api("connectShop", body(merchant), idempotency_key="k1")

    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.body == first.body
    assert other["url"] != first.body["url"]
    with nothing_written():
        changed = body(merchant, schedule="none")
        assert merchant.api("connectShop", changed, idempotency_key="k1").status == 409


@pytest.mark.parametrize(
    ("credentials", "problems"),
    [
        ({}, {"credentials.shopUrl": "Field required"}),
        (
            {"shopUrl": "https://shop.example.com", "consumerKey": "ck_" + "0" * 20},
            {"credentials.consumerKey": "Extra inputs are not permitted"},
        ),
    ],
)
def test_refuses_what_it_does_not_ask_for(
    merchant: Merchant, credentials: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = merchant.api("connectShop", body(merchant, credentials=credentials))
    assert answer.error == "INVALID_PARAMETERS"
    assert answer.body["details"]["fields"].keys() == problems.keys()


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com",
        "https://10.0.0.1",
        "https://169.254.169.254",
        "https://user:pass@shop.example.com",
        "https://shop.example.com/?next=https://evil.example.com",
        "https://shop.example.com/#",
        "javascript:alert(1)",
        "//evil.example.com",
    ],
)
def test_the_page_is_on_a_public_address_by_https(merchant: Merchant, url: str) -> None:
    with nothing_written():
        answer = merchant.api("connectShop", body(merchant, credentials={"shopUrl": url}))
    assert answer.error == "INVALID_PARAMETERS"
    assert answer.body["details"]["fields"].keys() == {"credentials.shopUrl"}


@pytest.mark.parametrize("system", ["generic", "shopware", "korona"])
def test_a_shop_without_such_a_page_is_refused(merchant: Merchant, system: str) -> None:
    with nothing_written():
        answer = merchant.api("connectShop", body(merchant, system=system))
    assert answer.error == "INVALID_PARAMETERS"
    assert answer.body["details"]["fields"].keys() == {"system"}


def test_refuses_the_store_and_the_program_of_others(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    foreign = new_merchant()
    program_id = foreign.program("points")
    with nothing_written():
        answer = merchant.api("connectShop", body(merchant, storeId=foreign.store_id))
        assert_refused(answer, 404, "STORE_NOT_FOUND")
        answer = merchant.api("connectShop", body(merchant, awardPointsProgramId=program_id))
        assert_refused(answer, 404, "PROGRAM_NOT_FOUND")


def test_a_test_key_is_told_what_does_not_fit(merchant: Merchant) -> None:
    with nothing_written():
        assert merchant.sandbox.ok("connectShop", body(merchant))["url"].startswith(PAGE)
        refused = merchant.sandbox("connectShop", body(merchant, credentials={"shopUrl": "x"}))
    assert refused.status == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shop", "shop.example.com"),
        ("shop", "evil.example.com/x.myshopify.com"),
        ("shop", "x.myshopify.com.evil.example.com"),
        ("shop", "x.myshopify.com\n"),
        ("shop", "x@y.myshopify.com"),
        ("clientId", "a b"),
        ("clientSecret", None),
        ("accessToken", "shpat_fake"),
    ],
)
def test_an_app_at_shopify_is_of_a_shop_there(merchant: Merchant, field: str, value: Any) -> None:
    app = {"shop": "example.myshopify.com", "clientId": "id", "clientSecret": "secret"}
    with nothing_written():
        asked = body(merchant, system="shopify", credentials={**app, field: value})
        answer = merchant.api("connectShop", asked)
    assert answer.error == "INVALID_PARAMETERS"
    assert answer.body["details"]["fields"].keys() == {f"credentials.{field}"}
