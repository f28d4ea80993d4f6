"""Make and change the profiles of members."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.loyalty.membership import Membership
from shared.domain.members import member_events, profile_changes
from shared.domain.members.member import Member
from shared.domain.members.profile import KEYS_BY_FIELD, Key, Profile
from shared.domain.members.profile_changes import ProfileChanges
from shared.errors import MemberExists, MemberNotFound
from shared.services import access, commands, forwarding, sealed_profiles
from shared.services.commands import Effect, Reads
from shared.services.events import outbox, shop_outbox
from shared.services.loyalty import profile_rewards
from shared.services.members import member_keys, sign_in_addresses
from shared.store import paths
from shared.store.client import Document
from shared.store.codec import camel
from shared.store.loyalty import membership_documents
from shared.store.members import member_documents
from shared.store.stores import store_documents

MERCHANT = "merchant"
CUSTOMER = "customer"
MEMBERSHIPS_MAX = 100


@dataclass(frozen=True, slots=True)
class SavedMember:
    """A profile that was made or changed; ``fields`` are the names of those that changed."""

    user_id: str
    fields: Sequence[str]
    updated_at: datetime
    is_replay: bool = False


@forwarding.following
def create(
    caller: Caller, *, user_id: str | None, store_id: str | None, changes: ProfileChanges
) -> SavedMember:
    """Make the profile of a person. Somebody who joined a program gets it beside that.

    Args:
        caller: A secret key.
        user_id: The merchant's id of the person; ``None`` to have one made.
        store_id: Where the person comes from; ``None`` for the account's oldest store.
        changes: What the profile says.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
        MemberExists: There is a profile of this user id, or somebody has one of the keys.
        MemberNotFound: The user id was merged into another one.
        IdempotencyKeyReused, Busy.
    """
    if store_id is not None:
        access.store(caller, store_id)
    home = store_id or oldest_store_id(caller.account_id)
    now = clock.utc_now()
    user_id = user_id or _new_id(caller)

    def change(before: Member | None) -> tuple[Member, Profile]:
        if before is not None and before.has_made_profile:
            raise taken_keys(["userId"])
        member = before or Member(user_id, caller.account_id, now, now, home)
        profile = sealed_profiles.profile_of(member)
        return replace(member, store_id=member.store_id or home), profile

    return _save(caller, user_id, changes, change, now, is_new=True)


@forwarding.following
def update(caller: Caller, *, user_id: str, changes: ProfileChanges) -> SavedMember:
    """Change the profile of a member; nothing is written if it says all that already.

    If a customer calls, the verified e-mail and phone of the sign-in are taken over, unless they
    are another member's.

    Raises:
        MemberNotFound: There is no such member, or it was merged into another one.
        MemberExists: Somebody else has one of the new keys.
        IdempotencyKeyReused, Busy.
    """

    def change(before: Member | None) -> tuple[Member, Profile]:
        member = before or find_of_before(caller.account_id, user_id)
        if member is None:
            raise not_found(user_id)
        is_customer = member.is_customer or caller.customer is not None
        member = replace(member, is_customer=is_customer)
        return member, sealed_profiles.profile_of(member)

    return _save(caller, user_id, changes, change, clock.utc_now(), is_new=False)


@forwarding.following
def link(caller: Caller, *, user_id: str, system: str, external_id: str) -> SavedMember:
    """Note a member's id in another system, unless the member has another one there.

    Raises:
        MemberNotFound: There is no such member.
        MemberExists: The member has another id in the system, or somebody else has this one.
        IdempotencyKeyReused, Busy.
    """

    def change(before: Member | None) -> tuple[Member, Profile]:
        member = before or find_of_before(caller.account_id, user_id)
        if member is None:
            raise not_found(user_id)
        profile = sealed_profiles.profile_of(member)
        if profile.external_ids.get(system, external_id) != external_id:
            raise MemberExists(f"The member has another id in {system}.", fields=["externalIds"])
        return member, profile

    changes = ProfileChanges(external_ids={system: external_id})
    return _save(caller, user_id, changes, change, clock.utc_now(), is_new=False)


def of_before(memberships: Sequence[Membership]) -> Member:
    """Return the person behind memberships that are older than the document of the person."""
    first = memberships[0]
    return Member(
        first.user_id,
        first.account_id,
        first.enrolled_at,
        first.updated_at,
        first.store_id,
        program_ids=tuple(each.program_id for each in memberships),
    )


def find_of_before(account_id: str, user_id: str) -> Member | None:
    """Return the person behind older memberships; ``None`` if there are none."""
    found = membership_documents.list_of_user(account_id, user_id, MEMBERSHIPS_MAX)
    return of_before(found) if found else None


def not_found(user_id: str) -> MemberNotFound:
    """Return the refusal of a user id that is nobody's in the account."""
    return MemberNotFound(f"There is no member {user_id}.")


def taken_keys(fields: Sequence[str]) -> MemberExists:
    """Return the refusal of what somebody has already. It never says who."""
    names = ", ".join(fields)
    return MemberExists(f"Another member has the same {names}.", fields=list(fields))


@cache
def _oldest_store_id(account_id: str) -> str:
    stores = store_documents.list_page(account_id, limit=1)
    if not stores:
        raise LookupError(account_id)  # Not remembered: it may have one later.
    return stores[0].store_id


def oldest_store_id(account_id: str) -> str | None:
    """Return the first store of an account, which never changes; ``None`` if it has none."""
    try:
        return _oldest_store_id(account_id)
    except LookupError:
        return None


def _new_id(caller: Caller) -> str:
    """Return a new user id: the same one for a repeated request."""
    return ids.derived("mbr", caller.claim.claim_id) if caller.claim else ids.new("mbr")


def _save(
    caller: Caller,
    user_id: str,
    changes: ProfileChanges,
    change: Callable[[Member | None], tuple[Member, Profile]],
    now: datetime,
    *,
    is_new: bool,
) -> SavedMember:
    """Write a changed profile, its keys, its event and what it earns in one commit.

    Args:
        caller: Who calls.
        user_id: The member.
        changes: The new values.
        change: Returns the member and the profile before, from what is stored; may refuse.
        now: The time of the change.
        is_new: The profile is new.
    """
    account_id = caller.account_id
    path = paths.account_member(account_id, user_id)
    event_id = ids.new("evt")
    by = CUSTOMER if caller.customer else MERCHANT
    is_vouched_for = caller.customer is None or caller.customer.is_verified
    said = sign_in_addresses.said_by(caller.customer)

    def decide(reads: Reads) -> Effect[SavedMember]:
        stored = member_documents.decode(reads[path])
        forwarding.require_current(stored)
        member, before = change(stored)
        free = sign_in_addresses.free_of(said, account_id, user_id, reads)
        after = profile_changes.apply(before, free.then(changes), now, by)
        names = [camel(each) for each in profile_changes.changed_fields(before, after)]
        kept = {"userId": user_id, "fields": names, "updatedAt": now}
        saved = SavedMember(user_id, names, now)
        told = changes.events & after.events if is_vouched_for else frozenset()
        rewards = profile_rewards.writes(reads, member, told, now)
        if not names and not is_new:
            saved = replace(saved, updated_at=member.updated_at)
            return Effect(saved, rewards, kept)
        added = [each for each in after.keys if each not in before.keys]
        removed = [each for each in before.keys if each not in after.keys]
        _require_free(account_id, user_id, added, reads)
        found = member_keys.lookups(member, added=added, removed=removed)
        member = replace(
            sealed_profiles.sealed(member, after, now),
            lookups=found,
            is_unverified=member.is_unverified and not is_vouched_for,
        )
        event = (
            member_events.from_created(member, event_id, names)
            if is_new
            else member_events.from_updated(member, event_id, names, by)
        )
        news = outbox.announce([event] if event else [])
        cards = shop_outbox.of_change(reads, stored, member)
        writes = [
            member_documents.write(reads[path], member),
            *member_keys.writes(stored, member, reads),
            *rewards,
            *news.writes,
            *cards.writes,
        ]
        return Effect(saved, writes, kept, [*news.tasks, *cards.tasks])

    keys = (*changes.keys, *said.keys)
    needs = [path, *member_keys.needs(account_id, keys)]
    return commands.run(needs, decide, claim=caller.claim, replay=_replayed)


def _require_free(account_id: str, user_id: str, keys: Sequence[Key], reads: Reads) -> None:
    kinds = {kind for kind, _ in member_keys.taken(account_id, user_id, keys, reads)}
    if kinds:
        raise taken_keys([name for name, kind in KEYS_BY_FIELD.items() if kind in kinds])


def _replayed(kept: Document, _: Reads) -> SavedMember:
    return SavedMember(kept["userId"], kept["fields"], kept["updatedAt"], is_replay=True)
