"""Numbers of a column are read in one way, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.numerals import NumberColumn

BOTH = "the column has both, row 2: 2,50, row 3: 2.5"


def column(*texts: str) -> NumberColumn:
    found = NumberColumn("price")
    for number, text in enumerate(texts, start=1):
        found.see(f"row {number}", text)
    return found


@pytest.mark.parametrize(
    ("texts", "number", "note"),
    [
        (["1.290", "12,50"], "1290", "price: read with a decimal comma, as in row 2: 12,50"),
        (["1.290", "12.5"], "1.29", "price: read with a decimal point, as in row 2: 12.5"),
        (["1,290", "12,50"], "1.29", "price: read with a decimal comma, as in row 2: 12,50"),
        (["1.290", "1.234,00"], "1290", "price: read with a decimal comma, as in row 2: 1.234,00"),
        (["1.290", "0.125"], "1.29", "price: read with a decimal point, as in row 2: 0.125"),
        (["1.290", "1234.500"], "1.29", "price: read with a decimal point, as in row 2: 1234.500"),
        (["-1.29", "1.000"], "-1.29", "price: read with a decimal point, as in row 1: -1.29"),
        (["1.000.000"], "1000000", None),
        (["2,50"], "2.5", None),
        (["2.50", "5"], "2.5", None),
        (["5", "7"], "5", None),
        (["1.234.567,89"], "1234567.89", None),
        (["1 290,00"], "1290", None),
        (["1 290"], "1290", None),
        (["1\u00a0290.5"], "1290.5", None),
        (["1\u202f234\u202f567,89"], "1234567.89", None),
        (["1'290.00"], "1290", None),
        (["-1\u2019290.00"], "-1290", None),
        (["1.290", "1'290.00"], "1.29", "price: read with a decimal point, as in row 2: 1'290.00"),
        # Each is clear by itself.
        (["2,50", "2.5"], "2.5", None),
        # What is no number says nothing about others.
        (["1.290", "2 €", "12,50"], "1290", "price: read with a decimal comma, as in row 3: 12,50"),
    ],
)  # fmt: skip
def test_the_other_values_of_a_column_say_how_to_read_one(
    texts: list[str], number: str, note: str | None
) -> None:
    found = column(*texts)
    assert found.read(texts[0]) == Decimal(number)
    assert found.note == note


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["1.290"], "price 1.290 may be 1.29 or 1290: write 1.29 or 1290.00"),
        (["1,290", "5"], "price 1,290 may be 1.29 or 1290: write 1.29 or 1290.00"),
        (["1.234"], "price 1.234 may be 1.234 or 1234: write 1.2340 or 1234.00"),
        (["2.000", "3.000"], "price 2.000 may be 2 or 2000: write 2.00 or 2000.00"),
        (
            ["1.290", "2,50", "2.5"],
            f"price 1.290 may be 1.29 or 1290 ({BOTH}): write 1.29 or 1290.00",
        ),
    ],
)
def test_what_may_be_two_numbers_is_neither(texts: list[str], reason: str) -> None:
    found = column(*texts)
    with pytest.raises(ValueError, match="may be") as refused:
        found.read(texts[0])
    assert str(refused.value) == reason
    assert found.note is None


@pytest.mark.parametrize(
    "text",
    ["", "2 €", "1 29", "1 290'000", "12 34,50", "1.290 000"],
)
def test_refuses_what_is_no_number_with_signs_in_it(text: str) -> None:
    with pytest.raises(ValueError, match="price is no number"):
        column(text).read(text)


@pytest.mark.parametrize(
    "text",
    ["", "1.23.456", "1,2,3", "1e9", "NaN", "٣", ",5", "--1", "+1", "1.2345,6", "9" * 13],
)  # fmt: skip
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="price is no number"):
        column(text).read(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12,50 €", "price is no number: 12,50 €; write 12,50"),
        ("EUR 12.50", "price is no number: EUR 12.50; write 12.50"),
        ("12,50-", "price is no number: 12,50-; write -12,50"),
        ("1.290,00- €", "price is no number: 1.290,00- €; write -1.290,00"),
        ("--1", "price is no number: --1"),
        ("x" * 30, f"price is no number: {'x' * 20}"),
    ],
)
def test_says_which_text_is_no_number_and_how_to_write_it(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="is no number") as refused:
        column(text).read(text)
    assert str(refused.value) == reason


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1), st.sampled_from(",."))
def test_reads_a_column_of_a_german_or_an_english_program(
    numbers: list[Decimal], point: str
) -> None:
    signs = str.maketrans(",.", ".,") if point == "," else {}
    texts = [f"{number:,.2f}".translate(signs) for number in numbers]
    assert [column(*texts).read(text) for text in texts] == numbers


@given(st.decimals(0, 10**6, places=3), st.sampled_from(",."))
def test_weights_are_read_exactly_or_refused(number: Decimal, point: str) -> None:
    text = f"{number:.3f}".replace(".", point)
    try:
        assert column(text).read(text) == number
    except ValueError:
        assert 1 <= number < 1000
