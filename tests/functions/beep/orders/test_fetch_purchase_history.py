"""fetchPurchaseHistory: pages of a customer's or a store's purchases, newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from shared.clock import to_wire
from tests.conftest import Clock
from tests.support.api import Api
from tests.support.checkouts import Market
from tests.support.merchants import Merchant
from tests.support.refusals import assert_invalid, nothing_written


def ids_of(answer: dict[str, Any]) -> list[str]:
    return [each["transactionId"] for each in answer["purchases"]]


def all_pages(api: Api, **filters: Any) -> list[str]:
    """Return the ids of all pages of two."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        body = {**filters, "limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = api.ok("fetchPurchaseHistory", body)
        assert answer["count"] == len(answer["purchases"]) <= 2
        assert answer["hasMore"] is (answer["nextCursor"] is not None)
        found += ids_of(answer)
        cursor = answer["nextCursor"]
        if cursor is None:
            return found
        assert cursor == found[-1]  # documented: the id of the last item


def test_lists_by_customer_by_store_and_by_both(market: Market) -> None:
    elsewhere = Market(market.merchant.another_store(), market.member)
    mine = [market.started() for _ in range(3)]
    others = market.started(userId="user_2")
    there = elsewhere.started()
    store_id = market.merchant.store_id

    assert all_pages(market.api, userId="user_1") == [there, *reversed(mine)]
    assert all_pages(market.api, storeId=store_id) == [others, *reversed(mine)]
    assert all_pages(market.api, storeId=store_id, userId="user_1") == [*reversed(mine)]
    assert market.api.get("fetchPurchaseHistory", {"userId": "user_2"}).body["count"] == 1


def test_only_what_is_open_and_until_when(frozen_clock: Clock, market: Market) -> None:
    paid, cancelled, first = (market.started() for _ in range(3))
    until = frozen_clock.now + timedelta(hours=2)
    frozen_clock.advance(minutes=1)
    second = market.started()
    assert market.complete(paid).status == market.cancel(cancelled).status == 200

    assert all_pages(market.api, userId="user_1", onlyOpen=True) == [second, first]
    assert all_pages(market.api, storeId=market.merchant.store_id, onlyOpen=True) == [second, first]
    every = market.api.ok("fetchPurchaseHistory", {"userId": "user_1"})["purchases"]
    assert {each["transactionId"]: each["timesOutAt"] for each in every} == {
        paid: None,
        cancelled: None,
        first: to_wire(until),
        second: to_wire(until + timedelta(minutes=1)),
    }


def test_needs_a_customer_or_a_store(market: Market) -> None:
    with nothing_written():
        answer = market.api("fetchPurchaseHistory", {})

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert "userId or storeId" in answer.body["message"]


def test_a_cursor_must_name_one_of_the_list(
    market: Market, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()
    theirs = Market(other, other.member()).started()
    of_another = market.started(userId="user_2")

    for cursor in ("purchase_none", theirs, of_another, "a/b"):
        answer = market.api("fetchPurchaseHistory", {"userId": "user_1", "cursor": cursor})
        assert_invalid(answer, cursor="must be a nextCursor of an earlier answer")


def test_a_customer_sees_only_their_own(
    market: Market, new_merchant: Callable[..., Merchant]
) -> None:
    other, store_id = new_merchant(), market.merchant.store_id
    mine, of_another = market.started(), market.started(userId="user_2")
    customer = market.merchant.customer("user_1")

    assert ids_of(customer.ok("fetchPurchaseHistory", {"storeId": store_id})) == [mine]
    refused = customer("fetchPurchaseHistory", {"storeId": store_id, "userId": "user_2"})
    assert (refused.status, refused.error) == (403, "USER_NOT_ALLOWED")
    cursor = customer("fetchPurchaseHistory", {"storeId": store_id, "cursor": of_another})
    assert_invalid(cursor, cursor="must be a nextCursor of an earlier answer")
    elsewhere = other.customer("user_1", names_account=True)
    assert elsewhere.ok("fetchPurchaseHistory")["purchases"] == []


def test_lists_what_was_bought_by_ids_that_were_merged(market: Market) -> None:
    api, store_id = market.api, market.merchant.store_id
    market.member.other("user_2").enroll()
    bought = [market.started(), market.started(userId="user_2")]
    api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})
    bought.append(market.started())

    for user_id in ("user_1", "user_2"):
        assert all_pages(api, userId=user_id) == [*reversed(bought)]
    # Whoever signs in by one of the ids sees all, and may do with each what they may with theirs.
    for user_id in ("user_1", "user_2"):
        customer = market.merchant.customer(user_id)
        assert all_pages(customer, storeId=store_id) == [*reversed(bought)]
        for each in bought:
            assert (
                customer("fetchPurchase", {"storeId": store_id, "transactionId": each}).status
                == 200
            )
    customer = market.merchant.customer("user_2")
    assert (
        customer("cancelCheckout", {"storeId": store_id, "transactionId": bought[0]}).status == 200
    )
    stranger = market.merchant.customer("user_3")
    with nothing_written():
        for action in ("fetchPurchase", "cancelCheckout"):
            refused = stranger(action, {"storeId": store_id, "transactionId": bought[1]})
            assert refused.error == "CHECKOUT_NOT_FOUND"
