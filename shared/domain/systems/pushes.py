"""Records on their way into a merchant's system: each once, whatever gets lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PushState(StrEnum):
    """``pending``: it may be in the system already, and is looked for before it is sent again."""

    PENDING = "pending"
    PUSHED = "pushed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Push:
    """A record that a system was or is to be given.

    ``fingerprint`` tells a repeated record from another one under the same id. Until
    ``lease_until`` somebody is at it, or the system may be, and nobody else may push it;
    ``lease_id`` is who was at it last.
    """

    push_id: str
    account_id: str
    store_id: str
    kind: str
    system: str
    data_type: str
    record_id: str
    fingerprint: str
    state: PushState
    created_at: datetime
    updated_at: datetime
    lease_id: str | None = None
    lease_until: datetime | None = None
    external_id: str | None = None
    failure: str | None = None
