"""The words of a person's name, as they are compared when somebody looks for it.

Upper and lower case, accents and the two spellings of umlauts are the same: Müller, Muller and
Mueller have one word, and Straße and Strasse. So what is typed finds all spellings, and now and
then somebody else, as Joel for ``jol``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from shared.domain.members.profile import Profile

WORDS_MAX = 5
"""Words of a first name, of a last name, and of a question. Further ones are not looked at."""
CHARS_MAX = 12
"""Characters of a word. What comes after them is not looked at."""

_WITHIN_WORDS = re.compile(r"['’‘ʼ`´]")  # noqa: RUF001 - people write all of them
_WORD = re.compile(r"[^\W_]+")
_SPELT_WITH_E = re.compile(r"([aou])e+")
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "a", "œ": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "\u0131": "i", "þ": "th"}
)


def words(text: str) -> list[str]:
    """Return the different words of a text, at most ``WORDS_MAX``, in their order.

    The beginning of a name has the beginning of the name's word: an ``e`` that only spells an
    umlaut is left out, and nothing is put in.
    """
    apart = unicodedata.normalize("NFKD", _WITHIN_WORDS.sub("", text).casefold()).casefold()
    bare = "".join(each for each in apart if not unicodedata.category(each).startswith("M"))
    plain = unicodedata.normalize("NFC", bare).translate(_LETTERS)
    found = (_SPELT_WITH_E.sub(r"\1", each)[:CHARS_MAX] for each in _WORD.findall(plain))
    return list(dict.fromkeys(found))[:WORDS_MAX]


def beginnings(profile: Profile) -> list[str]:
    """Return all by which a person's name is found: at most 120 beginnings of words."""
    names = (profile.first_name, profile.last_name)
    every = [word for name in names if name for word in words(name)]
    return list(
        dict.fromkeys(word[:length] for word in every for length in range(1, len(word) + 1))
    )


def asked(text: str) -> list[str]:
    """Return the beginnings that a name must all have to be found; none if there is no letter.

    One that begins another one says nothing more.
    """
    return _without_beginnings(words(text))


def _without_beginnings(found: Iterable[str]) -> list[str]:
    every = list(found)
    return [
        each
        for each in every
        if not any(other != each and other.startswith(each) for other in every)
    ]
