"""Endpoints that are queues and buses on AWS: from the request to the message, as the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shared.services.webhooks import endpoint_secrets
from tests.support.aws import ACCESS_KEY, ACCOUNT, REGION, ROLE, Aws, as_received
from tests.support.events import Pipeline, deliveries_of
from tests.support.hooks import QUEUE, create, created, kept, listed
from tests.support.merchants import Member, Merchant
from tests.support.receivers import receiving, status, verify
from tests.support.refusals import assert_fields_refused, nothing_written

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "destinations.md").read_text()
BLOCKS = {
    language: re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    for language in ("sh", "json", "python")
}
PATTERN, SQS_POLICY, EVENTS_POLICY, TRUST_POLICY = map(json.loads, BLOCKS["json"])
SNIPPET: dict[str, Any] = {}
exec(BLOCKS["python"][0], SNIPPET)


def queue(url: str, credentials: Any = ACCESS_KEY) -> dict[str, Any]:
    return {"kind": "aws_sqs", "queueUrl": url, "credentials": credentials}


def bus(arn: str, credentials: Any = ACCESS_KEY) -> dict[str, Any]:
    return {"kind": "aws_eventbridge", "eventBusArn": arn, "credentials": credentials}


def about(policy: dict[str, Any], resource: str) -> dict[str, Any]:
    """Return a policy of the page, about another resource."""
    (statement,) = policy["Statement"]
    return {**policy, "Statement": [{**statement, "Resource": resource}]}


def test_an_earn_arrives_in_a_queue(pipeline: Pipeline, aws: Aws, member: Member) -> None:
    url, merchant = aws.queue("loyalty"), member.merchant
    pipeline.run(merchant)
    answer = create(merchant, destination=queue(url))
    secret = answer.body["secret"]

    member.earn(50)
    pipeline.run(merchant)

    (message,) = aws.messages(url)
    event = json.loads(message["Body"])
    assert (event["type"], event["data"]["points"]) == ("loyalty.points_earned", 50)
    verify(as_received(message), secret)
    assert SNIPPET["read_message"](secret, message) == event
    (delivery,) = deliveries_of(merchant)
    (attempt,) = delivery.attempts
    assert delivery.delivery_id == message["MessageAttributes"]["X-Beep-Delivery"]["StringValue"]
    assert (delivery.state, attempt.status, attempt.error) == ("succeeded", 200, None)
    assert attempt.response_text == f"MessageId: {message['MessageId']}"


def test_the_snippet_refuses_what_was_changed(
    pipeline: Pipeline, aws: Aws, merchant: Merchant
) -> None:
    url = aws.queue("loyalty")
    secret = create(merchant, destination=queue(url), secret="a-secret-of-ones-own").body["secret"]
    merchant.member()
    pipeline.run(merchant)
    (message,) = aws.messages(url)
    assert SNIPPET["read_message"](secret, message)["type"] == "loyalty.enrollment"
    with pytest.raises(ValueError, match="signature is wrong"):
        SNIPPET["read_message"](secret, {**message, "Body": message["Body"] + " "})


def test_a_fifo_queue_groups_by_member(pipeline: Pipeline, aws: Aws, merchant: Merchant) -> None:
    url = aws.queue("loyalty.fifo")
    first = merchant.member()
    second = first.other("user_2")
    second.enroll()
    pipeline.run(merchant)
    created(merchant, destination=queue(url), events=["loyalty.points_earned"])

    for each in (first, second, first):
        each.earn(10)
        pipeline.run(merchant)

    messages = aws.messages(url)
    groups = [each["Attributes"]["MessageGroupId"] for each in messages]
    balances = {
        group: [
            json.loads(each["Body"])["data"]["newBalance"]
            for each in messages
            if each["Attributes"]["MessageGroupId"] == group
        ]
        for group in groups
    }
    assert balances == {first.membership_id: [10, 20], second.membership_id: [10]}


def test_an_earn_arrives_at_the_target_of_a_buss_rule(
    pipeline: Pipeline, aws: Aws, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    arn, url = aws.bus("loyalty", PATTERN)
    merchant = member.merchant
    pipeline.run(merchant)
    secret = create(merchant, destination=bus(arn)).body["secret"]

    for points in (99, 100):
        member.earn(points)
        pipeline.run(merchant)

    (message,) = aws.messages(url)
    told = json.loads(message["Body"])
    event = SNIPPET["read_event"](secret, told)
    assert event["data"]["points"] == 100
    del told["detail"]["delivery"]
    assert told["detail"] == event
    assert {each.state for each in deliveries_of(merchant)} == {"succeeded"}


@pytest.mark.parametrize("kind", ["aws_sqs", "aws_eventbridge"])
def test_the_policies_of_the_page_are_enough_and_less_is_refused(
    pipeline: Pipeline, aws: Aws, merchant: Merchant, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    if kind == "aws_sqs":
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:loyalty"
        right, wrong = about(SQS_POLICY, arn), about(EVENTS_POLICY, "*")
        url = aws.queue("loyalty")
        place = queue(url)
    else:
        # moto judges actions of EventBridge, and not on what.
        right, wrong = about(EVENTS_POLICY, "*"), about(SQS_POLICY, "*")
        arn, url = aws.bus("loyalty", {"source": ["punktwerk"]})
        place = bus(arn)
    allowed, other = aws.user("allowed", right), aws.user("other", wrong)
    webhook_id = created(merchant, destination={**place, "credentials": other})
    aws.check_permissions()

    merchant.member()
    pipeline.run(merchant)
    (delivery,) = deliveries_of(merchant)
    (attempt,) = delivery.attempts
    assert (delivery.state, attempt.status) == ("pending", 403)
    assert "AccessDenied" in attempt.response_text

    bad = {**allowed, "secretAccessKey": "not-the-secret-of-this-key"}
    for credentials, state in ((bad, 403), (allowed, 200)):
        body = {"webhookId": webhook_id, "destination": {**place, "credentials": credentials}}
        merchant.api.ok("updateWebhookEndpoint", body)
        merchant.api.ok("retryWebhookDelivery", {"deliveryId": delivery.delivery_id})
        pipeline.deliver(merchant)
        (delivery,) = deliveries_of(merchant)
        assert delivery.attempts[-1].status == state
        assert "not-the-secret" not in str(delivery)
    aws.check_permissions(after=float("inf"))
    assert len(aws.messages(url)) == 1


def test_a_role_is_asked_for_by_the_store_that_names_it(
    pipeline: Pipeline, aws: Aws, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    (statement,) = TRUST_POLICY["Statement"]
    trusted = statement["Condition"]["StringEquals"]["accounts.google.com:oaud"]
    url = aws.queue("loyalty")
    created(merchant, destination=queue(url, ROLE))
    with receiving("") as metadata:
        metadata.answer = status(200, "a.google.token", Metadata_Flavor="Google")
        monkeypatch.setenv("GCE_METADATA_HOST", metadata.url.removeprefix("http://"))
        merchant.member()
        pipeline.run(merchant)

    audience = trusted.replace("store_a", merchant.store_id).replace(":", "%3A")
    assert [each.path.partition("audience=")[2] for each in metadata.received] == [audience]
    assert len(aws.messages(url)) == 1


def test_without_a_google_identity_the_operator_is_told_and_the_endpoint_not_blamed(
    pipeline: Pipeline,
    aws: Aws,
    merchant: Merchant,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:1")
    webhook_id = created(merchant, destination=queue(aws.queue("loyalty"), ROLE))
    merchant.member()
    pipeline.run(merchant)

    (delivery,) = deliveries_of(merchant)
    (attempt,) = delivery.attempts
    assert (delivery.state, attempt.error) == ("pending", "credentials_unavailable")
    assert kept(webhook_id).health.failing_since is None
    lines = [line for line in capfd.readouterr().out.splitlines() if "google identity" in line]
    logged = json.loads(lines[0])
    assert (logged["severity"], logged["storeId"]) == ("ERROR", merchant.store_id)


def test_credentials_are_stored_encrypted_and_not_shown(merchant: Merchant) -> None:
    answer = create(merchant, destination=QUEUE)
    endpoint = kept(answer.body["webhook"]["webhookId"])
    assert endpoint_secrets.credentials(endpoint) == QUEUE["credentials"]
    for shown in (answer.body, listed(merchant), endpoint):
        assert ACCESS_KEY["secretAccessKey"] not in str(shown)
        assert ACCESS_KEY["accessKeyId"] not in str(shown)


def test_the_requests_of_the_page_are_taken(merchant: Merchant) -> None:
    for command in BLOCKS["sh"]:
        body = json.loads(re.findall(r"-d '(.*?)'", command, re.DOTALL)[0])
        created(merchant, destination=body["destination"], events=body["events"])
    assert [each["kind"] for each in listed(merchant)] == ["aws_sqs", "aws_eventbridge"]


@pytest.mark.parametrize(
    ("destination", "problems"),
    [
        (
            queue("https://evil.example/123456789012/loyalty"),
            {"queueUrl": "must have the form https://sqs.REGION.amazonaws.com/ACCOUNT/NAME"},
        ),
        (
            bus("arn:aws:events:evil.example/:123456789012:event-bus/loyalty"),
            {"eventBusArn": "must have the form arn:aws:events:REGION:ACCOUNT:event-bus/NAME"},
        ),
        (
            {**QUEUE, "credentials": {"type": "role", "roleArn": "punktwerk"}},
            {"credentials.roleArn": "must have the form arn:aws:iam::ACCOUNT:role/NAME"},
        ),
        (
            {**QUEUE, "credentials": {**ACCESS_KEY, "accessKeyId": "ASIAIOSFODNN7EXAMPLE"}},
            {
                "credentials.accessKeyId": (
                    "must not be temporary: make a key of an IAM user, or name a role"
                )
            },
        ),
        ({**QUEUE, "region": "eu-central-1"}, {"region": "is not a known field"}),
        (
            {**QUEUE, "credentials": {"type": "password"}},
            {"credentials": "must have a 'type' of 'access_key', 'role'"},
        ),
    ],
    ids=["queue", "bus", "role", "temporary", "unknown", "type"],
)
def test_a_destination_that_is_none_is_refused_by_its_fields(
    merchant: Merchant, destination: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = create(merchant, destination=destination)
    expected = {f"destination.{name}": problem for name, problem in problems.items()}
    assert_fields_refused(answer, expected)
    assert ACCESS_KEY["secretAccessKey"] not in str(answer.body)


def test_a_kind_that_there_is_not_is_refused(merchant: Merchant) -> None:
    with nothing_written():
        answer = create(merchant, destination={**QUEUE, "kind": "gcp_pubsub"})
    problem = "must have a 'kind' of 'aws_sqs', 'aws_eventbridge'"
    assert_fields_refused(answer, {"destination": problem})
