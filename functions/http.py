"""From an HTTP request to an endpoint's ``handle`` and back: the same steps for every endpoint.

Request id, method (405), key or token (401), scope and package (403), JSON and schema (400),
sandbox or ``handle``, refusals to their status, anything else to a bare 500, and one line in the
log. A customer's account follows from the request, so its package is checked after the schema.
"""

from __future__ import annotations

import importlib
import json
import re
import time
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, cast

from flask import Response
from pydantic import ValidationError

from shared import ids, logs
from shared.auth import app_tokens, keys
from shared.auth.caller import Caller, Claim, SignedInCustomer
from shared.auth.keys import KeyMode
from shared.domain import exact_json
from shared.errors import (
    Busy,
    EndpointNotAllowed,
    IdTokenExpired,
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
    PunktwerkError,
    RequestIncomplete,
    RequestTooLarge,
    Unhealthy,
    UserNotAllowed,
)
from shared.schemas.base import ResponseModel, WireModel, to_refusal
from shared.services.accounts import callers, test_clocks
from shared.store import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import ModuleType

    from flask import Request

    from functions.catalog import Endpoint
    from shared.domain.accounts.packages import Package

BODY_BYTES_MAX = 1024 * 1024
DEPTH_MAX = 32
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Request-Id, Idempotent-Replayed, Retry-After",
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, X-Beep-Publishable-Key, X-Beep-Store-Id, "
        "X-Beep-Staff-Account, X-Beep-Mode, X-Firebase-AppCheck, X-SDK-Version"
    ),
    "Access-Control-Max-Age": "3600",
}
MODE = "X-Beep-Mode"
"""The header by which staff choose between real data and the sandbox."""
_REALM = 'Bearer realm="Punktwerk"'
_BY_BAD_TOKEN = (InvalidApiKey, InvalidAccessToken, InvalidIdToken, IdTokenExpired)
_LIFTED = ("requiredUpgrade", "currentPackage", "retryAfter")
_LOG_BY_ERROR = {Busy.code: logs.warning, Unhealthy.code: logs.error}
"""What an operator should see of the refusals; the others are the caller's own."""
_KEY_PATTERN = re.compile(r"[\x20-\x7e]{1,255}")


def serve(endpoint: Endpoint, request: Request) -> Response:
    """Answer a request for an endpoint; never raises."""
    if request.method == "OPTIONS":
        return preflight(endpoint.methods)
    return guarded(endpoint.name, request, lambda log: _answer(endpoint, request, log))


def guarded(
    action: str,
    request: Request,
    answer: Callable[[dict[str, Any]], Response],
    refuse: Callable[[PunktwerkError, str], Response] | None = None,
) -> Response:
    """Run ``answer``, turn its exceptions into refusals, and log the request.

    ``refuse`` makes the response of a refusal and a request id, for faces with bodies of their own.
    """
    refuse = refuse or refusal
    started_s = time.monotonic()
    request_id = ids.new("req")
    usage = client.start_usage()
    log: dict[str, Any] = {"action": action, "method": request.method, "requestId": request_id}
    try:
        response = answer(log)
    except PunktwerkError as error:
        response = refuse(error, request_id)
        log["error"] = error.code
        if isinstance(error, Unhealthy):
            log["works"] = error.details
    except Exception:  # noqa: BLE001 - the one place where a bug becomes a bare 500
        logs.exception("unexpected failure", **log)
        response = refuse(InternalError("Something went wrong on our side."), request_id)
        log["error"] = InternalError.code
    response.headers["X-Request-Id"] = request_id
    response.headers.extend(_CORS)
    log |= {"rpcs": usage.rpcs, "reads": usage.reads, "writes": usage.writes}
    duration_ms = round((time.monotonic() - started_s) * 1000, 1)
    log |= {"status": response.status_code, "durationMs": duration_ms}
    _LOG_BY_ERROR.get(log.get("error", ""), logs.info)("request", **log)
    return response


def preflight(methods: tuple[str, ...]) -> Response:
    """Answer a browser's preflight request."""
    allowed = {"Access-Control-Allow-Methods": ", ".join((*methods, "OPTIONS"))}
    return Response(status=204, headers={**_CORS, **_PREFLIGHT, **allowed})


def to_response(body: dict[str, Any], status: int = 200) -> Response:
    """Return a response with a JSON object."""
    text = json.dumps(body, ensure_ascii=False, default=exact_json.default)
    return Response(text, status=status, content_type="application/json; charset=utf-8")


def refusal(error: PunktwerkError, request_id: str) -> Response:
    """Return a refusal that fits the documentation, the official client and Firebase clients."""
    details = dict(error.details)
    lifted: dict[str, Any] = {name: details.pop(name) for name in _LIFTED if name in details}
    body = {
        "success": False,
        "error": error.code,
        "message": error.message,
        "statusCode": error.status,
        "requestId": request_id,
        **lifted,
        "fix": error.fix,
    }
    if details:
        body["details"] = details
    response = to_response(body, error.status)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.details["allowed"])
    challenge = challenge_of(error)
    if challenge is not None:
        response.headers["WWW-Authenticate"] = challenge
    retry_after_s = error.retry_after_s if isinstance(error, Busy) else lifted.get("retryAfter")
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def challenge_of(error: PunktwerkError) -> str | None:
    """Return how to authenticate, if that is what a refusal is about. Source: RFC 6750, 3."""
    if isinstance(error, MissingAuthHeader):
        return _REALM  # Without an error: the client may not have known.
    if isinstance(error, InsufficientScope):
        return f'{_REALM}, error="insufficient_scope", scope="{error.details["scope"]}"'
    return f'{_REALM}, error="invalid_token"' if isinstance(error, _BY_BAD_TOKEN) else None


def _answer(endpoint: Endpoint, request: Request, log: dict[str, Any]) -> Response:
    if request.method not in endpoint.methods:
        allowed = [*endpoint.methods, "OPTIONS"]
        raise MethodNotAllowed(f"Use {' or '.join(endpoint.methods)}.", allowed=allowed)
    who = _who(endpoint, request, log)
    if isinstance(who, Caller):
        _require_mode(request, is_live=who.is_live)
    elif who is not None and endpoint.for_persons:
        _require_no_sandbox(request)
    if isinstance(who, Caller) and who.is_live:
        # Before the schema, which looks at the time, too.
        with test_clocks.time_of(who.account_id):
            return _answer_to(endpoint, request, log, who)
    return _answer_to(endpoint, request, log, who)


def _answer_to(
    endpoint: Endpoint,
    request: Request,
    log: dict[str, Any],
    who: Caller | SignedInCustomer | None,
) -> Response:
    module = importlib.import_module(endpoint.module)
    parameters = _read(request, endpoint.body_bytes_max)
    if "store_id" in module.Request.model_fields:
        _name_store(request, parameters)
    if isinstance(who, SignedInCustomer) and "user_id" in module.Request.model_fields:
        _name_user(who, parameters)
    body = validated(module, parameters)
    if isinstance(who, SignedInCustomer) and endpoint.for_persons:
        log["by"] = "person"
        return _handled(module, body, who)
    if isinstance(who, Caller) and who.staff is not None and not endpoint.needs_no_store:
        from shared.services.accounts import staff_callers

        staff_callers.require_store(who, getattr(body, "store_id", None))
    if isinstance(who, SignedInCustomer):
        caller: Caller | None = _customer_caller(endpoint, request, who, body, log)
    else:
        caller = who
    key = idempotency_key(request)
    if caller is not None:
        caller = with_claim(caller, endpoint.name, key, body)
        if not caller.is_live:
            return to_response(sandbox_answer(module, body, caller))
    if caller is not None and caller.customer is not None:
        with test_clocks.time_of(caller.account_id):
            return _handled(module, body, caller)
    return _handled(module, body, caller)


def _handled(
    module: ModuleType, body: WireModel, caller: Caller | SignedInCustomer | None
) -> Response:
    answer: ResponseModel = module.handle(body, caller)
    response = to_response(answer.model_dump(by_alias=True, mode="json"))
    if answer.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _who(
    endpoint: Endpoint, request: Request, log: dict[str, Any]
) -> Caller | SignedInCustomer | None:
    """Return who calls: the caller of a secret key or of the staff, or a customer; ``None`` if
    nobody needs to say.

    Whoever has signed in is staff if a header names the account, and else a customer, or a person
    for what is about no account. What the
    account's package includes is checked here for keys and staff. For a customer it is checked
    when the request has said which account it is about.
    """
    authorization = request.headers.get("Authorization")
    if not endpoint.needs_key and authorization is None:
        return None
    token = callers.token_of(authorization)
    if keys.is_signed_token(token):
        # Its libraries are slow to load.
        from shared.services.accounts import customers, staff_callers

        account_id = request.headers.get(staff_callers.STAFF_ACCOUNT)
        if account_id is not None:
            return _staff_caller(endpoint, request, token, account_id, log)
        customer = customers.authenticate(token, request.headers.get("X-Firebase-AppCheck"))
        if endpoint.customer_package is None and not endpoint.for_persons:
            raise EndpointNotAllowed(
                f"{endpoint.name} is not for customers.",
                fix="Call from your server, with the account's secret key.",
            )
        return customer
    if app_tokens.is_access_token(token):
        return _app_caller(endpoint, token, log)
    caller = callers.authenticate(token, origin=request.headers.get("Origin"), host=request.host)
    log |= {"accountId": caller.account_id, "live": caller.is_live}
    log |= {} if caller.scopes is None else {"by": "token"}
    _require_person(endpoint, caller)
    _require_scope(endpoint, caller)
    _require_package(endpoint, endpoint.package, caller)
    return caller


def _staff_caller(
    endpoint: Endpoint, request: Request, token: str, account_id: str, log: dict[str, Any]
) -> Caller:
    """Return the caller that somebody of an account's staff is, whose role may call this."""
    from shared.services.accounts import customers, staff_callers

    caller = staff_callers.authenticate(
        token,
        account_id=account_id,
        app_check_token=request.headers.get("X-Firebase-AppCheck"),
        publishable_key=request.headers.get(customers.PUBLISHABLE_KEY),
        wants_test=request.headers.get(MODE) == "test",
    )
    log |= {"accountId": account_id, "live": caller.is_live, "by": "staff"}
    _require_role(endpoint, caller, log)
    _require_package(endpoint, endpoint.package, caller)
    return caller


def _app_caller(endpoint: Endpoint, token: str, log: dict[str, Any]) -> Caller:
    """Return the caller that an app is: scope and role must both allow the call."""
    from shared.services.accounts import app_callers

    caller = app_callers.authenticate(token)
    log |= {"accountId": caller.account_id, "live": True, "by": "app", "appId": caller.app_id}
    _require_person(endpoint, caller)
    _require_scope(endpoint, caller)
    _require_role(endpoint, caller, log)
    _require_package(endpoint, endpoint.package, caller)
    return caller


def _require_person(endpoint: Endpoint, caller: Caller) -> None:
    """Refuse to keys, tokens and apps what only people may do who have signed in themselves.

    A key that has leaked must not make others, which go on when it is revoked. A test key does
    nothing, and is shown the example.
    """
    if not endpoint.refuses_keys or not caller.is_live:
        return
    if caller.staff is None or caller.app_id is not None:
        raise EndpointNotAllowed(
            f"{endpoint.name} is for people who have signed in.",
            fix="Call with the ID token of Firebase Auth alone."
            if endpoint.for_persons
            else "Sign in to the console as an owner.",
        )


def _require_scope(endpoint: Endpoint, caller: Caller) -> None:
    """Refuse what an access token may not call.

    Who works for the account, and which apps may act, is no token's to say: by that it could be rid
    of its own bounds.
    """
    if endpoint.refuses_tokens and caller.scopes is not None:
        raise EndpointNotAllowed(
            f"No access token may call {endpoint.name}.",
            fix="Call with the secret key, or as an owner who has signed in.",
        )
    if endpoint.needs_key:
        callers.require_scope(caller, endpoint.scope)


def _require_role(endpoint: Endpoint, caller: Caller, log: dict[str, Any]) -> None:
    assert caller.staff is not None
    role = caller.staff.role
    log |= {"staffId": caller.staff_id, "role": role}
    if role not in endpoint.staff_roles:
        if endpoint.for_persons:
            raise EndpointNotAllowed(
                f"{endpoint.name} is about no account for which one works.",
                fix="Call with the ID token of Firebase Auth alone, without X-Beep-Staff-Account.",
                role=role,
                roles=[],
            )
        raise EndpointNotAllowed(
            f"{endpoint.name} is not for the role {role}.",
            fix="Ask somebody with one of `details.roles`; if there is none, call with the "
            "account's secret key, from your server.",
            role=role,
            roles=sorted(endpoint.staff_roles),
        )


def _customer_caller(
    endpoint: Endpoint,
    request: Request,
    customer: SignedInCustomer,
    body: WireModel,
    log: dict[str, Any],
) -> Caller:
    """Return the caller that a customer is, for the account that the request is about."""
    from shared.services.accounts import customers

    caller = customers.calling(
        customer,
        program_id=getattr(body, "program_id", None),
        store_id=getattr(body, "store_id", None),
        publishable_key=request.headers.get(customers.PUBLISHABLE_KEY),
    )
    log |= {"accountId": caller.account_id, "live": caller.is_live, "by": "customer"}
    _require_mode(request, is_live=caller.is_live)
    assert endpoint.customer_package is not None
    _require_package(endpoint, endpoint.customer_package, caller)
    return caller


def _require_mode(request: Request, *, is_live: bool) -> None:
    """Refuse a request that says another mode than it has: a test must never book.

    Staff choose theirs by the header; of all others the key decides. Who calls for no account has
    no key, and is live.

    Raises:
        InvalidParameters: It does.
    """
    said = request.headers.get(MODE)
    if said is not None and said != ("live" if is_live else "test"):
        raise InvalidParameters(
            f"{MODE} is not the mode of this call.",
            fix="Staff send `live` or `test`. For all others the key decides: leave it out.",
            fields={MODE: "is `live` or `test`, and for others than staff that of their key"},
        )


def _require_no_sandbox(request: Request) -> None:
    """Refuse a test of what is about no account: there is no sandbox, and a test must never book.

    Raises:
        InvalidParameters: The header or a test key says that it is one.
    """
    from shared.services.accounts import customers

    _require_mode(request, is_live=True)
    header = customers.PUBLISHABLE_KEY
    key = keys.parse_or_none(request.headers.get(header, ""))
    if key is not None and key.mode is KeyMode.TEST:
        raise InvalidParameters(
            f"{header} is a test key, and this call is about no account: it has no sandbox.",
            fix="Leave the header out, if the call is meant.",
            fields={header: "is no test key here"},
        )


def _require_package(endpoint: Endpoint, package: Package, caller: Caller) -> None:
    if not caller.package.includes(package):
        raise EndpointNotAllowed(
            f"{endpoint.name} needs the package {package}.",
            requiredUpgrade=package,
            currentPackage=caller.package,
        )


def _name_user(customer: SignedInCustomer, parameters: dict[str, Any]) -> None:
    """Take the customer's own id, unless the request names it.

    Raises:
        UserNotAllowed: The request names another one.
    """
    given = [parameters[name] for name in ("userId", "user_id") if name in parameters]
    if not given:
        parameters["userId"] = customer.user_id
    elif any(each != customer.user_id for each in given):
        raise UserNotAllowed("A customer acts only for themselves.")


def _read(request: Request, bytes_max: int) -> dict[str, Any]:
    """Return the parameters, from the query or from the raw body with any Content-Type."""
    if request.method == "GET":
        parameters: dict[str, Any] = {
            name: _query_value(name, values) for name, values in request.args.lists()
        }
    else:
        parameters = parsed(raw_body(request, bytes_max))
    return parameters


def _name_store(request: Request, parameters: dict[str, Any]) -> None:
    """Take the store from the query or the header, unless the request names one."""
    store_id = request.args.get("storeId") or request.headers.get("X-Beep-Store-Id")
    if store_id and not parameters.keys() & {"storeId", "store_id"}:
        parameters["storeId"] = store_id


# Of a query all is text; what asks for more in an answer is named `include...`.
_FLAGS = {"true": True, "false": False}


def _query_value(name: str, values: list[str]) -> str | int | bool:
    if len(values) > 1:
        problem = "must be given once"
        raise InvalidParameters(f"{name} {problem}.", fields={name: problem})
    if name.startswith("include") and values[0] in _FLAGS:
        return _FLAGS[values[0]]
    is_count = name == "limit" and values[0].isascii() and values[0].isdigit()
    return int(values[0][:9]) if is_count else values[0]


def headers_of(request: Request) -> Mapping[str, str]:
    """Return the headers, whose names are found in any case."""
    return cast("Mapping[str, str]", request.headers)  # like a mapping


def raw_body(request: Request, bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """Return the body as it arrived.

    Raises:
        RequestTooLarge: It has more than ``bytes_max`` bytes.
        RequestIncomplete: The caller hung up on the way.
    """
    length = request.content_length
    if length is not None and length > bytes_max:
        raise RequestTooLarge(f"The body has {length} bytes; {bytes_max} is the most.")
    try:
        raw = request.stream.read(bytes_max + 1)
    except Exception:  # noqa: BLE001 - each server has its own for hang-ups and broken chunks
        raise RequestIncomplete("The connection ended before the body did.") from None
    if length is not None and len(raw) < length:  # gunicorn says nothing
        raise RequestIncomplete(f"The body has {len(raw)} bytes of {length}.")
    if len(raw) > bytes_max:
        raise RequestTooLarge(f"The body has more than {bytes_max} bytes.")
    return raw


def parsed(raw: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; an empty body has no fields.

    Raises:
        InvalidJson: It is no JSON object, or one that could not be stored.
    """
    if not raw.strip():
        return {}
    try:
        found = json.loads(
            raw.decode("utf-8"),
            parse_float=_decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_duplicates,
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        reason = str(error) if isinstance(error, _BadJson) else "it cannot be parsed"
        raise InvalidJson(f"The body is not valid JSON: {reason}.") from None
    if not isinstance(found, dict):
        raise InvalidJson("The body must be a JSON object.")
    _require_storable(found)
    return found


class _BadJson(ValueError):
    pass


def _decimal(text: str) -> Decimal:
    try:
        return exact_json.require_writable(Decimal(text))
    except exact_json.NumberOutOfBounds as problem:
        raise _BadJson(str(problem)) from None


def _refuse_constant(name: str) -> NoReturn:
    raise _BadJson(f"{name} is not a number")


def _require_storable(parsed: dict[str, Any]) -> None:
    """Refuse values that JSON can contain, but that cannot be stored or written again."""
    level: list[dict[str, Any] | list[Any]] = [parsed]
    depth = 1
    while level:
        if depth > DEPTH_MAX:
            raise InvalidJson(f"The body is nested more than {DEPTH_MAX} levels deep.")
        items = (item for each in level for item in _items(each))
        level = [item for item in items if isinstance(item, dict | list)]
        depth += 1
    try:
        json.dumps(parsed, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise InvalidJson("The body has text that is not valid Unicode.") from None


def _items(container: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _BadJson("a name is given twice")
    return found


def validated(module: ModuleType, parameters: dict[str, Any]) -> WireModel:
    model: type[WireModel] = module.Request
    try:
        return model.model_validate(parameters)
    except ValidationError as error:
        raise to_refusal(error) from None


def idempotency_key(request: Request) -> str | None:
    """Return the ``Idempotency-Key`` of a request, ``None`` if it has none.

    Raises:
        InvalidIdempotencyKey: It is none.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY_PATTERN.fullmatch(key):
        raise InvalidIdempotencyKey("Idempotency-Key must be 1 to 255 printable ASCII characters.")
    return key


def with_claim(caller: Caller, action: str, key: str | None, body: WireModel) -> Caller:
    """Return the caller with the hold that a request for an action has on its key."""
    if key is None:
        return caller
    # Null is not the same as a missing field: null can remove a value.
    sent = body.model_dump(by_alias=True, mode="json", exclude_unset=True)
    canonical = json.dumps(sent, sort_keys=True, default=exact_json.default)
    # The key of somebody who has signed in is nobody else's, and not the merchant's.
    by: tuple[str, ...] = ()
    if caller.customer is not None:
        by = ("customer", caller.customer.user_id)
    elif caller.staff is not None:
        # Two apps of one person may count their requests alike.
        by = ("staff", caller.staff.user_id, *([caller.app_id] if caller.app_id else []))
    claim = Claim(
        claim_id=ids.digest(caller.account_id, *by, action, key),
        fingerprint=ids.digest(canonical),
        account_id=caller.account_id,
        user_ids=tuple(dict.fromkeys(_user_ids(sent))),
    )
    return replace(caller, claim=claim)


def _user_ids(sent: Any) -> Iterator[str]:
    """Yield whom a request names, in the order of its fields."""
    if isinstance(sent, list):
        for each in sent:
            yield from _user_ids(each)
    elif isinstance(sent, dict):
        for name, each in sent.items():
            if name.endswith(("userId", "UserId")) and isinstance(each, str):
                yield each
            else:
                yield from _user_ids(each)


def sandbox_answer(module: ModuleType, body: WireModel, caller: Caller) -> dict[str, Any]:
    """Return the answer for a test key: the documented example with the caller's values.

    A module's ``sandbox`` refuses what ``handle`` refuses without looking at what is stored, and
    returns the fields that follow from the request.
    """
    computed = module.sandbox(body, caller) if hasattr(module, "sandbox") else {}
    # Not by the mode "json", which writes the decimals of open objects such as `rules` as strings.
    dumped = body.model_dump(by_alias=True, exclude_none=True)
    sent = json.loads(json.dumps(dumped, default=exact_json.default))
    example = _with_ids(module.EXAMPLE, sent)
    echoed = {name: value for name, value in sent.items() if name in example}
    return {**example, **echoed, **computed, "_sandbox": True}


def _with_ids(example: Any, sent: dict[str, Any]) -> Any:
    """Return an example in which what has the name of a sent id has that id, at any depth.

    The two stores of the sandbox keep their ids, which nobody chose; and a product may be named by
    more than its id.
    """
    if isinstance(example, list):
        return [_with_ids(each, sent) for each in example]
    if not isinstance(example, dict):
        return example
    return {
        name: sent[name]
        if name.endswith("Id")
        and name != "productId"
        and name in sent
        and not str(each).startswith("sandbox_")
        else _with_ids(each, sent)
        for name, each in example.items()
    }
