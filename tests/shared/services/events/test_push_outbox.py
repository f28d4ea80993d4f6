"""What push costs a booking's trigger: nothing where it is off, one read in the same call else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.schemas.members.push_bodies import EXAMPLE_KEY
from shared.services.events import push_outbox
from shared.store import paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import ENTRY, Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.traffic import Traffic, watched

Switch = Callable[[bool], None]
DEVICE = {"deviceId": "browser_1", "token": "token:1", "language": "en"}


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Switch:
    """Switch push on or off."""

    def set_(is_on: bool) -> None:
        if is_on:
            monkeypatch.setenv("PUNKTWERK_PUSH_KEY", EXAMPLE_KEY)
        else:
            monkeypatch.delenv("PUNKTWERK_PUSH_KEY", raising=False)

    return set_


def subscribe(member: Member, *kinds: str) -> None:
    member.api.ok("subscribeToPush", {**member.ids, **DEVICE, "kinds": kinds})


def told(pipeline: Pipeline, member: Member) -> Traffic:
    """Book, and return what the trigger of the entry costs."""
    member.earn(12)
    path = paths.entry(member.membership_id, stored.entries(member)[-1].entry_id)
    with watched() as traffic:
        assert pipeline.trigger(ENTRY, path) == 200
    return traffic


def sent(pipeline: Pipeline) -> list[Any]:
    return [each.body["data"] for each in pipeline.tasks.all if each.queue == push_outbox.FUNCTION]


def test_a_booking_costs_nothing_where_push_is_off_and_a_read_where_it_is_on(
    pipeline: Pipeline, member: Member, switch: Switch
) -> None:
    pipeline.fire(member.merchant)
    for _ in range(4):  # The trigger looks back at some entries.
        told(pipeline, member)
    off = told(pipeline, member)
    switch(True)
    on = told(pipeline, member)
    subscribe(member, "earned")
    with_device = told(pipeline, member)

    assert not [each for each in off.written if "push" in each]
    assert on.rpcs == with_device.rpcs == off.rpcs
    assert on.reads == with_device.reads == off.reads + 1
    assert [each.partition("/")[0] for each in on.written] == [
        each.partition("/")[0] for each in off.written
    ]
    assert len(sent(pipeline)) == 1


def test_a_departure_costs_a_read_and_ends_the_subscription(member: Member, switch: Switch) -> None:
    switch(True)
    subscribe(member, "earned")
    with watched() as on:
        member.api.ok("leaveLoyaltyProgram", member.ids)
    assert on.rpcs == ["get", "query", "commit"]
    path = paths.push_subscription(member.membership_id)
    assert path in on.written
    assert stored.document(path) is None


@pytest.mark.parametrize(
    ("kinds", "is_asked"),
    [(["earned"], True), (["rewardInReach"], True), (["expiring"], False)],
)
def test_a_task_is_asked_for_only_if_a_device_wants_to_know(
    pipeline: Pipeline, member: Member, switch: Switch, kinds: list[str], is_asked: bool
) -> None:
    pipeline.fire(member.merchant)
    switch(True)
    subscribe(member, *kinds)
    told(pipeline, member)
    member.redeem(5)
    pipeline.fire(member.merchant)

    entry_id = stored.entries(member)[-2].entry_id
    data = {"membershipId": member.membership_id, "kind": "entry", "cause": entry_id}
    assert sent(pipeline) == ([data] if is_asked else [])


@pytest.mark.parametrize("is_on", [True, False])
def test_the_calendar_looks_only_when_points_expire(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, switch: Switch, is_on: bool
) -> None:
    switch(is_on)
    member = merchant.member("points", pointsExpiry={"afterDays": 10, "alertDays": 3})
    if is_on:
        subscribe(member, "expiring")
    member.earn(30)
    frozen_clock.advance(days=6)
    pipeline.run_calendar()
    assert sent(pipeline) == []
    frozen_clock.advance(days=2)

    pipeline.run_calendar()
    pipeline.run_calendar()

    data = {
        "membershipId": member.membership_id,
        "kind": "expiring",
        "cause": "2026-03-13T23:00:00.000Z",
    }
    assert sent(pipeline) == ([data] if is_on else [])
