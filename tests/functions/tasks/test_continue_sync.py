"""continueSync: a sync goes on where it was left, however often the task comes."""

from __future__ import annotations

import pytest

from shared.domain.systems.syncs import SyncState
from shared.services.systems import sync_starts
from shared.services.systems.sync_worker import CONTINUE
from tests.support.branches import PAGE_ITEMS, Branch
from tests.support.events import Pipeline
from tests.support.tasks import Task
from tests.support.traffic import first_answer_lost


@pytest.fixture
def task(branch: Branch, pipeline: Pipeline) -> Task:
    """The task of a sync of two pages that takes longer than anybody waits."""
    for number in range(PAGE_ITEMS + 2):
        branch.till.put_product(f"{number:03}", f"Product {number}", "1.00")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync_starts, "AT_ONCE_S", -1.0)
        assert branch.sync().body["state"] == "running"
    (found,) = [each for each in pipeline.tasks.pending if each.queue == CONTINUE]
    return found


def test_reads_the_rest(branch: Branch, pipeline: Pipeline, task: Task) -> None:
    assert task.body["data"] == {
        "storeId": branch.store_id,
        "kind": "pos",
        "system": "korona",
        "syncId": branch.stored().sync_id,
    }
    assert task.schedule_time is None

    assert pipeline.tasks.run(task) == 200

    assert branch.stored().state is SyncState.SUCCEEDED
    assert len(branch.sold()) == PAGE_ITEMS + 2


def test_a_task_that_comes_twice_or_late_does_nothing(
    branch: Branch, pipeline: Pipeline, task: Task
) -> None:
    assert pipeline.tasks.run(task) == 200
    ended, calls = branch.stored(), len(branch.till.calls)
    assert pipeline.tasks.run(task) == 200
    assert (branch.stored(), len(branch.till.calls)) == (ended, calls)

    branch.till.put_product("000", "Product 0", "2.00")
    branch.synced()
    later = branch.stored()
    assert pipeline.tasks.run(task) == 200
    assert branch.stored() == later
    assert later.sync_id != ended.sync_id


def test_the_answer_to_taking_it_up_may_get_lost(
    branch: Branch, pipeline: Pipeline, task: Task
) -> None:
    with first_answer_lost():
        assert pipeline.tasks.run(task) == 200

    assert branch.stored().state is SyncState.SUCCEEDED
    assert branch.stored().failures == 0


def test_a_task_of_a_store_that_was_never_synced_does_nothing(
    pipeline: Pipeline, task: Task
) -> None:
    body = {"data": {**task.body["data"], "storeId": "store_absent"}}

    assert pipeline.tasks.run(Task(CONTINUE, "another", body, None, {})) == 200
