"""listClickCollectOrders: pages of a store's or a customer's orders, newest first."""

from __future__ import annotations

from typing import Any

from tests.support.api import Api
from tests.support.checkouts import Market
from tests.support.refusals import nothing_written


def all_pages(api: Api, **filters: Any) -> list[str]:
    """Return the ids of all pages of two."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        body = {**filters, "limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = api.ok("listClickCollectOrders", body)
        assert answer["hasMore"] is (answer["nextCursor"] is not None)
        found += [each["orderId"] for each in answer["orders"]]
        cursor = answer["nextCursor"]
        if cursor is None:
            return found


def test_lists_by_store_customer_and_status(market: Market) -> None:
    market.sells()
    elsewhere = Market(market.merchant.another_store(), market.member)
    elsewhere.sells()
    mine = [market.ordered() for _ in range(3)]
    others = market.ordered("confirmed", userId="user_2")
    there = elsewhere.ordered("confirmed")
    store_id = market.merchant.store_id

    assert all_pages(market.api, storeId=store_id) == [others, *reversed(mine)]
    assert all_pages(market.api, userId="user_1") == [there, *reversed(mine)]
    assert all_pages(market.api, storeId=store_id, userId="user_2") == [others]
    assert all_pages(market.api, storeId=store_id, status="pending") == [*reversed(mine)]
    assert all_pages(market.api, userId="user_1", status="confirmed") == [there]
    assert all_pages(market.merchant.customer("user_2"), storeId=store_id) == [others]


def test_needs_a_store_or_a_customer(market: Market) -> None:
    with nothing_written():
        answer = market.api("listClickCollectOrders", {"status": "ready"})

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


def test_a_customer_does_not_see_anothers(market: Market) -> None:
    market.sells()
    market.ordered(userId="user_2")
    customer = market.merchant.customer("user_1")
    body = {"storeId": market.merchant.store_id}

    assert customer.ok("listClickCollectOrders", body)["orders"] == []
    refused = customer("listClickCollectOrders", {**body, "userId": "user_2"})
    assert (refused.status, refused.error) == (403, "USER_NOT_ALLOWED")


def test_lists_what_was_ordered_by_ids_that_were_merged(market: Market) -> None:
    market.sells()
    market.member.other("user_2").enroll()
    ordered = [market.ordered(), market.ordered(userId="user_2")]
    market.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})
    ordered.append(market.ordered("confirmed"))
    store_id = market.merchant.store_id

    for user_id in ("user_1", "user_2"):
        customer = market.merchant.customer(user_id)
        assert all_pages(market.api, userId=user_id) == [*reversed(ordered)]
        assert all_pages(customer, storeId=store_id) == [*reversed(ordered)]
        assert all_pages(market.api, userId=user_id, status="confirmed") == ordered[2:]
        for each in ordered:
            assert (
                customer("getClickCollectOrder", {"orderId": each, "storeId": store_id}).status
                == 200
            )
    body = {"storeId": store_id, "orderId": ordered[0], "status": "cancelled"}
    stranger = market.merchant.customer("user_3")
    with nothing_written():
        assert stranger("updateClickCollectStatus", body).error == "ORDER_NOT_FOUND"
    assert market.merchant.customer("user_2")("updateClickCollectStatus", body).status == 200
