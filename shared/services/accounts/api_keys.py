"""Make, replace, revoke and list an account's API keys, for operators and for its staff.

A key's text is nowhere in here but in the hands of who has made it: what is stored, kept for
repeated requests and logged is its record, with its SHA-256.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.auth.keys import ApiKey
from shared.domain.accounts import api_keys, sign_ins
from shared.domain.accounts.accounts import Account, KeyRecord
from shared.errors import ApiKeyNotFound, ApiKeyRevoked, NotStaff
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.accounts import account_documents, staff_documents
from shared.store.client import Document, Write

REVOKED_SHOWN_MAX = 50
"""How many revoked keys are listed: those that were revoked last."""


@dataclass(frozen=True, slots=True)
class SavedKey:
    """A key's record as written. ``replaced`` is that of the key which it replaces.

    ``is_replay``: an earlier request with the same key of idempotency did it, so what the API key
    was is known to nobody but who got that answer.
    """

    record: KeyRecord
    replaced: KeyRecord | None = None
    is_replay: bool = False


def issue(account_id: str, key: ApiKey, *, label: str, by: Caller | None = None) -> SavedKey:
    """Let a key work for an account.

    Args:
        account_id: The account, which there is.
        key: The new key.
        label: What people call it.
        by: Who of the account's staff asks; ``None``: the operator.

    Raises:
        ApiKeyChangeNotAllowed, SignInTooOld, NotStaff, LimitExceeded, IdempotencyKeyReused, Busy.
    """
    record = _record(account_id, key, label, by)
    account_path = paths.account(account_id)
    known = account_documents.find_account(account_id)
    # Whether they were counted never changes back, so what is cached is good enough.
    is_counted = known is not None and known.working_keys is not None
    counted = 0 if is_counted else _counted(account_id)

    def decide(reads: Reads) -> Effect[SavedKey]:
        _require_may_change(by, reads, record)
        _require_fresh(by, record)
        account = _account(reads, account_path)
        writes: list[Write] = [
            account_documents.replace_account(
                reads[account_path], api_keys.with_one_more(account, counted)
            ),
            account_documents.key_creation(record),
        ]
        return Effect(SavedKey(record), writes, kept=_kept(record))

    return _run(by, [account_path, paths.api_key(record.key_hash)], decide)


def rotate(found: KeyRecord, key: ApiKey, *, by: Caller | None = None) -> SavedKey:
    """Revoke a key and let one like it work, in one commit.

    Raises:
        ApiKeyRevoked: It was revoked before.
        ApiKeyChangeNotAllowed, SignInTooOld, NotStaff, IdempotencyKeyReused, Busy.
    """
    record = _record(found.account_id, key, found.label, by)
    path = paths.api_key(found.key_hash)

    def decide(reads: Reads) -> Effect[SavedKey]:
        before = _key(reads, path, found)
        _require_may_change(by, reads, before)
        _require_fresh(by, before)
        if before.revoked_at is not None:
            raise ApiKeyRevoked(f"The key {found.key_id} is revoked: issue a new one instead.")
        revoked = replace(
            before, revoked_at=record.created_at, revoked_by=None if by is None else by.staff_id
        )
        writes: list[Write] = [
            account_documents.replace_key(reads[path], revoked),
            account_documents.key_creation(record),
        ]
        return Effect(SavedKey(record, revoked), writes, kept=_kept(record, revoked))

    saved = _run(by, [path, paths.api_key(record.key_hash)], decide)
    account_documents.forget_key(found.key_hash)
    return saved


def revoke(found: KeyRecord, *, by: Caller | None = None) -> SavedKey:
    """Revoke a key; it stops working within 60 s. One that is revoked already stays as it is.

    Raises:
        ApiKeyChangeNotAllowed, NotStaff, IdempotencyKeyReused, Busy.
    """
    path, account_path = paths.api_key(found.key_hash), paths.account(found.account_id)
    now = clock.real_now()

    def decide(reads: Reads) -> Effect[SavedKey]:
        before = _key(reads, path, found)
        _require_may_change(by, reads, before)
        if before.revoked_at is not None:
            return Effect(SavedKey(before), kept=_kept(before))
        revoked = replace(before, revoked_at=now, revoked_by=None if by is None else by.staff_id)
        account = _account(reads, account_path)
        after = api_keys.with_one_less(account)
        writes = [account_documents.replace_key(reads[path], revoked)]
        if after != account:
            writes.append(account_documents.replace_account(reads[account_path], after))
        return Effect(SavedKey(revoked), writes, kept=_kept(revoked))

    saved = _run(by, [path, account_path], decide)
    account_documents.forget_key(found.key_hash)
    return saved


def find(account_id: str, key_id: str) -> KeyRecord:
    """Return the record of an account's key.

    Raises:
        ApiKeyNotFound: The account has none of this id.
    """
    for each in account_documents.keys_beginning_with(key_id, limit=2):
        if each.account_id == account_id and each.key_id == key_id:
            return each
    raise _not_found(key_id)


def list_all(account_id: str, *, with_revoked: bool) -> list[KeyRecord]:
    """Return an account's keys that work, the newest first; then perhaps those revoked last."""
    # Some more than there can be, if an operator of before has made them.
    working = account_documents.list_working_keys(account_id, limit=4 * api_keys.KEYS_MAX)
    if not with_revoked:
        return working
    return working + account_documents.list_revoked_keys(account_id, limit=REVOKED_SHOWN_MAX)


def _run(
    by: Caller | None, needs: Sequence[str], decide: Callable[[Reads], Effect[SavedKey]]
) -> SavedKey:
    claim = None if by is None else by.claim
    own = [] if by is None else [_own_path(by)]
    return commands.run([*needs, *own], decide, claim=claim, replay=_replayed)


def _own_path(by: Caller) -> str:
    assert by.staff is not None, "the edge lets nobody but people change keys"
    assert by.scopes is None, "nor an app that acts for one of them"
    return paths.staff_member(by.account_id, by.staff.user_id)


def _require_may_change(by: Caller | None, reads: Reads, record: KeyRecord) -> None:
    """Refuse who may not, by the role that they have now: no cached one counts.

    Raises:
        NotStaff, ApiKeyChangeNotAllowed.
    """
    if by is None:
        return
    own = staff_documents.decode(reads[_own_path(by)])
    if own is None or own.is_disabled:
        raise NotStaff("The person has no role in the account.")
    api_keys.require_may_change(own.role, is_live_secret=record.is_live_secret)


def _require_fresh(by: Caller | None, record: KeyRecord) -> None:
    """Refuse a live secret key, which may do everything, to who has not just signed in.

    Raises:
        SignInTooOld.
    """
    if by is not None and record.is_live_secret:
        sign_ins.require_fresh(by.proved_at, clock.real_now())


def _record(account_id: str, key: ApiKey, label: str, by: Caller | None) -> KeyRecord:
    return KeyRecord(
        key_hash=key.hash,
        account_id=account_id,
        mode=key.mode,
        kind=key.kind,
        label=label,
        prefix=key.prefix,
        last4=key.last4,
        created_at=clock.real_now(),
        created_by=None if by is None else by.staff_id,
    )


def _account(reads: Reads, path: str) -> Account:
    account = account_documents.decode_account(reads[path])
    assert account is not None, "accounts are never deleted"
    return account


def _key(reads: Reads, path: str, found: KeyRecord) -> KeyRecord:
    record = account_documents.decode_key(reads[path])
    if record is None:
        raise _not_found(found.key_id)
    return record


def _counted(account_id: str) -> int:
    return len(account_documents.list_working_keys(account_id, limit=api_keys.KEYS_MAX))


def _not_found(key_id: str) -> ApiKeyNotFound:
    return ApiKeyNotFound(f"There is no key {key_id}.")


def _kept(record: KeyRecord, replaced: KeyRecord | None = None) -> Document:
    to_document = account_documents.key_to_document
    return {
        "record": to_document(record),
        "replaced": None if replaced is None else to_document(replaced),
    }


def _replayed(kept: Document, _: Reads) -> SavedKey:
    from_document = account_documents.key_from_document
    replaced = kept["replaced"]
    return SavedKey(
        from_document(kept["record"]),
        None if replaced is None else from_document(replaced),
        is_replay=True,
    )
