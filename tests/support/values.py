"""Values of any dataclass, with defaults for fields that a test does not care about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from tests.support.strategies import NOW

T = TypeVar("T")
_SCALARS: dict[Any, Any] = {str: "text", int: 1, bool: False, datetime: NOW, Decimal: Decimal(1)}


def sample(kind: type[T], **known: Any) -> T:
    """Return a value with these fields, and with samples for other fields without default."""
    hints = get_type_hints(kind)
    needed = {
        each.name: _value(hints[each.name])
        for each in fields(kind)  # type: ignore[arg-type]
        if each.default is MISSING and each.default_factory is MISSING
    }
    return kind(**{**needed, **known})


def _value(hint: Any) -> Any:
    hint = getattr(hint, "__supertype__", hint)
    if type(None) in get_args(hint):
        return None
    if get_args(hint):
        return {} if get_origin(hint) is Mapping else ()
    if is_dataclass(hint):
        return sample(hint)
    return next(iter(hint)) if issubclass(hint, Enum) else _SCALARS[hint]
