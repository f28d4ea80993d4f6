"""Who works for an account, and what their number and owners are."""

from __future__ import annotations

from collections.abc import Iterable

from shared.domain.accounts.staff import StaffMember, StaffRoster
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

PEOPLE = "users"
"""The id of the collections of people, one in each account; nothing else has this id."""
STAFF = Documents(
    StaffMember,
    paths.staff_member,
    path_of=lambda member: paths.staff_member(member.account_id, member.user_id),
    is_cached=True,
    personal=NoPersonalData(
        "Who works for the merchant is no customer by that; removeStaffMember deletes it."
    ),
)
ROSTERS = Documents(StaffRoster, paths.staff_roster)

decode = STAFF.decode
find = STAFF.find
forget = STAFF.forget
write = STAFF.write
deletion = STAFF.deletion
to_document = STAFF.to_document
from_document = STAFF.from_document
write_roster = ROSTERS.write
decode_roster = ROSTERS.decode


def find_people(account_id: str, user_ids: Iterable[str]) -> dict[str, StaffMember]:
    """Return those of some people who work for an account, by their ids, fresh, in one call."""
    wanted = [paths.staff_member(account_id, each) for each in user_ids]
    return {each.user_id: each for each in STAFF.find_some(wanted)}


def list_of_account(account_id: str) -> list[StaffMember]:
    """Return all who work for an account, oldest first."""
    found = STAFF.query(collection=paths.staff_members(account_id))
    return sorted(found, key=lambda member: (member.created_at, member.user_id))


def list_of_person(user_id: str, limit: int) -> list[StaffMember]:
    """Return the roles that a person has in all accounts, some of them if there are more."""
    return STAFF.query(("userId", "==", user_id), collection=PEOPLE, group=True, limit=limit)
