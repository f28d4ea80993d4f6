"""Our messages to Firestore are those of the client library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from google.cloud.firestore import Increment as LibraryIncrement
from google.cloud.firestore_v1 import WriteBatch, _helpers, types
from google.cloud.firestore_v1.base_document import BaseDocumentReference
from hypothesis import given
from hypothesis import strategies as st

from shared.store import client, messages
from shared.store.client import Create, Delete, Increment, Put, Snapshot, Update, Write
from tests.support.library import library
from tools.emulators import FirestoreEmulator

READ_AT = datetime(2026, 3, 3, 12, 0, 0, 123_456, UTC)
PATH = "stores/store_1/loyaltyMembers/lp_1_user%2F1"
DATA = {"text": "Brötchen ☕", "map": {"a.b": 1, "`": {}}, "list": [1, {"time": READ_AT}, []]}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | texts
    | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - its bounds have no zone
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
documents = st.dictionaries(texts.filter(bool), values, max_size=6)


def encoded(document: dict[str, Any]) -> Any:
    message = types.Document.pb()()
    messages.encode(document, message.fields)
    return message


@given(documents)
def test_a_document_is_encoded_as_the_library_does_it(document: dict[str, Any]) -> None:
    library = types.Document(fields=_helpers.encode_dict(document))
    assert encoded(document) == types.Document.pb(library)


@given(documents)
def test_a_document_is_decoded_as_it_was(document: dict[str, Any]) -> None:
    assert messages.decode(encoded(document).fields) == document


def test_decoded_times_are_plain_and_in_utc() -> None:
    noon = datetime(2026, 3, 3, 13, tzinfo=timezone(timedelta(hours=1)))
    decoded = messages.decode(encoded({"time": noon}).fields)
    assert (
        repr(decoded)
        == "{'time': datetime.datetime(2026, 3, 3, 12, 0, tzinfo=datetime.timezone.utc)}"
    )


@pytest.mark.parametrize("value", [{1, 2}, object(), 2**63, {"a": [1j]}])
def test_what_a_document_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        encoded({"value": value})


WRITES: list[tuple[Write, Callable[[WriteBatch, BaseDocumentReference, Any], None]]] = [
    (Create(PATH, DATA), lambda batch, document, _: batch.create(document, DATA)),
    (Create(PATH, {}), lambda batch, document, _: batch.create(document, {})),
    (Put(PATH, DATA), lambda batch, document, _: batch.set(document, DATA)),
    (
        Update(Snapshot(PATH, {}, READ_AT), DATA),
        lambda batch, document, as_read: batch.update(document, DATA, option=as_read),
    ),
    (
        Delete(Snapshot(PATH, {}, READ_AT)),
        lambda batch, document, as_read: batch.delete(document, option=as_read),
    ),
    (
        Increment(PATH, {"members": 1, "byMonth": {"2026-03": -5, "a.b`": 2}}),
        lambda batch, document, _: batch.set(
            document,
            {
                "members": LibraryIncrement(1),
                "byMonth": {"2026-03": LibraryIncrement(-5), "a.b`": LibraryIncrement(2)},
            },
            merge=True,
        ),
    ),
]


@pytest.mark.parametrize(("write", "with_library"), WRITES)
def test_a_write_is_the_one_that_the_library_makes(
    firestore_emulator: FirestoreEmulator, write: Write, with_library: Any
) -> None:
    firestore = library()
    batch = firestore.batch()
    option = firestore.write_option(last_update_time=READ_AT)
    with_library(batch, firestore.document(PATH), option)
    assert comparable(client._message(write)) == comparable(types.Write.pb(batch._write_pbs[0]))


def comparable(message: Any) -> Any:
    """Return a write without what has no meaning: the order of field paths and transforms."""
    message.update_mask.field_paths.sort()
    transforms = sorted(message.update_transforms, key=lambda each: each.field_path)
    del message.update_transforms[:]
    return message, transforms
