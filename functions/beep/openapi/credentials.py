"""What each till system and ERP needs to be let in: their models, under the names clients read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import get_args

from pydantic import BaseModel

from shared.connectors import systems
from shared.connectors.config import ConnectorConfig
from shared.domain.systems.syncs import Kind

KINDS: Mapping[Kind, str] = {Kind.POS: "PosCredentials", Kind.ERP: "ErpCredentials"}
"""Components that stand for any system of a kind."""
_BASE_URL = "A stand-in of the system on this machine. Under the emulator only."
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.+?)(?=^ {4}\w+: |\Z)", re.MULTILINE | re.DOTALL)


def names(kind: Kind) -> list[str]:
    """Return the components of a kind's systems."""
    return [_name(kind, system) for system in systems.names(kind)]


def models() -> Iterator[tuple[str, type[ConnectorConfig]]]:
    """Return the component and the model of every system."""
    for kind in Kind:
        for system in systems.names(kind):
            yield _name(kind, system), systems.module_of(kind, system).Config


def parts() -> Iterator[tuple[str, type[BaseModel]]]:
    """Return the component and the model of what is written into models of systems."""
    for _, model in models():
        for field in model.model_fields.values():
            for each in (field.annotation, *get_args(field.annotation)):
                if inspect.isclass(each) and issubclass(each, BaseModel):
                    yield each.__name__, each


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return what the fields of a model mean, by their names on the wire, as its docstrings say.

    Raises:
        KeyError: A field is not described.
    """
    said = {"base_url": _BASE_URL}
    for each in reversed(model.__mro__):
        if issubclass(each, BaseModel) and each.__module__.startswith("shared.connectors."):
            said |= dict(_attributes(inspect.cleandoc(each.__doc__ or "")))
    return {field.alias or name: said[name] for name, field in model.model_fields.items()}


def summary(model: type[BaseModel]) -> str:
    """Return what a model's docstring says of it as a whole."""
    return inspect.cleandoc(model.__doc__ or "").split("\n\nAttributes:")[0]


def _name(kind: Kind, system: str) -> str:
    return f"{system.capitalize()}{KINDS[kind]}"


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    _, _, section = text.partition("Attributes:\n")
    for name, meaning in _ATTRIBUTE.findall(section):
        yield name, " ".join(meaning.split()).replace("``", "`")
