"""Queries as Firestore's messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shared.store import messages
from shared.store.messages import Message

Filter = tuple[str, str, Any]
"""``(field, operator, value)``."""

NAME = "__name__"
"""Stands for a document's id in place of a field's name."""

_OPERATORS = {
    "==": "EQUAL",
    "<": "LESS_THAN",
    "<=": "LESS_THAN_OR_EQUAL",
    ">": "GREATER_THAN",
    ">=": "GREATER_THAN_OR_EQUAL",
    "in": "IN",
    "array-contains": "ARRAY_CONTAINS",
    "array-contains-any": "ARRAY_CONTAINS_ANY",
}


ASKED_BYTES_MAX = 1_499
"""An index holds 1,500 bytes of a text; Firestore refuses to look for one that may go on."""


def askable(filters: Sequence[Filter]) -> list[Filter] | None:
    """Return filters that Firestore can answer; ``None`` if no document can fit them.

    A text that is longer than an index can hold fits nothing, and in a list of texts counts for
    nothing: what is asked for comes from outside, so it is no mistake of ours.
    """
    asked: list[Filter] = []
    for name, operator, value in filters:
        known = [each for each in value if _is_indexed(each)] if operator == "in" else value
        if not _is_indexed(value) or known == []:
            return None
        asked.append((name, operator, known))
    return asked


def _is_indexed(value: Any) -> bool:
    return not isinstance(value, str) or len(value.encode()) <= ASKED_BYTES_MAX


def select(
    collection_id: str, filters: Sequence[Filter], *, group: bool, limit: int | None
) -> Message:
    """Return the query of a collection, or of all collections of this id if ``group``."""
    query = messages.new("StructuredQuery")
    query.from_.add(collection_id=collection_id, all_descendants=group)
    if len(filters) == 1:
        _filter(query.where, *filters[0])
    elif filters:
        query.where.composite_filter.op = query.where.composite_filter.AND
        for each in filters:
            _filter(query.where.composite_filter.filters.add(), *each)
    if limit is not None:
        query.limit.value = limit
    return query


def order(query: Message, names: Iterable[str]) -> None:
    """Order a query's results by these fields; a leading ``-`` is descending."""
    for name in names:
        direction = query.DESCENDING if name.startswith("-") else query.ASCENDING
        query.order_by.add(direction=direction).field.field_path = name.removeprefix("-")


def start_after(query: Message, values: dict[str, Any], collection: str) -> None:
    """Begin a query's results after these values of its order's fields.

    Args:
        query: The query, with its order.
        values: One for each field of the order.
        collection: The name of the collection, for ids in ``values``.
    """
    query.start_at.SetInParent()  # Not "before", by default.
    for order in query.order_by:
        name = order.field.field_path
        if name == NAME:
            query.start_at.values.add(reference_value=f"{collection}/{values[name]}")
        else:
            messages.encode_value(values[name], query.start_at.values.add())


def _filter(message: Message, name: str, operator: str, value: Any) -> None:
    if value is None:
        assert operator == "==", "nothing but equality is asked of null"
        message.unary_filter.field.field_path = name
        message.unary_filter.op = message.unary_filter.IS_NULL
        return
    message.field_filter.field.field_path = name
    message.field_filter.op = message.field_filter.Operator.Value(_OPERATORS[operator])
    messages.encode_value(value, message.field_filter.value)
