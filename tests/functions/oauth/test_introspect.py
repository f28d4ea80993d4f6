"""POST /oauth/introspect: whether a token works, and for what."""

from __future__ import annotations

from collections.abc import Callable

from shared import config
from shared.auth.keys import KeyMode
from shared.services.accounts import administration
from tests.conftest import Clock
from tests.support import oauth
from tests.support.merchants import Merchant, create_key
from tests.support.oauth import OAuth, assert_oauth_refused, client_id
from tests.support.refusals import nothing_written

INACTIVE = (200, {"active": False})


def test_says_what_a_token_is_for(merchant: Merchant, frozen_clock: Clock) -> None:
    client = oauth.of(merchant.api)
    token = client.token(scope="members.read")

    with nothing_written():
        answer = client.post("introspect", token=token)

    now_s = int(frozen_clock.now.timestamp())
    assert (answer.status, answer.body) == (
        200,
        {
            "active": True,
            "scope": "members.read",
            "client_id": client_id(client.key),
            "token_type": "Bearer",
            "exp": now_s + 3600,
            "iat": now_s,
            "sub": merchant.account_id,
            "iss": config.public_url(),
        },
    )
    assert answer.headers["Cache-Control"] == "no-store"
    frozen_clock.advance(hours=1)
    answer = client.post("introspect", token=token)
    assert (answer.status, answer.body) == INACTIVE


def test_says_no_more_of_others_tokens_than_of_none(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    client = oauth.of(merchant.api)
    others = [oauth.of(new_merchant().api).token(), oauth.of(merchant.sandbox).token()]

    with nothing_written():
        answers = [
            client.post("introspect", token=each)
            for each in (*others, "x", client.key, "pw_at_" + "A" * 43, others[0][:-1])
        ]

    assert [(each.status, each.body) for each in answers] == [INACTIVE] * len(answers)


def test_a_token_ends_with_its_revocation_and_with_its_key(merchant: Merchant) -> None:
    client = oauth.of(merchant.api)
    other = OAuth(client.app, create_key(merchant.account_id, KeyMode.LIVE))
    revoked, of_other = client.token(), other.token()
    assert client.post("introspect", token=of_other).body["client_id"] == client_id(other.key)

    client.post("revoke", token=revoked)
    administration.revoke_key(client_id(other.key))

    for token in (revoked, of_other):
        assert client.post("introspect", token=token).body == {"active": False}


def test_needs_the_client_and_a_token(merchant: Merchant) -> None:
    client = oauth.of(merchant.api)

    with nothing_written():
        token = {"token": "pw_at_" + "A" * 43}
        assert_oauth_refused(client.send("introspect", token), 401, "invalid_client")
        assert_oauth_refused(client.post("introspect"), 400, "invalid_request")
        assert_oauth_refused(client.send("introspect", "", "GET"), 405, "invalid_request")
