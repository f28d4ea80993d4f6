"""``make bench``: measure, print tables and verdicts. Exit code 0 even if a goal is missed."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from tools.bench import (
    before,
    cold,
    contention,
    latency,
    life,
    members,
    payments,
    processor,
    rpcs,
    shops,
    stock,
    syncs,
    webhooks,
    world,
)
from tools.bench.report import Section, summary
from tools.bench.world import BenchError, World
from tools.emulators import EmulatorError

GATEWAYS = 4


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of calls and rounds to measure."""

    contention_rounds: int
    transactional_bound_s: float
    latency_calls: int
    processor_calls: int
    cold_rounds: int
    webhook_writes: int
    webhook_rounds: int
    payments: int
    products: int
    members: int
    member_rounds: int
    before_rounds: int
    lives: int
    orders: int


FULL = Size(3, 10.0, 200, 500, 9, 1000, 3, 200, 10_000, 100_000, 5, 15, 1_000, 500)
QUICK = Size(1, 3.0, 40, 50, 3, 24, 1, 20, 300, 300, 2, 2, 20, 20)

BENCHMARKS: dict[str, Callable[[World, Size], Section]] = {
    "contention": lambda world, size: contention.run(
        world, rounds=size.contention_rounds, bound_s=size.transactional_bound_s
    ),
    "rpcs": lambda world, _: rpcs.run(world),
    "latency": lambda world, size: latency.run(world, calls=size.latency_calls),
    "processor": lambda world, size: processor.run(world, calls=size.processor_calls),
    "cold": lambda _, size: cold.run(rounds=size.cold_rounds),
    "webhooks": lambda world, size: webhooks.run(
        world, writes=size.webhook_writes, rounds=size.webhook_rounds
    ),
    "payments": lambda world, size: payments.run(world, calls=size.payments),
    "syncs": lambda world, size: syncs.run(world, products=size.products),
    "stock": lambda world, size: stock.run(world, rounds=size.contention_rounds),
    "life": lambda _, size: life.run(members=size.lives),
    "shops": lambda _, size: shops.run(orders=size.orders),
    "members": lambda _, size: members.run(many=size.members, rounds=size.member_rounds),
}


def main() -> int:
    """Run the benchmarks that the command line names."""
    arguments = _parser().parse_args()
    size = QUICK if arguments.quick else FULL
    if arguments.members:
        size = replace(size, lives=arguments.members)
    if arguments.orders:
        size = replace(size, orders=arguments.orders)
    started_s = time.monotonic()
    print(_conditions())
    sections: list[Section] = []
    names = arguments.only or ([] if arguments.before else list(BENCHMARKS))
    try:
        with world.firestore():
            if names:
                with world.world(GATEWAYS) as found:
                    runs = {name: partial(BENCHMARKS[name], found, size) for name in names}
                    sections += [_measured(name, run) for name, run in runs.items()]
            if arguments.before:
                run = partial(_before, arguments.before, size)
                sections.append(_measured("before", run))
    except (BenchError, EmulatorError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(f"\n{summary(sections)}\n\nTook {time.monotonic() - started_s:.0f} s.")
    return 0


def _before(base: str, size: Size) -> Section:
    return before.run(base=base, rounds=size.before_rounds, cold_rounds=size.cold_rounds)


def _measured(name: str, run: Callable[[], Section]) -> Section:
    """Run a benchmark and print its tables."""
    print(f"\nMeasuring: {name} ...", file=sys.stderr, flush=True)
    section = run()
    for table in section.tables:
        print(f"\n{table}", flush=True)
    return section


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument(
        "--only",
        type=_names,
        default=None,
        metavar="NAME,...",
        help=f"what to measure: {', '.join(BENCHMARKS)}",
    )
    parser.add_argument(
        "--before", metavar="COMMIT", help="compare with an earlier commit; alone if nothing else"
    )
    parser.add_argument("--members", type=int, help=f"how many `life` has; {FULL.lives} by default")
    parser.add_argument(
        "--orders", type=int, help=f"how many `shops` has; {FULL.orders} by default"
    )
    parser.add_argument("--quick", action="store_true", help="few rounds: does it work at all")
    return parser


def _names(text: str) -> Sequence[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no {unknown[0]}; there are {', '.join(BENCHMARKS)}"
        )
    return names


def _conditions() -> str:
    """Return the conditions on which the figures depend."""
    today = datetime.now(tz=UTC).date()
    version = ".".join(map(str, sys.version_info[:3]))
    load = ""
    with contextlib.suppress(OSError):
        load = f", load {os.getloadavg()[0]:.1f}"
    return f"{today}, Python {version}, {os.cpu_count()} cores{load}, Firestore emulator."


if __name__ == "__main__":
    sys.exit(main())
