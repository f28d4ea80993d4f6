"""Who has asked for something that happens later, and whether they may still ask.

What is kept of keys and roles for 60 s is not looked at: a link that connects something is not
opened so often.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from shared.auth.caller import Caller
from shared.domain.accounts import requesters
from shared.domain.accounts.requesters import Requester, RequesterRecords
from shared.domain.accounts.staff import StaffRole
from shared.errors import InvalidIdToken, SignInNotVerified
from shared.services.commands import Reads
from shared.store import paths
from shared.store.accounts import (
    account_documents,
    oauth_app_documents,
    oauth_documents,
    staff_documents,
)
from shared.store.client import Snapshot

T = TypeVar("T")


def of(caller: Caller) -> Requester:
    """Return who asks, to be stored: hashes and ids, by which nobody can call."""
    return Requester(
        key_hash=caller.key_hash,
        token_hash=caller.token_hash,
        staff_id=caller.staff_id,
        app_id=caller.app_id,
        consent_id=caller.consent_id,
    )


def needs_of(requester: Requester, account_id: str) -> list[str]:
    """Return the paths of what ``may_still_ask`` reads."""
    return [*_paths(requester, account_id).values()]


def may_still_ask(
    requester: Requester,
    reads: Reads,
    *,
    account_id: str,
    store_id: str,
    asked_at: datetime,
    roles: Collection[StaffRole],
) -> bool:
    """Tell whether who has asked for something of a store could ask for it now."""
    named = _paths(requester, account_id)

    def found(name: str, decode: Callable[[Snapshot], T | None]) -> T | None:
        return decode(reads[named[name]]) if name in named else None

    records = RequesterRecords(
        key=found("key", account_documents.decode_key),
        token=found("token", oauth_documents.decode),
        member=found("member", staff_documents.decode),
        app=found("app", oauth_app_documents.APPS.decode),
        consent=found("consent", oauth_app_documents.CONSENTS.decode),
    )
    return requesters.may_still_ask(
        requester,
        records,
        asked_at=asked_at,
        roles=roles,
        store_id=store_id,
    )


def is_present(requester: Requester, asked_at: datetime) -> bool:
    """Tell whether Firebase Auth knows a person still, and none of their sign-ins was ended since.

    Raises:
        Busy: It does not answer.
    """
    if requester.staff_id is None:
        return True
    from shared.services.accounts import staff_callers  # Its libraries are slow to load.

    try:
        staff_callers.require_present(requester.staff_id, asked_at)
    except (InvalidIdToken, SignInNotVerified):
        return False
    return True


def _paths(requester: Requester, account_id: str) -> dict[str, str]:
    """Return the paths of what there is of a requester, by the fields of ``RequesterRecords``."""
    found = {}
    if requester.key_hash is not None:
        found["key"] = paths.api_key(requester.key_hash)
    if requester.token_hash is not None:
        found["token"] = paths.oauth_token(requester.token_hash)
    if requester.staff_id is not None:
        found["member"] = paths.staff_member(account_id, requester.staff_id)
    if requester.app_id is not None:
        found["app"] = paths.oauth_app(requester.app_id)
    if requester.consent_id is not None:
        found["consent"] = paths.oauth_consent(requester.consent_id)
    return found
