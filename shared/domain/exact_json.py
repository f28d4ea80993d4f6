"""JSON for values that JSON does not know: exact decimals as numbers, times in UTC."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from shared.clock import to_wire
from shared.domain.units import to_json_number

NUMBER_CHARS_MAX = 400
EXPONENT_MAX = 400
"""Of the first digit. Each number that a double can hold is within: they end at 1e308."""

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NumberOutOfBounds(ValueError):
    """A number is beyond ``NUMBER_CHARS_MAX`` or ``EXPONENT_MAX``."""


def loads(text: str) -> Any:
    """Read JSON of others; numbers with a point or an exponent become decimals.

    ``1e2000000`` is a number in JSON: as an ``int`` it would take minutes, in which Python does
    nothing else. Half of a pair of surrogates, which JSON can escape, is text nowhere else,
    neither in UTF-8 nor in Firestore: it becomes U+FFFD.

    Raises:
        NumberOutOfBounds: It has such a number.
        ValueError: It is no JSON.
        RecursionError: It is nested too deeply.
    """
    found = json.loads(text, parse_float=_to_decimal, parse_int=_to_int)
    return _storable(found) if _ESCAPED_SURROGATE.search(text) else found


def _storable(value: Any) -> Any:
    """Return a value with U+FFFD in place of each half of a pair of surrogates."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(each) for name, each in value.items()}
    return value


def _to_decimal(text: str) -> Decimal:
    _check_length(text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise NumberOutOfBounds("a number has an exponent beyond all bounds") from None
    if abs(number.adjusted()) > EXPONENT_MAX:
        raise NumberOutOfBounds("a number has an exponent beyond all bounds")
    return number


def _to_int(text: str) -> int:
    _check_length(text)
    return int(text)


def _check_length(text: str) -> None:
    if len(text) > NUMBER_CHARS_MAX:
        raise NumberOutOfBounds(f"a number has more than {NUMBER_CHARS_MAX} characters")


def require_writable(number: Decimal) -> Decimal:
    """Return a number whose digits, written out, are few.

    Raises:
        NumberOutOfBounds: It is beyond ``EXPONENT_MAX``. Small numbers become 0, however small.
    """
    if number.adjusted() > EXPONENT_MAX:
        raise NumberOutOfBounds("a number has an exponent beyond all bounds")
    return number


def default(value: object) -> int | float | str:
    """Return a value for ``json.dumps``, as its ``default``.

    Raises:
        NumberOutOfBounds: It is a decimal whose digits would fill an instance for minutes.
        TypeError: It is neither a decimal nor a time.
    """
    if isinstance(value, Decimal):
        require_writable(value)
        return to_json_number(value)
    if isinstance(value, datetime):
        return to_wire(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
