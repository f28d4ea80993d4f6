"""Numbers in texts of people: a comma or a point for decimals, another sign for thousands.

``1.290`` is 1290 for some and 1.29 for others. A column of a file is written by one program in one
way, so its other values decide; where none does, the number is refused and not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from shared.said import say

_DECIMALS_OF_THOUSANDS = 3
_CHARS_SHOWN_MAX = 20
_GROUPS = (" ", "\u00a0", "\u202f", "'", "\u2019")
"""Signs for thousands that are never decimal signs: spaces (two never break), and apostrophes."""
_CURRENCY = re.compile(r"€|\$|£|EUR|CHF|USD|GBP", re.IGNORECASE)


def _pattern(point: str, group: str) -> re.Pattern[str]:
    groups = "|".join(rf"(?:{each}\d{{3}}){{1,3}}" for each in (group, *_GROUPS))
    whole = rf"\d{{1,12}}|[1-9]\d{{0,2}}(?:{groups})"
    return re.compile(rf"(-?)({whole})(?:{point}(\d{{1,10}}))?", re.ASCII)


_NO_DIGIT = re.compile(r"\D")
_SIGNS = {",": "comma", ".": "point"}
_PATTERNS = {",": _pattern(",", r"\."), ".": _pattern(r"\.", ",")}


class NoNumber(ValueError):
    """A text is no number, however it is read."""


@dataclass(slots=True)
class NumberColumn:
    """One column of a file: first show it all of its values, then let it read them.

    ``name`` is the column's, for messages.
    """

    name: str
    _proofs: dict[str, tuple[str, str]] = field(default_factory=dict)
    _is_in_doubt: bool = False

    def see(self, place: str, text: str) -> None:
        """Take a value as a hint of how the column is written; ``place`` is like ``row 3``."""
        points = _points_of(text)
        if len(points) == 1:
            self._proofs.setdefault(points[0], (place, text))
        elif points and _has_sign(text):
            self._is_in_doubt = True

    def read(self, text: str) -> Decimal:
        """Read a value.

        Raises:
            ValueError: It is no number, or may be two; the message is for the merchant.
        """
        points = _points_of(text)
        if not points:
            raise NoNumber(
                say(
                    "column_not_a_number",
                    "{column} is no number: {given}",
                    column=self.name,
                    given=_shown(text),
                )
            )
        if len(points) == 1 or not _has_sign(text):
            return _value(text, points[0])
        if len(self._proofs) == 1:
            return _value(text, next(iter(self._proofs)))
        raise ValueError(self._doubt(text))

    @property
    def note(self) -> str | None:
        """How values were read that could be read in two ways, ``None`` if there were none."""
        if not self._is_in_doubt or len(self._proofs) != 1:
            return None
        [(point, (place, text))] = self._proofs.items()
        return say(
            "read_with_decimal",
            "{column}: read with a decimal {sign}, as in {place}: {given}",
            column=self.name,
            sign=_SIGNS[point],
            place=place,
            given=text[:_CHARS_SHOWN_MAX],
        )

    def _doubt(self, text: str) -> str:
        few, many = sorted((_value(text, ","), _value(text, ".")), key=abs)
        fewer, more = f"{few.normalize():f}", f"{many:.0f}"
        spelled = fewer
        decimals = len(spelled.partition(".")[2])
        spelled += {0: ".00", _DECIMALS_OF_THOUSANDS: "0"}.get(decimals, "")
        why = ""
        if self._proofs:
            rows = ", ".join(f"{place}: {shown[:20]}" for place, shown in self._proofs.values())
            why = f" (the column has both, {rows})"
        return say(
            "number_ambiguous",
            "{column} {given} may be {fewer} or {more}{why}: write {spelled} or {more}.00",
            column=self.name,
            given=text,
            fewer=fewer,
            more=more,
            why=why,
            spelled=spelled,
        )


def _points_of(text: str) -> list[str]:
    """Return the decimal signs with which a text is a number."""
    return [point for point, pattern in _PATTERNS.items() if pattern.fullmatch(text)]


def _shown(text: str) -> str:
    """Return a text that is no number, and how to write it if that is plain."""
    bare = _CURRENCY.sub("", text).strip()
    if bare.endswith("-"):
        bare = f"-{bare[:-1].strip()}"
    hint = f"; write {bare[:_CHARS_SHOWN_MAX]}" if bare != text and _points_of(bare) else ""
    return f"{text[:_CHARS_SHOWN_MAX]}{hint}"


def _has_sign(text: str) -> bool:
    return "," in text or "." in text


def _value(text: str, point: str) -> Decimal:
    found = _PATTERNS[point].fullmatch(text)
    assert found is not None
    sign, whole, fraction = found.groups()
    return Decimal(f"{sign}{_NO_DIGIT.sub('', whole)}.{fraction or '0'}")
