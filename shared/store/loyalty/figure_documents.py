"""A program's counters, spread over shards: one document takes about one write a second."""

from __future__ import annotations

import random

from shared.domain.loyalty.figures import Counters
from shared.store import client, codec, paths
from shared.store.client import Increment, Write

SHARDS = 10


def increment(program_id: str, counters: Counters) -> list[Write]:
    """Return the write that adds to a program's counters; none if there is nothing to add."""
    amounts = {name: value for name, value in codec.to_document(counters).items() if value}
    if not amounts:
        return []
    shard = random.randrange(SHARDS)
    return [Increment(f"{paths.stats_shards(program_id)}/{shard}", amounts)]


def shards(program_id: str) -> list[Counters]:
    """Return the parts of a program's counters; their sum is exact."""
    found = client.query(paths.stats_shards(program_id))
    return [codec.from_document(Counters, each.data or {}) for each in found]
