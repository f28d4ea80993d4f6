"""What orders of an online shop cost, next to the bare client that writes the same documents.

Each order is another member's, and comes as a signed notice to the webhook of a shop of any kind.
Some come again, some are refunded, and some are forged. The shop grows meanwhile: what its first
hundred orders cost is compared with what the last hundred do, when all members and orders are
there.

The sides take turns, some orders each: what the product read and wrote is read and written again
by google-cloud-firestore alone, in a database of its own that grows in the same way.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from shared import clock
from shared.store import rpc
from tools.bench import measure, members
from tools.bench.processor import call_wsgi
from tools.bench.replay import Bare, Recorder, own_environment, use_empty_database
from tools.bench.report import Section, Table, Verdict, milliseconds
from tools.bench.rpcs import Counts
from tools.bench.world import OK, PROGRAM, BenchError, Body, Merchant, firestore, new_merchant

if TYPE_CHECKING:
    from flask import Flask

    from shared.domain.loyalty.programs import Program

BLOCK = 50
"""Orders in a turn."""
EDGE_BLOCKS = 2
"""The turns that are the first hundred orders, and the last hundred."""
EVERY = 5
"""One order of so many comes again; as many are refunded, and as many are forged."""
SYSTEM, SOURCE = "generic", "generic_shop"
SECRET, FORGED_SECRET = "secret-of-the-benchmark", "secret-of-somebody-else"
TOTAL, REFUND = "20.00", "5.00"
EARNED, TAKEN = 200, 50
"""Points of an order, and what its refund takes back."""
FORGED = 401
GOAL_RATIO = 2.0
FIRST, AGAIN, REFUNDED, FAKE = "first notice", "the same again", "refund", "forged"
KINDS = (FIRST, AGAIN, REFUNDED, FAKE)


@dataclass
class Spent:
    """What the notices of one kind in a turn cost both sides."""

    costs: list[str] = field(default_factory=list)
    wall_s: float = 0.0
    bare_s: float = 0.0


def run(*, orders: int, block: int = BLOCK) -> Section:
    """Tell so many orders of as many members, in turns with the bare client."""
    with own_environment(), firestore(members.HEAP), Path(os.devnull).open("w") as nowhere:
        project = use_empty_database()
        with contextlib.redirect_stdout(nowhere):
            recorder, bare = Recorder(), Bare(f"{project}-bare")
            with mock.patch.object(rpc, "send", recorder.send):
                shop = Shop.begin()
                turns = Turns(shop, recorder, bare)
                turns.take(range(orders, orders + EVERY))  # Imports and caches what it needs.
                numbers = range(orders)
                found = [turns.take(numbers[at : at + block]) for at in numbers[::block]]
            wrong = shop.wrong_balances(numbers, turns.refunded)
    return _section(orders, found, wrong)


def _section(orders: int, turns: list[dict[str, Spent]], wrong: list[str]) -> Section:
    rows: list[tuple[str, ...]] = []
    grown: list[tuple[str, ...]] = []
    verdicts = []
    edge = max(min(EDGE_BLOCKS, len(turns) // 2), 1)
    for kind in KINDS:
        spent = [each[kind] for each in turns]
        first, last = spent[:edge], spent[-edge:]
        ratio = measure.ratio([each.wall_s for each in spent], [each.bare_s for each in spent])
        rows.append((kind, *_figures(spent), str(ratio)))
        begins, ends = _usual(first), _usual(last)
        grown.append((kind, begins, ends, _growth(first, last), _growth(first, last, bare=True)))
        claim = f"a shop's order, {kind}, after {orders:,} orders of as many members"
        verdicts.append(Verdict(claim, ends, begins, begins == ends))
        if kind == FIRST:
            goal = f"at most {GOAL_RATIO:g}"
            is_met = ratio.middle <= GOAL_RATIO
            verdicts.append(Verdict("a shop's order, next to its writes", str(ratio), goal, is_met))
    exact = Verdict("Shops: balances", "WRONG" if wrong else "exact", "exact", not wrong)
    title = f"Shops: {orders:,} orders of as many members"
    costs = Table(
        title, ("notice", "how many", "RPCs / reads / writes", "each", "bare", "ratio"), rows, wrong
    )
    growth = Table(
        f"Shops: the last {edge} of {len(turns)} turns, and the first {edge}",
        ("notice", "first cost", "last cost", "time, last of first", "of the bare client"),
        grown,
    )
    return Section([costs, growth], [*verdicts, exact])


def _figures(spent: list[Spent]) -> tuple[str, str, str, str]:
    number = sum(len(each.costs) for each in spent)
    ours_s, bare_s = sum(each.wall_s for each in spent), sum(each.bare_s for each in spent)
    times = (milliseconds(ours_s / number), milliseconds(bare_s / number))
    return (f"{number:,}", _usual(spent), *times)


def _usual(spent: list[Spent]) -> str:
    """Return what most of them cost: caches that run out add a read to a few."""
    return statistics.mode(cost for each in spent for cost in each.costs)


def _growth(first: list[Spent], last: list[Spent], *, bare: bool = False) -> str:
    def each_s(spent: list[Spent]) -> float:
        total_s = sum(each.bare_s if bare else each.wall_s for each in spent)
        return total_s / sum(len(each.costs) for each in spent)

    return f"{each_s(last) / each_s(first):.2f}"


@dataclass
class Turns:
    """Both sides, in turn."""

    shop: Shop
    recorder: Recorder
    bare: Bare
    refunded: set[int] = field(default_factory=set)

    def take(self, numbers: range) -> dict[str, Spent]:
        """Let members join, and tell their orders; some again, some with a refund, some forged."""
        self.shop.add_members(numbers)
        some = numbers[::EVERY]
        self.refunded.update(some)
        # What came before this turn is written on the other side too, and not timed.
        self._repeat()
        return {
            FIRST: self._spent(self.shop.told(number) for number in numbers),
            AGAIN: self._spent(self.shop.told(number) for number in some),
            REFUNDED: self._spent(self.shop.told(number, is_refunded=True) for number in some),
            FAKE: self._spent(self.shop.forged(number) for number in some),
        }

    def _spent(self, notices: Iterator[Callable[[], None]]) -> Spent:
        spent, prepared = Spent(), list(notices)
        for each in prepared:
            self.recorder.counts = Counts()
            spent.wall_s += measure.timed(each)
            spent.costs.append(str(self.recorder.counts))
        spent.bare_s = self._repeat()
        return spent

    def _repeat(self) -> float:
        """Have the bare client do what was recorded; return how long that took."""
        repeat = self.bare.prepared(self.recorder.seen)
        self.recorder.seen = []
        return measure.timed(repeat)


@dataclass(frozen=True, slots=True)
class Shop:
    """A connected shop, which sends its notices in this process."""

    app: Flask
    merchant: Merchant
    program: Program
    began_at: datetime

    @classmethod
    def begin(cls) -> Shop:
        """Connect a shop of a new merchant, in which nobody has bought yet."""
        import functions_framework

        from shared.store.loyalty import program_documents

        app = functions_framework.create_app("apiGateway", "main.py")  # type: ignore[no-untyped-call]
        merchant = new_merchant()
        store = {"storeId": merchant.store_id}
        created = call_wsgi(app, merchant.key, "createLoyaltyProgram", {**PROGRAM, **store})
        connection = {
            **store,
            "kind": "shop",
            "system": SYSTEM,
            "credentials": {"webhookSecret": SECRET},
            "awardPointsProgramId": created["programId"],
        }
        call_wsgi(app, merchant.key, "configureSync", connection)
        program = program_documents.find(created["programId"])
        assert program is not None
        return cls(app, merchant, program, clock.utc_now())

    def add_members(self, numbers: range) -> None:
        """Write members whose ids in the shop are these numbers."""
        from shared.store import client

        store_id = self.merchant.store_id
        writes = [
            write
            for number in numbers
            for write in members.writes_of(self.program, number, {SOURCE: f"{store_id}:{number}"})
        ]
        client.commit(writes)

    def told(self, number: int, *, is_refunded: bool = False) -> Callable[[], None]:
        """Return what sends the notice of a member's order."""
        name = f"{number}_refund" if is_refunded else f"{number}"
        raw = self._notice(number, is_refunded=is_refunded)
        return partial(self._post, raw, _signed(name, raw, SECRET), OK)

    def forged(self, number: int) -> Callable[[], None]:
        """Return what sends the notice of an order that somebody else has signed."""
        raw = self._notice(number, is_refunded=False)
        return partial(self._post, raw, _signed(f"{number}_forged", raw, FORGED_SECRET), FORGED)

    def wrong_balances(self, numbers: range, refunded: set[int]) -> list[str]:
        """Return who does not have what they should have."""
        from shared.store import client, paths
        from shared.store.loyalty.membership_documents import MEMBERSHIPS

        wrong = []
        for at in numbers[:: members.AT_ONCE]:
            several = {
                paths.member(
                    paths.membership_id(self.program.program_id, members.user_id_of(number))
                ): number
                for number in numbers[at : at + members.AT_ONCE]
            }
            for path, read in client.get(list(several)).items():
                number = several[path]
                expected = members.units_of(number) + EARNED - TAKEN * (number in refunded)
                found = MEMBERSHIPS.decode(read)
                units = found.balance_units if found else None
                if units != expected:
                    wrong.append(f"member {number} has {units} instead of {expected}")
        return wrong

    def _notice(self, number: int, *, is_refunded: bool) -> bytes:
        changed_at = self.began_at + timedelta(minutes=is_refunded)
        refund = {"id": f"r{number}", "refundedAt": changed_at.isoformat(), "amount": REFUND}
        order: Body = {
            "id": f"o{number}",
            "status": "paid",
            "changedAt": changed_at.isoformat(),
            "paidAt": self.began_at.isoformat(),
            "currency": "EUR",
            "total": TOTAL,
            "customer": {"id": str(number), "email": f"filler{number}@example.com"},
            "refunds": [refund] if is_refunded else [],
        }
        return json.dumps({"topic": "order", "order": order}).encode()

    def _post(self, raw: bytes, headers: dict[str, str], expected: int) -> None:
        path = f"/apiGateway/shopWebhook/{SYSTEM}/{self.merchant.store_id}"
        answer = self.app.test_client().post(path, data=raw, headers=headers)
        if answer.status_code != expected:
            raise BenchError(f"A notice was answered {answer.status_code}: {answer.text}")


def _signed(notice_id: str, raw: bytes, secret: str) -> dict[str, str]:
    from standardwebhooks import Webhook

    now = clock.real_now()
    signer = Webhook(base64.b64encode(secret.encode()).decode())
    return {
        "webhook-id": notice_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signer.sign(notice_id, now, raw.decode()),
    }
