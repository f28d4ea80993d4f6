"""The OpenAPI document, made once for each worker, and what fits it: a request, an answer."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from functions.beep import openapi
from functions.beep.openapi import components
from tests.support.api import Answer
from tests.support.samples import Sample


@cache
def document() -> dict[str, Any]:
    """Return the document, which nobody may change: making it takes seconds."""
    return openapi.document()


def closed_schemas() -> dict[str, Any]:
    """Return the components, with nothing allowed in answers and events that is not described.

    What extends another component extends it as it was, open: under a name with ``Open``.
    """
    schemas: dict[str, Any] = copy.deepcopy(document()["components"]["schemas"])
    opened = {f"{name}Open": copy.deepcopy(each) for name, each in schemas.items()}
    for schema in schemas.values():
        close(schema)
    for schema in (*schemas.values(), *opened.values()):
        for part in schema.get("allOf", ()):
            if "$ref" in part:
                part["$ref"] += "Open"
    return schemas | opened


def close(schema: dict[str, Any]) -> None:
    """Allow nothing that is not described, in an object and those within it."""
    if "properties" in schema or "allOf" in schema:
        schema["unevaluatedProperties"] = False
    for part in [schema, *schema.get("allOf", ())]:
        for each in part.get("properties", {}).values():
            close(each)


@cache
def closed() -> dict[str, Any]:
    """Return the components with closed schemas, as a schema refers to them."""
    return {"components": {**document()["components"], "schemas": closed_schemas()}}


def assert_fits(value: Any, pointer: str) -> None:
    """Assert that a value has a schema of the document and no more than that describes."""
    schema = {"$ref": f"#/{pointer}", **closed()}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)


def assert_is(value: Any, name: str) -> None:
    assert_fits(value, f"components/schemas/{name}")


def assert_sample_fits(sample: Sample, request: dict[str, Any], answer: Answer) -> None:
    """Assert that what was sent, and a good answer to it, are as the document says."""
    if not sample.is_by_customer:  # Who needs not say who it is.
        assert_is(request, components.request_name(sample.endpoint))
    assert_is(answer.body, components.response_name(sample.endpoint))
