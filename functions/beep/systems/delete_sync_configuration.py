"""POST /api/v1/deleteSyncConfiguration: delete a store's access to one of its systems."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.errors import ConnectorNotConfigured, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.systems.sync_bodies import KindName, SystemName
from shared.services.systems import connections


class Request(RequestModel):
    """The request names the system. Synced data stay.

    A page of connectShop that waits for the merchant does not work any more, also if there is no
    access to delete.
    """

    kind: KindName
    system: SystemName
    store_id: StoreId


class Response(ResponseModel):
    """The deleted access: the credentials are gone, and no sync begins by itself any more."""

    success: Success = True
    kind: KindName
    system: SystemName
    store_id: answers.StoreId
    deleted: Success = True


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "korona": {"kind": "pos", "system": "korona", "storeId": "store_a"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "kind": "pos",
    "system": "korona",
    "storeId": "store_a",
    "deleted": True,
}

REFUSALS = (StoreNotFound, ConnectorNotConfigured)


def handle(body: Request, caller: Caller) -> Response:
    """Delete the access."""
    connections.require_system(body.kind, body.system)
    is_replay = connections.delete(caller, body.kind, body.system, body.store_id)
    return Response(kind=body.kind, system=body.system, store_id=body.store_id, is_replay=is_replay)


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Check that there is such a system."""
    connections.require_system(body.kind, body.system)
    return {}
