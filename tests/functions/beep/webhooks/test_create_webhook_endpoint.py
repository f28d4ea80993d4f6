"""createWebhookEndpoint: one endpoint for each target of a store, whose secret is shown once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared import ids
from shared.domain.events.event_types import PATTERNS
from shared.services.vaults import vault
from shared.services.webhooks import endpoint_secrets
from shared.store import paths
from tests.support import stored
from tests.support.events import Pipeline
from tests.support.hooks import (
    QUEUE,
    QUEUE_URL,
    SECRET,
    URL,
    assert_listed_exactly,
    create,
    created,
    forget_targets,
    kept,
    listed,
    secrets_of,
)
from tests.support.merchants import Merchant
from tests.support.receivers import receiving, verify
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import first_answer_lost, interfered

ACTION = "createWebhookEndpoint"
NOW = "2026-03-03T12:00:00.000Z"


@pytest.mark.usefixtures("frozen_clock")
def test_makes_an_endpoint_and_shows_its_secret_once(merchant: Merchant) -> None:
    answer = create(merchant)

    webhook_id, secret = answer.body["webhook"]["webhookId"], answer.body["secret"]
    webhook = {
        "webhookId": webhook_id,
        "storeId": merchant.store_id,
        "kind": "http",
        "url": URL,
        "destination": None,
        "events": ["loyalty.*"],
        "source": None,
        "description": "",
        "headerNames": [],
        "isEnabled": True,
        "disabledReason": None,
        "disabledAt": None,
        "failingSince": None,
        "previousSecretsExpireAt": None,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "webhook": webhook,
        "secret": secret,
        "warning": None,
    }
    assert re.fullmatch(r"we_[a-z0-9]{20}", webhook_id)
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert listed(merchant) == [webhook]
    assert secrets_of(webhook_id) == [secret]
    assert_listed_exactly(merchant)


def test_takes_everything_there_is_to_say(merchant: Merchant) -> None:
    headers = {"Authorization": "Bearer of-the-receiver", "X-Tenant": ""}
    answer = create(
        merchant,
        events=["loyalty.points_earned", "integration.pos.*", "*", "loyalty.points_earned"],
        secret=SECRET,
        source="payback",
        description="The data warehouse",
        headers=headers,
    )

    webhook = answer.body["webhook"]
    assert answer.body["secret"] == SECRET
    assert webhook["events"] == ["loyalty.points_earned", "integration.pos.*", "*"]
    assert (webhook["source"], webhook["description"]) == ("payback", "The data warehouse")
    assert webhook["headerNames"] == list(headers)
    endpoint = kept(webhook["webhookId"])
    assert secrets_of(endpoint.endpoint_id) == [SECRET]
    assert endpoint_secrets.headers(endpoint) == headers


def test_takes_a_destination(merchant: Merchant) -> None:
    answer = create(merchant, destination=QUEUE)

    webhook = answer.body["webhook"]
    assert (webhook["kind"], webhook["url"]) == ("aws_sqs", None)
    assert webhook["destination"] == {"kind": "aws_sqs", "queueUrl": QUEUE_URL}
    assert answer.body["secret"].startswith("whsec_")
    endpoint = kept(webhook["webhookId"])
    assert (endpoint.kind, endpoint.target) == ("aws_sqs", QUEUE_URL)
    assert endpoint_secrets.credentials(endpoint) == QUEUE["credentials"]
    assert listed(merchant) == [webhook]


def test_nothing_secret_is_stored_logged_or_shown_again(
    merchant: Merchant, capfd: pytest.CaptureFixture[str]
) -> None:
    token = "Bearer of-the-receiver"
    create(merchant, "k1", secret=SECRET, headers={"Authorization": token})
    made = create(merchant, "k2", destination=QUEUE).body["secret"]
    shown = merchant.api("listWebhookEndpoints", {"storeId": merchant.store_id})

    output = capfd.readouterr()
    documents = [
        stored.documents("webhookEndpoints"),
        stored.documents("idempotencyKeys"),
        stored.document(paths.store(merchant.store_id)),
        shown.body,
        dict(shown.headers),
    ]
    text = json.dumps(documents, default=str) + output.out + output.err
    for secret in (SECRET, made, token, QUEUE["credentials"]["secretAccessKey"]):
        assert secret not in text


def test_a_key_keeps_the_secret_that_it_shows_and_no_other(merchant: Merchant) -> None:
    answers = {
        "k1": create(merchant, "k1", headers={"X-A": "1"}),
        "k2": create(merchant, "k2", destination=QUEUE),
    }

    for key, answer in answers.items():
        endpoint = kept(answer.body["webhook"]["webhookId"])
        claim_id = ids.digest(merchant.account_id, "createWebhookEndpoint", key)
        record = stored.document(paths.idempotency_key(claim_id))
        assert record is not None
        claim = record["result"]
        kept_at = paths.idempotency_key(claim_id)
        assert vault().decrypt(claim["secretToken"], kept_at) == answer.body["secret"]
        text = str(claim["endpoint"])
        tokens = (endpoint.secrets[0].token, endpoint.headers_token, endpoint.credentials_token)
        assert [token for token in tokens if token and token in text] == []


def test_events_arrive_with_the_headers(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        headers = {"Authorization": "Bearer of-the-receiver", "x-tenant": "42"}
        answer = create(merchant, url=receiver.url, headers=headers)
        merchant.member()
        pipeline.run(merchant)

        (received,) = receiver.received
    assert received.type == "loyalty.enrollment"
    assert received.headers["authorization"] == "Bearer of-the-receiver"
    assert received.headers["x-tenant"] == "42"
    verify(received, answer.body["secret"])


def test_the_same_target_twice_is_refused(merchant: Merchant) -> None:
    first, queue = created(merchant), created(merchant, destination=QUEUE)

    with nothing_written():
        again = create(merchant, url="HTTPS://EXAMPLE.com:443/webhooks/beep", events=["*"])
        queue_again = create(merchant, destination=QUEUE)

    message = "The store has a webhook endpoint for this."
    assert_refused(again, 409, "WEBHOOK_EXISTS", {"webhookId": first}, message=message)
    assert_refused(queue_again, 409, "WEBHOOK_EXISTS", {"webhookId": queue}, message=message)
    assert listed(merchant)[0]["events"] == ["loyalty.*"]


def test_what_was_registered_counts(merchant: Merchant) -> None:
    body = {"storeId": merchant.store_id, "url": URL, "events": ["loyalty.*"]}
    registered = merchant.api.ok("getLoyaltyWebhookEvents", body)["webhookId"]

    with nothing_written():
        answer = create(merchant)

    assert_refused(answer, 409, "WEBHOOK_EXISTS", {"webhookId": registered})


def test_every_store_has_its_own(merchant: Merchant, new_merchant: Callable[..., Merchant]) -> None:
    other = new_merchant()

    mine, theirs = created(merchant), created(other)

    assert mine != theirs
    assert [each["webhookId"] for each in listed(merchant)] == [mine]
    assert [each["webhookId"] for each in listed(other)] == [theirs]


@pytest.mark.parametrize("target", [{}, {"url": URL, "destination": QUEUE}])
def test_needs_one_target(merchant: Merchant, target: dict[str, Any]) -> None:
    body = {"storeId": merchant.store_id, "events": ["*"], **target}
    with nothing_written():
        answer = merchant.api(ACTION, body)

    assert_fields_refused(answer, {"body": "needs either url or destination"})


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"events": []}, {"events": "must have at least 1 items"}),
        ({"events": ["*"] * 51}, {"events": "must have at most 50 items"}),
        (
            {"events": ["*", "loyalty"]},
            {"events[1]": f"is not an event type; known are {', '.join(PATTERNS)}"},
        ),
        ({"source": ""}, {"source": "must have at least 1 characters"}),
        ({"source": "x" * 101}, {"source": "must have at most 100 characters"}),
        ({"description": "x" * 501}, {"description": "must have at most 500 characters"}),
        ({"headers": {"X-A": 1}}, {"headers.X-A": "must be a string"}),
        ({"headers": ["X-A"]}, {"headers": "must be an object"}),
        ({"kind": "http"}, {"kind": "is not a known field"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = create(merchant, **fields)

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("url", "http://example.com/", "The URL must begin with https://."),
        ("url", "https://10.0.0.1/", "The address is not on the public Internet."),
        ("secret", "x" * 257, "The secret must have 1 to 256 characters."),
        ("headers", {"Host": "x"}, "The header Host is not a merchant's to set."),
        (
            "headers",
            {"X Y": "1"},
            "The header X Y: A header's name may hold only letters, digits and !#$%&'*+-.^_`|~.",
        ),
    ],
)
def test_refuses_what_could_not_be_sent(
    merchant: Merchant, field: str, value: Any, problem: str
) -> None:
    with nothing_written():
        answer = create(merchant, **{field: value})

    details = {"fields": {field: problem}}
    assert_refused(answer, 400, "INVALID_PARAMETERS", details, message=f"{field}: {problem}")


def test_a_destination_takes_no_headers(merchant: Merchant) -> None:
    with nothing_written():
        answer = create(merchant, destination=QUEUE, headers={"X-A": "1"})

    assert_fields_refused(answer, {"body": "can have headers with a url only"})
    assert create(merchant, destination=QUEUE, headers={}).status == 200


def test_refuses_an_unknown_store(merchant: Merchant) -> None:
    with nothing_written():
        answer = create(merchant, storeId="store_absent")

    assert_refused(answer, 404, "STORE_NOT_FOUND", message="There is no store store_absent.")


def test_a_store_has_twenty_endpoints(merchant: Merchant) -> None:
    webhook_ids = [created(merchant, url=f"{URL}/{number}") for number in range(20)]

    with nothing_written():
        answer = create(merchant)

    message = "A store has at most 20 webhook endpoints."
    assert_refused(answer, 400, "LIMIT_EXCEEDED", message=message)
    merchant.api.ok("deleteWebhookEndpoint", {"webhookId": webhook_ids[7]})
    assert create(merchant).status == 200
    assert len(listed(merchant)) == 20


def test_many_at_once_keep_the_limit(merchant: Merchant) -> None:
    for number in range(17):
        created(merchant, url=f"{URL}/{number}")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda each: create(merchant, url=f"{URL}/new{each}"), range(6)))

    assert sorted(answer.status for answer in answers) == [200] * 3 + [400] * 3
    assert len(listed(merchant)) == 20
    assert_listed_exactly(merchant)


def test_many_at_once_make_one_endpoint_for_a_url(merchant: Merchant) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: create(merchant), range(6)))

    assert sorted(answer.status for answer in answers) == [200] + [409] * 5
    (webhook,) = listed(merchant)
    refused = [answer for answer in answers if answer.status == 409]
    assert {each.body["details"]["webhookId"] for each in refused} == {webhook["webhookId"]}


def test_a_list_that_has_changed_since_it_was_read_is_read_again(merchant: Merchant) -> None:
    first = created(merchant)
    changes: list[None] = []

    def somebody_changes() -> None:
        changes.append(None)
        if len(changes) == 1:
            forget_targets(merchant)

    with interfered(somebody_changes):
        answer = create(merchant, url=f"{URL}/2")

    assert answer.status == 200
    assert create(merchant).status == 200, f"{first} was forgotten, and not put back"


def test_a_key_makes_one_and_shows_the_secret_again(merchant: Merchant) -> None:
    first = create(merchant, "k1", headers={"X-A": "1"})
    webhook_id = first.body["webhook"]["webhookId"]
    merchant.api.ok("updateWebhookEndpoint", {"webhookId": webhook_id, "description": "Later"})

    with nothing_written():
        again = create(merchant, "k1", headers={"X-A": "1"})
    merchant.api.ok("deleteWebhookEndpoint", {"webhookId": webhook_id})
    with nothing_written():
        once_more = create(merchant, "k1", headers={"X-A": "1"})

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert (once_more.body, once_more.is_replay) == (first.body, True)


def test_a_key_with_another_body_is_refused(merchant: Merchant) -> None:
    create(merchant, "k1")

    with nothing_written():
        answer = create(merchant, "k1", url=f"{URL}/2")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("key", [None, "k1"])
def test_an_answer_that_got_lost_is_given_all_the_same(merchant: Merchant, key: str | None) -> None:
    with first_answer_lost():
        answer = create(merchant, key)

    assert answer.status == 200
    assert [each["webhookId"] for each in listed(merchant)] == [answer.body["webhook"]["webhookId"]]
    assert secrets_of(answer.body["webhook"]["webhookId"]) == [answer.body["secret"]]


def test_the_sandbox_makes_nothing(merchant: Merchant) -> None:
    body = {"storeId": "store_a", "url": URL, "events": ["*"], "secret": SECRET}
    with nothing_written():
        answer = merchant.sandbox(ACTION, body)

    assert (answer.status, answer.body["_sandbox"]) == (200, True)
    assert (answer.body["webhook"]["webhookId"], answer.body["secret"]) == ("we_abc123", SECRET)


def test_a_short_secret_is_taken_with_a_warning(merchant: Merchant) -> None:
    answer = create(merchant, secret="geheim")

    assert (answer.status, answer.body["secret"]) == (200, "geheim")
    assert answer.body["warning"].startswith("The secret has fewer than 16 characters")
