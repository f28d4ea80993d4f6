"""Our queries to Firestore are those of the client library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from google.cloud.firestore_v1 import types
from google.cloud.firestore_v1.base_query import FieldFilter

from shared import ids
from shared.store import client, messages, rpc
from tests.support.library import library
from tools.emulators import FirestoreEmulator

NOON = datetime(2026, 3, 3, 12, 0, 0, 123_456, UTC)


@pytest.fixture
def sent(firestore_emulator: FirestoreEmulator, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The requests, which go nowhere and are answered with nothing, or with a count of 0."""
    requests: list[Any] = []
    none = {"aggregate_fields": {"count": {"integer_value": 0}}}

    def send(name: str, request: Any) -> list[Any]:
        requests.append(request)
        counted = messages.new("RunAggregationQueryResponse", result=none)
        return [counted] if name == rpc.COUNT else []

    monkeypatch.setattr(rpc, "send", send)
    return requests


def filtered(query: Any, *filters: tuple[str, str, Any]) -> Any:
    for each in filters:
        query = query.where(filter=FieldFilter(*each))
    return query


QUERIES: list[tuple[Callable[[], Any], Callable[[Any], Any]]] = [
    (lambda: client.query("a", limit=1), lambda db: db.collection("a").limit(1)),
    (lambda: client.query("a/b/c", limit=7), lambda db: db.collection("a/b/c").limit(7)),
    (lambda: client.query("c", group=True), lambda db: db.collection_group("c")),
    (
        lambda: client.query("a", ("n", "==", 1)),
        lambda db: filtered(db.collection("a"), ("n", "==", 1)),
    ),
    (
        lambda: client.query("a", ("n", "==", None), ("is", "==", False), ("t", ">=", NOON)),
        lambda db: filtered(
            db.collection("a"), ("n", "==", None), ("is", "==", False), ("t", ">=", NOON)
        ),
    ),
    (
        lambda: client.query("a", ("w", "<", "x"), ("x", "<=", 1.5), ("y", ">", -1)),
        lambda db: filtered(db.collection("a"), ("w", "<", "x"), ("x", "<=", 1.5), ("y", ">", -1)),
    ),
    (
        lambda: client.query("a/b/c", ("n", "in", ["x", "y"])),
        lambda db: filtered(db.collection("a/b/c"), ("n", "in", ["x", "y"])),
    ),
    (
        lambda: client.query("a", order_by=["n", "-m"], after={"n": 1, "m": None}),
        lambda db: (
            db.collection("a").order_by("n").order_by("m", direction="DESCENDING")
        ).start_after({"n": 1, "m": None}),
    ),
    (
        lambda: client.query(
            "a/b/c", order_by=["-at", "-__name__"], after={"at": NOON, "__name__": "d%2F"}, limit=1
        ),
        lambda db: (
            db.collection("a/b/c")
            .order_by("at", direction="DESCENDING")
            .order_by("__name__", direction="DESCENDING")
            .start_after({"at": NOON, "__name__": "d%2F"})
            .limit(1)
        ),
    ),
]


@pytest.mark.parametrize(("ours", "librarys"), QUERIES)
def test_a_query_is_the_one_that_the_library_makes(
    sent: list[Any], ours: Callable[[], Any], librarys: Callable[[Any], Any]
) -> None:
    ours()
    request, *_ = librarys(library())._prep_stream()
    assert sent == [types.RunQueryRequest.pb(types.RunQueryRequest(request))]


def test_a_count_is_the_one_that_the_library_makes(sent: list[Any]) -> None:
    client.count("a/b/c", ("n", "==", 1), ("deletedAt", "==", None))
    query = filtered(library().collection("a/b/c"), ("n", "==", 1), ("deletedAt", "==", None))
    request, _ = query.count(alias="count")._prep_stream()
    expected = types.RunAggregationQueryRequest.pb(types.RunAggregationQueryRequest(request))
    assert sent == [expected]


def test_more_than_equality_cannot_be_asked_of_null(sent: list[Any]) -> None:
    with pytest.raises(AssertionError):
        client.query("a", ("n", ">", None))
    assert sent == []


def test_an_unknown_operator_is_refused(sent: list[Any]) -> None:
    with pytest.raises(KeyError):
        client.query("a", ("n", "~", 1))
    assert sent == []


@pytest.mark.parametrize(
    ("operator", "value"),
    [("==", "a" * 1_500), ("==", "ä" * 750), ("in", ["ä" * 750])],
    ids=["letters", "bytes", "list"],
)
def test_a_text_that_no_index_can_hold_is_not_asked_for(
    sent: list[Any], operator: str, value: Any
) -> None:
    filters = [("storeId", "==", "store_1"), ("name", operator, value)]

    assert client.query("products", *filters) == []
    assert client.count("products", *filters) == 0
    assert sent == []


def test_the_longest_text_is_asked_for_and_longer_ones_beside_it_are_not(
    firestore_emulator: FirestoreEmulator,
) -> None:
    longest = "a" + "ä" * 749
    path = f"texts/{ids.new('text')}"
    client.commit([client.Create(path, {"text": longest})])

    for each in (("==", longest), ("in", [longest, longest + "a"])):
        found = client.query("texts", ("text", *each))
        assert [snapshot.path for snapshot in found] == [path]
