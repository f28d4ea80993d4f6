"""syncShop: the orders of a shop that have changed; notices: tests/functions/notifications."""

from __future__ import annotations

from datetime import timedelta

from tests.support import stored
from tests.support.receivers import answer, status
from tests.support.refusals import nothing_written
from tests.support.shops import OnlineShop, order, refund


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


def test_ids_that_no_database_takes_stop_neither_a_sync_nor_a_notice(
    linked_shop: OnlineShop,
) -> None:
    linked_shop.list({"id": "a\ud800"}, order("b\x00\ud800", number="c\x00"), order())
    done = linked_shop.sync()
    assert (done["state"], done["synced"]) == ("succeeded", {"orders": 2})
    assert [each["externalId"] for each in done["remarks"]] == ["a\ufffd"]
    assert linked_shop.points() == 400

    linked_shop.tell(
        {"id": "d\ud800"}, order("e\ud800", "30.00"), order("f\x00", customer={"id": "\ud800\x00"})
    )
    assert linked_shop.points() == 700


def test_an_order_that_is_too_large_to_wait_stops_neither_a_sync_nor_a_notice(
    shop: OnlineShop,
) -> None:
    lines = [{"amount": "1"}] * 500
    large = order(refunds=[refund(f"r{each}", "500", lines=lines) for each in range(60)])
    shop.tell(large)
    assert stored.documents_of(shop.merchant, "shopOrders") == {}

    shop.list(large, order("1002"))
    done = shop.sync()
    assert done["state"] == "succeeded"
    assert [each["externalId"] for each in done["remarks"]] == ["1001"]
    (waiting,) = stored.documents_of(shop.merchant, "shopOrders").values()
    assert waiting["externalId"] == "1002"
