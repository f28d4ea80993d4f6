"""getLoyaltyReport: a series of what happened, who came back, and nothing that was not counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from shared.services.events import emission
from shared.store import client, paths
from shared.store.client import Delete
from shared.store.loyalty import figure_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.events import Pipeline
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import watched

ACTION = "getLoyaltyReport"
REWARD = {"title": "Kaffee", "type": "free_product", "requiredPoints": 20}


def report(member: Member, **fields: Any) -> dict[str, Any]:
    with nothing_written():
        return member.api.ok(ACTION, {"programId": member.program_id, **fields})


def numbers(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value and not name.endswith("Day")}


def test_tells_what_happened_by_day_week_and_month(
    frozen_clock: Clock, merchant: Merchant, pipeline: Pipeline
) -> None:
    frozen_clock.set(2026, 2, 27)  # A Friday.
    anna = merchant.member("points", balance=100, rewards=[REWARD], refundPolicy="within_balance")
    reward_id = anna.api.ok("getLoyaltyProgram", {"programId": anna.program_id})["program"][
        "rewards"
    ][0]["rewardId"]
    frozen_clock.set(2026, 3, 1)  # The Sunday after it, in another month.
    assert anna.redeem(20, rewardId=reward_id).status == 200
    anna.earn(10)
    ben = anna.other("ben")
    ben.enroll()
    frozen_clock.set(2026, 3, 2)
    ben.add(purchaseAmount=10, transactionId="t1")
    ben.api.ok(
        "reverseLoyaltyTransaction",
        {**ben.ids, "transactionId": "t1", "refundId": "r1", "points": 40},
    )
    for _ in range(2):
        pipeline.fire(merchant)
        pipeline.fired.clear()  # Triggers run at least once, and count once.

    days = report(anna, fromDay="2026-02-27", toDay="2026-03-02")
    assert (days["totalMembers"], days["countedSince"]) == (2, "2026-02-27T12:00:00.000Z")
    assert [numbers(each) for each in days["rows"]] == [
        {"newMembers": 1, "activeMembers": 1, "earned": 100, "change": 100},
        {},
        {
            "newMembers": 1,
            "activeMembers": 1,
            "earned": 10,
            "redeemed": 20,
            "redemptions": 1,
            "change": -10,
        },
        {"activeMembers": 1, "earned": 100, "reversed": 40, "takenBack": 40, "change": 60},
    ]
    weeks = report(anna, interval="week", fromDay="2026-02-27", toDay="2026-03-02")
    assert [(each["fromDay"], each["activeMembers"]) for each in weeks["rows"]] == [
        ("2026-02-23", 1),  # Anna, who was active in both months of this week.
        ("2026-03-02", 1),
    ]
    months = report(anna, interval="month", fromDay="2026-02-27", toDay="2026-03-02")
    assert [(each["fromDay"], each["activeMembers"]) for each in months["rows"]] == [
        ("2026-02-01", 1),
        ("2026-03-01", 2),
    ]
    assert months["topRewards"] == [{"rewardId": reward_id, "title": "Kaffee", "redemptions": 1}]
    assert months["cohorts"] == [
        {
            "month": "2026-02",
            "members": 1,
            "active": [
                {"month": "2026-02", "activeMembers": 1},
                {"month": "2026-03", "activeMembers": 1},
            ],
        },
        {"month": "2026-03", "members": 1, "active": [{"month": "2026-03", "activeMembers": 1}]},
    ]


def test_all_that_changes_balances_adds_up(
    frozen_clock: Clock, merchant: Merchant, pipeline: Pipeline
) -> None:
    anna = merchant.member(
        "points", balance=100, transfers="merchant", pointsExpiry={"afterDays": 30}
    )
    ben = anna.other("ben")
    ben.enroll()
    why = {"reason": "x", "actor": "staff_7"}
    redemption = anna.redeem(20, rewardId=None).body["redemptionId"]
    anna.api.ok("cancelRedemption", {**anna.ids, "redemptionId": redemption})
    anna.api.ok("adjustLoyaltyPoints", {**anna.ids, "points": 30, **why})
    anna.api.ok("adjustLoyaltyPoints", {**anna.ids, "points": -5, **why})
    gift = {**anna.ids, "toUserId": ben.user_id, "points": 42, "transferId": "g1"}
    anna.api.ok("transferLoyaltyPoints", gift)
    anna.sync("set", 60)
    ben.earn(7, transactionId="t1")
    back = {**ben.ids, "transactionId": "t1", "refundId": "r1", "points": 3}
    ben.api.ok("reverseLoyaltyTransaction", back)
    pipeline.fire(merchant)

    (row,) = report(anna, fromDay="2026-03-03")["rows"]

    assert numbers(row) == {
        "newMembers": 2,
        "activeMembers": 2,
        "earned": 107,
        "redeemed": 20,
        "redemptions": 1,
        "reversed": -17,
        "takenBack": 3,
        "givenBack": 20,
        "adjustedUp": 30,
        "adjustedDown": 28,
        "transferred": 42,
        "change": 106,
    }
    assert anna.balance()["currentBalance"] + ben.balance()["currentBalance"] == row["change"]


def test_a_reward_keeps_its_title_when_it_is_archived(
    merchant: Merchant, pipeline: Pipeline
) -> None:
    member = merchant.member("points", balance=100, rewards=[{**REWARD, "rewardId": "coffee"}])
    assert member.redeem(20, rewardId="coffee").status == 200
    pipeline.fire(merchant)
    member.api.ok("archiveReward", {"programId": member.program_id, "rewardId": "coffee"})

    top = report(member)["topRewards"]

    assert top == [{"rewardId": "coffee", "title": "Kaffee", "redemptions": 1}]


def test_answers_csv_in_the_answer(
    frozen_clock: Clock, merchant: Merchant, pipeline: Pipeline
) -> None:
    member = merchant.member("cashback", balance=2)
    member.redeem(0.5)
    pipeline.fire(merchant)
    frozen_clock.set(2026, 3, 4)

    body = report(member, toDay="2026-03-04", format="csv")

    rows = list(csv.DictReader(io.StringIO(body["data"])))
    assert [each["fromDay"] for each in rows] == ["2026-03-03", "2026-03-04"]
    assert (rows[0]["earned"], rows[0]["redeemed"], rows[0]["newMembers"]) == ("2", "0.5", "1")
    assert body["data"].count("\r\n") == 3
    assert report(member)["data"] is None


def test_a_program_without_anything_counted_has_no_rows(merchant: Merchant) -> None:
    body = merchant.api.ok(ACTION, {"programId": merchant.program()})

    assert (body["countedSince"], body["rows"], body["cohorts"]) == (None, [], [])


def test_says_since_when_an_older_program_is_counted(
    frozen_clock: Clock, member: Member, pipeline: Pipeline
) -> None:
    pipeline.fire(member.merchant)
    for each in client.query(paths.stats_months(member.program_id)):
        client.commit([Delete(each)])  # As if an earlier version had counted.
    client.commit([Delete(client.get_one(paths.stats(member.program_id)))])
    figure_documents.STARTS.forget(member.program_id)
    frozen_clock.set(2026, 3, 20)
    member.earn(7)
    pipeline.fire(member.merchant)

    frozen_clock.set(2026, 3, 21)
    body = report(member, toDay="2026-03-22")

    assert body["countedSince"] == "2026-03-20T12:00:00.000Z"
    # Neither days of before, nor one that has not begun.
    assert [each["fromDay"] for each in body["rows"]] == ["2026-03-20", "2026-03-21"]
    assert (body["rows"][0]["earned"], body["totalMembers"]) == (7, 1)


def test_looks_back_past_what_is_no_activity(
    frozen_clock: Clock, member: Member, pipeline: Pipeline
) -> None:
    member.earn(1)
    for number in range(7):
        member.sync("set", 50 + number, source="till", externalTransactionId=f"x{number}")
    frozen_clock.advance(hours=1)
    member.earn(1)
    pipeline.fire(member.merchant)

    rows = report(member, fromDay="2026-03-03", toDay="2026-03-03")["rows"]

    assert rows[0]["activeMembers"] == 1
    assert emission.emit_entry(member.membership_id, stored.entries(member)[-1].entry_id) == 0


def test_the_cost_depends_on_the_months_alone(member: Member, pipeline: Pipeline) -> None:
    for number in range(2, 12):
        member.other(f"user_{number}").enroll()
    pipeline.fire(member.merchant)
    report(member)

    with watched() as traffic:
        report(member)

    assert traffic.rpcs == ["query", "get"]
    assert traffic.reads <= 10 + 2 * 10


def test_refuses_days_that_are_none_or_too_many(member: Member) -> None:
    def refused(problems: dict[str, str], **fields: Any) -> None:
        with nothing_written():
            answer = member.api(ACTION, {"programId": member.program_id, **fields})
        assert_fields_refused(answer, problems)

    no_day = "must be a day like 2026-03-05, from 1970-01-08 to 9998-12-31"
    refused({"fromDay": no_day}, fromDay="2026-02-30")
    refused({"toDay": no_day}, toDay="2026-03-03T12:00:00Z")
    refused({"toDay": no_day}, toDay="9999-01-01")
    refused({"toDay": "must not be before fromDay"}, fromDay="2026-03-04", toDay="2026-03-03")
    problem = "must be less than 731 days before toDay"
    refused({"fromDay": problem}, fromDay="2024-03-02", toDay="2026-03-03")


def test_refuses_what_is_not_the_callers(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    answer = new_merchant().api(ACTION, {"programId": member.program_id})
    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
