"""updateClickCollectStatus: one step after the other; what is picked up earns, once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from shared import clock
from shared.domain.orders.collect_orders import OrderStatus
from shared.services.loyalty import balances
from shared.services.orders import order_settlement
from shared.store.orders import collect_order_documents
from tests.support import stored
from tests.support.checkouts import Market
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written

FORWARD = ("confirmed", "ready", "picked_up")
WAYS = {
    "pending": (),
    "confirmed": FORWARD[:1],
    "ready": FORWARD[:2],
    "picked_up": FORWARD,
    "cancelled": ("cancelled",),
}
ALLOWED = {
    "pending": ["confirmed", "cancelled"],
    "confirmed": ["ready", "cancelled"],
    "ready": ["picked_up", "cancelled"],
    "picked_up": ["cancelled"],
    "cancelled": [],
}


def test_goes_from_the_order_to_the_pick_up(market: Market) -> None:
    market.sells()
    order_id = market.ordered()

    answers = [market.move(order_id, status) for status in FORWARD]

    assert [each.body["order"]["status"] for each in answers] == list(FORWARD)
    points = {"programId": market.member.program_id, "awarded": 100, "takenBack": 0}
    uncut = {"cappedBy": None, "reason": None, "failure": None}
    assert answers[-1].body["order"]["points"] == [{**points, **uncut}]
    [entry] = stored.entries(market.member)
    assert (entry.units, entry.purchase_amount) == (100, "10")
    assert (entry.transaction_id, entry.description) == (
        f"click_collect:{order_id}",
        "Click & Collect",
    )
    assert entry.earning_method == "click_collect"
    told = [(name, data["status"]) for name, data in market.events()]
    assert told[:-2] == [
        ("clickcollect.order", "pending"),
        ("clickcollect.status_changed", "confirmed"),
        ("clickcollect.status_changed", "ready"),
    ]
    # The last two are of one moment, and so in no order.
    assert sorted(told[-2:]) == [
        ("clickcollect.picked_up", "picked_up"),
        ("clickcollect.status_changed", "picked_up"),
    ]


@pytest.mark.parametrize(("before", "after"), [*product(WAYS, (*FORWARD, "cancelled"))], ids=str)
def test_every_step_is_taken_repeated_or_refused(market: Market, before: str, after: str) -> None:
    market.sells()
    order_id = market.ordered(*WAYS[before])
    told, units = market.events(), market.units()

    answer = market.move(order_id, after)

    if after in ALLOWED[before]:
        assert (answer.status, answer.is_replay) == (200, False)
        assert len(market.events()) > len(told)
    elif after == before:
        assert (answer.status, answer.is_replay) == (200, True)
        assert (market.events(), market.units()) == (told, units)
    else:
        details = {"orderId": order_id, "status": before, "allowed": ALLOWED[before]}
        assert_refused(answer, 409, "ORDER_STATE_CONFLICT", details)
        assert (market.events(), market.units()) == (told, units)


def test_nobody_sets_an_order_back_to_pending(market: Market) -> None:
    market.sells()
    order_id = market.ordered("confirmed")

    with nothing_written():
        answer = market.move(order_id, "pending")

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")


def test_eight_pick_ups_at_once_earn_once(market: Market) -> None:
    market.sells()
    order_id = market.ordered("confirmed", "ready")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: market.move(order_id, "picked_up"), range(8)))

    assert {each.status for each in answers} == {200}
    assert market.units() == [100]
    told = [name for name, _ in market.events()]
    assert told.count("clickcollect.picked_up") == 1


def test_pick_up_and_cancellation_at_once_end_as_one_of_them(market: Market) -> None:
    market.sells()
    for _ in range(3):
        order_id = market.ordered("confirmed", "ready")
        before = sum(market.units())

        with ThreadPoolExecutor(2) as pool:
            for status in ("picked_up", "cancelled"):
                pool.submit(market.move, order_id, status)

        order = market.api.ok("getClickCollectOrder", {"orderId": order_id})["order"]
        assert order["status"] == "cancelled"
        assert sum(market.units()) == before


def test_what_comes_back_loses_what_it_earned(market: Market) -> None:
    market.sells()
    order_id = market.ordered(*FORWARD)

    first, second = market.move(order_id, "cancelled"), market.move(order_id, "cancelled")

    assert first.body["order"]["points"][0]["takenBack"] == 100
    assert (second.status, second.is_replay) == (200, True)
    assert market.units() == [100, -100]
    stored.assert_sound(market.member)


def test_what_is_cancelled_before_earns_nothing(market: Market) -> None:
    market.sells()
    for way in ("pending", "confirmed", "ready"):
        market.move(market.ordered(*WAYS[way]), "cancelled")

    assert market.units() == []


def test_anothers_is_absent(market: Market, new_merchant: Callable[..., Merchant]) -> None:
    market.sells()
    order_id, other = market.ordered(), new_merchant()
    elsewhere = other.customer("user_1", names_account=True)
    body = {"orderId": order_id, "status": "cancelled"}
    at_store = {**body, "storeId": market.merchant.store_id}

    with nothing_written():
        answers = [
            other.api("updateClickCollectStatus", body),
            market.api("updateClickCollectStatus", {**body, "orderId": "cc_order_none"}),
            market.merchant.customer("user_2")("updateClickCollectStatus", at_store),
            elsewhere("updateClickCollectStatus", body),
        ]

    assert [(each.status, each.error) for each in answers] == [(404, "ORDER_NOT_FOUND")] * 4


@pytest.mark.parametrize("status", [each.value for each in OrderStatus if each != "pending"])
@pytest.mark.parametrize("before", ["pending", "confirmed", "ready", "picked_up", "cancelled"])
def test_a_customer_only_cancels_what_is_pending(market: Market, before: str, status: str) -> None:
    market.sells()
    order_id = market.ordered(*WAYS[before])
    units, told = market.units(), market.events()
    body = {"orderId": order_id, "status": status, "storeId": market.merchant.store_id}

    answer = market.merchant.customer("user_1")("updateClickCollectStatus", body)

    if status == "cancelled" and before in {"pending", "cancelled"}:
        assert (answer.status, answer.is_replay) == (200, before == "cancelled")
        assert answer.body["order"]["status"] == "cancelled"
    else:
        allowed = ["cancelled"] if before == "pending" else []
        details = {"orderId": order_id, "status": before, "allowed": allowed}
        fix = "Ask the store, which changes its status with its secret key."
        assert_refused(answer, 409, "ORDER_STATE_CONFLICT", details, fix=fix)
        assert (market.units(), market.events()) == (units, told)


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
def test_what_a_dead_process_left_is_booked_by_the_sweep(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    market.sells()
    order_id = market.ordered("confirmed", "ready")
    with monkeypatch.context() as patch:
        patch.setattr(balances, "add", dies)
        assert market.move(order_id, "picked_up").status == 200
    assert market.units() == []

    with clock.use(lambda: datetime.now(UTC) + timedelta(minutes=3)):
        order_settlement.settle_due()

    found = collect_order_documents.find(order_id)
    assert found is not None
    assert (market.units(), found.awaits_points, found.check_at) == ([100], False, None)


def test_the_sandbox_answers_in_the_status_that_was_asked_for(merchant: Merchant) -> None:
    body = {"orderId": "cc_order_mine", "status": "ready"}

    with nothing_written():
        order = merchant.sandbox.ok("updateClickCollectStatus", body)["order"]

    assert (order["orderId"], order["status"]) == ("cc_order_mine", "ready")
