"""getMyAccess: who calls, and what they may call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.catalog import ENDPOINTS
from shared.domain.accounts.packages import Package
from shared.domain.accounts.staff import StaffRole
from tests.support import oauth
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import hired

ACTION = "getMyAccess"


def test_a_key_may_call_all_that_the_package_has(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(Package.GO)

    with nothing_written():
        answer = merchant.api.ok(ACTION)

    assert answer == {
        "success": True,
        "accountId": merchant.account_id,
        "package": "GO",
        "userId": None,
        "role": None,
        "storeIds": [],
        "actions": [
            each.name
            for each in ENDPOINTS
            if Package.GO.includes(each.package) and not each.refuses_keys
        ],
    }


@pytest.mark.usefixtures("persons")
def test_who_is_limited_to_stores_asks_without_naming_one(merchant: Merchant) -> None:
    api = hired(merchant, StaffRole.CASHIER, storeIds=[merchant.store_id])

    with nothing_written():
        answer = api.ok(ACTION)

    assert (answer["userId"], answer["role"]) == ("uid_cashier", "cashier")
    assert answer["storeIds"] == [merchant.store_id]
    assert "addLoyaltyPoints" in answer["actions"]
    assert "adjustLoyaltyPoints" not in answer["actions"]


def test_an_access_token_may_call_what_its_scopes_say(merchant: Merchant) -> None:
    api = oauth.of(merchant.api).api(scope="accounts.read loyalty.read")

    actions = api.ok(ACTION)["actions"]

    assert {"getMyAccess", "getLoyaltyProgram"} <= {*actions}
    assert not {"addLoyaltyPoints", "getMember"} & {*actions}


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("addStaffMember", {"role": "cashier"}),
        ("updateStaffMember", {"label": "Lena"}),
        ("removeStaffMember", {}),
        ("revokeOAuthConsent", {}),
    ],
)
def test_an_access_token_is_not_told_of_what_it_may_not_call(
    action: str, body: dict[str, str], merchant: Merchant
) -> None:
    api = oauth.of(merchant.api).api(scope="accounts.read accounts.write")

    with nothing_written():
        actions = api.ok(ACTION)["actions"]
        refused = api(action, {"userId": "uid_lena", **body})

    assert (refused.status, refused.error) == (403, "ENDPOINT_NOT_ALLOWED")
    assert action not in actions
    assert {"advanceTestClock", "listStaff"} <= {*actions}


def test_another_accounts_store_does_not_exist(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answer = merchant.api(ACTION, {"storeId": other.store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND")


def test_a_customer_is_told_that_it_is_not_for_them(merchant: Merchant) -> None:
    customer = merchant.customer(names_account=True)

    with nothing_written():
        answer = customer(ACTION)

    assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")
