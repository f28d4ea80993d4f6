"""An object of JSON is read as ``json`` reads it, but row by row."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors import json_rows
from shared.errors import ConnectorRejected

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from("abc"), st.lists(VALUES, max_size=4)),
    st.dictionaries(st.sampled_from("xyz"), VALUES),
    st.sampled_from([None, 1, "\t"]),
)
def test_reads_what_json_reads(
    lists: dict[str, list[Any]], values: dict[str, Any], indent: int | str | None
) -> None:
    found = json_rows.read_object(json.dumps(lists | values, indent=indent), {"a", "b", "c"})
    assert found.values == values
    assert {name: list(found.rows(name)) for name in found.lists} == lists


def test_numbers_are_decimals_and_rows_can_be_read_again() -> None:
    found = json_rows.read_object(' {"a": [1.10, 2], "b": 0.1} ', {"a"})
    assert [list(found.rows("a")) for _ in range(2)] == [[Decimal("1.10"), 2]] * 2
    assert found.values == {"b": Decimal("0.1")}
    assert list(found.rows("nothing")) == []


def test_of_a_list_that_is_there_twice_the_last_one_counts() -> None:
    assert list(json_rows.read_object('{"a": [1], "a": [2]}', {"a"}).rows("a")) == [2]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "}", "[]", "null", "{} {}", '{"a"}', '{"a": }', '{"a": [1,]}', '{"a": [1 2]}',
        '{"a": [}', '{"a": [1]', '{"b": 1,}', "{1: 2}", '{"b": NaN}', '{"a": [Infinity]}',
        '{"b": "\n"}',
        '{"b": ' + "[" * 100_000, '{"a": ' + "[" * 100_000, '{"b": 1e9999999999999999999}',
    ],
    ids=range(21),
)  # fmt: skip
def test_refuses_what_is_no_object(text: str) -> None:
    with pytest.raises(ValueError):
        json_rows.read_object(text, {"a"})


def test_refuses_a_list_that_is_none() -> None:
    with pytest.raises(ConnectorRejected, match="a in the file is no array"):
        json_rows.read_object('{"a": {}}', {"a"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": [{}, {}, {}]}', "more than 4 objects and lists"),
        ('{"a": [1, 2, 3, 4, 5, 6]}', "more than 4 values"),
    ],
)
def test_says_which_bound_a_file_exceeds(
    monkeypatch: pytest.MonkeyPatch, text: str, reason: str
) -> None:
    monkeypatch.setattr(json_rows, "OBJECTS_MAX", 4)
    monkeypatch.setattr(json_rows, "VALUES_MAX", 4)
    json_rows.read_object('{"a": [{}, {}]}', {"a"})
    with pytest.raises(ConnectorRejected, match=reason):
        json_rows.read_object(text, {"a"})
