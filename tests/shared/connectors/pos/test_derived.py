"""Pages of what receipts show."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.base import PAGE_ITEMS_MAX, Skipped
from shared.connectors.pos.derived import Harvest
from shared.domain.catalog.goods import Category


def groups(*numbers: int, name: str = "Speisen") -> list[Category]:
    return [Category(str(number), name) for number in numbers]


def test_a_later_receipt_replaces_what_an_earlier_one_said() -> None:
    harvest: Harvest[Category] = Harvest()
    assert harvest.take(groups(1, 2, name="alt"))
    assert harvest.take([*groups(2, name="neu"), Skipped("3", "has no name")])
    assert harvest.items == {"1": Category("1", "alt"), "2": Category("2", "neu")}
    assert harvest.skipped == {"3": Skipped("3", "has no name")}


def test_a_receipt_that_does_not_fit_leaves_no_trace() -> None:
    harvest: Harvest[Category] = Harvest()
    assert harvest.take(groups(*range(PAGE_ITEMS_MAX)))
    assert harvest.take(groups(0, 1, name="neu"))
    assert not harvest.take([*groups(0, PAGE_ITEMS_MAX, name="zu viel"), Skipped("x", "y")])
    assert len(harvest.items) == PAGE_ITEMS_MAX
    assert harvest.items["0"].name == "neu"
    assert not harvest.skipped


def test_a_receipt_that_fits_on_no_page_is_taken_as_far_as_it_goes() -> None:
    harvest: Harvest[Category] = Harvest()
    assert harvest.take(groups(*range(PAGE_ITEMS_MAX + 2)))
    assert len(harvest.items) == PAGE_ITEMS_MAX
    assert set(harvest.skipped) == {str(PAGE_ITEMS_MAX), str(PAGE_ITEMS_MAX + 1)}


@given(st.lists(st.sets(st.integers(0, 900), min_size=1, max_size=400), max_size=12))
def test_nothing_is_lost_over_pages_and_no_page_is_too_long(receipts: list[set[int]]) -> None:
    seen: set[str] = set()
    left = receipts
    while left:
        harvest: Harvest[Category] = Harvest()
        taken = 0
        for receipt in left:
            if not harvest.take(groups(*receipt)):
                break
            taken += 1
        assert taken
        assert len(harvest.items) <= PAGE_ITEMS_MAX
        seen |= harvest.items.keys()
        left = left[taken:]
    assert seen == {str(number) for receipt in receipts for number in receipt}
