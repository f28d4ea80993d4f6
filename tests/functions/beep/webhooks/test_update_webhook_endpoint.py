"""updateWebhookEndpoint: what is said changes, what is left out stays."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.webhooks.endpoints import Health
from shared.services.webhooks import endpoint_secrets
from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.events import Pipeline, deliveries_of
from tests.support.hooks import (
    QUEUE,
    QUEUE_URL,
    SECRET,
    URL,
    assert_listed_exactly,
    change,
    create,
    created,
    kept,
    listed,
    secrets_of,
)
from tests.support.merchants import Merchant
from tests.support.receivers import receiving
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import first_answer_lost

ACTION = "updateWebhookEndpoint"
LATER = "2026-03-03T13:00:00.000Z"
ROLE = {"type": "role", "roleArn": "arn:aws:iam::123456789012:role/punktwerk"}


def update(merchant: Merchant, webhook_id: str, key: str | None = None, **fields: Any) -> Answer:
    return merchant.api(ACTION, {"webhookId": webhook_id, **fields}, idempotency_key=key)


def unwell(webhook_id: str, reason: str | None, clock: Clock) -> None:
    """Have an endpoint fail, and be disabled for a reason if there is one."""
    disabled_at = clock.now if reason else None
    health = Health(failing_since=clock.now - timedelta(days=5), is_slow=True, pace_s=8)
    endpoint = replace(kept(webhook_id), health=health, is_enabled=reason is None)
    change(replace(endpoint, disabled_reason=reason, disabled_at=disabled_at))


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, {}),
        ({"url": f"{URL}/2"}, {"url": f"{URL}/2"}),
        ({"events": ["*", "payment.*", "*"]}, {"events": ["*", "payment.*"]}),
        ({"description": ""}, {"description": ""}),
        ({"source": "payback"}, {"source": "payback"}),
        ({"source": None}, {"source": None}),
        ({"headers": {"X-B": "2"}}, {"headerNames": ["X-B"]}),
        ({"headers": {}}, {"headerNames": []}),
        (
            {"isEnabled": False},
            {"isEnabled": False, "disabledReason": "owner", "disabledAt": LATER},
        ),
        ({"isEnabled": True}, {}),
        ({"url": None, "events": None, "headers": None, "description": None}, {}),
    ],
)
def test_changes_what_is_said_and_nothing_else(
    frozen_clock: Clock, merchant: Merchant, fields: dict[str, Any], shown: dict[str, Any]
) -> None:
    before = create(
        merchant, source="erp", description="Mine", secret=SECRET, headers={"X-A": "1"}
    ).body["webhook"]
    frozen_clock.advance(hours=1)

    answer = update(merchant, before["webhookId"], **fields)

    webhook = {**before, **shown, "updatedAt": LATER}
    assert (answer.status, answer.body) == (200, {"success": True, "webhook": webhook})
    assert listed(merchant) == [webhook]
    endpoint = kept(before["webhookId"])
    assert secrets_of(endpoint.endpoint_id) == [SECRET]
    sent = fields.get("headers")
    assert endpoint_secrets.headers(endpoint) == ({"X-A": "1"} if sent is None else sent)
    assert_listed_exactly(merchant)


def test_a_destination_gets_other_credentials(merchant: Merchant) -> None:
    webhook_id = created(merchant, destination=QUEUE)

    answer = update(merchant, webhook_id, destination={**QUEUE, "credentials": ROLE})

    assert answer.body["webhook"]["destination"] == {"kind": "aws_sqs", "queueUrl": QUEUE_URL}
    assert endpoint_secrets.credentials(kept(webhook_id)) == ROLE


def test_a_destination_moves(merchant: Merchant) -> None:
    webhook_id = created(merchant, destination=QUEUE)

    answer = update(merchant, webhook_id, destination={**QUEUE, "queueUrl": f"{QUEUE_URL}.fifo"})

    assert answer.body["webhook"]["destination"]["queueUrl"] == f"{QUEUE_URL}.fifo"
    assert kept(webhook_id).target == f"{QUEUE_URL}.fifo"
    assert create(merchant, destination=QUEUE).status == 200
    assert_listed_exactly(merchant)


def test_the_kind_stays(merchant: Merchant) -> None:
    url, queue = created(merchant), created(merchant, destination=QUEUE)

    with nothing_written():
        to_queue = update(merchant, url, destination=QUEUE)
        to_url = update(merchant, queue, url=f"{URL}/2")
        headers = update(merchant, queue, headers={"X-A": "1"})
        both = update(merchant, url, url=f"{URL}/2", destination=QUEUE)

    assert_fields_refused(
        to_queue, {"destination": "must be of the kind http, which cannot be changed"}
    )
    assert_fields_refused(to_url, {"url": "must be of the kind aws_sqs, which cannot be changed"})
    assert_fields_refused(headers, {"headers": "can be sent to a url only"})
    assert_fields_refused(both, {"body": "can have either url or destination"})


def test_enabling_forgets_how_it_failed(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id = created(merchant)
    unwell(webhook_id, "only_failed", frozen_clock)

    webhook = update(merchant, webhook_id, isEnabled=True).body["webhook"]

    assert (webhook["isEnabled"], webhook["disabledReason"], webhook["disabledAt"]) == (
        True,
        None,
        None,
    )
    assert webhook["failingSince"] is None
    assert kept(webhook_id).health == Health()


@pytest.mark.parametrize("reason", [None, "gone", "only_failed", "owner"])
def test_a_new_url_is_a_new_start(
    frozen_clock: Clock, merchant: Merchant, reason: str | None
) -> None:
    webhook_id = created(merchant)
    unwell(webhook_id, reason, frozen_clock)

    webhook = update(merchant, webhook_id, url=f"{URL}/2").body["webhook"]

    by_owner = reason == "owner"
    assert (webhook["isEnabled"], webhook["disabledReason"]) == (
        not by_owner,
        "owner" if by_owner else None,
    )
    assert kept(webhook_id).health == Health()


def test_a_new_url_may_be_disabled_at_once(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id = created(merchant)
    unwell(webhook_id, "gone", frozen_clock)

    webhook = update(merchant, webhook_id, url=f"{URL}/2", isEnabled=False).body["webhook"]

    assert (webhook["isEnabled"], webhook["disabledReason"]) == (False, "owner")


def test_new_credentials_are_a_new_start(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id = created(merchant, destination=QUEUE)
    unwell(webhook_id, "only_failed", frozen_clock)

    webhook = update(merchant, webhook_id, destination=QUEUE).body["webhook"]

    assert webhook["isEnabled"] is True
    assert kept(webhook_id).health == Health()


@pytest.mark.parametrize("fields", [{"url": URL}, {"description": "Other"}])
def test_other_changes_heal_nothing(
    frozen_clock: Clock, merchant: Merchant, fields: dict[str, str]
) -> None:
    webhook_id = created(merchant)
    unwell(webhook_id, "gone", frozen_clock)
    before = kept(webhook_id)

    webhook = update(merchant, webhook_id, **fields).body["webhook"]

    assert (webhook["isEnabled"], webhook["disabledReason"]) == (False, "gone")
    assert kept(webhook_id).health == before.health


def test_disabling_twice_keeps_the_time(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id = created(merchant)
    first = update(merchant, webhook_id, isEnabled=False).body["webhook"]
    frozen_clock.advance(hours=1)

    again = update(merchant, webhook_id, isEnabled=False).body["webhook"]

    assert again == {**first, "updatedAt": LATER}


def test_what_its_owner_disables_too_is_disabled_by_its_owner(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    webhook_id = created(merchant)
    unwell(webhook_id, "gone", frozen_clock)
    frozen_clock.advance(hours=1)

    webhook = update(merchant, webhook_id, isEnabled=False).body["webhook"]

    assert (webhook["disabledReason"], webhook["disabledAt"]) == ("owner", LATER)


def test_nothing_is_made_for_a_disabled_endpoint(pipeline: Pipeline, merchant: Merchant) -> None:
    webhook_id = created(merchant)
    update(merchant, webhook_id, isEnabled=False)
    member = merchant.member()
    pipeline.run(merchant)
    assert deliveries_of(merchant) == []

    update(merchant, webhook_id, isEnabled=True)
    member.earn(5)
    pipeline.fire(merchant)

    assert [each.event_type for each in deliveries_of(merchant)] == ["loyalty.points_earned"]


def test_what_waits_goes_to_the_new_url(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving("/old") as old, receiving("/new") as new:
        webhook_id = created(merchant, url=old.url)
        merchant.member()
        pipeline.fire(merchant)
        update(merchant, webhook_id, url=new.url)
        pipeline.deliver(merchant)

        assert (old.types, new.types) == ([], ["loyalty.enrollment"])


def test_the_target_of_another_endpoint_is_refused(merchant: Merchant) -> None:
    first, second = created(merchant), created(merchant, url=f"{URL}/2")

    with nothing_written():
        answer = update(merchant, second, url=URL)

    assert_refused(answer, 409, "WEBHOOK_EXISTS", {"webhookId": first})
    assert_listed_exactly(merchant)


def test_a_target_that_was_left_is_free(merchant: Merchant) -> None:
    first = created(merchant)
    update(merchant, first, url=f"{URL}/2")

    second = created(merchant)

    back = update(merchant, first, url=URL)
    assert_refused(back, 409, "WEBHOOK_EXISTS", {"webhookId": second})
    assert_listed_exactly(merchant)


def test_a_full_store_can_still_move_its_endpoints(merchant: Merchant) -> None:
    webhook_ids = [created(merchant, url=f"{URL}/{number}") for number in range(20)]

    assert update(merchant, webhook_ids[3], url=URL).status == 200
    assert_listed_exactly(merchant)


def test_of_many_that_move_to_one_url_one_gets_there(merchant: Merchant) -> None:
    webhook_ids = [created(merchant, url=f"{URL}/{number}") for number in range(5)]

    with ThreadPoolExecutor(6) as pool:
        moves = [pool.submit(update, merchant, each, url=URL) for each in webhook_ids]
        moves.append(pool.submit(create, merchant))
        statuses = sorted(move.result().status for move in moves)

    assert statuses == [200] + [409] * 5
    assert_listed_exactly(merchant)


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"isEnabled": "yes"}, {"isEnabled": "must be true or false"}),
        ({"events": []}, {"events": "must have at least 1 items"}),
        ({"source": ""}, {"source": "must have at least 1 characters"}),
        ({"secret": SECRET}, {"secret": "cannot be changed here, but by rotateWebhookSecret"}),
        ({"webhookId": ""}, {"webhookId": "must have at least 1 characters"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    webhook_id = created(merchant)

    with nothing_written():
        answer = merchant.api(ACTION, {"webhookId": webhook_id, **fields})

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize("webhook_id", ["we_absent", "a/b", "../stores/x", "."])
def test_refuses_what_does_not_exist(merchant: Merchant, webhook_id: str) -> None:
    with nothing_written():
        answer = update(merchant, webhook_id, isEnabled=True)

    message = f"There is no webhook endpoint {webhook_id}."
    assert_refused(answer, 404, "WEBHOOK_NOT_FOUND", message=message)


def test_refuses_what_is_anothers(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    stranger, webhook_id = new_merchant(), created(merchant)

    with nothing_written():
        answers = [
            update(stranger, webhook_id, isEnabled=False),
            update(stranger, webhook_id, storeId=stranger.store_id, url=f"{URL}/2"),
            update(stranger, webhook_id, "k1", storeId=merchant.store_id),
            update(merchant, webhook_id, storeId=stranger.store_id),
        ]

    message = f"There is no webhook endpoint {webhook_id}."
    for answer in answers:
        assert_refused(answer, 404, "WEBHOOK_NOT_FOUND", message=message)
    assert listed(merchant)[0]["isEnabled"] is True


def test_a_key_changes_once(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id = created(merchant)
    first = update(merchant, webhook_id, "k1", description="First", headers={"X-A": "1"})
    update(merchant, webhook_id, description="Second")
    frozen_clock.advance(hours=1)

    with nothing_written():
        again = update(merchant, webhook_id, "k1", description="First", headers={"X-A": "1"})
        other = update(merchant, webhook_id, "k1", description="Third")
    merchant.api.ok("deleteWebhookEndpoint", {"webhookId": webhook_id})
    with nothing_written():
        once_more = update(merchant, webhook_id, "k1", description="First", headers={"X-A": "1"})

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")
    assert (once_more.body, once_more.is_replay) == (first.body, True)


@pytest.mark.parametrize("key", [None, "k1"])
def test_an_answer_that_got_lost_is_given_all_the_same(merchant: Merchant, key: str | None) -> None:
    webhook_id = created(merchant)

    with first_answer_lost():
        answer = update(merchant, webhook_id, key, url=f"{URL}/2")

    assert (answer.status, answer.body["webhook"]["url"]) == (200, f"{URL}/2")
    assert_listed_exactly(merchant)


def test_null_and_left_out_are_two_requests(merchant: Merchant) -> None:
    webhook_id = created(merchant, source="payback")
    assert update(merchant, webhook_id, key="k", source=None).status == 200

    with nothing_written():
        answer = update(merchant, webhook_id, key="k")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")
