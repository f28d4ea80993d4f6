"""Requests that take rows at once, or a file of them: what all of them have in common."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, TimeZone

FILE_CHARS_MAX = 14_500_000
"""The maximum length in base64, with line breaks."""
FileFormat = Literal["jsonl", "csv"]


class RowsOrFile(RequestModel):
    """Rows, or a file of them that a task carries out. Each request says what its rows are."""

    program_id: ProgramId | None = None
    store_id: StoreId | None = None
    rows: list[Any] | None = None
    file: str | None = Field(
        default=None,
        min_length=1,
        max_length=FILE_CHARS_MAX,
        description="A file of rows in base64, at most 10 MiB: JSON Lines, or CSV with headings.",
    )
    format: FileFormat | None = Field(
        default=None, description="How the file is written; found out if it is not said."
    )
    time_zone: TimeZone = Field(
        default="Europe/Berlin",
        description="Of times in a CSV that name none, as of IANA.",
    )

    @model_validator(mode="after")
    def _has_rows_or_file(self) -> Self:
        if (self.rows is None) is (self.file is None):
            raise ValueError("needs rows or file, and takes one of them")
        return self


class RowsDone(ResponseModel):
    """What became of the rows. Each answer has ``counts`` and ``results`` of its own besides."""

    success: Success = True
    is_complete: bool = Field(
        description="False if rows are `not_done`: send the same request again."
    )
    import_id: str | None = Field(description="The import of a file. Null without one.")
