"""addPoints: equal requests are two bookings, and who is refused has not become a member."""

from __future__ import annotations

from itertools import product

import pytest

from shared.domain.loyalty import chain
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.shopware import CUSTOMER, ORDER, OTHER_CUSTOMER, bind, bound, shop_of
from tests.support.traffic import first_answer_lost, interfered

NEW = {"externalId": {"system": "shopware", "id": OTHER_CUSTOMER}}


def test_equal_requests_are_two_bookings_of_one_order(merchant: Merchant) -> None:
    member, shop = bound(merchant), shop_of(merchant)
    asked = {"customerId": CUSTOMER, "points": 5, "orderId": ORDER}

    both = [shop.ok("addPoints", **asked)["data"]["points"] for _ in range(2)]

    assert both == [5, 10]
    assert [each.order_id for each in stored.entries(member)] == [ORDER, ORDER]
    assert shop.ok("listCustomerTransactions", customerId=CUSTOMER, orderId=ORDER)["total"] == 2
    head = stored.membership(member).head_hash
    assert chain.find_break(stored.entries(member), head) is None


def test_a_repetition_by_its_key_is_one_booking_also_of_a_new_customer(merchant: Merchant) -> None:
    bound(merchant)
    shop, asked = shop_of(merchant), {"customerId": OTHER_CUSTOMER, "points": 5}

    first, again = (shop("addPoints", asked, "key") for _ in range(2))
    with nothing_written():
        other = shop("addPoints", {**asked, "points": 6}, "key")

    assert (first.is_replay, again.is_replay) == (False, True)
    assert first.body == again.body
    assert other.status == 409
    assert shop.points(OTHER_CUSTOMER) == 5


def test_who_makes_the_member_first_gets_the_points(merchant: Merchant) -> None:
    member, shop = bound(merchant), shop_of(merchant)
    others = iter([{"userId": "ada", "externalIds": {"shopware": f"0x{OTHER_CUSTOMER}"}}])

    def make_once() -> None:
        for body in others:
            merchant.api.ok("createMember", body)

    with interfered(make_once):
        assert shop("addPoints", {"customerId": OTHER_CUSTOMER, "points": 7}).status == 200

    assert shop.points(OTHER_CUSTOMER) == 7
    assert member.other("ada").balance()["currentBalance"] == 7


def test_a_lost_answer_books_once_and_makes_one_member(merchant: Merchant) -> None:
    bound(merchant)
    shop = shop_of(merchant)

    with first_answer_lost():
        answer = shop("addPoints", {"customerId": OTHER_CUSTOMER, "points": 7})

    assert (answer.status, answer.body["data"]["points"]) == (200, 7)
    assert shop.points(OTHER_CUSTOMER) == 7


def test_who_is_refused_has_not_become_a_member(merchant: Merchant) -> None:
    member, shop = bound(merchant), shop_of(merchant)
    merchant.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "isActive": False})

    with nothing_written():
        answer = shop("addPoints", {"customerId": OTHER_CUSTOMER, "points": 5})

    assert answer.status == 400
    assert answer.body == {"status": "error", "message": "The program is not active."}
    assert merchant.api("identifyMember", NEW).status == 404


def test_a_member_of_no_program_joins_it(merchant: Merchant) -> None:
    program_id = merchant.program("points")
    bind(merchant.api, program_id)
    body = {"userId": "ada", "externalIds": {"shopware": CUSTOMER}}
    merchant.api.ok("createMember", body)

    added = shop_of(merchant).ok("addPoints", customerId=CUSTOMER, points=5)

    assert (added["data"]["points"], added["data"]["level"]) == (5, None)
    assert Member(merchant, program_id, "ada").balance()["currentBalance"] == 5


@pytest.mark.parametrize("name", ["addPoints", "deductPoints"])
def test_books_nothing_for_who_is_suspended(merchant: Merchant, name: str) -> None:
    member, shop = bound(merchant, 10), shop_of(merchant)
    member.api.ok("suspendMember", {**member.ids, "reason": "Betrug"})

    with nothing_written():
        answer = shop(name, {"customerId": CUSTOMER, "points": 5})

    assert (answer.status, answer.body["status"]) == (400, "error")


def test_takes_only_whole_points_above_0(merchant: Merchant) -> None:
    bound(merchant, 10)
    shop = shop_of(merchant)
    wrong = [0, -5, 1.5, True, "x", None, 10**15 + 1]

    for name, points in product(("addPoints", "deductPoints"), wrong):
        with nothing_written():
            answer = shop(name, {"customerId": CUSTOMER, "points": points})

        assert (answer.status, answer.body["status"]) == (400, "error")
        assert answer.body["message"].startswith("points ")
