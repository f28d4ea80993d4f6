"""The verified e-mail and phone of a sign-in, and how a member who joins by it gets them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from shared.auth.caller import SignedInCustomer
from shared.domain.members import member_events, personal_data, profile_changes
from shared.domain.members.member import Member, MemberStatus
from shared.domain.members.profile import KEYS_BY_FIELD
from shared.domain.members.profile_changes import ProfileChanges
from shared.services import sealed_profiles
from shared.services.commands import Reads
from shared.services.events import outbox
from shared.services.members import member_keys
from shared.store import paths
from shared.store.client import Write
from shared.store.codec import camel
from shared.store.members import member_documents
from shared.tasks import Task

CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Noted:
    """What a commit writes of a person who joins, and the tasks after it."""

    writes: Sequence[Write] = ()
    tasks: Sequence[Task] = ()


def said_by(customer: SignedInCustomer | None) -> ProfileChanges:
    """Return what a sign-in says of the person: only what Firebase has verified."""
    values: dict[str, str] = {}
    if customer is None:
        return ProfileChanges(values)
    with suppress(ValueError):
        if customer.email:
            values["email"] = personal_data.email(customer.email)
    if customer.phone:
        values["phone"] = customer.phone
    return ProfileChanges(values)


def free_of(said: ProfileChanges, account_id: str, user_id: str, reads: Reads) -> ProfileChanges:
    """Return what no other member has of what a sign-in says."""
    others = {kind for kind, _ in member_keys.taken(account_id, user_id, said.keys, reads)}
    free = {name: each for name, each in said.values.items() if KEYS_BY_FIELD[name] not in others}
    return ProfileChanges(free)


def noted(
    reads: Reads,
    stored: Member | None,
    joining: Member | None,
    said: ProfileChanges,
    *,
    event_id: str,
    now: datetime,
) -> Noted:
    """Write a person who joins, with the addresses of the sign-in where the person has none.

    An address that another member has stays theirs: only linkMember, by which the customer asks
    for it, makes one member of both. An address that the member has already stays, too: it may be
    the one that the shop was asked to use, and updateMember changes it.

    Args:
        reads: With the person, and ``member_keys.needs`` of what the sign-in says.
        stored: The person as stored; ``None`` if there is no document of them.
        joining: The person as they are after joining.
        said: What the sign-in says: ``said_by``.
        event_id: That of ``member.updated``.
        now: UTC.

    Raises:
        Busy: The person is being erased.
    """
    if joining is None:
        return Noted()
    is_active = joining.status is MemberStatus.ACTIVE
    member = _with_addresses(reads, joining, said, now) if said.values and is_active else joining
    if member is stored:
        return Noted()
    path = paths.account_member(member.account_id, member.user_id)
    writes = [member_documents.write(reads[path], member)]
    if member is joining:
        return Noted(writes)
    before, after = sealed_profiles.profile_of(joining), sealed_profiles.profile_of(member)
    names = [camel(each) for each in profile_changes.changed_fields(before, after)]
    event = member_events.from_updated(member, event_id, names, CUSTOMER)
    news = outbox.announce([event] if event else [])
    return Noted([*writes, *member_keys.writes(stored, member, reads), *news.writes], news.tasks)


def _with_addresses(reads: Reads, member: Member, said: ProfileChanges, now: datetime) -> Member:
    """Return a member with what the sign-in says; the same one if that changes nothing."""
    before = sealed_profiles.profile_of(member)
    free = free_of(said, member.account_id, member.user_id, reads)
    after = profile_changes.apply(before, profile_changes.missing(before, free), now, CUSTOMER)
    added = [each for each in after.keys if each not in before.keys]
    if not added:
        return member
    return replace(
        sealed_profiles.sealed(member, after, now),
        profile_is_of_sign_in=not member.has_made_profile,
        lookups=member_keys.lookups(member, added=added, removed=[]),
        is_customer=True,
    )
