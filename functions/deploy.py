"""The catalog as Cloud Functions. The only module that knows the Firebase SDK.

The SDK is needed to describe functions to the CLI, and then every function is built. It is not
needed to serve one: functions-framework calls a plain function, so a cold start imports neither the
SDK nor any other function's module.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
from typing import TYPE_CHECKING, Any, cast

from functions.catalog import (
    ENDPOINT_BY_NAME,
    GATEWAY,
    PSP_WEBHOOK,
    QUEUES,
    SCHEDULES,
    SHOP_WEBHOOK,
    TRIGGERS,
    WALLET_PASSES,
    Endpoint,
    Queue,
    Schedule,
    Trigger,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cloudevents.http import CloudEvent
    from flask import Request, Response

_BY_NAME: dict[str, Trigger | Queue | Schedule] = {
    each.name: each for each in (*TRIGGERS, *QUEUES, *SCHEDULES)
}
NAMES = (GATEWAY, PSP_WEBHOOK, SHOP_WEBHOOK, WALLET_PASSES, *ENDPOINT_BY_NAME, *_BY_NAME)

# Without it a function gets a sixth of a CPU, and then only one request at a time.
CPU = 1
CONCURRENCY = 32
"""The number of requests that an instance gets at once, and of its threads for them."""
SECRETS = ("PUNKTWERK_SECRET_KEYS",)
SECRET_BY_WALLET = {"apple": "PUNKTWERK_APPLE_PASS_PEM", "google": "PUNKTWERK_GOOGLE_WALLET_KEY"}
"""A secret that does not exist stops the deployment: only what is offered needs one."""
TOLD_OF_WALLETS = frozenset({GATEWAY, WALLET_PASSES, "addToWallet", "updateWalletPass"})
"""The functions that speak for the operator there. No other one can read the credentials."""


def build(name: str) -> Callable[..., Any]:
    """Return the Cloud Function of this name, and import only the modules that it needs.

    Raises:
        AttributeError: There is no such function.
    """
    if name not in NAMES:
        raise AttributeError(name)
    with _uncollected():
        function = _function(name)
        if not is_described():
            _prepare()
    function.__name__ = function.__qualname__ = name
    if is_described():
        _describe(function, name)
    elif isinstance(_BY_NAME.get(name), Trigger):
        import functions_framework

        function = functions_framework.cloud_event(function)
    return function


def is_described() -> bool:
    """Tell whether the CLI asks for the list of functions, and no request is to be served."""
    return "ADMIN_PORT" in os.environ


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Import without the garbage collector: it finds nothing, and takes a tenth longer.

    Objects that exist at the end live as long as the process, so later collections skip them, too.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _prepare() -> None:
    """Do work before the first request that would otherwise slow it down."""
    from shared.store import client

    client.preload()
    # functions-framework reads it later; its default is four threads per CPU.
    os.environ.setdefault("THREADS", str(CONCURRENCY))


def _function(name: str) -> Callable[..., Any]:
    if name in _SINGLE:
        return _SINGLE[name]()
    if name in ENDPOINT_BY_NAME:
        return _endpoint(ENDPOINT_BY_NAME[name])
    match _BY_NAME[name]:
        case Trigger() as trigger:
            return _trigger(trigger)
        case Queue() as queue:
            return _queue(queue)
        case Schedule() as schedule:
            return _schedule(schedule)


def _gateway() -> Callable[[Request], Response]:
    from functions import api_gateway

    def function(request: Request) -> Response:
        return api_gateway.handle(request)

    return function


def _psp_webhook() -> Callable[[Request], Response]:
    from functions.notifications import psp_webhook

    def function(request: Request) -> Response:
        return psp_webhook.serve(request)

    return function


def _shop_webhook() -> Callable[[Request], Response]:
    from functions.notifications import shop_webhook

    def function(request: Request) -> Response:
        return shop_webhook.serve(request)

    return function


def _wallet_passes() -> Callable[[Request], Response]:
    from functions.notifications import wallet_passes

    def function(request: Request) -> Response:
        return wallet_passes.serve(request)

    return function


_SINGLE: Mapping[str, Callable[[], Callable[[Request], Response]]] = {
    GATEWAY: _gateway,
    PSP_WEBHOOK: _psp_webhook,
    SHOP_WEBHOOK: _shop_webhook,
    WALLET_PASSES: _wallet_passes,
}
"""What is neither an endpoint nor called by Firebase."""


def _endpoint(endpoint: Endpoint) -> Callable[[Request], Response]:
    from functions import http

    if not is_described():
        importlib.import_module(endpoint.module)

    def function(request: Request) -> Response:
        return http.serve(endpoint, request)

    return function


def _trigger(trigger: Trigger) -> Callable[[CloudEvent], None]:
    module = importlib.import_module(trigger.module)

    def function(event: CloudEvent) -> None:
        module.handle(str(event["document"]))

    return function


def _queue(queue: Queue) -> Callable[[Request], tuple[dict[str, Any], int]]:
    module = importlib.import_module(queue.module)

    def function(request: Request) -> tuple[dict[str, Any], int]:
        task = request.get_json(force=True, silent=True)
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(data, dict) or not all(
            isinstance(data.get(x), str) for x in queue.fields
        ):
            # Only somebody else sends that: a mistake of theirs, and none of this function.
            return {"error": {"status": "INVALID_ARGUMENT", "message": "This is no task."}}, 400
        module.handle(data)
        return {"result": None}, 200

    return function


def _schedule(schedule: Schedule) -> Callable[[Request], tuple[str, int]]:
    module = importlib.import_module(schedule.module)

    def function(_: Request) -> tuple[str, int]:
        module.handle()
        return "OK", 200

    return function


def _describe(function: Callable[..., Any], name: str) -> None:
    """Attach the CLI's settings: trigger, region, memory and concurrency."""
    described = _decorator(name)(function)
    for attribute, value in vars(described).items():
        if attribute != "__wrapped__":
            setattr(function, attribute, value)


def _decorator(name: str) -> Any:
    from firebase_functions import firestore_fn, https_fn, options, scheduler_fn, tasks_fn

    from shared import config

    common: dict[str, Any] = {
        "region": config.region(),
        "memory": options.MemoryOption.MB_512,
        "cpu": CPU,
        "concurrency": CONCURRENCY,
    }
    secrets: dict[str, Any] = {"secrets": [*SECRETS, *_wallet_secrets(name)]}
    match _BY_NAME.get(name):
        case Trigger() as trigger:
            return _retried(
                firestore_fn.on_document_created(
                    document=trigger.document,
                    **common,
                    **(secrets if trigger.needs_secrets else {}),
                )
            )
        case Queue() as queue:
            return tasks_fn.on_task_dispatched(
                retry_config=options.RetryConfig(
                    max_attempts=queue.max_attempts, min_backoff_seconds=queue.min_backoff_s
                ),
                rate_limits=options.RateLimits(
                    max_concurrent_dispatches=queue.max_concurrent,
                    max_dispatches_per_second=queue.max_per_s,
                ),
                timeout_sec=queue.timeout_s,
                **common,
                **secrets,
            )
        case Schedule() as schedule:
            return scheduler_fn.on_schedule(
                schedule=schedule.every,
                timeout_sec=540,
                max_instances=1,
                **common,
                **(secrets if schedule.needs_secrets else {}),
            )
        case _:
            return https_fn.on_request(
                invoker="public", timeout_sec=_timeout_s(name), **common, **secrets
            )


def _wallet_secrets(name: str) -> list[str]:
    """Return the secrets of the wallets that the operator offers, for the functions with them."""
    from shared import config

    offered = config.wallets() if name in TOLD_OF_WALLETS else frozenset()
    return [secret for wallet, secret in SECRET_BY_WALLET.items() if wallet in offered]


def _timeout_s(name: str) -> int:
    """Return the longest time of a request; the gateway has the longest of its endpoints."""
    named = [ENDPOINT_BY_NAME[name]] if name in ENDPOINT_BY_NAME else ENDPOINT_BY_NAME.values()
    return max(endpoint.timeout_s for endpoint in named)


def _retried(decorate: Callable[..., Any]) -> Callable[..., Any]:
    """Ask for retries; the SDK cannot do that (its issue 165)."""

    def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
        described: Any = decorate(function)
        described.__firebase_endpoint__.eventTrigger["retry"] = True
        return cast("Callable[..., Any]", described)

    return decorated
