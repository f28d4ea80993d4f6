"""listPayments: every payment once, newest first."""

from __future__ import annotations

from tests.support.payments import Till
from tests.support.refusals import assert_invalid, assert_refused


def test_pages_show_every_payment_once(till: Till) -> None:
    made = [till.process(purchaseId=f"order_{number}").body["paymentId"] for number in range(5)]
    store = {"storeId": till.merchant.store_id, "limit": 2}

    shown, cursor = [], None
    for _ in range(4):
        page = till.merchant.api.ok(
            "listPayments", {**store, **({"cursor": cursor} if cursor else {})}
        )
        shown += [each["paymentId"] for each in page["payments"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break

    assert (len(shown), set(shown)) == (5, set(made))
    assert shown[0] == made[-1]


def test_a_full_last_page_has_no_next_one(till: Till) -> None:
    till.process()
    page = till.merchant.api.ok("listPayments", {"storeId": till.merchant.store_id, "limit": 1})
    assert (page["count"], page["nextCursor"]) == (1, None)


def test_can_be_chosen_by_stage(till: Till) -> None:
    paid = till.paid(purchaseId="order_1")
    till.process(purchaseId="order_2")

    page = till.merchant.api.ok(
        "listPayments", {"storeId": till.merchant.store_id, "stage": "paid"}
    )

    assert [each["paymentId"] for each in page["payments"]] == [paid]


def test_refuses_a_cursor_that_is_none(till: Till) -> None:
    answer = till.merchant.api("listPayments", {"storeId": till.merchant.store_id, "cursor": "x"})
    assert_invalid(answer, cursor="must be a nextCursor of an earlier answer")


def test_another_merchants_store_does_not_exist(till: Till, new_merchant) -> None:
    answer = new_merchant().api("listPayments", {"storeId": till.merchant.store_id})
    assert_refused(answer, 404, "STORE_NOT_FOUND")
