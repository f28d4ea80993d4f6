"""sendTestWebhookEvent: the example of a type, marked as one, to one endpoint and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from shared.domain.events import event_types
from shared.schemas.events import event_data as event_schemas
from shared.store import paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.events import Pipeline, deliveries_of, events_of
from tests.support.hooks import URL, create, created
from tests.support.merchants import Merchant
from tests.support.receivers import Receiver, receiving, verify
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import first_answer_lost

ACTION = "sendTestWebhookEvent"
PAID = "payment.paid"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def send(
    merchant: Merchant,
    webhook_id: str,
    event_type: str = PAID,
    key: str | None = None,
    **fields: Any,
) -> Answer:
    body = {"webhookId": webhook_id, "type": event_type, **fields}
    return merchant.api(ACTION, body, idempotency_key=key)


def test_sends_the_example_marked_and_signed(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    endpoint = create(merchant, url=receiver.url).body
    webhook_id = endpoint["webhook"]["webhookId"]
    other = created(merchant, url=f"{URL}/2", events=["*"])

    answer = send(merchant, webhook_id)

    event_id, delivery_id = answer.body["eventId"], answer.body["deliveryId"]
    assert (answer.status, answer.body) == (
        200,
        {
            "success": True,
            "webhookId": webhook_id,
            "eventId": event_id,
            "deliveryId": delivery_id,
        },
    )
    assert re.fullmatch(r"evt_[a-z0-9]{20}", event_id)
    assert delivery_id == f"{event_id}_{webhook_id}"
    assert [task.delivery_id for task in pipeline.tasks.pending] == [delivery_id]
    pipeline.deliver(merchant)
    (received,) = receiver.received
    (event,) = events_of(merchant)
    assert received.event == {
        "id": event_id,
        "type": PAID,
        "createdAt": received.event["createdAt"],
        "apiVersion": "v1",
        "livemode": False,
        "storeId": merchant.store_id,
        "data": event_schemas.example(PAID),
        "test": True,
    }
    assert event["payload"] == received.body.decode()
    assert received.headers["x-beep-event"] == PAID
    assert received.headers["x-beep-delivery"] == delivery_id
    verify(received, endpoint["secret"])
    assert [each.endpoint_id for each in deliveries_of(merchant)] == [webhook_id]
    assert other != webhook_id


def test_makes_an_event_and_a_delivery(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id = created(merchant)

    answer = send(merchant, webhook_id)

    event = stored.document(paths.event(answer.body["eventId"]))
    assert event is not None
    assert (event["accountId"], event["storeId"], event["isTest"]) == (
        merchant.account_id,
        merchant.store_id,
        True,
    )
    (delivery,) = deliveries_of(merchant)
    assert (delivery.delivery_id, delivery.is_test) == (answer.body["deliveryId"], True)
    assert (delivery.account_id, delivery.event_type) == (merchant.account_id, PAID)
    assert delivery.next_attempt_at == delivery.created_at == frozen_clock.now
    assert delivery.expires_at == frozen_clock.now + timedelta(days=30)


@pytest.mark.parametrize("event_type", list(event_types.BY_NAME))
def test_every_type_can_be_seen(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver, event_type: str
) -> None:
    webhook_id = created(merchant, url=receiver.url)

    assert send(merchant, webhook_id, event_type).status == 200
    pipeline.deliver(merchant)

    assert receiver.types == [event_type]
    parsed = event_schemas.parse(receiver.received[0].body.decode())
    assert (parsed.type, parsed.livemode) == (event_type, False)


def test_each_one_is_another_event(merchant: Merchant) -> None:
    webhook_id = created(merchant)

    first, second = send(merchant, webhook_id).body, send(merchant, webhook_id).body

    assert first["eventId"] != second["eventId"]
    assert len(deliveries_of(merchant)) == 2


def test_its_own_source_is_told_too(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    webhook_id = created(merchant, url=receiver.url, source="payback")

    send(merchant, webhook_id, "loyalty.external_synced")
    pipeline.deliver(merchant)

    assert receiver.types == ["loyalty.external_synced"]


@pytest.mark.parametrize(
    ("package", "event_type", "needed"),
    [
        (Package.GO, "loyalty.tier_changed", Package.PRIME),
        (Package.GO, "payment.paid", Package.GROW),
        (Package.GROW, "loyalty.external_synced", Package.PRIME),
        (Package.GO, "loyalty.points_earned", None),
        (Package.GROW, "payment.paid", None),
    ],
)
def test_needs_the_package_of_the_type(
    new_merchant: Callable[..., Merchant], package: Package, event_type: str, needed: Package | None
) -> None:
    merchant = new_merchant(package)
    webhook_id = created(merchant)

    if needed is None:
        assert send(merchant, webhook_id, event_type).status == 200
        return
    with nothing_written():
        answer = send(merchant, webhook_id, event_type)

    assert_refused(
        answer,
        403,
        "ENDPOINT_NOT_ALLOWED",
        message=f"Events of the type {event_type} need the package {needed}.",
        requiredUpgrade=needed,
        currentPackage=package,
    )


def test_nothing_is_sent_to_a_disabled_endpoint(merchant: Merchant) -> None:
    webhook_id = created(merchant)
    merchant.api.ok("updateWebhookEndpoint", {"webhookId": webhook_id, "isEnabled": False})

    with nothing_written():
        answer = send(merchant, webhook_id)

    message = f"The webhook endpoint {webhook_id} is disabled."
    assert_refused(answer, 400, "WEBHOOK_DISABLED", message=message)


@pytest.mark.parametrize("event_type", ["loyalty.*", "*", "loyalty.bought", ""])
def test_refuses_what_is_no_type(merchant: Merchant, event_type: str) -> None:
    webhook_id = created(merchant)

    with nothing_written():
        answer = send(merchant, webhook_id, event_type)

    problem = "is not an event type; docs/events.md lists them"
    assert_fields_refused(answer, {"type": problem})


def test_refuses_what_is_absent_or_anothers(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    stranger, webhook_id = new_merchant(), created(merchant)

    with nothing_written():
        theirs = send(stranger, webhook_id)
        elsewhere = send(merchant, webhook_id, storeId=stranger.store_id)
        absent = send(merchant, "we/absent")

    for answer, name in ((theirs, webhook_id), (elsewhere, webhook_id), (absent, "we/absent")):
        message = f"There is no webhook endpoint {name}."
        assert_refused(answer, 404, "WEBHOOK_NOT_FOUND", message=message)


def test_a_key_sends_once(pipeline: Pipeline, merchant: Merchant, receiver: Receiver) -> None:
    webhook_id = created(merchant, url=receiver.url)
    first = send(merchant, webhook_id, key="k1")

    with nothing_written():
        again = send(merchant, webhook_id, key="k1")
        other = send(merchant, webhook_id, "loyalty.enrollment", key="k1")
    pipeline.deliver(merchant)

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")
    assert receiver.types == [PAID]
    assert len(pipeline.tasks.all) == 1
    assert pipeline.tasks.refused == []


def test_an_answer_that_got_lost_is_given_all_the_same(
    pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    webhook_id = created(merchant, url=receiver.url)

    with first_answer_lost():
        answer = send(merchant, webhook_id)
    pipeline.deliver(merchant)

    assert answer.status == 200
    assert receiver.types == [PAID]
    assert len(deliveries_of(merchant)) == 1


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
def test_a_task_that_got_lost_is_found_by_the_sweep(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    webhook_id = created(merchant, url=receiver.url)
    pipeline.tasks.is_losing = True
    send(merchant, webhook_id)
    pipeline.tasks.is_losing = False
    frozen_clock.advance(minutes=5)

    pipeline.sweep()
    pipeline.deliver(merchant)

    assert json.loads(receiver.received[0].body)["test"] is True
