"""The history of a member: what was booked, page by page, with what corrects what.

After a merge it has the entries of both, each in the membership in which it was booked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import earn_returns, history
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.history import EntryFilter, HistoryFilter, HistoryRow
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.errors import BookingNotFound, MembershipNotFound
from shared.schemas.base import invalid
from shared.services import access, forwarding
from shared.services.loyalty import own_refunds
from shared.store import client, paths
from shared.store.loyalty import membership_documents, redemption_documents, return_documents

SCANNED_MAX = 1000
"""Entries that one request looks through: about three years of daily purchases."""
_BATCH = 200
_BAR = "|"


@dataclass(frozen=True, slots=True)
class EntryName:
    """An entry by its membership and its id.

    ``as_text`` is both in one: ids of entries have no bar.
    """

    membership_id: str
    entry_id: str

    @classmethod
    def of_text(cls, text: str) -> EntryName:
        """Read a name back; of another text it makes a name that nothing has."""
        membership_id, _, entry_id = text.rpartition(_BAR)
        return cls(membership_id, entry_id)

    @property
    def as_text(self) -> str:
        """The name as one text."""
        return f"{self.membership_id}{_BAR}{self.entry_id}"


@dataclass(frozen=True, slots=True)
class HistorySlice:
    """Which part of a history. ``after`` is the last entry of the page before, ``offset`` a number
    of entries to leave out; ``is_by_points``: in the order of what was moved, else of the booking.
    """

    limit: int
    offset: int | None = None
    after: EntryName | None = None
    is_by_points: bool = False
    is_descending: bool = True


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A part of a history. ``total`` is counted only for who asks by an offset.

    ``end`` is the last entry that was looked at, if a page by cursor has not seen all: there may be
    fewer rows than were asked for, or none.
    """

    membership: Membership
    rows: Sequence[HistoryRow]
    has_more: bool
    total: int | None = None
    end: EntryName | None = None


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry with those that corrected it, and the one that it corrects."""

    membership: Membership
    row: HistoryRow
    corrects: HistoryRow | None


@forwarding.following
def page(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    wanted: HistoryFilter,
    part: HistorySlice,
) -> HistoryPage:
    """Return a part of a member's history.

    Without an offset at most ``SCANNED_MAX`` entries are read, from where the page before ended.

    Raises:
        ProgramNotFound, MembershipNotFound.
        InvalidParameters: The cursor names no entry of the member; or an offset or the order by
            points need more entries than are looked through.
    """
    membership = _membership(caller, program_id, user_id, store_id)
    asked = _History(membership, wanted, clock.utc_now())
    if part.offset is None and not part.is_by_points:
        found, end = asked.from_cursor(part)
        return HistoryPage(membership, asked.rows(found), has_more=end is not None, end=end)
    first = part.offset or 0
    if wanted.is_of_time and not part.is_by_points:
        found, total = asked.from_offset(part), asked.count()
    else:
        every = asked.every(part)
        found, total = every[first : first + part.limit], len(every)
    has_more = first + len(found) < total
    return HistoryPage(membership, asked.rows(found), has_more=has_more, total=total)


@forwarding.following
def entry(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    entry_id: str,
    membership_id: str | None,
) -> FoundEntry:
    """Return one entry of a member's history.

    ``membership_id`` says in which of the member's memberships it was booked, if several were
    merged; ``None``: in the present one, else in any.

    Raises:
        ProgramNotFound, MembershipNotFound, BookingNotFound.
    """
    membership = _membership(caller, program_id, user_id, store_id)
    asked = _History(membership, HistoryFilter(), clock.utc_now())
    among = [each for each in asked.membership_ids if membership_id in {None, each}]
    found = membership_documents.find_entries(among, entry_id) if among else []
    if not found:
        raise BookingNotFound(f"User {user_id} has no booking {entry_id}.")
    (row,) = asked.rows(found[:1])
    if row.entry.corrects_entry_id is None:
        return FoundEntry(membership, row, None)
    candidates = membership_documents.find_entries(
        asked.membership_ids, row.entry.corrects_entry_id
    )
    corrected = [each for each in candidates if history.is_correction_of(row.entry, each)]
    return FoundEntry(membership, row, asked.rows(corrected)[0] if corrected else None)


def with_what_became(
    rows: Sequence[HistoryRow], program: Program, *, came_back: bool, redemptions: bool
) -> list[HistoryRow]:
    """Return rows with what became of them, all in one call.

    That is a read for each earn and each redemption, and one for the checkout that it names.

    Args:
        rows: A page.
        program: Its program.
        came_back: Earns have what came back of them.
        redemptions: Redemptions have whether they were handed out or cancelled.
    """
    path_of: dict[int, str] = {}
    for index, row in enumerate(rows):
        if came_back and history.is_grant(row.entry):
            path_of[index] = paths.earn_returns(row.entry.membership_id, row.entry.entry_id)
        elif redemptions and row.entry.kind is EntryKind.REDEEM:
            path_of[index] = redemption_documents.path_of(row.entry)
    redeemed = [rows[index].entry for index in path_of]
    purchases = [
        path
        for each in redeemed
        if each.kind is EntryKind.REDEEM
        for path in own_refunds.paths_of(each.transaction_id)
    ]
    read = client.get([*dict.fromkeys([*path_of.values(), *purchases])]) if path_of else {}
    found = [*rows]
    for index, path in path_of.items():
        row = rows[index]
        if row.entry.kind is EntryKind.REDEEM:
            record = redemption_documents.decode(row.entry, read[path]).record
            told = row.entry.transaction_id
            found[index] = replace(
                row,
                redemption=record,
                returned_by=told
                and own_refunds.payment_returned_by(read, program, told, row.entry.entry_id),
            )
            continue
        returns = return_documents.decode(read[path])
        back = earn_returns.came_back(returns, row.entry, row.corrected_units, program.store_id)
        found[index] = replace(row, came_back=back)
    return found


def part_of(
    membership: Membership, wanted: EntryFilter, part: HistorySlice
) -> tuple[list[Entry], int]:
    """Return a part of the history of a membership, without corrections, and its length in all.

    Raises:
        InvalidParameters: A filter or the order by points needs more than ``SCANNED_MAX`` entries.
    """
    asked = _History(membership, wanted, clock.utc_now())
    if wanted.is_of_time and not part.is_by_points:
        return asked.from_offset(part), asked.count()
    every = asked.every_or_none(part)
    if every is None:
        problem = f"is only known of customers with fewer than {SCANNED_MAX} transactions"
        raise invalid({"sortBy" if wanted.is_of_time else "filters": problem})
    first = part.offset or 0
    return every[first : first + part.limit], len(every)


def _membership(caller: Caller, program_id: str, user_id: str, store_id: str | None) -> Membership:
    access.program(caller, program_id, store_id)
    found = membership_documents.find(paths.membership_id(program_id, user_id))
    if found is None:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")
    forwarding.require_current(found)
    return found


@dataclass(frozen=True, slots=True)
class _History:
    """What is asked of the entries of a member, at a time."""

    membership: Membership
    wanted: EntryFilter
    now: datetime

    @property
    def membership_ids(self) -> tuple[str, ...]:
        return self.membership.every_membership_id

    def count(self) -> int:
        return membership_documents.count_history(
            self.membership_ids, since=self.wanted.since, until=self.wanted.until
        )

    def from_offset(self, part: HistorySlice) -> list[Entry]:
        return self._list(part, limit=part.limit, offset=part.offset or 0)

    def from_cursor(self, part: HistorySlice) -> tuple[list[Entry], EntryName | None]:
        """Look at entries until enough fit; return the last one if more may follow."""
        last = self._start(part)
        found: list[Entry] = []
        seen = 0
        for batch in self._batches(part, last):
            found += self._fitting(batch)
            seen += len(batch)
            last = batch[-1]
            if len(found) > part.limit:
                found = found[: part.limit]
                return found, _name(found[-1])
        return found, _name(last) if last is not None and seen == SCANNED_MAX else None

    def every(self, part: HistorySlice) -> list[Entry]:
        """Return all entries that fit.

        Raises:
            InvalidParameters: They are among too many.
        """
        found = self.every_or_none(part)
        if found is None:
            name = "sortBy" if part.is_by_points else "offset"
            raise invalid(
                {name: f"works within {SCANNED_MAX} transactions: narrow `since` and `until`"}
            )
        return found

    def every_or_none(self, part: HistorySlice) -> list[Entry] | None:
        """Return all entries that fit, ``None`` if they are among too many."""
        read = [entry for batch in self._batches(part, None) for entry in batch]
        if len(read) == SCANNED_MAX:
            return None
        fitting = self._fitting(read)
        if part.is_by_points:
            # What moved the same stays in the order of the booking.
            fitting.sort(key=self.wanted.units_of, reverse=part.is_descending)
        return fitting

    def rows(self, entries: Sequence[Entry]) -> list[HistoryRow]:
        """Return entries with what corrected them."""
        correctable = [each.entry_id for each in entries if history.is_correctable(each)]
        corrections = membership_documents.list_corrections_of(
            self.membership_ids, list(dict.fromkeys(correctable))
        )
        corrections.sort(key=lambda each: (each.recorded_at, each.seq))
        return [
            HistoryRow(
                entry,
                tuple(each for each in corrections if history.is_correction_of(each, entry)),
            )
            for entry in entries
        ]

    def _fitting(self, entries: Sequence[Entry]) -> list[Entry]:
        fitting = [each for each in entries if self.wanted.fits(each, self.now)]
        asked = self.wanted.is_corrected
        if asked is None:
            return fitting
        return [row.entry for row in self.rows(fitting) if asked is (row.corrected_units != 0)]

    def _batches(self, part: HistorySlice, after: Entry | None) -> Iterator[list[Entry]]:
        """Yield entries, ``SCANNED_MAX`` in all; no batch is empty.

        Without a filter, the first batch has all rows of a page.
        """
        is_filtered = not self.wanted.is_of_time or part.is_by_points
        size = _BATCH if is_filtered else part.limit + 1
        left = SCANNED_MAX
        while left > 0 and (batch := self._list(part, after=after, limit=min(size, left))):
            yield batch
            if len(batch) < size:
                return
            after = batch[-1]
            left -= len(batch)

    def _list(
        self, part: HistorySlice, *, limit: int, after: Entry | None = None, offset: int = 0
    ) -> list[Entry]:
        return membership_documents.list_history(
            self.membership_ids,
            since=self.wanted.since,
            until=self.wanted.until,
            is_descending=part.is_descending,
            after=after,
            limit=limit,
            offset=offset,
        )

    def _start(self, part: HistorySlice) -> Entry | None:
        """Return the entry after which a page begins."""
        if part.after is None:
            return None
        found = None
        if part.after.membership_id in self.membership_ids:
            found = membership_documents.find_entry(part.after.membership_id, part.after.entry_id)
        if found is None:
            raise invalid({"cursor": "must be a nextCursor of an earlier answer"})
        return found


def _name(entry: Entry) -> EntryName:
    return EntryName(entry.membership_id, entry.entry_id)
