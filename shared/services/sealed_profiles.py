"""The personal data of members: encrypted where it is stored, and read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.loyalty import birthdays
from shared.domain.members import profile as profiles
from shared.domain.members.member import Member
from shared.domain.members.profile import Profile
from shared.services import name_marks
from shared.services.vaults import vault
from shared.store import paths


def profile_of(member: Member) -> Profile:
    """Return the personal data of a member; that of somebody who only joined is empty."""
    if member.profile is None:
        return Profile()
    path = paths.account_member(member.account_id, member.user_id)
    return profiles.from_text(vault().decrypt(member.profile, path))


def sealed(member: Member, profile: Profile, now: datetime) -> Member:
    """Return a member with other personal data."""
    path = paths.account_member(member.account_id, member.user_id)
    return replace(
        member,
        profile=vault().encrypt(profiles.to_text(profile), path),
        profile_is_of_sign_in=False,
        name_marks=name_marks.of_profile(member.account_id, profile),
        is_subscribed=profile.newsletter is not None and profile.newsletter.subscribed,
        birthday_due_at=birthdays.first_due_at(profile.birthday, now) if profile.birthday else None,
        updated_at=now,
    )
