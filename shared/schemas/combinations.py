"""How a schema says which fields of an object go together; a validator refuses the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict

EMPTY: Mapping[str, Any] = {"maxProperties": 0}
"""What a field is that is left out, null or an empty object."""


def any_of(*choices: Mapping[str, str | Mapping[str, Any]]) -> ConfigDict:
    """Return the configuration of a model whose objects fit at least one of the choices.

    Args:
        choices: JSON types or schemas by field. A field with a type must be there, unless that is
            ``null``, which stands for a missing field too. A field with a schema may be missing.
    """
    return ConfigDict(json_schema_extra={"anyOf": [_schema(each) for each in choices]})


def _schema(choice: Mapping[str, str | Mapping[str, Any]]) -> dict[str, Any]:
    properties = {
        name: {"type": found} if isinstance(found, str) else dict(found)
        for name, found in choice.items()
    }
    required = [
        name for name, found in choice.items() if isinstance(found, str) and found != "null"
    ]
    return {"properties": properties, **({"required": required} if required else {})}
