"""POST /api/v1/subscribeToPush: tell a device what happens to a card."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared import clock
from shared.auth.caller import Caller
from shared.domain.members.push_subscriptions import PushDevice, PushKind
from shared.errors import (
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    ProgramNotFound,
    PushNotConfigured,
)
from shared.schemas.base import RequestModel
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.members.push_bodies import (
    EXAMPLE_KEY,
    DeviceId,
    DeviceLanguage,
    Kinds,
    PushDeviceBody,
    PushSettingsBody,
)
from shared.services.members import push_subscriptions


class Request(RequestModel):
    """The card, the device, and what it wants to know. It replaces what the device had before.

    Of more than five devices of a card, the one that was subscribed first is told no more.
    """

    program_id: ProgramId
    user_id: UserId
    device_id: DeviceId
    token: str = Field(
        min_length=1,
        max_length=4096,
        pattern=r"^[!-~]+$",
        description=(
            "By what Firebase Cloud Messaging knows the device: the installation id that "
            "`onRegistered` gives, or a registration token."
        ),
    )
    language: DeviceLanguage
    kinds: Kinds = Field(min_length=1, max_length=len(PushKind))
    store_id: StoreId | None = None


class Response(PushSettingsBody):
    """All devices that are told of the card now."""


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "device": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "deviceId": "browser_1",
        "token": "dW5pdA:APA91bH3xampleTokenOfFcm",
        "language": "en",
        "kinds": ["earned", "rewardInReach", "expiring"],
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "pushKey": EXAMPLE_KEY,
    "devices": [
        {
            "deviceId": "browser_1",
            "language": "en",
            "kinds": ["earned", "rewardInReach", "expiring"],
            "subscribedAt": "2026-03-03T12:00:00.000Z",
        }
    ],
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    MemberSuspended,
    MembershipClosed,
    PushNotConfigured,
)


def handle(body: Request, caller: Caller) -> Response:
    """Subscribe the device."""
    saved = push_subscriptions.subscribe(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        device=PushDevice(
            device_id=body.device_id,
            token=body.token,
            language=body.language,
            kinds=tuple(each for each in PushKind if each in body.kinds),
            subscribed_at=clock.utc_now(),
        ),
    )
    return Response(
        push_key=saved.key,
        devices=[PushDeviceBody.of(each) for each in saved.devices],
        is_replay=saved.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the device as it would be subscribed."""
    [example] = EXAMPLE["devices"]
    own = {"deviceId": body.device_id, "language": body.language, "kinds": list(body.kinds)}
    return {"devices": [{**example, **own}]}
