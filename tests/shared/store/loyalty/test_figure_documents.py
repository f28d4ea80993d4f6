"""Counters: spread over shards, and their sum is exact."""

from __future__ import annotations

import random

import pytest

from shared import ids
from shared.domain.loyalty import figures
from shared.domain.loyalty.figures import ProgramCounters
from shared.store import client, paths
from shared.store.loyalty import figure_documents
from tools.emulators import FirestoreEmulator


@pytest.fixture
def program_id(firestore_emulator: FirestoreEmulator) -> str:
    """A program without counters."""
    return ids.new("lp")


def test_the_sum_of_the_shards_is_the_sum_of_all_additions(program_id: str) -> None:
    parts = [
        ProgramCounters(issued_units=n, earned_units_by_month={"2026-03": n}) for n in range(1, 41)
    ]
    parts += [
        ProgramCounters(redemptions=1, redeemed_units_by_month={"2026-02": 3}),
        figures.NEW_MEMBER,
    ]
    for part in parts:
        client.commit(figure_documents.increment(program_id, part))
    shards = figure_documents.shards(program_id)
    assert 1 < len(shards) <= figure_documents.SHARDS
    assert figures.total(shards) == figures.total(parts)
    assert figures.total(shards) == ProgramCounters(1, 820, 1, {"2026-03": 820}, {"2026-02": 3})


def test_nothing_to_add_is_no_write(program_id: str) -> None:
    assert figure_documents.increment(program_id, ProgramCounters()) == []
    assert figure_documents.shards(program_id) == []


def test_additions_to_one_shard_add_up(program_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "randrange", lambda _: 4)
    for month in ("2026-02", "2026-03", "2026-03"):
        part = ProgramCounters(members=1, earned_units_by_month={month: 5})
        client.commit(figure_documents.increment(program_id, part))
    assert figure_documents.shards(program_id) == [
        ProgramCounters(3, 0, 0, {"2026-02": 5, "2026-03": 10}, {})
    ]
    assert client.query(paths.stats_shards(program_id))[0].id == "4"
