"""The code by which a member refers others: made once, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.auth.caller import Caller
from shared.domain.loyalty.referrals import ReferralStatus
from shared.domain.members import referral_codes
from shared.domain.members.profile import REFERRAL
from shared.errors import MembershipNotFound, SignInNotVerified
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.members import member_keys, profiles
from shared.services.vaults import vault
from shared.store import paths
from shared.store.client import Document
from shared.store.loyalty import referral_documents
from shared.store.members import member_documents, settings_documents


@dataclass(frozen=True, slots=True)
class ReferralCode:
    """A member's code, and how many referrals to a program are pending or were rewarded.

    ``link`` leads to the account's app; ``None`` if it has no address of one.
    """

    code: str
    pending: int = 0
    rewarded: int = 0
    is_replay: bool = False
    link: str | None = None


@forwarding.following
def issue(caller: Caller, *, program_id: str, user_id: str, store_id: str | None) -> ReferralCode:
    """Return the code of a member of a program; make it if there is none yet.

    Raises:
        ProgramNotFound, MemberNotFound, IdempotencyKeyReused, Busy.
        MembershipNotFound: The member is not in the program.
        SignInNotVerified: A customer calls of whom no address is verified.
    """
    if caller.customer is not None and not caller.customer.is_verified:
        raise SignInNotVerified("The sign-in has no verified e-mail address or phone number.")
    program = access.program(caller, program_id, store_id)
    path = paths.account_member(caller.account_id, user_id)
    code = referral_codes.new()
    every_id: list[str] = []

    def decide(reads: Reads) -> Effect[ReferralCode]:
        before = member_documents.decode(reads[path])
        member = before or profiles.find_of_before(caller.account_id, user_id)
        forwarding.require_current(member)
        if member is None:
            raise profiles.not_found(user_id)
        if program.program_id not in member.program_ids:
            raise MembershipNotFound(f"User {user_id} is not enrolled.")
        every_id[:] = member.every_user_id
        if member.referral_code is not None:
            return Effect(ReferralCode(vault().decrypt(member.referral_code, path)))
        lookups = member_keys.lookups(member, added=[(REFERRAL, code)], removed=[])
        made = replace(member, referral_code=vault().encrypt(code, path), lookups=lookups)
        writes = [
            member_documents.write(reads[path], made),
            *member_keys.writes(before, made, reads),
        ]
        return Effect(ReferralCode(code), writes)

    def replay(_: Document, reads: Reads) -> ReferralCode:
        return replace(decide(reads).result, is_replay=True)

    issued = commands.run([path], decide, claim=caller.claim, replay=replay)
    pending, rewarded = (
        referral_documents.count(caller.account_id, program_id, every_id, status)
        for status in (ReferralStatus.PENDING, ReferralStatus.REWARDED)
    )
    app_url = settings_documents.of_account(caller.account_id).app_url
    link = referral_codes.link(app_url, issued.code) if app_url else None
    return replace(issued, pending=pending, rewarded=rewarded, link=link)
