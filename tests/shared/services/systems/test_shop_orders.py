"""Orders of shops earn once, whichever process dies when, and whoever is linked meanwhile."""

from __future__ import annotations

from tests.support import stored
from tests.support.dying import dying_after
from tests.support.shops import OnlineShop, order, refund
from tests.support.traffic import first_answer_lost, interfered

STEPS_MAX = 20


def test_a_process_that_dies_at_any_step_loses_nothing_and_books_nothing_twice(
    linked_shop: OnlineShop,
) -> None:
    for steps in range(STEPS_MAX):
        told = order(f"o{steps}", at=1, refunds=[refund(f"r{steps}", "5.00")])
        with dying_after(steps) as life:
            linked_shop.notify(order=told, notice_id=f"n{steps}")
        assert linked_shop.notify(order=told, notice_id=f"n{steps}") == 200
        assert linked_shop.points() == (steps + 1) * 150
        if not life.has_ended:
            return
    raise AssertionError("a notice has more steps than that")


def test_a_lost_answer_books_nothing_twice(linked_shop: OnlineShop) -> None:
    with first_answer_lost():
        assert linked_shop.notify(order=order(), notice_id="n") == 200
    assert linked_shop.notify(order=order(), notice_id="n") == 200
    assert linked_shop.points() == 200


def test_who_is_linked_while_the_order_is_told_earns_for_it(shop: OnlineShop) -> None:
    """The link finds no waiting order yet, and the notice no member: one of them looks again."""
    reads = []

    def link_once() -> None:
        reads.append(1)
        if len(reads) == 4:
            assert shop.link(customerId="17").status == 200

    with interfered(link_once):
        assert shop.notify(order=order()) == 200

    assert len(reads) >= 4
    assert shop.points() == 200
    assert stored.documents_of(shop.merchant, "shopOrders") == {}


def test_what_is_told_while_a_waiting_order_is_booked_is_booked_too(shop: OnlineShop) -> None:
    shop.tell(order())
    told = []

    def refund_once() -> None:
        if not told and stored.documents_of(shop.merchant, "purchases"):
            told.append(1)  # The order is booked, and waits still.
            shop.tell(order(at=1, refunds=[refund("r1", "5.00")]))

    shop.merchant.api.ok("updateMember", {"userId": "user_1", "email": "anna@example.com"})
    with interfered(refund_once):
        assert shop.link().body["ordersBooked"] == 1

    assert told
    assert shop.points() == 150
    assert stored.documents_of(shop.merchant, "shopOrders") == {}
