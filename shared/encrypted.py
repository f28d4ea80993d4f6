"""Texts that the vault has encrypted. Their own type makes it possible to find all stored ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, NewType, TypeVar, get_args, get_type_hints

T = TypeVar("T")

Encrypted = NewType("Encrypted", str)
"""The result of ``Vault.encrypt``, and the only type that ``Vault.decrypt`` takes."""
Change = Callable[[Encrypted], Encrypted]


def is_in(kind: Any) -> bool:
    """Tell whether a dataclass, or a type of a field, contains encrypted texts."""
    return _is_in(kind, ())


def is_field(value: Any, name: str) -> bool:
    """Tell whether a field of a dataclass contains encrypted texts."""
    return name in _names(type(value))  # type: ignore[arg-type]


def changed(value: T, change: Change) -> T:
    """Return a dataclass with each encrypted text in it changed, at any depth."""
    names = _names(type(value))  # type: ignore[arg-type]
    found = {name: _changed(getattr(value, name), change) for name in names}
    return replace(value, **found) if found else value  # type: ignore[type-var]


def _changed(value: Any, change: Change) -> Any:
    """Return the changed value of a field that contains encrypted texts."""
    if value is None:
        return None
    if is_dataclass(value):
        return changed(value, change)
    if isinstance(value, tuple):
        return tuple(_changed(each, change) for each in value)
    if isinstance(value, Mapping):
        return {name: _changed(each, change) for name, each in value.items()}
    return change(value)


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    """Return the fields of a dataclass that contain encrypted texts."""
    return tuple(name for name, hint in _hints(kind).items() if is_in(hint))


def _is_in(kind: Any, within: tuple[Any, ...]) -> bool:
    """Tell the same for a type within other types, which are not checked again."""
    if kind is Encrypted:
        return True
    if kind in within:
        return False
    inner = _hints(kind).values() if is_dataclass(kind) else get_args(kind)
    return any(_is_in(each, (*within, kind)) for each in inner)


def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}
