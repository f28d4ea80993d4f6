"""Give points to a shop's customer, or take some. Who is nobody's member yet becomes one by that.

The customer, the membership and the points are one commit: what is refused has made nobody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain import shopware_ids
from shared.domain.loyalty.programs import Program
from shared.domain.members import member_events, profile_changes
from shared.domain.members.comebacks import Before
from shared.domain.members.member import Member
from shared.domain.members.profile import Profile
from shared.domain.members.profile_changes import ProfileChanges
from shared.errors import MemberNotFound
from shared.services import commands, sealed_profiles
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.joint_commands import State
from shared.services.loyalty import balances
from shared.services.loyalty.bookings import Booking, Prepared
from shared.services.members import comebacks, member_keys, shopware_customers
from shared.services.members.profiles import MERCHANT
from shared.store import paths
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
) -> Booking:
    """Grant points to a customer (32 hex digits), who need not be a member yet.

    Raises:
        ProgramInactive, MemberSuspended, MembershipClosed, BalanceLimitExceeded,
        IdempotencyKeyReused, Busy.
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

    for _ in range(_TRIES):
        known = shopware_customers.find(caller.account_id, customer_id)
        if known is not None:
            booking = replace(prepared(known.member.user_id), enrolls=comebacks.before)
            return booking.run(_of(caller, known.member.user_id).claim)
        new_id = ids.new("mbr")
        booking = replace(prepared(new_id), enrolls=_never_before)
        try:
            return _made_and_booked(_of(caller, new_id), program, customer_id, booking)
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
    caller: Caller, program: Program, customer_id: str, booking: Prepared
) -> Booking:
    """Make the member and book, in one commit; the customer's key decides who is first.

    Raises:
        _Met: Somebody else was.
    """
    account_id, new_id = caller.account_id, booking.user_id
    person_path = paths.account_member(account_id, new_id)
    owner_paths = shopware_customers.owner_paths(account_id, customer_id)
    now, event_id = clock.utc_now(), ids.new("evt")

    def require_first(reads: Reads) -> None:
        owners = (member_key_documents.decode(reads[each]) for each in owner_paths)
        if any(each is not None and each.user_id != new_id for each in owners):
            raise _Met

    def decide(reads: Reads) -> Effect[Booking]:
        require_first(reads)
        state = State(reads)
        member = _new_member(caller, program, new_id, customer_id, now)
        told = member_events.from_created(member, event_id, ["externalIds"])
        news = outbox.announce([told] if told else [])
        if reads[person_path].data is None:
            state.apply(
                [
                    member_documents.write(reads[person_path], member),
                    *member_keys.writes(None, member, reads),
                    *news.writes,
                ]
            )
        effect = booking.decide(state.now)
        state.apply(effect.writes)
        tasks = [*news.tasks, *effect.tasks]
        return Effect(effect.result, state.writes(), effect.kept, tasks)

    def replay(kept: Document, reads: Reads) -> Booking:
        require_first(reads)
        return booking.replay(kept, reads)

    needs = [*owner_paths, person_path, *booking.needs]
    claim = caller.claim
    return commands.run(list(dict.fromkeys(needs)), decide, claim=claim, replay=replay)


def _new_member(
    caller: Caller, program: Program, user_id: str, customer_id: str, now: datetime
) -> Member:
    """Return a member of whom nothing is known but the shop's id."""
    changes = ProfileChanges(external_ids={shopware_ids.SYSTEM: customer_id})
    profile = profile_changes.apply(Profile(), changes, now, MERCHANT)
    member = Member(user_id, caller.account_id, now, now, program.store_id)
    lookups = member_keys.lookups(member, added=profile.keys, removed=[])
    return replace(sealed_profiles.sealed(member, profile, now), lookups=lookups)


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
