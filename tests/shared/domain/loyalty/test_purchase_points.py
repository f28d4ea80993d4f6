"""What losses take back of the points: all together what was earned, and never more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty.purchase_points import PurchasePoints, planned, taken, to_give_back


@st.composite
def refunds(draw: st.DrawFn) -> tuple[int, list[tuple[str, int]]]:
    """A purchase, and parts of it given back, all of it or not."""
    parts = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=12))
    purchase = sum(parts) + draw(st.one_of(st.just(0), st.integers(0, 10**6)))
    return purchase, [(f"ref_{number}", part) for number, part in enumerate(parts)]


@given(refunds(), st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_shares_follow_the_money_and_end_at_what_was_earned(given_back, earned, random) -> None:
    purchase, parts = given_back
    points = PurchasePoints(purchase, earned_units=earned, entry_id="le_1")
    random.shuffle(parts)
    known: list[tuple[str, int]] = []
    for part in parts:
        known.append(part)
        random.shuffle(known)
        points = planned(points, known)
        refunded = sum(amount for _, amount in known)
        assert points.planned_units == earned * refunded // purchase
        assert all(each.units >= 0 for each in points.takings)
    if sum(amount for _, amount in parts) == purchase:
        assert points.planned_units == earned
    assert points.planned_units <= earned


@given(refunds(), st.integers(1, 10**9))
def test_what_is_planned_stays_as_it_is(given_back, earned) -> None:
    purchase, parts = given_back
    points = planned(PurchasePoints(purchase, earned_units=earned, entry_id="le_1"), parts)
    assert planned(points, parts) == points
    assert planned(points, parts[:1]) == points
    booked = points
    for each in points.due:
        booked = taken(booked, each.cause, each.units)
        assert planned(booked, parts).takings == booked.takings
    assert not booked.is_due
    assert sum(each.taken_units or 0 for each in booked.takings) == points.planned_units


@given(st.integers(1, 1000), st.integers(1, 10**6), st.integers(1, 10**6))
def test_more_money_than_was_paid_takes_no_more_points(earned, purchase, more) -> None:
    points = PurchasePoints(purchase, earned_units=earned, entry_id="le_1")
    assert planned(points, [("a", purchase + more), ("b", more)]).planned_units == earned


def test_nothing_is_taken_before_it_is_earned_or_after_it_was_given_up() -> None:
    unbooked = PurchasePoints(1000)
    given_up = PurchasePoints(1000, earned_units=10, failure="X")
    for points in (unbooked, given_up, PurchasePoints(1000, earned_units=0)):
        assert planned(points, [("a", 1000)]) == points
    assert (unbooked.is_due, given_up.is_due) == (True, False)


def test_a_share_of_nothing_is_done_at_once() -> None:
    points = planned(PurchasePoints(1000, earned_units=1, entry_id="le_1"), [("a", 999)])
    assert [(each.units, each.taken_units) for each in points.takings] == [(0, 0)]
    assert not points.is_due
    assert planned(points, [("a", 999), ("b", 1)]).planned_units == 1


@pytest.mark.parametrize(
    ("taken_units", "given_back"),
    [((40, 30), 40), ((10, 30), 10), ((0, 30), 0), ((40, 0), 10), ((0, 0), 0)],
)
def test_gives_back_what_was_taken_beyond_what_is_to_be(
    taken_units: tuple[int, int], given_back: int
) -> None:
    points = PurchasePoints(100, earned_units=100, entry_id="le_1")
    points = planned(points, [("a", 40), ("b", 30)])
    for cause, units in zip("ab", taken_units, strict=True):
        points = taken(points, cause, units)
    points = planned(points, [("a", 40), ("b", 30), ("a:failed", -40)])
    [due] = points.due
    assert (due.units, points.planned_units) == (-40, 30)
    assert to_give_back(points, due) == given_back
    done = taken(points, due.cause, -given_back)
    assert not done.is_due
    assert planned(done, [("a:failed", -40)]) == done


def test_what_was_taken_is_noted_once() -> None:
    points = planned(PurchasePoints(10, earned_units=10, entry_id="le_1"), [("a", 4)])
    noted = taken(points, "a", 3)
    assert taken(noted, "a", 4) == noted
    assert replace(noted, takings=()) == replace(points, takings=())
