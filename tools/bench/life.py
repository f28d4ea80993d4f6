"""The whole life of members in one figure, next to the bare client that writes the same documents.

Members join, earn in four ways, wait for what is pending, rise to a tier, redeem at once, in two
steps and for a reward whose code is used, return a purchase, lose what expires, and leave or are
erased. All goes through the API in this process; the clock of the program stands at the days of
that life, and what the calendar does then is counted.

The sides take turns, fifty members each: the product lives their lives, and what it read and
wrote is read and written again by google-cloud-firestore alone, RPC by RPC, with the same
preconditions. Each turn has empty databases: the emulator has no indexes, and its queries would
otherwise take longer with each member.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from shared import clock
from shared.store import rpc
from tools.bench import measure
from tools.bench.processor import call_wsgi
from tools.bench.replay import Bare, Recorder, own_environment, use_empty_database
from tools.bench.report import Section, Table, Verdict
from tools.bench.rpcs import Counts
from tools.bench.world import PROGRAM, BenchError, Body, firestore, new_merchant

if TYPE_CHECKING:
    from flask import Flask

BLOCK = 50
"""Members in a turn."""
BLOCKS_PER_EMULATOR = 20
"""It keeps all that was ever written, in memory."""
BEGIN = datetime(2026, 3, 3, 12, tzinfo=UTC)
PENDING_DAYS, EXPIRY_DAYS = 2, 20
PURCHASED, EARNED = 200, 410
"""What a purchase of 20 euros earns, and what a visit, a login and a gift do."""
SPENT, RETURNED = 50 + 80 + 30, 50
GOAL_RATIO = 2.0
COLUMNS = ("what", "product", "bare client", "ratio")
TIERS = [{"name": "Bronze", "minPoints": 0}, {"name": "Silber", "minPoints": 500}]
RULES = {"pointsPerEuro": 10, "pointsPerCheckin": 5, "tiers": TIERS}
REWARD = {"rewardId": "rw_1", "title": "Coffee", "type": "voucher", "requiredPoints": 80}
LIFE: Body = {
    **PROGRAM,
    "programType": "tier",
    "rules": RULES,
    "pendingDays": PENDING_DAYS,
    "pointsExpiry": {"afterDays": EXPIRY_DAYS},
    "pointValue": 0.01,
    "rewards": [{**REWARD, "stock": 10 * BLOCK}],
    "eventRules": [{"event": "app_login", "points": 5}],
}


@dataclass
class Turn:
    """What a block of members cost both sides."""

    wall_s: float
    bare_s: float
    counts: Counts
    calls: int


def run(*, members: int) -> Section:
    """Live so many lives, in turns with the bare client."""
    turns: list[Turn] = []
    sizes = [min(BLOCK, members - start) for start in range(0, members, BLOCK)]
    with own_environment():
        for start in range(0, len(sizes), BLOCKS_PER_EMULATOR):
            with firestore():
                several = sizes[start : start + BLOCKS_PER_EMULATOR]
                if not turns:
                    _turn(min(several[0], 2))  # Imports what it needs.
                turns += [_turn(each) for each in several]
    return _section(members, turns)


def _section(members: int, turns: list[Turn]) -> Section:
    wall_s, bare_s = sum(each.wall_s for each in turns), sum(each.bare_s for each in turns)
    calls = sum(each.calls for each in turns)
    counts = Counts(
        sum(each.counts.rpcs for each in turns),
        sum(each.counts.reads for each in turns),
        sum(each.counts.writes for each in turns),
    )
    ratio = measure.ratio([each.wall_s for each in turns], [each.bare_s for each in turns])
    rows: list[tuple[str, ...]] = [
        ("time", f"{wall_s:.1f} s", f"{bare_s:.1f} s", str(ratio)),
        ("time of a member", _ms(wall_s / members), _ms(bare_s / members), ""),
        ("time of a call", _ms(wall_s / calls), "", ""),
        ("RPCs / reads / writes", str(counts), "the same", ""),
        ("of a member", _each(counts, members), "the same", ""),
    ]
    title = f"Life: {members} members, {calls} calls and the calendar"
    notes = ["Queries are read again by the paths of what they found."]
    table = Table(title, COLUMNS, rows, notes)
    claim, goal = f"the life of {members} members", f"at most {GOAL_RATIO:g}"
    verdict = Verdict(claim, str(ratio), goal, ratio.middle <= GOAL_RATIO)
    return Section([table], [verdict])


def _ms(duration_s: float) -> str:
    return f"{duration_s * 1000:.1f} ms"


def _each(counts: Counts, members: int) -> str:
    parts = (counts.rpcs, counts.reads, counts.writes)
    return " / ".join(f"{each / members:.1f}" for each in parts)


def _turn(members: int) -> Turn:
    use_empty_database()
    recorder = Recorder()
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        lives = Lives.begin(members)
        with mock.patch.object(rpc, "send", recorder.send), clock.use(lambda: lives.now):
            started_s = time.perf_counter()
            lives.live()
            wall_s = time.perf_counter() - started_s
    bare = Bare(use_empty_database())
    bare_s = measure.timed(bare.prepared(recorder.seen))
    return Turn(wall_s, bare_s, recorder.counts, lives.calls)


@dataclass
class Lives:
    """Some members of a new program."""

    app: Flask
    key: str
    store_id: str
    program_id: str
    user_ids: list[str]
    now: datetime = BEGIN
    calls: int = 0
    names: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    @classmethod
    def begin(cls, members: int) -> Lives:
        """Make a merchant with a program; nobody is a member yet."""
        import functions_framework

        app = functions_framework.create_app("apiGateway", "main.py")  # type: ignore[no-untyped-call]
        merchant = new_merchant()
        program = {**LIFE, "storeId": merchant.store_id}
        program_id = call_wsgi(app, merchant.key, "createLoyaltyProgram", program)["programId"]
        users = [f"user_{number}" for number in range(members)]
        return cls(app, merchant.key, merchant.store_id, program_id, users)

    def live(self) -> None:
        """Live all lives, day by day.

        Raises:
            BenchError: Somebody has not what they should have.
        """
        for each in self.user_ids:
            self._join_and_earn(each)
        self._wait(PENDING_DAYS + 1)
        for each in self.user_ids:
            self._spend(each)
        self._wait(EXPIRY_DAYS + PENDING_DAYS)
        for number, each in enumerate(self.user_ids):
            self._end(each, is_erased=number % 2 == 1)

    def _join_and_earn(self, user_id: str) -> None:
        self._ok("createMember", {"userId": user_id, "email": f"{user_id}@example.com"})
        member = self._ids(user_id)
        self._ok("enrollInLoyaltyProgram", member)
        bought = {"purchaseAmount": 20, "transactionId": f"a{user_id}"}
        self._ok("addLoyaltyPoints", {**member, **bought})
        self._ok("checkIn", {"userId": user_id, "storeId": self.store_id})
        event = {"event": "app_login", "eventId": f"e{next(self.names)}"}
        self._ok("trackLoyaltyEvent", {**member, **event})
        self._ok("addLoyaltyPoints", {**member, "points": 400, **self._named("b")})
        balance = self._ok("getCustomerBalance", member)
        self._require(balance, currentBalance=EARNED, pendingBalance=PURCHASED)

    def _spend(self, user_id: str) -> None:
        member = self._ids(user_id)
        redeemed = self._ok("redeemLoyaltyPoints", {**member, "points": 50, **self._named("c")})
        # The calendar has activated 200 points, and the tier is reached by that.
        self._require(redeemed, currentTier="Silber")
        reward = {"rewardId": REWARD["rewardId"], "points": REWARD["requiredPoints"]}
        bought = self._ok("redeemLoyaltyPoints", {**member, **reward, **self._named("d")})
        self._ok("useRewardCode", {"storeId": self.store_id, "rewardCode": bought["rewardCode"]})
        held = self._ok("reserveLoyaltyPoints", {**member, "points": 30, **self._named("e")})
        reserved = {"reservationId": held["reservationId"]}
        self._ok("commitLoyaltyRedemption", {**member, **reserved})
        bought_at = {"transactionId": f"a{user_id}", "refundId": f"f{user_id}", "amount": 5}
        returned = self._ok("reverseLoyaltyTransaction", {**member, **bought_at})
        self._require(returned, newBalance=EARNED + PURCHASED - SPENT - RETURNED)

    def _end(self, user_id: str, *, is_erased: bool) -> None:
        balance = self._ok("getCustomerBalance", self._ids(user_id))
        self._require(balance, currentBalance=0)
        if is_erased:
            erased = self._ok("eraseMember", {"userId": user_id})
            self._require(erased, state="erased")
        else:
            self._ok("leaveLoyaltyProgram", self._ids(user_id))

    def _wait(self, days: int) -> None:
        from shared.services.loyalty import member_calendar

        self.now += timedelta(days=days)
        done = member_calendar.run()
        if done != len(self.user_ids):
            raise BenchError(f"The calendar had {done} members to do.")

    def _ids(self, user_id: str) -> Body:
        return {"programId": self.program_id, "userId": user_id}

    def _named(self, kind: str) -> Body:
        return {"transactionId": f"{kind}{next(self.names)}"}

    def _ok(self, action: str, body: Body) -> Body:
        self.calls += 1
        return call_wsgi(self.app, self.key, action, body)

    def _require(self, answer: Body, **expected: Any) -> None:
        found = {name: answer[name] for name in expected}
        if found != expected:
            raise BenchError(f"A life should have {expected}, and has {found}")
