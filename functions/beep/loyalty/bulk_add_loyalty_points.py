"""POST /api/v1/bulkAddLoyaltyPoints: grant points for up to 500 rows."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ProgramNotFound, StoreNotFound
from shared.schemas.imports.import_bodies import RowsDone, RowsOrFile
from shared.schemas.loyalty.row_bodies import (
    ROW_EXAMPLES,
    ROWS_MAX,
    AwardRow,
    AwardRowBody,
    BookedRow,
    RowCounts,
    to_counts,
    to_rows,
)
from shared.schemas.rows import judged
from shared.services.imports import import_files, row_imports
from shared.services.imports.import_files import RowsFile
from shared.services.loyalty import row_bookings, sandbox_rows
from shared.services.loyalty.row_bookings import AskedRow

IMPORT_ID = "imp_abc123"


class Request(RowsOrFile):
    """Rows with the fields of addLoyaltyPoints; a bad one is told of, and the others are booked.

    A ``file`` of rows, instead of ``rows``, is booked as a task: getImportStatus shows the results.
    """

    rows: list[AwardRow] | None = Field(
        default=None,
        min_length=1,
        max_length=ROWS_MAX,
        description="The rows, in the order in which they are booked.",
    )


class Response(RowsDone):
    """The results of the rows. Those of a file come later: see getImportStatus."""

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
    },
    "file": {
        "programId": "lp_abc123",
        "format": "csv",
        "file": "dXNlcklkO3BvaW50czt0cmFuc2FjdGlvbklkCnVzZXJfeHl6OzUwO1BCLVRYTi05ODc2Cg==",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "isComplete": True,
    "importId": None,
    "counts": {"booked": 1, "duplicates": 0, "nothing": 0, "refused": 1, "notDone": 0},
    "results": ROW_EXAMPLES,
}

REFUSALS = (ProgramNotFound, StoreNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Book the good rows, several in each commit."""
    row_bookings.require_own(caller, body.program_id, body.store_id)
    if body.file is not None:
        begun = row_imports.start(caller, _file(body), body.program_id, body.store_id)
        return Response(
            is_complete=False,
            import_id=begun.found.import_id,
            counts=to_counts(()),
            results=[],
            is_replay=begun.is_replay,
        )
    booked = row_bookings.run(caller, _rows(body))
    return Response(
        is_complete=booked.is_complete,
        import_id=None,
        counts=to_counts(booked.rows),
        results=to_rows(booked.rows),
        is_replay=booked.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Judge each row on its own, for the sandbox's member; of a file only how it is written."""
    if body.file is not None:
        _file(body)
        nothing = to_counts(()).model_dump(by_alias=True)
        return {"isComplete": False, "importId": IMPORT_ID, "counts": nothing, "results": []}
    results = [
        sandbox_rows.added(index, judged(AwardRowBody, row), body.program_id)
        for index, row in enumerate(body.rows or ())
    ]
    return {
        "counts": to_counts(results).model_dump(by_alias=True),
        "results": [each.model_dump(by_alias=True) for each in to_rows(results)],
    }


def _file(body: Request) -> RowsFile:
    assert body.file is not None
    return import_files.read(body.file, body.format, ZoneInfo(body.time_zone))


def _rows(body: Request) -> list[AskedRow]:
    return [
        row_bookings.award_row(index, judged(AwardRowBody, row), body.program_id, body.store_id)
        for index, row in enumerate(body.rows or ())
    ]
