"""Identifiers: random ones that nobody guesses, derived ones that never meet by chance."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import ids

PARTS = st.lists(st.text(max_size=8), max_size=4).map(tuple)


def test_a_new_id_has_its_prefix_and_100_random_bits() -> None:
    made = {ids.new("lp") for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(re.fullmatch(r"lp_[a-km-np-z2-9]{20}", each) for each in made)


def test_letters_that_look_like_digits_are_left_out() -> None:
    assert len(set(ids._ALPHABET)) == len(ids._ALPHABET) == 32
    assert len(set(ids._CODE_ALPHABET)) == len(ids._CODE_ALPHABET) == 32
    assert not set("l1o0") & set(ids._ALPHABET)
    assert not set("I1O0") & set(ids._CODE_ALPHABET)


def test_every_letter_is_used() -> None:
    drawn = "".join(ids.new("x").removeprefix("x_") for _ in range(500))
    assert set(drawn) == set(ids._ALPHABET)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" rw-ab2c-d3ef-gh4j-k5lm ", "RW-AB2C-D3EF-GH4J-K5LM"),
        ("RW ab2c d3ef gh4j k5lm", "RW-AB2C-D3EF-GH4J-K5LM"),
        ("RW-AB2CD3EFGH4JK5LM", "RW-AB2C-D3EF-GH4J-K5LM"),
        ("rw-ab2c-d3ef", "RW-AB2C-D3EF"),
        ("RWAB2CD3EFGH4JK5LM", "RWAB2CD3EFGH4JK5LM"),
        (" Kino-1 ", "Kino-1"),
    ],
)
def test_a_code_that_somebody_typed_is_as_it_was_made(typed: str, code: str) -> None:
    assert ids.typed_reward_code(typed) == code


def test_a_reward_code_has_80_random_bits() -> None:
    made = {ids.reward_code() for _ in range(1_000)}
    assert len(made) == 1_000
    pattern = r"RW(-[A-HJ-NP-Z2-9]{4}){4}"
    assert all(re.fullmatch(pattern, each) for each in made)


def test_the_derived_form_never_changes() -> None:
    digest = "80e4ced59f1f4cefa2dc40169d72e57336414e51"
    assert ids.derived("le", "earn", "PB-TXN-9876") == f"le_{digest}"


@given(PARTS)
def test_the_same_parts_give_the_same_id(parts: tuple[str, ...]) -> None:
    assert ids.derived("le", *parts) == ids.derived("le", *parts)
    assert re.fullmatch(r"le_[0-9a-f]{40}", ids.derived("le", *parts))


@given(PARTS, PARTS)
def test_other_parts_give_another_id(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (ids.digest(*one) == ids.digest(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "bc"), ("ab", "c")),
        (("a", ""), ("", "a")),
        (("a",), ("a", "")),
        (("1:a",), ("1", "a")),
        (("a1:b",), ("a", "b")),
        ((), ("",)),
    ],
)
def test_where_a_part_ends_matters(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert ids.digest(*one) != ids.digest(*other)
