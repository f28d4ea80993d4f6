"""Telling costs a known number of writes, happens in one commit, and survives what comes after."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.loyalty import loyalty_events
from shared.domain.webhooks.deliveries import Lane
from shared.errors import Busy
from shared.services.events import emission
from shared.services.webhooks import attempts
from shared.store import client, paths, protocol
from shared.store.client import Create
from tests.conftest import Clock
from tests.support.events import Pipeline, deliveries_of, events_of
from tests.support.merchants import Member, Merchant
from tests.support.receivers import receiving

REWARDS = [
    {"title": f"Reward {cost}", "type": "voucher", "requiredPoints": cost} for cost in (40, 50)
]


def register(pipeline: Pipeline, merchant: Merchant, count: int) -> None:
    for number in range(count):
        pipeline.register(merchant, f"http://127.0.0.1:9/{number}")


def writes_of(tell: Callable[[], int]) -> int:
    usage = client.start_usage()
    tell()
    return usage.writes


def documents_count() -> int:
    return sum(len(client.query(name)) for name in ("events", "webhookDeliveries"))


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("endpoints_count", [0, 1, 3, 20])
def test_writes_an_event_a_counter_and_a_delivery_an_endpoint(
    pipeline: Pipeline, new_merchant: Callable[..., Merchant], endpoints_count: int
) -> None:
    merchant = new_merchant()
    member = merchant.member()
    register(pipeline, merchant, endpoints_count)
    entry_id = member.earn(30)["entryId"]

    writes = writes_of(lambda: emission.emit_entry(member.membership_id, entry_id))

    # The event, two counters, and the first time since when it is counted.
    assert writes == 4 + endpoints_count
    assert documents_count() == 1 + endpoints_count
    assert writes_of(lambda: emission.emit_enrollment(member.membership_id)) == 3 + endpoints_count
    assert writes_of(lambda: emission.emit_entry(member.membership_id, entry_id)) == 0


def test_writes_each_further_event_with_its_deliveries(
    pipeline: Pipeline, merchant: Merchant
) -> None:
    member = merchant.member("tier", rewards=REWARDS)
    register(pipeline, merchant, 2)
    entry_id = member.earn(500)["entryId"]

    writes = writes_of(lambda: emission.emit_entry(member.membership_id, entry_id))

    # Earned, a tier changed, two rewards unlocked: each with two deliveries; the counters of the
    # program and of the month, and since when it is counted.
    assert writes == 4 * (1 + 2) + 3


def test_writes_no_counter_where_nothing_counts(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("points", balance=10, pointsExpiry={"afterDays": 60})
    pipeline.fire(merchant)
    register(pipeline, merchant, 2)
    why = {"lastDay": "2027-12-31", "reason": "Umbau", "actor": "staff_7"}
    entry_id = member.api.ok("extendExpiry", {**member.ids, **why})["entryId"]

    writes = writes_of(lambda: emission.emit_entry(member.membership_id, entry_id))

    assert writes == 1 + 2


def cost_of_attempt(merchant: Merchant) -> tuple[int, int, int]:
    """Make the attempt that is due; return its RPCs, reads and writes."""
    (delivery,) = deliveries_of(merchant)
    usage = client.start_usage()
    attempts.attempt(delivery.delivery_id, Lane.FAST)
    return usage.rpcs, usage.reads, usage.writes


def test_an_attempt_writes_its_delivery(pipeline: Pipeline, merchant: Merchant) -> None:
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url)
        merchant.member()
        pipeline.fire(merchant)

        # The delivery; endpoint and event; the delivery again, as it is after sending; the commit.
        assert cost_of_attempt(merchant) == (2, 3, 1)


def test_the_first_failure_is_written_on_the_endpoint_as_well(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant
) -> None:
    register(pipeline, merchant, 1)
    merchant.member()
    pipeline.fire(merchant)

    assert cost_of_attempt(merchant) == (2, 3, 2)
    frozen_clock.advance(seconds=6)
    assert cost_of_attempt(merchant) == (2, 3, 1)


@pytest.mark.usefixtures("own_database")
def test_a_commit_that_fails_leaves_nothing(
    pipeline: Pipeline,
    new_merchant: Callable[..., Merchant],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "ATTEMPTS_MAX", 2)
    merchant = new_merchant()
    member = merchant.member()
    endpoint = pipeline.register(merchant, "http://127.0.0.1:9/hook")
    event_id = loyalty_events.enrollment_event_id(member.membership_id)
    in_the_way = paths.webhook_delivery(f"{event_id}_{endpoint.id}")
    client.commit([Create(in_the_way, {"state": "none"})])

    with pytest.raises(Busy):
        emission.emit_enrollment(member.membership_id)

    assert events_of(merchant) == []
    assert pipeline.tasks.all == []
    answer = merchant.api.ok("getLoyaltyAnalytics", {"programId": member.program_id})
    assert answer["totalMembers"] == 0


def test_survives_a_queue_that_is_down(
    pipeline: Pipeline,
    merchant: Merchant,
    capsys: pytest.CaptureFixture[str],
) -> None:
    register(pipeline, merchant, 2)
    member = merchant.member()
    pipeline.tasks.status = 400
    capsys.readouterr()

    assert emission.emit_enrollment(member.membership_id) == 2

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in lines] == ["task not enqueued"] * 2
    assert {line["taskId"].rpartition("-1-")[0] for line in lines} == {
        each.delivery_id for each in deliveries_of(merchant)
    }


def test_a_payload_stays_below_20_kilobytes(merchant: Merchant) -> None:
    member = Member(merchant, merchant.program(), "\U0001f600" * 128)
    member.enroll()
    member.earn(100)
    text: dict[str, Any] = {"rewardDescription": "\u20ac" * 200, "transactionId": "\u20ac" * 128}
    entry_id = member.redeem(1, **text).body["redemptionId"]
    membership_id = paths.membership_id(member.program_id, member.user_id)
    emission.emit_entry(membership_id, entry_id)

    (event,) = events_of(merchant)

    assert json.loads(event["payload"])["data"]["userId"] == member.user_id
    assert len(event["payload"].encode()) < 20_000
