"""From a committed entry to its webhooks: what it costs, and how long it takes.

Triggers and Cloud Tasks are other people's programs: the trigger's function is called right after
the commit, and a stand-in for the queue hands every task to the delivering function at once.
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
from typing import Any

from functions.tasks import deliver_webhook
from functions.triggers import on_entry_created
from shared.store import paths
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
BODY_CHARS = 420
WRITES_COUNTED = 2


class Receiver(BaseHTTPRequestHandler):
    """Answers 200 to every POST, and to a GET how many there were."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer waits 40 ms for the ACK of its headers
    received = 0
    lock = threading.Lock()

    def do_POST(self) -> None:
        """Take a webhook."""
        self.rfile.read(int(self.headers["Content-Length"]))
        with Receiver.lock:
            Receiver.received += 1
        self._answer(b"")

    def do_GET(self) -> None:
        """Tell the count."""
        self._answer(str(Receiver.received).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


class TaskQueue(BaseHTTPRequestHandler):
    """The part of Cloud Tasks that is needed: takes a task, hands on what is in it."""

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

    def received(self) -> int:
        """Return how many webhooks have arrived."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port)
        with contextlib.closing(connection):
            connection.request("GET", "/")
            return int(connection.getresponse().read())


def run(world: World, *, writes: int, rounds: int) -> Section:
    """Book ``writes`` entries, with three endpoints that want to know.

    A part is announced one by one, right after its commit; the others in ``rounds`` heaps.
    """
    world = world.another()
    heap = writes * 3 // 4 // rounds
    with _pipeline(world) as pipeline, contextlib.closing(world.client()) as till:
        members = itertools.cycle([world.member(balance=1) for _ in range(MEMBERS)])
        emission, delivery = _cost(till, next(members))
        delays_s = [_delay_s(till, next(members)) for _ in range(writes - heap * rounds)]
        heaps = iter([[_book(till, next(members)) for _ in range(heap)] for _ in range(rounds)])
        sides: dict[str, Callable[[], float]] = {
            "pipeline": lambda: measure.timed(partial(_announce_all, next(heaps))),
            "bare": lambda: measure.timed(partial(_post_all, pipeline.port, heap * ENDPOINTS)),
        }
        took_s = measure.alternate(rounds, sides)
        received = pipeline.received() - rounds * heap * ENDPOINTS
    each_s = {side: measure.median(found) / heap / ENDPOINTS for side, found in took_s.items()}
    rows: list[tuple[str, ...]] = [
        ("RPCs / document reads / document writes of one event", str(emission)),
        ("RPCs / document reads / document writes of one delivery", str(delivery)),
        (f"from commit to {ENDPOINTS} delivery records, p50", _percentile(delays_s, 50)),
        (f"from commit to {ENDPOINTS} delivery records, p95", _percentile(delays_s, 95)),
        (
            "a delivery when many wait, with its share of the event",
            milliseconds(each_s["pipeline"]),
        ),
        ("a bare POST of that size", milliseconds(each_s["bare"])),
        ("ratio", str(measure.ratio(took_s["pipeline"], took_s["bare"]))),
    ]
    title = f"Webhooks: {writes} ledger writes, {ENDPOINTS} endpoints"
    due = (writes + WRITES_COUNTED) * ENDPOINTS
    arrived = Verdict("Webhooks that arrived", str(received), str(due), received == due)
    return Section([Table(title, ("what", "measured"), rows)], [arrived])


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


def _book(till: HttpClient, member: Member) -> str:
    """Book an entry, return its path as the trigger gets it."""
    entry_id = till.ok("addLoyaltyPoints", earning(member, 1))["entryId"]
    return paths.entry(member.membership_id, entry_id)


def _cost(till: HttpClient, member: Member) -> tuple[Counts, Counts]:
    """Count what an event and one of its deliveries cost, the second time: caches are warm."""
    with counting() as api:
        for _ in range(WRITES_COUNTED):
            document = _book(till, member)
            api.counts = emission = Counts()
            on_entry_created.handle(document)
            for _ in range(ENDPOINTS):
                api.counts = delivery = Counts()
                _deliver()
    return emission, delivery


def _delay_s(till: HttpClient, member: Member) -> float:
    """Return the time from an entry's commit to the record of its last delivery."""
    document = _book(till, member)
    return measure.timed(lambda: _announce_all([document]))


def _announce_all(documents: list[str]) -> None:
    """Emit the events of all entries, and make all deliveries, side by side."""
    with ThreadPoolExecutor(EMITTERS) as emitters, ThreadPoolExecutor(DELIVERERS) as deliverers:
        emissions = [emitters.submit(on_entry_created.handle, document) for document in documents]
        deliveries = [deliverers.submit(_deliver) for _ in range(ENDPOINTS * len(documents))]
        for each in (*emissions, *deliveries):
            each.result()


def _deliver() -> None:
    deliver_webhook.handle(TaskQueue.tasks.get(timeout=TIMEOUT_S))


def _post_all(port: int, count: int) -> None:
    connection = http.client.HTTPConnection(LOOPBACK, port)
    with contextlib.closing(connection):
        for _ in range(count):
            connection.request("POST", "/", b"x" * BODY_CHARS)
            connection.getresponse().read()


def _percentile(durations_s: list[float], percent: int) -> str:
    return milliseconds(measure.percentile(durations_s, percent))
