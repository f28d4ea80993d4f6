"""The document as OpenAPI 3.0: valid, and the same but for events."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from functions.beep import openapi
from functions.beep.openapi import older
from tests.support import described

NEWER = described.document()
OLDER = older.document(NEWER)
NEWER_KEYWORDS = {"const", "patternProperties", "prefixItems", "unevaluatedProperties"}


def keys(found: Any) -> set[str]:
    """Return the names of all members of a JSON value."""
    if isinstance(found, list):
        return {key for each in found for key in keys(each)}
    if isinstance(found, dict):
        return found.keys() | {key for each in found.values() for key in keys(each)}
    return set()


def converted(schema: dict[str, Any], **schemas: dict[str, Any]) -> Any:
    """Return a schema as 3.0 has it."""
    operation = {"schema": schema}
    document = {**NEWER, "paths": {"/x": operation}, "components": {"schemas": schemas}}
    return older.document(document)["paths"]["/x"]["schema"]


def test_is_valid() -> None:
    assert OLDER["openapi"] == "3.0.3"
    validate(OLDER)


def test_has_the_same_operations() -> None:
    def names(document: dict[str, Any]) -> dict[str, set[str]]:
        return {path: set(item) for path, item in document["paths"].items()}

    assert names(OLDER) == names(NEWER)


def test_has_nothing_of_3_1() -> None:
    assert keys(OLDER).isdisjoint(NEWER_KEYWORDS)
    assert "webhooks" not in OLDER
    assert '["string","null"]' not in json.dumps(OLDER, separators=(",", ":"))
    assert '"type": "null"' not in json.dumps(OLDER)


def test_no_default_is_an_object() -> None:
    """openapi-python-client leaves a whole operation out for it."""

    def defaults(found: Any) -> list[Any]:
        if isinstance(found, list):
            return [default for each in found for default in defaults(each)]
        if not isinstance(found, dict):
            return []
        inner = [default for each in found.values() for default in defaults(each)]
        return [found["default"], *inner] if "default" in found else inner

    found = defaults(OLDER["components"]["schemas"])
    assert found
    assert [each for each in found if isinstance(each, dict)] == []


def test_has_no_component_that_nothing_refers_to() -> None:
    text = json.dumps(OLDER)

    for kind in ("schemas", "responses", "parameters", "headers", "examples"):
        for name in OLDER["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text
    assert "AnyEvent" not in OLDER["components"]["schemas"]


def test_leaves_the_newer_document_as_it_is() -> None:
    assert openapi.document() == NEWER


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"const": True, "type": "boolean"}, {"enum": [True], "type": "boolean"}),
        (
            {"type": "number", "exclusiveMinimum": 0},
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        ),
        (
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
            {"type": "string", "enum": ["a", None], "nullable": True},
        ),
        (
            {"$ref": "#/components/schemas/Thing", "description": "It."},
            {"allOf": [{"$ref": "#/components/schemas/Thing"}], "description": "It."},
        ),
        (
            {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
            {"type": "object", "properties": {"const": {"enum": [1]}}, "nullable": True},
        ),
        (
            {"anyOf": [{"$ref": "#/components/schemas/Either"}, {"type": "null"}]},
            {
                "type": "object",
                "allOf": [{"$ref": "#/components/schemas/Either"}],
                "nullable": True,
            },
        ),
        (
            {"type": "object", "examples": [{"const": 1}]},
            {"type": "object", "example": {"const": 1}},
        ),
    ],
)
def test_says_the_same_in_other_words(newer: dict[str, Any], expected: dict[str, Any]) -> None:
    thing = {"type": "object", "properties": {"const": {"const": 1}}}
    either = {"oneOf": [{"$ref": "#/components/schemas/Thing"}]}

    assert converted(newer, Thing=thing, Either=either) == expected
