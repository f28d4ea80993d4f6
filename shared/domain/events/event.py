"""An event: something that happened once, in the words of the webhook documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

API_VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once.

    ``program_id`` and ``user_id`` are ``None`` if it is about no member. ``source`` names the
    external system that caused it; such an event is not sent back there. ``is_test``: nothing
    happened, somebody wants to see what it would look like.
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
