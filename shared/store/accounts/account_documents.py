"""Accounts and API keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from shared.domain.accounts.accounts import Account, KeyRecord
from shared.store import paths
from shared.store.documents import Documents

ACCOUNTS = Documents(
    Account,
    paths.account,
    collection="accounts",
    path_of=lambda account: paths.account(account.account_id),
    is_cached=True,
)
KEYS = Documents(
    KeyRecord,
    paths.api_key,
    collection="apiKeys",
    path_of=lambda record: paths.api_key(record.key_hash),
    is_cached=True,
)

decode_account = ACCOUNTS.decode
find_account = ACCOUNTS.find
forget_account = ACCOUNTS.forget
account_creation = ACCOUNTS.creation
replace_account = ACCOUNTS.write

decode_key = KEYS.decode
find_key = KEYS.find
forget_key = KEYS.forget
key_creation = KEYS.creation
replace_key = KEYS.write
key_to_document = KEYS.to_document
key_from_document = KEYS.from_document

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def find_accounts(account_ids: Iterable[str]) -> list[Account]:
    """Return those of some accounts that there are, fresh, at the cost of one call."""
    return ACCOUNTS.find_some(map(paths.account, account_ids))


def list_keys(account_id: str) -> list[KeyRecord]:
    """Return the records of an account's keys, oldest first."""
    records = KEYS.query(("accountId", "==", account_id))
    return sorted(records, key=lambda record: record.created_at)


def list_working_keys(account_id: str, limit: int) -> list[KeyRecord]:
    """Return records of an account's keys that are not revoked, newest first."""
    found = KEYS.query(("accountId", "==", account_id), ("revokedAt", "==", None), limit=limit)
    return sorted(found, key=lambda record: (record.created_at, record.key_hash), reverse=True)


def list_revoked_keys(account_id: str, limit: int) -> list[KeyRecord]:
    """Return records of an account's keys that are revoked, the last one first."""
    return KEYS.query(
        ("accountId", "==", account_id),
        ("revokedAt", ">", _LONG_AGO),
        order_by=["-revokedAt"],
        limit=limit,
    )


def keys_beginning_with(hash_prefix: str, limit: int) -> list[KeyRecord]:
    """Return the records of the keys whose hash begins with these hex digits."""
    return KEYS.query(
        ("keyHash", ">=", hash_prefix),
        ("keyHash", "<", f"{hash_prefix}g"),
        order_by=["keyHash"],
        limit=limit,
    )


def list_accounts() -> list[Account]:
    """Return all accounts, oldest first."""
    return sorted(ACCOUNTS.query(), key=lambda account: account.created_at)
