"""POST /api/v1/bulkAddLoyaltyPoints: grant points for up to 500 rows."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ProgramNotFound, StoreNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.row_bodies import (
    ROW_EXAMPLES,
    ROWS_MAX,
    AwardRow,
    AwardRowBody,
    BookedRow,
    RowCounts,
    judged,
    to_counts,
    to_rows,
)
from shared.services.loyalty import row_bookings, sandbox_rows
from shared.services.loyalty.row_bookings import Row


class Request(RequestModel):
    """Rows with the fields of addLoyaltyPoints; a bad one is told of, and the others are booked."""

    program_id: ProgramId | None = None
    store_id: StoreId | None = None
    rows: list[AwardRow] = Field(
        min_length=1,
        max_length=ROWS_MAX,
        description="The rows, in the order in which they are booked.",
    )


class Response(ResponseModel):
    """The results of the rows."""

    success: Success = True
    is_complete: bool = Field(
        description="False if rows are `not_done`: send the same request again."
    )
    counts: RowCounts = Field(description="How many rows have each outcome.")
    results: list[BookedRow] = Field(
        description="What became of each row, in the order of the request."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "rows": {
        "programId": "lp_abc123",
        "rows": [
            {"userId": "user_xyz", "points": 50, "transactionId": "PB-TXN-9876"},
            {"userId": "user_not_enrolled", "points": 5, "transactionId": "PB-TXN-9877"},
        ],
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "isComplete": True,
    "counts": {"booked": 1, "duplicates": 0, "nothing": 0, "refused": 1, "notDone": 0},
    "results": ROW_EXAMPLES,
}

REFUSALS = (ProgramNotFound, StoreNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Book the good rows, several in each commit."""
    row_bookings.require_own(caller, body.program_id, body.store_id)
    booked = row_bookings.run(caller, _rows(body))
    return Response(
        is_complete=booked.is_complete,
        counts=to_counts(booked.rows),
        results=to_rows(booked.rows),
        is_replay=booked.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Judge each row on its own, for the sandbox's member."""
    results = [
        sandbox_rows.added(index, judged(AwardRowBody, row), body.program_id)
        for index, row in enumerate(body.rows)
    ]
    return {
        "counts": to_counts(results).model_dump(by_alias=True),
        "results": [each.model_dump(by_alias=True) for each in to_rows(results)],
    }


def _rows(body: Request) -> list[Row]:
    return [
        row_bookings.award_row(index, judged(AwardRowBody, row), body.program_id, body.store_id)
        for index, row in enumerate(body.rows)
    ]
