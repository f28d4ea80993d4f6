"""POST /api/v1/getSyncStatus: show a store's systems and their latest syncs."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.systems.sync_bodies import (
    SYNC_EXAMPLE,
    KindName,
    SystemBody,
    SystemName,
    to_system_body,
)
from shared.services.systems import connections


class Request(RequestModel):
    """The request names the store; ``kind`` and ``system`` choose among its systems."""

    store_id: StoreId
    kind: KindName | None = None
    system: SystemName | None = None


class Response(ResponseModel):
    """The systems that are configured or were synced before, without secrets."""

    success: Success = True
    store_id: answers.StoreId
    systems: list[SystemBody] = Field(
        description="Systems that are configured or were synced before."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "all": {"storeId": "store_a"},
    "one": {"storeId": "store_a", "kind": "pos", "system": "korona"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "systems": [
        {
            "kind": "pos",
            "system": "korona",
            "isConfigured": True,
            "config": {"server": "128"},
            "schedule": "nightly",
            "awardPointsProgramId": None,
            "nextSyncAt": "2026-03-04T02:19:00.000Z",
            "writesCards": False,
            "lastSync": SYNC_EXAMPLE,
            "waiting": [],
        }
    ],
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Read the systems."""
    found = connections.statuses(caller, body.store_id)
    return Response(
        store_id=body.store_id,
        systems=[
            to_system_body(each.kind, each.system, each.connection, each.sync, each.waiting)
            for each in found
            if body.kind in {None, each.kind} and body.system in {None, each.system}
        ],
    )
