"""Members of an account. What makes them unique is in ``member_key_documents``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.domain.loyalty.programs import Program
from shared.domain.members import member as members
from shared.domain.members.member import Member
from shared.store import client, paths
from shared.store.client import Snapshot, Write
from shared.store.documents import Documents

MEMBERS = Documents(
    Member,
    paths.account_member,
    collection="members",
    is_group=True,
    path_of=lambda member: paths.account_member(member.account_id, member.user_id),
)

decode = MEMBERS.decode
find = MEMBERS.find
write = MEMBERS.write


def enrolment_writes(
    read: Snapshot, program: Program, user_id: str, now: datetime, *, is_customer: bool = False
) -> list[Write]:
    """Return the write that makes a person a member of a program; none if the document says so.

    Raises:
        MemberSuspended: The person is suspended in the whole account.
    """
    before = decode(read)
    after = members.enroll(
        before,
        account_id=program.account_id,
        user_id=user_id,
        program_id=program.program_id,
        store_id=program.store_id,
        is_customer=is_customer,
        now=now,
    )
    return [] if after is before else [write(read, after)]


def find_by_lookups(account_id: str, lookups: Sequence[str]) -> Snapshot | None:
    """Return the member whom one of these hashes identifies: one query."""
    found = client.query(
        paths.account_members(account_id), ("lookups", "array-contains-any", list(lookups)), limit=1
    )
    return found[0] if found else None
