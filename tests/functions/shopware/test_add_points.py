"""addPoints: equal requests are two bookings, and who is refused has not become a member."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from shared.domain.loyalty import chain
from tests.support import stored
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.shopware import CUSTOMER, ORDER, OTHER_CUSTOMER, bind, bound, shop_of
from tests.support.shopware_shop import ShopwareShop, shopware_shop
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


# The connected shop is asked for who is nobody's member.


@pytest.fixture
def connected(merchant: Merchant) -> Iterator[ShopwareShop]:
    """A shop that the store has connected; a program of it is bound."""
    member = bound(merchant)
    with shopware_shop() as there:
        merchant.api.ok(
            "configureSync",
            {
                "kind": "shop",
                "system": "shopware",
                "storeId": merchant.store_id,
                "credentials": {
                    "shopUrl": "https://shop.example.com",
                    "clientId": "SWIAFAKEFAKEFAKE",
                    "clientSecret": "fake-secret-of-the-integration",
                    "baseUrl": there.url,
                },
                "awardPointsProgramId": member.program_id,
            },
        )
        there.tokens = 0
        yield there


def add(merchant: Merchant, points: int = 7, key: str | None = None) -> Any:
    return shop_of(merchant)("addPoints", {"customerId": OTHER_CUSTOMER, "points": points}, key)


def user_id(merchant: Merchant) -> str:
    found: str = merchant.api.ok("identifyMember", NEW)["member"]["userId"]
    return found


def profile(merchant: Merchant) -> dict[str, Any]:
    found: dict[str, Any] = merchant.api.ok("getMember", {"userId": user_id(merchant)})["member"]
    return found


def test_a_customer_of_the_shop_becomes_a_member(
    merchant: Merchant, connected: ShopwareShop
) -> None:
    connected.register(OTHER_CUSTOMER, " Ada@Example.com", is_confirmed=True)

    assert add(merchant).status == 200
    assert add(merchant).status == 200

    assert connected.asked_for == [OTHER_CUSTOMER]  # Who is a member is asked for no more.
    assert shop_of(merchant).points(OTHER_CUSTOMER) == 14
    assert profile(merchant)["email"] == "Ada@example.com"


@pytest.mark.parametrize("customer", [{"is_confirmed": False}, {"is_guest": True}])
def test_an_address_that_nobody_has_confirmed_is_not_taken(
    customer: dict[str, bool], merchant: Merchant, connected: ShopwareShop
) -> None:
    connected.register(OTHER_CUSTOMER, **customer)

    assert add(merchant).status == 200

    assert profile(merchant)["email"] is None


def test_who_has_the_confirmed_address_is_the_customer(
    merchant: Merchant, connected: ShopwareShop
) -> None:
    merchant.api.ok("createMember", {"userId": "ada", "email": "ada@example.com"})
    connected.register(OTHER_CUSTOMER, is_confirmed=True)

    first, again = add(merchant, key="k"), add(merchant, key="k")

    assert (first.status, again.body, again.is_replay) == (200, first.body, True)
    assert (user_id(merchant), shop_of(merchant).points(OTHER_CUSTOMER)) == ("ada", 7)


def test_of_two_customers_with_one_address_the_first_keeps_it(
    merchant: Merchant, connected: ShopwareShop
) -> None:
    """``user_1`` is another customer of the shop, and has this address."""
    connected.register(OTHER_CUSTOMER, "max@example.com", is_confirmed=True)

    assert add(merchant).status == 200

    assert user_id(merchant) != "user_1"
    assert profile(merchant)["email"] is None
    assert shop_of(merchant).points(CUSTOMER) == 0


def test_who_comes_back_after_an_erasure_gets_no_second_welcome(
    merchant: Merchant, connected: ShopwareShop
) -> None:
    """The address that the shop vouches for tells who it was."""
    [program] = merchant.api.ok("getLoyaltyPrograms", {"storeId": merchant.store_id})["programs"]
    bonus = {"programId": program["programId"], "welcomeBonus": 20}
    merchant.api.ok("updateLoyaltyProgram", bonus)
    connected.register(OTHER_CUSTOMER, is_confirmed=True)
    assert add(merchant).body["data"]["points"] == 27
    merchant.api.ok("eraseMember", {"userId": user_id(merchant)})

    again = add(merchant)

    assert (again.status, again.body["data"]["points"]) == (200, 7)


def test_whom_the_shop_does_not_know_is_nobody(
    merchant: Merchant, connected: ShopwareShop, capsys: pytest.CaptureFixture[str]
) -> None:
    with nothing_written():
        answer = add(merchant)

    assert answer.status == 404
    assert answer.body == {"status": "error", "message": "Customer not found."}
    assert merchant.api("identifyMember", NEW).status == 404
    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    [asked] = [each for each in lines if each["message"] == "shop asked for customer"]
    assert (asked["system"], asked["outcome"]) == ("shopware", "unknown")


@pytest.mark.parametrize("status", [500, 429, 403, 400])
def test_books_nothing_while_the_shop_cannot_be_asked(
    status: int, merchant: Merchant, connected: ShopwareShop
) -> None:
    connected.register(OTHER_CUSTOMER)
    connected.refuse = [(status, {"errors": []})]

    with nothing_written():
        answer = add(merchant)

    message = "The shop cannot be asked for the customer now."
    assert (answer.status, answer.body) == (503, {"status": "error", "message": message})
    assert connected.refuse == []  # It was asked once.
    assert add(merchant).status == 200


def test_a_refused_customer_of_the_shop_has_not_become_a_member(
    merchant: Merchant, connected: ShopwareShop
) -> None:
    connected.register(OTHER_CUSTOMER, is_confirmed=True)
    [program] = merchant.api.ok("getLoyaltyPrograms", {"storeId": merchant.store_id})["programs"]
    merchant.api.ok("updateLoyaltyProgram", {"programId": program["programId"], "isActive": False})

    with nothing_written():
        assert add(merchant).status == 400

    assert merchant.api("identifyMember", NEW).status == 404


@pytest.mark.parametrize(
    "read", ["getCustomerProfile", "listCustomerTransactions", "listAvailableActions"]
)
def test_who_is_no_member_has_no_profile_and_the_shop_is_not_asked(
    read: str, merchant: Merchant, connected: ShopwareShop
) -> None:
    connected.register(OTHER_CUSTOMER)
    shop = shop_of(merchant)

    answer = shop(read, {"customerId": OTHER_CUSTOMER})
    deducted = shop("deductPoints", {"customerId": OTHER_CUSTOMER, "points": 1})

    assert (answer.status, deducted.status) == (404, 404)
    assert (connected.asked_for, connected.tokens) == ([], 0)
