"""Files of members: their columns, and rows that name somebody twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from shared.auth.caller import Caller
from shared.domain.members.custom_fields import CustomField, FieldType
from shared.domain.members.member_rows import MemberRowResult
from shared.schemas.imports.import_bodies import FileFormat
from shared.schemas.members.member_row_bodies import MemberToImportBody
from shared.schemas.rows import judged
from shared.services.imports import import_files
from shared.services.imports.import_files import SAME, Columns, RowsFile
from shared.services.members import member_imports
from shared.services.members.member_imports import JudgedRow
from shared.store.members import settings_documents

_OBJECTS = ("customFields", "externalIds", "newsletter")


def check(
    text: str,
    file_format: FileFormat | None,
    zone: ZoneInfo,
    names: Mapping[str, str | None] | None,
) -> None:
    """Refuse what ``read`` refuses, for an account without fields of its own.

    Raises:
        InvalidParameters: It is no such file, too large, or has headings that are no fields.
    """
    import_files.read(text, file_format, zone, _columns(()), names)


def read(
    caller: Caller,
    text: str,
    file_format: FileFormat | None,
    zone: ZoneInfo,
    names: Mapping[str, str | None] | None,
) -> RowsFile:
    """Read a file in base64. Of a row that names the person of an earlier one, only that is left.

    ``names`` says which fields the headings of a CSV stand for.

    Raises:
        InvalidParameters: As ``check``.
    """
    own = settings_documents.of_account(caller.account_id).custom_fields
    file = import_files.read(text, file_format, zone, _columns(own), names)
    rows = [row(caller, index, each) for index, (_, each) in enumerate(file.rows)]
    marked = member_imports.without_duplicates(rows, lambda index: f"Line {file.rows[index][0]}")
    for index, each in enumerate(marked):
        if isinstance(each.body, MemberRowResult):
            same = each.body
            left = {"of": same.duplicate_of, "field": same.fields[0], "message": same.message}
            file.rows[index] = (file.rows[index][0], {SAME: left})
    return file


def row(caller: Caller, index: int, values: dict[str, Any]) -> JudgedRow:
    """Return a row of a file, judged."""
    if set(values) == {SAME}:
        same = values[SAME]
        return member_imports.duplicate(index, same["of"], same["field"], same["message"])
    bad = import_files.reason(values)
    return member_imports.judged(caller, index, bad or judged(MemberToImportBody, values))


def _columns(own: Sequence[CustomField]) -> Columns:
    def of(*types: FieldType) -> tuple[str, ...]:
        return tuple(f"customFields.{each.name}" for each in own if each.type in types)

    return Columns(
        numbers=("points", "totalEarned", *of(FieldType.NUMBER)),
        times=("enrolledAt", "pointsEarnedAt", "newsletter.consentedAt"),
        dates=("birthday", *of(FieldType.DATE)),
        truths=("newsletter.subscribed", *of(FieldType.BOOLEAN)),
        objects=_OBJECTS,
        known=tuple(
            str(each.alias)
            for name, each in MemberToImportBody.model_fields.items()
            if each.alias not in _OBJECTS
        ),
    )
