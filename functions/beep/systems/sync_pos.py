"""POST /api/v1/syncPOS: read products, categories and prices of a till system."""

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
    AwardPointsBody,
    IsFull,
    MayDeleteMost,
    PosName,
    PosSynced,
    Problem,
    Remarks,
    StateName,
    SyncChanges,
    SyncId,
    SystemCredentials,
    to_changes,
    to_remarks,
)
from shared.services.systems import connections, sync_starts
from shared.services.systems.sync_starts import SyncTerms


class Request(RequestModel):
    """A system with its ``credentials``, which its page in the documentation describes.

    They may be left out if configureSync has stored them. ``isFull`` reads everything again, also
    data that have not changed since the last time.
    """

    system: PosName
    store_id: StoreId
    credentials: SystemCredentials | None = None
    award_points: AwardPointsBody | None = Field(
        default=None,
        description=(
            "Have receipts that name a member earn points. By default as configureSync said."
        ),
    )
    is_full: IsFull = False
    allow_mass_deletion: MayDeleteMost = False


class Response(ResponseModel):
    """The read data, and the changes made. A big sync stays ``running``: see getSyncStatus."""

    success: Success = True
    system: PosName
    synced: PosSynced = Field(description="What was read.")
    state: StateName
    sync_id: SyncId
    changes: SyncChanges = Field(description="What became of what was read.")
    remarks: Remarks
    problem: Problem


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "credentials": {
        "system": "korona",
        "storeId": "store_a",
        "credentials": {
            "server": "128",
            "accountId": "9f8e7d6c-0000-4000-8000-00000000000a",
            "username": "beep",
            "password": "password-of-the-api-user",
        },
    },
    "stored": {"system": "korona", "storeId": "store_a"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "system": "korona",
    "synced": {"products": 42, "categories": 5, "priceUpdates": 8},
    "state": "succeeded",
    "syncId": "sync_k3v9a7xq2mztc4ewnp5h",
    "changes": CHANGES_EXAMPLE,
    "remarks": [],
    "problem": None,
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
    terms = SyncTerms(
        program_id=body.award_points.program_id if body.award_points else None,
        issued_since=body.award_points.issued_since if body.award_points else None,
        is_full=body.is_full,
        may_delete_most=body.allow_mass_deletion,
    )
    begun = sync_starts.start(
        caller, SystemKind.POS, body.system, body.store_id, body.credentials, terms
    )
    sync = begun.sync
    return Response(
        system=body.system,
        synced=PosSynced.model_validate(dict(sync_events.synced(sync))),
        state=sync.state,
        sync_id=sync.sync_id,
        changes=to_changes(sync),
        remarks=to_remarks(sync),
        problem=sync.problem,
        is_replay=begun.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Check the credentials without asking the system."""
    connections.require_fitting(SystemKind.POS, body.system, body.credentials)
    return {}
