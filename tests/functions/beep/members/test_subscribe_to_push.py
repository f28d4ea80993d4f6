"""subscribeToPush: a device is told of a card; its token is stored for nobody to read."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domain.members.push_subscriptions import DEVICES_MAX
from shared.store import client, paths
from shared.store.client import Put
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer, Api
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

ACTION = "subscribeToPush"
DEVICE = {"deviceId": "browser_1", "token": "token:1", "language": "en", "kinds": ["earned"]}

pytestmark = pytest.mark.usefixtures("push_key")


def subscribe(member: Member, api: Api | None = None, **fields: Any) -> Answer:
    return (api or member.api)(ACTION, {**member.ids, **DEVICE, **fields})


def devices(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [each["deviceId"] for each in answer.body["devices"]]


def document(member: Member) -> dict[str, Any] | None:
    return stored.document(paths.push_subscription(member.membership_id))


def test_answers_with_the_devices_and_never_a_token(
    frozen_clock: Clock, member: Member, push_key: str
) -> None:
    answer = subscribe(member, kinds=["expiring", "earned"])

    assert (answer.status, answer.body) == (
        200,
        {
            "success": True,
            "pushKey": push_key,
            "devices": [
                {
                    "deviceId": "browser_1",
                    "language": "en",
                    "kinds": ["earned", "expiring"],
                    "subscribedAt": frozen_clock.now.isoformat(timespec="milliseconds")[:23] + "Z",
                }
            ],
        },
    )


def test_stores_the_token_encrypted_for_this_document(member: Member) -> None:
    subscribe(member)
    other = member.other("user_2")
    other.enroll()
    subscribe(other, token="token:2")

    kept = document(member)
    assert kept is not None
    assert "token:1" not in json.dumps(kept, default=str)
    assert (kept["userId"], kept["accountId"]) == (member.user_id, member.merchant.account_id)

    # What belongs to another document is not read.
    theirs = document(other)
    assert theirs is not None
    client.commit(
        [
            Put(
                paths.push_subscription(member.membership_id),
                {**kept, "subscribedDevices": theirs["subscribedDevices"]},
            )
        ]
    )
    assert member.api("getPushSettings", member.ids).status == 500


def test_a_device_has_one_place_however_its_token_changes(member: Member) -> None:
    subscribe(member)
    assert devices(subscribe(member, token="token:2")) == ["browser_1"]
    # The same browser under a new id, as after its storage was cleared.
    assert devices(subscribe(member, deviceId="browser_2", token="token:2")) == ["browser_2"]


def test_the_oldest_device_makes_room(frozen_clock: Clock, member: Member) -> None:
    for number in range(DEVICES_MAX + 1):
        frozen_clock.advance(minutes=1)
        last = subscribe(member, deviceId=f"browser_{number}", token=f"token:{number}")

    assert devices(last) == [f"browser_{number}" for number in range(1, DEVICES_MAX + 1)]


def test_the_same_again_writes_nothing(member: Member) -> None:
    first = subscribe(member)
    with nothing_written():
        again = subscribe(member)
    assert again.body == first.body


def test_a_repetition_does_not_bring_back_what_was_ended_since(member: Member) -> None:
    body = {**member.ids, **DEVICE}
    first = member.api(ACTION, body, idempotency_key="key")
    member.api.ok("unsubscribeFromPush", {**member.ids, "deviceId": "browser_1"})

    with nothing_written():
        again = member.api(ACTION, body, idempotency_key="key")

    assert (devices(first), devices(again)) == (["browser_1"], [])
    other = member.api(ACTION, {**body, "language": "de"}, idempotency_key="key")
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")


def test_devices_that_subscribe_at_the_same_time_are_all_there(member: Member) -> None:
    names = [f"browser_{number}" for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: subscribe(member, deviceId=each, token=f"token:{each}"), names))

    found = member.api.ok("getPushSettings", member.ids)["devices"]
    assert {each["deviceId"] for each in found} == {*names}


def test_customers_subscribe_themselves_alone(member: Member) -> None:
    own = member.merchant.customer(member.user_id)
    assert devices(subscribe(member, own)) == ["browser_1"]
    somebody = member.merchant.customer("user_2")
    with nothing_written():
        assert_refused(subscribe(member, somebody), 403, "USER_NOT_ALLOWED")


def test_is_refused_where_push_is_off(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUNKTWERK_PUSH_KEY")
    with nothing_written():
        assert_refused(subscribe(member), 400, "PUSH_NOT_CONFIGURED")
    assert document(member) is None


@pytest.mark.parametrize(
    ("action", "code"),
    [("suspendMember", "MEMBER_SUSPENDED"), ("leaveLoyaltyProgram", "MEMBERSHIP_CLOSED")],
)
def test_who_is_not_active_subscribes_no_device(member: Member, action: str, code: str) -> None:
    reason = {"reason": "Test"} if action == "suspendMember" else {}
    member.api.ok(action, {**member.ids, **reason})
    with nothing_written():
        assert_refused(subscribe(member), 403, code, member.ids)


def test_absent_and_foreign_memberships_are_the_same(member: Member, merchant: Merchant) -> None:
    foreign = create_merchant(merchant.api.app).member()
    with nothing_written():
        assert_refused(subscribe(member.other("nobody")), 404, "MEMBERSHIP_NOT_FOUND")
        refused = merchant.api(ACTION, {**foreign.ids, **DEVICE})
    assert_refused(refused, 404, "PROGRAM_NOT_FOUND")


def test_refuses_what_is_no_device(member: Member) -> None:
    with nothing_written():
        kinds = subscribe(member, kinds=[])
        token = subscribe(member, token="two words")
        language = subscribe(member, language="fr")
    assert kinds.status == token.status == language.status == 400
    with nothing_written():
        long = subscribe(member, token="x" * 4097)
    assert_invalid(long, token="must have at most 4096 characters")
