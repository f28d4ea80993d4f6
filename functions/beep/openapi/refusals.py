"""Refusals: their common body, which of them an operation has, and an example of each."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from itertools import groupby
from typing import Any

from functions import http
from functions.beep.openapi import components
from functions.beep.openapi.components import Schema, reference
from functions.catalog import ENDPOINTS, Endpoint
from shared.domain.accounts.packages import Package
from shared.errors import (
    CONNECTOR_REFUSALS,
    AppNotVerified,
    Busy,
    ConnectorConflict,
    ConnectorCredentialsRefused,
    ConnectorNotConfigured,
    ConnectorNotFound,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorUnavailable,
    DocumentTooLarge,
    EndpointNotAllowed,
    IdempotencyKeyReused,
    IdTokenExpired,
    InsufficientBalance,
    InsufficientScope,
    InternalError,
    InvalidAccessToken,
    InvalidApiKey,
    InvalidIdempotencyKey,
    InvalidIdToken,
    InvalidJson,
    InvalidParameters,
    MethodNotAllowed,
    MissingAuthHeader,
    NotStaff,
    PaymentNotRefundable,
    PaymentStateConflict,
    ProductExists,
    ProductManaged,
    PunktwerkError,
    RefundExceedsPayment,
    RequestIncomplete,
    RequestTooLarge,
    RewardCostMismatch,
    SecretKeyInBrowser,
    SignInNotVerified,
    StoreNotAllowed,
    SubscriptionInactive,
    UserNotAllowed,
    WebhookExists,
    catalog,
)

REQUEST_ID = "req_abc123"
_PAYMENT_ID = "pay_4f1c9a2be07d4c6e8b13a5f0c2d7"


def _answered(status: int) -> dict[str, Any]:
    return {"code": "answered", "parameters": {"system": "stripe", "status": str(status)}}


_DETAILS: dict[type[PunktwerkError], dict[str, Any]] = {
    InvalidParameters: {"fields": {"points": "is required"}},
    InsufficientBalance: {"required": 100, "available": 80, "missing": 20},
    RewardCostMismatch: {"rewardId": "rw_abc123", "required": 100},
    EndpointNotAllowed: {"requiredUpgrade": Package.PRIME, "currentPackage": Package.GO},
    InsufficientScope: {"scope": "loyalty.write"},
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
    ConnectorCredentialsRefused: {"status": 401, "meaning": _answered(401)},
    ConnectorRejected: {"status": 422, "meaning": _answered(422), "paymentId": _PAYMENT_ID},
    ConnectorNotFound: {"status": 404, "meaning": _answered(404), "paymentId": _PAYMENT_ID},
    ConnectorConflict: {"status": 409, "meaning": _answered(409), "paymentId": _PAYMENT_ID},
    ConnectorRateLimited: {
        "retryAfter": 30,
        "status": 429,
        "meaning": _answered(429),
        "paymentId": _PAYMENT_ID,
    },
    ConnectorUnavailable: {"status": 502, "meaning": _answered(502), "paymentId": _PAYMENT_ID},
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
    "details": (
        "Facts about this refusal, by name; which ones depends on the code. `meaning` says by code "
        "what a message about another system says in words, and `meanings` so for some fields."
    ),
}
ALWAYS: tuple[type[PunktwerkError], ...] = (
    MissingAuthHeader,
    InvalidApiKey,
    InvalidAccessToken,
    InvalidIdToken,
    IdTokenExpired,
    AppNotVerified,
    SubscriptionInactive,
    EndpointNotAllowed,
    InsufficientScope,
    SecretKeyInBrowser,
    NotStaff,
    SignInNotVerified,
    StoreNotAllowed,
    InternalError,
    Busy,
)
OF_BODIES = (InvalidJson, RequestIncomplete, RequestTooLarge)
OF_WRITES = (InvalidIdempotencyKey, DocumentTooLarge)
COMMON: tuple[type[PunktwerkError], ...] = (*ALWAYS, UserNotAllowed, *OF_BODIES, *OF_WRITES)
"""What says nothing of what is asked for: one answer, ``default``, shows it for all operations."""
OTHERS = "Refused"
_TIMED = (Busy, ConnectorRateLimited, ConnectorUnavailable)
_NAMED_MAX = 2
_EXAMPLE_REFERENCE = "#/components/examples/"
_RESPONSE_REFERENCE = "#/components/responses/"


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


@functools.cache
def of(endpoint: Endpoint, method: str = "POST") -> tuple[type[PunktwerkError], ...]:
    """Return what an operation can refuse with: what all do, and what its module names.

    Sorted by status. A method that it does not take is answered with 405, which is no operation.
    """
    found = {*ALWAYS, InvalidParameters, *components.module_of(endpoint).REFUSALS}
    found |= set() if endpoint.customer_package is None else {UserNotAllowed}
    found |= set() if method == "GET" else set(OF_BODIES)
    found |= set() if endpoint.is_read else {*OF_WRITES, IdempotencyKeyReused}
    return tuple(error for error in catalog() if error in found)


def responses() -> dict[str, Any]:
    """Return the answers that operations share: one for each status and what is refused with it."""
    shown = _shown()
    shared = _in_several(shown)
    return {name: _response(*each, shared) for name, each in sorted(shown.items())}


def examples() -> dict[str, Any]:
    """Return an example of each refusal that several answers have, by its code."""
    shared = _in_several(_shown())
    return {error.code: {"value": example(error)} for error in catalog() if error in shared}


def references(endpoint: Endpoint, method: str) -> dict[str, Schema]:
    """Return the refusals of an operation, by status."""
    own = {
        str(status): {"$ref": _RESPONSE_REFERENCE + _name(endpoint, method, status)}
        for status in _by_status(endpoint, method)
    }
    return own | {"default": {"$ref": _RESPONSE_REFERENCE + OTHERS}}


def example(error: type[PunktwerkError]) -> dict[str, Any]:
    """Return the API's answer for this refusal."""
    refused = http.refusal(error(_summary(error), **_DETAILS.get(error, {})), REQUEST_ID)
    body: dict[str, Any] = json.loads(refused.get_data())
    return body


def _shown() -> dict[str, tuple[str, list[type[PunktwerkError]]]]:
    """Return the meaning and the refusals of each answer, by its name."""
    found = {
        _name(endpoint, method, status): (f"{HTTPStatus(status).phrase}.", errors)
        for endpoint in ENDPOINTS
        for method in endpoint.methods
        for status, errors in _by_status(endpoint, method).items()
    }
    others = [error for error in catalog() if error in COMMON]
    return found | {OTHERS: ("The key, the package, the transport or our side.", others)}


def _in_several(
    shown: Mapping[str, tuple[str, list[type[PunktwerkError]]]],
) -> set[type[PunktwerkError]]:
    counted = Counter(error for _, errors in shown.values() for error in errors)
    return {error for error, count in counted.items() if count > 1}


def _response(
    meaning: str, errors: list[type[PunktwerkError]], shared: set[type[PunktwerkError]]
) -> dict[str, Any]:
    # `X-Request-Id` is in the body too: the schema says so.
    is_timed = any(error in _TIMED for error in errors)
    headers = {"Retry-After": {"$ref": "#/components/headers/After"}} if is_timed else {}
    found = {
        error.code: {"$ref": _EXAMPLE_REFERENCE + error.code}
        if error in shared
        else {"value": example(error)}
        for error in errors
    }
    return {
        "description": meaning,
        **({"headers": headers} if headers else {}),
        "content": {"application/json": {"schema": reference("Error"), "examples": found}},
    }


@functools.cache
def _by_status(endpoint: Endpoint, method: str) -> Mapping[int, list[type[PunktwerkError]]]:
    own = (error for error in of(endpoint, method) if error not in COMMON)
    grouped = groupby(own, key=lambda error: error.status)
    return {status: list(errors) for status, errors in grouped}


def _name(endpoint: Endpoint, method: str, status: int) -> str:
    """Return an answer's name, from its status and the refusals that not all operations have.

    ``ProgramNotFound``, ``ConflictOrWebhookExists``; where these are many, it
    has the name of the first operation that has them, ``BadRequestOfRefundPayment``.
    """
    errors = _by_status(endpoint, method)[status]
    own = [error for error in errors if error in components.module_of(endpoint).REFUSALS]
    named = [error.__name__ for error in own if error not in CONNECTOR_REFUSALS]
    of_connectors = [error.__name__ for error in own if error in CONNECTOR_REFUSALS]
    named += (
        of_connectors if len(of_connectors) == 1 else ["ConnectorRefusal"] * bool(of_connectors)
    )
    phrase = HTTPStatus(status).phrase.replace(" ", "")
    if len(named) > _NAMED_MAX:
        same = (each.name for each in ENDPOINTS if _by_status(each, method).get(status) == errors)
        return f"{phrase}Of{components.capitalised(next(same))}"
    if len(own) == len(errors):
        return "Or".join(named)
    if len(errors) == 1:
        return errors[0].__name__
    return "Or".join([phrase, *named])


def _summary(error: type[PunktwerkError]) -> str:
    return (error.__doc__ or "").partition("\n")[0]
