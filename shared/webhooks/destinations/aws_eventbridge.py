"""An event bus of Amazon EventBridge."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from shared.webhooks.client import Attempt
from shared.webhooks.destinations import aws, aws_places
from shared.webhooks.destinations.aws import AwsOperation, Credentials
from shared.webhooks.destinations.aws_places import ACCOUNT, REGION
from shared.webhooks.destinations.settings import DestinationBody
from shared.webhooks.message import Message

KIND = "aws_eventbridge"
SOURCE = "punktwerk"
"""The ``source`` of every event, for rules to match."""

_ARN = (
    rf"arn:(?P<partition>aws(?:-[a-z]+)*):events:(?P<region>{REGION}):{ACCOUNT}"
    r":event-bus/[A-Za-z0-9_./-]{1,256}"
)


def find_region(arn: str) -> str | None:
    """Return the region of an event bus; ``None`` if this is not the ARN of an event bus."""
    match = re.fullmatch(_ARN, arn)
    if match is None or match["partition"] != aws_places.partition(match["region"]).name:
        return None
    return match["region"]


def _is_bus(arn: str) -> str:
    if find_region(arn) is None:
        raise ValueError("must have the form arn:aws:events:REGION:ACCOUNT:event-bus/NAME")
    return arn


class AwsEventBridgeBody(DestinationBody):
    """An event bus of Amazon EventBridge. Its ARN names the region too."""

    kind: Literal["aws_eventbridge"] = Field(description="An event bus of Amazon EventBridge.")
    event_bus_arn: Annotated[
        str,
        AfterValidator(_is_bus),
        WithJsonSchema({"type": "string", "pattern": "^arn:aws[a-z-]*:events:"}),
    ] = Field(description="ARN of the event bus, which names its region too.")
    credentials: Credentials

    @property
    def target(self) -> str:
        """Return the bus's ARN."""
        return self.event_bus_arn


def send(
    message: Message,
    *,
    target: str,
    settings: Mapping[str, Any],  # noqa: ARG001 - the ARN says it all
    credentials: Mapping[str, Any],
    timeout_s: float,
    is_emulated: bool,
) -> Attempt:
    """Put the message on the bus as one entry.

    Its ``detail`` is the event, for rules to match. ``delivery`` in it has the exact text with its
    signatures, because EventBridge rewrites the JSON, and the signatures would not fit any more.
    """
    region = find_region(target)
    if region is None:
        return Attempt(None, 0, error="url_refused")
    delivery = {
        "id": message.delivery_id,
        "headers": message.metadata,
        "payload": message.body.decode(),
    }
    entry = {
        "EventBusName": target,
        "Source": SOURCE,
        "DetailType": message.event_type,
        "Detail": json.dumps(
            {**json.loads(message.body), "delivery": delivery}, separators=(",", ":")
        ),
    }
    operation = AwsOperation("events", "put_events", {"Entries": [entry]}, _settle)
    where = aws_places.place(region, is_emulated=is_emulated)
    return aws.attempt(
        operation, message, where=where, credentials=credentials, timeout_s=timeout_s
    )


def _settle(answer: Mapping[str, Any]) -> tuple[int, str]:
    """Return the status of the one entry: AWS answers 200 even if it refused the entry."""
    entry = answer["Entries"][0]
    if answer["FailedEntryCount"] == 0:
        return 200, f"EventId: {entry['EventId']}"
    from shared.webhooks.destinations.aws_calls import status_of

    code = entry["ErrorCode"]
    text = f"PutEvents: {code}: {entry.get('ErrorMessage', '')}"
    return status_of(code, 500 if code.startswith("Internal") else 400), text
