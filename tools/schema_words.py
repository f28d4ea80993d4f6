"""A JSON schema's bounds in words, for all pages that are made from the API's description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

NOT_BLANK = r"\S"
_RANGES = (
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " items"),
    ("minProperties", "maxProperties", " fields"),
    ("minimum", "maximum", ""),
)


def bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the bounds of a field, such as ``1 to 128 characters``; no pattern but not being blank.

    A pattern and a default are left to the page, because each has its own marks for code.
    """
    for low, high, unit in _RANGES:
        if low in schema and high in schema:
            yield f"{schema[low]:,} to {schema[high]:,}{unit}"
        elif high in schema:
            yield f"at most {schema[high]:,}{unit}"
        elif low in schema:
            yield f"at least {schema[low]:,}{unit}"
    if "exclusiveMinimum" in schema:
        yield f"more than {schema['exclusiveMinimum']}"
    if schema.get("pattern") == NOT_BLANK:
        yield "not blank"
