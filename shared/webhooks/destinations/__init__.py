"""The destinations of events: a URL, or a queue or bus of a cloud.

A kind of destination is a module of this package with a model (the settings that a merchant gives)
and a function ``send``. To add one, add its module, its model in ``Destination`` and its line in
``_SENDERS``. See ``docs/destinations.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Protocol

from pydantic import Field

from shared.domain.webhooks.endpoints import HTTP
from shared.schemas.base import Untagged
from shared.webhooks.client import Attempt
from shared.webhooks.destinations import aws_eventbridge, aws_sqs, http
from shared.webhooks.message import Message

Destination = Annotated[
    aws_sqs.AwsSqsBody | aws_eventbridge.AwsEventBridgeBody,
    Field(discriminator="kind", description="A queue or bus on AWS, instead of `url`."),
    Untagged,
]
"""A destination that is not a URL, as requests name it."""


class Send(Protocol):
    """Sends a message once. Never raises, whatever a destination does."""

    def __call__(
        self,
        message: Message,
        *,
        target: str,
        settings: Mapping[str, Any],
        credentials: Mapping[str, Any],
        timeout_s: float,
        is_emulated: bool,
    ) -> Attempt:
        """Make one attempt.

        Args:
            message: The message to send.
            target: The URL, queue or bus.
            settings: The result of the model's ``visible`` when the endpoint was made.
            credentials: The result of the model's ``secret``; empty for a URL.
            timeout_s: For the whole attempt.
            is_emulated: Also send to this machine.
        """


_SENDERS: Mapping[str, Send] = {
    HTTP: http.send,
    aws_sqs.KIND: aws_sqs.send,
    aws_eventbridge.KIND: aws_eventbridge.send,
}


def sender(kind: str) -> Send:
    """Return the function that sends to destinations of a kind."""
    return _SENDERS[kind]
