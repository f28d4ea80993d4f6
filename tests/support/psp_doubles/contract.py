"""Checks of answers against the vendor's contract."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from openapi_schema_validator import OAS30Validator, OAS31Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.support.psp_doubles.dialect import Dialect, Reply, Route
from tests.support.vendors import CUSTOM_PSP, find_vendor_spec

_ROOT = "urn:contract"
_seen: set[tuple[str, str, str, int, str]] = set()


def check(dialect: Dialect, route: Route, reply: Reply) -> None:
    """Assert that a success fits the contract, if the contract is available.

    Answers that differ only in numbers and ids are checked once.
    """
    if dialect.spec is None or reply.status >= 300:
        return
    shape = re.sub(r"\w*\d\w*", "0", reply.data.decode())
    key = (dialect.provider, route.method, route.path, reply.status, shape)
    if key in _seen:
        return
    for schema, body in dialect.parts(reply.body):
        validator = _validator(dialect.spec, route.method, route.path, reply.status, schema)
        if validator is not None:
            problems = [
                f"{each.json_path}: {each.message[:200]}" for each in validator.iter_errors(body)
            ]
            assert not problems, (dialect.provider, route.path, problems)
    _seen.add(key)


def is_known(dialect: Dialect) -> bool:
    """Tell whether the contract is available on this machine, if the vendor has one."""
    return dialect.spec is None or _spec(dialect.spec) is not None


@cache
def _spec(name: str) -> dict[str, Any] | None:
    path = CUSTOM_PSP if name == CUSTOM_PSP.name else find_vendor_spec(name)
    return json.loads(path.read_text()) if path else None


@cache
def _validator(name: str, method: str, path: str, status: int, schema: str | None) -> Any:
    spec = _spec(name)
    if spec is None or path not in spec["paths"]:
        return None
    found = (
        {"$ref": f"#/components/schemas/{schema}"}
        if schema
        else _schema(spec, spec["paths"][path][method.lower()]["responses"][str(status)])
    )
    kind = OAS30Validator if spec["openapi"].startswith("3.0") else OAS31Validator
    registry = Registry().with_resource(_ROOT, DRAFT202012.create_resource(spec))
    return kind(_based(found), registry=registry) if found else None


def _schema(spec: dict[str, Any], response: dict[str, Any]) -> Any:
    """Return the schema of a response's JSON, if there is one."""
    found = spec
    if "$ref" in response:
        for part in response["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        response = found
    content = response.get("content", {})
    return next((each["schema"] for name, each in content.items() if "json" in name), None)


def _based(node: Any) -> Any:
    """Return a schema whose references begin with their contract."""
    if isinstance(node, dict):
        return {
            name: _ROOT + each if name == "$ref" else _based(each) for name, each in node.items()
        }
    return [_based(each) for each in node] if isinstance(node, list) else node
