from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from shared.connectors.base import Skipped
from shared.connectors.erp.listings import ListingPlace
from shared.connectors.rows import Rows, read_rows
from shared.domain.catalog.goods import Supplier

NOTHING: Rows[Supplier] = Rows((), ())


class _Named(BaseModel):
    id: str
    name: str


def read(row: Any) -> Supplier | None:
    named = _Named.model_validate(row)
    if named.name == "refused":
        raise ValueError("is refused")
    return Supplier(named.id, named.name) if named.name else None


def test_one_row_that_makes_no_sense_keeps_no_other_back() -> None:
    rows = read_rows(
        [
            {"id": "1", "name": "a"},
            {"id": 2, "name": "b"},
            {"id": "3"},
            "four",
            {"id": "5", "name": ""},
            {"id": "6", "name": "refused"},
            {"id": {"x": 1}, "name": "g"},
            {"id": "8", "name": "h"},
        ],
        read,
    )
    assert [each.external_id for each in rows.items] == ["1", "8"]
    assert rows.skipped == (
        Skipped("2", "has no valid id"),
        Skipped("3", "has no valid name"),
        Skipped("", "is no object"),
        Skipped("6", "is refused"),
        Skipped("", "has no valid id"),
    )


def test_nothing_is_twice_on_a_page_and_the_last_one_counts() -> None:
    rows = read_rows([{"id": "1", "name": "old"}, {"id": "1", "name": "new"}], read)
    assert rows.items == (Supplier("1", "new"),)


def test_an_id_is_not_longer_than_an_id() -> None:
    (skipped,) = read_rows([{"id": "x" * 1000}], read).skipped
    assert skipped.external_id == "x" * 100


def test_goes_on_where_a_page_ended() -> None:
    page = ListingPlace.of(None).to_page(NOTHING, length=120, following=100)
    assert (page.position, page.is_listing) == ("100/120", True)
    place = ListingPlace.of(page.position)
    assert place == ListingPlace(100, 120)
    page = place.to_page(NOTHING, length=120, following=None)
    assert (page.position, page.is_listing) == (None, True)


@pytest.mark.parametrize("length", [119, 121, None])
def test_a_list_that_changed_on_the_way_says_nothing_of_what_is_gone(length: int | None) -> None:
    page = ListingPlace.of("100/120").to_page(NOTHING, length=length, following=None)
    assert not page.is_listing


def test_a_system_that_counts_nothing_is_believed() -> None:
    page = ListingPlace.of("100/").to_page(NOTHING, length=None, following=200)
    assert (page.position, page.is_listing) == ("200/", True)


def test_a_page_with_rows_missing_says_nothing_of_what_is_gone() -> None:
    assert not ListingPlace().to_page(NOTHING, length=9, following=1, is_short=True).is_listing


@pytest.mark.parametrize("position", ["", "x", "-1/2", "1", "1/2/3", "https://evil.example.com"])
def test_a_position_that_is_none_is_not_followed(position: str) -> None:
    with pytest.raises(ValueError):
        ListingPlace.of(position)
