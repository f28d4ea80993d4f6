"""onEntryCreated: every kind of event with its exact bytes, once, to those who want it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import logs
from shared.store import paths
from tests.conftest import Clock
from tests.support.events import ENTRY, Pipeline, deliveries_of, events_of
from tests.support.merchants import Member, Merchant
from tests.support.receivers import Received, Receiver, receiving

REWARD = {"title": "Kaffee", "type": "free_product", "requiredPoints": 50, "rewardId": "rw_kaffee"}
FIGURES = (
    "totalMembers",
    "totalPointsIssued",
    "totalRedemptions",
    "redemptionRate",
    "earnedThisMonth",
    "redeemedThisMonth",
)


def envelope(received: Received, event_type: str, store_id: str, data: str) -> bytes:
    """What must have been received, but for the id, byte for byte."""
    event_id = received.headers["webhook-id"]
    assert re.fullmatch(r"evt_[0-9a-f]{40}", event_id)
    return (
        f'{{"id":"{event_id}","type":"{event_type}","createdAt":"2026-03-03T12:00:00.000Z",'
        f'"apiVersion":"v1","livemode":true,"storeId":"{store_id}","data":{data}}}'
    ).encode()


def told(pipeline: Pipeline, member: Member, receiver: Receiver, do: Callable[[], Any]) -> Any:
    """Register the receiver after what has happened so far, then have ``do`` told."""
    pipeline.run(member.merchant)
    pipeline.register(member.merchant, receiver.url)
    answer = do()
    pipeline.run(member.merchant)
    return answer


def entry_path(member: Member, entry_id: str) -> str:
    return paths.entry(member.membership_id, entry_id)


def figures(member: Member) -> dict[str, Any]:
    answer = member.api.ok("getLoyaltyAnalytics", {"programId": member.program_id})
    return {name: answer[name] for name in FIGURES}


@pytest.mark.usefixtures("frozen_clock")
def test_tells_points_earned(pipeline: Pipeline, member: Member) -> None:
    with receiving() as receiver:
        entry = told(
            pipeline,
            member,
            receiver,
            lambda: member.earn(50, transactionId="PB-TXN-9876", source="till"),
        )

    (received,) = receiver.received
    assert received.body == envelope(
        received,
        "loyalty.points_earned",
        member.merchant.store_id,
        f'{{"programId":"{member.program_id}","userId":"user_1","sequence":2,'
        f'"entryId":"{entry["entryId"]}",'
        '"points":50,"previousBalance":100,"newBalance":150,"source":"till",'
        '"transactionId":"PB-TXN-9876","earningMethod":"api"}',
    )


@pytest.mark.usefixtures("frozen_clock")
def test_tells_cashback_in_the_currency(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("cashback")
    with receiving() as receiver:
        entry = told(
            pipeline,
            member,
            receiver,
            lambda: member.api.ok("addLoyaltyPoints", {**member.ids, "purchaseAmount": 48.5}),
        )

    (received,) = receiver.received
    assert received.body == envelope(
        received,
        "loyalty.points_earned",
        merchant.store_id,
        f'{{"programId":"{member.program_id}","userId":"user_1","sequence":1,'
        f'"entryId":"{entry["entryId"]}",'
        '"points":1.45,"previousBalance":0,"newBalance":1.45,"source":null,'
        '"transactionId":null,"earningMethod":"purchase"}',
    )


@pytest.mark.usefixtures("frozen_clock")
def test_tells_points_redeemed_in_utf_8(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("points", balance=100, rewards=[REWARD])
    with receiving() as receiver:
        answer = told(
            pipeline,
            member,
            receiver,
            lambda: member.redeem(50, rewardId="rw_kaffee", rewardDescription="Käffchen ☕"),
        )

    (received,) = receiver.received
    entry_id = answer.body["redemptionId"]
    assert received.body == envelope(
        received,
        "loyalty.points_redeemed",
        merchant.store_id,
        f'{{"programId":"{member.program_id}","userId":"user_1","sequence":2,"entryId":"{entry_id}",'
        '"points":50,"previousBalance":100,"newBalance":50,"source":null,"transactionId":null,'
        '"rewardId":"rw_kaffee","rewardDescription":"Käffchen ☕","amountPaid":null}',
    )
    assert answer.body["rewardCode"].encode() not in received.body


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize(
    ("action", "points", "told_points", "balance"),
    [("add", 30, 30, 130), ("redeem", 30, 30, 70), ("set", 80, -20, 80), ("set", 130, 30, 130)],
)
def test_tells_an_external_sync_once(
    pipeline: Pipeline, member: Member, action: str, points: int, told_points: int, balance: int
) -> None:
    with receiving() as receiver:
        answer = told(
            pipeline,
            member,
            receiver,
            lambda: member.sync(action, points, source="payback", externalTransactionId="t1"),
        )

    (received,) = receiver.received
    entry_id = answer.body["entryId"]
    assert received.body == envelope(
        received,
        "loyalty.external_synced",
        member.merchant.store_id,
        f'{{"programId":"{member.program_id}","userId":"user_1","sequence":2,"entryId":"{entry_id}",'
        f'"points":{told_points},"previousBalance":100,"newBalance":{balance},'
        f'"source":"payback","action":"{action}","externalTransactionId":"t1"}}',
    )


@pytest.mark.usefixtures("frozen_clock")
def test_tells_a_tier_change_after_the_booking(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("tier", balance=499)
    with receiving() as receiver:
        told(pipeline, member, receiver, lambda: member.earn(1))

    assert sorted(receiver.types) == ["loyalty.points_earned", "loyalty.tier_changed"]
    (received,) = receiver.of_type("loyalty.tier_changed")
    assert received.body == envelope(
        received,
        "loyalty.tier_changed",
        merchant.store_id,
        f'{{"programId":"{member.program_id}","userId":"user_1","sequence":2,'
        '"previousTier":"Bronze","newTier":"Silber","totalEarned":500,'
        '"direction":"up","reason":"earn"}',
    )


@pytest.mark.usefixtures("frozen_clock")
def test_tells_each_reward_that_is_within_reach_now(pipeline: Pipeline, merchant: Merchant) -> None:
    other = {**REWARD, "rewardId": "rw_kuchen", "requiredPoints": 60}
    far = {**REWARD, "rewardId": "rw_torte", "requiredPoints": 61}
    member = merchant.member("points", balance=40, rewards=[REWARD, other, far])
    with receiving() as receiver:
        told(pipeline, member, receiver, lambda: member.earn(20))

    unlocked = receiver.of_type("loyalty.reward_unlocked")
    by_reward = {each.event["data"]["rewardId"]: each for each in unlocked}
    assert by_reward.keys() == {"rw_kaffee", "rw_kuchen"}
    assert len(receiver.received) == 3
    for reward_id, received in by_reward.items():
        assert received.body == envelope(
            received,
            "loyalty.reward_unlocked",
            merchant.store_id,
            f'{{"programId":"{member.program_id}","userId":"user_1","sequence":2,'
            f'"rewardId":"{reward_id}","newBalance":60}}',
        )


def test_tells_a_full_stamp_card(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("stamps", balance=9)
    with receiving() as receiver:
        told(pipeline, member, receiver, lambda: member.earn(1))

    (received,) = receiver.of_type("loyalty.reward_unlocked")
    assert received.event["data"] == {
        **member.ids,
        "sequence": 2,
        "rewardId": "full_card",
        "newBalance": 10,
    }


@pytest.mark.usefixtures("frozen_clock")
def test_keeps_the_event_with_what_is_sent(pipeline: Pipeline, member: Member) -> None:
    with receiving() as receiver:
        told(pipeline, member, receiver, lambda: member.earn(50, source="till"))

    (received,) = receiver.received
    event_id = received.headers["webhook-id"]
    (event,) = [each for each in events_of(member.merchant) if each["eventId"] == event_id]
    assert event == {
        "eventId": event_id,
        "type": "loyalty.points_earned",
        "accountId": member.merchant.account_id,
        "storeId": member.merchant.store_id,
        "programId": member.program_id,
        "userId": "user_1",
        "source": "till",
        "createdAt": datetime(2026, 3, 3, 12, tzinfo=UTC),
        "isTest": False,
        "payload": received.body.decode(),
        # 30 days after the four that a delivery may take.
        "expiresAt": datetime(2026, 4, 6, 12, tzinfo=UTC),
    }


def test_finds_entries_of_users_whose_ids_need_encoding(pipeline: Pipeline, member: Member) -> None:
    with receiving() as receiver:
        pipeline.run(member.merchant)
        pipeline.register(member.merchant, receiver.url)
        users = ["anna@example.com", "ü b", "a/b", "50%", "%2F", ".."]
        for user_id in users:
            member.other(user_id).enroll()
            member.other(user_id).earn(5)
        pipeline.run(member.merchant)

    earned = receiver.of_type("loyalty.points_earned")
    assert sorted(each.event["data"]["userId"] for each in earned) == sorted(users)


def test_a_second_run_changes_nothing(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("tier")
    with receiving() as receiver:
        pipeline.run(merchant)
        pipeline.register(merchant, receiver.url)
        entry = member.earn(500)
        pipeline.run(merchant)
        before = (events_of(merchant), deliveries_of(merchant), figures(member))
        tasks = len(pipeline.tasks.all)

        assert pipeline.trigger(ENTRY, entry_path(member, entry["entryId"])) == 200
        pipeline.deliver(merchant)

    assert (events_of(merchant), deliveries_of(merchant), figures(member)) == before
    assert len(pipeline.tasks.all) == tasks
    assert sorted(receiver.types) == ["loyalty.points_earned", "loyalty.tier_changed"]


def test_eight_runs_at_once_tell_it_once(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("tier")
    pipeline.fire(merchant)
    with receiving() as one, receiving() as two, receiving() as three:
        for receiver in (one, two, three):
            pipeline.register(merchant, receiver.url)
        path = entry_path(member, member.earn(500)["entryId"])

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: pipeline.trigger(ENTRY, path), range(8)))
        pipeline.deliver(merchant)

    assert statuses == [200] * 8
    assert [event["type"] for event in events_of(merchant)] == [
        "loyalty.enrollment",
        "loyalty.points_earned",
        "loyalty.tier_changed",
    ]
    assert len(deliveries_of(merchant)) == 2 * 3
    for receiver in (one, two, three):
        assert sorted(receiver.types) == ["loyalty.points_earned", "loyalty.tier_changed"]
    assert figures(member) == dict(zip(FIGURES, (1, 500, 0, 0, 500, 0), strict=True))


def test_tells_only_what_an_endpoint_subscribed_to(pipeline: Pipeline, member: Member) -> None:
    with receiving() as redeemed, receiving() as everything:
        pipeline.run(member.merchant)
        pipeline.register(member.merchant, redeemed.url, "loyalty.points_redeemed")
        pipeline.register(member.merchant, everything.url, "loyalty.*", "loyalty.points_redeemed")
        member.earn(10)
        member.redeem(10)
        pipeline.run(member.merchant)

    assert redeemed.types == ["loyalty.points_redeemed"]
    assert sorted(everything.types) == ["loyalty.points_earned", "loyalty.points_redeemed"]


def test_tells_nothing_of_another_store(
    pipeline: Pipeline, member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()
    with receiving() as receiver:
        pipeline.register(other, receiver.url)
        member.earn(10)
        pipeline.run(member.merchant)
        pipeline.run(other)

    assert receiver.received == []
    assert deliveries_of(other) == []
    assert deliveries_of(member.merchant) == []


def test_does_not_tell_a_system_what_it_caused(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("tier")
    pipeline.run(merchant)
    with receiving() as cause, receiving() as other, receiving() as unnamed:
        pipeline.register(merchant, cause.url, source="payback")
        pipeline.register(merchant, other.url, source="sap")
        pipeline.register(merchant, unnamed.url)
        member.sync("add", 500, source="payback", externalTransactionId="t1")
        pipeline.run(merchant)

        assert cause.received == []
        for receiver in (other, unnamed):
            assert sorted(receiver.types) == ["loyalty.external_synced", "loyalty.tier_changed"]

        member.earn(1)
        member.sync("add", 1, source="sap", externalTransactionId="t1")
        pipeline.run(merchant)

    assert sorted(cause.types) == ["loyalty.external_synced", "loyalty.points_earned"]
    assert len(other.received) == 3
    assert len(unnamed.received) == 4


def test_leaves_history_untold(frozen_clock: Clock, pipeline: Pipeline, member: Member) -> None:
    pipeline.run(member.merchant)
    recent, old = member.earn(2)["entryId"], member.earn(1)["entryId"]
    frozen_clock.advance(days=25)
    assert pipeline.trigger(ENTRY, entry_path(member, recent)) == 200
    frozen_clock.advance(seconds=1)

    assert pipeline.trigger(ENTRY, entry_path(member, old)) == 200

    data = [json.loads(each["payload"])["data"] for each in events_of(member.merchant)]
    assert sorted(each["points"] for each in data if "points" in each) == [2, 100]
    assert figures(member)["totalPointsIssued"] == 102


def test_logs_an_entry_that_is_not_there(
    pipeline: Pipeline, member: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.run(member.merchant)
    before = events_of(member.merchant)
    path = entry_path(member, "le_absent")

    assert pipeline.trigger(ENTRY, path) == 200

    assert events_of(member.merchant) == before
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line == {
        "severity": "WARNING",
        "message": "entry not found",
        "entry": logs.digest(path),
    }


def test_analytics_are_exact_in_the_months_of_the_store(
    pipeline: Pipeline, new_merchant: Callable[..., Merchant], frozen_clock: Clock
) -> None:
    merchant = new_merchant(time_zone="Europe/Berlin")
    frozen_clock.set(2026, 3, 31, 21, 59)  # 23:59 in Berlin
    member = merchant.member("points", balance=70)
    member.redeem(20)
    frozen_clock.set(2026, 3, 31, 22, 1)  # the first of April
    member.earn(30)
    member.other("user_2").enroll()
    member.other("user_3").enroll()
    member.redeem(5)
    member.sync("set", 1000, source="erp")

    assert figures(member) == dict(zip(FIGURES, (0, 0, 0, 0, 0, 0), strict=True))
    pipeline.fire(merchant)

    assert figures(member) == dict(zip(FIGURES, (3, 100, 2, 66.7, 30, 5), strict=True))
    frozen_clock.set(2026, 3, 31, 21, 59)
    assert figures(member) == dict(zip(FIGURES, (3, 100, 2, 66.7, 70, 20), strict=True))
    frozen_clock.set(2026, 5, 1)
    assert figures(member) == dict(zip(FIGURES, (3, 100, 2, 66.7, 0, 0), strict=True))


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "redeem", "sync", "enroll"]), st.integers(1, 600)),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=8,
    deadline=None,
    # Each example has a merchant of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, runs=st.integers(1, 3))
def test_every_entry_is_told_once_to_everyone_subscribed(
    pipeline: Pipeline,
    new_merchant: Callable[..., Merchant],
    steps: list[tuple[str, int]],
    runs: int,
) -> None:
    merchant = new_merchant()
    member = Member(merchant, merchant.program("tier"), "user_1")
    member.enroll()
    urls = {"loyalty.*": "http://127.0.0.1:9/a", "loyalty.points_earned": "http://127.0.0.1:9/b"}
    endpoints = {each: pipeline.register(merchant, url, each).id for each, url in urls.items()}
    expected = {"loyalty.enrollment": 1}
    for number, (step, amount) in enumerate(steps):
        match step:
            case "add":
                member.earn(amount)
                booked = "loyalty.points_earned"
            case "redeem":
                if member.redeem(amount).status != 200:
                    continue
                booked = "loyalty.points_redeemed"
            case "sync":
                member.sync("add", amount, source="erp", externalTransactionId=str(number))
                booked = "loyalty.external_synced"
            case _:
                member.other(f"user_{number + 2}").enroll()
                booked = "loyalty.enrollment"
        expected[booked] = expected.get(booked, 0) + 1

    for _ in range(runs):
        pipeline.fired.clear()
        pipeline.fire(merchant)

    events = events_of(merchant)
    types = [each["type"] for each in events if each["type"] != "loyalty.tier_changed"]
    assert {each: types.count(each) for each in types} == expected
    pairs = [(each.event_id, each.endpoint_id) for each in deliveries_of(merchant)]
    everything = [(each["eventId"], endpoints["loyalty.*"]) for each in events]
    earned = [
        (each["eventId"], endpoints["loyalty.points_earned"])
        for each in events
        if each["type"] == "loyalty.points_earned"
    ]
    assert sorted(pairs) == sorted(everything + earned)


# Milestones


def reached(merchant: Merchant) -> list[tuple[float, float]]:
    """Return milestones that were told, with the totals that reached them."""
    told = [
        json.loads(event["payload"])["data"]
        for event in events_of(merchant)
        if event["type"] == "loyalty.milestone_reached"
    ]
    return sorted((each["milestone"], each["totalEarned"]) for each in told)


def test_each_milestone_is_told_once(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member(milestones=[100, 200, 250, 1_000])
    for points in (99, 1, 150):
        member.earn(points)
        pipeline.fire(merchant)
        pipeline.fired.clear()
    assert reached(merchant) == [(100, 100), (200, 250), (250, 250)]

    # Neither spending nor a balance that is set moves what was ever earned.
    member.redeem(250)
    member.sync("set", 900)
    member.earn(1)
    pipeline.fire(merchant)
    assert len(reached(merchant)) == 3


def test_a_milestone_is_told_to_who_wants_it(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member(milestones=[50])
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, "loyalty.milestone_reached")
        member.sync("add", 60, source="erp")
        pipeline.run(merchant)

    (received,) = receiver.received
    assert received.event["data"] == {
        **member.ids,
        "sequence": 1,
        "milestone": 50,
        "totalEarned": 60,
    }


def test_milestones_of_cashback_are_money(pipeline: Pipeline, merchant: Merchant) -> None:
    member = merchant.member("cashback", milestones=[0.5, 10])
    member.earn(0.49)
    member.earn(9.5)
    member.earn(0.01)
    pipeline.fire(merchant)

    assert reached(merchant) == [(0.5, 9.99), (10, 10)]


def test_programs_have_milestones_unless_they_want_none(
    pipeline: Pipeline, merchant: Merchant
) -> None:
    body = {
        "storeId": merchant.store_id,
        "programName": "P",
        "programType": "points",
        "rules": {"pointsPerEuro": 1},
        "isActive": True,
    }
    program_id = merchant.api.ok("createLoyaltyProgram", body)["programId"]
    member = Member(merchant, program_id, "user_1")
    member.enroll()
    member.earn(500)
    quiet = merchant.member(balance=500, milestones=[])
    pipeline.fire(merchant)

    assert quiet.balance()["totalEarned"] == 500
    assert reached(merchant) == [(100, 500), (500, 500)]
