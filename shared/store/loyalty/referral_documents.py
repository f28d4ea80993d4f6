"""Who referred whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.loyalty import referrals
from shared.domain.loyalty.referrals import Referral, ReferralStatus
from shared.store import codec, paths, personal
from shared.store.client import Document
from shared.store.documents import Documents
from shared.store.personal import Personal

OTHER = "another person"


def _to_document(referral: Referral) -> Document:
    """Add who is named, so that the referrals of a person can be found."""
    names = (referral.referrer_user_id, referral.new_user_id)
    people = [personal.person(referral.account_id, each) for each in names]
    return {**codec.to_document(referral), "people": people}


def _of_user_alone(referral: Referral, user_id: str) -> Referral:
    """Return a referral as one of the two may see it: without the other."""
    if referral.new_user_id == user_id:
        return replace(referral, referrer_user_id=OTHER, referrer_units=0)
    return replace(referral, new_user_id=OTHER, new_member_units=0)


REFERRALS = Documents(
    Referral,
    paths.referral,
    collection="referrals",
    path_of=lambda referral: paths.referral(referral.referral_id),
    to_document=_to_document,
    personal=Personal(
        "referrals",
        personal.of_people("referrals"),
        referrals.erased,
        exported=_of_user_alone,
    ),
)

decode = REFERRALS.decode
creation = REFERRALS.creation
write = REFERRALS.write


def count(account_id: str, program_id: str, user_ids: Sequence[str], status: ReferralStatus) -> int:
    """Return how many referrals of a member to a program have a status.

    Args:
        account_id: The account.
        program_id: The program.
        user_ids: All ids of the member who referred.
        status: The status.
    """
    return REFERRALS.count(
        ("accountId", "==", account_id),
        ("programId", "==", program_id),
        ("referrerUserId", "in", list(user_ids)),
        ("status", "==", status.value),
    )
