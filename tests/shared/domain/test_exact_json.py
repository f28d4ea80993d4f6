"""JSON of others is read exactly, and within bounds."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import exact_json


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**300), 10**300))
def test_reads_every_number_of_a_double_exactly(number: float) -> None:
    read = exact_json.loads(json.dumps([number]))
    assert read == [Decimal(repr(number))]


@pytest.mark.parametrize("number", ["1e401", "-1e401", "0e401", "1e2000000", "1e400000000"])
def test_writes_no_number_without_bounds(number: str) -> None:
    with pytest.raises(exact_json.NumberOutOfBounds):
        json.dumps([Decimal(number)], default=exact_json.default)


def test_writes_numbers_next_to_nothing() -> None:
    written = json.dumps([Decimal("1e-400000000"), Decimal("1e400")], default=exact_json.default)
    assert written == f"[0.0, {10**400}]"


@pytest.mark.parametrize(
    "number",
    [
        "1e2000000", "-1e2000000", "1.5E+401", "1e-999999999", "1e9999999999999999999999",
        "9" * 401, "9" * 5_000, "0." + "9" * 400,
    ],
    ids=range(8),
)  # fmt: skip
def test_refuses_a_number_without_bounds(number: str) -> None:
    with pytest.raises(exact_json.NumberOutOfBounds):
        exact_json.loads(f'{{"a": [{number}]}}')


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r'"a\ud800"', "a\ufffd"),
        (r'"\uDFFFb"', "\ufffdb"),
        (r'"\ude00\ud83d"', "\ufffd\ufffd"),
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\\ud800"', "\\ud800"),
        (r'{"\ud800": ["\ud800", 1.50, null]}', {"\ufffd": ["\ufffd", Decimal("1.50"), None]}),
    ],
)
def test_half_a_pair_of_surrogates_becomes_what_can_be_stored(text: str, read: Any) -> None:
    assert exact_json.loads(text) == read
