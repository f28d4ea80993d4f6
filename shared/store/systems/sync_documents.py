"""Syncs, what they have seen, and the connections that they use."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.systems.syncs import Connection, Sync, SyncState
from shared.store import client, paths
from shared.store.client import AnswerLost, Delete, Put, Write, WriteConflict
from shared.store.documents import Documents

SYNCS = Documents(
    Sync,
    paths.sync,
    collection="syncs",
    path_of=lambda sync: paths.sync(sync.store_id, sync.kind, sync.system),
)
CONNECTIONS = Documents(Connection, paths.connection, collection="connections")

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
    """Return syncs that have something left to do, the longest untouched first."""
    return SYNCS.query(
        ("state", "==", SyncState.RUNNING.value), order_by=["updatedAt"], limit=limit
    )


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


def list_connections(store_id: str) -> list[Connection]:
    """Return a store's access to its systems."""
    return CONNECTIONS.query(("storeId", "==", store_id))


def list_due(before: datetime, limit: int) -> list[Connection]:
    """Return connections whose scheduled sync is due, the longest due first."""
    return CONNECTIONS.query(("nextSyncAt", "<=", before), order_by=["nextSyncAt"], limit=limit)
