"""POST /oauth/token, and calls with the tokens that it issues."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions.catalog import SCOPES
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts.packages import Package
from shared.services.accounts import administration
from shared.store import cache, client
from tests.conftest import Clock
from tests.support import oauth
from tests.support.api import Api
from tests.support.merchants import Member, Merchant, create_key
from tests.support.oauth import FORM, GRANT, OAuth, assert_oauth_refused, basic, client_id
from tests.support.refusals import assert_refused, nothing_written
from tests.support.traffic import watched

BALANCE = "getCustomerBalance"
EARN = "addLoyaltyPoints"


def test_a_token_does_what_its_key_does(member: Member) -> None:
    answer = oauth.of(member.api).ask()

    token = answer.body["access_token"]
    assert answer.status == 200
    assert answer.body == {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": " ".join(sorted(SCOPES)),
    }
    assert token.startswith("pw_at_")
    assert len(token) == 6 + 43
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"
    api = Api(member.api.app, token)
    body = {**member.ids, "points": 5}
    assert api(EARN, body, idempotency_key="k").body["newBalance"] == 105
    # It is the same caller, so its repetitions are known whichever of the two was sent.
    assert member.api(EARN, body, idempotency_key="k").is_replay
    assert api.get(BALANCE, member.ids).body["currentBalance"] == 105


def test_only_its_hash_is_stored(merchant: Merchant, frozen_clock: Clock) -> None:
    token = oauth.of(merchant.api).token(scope="members.read loyalty.read")

    digest = hashlib.sha256(token.encode()).hexdigest()
    read = client.get_one(f"oauthTokens/{digest}")
    assert read.data is not None
    assert read.data == {
        "tokenHash": digest,
        "accountId": merchant.account_id,
        "keyHash": hashlib.sha256(str(merchant.api.key).encode()).hexdigest(),
        "clientId": client_id(merchant.api.key),
        "mode": "live",
        "scopes": ["loyalty.read", "members.read"],
        "issuedAt": frozen_clock.now,
        "expiresAt": read.data["expiresAt"],
    }
    assert token not in str(read.data)
    assert str(merchant.api.key) not in str(read.data)


def test_costs_one_commit_and_no_read_once_the_key_is_known(merchant: Merchant) -> None:
    client = oauth.of(merchant.api)
    with watched() as first:
        client.token()
    with watched() as next_one:
        token = client.token()
    with watched() as by_key:
        merchant.api("fetchStores")
    api = Api(merchant.api.app, token)
    with watched() as call:
        api("fetchStores")
    with watched() as next_call:
        api("fetchStores")

    assert first.cost == (3, 2, 1)  # the key and its account
    assert next_one.cost == (1, 0, 1)
    assert len(call.rpcs) == len(by_key.rpcs) + 1  # the token, for 60 seconds
    assert next_call.cost == by_key.cost


def forms(name: str, secret: str) -> dict[str, dict[str, Any]]:
    """Return the ways in which clients of others ask for a token."""
    both = {"client_id": name, "client_secret": secret}
    as_json: dict[str, Any] = {"content_type": "application/json"}
    return {
        "form, in the body": {"data": {**GRANT, **both}},
        "form, by Basic": {"data": GRANT, "headers": basic(name, secret)},
        "JSON, in the body": {"data": json.dumps({**GRANT, **both}), **as_json},
        "JSON, by Basic": {"data": json.dumps(GRANT), "headers": basic(name, secret), **as_json},
        "both alike": {"data": {**GRANT, **both}, "headers": basic(name, secret)},
        "a charset": {"data": {**GRANT, **both}, "content_type": f"{FORM}; charset=UTF-8"},
        "more than is needed": {"data": {**GRANT, **both, "audience": "x", "scope": ""}},
        "JSON with null and more": {
            "data": json.dumps({**GRANT, **both, "scope": None, "x": [1]}),
            **as_json,
        },
    }


@pytest.mark.parametrize("form", forms("", ""))
def test_takes_what_clients_send(form: str, merchant: Merchant) -> None:
    client = oauth.of(merchant.api)

    answer = client.send("token", **forms(client_id(client.key), client.key)[form])

    assert answer.status == 200
    assert Api(client.app, answer.body["access_token"])("fetchStores").status == 200


def test_basic_is_read_as_the_standard_encodes_it(merchant: Merchant) -> None:
    """Each of the two is encoded as in a form; some clients encode everything."""
    client = oauth.of(merchant.api)
    encoded = [
        "".join(f"%{ord(each):02X}" for each in text) for text in client.credentials.values()
    ]
    headers = {"Authorization": "basic " + base64.b64encode(":".join(encoded).encode()).decode()}

    assert client.send("token", GRANT, headers=headers).status == 200


OTHER = "bk_live_sk_" + "A" * 32
MALFORMED: dict[str, tuple[dict[str, Any], int, str]] = {
    "nothing": ({"data": ""}, 401, "invalid_client"),
    "no Content-Type": ({"data": "{}", "content_type": None}, 400, "invalid_request"),
    "text": ({"data": "a=b", "content_type": "text/plain"}, 400, "invalid_request"),
    "Latin-1": ({"data": "a=b", "content_type": f"{FORM}; charset=l1"}, 400, "invalid_request"),
    "half a letter": ({"data": "client_id=%C3"}, 400, "invalid_request"),
    "bytes": ({"data": b"client_id=\xff"}, 400, "invalid_request"),
    "twice": ({"data": "grant_type=client_credentials&scope=a&scope=b"}, 400, "invalid_request"),
    "many": ({"data": "&".join(f"a{n}=1" for n in range(99))}, 400, "invalid_request"),
    "large": ({"data": "client_secret=" + "A" * 20_000}, 400, "invalid_request"),
    "a list": ({"data": "[]", "content_type": "application/json"}, 400, "invalid_request"),
    "no text": (
        {"data": '{"client_id": 1}', "content_type": "application/json"},
        400,
        "invalid_request",
    ),
    "a name twice": (
        {"data": '{"client_id": "a", "client_id": "b"}', "content_type": "application/json"},
        400,
        "invalid_request",
    ),
    "another secret": (
        {"data": {**GRANT, "client_secret": OTHER}, "headers": basic("a", "b")},
        400,
        "invalid_request",
    ),
    "another client": (
        {"data": {**GRANT, "client_id": "b"}, "headers": basic("a", "b")},
        400,
        "invalid_request",
    ),
    "no base64": ({"data": GRANT, "headers": {"Authorization": "Basic %"}}, 401, "invalid_client"),
    "no colon": (
        {"data": GRANT, "headers": {"Authorization": "Basic YWI="}},
        401,
        "invalid_client",
    ),
    "Bearer": ({"data": GRANT, "headers": {"Authorization": "Bearer a"}}, 401, "invalid_client"),
    "a colon": ({"data": GRANT, "headers": basic("a", "b:c")}, 401, "invalid_client"),
    "unicode": (
        {"data": {**GRANT, "client_id": "ä\0", "client_secret": "ö"}},
        401,
        "invalid_client",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_refuses_what_it_cannot_read(name: str, merchant: Merchant) -> None:
    sent, status, error = MALFORMED[name]

    with nothing_written():
        answer = oauth.of(merchant.api).send("token", **sent)

    assert_oauth_refused(answer, status, error)


def test_what_is_no_working_secret_key_with_its_id_is_refused_alike(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    app, key = merchant.api.app, str(merchant.api.key)
    another, revoked = str(new_merchant().api.key), create_key(merchant.account_id, KeyMode.LIVE)
    public = create_key(merchant.account_id, KeyMode.LIVE, KeyKind.PUBLISHABLE)
    administration.revoke_key(client_id(revoked))
    orphaned = create_key("acc_absent", KeyMode.LIVE)
    cased = key
    while client_id(cased).isdecimal():  # Now and then an id has no letter to write in capitals.
        cased = create_key(merchant.account_id, KeyMode.LIVE)
    pairs = [
        (client_id(key), another),
        (client_id(another), key),
        (client_id(key), OTHER),
        (client_id(OTHER), OTHER),
        (client_id(OTHER), key),
        (client_id(revoked), revoked),
        (client_id(public), public),
        (client_id(orphaned), orphaned),
        (client_id(key)[:-1], key),
        (client_id(cased).upper(), cased),
        (hashlib.sha256(key.encode()).hexdigest(), key),
        (merchant.account_id, key),
        (client_id(key), key[:-1]),
        (client_id(key), key.lower()),
        (client_id(key), f"{key}\n"),
        ("", key),
        (client_id(key), ""),
    ]

    with nothing_written():
        answers = [
            OAuth(app, key).send("token", {**GRANT, "client_id": name, "client_secret": secret})
            for name, secret in pairs
        ]

    for answer in answers:
        assert_oauth_refused(answer, 401, "invalid_client")
    assert len({json.dumps(each.body) for each in answers}) == 1
    assert "Basic" in answers[0].headers["WWW-Authenticate"]


def test_an_unknown_client_costs_what_a_wrong_secret_costs(merchant: Merchant) -> None:
    client = oauth.of(merchant.api)
    client.token()
    with watched() as wrong:
        client.post("token", **GRANT, client_secret=OTHER)
    with watched() as unknown:
        client.post("token", **GRANT, client_id="0" * 16, client_secret=OTHER)

    assert wrong.cost == unknown.cost == (1, 1, 0)


@pytest.mark.parametrize("grant", ["password", "authorization_code", "refresh_token", "x" * 100])
def test_there_is_no_other_grant(grant: str, merchant: Merchant) -> None:
    with nothing_written():
        answer = oauth.of(merchant.api).post("token", grant_type=grant)

    assert_oauth_refused(answer, 400, "unsupported_grant_type")


def test_a_grant_must_be_named(merchant: Merchant) -> None:
    with nothing_written():
        answer = oauth.of(merchant.api).post("token", grant_type="")

    assert_oauth_refused(answer, 400, "invalid_request")


@pytest.mark.parametrize("scope", ["members", "members.read x", "MEMBERS.READ", "members.read\t"])
def test_refuses_unknown_scopes(scope: str, merchant: Merchant) -> None:
    with nothing_written():
        answer = oauth.of(merchant.api).ask(scope=scope)

    assert_oauth_refused(answer, 400, "invalid_scope")


def test_a_scope_that_is_named_twice_is_granted_once(merchant: Merchant) -> None:
    answer = oauth.of(merchant.api).ask(scope="  members.write members.read members.write ")

    assert answer.body["scope"] == "members.read members.write"


def test_the_package_bounds_the_scopes(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(Package.GO)
    client = oauth.of(merchant.api)

    granted = client.ask().body["scope"].split()
    with nothing_written():
        refused = client.ask(scope="members.read payments.write")

    assert "loyalty.write" in granted
    assert not {"payments.read", "payments.write", "systems.write"} & {*granted}
    assert_oauth_refused(refused, 400, "invalid_scope")
    assert "payments.write" in refused.body["error_description"]
    # What the package does not include is refused as for a key, whatever the scope.
    answer = client.api()("createCampaign", {})
    assert answer.error == merchant.api("createCampaign", {}).error == "ENDPOINT_NOT_ALLOWED"


def test_a_package_that_changes_counts_at_the_call(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(Package.GROW)
    api = oauth.of(merchant.api).api()
    assert api("listPayments", {"storeId": merchant.store_id}).status == 200

    administration.set_package(merchant.account_id, Package.GO)

    assert_refused(
        api("listPayments", {"storeId": merchant.store_id}),
        403,
        "ENDPOINT_NOT_ALLOWED",
        requiredUpgrade=Package.GROW,
        currentPackage=Package.GO,
    )


def test_a_token_does_no_more_than_its_scopes(member: Member) -> None:
    api = oauth.of(member.api).api(scope="members.read")

    with nothing_written():
        answer = api(EARN, {**member.ids, "points": 5})

    assert_refused(answer, 403, "INSUFFICIENT_SCOPE", {"scope": "loyalty.write"})
    challenge = answer.headers["WWW-Authenticate"]
    assert (
        challenge == 'Bearer realm="Punktwerk", error="insufficient_scope", scope="loyalty.write"'
    )
    assert api(BALANCE, member.ids).status == 200
    assert api("getLoyaltyTransactions", member.ids).status == 200  # by POST, but it only reads
    assert api("getHealth").status == 200  # what needs no key needs no scope


def test_a_test_keys_token_meets_the_sandbox(merchant: Merchant) -> None:
    api = oauth.of(merchant.sandbox).api()

    with nothing_written():
        answer = api(EARN, {"programId": "lp_any", "userId": "u", "points": 5})

    assert (answer.status, answer.body["_sandbox"]) == (200, True)


def test_a_token_of_another_account_finds_nothing(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    api = oauth.of(new_merchant().api).api()

    with nothing_written():
        answer = api(EARN, {**member.ids, "points": 5})

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")


def test_a_token_lives_for_an_hour(member: Member, frozen_clock: Clock) -> None:
    api = oauth.of(member.api).api()
    frozen_clock.advance(seconds=3599)
    assert api(BALANCE, member.ids).status == 200

    frozen_clock.advance(seconds=1)
    with nothing_written():
        answer = api(BALANCE, member.ids)

    assert_refused(answer, 401, "INVALID_ACCESS_TOKEN")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Punktwerk", error="invalid_token"'


def test_a_revoked_key_ends_its_tokens(merchant: Merchant) -> None:
    key = create_key(merchant.account_id, KeyMode.LIVE)
    api = OAuth(merchant.api.app, key).api()
    assert api("fetchStores").status == 200

    administration.revoke_key(client_id(key))

    assert_refused(api("fetchStores"), 401, "INVALID_ACCESS_TOKEN")


def test_a_rotated_key_ends_its_tokens_too(merchant: Merchant) -> None:
    key = create_key(merchant.account_id, KeyMode.LIVE)
    api = OAuth(merchant.api.app, key).api()

    issued = administration.rotate_key(client_id(key))

    assert_refused(api("fetchStores"), 401, "INVALID_ACCESS_TOKEN")
    assert OAuth(merchant.api.app, issued.key.text).api()("fetchStores").status == 200


def test_an_account_without_subscription(merchant: Merchant) -> None:
    client = oauth.of(merchant.api)
    api = client.api()
    administration.set_active(merchant.account_id, is_active=False)

    with nothing_written():
        asked, called = client.ask(), api("fetchStores")

    assert_oauth_refused(asked, 400, "unauthorized_client")
    assert_refused(called, 403, "SUBSCRIPTION_INACTIVE")
    assert oauth.of(merchant.sandbox).api()("fetchStores").status == 200


@pytest.mark.parametrize("change", [
    lambda token: token[:-1],
    lambda token: token + "A",
    lambda token: "pw_at_",
    lambda token: "PW" + token[2:],
    lambda token: token + "\xff",
    lambda token: "pw_at_" + "ä" * 43,
    lambda token: token.replace("pw_at_", "bk_live_sk_"),
    lambda token: "pw_at_" + "A" * 10_000,
    lambda token: "pw_at_../" + token[9:],
    lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
])  # fmt: skip
def test_a_changed_token_is_none(change: Callable[[str], str], merchant: Merchant) -> None:
    token = change(oauth.of(merchant.api).token())

    with nothing_written():
        answer = Api(merchant.api.app, token)("fetchStores")

    assert answer.status == 401
    assert answer.error in {"INVALID_ACCESS_TOKEN", "INVALID_API_KEY"}
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert token not in json.dumps(answer.body)


def test_says_how_to_authenticate(anonymous: Api) -> None:
    answer = anonymous("fetchStores")

    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="Punktwerk"')


def test_a_web_page_may_use_no_live_token_and_get_none(merchant: Merchant) -> None:
    client, page = oauth.of(merchant.api), {"Origin": "https://shop.example"}
    api = replace(client.api(), headers=page)

    with nothing_written():
        asked = client.send("token", {**GRANT, **client.credentials}, headers=page)
        called = api("fetchStores")

    assert_oauth_refused(asked, 400, "unauthorized_client")
    assert called.error == "SECRET_KEY_IN_BROWSER"
    assert asked.headers["Access-Control-Allow-Origin"] == "*"  # so that the page can read why
    administration.allow_origin(merchant.account_id, page["Origin"])
    assert client.send("token", {**GRANT, **client.credentials}, headers=page).status == 200
    assert api("fetchStores").status == 200


def test_a_page_learns_nothing_of_clients_that_do_not_exist(merchant: Merchant) -> None:
    page = {"Origin": "https://shop.example"}
    answer = OAuth(merchant.api.app, OTHER).send(
        "token", {**GRANT, "client_id": client_id(OTHER), "client_secret": OTHER}, headers=page
    )

    assert_oauth_refused(answer, 401, "invalid_client")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_takes_post_alone(method: str, merchant: Merchant) -> None:
    answer = oauth.of(merchant.api).send("token", "", method)

    assert_oauth_refused(answer, 405, "invalid_request")
    assert answer.headers["Allow"] == "POST, OPTIONS"


def test_browsers_may_ask_first(merchant: Merchant) -> None:
    answer = oauth.of(merchant.api).send("token", "", "OPTIONS")

    assert answer.status == 204
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_no_secret_is_logged(merchant: Merchant, capsys: pytest.CaptureFixture[str]) -> None:
    client = oauth.of(merchant.api)

    token = client.token()
    client.post("token", **GRANT, client_secret=OTHER)
    client.send("token", f'{{"client_secret": "{OTHER}"', content_type="application/json")
    client.send("token", GRANT, headers=basic(client_id(client.key), OTHER))
    Api(client.app, token)("fetchStores")

    logged = capsys.readouterr().out
    assert logged.count('"/oauth/token"') == 4
    assert client_id(client.key) in logged
    for secret in (client.key, token, OTHER, OTHER[-8:], token[-8:]):
        assert secret not in logged


def test_keys_and_tokens_are_cached_no_longer_than_a_minute() -> None:
    assert cache.TTL_S == 60
