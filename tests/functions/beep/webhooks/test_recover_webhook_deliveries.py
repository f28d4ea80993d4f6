"""recoverWebhookDeliveries: an outage loses nothing, and one request makes up for all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.clock import to_wire
from shared.domain.accounts.packages import Package
from shared.domain.webhooks.deliveries import Delivery, DeliveryState
from shared.services.webhooks import recovery
from shared.store import client, paths
from shared.store.client import Put
from shared.webhooks import schedule
from tests.conftest import Clock
from tests.support.events import Pipeline, Registered, deliveries_of, events_of
from tests.support.merchants import Member, Merchant
from tests.support.receivers import Receiver, receiving, status
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import interfered

ACTION = "recoverWebhookDeliveries"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
EARNED = "loyalty.points_earned"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def member(frozen_clock: Clock, merchant: Merchant) -> Member:
    return merchant.member()


def recover(endpoint: Registered, merchant: Merchant, **fields: Any) -> dict[str, Any]:
    body = {"webhookId": endpoint.id, "since": to_wire(NOON), **fields}
    return merchant.api.ok(ACTION, body)


def answer(endpoint: Registered, **counts: Any) -> dict[str, Any]:
    return {
        "success": True,
        "webhookId": endpoint.id,
        "recovered": 0,
        "alreadySucceeded": 0,
        "alreadyPending": 0,
        "hasMore": False,
        "continueSince": None,
        **counts,
    }


def of_endpoint(merchant: Merchant, endpoint: Registered) -> list[Delivery]:
    return [each for each in deliveries_of(merchant) if each.endpoint_id == endpoint.id]


def states(merchant: Merchant, endpoint: Registered) -> Counter[str]:
    return Counter(each.state.value for each in of_endpoint(merchant, endpoint))


def set_enabled(merchant: Merchant, endpoint: Registered, *, is_enabled: bool) -> None:
    merchant.api.ok("updateWebhookEndpoint", {"webhookId": endpoint.id, "isEnabled": is_enabled})


def received_ids(receiver: Receiver) -> list[str]:
    return [each.headers["webhook-id"] for each in receiver.received]


def attempt_all_in_turn(
    pipeline: Pipeline, frozen_clock: Clock, merchant: Merchant, until: datetime
) -> None:
    """Make every attempt at its time, in the order of their times, up to a moment."""
    while True:
        due = [
            (each.next_attempt_at, each.delivery_id)
            for each in deliveries_of(merchant)
            if each.next_attempt_at is not None and each.next_attempt_at <= until
        ]
        if not due:
            frozen_clock.now = until
            return
        at, delivery_id = min(due)
        frozen_clock.now = max(at, frozen_clock.now)
        assert pipeline.attempt(delivery_id) == 200


def test_an_endpoint_that_is_down_for_76_hours_loses_nothing(
    frozen_clock: Clock, pipeline: Pipeline, member: Member, receiver: Receiver
) -> None:
    merchant = member.merchant
    endpoint = pipeline.register(merchant, receiver.url)
    pipeline.run(merchant)
    member.earn(1)
    pipeline.run(merchant)
    assert states(merchant, endpoint) == {"succeeded": 2}
    before = received_ids(receiver)

    receiver.answer = status(500)
    down_at = frozen_clock.now
    for _ in range(3):
        member.earn(1)
    pipeline.fire(merchant)
    attempt_all_in_turn(pipeline, frozen_clock, merchant, down_at + timedelta(hours=92))

    dead = [each for each in of_endpoint(merchant, endpoint) if each.state == "dead"]
    assert len(dead) == 3
    for delivery in dead:
        assert (delivery.reason, delivery.attempt_count) == ("attempts_exhausted", 10)
        at = [each.at for each in delivery.attempts]
        assert at[0] == down_at
        for earlier, later, delay_s in zip(at, at[1:], schedule.DELAYS_S, strict=False):
            assert 0.8 * delay_s <= (later - earlier).total_seconds() <= 1.2 * delay_s

    # Then it is switched off, and misses some more.
    set_enabled(merchant, endpoint, is_enabled=False)
    for _ in range(2):
        member.earn(1)
    pipeline.run(merchant)
    assert len(of_endpoint(merchant, endpoint)) == 5
    during = len(receiver.received)

    receiver.answer = status(200)
    set_enabled(merchant, endpoint, is_enabled=True)
    frozen_clock.advance(hours=1)
    assert recover(endpoint, merchant) == answer(endpoint, recovered=5, alreadySucceeded=2)
    pipeline.deliver(merchant)

    assert states(merchant, endpoint) == {"succeeded": 7}
    recovered = received_ids(receiver)[during:]
    payloads = {each["eventId"]: each["payload"].encode() for each in events_of(merchant)}
    assert len(recovered) == 5
    assert set(recovered) == payloads.keys() - set(before)
    for received in receiver.received:
        assert received.body == payloads[received.headers["webhook-id"]]

    assert recover(endpoint, merchant) == answer(endpoint, alreadySucceeded=7)
    assert pipeline.deliver(merchant) == 0
    assert len(receiver.received) == during + 5


def test_twice_at_once_sends_nothing_twice(
    pipeline: Pipeline, member: Member, receiver: Receiver
) -> None:
    merchant = member.merchant
    for _ in range(20):
        member.earn(1)
    pipeline.run(merchant)
    endpoint = pipeline.register(merchant, receiver.url)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: recover(endpoint, merchant), range(4)))
    pipeline.deliver(merchant)

    assert sum(each["recovered"] for each in answers) == 21
    assert [each["recovered"] + each["alreadyPending"] for each in answers] == [21] * 4
    ids = received_ids(receiver)
    assert len(ids) == 21
    assert set(ids) == {each["eventId"] for each in events_of(merchant)}


def test_what_waits_is_left_alone_and_what_was_skipped_is_not(
    frozen_clock: Clock, pipeline: Pipeline, member: Member, receiver: Receiver
) -> None:
    merchant = member.merchant
    pipeline.fire(merchant)
    endpoint = pipeline.register(merchant, receiver.url, EARNED)
    member.earn(1)
    pipeline.fire(merchant)
    set_enabled(merchant, endpoint, is_enabled=False)
    pipeline.deliver(merchant)
    assert states(merchant, endpoint) == {"skipped": 1}
    set_enabled(merchant, endpoint, is_enabled=True)
    frozen_clock.advance(seconds=1)
    member.earn(1)
    pipeline.fire(merchant)
    pending = next(each for each in of_endpoint(merchant, endpoint) if each.state == "pending")

    assert recover(endpoint, merchant) == answer(endpoint, recovered=1, alreadyPending=1)

    assert pending in of_endpoint(merchant, endpoint)
    pipeline.deliver(merchant)
    assert len(receiver.received) == 2
    assert states(merchant, endpoint) == {"succeeded": 2}
    assert {each.reason for each in of_endpoint(merchant, endpoint)} == {None}


def test_only_what_the_endpoint_wants_and_may_have(
    pipeline: Pipeline, new_merchant: Callable[..., Merchant], receiver: Receiver
) -> None:
    merchant = new_merchant(Package.GO)
    member = merchant.member("tier", balance=500)  # a change of tier, which needs PRIME
    member.earn(1, source="erp")
    member.redeem(1)
    pipeline.run(merchant)
    other = pipeline.register(merchant, "http://127.0.0.1:9/hook")
    request = {"webhookId": other.id, "type": EARNED}
    merchant.api.ok("sendTestWebhookEvent", request)
    types = ["loyalty.tier_changed", EARNED]
    endpoint = pipeline.register(merchant, receiver.url, *types, source="erp")
    since = to_wire(datetime.now(UTC) - timedelta(hours=1))

    assert recover(endpoint, merchant, since=since) == answer(endpoint, recovered=1)
    pipeline.deliver(merchant)

    (received,) = receiver.received
    assert (received.type, received.event["data"]["points"]) == (EARNED, 500)


def test_the_begin_is_included_and_the_end_is_not(
    frozen_clock: Clock, pipeline: Pipeline, member: Member, receiver: Receiver
) -> None:
    merchant = member.merchant
    for points in (1, 2, 3, 4):
        frozen_clock.advance(minutes=1)
        member.earn(points)
    pipeline.run(merchant)
    endpoint = pipeline.register(merchant, receiver.url)
    since, until = NOON + timedelta(minutes=2), NOON + timedelta(minutes=4)

    done = recover(endpoint, merchant, since=to_wire(since), until=to_wire(until))
    pipeline.deliver(merchant)

    assert done == answer(endpoint, recovered=2)
    assert sorted(each.event["data"]["points"] for each in receiver.received) == [2, 3]


@pytest.mark.parametrize(
    ("most", "page"),
    [
        pytest.param(most, page, marks=() if (most, page) in {(2, 3), (5, 2)} else pytest.mark.wide)
        for most in (1, 2, 5, 1000)
        for page in (1, 2, 3, 100)
    ],
)
def test_what_is_too_much_for_one_request_is_done_by_several(
    frozen_clock: Clock,
    pipeline: Pipeline,
    member: Member,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    page: int,
    most: int,
) -> None:
    monkeypatch.setattr(recovery, "PAGE", page)
    monkeypatch.setattr(recovery, "RECOVERED_MAX", most)
    merchant = member.merchant
    for number in range(5):
        frozen_clock.advance(minutes=number % 2)  # some in the same millisecond
        member.earn(1)
    pipeline.run(merchant)
    endpoint = pipeline.register(merchant, receiver.url)

    since, made = to_wire(NOON), []
    while True:
        done = recover(endpoint, merchant, since=since)
        made.append(done["recovered"])
        assert (done["continueSince"] is None) is not done["hasMore"]
        if not done["hasMore"]:
            break
        since = done["continueSince"]
    pipeline.deliver(merchant)

    assert max(made) <= most
    assert sum(made) == 6
    assert len(received_ids(receiver)) == len(set(received_ids(receiver))) == 6


def test_a_request_ends_in_time(
    frozen_clock: Clock,
    pipeline: Pipeline,
    member: Member,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recovery, "PAGE", 2)
    monkeypatch.setattr(recovery, "RUN_S_MAX", -1.0)
    merchant = member.merchant
    for _ in range(3):
        frozen_clock.advance(minutes=1)
        member.earn(1)
    pipeline.run(merchant)
    endpoint = pipeline.register(merchant, receiver.url)

    first = recover(endpoint, merchant)
    assert first == answer(
        endpoint, recovered=2, hasMore=True, continueSince="2026-03-03T12:01:00.000Z"
    )
    second = recover(endpoint, merchant, since=first["continueSince"])
    assert (second["recovered"], second["alreadyPending"]) == (1, 1)


def test_a_batch_that_somebody_changes_meanwhile_is_read_again(
    pipeline: Pipeline, member: Member, receiver: Receiver
) -> None:
    merchant = member.merchant
    endpoint = pipeline.register(merchant, receiver.url)
    pipeline.fire(merchant)
    set_enabled(merchant, endpoint, is_enabled=False)
    pipeline.deliver(merchant)
    set_enabled(merchant, endpoint, is_enabled=True)
    (skipped,) = of_endpoint(merchant, endpoint)
    path = paths.webhook_delivery(skipped.delivery_id)
    read = client.get_one(path)
    assert read.data is not None

    def succeed() -> None:
        client.commit([Put(path, {**read.data, "state": "succeeded"})])

    with interfered(succeed):
        done = recover(endpoint, merchant)

    assert done == answer(endpoint, alreadySucceeded=1)
    assert pipeline.tasks.pending == []


def test_a_repetition_with_the_key_is_a_replay(
    frozen_clock: Clock, pipeline: Pipeline, member: Member, receiver: Receiver
) -> None:
    merchant = member.merchant
    pipeline.run(merchant)
    endpoint = pipeline.register(merchant, receiver.url)
    body = {"webhookId": endpoint.id, "since": to_wire(NOON)}
    first = merchant.api(ACTION, body, idempotency_key="k1")
    pipeline.deliver(merchant)
    frozen_clock.advance(minutes=1)

    with nothing_written():
        again = merchant.api(ACTION, body, idempotency_key="k1")
        other = {**body, "since": to_wire(NOON - timedelta(days=1))}
        refused = merchant.api(ACTION, other, idempotency_key="k1")

    assert first.body == answer(endpoint, recovered=1)
    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert_refused(refused, 409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
def test_what_was_not_enqueued_is_found_by_the_sweep(
    frozen_clock: Clock, pipeline: Pipeline, member: Member, receiver: Receiver
) -> None:
    merchant = member.merchant
    pipeline.run(merchant)
    endpoint = pipeline.register(merchant, receiver.url)
    pipeline.tasks.is_losing = True
    assert recover(endpoint, merchant)["recovered"] == 1
    pipeline.tasks.is_losing = False
    frozen_clock.advance(minutes=3)

    pipeline.sweep()
    pipeline.deliver(merchant)

    (delivery,) = of_endpoint(merchant, endpoint)
    assert delivery.state is DeliveryState.SUCCEEDED


def test_nothing_is_recovered_for_what_is_disabled(
    pipeline: Pipeline, member: Member, receiver: Receiver
) -> None:
    endpoint = pipeline.register(member.merchant, receiver.url)
    set_enabled(member.merchant, endpoint, is_enabled=False)
    body = {"webhookId": endpoint.id, "since": to_wire(NOON)}
    with nothing_written():
        refused = member.api(ACTION, body)

    message = f"The webhook endpoint {endpoint.id} is disabled."
    assert_refused(refused, 400, "WEBHOOK_DISABLED", message=message)


def test_what_is_not_theirs_does_not_exist(
    pipeline: Pipeline,
    member: Member,
    receiver: Receiver,
    new_merchant: Callable[..., Merchant],
) -> None:
    endpoint = pipeline.register(member.merchant, receiver.url)
    stranger = new_merchant()
    body = {"webhookId": endpoint.id, "since": to_wire(NOON)}
    with nothing_written():
        theirs = stranger.api(ACTION, body)
        others = member.api(ACTION, {**body, "storeId": stranger.store_id})

    message = f"There is no webhook endpoint {endpoint.id}."
    for refused in (theirs, others):
        assert_refused(refused, 404, "WEBHOOK_NOT_FOUND", message=message)


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        (
            {"since": to_wire(NOON - timedelta(days=30, milliseconds=1))},
            {"since": "must be at most 30 days ago"},
        ),
        ({"until": to_wire(NOON)}, {"until": "must be after since"}),
        (
            {"since": "yesterday"},
            {"since": "must be an ISO 8601 time, like 2026-03-03T12:00:00.000Z"},
        ),
    ],
)
def test_refuses_what_makes_no_sense(
    pipeline: Pipeline,
    member: Member,
    receiver: Receiver,
    fields: dict[str, str],
    problems: dict[str, str],
) -> None:
    endpoint = pipeline.register(member.merchant, receiver.url)
    with nothing_written():
        refused = member.api(ACTION, {"webhookId": endpoint.id, "since": to_wire(NOON), **fields})

    assert_fields_refused(refused, problems)
