"""A JSON object with long lists, read row by row: only one row at a time is in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shared.errors import ConnectorRejected
from shared.said import say

OBJECTS_MAX = 300_000
"""The most objects and lists of a file: if one row had all of them, they would fit into memory."""
VALUES_MAX = 500_000
"""The most commas of a file, for the same reason."""
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object. ``values`` are all its values but for the lists that are read row by row."""

    values: dict[str, Any]
    _text: str
    _begins: dict[str, int]

    @property
    def lists(self) -> Collection[str]:
        """The names of the lists."""
        return self._begins.keys()

    def rows(self, name: str) -> Iterator[Any]:
        """Read the rows of a list; nothing if the object does not have it."""
        if name not in self._begins:
            return
        place = _begun(self._text, self._begins[name], "]")
        while place is not None:
            row, place = _decode(self._text, place)
            yield row
            place, _ = _following(self._text, place, "]")


def read_object(text: str, lists: Collection[str]) -> JsonObject:
    """Read an object. All of it is read once, to know that it is JSON. Numbers are decimals.

    Args:
        text: The file.
        lists: The names of the lists whose rows are read one by one later.

    Raises:
        ValueError: It is not a JSON object.
        ConnectorRejected: It is too large, or one of the lists is none.
    """
    _check_size(text)
    try:
        return _scan(text, lists)
    except (ArithmeticError, RecursionError):
        raise ValueError(say("file_not_json", "no JSON")) from None


def _scan(text: str, lists: Collection[str]) -> JsonObject:
    values: dict[str, Any] = {}
    begins: dict[str, int] = {}
    begin = _after_space(text, 0)
    _expect(text, begin, "{")
    place = _begun(text, begin, "}")
    end = _after_space(text, begin + 1) + 1
    while place is not None:
        name, place = _decode(text, place)
        if not isinstance(name, str):
            raise ValueError(say("file_not_json", "a name is no text"))  # noqa: TRY004 - of a file, not of a caller
        place = _after_space(text, place)
        _expect(text, place, ":")
        place = _after_space(text, place + 1)
        if name in lists:
            begins[name] = place
            place = _end_of_list(text, name, place)
        else:
            values[name], place = _decode(text, place)
        place, end = _following(text, place, "}")
    if _after_space(text, end) != len(text):
        raise ValueError(say("file_not_json", "more than an object"))
    return JsonObject(values, text, begins)


def _end_of_list(text: str, name: str, begin: int) -> int:
    """Return the place after a list, which is read and not kept."""
    if text[begin : begin + 1] != "[":
        _decode(text, begin)
        raise ConnectorRejected(say("list_not_array", "{name} in the file is no array.", name=name))
    place, end = _begun(text, begin, "]"), _after_space(text, begin + 1) + 1
    while place is not None:
        _, place = _decode(text, place)
        place, end = _following(text, place, "]")
    return end


def _begun(text: str, begin: int, closing: str) -> int | None:
    """Return the place of the first member of an object or list, ``None`` if it is empty."""
    place = _after_space(text, begin + 1)
    return None if text[place : place + 1] == closing else place


def _following(text: str, place: int, closing: str) -> tuple[int | None, int]:
    """Return the place of the next member, ``None`` after the last one, and the place after it."""
    place = _after_space(text, place)
    if text[place : place + 1] == closing:
        return None, place + 1
    _expect(text, place, ",")
    return _after_space(text, place + 1), place + 1


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _expect(text: str, place: int, sign: str) -> None:
    if text[place : place + 1] != sign:
        raise ValueError(say("file_not_json", "{sign} is missing", sign=sign))


def _check_size(text: str) -> None:
    """Refuse what might not fit into memory. Signs in texts count too, which does no harm."""
    counted = {"objects and lists": (text.count("{") + text.count("["), OBJECTS_MAX)}
    counted["values"] = (text.count(","), VALUES_MAX)
    for name, (count, most) in counted.items():
        if count > most:
            raise ConnectorRejected(
                say(
                    "file_too_many_of",
                    "The file has more than {most} {name}: hand it over in parts.",
                    most=most,
                    name=name,
                )
            )


def _no_number(name: str) -> Decimal:
    raise ValueError(say("not_a_json_number", "{name} is no number of JSON", name=name))


_decode = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number).raw_decode
