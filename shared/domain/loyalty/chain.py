"""The hash chain of a membership's entries: proof that none was changed, removed or inserted.

Canonical form of an entry: its fields by name in camelCase, sorted, without ``hash`` and without
null fields, as JSON with no spaces and no ASCII escapes; times as ``2026-03-03T12:00:00.000Z``;
UTF-8. ``hash`` is the SHA-256 of this form, which includes ``previousHash``. The membership holds
the hash of its last entry.

What a field holds is written in the same way: lists as arrays, records as objects.

Null fields are left out, so that a new field of later entries does not change the hashes of older
entries, which lack it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any

from shared.clock import to_wire
from shared.domain.loyalty.entries import GENESIS, Entry


def canonical(entry: Entry) -> bytes:
    """Return the bytes to hash."""
    values = _record(entry)
    del values["hash"]
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def entry_hash(entry: Entry) -> str:
    """Return the SHA-256 of an entry's canonical form, in hex."""
    return hashlib.sha256(canonical(entry)).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """The first place where a chain is broken; without an entry if the last ones are missing."""

    message: str
    expected: str
    found: str
    seq: int | None = None
    entry_id: str | None = None


def find_break(entries: Iterable[Entry], head_hash: str, *, genesis: str = GENESIS) -> str | None:
    """Return the message of ``first_break``, ``None`` if there is none."""
    broken = first_break(entries, head_hash, genesis=genesis)
    return None if broken is None else broken.message


def first_break(
    entries: Iterable[Entry], head_hash: str, *, genesis: str = GENESIS
) -> ChainBreak | None:
    """Check a membership's entries, oldest first, and return the place of the first break.

    ``genesis`` is where the chain begins: copies of an erased person begin with their record.

    Returns:
        ``None`` if every entry is untouched, in its place, and the last one is ``head_hash``.
    """
    expected = genesis
    for seq, entry in enumerate(entries, start=1):
        name = f"entry {entry.entry_id}"
        for message, wanted, found in (
            (f"{name} has number {entry.seq} where {seq} is due", str(seq), str(entry.seq)),
            (f"{name} does not follow its predecessor", expected, entry.previous_hash),
            (f"{name} was changed", entry_hash(entry), entry.hash),
        ):
            if wanted != found:
                return ChainBreak(message, wanted, found, seq, entry.entry_id)
        expected = entry.hash
    if expected == head_hash:
        return None
    return ChainBreak("the last entries are missing", head_hash, expected)


def _record(value: Any) -> dict[str, Any]:
    return {
        written: _plain(found)
        for name, written in _names(type(value))  # type: ignore[arg-type]
        if (found := getattr(value, name)) is not None
    }


@cache
def _names(kind: Hashable) -> tuple[tuple[str, str], ...]:
    """Return the names of a dataclass's fields, and how each is written."""
    return tuple((field.name, _camel(field.name)) for field in fields(kind))  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_wire(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return _record(value) if is_dataclass(value) else value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)
