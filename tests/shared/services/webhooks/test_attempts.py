"""When a delivery's task is put in, and put in again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared.services.events import outbox
from shared.services.events.outbox import FAST, SLOW
from shared.store import client, paths
from shared.store.client import Update
from tests.conftest import Clock
from tests.support.events import Pipeline, deliveries_of
from tests.support.merchants import Merchant

NOWHERE = "http://127.0.0.1:9/hook"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def merchant(
    own_database: None, frozen_clock: Clock, new_merchant: Callable[..., Merchant]
) -> Merchant:
    return new_merchant()


@pytest.fixture
def losing(pipeline: Pipeline) -> Iterator[Pipeline]:
    """A pipeline whose queue loses what it is given."""
    pipeline.tasks.is_losing = True
    yield pipeline
    pipeline.tasks.is_losing = False


@pytest.fixture
def in_production(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, the process takes itself for a deployed one."""
    return lambda: monkeypatch.delenv("FIRESTORE_EMULATOR_HOST")


def announce(pipeline: Pipeline, merchant: Merchant, count: int) -> None:
    """Have ``count`` deliveries made."""
    for number in range(count):
        pipeline.register(merchant, f"{NOWHERE}/{number}", "loyalty.enrollment")
    merchant.member()
    pipeline.fire(merchant)
    assert len(deliveries_of(merchant)) == count


def test_the_queue_is_told_when_the_next_attempt_is_due(
    pipeline: Pipeline, merchant: Merchant, in_production: Callable[[], None]
) -> None:
    announce(pipeline, merchant, 1)
    in_production()
    pipeline.deliver(merchant)  # refused: loopback is for the emulator alone

    (delivery,) = deliveries_of(merchant)
    due = delivery.next_attempt_at
    assert due is not None
    assert NOON + timedelta(seconds=4) <= due <= NOON + timedelta(seconds=6)
    assert [each.error for each in delivery.attempts] == ["url_refused"]
    (task,) = [each for each in pipeline.tasks.all if each.schedule_time]
    assert task.id == f"{delivery.delivery_id}-2-{int(due.timestamp())}"
    assert task.schedule_time == due.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert task.body == {"data": {"deliveryId": delivery.delivery_id}}


def test_the_queue_is_told_when_its_turn_comes(
    pipeline: Pipeline, merchant: Merchant, in_production: Callable[[], None]
) -> None:
    announce(pipeline, merchant, 1)
    (delivery,) = deliveries_of(merchant)
    read = client.get_one(paths.webhook_endpoint(delivery.endpoint_id))
    assert read.data is not None
    turn = NOON + timedelta(seconds=60)
    paced = {**read.data["health"], "paceS": 10, "nextSlotAt": turn}
    client.commit([Update(read, {"health": paced})])
    in_production()
    pipeline.deliver(merchant)

    (waiting,) = deliveries_of(merchant)
    assert (waiting.attempt_count, waiting.next_attempt_at, waiting.slot_at) == (0, turn, turn)
    assert waiting.expires_at == NOON + timedelta(days=30)
    first, moved, postponed = pipeline.tasks.all
    assert [first.queue, moved.queue, postponed.queue] == [FAST, SLOW, SLOW]
    assert (first.schedule_time, moved.schedule_time) == (None, None)
    assert postponed.schedule_time == "2026-03-03T12:01:00.000000Z"


@pytest.mark.parametrize(("waited_s", "tasks_count"), [(119, 0), (120, 1)])
def test_what_is_overdue_for_two_minutes_is_enqueued_again(
    losing: Pipeline,
    merchant: Merchant,
    frozen_clock: Clock,
    in_production: Callable[[], None],
    waited_s: int,
    tasks_count: int,
) -> None:
    announce(losing, merchant, 1)
    losing.tasks.is_losing = False
    in_production()
    frozen_clock.advance(seconds=waited_s)

    outbox.enqueue_overdue()

    assert len(losing.tasks.all) == tasks_count


@pytest.mark.parametrize("page_size", [1, 2, 5, 6, 500])
def test_pages_hide_nothing(
    losing: Pipeline, merchant: Merchant, frozen_clock: Clock, page_size: int
) -> None:
    announce(losing, merchant, 5)  # all due at once
    losing.tasks.is_losing = False
    frozen_clock.advance(minutes=3)

    assert outbox.enqueue_overdue(page_size) == 5
    assert {each.delivery_id for each in losing.tasks.all} == {
        each.delivery_id for each in deliveries_of(merchant)
    }
    assert outbox.enqueue_overdue(page_size) == 0
    assert len(losing.tasks.refused) == 5


def test_what_fails_for_ever_does_not_starve_others(
    losing: Pipeline, merchant: Merchant, frozen_clock: Clock
) -> None:
    announce(losing, merchant, 3)
    frozen_clock.advance(minutes=1)
    merchant.member()
    losing.fire(merchant)
    losing.tasks.is_losing = False
    frozen_clock.advance(hours=1)
    outbox.enqueue_overdue(2)
    newest = {each.delivery_id for each in deliveries_of(merchant)}

    assert {each.delivery_id for each in losing.tasks.all} == newest
    assert len(newest) == 6


def test_what_is_settled_is_not_enqueued(
    pipeline: Pipeline, merchant: Merchant, frozen_clock: Clock
) -> None:
    pipeline.register(merchant, NOWHERE)
    merchant.member()
    pipeline.fire(merchant)
    (delivery,) = deliveries_of(merchant)
    for _ in range(10):
        frozen_clock.advance(days=3)
        pipeline.attempt(delivery.delivery_id)
    frozen_clock.advance(hours=1)
    usage = client.start_usage()

    assert outbox.enqueue_overdue() == 0
    assert (usage.rpcs, usage.writes) == (1, 0)
