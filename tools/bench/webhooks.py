"""The way from a committed entry to its webhooks: its cost and its time.

Triggers and Cloud Tasks are not our programs, so the trigger's function is called right after the
commit, and a stand-in for the queue passes every task to the delivering function at once.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import itertools
import json
import multiprocessing
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from functions.tasks import deliver_webhook
from functions.triggers import on_entry_created
from shared.domain.loyalty import loyalty_events
from shared.store import client, paths
from tools.bench import measure
from tools.bench.report import Section, Table, Verdict, milliseconds
from tools.bench.rpcs import Counts, counting
from tools.bench.world import HttpClient, Member, World, earning
from tools.emulators import LOOPBACK, free_port

ENDPOINTS = 3
MEMBERS = 8
EMITTERS = 2
DELIVERERS = 4
TIMEOUT_S = 60.0
WRITES_COUNTED = 2


class Receiver(BaseHTTPRequestHandler):
    """Answers 200 to every POST, and answers a GET with all arrivals and their times."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer waits 40 ms for the ACK of its headers
    arrivals: ClassVar[list[tuple[str, str, float]]] = []

    def do_POST(self) -> None:
        """Take a webhook, or a bare body without an id."""
        self.rfile.read(int(self.headers["Content-Length"]))
        event_id = self.headers.get("webhook-id", "")
        Receiver.arrivals.append((event_id, self.path, time.time()))
        self._answer(b"")

    def do_GET(self) -> None:
        """Answer with the arrivals."""
        self._answer(json.dumps(Receiver.arrivals).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


class TaskQueue(BaseHTTPRequestHandler):
    """The needed part of Cloud Tasks: takes a task, and passes on its request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer waits 40 ms for the ACK of its headers
    tasks: queue.Queue[dict[str, Any]] = queue.Queue()

    def do_POST(self) -> None:
        """Take a task."""
        task = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["task"]
        body = json.dumps({"task": {"name": "/" + task["name"]}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        data = json.loads(base64.b64decode(task["httpRequest"]["body"]))["data"]
        TaskQueue.tasks.put(data)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Emission and delivery in this process, the receiver in another, on ``port``."""

    port: int

    def arrivals(self) -> dict[tuple[str, str], list[float]]:
        """Return when each event arrived at each endpoint: once, if all is well."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port)
        with contextlib.closing(connection):
            connection.request("GET", "/")
            found = json.loads(connection.getresponse().read())
        times_s: dict[tuple[str, str], list[float]] = {}
        for event_id, path, at_s in found:
            if event_id:
                times_s.setdefault((event_id, path), []).append(at_s)
        return times_s


@dataclass(frozen=True, slots=True)
class Booked:
    """A committed entry: its path as the trigger gets it, its event, and when its answer came."""

    document: str
    event_id: str
    committed_at_s: float


def run(world: World, *, writes: int, rounds: int) -> Section:
    """Book ``writes`` entries, with three endpoints that receive the events.

    A part is announced one by one, right after its commit; the others in ``rounds`` batches.
    """
    world = world.another()
    heap = writes * 3 // 4 // rounds
    with _pipeline(world) as pipeline, contextlib.closing(world.client()) as till:
        members = itertools.cycle([world.member(balance=1) for _ in range(MEMBERS)])
        emission, delivery = _cost(till, next(members))
        alone = [_tell_alone(till, next(members)) for _ in range(writes - heap * rounds)]
        heaps = [[_book(till, next(members)) for _ in range(heap)] for _ in range(rounds)]
        waiting, told = iter(heaps), iter(heaps)
        sides: dict[str, Callable[[], float]] = {
            "pipeline": lambda: measure.timed(partial(_tell_all, next(waiting))),
            "bare": lambda: _post_all(pipeline.port, _payloads(next(told))),
        }
        took_s: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(rounds):  # The bare side posts the bodies that the other side has made.
            for side, run_side in sides.items():
                took_s[side].append(run_side())
        arrivals = pipeline.arrivals()
    each_s = {side: measure.median(found) / heap / ENDPOINTS for side, found in took_s.items()}
    delays_s = _delays_s(alone, arrivals)
    rows: list[tuple[str, ...]] = [
        ("RPCs / document reads / document writes of one event", str(emission)),
        ("RPCs / document reads / document writes of one delivery", str(delivery)),
        ("from commit to receipt, p50", _percentile(delays_s, 50)),
        ("from commit to receipt, p99", _percentile(delays_s, 99)),
        (
            "a delivery when many wait, with its share of the event",
            milliseconds(each_s["pipeline"]),
        ),
        ("a bare POST of the same bytes", milliseconds(each_s["bare"])),
        ("ratio", str(measure.ratio(took_s["pipeline"], took_s["bare"]))),
    ]
    title = f"Webhooks: {writes} ledger writes, {ENDPOINTS} endpoints"
    due = (writes + WRITES_COUNTED) * ENDPOINTS
    doubled = sum(len(times_s) - 1 for times_s in arrivals.values())
    verdicts = [
        Verdict("Webhooks that arrived", str(len(arrivals)), str(due), len(arrivals) == due),
        Verdict("Webhooks that arrived twice", str(doubled), "0", doubled == 0),
    ]
    return Section([Table(title, ("what", "measured"), rows)], verdicts)


@contextlib.contextmanager
def _pipeline(world: World) -> Iterator[Pipeline]:
    port = free_port()
    receiver = multiprocessing.get_context("spawn").Process(
        target=_receive, args=(port,), daemon=True
    )
    receiver.start()
    tasks = ThreadingHTTPServer((LOOPBACK, 0), TaskQueue)
    tasks.daemon_threads = True
    threading.Thread(target=tasks.serve_forever, daemon=True).start()
    os.environ["CLOUD_TASKS_EMULATOR_HOST"] = f"{LOOPBACK}:{tasks.server_port}"
    try:
        _wait_for(port)
        with contextlib.closing(world.client()) as till:
            for number in range(ENDPOINTS):
                url = f"http://{LOOPBACK}:{port}/{number}"
                body = {"storeId": world.merchant.store_id, "url": url}
                till.ok("getLoyaltyWebhookEvents", {**body, "events": ["loyalty.points_earned"]})
        yield Pipeline(port)
    finally:
        receiver.kill()
        receiver.join()
        tasks.shutdown()
        tasks.server_close()


def _receive(port: int) -> None:
    ThreadingHTTPServer((LOOPBACK, port), Receiver).serve_forever()


def _wait_for(port: int) -> None:
    deadline_s = time.monotonic() + TIMEOUT_S
    while True:
        try:
            http.client.HTTPConnection(LOOPBACK, port).connect()
        except OSError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.05)
        else:
            return


def _book(till: HttpClient, member: Member) -> Booked:
    entry_id = till.ok("addLoyaltyPoints", earning(member, 1))["entryId"]
    committed_at_s = time.time()
    event_id = loyalty_events.booking_event_id(member.membership_id, entry_id)
    return Booked(paths.entry(member.membership_id, entry_id), event_id, committed_at_s)


def _cost(till: HttpClient, member: Member) -> tuple[Counts, Counts]:
    """Count the cost of an event and one of its deliveries, the second time: caches are warm."""
    with counting() as api:
        for _ in range(WRITES_COUNTED):
            booked = _book(till, member)
            api.counts = emission = Counts()
            on_entry_created.handle(booked.document)
            for _ in range(ENDPOINTS):
                api.counts = delivery = Counts()
                _deliver()
    return emission, delivery


def _tell_alone(till: HttpClient, member: Member) -> Booked:
    booked = _book(till, member)
    _tell_all([booked])
    return booked


def _tell_all(entries: list[Booked]) -> None:
    """Emit the events of all entries, and make all deliveries, in parallel."""
    with ThreadPoolExecutor(EMITTERS) as emitters, ThreadPoolExecutor(DELIVERERS) as deliverers:
        emissions = [emitters.submit(on_entry_created.handle, each.document) for each in entries]
        deliveries = [deliverers.submit(_deliver) for _ in range(ENDPOINTS * len(entries))]
        for each in (*emissions, *deliveries):
            each.result()


def _delays_s(entries: list[Booked], arrivals: dict[tuple[str, str], list[float]]) -> list[float]:
    """Return the time from the answer to each booking to each arrival of its event."""
    committed_s = {each.event_id: each.committed_at_s for each in entries}
    return [
        times_s[0] - committed_s[event_id]
        for (event_id, _), times_s in arrivals.items()
        if event_id in committed_s
    ]


def _deliver() -> None:
    deliver_webhook.handle(TaskQueue.tasks.get(timeout=TIMEOUT_S))


def _payloads(entries: list[Booked]) -> list[bytes]:
    """Return the bytes that were sent for each entry."""
    wanted = [paths.event(each.event_id) for each in entries]
    found = client.get(wanted)
    return [(found[path].data or {})["payload"].encode() for path in wanted]


def _post_all(port: int, bodies: list[bytes]) -> float:
    """Post each body as often as there are endpoints; return how long it took, in seconds."""
    connection = http.client.HTTPConnection(LOOPBACK, port)

    def post_each() -> None:
        for body in bodies * ENDPOINTS:
            connection.request("POST", "/", body)
            connection.getresponse().read()

    with contextlib.closing(connection):
        return measure.timed(post_each)


def _percentile(durations_s: list[float], percent: int) -> str:
    return milliseconds(measure.percentile(durations_s, percent))
