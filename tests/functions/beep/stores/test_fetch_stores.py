"""fetchStores: the stores of the account, and nothing of them that lets customers out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

ACTION = "fetchStores"


@pytest.mark.usefixtures("frozen_clock")
def test_shows_stores_of_the_account_alone(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(currency="CHF", time_zone="Europe/Zurich")
    new_merchant()

    with nothing_written():
        body = merchant.api.ok(ACTION)

    assert body == {
        "success": True,
        "stores": [
            {
                "storeId": merchant.store_id,
                "name": "Store",
                "timeZone": "Europe/Zurich",
                "currency": "CHF",
                "position": None,
                "logo": None,
                "address": None,
                "createdAt": "2026-03-03T12:00:00.000Z",
            }
        ],
        "count": 1,
        "nextCursor": None,
    }


def test_pages_show_every_store_once_the_oldest_first(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    made = [merchant.store_id]
    for number in range(4):
        frozen_clock.advance(seconds=number % 2)  # Some are of the same millisecond.
        made.append(merchant.another_store().store_id)

    shown: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        body = merchant.api.ok(ACTION, {"limit": 2, **cursor})
        shown += [each["storeId"] for each in body["stores"]]
        if body["nextCursor"] is None:
            break
        assert body["count"] == 2
        cursor = {"cursor": body["nextCursor"]}

    assert sorted(shown) == sorted(made)
    assert [set(shown[:2]), set(shown[2:4]), shown[4:]] == [{*made[:2]}, {*made[2:4]}, made[4:]]


def test_can_be_of_one_store(merchant: Merchant, new_merchant: Callable[..., Merchant]) -> None:
    branch, stranger = merchant.another_store(), new_merchant()

    with nothing_written():
        body = merchant.api.ok(ACTION, {}, X_Beep_Store_Id=branch.store_id)
        refused = merchant.api(ACTION, {"storeId": stranger.store_id})

    assert [each["storeId"] for each in body["stores"]] == [branch.store_id]
    assert_refused(refused, 404, "STORE_NOT_FOUND")


def test_the_sandbox_has_two(merchant: Merchant) -> None:
    stores = merchant.sandbox.ok(ACTION)["stores"]

    assert [each["storeId"] for each in stores] == ["sandbox_store_001", "sandbox_store_002"]


def test_refuses_a_cursor_that_is_none(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {"cursor": "x"})

    assert_invalid(answer, cursor="must be a nextCursor of an earlier answer")
