"""Give points to a shop's customer, or take some. Who is nobody's member yet becomes one by that.

The customer, the membership and the points are one commit: what is refused has made nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain import shopware_ids
from shared.domain.loyalty.programs import Program
from shared.domain.members import member_events, personal_data, profile_changes
from shared.domain.members.comebacks import Before
from shared.domain.members.member import Member
from shared.domain.members.profile import EMAIL, Key, Profile
from shared.domain.members.profile_changes import ProfileChanges
from shared.errors import MemberExists, MemberNotFound
from shared.services import commands, sealed_profiles
from shared.services.commands import Effect, Reads
from shared.services.events import outbox, shop_outbox
from shared.services.joint_commands import State
from shared.services.loyalty import balances
from shared.services.loyalty.bookings import Booking, Prepared
from shared.services.members import comebacks, member_keys, profiles, shopware_customers
from shared.services.members.profiles import MERCHANT
from shared.store import client, paths
from shared.store.client import Document
from shared.store.members import member_documents, member_key_documents

_TRIES = 3


class _Met(Exception):
    """Somebody else has made the customer's member meanwhile."""


def add(
    caller: Caller,
    program: Program,
    *,
    customer_id: str,
    points: int,
    description: str,
    order_id: str | None,
    email_of: Callable[[str], str | None],
) -> Booking:
    """Grant points to a customer (32 hex digits), who need not be a member yet.

    Args:
        caller: Must own the program.
        program: What the points are of.
        customer_id: The customer.
        points: How many.
        description: Why.
        order_id: The order, if they are for one.
        email_of: Returns the address for which the shop of a customer vouches. It is asked once,
            for who is nobody's member, and refuses whom the shop does not know.

    Raises:
        ProgramInactive, MemberSuspended, MembershipClosed, BalanceLimitExceeded,
        IdempotencyKeyReused, Busy, and what ``email_of`` raises.
    """

    def prepared(user_id: str) -> Prepared:
        return balances.prepared_add(
            caller,
            program_id=program.program_id,
            user_id=user_id,
            store_id=None,
            points=Decimal(points),
            purchase_lines=None,
            transaction_id=None,
            source=None,
            description=description,
            order_id=order_id,
        )

    def booked_for(user_id: str) -> Booking:
        booking = replace(prepared(user_id), enrolls=comebacks.before)
        return booking.run(_of(caller, user_id).claim)

    asked: list[str | None] = []
    for _ in range(_TRIES):
        known = shopware_customers.find(caller.account_id, customer_id)
        if known is not None:
            return booked_for(known.member.user_id)
        asked = asked or [email_of(customer_id)]
        holder = _holder_of(caller.account_id, asked[0])
        if holder is not None and not _is_another_customer(holder):
            booked = booked_for(holder.user_id)
            _link(caller, holder.user_id, customer_id)
            return booked
        new_id = ids.new("mbr")
        # Who has the address is another customer of the shop: then it is not the new member's.
        email = asked[0] if holder is None else None
        enrolls = _never_before if email is None else comebacks.before
        booking = replace(prepared(new_id), enrolls=enrolls)
        try:
            return _made_and_booked(_of(caller, new_id), program, customer_id, email, booking)
        except _Met:
            continue
    raise AssertionError("somebody makes a member of the customer, and it is never found")


def deduct(
    caller: Caller,
    program: Program,
    *,
    customer_id: str,
    points: int,
    description: str,
    order_id: str | None,
) -> Booking:
    """Take points of a customer (32 hex digits), who must be a member and have as many.

    Raises:
        MemberNotFound, MembershipNotFound, MemberSuspended, MembershipClosed, InsufficientBalance,
        IdempotencyKeyReused, RedemptionCancelled, Busy.
    """
    known = shopware_customers.find(caller.account_id, customer_id)
    if known is None:
        raise MemberNotFound("Customer not found.")
    prepared = balances.prepared_redeem(
        caller,
        program_id=program.program_id,
        user_id=known.member.user_id,
        store_id=None,
        points=Decimal(points),
        reward_id=None,
        reward_description=description,
        transaction_id=None,
        order_id=order_id,
    )
    return prepared.run(_of(caller, known.member.user_id).claim)


def _made_and_booked(
    caller: Caller, program: Program, customer_id: str, email: str | None, booking: Prepared
) -> Booking:
    """Make the member and book, in one commit; the keys of id and address decide who is first.

    Raises:
        _Met: Somebody else was.
    """
    account_id, new_id = caller.account_id, booking.user_id
    person_path = paths.account_member(account_id, new_id)
    owner_paths = [
        *shopware_customers.owner_paths(account_id, customer_id),
        *member_keys.needs(account_id, _email_keys(email)),
    ]
    now, event_id = clock.utc_now(), ids.new("evt")

    def require_first(reads: Reads) -> None:
        owners = (member_key_documents.decode(reads[each]) for each in owner_paths)
        if any(each is not None and each.user_id != new_id for each in owners):
            raise _Met

    def decide(reads: Reads) -> Effect[Booking]:
        require_first(reads)
        state = State(reads)
        member = _new_member(caller, program, new_id, customer_id, email, now)
        fields = ["externalIds"] if email is None else ["email", "externalIds"]
        told = member_events.from_created(member, event_id, fields)
        news = outbox.announce([told] if told else [])
        cards = shop_outbox.of_people(reads, [member])
        if reads[person_path].data is None:
            state.apply(
                [
                    member_documents.write(reads[person_path], member),
                    *member_keys.writes(None, member, reads),
                    *news.writes,
                    *cards.writes,
                ]
            )
        effect = booking.decide(state.now)
        state.apply(effect.writes)
        tasks = [*news.tasks, *cards.tasks, *effect.tasks]
        return Effect(effect.result, state.writes(), effect.kept, tasks)

    def replay(kept: Document, reads: Reads) -> Booking:
        require_first(reads)
        return booking.replay(kept, reads)

    needs = [*owner_paths, person_path, *booking.needs]
    claim = caller.claim
    return commands.run(list(dict.fromkeys(needs)), decide, claim=claim, replay=replay)


def _new_member(
    caller: Caller,
    program: Program,
    user_id: str,
    customer_id: str,
    email: str | None,
    now: datetime,
) -> Member:
    """Return a member of whom nothing is known but the shop's id, and what it vouches for."""
    values = {} if email is None else {"email": email}
    changes = ProfileChanges(values, external_ids={shopware_ids.SYSTEM: customer_id})
    profile = profile_changes.apply(Profile(), changes, now, MERCHANT)
    member = Member(user_id, caller.account_id, now, now, program.store_id)
    lookups = member_keys.lookups(member, added=profile.keys, removed=[])
    return replace(sealed_profiles.sealed(member, profile, now), lookups=lookups)


def _email_keys(email: str | None) -> list[Key]:
    return [] if email is None else [(EMAIL, personal_data.email_key(email))]


def _holder_of(account_id: str, email: str | None) -> Member | None:
    """Return the member who has an address."""
    paths_of_key = member_keys.needs(account_id, _email_keys(email))
    reads = client.get(paths_of_key) if paths_of_key else {}
    owners = (member_key_documents.decode(each) for each in reads.values())
    user_id = next((each.user_id for each in owners if each is not None), None)
    return None if user_id is None else member_documents.find(account_id, user_id)


def _is_another_customer(holder: Member) -> bool:
    return shopware_ids.SYSTEM in sealed_profiles.profile_of(holder).external_ids


def _link(caller: Caller, user_id: str, customer_id: str) -> None:
    """Note the customer's id at the member, once points were booked; the next request may, too."""
    with suppress(MemberExists, MemberNotFound):
        profiles.link(
            replace(caller, claim=None),
            user_id=user_id,
            system=shopware_ids.SYSTEM,
            external_id=customer_id,
        )


def _never_before(
    _: Reads, __: Program, ___: str, ____: Member | None, _____: datetime
) -> Before | None:
    """Tell that a new member of whom nothing is known has had nothing before."""
    return None


def _of(caller: Caller, user_id: str) -> Caller:
    """Return the caller with a request that is about a member, so that an erasure finds it."""
    if caller.claim is None:
        return caller
    return replace(caller, claim=replace(caller.claim, user_ids=(user_id,)))
