"""sendPush: from a booking, or the calendar, to the device, by the deployed functions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared import ids
from shared.store import client, paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import ENTRY, Pipeline
from tests.support.fcm import Fcm, refused
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.reservations import reserved
from tests.support.tasks import Task

COFFEE = {"rewardId": "coffee", "title": "Coffee", "type": "free_product", "requiredPoints": 150}
ALL = ["earned", "rewardInReach", "expiring"]


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member with 100 points, of whom all before this is told."""
    return merchant.member("points", balance=100, rewards=[COFFEE])


def subscribe(member: Member, name: str = "browser_1", **fields: Any) -> None:
    device = {"deviceId": name, "token": name, "language": "en", "kinds": ALL}
    member.api.ok("subscribeToPush", {**member.ids, **device, **fields})


def tell(pipeline: Pipeline, member: Member) -> None:
    """Run the triggers, and the tasks that send."""
    pipeline.fire(member.merchant)
    pipeline.tasks.run_pending(lambda task: task.queue == "sendPush")


def pushes(pipeline: Pipeline) -> list[Task]:
    return [each for each in pipeline.tasks.all if each.queue == "sendPush"]


def bodies(fcm: Fcm) -> list[str]:
    return [body for _, _, body in fcm.shown]


def test_tells_what_was_earned_and_the_new_balance(
    pipeline: Pipeline, fcm: Fcm, member: Member
) -> None:
    tell(pipeline, member)
    subscribe(member)

    member.earn(12)
    tell(pipeline, member)

    assert fcm.shown == [("browser_1", "12 points at Store", "You now have 112.")]
    [message] = fcm.messages
    assert message["webpush"]["data"]["path"] == f"/c/{member.program_id}"
    assert message["webpush"]["data"]["lang"] == "en"
    assert message["webpush"]["headers"]["TTL"] == "86400"


def test_each_device_is_told_in_its_language_what_it_wants(
    pipeline: Pipeline, fcm: Fcm, member: Member
) -> None:
    tell(pipeline, member)
    subscribe(member, "german", language="de", kinds=["earned"])
    subscribe(member, "reach", kinds=["rewardInReach"])
    subscribe(member, "expiry", kinds=["expiring"])

    member.earn(60)
    tell(pipeline, member)

    assert fcm.shown == [
        ("german", "60 Punkte bei Store", "Sie haben jetzt 160."),
        ("reach", "Store", "You now have 160 points. Enough for: Coffee."),
    ]


def test_a_reward_is_in_reach_once(pipeline: Pipeline, fcm: Fcm, member: Member) -> None:
    tell(pipeline, member)
    subscribe(member)

    for points in (49, 1, 1):
        member.earn(points)
        tell(pipeline, member)

    assert bodies(fcm) == [
        "You now have 149.",
        "You now have 150. Enough for: Coffee.",
        "You now have 151.",
    ]


def test_what_is_reserved_keeps_a_reward_out_of_reach(
    pipeline: Pipeline, fcm: Fcm, member: Member
) -> None:
    tell(pipeline, member)
    subscribe(member, kinds=["rewardInReach"])
    reserved(member, 80)

    member.earn(60)
    tell(pipeline, member)
    assert fcm.messages == []
    member.earn(70)
    tell(pipeline, member)
    assert bodies(fcm) == ["You now have 150 points. Reserved: 80 points. Enough for: Coffee."]


def test_nobody_is_told_of_what_is_spent_or_corrected(
    pipeline: Pipeline, fcm: Fcm, member: Member
) -> None:
    tell(pipeline, member)
    subscribe(member)

    member.redeem(10)
    member.api.ok("adjustLoyaltyPoints", {**member.ids, "points": 5, "reason": "x", "actor": "y"})
    tell(pipeline, member)

    assert fcm.messages == []


def test_a_trigger_that_comes_twice_tells_once(
    pipeline: Pipeline, fcm: Fcm, member: Member
) -> None:
    tell(pipeline, member)
    subscribe(member)
    member.earn(12)
    tell(pipeline, member)
    path = paths.entry(member.membership_id, stored.entries(member)[-1].entry_id)

    assert pipeline.trigger(ENTRY, path) == 200

    assert len(pushes(pipeline)) == len(fcm.messages) == 1


def test_a_task_that_comes_twice_is_one_notice_by_its_tag(
    pipeline: Pipeline, fcm: Fcm, member: Member
) -> None:
    tell(pipeline, member)
    subscribe(member)
    member.earn(12)
    tell(pipeline, member)
    [task] = pushes(pipeline)

    assert pipeline.tasks.run(task) == 200

    first, second = fcm.messages
    assert first == second
    assert first["webpush"]["data"]["tag"] == first["webpush"]["headers"]["Topic"]
    member.earn(1)
    tell(pipeline, member)
    assert fcm.messages[-1]["webpush"]["data"]["tag"] != first["webpush"]["data"]["tag"]


@pytest.mark.parametrize(
    ("action", "fields"),
    [("suspendMember", {"reason": "Test"}), ("leaveLoyaltyProgram", {}), ("eraseMember", None)],
)
def test_who_is_suspended_left_or_was_erased_meanwhile_is_told_nothing(
    pipeline: Pipeline, fcm: Fcm, member: Member, action: str, fields: dict[str, Any] | None
) -> None:
    tell(pipeline, member)
    subscribe(member)
    member.earn(12)
    pipeline.fire(member.merchant)
    user = {"userId": member.user_id}
    member.api.ok(action, user if fields is None else {**member.ids, **fields})

    tell(pipeline, member)

    assert (len(pushes(pipeline)), fcm.messages) == (1, [])


def test_old_news_is_not_told(
    frozen_clock: Clock, pipeline: Pipeline, fcm: Fcm, member: Member
) -> None:
    tell(pipeline, member)
    subscribe(member)
    member.earn(12)
    pipeline.fire(member.merchant)
    frozen_clock.advance(days=1, minutes=1)

    tell(pipeline, member)

    assert (len(pushes(pipeline)), fcm.messages) == (1, [])


@pytest.mark.parametrize(
    "ended",
    [
        refused(404, "UNREGISTERED"),
        refused(403, "SENDER_ID_MISMATCH"),
        refused(400, "INVALID_ARGUMENT", field_name="message.token"),
    ],
)
def test_a_token_that_has_ended_is_forgotten(
    pipeline: Pipeline, fcm: Fcm, member: Member, ended: Any
) -> None:
    tell(pipeline, member)
    subscribe(member, "gone")
    subscribe(member, "there")
    fcm.answers["gone"] = ended

    member.earn(12)
    tell(pipeline, member)

    assert [token for token, _, _ in fcm.shown] == ["there"]
    devices = member.api.ok("getPushSettings", member.ids)["devices"]
    assert [each["deviceId"] for each in devices] == ["there"]
    fcm.answers["there"] = ended
    member.earn(12)
    tell(pipeline, member)
    assert stored.document(paths.push_subscription(member.membership_id)) is None


@pytest.mark.parametrize(
    "refusal",
    [
        (404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "No such project."}}),
        refused(400, "INVALID_ARGUMENT", field_name="message.webpush.headers"),
        refused(403, "PERMISSION_DENIED"),
        (401, b"<html>"),
    ],
)
def test_what_no_repetition_mends_is_logged_and_ends_no_token(
    pipeline: Pipeline,
    fcm: Fcm,
    member: Member,
    refusal: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell(pipeline, member)
    subscribe(member)
    fcm.answers["browser_1"] = refusal
    member.earn(12)
    pipeline.fire(member.merchant)

    with nothing_written():
        tell(pipeline, member)

    assert len(member.api.ok("getPushSettings", member.ids)["devices"]) == 1
    said = capsys.readouterr().out
    assert "push not sent" in said
    assert member.user_id not in said.partition("push not sent")[2].partition("\n")[0]


@pytest.mark.parametrize("answer", [refused(503, "UNAVAILABLE"), refused(429, "QUOTA_EXCEEDED")])
def test_the_queue_tries_again_what_fcm_takes_later(
    pipeline: Pipeline, fcm: Fcm, member: Member, answer: Any
) -> None:
    tell(pipeline, member)
    subscribe(member, "busy")
    subscribe(member, "gone")
    fcm.answers |= {"busy": answer, "gone": refused(404, "UNREGISTERED")}
    member.earn(12)
    pipeline.fire(member.merchant)
    [task] = pushes(pipeline)

    assert pipeline.tasks.run(task) == 500
    del fcm.answers["busy"]
    assert pipeline.tasks.run(task) == 200

    assert [token for token, _, _ in fcm.shown] == ["busy"]
    assert len(member.api.ok("getPushSettings", member.ids)["devices"]) == 1


def test_points_that_expire_are_told_once_for_each_day(
    frozen_clock: Clock, pipeline: Pipeline, fcm: Fcm, merchant: Merchant
) -> None:
    member = merchant.member("points", pointsExpiry={"afterDays": 10, "alertDays": 3})
    tell(pipeline, member)
    subscribe(member, kinds=["expiring"])
    member.earn(30)
    member.earn(4)
    member.redeem(1)
    frozen_clock.advance(days=8)

    for _ in range(2):
        pipeline.run_calendar()
        tell(pipeline, member)

    assert fcm.shown == [("browser_1", "33 points at Store", "You can spend them until 13 March.")]


def test_points_that_were_spent_meanwhile_are_not_told(
    frozen_clock: Clock, pipeline: Pipeline, fcm: Fcm, merchant: Merchant
) -> None:
    member = merchant.member("points", pointsExpiry={"afterDays": 10, "alertDays": 3})
    subscribe(member)
    member.earn(30)
    tell(pipeline, member)
    fcm.messages.clear()
    frozen_clock.advance(days=8)
    pipeline.run_calendar()
    member.redeem(30)

    tell(pipeline, member)

    assert fcm.messages == []


def test_without_fcm_nothing_is_sent(
    pipeline: Pipeline, fcm: Fcm, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(pipeline, member)
    subscribe(member)
    member.earn(12)
    # The emulator never calls Google: without a stand-in, nobody is called.
    monkeypatch.delenv("PUNKTWERK_FCM_URL")
    tell(pipeline, member)
    assert fcm.messages == []


def test_a_task_of_nobody_is_done(pipeline: Pipeline, fcm: Fcm, member: Member) -> None:
    subscribe(member)
    data = {"membershipId": "lp_x_nobody", "kind": "entry", "cause": "le_1"}
    task = Task("sendPush", ids.new("task"), {"data": data}, None, {})
    assert pipeline.tasks.run(task) == 200
    known = replace(task, body={"data": {**data, "membershipId": member.membership_id}})
    assert pipeline.tasks.run(known) == 200
    assert fcm.messages == []
    assert client.get_one(paths.push_subscription("lp_x_nobody")).data is None
