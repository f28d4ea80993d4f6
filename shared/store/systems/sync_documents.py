"""Syncs, their notes of items seen, and the connections that they use."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.systems.syncs import Connection, Sync, SyncState, SystemKind
from shared.store import client, paths
from shared.store.cache import Cache
from shared.store.client import AnswerLost, Delete, Put, Write, WriteConflict
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

SYNCS = Documents(
    Sync,
    paths.sync,
    collection="syncs",
    path_of=lambda sync: paths.sync(sync.store_id, sync.kind, sync.system),
    personal=NoPersonalData("Remarks name items and receipts of the merchant's system."),
)
CONNECTIONS = Documents(
    Connection,
    paths.connection,
    collection="connections",
    personal=NoPersonalData("Credentials of the merchant."),
)

_SHOPS: Cache[tuple[Connection, ...]] = Cache()

path_of = SYNCS.path_of
decode = SYNCS.decode
find = SYNCS.find
write = SYNCS.write

decode_connection = CONNECTIONS.decode
find_connection = CONNECTIONS.find
write_connection = CONNECTIONS.write


def list_of_store(store_id: str) -> list[Sync]:
    """Return the latest sync with each of a store's systems."""
    return SYNCS.query(("storeId", "==", store_id))


def list_running(limit: int) -> list[Sync]:
    """Return running syncs, the longest unchanged first."""
    return SYNCS.query(
        ("state", "==", SyncState.RUNNING.value), order_by=["updatedAt"], limit=limit
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """The items of a stream that a sync has seen. Ids are the system's.

    ``owners`` are keys, each with the id of its item; ``keys`` are ids, each with the key where it
    was seen last; ``ended`` are the same for items that are no longer sold, which leave their keys
    to others; ``skipped`` are ids of items that exist, but could not be taken over.
    """

    owners: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Tell whether any item was seen."""
        return bool(self.keys or self.skipped)

    def note(self, key: str, external_id: str, *, is_ended: bool) -> None:
        """Note a listed item. If it was listed under another key before, it has left that key."""
        before = self.keys.get(external_id)
        if before is not None and self.owners.get(before) == external_id:
            del self.owners[before]
        self.keys[external_id] = key
        if is_ended:
            self.ended[external_id] = key
        else:
            self.ended.pop(external_id, None)
            self.owners[key] = external_id


def part(sync: Sync, seen: Seen) -> Write:
    """Return the write of a note of the items seen, which is read after a crash."""
    path = paths.sync_part(path_of(sync), sync.sync_id, sync.parts)
    # Lists, because not every text can be the name of a field.
    return Put(
        path,
        {
            "liveKeys": list(seen.owners),
            "liveIds": list(seen.owners.values()),
            "endedIds": list(seen.ended),
            "endedKeys": list(seen.ended.values()),
            "skippedIds": sorted(seen.skipped),
        },
    )


def seen(sync: Sync) -> Seen:
    """Return a sync's notes of its present stream."""
    found = Seen()
    wanted = [paths.sync_part(path_of(sync), sync.sync_id, each) for each in range(sync.parts)]
    for snapshot in client.get(wanted).values() if wanted else ():
        noted = snapshot.data
        if noted is not None:
            for external_id, key in zip(noted["endedIds"], noted["endedKeys"], strict=True):
                found.note(key, external_id, is_ended=True)
            for key, external_id in zip(noted["liveKeys"], noted["liveIds"], strict=True):
                found.note(key, external_id, is_ended=False)
            found.skipped.update(noted["skippedIds"])
    return found


def delete_parts(sync: Sync) -> None:
    """Delete the notes of a sync and earlier ones; the next sync deletes the rest."""
    for page in client.pages(f"{path_of(sync)}/parts"):
        with suppress(WriteConflict, AnswerLost):
            client.commit([Delete(each) for each in page])


def list_connections(store_id: str) -> list[Connection]:
    """Return a store's access to its systems."""
    return CONNECTIONS.query(("storeId", "==", store_id))


def list_shops(account_id: str) -> list[Connection]:
    """Return the access of an account's stores to their online shops."""
    return CONNECTIONS.query(("accountId", "==", account_id), ("kind", "==", SystemKind.SHOP.value))


def shops_of(account_id: str) -> tuple[Connection, ...]:
    """Return the same, from at most 60 s ago."""
    found = _SHOPS.get(account_id, lambda: tuple(list_shops(account_id)))
    assert found is not None
    return found


def forget_shops(account_id: str) -> None:
    """Load an account's shops again on their next use: call it after a change is committed."""
    _SHOPS.forget(account_id)


def list_due(before: datetime, limit: int) -> list[Connection]:
    """Return connections whose scheduled sync is due, the longest due first."""
    return CONNECTIONS.query(("nextSyncAt", "<=", before), order_by=["nextSyncAt"], limit=limit)
