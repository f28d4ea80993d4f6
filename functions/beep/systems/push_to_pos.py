"""POST /api/v1/pushToPOS: give sales, receipts and stock changes to a till system."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.domain.systems.syncs import SystemKind
from shared.errors import CONNECTOR_REFUSALS, ConnectorNotConfigured, StoreNotFound
from shared.schemas.systems.record_bodies import (
    PUSHED_EXAMPLE,
    SALE_EXAMPLE,
    STOCK_EXAMPLE,
    PushRequest,
    PushResponse,
    to_file_body,
    to_rows,
)
from shared.schemas.systems.sync_bodies import PosName
from shared.services.systems import pushes


class Request(PushRequest):
    """Records of one ``dataType``; each is pushed once under its ``recordId``.

    ``credentials`` may be left out if configureSync has stored them.
    """

    system: PosName


class Response(PushResponse):
    """The result of each record. For a system that imports files, the answer has a file."""

    system: PosName


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "sale": {
        "system": "korona",
        "storeId": "store_a",
        "dataType": "sales_record",
        "records": [SALE_EXAMPLE],
    },
    "stock": {
        "system": "korona",
        "storeId": "store_a",
        "dataType": "inventory_update",
        "records": [STOCK_EXAMPLE],
    },
}

EXAMPLE: dict[str, Any] = {**PUSHED_EXAMPLE, "system": "korona"}

REFUSALS = (StoreNotFound, ConnectorNotConfigured, *CONNECTOR_REFUSALS)


def handle(body: Request, caller: Caller) -> Response:
    """Push the records one by one."""
    outcome = pushes.push(
        caller,
        SystemKind.POS,
        body.system,
        body.store_id,
        body.data_type,
        body.fingerprinted(),
        body.credentials,
    )
    rows = to_rows(outcome.rows)
    return Response(
        system=body.system,
        data_type=body.data_type,
        pushed=sum(row.error is None for row in rows),
        results=rows,
        file=to_file_body(outcome.file),
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Check the records and the credentials; every record would be pushed."""
    pushes.require_possible(SystemKind.POS, body.system, body.data_type, body.credentials)
    results = [{**EXAMPLE["results"][0], "recordId": each.record_id} for each in body.records]
    return {"pushed": len(results), "results": results}
