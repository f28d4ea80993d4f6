"""Reads rows of a list one by one: a row that we cannot take does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, Field, ValidationError

from shared.connectors.base import Skipped
from shared.said import say, sentence_of

EXTERNAL_ID_CHARS_MAX = 100

Number = Annotated[Decimal, Field(max_digits=24, decimal_places=12)]
"""Bounded, because ``1e999999`` is a number in JSON, and as an integer takes a megabyte."""
ExternalId = Annotated[str, Field(min_length=1, max_length=EXTERNAL_ID_CHARS_MAX)]


class Identified(Protocol):
    """An item that a system lists. ``external_id`` is the system's id."""

    @property
    def external_id(self) -> str:
        """The system's id, or an id made from the system's ids."""


Row = TypeVar("Row", bound=BaseModel)
Item = TypeVar("Item", bound=Identified)


@dataclass(frozen=True, slots=True)
class Rows(Generic[Item]):
    """The results for the rows of a page. No item is in them twice."""

    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...]


def without_nulls(data: Any) -> Any:
    """Return an object without its null fields, so that a model treats them like missing ones."""
    if not isinstance(data, Mapping):
        return data
    return {name: value for name, value in data.items() if value is not None}


def reason_of(error: ValueError) -> str:
    """Return why a row cannot be taken, for the merchant; no values, which may be personal."""
    if not isinstance(error, ValidationError):
        return sentence_of(error)
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if not where:
        return say("no_object", "is no object")
    return say("has_no_valid_field", "has no valid {field}", field=where)


def id_in(row: Any) -> str:
    """Return the id of a row of any type; empty if it has none."""
    found = row.get("id") if isinstance(row, dict) else None
    return str(found)[:EXTERNAL_ID_CHARS_MAX] if isinstance(found, str | int) else ""


def read_rows(
    rows: Iterable[Any],
    to_item: Callable[[Any], Item | None],
    *,
    id_of: Callable[[Any], str] = id_in,
) -> Rows[Item]:
    """Read rows as items, each once; if an item comes twice, the later row counts.

    Args:
        rows: The rows as the system sent them.
        to_item: Reads a row. Returns ``None`` for a row to ignore; raises ``ValueError``
            (pydantic's too) for a row that cannot be taken.
        id_of: Returns the ``external_id`` for a row that cannot be taken.
    """
    items: dict[str, Item] = {}
    skipped = []
    for row in rows:
        try:
            item = to_item(row)
        except ValueError as error:
            skipped.append(Skipped(id_of(row), reason_of(error)))
        else:
            if item is not None:
                items[item.external_id] = item
    return Rows(tuple(items.values()), tuple(skipped))


def take(
    rows: Iterable[Any], model: type[Row], transform: Callable[[Row], Item | None]
) -> tuple[tuple[Item, ...], tuple[Skipped, ...]]:
    """Read rows that must fit a model; see ``read_rows``.

    Fields that the model does not name are ignored.
    """
    found = read_rows(rows, lambda row: transform(model.model_validate(row)))
    return found.items, found.skipped
