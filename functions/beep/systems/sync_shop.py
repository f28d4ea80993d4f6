"""POST /api/v1/syncShop: read the orders of an online shop that have changed, and let them earn."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.systems import sync_events
from shared.domain.systems.syncs import SystemKind
from shared.errors import (
    CONNECTOR_REFUSALS,
    ConnectorNotConfigured,
    ProgramNotFound,
    StoreNotFound,
    SyncRunning,
)
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.systems.sync_bodies import (
    CHANGES_EXAMPLE,
    IsFull,
    Remarks,
    ShopName,
    ShopSynced,
    StateName,
    SyncChanges,
    SyncId,
    to_changes,
    to_remarks,
)
from shared.services.systems import sync_starts
from shared.services.systems.sync_starts import SyncTerms


class Request(RequestModel):
    """A shop that configureSync has connected. ``isFull`` reads all its orders again."""

    system: ShopName
    store_id: StoreId
    is_full: IsFull = False


class Response(ResponseModel):
    """The orders read, and what they changed. A big sync stays ``running``: see getSyncStatus."""

    success: Success = True
    system: ShopName
    synced: ShopSynced = Field(description="What was read.")
    state: StateName
    sync_id: SyncId
    changes: SyncChanges = Field(description="What became of what was read.")
    remarks: Remarks


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "stored": {"system": "generic", "storeId": "store_a"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "system": "generic",
    "synced": {"orders": 12},
    "state": "succeeded",
    "syncId": "sync_k3v9a7xq2mztc4ewnp5h",
    "changes": {**CHANGES_EXAMPLE, "changed": 0, "receiptsAwarded": 3, "receiptsTakenBack": 1},
    "remarks": [],
}

REFUSALS = (
    StoreNotFound,
    ProgramNotFound,
    SyncRunning,
    ConnectorNotConfigured,
    *CONNECTOR_REFUSALS,
)


def handle(body: Request, caller: Caller) -> Response:
    """Begin the sync, and return what was read within the time of a request."""
    begun = sync_starts.start(
        caller, SystemKind.SHOP, body.system, body.store_id, None, SyncTerms(is_full=body.is_full)
    )
    sync = begun.sync
    return Response(
        system=body.system,
        synced=ShopSynced.model_validate(dict(sync_events.synced(sync))),
        state=sync.state,
        sync_id=sync.sync_id,
        changes=to_changes(sync),
        remarks=to_remarks(sync),
        is_replay=begun.is_replay,
    )
