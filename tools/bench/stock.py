"""Many members at once who want the same reward: what its stock costs, and that it is exact."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial

from shared import ids
from shared.domain.loyalty.reward_stock import SHARDS_MAX
from shared.store import client
from shared.store.loyalty import stock_documents
from tools.bench import measure
from tools.bench.report import Section, Table, Verdict, milliseconds
from tools.bench.world import OK, PROGRAM, Body, HttpClient, Member, World

MEMBERS = 100
CLIENTS = 16
LARGE = 10_000
SMALL = 150
"""Not much more than the members want."""
NO_STOCK, LARGE_STOCK = "without a stock", f"a stock of {LARGE:,}"
SMALL_STOCK = f"a stock of {SMALL}"
GOAL_RATIO = 2.0


def run(world: World, *, rounds: int, members: int = MEMBERS) -> Section:
    """Let each of the members buy each reward once in a round, all at once."""
    program_id = _program(world, rounds)
    everybody = [_member(world, program_id, balance=3 * rounds) for _ in range(members)]
    small = iter(range(rounds))
    sides: dict[str, Callable[[], tuple[float, list[str]]]] = {
        NO_STOCK: partial(_rush, world, everybody, "free"),
        LARGE_STOCK: partial(_rush, world, everybody, "large"),
        SMALL_STOCK: lambda: _rush(world, everybody, f"small_{next(small)}"),
    }
    results = measure.alternate(rounds, sides)
    wrong = [
        f"{name}: {each}"
        for name, found in results.items()
        for _, failed in found
        for each in failed
    ]
    durations = {name: [duration_s for duration_s, _ in found] for name, found in results.items()}
    sold = LARGE - _left(program_id, "large")
    if sold != members * rounds:
        wrong.append(f"{LARGE_STOCK}: {sold} pieces are gone instead of {members * rounds}")
    rows: list[tuple[str, ...]] = []
    for name, found_s in durations.items():
        ratio = "1" if name == NO_STOCK else str(measure.ratio(found_s, durations[NO_STOCK]))
        rows.append((name, milliseconds(measure.median(found_s)), ratio))
    title = (
        f"Stock: {members} members want one reward, {CLIENTS} clients, {len(world.ports)} processes"
    )
    table = Table(title, ("what", "median", "ratio"), rows, wrong, texts=1)
    large = measure.ratio(durations[LARGE_STOCK], durations[NO_STOCK])
    verdicts = [
        Verdict(
            f"{LARGE_STOCK}, next to {NO_STOCK}",
            str(large),
            f"at most {GOAL_RATIO:g}",
            large.middle <= GOAL_RATIO,
        ),
        Verdict("Stock: pieces sold", "WRONG" if wrong else "exact", "exact", not wrong),
    ]
    return Section([table], verdicts)


def _program(world: World, rounds: int) -> str:
    stocks = {"free": None, "large": LARGE, **{f"small_{n}": SMALL for n in range(rounds)}}
    rewards = [
        {
            "rewardId": reward_id,
            "title": reward_id,
            "type": "voucher",
            "requiredPoints": 1,
            "stock": stock,
        }
        for reward_id, stock in stocks.items()
    ]
    body = {**PROGRAM, "storeId": world.merchant.store_id, "rewards": rewards}
    with contextlib.closing(world.client()) as till:
        program_id: str = till.ok("createLoyaltyProgram", body)["programId"]
    return program_id


def _member(world: World, program_id: str, balance: int) -> Member:
    member = Member(program_id, ids.new("user"))
    with contextlib.closing(world.client()) as till:
        till.ok("enrollInLoyaltyProgram", member.ids)
        till.ok("addLoyaltyPoints", {**member.ids, "points": balance})
    return member


def _rush(world: World, members: list[Member], reward_id: str) -> tuple[float, list[str]]:
    """Return how long it takes, and the failures."""
    tills = [world.client(number) for number in range(CLIENTS)]
    bodies: list[Body] = [
        {**each.ids, "points": 1, "rewardId": reward_id, "transactionId": ids.new("txn")}
        for each in members
    ]
    rush = measure.rush(CLIENTS, [partial(_redeem, tills, body) for body in bodies])
    for till in tills:
        till.close()
    failed = [f"{status} {answer.get('error')}" for status, answer in rush.results if status != OK]
    return rush.duration_s, failed


def _redeem(tills: list[HttpClient], body: Body, number: int) -> tuple[int, Body]:
    return tills[number].post("redeemLoyaltyPoints", body)


def _left(program_id: str, reward_id: str) -> int:
    paths = [stock_documents.path(program_id, reward_id, shard) for shard in range(SHARDS_MAX)]
    return sum(stock_documents.decode(each).remaining for each in client.get(paths).values())
