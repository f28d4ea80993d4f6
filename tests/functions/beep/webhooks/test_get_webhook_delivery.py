"""getWebhookDelivery: one delivery, with every attempt and what the receiver said."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Clock
from tests.support.events import Pipeline, deliveries_of
from tests.support.merchants import Merchant
from tests.support.receivers import hang_up, receiving, status
from tests.support.refusals import assert_refused, nothing_written

ACTION = "getWebhookDelivery"


def test_shows_every_attempt(frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        receiver.answers = [status(500, "oops"), hang_up, status(200, "ä" * 3000)]
        endpoint = pipeline.register(merchant, receiver.url, "loyalty.enrollment")
        merchant.member()
        pipeline.run(merchant)
        (delivery,) = deliveries_of(merchant)
        for _ in range(2):
            frozen_clock.advance(minutes=10)
            pipeline.attempt(delivery.delivery_id)

    (delivery,) = deliveries_of(merchant)
    with nothing_written():
        body = merchant.api.ok(ACTION, {"deliveryId": delivery.delivery_id})

    durations_ms = [each.duration_ms for each in delivery.attempts]
    assert all(0 <= each < 10_000 for each in durations_ms)
    assert body == {
        "success": True,
        "delivery": {
            "deliveryId": f"{delivery.event_id}_{endpoint.id}",
            "eventId": delivery.event_id,
            "type": "loyalty.enrollment",
            "webhookId": endpoint.id,
            "state": "succeeded",
            "reason": None,
            "attemptCount": 3,
            "lastStatus": 200,
            "lastError": None,
            "createdAt": "2026-03-03T12:00:00.000Z",
            "nextAttemptAt": None,
            "attempts": [
                {
                    "at": "2026-03-03T12:00:00.000Z",
                    "status": 500,
                    "durationMs": durations_ms[0],
                    "error": None,
                    "responseText": "oops",
                },
                {
                    "at": "2026-03-03T12:10:00.000Z",
                    "status": None,
                    "durationMs": durations_ms[1],
                    "error": "connection_failed",
                    "responseText": "",
                },
                {
                    "at": "2026-03-03T12:20:00.000Z",
                    "status": 200,
                    "durationMs": durations_ms[2],
                    "error": None,
                    "responseText": "ä" * 2048,
                },
            ],
        },
    }


def test_shows_what_was_not_attempted_and_what_is_a_test(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant
) -> None:
    endpoint = pipeline.register(merchant, "http://127.0.0.1:9/hook")
    request = {"webhookId": endpoint.id, "type": "loyalty.enrollment"}
    sent = merchant.api.ok("sendTestWebhookEvent", request)

    found = merchant.api.ok(ACTION, {"deliveryId": sent["deliveryId"]})["delivery"]
    assert found["test"] is True
    assert (found["state"], found["attemptCount"], found["attempts"]) == ("pending", 0, [])
    assert (found["lastStatus"], found["lastError"]) == (None, None)

    pipeline.deliver(merchant)
    found = merchant.api.ok(ACTION, {"deliveryId": sent["deliveryId"]})["delivery"]
    assert (found["state"], found["reason"]) == ("dead", "test_failed")
    assert (found["lastStatus"], found["lastError"]) == (None, "connection_failed")


def test_what_is_not_theirs_does_not_exist(
    pipeline: Pipeline, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    pipeline.register(merchant, "http://127.0.0.1:9/hook", "loyalty.enrollment")
    merchant.member()
    pipeline.fire(merchant)
    (delivery,) = deliveries_of(merchant)
    stranger = new_merchant()
    body = {"deliveryId": delivery.delivery_id}
    assert merchant.api(ACTION, {**body, "storeId": merchant.store_id}).status == 200

    theirs = stranger.api(ACTION, body)
    others = merchant.api(ACTION, {**body, "storeId": stranger.store_id})
    absent = merchant.api(ACTION, {"deliveryId": "a/b"})

    message = f"There is no delivery {delivery.delivery_id}."
    for answer in (theirs, others):
        assert_refused(answer, 404, "DELIVERY_NOT_FOUND", message=message)
    assert_refused(absent, 404, "DELIVERY_NOT_FOUND", message="There is no delivery a/b.")
