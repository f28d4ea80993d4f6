"""An event bus of Amazon EventBridge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.webhooks.client import Attempt
from shared.webhooks.destinations.aws import Credentials
from shared.webhooks.destinations.settings import DestinationSettings
from shared.webhooks.message import Message

KIND = "aws_eventbridge"


class Settings(DestinationSettings):
    """An event bus by its ARN, which names the region too."""

    kind: Literal["aws_eventbridge"]
    event_bus_arn: Annotated[
        str,
        Field(pattern=r"^arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9_./-]+$"),
    ]
    credentials: Credentials

    @property
    def target(self) -> str:
        """Return the bus's ARN."""
        return self.event_bus_arn


def send(
    message: Message,
    *,
    target: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    timeout_s: float,
    is_emulated: bool,
) -> Attempt:
    """Put the message on the bus as one entry."""
    raise NotImplementedError
