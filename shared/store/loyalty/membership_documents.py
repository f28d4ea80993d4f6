"""Memberships and their ledger entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.store import client, codec, paths
from shared.store.client import Create, Put, Snapshot, Write


def decode(snapshot: Snapshot) -> Membership | None:
    """Return the membership of a snapshot, ``None`` if there is none."""
    return codec.from_document(Membership, snapshot.data) if snapshot.data else None


def decode_entry(snapshot: Snapshot) -> Entry | None:
    """Return the entry of a snapshot, ``None`` if there is none."""
    return codec.from_document(Entry, snapshot.data) if snapshot.data else None


def find(membership_id: str) -> Membership | None:
    """Return a membership as it is now."""
    return decode(client.get_one(paths.member(membership_id)))


def find_by_transaction(program_id: str, transaction_id: str) -> list[Entry]:
    """Return what a transaction has booked in a program, whoever the member is."""
    found = client.query("entries", ("transactionId", "==", transaction_id), group=True)
    entries = [entry for each in found if (entry := decode_entry(each))]
    return [entry for entry in entries if entry.program_id == program_id]


def list_entries(membership_id: str) -> list[Entry]:
    """Return all entries of a membership, oldest first."""
    found = client.query(f"{paths.member(membership_id)}/entries", order_by=["seq"])
    return [entry for each in found if (entry := decode_entry(each))]


def list_corrections(membership_id: str, entry_id: str) -> list[Entry]:
    """Return what was taken back of an entry, or given back."""
    found = client.query(
        f"{paths.member(membership_id)}/entries", ("correctsEntryId", "==", entry_id)
    )
    return [entry for each in found if (entry := decode_entry(each))]


def pages_of_program(program_id: str) -> Iterator[list[Snapshot]]:
    """Return the memberships of a program as they are stored, some at a time."""
    return client.pages("loyaltyMembers", ("programId", "==", program_id))


def mirror_pages_of_program(store_id: str, program_id: str) -> Iterator[list[Snapshot]]:
    """Return the store's copies of a program's memberships, some at a time."""
    mirrors = f"{paths.store(store_id)}/loyaltyMembers"
    return client.pages(mirrors, ("programId", "==", program_id))


def entries_recorded_since(moment: datetime, limit: int) -> list[Entry]:
    """Return entries of all memberships from ``moment`` on, oldest first."""
    found = client.query(
        "entries",
        ("recordedAt", ">=", moment),
        group=True,
        order_by=["recordedAt"],
        limit=limit,
    )
    return [entry for each in found if (entry := decode_entry(each))]


def enrolled_since(moment: datetime, limit: int) -> list[Membership]:
    """Return memberships of all programs opened from ``moment`` on, oldest first."""
    found = client.query(
        "loyaltyMembers",
        ("enrolledAt", ">=", moment),
        order_by=["enrolledAt"],
        limit=limit,
    )
    return [membership for each in found if (membership := decode(each))]


def list_due(before: datetime, limit: int, after: Membership | None = None) -> list[Membership]:
    """Return memberships to which time brought something, longest due first.

    Args:
        before: What was due at this moment or before it, UTC.
        limit: Most to return.
        after: The last one of the page before, to go on from there.
    """
    found = client.query(
        "loyaltyMembers",
        ("nextDueAt", "<=", before),
        order_by=["nextDueAt", "__name__"],
        after={"nextDueAt": after.next_due_at, "__name__": after.membership_id} if after else None,
        limit=limit,
    )
    return [membership for each in found if (membership := decode(each))]


def writes(read: Snapshot, membership: Membership, *entries: Entry) -> list[Write]:
    """Return the writes of a booking: membership, mirror and entries, all or none."""
    body = codec.to_document(membership)
    mirror = paths.store_member(membership.store_id, membership.membership_id)
    return [
        client.replacement(read, body),
        Put(mirror, body),
        *(
            Create(paths.entry(entry.membership_id, entry.entry_id), codec.to_document(entry))
            for entry in entries
        ),
    ]
