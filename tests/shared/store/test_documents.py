"""Documents of one kind: where they are, in what form, with what mirror, and how old."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import pytest

from shared import ids
from shared.store import client, codec, documents, rpc
from shared.store.client import Document, WriteConflict
from shared.store.documents import Documents
from tests.support.wire import Wire

pytestmark = pytest.mark.usefixtures("firestore_emulator")


@dataclass(frozen=True, slots=True)
class Note:
    """Something to store; ``text`` is stored backwards by those kinds that have hooks."""

    shelf: str
    note_id: str
    text: str = ""


def kind(name: str, **options: object) -> Documents[Note, [str, str]]:
    """Return a kind in a collection of its own, which no other test knows."""
    collection = ids.new(name)
    path = partial("{}/{}_{}".format, collection)
    made = Documents(
        Note,
        path,
        collection=collection,
        path_of=lambda note: path(note.shelf, note.note_id),
        **options,  # type: ignore[arg-type]
    )
    documents._registered.remove(made)
    return made


@pytest.fixture
def notes() -> Documents[Note, [str, str]]:
    return kind("notes")


@pytest.fixture
def mirrored() -> Documents[Note, [str, str]]:
    return kind("notes", mirror_of=lambda note: f"shelves/{note.shelf}/notes/{note.note_id}")


def test_what_was_created_is_found_by_its_ids(notes: Documents[Note, [str, str]]) -> None:
    note = Note("s1", "n1", "Milk")
    client.commit([notes.creation(note)])

    assert notes.find("s1", "n1") == note
    assert notes.find("s1", "n2") is None
    assert notes.decode(client.get_one(notes.path_of(note))) == note
    with pytest.raises(WriteConflict):
        client.commit([notes.creation(note)])


def test_a_write_creates_what_was_absent_and_replaces_what_was_there(
    notes: Documents[Note, [str, str]],
) -> None:
    note = Note("s1", "n1", "Milk")
    absent = client.get_one(notes.path_of(note))
    client.commit([notes.write(absent, note)])
    read = client.get_one(notes.path_of(note))
    client.commit([notes.write(read, replace(note, text="Bread"))])

    assert notes.find("s1", "n1") == replace(note, text="Bread")
    for stale in (absent, read):
        with pytest.raises(WriteConflict):
            client.commit([notes.write(stale, note)])


def test_what_was_changed_since_is_not_deleted(notes: Documents[Note, [str, str]]) -> None:
    note = Note("s1", "n1")
    client.commit([notes.creation(note)])
    stale = client.get_one(notes.path_of(note))
    client.commit([notes.write(stale, replace(note, text="Milk"))])
    with pytest.raises(WriteConflict):
        client.commit([notes.deletion(stale)])

    client.commit([notes.deletion(client.get_one(notes.path_of(note)))])

    assert notes.find("s1", "n1") is None


def test_queries_counts_and_pages_have_filters(
    notes: Documents[Note, [str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = [Note("s1" if number < 3 else "s2", f"n{number}") for number in range(5)]
    client.commit([notes.creation(note) for note in stored])
    monkeypatch.setattr(client, "PAGE", 2)
    of_first = ("shelf", "==", "s1")

    assert notes.query(of_first, order_by=["-noteId"], limit=2) == [stored[2], stored[1]]
    assert notes.query(order_by=["noteId"], after={"noteId": "n3"}) == [stored[4]]
    assert notes.count(of_first) == 3
    assert [[notes.decode(each) for each in page] for page in notes.pages(of_first)] == [
        stored[:2],
        stored[2:3],
    ]


def test_looks_into_collections_in_other_documents(
    mirrored: Documents[Note, [str, str]],
) -> None:
    shelf = ids.new("s")
    note = Note(shelf, "n1")
    client.commit(mirrored.creations(note))
    within = f"shelves/{shelf}/notes"

    assert mirrored.query(collection=within) == [note]
    assert mirrored.query(("shelf", "==", shelf), collection="notes", group=True) == [note]
    assert mirrored.count(collection=within) == 1
    assert [len(page) for page in mirrored.pages(collection=within)] == [1]


def test_a_mirror_is_the_same_document(mirrored: Documents[Note, [str, str]]) -> None:
    note = Note(ids.new("s"), "n1", "Milk")
    mirror = f"shelves/{note.shelf}/notes/n1"
    client.commit(mirrored.creations(note))
    first = client.get([mirrored.path_of(note), mirror])
    client.commit(
        mirrored.writes(first[mirrored.path_of(note)], replace(note, text="Bread")),
    )
    second = client.get([mirrored.path_of(note), mirror])

    for text, read in (("Milk", first), ("Bread", second)):
        expected = codec.to_document(replace(note, text=text))
        assert [each.data for each in read.values()] == [expected, expected]


def test_what_has_a_mirror_is_not_written_without_it(
    mirrored: Documents[Note, [str, str]],
) -> None:
    note = Note("s1", "n1")
    read = client.get_one(mirrored.path_of(note))
    for call in (
        partial(mirrored.creation, note),
        partial(mirrored.write, read, note),
        partial(mirrored.deletion, read),
    ):
        with pytest.raises(AssertionError, match="Note has a mirror"):
            call()


def test_what_is_cached_is_read_once_until_it_is_forgotten(wire: Wire) -> None:
    cached = kind("notes", is_cached=True)
    note = Note("s1", "n1", "Milk")
    client.commit([cached.creation(note)])
    wire.calls.clear()

    assert [cached.find("s1", "n1"), cached.find("s1", "n1")] == [note, note]
    assert wire.calls == [rpc.GET]
    cached.forget("s1", "n1")
    cached.find("s1", "n1")
    assert wire.calls == [rpc.GET] * 2


def test_hooks_make_the_document_and_the_value() -> None:
    def backwards(note: Note) -> Document:
        return {**codec.to_document(note), "text": note.text[::-1]}

    def forwards(document: Document) -> Note:
        return codec.from_document(Note, {**document, "text": document["text"][::-1]})

    hooked = kind("notes", to_document=backwards, from_document=forwards)
    note = Note("s1", "n1", "Milk")
    client.commit([hooked.creation(note)])

    assert client.get_one(hooked.path_of(note)).data == {
        "shelf": "s1",
        "noteId": "n1",
        "text": "kliM",
    }
    assert hooked.find("s1", "n1") == note


def test_what_is_kept_in_other_documents_says_so() -> None:
    nested = Documents(Note, "shelves/{}/notes/{}".format)
    documents._registered.remove(nested)

    for call in (nested.query, nested.count, nested.pages):
        with pytest.raises(AssertionError, match="Note is kept in other documents"):
            call()


def test_every_kind_registers_itself() -> None:
    made = Documents(Note, "notes/{}".format)
    assert made in documents.registered()
    documents._registered.remove(made)
    assert made not in documents.registered()


def test_a_field_of_a_newer_version_is_ignored_and_stays_but_in_the_mirror(
    mirrored: Documents[Note, [str, str]],
) -> None:
    """docs/operations.md says so of rolling back."""
    note = Note("a", ids.new("n"), "first")
    path, mirror = mirrored.path_of(note), f"shelves/a/notes/{note.note_id}"
    newer = {**mirrored.to_document(note), "newerField": ["x"]}
    client.commit([client.Create(each, newer) for each in (path, mirror)])

    read = client.get_one(path)
    assert mirrored.decode(read) == note
    client.commit(mirrored.writes(read, replace(note, text="second")))

    assert client.get_one(path).data == {**newer, "text": "second"}
    known = {"shelf": "a", "noteId": note.note_id, "text": "second"}
    assert client.get_one(mirror).data == known


def test_a_field_that_an_older_version_did_not_write_has_its_default(
    notes: Documents[Note, [str, str]],
) -> None:
    note = Note("a", "2")
    client.commit([client.Create(notes.path_of(note), {"shelf": "a", "noteId": "2"})])

    assert notes.find("a", "2") == note


def test_pages_of_a_group_go_through_all_collections_of_its_id() -> None:
    name = ids.new("leaves").replace("_", "")
    made = kind("trees")
    leaves = Documents(
        Note,
        lambda shelf, note_id: f"trees/{shelf}/{name}/{note_id}",
        collection=name,
        is_group=True,
        path_of=lambda note: f"trees/{note.shelf}/{name}/{note.note_id}",
    )
    documents._registered.remove(leaves)
    notes = [Note(shelf, f"n{number}") for shelf in ("a", "b") for number in range(3)]
    client.commit([made.creation(Note("s", "n")), *map(leaves.creation, notes)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "PAGE", 2)
        pages = list(leaves.pages())

    assert [len(page) for page in pages] == [2, 2, 2]
    assert [leaves.decode(each) for page in pages for each in page] == notes
    with pytest.raises(AssertionError, match="kept in other documents"):
        leaves.query()
