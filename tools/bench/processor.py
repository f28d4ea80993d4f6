"""Processor time of a call on our side, without the emulator, the receivers and the queue.

The gateway's calls go through its WSGI application without a server and a socket. All is measured
in a separate process, so that no other benchmark's threads are included.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from shared.store import client
from tools.bench import measure
from tools.bench.bare import BareLedger, new_client
from tools.bench.report import Section, Table, milliseconds
from tools.bench.world import OK, PREFIX, BenchError, Body, World, earning, redemption
from tools.emulators import LOOPBACK

if TYPE_CHECKING:
    from flask import Flask

ENDPOINTS = 3
ROUNDS = 5
WARM_UP_CALLS = 20
COLUMNS = ("call", "median", "least", "bare, median", "ratio")


class Sink(BaseHTTPRequestHandler):
    """Takes webhooks and tasks, and answers both as their senders expect."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer waits 40 ms for the ACK of its headers

    def do_POST(self) -> None:
        """Take any body; an answer to a task names the task."""
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        named = {"task": {"name": "/" + sent["task"]["name"]}} if "task" in sent else {}
        body = json.dumps(named).encode()
        self.send_response(OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


@dataclass(frozen=True, slots=True)
class Side:
    """The calls to measure. ``prepare`` returns a round's calls; its own time does not count."""

    prepare: Callable[[int], Sequence[Callable[[], object]]]
    calls_each: int = 1


def run(world: World, *, calls: int) -> Section:
    """Measure each kind of call ``calls`` times, next to the bare client if it does the same."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        rows = pool.submit(_rows, world.another(), calls).result()
    return Section([Table("Processor time a call", COLUMNS, rows)])


def _rows(world: World, calls: int) -> list[tuple[str, ...]]:
    """Measure in this process; return the rows of the table."""
    import functions_framework

    app = functions_framework.create_app("apiGateway", "main.py")  # type: ignore[no-untyped-call]
    per_round = max(calls // ROUNDS, 1)
    with _sink() as port, contextlib.redirect_stdout(io.StringIO()):
        pairs = {**_gateway(app, world, calls), **_webhooks(app, world, port)}
        return [_row(name, *pair, per_round) for name, pair in pairs.items()]


def _gateway(app: Flask, world: World, calls: int) -> dict[str, tuple[Side, Side | None]]:
    balance = 10 * (calls + WARM_UP_CALLS)
    member, other = world.member(balance), world.member(balance)
    bare = BareLedger(new_client(), world.merchant.store_id, other)
    call = partial(call_wsgi, app, world.merchant.key)
    bodies: dict[str, tuple[str, Callable[[], Body], Callable[[], object]]] = {
        "earn": ("addLoyaltyPoints", lambda: earning(member, 1), partial(bare.book, 1)),
        "redeem": ("redeemLoyaltyPoints", lambda: redemption(member, 1), partial(bare.book, -1)),
        "balance": ("getCustomerBalance", lambda: member.ids, bare.balance),
    }

    def product(action: str, body: Callable[[], Body]) -> Side:
        return Side(lambda count: [partial(call, action, body()) for _ in range(count)])

    return {
        name: (product(action, body), Side(partial(_repeated, with_bare_client)))
        for name, (action, body, with_bare_client) in bodies.items()
    }


def _repeated(action: Callable[[], object], count: int) -> list[Callable[[], object]]:
    return [action] * count


def _webhooks(app: Flask, world: World, port: int) -> dict[str, tuple[Side, Side | None]]:
    from functions.tasks import deliver_webhook
    from functions.triggers import on_entry_created
    from shared.domain.loyalty import loyalty_events
    from shared.store import paths

    world = world.another()
    member = world.member(balance=1)
    call = partial(call_wsgi, app, world.merchant.key)
    for number in range(ENDPOINTS):
        url = f"http://{LOOPBACK}:{port}/{number}"
        body = {"storeId": world.merchant.store_id, "url": url}
        call("getLoyaltyWebhookEvents", {**body, "events": ["loyalty.points_earned"]})

    def deliver(document: str, event_id: str, endpoint_ids: Sequence[str]) -> None:
        on_entry_created.handle(document)
        for endpoint_id in endpoint_ids:
            deliver_webhook.handle({"deliveryId": f"{event_id}_{endpoint_id}"})

    def prepare(count: int) -> list[Callable[[], object]]:
        endpoints = client.query("webhookEndpoints", ("storeId", "==", world.merchant.store_id))
        endpoint_ids = [each.id for each in endpoints]
        entry_ids = [call("addLoyaltyPoints", earning(member, 1))["entryId"] for _ in range(count)]
        return [
            partial(
                deliver,
                paths.entry(member.membership_id, entry_id),
                loyalty_events.booking_event_id(member.membership_id, entry_id),
                endpoint_ids,
            )
            for entry_id in entry_ids
        ]

    return {"webhook delivery, with its share of the event": (Side(prepare, ENDPOINTS), None)}


def _row(name: str, side: Side, bare: Side | None, count: int) -> tuple[str, ...]:
    sides = {"product": partial(_round_s, side, count)}
    if bare is not None:
        sides["bare"] = partial(_round_s, bare, count)
    for each in filter(None, (side, bare)):
        _round_s(each, WARM_UP_CALLS)
    found = measure.alternate(ROUNDS, sides)
    cells = [
        name,
        milliseconds(measure.median(found["product"])),
        milliseconds(min(found["product"])),
    ]
    if bare is None:
        return (*cells, "", "")
    compared = measure.ratio(found["product"], found["bare"])
    return (*cells, milliseconds(measure.median(found["bare"])), str(compared))


def _round_s(side: Side, count: int) -> float:
    """Return the processor time of one call, averaged over ``count`` calls in sequence."""
    prepared = side.prepare(count)
    started_s = time.process_time()
    for each in prepared:
        each()
    return (time.process_time() - started_s) / count / side.calls_each


def call_wsgi(app: Flask, key: str, action: str, body: Body) -> Body:
    """Call an action that must succeed, as a server calls a WSGI application."""
    sent = json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": PREFIX + action,
        "QUERY_STRING": "",
        "SERVER_NAME": LOOPBACK,
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": io.StringIO(),
    }
    statuses: list[str] = []

    def start_response(status: str, _: Any, __: Any = None, /) -> Callable[[bytes], object]:
        statuses.append(status)
        return io.BytesIO().write  # An older way to answer, which Flask does not use.

    answered = b"".join(app(environ, start_response))
    if statuses != [f"{OK} OK"]:
        raise BenchError(f"{action} answered {statuses}: {answered!r}")
    answer: Body = json.loads(answered)
    return answer


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    """Run the sink in another process, and let it be the task queue; return its port."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(sending,), daemon=True)
    process.start()
    sending.close()  # Else the end of that process would not be noticed.
    try:
        port: int = receiving.recv()
        os.environ["CLOUD_TASKS_EMULATOR_HOST"] = f"{LOOPBACK}:{port}"
        yield port
    finally:
        process.kill()
        process.join()


def _serve(ready: Any) -> None:
    server = ThreadingHTTPServer((LOOPBACK, 0), Sink)
    ready.send(server.server_port)
    server.serve_forever()
