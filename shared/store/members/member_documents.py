"""Members of an account. What makes them unique is in ``member_key_documents``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.domain.loyalty.programs import Program
from shared.domain.members import member as members
from shared.domain.members.member import Member
from shared.errors import Busy
from shared.store import client, paths, personal
from shared.store.client import Snapshot, Write
from shared.store.documents import Documents
from shared.store.personal import Personal
from shared.store.queries import Filter

MEMBERS = Documents(
    Member,
    paths.account_member,
    collection="members",
    is_group=True,
    path_of=lambda member: paths.account_member(member.account_id, member.user_id),
    personal=Personal(
        "member", personal.single(paths.account_member), erased=None, readable=("profile",)
    ),
)

decode = MEMBERS.decode
find = MEMBERS.find


def write(read: Snapshot, member: Member) -> Write:
    """Return the write of a new or changed person; it fails if the document changed since.

    Raises:
        Busy: The person is being erased.
    """
    require_unerased(decode(read))
    return MEMBERS.write(read, member)


def require_unerased(member: Member | None) -> None:
    """Refuse to change a person while somebody erases them.

    Raises:
        Busy: The person is being erased.
    """
    if member is not None and member.erasure_id is not None:
        raise Busy("The member is being erased.")


def enrolled(
    before: Member | None,
    program: Program,
    user_id: str,
    now: datetime,
    *,
    is_customer: bool = False,
    is_vouched_for: bool = True,
) -> Member:
    """Return a person as a member of a program: the same one if the document says so.

    Raises:
        MemberSuspended: The person is suspended in the whole account.
        Busy: The person is being erased.
    """
    require_unerased(before)
    return members.enroll(
        before,
        account_id=program.account_id,
        user_id=user_id,
        program_id=program.program_id,
        store_id=program.store_id,
        is_customer=is_customer,
        is_vouched_for=is_vouched_for,
        now=now,
    )


def enrolment_writes(read: Snapshot, program: Program, user_id: str, now: datetime) -> list[Write]:
    """Return the write that makes a person a member of a program; none if the document says so.

    Raises:
        MemberSuspended, Busy.
    """
    before = decode(read)
    after = enrolled(before, program, user_id, now)
    return [] if after is before else [write(read, after)]


def list_with_birthday(before: datetime, limit: int, after: Member | None = None) -> list[Member]:
    """Return members of all accounts to look at for their birthday, longest due first.

    Args:
        before: The latest due time, inclusive, UTC.
        limit: The most members to return.
        after: The last member of the page before.
    """
    return MEMBERS.query(
        ("birthdayDueAt", "<=", before),
        collection="members",
        group=True,
        order_by=["birthdayDueAt", "__name__"],
        after={"birthdayDueAt": after.birthday_due_at, "__name__": MEMBERS.path_of(after)}
        if after
        else None,
        limit=limit,
    )


def list_with_birthday_of_account(account_id: str, before: datetime, limit: int) -> list[Member]:
    """Return members of an account to look at for their birthday, longest due first."""
    return MEMBERS.query(
        ("birthdayDueAt", "<=", before),
        collection=paths.account_members(account_id),
        order_by=["birthdayDueAt"],
        limit=limit,
    )


def find_by_lookups(account_id: str, lookups: Sequence[str]) -> Snapshot | None:
    """Return the member whom one of these hashes identifies: one query."""
    found = client.query(
        paths.account_members(account_id), ("lookups", "array-contains-any", list(lookups)), limit=1
    )
    return found[0] if found else None


def find_many(account_id: str, user_ids: Sequence[str]) -> dict[str, Member]:
    """Return the members of an account by their user ids, as far as they exist: one read."""
    asked = {paths.account_member(account_id, each): each for each in dict.fromkeys(user_ids)}
    found = client.get(list(asked)) if asked else {}
    members_by_path = {path: decode(read) for path, read in found.items()}
    return {asked[path]: each for path, each in members_by_path.items() if each is not None}


def list_page(
    account_id: str,
    filters: Sequence[Filter],
    *,
    is_descending: bool,
    after: tuple[datetime, str] | None,
    limit: int,
    offset: int,
) -> list[Member]:
    """Return some members of an account in the order of their creation.

    Args:
        account_id: The account.
        filters: What must hold of them.
        is_descending: The newest first.
        after: Time and user id of the last member of the page before.
        limit: The most members to return.
        offset: Members to leave out at the begin; each costs a read.
    """
    sign = "-" if is_descending else ""
    position = {"createdAt": after[0], "__name__": paths.encode(after[1])} if after else None
    return MEMBERS.query(
        *filters,
        collection=paths.account_members(account_id),
        order_by=[f"{sign}createdAt", f"{sign}__name__"],
        after=position,
        limit=limit,
        offset=offset,
    )


def list_named(
    account_id: str, marks: Sequence[str], filters: Sequence[Filter], after: str | None, limit: int
) -> list[Member]:
    """Return members whose names have all of these marks, in the order of their documents' ids.

    Firestore merges the indexes of the single fields, as all are compared as equal.

    Args:
        account_id: The account.
        marks: At least one.
        filters: What else must be equal.
        after: The user id of the last member of the page before.
        limit: The most members to return.
    """
    return MEMBERS.query(
        *((f"nameMarks.{each}", "==", True) for each in marks),
        *filters,
        collection=paths.account_members(account_id),
        order_by=["__name__"],
        after={"__name__": paths.encode(after)} if after else None,
        limit=limit,
    )


def count(account_id: str, filters: Sequence[Filter]) -> int:
    """Return how many members of an account there are for which the filters hold."""
    return MEMBERS.count(*filters, collection=paths.account_members(account_id))
