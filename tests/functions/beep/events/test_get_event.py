"""getEvent: an event as it was sent, to its owner, for as long as it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.loyalty import loyalty_events
from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.receivers import receiving
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "getEvent"
ABSENT = "evt_" + "0" * 40


def enrolment(member: Member) -> str:
    return loyalty_events.enrollment_event_id(member.membership_id)


def get(member: Member, event_id: str, **fields: Any) -> Answer:
    return member.api(ACTION, {"eventId": event_id, **fields})


def assert_not_found(answer: Answer, event_id: str) -> None:
    assert_refused(answer, 404, "EVENT_NOT_FOUND", message=f"There is no event {event_id}.")


def test_returns_exactly_what_was_sent(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("cashback")
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url)
        member.add(purchaseAmount=48.5, transactionId="Käffchen ☕", source="till")
        pipeline.run(merchant)

    assert len(receiver.received) == 2
    for received in receiver.received:
        with nothing_written():
            answer = get(member, received.headers["webhook-id"])
        assert answer.status == 200
        assert answer.body.keys() == {"success", "event"}
        # To the order of fields and the spelling of numbers.
        text = json.dumps(answer.body["event"], separators=(",", ":"), ensure_ascii=False)
        assert text.encode() == received.body


def test_takes_the_store_that_it_is_of(pipeline: Pipeline, member: Member) -> None:
    pipeline.fire(member.merchant)
    event_id, store_id = enrolment(member), member.merchant.store_id

    by_body = get(member, event_id, storeId=store_id)
    by_query = member.api.get(ACTION, {"eventId": event_id, "storeId": store_id})

    assert (by_body.status, by_query.status) == (200, 200)
    assert by_body.body == by_query.body == get(member, event_id).body


def test_an_event_of_another_store_does_not_exist(
    pipeline: Pipeline, member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    pipeline.fire(member.merchant)
    other, event_id = new_merchant(), enrolment(member)

    for store_id in (other.store_id, "store_absent"):
        with nothing_written():
            answer = get(member, event_id, storeId=store_id)
        assert_not_found(answer, event_id)


def test_an_event_of_another_account_does_not_exist(
    pipeline: Pipeline, member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    pipeline.fire(member.merchant)
    stranger, event_id = new_merchant(), enrolment(member)

    for fields in ({}, {"storeId": member.merchant.store_id}, {"storeId": stranger.store_id}):
        with nothing_written():
            answer = stranger.api(ACTION, {"eventId": event_id, **fields})
        assert_not_found(answer, event_id)


@pytest.mark.parametrize(
    "event_id", [ABSENT, "evt_1", "..", "a/b", "a/b/c", "__id__", "\U0001f600" * 128, "x" * 128]
)
def test_an_event_that_is_not_there_does_not_exist(member: Member, event_id: str) -> None:
    with nothing_written():
        answer = get(member, event_id)

    assert_not_found(answer, event_id)


def test_an_event_is_kept_for_34_days(
    frozen_clock: Clock, pipeline: Pipeline, member: Member
) -> None:
    pipeline.fire(member.merchant)
    event_id = enrolment(member)
    frozen_clock.advance(days=34, milliseconds=-1)
    assert get(member, event_id).status == 200

    frozen_clock.advance(milliseconds=1)

    with nothing_written():
        answer = get(member, event_id)
    assert_not_found(answer, event_id)


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, {"eventId": "is required"}),
        ({"eventId": ""}, {"eventId": "must have at least 1 characters"}),
        ({"eventId": " "}, {"eventId": "must not be blank"}),
        ({"eventId": "x" * 129}, {"eventId": "must have at most 128 characters"}),
        ({"eventId": 5}, {"eventId": "must be a string"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, fields)

    assert_fields_refused(answer, problems)
