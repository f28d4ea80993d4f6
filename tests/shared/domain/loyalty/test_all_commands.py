"""All commands of the ledger in random order: ``tests/support/ledger_world.py``."""

from __future__ import annotations

import pytest

from tests.support.ledger_world import COMMANDS, World, assert_proved

STEPS = 10_000
SEEDS = (1, 2)
CHECKED_EVERY = 400


@pytest.mark.parametrize("seed", SEEDS)
def test_every_command_in_any_order_keeps_the_books(seed: int) -> None:
    world = World(seed)
    for step in range(STEPS // len(SEEDS)):
        world.step()
        if step % CHECKED_EVERY == 0:
            for member in world.members:
                assert_proved(member)
    for member in (*world.members, *world.gone):
        assert_proved(member)
    assert not {each.__name__ for each in COMMANDS} - set(world.done)
    assert all(world.done[name] > 20 for name in world.done), world.done
    assert min(world.rare[each] for each in ("merged", "owed", "erased")) > 10, world.rare
    assert world.rare["collected"] > 5
    assert world.rare["withdrawn"] > 0
