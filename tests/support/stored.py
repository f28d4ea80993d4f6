"""The stored documents of a member, a program or a store."""

from __future__ import annotations

import json
from typing import Any

from shared.domain.loyalty import chain, proof
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.membership import Membership
from shared.domain.members import member as members
from shared.store import client, paths
from shared.store.loyalty import membership_documents
from shared.store.members import member_documents
from tests.support.merchants import Member, Merchant


def document(path: str) -> dict[str, Any] | None:
    """Return a document in its current state."""
    return client.get_one(path).data


def documents(collection: str) -> dict[str, dict[str, Any]]:
    """Return a collection by document id. What other tests left in it is there, too."""
    return {each.id: each.data or {} for each in client.query(collection)}


def documents_of(merchant: Merchant, collection: str) -> dict[str, dict[str, Any]]:
    """Return a merchant's documents of a collection of all merchants, by document id."""
    found = client.query(collection, ("accountId", "==", merchant.account_id))
    return {each.id: each.data or {} for each in found}


def membership(member: Member) -> Membership:
    """Return a membership, which must exist."""
    found = membership_documents.find(paths.membership_id(member.program_id, member.user_id))
    assert found is not None
    return found


def entries(member: Member) -> list[Entry]:
    """Return a member's entries, oldest first."""
    return membership_documents.list_entries(paths.membership_id(member.program_id, member.user_id))


def units(member: Member) -> list[int]:
    """Return the booked units of a member's entries, oldest first."""
    return [entry.units for entry in entries(member)]


def person(merchant: Merchant, user_id: str) -> members.Member | None:
    """Return the person behind memberships, ``None`` if there is no document of them."""
    return member_documents.find(merchant.account_id, user_id)


def of_member(member: Member) -> dict[str, Any]:
    """Return all stored documents of a member: membership, mirror and entries."""
    membership_id = paths.membership_id(member.program_id, member.user_id)
    member_path = paths.member(membership_id)
    return {
        "membership": document(member_path),
        "mirror": document(paths.store_member(member.merchant.store_id, membership_id)),
        "entries": documents(f"{member_path}/entries"),
    }


def events(store_id: str, event_type: str) -> list[dict[str, Any]]:
    """Return the stored events of a store and type, as they are sent."""
    found = client.query("events", ("storeId", "==", store_id), ("type", "==", event_type))
    return [json.loads((each.data or {})["payload"]) for each in found]


def of_program(merchant: Merchant, program_id: str) -> dict[str, Any]:
    """Return a program, and check that its copy in the store is the same document."""
    source = document(paths.program(program_id))
    mirror = document(paths.store_program(merchant.store_id, program_id))
    assert source is not None
    assert mirror == source
    return source


def assert_sound(member: Member, *, is_overdrawn: bool = False) -> None:
    """Assert the invariants of a membership, which always hold. Few balances are negative."""
    now, booked = membership(member), entries(member)
    stored = of_member(member)
    assert stored["mirror"] == stored["membership"]
    by_kind = {kind: sum(each.units for each in booked if each.kind is kind) for kind in EntryKind}
    assert now.balance_units == sum(each.units for each in booked)
    assert now.balance_units == (
        sum(lot.units for lot in now.lots) + now.held_units - now.deficit_units
    )
    assert (now.balance_units < 0) is is_overdrawn
    assert now.earned_units == by_kind[EntryKind.EARN]
    assert now.redeemed_units == -by_kind[EntryKind.REDEEM]
    assert now.adjusted_units == by_kind[EntryKind.ADJUST] + by_kind[EntryKind.TRANSFER]
    assert now.expired_units == -by_kind[EntryKind.EXPIRE]
    assert now.reversed_units == -by_kind[EntryKind.REVERSE]
    now.assert_consistent()
    assert list(proof.sums_breaks(now, booked)) == []
    assert now.seq == len(booked)
    assert chain.find_break(booked, now.head_hash) is None
