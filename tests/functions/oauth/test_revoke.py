"""POST /oauth/revoke: a token that its client gives up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.auth.keys import KeyMode
from shared.store import client as database
from tests.support import oauth
from tests.support.api import Api
from tests.support.merchants import Merchant, create_key
from tests.support.oauth import GRANT, OAuth, assert_oauth_refused, basic
from tests.support.refusals import assert_refused, nothing_written
from tests.support.traffic import watched


def test_a_revoked_token_is_replayed_in_vain(merchant: Merchant) -> None:
    client = oauth.of(merchant.api)
    token, kept = client.token(), client.api()
    api = Api(client.app, token)
    assert api("fetchStores").status == 200

    with watched() as traffic:
        answer = client.post("revoke", token=token, token_type_hint="access_token")

    assert (answer.status, answer.body) == (200, {})
    assert answer.headers["Cache-Control"] == "no-store"
    assert traffic.cost == (2, 1, 1)
    assert_refused(api("fetchStores"), 401, "INVALID_ACCESS_TOKEN")
    assert kept("fetchStores").status == 200
    tokens = database.query("oauthTokens", ("accountId", "==", merchant.account_id))
    assert len(tokens) == 1


def test_what_is_no_token_of_the_client_is_left_and_nothing_is_told(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    client, stranger = oauth.of(merchant.api), oauth.of(new_merchant().api)
    other_key = OAuth(client.app, create_key(merchant.account_id, KeyMode.LIVE))
    theirs = [stranger.token(), other_key.token(), oauth.of(merchant.sandbox).token()]
    nothing = ["x", "pw_at_", theirs[0][:-1], client.key, "pw_at_" + "A" * 43, "ä", "A" * 9_000]

    with nothing_written():
        answers = [client.post("revoke", token=each) for each in (*theirs, *nothing)]

    assert {(each.status, str(each.body)) for each in answers} == {(200, "{}")}
    assert all(Api(client.app, each)("fetchStores").status == 200 for each in theirs)


def test_twice_is_as_once(merchant: Merchant) -> None:
    client = oauth.of(merchant.api)
    token = client.token()

    assert [client.post("revoke", token=token).status for _ in range(2)] == [200, 200]


def test_needs_the_client_and_a_token(merchant: Merchant) -> None:
    client = oauth.of(merchant.api)
    token = client.token()
    wrong = basic(client.credentials["client_id"], "bk_live_sk_" + "A" * 32)

    with nothing_written():
        assert_oauth_refused(client.send("revoke", {"token": token}), 401, "invalid_client")
        answer = client.send("revoke", {"token": token}, headers=wrong)
        assert_oauth_refused(answer, 401, "invalid_client")
        assert_oauth_refused(client.post("revoke"), 400, "invalid_request")
        assert_oauth_refused(client.post("revoke", token=""), 400, "invalid_request")
        assert_oauth_refused(client.send("revoke", "", "GET"), 405, "invalid_request")

    assert Api(client.app, token)("fetchStores").status == 200


@pytest.mark.usefixtures("merchant")
def test_no_other_page_is_there(anonymous: Api) -> None:
    for page in ("authorize/x.js", "token/", "tokens", "", "../oauth/token"):
        answer = OAuth(anonymous.app, "").send(page, GRANT)
        assert (answer.status, answer.error) == (404, "UNKNOWN_ACTION"), page
