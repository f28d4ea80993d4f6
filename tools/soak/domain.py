"""Give the pure ledger commands at random, and compare it with a second, naive one.

The same as ``tests/shared/domain/loyalty/test_all_commands.py``, for as long as one likes: each
round has members of its own, so memory stays as it is.
"""

from __future__ import annotations

from collections import Counter

from tests.support.ledger_world import World, assert_proved
from tools.soak.differences import DifferenceError

ROUND = 2_500
"""Commands on one world of members: then all chains and sums are proved, and the next begins."""
ROUNDS_MAX = 1_000_000
"""Each round of each seed has random numbers of its own."""


class DomainSoak:
    """Rounds of commands until there are enough."""

    name = "commands of the ledger in the domain"

    def __init__(self, seed: int, first_round: int = 0) -> None:
        self.seed = seed
        self.round = first_round
        self.done = 0
        self.counts: Counter[str] = Counter()
        self.history: list[str] = []

    def run_round(self, most: int) -> None:
        """Give one round of commands.

        Raises:
            DifferenceError: The two ledgers differ, or something does not follow from the entries.
        """
        world = World(self.seed * ROUNDS_MAX + self.round)
        try:
            for _ in range(min(ROUND, most)):
                world.step()
                self.done += 1
            for member in (*world.members, *world.gone):
                assert_proved(member)
        except AssertionError as error:
            raise DifferenceError("the two ledgers differ") from error
        self.counts += world.done
        self.counts += Counter({f"({name})": count for name, count in world.rare.items()})
        self.round += 1
