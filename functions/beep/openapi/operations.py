"""Paths: every endpoint and alias of the catalog, with POST, and GET for reads."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from functions.beep.openapi import components, refusals
from functions.beep.openapi.components import Schema, module_of, reference, text_of
from functions.beep.openapi.sharing import with_names
from functions.catalog import ENDPOINTS, SCOPES, SCOPES_OF_OWNERS, Endpoint
from shared.domain.accounts import scopes
from shared.domain.accounts.staff import StaffRole

AUTHORIZE_URL = "../oauth/authorize"
TOKEN_URL = "../oauth/token"  # noqa: S105 - an address
"""Relative to the API's address, which ends with ``/api/v1``."""
SECURITY_SCHEMES = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "bk_live_sk_... or bk_test_sk_...",
        "description": "A secret API key.",
    },
    "oauth2": {
        "type": "oauth2",
        "description": "An access token that stands for a secret key, or is an app's that an owner "
        "lets act.",
        "flows": {
            "clientCredentials": {
                "tokenUrl": TOKEN_URL,
                "scopes": {scope: scopes.meaning(scope) for scope in SCOPES},
            },
            "authorizationCode": {
                "authorizationUrl": AUTHORIZE_URL,
                "tokenUrl": TOKEN_URL,
                "refreshUrl": TOKEN_URL,
                "scopes": {scope: scopes.meaning(scope) for scope in SCOPES_OF_OWNERS},
            },
        },
    },
    "idToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A customer's Firebase ID token.",
    },
    "staffIdToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The Firebase ID token of somebody of the staff, with `staffAccount`.",
    },
    "staffAccount": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Beep-Staff-Account",
        "description": "The id of the account for whose staff the ID token acts. With "
        "`X-Beep-Mode: test` beside it the sandbox answers.",
    },
}
PARAMETERS: dict[str, Any] = {
    "X-Beep-Store-Id": {
        "name": "X-Beep-Store-Id",
        "in": "header",
        "description": "The store, instead of `storeId` in the body or query.",
        "schema": {"type": "string"},
    },
    "X-Beep-Publishable-Key": {
        "name": "X-Beep-Publishable-Key",
        "in": "header",
        "description": "The account, if a customer calls and names neither program nor store.",
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
}


def header_components() -> dict[str, Any]:
    """Return the headers of answers as components, named by the last word: all refer to them."""
    return {_last_word(name): header for name, header in HEADERS.items()}


def header_reference(name: str) -> Schema:
    """Return a reference to a header's component."""
    return {"$ref": f"#/components/headers/{_last_word(name)}"}


def _last_word(name: str) -> str:
    return name.rpartition("-")[2]


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
    shared = _shared_parameters(schemas)
    return {f"/{name}": _path(endpoint, name, schemas, shared) for name, endpoint in _by_name()}


def parameters(schemas: Mapping[str, Schema]) -> dict[str, Any]:
    """Return the parameters that operations share, by the names of components."""
    shared = _shared_parameters(schemas)
    return PARAMETERS | {name: json.loads(text) for text, name in shared.items()}


def responses() -> dict[str, Any]:
    """Return the answer of each endpoint, under the name of its action."""
    return {_answer_name(endpoint): _answer(endpoint) for endpoint in ENDPOINTS}


def tag(endpoint: Endpoint) -> str:
    """Return the group of an endpoint: the folder of its module."""
    return endpoint.noun


def _by_name() -> Iterator[tuple[str, Endpoint]]:
    yield from ((endpoint.name, endpoint) for endpoint in ENDPOINTS)
    yield from ((alias, endpoint) for endpoint in ENDPOINTS for alias in endpoint.aliases)


def _shared_parameters(schemas: Mapping[str, Schema]) -> dict[str, str]:
    """Return the query parameters that several reads have, as JSON, and their names.

    Where reads mean different things by a name, it stands for what most of them mean.
    """
    counted = Counter(
        json.dumps(parameter)
        for endpoint in ENDPOINTS
        if endpoint.is_read
        for parameter in _query(schemas[components.request_name(endpoint)])
    )
    names: dict[str, str] = {}
    for text, count in counted.most_common():
        parameter = json.loads(text)
        name = parameter["name"] if "required" in parameter else f"{parameter['name']}Optional"
        if count > 1 and name not in names.values():
            names[text] = name
    return names


def _path(
    endpoint: Endpoint, name: str, schemas: Mapping[str, Schema], shared: Mapping[str, str]
) -> dict[str, Any]:
    names_store = "storeId" in schemas[components.request_name(endpoint)].get("properties", ())
    is_for_customers = endpoint.customer_package is not None
    headers = ["X-Beep-Store-Id"] * names_store + ["X-Beep-Publishable-Key"] * is_for_customers
    item: dict[str, Any] = {"parameters": list(map(_parameter, headers))} if headers else {}
    if endpoint.is_read:
        get = _operation(endpoint, name, "GET") | {"operationId": f"{name}ByQuery"}
        del get["description"]  # that of POST
        query = [
            _parameter(shared[text]) if text in shared else parameter
            for parameter in _query(schemas[components.request_name(endpoint)])
            for text in [json.dumps(parameter)]
        ]
        item["get"] = get | {"parameters": query}
    post = _operation(endpoint, name, "POST") | {"requestBody": _body(endpoint, schemas)}
    keys = {} if endpoint.is_read else {"parameters": [_parameter("Idempotency-Key")]}
    item["post"] = post | keys
    return item


def _operation(endpoint: Endpoint, name: str, method: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": [tag(endpoint)],
        "summary": _summary(endpoint),
        "description": _description(endpoint, name),
        "x-package": endpoint.package,
        "responses": {
            "200": {"$ref": f"#/components/responses/{_answer_name(endpoint)}"},
            **refusals.references(endpoint, method),
        },
        **_security(endpoint),
    }


def _security(endpoint: Endpoint) -> dict[str, Any]:
    """Return what may call an operation: as a rule a secret key or a token; and who else may."""
    by_key: list[dict[str, list[str]]] = [] if endpoint.refuses_keys else [{"apiKey": []}]
    if not endpoint.refuses_tokens:
        by_key.append({"oauth2": [endpoint.scope] if endpoint.needs_key else []})
    nobody: list[dict[str, list[str]]] = [] if endpoint.needs_key else [{}]
    customers: list[dict[str, list[str]]] = (
        [] if endpoint.customer_package is None else [{"idToken": []}]
    )
    by_staff: dict[str, list[str]] = {"staffIdToken": [], "staffAccount": []}
    staff = [by_staff] if endpoint.needs_key and endpoint.staff_roles else []
    persons: list[dict[str, list[str]]] = [{"staffIdToken": []}] if endpoint.for_persons else []
    return {"security": [*nobody, *by_key, *customers, *persons, *staff]}


def _parameter(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _answer_name(endpoint: Endpoint) -> str:
    return components.response_name(endpoint).removesuffix("Response")


def _summary(endpoint: Endpoint) -> str:
    _, _, text = text_of(module_of(endpoint)).partition(": ")
    return text[0].upper() + text[1:]


def _description(endpoint: Endpoint, name: str) -> str:
    said = [text_of(module_of(endpoint).Request)]
    if endpoint.needs_key:
        tokens = "not allowed" if endpoint.refuses_tokens else f"`{endpoint.scope}`"
        said.append(f"Package {endpoint.package} or above. Tokens: {tokens}.")
    if endpoint.customer_package is not None:
        of_theirs = (
            ""
            if endpoint.customer_package is endpoint.package
            else (f", with package {endpoint.customer_package} or above")
        )
        said.append(f"Customers may call it for themselves{of_theirs}; `userId` is theirs.")
    if endpoint.for_persons:
        alone = ", and nobody else" if endpoint.refuses_keys else ""
        said.append(f"Whoever has signed in may call it, without naming an account{alone}.")
    elif endpoint.needs_key:
        said.append(_of_staff(endpoint))
    if name in endpoint.aliases:
        said.append(f"Another name of {endpoint.name}.")
    elif endpoint.aliases:
        said.append(f"Also answers to the name {' and '.join(endpoint.aliases)}.")
    return "\n\n".join(said)


def _of_staff(endpoint: Endpoint) -> str:
    roles = [role for role in StaffRole if role in endpoint.staff_roles]
    if not roles:
        return "Not for staff: secret keys alone."
    alone = "; secret keys may not" if endpoint.refuses_keys else ""
    return f"Staff who may call it: {', '.join(roles)}{alone}."


def _query(schema: Schema) -> Iterator[dict[str, Any]]:
    """Return the fields of a request as query parameters."""
    for name, field in schema["properties"].items():
        parameter = {
            "name": name,
            "in": "query",
            "description": field.get("description"),
            "schema": with_names(_without_null(field)),
        }
        yield parameter | ({"required": True} if name in schema.get("required", ()) else {})


def _without_null(field: Schema) -> Schema:
    """Return a field without null: a query can only leave a parameter out."""
    schema = components.without_meaning(field)
    if isinstance(schema.get("type"), list):
        schema["type"] = next(name for name in schema["type"] if name != "null")
    if "anyOf" in schema:
        schema |= next(each for each in schema.pop("anyOf") if each != {"type": "null"})
    return schema


def _body(endpoint: Endpoint, schemas: Mapping[str, Schema]) -> dict[str, Any]:
    is_required = "required" in schemas[components.request_name(endpoint)]
    examples = module_of(endpoint).EXAMPLE_REQUESTS.items()
    return {
        "required": is_required,
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
        "headers": {name: header_reference(name) for name in names},
        "content": {
            "application/json": {
                "schema": reference(components.response_name(endpoint)),
                "example": module.EXAMPLE,
            }
        },
    }
