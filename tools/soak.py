"""Book at random through the API, with repetitions, crashes and races, and prove the books.

``make soak ARGS="--operations 100000"``: members of a program earn, redeem, reserve, return,
transfer and are merged, on the Firestore emulator. Each operation is sent alone, twice, by a
process that dies after one of its RPCs and then again, or at the same time as others. What the
answers say adds up to what each member must have; and all that follows from the entries is proved.
It ends with 1 at the first difference, and prints the seed that leads there.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import functions_framework
from flask import Flask

from shared import clock, logs
from shared.services.loyalty import member_calendar, verification
from shared.store import paths
from shared.store.loyalty import membership_documents
from tests.support import databases
from tests.support.api import Api
from tests.support.dying import dying_after
from tests.support.library import library
from tests.support.merchants import Merchant, create_merchant
from tools.emulators import FirestoreEmulator

ROOT = Path(__file__).resolve().parent.parent
MEMBERS = 5
ROUND = 400
"""Operations on one program: then its books are proved, and the next one begins."""
AT_ONCE = 5
RPCS_MAX = 4
TRIES_MAX = 20
BUSY = 503
"""Nothing was done, or it is not known: the same request is sent again."""
BUG = 500
OK = 200
MINUTES = (0, 0, 0, 0, 1, 1, 2, 5, 20, 600)
"""How long it may be to the next operation."""
CALENDAR = 0.02
MERGE = 0.01
PROOF = 0.01
"""How likely each of these follows an operation."""

Body = dict[str, Any]
Moved = list[tuple[str, float]]
"""Whose balance an answer has changed, and by how much."""


class DifferenceError(Exception):
    """What is stored is not what was answered."""


@dataclass(frozen=True)
class Operation:
    """A request with a business key, and what its answer says of balances."""

    action: str
    body: Body
    moved: Callable[[Body], Moved]

    @property
    def user_id(self) -> str:
        """The member whom it is for."""
        user_id: str = self.body.get("userId", "")
        return user_id


class Round:
    """A program with some members, and what they must have by all answers so far."""

    def __init__(self, merchant: Merchant, random: Random) -> None:
        self.api: Api = merchant.api
        self.random = random
        self.policy = random.choice(["within_balance", "unlimited", "only_pending"])
        self.program_id = merchant.program(
            transfers="merchant", refundPolicy=self.policy, pointsExpiry={"afterDays": 20}
        )
        self.told: Counter[str] = Counter()
        self.users: list[str] = []
        self.bought: list[tuple[str, str]] = []
        self.held: list[tuple[str, str]] = []
        self.early: dict[str, Body] = {}
        self.late: dict[str, Body] = {}
        self.names = 0
        for _ in range(MEMBERS):
            self.join()

    def name(self, kind: str) -> str:
        self.names += 1
        return f"{kind}{self.names}"

    def join(self) -> None:
        user_id = self.name("user_")
        self.api.ok("createMember", {"userId": user_id})
        self.api.ok("enrollInLoyaltyProgram", {"programId": self.program_id, "userId": user_id})
        self.users.append(user_id)

    def ids(self, user_id: str) -> Body:
        return {"programId": self.program_id, "userId": user_id}

    def operations(self, most: int) -> list[Operation]:
        """Choose what is done next."""
        made = (self.random.choice(MAKERS)(self) for _ in range(most))
        return [each for each in made if each is not None]

    def done(self, operation: Operation, answer: Body) -> None:
        """Note what a final answer says."""
        for user_id, points in operation.moved(answer):
            self.told[user_id] += round(points)
        if operation.action == "reserveLoyaltyPoints":
            self.held.append((operation.user_id, answer["reservationId"]))
        if operation.action == "addLoyaltyPoints":
            self._note_early(operation)

    def _note_early(self, purchase: Operation) -> None:
        """Note what a return took that had waited for a purchase."""
        early = self.late.pop(purchase.body["transactionId"], None)
        if early is not None:
            answer = self.api.ok("reverseLoyaltyTransaction", early)
            if answer["status"] != "booked":
                raise DifferenceError(f"{early} still waits after {purchase}")
            self.told[purchase.user_id] -= round(answer["pointsReversed"])

    def merge(self) -> None:
        """Make one of two members; a new one comes."""
        old, new = self.random.sample(self.users, 2)
        self.api.ok("mergeMembers", {"fromUserId": old, "intoUserId": new})
        self.told[new] += self.told.pop(old, 0)
        self.users.remove(old)
        self.bought = [(new if who == old else who, what) for who, what in self.bought]
        self.held = [(new if who == old else who, what) for who, what in self.held]
        for body in self.early.values():
            body["userId"] = new if body["userId"] == old else body["userId"]
        self.join()

    def prove(self) -> None:
        """Compare what is stored with what was answered, and with itself.

        Raises:
            DifferenceError: Something is not as it must be.
        """
        for user_id in self.users:
            found = membership_documents.find(paths.membership_id(self.program_id, user_id))
            assert found is not None
            stored = found.balance_units + found.expired_units
            if stored != self.told[user_id]:
                raise DifferenceError(
                    f"{user_id} has {found.balance_units} and {found.expired_units} expired; "
                    f"the answers say {self.told[user_id]}"
                )
        report = verification.verify(self.program_id)
        if report is None or report.problems:
            raise DifferenceError(f"the books of {self.program_id} are wrong: {report}")


def _earn(round_: Round) -> Operation:
    user_id, name = round_.random.choice(round_.users), round_.name("t")
    round_.bought.append((user_id, name))
    amount = round_.random.randint(5, 12)
    body = {**round_.ids(user_id), "purchaseAmount": amount, "transactionId": name}
    return Operation("addLoyaltyPoints", body, lambda answer: [(user_id, answer["pointsAdded"])])


def _redeem(round_: Round) -> Operation:
    user_id = round_.random.choice(round_.users)
    points = round_.random.randint(1, 90)
    body = {**round_.ids(user_id), "points": points, "transactionId": round_.name("r")}
    return Operation(
        "redeemLoyaltyPoints", body, lambda answer: [(user_id, -answer["pointsRedeemed"])]
    )


def _adjust(round_: Round) -> Operation:
    user_id = round_.random.choice(round_.users)
    points = round_.random.choice([-1, 1]) * round_.random.randint(1, 40)
    why = {"reason": "Soak", "actor": "soak", "transactionId": round_.name("a")}
    body = {**round_.ids(user_id), "points": points, **why}
    return Operation(
        "adjustLoyaltyPoints", body, lambda answer: [(user_id, answer["pointsAdjusted"])]
    )


def _reserve(round_: Round) -> Operation:
    user_id = round_.random.choice(round_.users)
    points = round_.random.randint(1, 60)
    body = {**round_.ids(user_id), "points": points, "transactionId": round_.name("h")}
    return Operation("reserveLoyaltyPoints", body, lambda _: [])


def _commit(round_: Round) -> Operation | None:
    if not round_.held:
        return None
    user_id, reservation_id = round_.held.pop(round_.random.randrange(len(round_.held)))
    body = {**round_.ids(user_id), "reservationId": reservation_id}
    return Operation(
        "commitLoyaltyRedemption", body, lambda answer: [(user_id, -answer["pointsRedeemed"])]
    )


def _void(round_: Round) -> Operation | None:
    if not round_.held:
        return None
    user_id, reservation_id = round_.random.choice(round_.held)
    body = {**round_.ids(user_id), "reservationId": reservation_id}
    return Operation("voidLoyaltyRedemption", body, lambda _: [])


def _return(round_: Round) -> Operation | None:
    if not round_.bought:
        return None
    user_id, name = round_.random.choice(round_.bought)
    parts: list[Body] = [{}, {"amount": 1}, {"amount": 2.5}, {"points": 7}]
    part = round_.random.choice(parts)
    body = {**round_.ids(user_id), "transactionId": name, "refundId": round_.name("f"), **part}
    return Operation(
        "reverseLoyaltyTransaction", body, lambda answer: [(user_id, -answer["pointsReversed"])]
    )


def _return_early(round_: Round) -> Operation:
    """Return what was not bought yet; ``_buy_late`` buys it."""
    user_id, name = round_.random.choice(round_.users), round_.name("t")
    body = {
        **round_.ids(user_id),
        "transactionId": name,
        "refundId": round_.name("f"),
        "amount": round_.random.randint(1, 20),
    }
    round_.early[name] = body
    return Operation("reverseLoyaltyTransaction", body, lambda _: [])


def _buy_late(round_: Round) -> Operation | None:
    if not round_.early:
        return None
    name = round_.random.choice(list(round_.early))
    round_.late[name] = round_.early.pop(name)
    user_id: str = round_.late[name]["userId"]
    body = {**round_.ids(user_id), "purchaseAmount": 10, "transactionId": name}
    return Operation("addLoyaltyPoints", body, lambda answer: [(user_id, answer["pointsAdded"])])


def _transfer(round_: Round) -> Operation:
    user_id, other_id = round_.random.sample(round_.users, 2)
    points = round_.random.randint(1, 50)
    names = {"toUserId": other_id, "transferId": round_.name("x")}
    body = {**round_.ids(user_id), "points": points, **names}

    def moved(answer: Body) -> Moved:
        points = answer["pointsTransferred"]
        return [(user_id, -points), (other_id, points)]

    return Operation("transferLoyaltyPoints", body, moved)


def _set(round_: Round) -> Operation:
    user_id = round_.random.choice(round_.users)
    named = {"source": "crm", "externalTransactionId": round_.name("s")}
    body = {**round_.ids(user_id), "action": "set", "points": round_.random.randint(0, 90)}
    return Operation(
        "syncExternalLoyalty",
        {**body, **named},
        lambda answer: [(user_id, answer["newBalance"] - answer["previousBalance"])],
    )


MAKERS: list[Callable[[Round], Operation | None]] = [
    _earn,
    _earn,
    _earn,
    _redeem,
    _adjust,
    _reserve,
    _reserve,
    _commit,
    _void,
    _return,
    _return,
    _return_early,
    _buy_late,
    _transfer,
    _set,
]


class Soak:
    """Rounds of operations until there are enough, with the time of their own."""

    def __init__(self, app: Flask, seed: int) -> None:
        self.app = app
        self.random = Random(seed)
        self.now = datetime(2026, 3, 3, 12, tzinfo=UTC)
        self.ways: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.done = 0

    def run(self, operations: int) -> None:
        """Do so many operations.

        Raises:
            DifferenceError: The books are wrong, or an answer is.
        """
        with clock.use(lambda: self.now):
            while self.done < operations:
                databases.renew()
                self._round(min(ROUND, operations - self.done))

    def _round(self, operations: int) -> None:
        round_ = Round(create_merchant(self.app), self.random)
        until = self.done + operations
        while self.done < until:
            way = self.random.choice(WAYS)
            some = round_.operations(AT_ONCE if way is Soak.at_once else 1)
            self.ways[way.__name__] += len(some)
            way(self, round_, some)
            self.done += len(some)
            self._live(round_)
        round_.prove()

    def _live(self, round_: Round) -> None:
        """Let time pass, and now and then more."""
        self.now += timedelta(minutes=self.random.choice(MINUTES))
        if self.random.random() < CALENDAR:
            member_calendar.run()
        if self.random.random() < MERGE:
            round_.merge()
        if self.random.random() < PROOF:
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
            again = round_.api(each.action, each.body)
            if again.status != OK or _without_marks(again.body) != _without_marks(first):
                raise DifferenceError(f"{each} was answered with {first}, then with {again}")

    def dying(self, round_: Round, some: list[Operation]) -> None:
        """Let the process die after one of its RPCs, and send each again."""
        for each in some:
            with dying_after(self.random.randint(0, RPCS_MAX)):
                round_.api(each.action, each.body)
            self._finish(round_, each)

    def at_once(self, round_: Round, some: list[Operation]) -> None:
        """Send all at the same time, some of them twice; then ask each for its answer."""
        twice = [*some, *some[:2]]
        with ThreadPoolExecutor(len(twice) or 1) as pool:
            list(pool.map(lambda each: round_.api(each.action, each.body), twice))
        for each in some:
            self._finish(round_, each)

    def _finish(self, round_: Round, operation: Operation) -> Body | None:
        """Send an operation until it has an answer, and note it; ``None`` if it is refused."""
        for _ in range(TRIES_MAX):
            answer = round_.api(operation.action, operation.body)
            if answer.status != BUSY:
                break
        self.answers[f"{operation.action} {answer.error or answer.status}"] += 1
        if answer.status >= BUG:
            raise DifferenceError(f"{operation} was answered with {answer}")
        if answer.status != OK:
            return None
        round_.done(operation, answer.body)
        return answer.body


WAYS: list[Callable[[Soak, Round, list[Operation]], None]] = [
    Soak.alone,
    Soak.twice,
    Soak.dying,
    Soak.dying,
    Soak.at_once,
]


def _without_marks(body: Body) -> Body:
    """Return an answer without what tells a repetition."""
    return {name: value for name, value in body.items() if name != "duplicate"}


def main(arguments: list[str] | None = None) -> int:
    """Run it; return the exit status: 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--operations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    started_s = time.monotonic()
    with _emulator() as app:
        soak = Soak(app, chosen.seed)
        try:
            soak.run(chosen.operations)
        except DifferenceError as found:
            print(f"FOUND after {soak.done} operations, with --seed {chosen.seed}: {found}")
            return 1
        finally:
            _tell(soak, time.monotonic() - started_s)
    print("Nothing was found.")
    return 0


def _tell(soak: Soak, took_s: float) -> None:
    print(f"{soak.done} operations in {took_s:.0f} s:")
    print("  " + ", ".join(f"{way}: {count}" for way, count in sorted(soak.ways.items())))
    for name, count in sorted(soak.answers.items()):
        print(f"  {count:6} {name}")


@contextmanager
def _emulator() -> Iterator[Flask]:
    """Serve the gateway in this process, on an emulator of its own, without its log."""
    logs.info = lambda *_, **__: None
    logs.warning = lambda *_, **__: None
    with tempfile.TemporaryDirectory() as folder, FirestoreEmulator() as emulator:
        os.environ["FIRESTORE_EMULATOR_HOST"] = emulator.host
        os.environ["GOOGLE_CLOUD_PROJECT"] = "demo-soak"
        os.environ["PUNKTWERK_SECRET_FILE"] = str(Path(folder) / "secret.key")
        library().document("warm/up").set({}, timeout=60)
        create_app: Any = functions_framework.create_app
        yield create_app("apiGateway", str(ROOT / "main.py"))


if __name__ == "__main__":
    raise SystemExit(main())
