"""exportConfiguration: all that a merchant sets, nothing of members, no ids of the store."""

from __future__ import annotations

import json
from collections.abc import Callable

from functions.beep.loyalty import create_campaign, create_loyalty_program, update_loyalty_program
from functions.beep.rewards import create_reward
from shared.schemas.loyalty.campaign_bodies import NewCampaignBody
from shared.schemas.loyalty.configuration_bodies import ConfiguredProgramBody
from shared.schemas.loyalty.reward_bodies import RewardBody
from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written

ACTION = "exportConfiguration"


def test_has_every_field_that_can_be_set() -> None:
    program = set(ConfiguredProgramBody.model_fields) - {"campaigns"}
    names = {"program_id", "store_id"}

    assert set(create_loyalty_program.Request.model_fields) - names == program
    assert set(update_loyalty_program.Request.model_fields) - names == program - {"program_type"}
    assert set(create_campaign.Request.model_fields) - names == set(NewCampaignBody.model_fields)
    assert set(create_reward.Request.model_fields) - names == set(RewardBody.model_fields)


def test_tells_nothing_of_members_and_the_account(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member(
        "points",
        balance=100,
        rewards=[
            {"rewardId": "mug", "title": "Tasse", "type": "mug", "requiredPoints": 5, "stock": 3}
        ],
    )
    store_ids = [merchant.store_id]
    reward = {"rewardId": "mug", "storeIds": store_ids}
    merchant.api.ok("updateReward", {"programId": member.program_id, **reward})
    merchant.api.ok("redeemLoyaltyPoints", {**member.ids, "rewardId": "mug", "points": 5})
    past = {"name": "Vorbei", "bonus": 1, "endsAt": "2026-03-04T00:00:00Z"}
    for campaign in (past, {"name": "Doppelt", "multiplier": 2}):
        merchant.api.ok("createCampaign", {"programId": member.program_id, **campaign})
    frozen_clock.advance(days=7)

    with nothing_written():
        answer = merchant.api.get(ACTION, {"storeId": merchant.store_id})

    configuration = answer.body["configuration"]
    (program,) = configuration["programs"]
    assert answer.status == 200
    assert (configuration["version"], configuration["currency"]) == (1, "EUR")
    assert answer.body["leftOut"] == ["programs[0].rewards[0].storeIds"]
    assert [(each["rewardId"], each["stock"]) for each in program["rewards"]] == [("mug", 3)]
    assert [each["name"] for each in program["campaigns"]] == ["Doppelt"]
    text = json.dumps(configuration)
    for secret in (merchant.account_id, merchant.store_id, member.program_id, member.user_id):
        assert secret not in text


def test_another_accounts_store_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    answer = merchant.api.get(ACTION, {"storeId": new_merchant().store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND")
