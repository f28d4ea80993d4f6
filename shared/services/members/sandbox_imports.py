"""The results of imported rows in the sandbox: each is judged alone, and nobody is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from shared.domain.members import member_rows
from shared.domain.members.member_rows import MemberRowOutcome, MemberRowResult
from shared.domain.members.profile_changes import ProfileChanges
from shared.schemas.base import MISSING, invalid
from shared.schemas.members.member_row_bodies import MemberToImportBody
from shared.schemas.rows import BadRow
from shared.services.members import member_imports
from shared.services.members.member_imports import JudgedRow

ENTRY_ID = "le_abc123"
USER_ID = "mbr_abc123"


def results(
    bodies: Sequence[MemberToImportBody | BadRow], program_id: str | None
) -> list[MemberRowResult]:
    """Return what becomes of rows, by the sandbox's program of whole points that never expire."""
    rows = [_row(index, body) for index, body in enumerate(bodies)]
    marked = member_imports.without_duplicates(rows, lambda index: f"Row {index}")
    return [_result(each, program_id) for each in marked]


def _row(index: int, body: MemberToImportBody | BadRow) -> JudgedRow:
    if isinstance(body, BadRow):
        return JudgedRow(index, body)
    # Phone numbers and custom fields are as the account says, which the sandbox does not look at.
    values = {"email": body.email, "phone": body.phone, "customer_number": body.customer_number}
    changes = ProfileChanges(values, external_ids=body.external_ids)
    return JudgedRow(index, body, changes, member_rows.keys_of(body.user_id, changes.keys))


def _result(row: JudgedRow, program_id: str | None) -> MemberRowResult:
    body = row.body
    if isinstance(body, MemberRowResult):
        return body
    if isinstance(body, BadRow):
        return member_imports.failed(row, body.refusal)
    is_enrolled = (body.program_id or program_id) is not None
    points = body.points or Decimal(0)
    total = points if body.total_earned is None else body.total_earned
    if not is_enrolled and (points or total):
        return member_imports.failed(row, invalid({"programId": MISSING}))
    if total < points:
        return member_imports.failed(row, invalid({"totalEarned": "must be at least points"}))
    created = MemberRowResult(
        row.index,
        MemberRowOutcome.CREATED,
        body.user_id or USER_ID,
        is_enrolled=is_enrolled,
    )
    return replace(created, entry_id=ENTRY_ID, new_balance=points) if total else created
