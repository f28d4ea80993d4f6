"""Words of names: what is the same, beginnings, and bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.members import name_words
from shared.domain.members.profile import Profile


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Anna Maria", ["anna", "maria"]),
        ("Müller", ["muller"]),
        ("MUELLER", ["muller"]),
        ("Güell Gueell", ["gull"]),
        ("Muller", ["muller"]),
        ("Mu\u0308ller", ["muller"]),
        ("Strauß-Jäger", ["strauss", "jager"]),
        ("O'Brien d’Angelo", ["obrien", "dangelo"]),  # noqa: RUF001 - as people write it
        ("Łukasz Sørensen Æsir", ["lukasz", "sorensen", "asir"]),
        ("İpek", ["ipek"]),
        ("Ελένη", ["ελενη"]),
        ("Юрий", ["юрии"]),
        ("王小明", ["王小明"]),
        ("김민수", ["김민수"]),
        ("Dr. A.B. 3rd", ["dr", "a", "b", "3rd"]),
        ("Anna anna ANNA", ["anna"]),
        ("  - _ !", []),
        ("a b c d e f", ["a", "b", "c", "d", "e"]),
        ("Wolfeschlegelsteinhausen", ["wolfeschlege"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert name_words.words(text) == words


@pytest.mark.parametrize(
    ("text", "beginnings"),
    [
        ("an mül", ["an", "mul"]),
        ("Anna A", ["anna"]),
        ("a", ["a"]),
        ("?", []),
    ],
)
def test_asks_for_what_does_not_follow(text: str, beginnings: list[str]) -> None:
    assert name_words.asked(text) == beginnings


def test_all_beginnings_of_both_names() -> None:
    profile = Profile(first_name="Jo", last_name="Öz Jon")

    assert name_words.beginnings(profile) == ["j", "jo", "o", "oz", "jon"]
    assert name_words.beginnings(Profile(email="ada@example.com")) == []


def test_are_bounded() -> None:
    long = " ".join(chr(ord("b") + each) * 19 for each in range(20))

    found = name_words.beginnings(Profile(first_name=long, last_name=long.upper()[::-1]))

    assert len(found) == 2 * name_words.WORDS_MAX * name_words.CHARS_MAX


_LATIN = st.text(st.characters(min_codepoint=65, max_codepoint=0x24F), min_size=1, max_size=20)


@given(_LATIN, st.integers(1, 20))
def test_what_begins_a_name_finds_it(name: str, length: int) -> None:
    profile = Profile(last_name=name)

    for each in name_words.asked(name[:length]):
        assert each in name_words.beginnings(profile) or len(name_words.words(name)) > 1
