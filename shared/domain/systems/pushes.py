"""Records for a merchant's system: each is pushed once, even if a call or an answer gets lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PushState(StrEnum):
    """``pending``: the system may have the record; it is asked before the record is sent again."""

    PENDING = "pending"
    PUSHED = "pushed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Push:
    """A record that was pushed to a system, or will be.

    ``fingerprint`` tells a repeated record from another one under the same id. Until
    ``lease_until`` a process pushes it, or the system works on it, and no other process may push
    it; ``lease_id`` names the last process.
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
