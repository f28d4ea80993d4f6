"""runSyncs: what is due is begun once, what was left lying is gone on with; both as tasks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from functions.schedules import run_syncs
from shared.domain.systems.syncs import SyncState, SystemKind
from shared.services.systems import sync_starts
from shared.services.systems.sync_worker import CONTINUE, TASK_LOST_AFTER
from shared.store import client, paths
from shared.store.systems import sync_documents
from tests.support.branches import BUSY, Branch, always, nth
from tests.support.dying import dying_after
from tests.support.events import Pipeline
from tests.support.merchants import Merchant

pytestmark = pytest.mark.usefixtures("own_database")

HOUR = timedelta(hours=1)


@pytest.fixture
def merchant(own_database: None, new_merchant: Callable[..., Merchant]) -> Merchant:
    """A merchant who is alone in the database."""
    return new_merchant()


@pytest.fixture(autouse=True)
def _products(branch: Branch) -> None:
    for number in range(5):
        branch.till.put_product(f"{number:03}", f"Product {number}", "1.00")


def due_at(branch: Branch) -> datetime:
    return datetime.fromisoformat(branch.status()["nextSyncAt"])


def tasks_of(pipeline: Pipeline) -> list[str]:
    """Return the syncs that wait in the queue, once for each task."""
    return [
        task.body["data"]["syncId"] for task in pipeline.tasks.pending if task.queue == CONTINUE
    ]


def run_tasks(pipeline: Pipeline) -> int:
    return pipeline.tasks.run_pending(lambda task: task.queue == CONTINUE)


@pytest.mark.parametrize(("schedule", "step"), [("hourly", HOUR), ("nightly", 24 * HOUR)])
def test_a_scheduled_sync_is_begun_once_each_time(
    branch: Branch, pipeline: Pipeline, schedule: str, step: timedelta
) -> None:
    branch.configure(schedule=schedule)
    first = due_at(branch)
    branch.clock.now = first - timedelta(seconds=1)
    run_syncs.handle()
    assert tasks_of(pipeline) == []

    branch.clock.now = first
    run_syncs.handle()
    run_syncs.handle()
    assert due_at(branch) == first + step
    assert tasks_of(pipeline) == [branch.stored().sync_id]
    # It is the task that reads, not the schedule.
    assert not [path for _, path in branch.till.calls if path.endswith("/products")]
    assert branch.products() == {}

    assert run_tasks(pipeline) == 1
    assert len(branch.sold()) == 5
    assert branch.stored().state is SyncState.SUCCEEDED
    assert len(branch.events("integration.pos.synced")) == 1

    branch.till.put_product("000", "Product 0", "2.00")
    branch.clock.now = first + step
    run_syncs.handle()
    assert run_tasks(pipeline) == 1
    assert branch.stored().counts["products"].read == 1
    assert branch.prices()["Product 0"] == 200


def test_a_schedule_that_was_missed_is_made_up_for_once(branch: Branch, pipeline: Pipeline) -> None:
    branch.configure(schedule="hourly")
    branch.clock.now = due_at(branch) + 10 * HOUR + timedelta(minutes=5)
    run_syncs.handle()
    run_syncs.handle()

    assert len(tasks_of(pipeline)) == 1
    assert timedelta(0) < due_at(branch) - branch.clock.now <= HOUR


def test_receipts_earn_as_the_connection_says(branch: Branch, pipeline: Pipeline) -> None:
    member = branch.merchant.member("points")
    branch.till.put_receipt(
        "R-1", "10.00", customer="user_1", bookingTime="2026-03-03T18:00:00+00:00"
    )
    branch.configure(schedule="hourly", awardPointsProgramId=member.program_id)
    branch.clock.now = due_at(branch)
    run_syncs.handle()
    run_tasks(pipeline)

    assert branch.stored().counts["receipts"].awarded == 1
    assert member.balance()["currentBalance"] == 100


def test_a_connection_that_was_deleted_meanwhile_is_not_synced(
    branch: Branch, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch.configure(schedule="hourly")
    branch.clock.now = due_at(branch)
    found = sync_documents.list_due(branch.clock.now, 10)
    body = {"kind": "pos", "system": "korona", "storeId": branch.store_id}
    branch.merchant.api.ok("deleteSyncConfiguration", body)
    monkeypatch.setattr(sync_documents, "list_due", lambda *_: found)

    run_syncs.handle()

    assert tasks_of(pipeline) == []
    assert sync_documents.find(branch.store_id, SystemKind.POS, "korona") is None


def test_sweeps_that_run_at_the_same_time_begin_one_sync(
    branch: Branch, pipeline: Pipeline
) -> None:
    branch.configure(schedule="hourly")
    branch.clock.now = due_at(branch)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: run_syncs.handle(), range(4)))
    assert set(tasks_of(pipeline)) == {branch.stored().sync_id}
    run_tasks(pipeline)

    assert len(branch.sold()) == 5
    assert len(branch.events("integration.pos.synced")) == 1


def test_a_sync_that_is_under_way_is_left_alone(branch: Branch, pipeline: Pipeline) -> None:
    branch.configure(schedule="hourly")
    branch.clock.now = due_at(branch)
    with dying_after(14):
        branch.sync()
    held = branch.stored()
    assert held.is_held(branch.clock.now)

    run_syncs.handle()

    assert branch.stored() == held
    assert tasks_of(pipeline) == []


def test_one_store_that_fails_does_not_keep_the_others_from_it(
    branch: Branch, pipeline: Pipeline, new_merchant: Callable[..., Merchant]
) -> None:
    branch.configure(schedule="hourly")
    broken = branch.of(new_merchant())
    broken.configure(schedule="hourly")
    path = paths.connection(broken.store_id, SystemKind.POS, "korona")
    data = client.get_one(path).data
    assert data is not None
    client.commit([client.Put(path, {**data, "configToken": "unreadable"})])

    branch.clock.advance(2 * HOUR)
    run_syncs.handle()
    run_tasks(pipeline)

    assert branch.stored().state is SyncState.SUCCEEDED
    assert due_at(broken) > branch.clock.now  # It is tried again, and at its time.


def test_what_died_is_gone_on_with(branch: Branch, pipeline: Pipeline) -> None:
    with dying_after(16):
        branch.sync()
    branch.clock.advance(timedelta(minutes=1))
    run_syncs.handle()
    assert tasks_of(pipeline) == []
    branch.clock.advance(timedelta(minutes=2))
    run_syncs.handle()
    run_syncs.handle()

    sync_id = branch.stored().sync_id
    assert set(tasks_of(pipeline)) == {sync_id}
    run_tasks(pipeline)
    assert branch.stored().state is SyncState.SUCCEEDED
    assert branch.stored().counts["products"].created == 5
    assert len(branch.events("integration.pos.synced")) == 1


def test_what_waits_is_gone_on_with_when_its_pause_is_over(
    branch: Branch, pipeline: Pipeline
) -> None:
    """The emulator's queue would not wait; so the sweep does."""
    with branch.failing(nth(2, always(BUSY))):
        branch.sync()
    assert tasks_of(pipeline) == []
    run_syncs.handle()
    assert tasks_of(pipeline) == []
    branch.clock.advance(timedelta(seconds=31))
    run_syncs.handle()
    run_tasks(pipeline)

    assert branch.stored().state is SyncState.SUCCEEDED


def test_a_task_that_was_lost_is_put_in_again(
    branch: Branch, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_starts, "AT_ONCE_S", -1.0)
    pipeline.tasks.is_losing = True
    branch.sync()
    pipeline.tasks.is_losing = False
    run_syncs.handle()
    assert tasks_of(pipeline) == []  # It may be waiting in the queue.

    branch.clock.advance(TASK_LOST_AFTER)
    run_syncs.handle()
    run_tasks(pipeline)

    assert branch.stored().state is SyncState.SUCCEEDED
