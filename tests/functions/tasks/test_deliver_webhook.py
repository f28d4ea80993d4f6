"""deliverWebhook: attempts until a receiver has it, at most ten; signed, and each recorded once."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from shared.domain.webhooks.deliveries import AttemptRecord, Delivery, DeliveryState
from shared.domain.webhooks.endpoints import Health, WebhookEndpoint
from shared.services.webhooks import attempts
from shared.store import cache, client, codec, paths, protocol
from shared.store.accounts import account_documents
from shared.store.client import Delete, Put, Update
from shared.store.webhooks import endpoint_documents
from tests.conftest import Clock
from tests.support.events import Pipeline, Registered, deliveries_of, events_of
from tests.support.library import library
from tests.support.merchants import Merchant
from tests.support.receivers import Receiver, hang_up, raw, receiving, status, verify
from tests.support.traffic import interfered, watched

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
DELAYS_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
OWN_SECRETS = ("a-secret-nobody-guesses", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def announced(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver, **fields: Any
) -> Registered:
    """Register the receiver and have one delivery made for it, which is not attempted yet."""
    endpoint = pipeline.register(merchant, receiver.url, "loyalty.enrollment", **fields)
    merchant.member()
    pipeline.fire(merchant)
    return endpoint


def only_delivery(merchant: Merchant) -> Delivery:
    (delivery,) = deliveries_of(merchant)
    return delivery


def endpoint_is_enabled(merchant: Merchant) -> bool:
    (endpoint,) = merchant.api.ok("getLoyaltyWebhookEvents", {"storeId": merchant.store_id})[
        "webhooks"
    ]
    return endpoint["isEnabled"]


def endpoint_of(merchant: Merchant) -> WebhookEndpoint:
    (endpoint,) = endpoint_documents.list_of_store(merchant.store_id)
    return endpoint


def change_account(merchant: Merchant, **fields: Any) -> None:
    """Change the account; what the process has cached of it is forgotten."""
    read = client.get_one(paths.account(merchant.account_id))
    account = account_documents.find_account(merchant.account_id)
    assert account is not None
    client.commit([Update(read, codec.to_document(replace(account, **fields)))])
    cache.clear_all()


def test_delivers_at_once(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(200, "thanks")
    endpoint = announced(pipeline, merchant, receiver)
    made = only_delivery(merchant)
    (task,) = pipeline.tasks.pending
    assert task.id == f"{made.delivery_id}-1-{int(NOON.timestamp())}"
    assert task.body == {"data": {"deliveryId": made.delivery_id}}
    assert task.schedule_time is None

    pipeline.deliver(merchant)

    (received,) = receiver.received
    assert (received.method, received.path) == ("POST", "/hook")
    event_id = received.headers["webhook-id"]
    expected = {
        "content-type": "application/json",
        "user-agent": "Punktwerk-Webhooks/1",
        "x-beep-event": "loyalty.enrollment",
        "x-beep-delivery": f"{event_id}_{endpoint.id}",
        "webhook-timestamp": str(int(NOON.timestamp())),
    }
    assert {name: received.headers[name] for name in expected} == expected
    delivery = only_delivery(merchant)
    duration_ms = delivery.attempts[0].duration_ms
    assert delivery == Delivery(
        delivery_id=f"{event_id}_{endpoint.id}",
        event_id=event_id,
        endpoint_id=endpoint.id,
        account_id=merchant.account_id,
        store_id=merchant.store_id,
        event_type="loyalty.enrollment",
        state=DeliveryState.SUCCEEDED,
        created_at=NOON,
        expires_at=NOON + timedelta(days=30),
        next_attempt_at=None,
        attempts=(AttemptRecord(NOON, 200, duration_ms, None, "thanks"),),
        attempt_count=1,
    )


@pytest.mark.parametrize("secret", [None, *OWN_SECRETS])
def test_receivers_can_verify_both_signatures(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver, secret: str | None
) -> None:
    own = {} if secret is None else {"secret": secret}
    endpoint = announced(pipeline, merchant, receiver, **own)
    pipeline.deliver(merchant)

    (received,) = receiver.received
    verify(received, endpoint.secret)
    with pytest.raises(AssertionError):
        verify(replace(received, body=received.body + b" "), endpoint.secret)
    with pytest.raises(AssertionError):
        verify(received, f"{endpoint.secret[:-1]}X")


def test_a_second_attempt_sends_the_same_bytes_signed_anew(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answers = [status(500, "oops")]
    announced(pipeline, merchant, receiver)
    pipeline.deliver(merchant)
    failed = only_delivery(merchant)
    assert failed.state is DeliveryState.PENDING
    assert failed.next_attempt_at is not None
    assert pipeline.tasks.pending == []  # the emulator would run it at once

    frozen_clock.now = failed.next_attempt_at
    assert pipeline.attempt(failed.delivery_id) == 200

    first, second = receiver.received
    assert second.body == first.body
    same = ("webhook-id", "x-beep-delivery", "x-beep-signature", "x-beep-event")
    assert [second.headers[name] for name in same] == [first.headers[name] for name in same]
    waited_s = int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"])
    assert waited_s == (failed.next_attempt_at - NOON).total_seconds()
    assert second.headers["webhook-signature"] != first.headers["webhook-signature"]
    delivery = only_delivery(merchant)
    assert delivery.state is DeliveryState.SUCCEEDED
    assert [(each.at, each.status, each.response_text) for each in delivery.attempts] == [
        (NOON, 500, "oops"),
        (frozen_clock.now, 200, ""),
    ]


def test_gives_up_after_ten_attempts_on_schedule(
    frozen_clock: Clock,
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    receiver.answer = status(503)
    announced(pipeline, merchant, receiver)
    delivery = only_delivery(merchant)
    for delay_s in DELAYS_S:
        pipeline.attempt(delivery.delivery_id)
        delivery = only_delivery(merchant)
        assert delivery.state is DeliveryState.PENDING
        assert delivery.next_attempt_at is not None
        waits_s = (delivery.next_attempt_at - frozen_clock.now).total_seconds()
        assert 0.8 * delay_s <= waits_s <= 1.2 * delay_s
        frozen_clock.now = delivery.next_attempt_at
    capsys.readouterr()
    pipeline.attempt(delivery.delivery_id)

    delivery = only_delivery(merchant)
    assert delivery.state is DeliveryState.DEAD
    assert delivery.reason == "attempts_exhausted"
    assert delivery.next_attempt_at is None
    assert [each.status for each in delivery.attempts] == [503] * 10
    assert len({each.body for each in receiver.received}) == 1
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert line == {
        "severity": "WARNING",
        "message": "webhook delivery dead",
        "deliveryId": delivery.delivery_id,
        "endpointId": delivery.endpoint_id,
        "storeId": merchant.store_id,
        "reason": "attempts_exhausted",
    }

    frozen_clock.advance(days=9)
    pipeline.attempt(delivery.delivery_id)
    assert len(receiver.received) == 10
    assert only_delivery(merchant) == delivery


def test_waits_as_long_as_the_receiver_asks_within_bounds(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answers = [status(500), status(429, Retry_After="590")]
    announced(pipeline, merchant, receiver)
    pipeline.deliver(merchant)
    first = only_delivery(merchant)
    assert first.next_attempt_at is not None
    frozen_clock.now = first.next_attempt_at
    pipeline.attempt(first.delivery_id)

    second = only_delivery(merchant)
    assert second.next_attempt_at is not None
    waits_s = (second.next_attempt_at - frozen_clock.now).total_seconds()
    assert 590 <= waits_s <= 600  # 300 s without, and at most twice that


@pytest.mark.parametrize(
    ("answer", "code", "error"),
    [
        (status(301, Location="http://127.0.0.1:9/elsewhere"), 301, None),
        (status(404, "no such page"), 404, None),
        (status(500), 500, None),
        (raw(b"\x00\x01 not HTTP \xff\r\n\r\n"), None, "invalid_response"),
        (hang_up, None, "connection_failed"),
    ],
)
def test_anything_but_success_is_tried_again(
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    answer: Callable[[socket.socket], None],
    code: int | None,
    error: str | None,
) -> None:
    receiver.answer = answer
    announced(pipeline, merchant, receiver)
    pipeline.deliver(merchant)

    delivery = only_delivery(merchant)
    assert delivery.state is DeliveryState.PENDING
    assert [(each.status, each.error) for each in delivery.attempts] == [(code, error)]
    assert len(receiver.received) == 1
    assert endpoint_is_enabled(merchant)


def test_a_slow_receiver_is_tried_again(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say_nothing(_: socket.socket) -> None:
        receiver.closing.wait(10)

    monkeypatch.setattr(attempts, "TIMEOUT_S", 0.2)
    receiver.answer = say_nothing
    announced(pipeline, merchant, receiver)
    pipeline.deliver(merchant)

    delivery = only_delivery(merchant)
    assert delivery.state is DeliveryState.PENDING
    assert [(each.status, each.error) for each in delivery.attempts] == [(None, "timeout")]


def test_keeps_the_first_characters_of_an_answer(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(200, "ä" * 5000)
    announced(pipeline, merchant, receiver)
    pipeline.deliver(merchant)

    assert only_delivery(merchant).attempts[0].response_text == "ä" * 2048


def test_gone_disables_the_endpoint_for_what_waits_too(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answers = [status(500), status(500), status(410, "bye")]
    pipeline.register(merchant, receiver.url)
    member = merchant.member(balance=10)
    pipeline.run(merchant)
    frozen_clock.advance(seconds=10)
    first, second = deliveries_of(merchant)

    pipeline.attempt(first.delivery_id)
    assert not endpoint_is_enabled(merchant)
    pipeline.attempt(second.delivery_id)
    member.earn(5)
    pipeline.run(merchant)

    assert len(receiver.received) == 3
    after = {each.delivery_id: each for each in deliveries_of(merchant)}
    assert after.keys() == {first.delivery_id, second.delivery_id}  # none for the last entry
    gone, waiting = after[first.delivery_id], after[second.delivery_id]
    assert (gone.state, gone.reason, len(gone.attempts)) == (DeliveryState.DEAD, "endpoint_gone", 2)
    assert (waiting.state, waiting.reason, len(waiting.attempts)) == (
        DeliveryState.SKIPPED,
        "endpoint_disabled",
        1,
    )

    pipeline.register(merchant, receiver.url)
    member.earn(5)
    pipeline.run(merchant)
    assert endpoint_is_enabled(merchant)
    assert len(receiver.received) == 4


def test_gone_twice_at_once_is_recorded_twice(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(410)
    pipeline.register(merchant, receiver.url)
    merchant.member(balance=10)
    pipeline.fire(merchant)

    pipeline.tasks.run_pending(pipeline.is_of(merchant), threads=2)

    states = [(each.state, len(each.attempts)) for each in deliveries_of(merchant)]
    dead, skipped = (DeliveryState.DEAD, 1), (DeliveryState.SKIPPED, 0)
    assert sorted(states) in ([dead, dead], [dead, skipped])
    assert len(receiver.received) == states.count(dead)
    assert not endpoint_is_enabled(merchant)
    told = [each["type"] for each in events_of(merchant)]
    assert told.count("loyalty.webhook_endpoint_disabled") == 1


def test_gone_does_not_disable_what_its_owner_has_changed_meanwhile(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    def move_and_refuse(connection: socket.socket) -> None:
        pipeline.register(merchant, receiver.url, "loyalty.points_earned")
        status(410)(connection)

    receiver.answers = [move_and_refuse]
    announced(pipeline, merchant, receiver)
    pipeline.deliver(merchant)

    assert only_delivery(merchant).reason == "endpoint_gone"
    assert endpoint_is_enabled(merchant)
    assert endpoint_of(merchant).health == Health()
    assert [each["type"] for each in events_of(merchant)] == ["loyalty.enrollment"]


@pytest.mark.parametrize("package", [Package.GO, Package.GROW])
def test_the_package_is_checked_at_sending(
    pipeline: Pipeline,
    new_merchant: Callable[..., Merchant],
    receiver: Receiver,
    package: Package,
) -> None:
    merchant = new_merchant(Package.PRIME)
    pipeline.register(merchant, receiver.url, "loyalty.tier_changed", "loyalty.points_earned")
    merchant.member("tier", balance=500)
    pipeline.fire(merchant)
    change_account(merchant, package=package)

    pipeline.deliver(merchant)

    assert receiver.types == ["loyalty.points_earned"]
    found = {each.event_type: each for each in deliveries_of(merchant)}
    skipped = found["loyalty.tier_changed"]
    assert (skipped.state, skipped.reason) == (DeliveryState.SKIPPED, "package_insufficient")
    assert (skipped.attempts, skipped.next_attempt_at) == ((), None)
    assert found["loyalty.points_earned"].state is DeliveryState.SUCCEEDED


def test_a_package_that_grew_gets_what_it_includes(
    pipeline: Pipeline, new_merchant: Callable[..., Merchant], receiver: Receiver
) -> None:
    merchant = new_merchant(Package.GO)
    pipeline.register(merchant, receiver.url, "loyalty.tier_changed")
    merchant.member("tier", balance=500)
    pipeline.fire(merchant)
    change_account(merchant, package=Package.PRIME)

    pipeline.deliver(merchant)

    assert receiver.types == ["loyalty.tier_changed"]


def test_nothing_is_sent_without_a_subscription(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    announced(pipeline, merchant, receiver)
    change_account(merchant, is_active=False)
    pipeline.deliver(merchant)

    delivery = only_delivery(merchant)
    assert (delivery.state, delivery.reason) == (DeliveryState.SKIPPED, "subscription_inactive")
    assert receiver.received == []


def test_nothing_is_sent_of_an_event_that_expired(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    announced(pipeline, merchant, receiver)
    client.commit([Delete(client.get_one(paths.event(only_delivery(merchant).event_id)))])
    pipeline.deliver(merchant)

    delivery = only_delivery(merchant)
    assert (delivery.state, delivery.reason) == (DeliveryState.SKIPPED, "event_expired")
    assert receiver.received == []


def test_a_task_before_its_time_does_nothing(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answers = [status(500)]
    announced(pipeline, merchant, receiver)
    pipeline.deliver(merchant)
    failed = only_delivery(merchant)
    assert failed.next_attempt_at is not None
    frozen_clock.now = failed.next_attempt_at - timedelta(seconds=2, milliseconds=1)

    assert pipeline.attempt(failed.delivery_id) == 200

    assert only_delivery(merchant) == failed
    assert len(receiver.received) == 1


def test_a_task_after_success_does_nothing(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    announced(pipeline, merchant, receiver)
    pipeline.deliver(merchant)
    delivered = only_delivery(merchant)

    assert pipeline.attempt(delivered.delivery_id) == 200

    assert only_delivery(merchant) == delivered
    assert len(receiver.received) == 1


@pytest.mark.parametrize("code", [200, 500])
def test_of_two_tasks_at_once_the_first_record_stands(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver, code: int
) -> None:
    both_in = Barrier(2, timeout=10)
    first_is_recorded = Event()

    def answer_first(connection: socket.socket) -> None:
        both_in.wait()
        status(code, "first")(connection)

    def answer_second(connection: socket.socket) -> None:
        both_in.wait()
        assert first_is_recorded.wait(10)
        status(503, "second")(connection)

    receiver.answers = [answer_first, answer_second]
    announced(pipeline, merchant, receiver)
    delivery_id = only_delivery(merchant).delivery_id
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(pipeline.attempt, delivery_id) for _ in range(2)]
        wait(tasks, timeout=10, return_when=FIRST_COMPLETED)
        recorded = only_delivery(merchant)
        first_is_recorded.set()

    assert [task.result() for task in tasks] == [200, 200]
    assert len(receiver.received) == 2  # at least once: receivers tell by the id
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1
    assert [(each.status, each.response_text) for each in recorded.attempts] == [(code, "first")]
    assert only_delivery(merchant) == recorded


def test_a_task_of_no_delivery_does_nothing(pipeline: Pipeline) -> None:
    assert pipeline.attempt("evt_absent_we_absent") == 200


def test_one_dead_endpoint_does_not_delay_another(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    pipeline.register(merchant, "http://127.0.0.1:9/dead")
    pipeline.register(merchant, receiver.url)
    merchant.member(balance=5)
    pipeline.run(merchant)

    assert sorted(receiver.types) == ["loyalty.enrollment", "loyalty.points_earned"]
    states = sorted(each.state for each in deliveries_of(merchant))
    assert states == ["pending", "pending", "succeeded", "succeeded"]


def lines_of(capsys: pytest.CaptureFixture[str], message: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["message"] == message]


def test_what_fails_is_written_to_its_endpoint_once(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(500)
    endpoint = announced(pipeline, merchant, receiver)
    path, owners = paths.webhook_endpoint(endpoint.id), endpoint_of(merchant).updated_at
    delivery = only_delivery(merchant)
    written = []
    for answer in (500, 500, 404, 200):
        receiver.answer = status(answer)
        with watched() as traffic:
            pipeline.attempt(delivery.delivery_id)
        written.append(traffic.written.count(path))
        assert endpoint_of(merchant).health == Health(failing_since=NOON if answer > 299 else None)
        frozen_clock.now = only_delivery(merchant).next_attempt_at or frozen_clock.now

    assert written == [1, 0, 0, 1]
    assert endpoint_of(merchant).updated_at == owners
    assert only_delivery(merchant).state is DeliveryState.SUCCEEDED


def test_an_endpoint_that_only_failed_for_five_days_is_disabled_and_its_owner_told(
    frozen_clock: Clock,
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    receiver.answer = status(500)
    failing = pipeline.register(merchant, receiver.url)
    owners = endpoint_of(merchant).updated_at
    with receiving() as other:
        member = merchant.member()
        pipeline.run(merchant)
        pipeline.register(merchant, other.url, "loyalty.webhook_endpoint_disabled")
        frozen_clock.advance(days=5, milliseconds=-1)
        member.earn(5)
        pipeline.run(merchant)
        assert endpoint_is_enabled_of(merchant, failing)
        assert other.received == []

        frozen_clock.advance(milliseconds=1)
        member.earn(5)
        capsys.readouterr()
        pipeline.fire(merchant)
        pipeline.tasks.run_pending(pipeline.is_of(merchant))
        assert lines_of(capsys, "webhook endpoint disabled") == [
            {
                "severity": "ERROR",
                "message": "webhook endpoint disabled",
                "endpointId": failing.id,
                "storeId": merchant.store_id,
                "reason": "only_failed",
            }
        ]
        pipeline.deliver(merchant)

    (told,) = other.received
    assert told.type == "loyalty.webhook_endpoint_disabled"
    assert told.event["data"] == {
        "webhookId": failing.id,
        "reason": "only_failed",
        "failingSince": "2026-03-03T12:00:00.000Z",
    }
    disabled = endpoint_documents.find(failing.id)
    assert disabled is not None
    assert (disabled.is_enabled, disabled.disabled_reason) == (False, "only_failed")
    assert (disabled.disabled_at, disabled.updated_at) == (frozen_clock.now, owners)
    assert len(receiver.received) == 3  # and was not told of itself

    member.earn(5)
    pipeline.run(merchant)
    assert len(receiver.received) == 3


def endpoint_is_enabled_of(merchant: Merchant, endpoint: Registered) -> bool:
    listed = merchant.api.ok("listWebhookEndpoints", {"storeId": merchant.store_id})["webhooks"]
    (found,) = [each for each in listed if each["webhookId"] == endpoint.id]
    return found["isEnabled"]


def test_a_success_begins_the_five_days_anew(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    pipeline.register(merchant, receiver.url)
    member = merchant.member()
    for answer, days in ((500, 4), (200, 2), (500, 4), (500, 0)):
        receiver.answer = status(answer)
        member.earn(1)
        pipeline.run(merchant)
        frozen_clock.advance(days=days)

    assert endpoint_is_enabled(merchant)
    assert endpoint_of(merchant).health.failing_since == NOON + timedelta(days=6)


def test_what_its_owner_has_changed_meanwhile_is_not_judged(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    def move_and_fail(connection: socket.socket) -> None:
        frozen_clock.advance(seconds=1)
        pipeline.register(merchant, receiver.url, "loyalty.points_earned")
        status(500)(connection)

    receiver.answers = [move_and_fail]
    announced(pipeline, merchant, receiver)
    pipeline.deliver(merchant)

    assert len(only_delivery(merchant).attempts) == 1
    assert endpoint_of(merchant).health == Health()


def test_what_came_of_an_attempt_is_kept_where_the_endpoint_cannot_be_written(
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "ATTEMPTS_MAX", 2)
    receiver.answer = status(500)
    endpoint = announced(pipeline, merchant, receiver)

    read = client.get_one(paths.webhook_endpoint(endpoint.id))
    assert read.data is not None
    numbers = count()

    def change_the_endpoint() -> None:
        client.commit([Put(read.path, {**read.data, "description": str(next(numbers))})])

    with interfered(change_the_endpoint):
        pipeline.deliver(merchant)

    assert [each.status for each in only_delivery(merchant).attempts] == [500]
    assert endpoint_of(merchant).health == Health()
    assert len(receiver.received) == 1


@pytest.mark.parametrize("answer", [500, 410, 429])
def test_a_merchants_own_test_is_attempted_once_and_says_nothing_about_the_endpoint(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver, answer: int
) -> None:
    receiver.answer = status(answer)
    endpoint = pipeline.register(merchant, receiver.url)
    before = endpoint_of(merchant)
    body = {"webhookId": endpoint.id, "type": "loyalty.enrollment"}
    merchant.api.ok("sendTestWebhookEvent", body)
    pipeline.deliver(merchant)

    delivery = only_delivery(merchant)
    assert (delivery.state, delivery.reason) == (DeliveryState.DEAD, "test_failed")
    assert (delivery.attempt_count, delivery.next_attempt_at) == (1, None)
    assert endpoint_of(merchant) == before
    assert len(receiver.received) == 1


def test_a_delivery_is_kept_for_thirty_days_after_its_last_attempt(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answer = status(500)
    announced(pipeline, merchant, receiver)
    delivery = only_delivery(merchant)
    while delivery.next_attempt_at is not None:
        frozen_clock.now = delivery.next_attempt_at
        pipeline.attempt(delivery.delivery_id)
        delivery = only_delivery(merchant)
        assert delivery.expires_at == frozen_clock.now + timedelta(days=30)

    assert delivery.state is DeliveryState.DEAD
    assert frozen_clock.now > NOON + timedelta(hours=60)


def test_an_address_that_has_become_private_is_refused_at_sending(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    endpoint = announced(pipeline, merchant, receiver)
    read = client.get_one(paths.webhook_endpoint(endpoint.id))
    client.commit([Update(read, {"target": "https://10.1.2.3/hook"})])
    pipeline.deliver(merchant)

    assert [(each.status, each.error) for each in only_delivery(merchant).attempts] == [
        (None, "url_refused")
    ]
    assert receiver.received == []


def test_a_secret_that_cannot_be_read_costs_attempts_and_not_for_ever(
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    endpoint = announced(pipeline, merchant, receiver)
    read = client.get_one(paths.webhook_endpoint(endpoint.id))
    assert read.data is not None
    client.commit([Update(read, {"secrets": [{"token": "from another key", "validUntil": None}]})])
    capsys.readouterr()
    pipeline.deliver(merchant)

    delivery = only_delivery(merchant)
    assert delivery.state is DeliveryState.PENDING
    assert [(each.status, each.error) for each in delivery.attempts] == [
        (None, "secret_unreadable")
    ]
    assert receiver.received == []
    assert endpoint_of(merchant).health == Health()
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert line["severity"] == "ERROR"
    assert line["message"] == "webhook secret unreadable"
    assert line["endpointId"] == endpoint.id


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("secret", [None, OWN_SECRETS[0]])
def test_no_document_and_no_log_line_shows_a_secret(
    pipeline: Pipeline,
    new_merchant: Callable[..., Merchant],
    receiver: Receiver,
    capfd: pytest.CaptureFixture[str],
    secret: str | None,
) -> None:
    merchant = new_merchant()
    receiver.answers = [status(500)]
    register = {
        "storeId": merchant.store_id,
        "url": receiver.url,
        "events": ["loyalty.*"],
        "secret": secret,
    }
    answer = merchant.api("getLoyaltyWebhookEvents", register, idempotency_key="k1")
    shown = answer.body["secret"]
    assert merchant.api("getLoyaltyWebhookEvents", register, idempotency_key="k1").body[
        "secret"
    ] == (shown)
    refused = merchant.api("getLoyaltyWebhookEvents", {**register, "secret": "too short"})
    merchant.member(balance=5)
    pipeline.run(merchant)

    assert refused.status == 400
    assert "too short" not in json.dumps(refused.body)
    documents = list(all_documents())
    assert len(documents) > 10
    out, err = capfd.readouterr()
    key = shown.removeprefix("whsec_")
    for text in (*documents, out, err):
        assert key not in text
        assert "too short" not in text
    assert '"message": "request"' in out
    key_text = Path(os.environ["PUNKTWERK_SECRET_FILE"]).read_text().strip()
    assert not any(key_text in text for text in (*documents, out, err))


def all_documents() -> Any:
    def walk(collections: Any) -> Any:
        for collection in collections:
            for document in collection.list_documents():
                yield json.dumps(document.get().to_dict(), default=str)
                yield from walk(document.collections())

    return walk(library().collections())
