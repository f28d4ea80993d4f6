"""Paths: every endpoint and alias of the catalog, with POST, and GET for reads."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from functions.beep.openapi import components, refusals
from functions.beep.openapi.components import Schema, module_of, reference, text_of
from functions.catalog import ENDPOINTS, Endpoint

SECURITY_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "bk_live_sk_... or bk_test_sk_...",
    "description": "A secret API key.",
}
PARAMETERS: dict[str, Any] = {
    "X-Beep-Store-Id": {
        "name": "X-Beep-Store-Id",
        "in": "header",
        "description": "The store, instead of `storeId` in the body or query.",
        "schema": {"type": "string"},
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": (
            "Any text of your own for this one request, for instance a UUID. Repeat the request "
            "with it, and the first answer comes again; it is kept for 30 days at least."
        ),
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    },
}
HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "Id of the request, for questions about it.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": "`true` if this is the answer to an earlier request, and nothing was done.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try, where that is known.",
        "schema": {"type": "integer"},
    },
    "Allow": {"description": "The methods that the endpoint takes.", "schema": {"type": "string"}},
}


def tags() -> list[dict[str, str]]:
    """Return the groups of operations, in the order of the catalog."""
    described = {
        tag(endpoint): text_of(importlib.import_module(endpoint.module.rpartition(".")[0]))
        for endpoint in ENDPOINTS
    }
    return [{"name": name, "description": text} for name, text in described.items()]


def paths(schemas: Mapping[str, Schema]) -> dict[str, Any]:
    """Return every endpoint by its name, then again by each alias.

    Args:
        schemas: The components, for the query parameters of reads.
    """
    return {f"/{name}": _path(endpoint, name, schemas) for name, endpoint in _by_name()}


def tag(endpoint: Endpoint) -> str:
    """Return the group of an endpoint: the folder of its module."""
    return endpoint.noun


def _by_name() -> Iterator[tuple[str, Endpoint]]:
    yield from ((endpoint.name, endpoint) for endpoint in ENDPOINTS)
    yield from ((alias, endpoint) for endpoint in ENDPOINTS for alias in endpoint.aliases)


def _path(endpoint: Endpoint, name: str, schemas: Mapping[str, Schema]) -> dict[str, Any]:
    item: dict[str, Any] = {}
    if endpoint.is_read:
        get = _operation(endpoint, name) | {"operationId": f"{name}ByQuery"}
        query = _query(endpoint, schemas[components.request_name(endpoint)])
        item["get"] = get | {"parameters": [*query, *get["parameters"]]}
    item["post"] = _operation(endpoint, name) | {"requestBody": _body(endpoint)}
    return item


def _operation(endpoint: Endpoint, name: str) -> dict[str, Any]:
    headers = ["X-Beep-Store-Id"] if endpoint.is_read else ["X-Beep-Store-Id", "Idempotency-Key"]
    return {
        "operationId": name,
        "tags": [tag(endpoint)],
        "summary": _summary(endpoint),
        "description": _description(endpoint, name),
        "x-package": endpoint.package,
        "parameters": [{"$ref": f"#/components/parameters/{header}"} for header in headers],
        "responses": {"200": _answer(endpoint), **refusals.references(endpoint)},
        **({} if endpoint.needs_key else {"security": [{}, {"apiKey": []}]}),
    }


def _summary(endpoint: Endpoint) -> str:
    _, _, text = text_of(module_of(endpoint)).partition(": ")
    return text[0].upper() + text[1:]


def _description(endpoint: Endpoint, name: str) -> str:
    said = [text_of(module_of(endpoint).Request)]
    if endpoint.needs_key:
        said.append(f"Needs the package {endpoint.package} or above.")
    if name in endpoint.aliases:
        said.append(f"Another name of {endpoint.name}.")
    elif endpoint.aliases:
        said.append(f"Also answers to the name {' and '.join(endpoint.aliases)}.")
    return "\n\n".join(said)


def _query(endpoint: Endpoint, schema: Schema) -> Iterator[dict[str, Any]]:
    """Return the fields of a request as query parameters."""
    example = next(iter(module_of(endpoint).EXAMPLE_REQUESTS.values()))
    for name, field in schema["properties"].items():
        parameter = {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": field.get("description"),
            "schema": _without_null(field),
        }
        yield parameter | ({"example": example[name]} if name in example else {})


def _without_null(field: Schema) -> Schema:
    """Return a field without null: a query can only leave a parameter out."""
    schema = components.without_meaning(field)
    if isinstance(schema.get("type"), list):
        schema["type"] = next(name for name in schema["type"] if name != "null")
    if "anyOf" in schema:
        schema |= next(each for each in schema.pop("anyOf") if each != {"type": "null"})
    return schema


def _body(endpoint: Endpoint) -> dict[str, Any]:
    examples = module_of(endpoint).EXAMPLE_REQUESTS.items()
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": reference(components.request_name(endpoint)),
                "examples": {name: {"value": body} for name, body in examples},
            }
        },
    }


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    names = ["X-Request-Id"] if endpoint.is_read else ["X-Request-Id", "Idempotent-Replayed"]
    module = module_of(endpoint)
    return {
        "description": text_of(module.Response),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {
            "application/json": {
                "schema": reference(components.response_name(endpoint)),
                "example": module.EXAMPLE,
            }
        },
    }
