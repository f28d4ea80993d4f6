"""endCampaign: nothing more is granted by it; what it has granted stays."""

from __future__ import annotations

from tests.functions.beep.loyalty.test_update_campaign import campaign
from tests.support import stored
from tests.support.merchants import Merchant
from tests.support.refusals import nothing_written

ACTION = "endCampaign"


def test_ends_a_campaign_once(merchant: Merchant) -> None:
    member = merchant.member("points", rules={"pointsPerEuro": 1})
    ids = campaign(member, bonus=5)
    member.add(purchaseAmount=10)

    ended = member.api.ok(ACTION, ids)
    member.add(purchaseAmount=10)
    with nothing_written():
        again = member.api.ok(ACTION, ids)

    assert ended["campaign"]["status"] == "ended"
    assert again == ended
    assert stored.units(member) == [15, 10]
    listed = member.api.ok("listCampaigns", {"programId": member.program_id})
    assert listed["campaigns"] == [ended["campaign"]]


def test_refuses_an_unknown_one(merchant: Merchant) -> None:
    program_id = merchant.program()
    with nothing_written():
        answer = merchant.api(ACTION, {"programId": program_id, "campaignId": "cmp_x"})

    assert (answer.status, answer.error) == (404, "CAMPAIGN_NOT_FOUND")
