"""JSON for values that JSON does not know: exact decimals as numbers, times in UTC."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from shared.clock import to_wire
from shared.domain.units import to_json_number


def default(value: object) -> int | float | str:
    """Return a value for ``json.dumps``, as its ``default``.

    Raises:
        TypeError: It is neither a decimal nor a time.
    """
    if isinstance(value, Decimal):
        return to_json_number(value)
    if isinstance(value, datetime):
        return to_wire(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
