"""Book at random, with repetitions, crashes and races, and prove the books.

``make soak ARGS="--operations 100000"``: members of a program earn, redeem, reserve, return,
transfer, are merged and erased, on the Firestore emulator. Each operation is sent alone, twice, by
a process that dies after one of its RPCs and then again, or at the same time as others. What the
answers say adds up to what each member must have; and all that follows from the entries is proved.
``--domain 1000000`` gives so many commands to the pure ledger and to a second, naive one.
It ends with 1 at the first difference, and prints the seed and the round that lead there.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from typing import Protocol

from tools.soak.differences import DifferenceError
from tools.soak.domain import DomainSoak
from tools.soak.runs import ApiSoak

OPERATIONS = 2000
TOLD_EVERY_S = 60.0


class _Soak(Protocol):
    """Rounds that go on until there are enough operations; ``round`` is the number of the next.

    ``history`` is what was answered in the last one.
    """

    name: str
    round: int
    done: int
    counts: Counter[str]
    history: list[str]

    def run_round(self, most: int) -> None: ...


def main(arguments: list[str] | None = None) -> int:
    """Run it; return the exit status: 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--operations", type=int, help=f"through the API; {OPERATIONS} by default")
    parser.add_argument("--domain", type=int, default=0, help="commands in the domain; none")
    parser.add_argument("--seconds", type=float, help="end after the round that is running then")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-round", type=int, default=0, help="go on where a run has ended")
    chosen = parser.parse_args(arguments)
    default = 0 if chosen.domain else OPERATIONS
    operations = default if chosen.operations is None else chosen.operations
    seed, first = chosen.seed, chosen.first_round
    is_right = True
    if chosen.domain:
        is_right &= _run(DomainSoak(seed, first), chosen.domain, chosen.seconds, seed)
    if operations:
        with ApiSoak(seed, first) as soak:
            is_right &= _run(soak, operations, chosen.seconds, seed)
    print("Nothing was found." if is_right else "Something was FOUND.")
    return 0 if is_right else 1


def _run(soak: _Soak, operations: int, seconds: float | None, seed: int) -> bool:
    """Go on until something is found, or it is enough; tell whether nothing was found."""
    started_s = told_s = time.monotonic()
    first = soak.round
    try:
        while soak.done < operations:
            soak.run_round(operations - soak.done)
            now_s = time.monotonic()
            if now_s - told_s > TOLD_EVERY_S:
                told_s = now_s
                print(f"{soak.done} {soak.name} in {now_s - started_s:.0f} s", flush=True)
            if seconds is not None and now_s - started_s > seconds:
                break
    except DifferenceError:
        print("\n".join(soak.history))
        traceback.print_exc(file=sys.stdout)
        again = f"--seed {seed} --first-round {soak.round}"
        print(f"FOUND in round {soak.round}, after {soak.done} {soak.name}: {again}")
        return False
    finally:
        rounds = f"rounds {first} to {soak.round - 1}, --seed {seed}"
        print(f"{soak.done} {soak.name} in {time.monotonic() - started_s:.0f} s ({rounds}):")
        for name, count in sorted(soak.counts.items()):
            print(f"  {count:8} {name}")
    return True


if __name__ == "__main__":
    raise SystemExit(main())
