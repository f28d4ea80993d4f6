"""What names look like: two that look alike are mostly meant as one."""

from __future__ import annotations

import unicodedata

from shared.domain.plain_ids import is_plain


def look(name: str) -> str:
    """Return a name in one form: without what cannot be seen, capitals and spaces that differ."""
    seen = "".join(each for each in name if each.isspace() or is_plain(each))
    return " ".join(unicodedata.normalize("NFKC", seen).casefold().split())


def alike(names: list[str], name: str) -> str | None:
    """Return the first of other names that looks as ``name`` does; ``None`` if none does."""
    return next((each for each in names if each != name and look(each) == look(name)), None)
