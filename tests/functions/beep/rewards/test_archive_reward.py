"""archiveReward: nobody gets it any more, and what was promised holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.store import client, paths
from shared.store.loyalty import program_documents
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.redemptions import bought, cancel, use
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import reserve, with_reward

ACTION = "archiveReward"


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member with 100 points; a coffee costs 40, and there are three."""
    return with_reward(merchant, stock=3)


def archive(member: Member) -> str:
    body = {"programId": member.program_id, "rewardId": "rw_coffee"}
    archived_at: str = member.api.ok(ACTION, body)["reward"]["archivedAt"]
    return archived_at


def test_it_can_be_had_no_more_and_its_codes_work(member: Member) -> None:
    redeemed, back = bought(member), bought(member)
    reservation = member.other("user_2")
    reservation.enroll()
    reservation.earn(40)
    held = reserve(reservation).body["rewardCode"]

    archived_at = archive(member)

    with nothing_written():
        assert member.redeem(40, rewardId="rw_coffee").error == "REWARD_UNAVAILABLE"
        assert reserve(member).error == "REWARD_UNAVAILABLE"
    assert use(member, redeemed["rewardCode"]).status == 200
    assert use(member, held).status == 200
    assert cancel(member, back["redemptionId"]).body["pointsReturned"] == 40
    body = {"programId": member.program_id, "rewardId": "rw_coffee"}
    assert member.api.ok("getReward", body)["reward"]["archivedAt"] == archived_at
    program = stored.of_program(member.merchant, member.program_id)
    assert program["rewards"] == []
    assert [each["rewardId"] for each in program["archivedRewards"]] == ["rw_coffee"]
    stored.assert_sound(member)
    stored.assert_sound(reservation)


def test_again_it_changes_nothing(member: Member) -> None:
    archived_at = archive(member)

    with nothing_written():
        assert archive(member) == archived_at


def test_a_list_of_the_program_cannot_bring_it_back(member: Member) -> None:
    archive(member)
    reward = {"rewardId": "rw_coffee", "title": "Tea", "type": "voucher", "requiredPoints": 1}
    body = {"programId": member.program_id, "rewards": [reward]}

    with nothing_written():
        refused = member.api("updateLoyaltyProgram", body)
    member.api.ok("updateLoyaltyProgram", {**body, "rewards": []})

    problem = "names an archived reward; leave it out, or give it another id"
    assert_fields_refused(refused, {"rewards[0].rewardId": problem})
    shown = {"programId": member.program_id, "rewardId": "rw_coffee"}
    assert member.api.ok("getReward", shown)["reward"]["title"] == "Coffee"


def test_fifty_are_kept(member: Member) -> None:
    read = client.get_one(paths.program(member.program_id))
    program = program_documents.decode(read)
    assert program is not None
    older = tuple(
        replace(program.rewards[0], reward_id=f"rw_{number}", archived_at=program.created_at)
        for number in range(50)
    )
    client.commit(program_documents.replacement(read, replace(program, archived_rewards=older)))
    program_documents.forget(member.program_id)

    archive(member)

    kept = stored.of_program(member.merchant, member.program_id)["archivedRewards"]
    assert [each["rewardId"] for each in kept] == [
        *(each.reward_id for each in older[1:]),
        "rw_coffee",
    ]


def test_an_absent_reward_is_not_found(member: Member) -> None:
    with nothing_written():
        answer = member.api(ACTION, {"programId": member.program_id, "rewardId": "rw_x"})

    assert_refused(answer, 404, "REWARD_NOT_FOUND")
