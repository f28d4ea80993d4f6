"""Events: each tells of one change, in the words of the webhook documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

API_VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Event:
    """An event: it tells of one change.

    ``program_id`` and ``user_id`` are ``None`` if it is about no member. ``source`` names the
    external system that caused it; the event is not sent back to that system. ``is_test``:
    nothing happened, the event is only an example.
    """

    event_id: str
    type: str
    account_id: str
    store_id: str
    program_id: str | None
    user_id: str | None
    source: str | None
    created_at: datetime
    data: Mapping[str, Any]
    is_test: bool = False
