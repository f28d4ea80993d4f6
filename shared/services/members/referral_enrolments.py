"""Who is referred joins by the code of another member of the program."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.domain.loyalty import due, referred
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.referrals import Referral
from shared.domain.loyalty.referred import ReferralTerms, Referred
from shared.domain.members import referral_codes
from shared.domain.members.member import Member
from shared.domain.members.profile import REFERRAL
from shared.errors import ReferralCodeNotFound, ReferralNotAllowed
from shared.services import commands
from shared.services.commands import Reads
from shared.services.members import member_keys
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import membership_documents, referral_documents
from shared.store.members import member_key_documents


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a request to join says of a referral. ``code`` is ``None`` if it says nothing.

    ``referral_id`` is the new referral's. ``is_verified``: somebody vouches for the new member.
    ``is_of_newcomer`` is false for who was erased not long ago.
    """

    code: str | None
    referral_id: str
    is_verified: bool
    is_of_newcomer: bool


def needs(account_id: str, code: str | None) -> list[str]:
    """Return the paths that say whose code it is."""
    if code is None:
        return []
    return member_keys.needs(account_id, [(REFERRAL, referral_codes.read(code))])


def joined(
    reads: Reads,
    existing: Membership | None,
    after: Membership,
    program: Program,
    person: Member | None,
    invitation: Invitation,
) -> tuple[Membership, list[Write]]:
    """Return a membership with the referral that opens it, and the write of the referral.

    That of a member who was not verified counts as soon as they are.

    Args:
        reads: What was read.
        existing: The membership before; ``None`` if it is new.
        after: The membership as it will be.
        program: Its program.
        person: The person; ``None`` if there is no document of them.
        invitation: What the request says.

    Raises:
        ReferralCodeNotFound, ReferralNotAllowed, Wanted.
    """
    if existing is None and invitation.code is not None:
        if program.referral is None:
            raise ReferralNotAllowed("The program rewards no referrals.")
        if not invitation.is_of_newcomer:
            raise ReferralNotAllowed("Who was a member not long ago cannot be referred.")
        owner = _owner(reads, program, after, person, invitation.code)
        return _opened(after, program.referral, owner, invitation)
    state = after.referral
    if invitation.code is not None and state is None:
        raise ReferralNotAllowed("Who is a member already cannot be referred.")
    if state is not None and state.is_unverified and invitation.is_verified:
        after = replace(after, referral=referred.verified(state))
        return due.scheduled(after, program.time_zone), []
    return after, []


def _owner(
    reads: Reads, program: Program, opened: Membership, person: Member | None, code: str
) -> str:
    """Return the user id of the member whose code it is, who must be in the program."""
    found = (member_key_documents.decode(reads[each]) for each in needs(program.account_id, code))
    owner = next((each.user_id for each in found if each is not None), None)
    unknown = ReferralCodeNotFound("No member of the program has this referral code.")
    if owner is None:
        raise unknown
    if owner in {opened.user_id, *(person.every_user_id if person else ())}:
        raise ReferralNotAllowed("It is the customer's own code.")
    path = paths.member(paths.membership_id(program.program_id, owner))
    commands.want(reads, [path])
    referrer = membership_documents.decode(reads[path])
    if referrer is None or referrer.status in {MembershipStatus.LEFT, MembershipStatus.MERGED}:
        raise unknown
    return owner


def _opened(
    opened: Membership, terms: ReferralTerms, owner: str, invitation: Invitation
) -> tuple[Membership, list[Write]]:
    referral = Referral(
        referral_id=invitation.referral_id,
        account_id=opened.account_id,
        store_id=opened.store_id,
        program_id=opened.program_id,
        referrer_user_id=owner,
        new_user_id=opened.user_id,
        created_at=opened.enrolled_at,
        updated_at=opened.enrolled_at,
    )
    state = Referred(invitation.referral_id, terms, is_unverified=not invitation.is_verified)
    return replace(opened, referral=state), [referral_documents.creation(referral)]
