"""POST /api/v1/unsubscribeFromPush: tell a device no more what happens to a card."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.errors import MembershipNotFound, ProgramNotFound
from shared.schemas.base import RequestModel
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.members.push_bodies import (
    EXAMPLE_KEY,
    DeviceId,
    PushDeviceBody,
    PushSettingsBody,
)
from shared.services.members import push_subscriptions


class Request(RequestModel):
    """The card and the device, which may be subscribed or not."""

    program_id: ProgramId
    user_id: UserId
    device_id: DeviceId
    store_id: StoreId | None = None


class Response(PushSettingsBody):
    """The devices that are told of the card now."""


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "device": {"programId": "lp_abc123", "userId": "user_xyz", "deviceId": "browser_1"}
}

EXAMPLE: dict[str, Any] = {"success": True, "pushKey": EXAMPLE_KEY, "devices": []}

REFUSALS = (ProgramNotFound, MembershipNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Unsubscribe the device."""
    saved = push_subscriptions.unsubscribe(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        device_id=body.device_id,
    )
    return Response(
        push_key=saved.key,
        devices=[PushDeviceBody.of(each) for each in saved.devices],
        is_replay=saved.is_replay,
    )
