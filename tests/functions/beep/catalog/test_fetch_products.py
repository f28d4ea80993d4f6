"""fetchProducts: what a store sells, each product once, whatever happens between two pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.catalog.goods import Price
from shared.domain.money import Money
from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.products import EAN, inserted, kept, synced
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

ACTION = "fetchProducts"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def fill(merchant: Merchant, *numbers: str) -> None:
    for number in numbers:
        inserted(merchant, ean=None, number=number)


def pages(merchant: Merchant, **fields: Any) -> Iterator[list[str]]:
    """Go through all pages; give the numbers of each."""
    cursor: dict[str, str] = {}
    while True:
        with nothing_written():
            body = merchant.api.ok(ACTION, {"storeId": merchant.store_id, **fields, **cursor})
        assert body["count"] == len(body["products"])
        yield [each["number"] for each in body["products"]]
        if body["nextCursor"] is None:
            return
        cursor = {"cursor": body["nextCursor"]}


def listed(merchant: Merchant, **fields: Any) -> list[str]:
    """Return the ids of what is sold, from the one page that there is."""
    body = merchant.api.ok(ACTION, {"storeId": merchant.store_id, **fields})
    assert body["nextCursor"] is None
    return [each["productId"] for each in body["products"]]


def test_pages_show_every_product_once_in_the_order_of_its_number(merchant: Merchant) -> None:
    fill(merchant, "c", "a", "Öl/5 l", "b", "d")

    assert list(pages(merchant, limit=2)) == [["Öl/5 l", "a"], ["b", "c"], ["d"]]
    assert list(pages(merchant, limit=5)) == [["Öl/5 l", "a", "b", "c", "d"]]


def test_shows_of_each_what_was_inserted(merchant: Merchant) -> None:
    product = inserted(merchant)

    body = merchant.api.ok(ACTION, {"storeId": merchant.store_id, "limit": 100})

    assert body == {
        "success": True,
        "storeId": merchant.store_id,
        "products": [product],
        "count": 1,
        "nextCursor": None,
    }


def test_no_page_is_lost_when_its_begin_is_deleted(frozen_clock: Clock, merchant: Merchant) -> None:
    for number in ("a", "b", "c", "d", "e"):
        synced(merchant, key=number, ean=None, number=number)
    going = pages(merchant, limit=2)

    first = next(going)
    for number in ("a", "b", "d"):
        synced(merchant, key=number, ean=None, number=number, deleted_at=NOW)

    assert [first, *going] == [["a", "b"], ["c", "e"]]


def test_what_is_no_longer_sold_is_listed_on_demand(merchant: Merchant) -> None:
    fill(merchant, "a")
    synced(merchant, key="b", number="b", deleted_at=NOW, replaced_by=EAN)
    body = {"storeId": merchant.store_id, "includeDeleted": True}

    sold, all_of_them = listed(merchant), merchant.api.ok(ACTION, body)["products"]

    assert sold == [f"{merchant.store_id}_a"]
    assert [each["number"] for each in all_of_them] == ["a", "b"]
    gone = all_of_them[1]
    assert gone["deletedAt"] == "2026-03-03T12:00:00.000Z"
    assert gone["replacedBy"] == f"{merchant.store_id}_{EAN}"


def test_a_query_can_ask_for_what_is_no_longer_sold(merchant: Merchant) -> None:
    synced(merchant, deleted_at=NOW)
    query = {"storeId": merchant.store_id}

    counts = [
        merchant.api.get(ACTION, {**query, "includeDeleted": text}).body["count"]
        for text in ("true", "false")
    ]
    with nothing_written():
        refused = merchant.api.get(ACTION, {**query, "includeDeleted": "1"})

    assert counts == [1, 0]
    assert_invalid(refused, includeDeleted="must be true or false")


def test_can_be_chosen_by_source_and_category(merchant: Merchant) -> None:
    inserted(merchant, ean=None, number="a", categoryId="1")
    inserted(merchant, ean=None, number="b", categoryId="2")
    synced(merchant, key="c", category_id="1")

    assert listed(merchant, source="api") == [f"{merchant.store_id}_{key}" for key in "ab"]
    assert listed(merchant, categoryId="1") == [f"{merchant.store_id}_{key}" for key in "ac"]
    assert listed(merchant, source="korona", categoryId="1") == [f"{merchant.store_id}_c"]
    assert listed(merchant, source="sap") == []


def test_shows_the_price_that_is_valid_now(frozen_clock: Clock, merchant: Merchant) -> None:
    synced(merchant, upcoming=(Price(Money(129, "EUR"), NOW),), next_price_at=NOW)
    synced(merchant, key="free", price=None)

    with nothing_written():
        body = merchant.api.ok(ACTION, {"storeId": merchant.store_id})

    prices = [(each["price"], each["currency"]) for each in body["products"]]
    assert prices == [(1.29, "EUR"), (None, None)]
    assert kept(merchant).price == Money(149, "EUR")


def cursor_of(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!",
        *map(cursor_of, ["a", [], [""], [1], ["a", "b"], ["\ud800"], {"a": 1}, None]),
    ],
)
def test_refuses_a_cursor_that_is_none(merchant: Merchant, cursor: str) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {"storeId": merchant.store_id, "cursor": cursor})

    assert_invalid(answer, cursor="must be a nextCursor of an earlier answer")


@pytest.mark.parametrize("key", ["..", "__a__", "a/b", "x" * 2000])
def test_any_key_is_a_place_to_go_on_from(merchant: Merchant, key: str) -> None:
    fill(merchant, "~")

    body = {"storeId": merchant.store_id, "cursor": cursor_of([key])[:2000]}
    answer = merchant.api(ACTION, body)

    assert answer.status == (400 if len(key) == 2000 else 200)


def test_another_merchants_store_does_not_exist(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    answer = new_merchant().api(ACTION, {"storeId": merchant.store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND")
