"""unsubscribeFromPush: a device is told no more, and nothing of it is kept."""

from __future__ import annotations

import pytest

from shared.store import paths
from tests.support import stored
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_refused, nothing_written

ACTION = "unsubscribeFromPush"
DEVICE = {"token": "token:1", "language": "en", "kinds": ["earned"]}


@pytest.fixture
def told(member: Member, push_key: str) -> Member:
    """A member with two devices."""
    for name in ("browser_1", "browser_2"):
        device = {**DEVICE, "deviceId": name, "token": f"token:{name}"}
        member.api.ok("subscribeToPush", {**member.ids, **device})
    return member


def test_takes_one_device_after_the_other(told: Member) -> None:
    first = told.api.ok(ACTION, {**told.ids, "deviceId": "browser_1"})
    assert [each["deviceId"] for each in first["devices"]] == ["browser_2"]

    last = told.api.ok(ACTION, {**told.ids, "deviceId": "browser_2"})

    assert last["devices"] == []
    assert stored.document(paths.push_subscription(told.membership_id)) is None


def test_a_device_that_is_not_there_changes_nothing(told: Member) -> None:
    with nothing_written():
        answer = told.api.ok(ACTION, {**told.ids, "deviceId": "unknown"})
    assert len(answer["devices"]) == 2


def test_works_after_push_was_switched_off_and_for_the_suspended(
    told: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PUNKTWERK_PUSH_KEY")
    told.api.ok("suspendMember", {**told.ids, "reason": "Test"})

    answer = told.api.ok(ACTION, {**told.ids, "deviceId": "browser_1"})

    assert answer["pushKey"] is None
    assert [each["deviceId"] for each in answer["devices"]] == ["browser_2"]


def test_customers_unsubscribe_themselves_alone(told: Member) -> None:
    body = {**told.ids, "deviceId": "browser_1"}
    with nothing_written():
        refused = told.merchant.customer("user_2")(ACTION, body)
    assert_refused(refused, 403, "USER_NOT_ALLOWED")
    assert told.merchant.customer(told.user_id)(ACTION, body).status == 200


def test_absent_and_foreign_memberships_are_the_same(member: Member, merchant: Merchant) -> None:
    foreign = create_merchant(merchant.api.app).member()
    with nothing_written():
        absent = member.api(ACTION, {**member.other("nobody").ids, "deviceId": "browser_1"})
        refused = merchant.api(ACTION, {**foreign.ids, "deviceId": "browser_1"})
    assert_refused(absent, 404, "MEMBERSHIP_NOT_FOUND")
    assert_refused(refused, 404, "PROGRAM_NOT_FOUND")
