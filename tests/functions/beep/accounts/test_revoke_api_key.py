"""revokeApiKey: a key ends, for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts.staff import StaffRole
from shared.services.accounts import administration
from tests.functions.beep.accounts.test_rotate_api_key import id_of
from tests.support.api import Api
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import hired, owner_of

ACTION = "revokeApiKey"
pytestmark = pytest.mark.usefixtures("persons")


def test_the_key_calls_nothing_any_more(merchant: Merchant) -> None:
    owner, made = owner_of(merchant), {"mode": "live", "kind": "secret"}
    created = owner.ok("createApiKey", made)
    api, key_id = Api(merchant.api.app, created["key"]), created["apiKey"]["keyId"]
    api.ok("getMyAccess")

    answer = owner.ok(ACTION, {"keyId": key_id})

    assert (answer["apiKey"]["keyId"], answer["apiKey"]["revokedBy"]) == (key_id, "uid_owner")
    with nothing_written():
        assert_refused(api("getMyAccess"), 401, "INVALID_API_KEY")
    assert merchant.api("getMyAccess").status == 200


def test_a_key_that_is_revoked_stays_as_it_is(merchant: Merchant) -> None:
    owner, body = owner_of(merchant), {"keyId": id_of(merchant.sandbox)}
    first = owner(ACTION, body, idempotency_key="k")

    with nothing_written():
        anew = owner(ACTION, body)
        again = owner(ACTION, body, idempotency_key="k")

    assert (anew.body, anew.is_replay) == (first.body, False)
    assert (again.body, again.is_replay) == (first.body, True)


def test_a_developer_ends_all_keys_but_those_that_may_do_everything(merchant: Merchant) -> None:
    api = hired(merchant, StaffRole.DEVELOPER)
    app = administration.issue_key(merchant.account_id, KeyMode.LIVE, KeyKind.PUBLISHABLE)
    for key_id in (app.record.key_id, id_of(merchant.sandbox)):
        api.ok(ACTION, {"keyId": key_id})

    with nothing_written():
        answer = api(ACTION, {"keyId": id_of(merchant.api)})

    assert_refused(answer, 403, "API_KEY_CHANGE_NOT_ALLOWED", {"role": "developer"})
    assert merchant.api("getMyAccess").status == 200


@pytest.mark.parametrize("whose", ["theirs", "nobodys"])
def test_another_accounts_key_does_not_exist(
    whose: str, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other, api = new_merchant(), owner_of(merchant)
    key_id = id_of(other.api) if whose == "theirs" else "0" * 16

    with nothing_written():
        answer = api(ACTION, {"keyId": key_id})

    assert_refused(answer, 404, "API_KEY_NOT_FOUND", message=f"There is no key {key_id}.")
    assert other.api("getMyAccess").status == 200


@pytest.mark.parametrize("key_id", ["0123", "0" * 64, "ABCDEF0123456789", "../apiKeys/x"])
def test_an_id_that_is_none_is_refused(key_id: str, merchant: Merchant) -> None:
    api = owner_of(merchant)

    with nothing_written():
        answer = api(ACTION, {"keyId": key_id})

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
