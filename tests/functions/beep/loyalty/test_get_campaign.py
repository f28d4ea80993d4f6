"""getCampaign: a campaign of one's own program."""

from __future__ import annotations

from collections.abc import Callable

from tests.functions.beep.loyalty.test_update_campaign import campaign
from tests.support.merchants import Merchant

ACTION = "getCampaign"


def test_shows_a_campaign_and_how_often_it_was_had(merchant: Merchant) -> None:
    member = merchant.member("points")
    ids = campaign(member, bonus=5, limitTotal=3)
    member.add(purchaseAmount=10)

    body = merchant.api.ok(ACTION, ids)

    assert body["timesUsed"] == 1
    assert (body["campaign"]["bonus"], body["campaign"]["status"]) == (5, "running")


def test_refuses_an_unknown_one_and_one_of_another_account(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    member = merchant.member("points")
    ids = campaign(member, bonus=5)

    unknown = merchant.api(ACTION, {**ids, "campaignId": "cmp_x"})
    foreign = new_merchant().api(ACTION, ids)

    assert (unknown.status, unknown.error) == (404, "CAMPAIGN_NOT_FOUND")
    assert (foreign.status, foreign.error) == (404, "PROGRAM_NOT_FOUND")
