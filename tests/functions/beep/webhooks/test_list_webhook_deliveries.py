"""listWebhookDeliveries: the newest first, by endpoint, state, event, type and time, in pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from shared.clock import to_wire
from shared.domain.webhooks.deliveries import Delivery
from tests.conftest import Clock
from tests.support.events import Pipeline, Registered, deliveries_of
from tests.support.merchants import Merchant
from tests.support.receivers import Receiver, receiving, status
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import watched

ACTION = "listWebhookDeliveries"
NOWHERE = "http://127.0.0.1:9/hook"


def listed(merchant: Merchant, **fields: Any) -> list[dict[str, Any]]:
    """Return the one page that there is."""
    with nothing_written():
        body = merchant.api.ok(ACTION, {"storeId": merchant.store_id, **fields})
    assert (body["success"], body["storeId"]) == (True, merchant.store_id)
    assert (body["count"], body["nextCursor"]) == (len(body["deliveries"]), None)
    deliveries: list[dict[str, Any]] = body["deliveries"]
    return deliveries


def pages(merchant: Merchant, **fields: Any) -> Iterator[list[str]]:
    """Go through all pages."""
    cursor: dict[str, str] = {}
    while True:
        body = merchant.api.ok(ACTION, {"storeId": merchant.store_id, **fields, **cursor})
        assert body["count"] == len(body["deliveries"])
        yield ids(body["deliveries"])
        if body["nextCursor"] is None:
            return
        cursor = {"cursor": body["nextCursor"]}


def ids(deliveries: list[dict[str, Any]]) -> list[str]:
    return [each["deliveryId"] for each in deliveries]


def newest_first(merchant: Merchant) -> list[Delivery]:
    return sorted(
        deliveries_of(merchant),
        key=lambda each: (each.created_at, each.delivery_id),
        reverse=True,
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def busy(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> Registered:
    """Two endpoints, three events a minute apart, and something in every state."""
    receiver.answers = [status(500), status(410)]
    first = pipeline.register(merchant, receiver.url)
    pipeline.register(merchant, NOWHERE)
    member = merchant.member()
    for act in (lambda: None, lambda: member.earn(5), lambda: member.earn(6)):
        act()
        pipeline.run(merchant)
        frozen_clock.advance(minutes=1)
    with receiving() as healthy:
        pipeline.register(merchant, healthy.url)
        member.redeem(1)
        pipeline.run(merchant)
    states = {each.state for each in deliveries_of(merchant)}
    assert states == {"pending", "dead", "succeeded"}
    return first


@pytest.mark.usefixtures("busy")
def test_lists_all_the_newest_first(merchant: Merchant) -> None:
    found = listed(merchant)

    assert ids(found) == [each.delivery_id for each in newest_first(merchant)]
    assert len(found) == 8
    for shown, delivery in zip(found, newest_first(merchant), strict=True):
        last = delivery.attempts[-1] if delivery.attempts else None
        assert shown == {
            "deliveryId": delivery.delivery_id,
            "eventId": delivery.event_id,
            "type": delivery.event_type,
            "webhookId": delivery.endpoint_id,
            "state": delivery.state.value,
            "reason": delivery.reason,
            "attemptCount": delivery.attempt_count,
            "lastStatus": last.status if last else None,
            "lastError": last.error if last else None,
            "createdAt": to_wire(delivery.created_at),
            "nextAttemptAt": (
                to_wire(delivery.next_attempt_at) if delivery.next_attempt_at else None
            ),
        }


def test_every_filter_and_all_of_them(
    merchant: Merchant, busy: Registered, frozen_clock: Clock
) -> None:
    every = newest_first(merchant)
    wanted = next(each for each in every if each.endpoint_id == busy.id and each.state == "dead")
    begin, end = wanted.created_at, wanted.created_at + timedelta(seconds=1)
    filters: dict[str, tuple[Any, Callable[[Delivery], bool]]] = {
        "webhookId": (busy.id, lambda each: each.endpoint_id == busy.id),
        "state": ("dead", lambda each: each.state == "dead"),
        "eventId": (wanted.event_id, lambda each: each.event_id == wanted.event_id),
        "type": ("loyalty.points_earned", lambda each: each.event_type == wanted.event_type),
        "since": (to_wire(begin), lambda each: each.created_at >= begin),
        "until": (to_wire(end), lambda each: each.created_at < end),
    }
    for size in range(1, len(filters) + 1):
        for names in combinations(filters, size):
            fields = {name: filters[name][0] for name in names}
            expected = [each for each in every if all(filters[name][1](each) for name in names)]
            assert ids(listed(merchant, **fields)) == [each.delivery_id for each in expected]
            assert wanted in expected


@pytest.mark.usefixtures("busy")
def test_the_begin_is_included_and_the_end_is_not(merchant: Merchant) -> None:
    moment = newest_first(merchant)[-1].created_at
    at, later = to_wire(moment), to_wire(moment + timedelta(milliseconds=1))

    assert len(listed(merchant, since=at, until=later)) == 2
    event_id = newest_first(merchant)[-1].event_id
    assert len(listed(merchant, since=at, until=later, eventId=event_id)) == 2
    assert listed(merchant, until=at) == []
    assert listed(merchant, until=at, eventId=event_id) == []
    assert listed(merchant, since=later, eventId=event_id) == []


@pytest.mark.parametrize("limit", [1, 3, 7, 8])
def test_pages_hold_everything_once(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, limit: int
) -> None:
    for number in range(7):
        pipeline.register(merchant, f"{NOWHERE}/{number}", "loyalty.enrollment")
    member = merchant.member()  # all in the same millisecond
    pipeline.fire(merchant)
    every = [each.delivery_id for each in newest_first(merchant)]
    event_id = newest_first(merchant)[0].event_id

    for fields in ({}, {"eventId": event_id}, {"state": "pending", "type": "loyalty.enrollment"}):
        got = list(pages(merchant, limit=limit, **fields))
        assert [each for page in got for each in page] == every
        assert {len(page) for page in got[:-1]} <= {limit}
        assert len(got) == -(-7 // limit)

    first, *_ = pages(merchant, limit=limit)
    pages_left = pages(merchant, limit=limit)
    next(pages_left)
    frozen_clock.advance(minutes=1)
    member.other("user_2").enroll()  # newer ones move no page
    pipeline.fire(merchant)
    assert first + [each for page in pages_left for each in page] == every


@pytest.mark.usefixtures("busy")
def test_takes_get(merchant: Merchant) -> None:
    query = {"storeId": merchant.store_id, "state": "dead", "limit": "1"}

    answer = merchant.api.get(ACTION, query)

    assert answer.status == 200
    assert [each["state"] for each in answer.body["deliveries"]] == ["dead"]


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("fields", [{}, {"state": "dead", "since": "2026-03-03T12:00:00Z"}])
def test_a_page_costs_one_query(merchant: Merchant, fields: dict[str, Any]) -> None:
    listed(merchant)
    with watched() as traffic:
        merchant.api.ok(ACTION, {"storeId": merchant.store_id, "limit": 1, **fields})

    assert traffic.rpcs == ["query"]


@pytest.mark.usefixtures("busy")
def test_nobody_sees_what_is_not_theirs(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    stranger = new_merchant()
    delivery = newest_first(merchant)[0]

    assert listed(stranger) == []
    assert listed(stranger, eventId=delivery.event_id) == []
    assert listed(stranger, webhookId=delivery.endpoint_id) == []
    refused = stranger.api(ACTION, {"storeId": merchant.store_id})
    assert_refused(refused, 404, "STORE_NOT_FOUND")


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        (
            {"state": "failed"},
            {"state": "must be one of 'pending', 'succeeded', 'dead' or 'skipped'"},
        ),
        ({"type": "loyalty.*"}, {"type": "is not an event type; docs/events.md lists them"}),
        (
            {"since": "2026-03-03T12:00:00Z", "until": "2026-03-03T12:00:00Z"},
            {"until": "must be after since"},
        ),
        ({"limit": 101}, {"limit": "must be at most 100"}),
        ({"cursor": "nonsense"}, {"cursor": "must be a nextCursor of an earlier answer"}),
        ({"webhookId": " "}, {"webhookId": "must not be blank"}),
    ],
)
def test_refuses_what_makes_no_sense(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {"storeId": merchant.store_id, **fields})

    assert_fields_refused(answer, problems)
