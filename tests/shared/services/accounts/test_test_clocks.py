"""The time of a test account: its own at each door, and nobody else's."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from shared import clock
from shared.domain.webhooks.deliveries import DeliveryState
from shared.services.accounts import test_clocks
from shared.services.imports import row_imports
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import Pipeline, deliveries_of, events_of
from tests.support.merchants import Member, Merchant
from tests.support.receivers import receiving, status
from tests.support.test_clocks import set_ahead
from tests.support.tills import export, head, line, master_data
from tests.support.traffic import watched

LATER = datetime(2026, 4, 12, 12, tzinfo=UTC)
"""Forty days after the clock of the tests."""


@pytest.fixture
def tested(frozen_clock: Clock, new_merchant: Callable[..., Merchant]) -> Merchant:
    """A test account whose time is forty days ahead."""
    made = new_merchant(is_test=True)
    set_ahead(made, days=40)
    return made


def test_requests_are_in_the_accounts_time(tested: Merchant, merchant: Merchant) -> None:
    in_test, live = tested.member(balance=100), merchant.member(balance=100)
    customer = tested.customer("user_2")
    customer.ok("enrollInLoyaltyProgram", {"programId": in_test.program_id})
    assert stored.membership(in_test).enrolled_at == LATER
    assert [each.recorded_at for each in stored.entries(in_test)] == [LATER]
    assert stored.membership(in_test.other("user_2")).enrolled_at == LATER
    assert [each.recorded_at for each in stored.entries(live)] == [LATER - timedelta(days=40)]
    assert clock.utc_now() == LATER - timedelta(days=40)


def test_each_thread_sees_the_time_of_its_own_account(tested: Merchant, merchant: Merchant) -> None:
    members = [tested.member(), merchant.member()]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: each.earn(1), members * 8))
    moments = [{entry.recorded_at for entry in stored.entries(each)} for each in members]
    assert moments == [{LATER}, {LATER - timedelta(days=40)}]


def test_only_a_test_account_pays_for_its_clock(tested: Merchant, merchant: Merchant) -> None:
    costs = []
    for each in (tested.member(), merchant.member()):
        each.balance()
        with watched() as traffic:
            each.balance()
        costs.append(traffic.cost)
    assert costs == [(2, 2, 0), (1, 1, 0)]


def test_what_machines_agree_on_is_in_real_time(tested: Merchant, pipeline: Pipeline) -> None:
    member = tested.member()
    with receiving() as receiver:
        pipeline.register(tested, receiver.url)
        first = member.add(points=5, idempotency_key="k1")
        pipeline.run(tested)
        set_ahead(tested, days=80)
        again = member.add(points=5, idempotency_key="k1")
    assert again.body == first.body
    (earned,) = receiver.of_type("loyalty.points_earned")
    assert earned.event["createdAt"] == clock.to_wire(LATER)
    assert (earned.event["livemode"], "test" in earned.event) == (False, False)
    delivered = [each for each in deliveries_of(tested) if each.event_type.endswith("earned")]
    assert [(each.state, each.created_at) for each in delivered] == [
        (DeliveryState.SUCCEEDED, LATER - timedelta(days=40))
    ]


def test_what_machines_tell_is_listed_in_the_accounts_time(
    tested: Merchant, pipeline: Pipeline
) -> None:
    """Also after more days than events are listed: by the real time nobody would find them."""
    file = base64.b64encode(export([head("b-1"), *line("b-1"), *master_data()])).decode()
    with receiving() as receiver:
        receiver.answer = status(410)
        pipeline.register(tested, receiver.url)
        tested.member()
        body = {"storeId": tested.store_id, "system": "generic", "credentials": {"file": file}}
        tested.api.ok("syncPOS", body)
        pipeline.run(tested)
    listed = tested.api.ok("listEvents", {"storeId": tested.store_id})["events"]
    assert {(each["type"], each["createdAt"]) for each in listed} >= {
        ("integration.pos.synced", clock.to_wire(LATER)),
        ("loyalty.webhook_endpoint_disabled", clock.to_wire(LATER)),
    }


def test_a_late_trigger_tells_what_a_moved_clock_has_left_behind(
    tested: Merchant, pipeline: Pipeline
) -> None:
    tested.member(balance=5)
    set_ahead(tested, days=400)
    pipeline.fire(tested)
    assert {each["type"] for each in events_of(tested)} == {
        "loyalty.enrollment",
        "loyalty.points_earned",
    }


def test_a_task_from_before_the_move_books_after_it(tested: Merchant) -> None:
    member = tested.member()
    content = base64.b64encode(b"userId,points,transactionId\nuser_1,3,t1\n").decode()
    body = {"programId": member.program_id, "file": content}
    begun = tested.api("bulkAddLoyaltyPoints", body, idempotency_key="k1")
    assert begun.status == 200, begun.body
    set_ahead(tested, days=50)
    row_imports.resume(begun.body["importId"])
    assert [each.recorded_at for each in stored.entries(member)] == [LATER + timedelta(days=10)]


def test_the_time_of_an_account_ends_with_its_block(tested: Merchant) -> None:
    with test_clocks.time_of(tested.account_id):
        assert clock.utc_now() == LATER
        with test_clocks.time_of("acc_live"):
            assert clock.utc_now() == LATER
        assert clock.real_now() == LATER - timedelta(days=40)
    assert clock.utc_now() == LATER - timedelta(days=40)


@pytest.mark.usefixtures("own_database")  # the calendar works through all there is
def test_what_is_due_in_real_time_of_a_moved_account_is_done_in_its_own(
    tested: Merchant, pipeline: Pipeline, frozen_clock: Clock
) -> None:
    member: Member = tested.member(balance=10, pointsExpiry={"afterDays": 5, "alertDays": 0})
    frozen_clock.advance(days=60)
    pipeline.run_calendar()
    assert [each.recorded_at for each in stored.entries(member)] == [
        LATER,
        LATER + timedelta(days=60),
    ]
