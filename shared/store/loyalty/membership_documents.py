"""Memberships and their ledger entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from shared.domain.loyalty import waiting_returns
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.membership import Membership
from shared.errors import Busy
from shared.store import client, codec, paths, personal
from shared.store.client import Document, Snapshot, Write
from shared.store.documents import Documents
from shared.store.personal import Personal
from shared.store.queries import Filter

_PAIRS_MAX = 30


def _entries_of_user(
    account_id: str, user_id: str, after: str | None = None
) -> Iterator[list[Snapshot]]:
    """Yield the entries of a person's memberships, one membership after the other."""
    last_member = None
    if after is not None:
        entries, _, _ = after.rpartition("/")
        last_member, _, _ = entries.rpartition("/")
        yield from client.pages(entries, after=after)
    for page in _memberships_of_user(account_id, user_id, last_member):
        for each in page:
            yield from client.pages(_entries_of(each.id))


_memberships_of_user = personal.of_user("loyaltyMembers")


def _to_document(membership: Membership) -> Document:
    """Add since when its oldest return waits, so that members with such returns can be found."""
    since = waiting_returns.waits_since(membership.waiting_returns)
    return {**codec.to_document(membership), "waitsSince": since}


MEMBERSHIPS = Documents(
    Membership,
    paths.member,
    collection="loyaltyMembers",
    path_of=lambda membership: paths.member(membership.membership_id),
    mirror_of=lambda membership: paths.store_member(membership.store_id, membership.membership_id),
    to_document=_to_document,
    personal=Personal("memberships", _memberships_of_user, erased=None),
)
ENTRIES = Documents(
    Entry,
    paths.entry,
    path_of=lambda entry: paths.entry(entry.membership_id, entry.entry_id),
    personal=Personal("entries", _entries_of_user, erased=None),
)

decode = MEMBERSHIPS.decode
find = MEMBERSHIPS.find
decode_entry = ENTRIES.decode
find_entry = ENTRIES.find


def find_by_transaction(program_id: str, transaction_id: str) -> list[Entry]:
    """Return a transaction's entries in a program, for any member."""
    entries = ENTRIES.query(
        ("transactionId", "==", transaction_id), collection="entries", group=True
    )
    return [entry for entry in entries if entry.program_id == program_id]


def find_by_reward_code(account_id: str, reward_code: str) -> Entry | None:
    """Return the redemption of an account that gave a code, ``None`` if none did."""
    entries = ENTRIES.query(("rewardCode", "==", reward_code), collection="entries", group=True)
    return next((each for each in entries if each.account_id == account_id), None)


def list_redemptions(
    field: str,
    value: str,
    *,
    user_ids: Sequence[str] | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Entry]:
    """Return redemptions of a program or a store, newest first.

    Args:
        field: ``programId`` or ``storeId``.
        value: Its id.
        user_ids: Only those of this person, by all ids: at most 30.
        after: Time and path of the last entry of the page before.
        limit: The most redemptions to return.
    """
    persons: list[Filter] = [] if user_ids is None else [("userId", "in", list(user_ids))]
    return ENTRIES.query(
        (field, "==", value),
        *persons,
        ("kind", "==", EntryKind.REDEEM.value),
        collection="entries",
        group=True,
        order_by=["-recordedAt", "-__name__"],
        after={"recordedAt": after[0], "__name__": after[1]} if after else None,
        limit=limit,
    )


def list_entries(membership_id: str) -> list[Entry]:
    """Return all entries of a membership, oldest first."""
    return ENTRIES.query(collection=_entries_of(membership_id), order_by=["seq"])


def list_before(membership_id: str, seq: int, limit: int) -> list[Entry]:
    """Return the entries of a membership before a number, the latest first."""
    return ENTRIES.query(
        ("seq", "<", seq), collection=_entries_of(membership_id), order_by=["-seq"], limit=limit
    )


def list_corrections(membership_id: str, entry_id: str) -> list[Entry]:
    """Return the entries that took back or gave back units of an entry."""
    return ENTRIES.query(("correctsEntryId", "==", entry_id), collection=_entries_of(membership_id))


def list_history(
    membership_ids: Sequence[str],
    *,
    since: datetime | None,
    until: datetime | None,
    is_descending: bool,
    after: Entry | None,
    limit: int,
    offset: int = 0,
) -> list[Entry]:
    """Return some entries of memberships, in the order of their booking.

    Args:
        membership_ids: The memberships, at most ``merging.MERGED_MAX`` and one.
        since: The earliest time of booking, inclusive.
        until: The latest one, exclusive.
        is_descending: The newest first.
        after: The last entry of the page before.
        limit: The most entries to return.
        offset: Entries to leave out at the begin; each costs a read.
    """
    sign = "-" if is_descending else ""
    return ENTRIES.query(
        *_history_filters(membership_ids, since, until),
        collection="entries",
        group=True,
        order_by=[f"{sign}recordedAt", f"{sign}seq", f"{sign}__name__"],
        after=(
            {
                "recordedAt": after.recorded_at,
                "seq": after.seq,
                "__name__": ENTRIES.path_of(after),
            }
            if after
            else None
        ),
        limit=limit,
        offset=offset,
    )


def count_history(
    membership_ids: Sequence[str], *, since: datetime | None, until: datetime | None
) -> int:
    """Return how many entries ``list_history`` has in all."""
    return ENTRIES.count(
        *_history_filters(membership_ids, since, until),
        collection="entries",
        group=True,
        order_by=["recordedAt", "seq"],
    )


def find_entries(membership_ids: Sequence[str], entry_id: str) -> list[Entry]:
    """Return the entries with an id in any of some memberships: one read for each."""
    found = client.get([paths.entry(each, entry_id) for each in membership_ids])
    return [entry for each in found.values() if (entry := decode_entry(each)) is not None]


def list_corrections_of(membership_ids: Sequence[str], entry_ids: Sequence[str]) -> list[Entry]:
    """Return what memberships have that took back or gave back units of any of some entries.

    Firestore takes 30 pairs of a membership and an entry at once, so this may be several queries.
    """
    found: list[Entry] = []
    at_once = _PAIRS_MAX // len(membership_ids)
    for first in range(0, len(entry_ids), at_once):
        found += ENTRIES.query(
            ("membershipId", "in", list(membership_ids)),
            ("correctsEntryId", "in", list(entry_ids[first : first + at_once])),
            collection="entries",
            group=True,
        )
    return found


def list_of_user(account_id: str, user_id: str, limit: int | None = None) -> list[Membership]:
    """Return a user's memberships in all programs of an account, oldest first."""
    found = MEMBERSHIPS.query(
        ("accountId", "==", account_id), ("userId", "==", user_id), limit=limit
    )
    return sorted(found, key=lambda each: (each.enrolled_at, each.membership_id))


def list_of_program(program_id: str, after: str | None, limit: int) -> list[Snapshot]:
    """Return stored memberships of a program, in the order of their ids.

    Args:
        program_id: The program.
        after: The last id of the page before.
        limit: The most memberships to return.
    """
    return _page_of_program("loyaltyMembers", program_id, after, limit)


def list_mirrors(store_id: str, program_id: str, after: str | None, limit: int) -> list[Snapshot]:
    """Return the store's copies of a program's memberships, as ``list_of_program`` does."""
    mirrors = f"{paths.store(store_id)}/loyaltyMembers"
    return _page_of_program(mirrors, program_id, after, limit)


def _page_of_program(
    collection: str, program_id: str, after: str | None, limit: int
) -> list[Snapshot]:
    return client.query(
        collection,
        ("programId", "==", program_id),
        order_by=["__name__"],
        after={"__name__": after} if after else None,
        limit=limit,
    )


def entries_recorded_since(moment: datetime, limit: int) -> list[Entry]:
    """Return entries of all memberships from ``moment`` on, oldest first."""
    return ENTRIES.query(
        ("recordedAt", ">=", moment),
        collection="entries",
        group=True,
        order_by=["recordedAt"],
        limit=limit,
    )


def enrolled_since(moment: datetime, limit: int) -> list[Membership]:
    """Return memberships of all programs opened from ``moment`` on, oldest first."""
    return MEMBERSHIPS.query(("enrolledAt", ">=", moment), order_by=["enrolledAt"], limit=limit)


def list_due(before: datetime, limit: int, after: Membership | None = None) -> list[Membership]:
    """Return memberships that are due, longest due first.

    Args:
        before: The latest due time, inclusive, UTC.
        limit: The most memberships to return.
        after: The last membership of the page before.
    """
    return MEMBERSHIPS.query(
        ("nextDueAt", "<=", before),
        order_by=["nextDueAt", "__name__"],
        after={"nextDueAt": after.next_due_at, "__name__": after.membership_id} if after else None,
        limit=limit,
    )


def list_due_of_account(account_id: str, before: datetime, limit: int) -> list[Membership]:
    """Return memberships of an account that are due, longest due first."""
    return MEMBERSHIPS.query(
        ("accountId", "==", account_id),
        ("nextDueAt", "<=", before),
        order_by=["nextDueAt"],
        limit=limit,
    )


def writes(read: Snapshot, membership: Membership, *entries: Entry) -> list[Write]:
    """Return the writes of a booking: membership, mirror and entries, all or none.

    Raises:
        Busy: The person is being erased: what is booked later is booked on the copy.
    """
    require_unerased(read)
    return [*MEMBERSHIPS.writes(read, membership), *map(ENTRIES.creation, entries)]


def require_unerased(read: Snapshot) -> None:
    """Refuse to change a membership while its member is erased.

    Raises:
        Busy: The person is being erased.
    """
    if read.data is not None and read.data.get("erasureId") is not None:
        raise Busy("The member is being erased.")


def _history_filters(
    membership_ids: Sequence[str], since: datetime | None, until: datetime | None
) -> list[Filter]:
    filters: list[Filter] = [("membershipId", "in", list(membership_ids))]
    if since is not None:
        filters.append(("recordedAt", ">=", since))
    if until is not None:
        filters.append(("recordedAt", "<", until))
    return filters


def _entries_of(membership_id: str) -> str:
    return f"{paths.member(membership_id)}/entries"


def list_page(
    program_id: str,
    filters: Sequence[Filter],
    *,
    sort_field: str,
    is_descending: bool,
    after: tuple[object, str] | None,
    limit: int,
    offset: int,
) -> list[Membership]:
    """Return some memberships of a program.

    Args:
        program_id: The program.
        filters: What must hold of them.
        sort_field: ``balanceUnits`` or ``enrolledAt``.
        is_descending: The largest or newest first.
        after: Value of the sort field and id of the last membership of the page before.
        limit: The most memberships to return.
        offset: Memberships to leave out at the begin; each costs a read.
    """
    sign = "-" if is_descending else ""
    return MEMBERSHIPS.query(
        ("programId", "==", program_id),
        *filters,
        order_by=[f"{sign}{sort_field}", f"{sign}__name__"],
        after={sort_field: after[0], "__name__": after[1]} if after else None,
        limit=limit,
        offset=offset,
    )


def list_waiting(
    program_id: str, before: datetime, *, after: tuple[datetime, str] | None, limit: int
) -> list[Membership]:
    """Return memberships of a program with returns that wait for their purchase.

    The one whose return waits the longest comes first.

    Args:
        program_id: The program.
        before: Only those with a return that has waited since then or longer.
        after: Since when the last membership of the page before waits, and its id.
        limit: The most memberships to return.
    """
    return MEMBERSHIPS.query(
        ("programId", "==", program_id),
        ("waitsSince", "<=", before),
        order_by=["waitsSince", "__name__"],
        after={"waitsSince": after[0], "__name__": after[1]} if after else None,
        limit=limit,
    )


def count(program_id: str, filters: Sequence[Filter]) -> int:
    """Return how many memberships of a program there are for which the filters hold."""
    return MEMBERSHIPS.count(("programId", "==", program_id), *filters)
