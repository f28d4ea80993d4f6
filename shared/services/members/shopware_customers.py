"""Find members by their ids as customers of a Shopware shop: ``externalIds.shopware``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import shopware_ids
from shared.domain.members.member import Member
from shared.domain.members.profile import EXTERNAL, Key, Profile, external_key
from shared.services import sealed_profiles
from shared.services.members import member_keys
from shared.store import client
from shared.store.members import member_documents, member_key_documents

CUSTOMERS_MAX = 50
"""Customers that one request names: each may be written in several ways, and each is a read."""


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A member as a shop knows them; ``customer_id`` is ``None`` if it does not."""

    member: Member
    profile: Profile
    customer_id: str | None


def keys_of(customer_id: str) -> tuple[Key, ...]:
    """Return the keys that a member with this customer id may have: one for each spelling."""
    return tuple(
        (EXTERNAL, external_key(shopware_ids.SYSTEM, each))
        for each in shopware_ids.spellings(customer_id)
    )


def find(account_id: str, customer_id: str) -> KnownCustomer | None:
    """Return the member who has a customer id (32 hex digits): one query."""
    read = member_documents.find_by_lookups(
        account_id, member_keys.hashes(account_id, keys_of(customer_id))
    )
    member = member_documents.decode(read) if read else None
    return None if member is None else of_member(member)


def find_many(account_id: str, customer_ids: Sequence[str]) -> list[KnownCustomer]:
    """Return the members who have some customer ids, at most ``CUSTOMERS_MAX``: two reads."""
    wanted = [
        path
        for each in dict.fromkeys(customer_ids)
        for path in member_keys.needs(account_id, keys_of(each))
    ]
    found = client.get(wanted) if wanted else {}
    owners = (member_key_documents.decode(found[path]) for path in wanted)
    user_ids = dict.fromkeys(each.user_id for each in owners if each is not None)
    members = member_documents.find_many(account_id, list(user_ids))
    return [of_member(each) for each in members.values()]


def of_member(member: Member) -> KnownCustomer:
    """Return a member as a shop knows them."""
    profile = sealed_profiles.profile_of(member)
    written = profile.external_ids.get(shopware_ids.SYSTEM)
    return KnownCustomer(member, profile, shopware_ids.canonical_or_none(written))


def owner_paths(account_id: str, customer_id: str) -> list[str]:
    """Return the paths of the documents that say whose a customer id is: one for each spelling."""
    return member_keys.needs(account_id, keys_of(customer_id))
