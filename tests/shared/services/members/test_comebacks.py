"""Who is erased and joins again begins with the limits and debts of before, and is told anew."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.members.comebacks import REMEMBERED
from shared.store import client, paths
from shared.store.members import erased_mark_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.claimable import claim, make_claim
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written

VOUCHER = {
    "rewardId": "rw_1",
    "title": "Voucher",
    "type": "coupon",
    "requiredPoints": 5,
    "limits": [{"timesPerPeriod": 1, "period": "ever"}],
}


def return_anew(member: Member) -> Member:
    """Erase a member as the customer alone can, and let the customer join again."""
    customer = member.merchant.customer(member.user_id, names_account=True)
    assert customer.ok("eraseMember", {})["state"] == "erased"
    customer.ok("enrollInLoyaltyProgram", {"programId": member.program_id})
    return member


def buy(member: Member) -> Any:
    body = {**member.ids, "points": 5, "rewardId": "rw_1"}
    return member.api("redeemLoyaltyPoints", body)


def assert_intact(member: Member) -> None:
    body = {"programId": member.program_id, "storeId": member.merchant.store_id}
    answer = member.api.ok("verifyLedger", body)
    assert answer["breaks"] == []
    assert answer["isIntact"]


def check_in(member: Member) -> tuple[float, str | None]:
    body = {"userId": member.user_id, "storeId": member.merchant.store_id}
    (earned,) = member.api.ok("checkIn", body)["earned"]
    return earned["points"], earned["reason"]


def test_check_ins_and_vouchers_are_not_farmed_by_being_erased(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", rewards=[VOUCHER])
    friend = member.other("friend")
    friend.enroll()
    assert check_in(member) == (5, None)
    assert buy(member).status == 200

    for _ in range(2):
        frozen_clock.advance(seconds=1)
        return_anew(member)
        assert check_in(member) == (0, "per_day")
        member.earn(5)
        with nothing_written():
            assert buy(member).error == "REWARD_LIMIT_REACHED"

    assert check_in(friend) == (5, None)
    assert buy(friend).status == 200
    assert_intact(member)
    frozen_clock.advance(days=1)
    assert check_in(member) == (5, None)
    assert buy(member).error == "REWARD_LIMIT_REACHED"
    return_anew(member)
    assert check_in(member) == (0, "per_day")


def test_receipts_days_and_campaigns_go_on_where_they_were(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    limits = {"maxPerDay": 300, "whenExceeded": "truncate"}
    member = merchant.member("points", receiptClaims={"perDay": 1}, earningLimits=limits)
    campaign = {"programId": member.program_id, "name": "Aktion", "limitPerMember": 1, "bonus": 7}
    assert merchant.api("createCampaign", campaign).status == 200
    assert claim(member, make_claim(merchant, transaction_id="a")["code"]).status == 200
    before = stored.membership(member).counted

    return_anew(member)

    assert stored.membership(member).counted == before
    code = make_claim(merchant, transaction_id="b")["code"]
    with nothing_written():
        refused = claim(member, code)
    assert refused.error == "RECEIPT_LIMIT_REACHED"
    earned = member.add(purchaseAmount=100).body["pointsAdded"]
    assert earned == 300 - before.units_in(before.periods[0].period) < 15
    assert before.times_of_campaign(before.campaigns[0].name) == 1
    assert stored.membership(member).counted.campaigns == before.campaigns


def test_what_is_owed_is_owed_for_good(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points", refundPolicy="unlimited")
    member.add(purchaseAmount=10, transactionId="t1")
    member.redeem(80)
    body = {**member.ids, "transactionId": "t1", "refundId": "r1"}
    assert merchant.api.ok("reverseLoyaltyTransaction", body)["newBalance"] == -80

    return_anew(member)
    assert member.balance()["currentBalance"] == -80
    member.earn(30)
    frozen_clock.advance(seconds=1)
    return_anew(member)

    assert member.balance()["currentBalance"] == -50
    assert [(each.units, each.description) for each in stored.entries(member)] == [
        (-50, "Owed from before")
    ]
    stored.assert_sound(member, is_overdrawn=True)
    assert member.earn(60)["newBalance"] == 10
    frozen_clock.advance(seconds=1)
    assert stored.membership(return_anew(member)).deficit_units == 0
    assert_intact(member)


@pytest.mark.parametrize("way", ["mail", "phone", "import", "sync"])
def test_whoever_comes_back_by_anything_has_the_limits_of_before(
    merchant: Merchant, way: str
) -> None:
    member = merchant.member("points", rewards=[VOUCHER])
    known = {"email": "max@example.com", "phone": "+4915112345678"}
    merchant.api.ok("updateMember", {"userId": member.user_id, **known})
    member.earn(10)
    assert buy(member).status == 200
    merchant.api.ok("eraseMember", {"userId": member.user_id})
    back = member if way == "sync" else member.other("by_" + way)

    if way == "sync":
        back.sync("add", 5)
    elif way == "import":
        rows = [{"userId": back.user_id, "email": known["email"], "points": 5}]
        merchant.api.ok("importMembers", {"programId": back.program_id, "rows": rows})
    else:
        name = "email" if way == "mail" else "phone"
        merchant.api.ok("createMember", {"userId": back.user_id, name: known[name]})
        back.enroll()
        back.earn(5)

    with nothing_written():
        assert buy(back).error == "REWARD_LIMIT_REACHED"


def test_a_mark_holds_a_year_and_one_from_before_still_counts(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    member = merchant.member("points", rewards=[VOUCHER], welcomeBonus=20)
    assert buy(member).status == 200
    merchant.api.ok("eraseMember", {"userId": member.user_id})
    _forget_in_programs(merchant)

    assert member.enroll()["welcomeBonus"] == 0

    member.earn(5)
    assert buy(member).status == 200
    merchant.api.ok("eraseMember", {"userId": member.user_id})
    frozen_clock.advance(days=REMEMBERED.days)
    assert member.enroll()["welcomeBonus"] == 20
    assert buy(member).status == 200


def _forget_in_programs(merchant: Merchant) -> None:
    """Leave only what earlier versions wrote."""
    for page in client.pages(f"{paths.account(merchant.account_id)}/erasedMarks"):
        for read in page:
            mark = erased_mark_documents.decode(read)
            assert mark is not None
            if mark.counters is not None:
                client.commit([client.Delete(read)])


def test_events_of_each_life_are_told_once(
    frozen_clock: Clock, merchant: Merchant, pipeline: Pipeline
) -> None:
    member = merchant.member("points")

    def live() -> None:
        member.earn(3, transactionId="t1")
        for _ in range(2):  # Triggers run at least once.
            pipeline.fired.clear()
            pipeline.fire(merchant)

    live()
    for _ in range(2):
        frozen_clock.advance(minutes=30)
        return_anew(member)
        live()

    assert len(stored.events(merchant.store_id, "loyalty.points_earned")) == 3
    assert len(stored.events(merchant.store_id, "loyalty.enrollment")) == 3
    frozen_clock.advance(hours=1)
    assert_intact(member)


@pytest.mark.parametrize("is_known", [False, True], ids=["of-nobody", "who-came-back"])
def test_what_is_owed_is_no_less_by_a_merge_into_an_erased_id(
    frozen_clock: Clock, merchant: Merchant, *, is_known: bool
) -> None:
    member = merchant.member("points", refundPolicy="unlimited", rewards=[VOUCHER])
    member.earn(5)
    assert buy(member).status == 200
    frozen_clock.advance(seconds=1)
    member.add(purchaseAmount=10, transactionId="t1")
    member.redeem(80)
    merchant.api.ok("updateMember", {"userId": member.user_id, "email": "anna@example.com"})
    merchant.api.ok(
        "reverseLoyaltyTransaction", {**member.ids, "transactionId": "t1", "refundId": "r1"}
    )
    merchant.api.ok("eraseMember", {"userId": member.user_id})
    frozen_clock.advance(seconds=1)
    till = member.other("till-7")
    email = {"email": "anna@example.com"} if is_known else {}
    merchant.api.ok("createMember", {"userId": till.user_id, "lastName": "Ott", **email})
    till.enroll()
    till.earn(100)
    merchant.api.ok("createMember", {"userId": member.user_id})

    merged = merchant.api.ok(
        "mergeMembers", {"fromUserId": till.user_id, "intoUserId": member.user_id}
    )

    assert merged["success"]
    assert member.balance()["currentBalance"] == 20
    assert buy(member).error == "REWARD_LIMIT_REACHED"
    assert stored.membership(member).came_back_at is not None
    assert_intact(member)
