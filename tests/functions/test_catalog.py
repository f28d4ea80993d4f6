"""What every endpoint of the catalog has and refuses, whichever it is."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable

import pytest
from flask import Flask

from functions.catalog import ENDPOINT_BY_NAME, ENDPOINTS, Endpoint
from shared.domain.accounts.packages import Package
from shared.schemas.base import RequestModel, ResponseModel
from tests.support import stored
from tests.support.api import Answer, Api
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_refused, nothing_written
from tests.support.samples import KEYED, NAMING, Sample, file_of, first_of, mostly_wide, naming_of
from tests.support.situations import Needs, Situation, names_something
from tests.support.staff import caller_of, sandbox_of
from tests.support.traffic import watched

NOUNS = {endpoint.noun for endpoint in ENDPOINTS}
MEMBER: Needs = {"program": {}, "member": {"earned": 100}}
"""Of everybody in this walk, so that there is something to change by mistake."""


@pytest.fixture(scope="module")
def sample(endpoint: Endpoint) -> Sample:
    """The request that every walk sends."""
    return first_of(endpoint)


@pytest.fixture
def situation(situate: Callable[[Needs], Situation], sample: Sample) -> Situation:
    """What the endpoint's first sample needs, and a member with 100 points."""
    return situate(with_member(sample))


@pytest.fixture(scope="module")
def shared_situation(situate_shared: Callable[[Needs], Situation], sample: Sample) -> Situation:
    """The same, for all tests of the endpoint that change nothing."""
    return situate_shared(with_member(sample))


@pytest.fixture(scope="module")
def merchant_with(app: Flask) -> dict[Package, Merchant]:
    """A merchant with each package, for all endpoints."""
    return {package: create_merchant(app, package) for package in Package}


def with_member(sample: Sample) -> Needs:
    """Return what a sample needs, and a member."""
    account = {name: each for name, each in sample.needs.items() if name == "test account"}
    return {**account, **MEMBER, **sample.needs}


def by_name(endpoints: list[Endpoint]) -> pytest.MarkDecorator:
    """Let a test walk through endpoints; pytest runs the tests of one after each other."""
    return pytest.mark.parametrize(
        "endpoint", endpoints, ids=lambda each: each.name, scope="module"
    )


# In one order, because pytest knows by the place that it is the same endpoint.
every_endpoint = by_name([*KEYED, *(each for each in ENDPOINTS if not each.needs_key)])
every_keyed = by_name(KEYED)
every_naming = by_name(NAMING)
every_read = by_name([each for each in ENDPOINTS if each.is_read])
every_write = by_name([each for each in ENDPOINTS if not each.is_read])


def text_without_names(answer: Answer, situation: Situation) -> str:
    """Return status, body and headers of an answer, whatever was named in the request."""
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    text = json.dumps([answer.status, answer.body, headers])
    names = {"requestId": answer.headers["X-Request-Id"], **situation.names}
    texts = {value: name for name, value in names.items() if isinstance(value, str)}
    # The longest first: the id of a delivery has other ids in it.
    for value in sorted(texts, key=len, reverse=True):
        text = text.replace(value, texts[value])
    return text


@every_keyed
def test_has_a_request_here_and_one_that_names_something(endpoint: Endpoint) -> None:
    assert first_of(endpoint).endpoint is endpoint
    assert names_something(naming_of(endpoint).request) is (endpoint in NAMING)


def test_names_and_aliases_are_unique() -> None:
    names = [name for endpoint in ENDPOINTS for name in (endpoint.name, *endpoint.aliases)]

    assert sorted(names) == sorted(ENDPOINT_BY_NAME)


@every_endpoint
def test_has_models_an_example_and_a_handler(endpoint: Endpoint) -> None:
    module = importlib.import_module(endpoint.module)

    assert issubclass(module.Request, RequestModel)
    assert issubclass(module.Response, ResponseModel)
    assert callable(module.handle)
    assert module.EXAMPLE.keys() == {
        field.alias
        for name, field in module.Response.model_fields.items()
        if name not in {"is_replay", "duplicate", "file", "lots", "reservations"}
    }


@pytest.mark.usefixtures("frozen_clock")
@every_read
def test_a_read_takes_get_and_writes_nothing(
    endpoint: Endpoint, sample: Sample, situation: Situation
) -> None:
    body, api = situation.fill(sample.request), sample.caller(situation)

    with nothing_written():
        posted, got = api(endpoint.name, body), api.get(endpoint.name, body)

    assert (got.status, got.body) == (200, posted.body)


@every_write
def test_a_write_does_not_take_get(endpoint: Endpoint, merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api.get(endpoint.name)

    details = {"allowed": ["POST", "OPTIONS"]}
    assert_refused(answer, 405, "METHOD_NOT_ALLOWED", details, message="Use POST.")


@every_keyed
def test_needs_a_key(
    endpoint: Endpoint, anonymous: Api, sample: Sample, shared_situation: Situation
) -> None:
    with nothing_written():
        answer = anonymous(endpoint.name, shared_situation.fill(sample.request))

    assert_refused(answer, 401, "MISSING_AUTH_HEADER")


@every_endpoint
def test_needs_its_package(endpoint: Endpoint, merchant_with: dict[Package, Merchant]) -> None:
    """Which packages include which is the domain's: ``tests/shared/domain/accounts``."""
    below = [each for each in Package if not each.includes(endpoint.package)]
    api = caller_of(endpoint, merchant_with[endpoint.package])
    sandbox = sandbox_of(endpoint, merchant_with[Package.DISCOVER])

    with watched() as traffic:
        taken = api(endpoint.name, {"surprise": 1})
        of_test_key = sandbox(endpoint.name, {"surprise": 1})
        refused = [merchant_with[each].api(endpoint.name, {"surprise": 1}) for each in below[-1:]]

    assert traffic.written == []
    assert (taken.error, of_test_key.error) == ("INVALID_PARAMETERS", "INVALID_PARAMETERS")
    for answer in refused:
        assert_refused(
            answer,
            403,
            "ENDPOINT_NOT_ALLOWED",
            message=f"{endpoint.name} needs the package {endpoint.package}.",
            requiredUpgrade=endpoint.package,
            currentPackage=below[-1],
        )


@every_endpoint
def test_needs_the_package_that_is_promised(endpoint: Endpoint) -> None:
    assert file_of(endpoint)["package"] == endpoint.package


def test_each_part_of_the_product_needs_its_package() -> None:
    packages = {noun: {each.package for each in ENDPOINTS if each.noun == noun} for noun in NOUNS}

    # Some endpoints are dearer than the others of their noun, as their golden files say.
    assert packages.pop("loyalty") == {Package.GO, Package.GROW, Package.PRIME}
    for noun in ("members", "orders"):
        assert packages.pop(noun) == {Package.GO, Package.GROW}
    assert packages.pop("stores") == {Package.DISCOVER, Package.GO, Package.GROW}
    for noun in ("payments", "systems"):
        assert packages.pop(noun) == {Package.GROW}
    for noun in ("catalog", "accounts"):
        assert packages.pop(noun) == {Package.DISCOVER}
    for noun in ("webhooks", "events", "rewards"):
        assert packages.pop(noun) == {Package.GO}


@every_naming
def test_what_belongs_to_another_account_does_not_exist(
    endpoint: Endpoint, situate: Callable[[Needs], Situation], new_merchant: Callable[..., Merchant]
) -> None:
    """Neither where the request says, nor under a store of one's own."""
    sample, stranger = naming_of(endpoint), new_merchant()
    situation = situate(with_member(sample))
    nobody, member = situation.absent(), situation.member
    before = stored.of_member(member), stored.of_program(member.merchant, member.program_id)
    own, api = {"X_Beep_Store_Id": stranger.store_id}, caller_of(endpoint, stranger)

    for key, headers in ((None, {}), ("k1", own)):
        with nothing_written():
            theirs, nothing = (
                api(endpoint.name, each.fill(sample.request), idempotency_key=key, **headers)
                for each in (situation, nobody)
            )

        assert theirs.status == 404, headers
        assert text_without_names(theirs, situation) == text_without_names(nothing, nobody), headers

    assert before == (
        stored.of_member(member),
        stored.of_program(member.merchant, member.program_id),
    )


@pytest.mark.parametrize(
    "action", ["addLoyaltyPoints", "redeemLoyaltyPoints", "getCustomerBalance"]
)
def test_a_member_of_another_account_does_not_exist(
    action: str, member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    spent = {"points": 5, "rewardDescription": "x"} if action == "redeemLoyaltyPoints" else {}
    fields = {"points": 5} if action == "addLoyaltyPoints" else spent
    own = new_merchant().member("points").other("somebody")
    member.other(own.user_id).enroll()
    nobody = own.other("s-nobody")

    with nothing_written():
        theirs = own.api(action, {**own.ids, **fields})
        nothing = own.api(action, {**nobody.ids, **fields})

    message = "User somebody is not enrolled."
    assert_refused(theirs, 404, "MEMBERSHIP_NOT_FOUND", message=message)
    same = json.dumps(nothing.body).replace(nobody.user_id, own.user_id)
    assert json.loads(same) == {**theirs.body, "requestId": nothing.body["requestId"]}


@every_endpoint
def test_refuses_an_unknown_field_by_its_name(
    endpoint: Endpoint, sample: Sample, shared_situation: Situation
) -> None:
    body = {**shared_situation.fill(sample.request), "surprise": 1}
    merchant = shared_situation.merchant
    apis = caller_of(endpoint, merchant), sandbox_of(endpoint, merchant)

    with nothing_written():
        answers = [api(endpoint.name, body) for api in apis]

    for answer in answers:
        details = {"fields": {"surprise": "is not a known field"}}
        message = "surprise is not a known field."
        assert_refused(answer, 400, "INVALID_PARAMETERS", details, message=message)


@every_endpoint
def test_the_sandbox_answers_with_the_example_and_writes_nothing(
    endpoint: Endpoint, sample: Sample, shared_situation: Situation
) -> None:
    module = importlib.import_module(endpoint.module)
    body = shared_situation.absent().fill(sample.request)
    sandbox = sandbox_of(endpoint, shared_situation.merchant)

    with watched() as traffic:
        answer = sandbox(endpoint.name, body, idempotency_key="k1")

    echoed = {
        # An object, such as changed rules, comes back whole.
        name: {**answer.body[name], **value} if isinstance(value, dict) else value
        for name, value in body.items()
        if name in module.EXAMPLE
    }
    assert answer.status == 200
    assert answer.body.keys() == {*module.EXAMPLE, "_sandbox"}
    assert answer.body == {**answer.body, **echoed, "_sandbox": True}
    assert traffic.written == []
    assert not answer.is_replay


@mostly_wide(ENDPOINTS)  # tests/functions/test_deploy.py and test_http.py hold what all have.
def test_is_a_function_of_its_own_too(
    endpoint: Endpoint, situate: Callable[[Needs], Situation]
) -> None:
    import functions_framework

    sample = first_of(endpoint)
    situation = situate(with_member(sample))

    alone = functions_framework.create_app(endpoint.name, "main.py")
    sandbox, body = sandbox_of(endpoint, situation.merchant), situation.fill(sample.request)
    headers = {**sandbox.headers, "Authorization": f"Bearer {sandbox.key}"}
    data = json.dumps(body)

    anonymous = alone.test_client().post("/", data=data)
    answered = alone.test_client().post("/", data=data, headers=headers)

    if endpoint.needs_key:
        assert anonymous.get_json()["error"] == "MISSING_AUTH_HEADER"
    else:
        assert anonymous.get_json()["success"] is True
    through_gateway = sandbox(endpoint.name, body)
    assert (answered.status_code, answered.get_json()) == (200, through_gateway.body)
