"""Pages of a list: how many, and where the next one begins."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from shared.clock import to_wire
from shared.schemas.base import Whole

LIMIT_DEFAULT = 20
LIMIT_MAX = 100

_ID = re.compile(r"[a-z]+_[0-9A-Za-z_-]{1,200}")
"""Ids of ours, and nothing that Firestore would not take for one."""

Limit = Annotated[Whole, Field(ge=1, le=LIMIT_MAX)]
"""How many to return."""


@dataclass(frozen=True, slots=True)
class Position:
    """The last item of a page: its time, and its id for those of the same millisecond."""

    at: datetime
    id: str


def encode(position: Position) -> str:
    """Return the text that stands for a position: opaque to callers, nothing secret."""
    text = json.dumps([to_wire(position.at), position.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str) -> Position:
    """Read a position back.

    Raises:
        ValueError: The text is none that ``encode`` makes; the message is for the caller.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, last_id = _pair(json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)))
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError):
        raise ValueError("must be a nextCursor of an earlier answer") from None
    return Position(moment, last_id)


def _pair(value: Any) -> tuple[str, str]:
    at, last_id = value
    if not (isinstance(at, str) and _ID.fullmatch(last_id)):
        raise ValueError
    return at, last_id


def _checked(cursor: str) -> str:
    decode(cursor)
    return cursor


Cursor = Annotated[
    str,
    Field(min_length=1, max_length=1000),
    AfterValidator(_checked),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 1000}),
]
"""``nextCursor`` of the page before."""
