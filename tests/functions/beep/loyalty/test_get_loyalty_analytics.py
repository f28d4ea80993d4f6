"""getLoyaltyAnalytics: the documented six figures, exact, in the store's months."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from shared.store import client, paths
from tests.conftest import Clock
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import watched

ACTION = "getLoyaltyAnalytics"


def figures(merchant: Merchant, program_id: str) -> dict[str, Any]:
    return merchant.api.ok(ACTION, {"programId": program_id})


def expected(**fields: Any) -> dict[str, Any]:
    return {
        "success": True,
        "totalMembers": 0,
        "totalPointsIssued": 0,
        "totalRedemptions": 0,
        "redemptionRate": 0,
        "earnedThisMonth": 0,
        "redeemedThisMonth": 0,
        **fields,
    }


def test_a_new_program_has_no_figures(merchant: Merchant) -> None:
    program_id = merchant.program()

    answer = merchant.api.get(ACTION, {"programId": program_id})

    assert (answer.status, answer.body) == (200, expected())


def test_counts_members_points_and_redemptions(member: Member, pipeline: Pipeline) -> None:
    others = [member.other("user_2"), member.other("user_3")]
    for other in others:
        other.enroll()
    others[0].earn(50)
    member.redeem(30)
    member.redeem(20)
    pipeline.fire(member.merchant)

    assert figures(member.merchant, member.program_id) == expected(
        totalMembers=3,
        totalPointsIssued=150,
        totalRedemptions=2,
        redemptionRate=66.7,
        earnedThisMonth=150,
        redeemedThisMonth=50,
    )


def test_counts_each_program_by_itself(
    member: Member, merchant: Merchant, pipeline: Pipeline
) -> None:
    other = merchant.member("cashback", balance=2)
    other.redeem(0.5)
    pipeline.fire(merchant)

    assert figures(merchant, other.program_id) == expected(
        totalMembers=1,
        totalPointsIssued=2,
        totalRedemptions=1,
        redemptionRate=100,
        earnedThisMonth=2,
        redeemedThisMonth=0.5,
    )
    assert figures(merchant, member.program_id)["totalPointsIssued"] == 100


def test_a_second_trigger_for_the_same_entry_counts_nothing(
    member: Member, pipeline: Pipeline
) -> None:
    pipeline.fire(member.merchant)
    pipeline.fired.clear()
    pipeline.fire(member.merchant)

    body = figures(member.merchant, member.program_id)
    assert (body["totalMembers"], body["totalPointsIssued"]) == (1, 100)


def test_an_adjustment_is_neither_issued_nor_redeemed(member: Member, pipeline: Pipeline) -> None:
    member.sync("set", 500)
    member.sync("set", 10)
    pipeline.fire(member.merchant)

    assert figures(member.merchant, member.program_id) == expected(
        totalMembers=1, totalPointsIssued=100, earnedThisMonth=100
    )


def test_a_month_ends_when_it_does_in_the_store(
    frozen_clock: Clock, new_merchant: Callable[..., Merchant], pipeline: Pipeline
) -> None:
    # At 23:30 UTC on the 31st of March it is April in Berlin (UTC+2) and March in New York.
    frozen_clock.set(2026, 3, 31, 23, 30)
    berlin = new_merchant(Package.PRIME, time_zone="Europe/Berlin").member("points", balance=100)
    new_york = new_merchant(Package.PRIME, time_zone="America/New_York").member(
        "points", balance=100
    )
    for member in (berlin, new_york):
        member.redeem(30)
        pipeline.fire(member.merchant)
    frozen_clock.set(2026, 4, 1, 12)

    in_berlin = figures(berlin.merchant, berlin.program_id)
    in_new_york = figures(new_york.merchant, new_york.program_id)

    assert (in_berlin["earnedThisMonth"], in_berlin["redeemedThisMonth"]) == (100, 30)
    assert (in_new_york["earnedThisMonth"], in_new_york["redeemedThisMonth"]) == (0, 0)
    assert in_new_york["totalPointsIssued"] == 100


def test_adds_up_the_shards(frozen_clock: Clock, merchant: Merchant) -> None:
    frozen_clock.set(2026, 3, 3)
    program_id = merchant.program()
    shards = paths.stats_shards(program_id)
    parts = [
        {"members": 100, "issuedUnits": 28000, "redemptions": 80},
        {"members": 42, "issuedUnits": 400, "earnedUnitsByMonth": {"2026-03": 4200}},
        {"redemptions": 7, "redeemedUnitsByMonth": {"2026-02": 9, "2026-03": 1800}},
    ]
    client.commit([client.Put(f"{shards}/{number}", part) for number, part in enumerate(parts)])

    with nothing_written():
        body = figures(merchant, program_id)

    # The documented example.
    assert body == expected(
        totalMembers=142,
        totalPointsIssued=28400,
        totalRedemptions=87,
        redemptionRate=61.3,
        earnedThisMonth=4200,
        redeemedThisMonth=1800,
    )


def test_the_cost_does_not_depend_on_the_number_of_members(
    member: Member, pipeline: Pipeline
) -> None:
    for number in range(2, 25):
        member.other(f"user_{number}").enroll()
    pipeline.fire(member.merchant)
    figures(member.merchant, member.program_id)

    with watched() as traffic:
        assert figures(member.merchant, member.program_id)["totalMembers"] == 24

    assert traffic.rpcs == ["query"]
    assert traffic.reads <= 10


def test_refuses_an_unknown_program(merchant: Merchant) -> None:
    answer = merchant.api(ACTION, {"programId": "lp_absent"})

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND", message="There is no program lp_absent.")


def test_the_store_that_is_named_must_be_the_programs(merchant: Merchant) -> None:
    program_id = merchant.program()
    own = {"programId": program_id, "storeId": merchant.store_id}

    assert merchant.api.get(ACTION, own).status == 200
    other = merchant.api.get(ACTION, {"programId": program_id, "storeId": "store_other"})
    assert_refused(other, 404, "PROGRAM_NOT_FOUND")


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ({}, {"programId": "is required"}),
        ({"programId": "p", "month": "2026-03"}, {"month": "is not a known field"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, query: dict[str, str], problems: dict[str, str]
) -> None:
    assert_fields_refused(merchant.api.get(ACTION, query), problems)
    assert_fields_refused(merchant.sandbox(ACTION, query), problems)


def test_the_sandbox_answers_with_the_documented_sample(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"programId": "lp_1"})

    assert answer.status == 200
    assert answer.body == {
        **expected(
            totalMembers=142,
            totalPointsIssued=28400,
            totalRedemptions=87,
            redemptionRate=61.3,
            earnedThisMonth=4200,
            redeemedThisMonth=1800,
        ),
        "_sandbox": True,
    }
