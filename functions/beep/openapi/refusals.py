"""Refusals: their common body, and an answer for each status with its codes."""

from __future__ import annotations

import json
from http import HTTPStatus
from itertools import groupby
from typing import Any

from functions import http
from functions.beep.openapi.components import Schema, reference
from functions.catalog import Endpoint
from shared.domain.accounts.packages import Package
from shared.errors import (
    Busy,
    ConnectorConflict,
    ConnectorCredentialsRefused,
    ConnectorError,
    ConnectorNotConfigured,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorUnavailable,
    EndpointNotAllowed,
    IdempotencyKeyReused,
    InsufficientBalance,
    InvalidParameters,
    MethodNotAllowed,
    PaymentNotRefundable,
    PaymentStateConflict,
    ProductExists,
    ProductManaged,
    PunktwerkError,
    RefundExceedsPayment,
    RewardCostMismatch,
    WebhookExists,
    catalog,
)

REQUEST_ID = "req_k3v9a7xq2mztc4ewnp5h"
_PAYMENT_ID = "pay_4f1c9a2be07d4c6e8b13a5f0c2d7"
_DETAILS: dict[type[PunktwerkError], dict[str, Any]] = {
    InvalidParameters: {"fields": {"points": "is required"}},
    InsufficientBalance: {"required": 100, "available": 80, "missing": 20},
    RewardCostMismatch: {"rewardId": "rw_abc123", "required": 100},
    EndpointNotAllowed: {"requiredUpgrade": Package.PRIME, "currentPackage": Package.GO},
    MethodNotAllowed: {"allowed": ["POST", "OPTIONS"]},
    WebhookExists: {"webhookId": "we_abc123"},
    ProductExists: {"productId": "store_a_4006381333931"},
    ProductManaged: {"productId": "store_a_4006381333931", "source": "korona"},
    IdempotencyKeyReused: {
        "entryId": "le_abc123",
        "transactionId": "PB-TXN-9876",
        "bookedBy": "addLoyaltyPoints",
    },
    PaymentNotRefundable: {"paymentId": _PAYMENT_ID, "status": "requires_action"},
    PaymentStateConflict: {"paymentId": _PAYMENT_ID, "status": "requires_action"},
    RefundExceedsPayment: {"refundable": 599, "requested": 1099},
    ConnectorNotConfigured: {"configured": ["stripe"]},
    ConnectorCredentialsRefused: {"status": 401},
    ConnectorRejected: {"status": 422, "paymentId": _PAYMENT_ID},
    ConnectorNotFound: {"status": 404, "paymentId": _PAYMENT_ID},
    ConnectorConflict: {"status": 409, "paymentId": _PAYMENT_ID},
    ConnectorRateLimited: {"retryAfter": 30, "status": 429, "paymentId": _PAYMENT_ID},
    ConnectorUnavailable: {"status": 502, "paymentId": _PAYMENT_ID},
}
_MEANINGS = {
    "success": "Always false.",
    "error": "Stable code of the refusal.",
    "message": "For people; may change.",
    "statusCode": "The HTTP status.",
    "requestId": "Id of the request, for questions about it; also in the header `X-Request-Id`.",
    "fix": "What to do about it.",
    "requiredUpgrade": "The package that includes what was refused.",
    "currentPackage": "The package that the account has.",
    "retryAfter": "Seconds to wait before the next try.",
    "details": "Facts about this refusal, by name; which ones depends on the code.",
}
_WRITE_ONLY = {IdempotencyKeyReused.status}
_SUFFIXES = {None: "", "configured": "OfConfiguration", "called": "OfConnector"}
"""Suffixes of answers' names, by the endpoint's use of connectors."""


def schema() -> Schema:
    """Return the schema of every refusal."""
    package = {"type": "string", "enum": list(Package)}
    properties: dict[str, Schema] = {
        "success": {"type": "boolean", "const": False},
        "error": {"type": "string", "enum": [error.code for error in catalog()]},
        "message": {"type": "string"},
        "statusCode": {"type": "integer", "enum": sorted({error.status for error in catalog()})},
        "requestId": {"type": "string"},
        "fix": {"type": "string"},
        "requiredUpgrade": package,
        "currentPackage": package,
        "retryAfter": {"type": "integer"},
        "details": {"type": "object"},
    }
    optional = {"requiredUpgrade", "currentPackage", "retryAfter", "details"}
    return {
        "title": "Error",
        "type": "object",
        "description": "A refusal. Nothing was written.",
        "properties": {
            name: {**found, "description": _MEANINGS[name]} for name, found in properties.items()
        },
        "required": [name for name in properties if name not in optional],
    }


def responses() -> dict[str, Any]:
    """Return an answer for each status of a refusal, with its possible meanings."""
    return {
        _name(status, connector): _response(status, errors)
        for connector in _SUFFIXES
        for status, errors in _by_status(connector).items()
    }


def references(endpoint: Endpoint) -> dict[str, Schema]:
    """Return the refusals of an endpoint, by status."""
    return {
        str(status): {"$ref": f"#/components/responses/{_name(status, endpoint.connector)}"}
        for status in _by_status(endpoint.connector)
        if not (endpoint.is_read and status in _WRITE_ONLY)
    }


def example(error: type[PunktwerkError]) -> dict[str, Any]:
    """Return the API's answer for this refusal."""
    refused = http.refusal(error(_summary(error), **_DETAILS.get(error, {})), REQUEST_ID)
    body: dict[str, Any] = json.loads(refused.get_data())
    return body


def _response(status: int, errors: list[type[PunktwerkError]]) -> dict[str, Any]:
    codes: Schema = {"properties": {"error": {"enum": [error.code for error in errors]}}}
    headers = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
    if status in {Busy.status, ConnectorRateLimited.status}:
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    if status == MethodNotAllowed.status:
        headers["Allow"] = {"$ref": "#/components/headers/Allow"}
    table = ["| code | meaning | what to do |", "|---|---|---|"]
    table += [f"| `{error.code}` | {_summary(error)} | {error.fix} |" for error in errors]
    return {
        "description": f"{HTTPStatus(status).phrase}\n\n" + "\n".join(table),
        "headers": headers,
        "content": {
            "application/json": {
                "schema": {"allOf": [reference("Error"), codes]},
                "examples": {error.code: {"value": example(error)} for error in errors},
            }
        },
    }


def _by_status(connector: str | None) -> dict[int, list[type[PunktwerkError]]]:
    """Return the refusals of endpoints with this use of connectors, by status."""
    errors = [error for error in catalog() if _can_occur(error, connector)]
    return {status: list(each) for status, each in groupby(errors, key=lambda error: error.status)}


def _can_occur(error: type[PunktwerkError], connector: str | None) -> bool:
    if error is ConnectorNotConfigured:
        return connector is not None
    return not issubclass(error, ConnectorError) or connector == "called"


def _name(status: int, connector: str | None) -> str:
    """Return an answer's name, from its status and the endpoint's use of connectors."""
    phrase = HTTPStatus(status).phrase.replace(" ", "")
    is_plain = _by_status(connector)[status] == _by_status(None).get(status)
    return phrase if is_plain else phrase + _SUFFIXES[connector]


def _summary(error: type[PunktwerkError]) -> str:
    return (error.__doc__ or "").partition("\n")[0]
