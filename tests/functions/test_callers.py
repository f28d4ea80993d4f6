"""Who may call what: secret keys, publishable keys, customers, strangers and nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from functions.catalog import ENDPOINTS, Endpoint
from shared import config
from shared.auth import app_check, id_tokens
from shared.auth.caller import SignedInCustomer
from shared.auth.keys import KeyMode
from shared.domain.accounts.packages import Package
from shared.errors import InvalidParameters
from shared.services.accounts import customers
from shared.store import client, paths
from shared.store.accounts import account_documents
from tests.support import oauth, sign_ins, stored
from tests.support.api import Api
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.oauth_apps import registered
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.samples import BY_CUSTOMERS, KEYED, Sample, first_of
from tests.support.situations import Needs, Situation, documented, filled

OPEN = [endpoint for endpoint in ENDPOINTS if endpoint.customer_package is not None]
CLOSED = [
    endpoint for endpoint in KEYED if endpoint.customer_package is None and not endpoint.for_persons
]
FOR_PERSONS = [endpoint for endpoint in ENDPOINTS if endpoint.for_persons]
ANOTHER = {"userId": "somebody"}


def by_name(endpoints: list[Endpoint]) -> pytest.MarkDecorator:
    """Let a test walk through endpoints; pytest runs the tests of one after each other."""
    return pytest.mark.parametrize(
        "endpoint", endpoints, ids=lambda each: each.name, scope="module"
    )


@pytest.fixture(scope="module")
def shared_situation(situate_shared: Callable[[Needs], Situation], endpoint: Endpoint) -> Situation:
    """What an endpoint's first sample needs, for all its tests that change nothing."""
    return situate_shared(first_of(endpoint).needs)


def test_each_action_for_customers_has_a_sample_of_theirs() -> None:
    assert {each.endpoint.name for each in BY_CUSTOMERS} == {each.name for each in OPEN}


@pytest.mark.parametrize(
    "name",
    ["addLoyaltyPoints", "syncExternalLoyalty", "updateLoyaltyProgram", "refundPayment", "syncPOS"],
)
def test_what_grants_or_configures_is_never_for_customers(name: str) -> None:
    assert name in {each.name for each in CLOSED}


@pytest.mark.parametrize("sample", BY_CUSTOMERS, ids=str)
def test_a_customer_may_do_it_for_themselves(
    sample: Sample, situate: Callable[[Needs], Situation]
) -> None:
    situation = situate(sample.needs)

    answer = sample.send(sample.caller(situation), situation.fill(sample.request))

    assert answer.status == sample.status
    if "userId" in answer.body:
        assert answer.body["userId"] == situation.names["userId"]


@pytest.mark.parametrize("sample", BY_CUSTOMERS, ids=str)
def test_a_customer_may_not_do_it_for_somebody_else(
    sample: Sample, situate: Callable[[Needs], Situation]
) -> None:
    if "user_id" not in sample.module.Request.model_fields:
        pytest.skip("names no user")
    situation = situate(sample.needs)
    api, body = sample.caller(situation), situation.fill(sample.request)

    with nothing_written():
        answers = [
            api(sample.action, {**body, name: who})
            for name in ("userId", "user_id")
            for who in ("somebody", None, ["user_1"], 1)
        ]

    for answer in answers:
        assert_refused(answer, 403, "USER_NOT_ALLOWED")


@by_name(CLOSED)
def test_a_customer_may_not_do_what_is_the_merchants(
    endpoint: Endpoint, shared_situation: Situation
) -> None:
    situation = shared_situation
    customer = situation.merchant.customer(situation.names["userId"], names_account=True)

    with nothing_written():
        answer = customer(endpoint.name, situation.fill(first_of(endpoint).request))

    fix = "Call from your server, with the account's secret key."
    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", fix=fix)


@pytest.mark.usefixtures("persons")
@by_name([endpoint for endpoint in KEYED if endpoint.refuses_keys])
def test_what_is_for_people_who_sign_in_is_refused_to_keys_tokens_and_apps(
    endpoint: Endpoint, situate: Callable[[Needs], Situation]
) -> None:
    situation = situate(first_of(endpoint).needs)
    merchant, body = situation.merchant, situation.fill(first_of(endpoint).request)
    partner = registered(merchant)
    app, token = partner.api(partner.tokens()), oauth.of(merchant.api).api()

    for api in (merchant.api, token, app):
        with nothing_written():
            answer = api(endpoint.name, body)

        fix = "Sign in to the console as an owner."
        assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", fix=fix)
    assert endpoint.name not in merchant.api.ok("getMyAccess")["actions"]


@by_name([*CLOSED, *OPEN, *FOR_PERSONS])
def test_a_publishable_key_calls_nothing(
    endpoint: Endpoint, shared_situation: Situation, app: Flask
) -> None:
    situation = shared_situation
    api = Api(app, situation.merchant.publishable_key())

    with nothing_written():
        answer = api(endpoint.name, situation.fill(first_of(endpoint).request))

    assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")


@by_name(OPEN)
def test_a_customer_of_another_account_finds_nothing(
    endpoint: Endpoint,
    situate: Callable[[Needs], Situation],
    new_merchant: Callable[..., Merchant],
) -> None:
    """With another account's key, what the request names does not exist."""
    sample = next(each for each in BY_CUSTOMERS if each.endpoint is endpoint)
    situation = situate(sample.needs)
    stranger, nobody = new_merchant(), situation.absent()
    user_id = situation.names["userId"]
    before = stored.of_member(situation.member) if "member" in sample.needs else None
    theirs, nothing = (each.fill(sample.request) for each in (situation, nobody))
    customer = stranger.customer(user_id, names_account=True)

    with nothing_written():
        answers = [customer(endpoint.name, body) for body in (theirs, nothing)]

    assert [each.status for each in answers] == [404, 404]
    assert answers[0].error == answers[1].error
    if before is not None:
        assert stored.of_member(situation.member) == before


@by_name(OPEN)
def test_a_customers_call_needs_the_package_of_the_account(
    endpoint: Endpoint, new_merchant: Callable[..., Merchant]
) -> None:
    assert endpoint.customer_package is not None
    sample = next(each for each in BY_CUSTOMERS if each.endpoint is endpoint)
    names = documented()
    for package in Package:
        if package.includes(endpoint.customer_package):
            continue
        merchant = new_merchant(package)
        customer = merchant.customer(names["userId"], names_account=True)

        with nothing_written():
            answer = customer(endpoint.name, filled(sample.request, names))

        assert_refused(
            answer,
            403,
            "ENDPOINT_NOT_ALLOWED",
            requiredUpgrade=endpoint.customer_package,
            currentPackage=package,
        )


BALANCE = "getCustomerBalance"


def test_the_program_names_the_account(member: Member) -> None:
    customer = member.merchant.customer("user_1")

    balance = customer.ok(BALANCE, {"programId": member.program_id})

    assert (balance["userId"], balance["currentBalance"]) == ("user_1", 100)
    assert customer.get(BALANCE, {"programId": member.program_id}).body == balance
    assert customer.ok(BALANCE, {"program_id": member.program_id}) == balance


def test_a_customer_who_names_no_account_is_told_how() -> None:
    problem = "is required, unless X-Beep-Publishable-Key names the account"

    with pytest.raises(InvalidParameters) as refused:
        customers.calling(
            SignedInCustomer("u1", True), program_id=None, store_id=None, publishable_key=""
        )

    assert refused.value.details == {"fields": {"storeId": problem}}


def test_a_test_key_leads_to_the_sandbox(member: Member) -> None:
    key = member.merchant.publishable_key(KeyMode.TEST)
    customer = member.merchant.customer("user_1")

    with nothing_written():
        answer = customer.ok(BALANCE, {"programId": "lp_any"}, X_Beep_Publishable_Key=key)

    assert (answer["_sandbox"], answer["userId"]) == (True, "user_1")


@pytest.mark.parametrize("kind", ["secret", "unknown", "malformed"])
def test_only_a_publishable_key_names_an_account(kind: str, member: Member) -> None:
    keys = {
        "secret": member.api.key,
        "unknown": "bk_live_pk_" + "A" * 32,
        "malformed": "bk_nothing",
    }
    customer = member.merchant.customer("user_1")

    with nothing_written():
        answer = customer(BALANCE, member.ids, X_Beep_Publishable_Key=keys[kind])

    assert (answer.status, answer.error) == (401, "INVALID_API_KEY")
    assert str(keys[kind]) not in str(answer.body)


def test_customers_of_a_merchant_without_subscription_are_refused(app: Flask) -> None:
    member = create_merchant(app).member()
    merchant, program_id = member.merchant, member.program_id
    account = account_documents.find_account(merchant.account_id)
    assert account is not None
    path = paths.account(account.account_id)
    ended = account_documents.replace_account(
        client.get_one(path), replace(account, is_active=False)
    )
    client.commit([ended])
    account_documents.forget_account(account.account_id)
    named = merchant.customer(names_account=True)

    with nothing_written():
        answers = [
            merchant.customer()(BALANCE, {"programId": program_id}),
            named(BALANCE, {"programId": program_id}),
        ]

    for answer in answers:
        assert_refused(answer, 403, "SUBSCRIPTION_INACTIVE")


@pytest.mark.usefixtures("frozen_clock")
def test_an_expired_sign_in_is_told_so(member: Member) -> None:
    over = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
    customer = member.merchant.customer("user_1", exp=over)

    with nothing_written():
        answer = customer(BALANCE, member.ids)

    assert_refused(answer, 401, "ID_TOKEN_EXPIRED")


@pytest.mark.parametrize("changed", [{"aud": "another"}, {"sub": ""}, {"iat": None}])
def test_a_sign_in_of_another_project_is_refused(
    changed: dict[str, str], member: Member, app: Flask
) -> None:
    api = Api(app, sign_ins.unsigned("user_1", **changed))

    with nothing_written():
        answer = api(BALANCE, member.ids)

    assert_refused(answer, 401, "INVALID_ID_TOKEN")


def test_while_google_does_not_answer_a_customer_is_asked_to_come_again(
    member: Member, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(id_tokens.KEYS, "url", "http://127.0.0.1:9/keys")
    id_tokens.KEYS.forget()
    api = Api(app, sign_ins.signed(sign_ins.claims_of("user_1")))

    with nothing_written():
        answer = api(BALANCE, member.ids)

    id_tokens.KEYS.forget()
    assert_refused(answer, 503, "BUSY")


@pytest.fixture
def _checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUNKTWERK_APP_CHECK", "required")
    with sign_ins.key_service(app_check.KEYS, "key-1"):
        yield


@pytest.mark.usefixtures("_checked")
def test_where_app_check_is_switched_on_an_app_must_be_verified(member: Member) -> None:
    customer = member.merchant.customer("user_1")
    now_s = int(datetime.now(UTC).timestamp())
    claims = {
        "iss": f"{app_check.ISSUER}1",
        "aud": ["projects/1", f"projects/{config.project_id()}"],
        "sub": "1:1:web:1",
        "iat": now_s,
        "exp": now_s + 600,
    }

    with nothing_written():
        refused = [customer(BALANCE, member.ids, X_Firebase_AppCheck=each) for each in ("", "x")]
        answer = customer(BALANCE, member.ids, X_Firebase_AppCheck=sign_ins.signed(claims))
        by_key = member.api(BALANCE, member.ids)

    assert [each.error for each in refused] == ["APP_NOT_VERIFIED"] * 2
    assert (answer.status, by_key.status) == (200, 200)


def test_idempotency_keys_of_customers_and_merchant_are_apart(member: Member) -> None:
    """A customer can neither read nor block what another one, or the merchant, has sent."""
    other = member.other("user_2")
    other.enroll()
    customer = member.merchant.customer
    join = {"programId": member.program_id}

    first = customer("user_1")("enrollInLoyaltyProgram", join, idempotency_key="k")
    second = customer("user_2")("enrollInLoyaltyProgram", join, idempotency_key="k")
    key = member.api("enrollInLoyaltyProgram", member.other("user_3").ids, idempotency_key="k")

    assert [each.status for each in (first, second, key)] == [200, 200, 200]
    assert [each.is_replay for each in (first, second, key)] == [False, False, False]
    users = [each.body["userId"] for each in (first, second, key)]
    assert users == ["user_1", "user_2", "user_3"]


REWARD = {"rewardId": "rw_1", "title": "Coffee", "type": "voucher", "requiredPoints": 40}


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, {"rewardId": "is required of customers"}),
        (
            {"rewardId": "rw_1", "rewardDescription": "1,000 EUR"},
            {"rewardDescription": "is not for customers"},
        ),
        ({"rewardId": "rw_1", "transactionId": "T1"}, {"transactionId": "is not for customers"}),
    ],
)
def test_a_customer_redeems_a_reward_in_the_words_of_the_program(
    fields: dict[str, str], problems: dict[str, str], merchant: Merchant
) -> None:
    member = merchant.member(balance=100, rewards=[REWARD])
    body = {"programId": member.program_id, "points": 40, **fields}

    with nothing_written():
        answer = merchant.customer("user_1")("redeemLoyaltyPoints", body)

    assert_invalid(answer, **problems)
    assert member.balance()["currentBalance"] == 100


def test_a_customer_gets_the_rewards_code(merchant: Merchant) -> None:
    member = merchant.member(balance=100, rewards=[REWARD])
    body = {"programId": member.program_id, "points": 40, "rewardId": "rw_1"}

    answer = merchant.customer("user_1").ok("redeemLoyaltyPoints", body)

    assert (answer["rewardDescription"], answer["newBalance"]) == ("Coffee", 60)
    assert answer["rewardCode"].startswith("RW-")
