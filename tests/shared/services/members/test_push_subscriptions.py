"""What becomes of devices when their member is merged, exported or erased, or the key changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.services.accounts import reencryption
from shared.services.members import push_subscriptions
from shared.services.vaults import vault
from shared.store import paths
from shared.store.members import push_documents
from tests.support import stored
from tests.support.merchants import Member, Merchant

pytestmark = pytest.mark.usefixtures("push_key")


def subscribe(member: Member, name: str, *kinds: str) -> None:
    device = {"deviceId": name, "token": f"token:{name}", "language": "de"}
    member.api.ok("subscribeToPush", {**member.ids, **device, "kinds": kinds or ["earned"]})


def devices(member: Member) -> list[str]:
    found = member.api.ok("getPushSettings", member.ids)["devices"]
    return [each["deviceId"] for each in found]


@pytest.fixture
def other(member: Member) -> Member:
    """Another member of the same program, as a till knows them."""
    made = member.other("till_1")
    made.enroll()
    return made


def test_a_merge_takes_the_devices_along(member: Member, other: Member) -> None:
    subscribe(other, "old", "expiring")
    subscribe(member, "new", "earned")

    merge = {"fromUserId": other.user_id, "intoUserId": member.user_id}
    member.api.ok("mergeMembers", merge)

    assert devices(member) == ["old", "new"]
    assert stored.document(paths.push_subscription(other.membership_id)) is None
    found = push_documents.find(member.membership_id)
    assert found is not None
    assert (found.user_id, found.kinds) == (member.user_id, ("earned", "expiring"))
    # Who still has the old id in a browser subscribes the same member.
    subscribe(other, "third")
    assert devices(member) == ["old", "new", "third"]


def test_a_merge_without_devices_makes_no_subscription(member: Member, other: Member) -> None:
    subscribe(member, "new")
    before = stored.document(paths.push_subscription(member.membership_id))
    merge = {"fromUserId": other.user_id, "intoUserId": member.user_id}
    member.api.ok("mergeMembers", merge)
    assert stored.document(paths.push_subscription(member.membership_id)) == before


def test_the_export_has_the_devices(member: Member) -> None:
    subscribe(member, "phone", "earned", "expiring")

    data = member.api.ok("exportMember", {"userId": member.user_id})["data"]

    [row] = data["pushSubscriptions"]
    assert (row["programId"], row["userId"]) == (member.program_id, member.user_id)
    [device] = row["subscribedDevices"]
    assert device["token"] == "token:phone"
    assert (device["language"], device["kinds"]) == ("de", ["earned", "expiring"])


def test_an_erasure_leaves_nothing(member: Member, merchant: Merchant) -> None:
    subscribe(member, "phone")

    member.api.ok("eraseMember", {"userId": member.user_id})

    assert stored.documents_of(merchant, "pushSubscriptions") == {}


def test_who_subscribes_while_being_erased_leaves_nothing(
    member: Member, merchant: Merchant
) -> None:
    with ThreadPoolExecutor(2) as pool:
        device = {"deviceId": "phone", "token": "t", "language": "de", "kinds": ["earned"]}
        erasing = pool.submit(member.api, "eraseMember", {"userId": member.user_id})
        for _ in range(5):
            answer = member.api("subscribeToPush", {**member.ids, **device})
            assert answer.status in {200, 404, 503}
        assert erasing.result().status == 200

    assert stored.documents_of(merchant, "pushSubscriptions") == {}


def test_other_members_keep_theirs(member: Member, other: Member) -> None:
    subscribe(member, "phone")
    subscribe(other, "till")
    member.api.ok("eraseMember", {"userId": member.user_id})
    assert devices(other) == ["till"]


@pytest.mark.usefixtures("own_database")
def test_tokens_are_encrypted_anew(merchant: Merchant) -> None:
    member = merchant.member()
    subscribe(member, "phone")
    before = push_documents.find(member.membership_id)

    reencryption.reencrypt_secrets()

    after = push_documents.find(member.membership_id)
    assert before is not None
    assert after is not None
    assert after.subscribed_devices != before.subscribed_devices
    path = paths.push_subscription(member.membership_id)
    assert vault().decrypt(after.subscribed_devices, path) == vault().decrypt(
        before.subscribed_devices, path
    )


def test_forgetting_a_token_changes_nothing_without_it(member: Member) -> None:
    subscribe(member, "phone")
    push_subscriptions.forget(member.membership_id, ["another"])
    push_subscriptions.forget("lp_x_nobody", ["token:phone"])
    assert devices(member) == ["phone"]
