"""updateCampaign: what is named changes; what is bought from then on earns by it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, nothing_written

ACTION = "updateCampaign"


@pytest.fixture
def member(merchant: Merchant) -> Member:
    return merchant.member("points", rules={"pointsPerEuro": 1})


def campaign(member: Member, **fields: Any) -> dict[str, str]:
    """Create a campaign; return the ids that name it."""
    body = {"programId": member.program_id, "name": "Aktion", **fields}
    made = member.api.ok("createCampaign", body)["campaign"]
    return {"programId": member.program_id, "campaignId": made["campaignId"]}


def update(member: Member, ids: dict[str, str], **fields: Any) -> Answer:
    return member.api(ACTION, {**ids, **fields})


def test_changes_what_is_named(member: Member) -> None:
    ids = campaign(member, bonus=5, limitPerMember=3, categories=["coffee"])

    body = update(member, ids, bonus=7, limitPerMember=None, categories=[], name=None).body

    changed = body["campaign"]
    assert (changed["bonus"], changed["limitPerMember"], changed["categories"]) == (7, None, [])
    assert changed["name"] == "Aktion"
    assert member.api.ok("getCampaign", ids)["campaign"] == changed
    assert member.add(purchaseAmount=10).body["pointsAdded"] == 17


def test_a_bonus_may_become_a_multiplier(member: Member) -> None:
    ids = campaign(member, bonus=5)

    assert update(member, ids, bonus=None, multiplier=2).status == 200
    assert member.add(purchaseAmount=10).body["pointsAdded"] == 20


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"bonus": None}, {"multiplier": "or bonus must be given, and not both"}),
        ({"multiplier": 2}, {"multiplier": "or bonus must be given, and not both"}),
        ({"limitTotal": 9}, {"limitTotal": "cannot be lowered; endCampaign ends it at once"}),
        ({"endsAt": "2020-01-01T00:00:00Z"}, {"endsAt": "must be after startsAt"}),
    ],
)
def test_refuses_a_change(member: Member, fields: dict[str, Any], problems: dict[str, str]) -> None:
    ids = campaign(member, bonus=5, limitTotal=10)
    with nothing_written():
        answer = update(member, ids, **fields)

    assert_fields_refused(answer, problems)


def test_refuses_one_that_has_ended(member: Member) -> None:
    ids = campaign(member, bonus=5)
    member.api.ok("endCampaign", ids)
    with nothing_written():
        answer = update(member, ids, bonus=7)

    problem = "names a campaign that has ended; create another one"
    assert_fields_refused(answer, {"campaignId": problem})


def test_refuses_an_unknown_one(member: Member) -> None:
    with nothing_written():
        answer = update(member, {"programId": member.program_id, "campaignId": "cmp_x"}, bonus=1)

    assert (answer.status, answer.error) == (404, "CAMPAIGN_NOT_FOUND")
