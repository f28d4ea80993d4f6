"""Codes and refresh tokens: what an app gets for them, and what ends it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared import config
from shared.domain.accounts.packages import Package
from shared.services.accounts import administration, oauth_limits
from shared.services.accounts import oauth_apps as apps
from shared.store import cache, client
from tests.conftest import Clock
from tests.support import oauth, staff
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.oauth import assert_oauth_refused
from tests.support.oauth_apps import (
    OWNER,
    REDIRECT,
    SCOPES,
    VERIFIER,
    App,
    challenge_of,
    registered,
)
from tests.support.refusals import assert_refused, nothing_written
from tests.support.staff import Persons
from tests.support.stored import entries
from tests.support.traffic import watched

persons = staff.persons


@pytest.fixture
def partner(merchant: Merchant, persons: Persons) -> App:
    return registered(merchant)


def assert_ended(partner: App, tokens: dict[str, str]) -> None:
    """Assert that nothing works that came from a consent."""
    cache.clear_all()
    assert_refused(partner.api(tokens)("listMembers"), 401, "INVALID_ACCESS_TOKEN")
    assert_oauth_refused(partner.refresh(tokens["refresh_token"]), 400, "invalid_grant")


def test_a_code_gives_tokens_that_act_as_who_has_consented(
    member: Member, persons: Persons
) -> None:
    partner = registered(member.merchant)
    code = partner.code()

    with watched() as traffic:
        answer = partner.redeem(code)

    assert traffic.cost == (3, 3, 2)
    assert answer.status == 200
    tokens = answer.body
    assert {**tokens, "access_token": "", "refresh_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": "",
        "scope": SCOPES,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    stored = str([client.query("oauthConsents"), client.query("oauthAppTokens")])
    assert hashlib.sha256(tokens["refresh_token"].encode()).hexdigest() in stored
    assert tokens["refresh_token"] not in stored
    assert tokens["access_token"] not in stored
    api = partner.api(tokens)
    body = {**member.ids, "points": 5}
    assert api("addLoyaltyPoints", body, idempotency_key="k").body["newBalance"] == 105
    assert api("addLoyaltyPoints", body, idempotency_key="k").is_replay
    # It is not the merchant's own request, nor that of another app.
    assert not member.api("addLoyaltyPoints", body, idempotency_key="k").is_replay
    assert [each.staff_id for each in entries(member)] == [None, OWNER, None]


def test_does_what_its_scopes_say_and_nothing_else(member: Member, persons: Persons) -> None:
    partner = registered(member.merchant)
    api = partner.api(partner.tokens(scope="members.write accounts.write"))

    with nothing_written():
        answer = api("addLoyaltyPoints", {**member.ids, "points": 5})
        assert_refused(answer, 403, "INSUFFICIENT_SCOPE", {"scope": "loyalty.write"})
        # Roles are no token's to give, not even an owner's.
        given = api("addStaffMember", {"userId": "uid_x", "role": "owner"})
        assert (given.status, given.body["error"]) == (403, "ENDPOINT_NOT_ALLOWED")


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": VERIFIER[:-1] + "x"},
        {"code_verifier": challenge_of(VERIFIER)},
        {"code_verifier": "short"},
        {"redirect_uri": REDIRECT + "/"},
    ],
)
def test_a_code_is_for_what_it_was_asked_with(changed: dict[str, str], partner: App) -> None:
    code = partner.code()

    with nothing_written():
        assert_oauth_refused(partner.redeem(code, **changed), 400, "invalid_grant")
        assert_oauth_refused(partner.redeem(code[:-1] + "~"), 400, "invalid_grant")

    assert partner.redeem(code).status == 200


@pytest.mark.parametrize("left_out", ["code_verifier", "redirect_uri", "code"])
def test_needs_all_of_it(left_out: str, partner: App) -> None:
    form = {"code": partner.code(), "redirect_uri": REDIRECT, "code_verifier": VERIFIER}

    with nothing_written():
        answer = partner.post("token", grant_type="authorization_code", **{**form, left_out: ""})

    assert_oauth_refused(answer, 400, "invalid_request")


def test_a_code_is_over_after_a_minute(frozen_clock: Clock, partner: App) -> None:
    code = partner.code()
    frozen_clock.advance(seconds=60)

    with nothing_written():
        assert_oauth_refused(partner.redeem(code), 400, "invalid_grant")


def test_a_code_that_comes_back_ends_what_it_gave(partner: App) -> None:
    code = partner.code()
    tokens = partner.redeem(code).body
    assert partner.api(tokens)("listMembers").status == 200

    assert_oauth_refused(partner.redeem(code), 400, "invalid_grant")

    assert_ended(partner, tokens)
    with nothing_written():
        assert_oauth_refused(partner.redeem(code), 400, "invalid_grant")


def test_a_code_works_once_at_the_same_time(partner: App) -> None:
    code = partner.code()

    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(lambda _: partner.redeem(code), range(4))]

    assert [each.status for each in answers].count(200) == 1


def test_clients_are_not_mixed(partner: App) -> None:
    other = registered(partner.merchant)
    tokens, code = partner.tokens(), partner.code()
    key = oauth.of(partner.merchant.api)

    with nothing_written():
        assert_oauth_refused(other.redeem(code), 400, "invalid_grant")
        assert_oauth_refused(other.refresh(tokens["refresh_token"]), 400, "invalid_grant")
        wrong = partner.redeem(code, client_secret=other.secret or "")
        assert_oauth_refused(wrong, 401, "invalid_client")
        assert_oauth_refused(partner.redeem(code, client_secret=""), 401, "invalid_client")
        by_key = key.post("token", grant_type="authorization_code", code=code)
        assert_oauth_refused(by_key, 400, "unsupported_grant_type")
        own = partner.post("token", grant_type="client_credentials")
        assert_oauth_refused(own, 400, "unauthorized_client")
        for token in tokens["access_token"], tokens["refresh_token"]:
            assert (other.post("revoke", token=token).status) == 200
            assert key.post("revoke", token=token).status == 200
            assert other.post("introspect", token=token).body == {"active": False}
            assert key.post("introspect", token=token).body == {"active": False}

    assert partner.api(tokens)("listMembers").status == 200


def test_a_public_app_has_no_secret(merchant: Merchant, persons: Persons) -> None:
    partner = registered(merchant, is_public=True)
    code = partner.code()

    with nothing_written():
        assert_oauth_refused(partner.redeem(code, client_secret="x"), 401, "invalid_client")

    tokens = partner.redeem(code).body
    assert partner.refresh(tokens["refresh_token"]).status == 200


def test_each_refresh_token_gives_the_next(partner: App) -> None:
    tokens = partner.tokens()

    with watched() as traffic:
        answer = partner.refresh(tokens["refresh_token"])

    assert traffic.cost == (3, 3, 2)
    assert answer.status == 200
    assert answer.body["refresh_token"] != tokens["refresh_token"]
    assert partner.api(answer.body)("listMembers").status == 200
    assert partner.api(tokens)("listMembers").status == 200  # until its own end
    assert partner.refresh(answer.body["refresh_token"]).status == 200


def test_scopes_narrow_and_never_widen(partner: App) -> None:
    tokens = partner.tokens()

    narrow = partner.refresh(tokens["refresh_token"], scope="members.read").body

    assert narrow["scope"] == "members.read"
    assert partner.api(narrow)("addLoyaltyPoints", {}).body["error"] == "INSUFFICIENT_SCOPE"
    with nothing_written():
        wide = partner.refresh(narrow["refresh_token"], scope=f"{SCOPES} stores.read")
        assert_oauth_refused(wide, 400, "invalid_scope")
    assert partner.refresh(narrow["refresh_token"]).body["scope"] == SCOPES


def test_a_lost_answer_can_be_asked_for_again(frozen_clock: Clock, partner: App) -> None:
    first = partner.tokens()["refresh_token"]
    lost = partner.refresh(first).body["refresh_token"]
    frozen_clock.advance(seconds=9)

    assert partner.refresh(first).body["refresh_token"] == lost

    assert partner.refresh(lost).status == 200


def test_two_processes_that_refresh_at_once_have_the_same_next_token(partner: App) -> None:
    first = partner.tokens()["refresh_token"]

    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(lambda _: partner.refresh(first), range(4))]

    assert {each.status for each in answers} == {200}
    assert len({each.body["refresh_token"] for each in answers}) == 1
    assert partner.refresh(answers[0].body["refresh_token"]).status == 200


@pytest.mark.parametrize("is_next_used", [False, True])
def test_a_refresh_token_that_comes_back_ends_all(
    is_next_used: bool, frozen_clock: Clock, partner: App
) -> None:
    tokens = partner.tokens()
    following = partner.refresh(tokens["refresh_token"]).body
    if is_next_used:  # Then even at once: who has the next one has not lost the answer.
        following = partner.refresh(following["refresh_token"]).body
    else:
        frozen_clock.advance(seconds=10)

    assert_oauth_refused(partner.refresh(tokens["refresh_token"]), 400, "invalid_grant")

    assert_ended(partner, following)


def test_a_refresh_token_is_over_after_90_days(frozen_clock: Clock, partner: App) -> None:
    tokens = partner.tokens()
    frozen_clock.advance(days=89)
    tokens = partner.refresh(tokens["refresh_token"]).body
    frozen_clock.advance(days=90)

    with nothing_written():
        assert_oauth_refused(partner.refresh(tokens["refresh_token"]), 400, "invalid_grant")


def test_an_access_token_is_over_after_an_hour(frozen_clock: Clock, partner: App) -> None:
    tokens = partner.tokens()
    frozen_clock.advance(hours=1)

    assert_refused(partner.api(tokens)("listMembers"), 401, "INVALID_ACCESS_TOKEN")


def test_a_removed_role_ends_all(partner: App) -> None:
    partner.merchant.api.ok("addStaffMember", {"userId": "uid_second", "role": "owner"})
    tokens = partner.tokens()

    partner.merchant.api.ok("removeStaffMember", {"userId": OWNER})

    with nothing_written():
        assert_ended(partner, tokens)
    partner.merchant.api.ok("addStaffMember", {"userId": OWNER, "role": "owner"})
    with nothing_written():
        assert_ended(partner, tokens)


def test_the_role_of_now_limits_it(partner: App) -> None:
    partner.merchant.api.ok("addStaffMember", {"userId": "uid_second", "role": "owner"})
    api = partner.api(partner.tokens())
    assert api("listMembers").status == 200

    partner.merchant.api.ok("updateStaffMember", {"userId": OWNER, "role": "cashier"})

    answer = api("listMembers")
    assert (answer.status, answer.body["error"]) == (403, "ENDPOINT_NOT_ALLOWED")
    assert answer.body["details"]["role"] == "cashier"


@pytest.mark.parametrize("change", [{"disabled": True}, {"validSince": "99999999999"}])
def test_who_is_disabled_or_signed_out_ends_it(
    change: dict[str, object], partner: App, persons: Persons
) -> None:
    tokens = partner.tokens()
    persons.set(OWNER, **change)
    cache.clear_all()

    assert_refused(partner.api(tokens)("listMembers"), 401, "INVALID_ACCESS_TOKEN")


def test_a_disabled_app_is_refused(partner: App) -> None:
    tokens, code = partner.tokens(), partner.code()

    apps.set_disabled(partner.client_id, is_disabled=True)

    with nothing_written():
        assert_refused(partner.api(tokens)("listMembers"), 401, "INVALID_ACCESS_TOKEN")
        assert_oauth_refused(partner.redeem(code), 401, "invalid_client")
        assert_oauth_refused(partner.refresh(tokens["refresh_token"]), 401, "invalid_client")
    apps.set_disabled(partner.client_id, is_disabled=False)
    assert partner.api(tokens)("listMembers").status == 200


def test_the_package_and_subscription_of_now_limit_it(partner: App) -> None:
    api = partner.api(partner.tokens())

    administration.set_package(partner.merchant.account_id, Package.DISCOVER)
    assert api("listMembers").body["requiredUpgrade"] == "GO"
    administration.set_active(partner.merchant.account_id, is_active=False)
    assert api("listMembers").body["error"] == "SUBSCRIPTION_INACTIVE"


def test_is_told_what_an_access_token_is_for(frozen_clock: Clock, partner: App) -> None:
    tokens = partner.tokens()

    with nothing_written():
        answer = partner.post("introspect", token=tokens["access_token"])

    now_s = int(frozen_clock.now.timestamp())
    assert answer.body == {
        "active": True,
        "scope": SCOPES,
        "client_id": partner.client_id,
        "token_type": "Bearer",
        "exp": now_s + 3600,
        "iat": now_s,
        "sub": partner.merchant.account_id,
        "iss": config.public_url(),
    }


def test_gives_up_one_token_or_all(partner: App) -> None:
    tokens = partner.tokens()
    following = partner.refresh(tokens["refresh_token"]).body

    assert partner.post("revoke", token=tokens["access_token"]).body == {}

    assert_refused(partner.api(tokens)("listMembers"), 401, "INVALID_ACCESS_TOKEN")
    assert partner.api(following)("listMembers").status == 200
    assert partner.post("revoke", token=following["refresh_token"]).body == {}
    assert_ended(partner, following)
    with nothing_written():
        assert partner.post("revoke", token=following["refresh_token"]).status == 200
        assert partner.post("revoke", token="x").status == 200


def test_who_knows_a_consents_id_alone_ends_nothing(frozen_clock: Clock, partner: App) -> None:
    first = partner.tokens()["refresh_token"]
    tokens = partner.refresh(first).body
    frozen_clock.advance(minutes=1)
    consent_id = first.removeprefix("pw_ar_").partition("_")[0]
    made_up = [
        f"pw_ar_{consent_id}_{'A' * 65}",
        first[:-65] + "A" * 22 + first[-43:],  # Of one that was used, but for the family.
    ]

    with nothing_written():
        for each in made_up:
            assert_oauth_refused(partner.refresh(each), 400, "invalid_grant")
            assert partner.post("revoke", token=each).status == 200

    assert partner.api(tokens)("listMembers").status == 200
    assert_oauth_refused(partner.refresh(first), 400, "invalid_grant")
    assert_ended(partner, tokens)


def test_a_used_refresh_token_gives_up_all_as_well(partner: App) -> None:
    first = partner.tokens()["refresh_token"]
    tokens = partner.refresh(first).body

    assert partner.post("revoke", token=first).status == 200

    assert_ended(partner, tokens)


@pytest.mark.parametrize("change", ["role", "person", "subscription"])
def test_tells_of_a_token_that_no_call_may_use_that_it_does_not_work(
    change: str, partner: App, persons: Persons
) -> None:
    token = partner.tokens()["access_token"]
    assert partner.post("introspect", token=token).body["active"] is True

    if change == "role":
        partner.merchant.api.ok("addStaffMember", {"userId": "uid_second", "role": "owner"})
        partner.merchant.api.ok("removeStaffMember", {"userId": OWNER})
    elif change == "person":
        persons.set(OWNER, disabled=True)
        cache.clear_all()
    else:
        administration.set_active(partner.merchant.account_id, is_active=False)

    with nothing_written():
        assert partner.post("introspect", token=token).body == {"active": False}


def test_guesses_are_slowed_down_and_who_has_a_code_is_not(partner: App) -> None:
    code = partner.code()
    with nothing_written():
        answers: list[Answer] = [
            partner.redeem("x") for _ in range(oauth_limits.FAILED_PER_CLIENT_MAX + 1)
        ]

    assert [each.body["error"] for each in answers[-2:]] == ["invalid_grant", "slow_down"]
    assert partner.redeem(code).status == 200


def test_a_consent_has_so_many_tokens_in_a_minute(
    partner: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth_limits, "ISSUED_PER_CLIENT_MAX", 2)
    tokens = partner.refresh(partner.tokens()["refresh_token"]).body

    with nothing_written():
        assert_oauth_refused(partner.refresh(tokens["refresh_token"]), 429, "slow_down")

    assert partner.redeem(partner.code()).status == 200  # another consent


def test_a_token_of_an_app_is_no_key_elsewhere(
    partner: App, new_merchant: Callable[..., Merchant]
) -> None:
    tokens, other = partner.tokens(), new_merchant()

    with nothing_written():
        answer = partner.api(tokens)("fetchProducts", {"storeId": other.store_id})
        assert answer.status in {403, 404}
        shopware = partner.flask.test_client().get(
            "/apiGateway/api/cogi/loyalty/customer-profile/0x" + "a" * 32,
            headers={"Authorization": f"Bearer {tokens['access_token']}"},
        )
        assert shopware.status_code == 401
