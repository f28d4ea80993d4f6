"""GET /api/v1/getPushSettings: which devices are told what happens to a card."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.errors import MembershipNotFound, ProgramNotFound
from shared.schemas.base import RequestModel
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.members.push_bodies import EXAMPLE_KEY, PushDeviceBody, PushSettingsBody
from shared.services.members import push_subscriptions


class Request(RequestModel):
    """The request names the card."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None


class Response(PushSettingsBody):
    """The devices that are told of the card, and by which key a browser subscribes."""


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "card": {"programId": "lp_abc123", "userId": "user_xyz"}
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

REFUSALS = (ProgramNotFound, MembershipNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the settings."""
    found = push_subscriptions.settings(
        caller, program_id=body.program_id, user_id=body.user_id, store_id=body.store_id
    )
    return Response(push_key=found.key, devices=[PushDeviceBody.of(each) for each in found.devices])
