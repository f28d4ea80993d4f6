"""member.erased: it names the person until it is told, and is written once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.domain.events import event_types
from shared.domain.members import erasure_events
from shared.domain.members.erasure import Erasure, ErasureState
from shared.services.events import outbox

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ERASURE = Erasure("erased_1", "acc_1", ErasureState.RUNNING, NOW, NOW, ("user_1", "user_2"))


@pytest.mark.parametrize("user_ids", [(), ("user_1", "user_2")])
def test_names_who_was_erased_or_nobody(user_ids: tuple[str, ...]) -> None:
    event = erasure_events.from_erasure(ERASURE, "store_1", user_ids)

    assert event.type == event_types.MEMBER_ERASED
    assert event.data == {"userIds": [*user_ids]}
    assert (event.user_id, event.program_id) == (None, None)


def test_is_one_event_a_store_whatever_it_names() -> None:
    made = {
        erasure_events.from_erasure(ERASURE, store_id, user_ids).event_id
        for store_id in ("store_1", "store_2")
        for user_ids in ((), ("user_1",))
    }
    assert len(made) == 2


def test_loses_the_names() -> None:
    named = erasure_events.from_erasure(ERASURE, "store_1", ERASURE.user_ids)
    unnamed = erasure_events.from_erasure(ERASURE, "store_1", ())

    assert erasure_events.without_names(outbox.payload(named)) == outbox.payload(unnamed)
