"""Erase a person: docs/decisions/0028-erasing-a-person.md says in which order, and why.

Each step is a commit that does nothing the second time, so whoever comes next goes on where the
last one died. Two workers at once do no harm.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, TypeVar
from urllib.parse import quote

from shared import clock, logs
from shared.auth.caller import Caller
from shared.domain import pseudonyms
from shared.domain.loyalty import erasing
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.members import comebacks as rules_of_comebacks
from shared.domain.members import erasure as erasures
from shared.domain.members import erasure_events
from shared.domain.members.check_ins import EARNING_METHODS, EarningVisits
from shared.domain.members.comebacks import Before
from shared.domain.members.erasure import ErasedMembership, Erasure, ErasureState
from shared.domain.members.member import Member, MemberStatus
from shared.domain.pseudonyms import Pseudonyms
from shared.domain.webhooks import deliveries
from shared.errors import MemberNotFound, MemberSuspended
from shared.services import commands, forwarding
from shared.services.accounts import test_clocks
from shared.services.commands import Effect, Reads
from shared.services.events import emission, outbox
from shared.services.members import comebacks, person_memberships
from shared.store import client, documents, paths
from shared.store.client import Delete, Document, Snapshot, Write
from shared.store.documents import Documents
from shared.store.events import event_documents
from shared.store.loyalty import (
    erasure_documents,
    membership_documents,
    program_documents,
    return_documents,
)
from shared.store.members import check_in_documents, member_documents, person_erasure_documents
from shared.store.personal import Personal
from shared.store.webhooks import delivery_documents, endpoint_documents
from shared.tasks import Task

REQUEST_S = 15.0
"""After this time the caller gets an answer, and a task goes on."""
TASK_S = 480.0
FUNCTION = "continueErasure"
LEFT_BEHIND_AFTER = timedelta(minutes=10)
"""An erasure that nobody has gone on with for so long was left behind."""
TOLD_WITHIN = timedelta(days=4)
"""Deliveries are settled after this time, or the event has to do without them."""
CHUNK = 100
OPEN_MAX = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far an erasure has come; ``memberships`` is their number."""

    is_erased: bool
    memberships: int
    is_replay: bool = False


class _OutOfTimeError(Exception):
    """The time of this run is over; another one goes on."""


def erase(caller: Caller, user_id: str) -> Outcome:
    """Erase a person, and those who were merged into the person.

    Raises:
        MemberNotFound: Nothing is held on the user in the account.
        MemberSuspended: A customer asks who is suspended.
        IdempotencyKeyReused, Busy.
    """
    begun = _begin(caller, user_id)
    erasure = begun.erasure
    if erasure.state is ErasureState.RUNNING:
        erasure = resume(erasure.erasure_id, REQUEST_S) or erasure
    is_erased = erasure.state is not ErasureState.RUNNING
    return Outcome(is_erased, erasure.memberships_count, begun.is_replay)


def resume(erasure_id: str, budget_s: float) -> Erasure | None:
    """Go on with an erasure; return it as it is then, ``None`` if there is none.

    If the time does not suffice, a task goes on.
    """
    erasure = person_erasure_documents.find(erasure_id)
    if erasure is None or erasure.state is not ErasureState.RUNNING:
        return erasure
    work = _Work(erasure, time.monotonic() + budget_s)
    try:
        with test_clocks.time_of(erasure.account_id):
            return work.run()
    except _OutOfTimeError:
        return _handed_over(work.erasure)


def resume_open() -> int:
    """Go on with erasures that were left behind, and end those that only had to be told.

    Returns:
        The number of erasures that were gone on with.
    """
    now = clock.real_now()
    left = person_erasure_documents.list_open(
        ErasureState.RUNNING, now - LEFT_BEHIND_AFTER, OPEN_MAX
    )
    told = person_erasure_documents.list_open(ErasureState.TELLING, now, OPEN_MAX)
    steps = [
        *(partial(resume, each.erasure_id, TASK_S / max(len(left), 1)) for each in left),
        *(partial(_end_telling, each) for each in told),
    ]
    return sum(map(_try, steps))


def _try(step: Any) -> bool:
    try:
        step()
    except Exception:  # noqa: BLE001 - what fails must not keep the rest from being erased
        logs.exception("erasure failed")
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Begun:
    erasure: Erasure
    is_replay: bool = False


def _begin(caller: Caller, user_id: str) -> _Begun:
    """Write down that a person is to be erased, or find the erasure that does it already."""
    account_id, now = caller.account_id, clock.utc_now()
    person_path = paths.account_member(account_id, user_id)
    erasure_id = pseudonyms.new()
    known = (
        person_memberships.known_paths(account_id, user_id) if caller.customer is not None else []
    )

    def replay(kept: Document, _: Reads) -> _Begun:
        found = person_erasure_documents.find(kept["erasureId"])
        assert found is not None, "erasures are never deleted"
        return _Begun(found, is_replay=True)

    def decide(reads: Reads) -> Effect[_Begun]:
        person = forwarding.person_in(reads, account_id, user_id)
        if person is None and not is_known(account_id, user_id):
            raise MemberNotFound(f"There is no member {user_id}.")
        person = person or Member(user_id, account_id, now, now)
        path = paths.account_member(account_id, person.user_id)
        if person.erasure_id is not None:
            running_path = paths.erasure(person.erasure_id)
            commands.want(reads, [running_path])
            running = person_erasure_documents.decode(reads[running_path])
            assert running is not None, f"{running_path} is gone"
            return Effect(_Begun(running), kept={"erasureId": running.erasure_id})
        if caller.customer is not None:
            _require_unsuspended(reads, person, known)
        erasure = Erasure(
            erasure_id=erasure_id,
            account_id=account_id,
            state=ErasureState.RUNNING,
            started_at=now,
            updated_at=clock.real_now(),
            user_ids=person.every_user_id,
        )
        held = replace(person, status=MemberStatus.ERASING, erasure_id=erasure_id, updated_at=now)
        writes = [
            member_documents.write(reads[path], held),
            person_erasure_documents.creation(erasure),
            *comebacks.marked(reads, person, now),
        ]
        return Effect(_Begun(erasure), writes, kept={"erasureId": erasure_id})

    # Its own key must not hold the name that it erases.
    claim = replace(caller.claim, user_ids=()) if caller.claim else None
    return commands.run([person_path], decide, claim=claim, replay=replay)


def _require_unsuspended(reads: Reads, person: Member, known: Sequence[str]) -> None:
    """Refuse that customers end their own suspension: the merchant decides, with a secret key.

    Raises:
        MemberSuspended: The customer is suspended, in the account or in a program of it.
    """
    every = person_memberships.every_path(person.user_id, person.program_ids, known)
    commands.want(reads, every)
    memberships = person_memberships.decoded(reads, every)
    if person.status is MemberStatus.SUSPENDED or any(
        each.status is MembershipStatus.SUSPENDED for each in memberships
    ):
        raise MemberSuspended(
            "Who is suspended cannot erase themselves.",
            fix="Ask the store, which erases you with its secret key.",
        )


def is_known(account_id: str, user_id: str) -> bool:
    """Tell whether anything is held on a user in an account. Nothing is held on a pseudonym."""
    if pseudonyms.is_pseudonym(user_id):
        return False
    return any(
        next(declared.find(account_id, user_id), None) is not None
        for _, declared in personal_kinds()
    )


def personal_kinds() -> list[tuple[Documents[Any, ...], Personal[Any]]]:
    """Return the kinds of documents that hold something on persons, with what they declare."""
    return [
        (kind, kind.personal) for kind in documents.every() if isinstance(kind.personal, Personal)
    ]


class _Work:
    """One run of an erasure, until it is done or its time is over."""

    def __init__(self, erasure: Erasure, stop_at_s: float) -> None:
        self.erasure = erasure
        self._stop_at_s = stop_at_s

    def run(self) -> Erasure:
        """Do all that is left."""
        if self.erasure.memberships is None:
            self.erasure = _listed(self.erasure)
        names = _names(self.erasure)
        for each in self.erasure.memberships or ():
            self._move(each, names)
        for kind, declared in personal_kinds():
            if declared.erased is not None:
                self._erase_kind(kind, declared, names)
        return _ended(self.erasure)

    def _breathe(self) -> None:
        if time.monotonic() > self._stop_at_s:
            raise _OutOfTimeError

    def _move(self, listed: ErasedMembership, names: Pseudonyms) -> None:
        """Copy a membership under its pseudonym, switch to the copy, and delete the old entries."""
        membership = _closed(listed.membership_id, self.erasure.erasure_id)
        if membership is not None:
            entries = membership_documents.list_entries(listed.membership_id)
            emission.emit_rest(membership, entries)
            self._breathe()
            copied = erasing.copy(membership, entries, names, self.erasure.started_at)
            for chunk in _chunks(copied.entries, CHUNK):
                _create_entries(listed.membership_id, chunk)
                self._breathe()
            left = rules_of_comebacks.left_by(membership, self._visits(membership), clock.utc_now())
            _switch(membership, copied, self._person, left, self.erasure.started_at)
        for page in client.pages(f"{paths.member(listed.membership_id)}/entries"):
            _delete(page)
            self._breathe()

    @cached_property
    def _person(self) -> Member:
        account_id, user_ids = self.erasure.account_id, self.erasure.user_ids
        person = member_documents.find(account_id, user_ids[0])
        assert person is not None, "it is deleted when the erasure ends"
        return person

    def _visits(self, membership: Membership) -> dict[str, EarningVisits]:
        """Return the last check-ins that have earned in the program of a membership, by store."""
        program = program_documents.find(membership.program_id)
        if program is None or not {*EARNING_METHODS.values()} & {*program.earning_methods}:
            return {}
        pages = check_in_documents.visitors_of_user(membership.account_id, membership.user_id)
        visitors = (check_in_documents.decode_visitor(each) for page in pages for each in page)
        return {
            each.store_id: each.by_program[membership.program_id]
            for each in visitors
            if each is not None and membership.program_id in each.by_program
        }

    def _erase_kind(
        self, kind: Documents[Any, ...], declared: Personal[Any], names: Pseudonyms
    ) -> None:
        known = self.erasure.pseudonyms
        for user_id in (*known, *known.values()):
            for page in declared.find(self.erasure.account_id, user_id):
                for chunk in _chunks(page, CHUNK):
                    _erase_documents(kind, declared, names, chunk)
                    self._breathe()


def _listed(erasure: Erasure) -> Erasure:
    """Note the memberships of a person, whom nobody enrols any more."""
    found = [
        ErasedMembership(each.membership_id, each.program_id, each.store_id, each.user_id)
        for user_id in erasure.user_ids
        for each in membership_documents.list_of_user(erasure.account_id, user_id)
    ]

    def noted(stored: Erasure) -> Erasure:
        if stored.memberships is not None:
            return stored
        return erasures.listed(stored, tuple(found), clock.real_now())

    return _changed(erasure.erasure_id, noted)


def _changed(erasure_id: str, change: Any) -> Erasure:
    path = paths.erasure(erasure_id)

    def decide(reads: Reads) -> Effect[Erasure]:
        before = person_erasure_documents.decode(reads[path])
        assert before is not None, f"{path} is gone"
        after: Erasure = change(before)
        if after == before:
            return Effect(before)
        return Effect(after, [person_erasure_documents.write(reads[path], after)])

    return commands.run([path], decide)


def _names(erasure: Erasure) -> Pseudonyms:
    """Return the new names of a person and of the memberships; the longest old ones first."""
    known = erasure.pseudonyms
    names = {
        each.membership_id: paths.membership_id(each.program_id, known[each.user_id])
        for each in erasure.memberships or ()
    }
    for user_id, pseudonym in known.items():
        spellings = (user_id, paths.encode(user_id), quote(user_id, safe=""), quote(user_id))
        names |= dict.fromkeys(spellings, pseudonym)
    return Pseudonyms(dict(sorted(names.items(), key=lambda each: -len(each[0]))))


def _closed(membership_id: str, erasure_id: str) -> Membership | None:
    """Close a membership for all other writers; return ``None`` if it was switched already."""
    path = paths.member(membership_id)

    def decide(reads: Reads) -> Effect[Membership | None]:
        found = membership_documents.decode(reads[path])
        if found is None or found.erasure_id is not None:
            return Effect(found)
        closed = replace(found, erasure_id=erasure_id)
        return Effect(closed, membership_documents.writes(reads[path], closed))

    return commands.run([path], decide)


def _create_entries(membership_id: str, entries: Sequence[Entry]) -> None:
    """Create copies of a membership's entries, and move what came back of them.

    Where that is kept follows from the membership's id: whoever guesses that one would find it.
    """
    created = {paths.entry(each.membership_id, each.entry_id): each for each in entries}
    moved = {
        paths.earn_returns(membership_id, each.entry_id): paths.earn_returns(
            each.membership_id, each.entry_id
        )
        for each in entries
        if each.kind in {EntryKind.EARN, EntryKind.PENDING}
    }

    def decide(reads: Reads) -> Effect[None]:
        missing = [each for path, each in created.items() if reads[path].data is None]
        creations = map(membership_documents.ENTRIES.creation, missing)
        return Effect(None, [*creations, *return_documents.moves(reads, moved)])

    commands.run([*created, *moved, *moved.values()], decide)


def _switch(
    membership: Membership, copied: erasing.Copy, person: Member, left: Before, erased_at: datetime
) -> None:
    """Put the copy in the place of a membership: one commit with the record and both mirrors.

    It remembers what the membership leaves, unless another one had taken that over.
    """
    path = paths.member(membership.membership_id)
    mirror_path = paths.store_member(membership.store_id, membership.membership_id)

    def decide(reads: Reads) -> Effect[None]:
        if reads[path].data is None:
            return Effect(None)  # Another worker was faster.
        writes = [
            *membership_documents.MEMBERSHIPS.creations(copied.membership),
            *membership_documents.MEMBERSHIPS.deletions(reads[path], reads[mirror_path]),
            erasure_documents.creation(copied.record),
        ]
        if membership.status is not MembershipStatus.MERGED:
            program_id = membership.program_id
            writes += comebacks.marked_in(reads, person, program_id, left, erased_at)
        return Effect(None, writes)

    marks = comebacks.marks_in(person, membership.program_id)
    commands.run([path, mirror_path, *marks], decide)


def _delete(page: Sequence[Snapshot]) -> None:
    def decide(reads: Reads) -> Effect[None]:
        return Effect(None, [Delete(each) for each in reads.values() if each.data is not None])

    commands.run([each.path for each in page], decide, known={each.path: each for each in page})


def _erase_documents(
    kind: Documents[Any, ...],
    declared: Personal[Any],
    names: Pseudonyms,
    page: Sequence[Snapshot],
) -> None:
    assert declared.erased is not None
    erased = declared.erased

    def decide(reads: Reads) -> Effect[None]:
        writes: list[Write] = []
        for read in reads.values():
            before = kind.decode(read)
            after = None if before is None else erased(before, names)
            if before is not None and after is None:
                writes.append(kind.deletion(read))
            elif after != before:
                writes += kind.writes(read, after)
        return Effect(None, writes)

    commands.run([each.path for each in page], decide, known={each.path: each for each in page})


def _ended(erasure: Erasure) -> Erasure:
    """Delete the person, forget the user ids, and tell the merchant's systems: one commit."""
    path, now = paths.erasure(erasure.erasure_id), clock.real_now()
    person_paths = [paths.account_member(erasure.account_id, each) for each in erasure.user_ids]

    def decide(reads: Reads) -> Effect[Erasure]:
        stored = person_erasure_documents.decode(reads[path])
        assert stored is not None, f"{path} is gone"
        if stored.state is not ErasureState.RUNNING:
            return Effect(stored)
        news = [_news(stored, store_id) for store_id in stored.store_ids]
        told = [each.deliveries[0].event_id for each in news if each.deliveries]
        after = erasures.ended(stored, tuple(told), now)
        writes: list[Write] = [
            person_erasure_documents.write(reads[path], after),
            *(Delete(reads[each]) for each in person_paths if reads[each].data is not None),
            *(write for each in news for write in each.writes),
        ]
        tasks = [task for each in news for task in each.tasks]
        return Effect(after, writes, tasks=tasks)

    return commands.run([path, *person_paths], decide)


def _news(erasure: Erasure, store_id: str) -> outbox.Announcement:
    """Prepare the event for a store: with the user ids only if somebody wants it."""
    endpoints = endpoint_documents.list_of_store(store_id)
    event = erasure_events.from_erasure(erasure, store_id, erasure.user_ids)
    if any(outbox.wants(each, event) for each in endpoints):
        return outbox.announce_to(endpoints, [event])
    return outbox.announce_to([], [erasure_events.from_erasure(erasure, store_id, ())])


def _end_telling(erasure: Erasure) -> None:
    """Take the user ids out of the last events as soon as they are delivered or given up."""
    is_over = clock.real_now() - erasure.updated_at >= TOLD_WITHIN
    for event_id in erasure.event_ids:
        event = event_documents.find(event_id)
        if event is None:
            continue
        found = delivery_documents.list_of_event(event.store_id, event_id)
        if not is_over and any(each.next_attempt_at is not None for each in found):
            return
        _silence(event_id, [each.delivery_id for each in found])
    _changed(
        erasure.erasure_id,
        lambda stored: replace(
            stored, state=ErasureState.DONE, event_ids=(), updated_at=clock.real_now()
        ),
    )


def _silence(event_id: str, delivery_ids: Sequence[str]) -> None:
    """Take the user ids out of an event, and what receivers answered out of its deliveries."""
    event_path = paths.event(event_id)
    delivery_paths = [paths.webhook_delivery(each) for each in delivery_ids]

    def decide(reads: Reads) -> Effect[None]:
        event = event_documents.decode(reads[event_path])
        if event is None:
            return Effect(None)
        payload = erasure_events.without_names(event.payload)
        writes = event_documents.EVENTS.writes(reads[event_path], replace(event, payload=payload))
        for each in delivery_paths:
            delivery = delivery_documents.decode(reads[each])
            if delivery is not None:
                silent = deliveries.silenced(delivery)
                writes.append(delivery_documents.update(reads[each], silent))
        return Effect(None, writes)

    commands.run([event_path, *delivery_paths], decide)


def _handed_over(erasure: Erasure) -> Erasure:
    """Let a task go on with an erasure; the schedule replaces a lost one."""
    now = clock.real_now()
    task_id = f"{erasure.erasure_id}-{int(now.timestamp() * 1000)}"
    task = Task(FUNCTION, task_id, {"erasureId": erasure.erasure_id})
    path = paths.erasure(erasure.erasure_id)

    def decide(reads: Reads) -> Effect[Erasure]:
        stored = person_erasure_documents.decode(reads[path])
        assert stored is not None, f"{path} is gone"
        if stored.state is not ErasureState.RUNNING:
            return Effect(stored)
        noted = replace(stored, updated_at=now)
        write = person_erasure_documents.write(reads[path], noted)
        return Effect(noted, [write], tasks=[task])

    return commands.run([path], decide)


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
