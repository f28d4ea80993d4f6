"""Yes and no as files write them."""

from __future__ import annotations

from shared.said import say

_TRUE = frozenset({"1", "true", "t", "yes", "y", "ja", "j", "wahr", "w", "x"})
_FALSE = frozenset({"", "0", "false", "f", "no", "n", "nein", "falsch"})
_CHARS_SHOWN_MAX = 20


def truth_of(text: str) -> bool:
    """Read a word for yes or no, in any case; nothing at all is no.

    Raises:
        ValueError: It is another word. A void that is taken for a sale would grant points.
    """
    word = text.strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError(
        say(
            "neither_yes_nor_no",
            "{given} is neither yes nor no",
            given=text.strip()[:_CHARS_SHOWN_MAX],
        )
    )
