"""Settle a referral in the commit of the calendar: both memberships and the referral, or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.loyalty import referrals, referred
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.referrals import ReferralStatus
from shared.services import commands
from shared.services.commands import Reads
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import membership_documents, referral_documents


def settled(
    reads: Reads, membership: Membership, program: Program, now: datetime
) -> tuple[Membership, tuple[Entry, ...], list[Write]]:
    """Reward the referral of a membership, if its time has come.

    Returns:
        The membership, its entries, and the writes for the other side and the referral.

    Raises:
        Wanted: Documents have to be read.
    """
    state = membership.referral
    if state is None or state.due_at is None or state.due_at > now:
        return membership, (), []
    path = paths.referral(state.referral_id)
    commands.want(reads, [path])
    referral = referral_documents.decode(reads[path])
    if referral is None or referral.status is not ReferralStatus.PENDING:
        return replace(membership, referral=referred.settled(state)), (), []
    referrer = _referrer(reads, program.program_id, referral.referrer_user_id)
    done = referrals.settle(referral, membership, referrer, program, now)
    writes: list[Write] = [referral_documents.write(reads[path], done.referral)]
    if done.referrer is not None and done.referrer_entries:
        their_path = paths.member(done.referrer.membership_id)
        writes += membership_documents.writes(
            reads[their_path], done.referrer, *done.referrer_entries
        )
    return done.membership, done.entries, writes


def _referrer(reads: Reads, program_id: str, user_id: str) -> Membership | None:
    """Return the membership of who referred, or of the member who took over."""
    path = paths.member(paths.membership_id(program_id, user_id))
    commands.want(reads, [path])
    found = membership_documents.decode(reads[path])
    if found is None or found.merged_into_user_id is None:
        return found
    return _referrer(reads, program_id, found.merged_into_user_id)
