"""Fields of reports: days, and rows as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from shared.schemas.base import WireModel

_FIRST, _LAST = date(1970, 1, 8), date(9998, 12, 31)
_NO_DAY = "must be a day from 1970-01-08 to 9998-12-31"


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(_NO_DAY) from None
    if day.isoformat() != value or not _FIRST <= day <= _LAST:
        raise ValueError(_NO_DAY)
    return day


Day = Annotated[
    date,
    BeforeValidator(_day),
    PlainSerializer(date.isoformat, return_type=str, when_used="always"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A day of the store's calendar: ``2026-03-05``."""

Format = Annotated[
    Literal["json", "csv"],
    Field(description="`csv`: the answer has the rows as CSV, too, in `data`."),
]
Csv = Annotated[
    str | None,
    Field(
        description=(
            "With `format` `csv` the rows as CSV (RFC 4180), under the names of their fields; "
            "else null."
        ),
    ),
]


def as_csv(model: type[WireModel], rows: Sequence[WireModel]) -> str:
    """Return rows as CSV: a line of headings, commas, lines that end with CR LF; null is empty."""
    names = [each.alias or name for name, each in model.model_fields.items()]
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(each.model_dump(by_alias=True, mode="json") for each in rows)
    return text.getvalue()
