"""deleteWebhookEndpoint: nothing is sent there any more, and the target is free again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.events import Pipeline, deliveries_of
from tests.support.hooks import (
    URL,
    assert_listed_exactly,
    change,
    create,
    created,
    kept,
    listed,
)
from tests.support.merchants import Merchant
from tests.support.receivers import receiving
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import first_answer_lost, interfered

ACTION = "deleteWebhookEndpoint"


def delete(merchant: Merchant, webhook_id: str, key: str | None = None) -> Answer:
    return merchant.api(ACTION, {"webhookId": webhook_id}, idempotency_key=key)


def assert_absent(answer: Answer, webhook_id: str) -> None:
    message = f"There is no webhook endpoint {webhook_id}."
    assert_refused(answer, 404, "WEBHOOK_NOT_FOUND", message=message)


def test_deletes(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id, other = created(merchant), created(merchant, url=f"{URL}/2")
    frozen_clock.advance(hours=1)

    answer = delete(merchant, webhook_id)

    deleted_at = "2026-03-03T13:00:00.000Z"
    expected = {"success": True, "webhookId": webhook_id, "deletedAt": deleted_at}
    assert (answer.status, answer.body) == (200, expected)
    assert [each["webhookId"] for each in listed(merchant)] == [other]
    assert_listed_exactly(merchant)


def test_what_is_deleted_does_not_exist(merchant: Merchant) -> None:
    webhook_id = created(merchant)
    delete(merchant, webhook_id)

    with nothing_written():
        answers = [
            delete(merchant, webhook_id),
            merchant.api("updateWebhookEndpoint", {"webhookId": webhook_id, "isEnabled": True}),
            merchant.api("rotateWebhookSecret", {"webhookId": webhook_id}),
            merchant.api("getWebhookStats", {"webhookId": webhook_id}),
            merchant.api(
                "sendTestWebhookEvent", {"webhookId": webhook_id, "type": "loyalty.enrollment"}
            ),
        ]

    for answer in answers:
        assert_absent(answer, webhook_id)


def test_the_target_is_free_again(merchant: Merchant) -> None:
    first = created(merchant)
    delete(merchant, first)

    second = create(merchant)

    assert second.status == 200
    assert second.body["webhook"]["webhookId"] != first


def test_what_waits_is_skipped(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        webhook_id = created(merchant, url=receiver.url)
        merchant.member()
        pipeline.fire(merchant)
        delete(merchant, webhook_id)
        pipeline.deliver(merchant)

        assert receiver.received == []
    (delivery,) = deliveries_of(merchant)
    assert (delivery.state, delivery.reason) == ("skipped", "endpoint_deleted")


def test_a_key_deletes_once(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id, other = created(merchant), created(merchant, url=f"{URL}/2")
    first = delete(merchant, webhook_id, "k1")
    frozen_clock.advance(hours=1)

    with nothing_written():
        again = delete(merchant, webhook_id, "k1")
        reused = delete(merchant, other, "k1")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert_refused(reused, 409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("key", [None, "k1"])
def test_an_answer_that_got_lost_is_given_all_the_same(merchant: Merchant, key: str | None) -> None:
    webhook_id = created(merchant)

    with first_answer_lost():
        answer = delete(merchant, webhook_id, key)

    assert (answer.status, answer.body["webhookId"]) == (200, webhook_id)
    assert listed(merchant) == []
    assert_listed_exactly(merchant)


def test_many_at_once_delete_it_once(merchant: Merchant) -> None:
    webhook_id = created(merchant)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: delete(merchant, webhook_id), range(4)))

    # Who came while it was there finds it gone as wanted; who came later finds nothing.
    assert {answer.status for answer in answers} <= {200, 404}
    assert 200 in {answer.status for answer in answers}
    assert_listed_exactly(merchant)


def test_deletes_what_has_changed_since_it_was_read(merchant: Merchant) -> None:
    webhook_id = created(merchant)
    reads: list[None] = []

    def somebody_changes() -> None:
        reads.append(None)
        if len(reads) == 2:  # After what the decision is made on.
            change(replace(kept(webhook_id), description="Changed"))

    with interfered(somebody_changes):
        assert delete(merchant, webhook_id).status == 200

    assert listed(merchant) == []
    assert_listed_exactly(merchant)


def test_refuses_what_is_anothers(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    stranger, webhook_id = new_merchant(), created(merchant)

    with nothing_written():
        answers = [
            delete(stranger, webhook_id),
            delete(stranger, webhook_id, "k1"),
            merchant.api(ACTION, {"webhookId": webhook_id, "storeId": stranger.store_id}),
        ]

    for answer in answers:
        assert_absent(answer, webhook_id)
    assert [each["webhookId"] for each in listed(merchant)] == [webhook_id]


def test_requires_the_endpoint(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {})

    assert_fields_refused(answer, {"webhookId": "is required"})
