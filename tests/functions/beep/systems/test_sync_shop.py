"""syncShop: the orders of a shop that have changed; notices: tests/functions/notifications."""

from __future__ import annotations

from datetime import timedelta

from tests.support.receivers import answer, status
from tests.support.refusals import nothing_written
from tests.support.shops import OnlineShop, order


def test_books_page_by_page_what_members_have_bought(linked_shop: OnlineShop) -> None:
    linked_shop.list(order(), order("1002", status="open"), {"id": "1003"})
    done = linked_shop.sync()

    assert done["changes"]["receiptsAwarded"] == 1
    assert done["synced"] == {"orders": 2}
    assert [each["externalId"] for each in done["remarks"]] == ["1003"]
    assert linked_shop.points() == 200
    call = linked_shop.lists.received[-1]
    assert call.path.partition("?")[2] == ""


def test_needs_a_connected_shop(shop: OnlineShop) -> None:
    other = shop.merchant.another_store()
    with nothing_written():
        body = {"system": "generic", "storeId": other.store_id}
        assert shop.merchant.api("syncShop", body).error == "CONNECTOR_NOT_CONFIGURED"
        assert shop.merchant.api("syncShop", {**body, "system": "korona"}).status == 400


def test_a_sync_that_breaks_off_goes_on(linked_shop: OnlineShop) -> None:
    first = answer(200, {"orders": [order()], "nextCursor": "p2"})
    linked_shop.lists.answers = [first, status(503)]
    assert linked_shop.sync()["state"] == "running"
    assert linked_shop.points() == 200

    linked_shop.list(order(), order("1002"))
    linked_shop.clock.now += timedelta(hours=1)
    assert linked_shop.sync()["state"] == "succeeded"
    assert "cursor=p2" in linked_shop.lists.received[-1].path
    assert linked_shop.points() == 400
