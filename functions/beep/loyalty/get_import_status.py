"""GET or POST /api/v1/getImportStatus: how far an import is, and the results of its rows."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.imports.imports import Import, ImportKind, ImportPart, ImportState
from shared.domain.loyalty.row_results import RowOutcome
from shared.errors import ImportNotFound, StoreNotFound
from shared.schemas import answers
from shared.schemas.base import Id, RequestModel, ResponseModel, Success, Timestamp, worded
from shared.schemas.fields import StoreId
from shared.schemas.loyalty.row_bodies import ROW_EXAMPLES, NumberedRow, RowCounts, to_rows
from shared.schemas.members.member_row_bodies import (
    MemberImportCounts,
    NumberedImportedMember,
    to_import_counts,
    to_imported_rows,
)
from shared.services import access
from shared.services.imports import row_imports


class Request(RequestModel):
    """An import, and a page of its results."""

    import_id: Id = Field(description="Id of the import.")
    cursor: str = Field(
        default="0",
        pattern=worded("^[0-9]{1,6}$", "must be a nextCursor of this list"),
        description="`nextCursor` of the page before; the first page by default.",
    )
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The import, and up to 500 results in the order of the file. Kept for 30 days."""

    success: Success = True
    import_id: str = Field(description="Id of the import.")
    state: ImportState = Field(
        strict=False,
        description=(
            "`receiving` its file, `running`, `succeeded`, `cancelled`, or `failed`: send the file "
            "again. Rows may have been refused if it has succeeded: see `counts`."
        ),
    )
    started_at: Timestamp = Field(description="When the file came.")
    finished_at: Timestamp | None = Field(description="When it ended. Null before.")
    rows: int = Field(description="How many rows the file has.")
    done: int = Field(description="How many of them have a result.")
    kind: ImportKind = Field(
        strict=False,
        description="`awards` of bulkAddLoyaltyPoints, or `members` of importMembers.",
    )
    dry_run: bool = Field(description="Whether it only says what would become of each row.")
    counts: RowCounts = Field(description="How many awards have each outcome.")
    member_counts: MemberImportCounts | None = Field(
        description="How many members have each outcome. Null for awards."
    )
    notes: list[str] = Field(description="How the file was read, where that may be wrong.")
    results: list[NumberedRow] = Field(description="What became of the awards of this page.")
    member_results: list[NumberedImportedMember] = Field(
        description="What became of the members of this page."
    )
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"import": {"importId": "imp_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "importId": "imp_abc123",
    "state": "succeeded",
    "startedAt": "2026-03-03T12:00:00.000Z",
    "finishedAt": "2026-03-03T12:00:02.000Z",
    "rows": 2,
    "done": 2,
    "kind": "awards",
    "dryRun": False,
    "counts": {"booked": 1, "duplicates": 0, "nothing": 0, "refused": 1, "notDone": 0},
    "memberCounts": None,
    "notes": [],
    "results": [{**row, "line": row["index"] + 2} for row in ROW_EXAMPLES],
    "memberResults": [],
    "nextCursor": None,
}

REFUSALS = (StoreNotFound, ImportNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Return the import and the results of one part."""
    access.named_store(caller, body.store_id)
    found = row_imports.find(caller, body.import_id, body.store_id)
    number = int(body.cursor)
    part = row_imports.part_of(found, number)
    return Response(
        import_id=found.import_id,
        state=found.state,
        started_at=found.started_at,
        finished_at=found.finished_at,
        rows=found.rows,
        done=sum(found.counts.values()),
        kind=found.kind,
        dry_run=found.members is not None and found.members.is_dry,
        counts=_counts(found),
        member_counts=to_import_counts(found.counts) if found.members else None,
        notes=list(found.notes),
        results=[] if part is None else _results(part),
        member_results=[] if part is None else _member_results(part),
        next_cursor=str(number + 1) if number + 1 < found.parts_done else None,
    )


def _counts(found: Import) -> RowCounts:
    by_outcome = {each: found.counts.get(each.value, 0) for each in RowOutcome}
    return RowCounts(
        booked=by_outcome[RowOutcome.BOOKED],
        duplicates=by_outcome[RowOutcome.DUPLICATE],
        nothing=by_outcome[RowOutcome.NOTHING],
        refused=by_outcome[RowOutcome.REFUSED],
        not_done=by_outcome[RowOutcome.NOT_DONE],
    )


def _results(part: ImportPart) -> list[NumberedRow]:
    rows = zip(to_rows(part.results), part.lines, strict=False)
    return [NumberedRow(**dict(row), line=line) for row, line in rows]


def _member_results(part: ImportPart) -> list[NumberedImportedMember]:
    rows = zip(to_imported_rows(part.members), part.lines, strict=False)
    return [NumberedImportedMember(**dict(row), line=line) for row, line in rows]
