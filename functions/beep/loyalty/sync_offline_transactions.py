"""POST /api/v1/syncOfflineTransactions: book what a till has granted while it was offline."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.loyalty.row_bodies import (
    ROW_EXAMPLES,
    ROWS_MAX,
    BookedRow,
    OfflineTransaction,
    OfflineTransactionBody,
    RowCounts,
    to_counts,
    to_rows,
)
from shared.schemas.rows import judged
from shared.services.loyalty import row_bookings, sandbox_rows


class Request(RequestModel):
    """Transactions in any order; a bad one is told of, and the others are booked."""

    store_id: StoreId | None = None
    device_id: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="Your id of the till. Other tills may use the same `clientTransactionId`."
    )
    transactions: list[OfflineTransaction] = Field(
        min_length=1,
        max_length=ROWS_MAX,
        description="What it has booked; done in the order of `occurredAt`.",
    )


class Response(ResponseModel):
    """The results of the transactions."""

    success: Success = True
    is_complete: bool = Field(
        description="False if some are `not_done`: send the same request again."
    )
    counts: RowCounts = Field(description="How many transactions have each outcome.")
    results: list[BookedRow] = Field(
        description="What became of each transaction, in the order of the request."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "transactions": {
        "deviceId": "till-1",
        "transactions": [
            {
                "clientTransactionId": "PB-TXN-9876",
                "type": "earn",
                "programId": "lp_abc123",
                "userId": "user_xyz",
                "points": 50,
                "occurredAt": "2026-03-03T11:00:00.000Z",
            },
            {
                "clientTransactionId": "PB-TXN-9877",
                "type": "redeem",
                "programId": "lp_abc123",
                "userId": "user_not_enrolled",
                "points": 5,
                "occurredAt": "2026-03-03T11:01:00.000Z",
            },
        ],
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "isComplete": True,
    "counts": {"booked": 1, "duplicates": 0, "nothing": 0, "refused": 1, "notDone": 0},
    "results": ROW_EXAMPLES,
}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Book the good transactions, several in each commit."""
    row_bookings.require_own(caller, None, body.store_id)
    rows = row_bookings.offline_rows(_judged(body), body.device_id, body.store_id)
    booked = row_bookings.run(caller, rows)
    return Response(
        is_complete=booked.is_complete,
        counts=to_counts(booked.rows),
        results=to_rows(booked.rows),
        is_replay=booked.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Judge each transaction on its own, for the sandbox's member."""
    results = [sandbox_rows.synced(index, each) for index, each in enumerate(_judged(body))]
    return {
        "counts": to_counts(results).model_dump(by_alias=True),
        "results": [each.model_dump(by_alias=True) for each in to_rows(results)],
    }


def _judged(body: Request) -> list[Any]:
    return [judged(OfflineTransactionBody, each) for each in body.transactions]
