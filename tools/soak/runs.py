"""Rounds of operations through the API, on emulators that follow each other."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Self

import functions_framework
from flask import Flask

from shared import clock, logs
from shared.services.loyalty import member_calendar
from tests.support import databases
from tests.support.api import Answer
from tests.support.dying import dying_after
from tests.support.library import library
from tests.support.merchants import create_merchant
from tools.emulators import ROOT, FirestoreEmulator
from tools.soak import operations, proofs
from tools.soak.differences import DifferenceError
from tools.soak.operations import Body, Operation
from tools.soak.rounds import OK, Round, until_answered

ROUND = 400
"""Operations on one program: then its books are proved, and the next one begins."""
ROUNDS_PER_EMULATOR = 60
"""It keeps all that was ever written, in memory."""
AT_ONCE = 5
RPCS_MAX = 4
BUG = 500
MINUTES = (*(0,) * 30, 1, 2, 5, 5, 10, 600, 6000, 8000)
"""How long it may be to the next operation: mostly less than a reservation lasts, and a round
takes some weeks.
"""
TOLD_AFTER = timedelta(days=10)
CALENDAR = 0.02
PROOF = 0.01
SELDOM = {
    Round.merge: 0.02,
    Round.erase: 0.01,
    Round.leave: 0.02,
    Round.recalculate: 0.01,
    Round.restock: 0.01,
}
"""How likely each of these follows an operation, as the calendar and a proof do."""
TOLD_ROUNDS = 4
"""In one of so many rounds all events are made: that takes as long as the operations."""
BEGIN = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAYS = 700
"""Rounds begin on one of so many days."""


class ApiSoak:
    """Operations through the API, in this process; use it in a ``with`` statement."""

    name = "operations through the API"

    def __init__(self, seed: int, first_round: int = 0) -> None:
        self.seed = seed
        self.round = first_round
        self.done = 0
        self.counts: Counter[str] = Counter()
        self.history: list[str] = []
        self._now = BEGIN
        self._left = 0
        self._app: Flask | None = None
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        folder = self._cleanup.enter_context(tempfile.TemporaryDirectory())
        os.environ["PUNKTWERK_SECRET_FILE"] = str(Path(folder) / "secret.key")
        os.environ["GOOGLE_CLOUD_PROJECT"] = "demo-soak"
        logs.info = logs.warning = lambda *_, **__: None
        self._emulator = self._cleanup.enter_context(ExitStack())
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def run_round(self, most: int) -> None:
        """Do one round of operations.

        Raises:
            DifferenceError: The books are wrong, or an answer is.
        """
        app = self._fresh()
        random = Random(f"{self.seed} {self.round}")
        self._now = BEGIN + timedelta(days=random.randrange(DAYS), minutes=random.randrange(1440))
        try:
            with clock.use(lambda: self._now):
                self._play(app, random, min(ROUND, most))
        except AssertionError as error:
            raise DifferenceError("what must hold does not") from error
        self.round += 1

    def _fresh(self) -> Flask:
        """Return the gateway, with an empty database; now and then with another emulator."""
        if self._left == 0:
            self._emulator.close()
            emulator = self._emulator.enter_context(FirestoreEmulator())
            os.environ["FIRESTORE_EMULATOR_HOST"] = emulator.host
            library().document("warm/up").set({}, timeout=60)
            self._left = ROUNDS_PER_EMULATOR
        self._left -= 1
        databases.renew()
        if self._app is None:
            create_app: Any = functions_framework.create_app
            self._app = create_app("apiGateway", str(ROOT / "main.py"))
        return self._app

    def _play(self, app: Flask, random: Random, operations_: int) -> None:
        is_told = self.round % TOLD_ROUNDS == 0
        round_ = Round(create_merchant(app), random, is_told=is_told)
        self.history = round_.history
        told_at = self._now
        until = self.done + operations_
        while self.done < until:
            way = random.choice(WAYS)
            some = operations.chosen(round_, AT_ONCE if way is ApiSoak.at_once else 1)
            self.counts[f"(sent {way.__name__.replace('_', ' ')})"] += len(some)
            way(self, round_, some)
            round_.settle()
            self.done += len(some)
            self._live(round_)
            if is_told and self._now - told_at > TOLD_AFTER:
                told_at = self._now
                proofs.tell(round_.program_id, random)
        self._now += timedelta(hours=1)
        round_.prove(is_over=True)

    def _live(self, round_: Round) -> None:
        """Let time pass, and now and then more: what happens twice never does so at one moment."""
        random = round_.random
        self._now += timedelta(minutes=random.choice(MINUTES), milliseconds=1)
        if random.random() < CALENDAR:
            member_calendar.run()
        for happens, how_likely in SELDOM.items():
            if random.random() < how_likely:
                self.counts[f"({happens.__name__})"] += 1
                happens(round_)
        if random.random() < PROOF:
            round_.prove()

    def alone(self, round_: Round, some: list[Operation]) -> None:
        """Send each once."""
        for each in some:
            self._finish(round_, each)

    def twice(self, round_: Round, some: list[Operation]) -> None:
        """Send each again, and compare the answers."""
        for each in some:
            first = self._finish(round_, each)
            if first is None:
                continue
            again = _send(round_, each)
            if again.status != OK or _without_marks(again.body) != _without_marks(first):
                raise DifferenceError(f"{each} was answered with {first}, then with {again}")

    def dying(self, round_: Round, some: list[Operation]) -> None:
        """Let the process die after one of its RPCs, and send each again."""
        for each in some:
            with dying_after(round_.random.randint(0, RPCS_MAX)):
                _send(round_, each)
            self._finish(round_, each)

    def at_once(self, round_: Round, some: list[Operation]) -> None:
        """Send all at the same time, some of them twice; then ask each for its answer."""
        twice = [*some, *some[:2]]
        with ThreadPoolExecutor(len(twice) or 1) as pool:
            list(pool.map(lambda each: _send(round_, each), twice))
        for each in some:
            self._finish(round_, each)

    def _finish(self, round_: Round, operation: Operation) -> Body | None:
        """Send an operation until it has an answer, and note it; ``None`` if it is refused."""
        answer = until_answered(lambda: _send(round_, operation))
        self.counts[f"{operation.action} {answer.error or answer.status}"] += 1
        if answer.status >= BUG:
            raise DifferenceError(f"{operation} was answered with {answer}")
        if answer.status != OK:
            return None
        round_.done(operation, answer.body)
        return answer.body


WAYS: list[Callable[[ApiSoak, Round, list[Operation]], None]] = [
    ApiSoak.alone,
    ApiSoak.twice,
    ApiSoak.dying,
    ApiSoak.dying,
    ApiSoak.at_once,
]


def _without_marks(body: Body) -> Body:
    """Return an answer without what tells a repetition."""
    return {name: value for name, value in body.items() if name != "duplicate"}


def _send(round_: Round, operation: Operation) -> Answer:
    return round_.api(operation.action, operation.body, idempotency_key=operation.key)
