"""Accounts, stores and API keys."""

from __future__ import annotations

from datetime import datetime

from shared.domain.accounts.accounts import Account, KeyRecord
from shared.domain.stores.stores import Store
from shared.store import client, codec, paths
from shared.store.cache import Cache
from shared.store.client import Create, Snapshot, Update

_accounts: Cache[Account] = Cache()
_stores: Cache[Store] = Cache()
_keys: Cache[KeyRecord] = Cache()


def find_account(account_id: str) -> Account | None:
    """Return an account, at most 60 s old."""

    def load() -> Account | None:
        return decode_account(client.get_one(paths.account(account_id)))

    return _accounts.get(account_id, load)


def find_store(store_id: str) -> Store | None:
    """Return a store, at most 60 s old."""

    def load() -> Store | None:
        return decode_store(client.get_one(paths.store(store_id)))

    return _stores.get(store_id, load)


def find_key(key_hash: str) -> KeyRecord | None:
    """Return the record of a key, at most 60 s old."""

    def load() -> KeyRecord | None:
        return decode_key(client.get_one(paths.api_key(key_hash)))

    return _keys.get(key_hash, load)


def decode_account(snapshot: Snapshot) -> Account | None:
    """Return the account of a snapshot, ``None`` if there is none."""
    return codec.from_document(Account, snapshot.data) if snapshot.data else None


def decode_store(snapshot: Snapshot) -> Store | None:
    """Return the store of a snapshot, ``None`` if there is none."""
    return codec.from_document(Store, snapshot.data) if snapshot.data else None


def decode_key(snapshot: Snapshot) -> KeyRecord | None:
    """Return the key's record of a snapshot, ``None`` if there is none."""
    return codec.from_document(KeyRecord, snapshot.data) if snapshot.data else None


def account_creation(account: Account) -> Create:
    """Return the write of a new account."""
    return Create(paths.account(account.account_id), codec.to_document(account))


def store_creation(store: Store) -> Create:
    """Return the write of a new store."""
    return Create(paths.store(store.store_id), codec.to_document(store))


def key_creation(record: KeyRecord) -> Create:
    """Return the write of a new key's record."""
    return Create(paths.api_key(record.key_hash), codec.to_document(record))


def replace_account(read: Snapshot, account: Account) -> Update:
    """Return the write that changes an account."""
    return Update(read, codec.to_document(account))


def replace_key(read: Snapshot, record: KeyRecord) -> Update:
    """Return the write that changes a key's record."""
    return Update(read, codec.to_document(record))


def replace_store(read: Snapshot, store: Store) -> Update:
    """Return the write that changes a store."""
    return Update(read, codec.to_document(store))


def forget_account(account_id: str) -> None:
    """Load the account again on its next use: call it after a change is committed."""
    _accounts.forget(account_id)


def forget_key(key_hash: str) -> None:
    """Load the key again on its next use: call it after a change is committed."""
    _keys.forget(key_hash)


def forget_store(store_id: str) -> None:
    """Load the store again on its next use: call it after a change is committed."""
    _stores.forget(store_id)


def list_keys(account_id: str) -> list[KeyRecord]:
    """Return the records of an account's keys, oldest first."""
    found = client.query("apiKeys", ("accountId", "==", account_id))
    records = [codec.from_document(KeyRecord, each.data or {}) for each in found]
    return sorted(records, key=lambda record: record.created_at)


def keys_beginning_with(hash_prefix: str, limit: int) -> list[KeyRecord]:
    """Return the records of the keys whose hash begins with these hex digits."""
    found = client.query(
        "apiKeys",
        ("keyHash", ">=", hash_prefix),
        ("keyHash", "<", f"{hash_prefix}g"),
        order_by=["keyHash"],
        limit=limit,
    )
    return [record for each in found if (record := decode_key(each))]


def list_stores(account_id: str) -> list[Store]:
    """Return an account's stores, oldest first."""
    found = client.query("stores", ("accountId", "==", account_id))
    stores = [codec.from_document(Store, each.data or {}) for each in found]
    return sorted(stores, key=lambda store: store.created_at)


def list_stores_page(
    account_id: str, *, after: tuple[datetime, str] | None = None, limit: int
) -> list[Store]:
    """Return some of an account's stores, oldest first.

    Args:
        account_id: Whose.
        after: Time and id of the last one of the page before.
        limit: Most to return.
    """
    found = client.query(
        "stores",
        ("accountId", "==", account_id),
        order_by=["createdAt", "__name__"],
        after={"createdAt": after[0], "__name__": paths.encode(after[1])} if after else None,
        limit=limit,
    )
    return [store for each in found if (store := decode_store(each))]


def list_accounts() -> list[Account]:
    """Return all accounts, oldest first."""
    found = client.query("accounts")
    accounts = [codec.from_document(Account, each.data or {}) for each in found]
    return sorted(accounts, key=lambda account: account.created_at)
