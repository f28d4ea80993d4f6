"""Rows of an import of members: whom each one means, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.domain.members.profile import KEYS_BY_FIELD, Key
from shared.errors import MemberExists

USER = "user"
"""The kind of the key that a row's user id is, among those of its profile."""
_FIELDS = {USER: "userId", **{kind: name for name, kind in KEYS_BY_FIELD.items()}}


class IfMemberExists(StrEnum):
    """What is done with a row whose person has a profile already."""

    FAIL = "fail"
    SKIP = "skip"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class MemberImport:
    """What holds for all rows of an import; ``is_dry``: nothing is written."""

    if_exists: IfMemberExists = IfMemberExists.FAIL
    grants_welcome_bonus: bool = False
    is_dry: bool = False


class MemberRowOutcome(StrEnum):
    """The outcome of a row. ``SKIPPED``: the person was there, and nothing was changed."""

    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"
    DUPLICATE = "duplicate"
    FAILED = "failed"
    NOT_DONE = "not_done"


@dataclass(frozen=True, slots=True)
class MemberRowResult:
    """The result of a row; ``index`` is its place, from 0. It holds no personal data but the id.

    ``is_enrolled``: it opened the membership. ``entry_id``: it booked the opening balance, after
    which the balance was ``new_balance``, and whose points expire at ``expires_at``.
    ``fields`` are those that are wrong, or that somebody else has. ``duplicate_of`` is the index
    of the row that names the same person.
    """

    index: int
    outcome: MemberRowOutcome
    user_id: str | None = None
    is_enrolled: bool = False
    entry_id: str | None = None
    new_balance: Decimal | None = None
    expires_at: datetime | None = None
    error: str | None = None
    message: str | None = None
    fields: tuple[str, ...] = ()
    duplicate_of: int | None = None


def counted(rows: Iterable[MemberRowResult]) -> Mapping[MemberRowOutcome, int]:
    """Return the number of rows with each outcome."""
    found = Counter(row.outcome for row in rows)
    return {outcome: found[outcome] for outcome in MemberRowOutcome}


def keys_of(user_id: str | None, keys: Sequence[Key]) -> tuple[Key, ...]:
    """Return all that identifies the person of a row, the user id first."""
    return (*([(USER, user_id)] if user_id is not None else []), *keys)


def field_of(kind: str) -> str:
    """Return the field of a row that a kind of keys comes from."""
    return _FIELDS[kind]


def duplicates(rows: Sequence[Sequence[Key]]) -> list[tuple[int, Key] | None]:
    """Find rows that name the person of an earlier row: the first one counts.

    A row that does not count does not make a later one a duplicate.

    Args:
        rows: What identifies the person of each row; nothing for rows that are wrong.

    Returns:
        For each row the index of the earlier one and a key of both, ``None`` if it counts.
    """
    first: dict[Key, int] = {}
    found: list[tuple[int, Key] | None] = []
    for index, keys in enumerate(rows):
        same = min(((first[key], key) for key in keys if key in first), default=None)
        found.append(same)
        if same is None:
            first |= dict.fromkeys(keys, index)
    return found


def met(
    user_id: str | None, owners: Sequence[tuple[str, str]], if_exists: IfMemberExists
) -> str | None:
    """Return the member whom a row meets, ``None`` if it is somebody new.

    Args:
        user_id: The row's user id, if it has one.
        owners: Kinds of the row's keys, and the members who have them: of the user id first, if
            there is such a member.
        if_exists: What the import does with members who are there.

    Raises:
        MemberExists: There is one and the import fails such rows; or it is not clear who is meant:
            two members have keys of the row, or the member who would be updated has another id.
    """
    if not owners:
        return None
    found = owners[0][1]
    others = [kind for kind, owner in owners if owner != found]
    if others:
        raise _exists("The row names several members, by", [kind for kind, _ in owners])
    if if_exists is IfMemberExists.FAIL:
        raise _exists("There is a member with the same", [kind for kind, _ in owners])
    if if_exists is IfMemberExists.UPDATE and user_id not in {None, found}:
        raise _exists("A member with another userId has the same", [kind for kind, _ in owners])
    return found


def _exists(text: str, kinds: Sequence[str]) -> MemberExists:
    fields = list(dict.fromkeys(map(field_of, kinds)))
    return MemberExists(f"{text} {', '.join(fields)}.", fields=fields)
