"""Proof that a membership's books are right: its entries, replayed, give what it says.

A *break* is one thing that does not hold: which rule (*invariant*), of whom, from which entry on,
what was expected and what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.figures import ProgramCounters
from shared.domain.loyalty.membership import RECENT_MAX, Membership


class Invariant(StrEnum):
    """What must hold, by the names of the API."""

    BALANCE = "balance"
    LOTS = "lots"
    HELD = "held"
    EARNED = "earned"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    REVERSED = "reversed"
    ADJUSTED = "adjusted"
    LIFETIME = "lifetime"
    TIER = "tier"
    PENDING = "pending"
    PENDING_GRANTS = "pendingGrants"
    UNCOLLECTED = "uncollected"
    RECENT = "recent"
    ENTRY_BALANCE = "entryBalance"
    CHAIN = "chain"
    ERASURE = "erasure"
    MIRROR = "mirror"
    EVENTS = "events"
    COUNTERS = "counters"


@dataclass(frozen=True, slots=True)
class Break:
    """One thing that does not hold. ``seq`` and ``entry_id`` name the entry, if it is about one."""

    invariant: Invariant
    message: str
    expected: str | None = None
    found: str | None = None
    seq: int | None = None
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a walk has found counted so far, to compare with the program's counters.

    Those before are the counters when the walk began: if they have changed at its end, something
    was booked meanwhile, and they are not compared.
    """

    members_before: int
    issued_units_before: int
    redemptions_before: int
    members: int = 0
    issued_units: int = 0
    redemptions: int = 0

    @property
    def before(self) -> tuple[int, int, int]:
        """The counters when the walk began: members, issued units, redemptions."""
        return self.members_before, self.issued_units_before, self.redemptions_before


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next piece of a program begins: after a membership, or a mirror of one.

    ``after`` is the id of the last membership; ``None`` at the begin.
    """

    is_in_mirrors: bool = False
    after: str | None = None
    tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next page of several programs begins: in which one, and where in it."""

    program_id: str
    position: Position


def first(breaks: Iterable[Break]) -> Break | None:
    """Return the break that comes first: that of the oldest entry, else the first of the rest."""
    ordered = sorted(breaks, key=lambda each: (each.seq is None, each.seq or 0))
    return ordered[0] if ordered else None


def sums_breaks(membership: Membership, entries: Sequence[Entry]) -> Iterator[Break]:
    """Yield a membership's amounts that differ from the sums of its entries (oldest first)."""
    units = {
        kind: sum(entry.units for entry in entries if entry.kind is kind) for kind in EntryKind
    }
    open_units = sum(lot.units for lot in membership.lots)
    last_tier = entries[-1].tier_after if entries else membership.tier
    recent = tuple(entry.entry_id for entry in reversed(entries[-RECENT_MAX:]))
    moved = [entry.moved for entry in entries if entry.moved is not None]
    sums: dict[Invariant, tuple[object, object]] = {
        Invariant.BALANCE: (membership.balance_units, sum(units.values())),
        Invariant.LOTS: (
            membership.balance_units,
            open_units + membership.held_units - membership.deficit_units,
        ),
        Invariant.HELD: (membership.held_units, sum(hold.units for hold in membership.holds)),
        Invariant.EARNED: (
            membership.earned_units,
            units[EntryKind.EARN] + sum(each.earned_units for each in moved),
        ),
        Invariant.REDEEMED: (
            membership.redeemed_units,
            -units[EntryKind.REDEEM] + sum(each.redeemed_units for each in moved),
        ),
        Invariant.EXPIRED: (
            membership.expired_units,
            -units[EntryKind.EXPIRE] + sum(each.expired_units for each in moved),
        ),
        Invariant.REVERSED: (
            membership.reversed_units,
            -units[EntryKind.REVERSE] + sum(each.reversed_units for each in moved),
        ),
        Invariant.ADJUSTED: (
            membership.adjusted_units,
            units[EntryKind.ADJUST]
            + units[EntryKind.TRANSFER]
            + sum(each.adjusted_units for each in moved),
        ),
        Invariant.LIFETIME: (membership.lifetime_units, _lifetime_units(entries)),
        Invariant.TIER: (membership.tier, last_tier),
        Invariant.PENDING: (
            membership.pending_units,
            sum(each.pending_units or 0 for each in entries),
        ),
        Invariant.RECENT: (tuple(each.entry_id for each in membership.recent), recent),
    }
    if not moved:
        # A merge moves grants that other entries have made: only their sum can be told then.
        grants = {each.entry_id: each.units for each in membership.pending if each.units}
        sums[Invariant.PENDING_GRANTS] = (grants, _pending_by_entry(entries))
    for invariant, (stored, computed) in sums.items():
        if stored != computed:
            name = _NAMES.get(invariant, invariant.value)
            message = f"{name} is {stored}, and the entries give {computed}"
            yield Break(invariant, message, expected=str(computed), found=str(stored))
    yield from _steps_breaks(entries)
    if not moved:
        yield from _uncollected_breaks(membership, entries)


_NAMES = {
    Invariant.LOTS: "balance against its open lots",
    Invariant.PENDING_GRANTS: "pending grants",
}


def _steps_breaks(entries: Sequence[Entry]) -> Iterator[Break]:
    """Yield the entries that do not go on from the balance of the one before."""
    balance_units = 0
    for entry in entries:
        steps = (entry.balance_before_units, entry.balance_after_units)
        expected = (balance_units, balance_units + entry.units)
        if steps != expected:
            yield Break(
                Invariant.ENTRY_BALANCE,
                f"entry {entry.entry_id} does not go on from a balance of {balance_units}",
                expected="{} to {}".format(*expected),
                found="{} to {}".format(*steps),
                seq=entry.seq,
                entry_id=entry.entry_id,
            )
        balance_units = entry.balance_after_units


def _uncollected_breaks(membership: Membership, entries: Sequence[Entry]) -> Iterator[Break]:
    """Yield the earns of which more is to be taken than returns have left of them."""
    missing: dict[str, int] = {}
    for each in membership.uncollected:
        missing[each.entry_id] = missing.get(each.entry_id, 0) + each.units
    left = {each.entry_id: each.granted_units for each in entries if each.entry_id in missing}
    for entry in entries:
        if entry.kind is EntryKind.REVERSE and entry.corrects_entry_id in left:
            left[entry.corrects_entry_id] += entry.moved_units
    for entry_id, units in missing.items():
        if units > left.get(entry_id, 0):
            yield Break(
                Invariant.UNCOLLECTED,
                f"{units} of {entry_id} are to be taken, and {left.get(entry_id, 0)} are left",
                expected=f"at most {left.get(entry_id, 0)}",
                found=str(units),
            )


def counters_breaks(counted: ProgramCounters, computed: ProgramCounters) -> Iterator[Break]:
    """Yield the counters of a program that differ from what its memberships and entries give."""
    pairs = {
        "members": (counted.members, computed.members),
        "issued units": (counted.issued_units, computed.issued_units),
        "redemptions": (counted.redemptions, computed.redemptions),
    }
    for name, (stored, given) in pairs.items():
        if stored != given:
            yield Break(
                Invariant.COUNTERS,
                f"the counter of {name} is {stored}, and the entries give {given}",
                expected=str(given),
                found=str(stored),
            )


def _pending_by_entry(entries: Sequence[Entry]) -> dict[str, int]:
    """Return what is pending of each grant after a membership's entries (oldest first)."""
    units: dict[str, int] = {}
    for entry in entries:
        if entry.pending_units is not None:
            grant = entry.activates_entry_id or entry.corrects_entry_id or entry.entry_id
            units[grant] = units.get(grant, 0) + entry.pending_units
    return {entry_id: left for entry_id, left in units.items() if left}


def _lifetime_units(entries: Sequence[Entry]) -> int:
    """Return the lifetime units after a membership's entries (oldest first)."""
    earned_ids: set[str | None] = set()
    lifetime_units = 0
    for entry in entries:
        if entry.lifetime_after_units is not None:
            lifetime_units = entry.lifetime_after_units
        elif entry.kind in {EntryKind.EARN, EntryKind.PENDING}:
            earned_ids.add(entry.entry_id)
            lifetime_units += entry.units
        elif entry.kind is EntryKind.REVERSE and entry.corrects_entry_id in earned_ids:
            lifetime_units += entry.units
    return lifetime_units
