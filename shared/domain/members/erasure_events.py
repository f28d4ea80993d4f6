"""The event of an erasure. It is the last one that names the person, and loses the name, too."""

from __future__ import annotations

import json
from collections.abc import Sequence

from shared import ids
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.members.erasure import Erasure


def from_erasure(erasure: Erasure, store_id: str, user_ids: Sequence[str]) -> Event:
    """Return the event for a store; with no ``user_ids`` it tells that somebody was erased."""
    return Event(
        event_id=ids.derived("evt", erasure.erasure_id, store_id),
        type=event_types.MEMBER_ERASED,
        account_id=erasure.account_id,
        store_id=store_id,
        program_id=None,
        user_id=None,
        source=None,
        created_at=erasure.started_at,
        data={"userIds": list(user_ids)},
    )


def without_names(payload: str) -> str:
    """Return the text of such an event without the user ids."""
    envelope = json.loads(payload)
    envelope["data"]["userIds"] = []
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)
