"""Records that systems were given."""

from __future__ import annotations

from shared.domain.systems.pushes import Push
from shared.store import client, codec
from shared.store.client import Snapshot, Write


def decode(snapshot: Snapshot) -> Push | None:
    """Return the push of a snapshot, ``None`` if there is none."""
    return codec.from_document(Push, snapshot.data) if snapshot.data else None


def write(read: Snapshot, push: Push) -> Write:
    """Return the write of a new or changed push."""
    return client.replacement(read, codec.to_document(push))
