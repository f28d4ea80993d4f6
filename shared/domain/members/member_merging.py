"""What two members become when they are merged: the persons, apart from their memberships."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.loyalty.merging import MERGED_MAX
from shared.domain.members.member import Member, MemberStatus
from shared.domain.members.profile import EXTERNAL_IDS_MAX, Profile
from shared.errors import MergeLimitExceeded, MergeLosesSignIn


def handed_over(source: Member, into: str, now: datetime) -> Member:
    """Return the old member: without personal data, keys and devices, and with the new one's id."""
    return replace(
        source,
        updated_at=now,
        status=MemberStatus.MERGED,
        profile=None,
        profile_is_of_sign_in=False,
        card_code=None,
        other_card_codes=(),
        referral_code=None,
        other_referral_codes=(),
        lookups=(),
        name_marks={},
        devices=(),
        is_subscribed=False,
        birthday_due_at=None,
        merged_into=into,
    )


def taken_over(target: Member, source: Member, now: datetime) -> Member:
    """Return the new member with the programs and the standing of both.

    Personal data, codes and devices are encrypted for their member, so whoever holds the keys moves
    them. Who was suspended in the whole account is suspended still.

    A sign-in reads the cards of its own user id, and staff cannot give it another one: a customer
    who was merged into somebody without a sign-in would see no card any more.

    Raises:
        MergeLosesSignIn: The old member signs in, and the new one does not.
        MergeLimitExceeded: Too many members were merged into this one.
    """
    if source.is_customer and not target.is_customer:
        raise MergeLosesSignIn(
            f"User {source.user_id} signs in as a customer, and would see no card any more.",
            userId=source.user_id,
        )
    merged_from = (*target.merged_from, *source.merged_from, source.user_id)
    if len(merged_from) > MERGED_MAX:
        raise MergeLimitExceeded(f"At most {MERGED_MAX} members can be merged into one.")
    both = (target, source)
    suspended = next((each for each in both if each.status is MemberStatus.SUSPENDED), target)
    return replace(
        target,
        created_at=min(target.created_at, source.created_at),
        updated_at=now,
        store_id=target.store_id or source.store_id,
        status=suspended.status,
        status_reason=suspended.status_reason,
        program_ids=tuple(dict.fromkeys((*target.program_ids, *source.program_ids))),
        is_unverified=target.is_unverified and source.is_unverified,
        merged_from=merged_from,
    )


def joined(target: Profile, source: Profile) -> Profile:
    """Return the personal data of the new member: what it lacks is taken from the old one.

    The birthday comes with the time when it was set, and the newsletter with its consent.

    Raises:
        MergeLimitExceeded: The person would have too many external ids.
    """
    external_ids = {**source.external_ids, **target.external_ids}
    if len(external_ids) > EXTERNAL_IDS_MAX:
        raise MergeLimitExceeded(f"The member would have more than {EXTERNAL_IDS_MAX} externalIds.")
    born = target if target.birthday is not None else source
    return Profile(
        email=target.email or source.email,
        phone=target.phone or source.phone,
        first_name=target.first_name or source.first_name,
        last_name=target.last_name or source.last_name,
        customer_number=target.customer_number or source.customer_number,
        birthday=born.birthday,
        birthday_set_at=born.birthday_set_at,
        language=target.language or source.language,
        newsletter=target.newsletter or source.newsletter,
        custom_fields={**source.custom_fields, **target.custom_fields},
        external_ids=external_ids,
    )
