"""getPushSettings: by which key a browser subscribes, and which devices have."""

from __future__ import annotations

from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_refused

ACTION = "getPushSettings"
DEVICE = {"deviceId": "browser_1", "token": "token:1", "language": "de", "kinds": ["expiring"]}


def test_nothing_is_offered_where_push_is_off(member: Member) -> None:
    assert member.api.ok(ACTION, member.ids) == {"success": True, "pushKey": None, "devices": []}


def test_tells_the_key_and_the_devices(member: Member, push_key: str) -> None:
    subscribed = member.api.ok("subscribeToPush", {**member.ids, **DEVICE})

    assert member.merchant.customer(member.user_id).ok(ACTION, member.ids) == subscribed
    assert subscribed["pushKey"] == push_key
    [device] = subscribed["devices"]
    assert device.keys() == {"deviceId", "language", "kinds", "subscribedAt"}


def test_customers_see_their_own_alone(member: Member) -> None:
    assert_refused(member.merchant.customer("user_2")(ACTION, member.ids), 403, "USER_NOT_ALLOWED")


def test_absent_and_foreign_memberships_are_the_same(member: Member, merchant: Merchant) -> None:
    foreign = create_merchant(merchant.api.app).member()

    absent = member.api(ACTION, member.other("nobody").ids)

    assert_refused(absent, 404, "MEMBERSHIP_NOT_FOUND")
    assert_refused(merchant.api(ACTION, foreign.ids), 404, "PROGRAM_NOT_FOUND")
