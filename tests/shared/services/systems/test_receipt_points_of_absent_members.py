"""Receipts of members who are suspended or have left: no points, then or later; the rest goes on.

What a receipt takes back is taken from them as from all others.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.branches import TickingClock
from tests.support.merchants import Member
from tests.support.receipts import ReceiptTill, row, void
from tests.support.stored import assert_sound, units

pytestmark = pytest.mark.usefixtures("ticking")

REMARK = "The member is suspended or has left, or was at the time: it earns nothing, later either."
BACK = {"suspendMember": "reactivateMember", "leaveLoyaltyProgram": "enrollInLoyaltyProgram"}


def send(member: Member, action: str) -> None:
    reason = {"reason": "Missbrauch"} if action.endswith("Member") else {}
    member.api.ok(action, {**member.ids, **reason})


def reasons(answer: dict[str, Any]) -> list[str]:
    return [each["reason"] for each in answer["remarks"]]


@pytest.mark.parametrize("action", BACK)
def test_a_sale_earns_nothing_and_it_is_said_and_others_earn(
    receipt_till: ReceiptTill, ticking: TickingClock, action: str
) -> None:
    anna, ben = receipt_till.anna, receipt_till.ben
    send(anna, action)

    answer = receipt_till.read(row("R-1", 10), row("R-2", 20, customerId=ben.user_id))

    assert answer["changes"]["receiptsAwarded"] == 1
    assert [(each["externalId"], each["reason"]) for each in answer["remarks"]] == [("R-1", REMARK)]
    assert (units(anna), units(ben)) == ([], [200])
    # Nothing later either, whenever it is read again.
    ticking.advance(timedelta(days=1))
    send(anna, BACK[action])
    answer = receipt_till.read(row("R-1", 10))
    assert (answer["changes"]["receiptsAwarded"], reasons(answer)) == (0, [REMARK])
    assert units(anna) == []
    assert_sound(anna)


@pytest.mark.parametrize("action", BACK)
def test_what_is_sold_after_it_earns_again(
    receipt_till: ReceiptTill, ticking: TickingClock, action: str
) -> None:
    anna = receipt_till.anna
    send(anna, action)
    ticking.advance(timedelta(minutes=30))
    send(anna, BACK[action])

    answer = receipt_till.read(row("R-1", 10, at=-45), row("R-2", 20))

    assert answer["changes"]["receiptsAwarded"] == 1
    assert reasons(answer) == [REMARK]
    assert units(anna) == [200]


@pytest.mark.parametrize("action", BACK)
def test_what_was_sold_before_is_taken_back(
    receipt_till: ReceiptTill, ticking: TickingClock, action: str
) -> None:
    anna = receipt_till.anna
    receipt_till.read(row("R-1", 10), row("R-2", 10, at=2))
    ticking.advance(timedelta(hours=3))
    send(anna, action)

    answer = receipt_till.read(void("V", -4))

    assert answer["changes"]["receiptsTakenBack"] == 1
    assert units(anna) == [100, 100, -40]
    assert_sound(anna)


def test_an_exchange_for_more_adds_nothing_meanwhile(
    receipt_till: ReceiptTill, ticking: TickingClock
) -> None:
    anna = receipt_till.anna
    receipt_till.read(row("R-1", 10))
    ticking.advance(timedelta(hours=3))
    send(anna, "suspendMember")

    answer = receipt_till.read(row("X", 5, voids="R-1", at=200))

    assert reasons(answer) == [REMARK]
    assert units(anna) == [100]
    # What comes back then takes nothing that was never granted.
    receipt_till.read(void("V", -15))
    assert units(anna) == [100, -100]
    assert_sound(anna)
