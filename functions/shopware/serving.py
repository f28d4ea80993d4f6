"""From an HTTP request to an operation's ``handle`` and back, in the words of a Shopware shop."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any

from flask import Response

from functions import http
from functions.shopware import operations, refusals, token
from functions.shopware.operations import BASE, TOKEN_PATH, Operation
from shared.auth import keys
from shared.auth.caller import Caller
from shared.domain.accounts.packages import Package
from shared.errors import (
    EndpointNotAllowed,
    InvalidApiKey,
    InvalidParameters,
    MethodNotAllowed,
    UnknownAction,
)
from shared.services.accounts import callers, test_clocks

if TYPE_CHECKING:
    from flask import Request

    from shared.schemas.base import ResponseModel

ACCESS_KEY = "sw-access-key"
PACKAGE = Package.GO
_ITEM = re.compile(r"(\w+)\[\d{0,4}\]")
"""How PHP writes an array in a query: ``customerIds[]=a``, ``customerIds[0]=a``."""


def serve(request: Request) -> Response:
    """Answer a request; never raises."""
    if request.method == "OPTIONS":
        return http.preflight(("GET", "POST"))
    return http.guarded(
        "shopware", request, lambda log: _answer(request, log), refuse=refusals.refusal
    )


def _answer(request: Request, log: dict[str, Any]) -> Response:
    if request.path.endswith(TOKEN_PATH):
        log["action"] = "shopware token"
        return token.answer(request, log)
    operation, named = _operation(request)
    log["action"] = operation.name
    caller = _caller(request, operation, log)
    if not caller.is_live:
        return _answer_to(request, operation, named, caller)
    with test_clocks.time_of(caller.account_id):
        return _answer_to(request, operation, named, caller)


def _answer_to(
    request: Request, operation: Operation, named: dict[str, str], caller: Caller
) -> Response:
    module = importlib.import_module(operation.module)
    parameters = _query(request) if operation.is_read else http.parsed(http.raw_body(request))
    body = http.validated(module, {**parameters, **named})
    caller = http.with_claim(
        caller, f"shopware {operation.name}", http.idempotency_key(request), body
    )
    if not caller.is_live:
        return http.to_response({**module.sandbox(body), "_sandbox": True})
    answer: ResponseModel = module.handle(body, caller)
    response = http.to_response(answer.model_dump(by_alias=True, mode="json"))
    if answer.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _operation(request: Request) -> tuple[Operation, dict[str, str]]:
    """Return what is asked for, and what its path names.

    Raises:
        UnknownAction, MethodNotAllowed.
    """
    path = request.path.partition(BASE)[2].rstrip("/")
    found = [
        (each, named) for each in operations.operations() if (named := each.match(path)) is not None
    ]
    for each, named in found:
        if each.method == request.method:
            return each, named
    if found:
        allowed = sorted({each.method for each, _ in found})
        raise MethodNotAllowed(f"Use {' or '.join(allowed)}.", allowed=allowed)
    raise UnknownAction("There is no such path in the loyalty API.")


def _caller(request: Request, operation: Operation, log: dict[str, Any]) -> Caller:
    """Return the caller of a token or of an API key, which may be in ``sw-access-key``, too.

    Raises:
        MissingAuthHeader, InvalidApiKey, InvalidAccessToken, InsufficientScope,
        EndpointNotAllowed, SubscriptionInactive, SecretKeyInBrowser.
    """
    access_key = request.headers.get(ACCESS_KEY)
    authorization = request.headers.get("Authorization")
    is_key = access_key is not None and authorization is None
    text = access_key.strip() if is_key and access_key else callers.token_of(authorization)
    if keys.is_signed_token(text):
        raise InvalidApiKey("A customer's sign-in is no key.")
    caller = callers.authenticate(text, origin=request.headers.get("Origin"), host=request.host)
    log |= {"accountId": caller.account_id, "live": caller.is_live}
    log |= {} if caller.scopes is None else {"by": "token"}
    callers.require_scope(caller, operation.scope)
    if not caller.package.includes(PACKAGE):
        raise EndpointNotAllowed(f"The loyalty API needs the package {PACKAGE}.")
    return caller


def _query(request: Request) -> dict[str, Any]:
    """Return the parameters of a query; what PHP writes as an array becomes one text by commas."""
    found: dict[str, Any] = {}
    for name, values in request.args.lists():
        item = _ITEM.fullmatch(name)
        if item is not None:
            known = found.get(item[1])
            found[item[1]] = ",".join([*([known] if known else []), *values])
        elif len(values) > 1 or name in found:
            problem = "must be given once"
            raise InvalidParameters(f"{name} {problem}.", fields={name: problem})
        else:
            found[name] = values[0]
    return found
