"""listCampaigns: newest first, page by page."""

from __future__ import annotations

from tests.conftest import Clock
from tests.functions.beep.loyalty.test_update_campaign import campaign
from tests.support.merchants import Merchant

ACTION = "listCampaigns"


def test_lists_pages_newest_first(frozen_clock: Clock, merchant: Merchant) -> None:
    member = merchant.member("points")
    made = []
    for _ in range(3):
        made.append(campaign(member, bonus=5)["campaignId"])
        frozen_clock.advance(seconds=1)
    body = {"programId": member.program_id, "limit": 2}

    first = merchant.api.ok(ACTION, body)
    last = merchant.api.ok(ACTION, {**body, "cursor": first["nextCursor"]})

    found = [each["campaignId"] for page in (first, last) for each in page["campaigns"]]
    assert found == made[::-1]
    assert last["nextCursor"] is None


def test_refuses_an_unknown_program(merchant: Merchant) -> None:
    answer = merchant.api(ACTION, {"programId": "lp_x"})

    assert (answer.status, answer.error) == (404, "PROGRAM_NOT_FOUND")
