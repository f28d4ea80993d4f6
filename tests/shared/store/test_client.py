"""The four verbs: reads that say what is absent, commits that apply all or nothing, queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core import exceptions

from shared import ids
from shared.errors import Busy, DocumentTooLarge
from shared.store import client, rpc
from shared.store.client import (
    AnswerLost,
    Create,
    Delete,
    Increment,
    Put,
    SetFields,
    Snapshot,
    Update,
    Usage,
    Write,
    WriteConflict,
)
from tests.support.wire import Wire, failed, lost
from tools.emulators import FirestoreEmulator


@pytest.fixture
def collection(firestore_emulator: FirestoreEmulator) -> str:
    """An empty collection of this test alone."""
    return f"clientTests/{ids.new('t')}/things"


def data_of(path: str) -> dict[str, Any] | None:
    return client.get_one(path).data


def test_documents_come_back_in_the_order_that_was_asked_for(collection: str) -> None:
    paths = [f"{collection}/{name}" for name in ("c", "a", "absent", "b")]
    client.commit([Create(path, {"name": path}) for path in paths if "absent" not in path])
    found = client.get(paths)
    assert list(found) == paths
    assert [each.id for each in found.values()] == ["c", "a", "absent", "b"]
    assert found[paths[1]].data == {"name": paths[1]}
    assert found[paths[1]].update_time is not None


def test_an_absent_document_has_neither_data_nor_time(collection: str) -> None:
    path = f"{collection}/absent"
    assert client.get_one(path) == Snapshot(path, None, None)


def test_an_empty_document_is_not_absent(collection: str) -> None:
    client.commit([Create(f"{collection}/a", {})])
    assert data_of(f"{collection}/a") == {}


def test_a_commit_applies_every_write(collection: str) -> None:
    client.commit([Create(f"{collection}/{name}", {"n": 1}) for name in ("update", "delete")])
    reads = client.get([f"{collection}/update", f"{collection}/delete"])
    client.commit(
        [
            Create(f"{collection}/create", {"n": 2}),
            Update(reads[f"{collection}/update"], {"n": 2}),
            Delete(reads[f"{collection}/delete"]),
            Put(f"{collection}/put", {"n": 2}),
            Increment(f"{collection}/increment", {"n": 2}),
        ]
    )
    assert {each.id: each.data for each in client.query(collection)} == {
        name: {"n": 2} for name in ("create", "update", "put", "increment")
    }


def stale(collection: str) -> Snapshot:
    """Return a document as it was before it was last changed."""
    path = f"{collection}/changed"
    client.commit([Create(path, {"n": 1})])
    read = client.get_one(path)
    client.commit([Update(read, {"n": 2})])
    return read


def gone(collection: str) -> Snapshot:
    """Return a document as it was before it was deleted."""
    path = f"{collection}/gone"
    client.commit([Create(path, {"n": 1})])
    read = client.get_one(path)
    client.commit([Delete(read)])
    return read


def broken_writes(collection: str) -> Sequence[Write]:
    changed, deleted = stale(collection), gone(collection)
    return [
        Create(changed.path, {"n": 9}),
        Update(changed, {"n": 9}),
        Delete(changed),
        Update(deleted, {"n": 9}),
        Delete(deleted),
    ]


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_broken_precondition_stops_all_writes(
    collection: str, index: int, position: int
) -> None:
    broken = broken_writes(collection)[index]
    writes: list[Write] = [
        Put(f"{collection}/put", {"n": 1}),
        Increment(f"{collection}/increment", {"n": 1}),
    ]
    writes.insert(position, broken)
    with pytest.raises(WriteConflict):
        client.commit(writes)
    assert {each.id: each.data for each in client.query(collection)} == {"changed": {"n": 2}}


@pytest.mark.parametrize(
    "data",
    [{"text": "x" * 1_100_000}, {"a": "x" * 600_000, "b": "x" * 600_000}],
    ids=["one field", "all fields"],
)
def test_one_document_that_is_too_large_stops_all_writes(
    collection: str, data: dict[str, Any]
) -> None:
    with pytest.raises(DocumentTooLarge):
        client.commit([Create(f"{collection}/small", {"n": 1}), Create(f"{collection}/big", data)])

    assert [data_of(f"{collection}/{name}") for name in ("small", "big")] == [None, None]


@pytest.mark.parametrize("verb", [lambda read: Update(read, {"n": 1}), Delete])
def test_what_was_absent_when_it_was_read_cannot_be_changed(collection: str, verb: Any) -> None:
    read = client.get_one(f"{collection}/a")
    client.commit([Create(read.path, {"n": 5})])
    with pytest.raises(AssertionError):
        client.commit([verb(read)])
    assert data_of(read.path) == {"n": 5}


def test_an_update_replaces_the_fields_it_names_and_keeps_the_others(collection: str) -> None:
    path = f"{collection}/a"
    client.commit([Create(path, {"kept": 1, "list": [1, 2], "map": {"a": 1, "b": 2}})])
    client.commit([Update(client.get_one(path), {"list": [], "map": {}, "new": None})])
    assert data_of(path) == {"kept": 1, "list": [], "map": {}, "new": None}
    client.commit([Update(client.get_one(path), {"map": {"x.y": 1, "`": {"z": 2}}})])
    assert data_of(path) == {"kept": 1, "list": [], "map": {"x.y": 1, "`": {"z": 2}}, "new": None}


def test_a_name_with_a_dot_is_one_name(collection: str) -> None:
    path = f"{collection}/a"
    client.commit([Create(path, {"a": {"b": 1}})])
    client.commit([Update(client.get_one(path), {"a.b": 2, "2026-03": 3, "x y": 4, "`": 5})])
    assert data_of(path) == {"a": {"b": 1}, "a.b": 2, "2026-03": 3, "x y": 4, "`": 5}
    client.commit([Increment(path, {"a.b": 1, "a": {"b": 1, "c.d": 1}})])
    assert data_of(path) == {
        "a": {"b": 2, "c.d": 1},
        "a.b": 3,
        "2026-03": 3,
        "x y": 4,
        "`": 5,
    }


def test_sets_some_fields_and_leaves_the_others(collection: str) -> None:
    path = f"{collection}/a"
    client.commit([SetFields(path, {"cards": {"x.y": {"n": 1}}}, (("cards", "x.y"),))])
    client.commit([SetFields(path, {"name": "A"}, (("name",),))])
    client.commit([SetFields(path, {"cards": {"z": {"n": 2}}}, (("cards", "z"),))])
    assert data_of(path) == {"name": "A", "cards": {"x.y": {"n": 1}, "z": {"n": 2}}}
    client.commit([SetFields(path, {}, (("cards", "x.y"), ("absent",)))])
    assert data_of(path) == {"name": "A", "cards": {"z": {"n": 2}}}


def test_nothing_to_read_is_nothing_found(firestore_emulator: FirestoreEmulator) -> None:
    assert client.get([]) == {}


def test_a_document_that_is_asked_for_twice_is_found_once(collection: str) -> None:
    client.commit([Create(f"{collection}/a", {"n": 1})])
    found = client.get([f"{collection}/a", f"{collection}/a", f"{collection}/b"])
    assert [each.data for each in found.values()] == [{"n": 1}, None]


def test_a_put_replaces_the_whole_document(collection: str) -> None:
    path = f"{collection}/a"
    client.commit([Put(path, {"old": 1, "map": {"a": 1}})])
    client.commit([Put(path, {"map": {"b": 2}})])
    assert data_of(path) == {"map": {"b": 2}}


def test_counters_are_added_to_at_any_depth(collection: str) -> None:
    path = f"{collection}/a"
    client.commit([Increment(path, {"members": 1, "byMonth": {"2026-03": 5}})])
    client.commit([Increment(path, {"byMonth": {"2026-03": 2, "2026-04": 1}, "rate": -3})])
    assert data_of(path) == {"members": 1, "byMonth": {"2026-03": 7, "2026-04": 1}, "rate": -3}


def test_counters_do_not_touch_what_they_do_not_name(collection: str) -> None:
    path = f"{collection}/a"
    client.commit([Create(path, {"name": "x", "byMonth": {"2026-02": 4}})])
    client.commit([Increment(path, {"byMonth": {"2026-03": 1}})])
    assert data_of(path) == {"name": "x", "byMonth": {"2026-02": 4, "2026-03": 1}}


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ServiceUnavailable,
        exceptions.DeadlineExceeded,
        exceptions.ResourceExhausted,
    ],
)
def test_a_commit_without_an_answer_is_no_success_and_can_be_looked_at(
    collection: str, wire: Wire, error: type[Exception]
) -> None:
    path = f"{collection}/a"
    writes = [Create(path, {"n": 1})]
    wire.commits = [failed(error), lost(error)]
    with pytest.raises(AnswerLost):
        client.commit(writes)
    assert data_of(path) is None
    assert client.find_applied([writes]) is None
    with pytest.raises(AnswerLost):
        client.commit(writes)
    assert data_of(path) == {"n": 1}
    assert client.find_applied([writes]) == 0


def test_an_aborted_commit_is_a_conflict(collection: str, wire: Wire) -> None:
    path = f"{collection}/a"
    wire.commits = [failed(exceptions.Aborted)]
    with pytest.raises(WriteConflict):
        client.commit([Create(path, {"n": 1})])
    assert data_of(path) is None


@pytest.mark.parametrize("error", [exceptions.ServiceUnavailable, exceptions.DeadlineExceeded])
def test_a_read_without_an_answer_is_busy(
    collection: str, wire: Wire, error: type[Exception]
) -> None:
    wire.reads = [failed(error)]
    with pytest.raises(Busy):
        client.get_one(f"{collection}/a")


def numbered(collection: str, count: int) -> None:
    client.commit(
        [
            Create(f"{collection}/d{number}", {"n": number, "even": number % 2 == 0})
            for number in range(count)
        ]
    )


def numbers(found: Sequence[Snapshot]) -> list[int]:
    return [(each.data or {})["n"] for each in found]


def test_a_query_filters_orders_and_limits(collection: str) -> None:
    numbered(collection, 6)
    assert numbers(client.query(collection, ("n", ">=", 2), order_by=["n"])) == [2, 3, 4, 5]
    assert numbers(client.query(collection, order_by=["-n"], limit=2)) == [5, 4]
    found = client.query(collection, ("even", "==", True), ("n", ">", 0))
    assert sorted(numbers(found)) == [2, 4]
    assert client.query(collection, ("n", ">", 100)) == []


def test_a_query_goes_on_after_a_document(collection: str) -> None:
    numbered(collection, 5)
    assert numbers(client.query(collection, order_by=["n"], after={"n": 1}, limit=2)) == [2, 3]
    assert numbers(client.query(collection, order_by=["-n"], after={"n": 1})) == [0]
    assert numbers(client.query(collection, order_by=["n"], after={"n": 4})) == []


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (2, [2]), (3, [3]), (6, [3, 3]), (7, [3, 3, 1])]
)
def test_pages_meet_every_document_once(
    collection: str, monkeypatch: pytest.MonkeyPatch, count: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(client, "PAGE", 3)
    if count:
        numbered(collection, count)
    pages = list(client.pages(collection))
    assert [len(page) for page in pages] == sizes
    assert [each.id for page in pages for each in page] == [f"d{n}" for n in range(count)]


def test_pages_may_be_of_some_documents_only(
    collection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE", 2)
    numbered(collection, 6)
    pages = client.pages(collection, ("even", "==", True))
    assert [numbers(page) for page in pages] == [[0, 2], [4]]


def test_a_group_is_searched_wherever_its_collections_are(collection: str) -> None:
    group = ids.new("group")
    for parent in ("x", "y"):
        client.commit([Create(f"{collection}/{parent}/{group}/1", {"in": parent})])
    found = client.query(group, group=True, order_by=["in"])
    assert [each.data for each in found] == [{"in": "x"}, {"in": "y"}]
    assert found[0].path == f"{collection}/x/{group}/1"


def test_what_a_query_found_can_be_updated_as_it_was_read(collection: str) -> None:
    numbered(collection, 1)
    (found,) = client.query(collection)
    client.commit([Update(found, {"n": 10})])
    with pytest.raises(WriteConflict):
        client.commit([Update(found, {"n": 20})])
    assert data_of(found.path) == {"n": 10, "even": True}


def test_a_count_counts_what_holds(collection: str) -> None:
    numbered(collection, 5)
    assert client.count(collection) == 5
    assert client.count(collection, ("even", "==", True), ("n", ">", 0)) == 2
    assert client.count(collection, ("n", ">", 100)) == 0
    assert client.count(f"{collection}/absent/things") == 0


def test_a_count_without_an_answer_is_busy(collection: str, wire: Wire) -> None:
    wire.counts = [failed(exceptions.ServiceUnavailable)]
    with pytest.raises(Busy):
        client.count(collection)


@pytest.mark.parametrize(("found", "reads"), [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_a_count_costs_a_read_for_so_many(
    collection: str, monkeypatch: pytest.MonkeyPatch, found: int, reads: int
) -> None:
    monkeypatch.setattr(client, "COUNTED_BY_A_READ", 2)
    numbered(collection, 5)
    usage = client.start_usage()
    assert client.count(collection, ("n", "<", found)) == found
    assert usage == Usage(rpcs=1, reads=reads)


def test_usage_counts_what_a_request_cost(collection: str, wire: Wire) -> None:
    usage = client.start_usage()
    numbered(collection, 3)
    client.get([f"{collection}/d0", f"{collection}/d1", f"{collection}/absent"])
    client.query(collection)
    client.query(collection, ("n", ">", 100))
    assert usage == Usage(rpcs=4, reads=3 + 3 + 1, writes=3)
    assert wire.calls == [rpc.COMMIT, rpc.GET, rpc.QUERY, rpc.QUERY]


def test_a_new_request_counts_from_zero(collection: str) -> None:
    before = client.start_usage()
    client.get_one(f"{collection}/a")
    after = client.start_usage()
    client.get_one(f"{collection}/a")
    assert (before, after) == (Usage(rpcs=1, reads=1), Usage(rpcs=1, reads=1))


def test_times_and_exact_integers_survive(collection: str) -> None:
    path = f"{collection}/a"
    body = {
        "time": datetime(2026, 3, 3, 12, 0, 0, 7_000, UTC),
        "large": 2**63 - 1,
        "small": -(2**63),
        "text": "Brötchen ☕\x00",
        "none": None,
    }
    client.commit([Create(path, body)])
    assert data_of(path) == body


def test_a_process_has_one_connection() -> None:
    assert rpc.connection() is rpc.connection()
