"""The sweep works through all there is, whatever the pages, and finds what is late."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.services.events import sweep
from shared.store import cache, client, paths
from shared.store.client import Delete
from tests.conftest import Clock
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Member, Merchant

pytestmark = pytest.mark.usefixtures("own_database")

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def member(frozen_clock: Clock, new_merchant: Callable[..., Merchant]) -> Member:
    """A member in a database of its own, enrolled at noon."""
    return new_merchant().member()


def watermark(name: str = "entries") -> datetime | None:
    data = client.get_one(paths.sweep(name)).data
    return data["watermark"] if data else None


def told(member: Member) -> list[str]:
    """The types of the member's events, without the enrollment."""
    found = [event["type"] for event in events_of(member.merchant)]
    return [each for each in found if each != "loyalty.enrollment"]


def issued(member: Member) -> int:
    answer = member.api.ok("getLoyaltyAnalytics", {"programId": member.program_id})
    return answer["totalPointsIssued"]


@pytest.mark.parametrize("page_size", [1, 2, 3, 7, 300])
def test_pages_hide_nothing(frozen_clock: Clock, member: Member, page_size: int) -> None:
    for _ in range(7):
        member.earn(1)
        frozen_clock.advance(milliseconds=1)
    frozen_clock.advance(minutes=10)

    sweep.run(page_size)

    assert told(member) == ["loyalty.points_earned"] * 7
    assert issued(member) == 7
    assert watermark() == frozen_clock.now - timedelta(minutes=2, seconds=30)
    assert watermark("enrollments") == watermark()


@pytest.mark.parametrize("page_size", [1, 2, 3])
def test_a_page_is_too_short_for_what_happened_in_one_millisecond(
    frozen_clock: Clock, member: Member, page_size: int
) -> None:
    for _ in range(7):
        member.earn(1)
    frozen_clock.advance(milliseconds=1)
    member.earn(1)
    frozen_clock.advance(minutes=10)

    sweep.run(page_size)

    assert told(member) == ["loyalty.points_earned"] * 8
    assert issued(member) == 8


@pytest.mark.parametrize("page_size", [2, 300])
def test_finds_what_was_committed_late(frozen_clock: Clock, member: Member, page_size: int) -> None:
    for _ in range(6):
        frozen_clock.advance(seconds=10)
        member.earn(1)
    frozen_clock.advance(seconds=31)
    sweep.run(page_size)
    assert len(told(member)) == 6

    swept_at = frozen_clock.now
    frozen_clock.now = NOON + timedelta(seconds=5)
    member.earn(100)  # decided before all others, and committed only now
    frozen_clock.now = swept_at
    sweep.run(page_size)

    assert len(told(member)) == 7
    assert issued(member) == 106


def test_goes_on_where_its_time_was_up(
    frozen_clock: Clock, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "RUN_S_MAX", -1.0)
    for _ in range(6):
        member.earn(1)
        frozen_clock.advance(minutes=1)
    frozen_clock.advance(minutes=10)

    numbers_told = []
    for _ in range(6):
        sweep.run(2)
        numbers_told.append(len(told(member)))

    assert numbers_told == [2, 3, 4, 5, 6, 6]
    assert watermark() == frozen_clock.now - timedelta(minutes=2, seconds=30)


def test_starts_with_what_is_not_history_yet(frozen_clock: Clock, member: Member) -> None:
    member.earn(1)
    frozen_clock.advance(minutes=1)
    member.earn(2)
    frozen_clock.now = NOON + timedelta(days=25, seconds=30)

    sweep.run()

    assert issued(member) == 2
    assert told(member) == ["loyalty.points_earned"]


def test_many_at_once_tell_each_thing_once(
    frozen_clock: Clock, pipeline: Pipeline, member: Member
) -> None:
    for _ in range(4):
        member.earn(1)
        frozen_clock.advance(milliseconds=1)
    frozen_clock.advance(minutes=1)

    def work(number: int) -> Any:
        return sweep.run(2) if number % 2 else pipeline.fire(member.merchant)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert told(member) == ["loyalty.points_earned"] * 4
    assert len(events_of(member.merchant)) == 5
    assert issued(member) == 4


def test_what_cannot_be_told_holds_the_watermark_back_for_a_day(
    frozen_clock: Clock, member: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen_clock.advance(seconds=1)
    member.earn(1)
    client.commit([Delete(client.get_one(paths.program(member.program_id)))])
    cache.clear_all()
    frozen_clock.advance(minutes=10)

    sweep.run()
    assert watermark() == NOON + timedelta(seconds=1)
    assert watermark("enrollments") == NOON

    frozen_clock.now = NOON + timedelta(days=1, minutes=1)
    sweep.run()
    assert watermark() == frozen_clock.now - timedelta(days=1, seconds=30)

    capsys.readouterr()
    sweep.run()
    sweep.run()
    assert told(member) == []
    assert watermark() == frozen_clock.now - timedelta(minutes=2, seconds=30)
    assert '"sweep failed"' not in capsys.readouterr().out


def test_costs_little_when_there_is_nothing_to_do(frozen_clock: Clock, member: Member) -> None:
    frozen_clock.advance(minutes=10)
    sweep.run()
    frozen_clock.advance(minutes=2)

    usage = client.start_usage()
    assert sweep.run() == 0

    assert (usage.rpcs, usage.reads, usage.writes) == (11, 8, 3)


def test_reads_an_entry_twice(frozen_clock: Clock, member: Member) -> None:
    frozen_clock.advance(minutes=10)
    sweep.run()
    for _ in range(10):
        member.earn(1)
    reads = []
    for _ in range(4):
        frozen_clock.advance(minutes=2)
        usage = client.start_usage()
        sweep.run()
        reads.append(usage.reads)

    # 7 and at least one for the entries; each entry costs its event too, and 4 more to be told,
    # with up to three entries before it: whether the member was active. One starts the counters.
    before = sum(min(seq, 3) for seq in range(10))
    assert reads == [7 + 10 * (2 + 4) + before + 1, 7 + 10 * 2, 8, 8]
