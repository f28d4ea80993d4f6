"""getClickCollectOrder: one's own order, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.checkouts import Market
from tests.support.merchants import Merchant


def test_the_same_404_for_what_is_absent_and_what_is_anothers(
    market: Market, new_merchant: Callable[..., Merchant]
) -> None:
    market.sells()
    body, other = {"orderId": market.ordered()}, new_merchant()
    own = market.merchant.customer("user_1", names_account=True)
    stranger = market.merchant.customer("user_2", names_account=True)
    elsewhere = other.customer("user_1", names_account=True)

    refused = [call("getClickCollectOrder", body) for call in (other.api, stranger, elsewhere)]
    refused.append(own("getClickCollectOrder", {"orderId": "cc_order_none"}))

    assert [(each.status, each.error) for each in refused] == [(404, "ORDER_NOT_FOUND")] * 4
    for call in (own, market.api):
        order = call.ok("getClickCollectOrder", body)["order"]
        assert (order["orderId"], order["amount"]) == (body["orderId"], 1000)
