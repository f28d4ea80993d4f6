"""Rewards of an online shop: a redemption puts its code into the shop, once."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.systems.shop_writings import WritingState
from tests.support.dying import dying_after
from tests.support.refusals import nothing_written
from tests.support.shops import order
from tests.support.traffic import watched
from tests.support.written_shops import LOST, WrittenShop


def test_a_redemption_puts_its_code_into_the_shop_once(code_shop: WrittenShop) -> None:
    redeemed = code_shop.redeem().body
    code = redeemed["rewardCode"]
    assert code_shop.redemption(redeemed["redemptionId"])["shop"] == {
        "system": "generic",
        "storeId": code_shop.merchant.store_id,
        "state": "pending",
        "orderId": None,
    }
    code_shop.work()
    code_shop.attempt(code_shop.code().write_id)
    assert code_shop.server.calls == [f"code.put {code}"]
    put = code_shop.server.codes[code]
    assert (put["customerId"], put["amount"], put["percentage"]) == ("17", 5, None)
    assert code_shop.redemption(redeemed["redemptionId"])["shop"]["state"] == "active"
    (listed,) = code_shop.merchant.api.ok(
        "listRedemptions", {"programId": code_shop.shop.anna.program_id}
    )["redemptions"]
    assert listed["shop"]["state"] == "active"


def test_a_repeated_redemption_puts_no_second_code(code_shop: WrittenShop) -> None:
    body = {"points": 50, "rewardId": "rw_shop", "rewardDescription": "5 Euro"}
    wanted = {**code_shop.shop.anna.ids, **body}
    first = code_shop.merchant.api("redeemLoyaltyPoints", wanted, idempotency_key="k").body
    again = code_shop.merchant.api("redeemLoyaltyPoints", wanted, idempotency_key="k").body
    assert again["redemptionId"] == first["redemptionId"]
    code_shop.work()
    assert len(code_shop.server.calls) == 1


def test_a_reservation_puts_nothing_until_it_is_committed(code_shop: WrittenShop) -> None:
    ids = code_shop.shop.anna.ids
    held = code_shop.merchant.api.ok("reserveLoyaltyPoints", {**ids, "rewardId": "rw_shop"})
    code_shop.work()
    assert code_shop.server.calls == []
    refused = code_shop.merchant.api(
        "useRewardCode",
        {"storeId": code_shop.merchant.store_id, "rewardCode": held["rewardCode"]},
    )
    assert refused.error == "REWARD_CODE_OF_SHOP"

    code_shop.merchant.api.ok(
        "commitLoyaltyRedemption", {**ids, "reservationId": held["reservationId"]}
    )
    code_shop.work()
    assert [*code_shop.server.codes] == [held["rewardCode"]]


@pytest.mark.parametrize("action", ["redeemLoyaltyPoints", "reserveLoyaltyPoints"])
def test_who_is_no_customer_of_the_shop_gets_no_code(
    written_shop: WrittenShop, action: str
) -> None:
    written_shop.shop.anna.earn(200)
    written_shop.reward()
    written_shop.work()
    body: dict[str, Any] = {**written_shop.shop.anna.ids, "rewardId": "rw_shop"}
    if action == "redeemLoyaltyPoints":
        body |= {"points": 50, "rewardDescription": "5 Euro"}
    with nothing_written():
        answer = written_shop.merchant.api(action, body)
    assert (answer.status, answer.error) == (400, "SHOP_CUSTOMER_REQUIRED")


def test_the_catalog_says_who_can_have_it(written_shop: WrittenShop) -> None:
    written_shop.shop.anna.earn(200)
    written_shop.reward()
    body = {**written_shop.shop.anna.ids, "rewardId": "rw_shop"}

    def reasons() -> list[str]:
        found = written_shop.merchant.api.ok("getReward", body)["reward"]
        (listed,) = written_shop.merchant.api.ok("listRewards", written_shop.shop.anna.ids)[
            "rewards"
        ]
        assert listed["forMember"] == found["forMember"]
        return list(found["forMember"]["reasons"])

    assert reasons() == ["SHOP_CUSTOMER_REQUIRED"]
    assert written_shop.shop.link(customerId="17").status == 200
    assert reasons() == []
    written_shop.connect(awardPointsProgramId=None)
    assert reasons() == ["REWARD_UNAVAILABLE"]


def test_a_till_does_not_take_the_code(code_shop: WrittenShop) -> None:
    code = code_shop.redeem().body["rewardCode"]
    with nothing_written():
        answer = code_shop.merchant.api(
            "useRewardCode", {"storeId": code_shop.merchant.store_id, "rewardCode": code}
        )
    assert (answer.status, answer.error) == (400, "REWARD_CODE_OF_SHOP")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"type": "free_product", "amount": None, "productId": "p"}, "shop"),
        ({"shop": {"system": "shopify"}}, "shop"),
        ({"storeIds": ["own"]}, "storeIds"),
    ],
    ids=["type", "system", "stores"],
)
def test_a_reward_fits_its_shop(
    written_shop: WrittenShop, changed: dict[str, Any], field: str
) -> None:
    if "storeIds" in changed:
        changed = {"storeIds": [written_shop.merchant.store_id]}
    body = {
        "programId": written_shop.shop.anna.program_id,
        "title": "5 Euro",
        "type": "discount_amount",
        "requiredPoints": 50,
        "amount": 5,
        "shop": {"system": "generic"},
        **changed,
    }
    with nothing_written():
        answer = written_shop.merchant.api("createReward", body)
    assert answer.status == 400
    assert field in answer.body["details"]["fields"]


def test_an_order_with_the_code_uses_it_once(code_shop: WrittenShop) -> None:
    redeemed = code_shop.redeem().body
    code_shop.work()
    told = order(codes=[redeemed["rewardCode"].lower()])
    code_shop.shop.tell(told, told)
    found = code_shop.redemption(redeemed["redemptionId"])
    assert (found["status"], found["usedInStoreId"]) == ("used", code_shop.merchant.store_id)
    assert found["shop"]["state"] == "used"
    assert found["shop"]["orderId"] == "1001"

    code_shop.shop.tell(order("1002", codes=[redeemed["rewardCode"]]))
    assert code_shop.redemption(redeemed["redemptionId"]) == found


def test_an_order_without_codes_of_ours_costs_nothing_more(code_shop: WrittenShop) -> None:
    with watched() as without:
        code_shop.shop.tell(order("1001"))
    with watched() as with_others:
        code_shop.shop.tell(order("1002", codes=["SUMMER", "10OFF"]))
    assert with_others.cost == without.cost


def test_a_code_that_is_used_while_it_is_put_is_used(code_shop: WrittenShop) -> None:
    redeemed = code_shop.redeem().body
    told = order(codes=[redeemed["rewardCode"]])
    code_shop.server.meanwhile = lambda: code_shop.shop.tell(told)
    code_shop.work()
    assert code_shop.redemption(redeemed["redemptionId"])["shop"]["state"] == "used"


@pytest.mark.parametrize("fault", [500, LOST])
def test_a_lost_answer_puts_no_second_code(code_shop: WrittenShop, fault: int) -> None:
    redeemed = code_shop.redeem().body
    code_shop.server.faults = [fault]
    code_shop.work()
    assert code_shop.redemption(redeemed["redemptionId"])["shop"]["state"] == "pending"
    code_shop.clock.advance(minutes=10)
    code_shop.attempt(code_shop.code().write_id)
    assert [*code_shop.server.codes] == [redeemed["rewardCode"]]
    assert code_shop.redemption(redeemed["redemptionId"])["shop"]["state"] == "active"


def test_a_code_that_the_shop_refuses_has_failed(code_shop: WrittenShop) -> None:
    redeemed = code_shop.redeem().body
    code_shop.server.faults = [400]
    code_shop.work()
    assert code_shop.redemption(redeemed["redemptionId"])["shop"]["state"] == "failed"
    code_shop.connect()
    code_shop.work()
    assert code_shop.redemption(redeemed["redemptionId"])["shop"]["state"] == "active"


def test_a_process_that_dies_anywhere_puts_the_code_once(code_shop: WrittenShop) -> None:
    from shared.services.systems import shop_writer

    code_shop.shop.anna.earn(2000)
    for steps in range(12):
        redeemed = code_shop.redeem().body
        (writing,) = (each for each in code_shop.writings() if each.state is WritingState.PENDING)
        with dying_after(steps) as life:
            shop_writer.attempt(writing.write_id)
        code_shop.clock.advance(minutes=6)
        code_shop.attempt(writing.write_id)
        assert redeemed["rewardCode"] in code_shop.server.codes
        assert code_shop.redemption(redeemed["redemptionId"])["shop"]["state"] == "active"
        if not life.has_ended:
            return
    raise AssertionError("it never came to its end")


def test_what_a_redemption_costs(code_shop: WrittenShop) -> None:
    with watched() as traffic:
        code_shop.redeem()
    assert len(traffic.rpcs) == 2
    write_id = code_shop.code().write_id
    with watched() as traffic:
        code_shop.attempt(write_id)
    assert len(traffic.rpcs) == 5


def test_who_is_erased_has_no_code_in_the_shop(code_shop: WrittenShop) -> None:
    code_shop.redeem()
    code_shop.work()
    code_shop.merchant.api.ok("eraseMember", {"userId": "user_1"})
    left = code_shop.code()
    assert left.user_id.startswith("erased_")
    code_shop.attempt(left.write_id)
    assert not code_shop.is_usable()
    assert code_shop.writings() == []


def test_who_is_erased_before_the_code_is_put_gets_none(code_shop: WrittenShop) -> None:
    code_shop.redeem()
    code_shop.merchant.api.ok("eraseMember", {"userId": "user_1"})
    assert code_shop.writings() == []
    code_shop.work()
    assert code_shop.server.calls == []


def test_who_is_erased_while_the_code_is_put_has_none_in_the_end(code_shop: WrittenShop) -> None:
    code_shop.redeem()
    code_shop.server.meanwhile = lambda: code_shop.merchant.api.ok(
        "eraseMember", {"userId": "user_1"}
    )
    code_shop.work()
    assert not code_shop.is_usable()
    assert code_shop.writings() == []
