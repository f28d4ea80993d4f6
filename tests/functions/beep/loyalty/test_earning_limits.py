"""Limits of what rules grant a member: per booking, day and month; and what stands in entries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.services.accounts import callers
from shared.services.loyalty import balances
from tests.conftest import Clock
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written

RATE = {"pointsPerEuro": 1}


def limited(merchant: Merchant, **limits: Any) -> Member:
    """Return a member of a program with limits, a point for each euro."""
    return merchant.member("points", rules=RATE, earningLimits=limits)


def granted(member: Member, amount: float, **fields: Any) -> tuple[Any, ...]:
    """Return what a purchase got, what it asked for, what cut it, and why it got nothing."""
    body = member.add(purchaseAmount=amount, **fields).body
    stored.assert_sound(member)
    return body["pointsAdded"], body["pointsRequested"], body["cappedBy"], body["reason"]


def test_a_booking_is_cut_to_its_limit(merchant: Merchant) -> None:
    member = limited(merchant, maxPerBooking=50)

    assert granted(member, 50) == (50, 50, None, None)
    assert granted(member, 51) == (50, 51, "maxPerBooking", None)
    (_, entry) = stored.entries(member)
    assert (entry.units, entry.requested_units, entry.capped_by) == (50, 51, "maxPerBooking")


def test_the_smallest_of_what_the_limits_leave_counts_and_is_named(merchant: Merchant) -> None:
    member = limited(merchant, maxPerBooking=60, maxPerDay=100, maxPerMonth=130)

    assert granted(member, 70) == (60, 70, "maxPerBooking", None)
    assert granted(member, 70) == (40, 70, "maxPerDay", None)
    assert granted(member, 70) == (0, 70, "maxPerDay", "limit_reached")


@pytest.mark.usefixtures("frozen_clock")
def test_more_than_a_limit_can_be_refused_as_a_whole(merchant: Merchant) -> None:
    member = limited(merchant, maxPerDay=100, whenExceeded="reject")

    assert granted(member, 60) == (60, 60, None, None)
    with nothing_written():
        assert granted(member, 41) == (0, 41, "maxPerDay", "limit_reached")
    assert granted(member, 40) == (40, 40, None, None)


def test_days_and_months_are_those_of_the_store(frozen_clock: Clock, merchant: Merchant) -> None:
    member = limited(merchant, maxPerDay=10, maxPerMonth=15)

    frozen_clock.set(2026, 3, 30, 21, 59)  # 23:59 in Berlin, in summer time
    assert granted(member, 20) == (10, 20, "maxPerDay", None)
    assert granted(member, 20)[0] == 0
    frozen_clock.set(2026, 3, 30, 22)
    assert granted(member, 20) == (5, 20, "maxPerMonth", None)
    frozen_clock.set(2026, 3, 31, 22)
    assert granted(member, 20) == (10, 20, "maxPerDay", None)


def test_what_a_limit_refused_stays_refused(frozen_clock: Clock, merchant: Merchant) -> None:
    member = limited(merchant, maxPerDay=10)
    granted(member, 10)
    refused = granted(member, 5, transactionId="t1")
    frozen_clock.advance(days=1)

    again = member.add(purchaseAmount=5, transactionId="t1")

    assert refused == (0, 5, "maxPerDay", "limit_reached")
    assert (again.status, again.body["pointsAdded"], again.body["cappedBy"]) == (
        200,
        0,
        "maxPerDay",
    )
    assert again.is_replay
    assert stored.units(member) == [10]


def test_given_points_know_no_limits(merchant: Merchant) -> None:
    member = limited(merchant, maxPerBooking=5, maxPerDay=10)

    assert member.earn(1000)["pointsAdded"] == 1000
    assert granted(member, 5) == (5, 5, None, None)


@pytest.mark.usefixtures("frozen_clock")
def test_goods_that_come_back_make_room_for_others(merchant: Merchant) -> None:
    member = limited(merchant, maxPerDay=100)
    granted(member, 100)
    (entry,) = stored.entries(member)
    owner = {"program_id": member.program_id, "user_id": member.user_id, "store_id": None}
    caller = callers.acting_for(merchant.account_id)

    balances.take_back(
        caller, **owner, entry_id=entry.entry_id, units=30, transaction_id="r1", description=""
    )
    assert granted(member, 50) == (30, 50, "maxPerDay", None)

    balances.give_back(
        caller, **owner, entry_id=entry.entry_id, units=30, transaction_id="r2", description=""
    )
    assert granted(member, 50)[0] == 0


def test_a_limit_holds_for_many_at_once(merchant: Merchant) -> None:
    member = limited(merchant, maxPerDay=100)

    def buy(number: int) -> int:
        answer = member.add(purchaseAmount=7, transactionId=f"t{number}")
        points: int = answer.body["pointsAdded"]
        return points

    with ThreadPoolExecutor(8) as pool:
        points = list(pool.map(buy, range(20)))

    assert sum(points) == 100
    assert sorted(points, reverse=True)[:15] == [7] * 14 + [2]
    assert sum(stored.units(member)) == 100
    stored.assert_sound(member)


def test_limits_are_replaced_as_a_whole_and_removed(merchant: Merchant) -> None:
    member = limited(merchant, maxPerDay=10)

    def change(limits: Any) -> Any:
        body = {"programId": member.program_id, "earningLimits": limits}
        merchant.api.ok("updateLoyaltyProgram", body)
        shown = merchant.api.ok("getLoyaltyProgram", {"programId": member.program_id})
        return shown["program"]["earningLimits"]

    none = dict.fromkeys(["maxPerBooking", "maxPerDay", "maxPerMonth"])
    assert change(None) == {**none, "maxPerDay": 10, "whenExceeded": "truncate"}
    assert change({"maxPerMonth": 5}) == {**none, "maxPerMonth": 5, "whenExceeded": "truncate"}
    assert change({}) == {**none, "whenExceeded": "truncate"}
    assert granted(member, 500) == (500, 500, None, None)


def test_a_limit_is_no_finer_than_a_unit(merchant: Merchant) -> None:
    body = {
        "storeId": merchant.store_id,
        "programName": "P",
        "programType": "points",
        "rules": RATE,
        "earningLimits": {"maxPerDay": 1.5},
    }
    with nothing_written():
        answer = merchant.api("createLoyaltyProgram", body)

    assert answer.body["details"]["fields"] == {"earningLimits.maxPerDay": "must be a whole number"}


def test_an_entry_says_what_it_was_made_of(merchant: Merchant) -> None:
    tiers = [{"name": "Gold", "minPoints": 0, "multiplier": 1.25}]
    member = merchant.member("tier", rules={"pointsPerEuro": 10, "tiers": tiers})

    body = member.add(purchaseAmount=9.99, transactionId="t1").body
    again = member.add(purchaseAmount=9.99, transactionId="t1").body

    (entry,) = stored.entries(member)
    assert entry.units == 124
    assert entry.made_of is not None
    assert (entry.made_of.rule, entry.made_of.base) == ("pointsPerEuro", "9.99")
    assert (entry.made_of.base_points, entry.made_of.tier_multiplier) == ("99.9", "1.25")
    assert body["madeOf"] == again["madeOf"]
    assert body["madeOf"]["tierMultiplier"] == 1.25
    stored.assert_sound(member)


@pytest.mark.usefixtures("frozen_clock")
def test_check_ins_count_for_the_same_limits(merchant: Merchant) -> None:
    rules = {**RATE, "pointsPerCheckin": 5}
    member = merchant.member("points", rules=rules, earningLimits={"maxPerDay": 8})
    granted(member, 5)

    body = {"userId": member.user_id, "storeId": merchant.store_id}
    merchant.api.ok("checkIn", body)

    assert stored.units(member) == [5, 3]
    assert [entry.capped_by for entry in stored.entries(member)] == [None, "maxPerDay"]
    stored.assert_sound(member)
