"""Recalculations of tiers: first who would move, then everybody once, whatever dies on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.services.loyalty import tier_recalculations
from shared.store import client
from tests.conftest import Clock
from tests.support import stored
from tests.support.dying import dying_after
from tests.support.events import Pipeline, events_of
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written

TIERS = [{"name": "Bronze", "minPoints": 0}, {"name": "Silber", "minPoints": 500}]
RAISED = [*TIERS[:1], {"name": "Silber", "minPoints": 800}]


@pytest.fixture
def members(frozen_clock: Clock, merchant: Merchant) -> list[Member]:
    """Five members, of whom three are Silber, with 500, 700 and 900 points: two too few now."""
    rules = {"pointsPerEuro": 1, "tiers": TIERS}
    first = merchant.member("tier", rules=rules)
    found = [first, *(first.other(f"user_{number}") for number in range(2, 6))]
    for number, each in enumerate(found):
        each.enroll()
        each.earn(100 + 200 * number)
    merchant.api.ok(
        "updateLoyaltyProgram", {"programId": first.program_id, "rules": {"tiers": RAISED}}
    )
    return found


def begun(member: Member, *, is_dry: bool = False) -> str:
    body = {"programId": member.program_id, "dryRun": is_dry}
    recalculation_id: str = member.api.ok("recalculateTiers", body)["recalculationId"]
    return recalculation_id


def shown(member: Member, recalculation_id: str) -> dict[str, Any]:
    return member.api.ok("getTierRecalculation", {"recalculationId": recalculation_id})


def tiers_of(members: list[Member]) -> list[str]:
    return [each.balance()["currentTier"] for each in members]


def test_nobody_moves_before_it_was_said_who_would(members: list[Member]) -> None:
    assert tiers_of(members) == ["Bronze", "Bronze", "Silber", "Silber", "Silber"]
    recalculation_id = begun(members[0], is_dry=True)
    before = [stored.membership(each) for each in members]

    tier_recalculations.resume(recalculation_id)

    answer = shown(members[0], recalculation_id)
    assert (answer["state"], answer["checked"], answer["moved"]) == ("succeeded", 5, 2)
    assert answer["moves"] == [{"fromTier": "Silber", "toTier": "Bronze", "members": 2}]
    assert answer["members"] == [
        {"userId": each, "fromTier": "Silber", "toTier": "Bronze"} for each in ("user_3", "user_4")
    ]
    assert [stored.membership(each) for each in members] == before


def test_moves_everybody_once(pipeline: Pipeline, members: list[Member]) -> None:
    recalculation_id = begun(members[0])
    tier_recalculations.resume(recalculation_id)

    assert shown(members[0], recalculation_id)["moved"] == 2
    assert tiers_of(members) == ["Bronze", "Bronze", "Bronze", "Bronze", "Silber"]
    fall = stored.entries(members[2])[-1]
    assert (fall.units, fall.tier_reason, fall.tier_steps) == (0, "recalculation", -1)
    with nothing_written():
        tier_recalculations.resume(recalculation_id)
    again = begun(members[0])
    tier_recalculations.resume(again)
    assert shown(members[0], again)["moved"] == 0
    for each in members:
        stored.assert_sound(each)
    pipeline.fire(members[0].merchant)
    told = [json.loads(each["payload"]) for each in events_of(members[0].merchant)]
    changes = [each["data"] for each in told if each["type"] == "loyalty.tier_changed"]
    reasons = [(each["direction"], each["reason"]) for each in changes]
    assert sorted(reasons) == [("down", "recalculation")] * 2 + [("up", "earn")] * 3


@pytest.mark.parametrize("rpcs", range(1, 12, 2))
def test_goes_on_where_it_died(
    monkeypatch: pytest.MonkeyPatch, members: list[Member], rpcs: int
) -> None:
    monkeypatch.setattr(tier_recalculations, "PAGE", 2)
    recalculation_id = begun(members[0])
    with dying_after(rpcs):
        tier_recalculations.resume(recalculation_id)
    tier_recalculations.resume(recalculation_id)

    answer = shown(members[0], recalculation_id)
    assert (answer["state"], answer["checked"], answer["moved"]) == ("succeeded", 5, 2)
    assert [len(stored.entries(each)) for each in members] == [1, 1, 2, 2, 1]


def test_hands_over_when_the_time_is_over_and_the_schedule_finds_what_was_left(
    monkeypatch: pytest.MonkeyPatch,
    frozen_clock: Clock,
    pipeline: Pipeline,
    members: list[Member],
) -> None:
    monkeypatch.setattr(tier_recalculations, "PAGE", 2)
    monkeypatch.setattr(tier_recalculations, "TASK_S", -1.0)
    recalculation_id = begun(members[0])
    pipeline.tasks.pending.clear()
    tier_recalculations.resume(recalculation_id)
    assert shown(members[0], recalculation_id)["checked"] == 2
    assert [each.queue for each in pipeline.tasks.pending] == [tier_recalculations.CONTINUE]
    pipeline.tasks.pending.clear()
    frozen_clock.advance(minutes=10)

    assert tier_recalculations.resume_open() >= 1

    assert any(each.id.startswith(recalculation_id) for each in pipeline.tasks.pending)


def test_who_is_erased_is_named_no_more(members: list[Member]) -> None:
    recalculation_id = begun(members[0], is_dry=True)
    tier_recalculations.resume(recalculation_id)

    members[2].api.ok("eraseMember", {"userId": "user_3"})

    answer = shown(members[0], recalculation_id)
    assert [each["userId"] for each in answer["members"]] == [None, "user_4"]
    kept = client.get_one(f"tierRecalculations/{recalculation_id}").data
    assert kept is not None
    assert "user_3" not in str(kept)
    assert timedelta(days=30) == kept["expiresAt"] - kept["startedAt"]
