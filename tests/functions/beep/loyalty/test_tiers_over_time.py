"""Tiers that are lost, as tills, apps and webhooks see it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support import stored
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, nothing_written

POLICY = {"basis": "rolling_12_months", "downgrade": "one", "graceDays": 30, "alertDays": 14}
TIERS = [
    {"name": "Bronze", "minPoints": 0},
    {"name": "Silber", "minPoints": 500, "color": "#C0C0C0", "neverDowngrade": True},
    {"name": "Gold", "minPoints": 1500, "multiplier": 2, "benefits": ["Gratis Versand"]},
]
RULES = {"pointsPerEuro": 1, "tiers": TIERS}
# March 2026 counts to the end of March 2027, and then there are 30 days.
FALLS_AT = datetime(2027, 4, 30, 22, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


@pytest.fixture
def gold(frozen_clock: Clock, merchant: Merchant) -> Member:
    """A member who got gold on 3 March 2026, and nothing since."""
    return merchant.member("tier", balance=1_600, rules=RULES, tierPolicy=POLICY)


def tier_of(member: Member) -> dict[str, Any]:
    names = ("currentTier", "pointsToFallDown", "tierValidUntil", "pointsToKeepTier")
    balance = member.balance()
    return {name: balance[name] for name in names}


def told(merchant: Merchant, event_type: str) -> list[dict[str, Any]]:
    every = (json.loads(each["payload"]) for each in events_of(merchant))
    return [each["data"] for each in every if each["type"] == event_type]


def test_a_purchase_a_moment_after_the_fall_earns_by_the_lower_tier(
    frozen_clock: Clock, gold: Member
) -> None:
    assert tier_of(gold) == {
        "currentTier": "Gold",
        "pointsToFallDown": 101,
        "tierValidUntil": "2027-04-30T22:00:00.000Z",
        "pointsToKeepTier": 1_500,
    }
    frozen_clock.now = FALLS_AT - TICK
    assert gold.add(purchaseAmount=10, transactionId="t1").body["pointsAdded"] == 20
    frozen_clock.now = FALLS_AT
    with nothing_written():
        assert tier_of(gold) == {
            "currentTier": "Silber",
            "pointsToFallDown": None,
            "tierValidUntil": None,
            "pointsToKeepTier": None,
        }

    answer = gold.add(purchaseAmount=10, transactionId="t2").body

    assert (answer["pointsAdded"], answer["currentTier"]) == (10, "Silber")
    assert stored.units(gold) == [1_600, 20, 0, 10]
    stored.assert_sound(gold)
    (_, fall, *_) = gold.api.ok("getLoyaltyTransactions", {**gold.ids, "limit": 3})["transactions"]
    assert (fall["type"], fall["points"], fall["balanceAfter"]) == ("tier", 0, 1_620)


@pytest.mark.usefixtures("own_database")
def test_the_calendar_warns_once_and_takes_the_tier_at_its_moment(
    frozen_clock: Clock, pipeline: Pipeline, gold: Member
) -> None:
    pipeline.fire(gold.merchant)
    for now in (FALLS_AT - timedelta(days=14), FALLS_AT - TICK, FALLS_AT, FALLS_AT + TICK):
        frozen_clock.now = now
        pipeline.run_calendar()
        pipeline.fire(gold.merchant)

    assert told(gold.merchant, "loyalty.tier_expiring") == [
        {
            **gold.ids,
            "currentTier": "Gold",
            "tierValidUntil": "2027-04-30T22:00:00.000Z",
            "pointsToKeepTier": 1_500,
        }
    ]
    assert told(gold.merchant, "loyalty.tier_changed")[1:] == [
        {
            **gold.ids,
            "sequence": 2,
            "previousTier": "Gold",
            "newTier": "Silber",
            "totalEarned": 1_600,
            "direction": "down",
            "reason": "time",
        }
    ]
    mirror = stored.document(f"stores/{gold.merchant.store_id}/loyaltyMembers/{gold.membership_id}")
    assert mirror is not None
    assert (mirror["tier"], mirror["tierValidUntil"]) == ("Silber", None)
    stored.assert_sound(gold)


@pytest.mark.usefixtures("frozen_clock")
def test_a_policy_is_merged_shown_and_removed(merchant: Merchant) -> None:
    program_id = merchant.program("tier", rules=RULES)

    def policy_after(**fields: Any) -> Any:
        changes = {"programId": program_id, **fields}
        assert merchant.api("updateLoyaltyProgram", changes).status == 200
        program = merchant.api.ok("getLoyaltyProgram", {"programId": program_id})
        assert program["rules"]["tiers"] == TIERS
        return program["tierPolicy"]

    usual = {"basis": "lifetime", "downgrade": "none", "graceDays": 0}
    usual |= {"toEndOfMonth": False, "alertDays": 30}
    assert policy_after(isActive=True) is None
    assert policy_after(tierPolicy={}) == usual
    assert policy_after(tierPolicy={"basis": "balance"}) == usual | {"basis": "balance"}
    assert policy_after(tierPolicy={"graceDays": 7})["basis"] == "balance"
    assert policy_after(tierPolicy=None) is None


@pytest.mark.usefixtures("frozen_clock")
def test_a_policy_is_for_tier_programs(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    with nothing_written():
        refused = merchant.api(
            "updateLoyaltyProgram", {"programId": program_id, "tierPolicy": POLICY}
        )
        unknown = merchant.api(
            "updateLoyaltyProgram", {"programId": program_id, "tierPolicy": {"basis": "moon"}}
        )
    assert_fields_refused(refused, {"tierPolicy": "is for tier programs"})
    assert unknown.status == 400
    assert unknown.body["details"]["fields"].keys() == {"tierPolicy.basis"}
