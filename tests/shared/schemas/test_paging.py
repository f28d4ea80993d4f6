"""Cursors: what is written is read back, and nothing else is taken for one."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import to_milliseconds
from shared.schemas.paging import CursorPosition, cut, decode, decode_key, encode, encode_key
from shared.store import paths
from tests.support.strategies import NOW, times

ids = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=200)
members = st.builds(
    paths.membership_id, st.sampled_from(["lp_1", "old", "__"]), st.text(min_size=1)
)
names = ids.map(lambda text: f"evt_{text}") | members
positions = st.builds(CursorPosition, times.map(to_milliseconds), names)


@given(position=positions)
def test_a_position_is_read_back(position: CursorPosition) -> None:
    cursor = encode(position)

    assert decode(cursor) == position
    assert set(cursor) <= set(string.ascii_letters + string.digits + "-_")


@pytest.mark.parametrize("name", ["evt_1/entries", "lp_../x", "..", "__lp_1__", "evt_"])
def test_a_position_is_no_path(name: str) -> None:
    with pytest.raises(ValueError, match="must be a nextCursor"):
        decode(encode(CursorPosition(NOW, name)))


@given(key=st.text(min_size=1))
def test_a_key_is_read_back(key: str) -> None:
    cursor = encode_key(key)

    assert decode_key(cursor) == key
    assert set(cursor) <= set(string.ascii_letters + string.digits + "-_")


@pytest.mark.parametrize(
    "cursor", [encode(CursorPosition(NOW, "evt_1")), encode_key("evt_1")[:-1], ""]
)
def test_a_cursor_of_something_else_is_no_key(cursor: str) -> None:
    with pytest.raises(ValueError, match="must be a nextCursor"):
        decode_key(cursor)


def test_a_key_is_no_position() -> None:
    with pytest.raises(ValueError, match="must be a nextCursor"):
        decode(encode_key("evt_1"))


@pytest.mark.parametrize("missing", [1, 5, 20])
def test_a_cursor_that_was_cut_off_is_refused(missing: int) -> None:
    cursor = encode(CursorPosition(NOW, "evt_1"))

    with pytest.raises(ValueError, match="must be a nextCursor"):
        decode(cursor[:-missing])


@given(found=st.lists(st.integers(), max_size=4), limit=st.integers(1, 4))
def test_a_page_ends_where_the_next_one_begins(found: list[int], limit: int) -> None:
    page = cut(found, limit, lambda last: CursorPosition(NOW, f"evt_{last}"))

    assert page.items == found[:limit]
    end = CursorPosition(NOW, f"evt_{found[limit - 1]}") if len(found) > limit else None
    assert page.end == end
    assert page.next_cursor == (encode(end) if end else None)


@pytest.mark.parametrize("year", [1, 99, 1969, 9999])
def test_a_time_that_no_item_can_have_is_no_position(year: int) -> None:
    cursor = encode(CursorPosition(datetime(year, 12, 31, tzinfo=UTC), "evt_1"))

    with pytest.raises(ValueError, match="must be a nextCursor"):
        decode(cursor)
