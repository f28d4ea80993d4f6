"""A queue of Amazon SQS, standard or FIFO."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from shared import config
from shared.webhooks.client import Attempt
from shared.webhooks.destinations import aws, aws_places
from shared.webhooks.destinations.aws import AwsOperation, Credentials
from shared.webhooks.destinations.aws_places import ACCOUNT, REGION, AwsPlace
from shared.webhooks.destinations.settings import DestinationBody
from shared.webhooks.message import Message

KIND = "aws_sqs"
FIFO = ".fifo"
NAME_CHARS_MAX = 80
STAND_IN_REGION = "us-east-1"

_PATH = rf"/{ACCOUNT}/(?P<name>[A-Za-z0-9_-]+(?:\.fifo)?)"
_URL = re.compile(rf"https://sqs\.(?P<region>{REGION})\.(?P<suffix>amazonaws(?:\.[a-z]+)+){_PATH}")
_LOOPBACK_URL = re.compile(
    rf"(?P<origin>http://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{{1,5}})?){_PATH}"
)
# The form of group and deduplication ids.
_ID = re.compile("[!-~]{1,128}")


def find_queue(url: str, *, is_emulated: bool) -> AwsPlace | None:
    """Return the place of a queue; ``None`` if this is not the URL of a queue.

    Args:
        url: The URL as AWS shows it.
        is_emulated: Also accept a stand-in of SQS on this machine.
    """
    match = _URL.fullmatch(url)
    if match is not None:
        is_queue = (
            match["suffix"] == aws_places.partition(match["region"]).dns_suffix
            and len(match["name"]) <= NAME_CHARS_MAX
        )
        return aws_places.place(match["region"], is_emulated=is_emulated) if is_queue else None
    match = _LOOPBACK_URL.fullmatch(url) if is_emulated else None
    return None if match is None else AwsPlace(STAND_IN_REGION, match["origin"])


def _is_queue(url: str) -> str:
    if find_queue(url, is_emulated=config.is_emulated()) is None:
        raise ValueError("must have the form https://sqs.REGION.amazonaws.com/ACCOUNT/NAME")
    return url


class AwsSqsBody(DestinationBody):
    """A queue of Amazon SQS. Its URL names the region too."""

    kind: Literal["aws_sqs"] = Field(description="A queue of Amazon SQS.")
    queue_url: Annotated[
        str, AfterValidator(_is_queue), WithJsonSchema({"type": "string", "format": "uri"})
    ] = Field(
        description="URL of the queue as AWS shows it; the name of a FIFO queue ends with `.fifo`."
    )
    credentials: Credentials

    @property
    def target(self) -> str:
        """Return the queue's URL."""
        return self.queue_url


def send(
    message: Message,
    *,
    target: str,
    settings: Mapping[str, Any],  # noqa: ARG001 - the URL says it all
    credentials: Mapping[str, Any],
    timeout_s: float,
    is_emulated: bool,
) -> Attempt:
    """Send the message with its ids, type and signatures as attributes.

    A FIFO queue keeps the order in which the messages of a group arrive, and takes an event only
    once within five minutes, even if the answer to the first attempt was lost.
    """
    where = find_queue(target, is_emulated=is_emulated)
    if where is None:
        return Attempt(None, 0, error="url_refused")
    parameters: dict[str, Any] = {
        "QueueUrl": target,
        "MessageBody": message.body.decode(),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value}
            for name, value in message.metadata.items()
        },
    }
    if target.endswith(FIFO):
        parameters["MessageGroupId"] = _id(message.group)
        parameters["MessageDeduplicationId"] = _id(message.event_id)
    operation = AwsOperation("sqs", "send_message", parameters, _settle)
    return aws.attempt(
        operation, message, where=where, credentials=credentials, timeout_s=timeout_s
    )


def _settle(answer: Mapping[str, Any]) -> tuple[int, str]:
    return 200, f"MessageId: {answer['MessageId']}"


def _id(text: str) -> str:
    """Return the text if SQS takes it as an id, else its hash."""
    return text if _ID.fullmatch(text) else hashlib.sha256(text.encode()).hexdigest()
