"""Queues: which URLs are taken, and what arrives in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.schemas.base import to_refusal
from shared.webhooks.client import Attempt
from shared.webhooks.destinations import aws_sqs
from shared.webhooks.destinations.aws_places import AwsPlace
from shared.webhooks.destinations.aws_sqs import AwsSqsBody, find_queue
from shared.webhooks.message import Message
from tests.support.aws import ACCESS_KEY, Aws, as_received
from tests.support.messages import BODY, SECRET, new_message
from tests.support.receivers import verify

URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/events"
LOOPBACK_URL = "http://127.0.0.1:5000/123456789012/events"
HOSTILE_URLS = [
    "",
    "events",
    "http://sqs.eu-central-1.amazonaws.com/123456789012/events",
    "https://sqs.eu-central-1.amazonaws.com.evil.com/123456789012/events",
    "https://sqs.eu-central-1.amazonaws.evil/123456789012/events",
    "https://sqs.eu-central-1.amazonaws.com:8443/123456789012/events",
    "https://sqs.eu-central-1.amazonaws.com@evil.com/123456789012/events",
    "https://user:pass@sqs.eu-central-1.amazonaws.com/123456789012/events",
    "https://evil.com/sqs.eu-central-1.amazonaws.com/123456789012/events",
    "https://evil.com#sqs.eu-central-1.amazonaws.com/123456789012/events",
    "https://evil.com?sqs.eu-central-1.amazonaws.com/123456789012/events",
    "https://evil.com\\.sqs.eu-central-1.amazonaws.com/123456789012/events",
    "https://sqs.evil.com/x.eu-central-1.amazonaws.com/123456789012/events",
    "https://sqs.evil.com-1.amazonaws.com/123456789012/events",
    "https://sqs..amazonaws.com/123456789012/events",
    "https://sqs.eu-central-1.amazonaws.com.cn/123456789012/events",
    "https://sqs.cn-north-1.amazonaws.com/123456789012/events",
    "https://sqs.eu-central-1.amazonaws.eu/123456789012/events",
    "https://sqs-eu-central-1.amazonaws.com/123456789012/events",
    "https://s3.eu-central-1.amazonaws.com/123456789012/events",
    "https://SQS.eu-central-1.amazonaws.com/123456789012/events",
    "https://sqs.EU-CENTRAL-1.amazonaws.com/123456789012/events",
    "https://sqs.eu-central-१.amazonaws.com/123456789012/events",
    "https://sqs.eu-central-1.amazonaws.com/12345678901/events",
    "https://sqs.eu-central-1.amazonaws.com/123456789012/",
    "https://sqs.eu-central-1.amazonaws.com/123456789012/events/more",
    "https://sqs.eu-central-1.amazonaws.com/123456789012/events?Action=DeleteQueue",
    "https://sqs.eu-central-1.amazonaws.com/123456789012/../events",
    "https://sqs.eu-central-1.amazonaws.com/123456789012/a.fifo.fifo",
    "https://sqs.eu-central-1.amazonaws.com/123456789012/.fifo",
    "https://sqs.eu-central-1.amazonaws.com/123456789012/events\n",
    "https://sqs.eu-central-1.amazonaws.com/123456789012/" + "x" * 81,
    "https://sqs.eu-central-1.amazonaws.com/123456789012/" + "x" * 76 + ".fifo",
    "https://169.254.169.254/123456789012/events",
    "http://169.254.169.254/123456789012/events",
    "https://localhost/123456789012/events",
    "http://127.0.0.1.evil.com/123456789012/events",
    "http://127.0.0.1@evil.com/123456789012/events",
    "http://127.1/123456789012/events",
    "http://10.0.0.1:5000/123456789012/events",
]


def send(url: str, message: Message, *, is_emulated: bool = True, timeout_s: float = 5) -> Attempt:
    return aws_sqs.send(
        message,
        target=url,
        settings={},
        credentials=ACCESS_KEY,
        timeout_s=timeout_s,
        is_emulated=is_emulated,
    )


def body(url: str) -> AwsSqsBody:
    return AwsSqsBody.model_validate(
        {"kind": "aws_sqs", "queueUrl": url, "credentials": ACCESS_KEY}
    )


@pytest.mark.parametrize(
    "name", ["events", "Events_1-2", "x" * 80, "events.fifo", "x" * 75 + ".fifo"]
)
def test_queues_of_aws_are_taken(production: None, name: str) -> None:
    url = f"https://sqs.eu-central-1.amazonaws.com/123456789012/{name}"
    assert body(url).target == url


@pytest.mark.parametrize("url", [*HOSTILE_URLS, LOOPBACK_URL])
def test_everything_else_is_refused(production: None, url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        body(url)
    assert to_refusal(caught.value).message == (
        "queueUrl must have the form https://sqs.REGION.amazonaws.com/ACCOUNT/NAME."
    )
    assert send(url, new_message(), is_emulated=False) == Attempt(None, 0, error="url_refused")


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_the_emulator_takes_no_more_of_them(emulated: None, url: str) -> None:
    with pytest.raises(ValidationError):
        body(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:5000", "localhost:5000", "[::1]:5000"])
def test_the_emulator_takes_queues_on_this_machine(emulated: None, host: str) -> None:
    url = f"http://{host}/123456789012/events"
    assert body(url).target == url
    assert find_queue(url, is_emulated=True) == AwsPlace("us-east-1", f"http://{host}")


def test_under_the_emulator_a_queue_of_aws_has_a_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")
    assert find_queue(URL, is_emulated=True) == AwsPlace("eu-central-1", "http://127.0.0.1:5000")
    assert find_queue(URL, is_emulated=False) == AwsPlace("eu-central-1")


def test_the_exact_text_arrives_with_signatures_that_fit(aws: Aws) -> None:
    queue_url = aws.queue("events")
    sent = new_message()
    attempt = send(queue_url, sent)
    (message,) = aws.messages(queue_url)
    assert (attempt.status, attempt.error) == (200, None)
    assert attempt.response_text == f"MessageId: {message['MessageId']}"
    assert attempt.duration_ms >= 0
    assert message["Body"] == BODY
    assert {
        name: (each["DataType"], each["StringValue"])
        for name, each in message["MessageAttributes"].items()
    } == {
        "X-Beep-Event": ("String", "loyalty.points_earned"),
        "X-Beep-Delivery": ("String", "evt_1_we_1"),
        "X-Beep-Signature": ("String", sent.signature["X-Beep-Signature"]),
        "webhook-id": ("String", "evt_1"),
        "webhook-timestamp": ("String", sent.signature["webhook-timestamp"]),
        "webhook-signature": ("String", sent.signature["webhook-signature"]),
    }
    verify(as_received(message), SECRET)


def test_a_standard_queue_has_no_groups_and_may_get_an_event_twice(aws: Aws) -> None:
    queue_url = aws.queue("events")
    for _ in range(2):
        send(queue_url, new_message())
    messages = aws.messages(queue_url)
    assert [each["Body"] for each in messages] == [BODY, BODY]
    assert not any("MessageGroupId" in each["Attributes"] for each in messages)


def test_a_fifo_queue_keeps_the_order_of_a_member_and_takes_an_event_once(aws: Aws) -> None:
    queue_url = aws.queue("events.fifo")
    for event_id in ("evt_1", "evt_2", "evt_1", "evt_3"):
        assert send(queue_url, new_message(event_id)).status == 200
    told = [
        (
            each["MessageAttributes"]["webhook-id"]["StringValue"],
            each["Attributes"]["MessageGroupId"],
            each["Attributes"]["MessageDeduplicationId"],
        )
        for each in aws.messages(queue_url)
    ]
    assert told == [(each, "lp_1_u_1", each) for each in ("evt_1", "evt_2", "evt_3")]


@pytest.mark.parametrize("group", ["lp_1_Zoë", "a b", "", "x" * 129, "\u2028"])
def test_a_group_that_sqs_would_not_take_is_hashed(aws: Aws, group: str) -> None:
    queue_url = aws.queue("events.fifo")
    assert send(queue_url, new_message(group=group)).status == 200
    (message,) = aws.messages(queue_url)
    assert message["Attributes"]["MessageGroupId"] == aws_sqs._id(group)


@given(st.text(), st.text())
def test_ids_are_what_sqs_takes_and_differ(first: str, second: str) -> None:
    assert aws_sqs._ID.fullmatch(aws_sqs._id(first))
    assert (aws_sqs._id(first) == aws_sqs._id(second)) == (first == second)


def test_a_queue_that_is_not_there_is_told_of(aws: Aws) -> None:
    attempt = send(f"{aws.url}/123456789012/missing", new_message())
    assert (attempt.status, attempt.error) == (400, None)
    assert attempt.response_text.startswith(
        "SendMessage: AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist"
    )
