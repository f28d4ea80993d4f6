"""Leases: for a while, only one process may do something outside of Firestore.

A lease is written down before the call and taken back with its answer. After a crash, the next
process waits until the lease has ended.
"""

from __future__ import annotations

from datetime import datetime


def is_held(lease_until: datetime | None, now: datetime) -> bool:
    """Tell whether a process still holds the lease; ``None`` means that no process does."""
    return lease_until is not None and lease_until > now
