"""OpenAPI 3.1 of the loyalty API of a shop, generated from the table and the models."""

from __future__ import annotations

import importlib
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions.beep.openapi.components import text_of
from functions.beep.openapi.operations import PARAMETERS
from functions.shopware.operations import BASE, DEFAULTS, TOKEN_PATH, Operation
from shared.domain.events import event

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/{model}"
_DESCRIPTION = """\
The loyalty API of a Shopware shop (`/api/cogi/loyalty/...`), answered by Punktwerk.

- **Base URL**: that of the gateway, where a Shopware client is told the address of its shop.
- **Authentication**: a token of `/api/oauth/token` (600 s), or an API key, as
  `Authorization: Bearer`; or a key in `sw-access-key`. With a test key, or a token of one,
  answers are examples with `"_sandbox": true`, and nothing is written.
- **Ids**: 32 hex digits, with `0x` before them or with dashes in requests; `0x...` in answers.
- **Times**: `2024-01-20 14:30:00`, UTC. `pointsExpirationDate` is a day by the store's clock.
- **Refusals**: a request that is refused with 4xx has written nothing.
- **Repeating**: equal requests are booked twice. With the same `Idempotency-Key` the second gets
  the first answer, and `Idempotent-Replayed: true`.

One path is published by the plugin's maker, `customer-profile/{customerId}`. The others, and the
objects of transactions and bookings, are guessed; an operator can change the paths.
"""
_BOUNDS = {"ge": "minimum", "le": "maximum"}
_TOKEN_REQUEST: Schema = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "const": "client_credentials"},
        "client_id": {"type": "string", "description": "The id of a secret key; or by Basic."},
        "client_secret": {"type": "string", "description": "The key; or by Basic."},
    },
}
_TOKEN: Schema = {
    "type": "object",
    "required": ["token_type", "expires_in", "access_token"],
    "properties": {
        "token_type": {"type": "string", "const": "Bearer"},
        "expires_in": {"type": "integer", "description": "Seconds that it lives: 600."},
        "access_token": {"type": "string", "description": "For `Authorization: Bearer`."},
    },
}
_ERROR: Schema = {
    "type": "object",
    "description": "A refusal of the plugin.",
    "required": ["status", "message"],
    "properties": {
        "status": {"type": "string", "const": "error"},
        "message": {"type": "string", "description": "What is wrong, for people."},
    },
}
_ERRORS: Schema = {
    "type": "object",
    "description": "A refusal of Shopware itself, such as of a token.",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["status", "code", "title", "detail"],
                "properties": {
                    "status": {"type": "string", "description": "The HTTP status, as a text."},
                    "code": {"type": "string", "description": "A code."},
                    "title": {"type": "string", "description": "What is wrong."},
                    "detail": {"type": ["string", "null"], "description": "What to do, or more."},
                },
            },
        }
    },
}
_ANSWERS = {
    "400": ("The request cannot be fulfilled.", "Error"),
    "401": ("There is no key or token, or it does not work.", "Errors"),
    "403": ("The token or the package does not include it.", "Errors"),
    "404": ("The customer, or the profile, is not known.", "Error"),
    "500": ("A fault on our side.", "Error"),
    "503": ("Busy; try again after `Retry-After` seconds, with the same key.", "Error"),
}


def document() -> dict[str, Any]:
    """Return the description of the face, with the paths that it has by default."""
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "Punktwerk: loyalty API of a Shopware shop",
            "version": event.API_VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "https://REGION-PROJECT.cloudfunctions.net/apiGateway",
                "description": "Gateway",
            }
        ],
        "security": [{"token": []}, {"bearerKey": []}, {"accessKey": []}],
        "paths": {
            TOKEN_PATH: {"post": _token()},
            **{f"{BASE}{each.path}": {each.method.lower(): _of(each)} for each in DEFAULTS},
        },
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": TOKEN_PATH, "scopes": {}}},
                },
                "bearerKey": {"type": "http", "scheme": "bearer", "description": "An API key."},
                "accessKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "sw-access-key",
                    "description": "An API key.",
                },
            },
            "schemas": {"Error": _ERROR, "Errors": _ERRORS, **_schemas()},
        },
    }
    bounded: dict[str, Any] = _with_bounds(described)
    return bounded


def _with_bounds(value: Any) -> Any:
    """Return a document with the bounds that pydantic leaves in its own words."""
    if isinstance(value, list):
        return [_with_bounds(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {_BOUNDS.get(name, name): _with_bounds(each) for name, each in value.items()}


def _schemas() -> dict[str, Schema]:
    """Return the models of answers and of bodies by their names, with those that they refer to."""
    named: dict[type[BaseModel], str] = {}
    for each in DEFAULTS:
        module = importlib.import_module(each.module)
        named[module.Response] = f"{_title(each)}Response"
        if not each.is_read:
            named[module.Request] = f"{_title(each)}Request"
    kinds = [
        (model, "validation" if name.endswith("Request") else "serialization")
        for model, name in named.items()
    ]
    found, shared = models_json_schema(kinds, ref_template=_REFERENCE)  # type: ignore[arg-type]
    names = {found[kind]["$ref"].rpartition("/")[2]: named[kind[0]] for kind in kinds}  # type: ignore[index]
    schemas = {names.get(name, name): schema for name, schema in shared["$defs"].items()}
    for name, schema in schemas.items():
        schema["title"] = name
    return schemas


def _token() -> dict[str, Any]:
    content = {
        kind: {"schema": _TOKEN_REQUEST}
        for kind in ("application/x-www-form-urlencoded", "application/json")
    }
    return {
        "operationId": "getToken",
        "summary": "A token for ten minutes.",
        "security": [],
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {
                "description": "The token.",
                "content": {"application/json": {"schema": _TOKEN}},
            },
            **{status: _refusal(status, "Errors") for status in ("400", "401")},
        },
    }


def _of(operation: Operation) -> dict[str, Any]:
    module = importlib.import_module(operation.module)
    summary = text_of(module).partition("\n")[0].partition(": ")[2]
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": f"{summary[:1].upper()}{summary[1:]}",
        "description": "The path is published." if operation.is_published else "Path guessed.",
        "parameters": _parameters(operation, module.Request),
        "responses": {
            "200": {
                "description": text_of(module.Response),
                "content": {
                    "application/json": {
                        "schema": {"$ref": _REFERENCE.format(model=f"{_title(operation)}Response")},
                        "example": module.EXAMPLE,
                    }
                },
            },
            **{status: _refusal(status, name) for status, (_, name) in _ANSWERS.items()},
        },
    }
    if not operation.is_read:
        schema = {"$ref": _REFERENCE.format(model=f"{_title(operation)}Request")}
        content = {"application/json": {"schema": schema}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parameters(operation: Operation, model: type[BaseModel]) -> list[dict[str, Any]]:
    """Return what path and query take; a write takes a key instead."""
    if not operation.is_read:
        return [PARAMETERS["Idempotency-Key"]]
    schema = model.model_json_schema()
    required = schema.get("required", [])
    found = []
    for name, field in schema["properties"].items():
        taken = _without_null(field)
        is_in_path = "{" + name + "}" in operation.path
        found.append(
            {
                "name": name,
                "in": "path" if is_in_path else "query",
                "required": name in required,
                "description": taken.pop("description"),
                "schema": taken,
            }
        )
    return found


def _without_null(schema: Schema) -> Schema:
    """Return what a parameter may be, if it is there."""
    schema = {name: each for name, each in schema.items() if name != "title"}
    options = [each for each in schema.pop("anyOf", []) if each != {"type": "null"}]
    if options and schema.get("default", 0) is None:
        del schema["default"]
    return {**options[0], **schema} if options else schema


def _refusal(status: str, name: str) -> dict[str, Any]:
    return {
        "description": _ANSWERS[status][0],
        "content": {"application/json": {"schema": {"$ref": _REFERENCE.format(model=name)}}},
    }


def _title(operation: Operation) -> str:
    return operation.name[:1].upper() + operation.name[1:]
