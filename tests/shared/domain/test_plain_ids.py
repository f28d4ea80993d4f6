"""New ids have nothing that cannot be seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import plain_ids

SEEN = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]))
UNSEEN = st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])


@given(SEEN)
def test_what_can_be_seen_is_an_id(text: str) -> None:
    assert plain_ids.plain(text) == text


@given(SEEN, UNSEEN, SEEN)
def test_one_character_that_cannot_be_seen_is_too_many(before: str, bad: str, after: str) -> None:
    with pytest.raises(ValueError, match="cannot be seen") as refused:
        plain_ids.plain(f"{before}{bad}{after}")

    assert bad not in str(refused.value)


@pytest.mark.parametrize(
    "code",
    [0x00, 0x1F, 0x7F, 0x85, 0xAD, 0x061C, 0x200B, 0x200D, 0x202E, 0x2066, 0xD800, 0xFEFF, 0xE0041],
)
def test_knows_them_by_their_category(code: int) -> None:
    assert not plain_ids.is_plain(f"user{chr(code)}1"), unicodedata.name(chr(code), hex(code))


@pytest.mark.parametrize("text", ["user_1", "ä-Ö/ß 7", "\U0001f381", "顧客-1", "عميل"])
def test_letters_of_all_scripts_are_fine(text: str) -> None:
    assert plain_ids.is_plain(text)
