"""Notes of what a sync has seen: read again, they say what the one who wrote them knew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from shared import ids
from shared.domain.systems.syncs import Sync, SyncState, SystemKind
from shared.store import client
from shared.store.systems import sync_documents
from shared.store.systems.sync_documents import Seen
from tools.emulators import FirestoreEmulator

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
notes = st.tuples(st.sampled_from("EFGH"), st.sampled_from("abcd"), st.booleans())
"""Under which key something of which id was listed, and whether it has ended."""


def make_sync() -> Sync:
    return Sync(
        sync_id=ids.new("sync"),
        account_id="acc_1",
        store_id=ids.new("store"),
        kind=SystemKind.POS,
        system="korona",
        state=SyncState.RUNNING,
        started_at=NOW,
        updated_at=NOW,
        streams=("products",),
        stream="products",
    )


def test_what_was_noted_is_what_was_seen(firestore_emulator: FirestoreEmulator) -> None:
    @settings(max_examples=25, deadline=None)
    @given(pages=st.lists(st.lists(notes, max_size=5), max_size=4))
    def check(pages: list[list[tuple[str, str, bool]]]) -> None:
        sync, seen = make_sync(), Seen()
        for page in pages:
            unwritten = Seen()
            for key, external_id, is_ended in page:
                # Two of a system are never kept under one key, unless the first has ended.
                if seen.owners.get(key, external_id) != external_id:
                    continue
                for each in (seen, unwritten):
                    each.note(key, external_id, is_ended=is_ended)
            for each in (seen, unwritten):
                each.skipped.add(f"x{len(page)}")
            client.commit([sync_documents.part(sync, unwritten)])
            sync = replace(sync, parts=sync.parts + 1)

        found = sync_documents.seen(sync)

        assert (found.owners, found.keys) == (seen.owners, seen.keys)
        assert found.skipped == seen.skipped

    check()


def test_what_moved_has_left_its_key() -> None:
    seen = Seen()
    seen.note("E", "a", is_ended=False)
    seen.note("F", "a", is_ended=False)

    assert (seen.owners, seen.keys) == ({"F": "a"}, {"a": "F"})


def test_what_has_ended_leaves_its_key_to_others() -> None:
    seen = Seen()
    seen.note("E", "a", is_ended=True)
    assert seen.owners == {}
    seen.note("E", "b", is_ended=False)

    assert (seen.owners, seen.ended) == ({"E": "b"}, {"a": "E"})
    assert seen.keys == {"a": "E", "b": "E"}


def test_forgets_all_notes_and_those_of_syncs_before(
    firestore_emulator: FirestoreEmulator,
) -> None:
    sync = make_sync()
    seen = Seen()
    seen.note("E", "a", is_ended=False)
    for each in (sync, replace(sync, sync_id=ids.new("sync")), replace(sync, parts=1)):
        client.commit([sync_documents.part(each, seen)])

    sync_documents.delete_parts(sync)

    assert client.query(f"{sync_documents.path_of(sync)}/parts") == []
    assert sync_documents.seen(replace(sync, parts=2)) == Seen()
