"""retryWebhookDelivery: send an event again, whatever came of it, unless nobody may have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.webhooks.deliveries import Delivery, DeliveryState, Lane
from shared.services.events.outbox import SLOW
from shared.store import client, paths
from shared.store.client import Delete, Put
from tests.conftest import Clock
from tests.support.events import Pipeline, Registered, deliveries_of
from tests.support.merchants import Merchant
from tests.support.receivers import Receiver, receiving, status
from tests.support.refusals import assert_refused, nothing_written
from tests.support.traffic import first_answer_lost

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
ACTION = "retryWebhookDelivery"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def endpoint(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> Registered:
    """An endpoint with one delivery, which is not attempted yet."""
    registered = pipeline.register(merchant, receiver.url, "loyalty.enrollment")
    merchant.member()
    pipeline.fire(merchant)
    return registered


def delivery_of(merchant: Merchant) -> Delivery:
    (delivery,) = deliveries_of(merchant)
    return delivery


def fail_to_the_end(pipeline: Pipeline, frozen_clock: Clock, merchant: Merchant) -> Delivery:
    """Let attempts come and go until there are no more."""
    delivery = delivery_of(merchant)
    while delivery.next_attempt_at is not None:
        frozen_clock.now = max(frozen_clock.now, delivery.next_attempt_at)
        pipeline.attempt(delivery.delivery_id)
        delivery = delivery_of(merchant)
    return delivery


def retry(merchant: Merchant, delivery: Delivery, **options: Any) -> dict[str, Any]:
    return merchant.api.ok(ACTION, {"deliveryId": delivery.delivery_id}, **options)


@pytest.mark.usefixtures("endpoint")
def test_a_dead_letter_starts_over(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(500)
    dead = fail_to_the_end(pipeline, frozen_clock, merchant)
    assert (dead.state, dead.attempt_count) == (DeliveryState.DEAD, 10)
    frozen_clock.advance(days=1)

    assert retry(merchant, dead) == {
        "success": True,
        "deliveryId": dead.delivery_id,
        "webhookId": dead.endpoint_id,
        "eventId": dead.event_id,
        "state": "pending",
        "nextAttemptAt": frozen_clock.now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }

    waiting = delivery_of(merchant)
    assert (waiting.state, waiting.reason) == (DeliveryState.PENDING, None)
    assert (waiting.attempt_count, waiting.round_start) == (10, 10)
    assert waiting.expires_at == frozen_clock.now + timedelta(days=30)
    pipeline.deliver(merchant)
    waiting = delivery_of(merchant)
    assert (waiting.state, waiting.attempt_count) == (DeliveryState.PENDING, 11)
    assert waiting.next_attempt_at is not None
    assert 4 <= (waiting.next_attempt_at - frozen_clock.now).total_seconds() <= 6

    receiver.answer = status(200)
    retry(merchant, dead)
    pipeline.deliver(merchant)
    done = delivery_of(merchant)
    assert (done.state, done.attempt_count) == (DeliveryState.SUCCEEDED, 12)
    assert len({each.body for each in receiver.received}) == 1
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1


@pytest.mark.usefixtures("endpoint")
def test_what_has_succeeded_is_sent_again(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    pipeline.deliver(merchant)
    retry(merchant, delivery_of(merchant))
    pipeline.deliver(merchant)

    assert len(receiver.received) == 2
    assert delivery_of(merchant).state is DeliveryState.SUCCEEDED


@pytest.mark.usefixtures("endpoint")
def test_what_waits_is_attempted_now_and_goes_on_with_its_schedule(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(500)
    delivery = delivery_of(merchant)
    for _ in range(3):
        pipeline.attempt(delivery.delivery_id)
        frozen_clock.now = delivery_of(merchant).next_attempt_at or NOON
    pipeline.attempt(delivery.delivery_id)
    frozen_clock.advance(seconds=1)
    assert delivery_of(merchant).attempt_count == 4

    retry(merchant, delivery)
    assert delivery_of(merchant).round_start == 0
    pipeline.deliver(merchant)

    after = delivery_of(merchant)
    assert after.attempt_count == 5
    assert after.next_attempt_at is not None
    waits = after.next_attempt_at - frozen_clock.now
    assert 0.8 * 18_000 <= waits.total_seconds() <= 1.2 * 18_000


def test_it_goes_to_the_queue_and_the_turns_of_its_endpoint(
    frozen_clock: Clock,
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    endpoint: Registered,
) -> None:
    pipeline.deliver(merchant)
    path = paths.webhook_endpoint(endpoint.id)
    read = client.get_one(path)
    assert read.data is not None
    turn = {"paceS": 5, "nextSlotAt": NOON + timedelta(seconds=60)}
    client.commit([Put(path, {**read.data, "health": {**read.data["health"], **turn}})])

    retry(merchant, delivery_of(merchant))

    assert delivery_of(merchant).lane is Lane.SLOW
    (task,) = pipeline.tasks.pending
    assert task.queue == SLOW
    pipeline.deliver(merchant)
    assert delivery_of(merchant).slot_at == NOON + timedelta(seconds=60)
    assert len(receiver.received) == 1


@pytest.mark.usefixtures("endpoint")
def test_a_repetition_with_the_key_is_a_replay(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    pipeline.deliver(merchant)
    delivery = delivery_of(merchant)
    first = retry(merchant, delivery, idempotency_key="k1")
    pipeline.deliver(merchant)
    frozen_clock.advance(minutes=1)

    body = {"deliveryId": delivery.delivery_id}
    again = merchant.api(ACTION, body, idempotency_key="k1")
    pipeline.deliver(merchant)

    assert (again.status, again.body, again.is_replay) == (200, first, True)
    assert len(receiver.received) == 2
    refused = merchant.api(ACTION, {**body, "storeId": merchant.store_id}, idempotency_key="k1")
    assert_refused(refused, 409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize("key", [None, "k1"])
def test_an_answer_that_got_lost_does_not_lose_the_attempt(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver, key: str | None
) -> None:
    pipeline.deliver(merchant)
    with first_answer_lost():
        retry(merchant, delivery_of(merchant), idempotency_key=key)
    pipeline.deliver(merchant)

    assert len(receiver.received) == 2


def test_nothing_is_sent_to_what_is_disabled(
    pipeline: Pipeline, merchant: Merchant, endpoint: Registered
) -> None:
    merchant.api.ok("updateWebhookEndpoint", {"webhookId": endpoint.id, "isEnabled": False})
    with nothing_written():
        answer = merchant.api(ACTION, {"deliveryId": delivery_of(merchant).delivery_id})

    message = f"The webhook endpoint {endpoint.id} is disabled."
    assert_refused(answer, 400, "WEBHOOK_DISABLED", message=message)


def test_nothing_is_sent_to_what_was_deleted(
    pipeline: Pipeline, merchant: Merchant, endpoint: Registered
) -> None:
    merchant.api.ok("deleteWebhookEndpoint", {"webhookId": endpoint.id})
    with nothing_written():
        answer = merchant.api(ACTION, {"deliveryId": delivery_of(merchant).delivery_id})

    assert_refused(answer, 404, "WEBHOOK_NOT_FOUND")


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize("is_deleted", [True, False])
def test_nothing_is_sent_of_an_event_that_is_gone(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, *, is_deleted: bool
) -> None:
    pipeline.deliver(merchant)
    delivery = delivery_of(merchant)
    if is_deleted:
        client.commit([Delete(client.get_one(paths.event(delivery.event_id)))])
    else:  # Firestore has not come to it yet.
        frozen_clock.advance(days=34)
    with nothing_written():
        answer = merchant.api(ACTION, {"deliveryId": delivery.delivery_id})

    message = f"There is no event {delivery.event_id}."
    assert_refused(answer, 404, "EVENT_NOT_FOUND", message=message)


@pytest.mark.usefixtures("endpoint")
def test_what_is_not_theirs_does_not_exist(
    pipeline: Pipeline, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    delivery = delivery_of(merchant)
    stranger = new_merchant()
    body = {"deliveryId": delivery.delivery_id}
    with nothing_written():
        theirs = stranger.api(ACTION, body)
        others = merchant.api(ACTION, {**body, "storeId": stranger.store_id})
        absent = merchant.api(ACTION, {"deliveryId": "../evt/x"})

    message = f"There is no delivery {delivery.delivery_id}."
    for answer in (theirs, others):
        assert_refused(answer, 404, "DELIVERY_NOT_FOUND", message=message)
    assert_refused(absent, 404, "DELIVERY_NOT_FOUND")
