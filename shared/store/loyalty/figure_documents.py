"""A program's counters in several shards, as a document takes about one write a second."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domain.loyalty import period_figures
from shared.domain.loyalty.figures import ProgramCounters
from shared.domain.loyalty.period_figures import MonthCounters
from shared.store import client, paths
from shared.store.client import Increment, Snapshot, Write
from shared.store.documents import Documents

SHARDS = 10


@dataclass(frozen=True, slots=True)
class FigureStart:
    """Since when a program's days are counted: from its begin, or from a later version on."""

    counted_since: datetime


COUNTERS = Documents(ProgramCounters, paths.stats_shard)
MONTHS = Documents(MonthCounters, paths.stats_month)
STARTS = Documents(FigureStart, paths.stats, is_cached=True)

find_start = STARTS.find


def increment(program_id: str, counters: ProgramCounters) -> list[Write]:
    """Return the write that adds to a program's counters; none if there is nothing to add."""
    shard = random.randrange(SHARDS)
    return _increment(paths.stats_shard(program_id, shard), COUNTERS.to_document(counters))


def shards(program_id: str) -> list[ProgramCounters]:
    """Return the parts of a program's counters; their sum is exact."""
    return COUNTERS.query(collection=paths.stats_shards(program_id))


def increment_month(program_id: str, month: str, counters: MonthCounters) -> list[Write]:
    """Return the write that adds to the counters of a month; none if there is nothing to add."""
    shard = random.randrange(SHARDS)
    return _increment(paths.stats_month(program_id, month, shard), MONTHS.to_document(counters))


def months(program_id: str, wanted: Sequence[str]) -> dict[str, MonthCounters]:
    """Return the counters of months: one RPC, and ``SHARDS`` reads a month."""
    found = client.get(
        [
            paths.stats_month(program_id, month, number)
            for month in wanted
            for number in range(SHARDS)
        ]
    )
    return {
        month: period_figures.total(
            counters
            for number in range(SHARDS)
            if (counters := MONTHS.decode(found[paths.stats_month(program_id, month, number)]))
        )
        for month in wanted
    }


def start(read: Snapshot, counted_since: datetime) -> list[Write]:
    """Return the write that says since when days are counted; none if it is said already."""
    return [] if read.data is not None else [STARTS.write(read, FigureStart(counted_since))]


def _increment(path: str, amounts: dict[str, Any]) -> list[Write]:
    wanted = {name: value for name, value in amounts.items() if value}
    return [Increment(path, wanted)] if wanted else []
