"""Fields of reports: rows as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from shared.schemas.base import WireModel

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
