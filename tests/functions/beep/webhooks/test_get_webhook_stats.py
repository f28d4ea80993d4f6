"""getWebhookStats: what has become of an endpoint's deliveries, and how it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared import ids
from shared.domain.webhooks.deliveries import Delivery, DeliveryState
from shared.domain.webhooks.endpoints import Health
from shared.store import client
from shared.store.webhooks import delivery_documents
from tests.conftest import Clock
from tests.support.events import Pipeline
from tests.support.hooks import URL, change, created, kept
from tests.support.merchants import Merchant
from tests.support.receivers import receiving
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "getWebhookStats"
PENDING, SUCCEEDED, DEAD, SKIPPED = DeliveryState


def stats(merchant: Merchant, webhook_id: str, **fields: str) -> dict[str, Any]:
    answer = merchant.api.get(ACTION, {"webhookId": webhook_id, **fields})
    assert answer.status == 200, answer.body
    return answer.body


def counts(body: dict[str, Any]) -> list[int]:
    return [body[name] for name in ("pending", "succeeded", "dead", "skipped")]


def delivered(webhook_id: str, at: datetime, *states: DeliveryState, is_test: bool = False) -> None:
    """Store deliveries to an endpoint, one in each of the states."""
    made = [
        Delivery(
            delivery_id=ids.new("wd"),
            event_id=ids.new("evt"),
            endpoint_id=webhook_id,
            account_id="acc",
            store_id="store",
            event_type="loyalty.enrollment",
            state=state,
            created_at=at,
            expires_at=at + timedelta(days=30),
            next_attempt_at=None,
            is_test=is_test,
        )
        for state in states
    ]
    client.commit([delivery_documents.creation(each) for each in made])


def test_an_endpoint_that_was_sent_nothing(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id = created(merchant)

    assert stats(merchant, webhook_id) == {
        "success": True,
        "webhookId": webhook_id,
        "since": "2026-02-24T12:00:00.000Z",
        "pending": 0,
        "succeeded": 0,
        "dead": 0,
        "skipped": 0,
        "total": 0,
        "successRate": 0,
        "failingSince": None,
        "isSlow": False,
        "paceSeconds": 0,
        "isEnabled": True,
        "disabledReason": None,
    }


def test_counts_by_state(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id, other = created(merchant), created(merchant, url=f"{URL}/2")
    states = [PENDING, *[SUCCEEDED] * 5, *[DEAD] * 3, *[SKIPPED] * 2]
    delivered(webhook_id, frozen_clock.now, *states)
    delivered(other, frozen_clock.now, SUCCEEDED, DEAD)

    body = stats(merchant, webhook_id)

    assert counts(body) == [1, 5, 3, 2]
    assert (body["total"], body["successRate"]) == (11, 62.5)


@pytest.mark.parametrize(
    ("states", "rate"),
    [
        ([PENDING, SKIPPED], 0),
        ([SUCCEEDED, SUCCEEDED], 100),
        ([DEAD], 0),
        ([SUCCEEDED, DEAD, DEAD], 33.3),
        ([SUCCEEDED, SUCCEEDED, DEAD], 66.7),
        ([SUCCEEDED, *[DEAD] * 15], 6.3),  # 6.25, half up
        ([SUCCEEDED, PENDING, SKIPPED], 100),
    ],
)
def test_the_rate_is_of_what_was_attempted_to_its_end(
    frozen_clock: Clock, merchant: Merchant, states: list[DeliveryState], rate: float
) -> None:
    webhook_id = created(merchant)
    delivered(webhook_id, frozen_clock.now, *states)

    assert stats(merchant, webhook_id)["successRate"] == rate


def test_test_events_do_not_count(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        webhook_id = created(merchant, url=receiver.url)
        body = {"webhookId": webhook_id, "type": "loyalty.enrollment"}
        merchant.api.ok("sendTestWebhookEvent", body)
        merchant.member()
        pipeline.run(merchant)
        assert receiver.types == ["loyalty.enrollment"] * 2

    assert counts(stats(merchant, webhook_id)) == [0, 1, 0, 0]


def test_counts_since_a_time(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id, now = created(merchant), frozen_clock.now
    for age in (0, 1, 7, 8, 30):
        delivered(webhook_id, now - timedelta(days=age), SUCCEEDED)

    assert stats(merchant, webhook_id)["succeeded"] == 3
    since = {0: "2026-03-03T12:00:00Z", 1: "2026-03-02T13:00:00+01:00"}
    assert stats(merchant, webhook_id, since=since[0])["succeeded"] == 1
    body = stats(merchant, webhook_id, since=since[1])
    assert (body["succeeded"], body["since"]) == (2, "2026-03-02T12:00:00.000Z")
    assert stats(merchant, webhook_id, since="2026-02-01T12:00:00.000Z")["succeeded"] == 5


def test_shows_how_it_is(frozen_clock: Clock, merchant: Merchant) -> None:
    endpoint = kept(created(merchant))
    health = Health(failing_since=frozen_clock.now, is_slow=True, pace_s=8)
    change(replace(endpoint, health=health, is_enabled=False, disabled_reason="gone"))

    body = stats(merchant, endpoint.endpoint_id)

    assert body["failingSince"] == "2026-03-03T12:00:00.000Z"
    assert (body["isSlow"], body["paceSeconds"]) == (True, 8)
    assert (body["isEnabled"], body["disabledReason"]) == (False, "gone")


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize("since", ["2026-02-01T11:59:59.999Z", "2026-03-03T12:00:00.001Z"])
def test_refuses_a_time_too_far_off(merchant: Merchant, since: str) -> None:
    webhook_id = created(merchant)

    with nothing_written():
        answer = merchant.api(ACTION, {"webhookId": webhook_id, "since": since})

    assert_fields_refused(answer, {"since": "must be within the last 30 days"})


def test_refuses_what_is_no_time(merchant: Merchant) -> None:
    webhook_id = created(merchant)

    with nothing_written():
        answer = merchant.api.get(ACTION, {"webhookId": webhook_id, "since": "yesterday"})

    problem = "must be an ISO 8601 time, like 2026-03-03T12:00:00.000Z"
    assert_fields_refused(answer, {"since": problem})


def test_refuses_what_is_absent_or_anothers(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    stranger, webhook_id = new_merchant(), created(merchant)

    with nothing_written():
        theirs = stranger.api(ACTION, {"webhookId": webhook_id})
        elsewhere = merchant.api(ACTION, {"webhookId": webhook_id, "storeId": stranger.store_id})
        absent = merchant.api(ACTION, {"webhookId": "we/absent"})

    for answer, name in ((theirs, webhook_id), (elsewhere, webhook_id), (absent, "we/absent")):
        message = f"There is no webhook endpoint {name}."
        assert_refused(answer, 404, "WEBHOOK_NOT_FOUND", message=message)
