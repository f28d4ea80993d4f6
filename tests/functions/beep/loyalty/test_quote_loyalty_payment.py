"""quoteLoyaltyPayment: what of a purchase points would pay now; nothing is set aside."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant, create_merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.reservations import reserved

ACTION = "quoteLoyaltyPayment"


def quote(member: Member, amount: float, **fields: Any) -> Answer:
    with nothing_written():
        return member.api(ACTION, {**member.ids, "amount": amount, **fields})


def paying(merchant: Merchant, balance: int = 500, point_value: float = 0.03) -> Member:
    return merchant.member("points", balance=balance, pointValue=point_value)


def shares(answer: Answer) -> tuple[float, float, float]:
    assert answer.status == 200, answer.body
    return answer.body["points"], answer.body["amountPaid"], answer.body["amountLeft"]


def test_says_what_points_pay(merchant: Merchant) -> None:
    member = paying(merchant)

    answer = quote(member, 10)

    assert answer.body == {
        "success": True,
        **member.ids,
        "points": 333,
        "amountPaid": 9.99,
        "amountLeft": 0.01,
        "pointValue": 0.03,
        "currency": "EUR",
        "availableBalance": 500,
    }


def test_is_what_redeemLoyaltyPoints_takes_then(merchant: Merchant) -> None:  # noqa: N802
    member = paying(merchant)
    quoted = quote(member, 10).body

    answer = member.api("redeemLoyaltyPoints", {**member.ids, "amount": quoted["amountPaid"]})

    assert answer.body["pointsRedeemed"] == quoted["points"]
    assert answer.body["amountPaid"] == quoted["amountPaid"]


def test_never_more_than_the_balance(merchant: Merchant) -> None:
    assert shares(quote(paying(merchant, 7, 0.005), 10)) == (6, 0.03, 9.97)


def test_what_is_reserved_pays_nothing_more(merchant: Merchant) -> None:
    member = paying(merchant, 100, 0.01)
    reserved(member, 80)

    assert shares(quote(member, 10)) == (20, 0.2, 9.8)


def test_what_has_expired_pays_nothing(merchant: Merchant, frozen_clock: Clock) -> None:
    member = merchant.member("points", balance=100, pointValue=0.01, pointsExpiry={"afterDays": 30})
    frozen_clock.advance(days=40)

    assert shares(quote(member, 10)) == (0, 0, 10)


def test_cashback_pays_what_it_says(merchant: Merchant) -> None:
    assert shares(quote(merchant.member("cashback", balance=5), 7.5)) == (5, 5, 2.5)


def test_a_customer_may_ask(merchant: Merchant) -> None:
    member = paying(merchant, 100, 0.01)
    customer = merchant.customer(member.user_id)

    with nothing_written():
        answer = customer(ACTION, {"programId": member.program_id, "amount": 10})

    assert shares(answer) == (100, 1, 9)


def test_points_without_a_value_are_refused(member: Member) -> None:
    details = {"programId": member.program_id}
    assert_refused(quote(member, 10), 400, "POINTS_HAVE_NO_VALUE", details)
    # Who has no card is told that: so a till learns whether there is one.
    assert quote(member, 10, userId="nobody").error == "MEMBERSHIP_NOT_FOUND"


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        (0, "must be greater than 0"),
        (0.001, "must be a number with at most 2 decimals"),
        ("10", "must be a number"),
    ],
)
def test_an_amount_is_money(merchant: Merchant, amount: Any, problem: str) -> None:
    assert_fields_refused(quote(paying(merchant), amount), {"amount": problem})


def test_who_spends_nothing_gets_no_quote(merchant: Merchant) -> None:
    member = paying(merchant)
    member.api.ok("suspendMember", {**member.ids, "reason": "Fraud"})

    assert quote(member, 10).error == "MEMBER_SUSPENDED"
    assert quote(member, 10, userId="nobody").error == "MEMBERSHIP_NOT_FOUND"
    member.api.ok("reactivateMember", {**member.ids, "reason": "Mistake"})
    member.api.ok("leaveLoyaltyProgram", member.ids)
    assert quote(member, 10).error == "MEMBERSHIP_CLOSED"


def test_another_account_finds_nothing(merchant: Merchant) -> None:
    member = paying(merchant)
    stranger = create_merchant(merchant.api.app).api

    with nothing_written():
        answer = stranger(ACTION, {**member.ids, "amount": 10})

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
