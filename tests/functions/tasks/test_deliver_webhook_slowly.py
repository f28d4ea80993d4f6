"""deliverWebhookSlowly: slow and overloaded endpoints wait for themselves, and nobody for them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.webhooks import health
from shared.domain.webhooks.deliveries import Delivery, DeliveryState, Lane
from shared.domain.webhooks.endpoints import Health
from shared.services.events.outbox import FAST, SLOW
from shared.services.webhooks import attempts
from shared.store.webhooks import endpoint_documents
from tests.conftest import Clock
from tests.support.events import Pipeline, Registered, deliveries_of
from tests.support.merchants import Member, Merchant
from tests.support.receivers import Answer, Receiver, receiving, status
from tests.support.traffic import watched

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> Answer:
    """An answer that never comes, with little patience on our side."""
    monkeypatch.setattr(attempts, "TIMEOUT_S", 2.0)

    def say_nothing(_: socket.socket) -> None:
        receiver.closing.wait(10)

    return say_nothing


@pytest.fixture
def all_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer takes as long as that of a slow endpoint."""
    monkeypatch.setattr(health, "SLOW_FROM_MS", 0)
    monkeypatch.setattr(health, "FAST_BELOW_MS", 0)


def announced(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver, count: int
) -> tuple[Registered, list[str]]:
    """Have ``count`` deliveries made for the receiver; return their ids too."""
    endpoint = pipeline.register(merchant, receiver.url, "loyalty.points_earned")
    earned(pipeline, merchant.member(), count)
    return endpoint, [task.delivery_id for task in pipeline.tasks.pending]


def earned(pipeline: Pipeline, member: Member, count: int) -> None:
    for _ in range(count):
        member.earn(1)
    pipeline.fire(member.merchant)


def health_of(endpoint: Registered) -> Health:
    found = endpoint_documents.find(endpoint.id)
    assert found is not None
    return found.health


def delivery_of(merchant: Merchant, delivery_id: str) -> Delivery:
    (delivery,) = [each for each in deliveries_of(merchant) if each.delivery_id == delivery_id]
    return delivery


def test_a_hanging_endpoint_keeps_others_waiting_for_one_timeout(
    frozen_clock: Clock,
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    hanging: Answer,
) -> None:
    receiver.answer = hanging
    with receiving() as healthy:
        pipeline.register(merchant, receiver.url, "loyalty.points_earned")
        pipeline.register(merchant, healthy.url, "loyalty.points_earned")
        member = merchant.member()
        earned(pipeline, member, 5)
        assert [task.queue for task in pipeline.tasks.pending] == [FAST] * 10

        pipeline.tasks.run_pending(pipeline.is_of(merchant))

        assert len(healthy.received) == 5
        assert len(receiver.received) == 1
        assert [task.queue for task in pipeline.tasks.pending] == [SLOW] * 4

        earned(pipeline, member, 1)
        pipeline.tasks.run_pending(lambda task: task.queue == FAST)
        assert len(healthy.received) == 6
        assert len(receiver.received) == 1
        assert [task.queue for task in pipeline.tasks.pending] == [SLOW] * 5


def test_moving_over_costs_no_attempt_and_no_write(
    frozen_clock: Clock,
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    all_are_slow: None,
) -> None:
    _, (first, second) = announced(pipeline, merchant, receiver, 2)
    pipeline.attempt(first)
    before = delivery_of(merchant, second)
    pipeline.tasks.reset()

    with watched() as traffic:
        assert pipeline.attempt(second) == 200

    assert traffic.written == []
    assert delivery_of(merchant, second) == before
    (task,) = pipeline.tasks.pending
    assert (task.queue, task.delivery_id) == (SLOW, second)
    pipeline.tasks.run_pending()
    assert delivery_of(merchant, second).state is DeliveryState.SUCCEEDED
    assert len(receiver.received) == 2


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
@pytest.mark.parametrize("is_name_taken", [False, True])
def test_a_move_that_got_lost_is_made_again_by_the_sweep(
    frozen_clock: Clock,
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    all_are_slow: None,
    *,
    is_name_taken: bool,
) -> None:
    _, (first, second) = announced(pipeline, merchant, receiver, 2)
    pipeline.attempt(first)
    pipeline.tasks.is_losing = not is_name_taken
    pipeline.attempt(second)
    pipeline.tasks.reset()
    frozen_clock.advance(minutes=5)

    pipeline.sweep()
    pipeline.deliver(merchant)

    assert delivery_of(merchant, second).state is DeliveryState.SUCCEEDED


def test_what_a_slow_endpoint_gets_waits_in_the_slow_queue_until_it_is_fast(
    frozen_clock: Clock,
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = pipeline.register(merchant, receiver.url, "loyalty.points_earned")
    member = merchant.member()
    with monkeypatch.context() as patch:
        patch.setattr(health, "SLOW_FROM_MS", 0)
        earned(pipeline, member, 1)
        pipeline.deliver(merchant)
    assert health_of(endpoint) == Health(is_slow=True, slow_since=NOON)

    frozen_clock.advance(minutes=9)
    earned(pipeline, member, 1)
    assert [task.queue for task in pipeline.tasks.pending] == [SLOW]
    pipeline.deliver(merchant)
    assert health_of(endpoint).is_slow

    frozen_clock.advance(minutes=1)
    earned(pipeline, member, 2)
    assert [task.queue for task in pipeline.tasks.pending] == [SLOW, SLOW]
    pipeline.deliver(merchant)
    assert health_of(endpoint) == Health()

    earned(pipeline, member, 1)
    assert [task.queue for task in pipeline.tasks.pending] == [FAST]
    pipeline.deliver(merchant)
    assert len(receiver.received) == 5
    lanes = {each.lane for each in deliveries_of(merchant)}
    assert lanes == {Lane.FAST, Lane.SLOW}


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
def test_a_retry_waits_in_the_queue_of_its_endpoint(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(429)
    _, (delivery_id,) = announced(pipeline, merchant, receiver, 1)
    pipeline.deliver(merchant)
    failed = delivery_of(merchant, delivery_id)
    assert (failed.state, failed.lane) == (DeliveryState.PENDING, Lane.SLOW)
    assert failed.next_attempt_at is not None

    frozen_clock.now = failed.next_attempt_at + timedelta(seconds=2)
    pipeline.sweep()

    (task,) = [task for task in pipeline.tasks.pending if task.delivery_id == delivery_id]
    assert task.queue == SLOW


def test_an_overloaded_endpoint_gets_one_after_the_other(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(429)
    endpoint, delivery_ids = announced(pipeline, merchant, receiver, 6)

    for delivery_id in delivery_ids:
        pipeline.attempt(delivery_id)
        pipeline.attempt(delivery_id, SLOW)

    # The second at once, the third two seconds early, and each answer doubled the pace.
    waiting = [delivery_of(merchant, each) for each in delivery_ids[3:]]
    assert len(receiver.received) == 3
    turns = [NOON + 3 * SECOND, NOON + 7 * SECOND, NOON + 11 * SECOND]
    assert [each.next_attempt_at for each in waiting] == turns
    assert [each.slot_at for each in waiting] == turns
    assert {(each.attempt_count, each.state) for each in waiting} == {(0, DeliveryState.PENDING)}
    assert health_of(endpoint) == Health(
        failing_since=NOON, pace_s=4, next_slot_at=NOON + 15 * SECOND
    )

    pipeline.attempt(delivery_ids[3], SLOW)  # before its turn
    assert len(receiver.received) == 3

    receiver.answer = status(200)
    for turn, delivery_id in zip(turns, delivery_ids[3:], strict=True):
        frozen_clock.now = turn
        pipeline.attempt(delivery_id, SLOW)
        done = delivery_of(merchant, delivery_id)
        assert (done.state, done.attempt_count, done.slot_at) == (DeliveryState.SUCCEEDED, 1, None)
    assert len(receiver.received) == 6
    assert health_of(endpoint) == Health()


def test_a_turn_is_taken_once(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(502)
    endpoint, delivery_ids = announced(pipeline, merchant, receiver, 4)
    for delivery_id in delivery_ids:
        pipeline.attempt(delivery_id)
        pipeline.attempt(delivery_id, SLOW)
    given = health_of(endpoint).next_slot_at
    frozen_clock.advance(seconds=3)
    receiver.answer = status(500)  # no overload: the pace stays

    with watched() as traffic:
        pipeline.attempt(delivery_ids[3], SLOW)

    assert health_of(endpoint).next_slot_at == given
    assert traffic.cost == (2, 3, 1)
    again = delivery_of(merchant, delivery_ids[3])
    assert again.attempt_count == 1
    assert again.slot_at is None  # the next attempt takes a turn of its own


def test_an_overloaded_endpoint_says_when_to_come_again(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answers = [status(429, Retry_After="120")]
    endpoint, (first, second, third) = announced(pipeline, merchant, receiver, 3)
    pipeline.attempt(first)
    answered_at = delivery_of(merchant, first).attempts[0]
    pause = 120 * SECOND + timedelta(milliseconds=answered_at.duration_ms)

    pipeline.attempt(second, SLOW)
    pipeline.attempt(third, SLOW)

    assert len(receiver.received) == 1
    assert delivery_of(merchant, second).next_attempt_at == NOON + pause
    assert delivery_of(merchant, third).next_attempt_at == NOON + pause + SECOND
    assert health_of(endpoint).pace_s == 1


def test_what_finds_no_turn_asks_again_when_there_are_some(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answers = [status(429, Retry_After="3600")]
    endpoint, (first, second) = announced(pipeline, merchant, receiver, 2)
    pipeline.attempt(first)
    before = health_of(endpoint)
    assert before.next_slot_at is not None

    pipeline.attempt(second, SLOW)

    assert health_of(endpoint) == before
    waiting = delivery_of(merchant, second)
    assert waiting.slot_at is None
    assert waiting.next_attempt_at is not None
    wait = waiting.next_attempt_at - before.next_slot_at
    assert timedelta(0) <= wait < timedelta(minutes=10)

    frozen_clock.now = waiting.next_attempt_at
    pipeline.attempt(second, SLOW)
    assert delivery_of(merchant, second).state is DeliveryState.SUCCEEDED


def test_what_costs_nothing_extra_without_trouble(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    _, (warm, delivery_id) = announced(pipeline, merchant, receiver, 2)
    pipeline.attempt(warm)

    with watched() as traffic:
        pipeline.attempt(delivery_id)

    assert traffic.rpcs == ["get", "commit"]
    assert traffic.cost == (2, 3, 1)


def test_a_merchants_own_test_does_not_wait_for_a_turn(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(429)
    endpoint, delivery_ids = announced(pipeline, merchant, receiver, 5)
    for delivery_id in delivery_ids:
        pipeline.attempt(delivery_id)
        pipeline.attempt(delivery_id, SLOW)
    before = health_of(endpoint)
    pipeline.tasks.reset()
    receiver.answer = status(200)

    body = {"webhookId": endpoint.id, "type": "loyalty.enrollment"}
    sent = merchant.api.ok("sendTestWebhookEvent", body)
    (task,) = pipeline.tasks.pending
    pipeline.tasks.run_pending()

    assert (task.queue, task.delivery_id) == (SLOW, sent["deliveryId"])
    assert receiver.received[-1].event["test"] is True
    assert delivery_of(merchant, sent["deliveryId"]).state is DeliveryState.SUCCEEDED
    assert health_of(endpoint) == before
