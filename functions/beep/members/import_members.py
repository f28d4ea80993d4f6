"""POST /api/v1/importMembers: take over members from another system, some or a file of them."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.members.member_rows import IfMemberExists, MemberImport
from shared.errors import ProgramNotFound, StoreNotFound
from shared.schemas.imports.import_bodies import RowsDone, RowsOrFile
from shared.schemas.loyalty.row_bodies import ROWS_MAX
from shared.schemas.members.member_row_bodies import (
    IMPORTED_EXAMPLES,
    ImportedMember,
    MemberImportCounts,
    MemberToImport,
    MemberToImportBody,
    counts_of,
    to_imported_rows,
)
from shared.schemas.rows import judged
from shared.services.imports import member_files, row_imports
from shared.services.loyalty import row_bookings
from shared.services.members import member_imports, sandbox_imports

IMPORT_ID = "imp_abc123"


COLUMNS_MAX = 200
Heading = Annotated[str, Field(max_length=200)]


class Request(RowsOrFile):
    """Rows with the fields of createMember, and what each person brings along into a program.

    A bad row is told of, and the others are imported. A `file` of rows, instead of `rows`, is
    imported as a task: getImportStatus shows the results.
    """

    rows: list[MemberToImport] | None = Field(
        default=None, min_length=1, max_length=ROWS_MAX, description="The rows."
    )
    columns: dict[str, Heading | None] | None = Field(
        default=None,
        max_length=COLUMNS_MAX,
        description=(
            "Which field a column of a CSV is, by its heading, such as `Vorname`: `firstName`. "
            "Null leaves the column out. Other headings are names of fields."
        ),
    )
    if_exists: IfMemberExists = Field(
        default=IfMemberExists.FAIL,
        strict=False,
        description=(
            "What is done with a row whose person is a member already, by user id or any key: "
            "`fail` it, `skip` it, or `update` the member."
        ),
    )
    grants_welcome_bonus: bool = Field(
        default=False,
        description="Whether who is enrolled gets the welcome bonus; without, they never get it.",
    )
    dry_run: bool = Field(
        default=False, description="Says what would become of each row. No member is written."
    )


class Response(RowsDone):
    """The results of the rows. Those of a file come later: see getImportStatus."""

    counts: MemberImportCounts = Field(description="How many rows have each outcome.")
    results: list[ImportedMember] = Field(
        description="What became of each row, in the order of the request."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "rows": {
        "programId": "lp_abc123",
        "rows": [
            {
                "userId": "user_xyz",
                "email": "max@example.com",
                "enrolledAt": "2019-05-04T12:00:00Z",
                "points": 120,
                "totalEarned": 480,
            },
            {"email": "MAX@example.com", "points": 120},
        ],
    },
    "file": {
        "programId": "lp_abc123",
        "format": "csv",
        "file": "ZW1haWw7cG9pbnRzCm1heEBleGFtcGxlLmNvbTsxMjAK",
        "dryRun": True,
    },
    "fileWithOtherHeadings": {
        "programId": "lp_abc123",
        "file": "RS1NYWlsO1B1bmt0ZTtOb3RpegptYXhAZXhhbXBsZS5jb207MTIwO25ldHQK",
        "columns": {"E-Mail": "email", "Punkte": "points", "Notiz": None},
        "dryRun": True,
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "isComplete": True,
    "importId": None,
    "counts": {
        "created": 1,
        "updated": 0,
        "skipped": 0,
        "duplicates": 1,
        "failed": 0,
        "notDone": 0,
    },
    "results": IMPORTED_EXAMPLES,
}

REFUSALS = (ProgramNotFound, StoreNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Import the good rows, several in each commit."""
    row_bookings.require_own(caller, body.program_id, body.store_id)
    wanted = MemberImport(body.if_exists, body.grants_welcome_bonus, body.dry_run)
    if body.file is not None:
        zone = ZoneInfo(body.time_zone)
        file = member_files.read(caller, body.file, body.format, zone, body.columns)
        begun = row_imports.start(caller, file, body.program_id, body.store_id, members=wanted)
        return Response(
            is_complete=False,
            import_id=begun.found.import_id,
            counts=counts_of(()),
            results=[],
            is_replay=begun.is_replay,
        )
    imported = member_imports.run(
        caller,
        _rows(body, caller),
        wanted,
        program_id=body.program_id,
        store_id=body.store_id,
    )
    return Response(
        is_complete=imported.is_complete,
        import_id=None,
        counts=counts_of(imported.rows),
        results=to_imported_rows(imported.rows),
        is_replay=imported.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Judge each row alone, as if nobody was there; of a file only how it is written."""
    if body.file is not None:
        member_files.check(body.file, body.format, ZoneInfo(body.time_zone), body.columns)
        nothing = counts_of(()).model_dump(by_alias=True)
        return {"isComplete": False, "importId": IMPORT_ID, "counts": nothing, "results": []}
    bodies = [judged(MemberToImportBody, row) for row in body.rows or ()]
    results = sandbox_imports.results(bodies, body.program_id)
    return {
        "counts": counts_of(results).model_dump(by_alias=True),
        "results": [each.model_dump(by_alias=True) for each in to_imported_rows(results)],
    }


def _rows(body: Request, caller: Caller) -> list[member_imports.JudgedRow]:
    rows = [
        member_imports.judged(caller, index, judged(MemberToImportBody, row))
        for index, row in enumerate(body.rows or ())
    ]
    return member_imports.without_duplicates(rows, lambda index: f"Row {index}")
