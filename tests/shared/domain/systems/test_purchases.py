"""What receipts of one purchase earn together, whatever the order in which they are read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import returns
from shared.domain.loyalty.earning import Award
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.systems import purchases, receipt_parts
from shared.domain.systems.purchases import Grant, Grown, Growth, KnownSale, Purchase
from shared.domain.systems.sales import Receipt, ReceiptKind
from tests.support.purchases import WITHOUT_TOBACCO, read, standing
from tests.support.receipts import ISSUED, award, decide, purchase_of
from tests.support.receipts import exchange as change
from tests.support.receipts import receipt as sale

NOON = ISSUED
EMPTY = purchase_of("R-1")


def void_in_place() -> Receipt:
    return sale(kind=ReceiptKind.VOID, voids="R-1")


@pytest.mark.parametrize(
    ("receipts", "expected"),
    [
        ((sale(3000), change(1, 0)), 300),
        ((sale(1000), change(1, 500)), 150),
        ((sale(1000), change(1, 0, kind=ReceiptKind.VOID)), 100),
        ((sale(1000), change(1, -333)), 67),
        ((sale(1000), change(1, -333), change(2, -667)), 0),
        ((sale(1000), change(1, -1000, kind=ReceiptKind.VOID), change(2, -1000)), 0),
        ((sale(1000), change(1, 1000, kind=ReceiptKind.VOID)), 0),
        ((sale(1000), void_in_place(), void_in_place(), sale(1000)), 0),
        ((sale(300), change(1, 500)), 80),
        ((sale(1000), change(1, -500), change(2, 500)), 100),
    ],
)
def test_all_receipts_count_together_in_any_order_and_any_number_of_times(
    receipts: tuple[Receipt, ...], expected: int
) -> None:
    for order in permutations(receipts):
        assert standing(read(*order)) == ({"user_1": expected} if expected else {})
        assert standing(read(*order, *receipts, *order)) == (
            {"user_1": expected} if expected else {}
        )


AMOUNTS = st.integers(-3000, 3000)


@given(minor=st.integers(500, 5000), amounts=st.lists(AMOUNTS, max_size=6), data=st.data())
def test_the_order_never_matters(minor: int, amounts: list[int], data: st.DataObject) -> None:
    receipts = [sale(minor), *(change(number, each) for number, each in enumerate(amounts, 1))]
    shuffled = data.draw(st.permutations(receipts))

    sold = minor + sum(each for each in amounts if each > 0)
    returned = -sum(each for each in amounts if each < 0)
    earned = award(sold)
    expected = earned - returns.units_to_take(earned, returned, sold)
    assert sum(standing(read(*receipts)).values()) == expected
    assert standing(read(*shuffled)) == standing(read(*receipts))


def basket(*minors: int) -> dict[str, Any]:
    """Return the eligible amount and the lines of goods, and of tobacco after them."""
    lines = tuple(
        PurchaseLine(Decimal(minor) / 100, category=category)
        for minor, category in zip(minors, ("coffee", "tobacco"), strict=True)
    )
    return {"amount": sum(minors), "lines": lines}


@given(
    sold=st.tuples(st.integers(0, 5000), st.integers(0, 5000)),
    others=st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=4),
    data=st.data(),
)
def test_the_order_never_matters_for_lines_that_earn_nothing_either(
    sold: tuple[int, int], others: list[tuple[int, int]], data: st.DataObject
) -> None:
    receipts = [
        sale(**basket(*sold)),
        *(change(number, **basket(*each)) for number, each in enumerate(others, 1)),
    ]
    shuffled = data.draw(st.permutations(receipts))

    # What says nothing of the direction counts as no goods at all.
    all_sold = sum(sold) + sum(max(sum(each), 0) for each in others)
    all_back = -sum(min(sum(each), 0) for each in others)
    bases = [_base(each) for each in receipts]
    base_sold = sum(each for each in bases if each > 0)
    base_back = -sum(each for each in bases if each < 0)
    earned = award(base_sold)
    taken = (
        earned if 0 < all_sold <= all_back else returns.units_to_take(earned, base_back, base_sold)
    )
    assert sum(standing(read(*receipts)).values()) == earned - taken
    assert standing(read(*shuffled)) == standing(read(*receipts))
    assert standing(read(*shuffled, *receipts)) == standing(read(*receipts))


def _base(of: Receipt) -> int:
    parts = receipt_parts.parts_of(WITHOUT_TOBACCO, of)
    return int(of.eligible.amount_minor if parts is None else receipt_parts.total(parts))


@given(parts=st.lists(st.integers(1, 400), min_size=1, max_size=30))
def test_many_returns_take_what_one_return_takes(parts: list[int]) -> None:
    many = [change(number, -each) for number, each in enumerate(parts, 1)]

    assert standing(read(sale(2000), *many)) == standing(read(sale(2000), change(1, -sum(parts))))


def test_a_sale_has_come_back_when_it_is_void_or_all_its_money_is_back() -> None:
    assert purchases.returned(read(sale(1000), change(1, -999))) == []
    assert purchases.returned(read(sale(1000), change(1, -999), change(2, -1))) == [
        ("user_1", "R-1")
    ]
    assert purchases.returned(read(change(1, -1000), sale(1000))) == [("user_1", "R-1")]
    assert purchases.returned(read(sale(1000, series="B"), void_in_place())) == [
        ("user_1", "R-1@B")
    ]
    assert purchases.returned(read(sale(1000, customer_id=None), change(1, -1000))) == []


def test_what_waits_for_its_sale_is_kept_and_found_by_it() -> None:
    before = read(change(1, -400))

    assert [each.receipt_id for each in before.waiting] == ["X-1"]
    assert before.waiting_since == NOON
    after = read(sale(1000), purchase=before)
    assert (standing(after), after.waiting, after.waiting_since) == ({"user_1": 60}, (), None)


def test_what_has_waited_too_long_is_dropped_alone() -> None:
    before = read(change(1, -400), change(2, 600, customer_id="user_1"))

    after = purchases.without_waiting(before)

    assert [each.receipt_id for each in after.changes] == ["X-2"]
    assert after.waiting_since is None
    assert purchases.without_waiting(read(change(1, -400))).is_empty


def test_a_till_that_is_put_in_use_again_has_two_sales_under_one_number() -> None:
    old = sale(1000, series="2024", customer_id="user_1", issued_at=NOON - timedelta(days=400))
    new = sale(1000, series="2026", customer_id="user_2")
    void = change(1, -1000)  # A reference does not name the series.

    for order in permutations((old, new, void)):
        assert standing(read(*order)) == {"user_1": 100}
    early = change(1, -1000, issued_at=NOON - timedelta(days=399))
    for order in permutations((old, new, early)):
        assert standing(read(*order)) == {"user_2": 100}
    named = change(1, -1000, voids_series="2024")
    for order in permutations((old, new, named)):
        assert standing(read(*order)) == {"user_2": 100}


def test_of_several_series_the_time_that_the_till_names_decides() -> None:
    old = sale(1000, series="2024", customer_id="user_1", issued_at=NOON - timedelta(days=1))
    new = sale(1000, series="2026", customer_id="user_2")
    named = change(1, -1000, voids_issued_at=NOON - timedelta(days=1))

    for order in permutations((old, new, named)):
        assert standing(read(*order)) == {"user_2": 100}


def test_a_till_that_makes_its_series_anew_with_each_export_has_one_receipt() -> None:
    found = read(sale(1000, series="20:00"), sale(1000, series="20:05"))

    assert standing(found) == {"user_1": 100}


def test_a_void_of_a_series_that_is_not_there_waits() -> None:
    found = read(sale(series="2026"), change(1, -1000, voids_series="2024"))

    assert standing(found) == {"user_1": 100}
    assert [each.receipt_id for each in found.waiting] == ["X-1"]


def test_without_series_other_time_and_amount_are_another_sale_and_said() -> None:
    before = read(sale(1000))
    again = sale(2000, issued_at=NOON + timedelta(days=300))

    reading = purchases.with_receipt(before, again, is_earning=True)

    assert reading.doubt is not None
    assert "another sale" in reading.doubt
    assert standing(read(again, purchase=before)) == {"user_1": 300}
    # Another time alone is somebody's correction of the time zone.
    moved = sale(1000, issued_at=NOON + timedelta(hours=1))
    assert standing(read(moved, purchase=before)) == {"user_1": 100}


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_later_revision_gives_the_points_to_the_other_customer(is_reversed: bool) -> None:
    receipts = [sale(revision=1, customer_id="user_1"), sale(revision=2, customer_id="user_2")]
    if is_reversed:
        receipts.reverse()

    assert standing(read(*receipts, *receipts)) == {"user_2": 100}


def test_an_earlier_reading_that_comes_late_makes_nothing_that_is_known_earlier() -> None:
    paid, again = sale(revision=1), sale(revision=3)
    void = sale(revision=2, kind=ReceiptKind.VOID, voids="R-1")
    changed = sale(revision=1), sale(revision=2, customer_id=None), replace(void, revision=3)
    for order in permutations((paid, void, again)):
        assert standing(read(*order)) == standing(read(*order, *order)) == {"user_1": 100}
    for order in permutations(changed):
        assert standing(read(*order)) == standing(read(*order, *order)) == {}


@pytest.mark.parametrize("revisions", [(None, None), (3, 3)])
def test_without_a_later_revision_another_customer_is_refused(
    revisions: tuple[int | None, int | None],
) -> None:
    before = read(sale(customer_id="user_1", revision=revisions[0]))

    other = sale(customer_id="user_2", revision=revisions[1])
    reading = purchases.with_receipt(before, other, is_earning=True)

    assert reading.purchase == before
    assert reading.refusal is not None
    assert "another customer" in reading.refusal


def test_a_later_revision_without_a_customer_takes_nothing_back() -> None:
    found = read(sale(revision=1), sale(revision=2, customer_id=None))

    assert standing(found) == {"user_1": 100}


@pytest.mark.parametrize(("minor", "expected"), [(2000, {"user_1": 200}), (700, {"user_1": 70})])
def test_a_later_revision_corrects_the_amount(minor: int, expected: dict[str, int]) -> None:
    receipts = sale(1000, revision=1), sale(minor, revision=2)

    assert standing(read(*receipts)) == standing(read(*reversed(receipts))) == expected


def test_another_amount_without_a_revision_is_said_and_changes_nothing() -> None:
    before = read(sale(1000))

    reading = purchases.with_receipt(before, sale(1200), is_earning=True)

    assert (reading.purchase, reading.doubt) == (before, purchases.OTHER_AMOUNT)


def test_units_stay_those_of_the_rules_of_the_day() -> None:
    """A merchant who halves the rate takes nothing from those who bought before."""
    before = read(sale(1000))
    returned = purchases.with_receipt(before, change(1, -500), is_earning=False).purchase

    def halved(growth: Growth) -> Grown:
        units = decide(growth).award.awarded_units // 2
        return Grown(Award(units, units))

    _, dues = purchases.settled(returned, halved, NOON)

    assert dues == (purchases.Due("user_1", 0, 50),)


def test_a_purchase_has_a_bound() -> None:
    full = read(sale(100_000), *(change(n, -1) for n in range(1, purchases.RECEIPTS_MAX)))

    reading = purchases.with_receipt(full, change(900, -1), is_earning=False)

    assert (reading.purchase, bool(reading.refusal)) == (full, True)


def earlier(asked: list[tuple[str, int]], units: int = 100) -> Purchase:
    """Return a purchase that was booked when the parts were rounded up."""
    booked_at = NOON + timedelta(hours=1)
    sum_asked = sum(each for _, each in asked)
    grant = Grant("user_1", "le_old", "R-1", units, booked_at, sum_asked, sum_asked)
    old = KnownSale(1000, "user_1", is_earning=True, booked_at=booked_at)
    return purchases.with_earlier(EMPTY, old, grant, asked)


@pytest.mark.parametrize("asked", [[], [("X-1", 34)], [("X-1", 34), ("X-2", 66)], [("R-1", 100)]])
def test_what_was_booked_before_is_recognised(asked: list[tuple[str, int]]) -> None:
    before = earlier(asked)

    again = [sale(1000), *(change(1, -333) for name, _ in asked if name == "X-1")]
    assert standing(read(*again, purchase=before)) == standing(before)
    assert purchases.with_earlier(before, before.sales[0], before.grants[0], ()) == before


def test_the_rest_of_what_was_taken_before_is_everything_once_everything_is_back() -> None:
    after = read(change(2, -667), purchase=earlier([("X-1", 34)]))

    assert standing(after) == {}


def test_what_was_issued_after_an_earlier_booking_is_another_sale() -> None:
    later = sale(1000, issued_at=NOON + timedelta(hours=2), customer_id="user_2")

    assert standing(read(later, purchase=earlier([]))) == {"user_1": 100, "user_2": 100}
