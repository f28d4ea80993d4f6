"""Dataclasses to Firestore documents and back: camelCase names, exact decimals as strings."""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Decoder = Callable[[Any], Any]

# The most frequent types: a set finds them faster than `isinstance`.
_STORED_AS_THEY_ARE = frozenset({type(None), bool, int, float, str, datetime})


def to_document(value: Any) -> dict[str, Any]:
    """Convert a dataclass to a document."""
    plain: dict[str, Any] = _encode(value)
    return plain


def from_document(cls: type[T], document: Mapping[str, Any]) -> T:
    """Convert a document back to its dataclass.

    Fields that the document lacks take their default, so that older documents stay readable.
    """
    values = {
        name: None if (value := document[wire_name]) is None else decode(value)
        for name, wire_name, decode in _plan(cls)  # type: ignore[arg-type]
        if wire_name in document
    }
    return cls(**values)


def camel(name: str) -> str:
    """Return the documents' spelling of a Python name: ``programId`` for ``program_id``."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


@cache
def _plan(cls: Hashable) -> tuple[tuple[str, str, Decoder], ...]:
    hints = get_type_hints(cls)
    return tuple((f.name, camel(f.name), _decoder(hints[f.name])) for f in fields(cls))  # type: ignore[arg-type]


def _encode(value: Any) -> Any:  # noqa: PLR0911 - one return a type
    if type(value) in _STORED_AS_THEY_ARE:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | datetime | float | int):
        return value
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if is_dataclass(value):
        return {wire: _encode(getattr(value, name)) for name, wire, _ in _plan(type(value))}  # type: ignore[arg-type]
    if isinstance(value, tuple | list):
        return [_encode(item) for item in value]
    return {key: _encode(item) for key, item in value.items()}


def _decoder(hint: Any) -> Decoder:  # noqa: PLR0911 - one return a type
    """Return the function that decodes a stored value, not ``None``, to this type."""
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        inner = [arg for arg in get_args(hint) if arg is not type(None)]
        # A union of several types: only the caller knows the type, and has decoded it.
        return _decoder(inner[0]) if len(inner) == 1 else _as_it_is
    if origin is tuple:
        decode = _decoder(get_args(hint)[0])
        return lambda items: tuple(map(decode, items))
    if origin is Mapping:
        decode_value = _decoder(get_args(hint)[1])
        return lambda items: {name: decode_value(each) for name, each in items.items()}
    if not isinstance(hint, type):
        return _as_it_is
    if is_dataclass(hint):
        return partial(from_document, hint)
    if issubclass(hint, Decimal | Enum):
        return hint
    return _plain_datetime if issubclass(hint, datetime) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _plain_datetime(value: datetime) -> datetime:
    """Drop the client's nanosecond subclass, whose text differs."""
    if type(value) is datetime and value.tzinfo is UTC:
        return value
    utc = value.astimezone(UTC)
    return datetime(
        utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond, UTC
    )
