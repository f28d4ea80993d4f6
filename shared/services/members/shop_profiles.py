"""How the customers of a shop stand in a program: one of them, or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import ledger
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.programs import Program
from shared.errors import MemberNotFound, MembershipNotFound
from shared.services.members import shopware_customers
from shared.services.members.shopware_customers import KnownCustomer
from shared.store import client, paths
from shared.store.loyalty import membership_documents
from shared.store.members import member_documents
from shared.store.queries import Filter

NOT_FOUND = "Customer profile not found."
_SHOWN = (MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED, MembershipStatus.LEFT)
"""Whoever was merged is shown as the one who took over."""


@dataclass(frozen=True, slots=True)
class ShopProfile:
    """A membership as it is now; ``customer`` is ``None`` if the shop does not know the member."""

    program: Program
    membership: Membership
    customer: KnownCustomer | None


@dataclass(frozen=True, slots=True)
class ProfileFilter:
    """Which profiles to list; ``None`` for all. Points are those of the balance, inclusive."""

    customer_ids: Sequence[str] | None = None
    tier: str | None = None
    min_units: int | None = None
    max_units: int | None = None

    def fits(self, membership: Membership) -> bool:
        """Tell whether a membership is asked for, whoever's it is."""
        balance = membership.balance_units
        return (
            (self.tier is None or membership.tier == self.tier)
            and (self.min_units is None or balance >= self.min_units)
            and (self.max_units is None or balance <= self.max_units)
        )


@dataclass(frozen=True, slots=True)
class ProfileSlice:
    """Which part of a list, in which order: by points, else by when the membership was opened."""

    limit: int
    offset: int = 0
    is_by_points: bool = True
    is_descending: bool = True


def one(caller: Caller, program: Program, customer_id: str) -> ShopProfile:
    """Return the profile of a customer (32 hex digits): a query and a read.

    Raises:
        MemberNotFound, MembershipNotFound: The customer is nobody, or not in the program.
    """
    customer = shopware_customers.find(caller.account_id, customer_id)
    if customer is None:
        raise MemberNotFound(NOT_FOUND)
    membership_id = paths.membership_id(program.program_id, customer.member.user_id)
    found = membership_documents.find(membership_id)
    if found is None or found.status is MembershipStatus.MERGED:
        raise MembershipNotFound(NOT_FOUND)
    return ShopProfile(program, ledger.current(found, program, clock.utc_now()), customer)


def many(
    caller: Caller, program: Program, wanted: ProfileFilter, part: ProfileSlice
) -> tuple[list[ShopProfile], int]:
    """Return a part of a program's profiles, and how many there are in all.

    It reads the memberships that are shown and left out before, and the persons of those shown. Of
    customers that are named, it reads all.
    """
    if wanted.customer_ids is not None:
        return _named(caller, program, wanted, part)
    filters: list[Filter] = [("status", "in", [each.value for each in _SHOWN])]
    if wanted.tier is not None:
        filters.append(("tier", "==", wanted.tier))
    if wanted.min_units is not None:
        filters.append(("balanceUnits", ">=", wanted.min_units))
    if wanted.max_units is not None:
        filters.append(("balanceUnits", "<=", wanted.max_units))
    found = membership_documents.list_page(
        program.program_id,
        filters,
        sort_field="balanceUnits" if part.is_by_points else "enrolledAt",
        is_descending=part.is_descending,
        after=None,
        limit=part.limit,
        offset=part.offset,
    )
    total = membership_documents.count(program.program_id, filters)
    persons = member_documents.find_many(caller.account_id, [each.user_id for each in found])
    customers = {name: shopware_customers.of_member(each) for name, each in persons.items()}
    return _shown(program, found, customers), total


def _named(
    caller: Caller, program: Program, wanted: ProfileFilter, part: ProfileSlice
) -> tuple[list[ShopProfile], int]:
    known = shopware_customers.find_many(caller.account_id, wanted.customer_ids or ())
    customers = {each.member.user_id: each for each in known}
    membership_paths = [
        paths.member(paths.membership_id(program.program_id, each)) for each in customers
    ]
    reads = client.get(membership_paths) if membership_paths else {}
    decoded = (membership_documents.decode(reads[path]) for path in membership_paths)
    found = [
        each for each in decoded if each is not None and each.status in _SHOWN and wanted.fits(each)
    ]
    found.sort(key=lambda each: each.membership_id)
    found.sort(
        key=lambda each: each.balance_units if part.is_by_points else each.enrolled_at.timestamp(),
        reverse=part.is_descending,
    )
    shown = found[part.offset : part.offset + part.limit]
    return _shown(program, shown, customers), len(found)


def _shown(
    program: Program, found: Sequence[Membership], customers: dict[str, KnownCustomer]
) -> list[ShopProfile]:
    now = clock.utc_now()
    return [
        ShopProfile(program, ledger.current(each, program, now), customers.get(each.user_id))
        for each in found
    ]
