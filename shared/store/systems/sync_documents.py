"""Syncs, what they have seen, and the connections that they use."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.systems.syncs import Connection, Kind, Sync, SyncState
from shared.store import client, codec, paths
from shared.store.client import AnswerLost, Delete, Put, Snapshot, Write, WriteConflict


def path_of(sync: Sync) -> str:
    """Return where a sync is kept."""
    return paths.sync(sync.store_id, sync.kind, sync.system)


def decode(snapshot: Snapshot) -> Sync | None:
    """Return the sync of a snapshot, ``None`` if there is none."""
    return codec.from_document(Sync, snapshot.data) if snapshot.data else None


def find(store_id: str, kind: Kind, system: str) -> Sync | None:
    """Return the latest sync with a system."""
    return decode(client.get_one(paths.sync(store_id, kind, system)))


def write(read: Snapshot, sync: Sync) -> Write:
    """Return the write of a new or changed sync."""
    return client.replacement(read, codec.to_document(sync))


def list_of_store(store_id: str) -> list[Sync]:
    """Return the latest sync with each of a store's systems."""
    found = client.query("syncs", ("storeId", "==", store_id))
    return [sync for each in found if (sync := decode(each))]


def list_running(limit: int) -> list[Sync]:
    """Return syncs that have something left to do, the longest untouched first."""
    found = client.query(
        "syncs", ("state", "==", SyncState.RUNNING.value), order_by=["updatedAt"], limit=limit
    )
    return [sync for each in found if (sync := decode(each))]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a sync has seen of a stream. Ids are the system's.

    ``owners`` are keys and the ids of what is kept under them; ``keys`` is where each id was seen
    last; ``ended`` is that of what is sold no more, which leaves its key to others; ``skipped`` are
    ids of what could not be taken, which is there nevertheless.
    """

    owners: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.keys or self.skipped)

    def note(self, key: str, external_id: str, *, is_ended: bool) -> None:
        """Note what was listed. What was listed under another key before has left it."""
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
    """Return the write of a note of what a sync has seen, to be read again after a crash."""
    path = paths.sync_part(path_of(sync), sync.sync_id, sync.parts)
    # As lists: not every text can be the name of a field.
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
    """Return what a sync has noted of the stream that it is at."""
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
    """Forget what a sync and those before it have noted; the next one forgets what is left."""
    for page in client.pages(f"{path_of(sync)}/parts"):
        with suppress(WriteConflict, AnswerLost):
            client.commit([Delete(each) for each in page])


def decode_connection(snapshot: Snapshot) -> Connection | None:
    """Return the connection of a snapshot, ``None`` if there is none."""
    return codec.from_document(Connection, snapshot.data) if snapshot.data else None


def find_connection(store_id: str, kind: Kind, system: str) -> Connection | None:
    """Return a store's access to a system."""
    return decode_connection(client.get_one(paths.connection(store_id, kind, system)))


def list_connections(store_id: str) -> list[Connection]:
    """Return a store's access to its systems."""
    found = client.query("connections", ("storeId", "==", store_id))
    return [connection for each in found if (connection := decode_connection(each))]


def list_due(before: datetime, limit: int) -> list[Connection]:
    """Return connections whose scheduled sync is due, the longest due first."""
    found = client.query(
        "connections", ("nextSyncAt", "<=", before), order_by=["nextSyncAt"], limit=limit
    )
    return [connection for each in found if (connection := decode_connection(each))]


def write_connection(read: Snapshot, connection: Connection) -> Write:
    """Return the write of a new or changed connection."""
    return client.replacement(read, codec.to_document(connection))
