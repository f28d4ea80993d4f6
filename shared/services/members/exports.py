"""All that is held on a person, through the registry of what documents hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from shared import clock, encrypted
from shared.auth.caller import Caller
from shared.clock import to_wire
from shared.domain import pseudonyms
from shared.encrypted import Encrypted
from shared.errors import MemberNotFound
from shared.schemas.base import invalid
from shared.services import forwarding
from shared.services.members.erasures import personal_kinds
from shared.services.vaults import vault
from shared.store import codec
from shared.store.client import Snapshot
from shared.store.documents import Documents
from shared.store.personal import Personal
from shared.vault import VaultError

_INTERNAL = frozenset(
    {
        "accountId",
        "checkAt",
        "deviceHash",
        "devices",
        "fingerprint",
        "hash",
        "headHash",
        "keyHash",
        "leaseId",
        "leaseUntil",
        "lookups",
        "nameMarks",
        "nextDueAt",
        "previousHash",
        "problem",
    }
)
"""Fields that work for us, and say nothing of the person."""


FULL = 500
"""An export ends with the page in which it has so many documents."""


@dataclass(frozen=True, slots=True)
class Export:
    """Some documents by the names of their kinds; ``next_cursor`` is ``None`` after the last.

    ``user_id`` is the person's now: after a merge the new one.
    """

    user_id: str
    exported_at: datetime
    data: dict[str, list[dict[str, Any]]]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Position:
    """The last document that was shown: of which user id and kind, and its path."""

    user_id: str
    kind: str
    path: str


def export(caller: Caller, user_id: str, cursor: str | None = None) -> Export:
    """Return what is held on a person, and on those who were merged into the person.

    At most ``FULL`` documents, and the rest of the page of the last one.

    Args:
        caller: Whose account it is.
        user_id: The person.
        cursor: ``next_cursor`` of the export before.

    Raises:
        MemberNotFound: Nothing is held on the user in the account.
        InvalidParameters: The cursor is not one of this person, or the person was merged since.
    """
    now = clock.utc_now()
    is_nobody = pseudonyms.is_pseudonym(user_id)
    user_ids = () if is_nobody else forwarding.every_user_id(caller.account_id, user_id)
    # What is encrypted for a person cannot be made or changed by a caller, or be another's.
    bound_to = f"export of {caller.account_id}: {json.dumps(user_ids)}"
    last = None if cursor is None else _opened(cursor, bound_to)
    data: dict[str, list[dict[str, Any]]] = {}
    had = 0
    for position, rows in _pages(caller.account_id, user_ids, last):
        data.setdefault(position.kind, []).extend(rows)
        had += len(rows)
        if had >= FULL:
            text = json.dumps([position.user_id, position.kind, position.path])
            return Export(user_ids[0], now, data, vault().encrypt(text, bound_to))
    if not data and cursor is None:
        raise MemberNotFound(f"There is no member {user_id}.")
    return Export(user_ids[0] if user_ids else user_id, now, data, None)


def _opened(cursor: str, bound_to: str) -> _Position:
    try:
        return _Position(*json.loads(vault().decrypt(Encrypted(cursor), bound_to)))
    except (VaultError, ValueError, TypeError):
        raise invalid({"cursor": "must be a nextCursor of an earlier answer"}) from None


def _pages(
    account_id: str, user_ids: Sequence[str], last: _Position | None
) -> Iterator[tuple[_Position, list[dict[str, Any]]]]:
    """Yield documents as they are shown, and where the last one is; those after ``last``."""
    for user_id in user_ids:
        for kind, declared in personal_kinds():
            after = None
            if last is not None:
                if (user_id, declared.name) != (last.user_id, last.kind):
                    continue
                after, last = last.path, None
            for page in declared.find(account_id, user_id, after):
                rows = [_shown(kind, declared, read, user_id) for read in page]
                yield _Position(user_id, declared.name, page[-1].path), rows


def _shown(
    kind: Documents[Any, ...], declared: Personal[Any], read: Snapshot, user_id: str
) -> dict[str, Any]:
    value = kind.decode(read)
    assert value is not None
    own = declared.exported(value, user_id)
    document = codec.to_document(own)
    for each in fields(own):
        name = codec.camel(each.name)
        token = getattr(own, each.name)
        if encrypted.is_field(own, each.name):
            is_readable = each.name in declared.readable and token is not None
            # It is bound to the document that it was found in.
            document[name] = _readable(vault().decrypt(token, read.path)) if is_readable else None
    return {
        name: _wire(each)
        for name, each in document.items()
        if name not in _INTERNAL and each not in (None, [], {}, "")
    }


def _readable(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _wire(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_wire(value)
    if isinstance(value, Mapping):
        return {name: _wire(each) for name, each in value.items() if name not in _INTERNAL}
    if isinstance(value, list):
        return [_wire(each) for each in value]
    return value
