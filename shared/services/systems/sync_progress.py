"""A sync's progress, written together with the items that it has taken over.

Each commit holds products or goods, the sync's progress, and a note of the items seen. So a sync
that dies goes on with neither gap nor repetition, and its counts are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared import clock
from shared.connectors.base import ListedPage
from shared.domain.systems import syncs
from shared.domain.systems.syncs import Counts, Remark, Sync
from shared.said import meaning_of
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.events.outbox import Announcement
from shared.store.client import Write
from shared.store.systems import sync_documents
from shared.store.systems.sync_documents import Seen

LEASE = timedelta(seconds=120)
"""Longer than one call with its repetitions and the commits of its page."""

Advance = Callable[[Sync], Sync]
"""A function that moves a sync on after items were taken over."""


class LeaseLost(Exception):
    """Another worker holds the sync, or it was ended."""


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A change of one item: its writes, and its counts. Both are empty if it is unchanged."""

    writes: Sequence[Write] = ()
    counts: Counts = field(default_factory=Counts)


@dataclass(slots=True)
class SyncProgress:
    """A worker's hold on a sync: the sync as last written, and the changes not yet written.

    Attributes:
        sync: The sync as last written.
        seen: The items that the current stream has listed so far.
    """

    sync: Sync
    seen: Seen
    _counts: Counts = field(default_factory=Counts)
    _remarks: list[Remark] = field(default_factory=list)
    _unwritten: Seen = field(default_factory=Seen)

    @property
    def stream(self) -> str:
        """The sync's present stream."""
        assert self.sync.stream is not None
        return self.sync.stream

    def count(self, counts: Counts) -> None:
        """Count something, to be written with the next commit."""
        self._counts = self._counts.plus(counts)

    def remark(self, external_id: str, reason: str) -> None:
        """Note something that could not be taken, once."""
        if external_id in self.seen.skipped:
            return
        self.note(external_id, reason)
        for each in (self.seen, self._unwritten):
            each.skipped.add(external_id)
        self.count(Counts(skipped=1))

    def note(self, external_id: str, text: str) -> None:
        """Note something about an item that was taken, or about the whole list; once a sync."""
        remark = Remark(self.stream, external_id[:200], text[:300], meaning_of(text))
        if remark not in self._remarks and remark not in self.sync.remarks:
            self._remarks.append(remark)

    def tell(self, page: ListedPage[Any]) -> None:
        """Note what a page says about itself and about items that cannot be taken."""
        for note in page.notes:
            self.note(note.external_id, note.text)
        for skipped in page.skipped:
            self.remark(skipped.external_id, skipped.reason)

    def note_seen(self, key: str, external_id: str, *, is_ended: bool) -> None:
        """Note a listed item, and count it once."""
        if external_id not in self.seen.keys:
            self.count(Counts(read=1))
        for each in (self.seen, self._unwritten):
            each.note(key, external_id, is_ended=is_ended)

    def commit(
        self,
        paths: Sequence[str] = (),
        decide: Callable[[Reads], Sequence[ItemChange]] = lambda _: (),
        *,
        advance: Advance | None = None,
        tell: Callable[[Sync], Announcement] = lambda _: Announcement(),
        known: Reads | None = None,
    ) -> None:
        """Write the decided changes, together with the sync's progress.

        Without ``advance`` and changes nothing is written: the notes wait for the next commit.

        Args:
            paths: Documents to decide on.
            decide: Returns the change of each item.
            advance: Returns the sync moved on.
            tell: Returns the events of the sync as it will be.
            known: The documents of ``paths`` and the sync, if they were read already.

        Raises:
            LeaseLost: This worker no longer holds the sync.
        """
        ours = self.sync
        path = sync_documents.path_of(ours)
        now = clock.real_now()

        def decision(reads: Reads) -> Effect[tuple[Sync | None, Counts]]:
            found = sync_documents.decode(reads[path])
            if found is None or found.lease_id != ours.lease_id:
                raise LeaseLost
            if found.version != ours.version:
                # An earlier commit of ours, after whose lost answer Firestore could not be asked.
                return Effect((found, Counts()))
            if not found.is_running:
                raise LeaseLost
            changes = decide(reads)
            counts = sum_of(each.counts for each in changes)
            writes = [write for each in changes for write in each.writes]
            if not writes and advance is None:
                return Effect((None, counts))
            after = syncs.with_findings(found, self._counts.plus(counts), tuple(self._remarks), now)
            after = replace(after, lease_until=now + LEASE, version=found.version + 1)
            if self._unwritten:
                writes.append(sync_documents.part(after, self._unwritten))
                after = replace(after, parts=after.parts + 1)
            if advance is not None:
                after = advance(after)
            news = tell(after)
            writes += [*news.writes, sync_documents.write(reads[path], after)]
            return Effect((after, counts), writes, tasks=news.tasks)

        after, counts = commands.run([path, *paths], decision, known=known)
        if after is None:
            self.count(counts)
        else:
            self.sync = after
            self._counts = Counts()
            self._remarks.clear()
            self._unwritten = Seen()


def sum_of(counts: Iterable[Counts]) -> Counts:
    """Add up counts."""
    total = Counts()
    for each in counts:
        total = total.plus(each)
    return total
