"""Leases: for a while, one process may do something outside of Firestore, and nobody else.

A lease is written down before the call and taken back with its answer. Whoever comes after a crash
waits until it has ended.
"""

from __future__ import annotations

from datetime import datetime


def is_held(lease_until: datetime | None, now: datetime) -> bool:
    """Tell whether somebody may still be at it; ``None`` means that nobody is."""
    return lease_until is not None and lease_until > now
