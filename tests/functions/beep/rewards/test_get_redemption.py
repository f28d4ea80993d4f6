"""getRedemption: a redemption of a member, also one from before anything was kept of it."""

from __future__ import annotations

import pytest

from shared.services.members import card_codes
from shared.store import client, paths
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.redemptions import bought, shown
from tests.support.refusals import assert_refused, nothing_written
from tests.support.reservations import with_reward

ACTION = "getRedemption"


def test_shows_what_was_bought(merchant: Merchant) -> None:
    member = with_reward(merchant)
    redeemed = bought(member, transactionId="t1")

    found = shown(member, redeemed["redemptionId"])

    assert found == {
        "redemptionId": redeemed["redemptionId"],
        **member.ids,
        "storeId": merchant.store_id,
        "status": "redeemed",
        "points": 40,
        "rewardId": "rw_coffee",
        "rewardCode": redeemed["rewardCode"],
        "rewardDescription": "Coffee",
        "amountPaid": None,
        "transactionId": "t1",
        "redeemedAt": found["redeemedAt"],
        "usedAt": None,
        "usedInStoreId": None,
        "usedBy": None,
        "cancelledAt": None,
        "cancellationId": None,
        "cancelReason": None,
        "shop": None,
    }


def test_an_older_one_is_found_by_its_entry(merchant: Merchant) -> None:
    member = with_reward(merchant)
    redemption_id = bought(member)["redemptionId"]
    path = paths.entry(member.membership_id, redemption_id)
    read = client.get_one(path)
    assert read.data is not None
    older = {name: each for name, each in read.data.items() if name not in {"spent", "tookStock"}}
    client.commit([client.Delete(read)])
    client.commit([client.Create(path, older)])

    assert shown(member, redemption_id)["status"] == "redeemed"


def test_only_redemptions_of_the_member(member: Member, merchant: Merchant) -> None:
    earned = member.earn(5)["entryId"]
    redemption_id = member.redeem(40).body["redemptionId"]
    other = member.other("user_2")
    other.enroll()
    stranger = create_merchant(merchant.api.app).api
    body = {**member.ids, "redemptionId": redemption_id}

    with nothing_written():
        for refused in (
            member.api(ACTION, {**body, "redemptionId": earned}),
            member.api(ACTION, {**body, "redemptionId": "le_absent"}),
            member.api(ACTION, {**body, **other.ids}),
            merchant.customer("user_2")(ACTION, {**body, "userId": "user_2"}),
        ):
            assert_refused(refused, 404, "REDEMPTION_NOT_FOUND")
        absent = member.api(ACTION, {**body, "userId": "nobody"})
        assert_refused(absent, 404, "MEMBERSHIP_NOT_FOUND")
        assert_refused(stranger(ACTION, body), 404, "PROGRAM_NOT_FOUND")


@pytest.mark.parametrize("picture", ["qr", "code128"])
def test_draws_the_code(merchant: Merchant, picture: str) -> None:
    member = with_reward(merchant)
    redeemed = bought(member)
    body = {**member.ids, "redemptionId": redeemed["redemptionId"]}

    svg = member.api.ok(ACTION, {**body, "picture": picture})["pictureSvg"]

    assert svg == card_codes.pictures(redeemed["rewardCode"], [picture])[picture]
    assert svg.startswith("<svg")
    plain = member.redeem(5).body["redemptionId"]
    for without in (body, {**body, "redemptionId": plain, "picture": picture}):
        assert member.api.ok(ACTION, without)["pictureSvg"] is None
    drawn = merchant.sandbox.ok(ACTION, {**body, "picture": picture})["pictureSvg"]
    assert drawn.startswith("<svg")
