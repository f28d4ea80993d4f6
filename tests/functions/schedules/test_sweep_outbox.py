"""sweepOutbox: what a lost trigger or task left behind is found, and done once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from shared.domain.webhooks.deliveries import DeliveryState
from shared.store import cache, client, paths
from shared.store.client import Delete, Put
from tests.conftest import Clock
from tests.support.events import Pipeline, deliveries_of, events_of
from tests.support.merchants import Merchant
from tests.support.receivers import receiving, status

pytestmark = pytest.mark.usefixtures("own_database")

FIGURES = {"totalMembers": 1, "totalPointsIssued": 100, "totalRedemptions": 1}


def figures(merchant: Merchant, program_id: str) -> dict[str, int]:
    answer = merchant.api.ok("getLoyaltyAnalytics", {"programId": program_id})
    return {name: answer[name] for name in FIGURES}


def test_tells_once_what_no_trigger_told(
    frozen_clock: Clock, pipeline: Pipeline, new_merchant: Callable[..., Merchant]
) -> None:
    merchant = new_merchant()
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url)
        member = merchant.member(balance=100)
        member.redeem(30)
        frozen_clock.advance(seconds=29)
        pipeline.sweep()
        assert events_of(merchant) == []  # left to the triggers, which may just be under way

        frozen_clock.advance(seconds=2)
        pipeline.sweep()
        pipeline.sweep()
        assert pipeline.fire(merchant) == 3  # the triggers, late
        pipeline.deliver(merchant)

    told = ["loyalty.enrollment", "loyalty.points_earned", "loyalty.points_redeemed"]
    assert sorted(receiver.types) == told
    assert sorted(event["type"] for event in events_of(merchant)) == told
    assert len(deliveries_of(merchant)) == 3
    assert figures(merchant, member.program_id) == FIGURES


def test_leaves_alone_what_triggers_told(
    frozen_clock: Clock,
    pipeline: Pipeline,
    new_merchant: Callable[..., Merchant],
    capsys: pytest.CaptureFixture[str],
) -> None:
    merchant = new_merchant()
    member = merchant.member(balance=100)
    member.redeem(30)
    pipeline.run(merchant)
    before = (events_of(merchant), figures(merchant, member.program_id))
    capsys.readouterr()

    frozen_clock.advance(minutes=3)
    pipeline.sweep()

    assert capsys.readouterr().out == ""
    assert (events_of(merchant), figures(merchant, member.program_id)) == before


@pytest.mark.parametrize("queue_status", [None, 400])
def test_enqueues_what_was_never_enqueued(
    frozen_clock: Clock,
    pipeline: Pipeline,
    new_merchant: Callable[..., Merchant],
    capsys: pytest.CaptureFixture[str],
    queue_status: int | None,
) -> None:
    merchant = new_merchant()
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url)
        pipeline.tasks.status, pipeline.tasks.is_losing = queue_status, queue_status is None
        merchant.member()
        pipeline.fire(merchant)
        (made,) = deliveries_of(merchant)
        (event,) = events_of(merchant)
        assert pipeline.tasks.all == []

        pipeline.tasks.status, pipeline.tasks.is_losing = None, False
        frozen_clock.advance(minutes=3)
        capsys.readouterr()
        pipeline.sweep()
        line = json.loads(capsys.readouterr().out)
        pipeline.deliver(merchant)

    assert line == {"severity": "INFO", "message": "sweep repaired", "count": 1}
    (received,) = receiver.received
    assert received.headers["webhook-id"] == made.event_id
    assert received.headers["x-beep-delivery"] == made.delivery_id
    assert received.body.decode() == event["payload"]
    assert events_of(merchant) == [event]
    (delivery,) = deliveries_of(merchant)
    assert delivery.state is DeliveryState.SUCCEEDED


def test_runs_retries_where_the_queue_cannot_wait(
    frozen_clock: Clock, pipeline: Pipeline, new_merchant: Callable[..., Merchant]
) -> None:
    merchant = new_merchant()
    with receiving() as receiver:
        receiver.answers = [status(500), status(500)]
        pipeline.register(merchant, receiver.url)
        merchant.member()
        pipeline.run(merchant)
        frozen_clock.advance(seconds=3)
        pipeline.sweep()
        assert pipeline.deliver(merchant) == 0  # not due yet
        frozen_clock.advance(seconds=4.1)
        pipeline.sweep()
        pipeline.sweep()
        assert pipeline.deliver(merchant) == 1
        frozen_clock.advance(minutes=7)
        pipeline.sweep()
        assert pipeline.deliver(merchant) == 1
        pipeline.sweep()
        assert pipeline.deliver(merchant) == 0

    (delivery,) = deliveries_of(merchant)
    assert [each.status for each in delivery.attempts] == [500, 500, 200]
    assert len({each.body for each in receiver.received}) == 1


def test_does_not_enqueue_what_waits_in_the_queue(
    frozen_clock: Clock, pipeline: Pipeline, new_merchant: Callable[..., Merchant]
) -> None:
    merchant = new_merchant()
    pipeline.register(merchant, "http://127.0.0.1:9/hook")
    merchant.member()
    pipeline.fire(merchant)
    (task,) = pipeline.tasks.pending

    enqueued = []
    for _ in range(60):  # two hours of sweeps, while the queue does not get round to it
        frozen_clock.advance(minutes=2)
        pipeline.sweep()
        enqueued.append(len(pipeline.tasks.all))

    # Again after 4, 8, 16, 32 and 64 minutes, in case the queue gave up on a task of that name.
    assert enqueued == [1] + [2] * 2 + [3] * 4 + [4] * 8 + [5] * 16 + [6] * 29
    assert {each.id for each in pipeline.tasks.all} == {
        task.id,
        *(f"{task.id}-{number}" for number in range(1, 6)),
    }


def test_one_cause_that_fails_does_not_keep_others_waiting(
    frozen_clock: Clock,
    pipeline: Pipeline,
    new_merchant: Callable[..., Merchant],
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken, working = new_merchant().member(balance=1), new_merchant().member(balance=2)
    program = client.get_one(paths.program(broken.program_id))
    assert program.data is not None
    client.commit([Delete(program)])
    cache.clear_all()
    capsys.readouterr()

    frozen_clock.advance(minutes=1)
    pipeline.sweep()

    assert events_of(broken.merchant) == []
    assert len(events_of(working.merchant)) == 2
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (line["severity"], line["message"]) == ("ERROR", "sweep failed")
    assert line["what"].startswith("events/evt_")

    client.commit([Put(program.path, program.data)])
    frozen_clock.advance(hours=23)
    pipeline.sweep()
    assert len(events_of(broken.merchant)) == 2
    assert len(events_of(working.merchant)) == 2
