"""Make events, counters and deliveries of an entry, membership or check-in, once, in one commit.

Triggers run at least once and in any order; a second run finds the event of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared import clock, logs
from shared.domain.events.event import Event
from shared.domain.loyalty import figures, loyalty_events, period_figures
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.figures import ProgramCounters
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.period_figures import MonthCounters
from shared.domain.loyalty.programs import Program
from shared.domain.members import check_in_events, check_in_figures
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox, push_outbox, shop_outbox, wallet_outbox
from shared.services.events.shop_outbox import Marks
from shared.store import client, paths
from shared.store.client import Write
from shared.store.loyalty import figure_documents, membership_documents, program_documents
from shared.store.members import check_in_documents, member_documents
from shared.store.stores import store_documents
from shared.tasks import Task

TOLD_WITHIN = timedelta(days=25)
"""Older causes are not told: their event may have been made and have expired by now."""

LOOKED_BACK = 3
"""Mostly one of so few entries tells whether the member was active before."""


def emit_entry(membership_id: str, entry_id: str) -> int:
    """Emit the events of a ledger entry.

    Returns:
        The number of deliveries made; 0 if an earlier run did it all.
    """
    entry_path, member_path = paths.entry(membership_id, entry_id), paths.member(membership_id)
    marker = paths.event(loyalty_events.booking_event_id(membership_id, entry_id))

    def decide(reads: Reads) -> Effect[int]:
        entry = membership_documents.decode_entry(reads[entry_path])
        if entry is None:
            logs.warning("entry not found", entry=logs.digest(entry_path))
            return Effect(0)
        told = paths.event(loyalty_events.event_id_of(entry))
        commands.want(reads, [told])
        is_told = reads[told].data is not None or entry.copied_at is not None
        if is_told or is_history(entry.recorded_at):
            return Effect(0)
        program = program_documents.find(entry.program_id)
        assert program is not None, f"entry {entry_id} of unknown program"
        membership = membership_documents.decode(reads[member_path])
        counters = figures.from_entry(entry, program.time_zone)
        by_day = period_figures.from_entry(
            entry,
            program.time_zone,
            enrolled_at=membership.enrolled_at if membership else None,
            active_at=_active_before(entry, program),
        )
        happened = loyalty_events.from_entry(entry, program.milestones_units)
        counted = _counted(reads, program, entry.recorded_at, counters, by_day)
        cards = shop_outbox.of_member(entry.account_id, entry.user_id, entry.program_id)
        pushes = push_outbox.of_entry(reads, entry)
        passes = wallet_outbox.of_memberships(reads, [membership] if membership else [])
        return _announce(happened, counted, cards, [*pushes, *passes.tasks], passes.writes)

    needs = [
        marker,
        entry_path,
        member_path,
        *push_outbox.needs(membership_id),
        *wallet_outbox.paths_of(membership_id),
    ]
    return commands.run(needs, decide)


def emit_enrollment(membership_id: str) -> int:
    """Emit the event of a new membership.

    Returns:
        The number of deliveries made; 0 if an earlier run did it all.
    """
    member_path = paths.member(membership_id)
    marker = paths.event(loyalty_events.enrollment_event_id(membership_id))

    def decide(reads: Reads) -> Effect[int]:
        membership = membership_documents.decode(reads[member_path])
        if membership is None:
            logs.warning("membership not found", member=logs.digest(membership_id))
            return Effect(0)
        told = paths.event(loyalty_events.enrollment_event_id_of(membership))
        commands.want(reads, [told])
        is_told = reads[told].data is not None or membership.erased_at is not None
        if is_told or is_history(membership.enrolled_at):
            return Effect(0)
        if membership.is_taken_over:
            return Effect(0)  # The person was counted when the old membership was opened.
        program = program_documents.find(membership.program_id)
        assert program is not None, "a membership of an unknown program"
        at = membership.enrolled_at
        by_day = period_figures.from_enrollment(at, program.time_zone)
        counted = _counted(reads, program, at, figures.NEW_MEMBER, by_day)
        cards = _cards_of_new(reads, membership)
        return _announce([loyalty_events.from_enrollment(membership)], counted, cards)

    return commands.run([marker, member_path], decide)


def emit_check_in(session_id: str) -> int:
    """Emit the event of a check-in, and count it.

    Returns:
        The number of deliveries made; 0 if an earlier run did it all.
    """
    path = paths.check_in(session_id)
    marker = paths.event(check_in_events.event_id_of(session_id))

    def decide(reads: Reads) -> Effect[int]:
        check_in = check_in_documents.decode(reads[path])
        if check_in is None:
            logs.warning("check-in not found", path=path)
            return Effect(0)
        if reads[marker].data is not None or is_history(check_in.checked_in_at):
            return Effect(0)
        store = store_documents.find(check_in.store_id)
        assert store is not None, f"check-in {session_id} in an unknown store"
        news = outbox.announce([check_in_events.from_check_in(check_in)])
        counted = check_in_documents.increment(
            store.store_id, check_in_figures.from_check_in(check_in, store.time_zone)
        )
        return Effect(len(news.deliveries), [*news.writes, counted], tasks=news.tasks)

    return commands.run([marker, path], decide)


def emit_once(event: Event) -> None:
    """Emit an event that nothing else is written with, unless it was emitted before."""
    marker = paths.event(event.event_id)

    def decide(reads: Reads) -> Effect[None]:
        if reads[marker].data is not None:
            return Effect(None)
        news = outbox.announce([event])
        return Effect(None, news.writes, tasks=news.tasks)

    commands.run([marker], decide)


def emit_rest(membership: Membership, entries: Sequence[Entry]) -> None:
    """Emit what a membership and its entries have not emitted yet, before they get new names."""
    membership_id = membership.membership_id
    missing = {
        loyalty_events.event_id_of(each): each.entry_id
        for each in entries
        if not is_history(each.recorded_at)
    }
    enrolled = loyalty_events.enrollment_event_id_of(membership)
    event_ids = [*missing, *([] if is_history(membership.enrolled_at) else [enrolled])]
    for start in range(0, len(event_ids), client.PAGE):
        page = {paths.event(each): each for each in event_ids[start : start + client.PAGE]}
        for path, snapshot in client.get([*page]).items():
            if snapshot.data is None and page[path] == enrolled:
                emit_enrollment(membership_id)
            elif snapshot.data is None:
                emit_entry(membership_id, missing[page[path]])


def is_history(moment: datetime) -> bool:
    """Tell whether what happened then is not told any more."""
    return moment < clock.real_now() - TOLD_WITHIN


def _active_before(entry: Entry, program: Program) -> datetime | None:
    """Return when the member of an entry was active before it, as far as that matters."""
    if not period_figures.is_activity(entry) or entry.seq == 1:
        return None
    since = period_figures.matters_since(entry, program.time_zone)
    seq, limit = entry.seq, LOOKED_BACK
    while True:
        before = membership_documents.list_before(entry.membership_id, seq, limit)
        for each in before:
            if each.recorded_at < since:
                return None
            if period_figures.is_activity(each):
                return each.recorded_at
        if len(before) < limit:
            return None
        seq, limit = before[-1].seq, client.PAGE


def _counted(
    reads: Reads,
    program: Program,
    at: datetime,
    counters: ProgramCounters,
    by_day: MonthCounters,
) -> list[Write]:
    """Return the writes that count what happened at a moment."""
    program_id = program.program_id
    month = figures.month_of(at, program.time_zone)
    writes = [
        *figure_documents.increment(program_id, counters),
        *figure_documents.increment_month(program_id, month, by_day),
    ]
    if writes and figure_documents.find_start(program_id) is None:
        path = paths.stats(program_id)
        commands.want(reads, [path])
        # What an earlier version has counted, it has not counted by day.
        is_new = not figure_documents.shards(program_id)
        writes += figure_documents.start(reads[path], program.created_at if is_new else at)
    return writes


def _cards_of_new(reads: Reads, membership: Membership) -> Marks:
    """Mark the cards of who was a shop's customer before joining.

    Raises:
        Wanted: The person is not read yet.
    """
    if not shop_outbox.has_cards(membership.account_id, membership.program_id):
        return Marks()
    path = paths.account_member(membership.account_id, membership.user_id)
    commands.want(reads, [path])
    return shop_outbox.of_people(reads, [member_documents.decode(reads[path])])


def _announce(
    happened: Sequence[Event],
    counted: Sequence[Write],
    cards: Marks,
    tasks: Sequence[Task] = (),
    writes: Sequence[Write] = (),
) -> Effect[int]:
    """Return the effect of what happened; ``tasks`` and ``writes`` are of who else is told."""
    news = outbox.announce(happened)
    every = [*news.writes, *counted, *cards.writes, *writes]
    return Effect(len(news.deliveries), every, tasks=[*news.tasks, *cards.tasks, *tasks])
