"""The test bed of benchmarks: Firestore emulator, gateways as in production, merchant, clients."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared import config, ids
from shared.auth.keys import KeyMode
from shared.domain.accounts.packages import Package
from shared.errors import Busy
from shared.services.accounts import administration
from shared.store import client
from tools import suite
from tools.emulators import HEAP, LOOPBACK, ROOT, FirestoreEmulator, free_port, get, tail
from tools.guard import Guarded

PROJECT = "demo-bench"
PREFIX = "/apiGateway/api/v1/"
START_TIMEOUT_S = 60.0
HTTP_TIMEOUT_S = 60.0
OK = 200

Body = dict[str, Any]

PROGRAM: Body = {
    "programName": "Benchmark",
    "programType": "points",
    "rules": {"pointsPerEuro": 10, "minimumPurchase": 5, "pointsPerCheckin": 5},
    "isActive": True,
}


class BenchError(Exception):
    """A benchmark cannot go on; the message says why."""


class HttpClient:
    """A till: one permanent connection, one key."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection(LOOPBACK, port, timeout=HTTP_TIMEOUT_S)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def post(self, action: str, body: Body) -> tuple[int, Body]:
        """Call an action, return status and answer."""
        sent = json.dumps(body)
        try:
            return self._exchange(action, sent)
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server closes what was idle for 2 s. Every request names its transaction, so
            # sending it twice is safe.
            self._connection.close()
            return self._exchange(action, sent)

    def ok(self, action: str, body: Body) -> Body:
        """Call an action that must succeed."""
        status, answer = self.post(action, body)
        if status != OK:
            raise BenchError(f"{action} answered {status}: {answer}")
        return answer

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _exchange(self, action: str, sent: str) -> tuple[int, Body]:
        self._connection.request("POST", PREFIX + action, sent, self._headers)
        response = self._connection.getresponse()
        answer: Body = json.loads(response.read())
        return response.status, answer


@dataclass(frozen=True, slots=True)
class Merchant:
    """An account with a store and a live key."""

    store_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Member:
    """A customer in a points program."""

    program_id: str
    user_id: str

    @property
    def ids(self) -> Body:
        """The ids that name the customer in a request."""
        return {"programId": self.program_id, "userId": self.user_id}

    @property
    def membership_id(self) -> str:
        """Id of the document."""
        return f"{self.program_id}_{self.user_id}"


@dataclass(frozen=True, slots=True)
class World:
    """Gateways on one Firestore, and a merchant with a points program."""

    ports: list[int]
    merchant: Merchant
    program_id: str

    def client(self, number: int = 0) -> HttpClient:
        """Return a client of a gateway; numbers are distributed over the gateways."""
        return HttpClient(self.ports[number % len(self.ports)], self.merchant.key)

    def another(self) -> World:
        """Return the same gateways with a new merchant and program."""
        merchant = new_merchant()
        return World(self.ports, merchant, _program(self.ports[0], merchant))

    def member(self, balance: int) -> Member:
        """Enrol a new customer with this balance."""
        member = Member(self.program_id, ids.new("user"))
        with contextlib.closing(self.client()) as till:
            till.ok("enrollInLoyaltyProgram", member.ids)
            till.ok("addLoyaltyPoints", {**member.ids, "points": balance})
        return member


@contextlib.contextmanager
def firestore(heap: str = HEAP) -> Iterator[None]:
    """Start the emulator, and make this process and those it starts use it."""
    with FirestoreEmulator(heap=heap) as emulator, tempfile.TemporaryDirectory() as folder:
        os.environ["FIRESTORE_EMULATOR_HOST"] = emulator.host
        os.environ["GOOGLE_CLOUD_PROJECT"] = PROJECT
        os.environ["PUNKTWERK_SECRET_FILE"] = str(Path(folder) / "secret.key")
        os.environ.pop("GOOGLE_APPLICATION_CREDENTIALS", None)
        _warm_up_firestore()
        yield


@contextlib.contextmanager
def world(gateways: int) -> Iterator[World]:
    """Start gateways on the Firestore of the environment, with a new merchant."""
    if not config.is_emulated():
        raise BenchError("Benchmarks run on the emulator only.")
    merchant = new_merchant()
    with tempfile.TemporaryDirectory() as logs, contextlib.ExitStack() as cleanup:
        ports = [_gateway(cleanup, Path(logs) / f"gateway-{n}.log") for n in range(gateways)]
        found = World(ports, merchant, _program(ports[0], merchant))
        for number in range(gateways):
            _warm_up(found, number)
        yield found


def _warm_up_firestore() -> None:
    """Have the emulator load its code: its first answer may take seconds on a busy machine."""
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            client.get_one("benchmarks/warmUp")
        except Busy:
            if time.monotonic() > deadline_s:
                raise BenchError("The Firestore emulator does not answer.") from None
        else:
            return


def new_merchant() -> Merchant:
    """Make an account with a store and a key."""
    account_id = administration.create_account("Benchmark", Package.PRIME).account_id
    store = administration.create_store(
        account_id, "Benchmark", time_zone="Europe/Berlin", currency="EUR"
    )
    issued = administration.issue_key(account_id, KeyMode.LIVE)
    return Merchant(store.store_id, issued.key.text)


def _program(port: int, merchant: Merchant) -> str:
    body = {**PROGRAM, "storeId": merchant.store_id}
    with contextlib.closing(HttpClient(port, merchant.key)) as till:
        program_id: str = till.ok("createLoyaltyProgram", body)["programId"]
    return program_id


def _gateway(cleanup: contextlib.ExitStack, log: Path) -> int:
    """Start a gateway as the local runner does, return its port."""
    port = free_port()
    env = dict(os.environ)
    process = Guarded(suite.gateway_command(port), log=log, env=env, cwd=ROOT, grace_s=1)
    cleanup.callback(process.stop)
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while get(port, PREFIX) is None:
        if process.exit_code() is not None or time.monotonic() > deadline_s:
            raise BenchError(f"The gateway did not start:\n{tail(log)}")
        time.sleep(0.05)
    return port


def _warm_up(world: World, number: int) -> None:
    """Have a gateway import, connect and cache what it needs, before anything is measured."""
    member = world.member(balance=10)
    with contextlib.closing(world.client(number)) as till:
        for _ in range(3):
            till.ok("addLoyaltyPoints", earning(member, 1))
            till.ok("redeemLoyaltyPoints", redemption(member, 1))
            till.ok("getCustomerBalance", member.ids)


def earning(member: Member, points: int) -> Body:
    """Return the body of an earn with a new transaction."""
    return {**member.ids, "points": points, "transactionId": ids.new("txn")}


def redemption(member: Member, points: int) -> Body:
    """Return the body of a redemption with a new transaction."""
    return {**earning(member, points), "rewardDescription": "Benchmark"}
