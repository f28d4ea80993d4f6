"""What a lost trigger or task left behind is found and done, within five minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from shared import clock
from shared.domain import events
from shared.services import deliveries, emission
from shared.store import client, members, paths
from shared.store.client import Put

SETTLED_AFTER = timedelta(seconds=30)
"""What is younger is left to its trigger."""
OVERLAP = timedelta(minutes=2)
"""A cause carries the time of its decision; one that is committed late is looked for this long."""
PAGE = 300
RUN_S_MAX = 240.0


@dataclass(frozen=True, slots=True)
class _Cause:
    """Something that events must tell of; ``marker_path`` exists once they do."""

    at: datetime
    marker_path: str
    emit: Callable[[], int]


def run() -> int:
    """Emit what was not emitted, and enqueue again what is overdue.

    Returns:
        How many deliveries were made or enqueued.
    """
    return (
        _sweep("entries", _entries) + _sweep("enrollments", _enrollments)
    ) + deliveries.enqueue_overdue()


def _entries(since: datetime) -> list[_Cause]:
    return [
        _Cause(
            entry.recorded_at,
            paths.event(events.booking_event_id(entry.membership_id, entry.entry_id)),
            partial(emission.entry_recorded, entry.membership_id, entry.entry_id),
        )
        for entry in members.entries_recorded_since(since, PAGE)
    ]


def _enrollments(since: datetime) -> list[_Cause]:
    return [
        _Cause(
            member.enrolled_at,
            paths.event(events.enrollment_event_id(member.membership_id)),
            partial(emission.member_enrolled, member.membership_id),
        )
        for member in members.enrolled_since(since, PAGE)
    ]


def _sweep(name: str, load: Callable[[datetime], Sequence[_Cause]]) -> int:
    """Go through the causes from the watermark on, page by page, and move the watermark."""
    path = paths.sweep(name)
    known = client.get_one(path).data
    until = clock.utc_now() - SETTLED_AFTER
    since: datetime = known["watermark"] if known else datetime.fromtimestamp(0, until.tzinfo)
    stop_at_s = time.monotonic() + RUN_S_MAX
    made = 0
    while True:
        page = load(since)
        settled = [cause for cause in page if cause.at <= until]
        made += _emit_missing(settled)
        is_last = len(page) < PAGE or len(settled) < PAGE or settled[-1].at == since
        # All that is older than the overlap has been committed or never will be.
        since = max(since, until - OVERLAP) if is_last else settled[-1].at
        client.commit([Put(path, {"watermark": since})])
        if is_last or time.monotonic() > stop_at_s:
            return made


def _emit_missing(causes: Sequence[_Cause]) -> int:
    if not causes:
        return 0
    markers = client.get([cause.marker_path for cause in causes])
    return sum(cause.emit() for cause in causes if markers[cause.marker_path].data is None)
