"""POST /api/v1/pushToERP: give sales, receipts and stock changes to an ERP."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.syncs import Kind
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.records import (
    DataTypeName,
    FileBody,
    PushedRow,
    RecordBodies,
    fingerprint,
    require_records,
)
from shared.schemas.syncs import ErpName
from shared.services import pushes


class Request(RequestModel):
    """Records of one ``dataType``; each is pushed once under its ``recordId``.

    ``credentials`` may be left out if configureSync has stored them.
    """

    system: ErpName
    store_id: Id
    data_type: DataTypeName
    records: RecordBodies
    credentials: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        require_records(self.data_type, self.records)
        return self


class Response(ResponseModel):
    """What became of each record. A system that is fed by files answers with one."""

    success: Success = True
    system: ErpName
    data_type: DataTypeName
    pushed: int
    results: list[PushedRow]
    file: Annotated[FileBody | None, Field(exclude_if=lambda value: value is None)] = None


_SALE: dict[str, Any] = {
    "recordId": "sale_1001",
    "soldAt": "2026-03-03T12:00:00.000Z",
    "total": 298,
    "lines": [
        {
            "name": "Bio-Vollmilch",
            "quantity": 2,
            "unitPrice": 149,
            "vatPercent": 7,
            "ean": "4006381333931",
        }
    ],
    "payments": [{"paidBy": "card", "amount": 298}],
}
EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "sale": {
        "system": "sap",
        "storeId": "store_a",
        "dataType": "sales_record",
        "records": [_SALE],
    },
    "stock": {
        "system": "sap",
        "storeId": "store_a",
        "dataType": "inventory_update",
        "records": [{"recordId": "stock_1001", "change": -2, "ean": "4006381333931"}],
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "system": "sap",
    "dataType": "sales_record",
    "pushed": 1,
    "results": [
        {
            "recordId": "sale_1001",
            "externalId": "4711",
            "isDuplicate": False,
            "error": None,
            "message": None,
            "retryable": False,
        }
    ],
}


def handle(body: Request, caller: Caller) -> Response:
    """Push them one by one."""
    outcome = pushes.push(
        caller,
        Kind.ERP,
        body.system,
        body.store_id,
        body.data_type,
        [(each.to_record(), fingerprint(each)) for each in body.records],
        body.credentials,
    )
    rows = [PushedRow.model_validate(each, from_attributes=True) for each in outcome.rows]
    file = outcome.file
    return Response(
        system=body.system,
        data_type=body.data_type,
        pushed=sum(row.error is None for row in rows),
        results=rows,
        file=None
        if file is None
        else FileBody(
            name=file.name,
            content_type=file.content_type,
            content=base64.b64encode(file.content).decode(),
        ),
    )
