"""listShopWrites: what a store's shops have, and what they refused."""

from __future__ import annotations

import pytest

from tests.support.written_shops import WrittenShop


def test_shows_cards_and_codes_with_what_the_shop_said(card_shop: WrittenShop) -> None:
    api, store_id = card_shop.merchant.api, card_shop.merchant.store_id
    (card,) = api.ok("listShopWrites", {"storeId": store_id})["writes"]
    assert (card["kind"], card["state"], card["customerId"]) == ("card", "written", "17")
    assert card["userId"] == "user_1"

    card_shop.server.faults = [404]
    card_shop.shop.anna.earn(10)
    card_shop.work()
    (dead,) = api.ok("listShopWrites", {"storeId": store_id, "state": "dead"})["writes"]
    assert (dead["error"], dead["reason"]) == ("CONNECTOR_NOT_FOUND", "refused")
    assert "as told" in dead["message"]
    assert api.ok("listShopWrites", {"storeId": store_id, "state": "written"})["count"] == 0


def test_filters_and_goes_on(code_shop: WrittenShop) -> None:
    api, store_id = code_shop.merchant.api, code_shop.merchant.store_id
    redeemed = []
    for _ in range(3):
        code_shop.clock.advance(minutes=1)
        redeemed.append(code_shop.redeem().body["redemptionId"])
    first = api.ok("listShopWrites", {"storeId": store_id, "kind": "code", "limit": 2})
    rest = api.ok(
        "listShopWrites",
        {"storeId": store_id, "kind": "code", "limit": 2, "cursor": first["nextCursor"]},
    )
    found = [each["redemptionId"] for each in (*first["writes"], *rest["writes"])]
    assert found == redeemed[::-1]
    assert rest["nextCursor"] is None
    assert api.ok("listShopWrites", {"storeId": store_id, "userId": "user_1"})["count"] == 3
    assert api.ok("listShopWrites", {"storeId": store_id, "userId": "user_2"})["count"] == 0
    assert api.ok("listShopWrites", {"storeId": store_id, "kind": "card"})["count"] == 0


@pytest.mark.parametrize("field", ["kind", "state"])
def test_refuses_other_words(written_shop: WrittenShop, field: str) -> None:
    body = {"storeId": written_shop.merchant.store_id, field: "other"}
    assert written_shop.merchant.api("listShopWrites", body).status == 400
