"""A payment and its refund: their cost in Firestore, and the time added to the vendor's call.

The vendor is the stand-in of our own contract on this machine. A bare call takes a millisecond,
but a real one some hundred: the ratio is the worst possible one, and only the difference counts.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared import ids
from tools import psp_stand_in
from tools.bench import measure
from tools.bench.report import Section, Table, Verdict, milliseconds
from tools.bench.rpcs import Counts, counting
from tools.bench.world import OK, PREFIX, BenchError, Body, HttpClient, Merchant, World
from tools.emulators import LOOPBACK, ROOT, free_port, get, tail
from tools.guard import Guarded
from tools.psp_stand_in import API_KEY, NOTIFICATION_SECRET, StandIn

if TYPE_CHECKING:
    from flask import Flask

AMOUNT = 1099
WARM_UP_CALLS = 10
START_TIMEOUT_S = 30.0
CREATED = 201
BUDGETS = {"processPayment": 7, "pspWebhook": 5, "refundPayment": 6}
"""The allowed RPCs with warm caches, without points."""
STORY = ("processPayment", "pspWebhook", "refundPayment")


def run(world: World, *, calls: int) -> Section:
    """Count a payment, its notification and its refund; then time payments over HTTP and bare."""
    plain, earning = costs(world), costs(world, earns=True)
    rows: list[tuple[str, ...]] = [
        (name, str(plain[name]), str(earning[name]), str(BUDGETS[name])) for name in STORY
    ]
    columns = ("call", "payment", "with points", "budget")
    counted = Table("Payments: RPCs / document reads / document writes", columns, rows)
    verdicts = [
        Verdict(f"RPCs of {name}", str(plain[name].rpcs), str(most), plain[name].rpcs <= most)
        for name, most in BUDGETS.items()
    ]
    return Section([counted, _latency_table(world, calls)], verdicts)


def costs(world: World, *, earns: bool = False) -> dict[str, Counts]:
    """Return the cost of each step the second time, when caches are warm.

    Args:
        world: The world to measure in; a new merchant is made.
        earns: A member gets points, and loses them with the refund.
    """
    import functions_framework

    world = world.another()
    app = functions_framework.create_app("apiGateway", "main.py")  # type: ignore[no-untyped-call]
    member = world.member(balance=1).ids if earns else {}
    with psp_stand_in.running() as provider, counting() as api:
        _call(app, world.merchant, "configurePSP", _configuration(world, provider.url))
        found: dict[str, Counts] = {}
        for _ in range(2):
            steps: Iterator[Callable[[], object]] = _steps(app, world, provider, member)
            for name, step in zip(STORY, steps, strict=True):
                api.counts = found[name] = Counts()
                step()
    return found


def _steps(
    app: Flask, world: World, provider: StandIn, member: Body
) -> Iterator[Callable[[], object]]:
    """Yield the steps of a payment. Each must be done before the next one is taken."""
    answer: Body = {}
    body = {**_payment(world), **member}
    yield lambda: answer.update(_call(app, world.merchant, "processPayment", body))
    vendor_id = list(provider.payments)[-1]
    provider.pay(vendor_id, notifies=False)
    yield partial(_notify, app, world.merchant, vendor_id)
    refund = {"paymentId": answer["paymentId"]}
    yield partial(_call, app, world.merchant, "refundPayment", refund)


def _latency_table(world: World, calls: int) -> Table:
    world = world.another()
    with _vendor() as port, contextlib.closing(world.client()) as till:
        till.ok("configurePSP", _configuration(world, f"http://{LOOPBACK}:{port}"))
        with contextlib.closing(http.client.HTTPConnection(LOOPBACK, port)) as bare:
            sides = {
                "product": partial(measure.timed, partial(_process, till, world)),
                "vendor": partial(measure.timed, partial(_create, bare)),
            }
            measure.alternate(WARM_UP_CALLS, sides)
            found = measure.alternate(calls, sides)
    rows = [_row(percent, found["product"], found["vendor"]) for percent in (50, 95)]
    ratio = measure.ratio(found["product"], found["vendor"])
    columns = ("processPayment", "HTTP", "bare vendor call", "ratio", "difference")
    note = f"Call by call: {ratio.middle:.1f} times the bare vendor call."
    return Table("Payments: over the bare call of the same vendor", columns, rows, [note])


def _row(percent: int, product_s: list[float], vendor_s: list[float]) -> tuple[str, ...]:
    ours_s, bare_s = (measure.percentile(each, percent) for each in (product_s, vendor_s))
    figures = (milliseconds(ours_s), milliseconds(bare_s))
    return (f"p{percent}", *figures, f"{ours_s / bare_s:.1f}", milliseconds(ours_s - bare_s))


def _process(till: HttpClient, world: World) -> None:
    till.ok("processPayment", _payment(world))


def _create(connection: http.client.HTTPConnection) -> None:
    """Create the same payment at the vendor as the product does."""
    reference = ids.new("pay")
    body = {
        "reference": reference,
        "amountMinor": AMOUNT,
        "currency": "EUR",
        "description": reference,
        "returnUrl": "https://shop.example.com/done",
        "notificationUrl": "https://api.example.com/pspWebhook/custom/store_a",
        "captureLater": False,
    }
    headers = {
        "Authorization": f"Bearer {API_KEY}",
        "Content-Type": "application/json",
        "Idempotency-Key": reference,
    }
    connection.request("POST", "/payments", json.dumps(body), headers)
    response = connection.getresponse()
    text = response.read()
    if response.status != CREATED:
        raise BenchError(f"The stand-in answered {response.status}: {text!r}")


def _payment(world: World) -> Body:
    return {
        "storeId": world.merchant.store_id,
        "amount": AMOUNT,
        "currency": "EUR",
        "purchaseId": ids.new("order"),
        "returnUrl": "https://shop.example.com/done",
    }


def _configuration(world: World, url: str) -> Body:
    keys = {"apiKey": API_KEY, "notificationSecret": NOTIFICATION_SECRET}
    config = {"apiUrl": url, **keys}
    return {"storeId": world.merchant.store_id, "provider": "custom", "config": config}


def _call(app: Flask, merchant: Merchant, action: str, body: Body) -> Body:
    headers = {"Authorization": f"Bearer {merchant.key}"}
    return _sent(app, PREFIX + action, json.dumps(body).encode(), headers)


def _notify(app: Flask, merchant: Merchant, vendor_id: str) -> None:
    body = json.dumps({"paymentId": vendor_id}).encode()
    path = f"/apiGateway/pspWebhook/custom/{merchant.store_id}"
    _sent(app, path, body, {"X-Signature": psp_stand_in.sign(body)})


def _sent(app: Flask, path: str, body: bytes, headers: dict[str, str]) -> Body:
    with contextlib.redirect_stdout(io.StringIO()):  # the log
        response = app.test_client().post(path, data=body, headers=headers)
    if response.status_code != OK:
        raise BenchError(f"{path} answered {response.status_code}: {response.text}")
    answer: Any = response.get_json(silent=True)
    return answer if isinstance(answer, dict) else {}


@contextlib.contextmanager
def _vendor() -> Iterator[int]:
    """Run the stand-in in a separate process; yield its port."""
    port = free_port()
    command = [sys.executable, "-m", "tools.psp_stand_in", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "vendor.log"
        process = Guarded(command, log=log, cwd=ROOT)
        try:
            deadline_s = time.monotonic() + START_TIMEOUT_S
            while get(port, "/account") is None:
                if process.exit_code() is not None or time.monotonic() > deadline_s:
                    raise BenchError(f"The stand-in did not start:\n{tail(log)}")
                time.sleep(0.05)
            yield port
        finally:
            process.stop()
