"""Ids that people can read and compare: nothing in them is invisible, or changes what is shown.

Only new ids have to be so. What has another one from before is still found, merged and erased by
it.
"""

from __future__ import annotations

import unicodedata

NOT_PLAIN = "must not have control characters or others that cannot be seen"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls (C0, C1, DEL), formats (zero width, direction), halves of surrogate pairs, separators of
lines and paragraphs: the general categories of Unicode."""


def is_plain(text: str) -> bool:
    """Tell whether all characters of an id can be seen."""
    return not any(unicodedata.category(each) in _UNSEEN for each in text)


def plain(text: str) -> str:
    """Return an id if all its characters can be seen.

    Raises:
        ValueError: Some cannot; the message is for the caller, and does not repeat them.
    """
    if not is_plain(text):
        raise ValueError(NOT_PLAIN)
    return text
