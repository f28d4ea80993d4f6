"""POST /api/v1/configureSync: store the access to a till system, ERP or shop for syncs."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.systems.syncs import SyncSchedule
from shared.errors import CONNECTOR_REFUSALS, ProgramNotFound, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.systems.sync_bodies import KindName, NextSyncAt, ScheduleName, SystemName
from shared.services.systems import connections


class Request(RequestModel):
    """A system with its ``credentials``, which are checked with it, stored encrypted, never shown.

    With ``awardPointsProgramId`` receipts that name a member earn points in that program.
    """

    kind: KindName
    system: SystemName
    store_id: StoreId
    credentials: dict[str, Any] = Field(
        description=(
            "What the system needs; the fields depend on `system`. Stored encrypted, never shown "
            "again. What a shop has handed over by itself stays if it is left out."
        )
    )
    schedule: ScheduleName = SyncSchedule.NONE
    award_points_program_id: Id | None = Field(
        default=None,
        description="The program in which receipts that name a member earn points. Null for none.",
    )
    writes_cards: bool = Field(
        default=False,
        description=(
            "For shops: customers who are linked to a member see balance, tier and code of the "
            "card in the shop. Not every shop takes them."
        ),
    )


class Response(ResponseModel):
    """The system's configuration, without secrets."""

    success: Success = True
    kind: KindName
    system: SystemName
    store_id: answers.StoreId
    configured: Success = True
    schedule: ScheduleName
    next_sync_at: NextSyncAt
    writes_cards: bool = Field(description="Whether linked customers of a shop see their card.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "nightly": {
        "kind": "pos",
        "system": "korona",
        "storeId": "store_a",
        "credentials": {
            "server": "128",
            "accountId": "9f8e7d6c-0000-4000-8000-00000000000a",
            "username": "beep",
            "password": "password-of-the-api-user",
        },
        "schedule": "nightly",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "kind": "pos",
    "system": "korona",
    "storeId": "store_a",
    "configured": True,
    "schedule": "nightly",
    "nextSyncAt": "2026-03-04T02:19:00.000Z",
    "writesCards": False,
}

REFUSALS = (StoreNotFound, ProgramNotFound, *CONNECTOR_REFUSALS)


def handle(body: Request, caller: Caller) -> Response:
    """Check the credentials with the system, then store them."""
    connections.require_system(body.kind, body.system)
    done = connections.configure(
        caller,
        body.kind,
        body.system,
        body.store_id,
        body.credentials,
        schedule=body.schedule,
        program_id=body.award_points_program_id,
        writes_cards=body.writes_cards,
    )
    return Response(
        kind=body.kind,
        system=body.system,
        store_id=body.store_id,
        schedule=done.connection.schedule,
        next_sync_at=done.connection.next_sync_at,
        writes_cards=done.connection.writes_cards,
        is_replay=done.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Check the credentials without asking the system."""
    connections.storable_settings(body.kind, body.system, body.credentials)
    connections.require_cards(
        body.kind, body.system, body.award_points_program_id, writes_cards=body.writes_cards
    )
    return {}
