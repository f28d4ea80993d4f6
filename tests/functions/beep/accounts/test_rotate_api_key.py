"""rotateApiKey: a key ends, and one like it begins, in one commit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.auth import keys
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts.staff import StaffRole
from shared.services.accounts import administration
from shared.store.accounts import account_documents
from tests.support import oauth
from tests.support.api import Api
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import hired, owner_of

ACTION = "rotateApiKey"
pytestmark = pytest.mark.usefixtures("persons")


def id_of(api: Api) -> str:
    """Return the id of the key by which an API is called."""
    assert api.key is not None
    return keys.parse(api.key).hash[:16]


def test_the_new_key_works_and_the_old_one_does_not(merchant: Merchant) -> None:
    old, tokens = id_of(merchant.api), oauth.of(merchant.api).api()
    owner = owner_of(merchant)

    answer = owner.ok(ACTION, {"keyId": old})

    assert answer["replacedKeyId"] == old
    made = answer["apiKey"]
    assert (made["mode"], made["kind"], made["createdBy"]) == ("live", "secret", "uid_owner")
    assert Api(merchant.api.app, answer["key"])("getMyAccess").status == 200
    with nothing_written():
        assert_refused(merchant.api("getMyAccess"), 401, "INVALID_API_KEY")
        assert_refused(tokens("getMyAccess"), 401, "INVALID_ACCESS_TOKEN")
    shown = owner.ok("listApiKeys", {"includeRevoked": True})["apiKeys"]
    [ended] = [each for each in shown if each["keyId"] == old]
    assert (ended["revokedBy"], ended["revokedAt"]) == ("uid_owner", made["createdAt"])


def test_the_new_key_has_the_label_of_the_old_one(merchant: Merchant) -> None:
    issued = administration.issue_key(
        merchant.account_id, KeyMode.TEST, KeyKind.PUBLISHABLE, label="App"
    )

    answer = hired(merchant, StaffRole.DEVELOPER).ok(ACTION, {"keyId": issued.record.key_id})

    assert answer["apiKey"]["label"] == "App"
    assert answer["key"].startswith("bk_test_pk_")


def test_a_developer_replaces_no_live_secret_key(merchant: Merchant) -> None:
    api = hired(merchant, StaffRole.DEVELOPER)

    with nothing_written():
        answer = api(ACTION, {"keyId": id_of(merchant.api)})

    assert_refused(answer, 403, "API_KEY_CHANGE_NOT_ALLOWED", {"role": "developer"})
    assert merchant.api("getMyAccess").status == 200


def test_a_repeated_request_replaces_nothing_more_and_shows_no_key(merchant: Merchant) -> None:
    api, body = owner_of(merchant), {"keyId": id_of(merchant.sandbox)}
    first = api(ACTION, body, idempotency_key="k")

    with nothing_written():
        again = api(ACTION, body, idempotency_key="k")
        anew = api(ACTION, body)

    assert (again.body, again.is_replay) == ({**first.body, "key": None}, True)
    assert_refused(anew, 409, "API_KEY_REVOKED")


def test_two_at_the_same_time_make_one_key(merchant: Merchant) -> None:
    api, body = owner_of(merchant), {"keyId": id_of(merchant.sandbox)}

    with ThreadPoolExecutor(2) as pool:
        answers = [*pool.map(lambda _: api(ACTION, body), range(2))]

    assert sorted(each.status for each in answers) == [200, 409]
    assert len(account_documents.list_working_keys(merchant.account_id, 10)) == 2


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
