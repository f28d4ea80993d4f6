"""Event buses: which ARNs are taken, and what a rule's target gets."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from shared.schemas.base import to_refusal
from shared.webhooks.client import Attempt
from shared.webhooks.destinations import aws_eventbridge
from shared.webhooks.destinations.aws_eventbridge import AwsEventBridgeBody, find_region
from tests.support.aws import ACCESS_KEY, Aws
from tests.support.messages import BODY, SECRET, new_message
from tests.support.receivers import Received, receiving, status, verify

ARN = "arn:aws:events:eu-central-1:123456789012:event-bus/loyalty"
HOSTILE_ARNS = [
    "",
    "loyalty",
    "arn:aws:events:eu-central-1:123456789012:rule/loyalty",
    "arn:aws:events:eu-central-1:123456789012:event-bus/",
    "arn:aws:events:eu-central-1:123456789012:event-bus/a b",
    "arn:aws:events:eu-central-1:123456789012:event-bus/loyalty\n",
    "arn:aws:events:eu-central-1:123456789012:event-bus/" + "x" * 257,
    "arn:aws:events:eu-central-1:12345678901:event-bus/loyalty",
    "arn:aws:events::123456789012:event-bus/loyalty",
    "arn:aws:events:eu-central-1.evil.com/:123456789012:event-bus/loyalty",
    "arn:aws:events:evil.com#-1:123456789012:event-bus/loyalty",
    "arn:aws:events:evil.com/x-1:123456789012:event-bus/loyalty",
    "arn:aws:events:user@evil-1:123456789012:event-bus/loyalty",
    "arn:aws:events:169.254.169.254:123456789012:event-bus/loyalty",
    "arn:aws:events:localhost:123456789012:event-bus/loyalty",
    "arn:aws:events:EU-CENTRAL-1:123456789012:event-bus/loyalty",
    "arn:aws:events:eu-central-१:123456789012:event-bus/loyalty",
    "arn:aws:events:cn-north-1:123456789012:event-bus/loyalty",
    "arn:aws-cn:events:eu-central-1:123456789012:event-bus/loyalty",
    "arn:evil:events:eu-central-1:123456789012:event-bus/loyalty",
    "arn:aws:sqs:eu-central-1:123456789012:event-bus/loyalty",
    "https://events.eu-central-1.amazonaws.com",
]


def body(arn: str) -> AwsEventBridgeBody:
    return AwsEventBridgeBody.model_validate(
        {"kind": "aws_eventbridge", "eventBusArn": arn, "credentials": ACCESS_KEY}
    )


def send(arn: str, *, is_emulated: bool = True) -> Attempt:
    return aws_eventbridge.send(
        new_message(),
        target=arn,
        settings={},
        credentials=ACCESS_KEY,
        timeout_s=5,
        is_emulated=is_emulated,
    )


@pytest.mark.parametrize(
    ("arn", "region"),
    [
        (ARN, "eu-central-1"),
        ("arn:aws:events:us-east-1:123456789012:event-bus/default", "us-east-1"),
        ("arn:aws:events:us-east-1:123456789012:event-bus/aws.partner/a.b/c_d", "us-east-1"),
        ("arn:aws-cn:events:cn-north-1:123456789012:event-bus/loyalty", "cn-north-1"),
        ("arn:aws-us-gov:events:us-gov-west-1:123456789012:event-bus/x", "us-gov-west-1"),
        ("arn:aws-eusc:events:eusc-de-east-1:123456789012:event-bus/x", "eusc-de-east-1"),
    ],
)
def test_buses_are_taken(arn: str, region: str) -> None:
    assert body(arn).target == arn
    assert body(arn).visible() == {"kind": "aws_eventbridge", "eventBusArn": arn}
    assert find_region(arn) == region


@pytest.mark.parametrize("arn", HOSTILE_ARNS)
def test_everything_else_is_refused(arn: str) -> None:
    with pytest.raises(ValidationError) as caught:
        body(arn)
    assert to_refusal(caught.value).message == (
        "eventBusArn must have the form arn:aws:events:REGION:ACCOUNT:event-bus/NAME."
    )
    assert send(arn) == Attempt(None, 0, error="url_refused")


def test_a_rule_matches_the_event_and_its_target_can_check_it(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    pattern = {
        "source": ["punktwerk"],
        "detail-type": ["loyalty.points_earned"],
        "detail": {"data": {"points": [50]}},
    }
    arn, queue_url = aws.bus("loyalty", pattern)
    attempt = send(arn)
    (message,) = aws.messages(queue_url)
    told = json.loads(message["Body"])
    assert (attempt.status, attempt.error) == (200, None)
    assert attempt.response_text == f"EventId: {told['id']}"
    assert (told["source"], told["detail-type"]) == ("punktwerk", "loyalty.points_earned")
    delivery = told["detail"].pop("delivery")
    assert told["detail"] == json.loads(BODY)
    assert delivery.keys() == {"id", "headers", "payload"}
    assert delivery["id"] == "evt_1_we_1"
    assert delivery["payload"] == BODY
    headers = {name.lower(): value for name, value in delivery["headers"].items()}
    assert headers["x-beep-event"] == "loyalty.points_earned"
    verify(Received("POST", "/", headers, delivery["payload"].encode()), SECRET)


def test_what_no_rule_matches_is_taken_too(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    arn, queue_url = aws.bus("loyalty", {"detail-type": ["loyalty.enrollment"]})
    assert send(arn).status == 200
    assert aws.messages(queue_url) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ThrottlingException", 429),
        ("InternalFailure", 500),
        ("InternalException", 500),
        ("AccessDeniedException", 403),
        ("NotAuthorizedForSourceException", 400),
        ("MalformedDetail", 400),
    ],
)
def test_an_entry_that_aws_did_not_take_has_failed(
    monkeypatch: pytest.MonkeyPatch, code: str, expected: int
) -> None:
    entry = {"ErrorCode": code, "ErrorMessage": "Not today."}
    answer = {"FailedEntryCount": 1, "Entries": [entry]}
    with receiving("") as receiver:
        receiver.answer = status(200, json.dumps(answer))
        monkeypatch.setenv("AWS_ENDPOINT_URL", receiver.url)
        attempt = send(ARN)
    assert (attempt.status, attempt.error) == (expected, None)
    assert attempt.response_text == f"PutEvents: {code}: Not today."
    assert len(receiver.received) == 1


@pytest.mark.parametrize("answer", ["{}", '{"FailedEntryCount":0,"Entries":[]}', "<html>"])
def test_an_answer_that_is_not_awss_is_no_success(
    monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    with receiving("") as receiver:
        receiver.answer = status(200, answer)
        monkeypatch.setenv("AWS_ENDPOINT_URL", receiver.url)
        attempt = send(ARN)
    assert (attempt.status, attempt.error) == (None, "invalid_response")
