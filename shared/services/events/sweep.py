"""Find and finish the work of lost triggers and tasks, within five minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from shared import clock, logs
from shared.domain.loyalty import loyalty_events
from shared.domain.loyalty.membership import Membership
from shared.domain.members import check_in_events
from shared.services.events import emission, outbox, shop_outbox, wallet_outbox
from shared.store import client, paths
from shared.store.client import Put
from shared.store.loyalty import membership_documents
from shared.store.members import check_in_documents

SETTLED_AFTER = timedelta(seconds=30)
"""Younger causes are left to their trigger."""
OVERLAP = timedelta(minutes=2)
"""A cause carries the time of its decision; the sweep looks this long for a late commit."""
FAILING_AT_MOST = timedelta(days=1)
"""A cause without an event holds the watermark back for this long, then it is passed over."""
PAGE = 300
RUN_S_MAX = 150.0


@dataclass(frozen=True, slots=True)
class _Cause:
    """A change that needs an event; ``marker_path`` exists once the event was made.

    Without one nothing says whether it is done, and doing it again changes nothing.
    """

    at: datetime
    marker_path: str | None
    emit: Callable[[], int]


_Load = Callable[[datetime, int], Sequence[_Cause]]


def run(page_size: int = PAGE) -> int:
    """Emit missing events, and enqueue overdue deliveries and writes into shops again.

    Two runs at the same time do no harm: an event is made only once.

    Returns:
        The number of deliveries made or enqueued.
    """
    steps: dict[str, Callable[[], int]] = {
        "entries": partial(_sweep, "entries", _entries, page_size),
        "enrollments": partial(_sweep, "enrollments", _enrollments, page_size),
        "checkIns": partial(_sweep, "checkIns", _check_ins, page_size),
        "deliveries": partial(outbox.enqueue_overdue, page_size),
        "shopWrites": partial(shop_outbox.enqueue_overdue, page_size),
        "walletPasses": partial(wallet_outbox.enqueue_overdue, page_size),
    }
    return sum(_try(name, step) or 0 for name, step in steps.items())


def follow_joined(book_for: Callable[[Membership], int], page_size: int = PAGE) -> int:
    """Do for new memberships what else their trigger does, which may be lost or have failed.

    Args:
        book_for: Does it, and returns how much it did. Done again it changes nothing.
        page_size: The most memberships to read at once.

    Returns:
        How much was done.
    """
    return _sweep("joined", partial(_joined, book_for), page_size)


def _entries(since: datetime, limit: int) -> list[_Cause]:
    return [
        _Cause(
            entry.recorded_at,
            paths.event(loyalty_events.event_id_of(entry)),
            partial(emission.emit_entry, entry.membership_id, entry.entry_id),
        )
        for entry in membership_documents.entries_recorded_since(since, limit)
    ]


def _enrollments(since: datetime, limit: int) -> list[_Cause]:
    return [
        _Cause(
            member.enrolled_at,
            paths.event(loyalty_events.enrollment_event_id_of(member)),
            partial(emission.emit_enrollment, member.membership_id),
        )
        for member in membership_documents.enrolled_since(since, limit)
    ]


def _joined(book_for: Callable[[Membership], int], since: datetime, limit: int) -> list[_Cause]:
    return [
        _Cause(member.enrolled_at, None, partial(book_for, member))
        for member in membership_documents.enrolled_since(since, limit)
    ]


def _check_ins(since: datetime, limit: int) -> list[_Cause]:
    return [
        _Cause(
            check_in.checked_in_at,
            paths.event(check_in_events.event_id_of(check_in.session_id)),
            partial(emission.emit_check_in, check_in.session_id),
        )
        for check_in in check_in_documents.checked_in_since(since, limit)
    ]


def _sweep(name: str, load: _Load, page_size: int) -> int:
    """Go through the causes from the watermark on, page by page, and move the watermark.

    The watermark stays ``OVERLAP`` behind, because older causes may still be committed, and
    before the first cause whose event could not be made.
    """
    path = paths.sweep(name)
    known = client.get_one(path).data
    until = clock.real_now() - SETTLED_AFTER
    oldest = until - emission.TOLD_WITHIN
    since: datetime = max(known["watermark"], oldest) if known else oldest
    watermark_max = until - OVERLAP
    stop_at_s = time.monotonic() + RUN_S_MAX
    made, limit = 0, page_size
    while True:
        page = load(since, limit)
        settled = [cause for cause in page if cause.at <= until]
        emitted, failed = _emit_missing(settled)
        made += emitted
        if failed:
            watermark_max = min(watermark_max, max(failed[0].at, until - FAILING_AT_MOST))
        is_last = len(page) < limit or len(settled) < len(page)
        reached = until if is_last else settled[-1].at
        client.commit([Put(path, {"watermark": min(reached, watermark_max)})])
        if is_last or time.monotonic() > stop_at_s:
            return made
        # One millisecond has more causes than a page: only a longer page gets past them.
        limit = limit * 2 if reached == since else page_size
        since = reached


def _emit_missing(causes: Sequence[_Cause]) -> tuple[int, list[_Cause]]:
    """Return the number of deliveries made, and the causes whose event could not be made."""
    paths_of = [cause.marker_path for cause in causes if cause.marker_path is not None]
    markers = client.get(paths_of) if paths_of else {}
    emitted, failed = 0, []
    for cause in causes:
        if cause.marker_path is None or markers[cause.marker_path].data is None:
            made = _try(cause.marker_path or "joined", cause.emit)
            emitted += made or 0
            if made is None:
                failed.append(cause)
    return emitted, failed


def _try(what: str, step: Callable[[], int]) -> int | None:
    """Return the result of a step, ``None`` if it failed."""
    try:
        return step()
    except Exception:  # noqa: BLE001 - what fails must not keep the rest from being repaired
        logs.exception("sweep failed", what=what)
        return None
