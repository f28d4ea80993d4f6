"""What each request to the loyalty API of a shop goes through: path, key, channel, refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.shopware import operations
from functions.shopware.operations import BASE
from shared.domain.accounts.packages import Package
from shared.services.loyalty import sales_channels
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written
from tests.support.shopware import CHANNEL, CUSTOMER, Shop, bind, bound, shop_of

PROFILE = f"{BASE}customer-profile/{CUSTOMER}"


@pytest.mark.parametrize("header", ["sw-access-key", "Authorization"])
def test_takes_a_key_in_either_header(merchant: Merchant, header: str) -> None:
    bound(merchant, 5)
    scheme = "Bearer " if header == "Authorization" else ""
    shop = Shop(merchant.api.app, None, {header: f"{scheme}{merchant.api.key}"})

    assert shop.points() == 5


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sw-access-key": ""},
        {"sw-access-key": "SWIAWXJVZUHIZ3NZUZHKQNLSTQ"},
        {"Authorization": "Bearer ey1.ey2.x"},
        {"Authorization": "Basic eA=="},
    ],
)
def test_refuses_who_has_no_key_in_the_words_of_shopware(
    merchant: Merchant, headers: dict[str, str]
) -> None:
    answer = Shop(merchant.api.app, None, headers).send("GET", PROFILE)

    assert answer.status == 401
    (error,) = answer.body["errors"]
    assert error.keys() == {"status", "code", "title", "detail"}
    assert (error["status"], error["title"]) == ("401", "Unauthorized")


def test_needs_the_package_of_the_ledger(new_merchant: Callable[..., Merchant]) -> None:
    answer = shop_of(new_merchant(Package.ASSIST)).send("GET", PROFILE)

    assert (answer.status, answer.body["errors"][0]["status"]) == (403, "403")


def test_another_accounts_customer_is_nobody(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    bound(merchant, 5)
    other = new_merchant()
    bind(other.api, other.program())

    for name in ("getCustomerProfile", "deductPoints"):
        with nothing_written():
            answer = shop_of(other)(name, {"customerId": CUSTOMER, "points": 1})
        assert (answer.status, answer.body["status"]) == (404, "error")


def test_knows_methods_and_paths(merchant: Merchant) -> None:
    shop = shop_of(merchant)

    wrong = shop.send("DELETE", PROFILE)
    unknown = shop.send("GET", f"{BASE}nothing")
    preflight = shop.send("OPTIONS", PROFILE)

    assert (wrong.status, wrong.headers["Allow"]) == (405, "GET")
    assert (unknown.status, unknown.body["status"]) == (404, "error")
    assert preflight.status == 204


def test_several_sales_channels_are_told_apart_by_name_alone(merchant: Merchant) -> None:
    bound(merchant, 5)
    bind(merchant.api, merchant.program(), "1" * 32)
    shop = shop_of(merchant)
    asked = {"customerId": CUSTOMER, "points": 1}

    with nothing_written():
        unnamed = shop("addPoints", asked)
    named = shop("addPoints", {**asked, "salesChannelId": "1" * 32})

    assert (unnamed.status, named.body["data"]["points"]) == (400, 1)
    assert unnamed.body["message"].startswith("salesChannelId is required")
    seen = shop.ok("getCustomerProfile", customerId=CUSTOMER, salesChannelId=CHANNEL)
    assert seen["data"]["points"] == 5


def test_a_fault_of_ours_is_500_in_the_plugins_envelope(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(sales_channels, "program_of", fail)

    answer = shop_of(merchant).send("GET", PROFILE)

    assert answer.status == 500
    assert answer.body == {"status": "error", "message": "Something went wrong on our side."}


def test_an_operator_can_set_other_paths(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound(merchant, 5)
    setting = f"addPoints=points/add getCustomerProfile={BASE}profiles/{{customerId}}"
    monkeypatch.setenv("PUNKTWERK_SHOPWARE_PATHS", setting)
    shop = shop_of(merchant)

    assert shop.send("GET", f"{BASE}profiles/{CUSTOMER}").status == 200
    assert shop.send("POST", f"{BASE}points/add", data="{}").status == 400
    assert shop.send("GET", PROFILE).status == 404


@pytest.mark.parametrize(
    "setting",
    ["addPoint=x", "addPoints=", "addPoints=a//b", "addPoints=deduct-points", "addPoints={userId}"],
)
def test_a_setting_that_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv("PUNKTWERK_SHOPWARE_PATHS", setting)

    with pytest.raises(ValueError, match="PUNKTWERK_SHOPWARE_PATHS"):
        operations.operations()
