"""Members of an account. What makes them unique is in ``member_key_documents``."""

from __future__ import annotations

from datetime import datetime

from shared.domain.members import member as members
from shared.domain.members.member import Member
from shared.store import paths
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
    read: Snapshot, *, account_id: str, user_id: str, program_id: str, now: datetime
) -> list[Write]:
    """Return the write that makes a person a member of a program; none if the document says so.

    Raises:
        MemberSuspended: The person is suspended in the whole account.
    """
    before = decode(read)
    after = members.enroll(
        before, account_id=account_id, user_id=user_id, program_id=program_id, now=now
    )
    return [] if after is before else [write(read, after)]
