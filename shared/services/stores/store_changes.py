"""Change what customers see of a store, in it and in its profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.auth.caller import Caller
from shared.domain.stores.stores import Store
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.client import Document
from shared.store.loyalty import profile_documents
from shared.store.stores import store_documents


@dataclass(frozen=True, slots=True)
class ChangedStore:
    """A store after a change; ``is_replay`` as for all commands."""

    store: Store
    is_replay: bool = False


def update(caller: Caller, store_id: str, changes: Mapping[str, Any]) -> ChangedStore:
    """Change a store. Equal values write nothing.

    Args:
        caller: Must own the store.
        store_id: The store.
        changes: New values of ``name``, ``logo`` and ``address``, by the field's name.

    Raises:
        StoreNotFound, IdempotencyKeyReused, Busy.
    """
    path = paths.store(store_id)
    access.store(caller, store_id)

    def own(reads: Reads) -> Store:
        return access.own_store(caller, store_documents.decode(reads[path]), store_id)

    def decide(reads: Reads) -> Effect[ChangedStore]:
        before = own(reads)
        after = replace(before, **changes)
        kept: Document = {"name": after.name, "logo": after.logo, "address": after.address}
        if after == before:
            return Effect(ChangedStore(after), kept=kept)
        writes = [store_documents.write(reads[path], after), profile_documents.of_store(after)]
        return Effect(ChangedStore(after), writes, kept)

    def replay(kept: Document, reads: Reads) -> ChangedStore:
        return ChangedStore(replace(own(reads), **kept), is_replay=True)

    changed = commands.run([path], decide, claim=caller.claim, replay=replay)
    store_documents.forget(store_id)
    return changed
