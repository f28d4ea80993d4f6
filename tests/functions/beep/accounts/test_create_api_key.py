"""createApiKey: who makes which key, that it works, and that nothing keeps it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from shared.auth import keys
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts import api_keys
from shared.domain.accounts.staff import StaffRole
from shared.services.accounts import administration
from shared.store import client, paths
from shared.store.accounts import account_documents
from tests.support.api import Api
from tests.support.library import library
from tests.support.merchants import Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.staff import hired, owner_of
from tests.support.traffic import first_answer_lost

ACTION = "createApiKey"
LIVE_SECRET = {"mode": "live", "kind": "secret", "label": "Web shop"}
OTHERS = [
    {"mode": "test", "kind": "secret"},
    {"mode": "test", "kind": "publishable"},
    {"mode": "live", "kind": "publishable"},
]
pytestmark = pytest.mark.usefixtures("persons")


def working(merchant: Merchant) -> list[str]:
    """Return the ids of the keys that work."""
    found = account_documents.list_working_keys(merchant.account_id, 1000)
    return [each.key_id for each in found]


def with_keys(merchant: Merchant, count: int | None) -> None:
    """Let an account have counted its keys, whatever there are."""
    path = paths.account(merchant.account_id)
    read = client.get_one(path)
    account = account_documents.decode_account(read)
    assert account is not None
    changed = replace(account, working_keys=count)
    client.commit([account_documents.replace_account(read, changed)])
    account_documents.forget_account(merchant.account_id)


@pytest.mark.usefixtures("frozen_clock")
def test_an_owner_makes_a_live_secret_key_which_works(merchant: Merchant) -> None:
    answer = owner_of(merchant).ok(ACTION, LIVE_SECRET)

    key = keys.parse(answer["key"])
    assert answer == {
        "success": True,
        "apiKey": {
            **LIVE_SECRET,
            "keyId": key.hash[:16],
            "prefix": "bk_live_sk_",
            "last4": key.last4,
            "createdAt": "2026-03-03T12:00:00.000Z",
            "createdBy": "uid_owner",
            "revokedAt": None,
            "revokedBy": None,
        },
        "key": key.text,
    }
    api = Api(merchant.api.app, key.text)
    assert api.ok("getMyAccess")["accountId"] == merchant.account_id
    assert key.hash[:16] in working(merchant)


@pytest.mark.parametrize("fields", OTHERS)
def test_a_developer_makes_all_other_keys(fields: dict[str, str], merchant: Merchant) -> None:
    answer = hired(merchant, StaffRole.DEVELOPER).ok(ACTION, fields)

    key = keys.parse(answer["key"])
    assert (key.mode, answer["apiKey"]["kind"]) == (fields["mode"], fields["kind"])
    assert answer["apiKey"]["label"] == ""


def test_a_developer_makes_no_key_that_may_do_everything(merchant: Merchant) -> None:
    api = hired(merchant, StaffRole.DEVELOPER)

    with nothing_written():
        answers = [api(ACTION, LIVE_SECRET), api(ACTION, LIVE_SECRET, X_Beep_Mode="test")]

    for answer in answers:
        assert_refused(answer, 403, "API_KEY_CHANGE_NOT_ALLOWED", {"role": "developer"})


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.CASHIER])
def test_no_other_role_makes_keys(role: StaffRole, merchant: Merchant) -> None:
    api = hired(merchant, role)

    with nothing_written():
        answers = [api(ACTION, each) for each in (LIVE_SECRET, *OTHERS)]

    for answer in answers:
        assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")


@pytest.mark.parametrize("now", ["removed", "disabled", "developer", "manager"])
def test_an_owner_of_a_moment_ago_makes_none(now: str, merchant: Merchant) -> None:
    """The edge may know an owner for 60 s; the commit looks again."""
    api = owner_of(merchant)
    api.ok("getMyAccess")
    read = client.get_one(paths.staff_member(merchant.account_id, "uid_owner"))
    assert read.data is not None
    changed = {
        "disabled": {**read.data, "isDisabled": True},
        "developer": {**read.data, "role": "developer"},
        "manager": {**read.data, "role": "manager"},
    }
    # As another process does it.
    write = client.replacement(read, changed[now]) if now in changed else client.Delete(read)
    client.commit([write])

    with nothing_written():
        answer = api(ACTION, LIVE_SECRET)

    error = "NOT_STAFF" if now in {"removed", "disabled"} else "API_KEY_CHANGE_NOT_ALLOWED"
    assert (answer.status, answer.error) == (403, error)


def test_nothing_keeps_the_key(merchant: Merchant, capsys: pytest.CaptureFixture[str]) -> None:
    answer = owner_of(merchant)(ACTION, LIVE_SECRET, idempotency_key="k")

    key = answer.body["key"]
    stored = [
        document.to_dict()
        for collection in library().collections()
        for document in collection.list_documents()
        for document in [document.get()]
    ]
    assert len(stored) > 1
    tail = key[-keys.TAIL_CHARS :]
    assert tail not in json.dumps(stored, default=str)
    assert tail not in capsys.readouterr().out


def test_a_repeated_request_makes_no_other_key_and_shows_none(merchant: Merchant) -> None:
    api = owner_of(merchant)
    first = api(ACTION, LIVE_SECRET, idempotency_key="k")

    with nothing_written():
        again = api(ACTION, LIVE_SECRET, idempotency_key="k")
        other = api(ACTION, OTHERS[0], idempotency_key="k")

    assert (again.status, again.is_replay) == (200, True)
    assert again.body == {**first.body, "key": None}
    assert other.error == "IDEMPOTENCY_KEY_REUSED"


def test_a_lost_answer_of_the_database_is_found(merchant: Merchant) -> None:
    api, before = owner_of(merchant), len(working(merchant))

    with first_answer_lost():
        answer = api.ok(ACTION, LIVE_SECRET)

    assert len(working(merchant)) == before + 1
    assert Api(merchant.api.app, answer["key"])("getMyAccess").status == 200


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"mode": "real"}, {"mode": "must be one of 'live' or 'test'"}),
        ({"kind": "sk"}, {"kind": "must be one of 'secret' or 'publishable'"}),
        ({"label": ""}, {"label": "must have at least 1 characters"}),
        ({"label": "x" * 101}, {"label": "must have at most 100 characters"}),
    ],
)
def test_a_wrong_form_makes_none(
    fields: dict[str, Any], problem: dict[str, str], merchant: Merchant
) -> None:
    api = owner_of(merchant)

    with nothing_written():
        answer = api(ACTION, {**LIVE_SECRET, **fields})

    assert_invalid(answer, **problem)


def test_an_account_has_no_more_keys_than_it_may(merchant: Merchant) -> None:
    api = owner_of(merchant)
    with_keys(merchant, api_keys.KEYS_MAX - 1)
    last = api.ok(ACTION, LIVE_SECRET)["apiKey"]["keyId"]

    with nothing_written():
        answer = api(ACTION, LIVE_SECRET)

    fix = "Revoke those that nobody uses."
    assert_refused(answer, 400, "LIMIT_EXCEEDED", fix=fix)
    api.ok("rotateApiKey", {"keyId": last})
    assert api(ACTION, LIVE_SECRET).error == "LIMIT_EXCEEDED"
    api.ok("revokeApiKey", {"keyId": working(merchant)[0]})
    assert api(ACTION, LIVE_SECRET).status == 200


def test_of_many_at_the_same_time_as_many_are_made_as_may(merchant: Merchant) -> None:
    api = owner_of(merchant)
    with_keys(merchant, api_keys.KEYS_MAX - 2)
    before = len(working(merchant))

    with ThreadPoolExecutor(4) as pool:
        statuses = [each.status for each in pool.map(lambda _: api(ACTION, OTHERS[0]), range(4))]

    assert sorted(statuses) == [200, 200, 400, 400]
    assert len(working(merchant)) == before + 2


def test_keys_that_were_made_before_they_were_counted_count(merchant: Merchant) -> None:
    for _ in range(api_keys.KEYS_MAX - len(working(merchant)) - 1):
        administration.issue_key(merchant.account_id, KeyMode.TEST, KeyKind.SECRET)
    with_keys(merchant, None)
    api = owner_of(merchant)

    assert api(ACTION, LIVE_SECRET).status == 200
    with nothing_written():
        answer = api(ACTION, LIVE_SECRET)
    assert answer.error == "LIMIT_EXCEEDED"
