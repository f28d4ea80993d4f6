"""Erase a person from the ledger: the same bookings under a pseudonym, and a record of the change.

A user id stands in each entry and in its hash, so nothing can be blanked in place. The entries are
copied without what tells of the person, and chained anew. The new chain begins with the digest of
the record, which says what the old chain was: so neither can be changed afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import ids
from shared.clock import to_wire
from shared.domain import pseudonyms
from shared.domain.loyalty import (
    chain,
    hold_releases,
    redemptions,
    uncollected_returns,
    welcome,
)
from shared.domain.loyalty.entries import GENESIS, Entry, EntryKind, Moved
from shared.domain.loyalty.membership import Membership, RecentEntry
from shared.domain.loyalty.pending import PendingAward
from shared.domain.pseudonyms import Pseudonyms

ENTRY_KEEPS = frozenset(
    {
        "account_id",
        "store_id",
        "program_id",
        "seq",
        "kind",
        "units",
        "scale",
        "balance_before_units",
        "balance_after_units",
        "earned_after_units",
        "tier_before",
        "tier_after",
        "unlocked_reward_ids",
        "lot_expires_at",
        "uncollected_units",
        "recorded_at",
        "source",
        "action",
        "purchase_amount",
        "requested_units",
        "capped_by",
        "reward_id",
        "lifetime_after_units",
        "earning_method",
        "occurred_at",
        "made_of",
        "pending_units",
        "pending_until",
        "spent",
        "took_stock",
        "amount_paid",
        "tier_steps",
        "tier_reason",
        "renews",
        "renewed_until",
        "extended",
        "collected_units",
        "undone",
    }
)
"""What a copy has of its entry."""
ENTRY_CHANGES = frozenset(
    {
        "entry_id",
        "fingerprint",
        "membership_id",
        "user_id",
        "key_hash",
        "description",
        "transaction_id",
        "reward_code",
        "previous_hash",
        "hash",
        "copied_at",
        "moved",
        "corrects_entry_id",
        "activates_entry_id",
        "actor",
        "staff_id",
        "came_back_at",
        "order_id",
    }
)
"""What a copy has otherwise, or not at all. A test asks for each field in one of the two."""
MEMBERSHIP_KEEPS = frozenset(
    {
        "account_id",
        "store_id",
        "program_id",
        "scale",
        "enrolled_at",
        "joined_at",
        "source",
        "balance_units",
        "earned_units",
        "redeemed_units",
        "expired_units",
        "reversed_units",
        "adjusted_units",
        "deficit_units",
        "lifetime_units",
        "tier",
        "lots",
        "seq",
        "anniversary_years",
        "next_due_at",
        "status",
        "left_at",
        "absences",
        "awaits_welcome",
        "counters",
        "is_taken_over",
        "pending_units",
        "earned_by_month",
        "tier_hold",
        "tier_valid_until",
        "active_at",
        "received_at",
    }
)
"""What the copy of a membership has of it."""
MEMBERSHIP_CHANGES = frozenset(
    {
        "membership_id",
        "user_id",
        "updated_at",
        "recent",
        "head_hash",
        "status_reason",
        "erasure_id",
        "erased_at",
        "merged_into",
        "merged_into_user_id",
        "merged_from",
        "pending",
        "holds",
        "held_units",
        "referral",
        "waiting_returns",
        "uncollected",
        "came_back_at",
        "welcome_dates",
    }
)
"""What it has otherwise, or not at all; tested likewise."""


@dataclass(frozen=True, slots=True)
class MembershipErasure:
    """The record of a membership's change of name: proof that nothing else has changed.

    ``entries`` is their number, ``units`` their sums by kind. ``old_head_hash`` was the head of the
    chain; ``broken`` says where that chain was broken already. ``membership_id`` is the new one.
    """

    membership_id: str
    account_id: str
    store_id: str
    program_id: str
    erased_at: datetime
    entries: int
    units: Mapping[str, int]
    old_head_hash: str
    new_head_hash: str
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A membership under a pseudonym, with its entries, oldest first, and the record."""

    membership: Membership
    entries: tuple[Entry, ...]
    record: MembershipErasure


def copy(
    membership: Membership, entries: Sequence[Entry], names: Pseudonyms, erased_at: datetime
) -> Copy:
    """Return what takes the place of a membership: the same arguments give the same copy.

    Its holds end: their lots are back.

    Args:
        membership: The membership, which nobody changes any more.
        entries: All its entries, oldest first.
        names: The pseudonyms of the person, and of the memberships.
        erased_at: When the erasure began.
    """
    membership_id = names.of(membership.membership_id)
    record = MembershipErasure(
        membership_id=membership_id,
        account_id=membership.account_id,
        store_id=membership.store_id,
        program_id=membership.program_id,
        erased_at=erased_at,
        entries=len(entries),
        units=units_by_kind(entries),
        old_head_hash=membership.head_hash,
        new_head_hash="",
        broken=_broken(entries, membership.head_hash),
    )
    head_hash = genesis(record)
    cancelling = _cancelling(membership, entries)
    ids_by_old = {each.entry_id: _entry_id(each, membership_id, cancelling) for each in entries}
    copied = []
    for entry in entries:
        unsealed = _copied(entry, membership_id, names, ids_by_old, head_hash, erased_at)
        head_hash = chain.entry_hash(unsealed)
        copied.append(replace(unsealed, hash=head_hash))
    after = replace(
        hold_releases.released(membership, membership.holds),
        membership_id=membership_id,
        user_id=names.of(membership.user_id),
        recent=tuple(_recent(each, ids_by_old) for each in membership.recent),
        pending=tuple(_pending(each, names) for each in membership.pending),
        head_hash=head_hash,
        status_reason=None,
        updated_at=erased_at,
        erasure_id=None,
        erased_at=erased_at,
        merged_into=names.of_optional(membership.merged_into),
        merged_into_user_id=names.of_optional(membership.merged_into_user_id),
        merged_from=tuple(map(names.of, membership.merged_from)),
        referral=None,
        waiting_returns=(),
        # Redemptions of who was erased cannot be cancelled: they have no records.
        uncollected=(),
        # Who was erased is joined with nobody.
        welcome_dates=(),
    )
    return Copy(after, tuple(copied), replace(record, new_head_hash=head_hash))


def genesis(record: MembershipErasure) -> str:
    """Return the ``previous_hash`` of the first copy: the digest of all that was known before."""
    return ids.digest(
        record.membership_id,
        record.program_id,
        to_wire(record.erased_at),
        str(record.entries),
        json.dumps(dict(record.units), sort_keys=True),
        record.old_head_hash,
        record.broken or "",
    )


def problems(record: MembershipErasure, entries: Sequence[Entry]) -> Iterator[str]:
    """Yield what is wrong with a record.

    Args:
        record: The record of a membership.
        entries: The entries of its copy, oldest first, those that were booked since included.
    """
    copied = entries[: record.entries]
    if len(copied) < record.entries or not all(each.copied_at for each in copied):
        yield f"{record.entries} entries were copied, and not all of them are there"
    head_hash = copied[-1].hash if copied else genesis(record)
    if head_hash != record.new_head_hash:
        yield "the copied entries do not end where the record says"
    if units_by_kind(copied) != dict(record.units):
        yield "the copied entries have other sums than the record"
    if record.broken is not None:
        yield f"the chain was broken before the erasure: {record.broken}"


def units_by_kind(entries: Sequence[Entry]) -> dict[str, int]:
    """Return the sums of entries by their kind; a kind without entries has none."""
    found = {kind: [each.units for each in entries if each.kind is kind] for kind in EntryKind}
    return {kind.value: sum(units) for kind, units in found.items() if units}


def _broken(entries: Sequence[Entry], head_hash: str) -> str | None:
    """Return where a chain is broken; no entry's id, as that of an expiry tells the member."""
    if chain.find_break(entries, head_hash) is None:
        return None
    expected = GENESIS
    for seq, entry in enumerate(entries, start=1):
        is_linked = (entry.seq, entry.previous_hash) == (seq, expected)
        if not is_linked or entry.hash != chain.entry_hash(entry):
            return f"at number {seq}"
        expected = entry.hash
    return "the last entries are missing"


def _copied(
    entry: Entry,
    membership_id: str,
    names: Pseudonyms,
    ids_by_old: Mapping[str, str],
    previous_hash: str,
    erased_at: datetime,
) -> Entry:
    def renamed(entry_id: str | None) -> str | None:
        return None if entry_id is None else ids_by_old.get(entry_id, entry_id)

    return replace(
        entry,
        entry_id=ids_by_old[entry.entry_id],
        fingerprint=_fingerprint(entry, membership_id, ids_by_old[entry.entry_id]),
        membership_id=membership_id,
        user_id=names.of(entry.user_id),
        key_hash=None,
        description="",
        transaction_id=pseudonyms.transaction(entry.transaction_id, names),
        reward_code=None,
        previous_hash=previous_hash,
        hash="",
        copied_at=erased_at,
        moved=_moved(entry.moved, names),
        corrects_entry_id=renamed(entry.corrects_entry_id),
        activates_entry_id=renamed(entry.activates_entry_id),
        actor=None,
        staff_id=None,
        order_id=None,
    )


def _moved(moved: Moved | None, names: Pseudonyms) -> Moved | None:
    if moved is None:
        return None
    return replace(
        moved,
        other_membership_id=names.of(moved.other_membership_id),
        other_user_id=names.of(moved.other_user_id),
    )


def _cancelling(membership: Membership, entries: Sequence[Entry]) -> set[str]:
    """Return the ids of the entries that cancel redemptions, and of those that take of that.

    They follow from the id of the membership, or of one that was merged into it.
    """
    own = membership.every_membership_id
    found: set[str] = set()
    for entry in entries:
        redemption_id = entry.corrects_entry_id
        if entry.kind is not EntryKind.REVERSE or redemption_id is None:
            continue
        if entry.entry_id in {redemptions.cancellation_id(each, redemption_id) for each in own}:
            found.add(entry.entry_id)
            if entry.collected_units:
                numbers = range(uncollected_returns.UNCOLLECTED_MAX)
                found |= {uncollected_returns.entry_id(entry.entry_id, each) for each in numbers}
    return found


def _entry_id(entry: Entry, membership_id: str, cancelling: Collection[str]) -> str:
    """Return the same id, unless it follows from the old membership's.

    Nothing but entries and the history refers to those.
    """
    if entry.kind is EntryKind.EXPIRE:
        return ids.derived("le", "expire", membership_id, str(entry.seq))
    if entry.kind is EntryKind.TIER:
        return ids.derived("le", "tier", membership_id, str(entry.seq))
    if entry.kind is EntryKind.MERGE:
        return ids.derived("le", "merge", membership_id, str(entry.seq))
    if entry.activates_entry_id is not None:
        return ids.derived("le", "activate", membership_id, str(entry.seq))
    if entry.entry_id in cancelling:
        return ids.derived("le", "cancel", membership_id, str(entry.seq))
    return entry.entry_id


def _fingerprint(entry: Entry, membership_id: str, new_id: str) -> str:
    """Return the same digest, unless it follows from the user id: who guesses that could try it.

    No request is compared with those; others still tell a repeated refund from another one.
    """
    if new_id != entry.entry_id or entry.earning_method == welcome.METHOD:
        return ids.digest("copy", membership_id, str(entry.seq))
    return entry.fingerprint


def _pending(award: PendingAward, names: Pseudonyms) -> PendingAward:
    """Return a pending grant without texts; its entry has an id that stays."""
    return replace(
        award,
        membership_id=names.of(award.membership_id),
        description="",
        transaction_id=pseudonyms.transaction(award.transaction_id, names),
    )


def _recent(entry: RecentEntry, ids_by_old: Mapping[str, str]) -> RecentEntry:
    return replace(
        entry,
        entry_id=ids_by_old.get(entry.entry_id, entry.entry_id),
        description="",
        transaction_id=None,
        reward_code=None,
    )
