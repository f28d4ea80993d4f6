"""A queue of Amazon SQS, standard or FIFO."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from shared.webhooks.client import Attempt
from shared.webhooks.destinations.aws import Credentials, Region
from shared.webhooks.destinations.settings import DestinationSettings
from shared.webhooks.message import Message

KIND = "aws_sqs"


class Settings(DestinationSettings):
    """A queue by its URL."""

    kind: Literal["aws_sqs"]
    queue_url: str
    region: Region
    credentials: Credentials

    @property
    def target(self) -> str:
        """Return the queue's URL."""
        return self.queue_url


def send(
    message: Message,
    *,
    target: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    timeout_s: float,
    is_emulated: bool,
) -> Attempt:
    """Send the message with its id, type and signatures as attributes."""
    raise NotImplementedError
