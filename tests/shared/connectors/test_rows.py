"""Rows are read one by one, and each once."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel

from shared.connectors.base import Skipped
from shared.connectors.rows import ExternalId, Number, take
from shared.domain.catalog.goods import Category


class Row(BaseModel):
    id: ExternalId
    name: str
    weight: Number = Decimal(0)


def to_category(row: Row) -> Category | None:
    if row.name == "refused":
        raise ValueError("is refused")
    return None if row.name == "passed over" else Category(row.id, row.name)


def test_of_a_row_that_comes_twice_the_later_counts() -> None:
    rows = [{"id": "a", "name": "1"}, {"id": "b", "name": "2"}, {"id": "a", "name": "3"}]
    assert take(rows, Row, to_category) == ((Category("a", "3"), Category("b", "2")), ())


def test_what_cannot_be_taken_is_named_and_not_quoted() -> None:
    rows = [
        {"id": "a", "name": "refused"},
        {"id": "b", "name": "passed over"},
        {"id": "c", "name": {"private": "data"}},
        {"id": "d" * 101, "name": "long"},
        {"id": "e", "name": "heavy", "weight": "1e999999"},
        {"id": "f", "name": "odd", "weight": "NaN"},
        "text",
        None,
    ]
    assert take(rows, Row, to_category) == (
        (),
        (
            Skipped("a", "is refused"),
            Skipped("c", "has no valid name"),
            Skipped("d" * 100, "has no valid id"),
            Skipped("e", "has no valid weight"),
            Skipped("f", "has no valid weight"),
            Skipped("", "is no object"),
            Skipped("", "is no object"),
        ),
    )
