"""Events: kept once with the text that endpoints are sent, and listed in either order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared import ids
from shared.domain.events.event import Event
from shared.schemas.paging import CursorPosition
from shared.store import client
from shared.store.client import WriteConflict
from shared.store.events import event_documents
from tests.support.strategies import NOW
from tests.support.values import sample
from tools.emulators import FirestoreEmulator


@pytest.fixture
def events(firestore_emulator: FirestoreEmulator) -> list[Event]:
    """Three events of a store, oldest first, the latter two of one moment."""
    store_id = ids.new("store")
    made = [
        sample(
            Event,
            event_id=ids.new(f"evt_{number}"),
            store_id=store_id,
            type=f"type_{number}",
            created_at=NOW + timedelta(seconds=number // 2),
            data={"number": number},
        )
        for number in (1, 2, 3)
    ]
    elsewhere = replace(made[0], event_id=ids.new("evt"), store_id=ids.new("store"))
    client.commit([event_documents.creation(each, "{}") for each in (*made, elsewhere)])
    return made


def test_the_text_is_kept_in_place_of_the_data(events: list[Event]) -> None:
    found = event_documents.find(events[0].event_id)

    assert found is not None
    assert (found.payload, found.expires_at) == ("{}", events[0].created_at + event_documents.KEPT)
    assert "data" not in (client.get_one(f"events/{found.event_id}").data or {})


def test_an_event_is_kept_once(events: list[Event]) -> None:
    with pytest.raises(WriteConflict):
        client.commit([event_documents.creation(events[0], "other")])


def test_events_are_listed_in_either_order_a_page_at_a_time(events: list[Event]) -> None:
    store_id, known = events[0].store_id, [each.event_id for each in events]
    for list_page, expected in (
        (event_documents.list_oldest, known),
        (event_documents.list_newest, known[::-1]),
    ):
        found: list[event_documents.StoredEvent] = []
        for _ in events:
            last = CursorPosition(found[-1].created_at, found[-1].event_id) if found else None
            found += list_page(store_id, since=NOW, after=last, limit=1)
        assert [each.event_id for each in found] == expected


def test_events_are_listed_by_type_and_time(events: list[Event]) -> None:
    store_id = events[0].store_id
    of_type = event_documents.list_newest(store_id, event_type="type_2", since=NOW, limit=5)
    early = event_documents.list_newest(store_id, since=NOW, until=events[1].created_at, limit=5)

    assert [each.event_id for each in of_type] == [events[1].event_id]
    assert [each.event_id for each in early] == [events[0].event_id]
