"""The OpenAPI document: valid, complete, and what the product really takes and answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema.exceptions import ValidationError
from openapi_spec_validator import validate
from standardwebhooks import Webhook

from functions.beep import openapi
from functions.beep.openapi import components, refusals, webhooks
from functions.catalog import ENDPOINT_BY_NAME, ENDPOINTS, SCOPES, Endpoint
from shared.connectors import psp
from shared.connectors.psp import PROVIDERS
from shared.domain.accounts.packages import Package
from shared.domain.events.event_types import BY_NAME, EventType
from shared.errors import (
    ActionNotImplemented,
    Busy,
    MethodNotAllowed,
    NotificationRefused,
    OpeningBalanceBooked,
    PunktwerkError,
    UnknownAction,
    WalletLinkExpired,
    catalog,
)
from shared.schemas.events import event_data
from tests.support import described
from tests.support.api import Answer
from tests.support.branches import BUSY, Branch, always
from tests.support.described import assert_is
from tests.support.dying import dying_after
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.payments import Till
from tests.support.psp_samples import CONFIGS
from tests.support.receivers import receiving
from tests.support.samples import PRICED, SAMPLES, Sample
from tests.support.situations import Needs, Situation
from tests.support.staff import sandbox_of
from tests.support.system_samples import CONFIGS as CONFIGS_OF_SYSTEMS
from tools import docs

DOCUMENT = described.document()
REWARD = {
    "rewardId": "rw_1",
    "title": "10% off",
    "type": "discount_percent",
    "requiredPoints": 40,
    "stock": 5,
    "validFrom": "2026-01-01T00:00:00+01:00",
    "colour": "red",
}
# Those of the golden files that are not refused. In the spelling of Python no schema has them.
SENT = [each for each in SAMPLES if each.status == 200 and "program_id" not in each.request]
QUERIES = [each for each in SENT if each.endpoint.is_read]
# Those with a budget are sent, and compared with the document, by tests/functions/test_budgets.py.
UNPRICED = [each for each in SENT if each not in PRICED]

# No operation has these: other methods, names and paths than those of the document do, and a row of
# importMembers.
NO_OPERATIONS = {
    ActionNotImplemented,
    MethodNotAllowed,
    NotificationRefused,
    OpeningBalanceBooked,
    UnknownAction,
    WalletLinkExpired,
}

each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: each.name)


def resolved(found: Any) -> Any:
    """Return what a reference leads to, or the value itself."""
    while "$ref" in found:
        value: Any = DOCUMENT
        for part in found["$ref"].removeprefix("#/").split("/"):
            value = value[part]
        found = value
    return found


def component(name: str) -> Any:
    return DOCUMENT["components"]["schemas"][name]


def examples_of(response: Any) -> Any:
    return response["content"]["application/json"]["examples"]


def assert_refused_as_described(answer: Answer, action: str, *, lacks: str = "") -> None:
    """Assert that a refusal has body and headers that its operation describes for its status.

    ``lacks`` is a header that not every refusal of the status has.
    """
    described = DOCUMENT["paths"][f"/{action}"]["post"]["responses"]
    own = resolved(described.get(str(answer.status), described["default"]))
    response = own if answer.error in examples_of(own) else resolved(described["default"])
    assert answer.error in examples_of(response)
    assert_is(answer.body, "Error")
    for name in response.get("headers", ()):
        assert (name in answer.headers) is (name != lacks and answer.status in {429, 503})


def test_what_is_not_described_does_not_fit() -> None:
    example = event_data.example_event("loyalty.points_earned")
    strangers = [
        ({"programId": "lp_1", "surprise": 1}, "GetLoyaltyProgramRequest"),
        ({**refusals.example(Busy), "surprise": 1}, "Error"),
        ({**example, "data": {**example["data"], "surprise": 1}}, "PointsEarnedEvent"),
    ]

    for value, name in strangers:
        with pytest.raises(ValidationError, match="surprise"):
            assert_is(value, name)


def test_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    validate(DOCUMENT)


def test_is_the_same_each_time() -> None:
    assert json.dumps(openapi.document()) == json.dumps(DOCUMENT)


def test_describes_every_endpoint_and_alias_and_nothing_else() -> None:
    methods = {
        path: tuple(method.upper() for method in item if method != "parameters")
        for path, item in DOCUMENT["paths"].items()
    }

    assert methods == {f"/{name}": each.methods for name, each in ENDPOINT_BY_NAME.items()}


def operations_of(action: str) -> list[Any]:
    item = DOCUMENT["paths"][f"/{action}"]
    return [item[method] for method in ("get", "post") if method in item]


def test_names_every_operation_differently() -> None:
    operations = [each for endpoint in ENDPOINT_BY_NAME for each in operations_of(endpoint)]
    operations += [item["post"] for item in DOCUMENT["webhooks"].values()]
    names = [operation["operationId"] for operation in operations]

    assert len(set(names)) == len(names)


def test_says_that_an_alias_is_one() -> None:
    alias = DOCUMENT["paths"]["/getStoreLoyaltyPrograms"]["post"]
    original = DOCUMENT["paths"]["/getLoyaltyPrograms"]["post"]

    assert alias["description"].endswith("Another name of getLoyaltyPrograms.")
    assert original["description"].endswith("Also answers to the name getStoreLoyaltyPrograms.")
    said = {"operationId", "description"}
    assert {name: alias[name] for name in alias.keys() - said} == {
        name: original[name] for name in original.keys() - said
    }


@each_endpoint
def test_says_which_package_an_endpoint_needs(endpoint: Endpoint) -> None:
    operations = operations_of(endpoint.name)

    assert {operation["x-package"] for operation in operations} == {endpoint.package}


@each_endpoint
def test_offers_idempotency_keys_to_writes_alone(endpoint: Endpoint) -> None:
    operation = DOCUMENT["paths"][f"/{endpoint.name}"]["post"]
    names = {each["$ref"].rpartition("/")[2] for each in operation.get("parameters", ())}
    replayed = "Idempotent-Replayed" in resolved(operation["responses"]["200"])["headers"]

    assert ("Idempotency-Key" in names, replayed, "409" in operation["responses"]) == (
        (False,) * 3 if endpoint.is_read else (True,) * 3
    )


def test_reads_take_their_fields_as_query_parameters() -> None:
    item = DOCUMENT["paths"]["/getCustomerBalance"]
    parameters = [resolved(each) for each in item["get"]["parameters"]]

    assert parameters == [
        {
            "name": "userId",
            "in": "query",
            "description": "Your id of the customer.",
            "schema": {"type": "string", "maxLength": 128, "pattern": r"\S"},
            "required": True,
        },
        {
            "name": "programId",
            "in": "query",
            "description": "Id of the program.",
            "schema": {"type": "string", "maxLength": 128, "pattern": r"\S"},
            "required": True,
        },
        {
            "name": "storeId",
            "in": "query",
            "description": "Id of the store. The header `X-Beep-Store-Id` can stand in for it.",
            "schema": {"type": "string", "maxLength": 128, "pattern": r"\S"},
        },
        {
            "name": "includeLots",
            "in": "query",
            "description": "Whether the answer has `lots`.",
            "schema": {"default": False, "type": "boolean"},
        },
        {
            "name": "includeReservations",
            "in": "query",
            "description": "Whether the answer has `reservations`.",
            "schema": {"default": False, "type": "boolean"},
        },
    ]
    assert item["parameters"] == [
        {"$ref": "#/components/parameters/X-Beep-Store-Id"},
        {"$ref": "#/components/parameters/X-Beep-Publishable-Key"},
    ]


def test_a_query_parameter_is_never_null() -> None:
    for item in DOCUMENT["paths"].values():
        for each in item.get("get", {}).get("parameters", ()):
            assert '"null"' not in json.dumps(resolved(each))


def test_every_bound_has_the_name_that_readers_know() -> None:
    used = keywords(list(DOCUMENT["components"]["schemas"].values()))

    assert {"minimum", "maximum", "exclusiveMinimum"} <= used
    assert used.isdisjoint({"ge", "gt", "le", "lt"})


def keywords(schemas: list[Any]) -> set[str]:
    """Return the keywords of schemas and of all that they hold."""
    found: set[str] = set()
    for schema in schemas:
        if isinstance(schema, dict):
            inner = [each for name, each in schema.items() if name != "properties"]
            named = list(schema.get("properties", {}).values())
            found |= schema.keys() | keywords([*inner, *named])
        elif isinstance(schema, list):
            found |= keywords(schema)
    return found


def test_numbers_carry_their_bounds() -> None:
    percentage = resolved(component("CashbackRules")["properties"]["cashbackPercentage"])
    minimum = resolved(component("PointsRules")["properties"]["minimumPurchase"])
    line = resolved(component("PurchaseLine")["properties"]["amount"])
    figure = resolved(component("GetLoyaltyAnalyticsResponse")["properties"]["redemptionRate"])

    assert without_description(percentage) == {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 100,
    }
    assert without_description(minimum) == {
        "type": ["number", "null"],
        "minimum": 0,
        "maximum": 1_000_000,
    }
    assert without_description(line) == {
        "type": "number",
        "minimum": -10_000_000,
        "maximum": 10_000_000,
    }
    assert without_description(figure) == {"type": "number"}


def without_description(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "description"}


def test_requests_are_closed_and_answers_open() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    closed = {name for name in schemas if schemas[name].get("additionalProperties") is False}
    requests = {components.request_name(endpoint) for endpoint in ENDPOINTS}
    answers = {components.response_name(endpoint) for endpoint in ENDPOINTS}

    assert requests <= closed
    assert not answers & closed


def test_answers_require_all_but_what_may_be_left_out() -> None:
    schema = DOCUMENT["components"]["schemas"]["SyncExternalLoyaltyResponse"]

    assert schema["properties"].keys() - set(schema["required"]) == {"duplicate", "_sandbox"}


@pytest.mark.parametrize("program_type", ["stamps", "points", "cashback", "tier"])
def test_rules_fit_one_type_of_program_each(program_type: str) -> None:
    examples = DOCUMENT["paths"]["/createLoyaltyProgram"]["post"]["requestBody"]["content"][
        "application/json"
    ]["examples"]
    rules = examples[program_type]["value"]["rules"]

    assert_is(rules, f"{program_type.capitalize()}Rules")
    assert_is(rules, "Rules")
    for other in {"Stamps", "Points", "Cashback", "Tier"} - {program_type.capitalize()}:
        with pytest.raises(ValidationError):
            assert_is(rules, f"{other}Rules")


def undescribed(name: str, schema: dict[str, Any]) -> list[str]:
    """Return the fields of an object, and of those within it, that nothing is said of."""
    found = []
    for field, each in schema.get("properties", {}).items():
        path = f"{name}.{field}"
        is_described = each.get("description") or resolved(each).get("description")
        found += undescribed(path, each) if is_described else [path]
    for part in schema.get("allOf", ()):
        found += undescribed(name, part)
    return found


def test_every_field_of_every_schema_is_described() -> None:
    """But the type that tells events apart: what it is stands at ``EventEnvelope``."""
    schemas = DOCUMENT["components"]["schemas"]
    events = [each["$ref"].rpartition("/")[2] for each in component("AnyEvent")["oneOf"]]

    found = {each for name in schemas for each in undescribed(name, schemas[name])}
    assert found == {f"{name}.type" for name in events}


def test_a_field_that_is_not_described_is_named_with_its_schema() -> None:
    schema = {
        "properties": {
            "told": {"type": "string", "description": "Told."},
            "within": {"description": "More.", "properties": {"untold": {"type": "string"}}},
            "untold": {"type": "string", "description": ""},
        }
    }

    assert undescribed("Thing", schema) == ["Thing.within.untold", "Thing.untold"]


def test_what_a_type_means_is_said_of_the_field_itself() -> None:
    """It stands beside ``anyOf``, also where there may be null: few look within."""
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, found in schema.get("properties", {}).items():
            each = resolved(found)
            within = [*each.get("anyOf", ()), *each.get("oneOf", ()), each.get("items", {})]
            assert not any("description" in found for found in within), f"{name}.{field}"


@each_endpoint
def test_example_answer_fits(endpoint: Endpoint) -> None:
    assert_is(components.module_of(endpoint).EXAMPLE, components.response_name(endpoint))


@each_endpoint
def test_example_requests_fit(endpoint: Endpoint) -> None:
    examples = components.module_of(endpoint).EXAMPLE_REQUESTS

    assert examples
    for example in examples.values():
        assert_is(example, components.request_name(endpoint))


@each_endpoint
def test_sandbox_gives_the_example_answer_to_the_example_request(
    endpoint: Endpoint, merchant: Merchant
) -> None:
    module = components.module_of(endpoint)
    sandbox = sandbox_of(endpoint, merchant)
    answers = [sandbox.ok(endpoint.name, request) for request in module.EXAMPLE_REQUESTS.values()]

    assert answers[0] == {**module.EXAMPLE, "_sandbox": True}
    for answer in answers:
        assert_is(answer, components.response_name(endpoint))


MILK = {"ean": "4006381333931"}


SALE = {
    "recordId": "sale_1",
    "number": "R-1",
    "soldAt": "2026-03-03T12:00:00.000Z",
    "currency": "EUR",
    "total": 298,
    "lines": [
        {"name": "Milk", "quantity": 2, "unitPrice": 149, "vatPercent": 7, "ean": MILK["ean"]}
    ],
    "payments": [{"paidBy": "card", "amount": 298}],
    "customerId": "user_1",
}
STOCK = {"recordId": "stock_1", "change": -1.5, "ean": MILK["ean"], "reason": "broken"}


def synced(branch: Branch) -> str:
    """Sync a store with products of which one cannot be taken; return the store's id."""
    branch.till.put_product("001", "Milk", "1.49", MILK["ean"])
    branch.till.put_product("002", "Too fine", "1.001")
    branch.configure(schedule="nightly")
    branch.synced()
    return branch.store_id


def test_what_a_sync_cannot_take_and_a_push_cannot_find_fits(branch: Branch) -> None:
    store_id = synced(branch)
    status = branch.merchant.api.ok("getSyncStatus", {"storeId": store_id, "kind": "pos"})
    body = {
        "system": "korona",
        "storeId": store_id,
        "dataType": "inventory_update",
        "records": [STOCK, {**STOCK, "recordId": "stock_2", "ean": "96385074"}],
    }
    pushed = branch.merchant.api.ok("pushToPOS", body)

    assert_is(status, "GetSyncStatusResponse")
    assert_is(body, "PushToPOSRequest")
    assert_is(pushed, "PushToPOSResponse")


def test_refusals_about_syncs_fit(branch: Branch) -> None:
    branch.till.after = always(BUSY)
    limited = branch.sync()
    branch.till.after = lambda *_: None
    body = {"system": "vectron", "credentials": CONFIGS_OF_SYSTEMS["pos", "vectron"]}
    unsupported = branch.push(SALE, **body)
    unconfigured = branch.sync(credentials=None)
    with dying_after(9):
        branch.sync()
    running = branch.sync()

    refused = {
        "CONNECTOR_RATE_LIMITED": (limited, "syncPOS"),
        "CONNECTOR_UNSUPPORTED": (unsupported, "pushToPOS"),
        "CONNECTOR_NOT_CONFIGURED": (unconfigured, "syncPOS"),
        "SYNC_RUNNING": (running, "syncPOS"),
    }
    for code, (answer, action) in refused.items():
        assert answer.error == code
        assert_refused_as_described(
            answer, action, lacks="Retry-After" if answer.status == 503 else ""
        )


def refunded(till: Till) -> str:
    """Make a payment of which a part was given back; return its id."""
    payment_id = till.paid()
    assert till.refund(payment_id, amount=500, refundReference="return_1").status == 200
    return payment_id


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_configuration_fits_its_provider_alone(provider: str) -> None:
    config = CONFIGS[provider]

    assert_is(config, components.config_name(provider))
    assert_is(config, "PSPConfig")
    request = {"provider": provider, "storeId": "store_a", "config": config}
    assert_is(request, "ConfigurePSPRequest")
    with pytest.raises(ValidationError):
        assert_is({**request, "config": {**config, "surprise": 1}}, "ConfigurePSPRequest")
    for other in set(PROVIDERS) - {provider}:
        with pytest.raises(ValidationError):
            assert_is(config, components.config_name(other))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_secrets_of_a_configuration_are_marked(provider: str) -> None:
    fields = component(components.config_name(provider))["properties"]
    schema = {"properties": {name: resolved(each) for name, each in fields.items()}}
    secret = {name for name, each in schema["properties"].items() if each.get("writeOnly")}
    config = psp.module_of(provider).Config.model_validate(CONFIGS[provider])

    assert {CONFIGS[provider][name] for name in secret & CONFIGS[provider].keys()} == {
        *config.secrets()
    }
    assert all(schema["properties"][name]["format"] == "password" for name in secret)


@pytest.mark.parametrize("sample", UNPRICED, ids=str)
def test_live_request_and_answer_fit(sample: Sample, situate: Callable[[Needs], Situation]) -> None:
    situation = situate(sample.needs)
    body = situation.fill(sample.request)
    answer = sample.send(sample.caller(situation), body)

    assert answer.status == 200, answer.body
    described.assert_sample_fits(sample, body, answer)


@pytest.mark.parametrize("sample", QUERIES, ids=str)
def test_live_answer_to_a_query_fits(sample: Sample, situate: Callable[[Needs], Situation]) -> None:
    situation = situate(sample.needs)
    asked = situation.fill(sample.request)
    query = {name: str(each).lower() if each is True else each for name, each in asked.items()}
    answer = sample.caller(situation).get(sample.action, query)

    assert answer.status == 200, answer.body
    assert_is(answer.body, components.response_name(sample.endpoint))


def test_replayed_answer_fits(member: Member) -> None:
    member.add(points=5, transactionId="t1", idempotency_key="first")
    replayed = member.add(points=5, transactionId="t1", idempotency_key="second")
    header = DOCUMENT["components"]["headers"]["Replayed"]["schema"]

    assert replayed.body["duplicate"] is True
    assert replayed.headers["Idempotent-Replayed"] == header["const"]
    assert_is(replayed.body, "AddLoyaltyPointsResponse")


@pytest.mark.parametrize("error", catalog(), ids=lambda error: error.code)
def test_example_of_every_refusal_fits(error: type[PunktwerkError]) -> None:
    body = refusals.example(error)
    responses = [resolved(each) for each in DOCUMENT["components"]["responses"].values()]
    shown = [
        resolved(examples_of(each)[error.code])
        for each in responses
        if "examples" in each.get("content", {}).get("application/json", {})
        if error.code in examples_of(each)
    ]

    assert (body["error"], body["statusCode"], body["fix"]) == (error.code, error.status, error.fix)
    assert_is(body, "Error")
    assert (shown == []) is (error in NO_OPERATIONS)
    assert all(each == {"value": body} for each in shown)


REFUSED: dict[str, tuple[str, Callable[[Member], Answer]]] = {
    "INVALID_PARAMETERS": ("addLoyaltyPoints", lambda member: member.add(points=-1)),
    "INVALID_JSON": (
        "addLoyaltyPoints",
        lambda member: member.api.send("POST", "addLoyaltyPoints", data="{"),
    ),
    "INVALID_IDEMPOTENCY_KEY": (
        "addLoyaltyPoints",
        lambda member: member.add(points=1, idempotency_key="x" * 256),
    ),
    "INSUFFICIENT_BALANCE": ("redeemLoyaltyPoints", lambda member: member.redeem(101)),
    "REWARD_COST_MISMATCH": (
        "redeemLoyaltyPoints",
        lambda member: member.redeem(39, rewardId="rw_1"),
    ),
    "INVALID_API_KEY": (
        "getCustomerBalance",
        lambda member: member.api(
            "getCustomerBalance", member.ids, Authorization="Bearer bk_live_sk_" + "A" * 32
        ),
    ),
    "PROGRAM_NOT_FOUND": (
        "getLoyaltyProgram",
        lambda member: member.api("getLoyaltyProgram", {"programId": "lp_absent"}),
    ),
    "IDEMPOTENCY_KEY_REUSED": (
        "addLoyaltyPoints",
        lambda member: [member.add(points=points, transactionId="t1") for points in (1, 2)][-1],
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_live_refusal_fits(code: str, merchant: Merchant) -> None:
    member = merchant.member("points", balance=100, rewards=[REWARD])
    action, call = REFUSED[code]
    answer = call(member)

    assert answer.error == code
    assert_refused_as_described(answer, action)


def test_refusals_about_payments_fit(till: Till) -> None:
    payment_id = till.process().body["paymentId"]
    till.provider.after = lambda *_: (429, b"{}")
    limited = till.process(purchaseId="order_2")
    till.provider.after = lambda *_: (502, b"")
    unavailable = till.process(purchaseId="order_3")
    till.provider.after = lambda *_: (422, b'{"message": "The shop is closed."}')
    rejected = till.process(purchaseId="order_4")
    unpaid = till.refund(payment_id)
    unauthorized = till.merchant.api("capturePayment", {"paymentId": payment_id})

    refused = {
        "CONNECTOR_RATE_LIMITED": (limited, "processPayment"),
        "CONNECTOR_UNAVAILABLE": (unavailable, "processPayment"),
        "CONNECTOR_REJECTED": (rejected, "processPayment"),
        "PAYMENT_NOT_REFUNDABLE": (unpaid, "refundPayment"),
        "PAYMENT_STATE_CONFLICT": (unauthorized, "capturePayment"),
    }
    for code, (answer, action) in refused.items():
        assert answer.error == code
        assert answer.body["details"].keys() == refusals.example(by_code(code))["details"].keys()
        # A provider that has failed does not say for how long.
        lacks = "Retry-After" if code == "CONNECTOR_UNAVAILABLE" else ""
        assert_refused_as_described(answer, action, lacks=lacks)


def refusals_of(operation: Any) -> list[str]:
    """Return the codes that an operation describes, each as often as it does."""
    answers = [resolved(each) for each in operation["responses"].values()]
    examples = [each["content"]["application/json"].get("examples", {}) for each in answers]
    return [code for each in examples for code in each]


@pytest.mark.parametrize("method", ["GET", "POST"])
@each_endpoint
def test_an_operation_describes_its_own_refusals_by_their_status(
    endpoint: Endpoint, method: str
) -> None:
    if method not in endpoint.methods:
        return
    operation = DOCUMENT["paths"][f"/{endpoint.name}"][method.lower()]
    common = {each.code for each in refusals.COMMON}
    own = [error for error in refusals.of(endpoint, method) if error not in refusals.COMMON]

    assert sorted(set(refusals_of(operation))) == sorted({*common, *(error.code for error in own)})
    for error in own:
        response = resolved(operation["responses"][str(error.status)])
        example = response["content"]["application/json"]["examples"][error.code]
        assert resolved(example)["value"] == refusals.example(error)


def test_an_operation_has_no_refusals_of_others() -> None:
    redeem, balance = (
        DOCUMENT["paths"][path]["post"] for path in ("/redeemLoyaltyPoints", "/getCustomerBalance")
    )
    common = {"INVALID_PARAMETERS", *(each.code for each in refusals.COMMON)}

    assert {*refusals_of(balance)} - common == {
        "MEMBERSHIP_NOT_FOUND",
        "PROGRAM_NOT_FOUND",
    }
    assert {*refusals_of(redeem)} - common == {
        "CHANGING_CODE_REQUIRED",
        "IDEMPOTENCY_KEY_REUSED",
        "INSUFFICIENT_BALANCE",
        "MEMBERSHIP_CLOSED",
        "MEMBERSHIP_NOT_FOUND",
        "MEMBER_CODE_DAMAGED",
        "MEMBER_CODE_EXPIRED",
        "MEMBER_CODE_NOT_FOUND",
        "MEMBER_SUSPENDED",
        "OWN_MEMBERSHIP",
        "POINTS_HAVE_NO_VALUE",
        "PROGRAM_NOT_FOUND",
        "REDEMPTION_CANCELLED",
        "RESERVATION_EXISTS",
        "REWARD_COST_MISMATCH",
        "REWARD_LIMIT_REACHED",
        "REWARD_NOT_FOUND",
        "REWARD_OUT_OF_STOCK",
        "REWARD_UNAVAILABLE",
        "SHOP_CUSTOMER_REQUIRED",
        "TIER_REQUIRED",
    }


def test_the_document_is_small() -> None:
    text = docs.generate()["docs/openapi.json"]

    assert len(text.encode()) < 6_300 * len(ENDPOINTS)


GOOD = {
    "AddLoyaltyPointsRequest": {"programId": "p", "userId": "u", "points": 5},
    "ProcessPaymentRequest": {
        "storeId": "s",
        "amount": 1,
        "currency": "EUR",
        "returnUrl": "https://example.com",
        "purchaseId": "order_1",
        "customer": {"ipAddress": "192.0.2.7"},
    },
    "InsertProductRequest": {"storeId": "s", "ean": "4006381333931", "name": "Milk", "price": 1},
    "UpdateLoyaltyProgramRequest": {
        "programId": "p",
        "rules": {"pointsPerCheckin": None, "minimumPurchase": 5},
    },
}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("AddLoyaltyPointsRequest", {"userId": " "}),
        ("ProcessPaymentRequest", {"customer": {"ipAddress": "localhost"}}),
        ("InsertProductRequest", {"ean": "400638133393"[:9]}),
        ("InsertProductRequest", {"name": " "}),
        ("UpdateLoyaltyProgramRequest", {"rules": {"pointsPerEuro": None}}),
    ],
)
def test_the_document_and_the_endpoint_allow_the_same(
    merchant: Merchant, name: str, changes: dict[str, Any]
) -> None:
    good, bad = GOOD[name], {**GOOD[name], **changes}
    action = name[0].lower() + name.removesuffix("Request")[1:]

    assert_is(good, name)
    with pytest.raises(ValidationError):
        assert_is(bad, name)
    assert merchant.sandbox(action, good).status == 200
    assert merchant.sandbox(action, bad).error == "INVALID_PARAMETERS"


def by_code(code: str) -> type[PunktwerkError]:
    return next(error for error in catalog() if error.code == code)


def test_refusal_for_the_package_fits(new_merchant: Callable[..., Merchant]) -> None:
    answer = new_merchant(Package.GO).member().sync("add", 5)

    assert (answer.error, answer.body["requiredUpgrade"]) == ("ENDPOINT_NOT_ALLOWED", "PRIME")
    assert_refused_as_described(answer, "syncExternalLoyalty")


def test_an_event_is_of_one_type_of_all() -> None:
    choices = [resolved(each) for each in component("AnyEvent")["oneOf"]]
    types = [each["allOf"][1]["properties"]["type"] for each in choices]
    named = [kind for each in types for kind in each.get("enum", [each.get("const")])]

    assert sorted(named) == sorted(BY_NAME)
    assert DOCUMENT["webhooks"].keys() == {"event"}


@pytest.mark.parametrize("kind", BY_NAME)
def test_example_of_every_event_fits(kind: str) -> None:
    example = event_data.example_event(kind)

    assert example["type"] == kind
    assert_is(example, webhooks.component_name(kind))
    assert_is({**example, "livemode": False, "test": True}, webhooks.component_name(kind))
    assert_is(example, "AnyEvent")


def test_the_headers_of_events_are_those_of_the_example() -> None:
    operation = DOCUMENT["webhooks"]["event"]["post"]
    headers = {each["name"]: each["example"] for each in map(resolved, operation["parameters"])}
    example = operation["requestBody"]["content"]["application/json"]["example"]
    body = json.dumps(example, separators=(",", ":"), ensure_ascii=False)
    secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    signature = Webhook(secret).sign(
        headers["webhook-id"], datetime(2026, 3, 3, 12, tzinfo=UTC), body
    )
    assert (headers["webhook-signature"], headers["webhook-id"]) == (signature, example["id"])
    assert headers["X-Beep-Event"] == example["type"] == webhooks.EXAMPLE_TYPE


@pytest.mark.parametrize("kind", BY_NAME)
def test_an_event_requires_every_field_and_is_open_to_more(kind: str) -> None:
    schema = webhooks.schema(kind)
    data = schema["properties"]["data"]

    assert schema["properties"].keys() - set(schema["required"]) == {"test"}
    assert data["properties"].keys() == set(data["required"])
    assert "additionalProperties" not in json.dumps(schema)
    assert "$ref" not in json.dumps(schema)


@pytest.mark.parametrize("kind", BY_NAME.values(), ids=BY_NAME)
def test_says_whether_an_event_is_sent_yet(kind: EventType) -> None:
    described = webhooks.schema(kind.name)["description"]
    row = next(
        line
        for line in component(webhooks.component_name(kind.name))["description"].splitlines()
        if line.startswith(f"- `{kind.name}`: ")
    )

    assert described.startswith(kind.summary)
    assert ("nothing sends it yet" in described) is not kind.is_sent
    assert row == f"- `{kind.name}`: {kind.summary}" + ("" if kind.is_sent else " Not sent yet.")


def test_delivered_events_of_payments_fit(pipeline: Pipeline, till: Till) -> None:
    with receiving() as receiver:
        pipeline.register(till.merchant, receiver.url, "payment.*", "integration.psp.*")
        till.configure()
        refunded(till)
        pipeline.deliver(till.merchant)

    assert sorted(receiver.types) == [
        "integration.psp.configured",
        "payment.created",
        "payment.paid",
        "payment.refunded",
        "payment.requires_action",
    ]
    for received in receiver.received:
        assert_is(received.event, webhooks.component_name(received.type))


def test_delivered_events_fit(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url)
        member = merchant.member("tier", rewards=[REWARD])
        member.add(purchaseAmount=60, transactionId="t1")
        member.redeem(40, rewardId="rw_1")
        member.sync("set", 3)
        pipeline.run(merchant)

    assert sorted(set(receiver.types)) == [
        "loyalty.enrollment",
        "loyalty.external_synced",
        "loyalty.points_earned",
        "loyalty.points_redeemed",
        "loyalty.reward_unlocked",
        "loyalty.tier_changed",
    ]
    for received in receiver.received:
        described = map(resolved, DOCUMENT["webhooks"]["event"]["post"]["parameters"])
        assert {each["name"].lower() for each in described} <= received.headers.keys()
        assert_is(received.event, webhooks.component_name(received.type))


def test_every_operation_names_the_scope_that_a_token_needs() -> None:
    scopes = DOCUMENT["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert scopes["scopes"].keys() == SCOPES.keys()
    for endpoint in ENDPOINTS:
        for operation in DOCUMENT["paths"][f"/{endpoint.name}"].values():
            if isinstance(operation, dict):
                named = [each["oauth2"] for each in operation["security"] if "oauth2" in each]
                scope = [[endpoint.scope] if endpoint.needs_key else []]
                assert named == ([] if endpoint.refuses_tokens else scope)
                by_key = {"apiKey": []} in operation["security"]
                assert by_key is not endpoint.refuses_keys
