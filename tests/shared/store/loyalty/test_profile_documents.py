"""Profiles of stores: written with the store and its programs, and nothing else is in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.loyalty.store_profiles import TEXT_CHARS_MAX
from shared.services.accounts import administration
from shared.services.accounts.administration import Refused
from shared.store import client, paths
from shared.store.client import Remove
from shared.store.loyalty import profile_documents
from tests.support.merchants import RULES, Merchant
from tests.support.refusals import nothing_written

PUBLIC = {"storeId", "name", "logo", "address", "timeZone", "currency", "cards"}
ON_CARD = {
    "programId",
    "programName",
    "programType",
    "description",
    "rules",
    "rewards",
    "branding",
    "campaigns",
    "earningMethods",
    "welcomeBonus",
    "currency",
    "createdAt",
    "takesReceipts",
    "referral",
}
OF_REWARD = {
    "rewardId",
    "title",
    "type",
    "description",
    "requiredPoints",
    "requiredTier",
    "percentage",
    "amount",
    "validFrom",
    "validUntil",
    "isForShop",
}
OF_CAMPAIGN = {
    "campaignId",
    "name",
    "startsAt",
    "endsAt",
    "happyHours",
    "multiplier",
    "bonus",
    "minimumSpend",
    "tiers",
    "isForFirstPurchase",
    "isForSomeGoods",
}
REWARD = {
    "rewardId": "coffee",
    "title": "Coffee",
    "type": "free_product",
    "productId": "sku_secret",
    "requiredPoints": 80,
    "stock": 7,
}


def stored(merchant: Merchant) -> Mapping[str, Any]:
    data = client.get_one(paths.store_profile(merchant.store_id)).data
    assert data is not None
    return data


def card_of(merchant: Merchant, program_id: str) -> Mapping[str, Any]:
    card: Mapping[str, Any] = stored(merchant)["cards"][program_id]
    return card


@pytest.mark.parametrize("program_type", RULES)
def test_holds_only_what_may_be_public(merchant: Merchant, program_type: str) -> None:
    program_id = merchant.program(program_type, rewards=[REWARD], welcomeBonus=1)
    campaign = {
        "programId": program_id,
        "name": "Double",
        "startsAt": "2026-01-01T00:00:00Z",
        "multiplier": 2,
        "categories": ["secret plans"],
        "limitPerMember": 3,
        "limitTotal": 1000,
    }
    merchant.api.ok("createCampaign", campaign)

    card = card_of(merchant, program_id)
    assert set(stored(merchant)) == PUBLIC
    assert set(card) == ON_CARD
    assert [set(each) for each in card["rewards"]] == [OF_REWARD]
    assert [set(each) for each in card["campaigns"]] == [OF_CAMPAIGN]
    assert card["campaigns"][0]["isForSomeGoods"] is True
    program = client.get_one(paths.program(program_id)).data
    assert program is not None
    assert card["rules"] == program["rules"]


def test_follows_each_change_of_a_program(merchant: Merchant) -> None:
    first, second = merchant.program(), merchant.program("stamps")
    other = card_of(merchant, second)
    merchant.api.ok("updateLoyaltyProgram", {"programId": first, "programName": "New"})
    assert card_of(merchant, first)["programName"] == "New"
    merchant.api.ok("createReward", {"programId": first, **REWARD})
    assert [each["rewardId"] for each in card_of(merchant, first)["rewards"]] == ["coffee"]
    merchant.api.ok("archiveReward", {"programId": first, "rewardId": "coffee"})
    assert card_of(merchant, first)["rewards"] == []
    assert card_of(merchant, second) == other


def test_says_what_members_can_do_with_a_program(merchant: Merchant) -> None:
    program_id = merchant.program()
    card = card_of(merchant, program_id)
    assert (card["takesReceipts"], card["referral"]) == (False, None)

    referral = {"referrerPoints": 75, "newMemberPoints": 25, "limitPerYear": 3}
    changes = {"receiptClaims": {"perDay": 3, "withinDays": 14}, "referral": referral}
    merchant.api.ok("updateLoyaltyProgram", {"programId": program_id, **changes})

    card = card_of(merchant, program_id)
    assert card["takesReceipts"] is True
    assert card["referral"] == {
        "referrerPoints": "75",
        "newMemberPoints": "25",
        "minimumPurchase": "0",
    }


@pytest.mark.parametrize(
    ("program_type", "brings", "names"),
    [
        ("points", 5, True),
        ("points", 0, False),
        ("points", None, True),
        ("stamps", 0, False),
        ("cashback", None, False),
        ("cashback", 0.5, True),
    ],
)
def test_names_check_ins_where_a_visit_brings_something(
    merchant: Merchant, program_type: str, brings: float | None, names: bool
) -> None:
    usual: Any = RULES[program_type]
    rules = {key: each for key, each in usual.items() if key != "pointsPerCheckin"}
    rules |= {} if brings is None else {"pointsPerCheckin": brings}
    methods = ["qr_checkin", "store_checkin", "scan_and_go"]

    program_id = merchant.program(program_type, rules=rules, earningMethods=methods)

    expected = methods if names else ["scan_and_go"]
    assert card_of(merchant, program_id)["earningMethods"] == expected


def test_shows_no_program_that_is_not_active(merchant: Merchant) -> None:
    hidden, program_id = merchant.program(isActive=False), merchant.program()
    assert [*stored(merchant)["cards"]] == [program_id]

    merchant.api.ok("updateLoyaltyProgram", {"programId": program_id, "isActive": False})
    assert stored(merchant).get("cards", {}) == {}
    merchant.api.ok("updateLoyaltyProgram", {"programId": hidden, "isActive": True})
    assert [*stored(merchant)["cards"]] == [hidden]


def test_shows_rewards_that_are_offered(merchant: Merchant) -> None:
    program_id = merchant.program(rewards=[REWARD, {**REWARD, "rewardId": "no", "isActive": False}])

    assert [each["rewardId"] for each in card_of(merchant, program_id)["rewards"]] == ["coffee"]


def test_long_texts_are_cut(merchant: Merchant) -> None:
    program_id = merchant.program(description="a" * 500)

    text = card_of(merchant, program_id)["description"]
    assert text == "a" * (TEXT_CHARS_MAX - 1) + "…"


def test_is_written_anew_for_a_store_from_before(merchant: Merchant) -> None:
    program_id = merchant.program()
    before = stored(merchant)
    client.commit([Remove(paths.store_profile(merchant.store_id))])

    administration.write_profile(merchant.store_id)

    assert stored(merchant) == before
    found = profile_documents.find(merchant.store_id)
    assert found is not None
    assert found.cards[program_id].program_id == program_id


def test_is_written_for_no_store_that_there_is_not() -> None:
    with nothing_written(), pytest.raises(Refused):
        administration.write_profile("store_nowhere")
