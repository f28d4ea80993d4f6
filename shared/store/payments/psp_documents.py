"""Stores' payment providers."""

from __future__ import annotations

from collections.abc import Iterator

from shared.domain.payments.psp import PspConfiguration
from shared.store import client, codec, paths
from shared.store.client import Snapshot, Write


def decode(snapshot: Snapshot) -> PspConfiguration | None:
    """Return the configuration of a snapshot, ``None`` if there is none."""
    return codec.from_document(PspConfiguration, snapshot.data) if snapshot.data else None


def find(store_id: str) -> PspConfiguration | None:
    """Return a store's configuration as it is now."""
    return decode(client.get_one(paths.psp_configuration(store_id)))


def pages() -> Iterator[list[Snapshot]]:
    """Go through the configurations of all stores, a page at a time."""
    return client.pages("pspConfigurations")


def write(read: Snapshot, configuration: PspConfiguration) -> Write:
    """Return the write of a new or changed configuration."""
    return client.replacement(read, codec.to_document(configuration))
