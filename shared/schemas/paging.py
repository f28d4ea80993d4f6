"""Pages of a list: their size, and the position of the next page."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, Field, WithJsonSchema

from shared.clock import is_usable, to_wire
from shared.schemas.base import Whole

Item = TypeVar("Item")

LIMIT_DEFAULT = 20
LIMIT_MAX = 100

_CURSOR = "`nextCursor` of the page before, to go on from there."
_NO_CURSOR = "must be a nextCursor of an earlier answer"
_UNREADABLE = (binascii.Error, ValueError, TypeError, OverflowError, RecursionError)

_ID = re.compile(r"[a-z%]+_[0-9A-Za-z_.~%-]{1,700}")
"""The form of our ids, those of memberships too; Firestore accepts every such text as an id."""

Limit = Annotated[Whole, Field(ge=1, le=LIMIT_MAX, description="The most to list.")]


@dataclass(frozen=True, slots=True)
class CursorPosition:
    """The last item of a page: its time, and its id to order items of the same millisecond."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list, in its order; ``end`` is the last item if more follow, else ``None``."""

    items: Sequence[Item]
    end: CursorPosition | None

    @property
    def next_cursor(self) -> str | None:
        """The cursor of the next page; ``None`` on the last."""
        return encode(self.end) if self.end else None


def cut(
    found: Sequence[Item], limit: int, position: Callable[[Item], CursorPosition]
) -> Page[Item]:
    """Return a page of the found items; the query asked for one more than ``limit``."""
    items = found[:limit]
    return Page(items, position(items[-1]) if len(found) > limit else None)


def encode(position: CursorPosition) -> str:
    """Return the text that stands for a position: opaque to callers, not secret."""
    return _encoded([to_wire(position.at), position.id])


def decode(cursor: str) -> CursorPosition:
    """Read a position back.

    Raises:
        ValueError: ``encode`` does not make such a text; the message is for the caller.
    """
    try:
        at, last_id = _pair(_decoded(cursor))
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except _UNREADABLE:
        raise ValueError(_NO_CURSOR) from None
    if not is_usable(moment):
        raise ValueError(_NO_CURSOR)
    return CursorPosition(moment, last_id)


def encode_key(key: str) -> str:
    """Return the text that stands for the last key of a page: opaque to callers."""
    return _encoded([key])


def decode_key(cursor: str) -> str:
    """Read a key back.

    Raises:
        ValueError: ``encode_key`` does not make such a text; the message is for the caller.
    """
    try:
        match _decoded(cursor):
            # Half of a pair of surrogates is valid text only in JSON.
            case [str() as key] if key.encode():
                return key
    except _UNREADABLE:
        pass
    raise ValueError(_NO_CURSOR)


def _encoded(values: list[str]) -> str:
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> Any:
    padded = cursor + "=" * (-len(cursor) % 4)
    return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))


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
    Field(description=_CURSOR),
]


def _checked_key(cursor: str) -> str:
    decode_key(cursor)
    return cursor


KeyCursor = Annotated[
    str,
    Field(min_length=1, max_length=2000),
    AfterValidator(_checked_key),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 2000}),
    Field(description=_CURSOR),
]
"""The cursor of a list in the order of keys."""
