"""Many tills on one membership: measures the time, and checks that the result is exact."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from shared.domain.loyalty import chain
from shared.domain.loyalty.entries import EntryKind
from shared.store.loyalty import membership_documents
from tools.bench import measure
from tools.bench.bare import BareLedger, new_client
from tools.bench.report import Section, Table, Verdict, milliseconds
from tools.bench.world import (
    OK,
    START_TIMEOUT_S,
    BenchError,
    Body,
    HttpClient,
    Member,
    World,
    redemption,
)

if TYPE_CHECKING:
    from google.cloud.firestore import Client

CLIENTS = 16
GOAL_RATIO = 2.0
GOAL = f"at most {GOAL_RATIO:g} x bare"
BARE = "bare client, conditional commits"
TRANSACTIONAL = "bare client, @transactional"
SPREADS = {1: "over HTTP, 1 process", 2: "over HTTP, 2 processes", 4: "over HTTP, 4 processes"}


@dataclass(frozen=True, slots=True)
class Contest:
    """``redemptions`` of ``points`` each, at once, on a membership with a ``balance``."""

    name: str
    balance: int
    redemptions: int
    points: int

    @property
    def successes(self) -> int:
        """The number that must succeed; all others must be refused."""
        return min(self.redemptions, self.balance // self.points)

    @property
    def left(self) -> int:
        """The balance that must be left in the end."""
        return self.balance - self.successes * self.points


SMALL = Contest("100 redemptions of 1", balance=100, redemptions=100, points=1)
FEW = Contest("4 redemptions of 1", balance=100, redemptions=4, points=1)
WHOLE = Contest("20 redemptions of the whole balance", balance=100, redemptions=20, points=100)
WHOLE_REPEATED = 3
"""This contest takes a tenth of the other's time, so a round is short and noisy."""


@dataclass(frozen=True, slots=True)
class Result:
    """The time of a contest, and the errors in its result."""

    duration_s: float
    wrong: list[str] = field(default_factory=list)


def over_http(world: World, contest: Contest, gateways: int, clients: int = CLIENTS) -> Result:
    """Redeem through the product, the clients spread over some of its gateways."""
    member = world.member(contest.balance)
    tills = [world.client(number % gateways) for number in range(clients)]
    bodies = [redemption(member, contest.points) for _ in range(contest.redemptions)]
    rush = measure.rush(clients, [partial(_redeem, tills, body) for body in bodies])
    for till in tills:
        till.close()
    wrong = [*wrong_answers(contest, rush.results), *_wrong_ledger(contest, member)]
    return Result(rush.duration_s, wrong)


def with_bare_client(
    world: World, contest: Contest, firestore: Client, clients: int = CLIENTS
) -> Result:
    """Redeem with the bare client and conditional commits."""
    member = world.member(contest.balance)
    ledger = BareLedger(firestore, world.merchant.store_id, member)

    def redeem(_: int) -> bool:
        return ledger.book(-contest.points)

    rush = measure.rush(clients, [redeem] * contest.redemptions)
    wrong = [
        *_unequal("successes", sum(rush.results), contest.successes),
        *_unequal("balance", ledger.balance(), contest.left),
        *_unequal("redemptions", ledger.entries_count("redeem"), contest.successes),
    ]
    return Result(rush.duration_s, wrong)


def with_transactions(
    world: World, contest: Contest, bound_s: float, clients: int = CLIENTS
) -> tuple[int, float]:
    """Redeem with the client's ``@transactional``, for ``bound_s`` at most.

    Returns:
        The number of redemptions that were made, and the time that they took.
    """
    member = world.member(contest.balance)
    # In a separate process: threads that wait for a lock on the server cannot be ended.
    context = multiprocessing.get_context("spawn")
    through, is_ready = context.Value("i", 0), context.Event()
    arguments = (world.merchant.store_id, member, contest, clients, through, is_ready)
    process = context.Process(target=_transact, args=arguments, daemon=True)
    process.start()
    if not is_ready.wait(START_TIMEOUT_S):
        raise BenchError("The process with the transactions did not start.")
    duration_s = measure.timed(lambda: process.join(bound_s))
    if process.is_alive():
        process.kill()
        process.join()
    return through.value, duration_s


def run(world: World, *, rounds: int, bound_s: float) -> Section:
    """Measure both contests, each side ``rounds`` times in turn."""
    firestore = new_client()
    rows: list[tuple[str, ...]] = []
    verdicts: list[Verdict] = []
    wrong: list[str] = []
    for contest, repeated in ((SMALL, 1), (WHOLE, WHOLE_REPEATED)):
        sides: dict[str, Callable[[], Result]] = {
            BARE: partial(with_bare_client, world, contest, firestore),
            **{name: partial(over_http, world, contest, n) for n, name in SPREADS.items()},
        }
        results = measure.alternate(rounds * repeated, sides)
        durations = {name: [each.duration_s for each in found] for name, found in results.items()}
        for name, found in results.items():
            wrong += [f"{contest.name}, {name}: {each}" for one in found for each in one.wrong]
            took = milliseconds(measure.median(durations[name]))
            if name == BARE:
                rows.append((contest.name, name, took, "1"))
                continue
            ratio = measure.ratio(durations[name], durations[BARE])
            rows.append((contest.name, name, took, str(ratio)))
            is_met = ratio.middle <= GOAL_RATIO
            verdicts.append(Verdict(f"{contest.name}, {name}", str(ratio), GOAL, is_met))
    rows += _transactional_rows(world, bound_s)
    title = f"Contention: {CLIENTS} clients on one membership"
    table = Table(title, ("what", "by whom", "median", "ratio to bare"), rows, wrong, texts=2)
    measured = "WRONG" if wrong else "exact"
    verdicts.append(Verdict("Contention: balance, entries, chain", measured, "exact", not wrong))
    return Section([table], verdicts)


def _transactional_rows(world: World, bound_s: float) -> list[tuple[str, ...]]:
    few, few_s = with_transactions(world, FEW, bound_s, clients=2)
    through, duration_s = with_transactions(world, SMALL, bound_s)
    per_hundred = f"at this pace 100 take {few_s / few * 100:.0f} s" if few else "did not finish"
    return [
        (FEW.name, f"{TRANSACTIONAL}, 2 clients", _reached(FEW, few, few_s), per_hundred),
        (SMALL.name, TRANSACTIONAL, _reached(SMALL, through, duration_s), ""),
    ]


def _reached(contest: Contest, through: int, duration_s: float) -> str:
    if through == contest.redemptions:
        return milliseconds(duration_s)
    return f"{through} in {duration_s:.0f} s"


def _transact(
    store_id: str,
    member: Member,
    contest: Contest,
    clients: int,
    through: Any,
    is_ready: threading.Event,
) -> None:
    ledger = BareLedger(new_client(), store_id, member)
    is_ready.set()

    def job(_: int) -> None:
        ledger.book_transactionally(-contest.points)
        with through.get_lock():
            through.value += 1

    measure.rush(clients, [job] * contest.redemptions)


def _redeem(tills: list[HttpClient], body: Body, client: int) -> tuple[int, Body]:
    return tills[client].post("redeemLoyaltyPoints", body)


def wrong_answers(contest: Contest, answers: Iterable[tuple[int, Body]]) -> list[str]:
    """Return the errors in the answers: too many or too few successes, and failures."""
    refused = [(status, answer.get("error")) for status, answer in answers if status != OK]
    failures = [each for each in refused if each[1] != "INSUFFICIENT_BALANCE"]
    successes = contest.redemptions - len(refused)
    return [
        *_unequal("successes", successes, contest.successes),
        *(f"{status} {error}" for status, error in failures),
    ]


def _wrong_ledger(contest: Contest, member: Member) -> list[str]:
    """Return the errors in the ledger after a contest: balance, entries, chain."""
    membership = membership_documents.find(member.membership_id)
    assert membership is not None
    entries = membership_documents.list_entries(member.membership_id)
    redeemed = sum(entry.kind is EntryKind.REDEEM for entry in entries)
    broken = chain.find_break(entries, membership.head_hash)
    return [
        *_unequal("balance", membership.balance_units, contest.left),
        *_unequal("sum of entries", sum(entry.units for entry in entries), contest.left),
        *_unequal("redemptions", redeemed, contest.successes),
        *([broken] if broken else []),
    ]


def _unequal(what: str, found: int, due: int) -> list[str]:
    return [] if found == due else [f"{what}: {found} instead of {due}"]
