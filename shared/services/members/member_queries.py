"""Find members, with how they stand in programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import ledger
from shared.domain.loyalty.membership import Membership
from shared.domain.members.member import Member
from shared.domain.members.profile import Profile
from shared.services import forwarding, sealed_profiles
from shared.services.members import profiles
from shared.store.loyalty import membership_documents, program_documents
from shared.store.members import member_documents


@dataclass(frozen=True, slots=True)
class FoundMember:
    """A person with the personal data, and the memberships that were asked for."""

    member: Member
    profile: Profile
    memberships: Sequence[Membership] = ()


@forwarding.following
def find(caller: Caller, *, user_id: str) -> FoundMember:
    """Return a person of the caller's account with all memberships: a read and a query.

    Expired points do not count, and points that are pending no more do, whether that is booked yet
    or not.

    Who joined before persons were written down is shown without a profile.

    Raises:
        MemberNotFound: There is neither a person nor a membership of this user id.
    """
    now = clock.utc_now()
    member = member_documents.find(caller.account_id, user_id)
    forwarding.require_current(member)
    found = membership_documents.list_of_user(caller.account_id, user_id, profiles.MEMBERSHIPS_MAX)
    if member is None and not found:
        raise profiles.not_found(user_id)
    memberships = [_current(each, now) for each in found]
    member = member or profiles.of_before(memberships)
    return FoundMember(member, sealed_profiles.profile_of(member), memberships)


def _current(membership: Membership, now: datetime) -> Membership:
    """Return a membership as it is now; its program matters if time has brought something."""
    if membership.next_due_at is None or membership.next_due_at > now:
        return ledger.effective(membership, now)
    program = program_documents.find(membership.program_id)
    assert program is not None, f"program {membership.program_id} is gone"
    return ledger.current(membership, program, now)
