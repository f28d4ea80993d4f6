"""linkShopCustomer: orders wait for their customer, and earn when the customer is a member."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.schedules import run_syncs
from shared.services.events import emission
from shared.store import paths
from tests.support import stored
from tests.support.dying import dying_after
from tests.support.events import Pipeline
from tests.support.refusals import assert_invalid, assert_refused, nothing_written
from tests.support.shops import OnlineShop, order, refund, signed

ANNA = "anna@example.com"


def waiting(shop: OnlineShop) -> list[Any]:
    return list(stored.documents_of(shop.merchant, "shopOrders").values())


def profile(shop: OnlineShop) -> dict[str, Any]:
    found = shop.merchant.api.ok("getMember", {"userId": "user_1"})
    return dict(found.get("member", found))


def test_a_merchant_links_a_customer_and_what_has_waited_earns(shop: OnlineShop) -> None:
    shop.tell(order(), order(at=1, refunds=[refund("r1", "5.00")]))
    assert shop.points() == 0
    assert ANNA not in str(waiting(shop))

    answer = shop.link(customerId="17")
    assert answer.body["ordersBooked"] == 1
    assert answer.body["isLinked"] is True
    assert shop.points() == 150
    assert waiting(shop) == []
    store_id = shop.merchant.store_id
    assert profile(shop)["externalIds"] == {"generic_shop": f"{store_id}:17"}
    assert shop.link(customerId="17").body["ordersBooked"] == 0
    shop.tell(order("1002"))
    assert shop.points() == 350


def test_a_repeated_request_gets_the_first_answer(shop: OnlineShop) -> None:
    shop.tell(order())
    body = {
        "userId": "user_1",
        "storeId": shop.merchant.store_id,
        "system": "generic",
        "customerId": "17",
    }
    first = shop.merchant.api("linkShopCustomer", body, idempotency_key="k")
    with nothing_written():
        again = shop.merchant.api("linkShopCustomer", body, idempotency_key="k")
    assert (again.body, again.is_replay) == (first.body, True)
    assert shop.points() == 200


def test_a_guest_who_joins_in_time_earns_by_the_address_of_the_sign_in(shop: OnlineShop) -> None:
    shop.tell(order(customer={"email": "Anna@Example.com"}))
    shop.tell(order("1002", customer={"email": "other@example.com"}))
    shop.clock.now += timedelta(days=20)
    ben = shop.anna.other("user_2")
    ben.enroll()

    unproven = shop.merchant.customer("user_2", email=ANNA, is_email_verified=False)
    assert shop.link(unproven, userId="user_2").body["ordersBooked"] == 0
    proven = shop.merchant.customer("user_2", email=ANNA)
    answer = shop.link(proven, userId="user_2")
    assert (answer.body["ordersBooked"], answer.body["isLinked"]) == (1, False)
    assert ben.balance()["currentBalance"] == 200
    assert len(waiting(shop)) == 1

    # Nobody is linked, and what comes back is taken from who has earned, also much later.
    back = [refund("r1", "5.00")]
    shop.tell(order(customer={"email": ANNA}, at=1, refunds=back))
    assert ben.balance()["currentBalance"] == 150
    shop.clock.now += timedelta(days=60)
    shop.tell(order(customer=None, at=2, refunds=[*back, refund("r2", "15.00")]))
    assert ben.balance()["currentBalance"] == 0
    assert len(waiting(shop)) == 1


def test_who_joins_too_late_earns_nothing(shop: OnlineShop) -> None:
    shop.tell(order())
    shop.clock.now += timedelta(days=31)
    ben = shop.anna.other("user_2")
    ben.enroll()

    shop.link(userId="user_2", customerId="17")
    assert ben.balance()["currentBalance"] == 0
    shop.tell(order("1002", customer={"id": "9"}))
    assert [each["externalId"] for each in waiting(shop)] == []


def test_an_address_that_the_shop_has_verified_links_by_itself(shop: OnlineShop) -> None:
    shop.merchant.api.ok("updateMember", {"userId": "user_1", "email": ANNA})
    shop.tell(order())
    assert shop.points() == 0

    verified = {"id": "17", "email": ANNA, "isEmailVerified": True}
    shop.tell(order("1002", customer=verified))
    assert shop.points() == 200
    assert profile(shop)["externalIds"] == {"generic_shop": f"{shop.merchant.store_id}:17"}
    assert shop.notify("customer", customer=verified) == 200
    assert shop.points() == 400
    assert waiting(shop) == []


def test_a_customer_of_another_shop_with_the_same_number_is_somebody_else(
    linked_shop: OnlineShop,
) -> None:
    other = linked_shop.merchant.another_store()
    program_id = other.program(rules={"pointsPerEuro": 10})
    body = {"programId": program_id, "userId": "user_1"}
    other.api.ok("enrollInLoyaltyProgram", body)
    linked_shop.connect(storeId=other.store_id, awardPointsProgramId=program_id)

    raw = json.dumps({"topic": "order", "order": order()}).encode()
    assert linked_shop.post(raw, signed(raw), other.store_id) == 200
    assert other.api.ok("getCustomerBalance", body)["currentBalance"] == 0


def test_a_customer_cannot_say_who_they_are_in_the_shop(shop: OnlineShop) -> None:
    shop.tell(order())
    with nothing_written():
        answer = shop.link(shop.merchant.customer("user_1"), customerId="17")
    assert_invalid(answer, customerId="can only be said by the merchant")
    assert shop.points() == 0


def test_an_order_stays_with_whom_it_has_earned_for(linked_shop: OnlineShop) -> None:
    linked_shop.tell(order())
    ben = linked_shop.anna.other("user_2")
    ben.enroll()
    nobodys = {"userId": "user_1", "externalIds": {"generic_shop": None}}
    linked_shop.merchant.api.ok("updateMember", nobodys)
    assert linked_shop.link(userId="user_2", customerId="17").status == 200

    linked_shop.tell(order(at=1, refunds=[refund("r1", "5.00")]))
    linked_shop.tell(order("1002"))
    assert (linked_shop.points(), ben.balance()["currentBalance"]) == (150, 200)


def test_an_account_of_the_shop_is_one_members(linked_shop: OnlineShop) -> None:
    linked_shop.anna.other("user_2").enroll()
    with nothing_written():
        taken = linked_shop.link(userId="user_2", customerId="17")
        other = linked_shop.link(customerId="18")
    assert [(each.status, each.error) for each in (taken, other)] == [(409, "MEMBER_EXISTS")] * 2
    assert taken.body["details"] == other.body["details"] == {"fields": ["externalIds"]}


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"userId": "nobody"}, 404, "MEMBERSHIP_NOT_FOUND"),
        ({"storeId": "store_of_nobody"}, 404, "STORE_NOT_FOUND"),
    ],
    ids=str,
)
def test_refuses_who_and_what_it_does_not_know(
    shop: OnlineShop, changed: dict[str, str], status: int, code: str
) -> None:
    with nothing_written():
        assert_refused(shop.link(customerId="17", **changed), status, code)


def test_needs_a_shop_whose_orders_earn(shop: OnlineShop) -> None:
    other = shop.merchant.another_store()
    with nothing_written():
        assert shop.link(storeId=other.store_id).error == "CONNECTOR_NOT_CONFIGURED"


def test_who_joins_with_a_verified_sign_in_earns_for_what_has_waited(shop: OnlineShop) -> None:
    shop.tell(order(customer={"email": "Anna@Example.com"}))
    shop.tell(order("1002", customer={"email": "other@example.com"}))
    body = {"programId": shop.anna.program_id}

    unproven = shop.merchant.customer("user_2", email=ANNA, is_email_verified=False)
    unproven("enrollInLoyaltyProgram", {**body, "userId": "user_2"})
    assert len(waiting(shop)) == 2
    proven = shop.merchant.customer("user_3", email=ANNA)
    for _ in range(2):
        proven.ok("enrollInLoyaltyProgram", {**body, "userId": "user_3"})
    assert shop.anna.other("user_3").balance()["currentBalance"] == 200
    assert [each["externalId"] for each in waiting(shop)] == ["1002"]


def test_a_member_who_gets_a_shops_id_earns_for_what_has_waited(shop: OnlineShop) -> None:
    shop.tell(order(), order("1002", customer={"id": "18", "email": "other@example.com"}))
    said = {"externalIds": {"generic_shop": f"{shop.merchant.store_id}:17"}}

    shop.merchant.api.ok("createMember", {"userId": "user_2", "email": "ben@example.com"})
    shop.merchant.api.ok("updateMember", {"userId": "user_2", **said})
    assert len(waiting(shop)) == 2  # Ben is in no program.
    unsaid = {"externalIds": {"generic_shop": None}}
    shop.merchant.api.ok("updateMember", {"userId": "user_2", **unsaid})
    for key in ("k", "k"):
        shop.merchant.api.ok("updateMember", {"userId": "user_1", **said}, idempotency_key=key)
    assert shop.points() == 200
    assert [each["externalId"] for each in waiting(shop)] == ["1002"]


def test_an_address_that_was_typed_at_a_till_gives_nobody_the_orders_of_others(
    shop: OnlineShop,
) -> None:
    shop.tell(order(customer={"email": ANNA}))

    shop.merchant.api.ok("updateMember", {"userId": "user_1", "email": ANNA})

    assert (shop.points(), len(waiting(shop))) == (0, 1)
    answer = shop.merchant.api.ok(
        "linkShopCustomer",
        {"userId": "user_1", "storeId": shop.merchant.store_id, "system": "generic"},
    )
    assert (answer["ordersBooked"], waiting(shop)) == (1, [])


def test_a_repetition_books_what_a_dead_process_has_left(shop: OnlineShop) -> None:
    shop.tell(order())
    body = {
        "userId": "user_1",
        "externalIds": {"generic_shop": f"{shop.merchant.store_id}:17"},
    }
    steps, is_over = 1, False
    while not is_over:
        with dying_after(steps) as life:
            shop.merchant.api("updateMember", body, idempotency_key="k")
        steps, is_over = steps + 1, not life.has_ended
    assert steps > 6  # It died after each of its calls, one by one.
    assert (shop.points(), waiting(shop)) == (200, [])


def test_whoever_is_enrolled_elsewhere_earns_by_the_trigger(
    shop: OnlineShop, pipeline: Pipeline
) -> None:
    shop.tell(order())
    known = {"userId": "user_2", "externalIds": {"generic_shop": f"{shop.merchant.store_id}:17"}}
    shop.merchant.api.ok("createMember", known)
    row = {"programId": shop.anna.program_id, "userId": "user_2", "action": "add", "source": "till"}
    row |= {"externalTransactionId": "t_1", "points": 5}
    shop.merchant.api.ok("syncExternalLoyalty", row)
    pipeline.fire(shop.merchant)
    assert shop.anna.other("user_2").balance()["currentBalance"] == 205
    assert waiting(shop) == []


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("lost", ["trigger", "booking"])
def test_who_is_enrolled_elsewhere_earns_also_if_the_trigger_is_lost(
    shop: OnlineShop, pipeline: Pipeline, lost: str
) -> None:
    shop.tell(order(), order("1002", customer={"id": "18"}))
    known = {"userId": "user_2", "externalIds": {"generic_shop": f"{shop.merchant.store_id}:17"}}
    shop.merchant.api.ok("createMember", known)
    row = {"programId": shop.anna.program_id, "userId": "user_2", "action": "add", "source": "till"}
    row |= {"externalTransactionId": "t_1", "points": 5}
    shop.merchant.api.ok("syncExternalLoyalty", row)
    if lost == "booking":  # It told of the enrolment, and died then.
        membership_id = paths.membership_id(shop.anna.program_id, "user_2")
        assert emission.emit_enrollment(membership_id) == 0

    run_syncs.handle()
    assert len(waiting(shop)) == 2  # Left to the trigger, which may just be under way.
    shop.clock.advance(minutes=1)
    run_syncs.handle()
    assert shop.anna.other("user_2").balance()["currentBalance"] == 205
    assert [each["externalId"] for each in waiting(shop)] == ["1002"]

    run_syncs.handle()
    pipeline.fire(shop.merchant)  # The trigger, late.
    assert shop.anna.other("user_2").balance()["currentBalance"] == 205
