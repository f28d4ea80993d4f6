"""A program's counters in several shards, as a document takes about one write a second."""

from __future__ import annotations

import random

from shared.domain.loyalty.figures import ProgramCounters
from shared.store import paths
from shared.store.client import Increment, Write
from shared.store.documents import Documents

SHARDS = 10

COUNTERS = Documents(ProgramCounters, paths.stats_shard)


def increment(program_id: str, counters: ProgramCounters) -> list[Write]:
    """Return the write that adds to a program's counters; none if there is nothing to add."""
    amounts = {name: value for name, value in COUNTERS.to_document(counters).items() if value}
    if not amounts:
        return []
    shard = random.randrange(SHARDS)
    return [Increment(paths.stats_shard(program_id, shard), amounts)]


def shards(program_id: str) -> list[ProgramCounters]:
    """Return the parts of a program's counters; their sum is exact."""
    return COUNTERS.query(collection=paths.stats_shards(program_id))
