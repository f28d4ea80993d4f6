"""submitClickCollectOrder: one order, at the prices of the catalog."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.clock import to_wire
from tests.conftest import Clock
from tests.support.checkouts import MILK, Market
from tests.support.merchants import Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written


def test_takes_an_order(market: Market) -> None:
    product_id = market.sells(1.49)

    answer = market.order(2, note="Bitte kalt stellen")

    order_id = answer.body["orderId"]
    assert order_id.startswith("cc_order_")
    assert answer.body == {
        "success": True,
        "orderId": order_id,
        "status": "pending",
        "estimatedPickupAt": answer.body["estimatedPickupAt"],
    }
    order = market.api.ok("getClickCollectOrder", {"orderId": order_id})["order"]
    assert (order["amount"], order["note"], order["points"]) == (298, "Bitte kalt stellen", [])
    assert order["items"][0]["productId"] == product_id
    data = {
        "orderId": order_id,
        "storeId": market.merchant.store_id,
        "userId": "user_1",
        "status": "pending",
    }
    assert market.events() == [("clickcollect.order", data)]
    assert market.units() == []


@pytest.mark.parametrize(
    ("in_minutes", "expected"), [(None, 30), (5, 30), (30, 30), (90, 90)], ids=str
)
def test_says_when_it_can_be_picked_up(
    market: Market, frozen_clock: Clock, in_minutes: int | None, expected: int
) -> None:
    market.sells()

    def after(minutes: int) -> str:
        at: datetime = frozen_clock.now + timedelta(minutes=minutes)
        return to_wire(at)

    wish = {} if in_minutes is None else {"pickupTime": after(in_minutes)}

    assert market.order(**wish).body["estimatedPickupAt"] == after(expected)


@pytest.mark.parametrize("days", [-1, 31])
def test_a_time_that_is_over_or_too_far_away_is_refused(market: Market, days: int) -> None:
    from shared import clock

    market.sells()
    wish = to_wire(clock.utc_now() + timedelta(days=days))

    with nothing_written():
        answers = [
            market.order(pickupTime=wish),
            market.merchant.sandbox(
                "submitClickCollectOrder",
                {
                    "storeId": "store_a",
                    "userId": "user_1",
                    "items": [{"productId": "x"}],
                    "pickupTime": wish,
                },
            ),
        ]

    for answer in answers:
        assert_invalid(answer, pickupTime="must be within the next 30 days")


def test_the_same_key_orders_once(market: Market) -> None:
    market.sells()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: market.order(key="k"), range(8)))

    assert {each.status for each in answers} == {200}
    assert len({each.body["orderId"] for each in answers}) == 1
    assert sorted(each.is_replay for each in answers) == [False] + [True] * 7
    assert [name for name, _ in market.events()] == ["clickcollect.order"]


def test_the_same_key_with_another_order_is_refused(market: Market) -> None:
    market.sells()
    market.order(key="k")

    with nothing_written():
        answer = market.order(9, key="k")

    assert (answer.status, answer.error) == (409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("by", ["key", "customer"])
def test_what_the_store_does_not_sell_is_refused(market: Market, by: str) -> None:
    other = market.merchant.another_store()
    elsewhere = Market(other, market.member).sells()
    market.sells()
    calls = market.api if by == "key" else market.merchant.customer()
    body = {"storeId": market.merchant.store_id, "userId": "user_1"}

    for name in ("4000000000002", elsewhere, "a/b", "__x__"):
        with nothing_written():
            items = [{"productId": MILK["ean"]}, {"productId": name}]
            answer = calls("submitClickCollectOrder", {**body, "items": items})
        assert_refused(answer, 404, "PRODUCT_NOT_FOUND", {"productId": name})


@pytest.mark.parametrize(
    "fields",
    [
        {"items": []},
        {"items": [{"productId": "1", "quantity": 0}]},
        {"items": [{"productId": "1", "quantity": 1.5}]},
        {"items": [{"productId": "1"}] * 2},
        {"items": [{"productId": "1", "priceUnit": 1}]},
        {"note": "x" * 251},
        {"pickupTime": "tomorrow"},
    ],
    ids=str,
)
def test_what_is_no_order_is_refused(market: Market, fields: dict[str, Any]) -> None:
    with nothing_written():
        answer = market.order(**fields)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


def test_another_accounts_store_is_absent(
    market: Market, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answer = market.order(storeId=other.store_id)

    assert (answer.status, answer.error) == (404, "STORE_NOT_FOUND")
