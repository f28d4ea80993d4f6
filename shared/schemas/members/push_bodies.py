"""Which devices are told of a card, as three actions answer it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.members.push_subscriptions import Language, PushDevice
from shared.schemas.base import Id, ResponseModel, Success, Timestamp, WireModel

DeviceId = Annotated[Id, Field(description="Your id of the device: one for each installation.")]
Kinds = Annotated[
    list[Literal["earned", "rewardInReach", "expiring"]],
    Field(
        description=(
            "What to tell: `earned`, `rewardInReach` (a booking made a reward affordable), "
            "`expiring` (points expire soon, as many days before as the program says)."
        )
    ),
]
DeviceLanguage = Annotated[Language, Field(description="The language of the messages.")]


class PushDeviceBody(WireModel):
    """A device that is told. Its token is not shown."""

    device_id: DeviceId
    language: DeviceLanguage
    kinds: Kinds
    subscribed_at: Timestamp = Field(description="When it was subscribed: UTC, milliseconds.")

    @classmethod
    def of(cls, device: PushDevice) -> PushDeviceBody:
        """Return what is shown of a device."""
        return cls(
            device_id=device.device_id,
            language=device.language,
            kinds=[each.value for each in device.kinds],
            subscribed_at=device.subscribed_at,
        )


class PushSettingsBody(ResponseModel):
    """The devices that are told of the card, at most five."""

    success: Success = True
    push_key: str | None = Field(
        description=(
            "The public key by which a browser subscribes to Web Push (VAPID). Null: the operator "
            "has not switched messages on."
        )
    )
    devices: list[PushDeviceBody] = Field(description="The oldest first.")


EXAMPLE_KEY = (
    "BAzsVeiX_2DZbZkJLbZcbbQPA3zO4N3g9zncQavPhOqondMtTe8lLzguOuagc0J1jTnbXBpHXo2DKM54fqJMm_s"
)
