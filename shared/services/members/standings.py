"""Suspend members, reactivate them, let them leave. Points stay, and expire as usual."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby

from shared import clock
from shared.auth.caller import Caller
from shared.domain.events.event import Event
from shared.domain.loyalty import ledger, loyalty_events, standing
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.standing import Standing
from shared.domain.members import member as members
from shared.domain.members.member import Member
from shared.errors import MembershipNotFound
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.events import outbox, push_outbox, shop_outbox, wallet_outbox
from shared.services.members import person_memberships, profiles, push_subscriptions
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.loyalty import membership_documents
from shared.store.members import member_documents
from shared.tasks import Task


@dataclass(frozen=True, slots=True)
class Standings:
    """How a member stands in each program that a request is about."""

    user_id: str
    memberships: tuple[Standing, ...]
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """A membership after its member has left, as at the first of several equal requests."""

    user_id: str
    membership_id: str
    status: MembershipStatus
    balance_units: int
    scale: int
    left_at: datetime
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class _Changes:
    """What a request does to a membership and to a person; what is as wanted stays itself."""

    of_membership: Callable[[Membership], Membership]
    of_person: Callable[[Member], Member]
    event_of: Callable[[Membership, datetime], Event]
    now: datetime


@forwarding.following
def suspend(
    caller: Caller,
    *,
    program_id: str | None,
    user_id: str,
    reason: str,
    store_id: str | None = None,
) -> Standings:
    """Suspend a member in a program; without one, in the whole account at once.

    In the whole account means also: the person joins no other program. ``store_id``: the program
    must be of this store.

    Raises:
        ProgramNotFound, MembershipNotFound, IdempotencyKeyReused, Busy.
    """
    now = clock.utc_now()
    changes = _Changes(
        lambda membership: standing.suspended(membership, reason, now),
        lambda person: members.suspended(person, reason, now),
        loyalty_events.from_suspension,
        now,
    )
    return _change(caller, program_id, user_id, changes, store_id)


@forwarding.following
def reactivate(
    caller: Caller,
    *,
    program_id: str | None,
    user_id: str,
    reason: str,
    store_id: str | None = None,
) -> Standings:
    """Lift the suspension of a member in a program; without one, in the whole account at once.

    ``store_id``: the program must be of this store.

    Raises:
        ProgramNotFound, MembershipNotFound, IdempotencyKeyReused, Busy.
    """
    now = clock.utc_now()
    changes = _Changes(
        lambda membership: standing.reactivated(membership, reason, now),
        lambda person: members.reactivated(person, reason, now),
        loyalty_events.from_reactivation,
        now,
    )
    return _change(caller, program_id, user_id, changes, store_id)


@forwarding.following
def leave(caller: Caller, *, program_id: str, user_id: str, store_id: str | None) -> Departure:
    """Close a membership; its points stay, in case the member comes back.

    Raises:
        ProgramNotFound, MembershipNotFound, MembershipClosed, IdempotencyKeyReused, Busy.
    """
    program = access.program(caller, program_id, store_id)
    membership_id = paths.membership_id(program_id, user_id)
    path = paths.member(membership_id)
    now = clock.utc_now()

    def replay(kept: Document, _: Reads) -> Departure:
        left_by = kept.get("userId", user_id)
        return Departure(
            left_by,
            paths.membership_id(program_id, left_by),
            MembershipStatus(kept["status"]),
            kept["balanceUnits"],
            program.scale,
            kept["leftAt"],
            is_replay=True,
        )

    def decide(reads: Reads) -> Effect[Departure]:
        found = membership_documents.decode(reads[path])
        if found is None:
            raise MembershipNotFound(f"User {user_id} is not enrolled.")
        forwarding.require_current(found)
        after = standing.left(found, now)
        assert after.left_at is not None
        balance_units = ledger.current(after, program, now).balance_units
        departure = Departure(
            user_id, membership_id, after.status, balance_units, program.scale, after.left_at
        )
        kept = {
            "userId": user_id,
            "status": after.status.value,
            "balanceUnits": balance_units,
            "leftAt": after.left_at,
        }
        if after == found:
            return Effect(departure, kept=kept)
        news = outbox.announce(
            [loyalty_events.from_leaving(ledger.current(after, program, now), now)]
        )
        cards = shop_outbox.of_member(caller.account_id, user_id, program_id)
        changed = membership_documents.writes(reads[path], after)
        ended = push_subscriptions.ended(reads, membership_id)
        passes = wallet_outbox.of_memberships(reads, [after])
        writes = [*changed, *news.writes, *cards.writes, *ended, *passes.writes]
        return Effect(departure, writes, kept, [*news.tasks, *cards.tasks, *passes.tasks])

    needs = [path, *push_outbox.needs(membership_id)]
    return commands.run(needs, decide, claim=caller.claim, replay=replay)


def _change(
    caller: Caller,
    program_id: str | None,
    user_id: str,
    changes: _Changes,
    store_id: str | None,
) -> Standings:
    if program_id is not None:
        access.program(caller, program_id, store_id)
        return _change_in_program(caller, program_id, user_id, changes)
    return _change_everywhere(caller, user_id, changes)


def _change_in_program(
    caller: Caller, program_id: str, user_id: str, changes: _Changes
) -> Standings:
    path = paths.member(paths.membership_id(program_id, user_id))

    def decide(reads: Reads) -> Effect[Standings]:
        found = membership_documents.decode(reads[path])
        if found is None:
            raise MembershipNotFound(f"User {user_id} is not enrolled.")
        forwarding.require_current(found)
        return _effect_of(reads, user_id, [found], changes)

    replay = partial(_replayed, user_id)
    return commands.run([path], decide, claim=caller.claim, replay=replay)


def _change_everywhere(caller: Caller, user_id: str, changes: _Changes) -> Standings:
    """Change a person with all memberships.

    An enrolment at the same time writes the document of the person, too. So it either comes first,
    and its membership is changed as well, or it is decided after this.
    """
    person_path = paths.account_member(caller.account_id, user_id)
    known_paths = person_memberships.known_paths(caller.account_id, user_id)

    def decide(reads: Reads) -> Effect[Standings]:
        person = member_documents.decode(reads[person_path])
        forwarding.require_current(person)
        program_ids = person.program_ids if person else ()
        member_paths = person_memberships.every_path(user_id, program_ids, known_paths)
        commands.want(reads, member_paths)
        found = person_memberships.decoded(reads, member_paths)
        if person is None and not found:
            raise MembershipNotFound(f"User {user_id} is not enrolled.")
        before = person or profiles.of_before(found)
        after = changes.of_person(before)
        writes = [] if after is before else [member_documents.write(reads[person_path], after)]
        return _effect_of(reads, user_id, found, changes, writes)

    needs = [person_path, *known_paths]
    replay = partial(_replayed, user_id)
    return commands.run(needs, decide, claim=caller.claim, replay=replay)


def _effect_of(
    reads: Reads,
    user_id: str,
    found: Iterable[Membership],
    changes: _Changes,
    more_writes: Iterable[Write] = (),
) -> Effect[Standings]:
    writes = [*more_writes]
    rows: list[Standing] = []
    happened: list[Event] = []
    changed: list[Membership] = []
    for before in found:
        after = changes.of_membership(before)
        rows.append(Standing.of(after))
        if after is not before:
            read = reads[paths.member(before.membership_id)]
            writes += membership_documents.writes(read, after)
            happened.append(changes.event_of(after, changes.now))
            changed.append(after)
    told, tasks = _announce(happened)
    passes = wallet_outbox.of_memberships(reads, changed)
    kept = [
        {
            "programId": each.program_id,
            "memberId": each.membership_id,
            "status": each.status.value,
        }
        for each in rows
    ]
    result = Standings(user_id, tuple(rows))
    return Effect(
        result,
        [*writes, *told, *passes.writes],
        {"userId": user_id, "memberships": kept},
        [*tasks, *passes.tasks],
    )


def _replayed(asked_id: str, kept: Document, _: Reads) -> Standings:
    rows = [
        Standing(each["programId"], each["memberId"], MembershipStatus(each["status"]))
        for each in kept["memberships"]
    ]
    return Standings(kept.get("userId", asked_id), tuple(rows), is_replay=True)


def _announce(happened: Iterable[Event]) -> tuple[list[Write], list[Task]]:
    """Prepare events of several stores."""
    writes: list[Write] = []
    tasks: list[Task] = []
    by_store = sorted(happened, key=lambda event: event.store_id)
    for _, events in groupby(by_store, key=lambda event: event.store_id):
        news = outbox.announce(list(events))
        writes += news.writes
        tasks += news.tasks
    return writes, tasks
