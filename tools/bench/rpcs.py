"""The Firestore calls of each endpoint, counted when they are sent."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest import mock

from shared import ids
from shared.store import cache, rpc
from shared.store.messages import Message
from tools.bench.report import Section, Table, Verdict
from tools.bench.world import OK, PREFIX, PROGRAM, BenchError, Body, Merchant, World
from tools.emulators import LOOPBACK

if TYPE_CHECKING:
    from flask import Flask

LEDGER_WRITE_RPCS = 2
BALANCE_RPCS = 1
BUDGETS = {
    "addLoyaltyPoints": LEDGER_WRITE_RPCS,
    "redeemLoyaltyPoints": LEDGER_WRITE_RPCS,
    "syncExternalLoyalty": LEDGER_WRITE_RPCS,
    "getCustomerBalance": BALANCE_RPCS,
}


@dataclass(slots=True)
class Counts:
    """RPCs, and the documents that they name."""

    rpcs: int = 0
    reads: int = 0
    writes: int = 0

    def __str__(self) -> str:
        return f"{self.rpcs} / {self.reads} / {self.writes}"


class Counter:
    """Wraps the function that sends RPCs, and counts them."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._send = rpc.send

    def send(self, name: str, request: Message) -> list[Message]:
        """Count a request and send it."""
        self.counts.rpcs += 1
        if name == rpc.GET:
            self.counts.reads += len(request.documents)
        elif name == rpc.COMMIT:
            self.counts.writes += len(request.writes)
        answers = self._send(name, request)
        if name == rpc.QUERY:
            # A query that finds nothing costs one read.
            self.counts.reads += max(sum(each.HasField("document") for each in answers), 1)
        return answers


@contextlib.contextmanager
def counting() -> Iterator[Counter]:
    """Count the Firestore calls of this process."""
    counter = Counter()
    with mock.patch.object(rpc, "send", counter.send):
        yield counter


def run(world: World) -> Section:
    """Call every endpoint in this process, with cold caches and with warm ones."""
    world = world.another()
    import functions_framework

    app = functions_framework.create_app("apiGateway", "main.py")  # type: ignore[no-untyped-call]
    rows: list[tuple[str, ...]] = []
    verdicts: list[Verdict] = []
    wrong: list[str] = []
    with counting() as api:
        for name, action, body in _calls(world):
            cache.clear_all()
            cold, _ = _measured(app, world.merchant, api, action, body())
            warm, logged = _measured(app, world.merchant, api, action, body())
            budget = BUDGETS.get(action)
            rows.append((name, str(cold), str(warm), "" if budget is None else str(budget)))
            if logged != warm:
                wrong.append(f"{name}: counted {warm}, logged {logged}")
            if budget is not None:
                claim = f"RPCs of {action}"
                verdicts.append(Verdict(claim, str(warm.rpcs), str(budget), warm.rpcs <= budget))
    columns = ("endpoint", "cold caches", "warm caches", "budget")
    table = Table("RPCs / document reads / document writes", columns, rows, wrong)
    logs = Verdict("Counts in the request log", "WRONG" if wrong else "exact", "exact", not wrong)
    return Section([table], [*verdicts, logs])


def _calls(world: World) -> list[tuple[str, str, Callable[[], Body]]]:
    """Return the calls. Everything that they need exists, and each can be made twice."""
    program = {"programId": world.program_id}
    member = world.member(balance=1000).ids
    booking = {**member, "points": 1}
    store = {"storeId": world.merchant.store_id}
    webhook = {**store, "url": f"http://{LOOPBACK}/", "events": ["loyalty.*"]}
    calls: list[tuple[str, Callable[[], Body]]] = [
        ("createLoyaltyProgram", lambda: {**PROGRAM, **store}),
        ("updateLoyaltyProgram", lambda: {**program, "programName": ids.new("name")}),
        ("getLoyaltyProgram", lambda: program),
        ("getLoyaltyPrograms", lambda: store),
        ("enrollInLoyaltyProgram", lambda: {**program, "userId": ids.new("user")}),
        ("enrollInLoyaltyProgram, again", lambda: member),
        ("addLoyaltyPoints", lambda: {**booking, "transactionId": ids.new("txn")}),
        ("redeemLoyaltyPoints", lambda: {**booking, "transactionId": ids.new("txn")}),
        ("syncExternalLoyalty", lambda: {**booking, "action": "add", "source": "erp"}),
        ("getCustomerBalance", lambda: member),
        ("getLoyaltyAnalytics", lambda: program),
        ("getLoyaltyWebhookEvents, register", lambda: webhook),
        ("getLoyaltyWebhookEvents, list", lambda: store),
    ]
    return [(name, name.partition(",")[0], body) for name, body in calls]


def _measured(
    app: Flask, merchant: Merchant, api: Counter, action: str, body: Body
) -> tuple[Counts, Counts]:
    """Return the cost of a call, as counted and as the product has logged it."""
    api.counts = Counts()
    with contextlib.redirect_stdout(io.StringIO()) as log:
        _call(app, merchant, action, body)
    line = json.loads(log.getvalue().splitlines()[-1])
    return api.counts, Counts(line["rpcs"], line["reads"], line["writes"])


def _call(app: Flask, merchant: Merchant, action: str, body: Body) -> None:
    headers = {"Authorization": f"Bearer {merchant.key}"}
    response = app.test_client().post(PREFIX + action, data=json.dumps(body), headers=headers)
    if response.status_code != OK:
        raise BenchError(f"{action} answered {response.status_code}: {response.text}")
