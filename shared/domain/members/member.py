"""Members: one person for each account and user id, whatever the number of programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from shared.encrypted import Encrypted
from shared.errors import MemberSuspended


class MemberStatus(StrEnum):
    """The standing of a person in the whole account."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    MERGED = "merged"
    ERASING = "erasing"


@dataclass(frozen=True, slots=True)
class MemberDevice:
    """A device that makes rotating codes. It is known only by the hash of its id.

    ``code_id`` names it in a code; ``last_step`` is the step of the last code that was used.
    """

    device_hash: str
    code_id: str
    secret: Encrypted
    created_at: datetime
    last_step: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A person in an account. What is personal is only in ``profile``, encrypted.

    ``profile``: the JSON of a ``Profile``; ``None`` if the person only joined a program.
    ``profile_is_of_sign_in``: it holds only the addresses of the sign-in by which they joined.
    ``lookups``: keyed hashes of what identifies the person; for each of them there is a document
    that makes it unique in the account.
    ``name_marks``: keyed hashes of the beginnings of the name's words, by which a query finds it.
    ``program_ids``: the programs in which there is a membership, whatever its status. Memberships
    that are older than this document may be missing.
    ``store_id``: the store that tells its webhooks of the person: where the person came from.
    ``card_code`` is shown; ``other_card_codes`` are those of members who were merged into this one,
    and identify the person as well.
    ``referral_code`` is told to friends; ``other_referral_codes`` came with merges, likewise.
    ``is_customer``: a sign-in stands behind the user id. ``is_unverified``: nothing else does; no
    key has named the person, and neither e-mail nor phone of the sign-in is verified.
    ``birthday_due_at``: when the calendar looks next whether there is a birthday; ``None`` if the
    profile has none.
    ``merged_into``: the user id that took over; ``merged_from``: those that were taken over.
    ``erasure_id``: the erasure that runs; meanwhile nobody else changes the person.
    """

    user_id: str
    account_id: str
    created_at: datetime
    updated_at: datetime
    store_id: str | None = None
    status: MemberStatus = MemberStatus.ACTIVE
    status_reason: str | None = None
    profile: Encrypted | None = None
    profile_is_of_sign_in: bool = False
    card_code: Encrypted | None = None
    other_card_codes: tuple[Encrypted, ...] = ()
    referral_code: Encrypted | None = None
    other_referral_codes: tuple[Encrypted, ...] = ()
    lookups: tuple[str, ...] = ()
    name_marks: Mapping[str, bool] = field(default_factory=dict)
    program_ids: tuple[str, ...] = ()
    is_customer: bool = False
    is_unverified: bool = False
    birthday_due_at: datetime | None = None
    is_subscribed: bool = False
    devices: tuple[MemberDevice, ...] = ()
    merged_into: str | None = None
    merged_from: tuple[str, ...] = ()
    erasure_id: str | None = None

    @property
    def every_user_id(self) -> tuple[str, ...]:
        """All ids of the person: the own one, then those that were merged into it."""
        return (self.user_id, *self.merged_from)

    @property
    def has_made_profile(self) -> bool:
        """True if somebody has made a profile of the person, who did not only join a program."""
        return self.profile is not None and not self.profile_is_of_sign_in

    @property
    def is_congratulated(self) -> bool:
        """True if the person gets something on a birthday: one of whom somebody vouches."""
        return self.status is MemberStatus.ACTIVE and not self.is_unverified


@dataclass(frozen=True, slots=True)
class MemberKey:
    """Gives what identifies a person, by its hash, to one person of an account."""

    account_id: str
    key: str
    user_id: str


def enroll(
    member: Member | None,
    *,
    account_id: str,
    user_id: str,
    program_id: str,
    store_id: str,
    is_customer: bool,
    is_vouched_for: bool = True,
    now: datetime,
) -> Member:
    """Return a member who is in the program, too; a new one if there is none.

    ``is_customer``: they join by their own sign-in. ``is_vouched_for``: a key or a verified sign-in
    says who they are.

    Raises:
        MemberSuspended: The person is suspended in the whole account.
    """
    if member is None:
        member = Member(user_id, account_id, now, now, is_unverified=not is_vouched_for)
    if member.status is MemberStatus.SUSPENDED:
        raise MemberSuspended(f"User {user_id} is suspended.")
    after = replace(
        member,
        program_ids=tuple(dict.fromkeys((*member.program_ids, program_id))),
        store_id=member.store_id or store_id,
        is_customer=member.is_customer or is_customer,
        is_unverified=member.is_unverified and not is_vouched_for,
    )
    return member if after == member else replace(after, updated_at=now)


def suspended(member: Member, reason: str, now: datetime) -> Member:
    """Return a member who is suspended in the whole account; who is so already stays so."""
    if member.status is not MemberStatus.ACTIVE:
        return member
    return replace(member, status=MemberStatus.SUSPENDED, status_reason=reason, updated_at=now)


def reactivated(member: Member, reason: str, now: datetime) -> Member:
    """Return a member whose suspension in the whole account is lifted, if there was one."""
    if member.status is not MemberStatus.SUSPENDED:
        return member
    return replace(member, status=MemberStatus.ACTIVE, status_reason=reason, updated_at=now)
