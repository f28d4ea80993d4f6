"""shopWebhook: shops report orders; each earns once, whatever comes how often and in what order."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.store import client
from tests.support import stored
from tests.support.dying import dying_after
from tests.support.events import Pipeline
from tests.support.receipts import row
from tests.support.receivers import receiving, status
from tests.support.refusals import nothing_written
from tests.support.shops import NOON, OnlineShop, order, refund, signed
from tests.support.traffic import watched


def test_a_paid_order_earns_for_the_linked_member_once(linked_shop: OnlineShop) -> None:
    paid = order(total="24.90", shipping="4.90")
    assert linked_shop.notify(order=paid, notice_id="evt_1") == 200
    assert linked_shop.points() == 200

    with nothing_written():
        assert linked_shop.notify(order=paid, notice_id="evt_1") == 200
    linked_shop.tell(paid, paid)
    assert linked_shop.points() == 200
    (entry,) = linked_shop.anna.balance()["recentTransactions"]
    assert entry["points"] == 200


def test_every_order_of_notices_ends_in_the_same_balance(linked_shop: OnlineShop) -> None:
    back = [refund("r1", "5.00")]
    told = [
        order(at=0),
        order(total="30.00", at=1),
        order(total="30.00", at=2, refunds=back),
    ]
    for number, each in enumerate(permutations(told), start=1):
        linked_shop.tell(*({**row, "id": f"o{number}"} for row in (*each, told[0])))
        assert linked_shop.points() == number * 250


def test_a_cancelled_order_keeps_nothing_until_it_is_paid_again(linked_shop: OnlineShop) -> None:
    gone = order(status="cancelled", at=1)
    linked_shop.tell(gone, order(at=0), gone)
    assert linked_shop.points() == 0

    linked_shop.tell(order("1002"), order("1002", status="cancelled", at=1))
    assert linked_shop.points() == 0
    linked_shop.tell(order("1002", at=2))
    assert linked_shop.points() == 200


def test_an_order_that_was_cancelled_again_is_not_valid_by_what_comes_late(
    linked_shop: OnlineShop,
) -> None:
    first, again = order(status="cancelled", at=0), order(status="cancelled", at=2)
    linked_shop.tell(first, again, order(at=1))
    assert linked_shop.points() == 0
    linked_shop.tell(order(at=3))
    assert linked_shop.points() == 200


def test_a_refund_by_lines_takes_back_what_they_say(linked_shop: OnlineShop) -> None:
    lines = [{"amount": "20.00"}, {"amount": "50.00", "type": "gift_card"}]
    sold = {"total": "75.00", "shipping": "5.00", "lines": lines}
    linked_shop.tell(order(**sold))
    assert linked_shop.points() == 200
    card = refund("r1", "50.00", lines=[{"amount": "50.00", "type": "gift_card"}])
    goods = refund("r2", "7.00", shipping="2.00", lines=[{"amount": "5.00"}])
    linked_shop.tell(order(**sold, at=1, refunds=[card]))
    assert linked_shop.points() == 200
    linked_shop.tell(order(**sold, at=2, refunds=[card, goods]))
    assert linked_shop.points() == 150


def test_shipping_earns_if_the_program_says_so_and_comes_back_exactly(
    linked_shop: OnlineShop,
) -> None:
    linked_shop.tell(order("1000", total="25.00", shipping="5.00"))
    assert linked_shop.points() == 200
    body = {"programId": linked_shop.anna.program_id, "earningBase": {"shippingEarns": True}}
    linked_shop.merchant.api.ok("updateLoyaltyProgram", body)
    # What was read before the change stays as it was.
    linked_shop.tell(order("1000", total="25.00", shipping="5.00", at=1))
    assert linked_shop.points() == 200

    sold = {"total": "25.00", "shipping": "5.00", "lines": [{"amount": "20.00"}]}
    goods = refund("r1", "20.00", lines=[{"amount": "20.00"}])
    shipping = refund("r2", "5.00", shipping="5.00")
    linked_shop.tell(order(**sold))
    entry = linked_shop.anna.balance()["recentTransactions"][0]
    assert (linked_shop.points(), entry["points"]) == (450, 250)
    linked_shop.tell(order(**sold, at=1, refunds=[goods]))
    assert linked_shop.points() == 250
    linked_shop.tell(order(**sold, at=2, refunds=[goods, shipping]))
    assert linked_shop.points() == 200
    linked_shop.tell(order("1002", **sold), order("1002", **sold, at=1, refunds=[shipping]))
    assert linked_shop.points() == 400
    linked_shop.tell(order("1002", **sold, at=2, status="cancelled"))
    assert linked_shop.points() == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"isTest": True},
        {"status": "open"},
        {"currency": "CHF"},
        {"paidAt": (NOON - timedelta(days=1)).isoformat()},
        {"customer": None},
    ],
    ids=str,
)
def test_what_is_no_sale_of_a_member_earns_nothing(
    linked_shop: OnlineShop, changed: dict[str, object]
) -> None:
    linked_shop.tell(order(**changed))
    assert linked_shop.points() == 0
    assert stored.documents_of(linked_shop.merchant, "purchases") == {}
    assert stored.documents_of(linked_shop.merchant, "shopOrders") == {}


@pytest.mark.parametrize("where", ["notice", "answer"])
@pytest.mark.parametrize(
    "beyond",
    [
        {"total": "1000000000.01"},
        {"refunds": [refund("r1", "1000000000.01")]},
        {"refunds": [refund("r1", "5.00", refundedAt="0001-01-01T00:00:00+14:00")]},
    ],
    ids=["total", "refund", "time"],
)
def test_an_order_beyond_all_bounds_changes_nothing(
    linked_shop: OnlineShop, beyond: dict[str, Any], where: str
) -> None:
    linked_shop.tell(order())
    told = order(**beyond, at=1)
    if where == "answer":
        linked_shop.list(told)
        told = {"id": told["id"], "status": "???"}
    before = stored.documents_of(linked_shop.merchant, "purchases")
    linked_shop.tell(told, {**told, "id": "1002"})
    assert linked_shop.points() == 200
    assert stored.documents_of(linked_shop.merchant, "purchases") == before
    assert stored.documents_of(linked_shop.merchant, "shopOrders") == {}


@pytest.mark.parametrize(
    "paid_at", ["9999-12-31T23:59:59-12:00", "9999-12-29T00:00:00Z", "2090-01-01T00:00:00Z"]
)
def test_an_order_of_the_future_waits_for_nobody(shop: OnlineShop, paid_at: str) -> None:
    shop.tell(order(paidAt=paid_at))
    assert stored.documents_of(shop.merchant, "shopOrders") == {}


@pytest.mark.parametrize(
    "forged", ["none", "secret", "body", "late", "version", "store", "id"], ids=str
)
def test_what_is_not_signed_is_refused_and_nothing_is_read_or_written(
    linked_shop: OnlineShop, forged: str
) -> None:
    body = json.dumps({"topic": "order", "order": order()}).encode()
    headers = signed(body)
    if forged == "none":
        headers = {}
    elif forged == "secret":
        headers = signed(body, secret="another-secret-of-a-shop")
    elif forged == "body":
        body += b" "
    elif forged == "late":
        headers = signed(body, at=linked_shop.clock.now - timedelta(minutes=6))
    elif forged == "version":
        headers["webhook-signature"] = headers["webhook-signature"].replace("v1", "v2")
    elif forged == "id":
        headers["webhook-id"] = "another"
    store_id = "store_of_nobody" if forged == "store" else None

    with nothing_written(), watched() as traffic:
        assert linked_shop.post(body, headers, store_id) == 401
    assert traffic.reads == 1
    assert linked_shop.points() == 0


def test_a_shop_of_another_name_is_refused(linked_shop: OnlineShop) -> None:
    body = b"{}"
    client_of_app = linked_shop.app.test_client()
    with nothing_written():
        for path in ("korona/store", "generic", "generic/a/b", "nobody/x"):
            answer = client_of_app.post(f"/apiGateway/shopWebhook/{path}", data=body)
            assert answer.status_code == 401
        assert client_of_app.get("/apiGateway/shopWebhook/generic/x").status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[1]",
        b"{",
        b'{"topic": "order"}',
        b'{"topic": "other"}',
        b'{"topic": "ping"}',
        b"\xff",
    ],
    ids=repr,
)
def test_what_says_nothing_is_answered(linked_shop: OnlineShop, body: bytes) -> None:
    headers = signed(body) if body != b"\xff" else {}
    with nothing_written():
        assert linked_shop.post(body, headers) == (200 if headers else 401)


def test_an_order_that_cannot_be_read_is_asked_for(linked_shop: OnlineShop) -> None:
    linked_shop.list(order())
    assert linked_shop.notify(order={"id": "1001", "status": "???"}) == 200
    assert linked_shop.points() == 200
    assert "ids=1001" in linked_shop.lists.received[-1].path


def test_a_refund_with_a_line_below_zero_is_told_and_no_part_of_the_order_is_booked(
    linked_shop: OnlineShop, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = order(refunds=[refund("r1", "5.00", lines=[{"amount": "-5.00"}])])
    linked_shop.list(wrong)
    assert linked_shop.notify(order=wrong) == 200
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    told = [line for line in lines if "order of a shop" in line]
    assert len(told) == 2  # By the notice, and as the shop has answered.
    assert all("1001" in line and "refunds.0.lines.0.amount" in line for line in told)
    assert linked_shop.points() == 0
    assert stored.documents_of(linked_shop.merchant, "purchases") == {}


def test_a_shop_that_does_not_answer_is_asked_again_by_the_sweep(linked_shop: OnlineShop) -> None:
    linked_shop.lists.answer = status(503)
    unread = {"id": "1001", "status": "???"}
    with nothing_written():
        assert linked_shop.notify(order=unread) == 503
    linked_shop.list()
    linked_shop.connect(schedule="hourly")
    linked_shop.lists.answer = status(503)
    with nothing_written():
        assert linked_shop.notify(order=unread) == 200
    linked_shop.list(order())
    linked_shop.sync()
    assert linked_shop.points() == 200


def test_a_lost_notice_is_found_by_the_sweep(linked_shop: OnlineShop) -> None:
    linked_shop.list(order(), order("1002"), changedUntil="later")
    linked_shop.tell(order())
    done = linked_shop.sync()

    assert (done["state"], done["synced"], linked_shop.points()) == (
        "succeeded",
        {"orders": 2},
        400,
    )
    linked_shop.list()
    linked_shop.sync()
    assert "changedSince=later" in linked_shop.lists.received[-1].path
    assert linked_shop.points() == 400


def test_a_till_of_the_same_name_has_other_receipts(linked_shop: OnlineShop) -> None:
    linked_shop.tell(order())
    linked_shop.anna.api.ok(
        "syncPOS",
        {
            "system": "generic",
            "storeId": linked_shop.merchant.store_id,
            "awardPoints": {"programId": linked_shop.anna.program_id},
            "credentials": {
                "file": base64.b64encode(
                    json.dumps({"receipts": [row("1001", 10)]}).encode()
                ).decode()
            },
        },
    )
    assert linked_shop.points() == 300


@pytest.mark.parametrize(
    ("is_known", "cost"), [(False, (7, 8, 5)), (True, (2, 2, 0))], ids=["news", "known"]
)
def test_a_notice_costs_what_it_may(
    linked_shop: OnlineShop, is_known: bool, cost: tuple[int, int, int]
) -> None:
    linked_shop.tell(order("1000"))
    if is_known:
        assert linked_shop.notify(order=order(), notice_id="evt_1") == 200
    with watched() as traffic:
        assert linked_shop.notify(order=order(), notice_id="evt_1") == 200
    assert traffic.cost == cost


def test_an_uninstalled_shop_is_asked_no_more(linked_shop: OnlineShop) -> None:
    linked_shop.connect(schedule="hourly")
    body = {"storeId": linked_shop.merchant.store_id}
    for _ in range(2):
        assert linked_shop.notify("uninstalled") == 200
        (found,) = linked_shop.merchant.api.ok("getSyncStatus", body)["systems"]
        assert (found["kind"], found["isConfigured"], found["nextSyncAt"]) == ("shop", True, None)


def test_a_customer_who_asks_for_it_is_erased_with_all_that_waits(shop: OnlineShop) -> None:
    shop.tell(order(), order("1002", customer={"id": "18", "email": "b@example.com"}))
    assert len(stored.documents_of(shop.merchant, "shopOrders")) == 2
    shop.link(customerId="17")
    assert shop.points() == 200

    for _ in range(2):
        assert shop.notify("customer.erasure", customer={"id": "18"}) == 200
        assert stored.documents_of(shop.merchant, "shopOrders") == {}
        assert shop.points() == 200
    for _ in range(2):
        assert shop.notify("customer.erasure", customer={"id": "17"}) == 200
        assert shop.anna.api("getCustomerBalance", shop.anna.ids).status == 404
    assert shop.notify("customer.data_request", customer={"id": "17"}) == 200
    shop.tell(order(at=1, refunds=[refund("r1", "5.00")]))
    assert stored.documents_of(shop.merchant, "shopOrders") == {}


def test_a_request_for_data_is_told_to_the_merchant_once(
    linked_shop: OnlineShop, pipeline: Pipeline
) -> None:
    merchant = linked_shop.merchant
    with receiving() as receiver:
        pipeline.register(merchant, receiver.url, "integration.shop.*")
        for customer_id, notice_id in (("17", "a"), ("17", "a"), ("18", "b")):
            customer = {"id": customer_id, "email": "anna@example.com"}
            asked = linked_shop.notify("customer.data_request", notice_id, customer=customer)
            assert asked == 200
        pipeline.deliver(merchant)

    told = [json.loads(each.body)["data"] for each in receiver.received]
    assert told == [
        {"system": "generic", "userId": "user_1"},
        {"system": "generic", "userId": None},
    ]
    steps, is_over = 1, False
    while not is_over:
        with dying_after(steps) as life:
            linked_shop.notify("customer.data_request", "c", customer={"id": "18"})
        steps, is_over = steps + 1, not life.has_ended
    listed = merchant.api.ok(
        "listEvents", {"storeId": merchant.store_id, "type": "integration.shop.data_requested"}
    )
    assert len(listed["events"]) == 3
    assert "anna@" not in str(listed)


def test_a_shop_that_asks_for_it_is_forgotten(linked_shop: OnlineShop) -> None:
    linked_shop.tell(order(customer={"id": "18"}))
    assert linked_shop.notify("shop.erasure") == 200

    assert stored.documents_of(linked_shop.merchant, "shopOrders") == {}
    body = {"storeId": linked_shop.merchant.store_id}
    assert linked_shop.merchant.api.ok("getSyncStatus", body)["systems"] == []
    with nothing_written():
        assert linked_shop.notify("ping") == 401
    assert client.query("connections", ("storeId", "==", linked_shop.merchant.store_id)) == []
