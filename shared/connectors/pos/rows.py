"""Rows of a list, one by one: a row that we cannot take keeps no other from being taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, Field, ValidationError

from shared.connectors.base import Skipped

EXTERNAL_ID_CHARS_MAX = 100

Number = Annotated[Decimal, Field(max_digits=24, decimal_places=12)]
"""Bounded, since ``1e999999`` is a number in JSON, and a megabyte as an integer."""
ExternalId = Annotated[str, Field(min_length=1, max_length=EXTERNAL_ID_CHARS_MAX)]


class _Identified(Protocol):
    @property
    def external_id(self) -> str: ...


Row = TypeVar("Row", bound=BaseModel)
Item = TypeVar("Item", bound=_Identified)


def take(
    rows: Iterable[Any], model: type[Row], transform: Callable[[Row], Item | None]
) -> tuple[tuple[Item, ...], tuple[Skipped, ...]]:
    """Read rows as items, each once; of a row that comes twice the later one counts.

    Args:
        rows: As the system wrote them.
        model: What a row has to be. What the model does not name is passed over.
        transform: Returns the item, ``None`` for a row that is none of our business. Its
            ``ValueError`` says why the row cannot be taken.
    """
    items: dict[str, Item] = {}
    skipped: list[Skipped] = []
    for row in rows:
        try:
            item = transform(model.model_validate(row))
        except ValidationError as error:
            skipped.append(Skipped(_id_of(row), _invalid(error)))
        except ValueError as error:
            skipped.append(Skipped(_id_of(row), str(error)))
        else:
            if item is not None:
                items[item.external_id] = item
    return tuple(items.values()), tuple(skipped)


def _invalid(error: ValidationError) -> str:
    """Name the field. What is in it may be personal data."""
    where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
    return f"has no valid {where}" if where else "is no object"


def _id_of(row: Any) -> str:
    found = row.get("id") if isinstance(row, dict) else None
    return str(found)[:EXTERNAL_ID_CHARS_MAX] if found is not None else ""
