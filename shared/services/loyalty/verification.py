"""Proof that a program's books are right: mirrors, chains and sums of every membership."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.domain.loyalty import chain, erasing
from shared.domain.loyalty.entries import GENESIS, Entry, EntryKind
from shared.domain.loyalty.membership import RECENT_MAX, Membership
from shared.store import client, paths
from shared.store.client import Snapshot
from shared.store.loyalty import erasure_documents, membership_documents, program_documents

ATTEMPTS_MAX = 5
"""A membership that changes while it is read is read again."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in the books. ``path`` is the document that shows it."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """The number of checked documents, and the mistakes found."""

    memberships: int
    entries: int
    problems: tuple[Problem, ...]


def verify(program_id: str) -> VerificationReport | None:
    """Check a program with all its memberships and entries; read each once.

    Returns:
        ``None`` if there is no such program.
    """
    source = client.get_one(paths.program(program_id))
    program = program_documents.decode(source)
    if program is None:
        return None
    problems: list[Problem] = []
    mirror = client.get_one(paths.store_program(program.store_id, program_id))
    problems.extend(_mirror_problems(source, mirror))
    memberships = entries = 0
    for page in membership_documents.pages_of_program(program_id):
        for each in page:
            checked, found = _verify_membership(each.id, program.store_id)
            memberships += 1
            entries += checked
            problems.extend(found)
    for page in membership_documents.mirror_pages_of_program(program.store_id, program_id):
        sources = client.get([paths.member(each.id) for each in page])
        alone = [each.path for each in page if sources[paths.member(each.id)].data is None]
        # Both go at once when a person is erased, perhaps between these reads.
        still = client.get(alone).values() if alone else ()
        problems.extend(
            Problem(each.path, "mirrors a membership that does not exist")
            for each in still
            if each.data is not None
        )
    return VerificationReport(memberships, entries, tuple(problems))


def sums_problems(membership: Membership, entries: Sequence[Entry]) -> Iterator[str]:
    """Return a membership's amounts that differ from the sums of its entries (oldest first)."""
    units = {
        kind: sum(entry.units for entry in entries if entry.kind is kind) for kind in EntryKind
    }
    open_units = sum(lot.units for lot in membership.lots)
    last_tier = entries[-1].tier_after if entries else membership.tier
    recent = tuple(entry.entry_id for entry in reversed(entries[-RECENT_MAX:]))
    moved = [entry.moved for entry in entries if entry.moved is not None]
    sums: dict[str, tuple[object, object]] = {
        "balance": (membership.balance_units, sum(units.values())),
        "balance against its open lots": (
            membership.balance_units,
            open_units + membership.held_units - membership.deficit_units,
        ),
        "held": (membership.held_units, sum(hold.units for hold in membership.holds)),
        "earned": (
            membership.earned_units,
            units[EntryKind.EARN] + sum(each.earned_units for each in moved),
        ),
        "redeemed": (
            membership.redeemed_units,
            -units[EntryKind.REDEEM] + sum(each.redeemed_units for each in moved),
        ),
        "expired": (
            membership.expired_units,
            -units[EntryKind.EXPIRE] + sum(each.expired_units for each in moved),
        ),
        "reversed": (
            membership.reversed_units,
            -units[EntryKind.REVERSE] + sum(each.reversed_units for each in moved),
        ),
        "adjusted": (
            membership.adjusted_units,
            units[EntryKind.ADJUST] + sum(each.adjusted_units for each in moved),
        ),
        "lifetime": (membership.lifetime_units, _lifetime_units(entries)),
        "tier": (membership.tier, last_tier),
        "pending": (membership.pending_units, sum(each.pending_units or 0 for each in entries)),
        "recent": (tuple(each.entry_id for each in membership.recent), recent),
    }
    if not moved:
        # A merge moves grants that other entries have made: only their sum can be told then.
        grants = {each.entry_id: each.units for each in membership.pending if each.units}
        sums["pending grants"] = (grants, _pending_by_entry(entries))
    for name, (stored, computed) in sums.items():
        if stored != computed:
            yield f"{name} is {stored}, and the entries give {computed}"
    balance_units = 0
    for entry in entries:
        if (entry.balance_before_units, entry.balance_after_units) != (
            balance_units,
            balance_units + entry.units,
        ):
            yield f"entry {entry.entry_id} does not go on from a balance of {balance_units}"
        balance_units = entry.balance_after_units


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


def _verify_membership(membership_id: str, store_id: str) -> tuple[int, list[Problem]]:
    """Return a membership's number of entries, and its mistakes."""
    path, mirror_path = paths.member(membership_id), paths.store_member(store_id, membership_id)
    for _ in range(ATTEMPTS_MAX):
        # One read for both, so that they show the same moment.
        reads = client.get([path, mirror_path])
        membership = membership_documents.decode(reads[path])
        if membership is None:
            return 0, []  # Erased since: the copy is a membership of its own.
        entries = membership_documents.list_entries(membership_id)
        messages = [*sums_problems(membership, entries), *_chain_problems(membership, entries)]
        problems = [
            *_mirror_problems(reads[path], reads[mirror_path]),
            *(Problem(path, message) for message in messages),
        ]
        if not problems or client.get_one(path).update_time == reads[path].update_time:
            break
    return len(entries), problems


def _chain_problems(membership: Membership, entries: Sequence[Entry]) -> Iterator[str]:
    """Yield what is wrong with a chain; that of a copy begins with the record of the erasure."""
    genesis = GENESIS
    if membership.erased_at is not None:
        record = erasure_documents.find(membership.membership_id)
        if record is None:
            yield "the record of the erasure is missing"
            return
        genesis = erasing.genesis(record)
        yield from erasing.problems(record, entries)
    if broken := chain.find_break(entries, membership.head_hash, genesis=genesis):
        yield broken


def _mirror_problems(source: Snapshot, mirror: Snapshot) -> list[Problem]:
    if mirror.data is None:
        return [Problem(mirror.path, "is missing")]
    if source.data == mirror.data:
        return []
    names = sorted(
        name
        for name in (source.data or {}).keys() | mirror.data.keys()
        if (source.data or {}).get(name) != mirror.data.get(name)
    )
    return [Problem(mirror.path, f"differs from {source.path} in {', '.join(names)}")]
