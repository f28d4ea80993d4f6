"""purchaseCount of addLoyaltyPoints: stamps for purchases of which nobody tells what was paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from tests.conftest import Clock
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.staff import hired

ACTION = "addLoyaltyPoints"
CARD = {"requiredStamps": 10, "stampsPerPurchase": 1}


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member with an empty stamp card."""
    return merchant.member("stamps", rules=CARD)


def count(member: Member, purchases: object, **fields: Any) -> dict[str, Any]:
    """Return the answer to so many purchases."""
    answer = member.add(purchaseCount=purchases, **fields)
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    stored.assert_sound(member)
    return body


def test_each_purchase_gives_its_stamps(merchant: Merchant) -> None:
    member = merchant.member("stamps", rules={"requiredStamps": 10, "stampsPerPurchase": 2})

    one, three = count(member, 1), count(member, 3)

    assert (one["pointsAdded"], three["pointsAdded"], three["newBalance"]) == (2, 6, 8)
    assert three["madeOf"] == {
        "rule": "stampsPerPurchase",
        "base": None,
        "basePoints": 6,
        "tierMultiplier": 1,
        "campaigns": [],
    }
    (last, _) = member.api.ok("getLoyaltyTransactions", member.ids)["transactions"]
    assert (last["earningMethod"], last["purchaseAmount"]) == ("purchase", None)
    assert member.balance()["currentBalance"] == 8


def test_it_is_booked_once(member: Member) -> None:
    first = count(member, 2, transactionId="tap-1")
    with nothing_written():
        again = member.add(purchaseCount=2, transactionId="tap-1")
        other = member.add(purchaseCount=3, transactionId="tap-1")

    assert (again.body, again.is_replay) == (first, True)
    assert (other.status, other.error) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert member.balance()["currentBalance"] == 2


@pytest.mark.usefixtures("persons")
def test_a_cashier_gives_stamps_without_an_amount_and_takes_them_back(member: Member) -> None:
    cashier = hired(member.merchant, "cashier", "uid_cashier")

    booked = cashier.ok(ACTION, {**member.ids, "purchaseCount": 3, "transactionId": "tap-1"})
    undo = {**member.ids, "entryId": booked["entryId"], "refundId": "oops"}
    undone = cashier.ok("reverseLoyaltyTransaction", undo)

    assert (booked["newBalance"], undone["pointsReversed"], undone["newBalance"]) == (3, 3, 0)
    assert [each.staff_id for each in stored.entries(member)] == ["uid_cashier"] * 2
    stored.assert_sound(member)


@pytest.mark.usefixtures("persons")
def test_a_cashier_gives_none_to_themselves_and_names_none_by_hand(member: Member) -> None:
    cashier = hired(member.merchant, "cashier", member.user_id)
    other = member.other("user_2")
    other.enroll()

    with nothing_written():
        own = cashier(ACTION, {**member.ids, "purchaseCount": 1})
        by_hand = cashier(ACTION, {**other.ids, "points": 1})

    assert_refused(own, 403, "OWN_MEMBERSHIP")
    problem = "is not for cashiers: send purchaseAmount, purchaseLines or purchaseCount"
    assert_fields_refused(by_hand, {"points": problem})


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("program_type", ["points", "cashback", "tier"])
def test_other_rules_need_the_amount(merchant: Merchant, program_type: str) -> None:
    member = merchant.member(program_type)
    cashier = hired(merchant, "cashier", "uid_cashier")
    problem = "is for stamp cards: the rules of this program need purchaseAmount"

    with nothing_written():
        refused = cashier(ACTION, {**member.ids, "purchaseCount": 1})

    assert_fields_refused(refused, {"purchaseCount": problem})


@pytest.mark.parametrize(
    ("purchases", "problem"),
    [
        (0, "must be at least 1"),
        (21, "must be at most 20"),
        (-1, "must be at least 1"),
        (1.5, "must be a whole number"),
    ],
)
def test_refuses_a_number(member: Member, purchases: object, problem: str) -> None:
    with nothing_written():
        refused = member.add(purchaseCount=purchases)

    assert_fields_refused(refused, {"purchaseCount": problem})


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"purchaseAmount": 5}, "takes one of purchaseAmount, purchaseLines and purchaseCount"),
        (
            {"purchaseLines": [{"amount": 5}]},
            "takes one of purchaseAmount, purchaseLines and purchaseCount",
        ),
        ({"points": 5}, "takes points or purchaseCount, not both"),
    ],
)
def test_refuses_it_beside_another(member: Member, fields: dict[str, Any], problem: str) -> None:
    with nothing_written():
        refused = member.add(purchaseCount=1, **fields)

    assert_fields_refused(refused, {"body": problem})


@pytest.mark.usefixtures("frozen_clock")
def test_the_limits_of_the_program_hold(merchant: Merchant) -> None:
    limits = {"maxPerBooking": 2, "maxPerDay": 3}
    member = merchant.member("stamps", rules=CARD, earningLimits=limits)

    booked = [count(member, 5) for _ in range(3)]

    assert [(each["pointsAdded"], each["cappedBy"]) for each in booked] == [
        (2, "maxPerBooking"),
        (1, "maxPerDay"),
        (0, "maxPerDay"),
    ]
    assert (booked[2]["entryId"], booked[2]["reason"]) == (None, "limit_reached")


@pytest.mark.parametrize(
    ("campaign", "stamps"),
    [
        ({"multiplier": 2}, 6),
        ({"bonus": 1}, 4),
        ({"bonus": 1, "minimumSpend": 5}, 3),
        ({"multiplier": 3, "firstPurchaseOnly": True}, 5),
        ({"multiplier": 3, "limitPerMember": 2}, 5),
        ({"multiplier": 3, "limitTotal": 2}, 5),
        ({"multiplier": 2, "minimumSpend": 5}, 3),
        ({"multiplier": 2, "categories": ["coffee"]}, 3),
    ],
)
def test_campaigns_multiply_each_and_give_a_bonus_once(
    member: Member, campaign: dict[str, Any], stamps: int
) -> None:
    program = {"programId": member.program_id, "name": "Aktion"}
    member.api.ok("createCampaign", {**program, **campaign})

    assert count(member, 3)["pointsAdded"] == stamps


@pytest.mark.parametrize(
    "limits", [{"firstPurchaseOnly": True}, {"limitPerMember": 1}, {"limitTotal": 1}]
)
def test_a_campaign_that_is_had_once_gives_no_more_for_many_at_once(
    merchant: Merchant, limits: dict[str, Any]
) -> None:
    def earned(purchases: list[int]) -> int:
        member = merchant.member("stamps", rules=CARD)
        campaign = {"programId": member.program_id, "name": "Aktion", "multiplier": 3, **limits}
        member.api.ok("createCampaign", campaign)
        return sum(count(member, each)["pointsAdded"] for each in purchases)

    assert earned([5]) == earned([1] * 5) == 7


def test_it_is_a_purchase_for_what_is_for_the_first_one(member: Member) -> None:
    program = {"programId": member.program_id, "name": "Willkommen"}
    member.api.ok("createCampaign", {**program, "bonus": 2, "firstPurchaseOnly": True})

    assert [count(member, 1)["pointsAdded"] for _ in range(2)] == [3, 1]


def test_it_waits_for_returns_as_other_purchases(merchant: Merchant, frozen_clock: Clock) -> None:
    member = merchant.member("stamps", rules=CARD, pendingDays=14)

    booked = count(member, 2)
    frozen_clock.advance(days=15, hours=1)

    assert (booked["pointsAdded"], booked["pointsPending"]) == (0, 2)
    assert member.balance()["currentBalance"] == 2


@pytest.mark.parametrize(("minimum", "decides"), [(0, True), (5, False)])
def test_a_friend_has_bought_if_no_amount_is_asked_for(
    merchant: Merchant, minimum: int, decides: bool
) -> None:
    terms = {"referrerPoints": 2, "newMemberPoints": 1, "coolOffDays": 0}
    referral = {**terms, "minimumPurchase": minimum}
    member = merchant.member("stamps", rules=CARD, referral=referral)
    code = member.api.ok("getReferralCode", member.ids)["code"]
    friend = member.other("friend")
    member.api.ok("enrollInLoyaltyProgram", {**friend.ids, "referralCode": code})

    count(friend, 1)

    referred = stored.membership(friend).referral
    assert referred is not None
    assert (referred.purchase is not None) is decides


def test_nothing_of_an_amount_comes_back(member: Member) -> None:
    entry_id = count(member, 3)["entryId"]
    returned = {**member.ids, "entryId": entry_id}

    with nothing_written():
        by_amount = member.api(
            "reverseLoyaltyTransaction", {**returned, "refundId": "r-1", "amount": 2}
        )
    one = member.api.ok("reverseLoyaltyTransaction", {**returned, "refundId": "r-2", "points": 1})

    assert_fields_refused(by_amount, {"amount": "needs points of a purchase: send points"})
    assert one["newBalance"] == 2


def test_a_till_tells_of_it_later(merchant: Merchant, frozen_clock: Clock) -> None:
    member = merchant.member("stamps", rules=CARD, earningLimits={"maxPerDay": 1})
    yesterday = clock.to_wire(frozen_clock.now - timedelta(days=1))

    assert count(member, 1)["pointsAdded"] == 1
    assert count(member, 1, occurredAt=yesterday)["pointsAdded"] == 1


def test_it_can_be_computed_before(member: Member) -> None:
    body = {**member.ids, "purchaseCount": 4}

    with nothing_written():
        computed = member.api.ok("calculateLoyaltyPoints", body)
        both = member.api("calculateLoyaltyPoints", {**body, "purchaseAmount": 5})

    booked = count(member, 4)
    assert (computed["points"], computed["madeOf"]) == (4, booked["madeOf"])
    problem = "needs one of purchaseAmount, purchaseLines and purchaseCount"
    assert_fields_refused(both, {"body": problem})


def test_the_sandbox_counts_stamps(merchant: Merchant) -> None:
    body = {"programId": "lp_abc123", "userId": "user_xyz", "purchaseCount": 2}

    with nothing_written():
        answer = merchant.sandbox.ok(ACTION, body)

    assert (answer["pointsAdded"], answer["newBalance"]) == (2, 144)
