"""All that is held on a person, through the registry of what documents hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from shared import clock, encrypted
from shared.auth.caller import Caller
from shared.clock import to_wire
from shared.domain import pseudonyms
from shared.errors import MemberNotFound
from shared.services import forwarding
from shared.services.members.erasures import personal_kinds
from shared.services.vaults import vault
from shared.store import codec
from shared.store.client import Snapshot
from shared.store.documents import Documents
from shared.store.personal import Personal

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
        "nextDueAt",
        "previousHash",
        "problem",
    }
)
"""Fields that work for us, and say nothing of the person."""


@dataclass(frozen=True, slots=True)
class Export:
    """Documents by the names of their kinds."""

    exported_at: datetime
    data: dict[str, list[dict[str, Any]]]


def export(caller: Caller, user_id: str) -> Export:
    """Return all that is held on a person, and on those who were merged into the person.

    Raises:
        MemberNotFound: Nothing is held on the user in the account.
    """
    now = clock.utc_now()
    data: dict[str, list[dict[str, Any]]] = {}
    is_nobody = pseudonyms.is_pseudonym(user_id)
    for each in () if is_nobody else forwarding.every_user_id(caller.account_id, user_id):
        for kind, declared in personal_kinds():
            for page in declared.find(caller.account_id, each):
                shown = [_shown(kind, declared, read, each) for read in page]
                data.setdefault(declared.name, []).extend(shown)
    if not data:
        raise MemberNotFound(f"There is no member {user_id}.")
    return Export(now, data)


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
