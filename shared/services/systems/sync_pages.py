"""Take over what a system lists, page by page: what changed is written, what did not is not.

Each commit holds products or records, how far the sync has come, and a note of what was seen. So a
sync that dies goes on with neither gap nor repetition, and its counts are exact.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, ClassVar, Protocol

from shared import clock
from shared.connectors.base import Page
from shared.domain.systems import syncs
from shared.domain.systems.syncs import Counts, Remark, Sync
from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.services.events.outbox import Announcement
from shared.store import client
from shared.store.client import Snapshot, Write
from shared.store.systems import sync_documents
from shared.store.systems.sync_documents import Seen

CHUNK = 150
"""Items of a commit: three writes each, and Firestore takes 500."""
LEASE = timedelta(seconds=120)
"""Longer than one call with its repetitions and the commits of its page take."""
GONE_AT_ONCE_MAX = 10
"""So many may vanish whatever they are a part of."""
TOO_MANY_GONE = "too_many_gone"
_DUPLICATE = "Another product has the same EAN, article number and id."


Move = Callable[[Sync], Sync]
"""How a sync goes on from what was taken over."""


class LeaseLost(Exception):
    """Somebody else works on the sync, or it was ended."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of one item: what to write, and how it counts."""

    writes: Sequence[Write] = ()
    counts: Counts = field(default_factory=Counts)


class Shelf(Protocol):
    """How the items of one stream are kept.

    Attributes:
        has_choice: An item may be kept under one of several keys.
        may_be_empty: A list that shows nothing at all may be right.
    """

    has_choice: ClassVar[bool]
    may_be_empty: ClassVar[bool]

    def key(self, item: Any, owners: Mapping[str, str]) -> str | None:
        """Return what an item is kept under, ``None`` if others have its places."""

    def path(self, key: str) -> str:
        """Return where it is kept."""

    def holder(self, read: Snapshot) -> str | None:
        """Return the system's id of what is kept there and not gone."""

    def former(self, items: dict[str, Any], reads: Reads) -> dict[str, str | None]:
        """Return where items were kept under other keys.

        Returns:
            By path, the keys that they have now; ``None`` for what is gone altogether.
        """

    def take(self, reads: Reads, key: str, item: Any, former: str | None, now: datetime) -> Taken:
        """Decide what becomes of an item, which was kept at the path ``former`` before."""

    def retire(self, reads: Reads, path: str, replaced_by: str | None, now: datetime) -> Taken:
        """Decide what becomes of something that is no longer listed."""

    def count_live(self) -> int:
        """Return how much of it is known and not gone."""

    def live(self) -> Iterator[tuple[str, str, str]]:
        """Go through all that is known and not gone: path, key and the system's id."""


@dataclass(slots=True)
class Run:
    """A worker's hold on a sync: the sync as it was last written, and what is not written yet."""

    sync: Sync
    seen: Seen
    _counts: Counts = field(default_factory=Counts)
    _remarks: list[Remark] = field(default_factory=list)
    _unwritten: Seen = field(default_factory=Seen)

    @property
    def stream(self) -> str:
        """The stream that it is at."""
        assert self.sync.stream is not None
        return self.sync.stream

    def count(self, counts: Counts) -> None:
        """Count something, to be written with the next commit."""
        self._counts = self._counts.plus(counts)

    def remark(self, external_id: str, reason: str) -> None:
        """Note something that could not be taken, once."""
        if external_id in self.seen.skipped:
            return
        self._remarks.append(Remark(self.stream, external_id[:200], reason[:300]))
        for each in (self.seen, self._unwritten):
            each.skipped.add(external_id)
        self.count(Counts(skipped=1))

    def see(self, key: str, external_id: str, *, is_ended: bool) -> None:
        """Note what was listed, and count it once."""
        if external_id not in self.seen.keys:
            self.count(Counts(read=1))
        for each in (self.seen, self._unwritten):
            each.note(key, external_id, is_ended=is_ended)

    def commit(
        self,
        paths: Sequence[str] = (),
        decide: Callable[[Reads], Sequence[Taken]] = lambda _: (),
        *,
        move: Move | None = None,
        tell: Callable[[Sync], Announcement] = lambda _: Announcement(),
        known: Reads | None = None,
    ) -> None:
        """Write what was decided, and with it how far the sync has come.

        Without ``move`` nothing is written if nothing changed: it waits for the next commit.

        Args:
            paths: Documents to decide on.
            decide: Returns what becomes of each item.
            move: Returns the sync as it goes on from here.
            tell: Returns what is told of the sync as it will be.
            known: ``paths`` and the sync as they were read already.

        Raises:
            LeaseLost: This worker no longer holds the sync.
        """
        ours = self.sync
        path = sync_documents.path_of(ours)
        now = clock.utc_now()

        def decision(reads: Reads) -> Effect[tuple[Sync | None, Counts]]:
            found = sync_documents.decode(reads[path])
            if found is None or found.lease_id != ours.lease_id:
                raise LeaseLost
            if not found.is_running:
                raise LeaseLost
            taken = decide(reads)
            counts = sum_of(each.counts for each in taken)
            writes = [write for each in taken for write in each.writes]
            if not writes and move is None:
                return Effect((None, counts))
            after = syncs.advanced(found, self._counts.plus(counts), tuple(self._remarks), now)
            after = replace(after, lease_until=now + LEASE)
            if self._unwritten:
                writes.append(sync_documents.part(after, self._unwritten))
                after = replace(after, parts=after.parts + 1)
            if move is not None:
                after = move(after)
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


def take_over(run: Run, shelf: Shelf, page: Page[Any], move: Move | None) -> None:
    """Take over a page.

    Args:
        run: The hold on the sync.
        shelf: Where the items are kept.
        page: What was listed.
        move: Turns the page, in the commit of its last items; ``None`` if the caller turns it.
    """
    for each in page.skipped:
        run.remark(each.external_id, each.reason)
    items, reads = _placed(run, shelf, page)
    chunks = list(_chunks(items.items(), CHUNK))
    for number, chunk in enumerate(chunks, start=1):
        turn = move if number == len(chunks) else None
        _take_chunk(run, shelf, dict(chunk), reads, turn, is_listing=page.is_listing)
    if move is not None and not chunks:
        run.commit(move=move)


def retire_missing(run: Run, shelf: Shelf) -> None:
    """Mark as gone what a full list did not show.

    If that is more than half of what is known, or everything, it is the list that is rather wrong:
    then nothing is marked, and the sync says so.
    """
    seen, known = run.seen, shelf.count_live()
    if known == len(seen.owners):
        return
    moved = {external_id: key for key, external_id in seen.owners.items()}
    gone = [
        (path, moved.get(external_id))
        for path, key, external_id in shelf.live()
        if key not in seen.owners and external_id not in seen.skipped
    ]
    is_empty = len(gone) == known and not shelf.may_be_empty
    is_doubtful = is_empty or len(gone) > max(GONE_AT_ONCE_MAX, known // 2)
    if gone and is_doubtful and not run.sync.may_delete_most:
        run.commit(move=lambda sync: replace(sync, problem=TOO_MANY_GONE))
        return
    for chunk in _chunks(gone, CHUNK):
        replaced = dict(chunk)

        def decide(reads: Reads, replaced: dict[str, str | None] = replaced) -> list[Taken]:
            now = clock.utc_now()
            return [shelf.retire(reads, path, by, now) for path, by in replaced.items()]

        run.commit(list(replaced), decide)


def sum_of(counts: Iterable[Counts]) -> Counts:
    """Add up counts."""
    total = Counts()
    for each in counts:
        total = total.plus(each)
    return total


def _placed(run: Run, shelf: Shelf, page: Page[Any]) -> tuple[dict[str, Any], Reads]:
    """Return the items of a page by what they are kept under, and what was read to find that out.

    A list of changes does not show what else there is: what it does not show keeps its key, and an
    item that would have it too takes another one.
    """
    is_alone = page.is_listing or run.sync.is_first or not shelf.has_choice
    held: dict[str, str] = {}
    reads: Reads = {}
    while True:
        items, left = _keyed(shelf, page, ChainMap({}, run.seen.owners, held))
        unread = [] if is_alone else [key for key in items if shelf.path(key) not in reads]
        if not unread:
            break
        reads |= client.get([shelf.path(key) for key in unread])
        held |= _held(shelf, page, {key: reads[shelf.path(key)] for key in unread})
    for item in left:
        run.remark(item.external_id, _DUPLICATE)
    return items, reads


def _keyed(
    shelf: Shelf, page: Page[Any], owners: ChainMap[str, str]
) -> tuple[dict[str, Any], list[Any]]:
    """Give each item of a page its key; return those that get none as well."""
    items: dict[str, Any] = {}
    left: list[Any] = []
    for item in sorted(page.items, key=lambda each: bool(each.is_deleted)):  # Those leave theirs.
        key = shelf.key(item, owners)
        if key is None:
            left.append(item)
        else:
            items[key] = item
            owners[key] = item.external_id
    return items, left


def _held(shelf: Shelf, page: Page[Any], reads: Mapping[str, Snapshot]) -> dict[str, str]:
    """Return the keys that are kept by what the page does not show, or shows unchanged."""
    shown = {item.external_id for item in page.items}
    staying = {
        (shelf.key(item, {}), item.external_id) for item in page.items if not item.is_deleted
    }
    holders = {key: shelf.holder(read) for key, read in reads.items()}
    return {
        key: holder
        for key, holder in holders.items()
        if holder is not None and (holder not in shown or (key, holder) in staying)
    }


def _take_chunk(
    run: Run,
    shelf: Shelf,
    items: dict[str, Any],
    known: Reads,
    move: Move | None,
    *,
    is_listing: bool,
) -> None:
    paths = [shelf.path(key) for key in items]
    unread = [path for path in paths if path not in known]
    reads = {path: known[path] for path in paths if path in known}
    reads |= client.get([sync_documents.path_of(run.sync), *unread])
    # What is gone for good is found at the end of a list.
    movable = {key: item for key, item in items.items() if not (is_listing and item.is_deleted)}
    former = {} if run.sync.is_first else shelf.former(movable, reads)
    if former:
        reads |= client.get(list(former))
    path_of = {key: path for path, key in former.items() if key is not None}
    for key, item in items.items():
        run.see(key, item.external_id, is_ended=item.is_deleted)

    def decide(reads: Reads) -> list[Taken]:
        now = clock.utc_now()
        taken = [shelf.take(reads, key, item, path_of.get(key), now) for key, item in items.items()]
        return taken + [shelf.retire(reads, path, by, now) for path, by in former.items()]

    run.commit([*paths, *former], decide, move=move, known=reads)


def _chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
