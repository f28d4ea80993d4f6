"""The history of a member: which entries of the ledger somebody asks for, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.loyalty.earn_returns import CameBack
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.redemptions import RedemptionRecord


class EntryFilter(Protocol):
    """What must hold of an entry: see ``HistoryFilter``."""

    @property
    def since(self) -> datetime | None: ...

    @property
    def until(self) -> datetime | None: ...

    @property
    def is_corrected(self) -> bool | None: ...

    @property
    def is_of_time(self) -> bool: ...

    def fits(self, entry: Entry, now: datetime) -> bool: ...

    def units_of(self, entry: Entry) -> int: ...


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What must hold of an entry; ``None`` for whatever.

    ``since`` is inclusive and ``until`` exclusive, of the time of booking. ``min_units`` and
    ``max_units`` bound what was moved, in or out. ``text`` is part of the description, the
    transaction or the reward code. ``is_expired``: it granted something whose date of expiry is
    over. ``is_corrected``: later entries took some of it back, and have not given that again.
    """

    kinds: Collection[EntryKind] | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_units: int | None = None
    max_units: int | None = None
    source: str | None = None
    transaction_id: str | None = None
    text: str | None = None
    is_expired: bool | None = None
    is_corrected: bool | None = None

    @property
    def is_of_time(self) -> bool:
        """True if it asks for nothing but a time of booking."""
        return self == HistoryFilter(since=self.since, until=self.until)

    def fits(self, entry: Entry, now: datetime) -> bool:
        """Tell whether an entry is asked for, as far as it tells that itself."""
        return (
            (self.kinds is None or entry.kind in self.kinds)
            and (self.min_units is None or abs(entry.moved_units) >= self.min_units)
            and (self.max_units is None or abs(entry.moved_units) <= self.max_units)
            and self.source in {None, entry.source}
            and self.transaction_id in {None, entry.transaction_id}
            and (self.text is None or _contains(entry, self.text))
            and self.is_expired in {None, is_expired(entry, now)}
        )

    def units_of(self, entry: Entry) -> int:
        """Return what an entry is sorted by, if that is not its time: what was moved."""
        return entry.moved_units


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An entry, and the later entries that corrected it, oldest first.

    ``came_back`` is only there of an earn, ``redemption`` of a redemption, and for who asks for it;
    ``returned_by`` is the call with which alone it comes back, if it has paid for a checkout.
    """

    entry: Entry
    corrections: tuple[Entry, ...] = ()
    came_back: CameBack | None = None
    redemption: RedemptionRecord | None = None
    returned_by: str | None = None

    @property
    def corrected_units(self) -> int:
        """What was taken back of it, less what was given again."""
        return _corrected_units(self.entry, self.corrections)


def is_expired(entry: Entry, now: datetime) -> bool:
    """Tell whether the date is over on which what an entry granted expires."""
    return entry.lot_expires_at is not None and entry.lot_expires_at <= now


def is_correctable(entry: Entry) -> bool:
    """Tell whether later entries may take back some of an entry."""
    return entry.kind in {EntryKind.EARN, EntryKind.PENDING, EntryKind.REDEEM}


def is_grant(entry: Entry) -> bool:
    """Tell whether an entry granted something that can come back.

    What made a pending grant spendable is none: what comes back is of the grant.
    """
    is_earn = entry.kind in {EntryKind.EARN, EntryKind.PENDING}
    return is_earn and entry.activates_entry_id is None and entry.granted_units > 0


def is_correction_of(correction: Entry, entry: Entry) -> bool:
    """Tell whether a correction is of this entry.

    Ids are unique within a membership only. A correction of what was booked in a membership that
    was merged since is booked in the other one, and then says the lifetime.
    """
    is_foreign = correction.lifetime_after_units is not None
    is_elsewhere = correction.membership_id != entry.membership_id
    return correction.corrects_entry_id == entry.entry_id and is_foreign is is_elsewhere


def _corrected_units(entry: Entry, corrections: Iterable[Entry]) -> int:
    """Return how many units of an entry were taken back, less those that were given again."""
    taken = -sum(each.moved_units for each in corrections)
    return taken if entry.kind is not EntryKind.REDEEM else -taken


def _contains(entry: Entry, text: str) -> bool:
    texts = (entry.description, entry.transaction_id, entry.reward_code)
    wanted = text.casefold()
    return any(wanted in each.casefold() for each in texts if each)
