"""The same document as OpenAPI 3.0, which many importers still need.

3.0 has no webhooks, so the events are left out, and with them whatever only they refer to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from functions.beep.openapi.components import Schema

VERSION = "3.0.3"
_NULL: Schema = {"type": "null"}
_LICENSE_URL = "https://www.apache.org/licenses/LICENSE-2.0"
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_OF_NAMES = ("properties", "schemas", "parameters", "headers", "responses", "examples", "paths")
"""Objects whose members have names of ours, which are no keywords."""
_VALUES = ("example", "value", "default", "enum", "required", "mapping")


def document(newer: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of OpenAPI 3.1 as OpenAPI 3.0."""
    kept = {name: each for name, each in newer.items() if name != "webhooks"}
    older: dict[str, Any] = _converted(kept, newer["components"]["schemas"])
    older["openapi"] = VERSION
    older["info"]["license"] = {"name": newer["info"]["license"]["name"], "url": _LICENSE_URL}
    return _without_unused(older)


def _converted(found: Any, schemas: Mapping[str, Schema], *, is_of_names: bool = False) -> Any:
    if isinstance(found, list):
        return [_converted(each, schemas) for each in found]
    if not isinstance(found, dict):
        return found
    if is_of_names:
        return {name: _converted(each, schemas) for name, each in found.items()}
    converted = {
        name: each
        if name in _VALUES or (name == "examples" and isinstance(each, list))
        else _converted(each, schemas, is_of_names=name in _OF_NAMES and isinstance(each, dict))
        for name, each in found.items()
    }
    return _schema(converted, schemas)


def _schema(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    """Return an object without the keywords of 3.1. Those that are no schemas have none of them."""
    if "properties" in schema:
        # 3.0 cannot say that a field is null, and the descriptions say what goes together.
        schema = _without(schema, "anyOf")
    if isinstance(schema.get("type"), list):
        (kind,) = (each for each in schema["type"] if each != "null")
        schema = {**schema, "type": kind, "nullable": True}
    if _NULL in schema.get("anyOf", ()):
        schema = _nullable(schema, schemas)
    if "patternProperties" in schema:
        (values,) = schema["patternProperties"].values()
        schema = {**_without(schema, "patternProperties"), "additionalProperties": values}
    if "const" in schema:
        schema = {"enum": [schema["const"]], **_without(schema, "const")}
    for exclusive, bound in _BOUNDS.items():
        if exclusive in schema:
            schema = {**schema, bound: schema[exclusive], exclusive: True}
    if isinstance(schema.get("examples"), list):
        schema = {**_without(schema, "examples"), "example": schema["examples"][0]}
    if "$ref" in schema and len(schema) > 1:
        schema = {"allOf": [{"$ref": schema["$ref"]}], **_without(schema, "$ref")}
    return schema


def _nullable(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    choices = [each for each in schema["anyOf"] if each != _NULL]
    rest = {**_without(schema, "anyOf"), "nullable": True}
    if len(choices) > 1:
        return {"type": _type_of(choices[0], schemas), "anyOf": choices, **rest}
    (only,) = choices
    if "$ref" in only and "type" in schemas[only["$ref"].rpartition("/")[2]]:
        # 3.0 knows no other null than that of the schema itself, so it stands here.
        only = _converted(schemas[only["$ref"].rpartition("/")[2]], schemas)
    if "type" not in only:
        return {"type": _type_of(only, schemas), "allOf": [only], **rest}
    return {**only, **rest} | ({"enum": [*only["enum"], None]} if "enum" in only else {})


def _type_of(schema: Schema, schemas: Mapping[str, Schema]) -> str:
    """Return the type of a schema, which 3.0 wants beside ``nullable``."""
    while "type" not in schema:
        choice = next(name for name in ("$ref", "allOf", "anyOf", "oneOf") if name in schema)
        found = schema[choice]
        schema = schemas[found.rpartition("/")[2]] if choice == "$ref" else found[0]
    return str(schema["type"])


def _without(schema: Schema, name: str) -> Schema:
    return {each: value for each, value in schema.items() if each != name}


def _without_unused(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out components that nothing refers to any more."""
    components = document["components"]
    used: set[str] = set()
    left = set(_references(document["paths"]))
    while left:
        used |= left
        found = (components[kind][name] for kind, name in (_place(each) for each in left))
        left = {each for part in found for each in _references(part)} - used
    kept = {
        kind: {
            name: each
            for name, each in members.items()
            if kind == "securitySchemes" or f"#/components/{kind}/{name}" in used
        }
        for kind, members in components.items()
    }
    return {**document, "components": kept}


def _references(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if isinstance(found.get("$ref"), str):
            yield found["$ref"]
        for each in found.values():
            yield from _references(each)
    elif isinstance(found, list):
        for each in found:
            yield from _references(each)


def _place(reference: str) -> tuple[str, str]:
    *_, kind, name = reference.split("/")
    return kind, name
