"""The steps of a booking: name it by its key, decide on fresh reads, commit at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from shared import clock, ids
from shared.auth.caller import Caller, Claim
from shared.domain import plain_ids
from shared.domain.loyalty import hold_releases, ledger, welcome
from shared.domain.loyalty.earning import Award
from shared.domain.loyalty.entries import Cause, Entry, EntryKind, Undone
from shared.domain.loyalty.external_transactions import ExternalTransaction, booked_by
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.members import comebacks
from shared.domain.members.comebacks import Before
from shared.domain.members.member import Member
from shared.errors import IdempotencyKeyReused, MembershipNotFound, VersionMismatch
from shared.schemas.base import invalid
from shared.services import commands, idempotency
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.services.loyalty import profile_rewards, returning, sync_conflicts
from shared.services.loyalty.sync_conflicts import Expected
from shared.store import codec, paths
from shared.store.client import Document, Write
from shared.store.loyalty import membership_documents, redemption_documents
from shared.store.members import member_documents
from shared.tasks import Task


@dataclass(frozen=True, slots=True)
class Booking:
    """The change that a request made to a membership.

    ``user_id`` is whose it is now: after a merge the new one, also of what the old one has booked.
    ``entry`` is ``None`` if there was nothing to book; then the balance is unchanged.
    ``undone`` is what a return gave back without an entry of its own.
    ``is_replay``: the entry comes from an earlier request with the same key.
    ``is_duplicate``: that request was another one about the same transaction: it had another
    ``Idempotency-Key``, came through another endpoint, or only one of the two named a source.
    """

    program: Program
    membership_id: str
    user_id: str
    entry: Entry | None
    balance_units: int
    tier: str | None
    award: Award | None = None
    is_replay: bool = False
    is_duplicate: bool = False
    undone: Undone | None = None

    @property
    def all_undone(self) -> Undone:
        """What a return gave back, and the balance before all of it."""
        if self.entry is None:
            return self.undone or Undone(self.balance_units)
        return self.entry.undone or Undone(self.entry.balance_before_units)

    @property
    def previous_units(self) -> int:
        """Balance before."""
        return self.all_undone.balance_units

    @property
    def new_units(self) -> int:
        """Balance after."""
        return self.entry.balance_after_units if self.entry else self.balance_units

    @property
    def version(self) -> int | None:
        """The number of the entry; ``None`` if there was nothing to book."""
        return self.entry.seq if self.entry else None


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision of ``book``: the changed membership, the entry if any, and further writes.

    ``expired`` is the entry that follows if what was granted has expired already.
    ``award`` says how much was asked for, and why it is not granted, if that was computed.
    ``before`` are entries that come before it, in the same commit, and ``then`` those that follow.
    ``is_final``: the same request never does more. Else what did nothing is decided on again.
    ``undone`` is what a return gave back without an entry of its own.
    ``earned_nothing``: it is a purchase that is known from now on, for returns of it.
    ``tasks`` are enqueued after the commit.
    """

    membership: Membership
    entry: Entry | None
    more_writes: list[Write] | tuple[Write, ...] = ()
    expired: Entry | None = None
    award: Award | None = None
    is_final: bool = True
    before: Sequence[Entry] = ()
    then: Sequence[Entry] = ()
    undone: Undone | None = None
    earned_nothing: bool = False
    tasks: Sequence[Task] = ()


def cause_of(
    caller: Caller,
    program: Program,
    *,
    action: str,
    business_key: str | None = None,
    transaction: ExternalTransaction | None = None,
    terms: tuple[str, ...],
    sync_action: str | None = None,
    **facts: object,
) -> Cause:
    """Return the entry's name: its business key, else the ``Idempotency-Key``, else a random one.

    ``terms`` are the contents of the request; a repeated key with other terms is refused.
    ``transaction`` is a business key that other endpoints and sources may name as well.
    """
    claim = caller.claim
    if transaction is not None:
        entry_id = transaction.first_id
    elif business_key is not None:
        entry_id = ids.derived("le", action, business_key)
    elif claim is not None:
        entry_id = ids.derived("le", action, "key", claim.claim_id)
    else:
        entry_id = ids.new("le")
    return Cause(
        entry_id=entry_id,
        fingerprint=ids.digest(action, program.program_id, *terms),
        key_hash=claim.claim_id if claim else None,
        now=clock.utc_now(),
        action=sync_action,
        staff_id=caller.staff_id,
        **facts,  # type: ignore[arg-type]
    )


def cashiers_own_id(caller: Caller, program_id: str) -> str | None:
    """Return the id that a cashier's own membership has; ``None`` if no cashier calls."""
    if caller.staff is None or not caller.is_cashier:
        return None
    return paths.membership_id(program_id, caller.staff.user_id)


def run(
    claim: Claim | None,
    program: Program,
    user_id: str,
    cause: Cause,
    book: Callable[[Membership, Reads], Decided],
    *,
    more_paths: list[str] | tuple[str, ...] = (),
    records_no_op: bool = False,
) -> Booking:
    """Book what has one name, which nobody else uses: as ``run_transaction`` without one."""
    return run_transaction(
        claim,
        program,
        user_id,
        cause,
        None,
        lambda membership, reads, _: book(membership, reads),
        more_paths=more_paths,
        records_no_op=records_no_op,
    )


def run_transaction(
    claim: Claim | None,
    program: Program,
    user_id: str,
    cause: Cause,
    transaction: ExternalTransaction | None,
    book: Callable[[Membership, Reads, Cause], Decided],
    *,
    more_paths: list[str] | tuple[str, ...] = (),
    records_no_op: bool = False,
    is_dry: bool = False,
) -> Booking:
    """Book what ``Prepared`` describes. A repeated request gets its first answer."""
    return Prepared(
        program,
        user_id,
        cause,
        transaction,
        book,
        more_paths=more_paths,
        records_no_op=records_no_op,
        is_dry=is_dry,
    ).run(claim)


ComesBack = Callable[[Reads, Program, str, Member | None, datetime], Before | None]
"""Tells what a user who joins a program now had before an erasure within the last year."""


@dataclass(frozen=True)
class Prepared:
    """A booking that can be decided on, alone or in one commit with others.

    What time has brought is booked before ``book`` decides: pending points can be spent, expired
    ones are written off. Those entries come before its own, in the same commit; if ``book``
    refuses, none is written. Returns that waited for what is earned come after it.

    For a member who was merged into another one, it is booked there, unless it was booked for the
    old one before: then that is the answer. A request for the new one looks into the old ones, too.
    Each costs one read more.

    Attributes:
        program: The program, which is the caller's.
        user_id: The member.
        cause: Why it is booked, and under which name.
        transaction: What it says decides which earlier entry is that of this request, and the
            entry's id. ``book`` gets the cause with that id.
        book: Decides. It gets the membership, what was read, and the cause.
        more_paths: What ``book`` needs besides.
        enrolls: Who has no membership gets one with its welcome bonus, and is written down as a
            member in the same commit. It tells who comes back after an erasure, and so gets nothing
            that is given once.
        records_no_op: The request is recorded even if there was nothing to book. Otherwise a late
            repetition would set a balance again, and undo later bookings.
        is_dry: Everything is decided, and nothing is written.
        expected: It is booked only if the member is as the caller knows; else the event
            ``loyalty.sync_conflict`` is all that is written.
    """

    program: Program
    user_id: str
    cause: Cause
    transaction: ExternalTransaction | None
    book: Callable[[Membership, Reads, Cause], Decided]
    more_paths: Sequence[str] = ()
    enrolls: ComesBack | None = None
    records_no_op: bool = False
    is_dry: bool = False
    expected: Expected | None = None
    # What a decision that is made again must not make anew:
    run_id: str = field(default_factory=lambda: ids.new("run"))
    begun_at: datetime = field(default_factory=clock.real_now)
    _forwarded: dict[str, Prepared] = field(default_factory=dict)

    @property
    def needs(self) -> list[str]:
        """The paths to read."""
        persons = [self._person_path] if self.enrolls else []
        return [self._member_path, *self._names.needs, *self.more_paths, *persons]

    def run(self, claim: Claim | None) -> Booking:
        """Read, decide, commit: two RPCs. A repeated request gets its first answer."""
        try:
            return commands.run(self.needs, self.decide, claim=claim, replay=self.replay)
        except VersionMismatch as refusal:
            if self.expected is not None:
                sync_conflicts.tell(self.program, self.cause, self.expected, refusal)
            raise

    def replay(self, kept: Document, reads: Reads) -> Booking:
        """Return the earlier request's answer: from its entry, else from what its claim keeps.

        Raises:
            RedemptionCancelled: It was a redemption whose points were given back since, and nobody
                must take it for paid. To know that is one read more.
        """
        membership = membership_documents.decode(reads[self._member_path])
        stored, _ = self._told_before(membership, reads)
        if stored is not None:
            user_id = self._current_user_id(membership)
            booking = _replay(self.program, user_id, stored, self.cause, self.transaction)
            require_not_cancelled(stored, reads)
            return booking
        if (other := self._for_new_member(membership, reads)) is not None:
            return other.replay(kept, reads)
        return _replay_of_nothing(self.program, self._membership_id, self.user_id, kept)

    def decide(self, reads: Reads) -> Effect[Booking]:
        """Decide, as for ``commands.run``."""
        read = reads[self._member_path]
        found = membership_documents.decode(read)
        stored, earlier = self._told_before(found, reads)
        if stored is not None or earlier is not None:
            booking = self.replay(earlier or {}, reads)
            # A second key for the same booking must not serve for another one.
            return Effect(booking, kept=_kept(booking))
        if (other := self._for_new_member(found, reads)) is not None:
            return other.decide(reads)
        membership, first = (found, ()) if found else self._enrolled(reads)
        membership, caught = ledger.caught_up(membership, self.program, self.cause.now)
        if self.expected is not None:
            known = membership if found else None
            ledger.require_version(known, self.user_id, self.expected.version)
        cause = replace(self.cause, entry_id=self._names.free_id(reads))
        booked = self.book(membership, reads, cause)
        now = cause.now
        if booked.earned_nothing:
            settled = returning.settle_nothing(reads, booked.membership, self.program, cause)
        else:
            settled = returning.settle_waiting(
                reads, booked.membership, self.program, booked.entry, now
            )
        after = settled.membership
        booking = Booking(
            self.program,
            self._membership_id,
            self.user_id,
            booked.entry,
            after.balance_units,
            # As a repetition says it: of the entry, which a return that has waited may follow.
            booked.entry.tier_after if booked.entry else after.tier,
            booked.award,
            undone=booked.undone,
        )
        kept = _kept(booking)
        announcement = outbox.announce(settled.events)
        writes = [*booked.more_writes, *settled.writes, *announcement.writes]
        if found is None:
            writes += member_documents.enrolment_writes(
                reads[self._person_path], self.program, self.user_id, self.cause.now
            )
        if booked.entry is None and booked.is_final:
            no_op = self._names.no_op
            writes += idempotency.claim_writes(no_op, reads, kept, self.begun_at, self.run_id)
        made = (
            *first,
            *caught,
            *booked.before,
            booked.entry,
            *booked.then,
            booked.expired,
            *settled.entries,
        )
        entries = [each for each in made if each is not None]
        if entries or found is None or _has_changed(found, after, now):
            writes += membership_documents.writes(read, after, *entries)
        tasks = [] if self.is_dry else [*announcement.tasks, *booked.tasks]
        return Effect(booking, [] if self.is_dry else writes, kept, tasks)

    @cached_property
    def _membership_id(self) -> str:
        return paths.membership_id(self.program.program_id, self.user_id)

    @cached_property
    def _member_path(self) -> str:
        return paths.member(self._membership_id)

    @property
    def _person_path(self) -> str:
        return paths.account_member(self.program.account_id, self.user_id)

    @cached_property
    def _names(self) -> _Names:
        return self._names_for(self._membership_id)

    def _names_for(self, membership_id: str) -> _Names:
        return _Names.of(
            membership_id, self.cause, self.transaction, records_no_op=self.records_no_op
        )

    def _enrolled(self, reads: Reads) -> tuple[Membership, Sequence[Entry]]:
        """Open a membership for a system of the merchant, which vouches for its members.

        Returns:
            The membership, and the entries of what it gets for that.

        Raises:
            MembershipNotFound: The member has none, and this booking opens none.
            InvalidParameters: Nobody new may have such an id.
        """
        if self.enrolls is None:
            raise MembershipNotFound(f"User {self.user_id} is not enrolled.")
        if not plain_ids.is_plain(self.user_id):
            raise invalid({"userId": plain_ids.NOT_PLAIN})
        now = self.cause.now
        opened = ledger.enroll(
            self.program,
            membership_id=self._membership_id,
            user_id=self.user_id,
            now=now,
            source=self.cause.source,
        )
        person = member_documents.decode(reads[self._person_path])
        before = self.enrolls(reads, self.program, self.user_id, person, now)
        owed: Sequence[Entry] = ()
        if before is not None:
            opened, owed = comebacks.opened(opened, self.program, before, now)
        opened, greeting = welcome.greeted(opened, self.program, is_verified=True, now=now)
        opened, given = profile_rewards.on_enrolment(opened, self.program, person, now)
        return opened, [*owed, *filter(None, [greeting]), *given]

    def _told_before(
        self, membership: Membership | None, reads: Reads
    ) -> tuple[Entry | None, Document | None]:
        """Return what an earlier request booked, here or for a member merged into this one.

        The second is what its claim keeps, if there was nothing to book.
        """
        old = [self._names_for(each) for each in (membership.merged_from if membership else ())]
        commands.want(reads, [path for each in old for path in each.needs])
        every = (self._names, *old)
        entries = (each.find_entry(reads) for each in every)
        kept = (each.find_no_op(reads) for each in every)
        return next(filter(None, entries), None), next(filter(None, kept), None)

    def _current_user_id(self, membership: Membership | None) -> str:
        into = None if membership is None else membership.merged_into_user_id
        return into or self.user_id

    def _for_new_member(self, membership: Membership | None, reads: Reads) -> Prepared | None:
        """Return the booking for the member into whom this one was merged, if there is one."""
        into = None if membership is None else membership.merged_into_user_id
        if membership is None and self.enrolls:
            person = member_documents.decode(reads[self._person_path])
            into = None if person is None else person.merged_into
        if into is None:
            return None
        other = self._forwarded.setdefault(into, replace(self, user_id=into, _forwarded={}))
        commands.want(reads, other.needs)
        return other


@dataclass(frozen=True, slots=True)
class _Names:
    """The ids under which a request may have been booked, and the one under which it will be.

    ``paths_by_id`` are the entries' paths; ``no_ops`` are the claims of requests that had nothing
    to book, one for each entry id, if those are recorded.
    """

    cause: Cause
    transaction: ExternalTransaction | None
    paths_by_id: dict[str, str]
    no_ops: tuple[Claim, ...]

    @classmethod
    def of(
        cls,
        membership_id: str,
        cause: Cause,
        transaction: ExternalTransaction | None,
        *,
        records_no_op: bool,
    ) -> _Names:
        entry_ids = (cause.entry_id,) if transaction is None else transaction.entry_ids
        return cls(
            cause,
            transaction,
            {entry_id: paths.entry(membership_id, entry_id) for entry_id in entry_ids},
            tuple(
                Claim(ids.digest("nothing", membership_id, entry_id), cause.fingerprint)
                for entry_id in entry_ids
                if records_no_op
            ),
        )

    @property
    def needs(self) -> list[str]:
        """The paths to read."""
        claims = [path for each in self.no_ops for path in idempotency.claim_paths(each)]
        return [*self.paths_by_id.values(), *claims]

    @property
    def no_op(self) -> Claim | None:
        """The claim to write if there is nothing to book."""
        return self.no_ops[0] if self.no_ops else None

    def find_entry(self, reads: Reads) -> Entry | None:
        """Return the entry that an earlier request booked."""
        found = (
            membership_documents.decode_entry(reads[each]) for each in self.paths_by_id.values()
        )
        entries = [each for each in found if each is not None]
        if self.transaction is None:
            return entries[0] if entries else None
        return self.transaction.find(entries, self.cause.fingerprint)

    def find_no_op(self, reads: Reads) -> Document | None:
        """Return what the claim of an earlier request keeps that had nothing to book.

        Raises:
            IdempotencyKeyReused: That request was a different one.
        """
        try:
            kept = (
                idempotency.earlier_result(each, reads, clock.real_now()) for each in self.no_ops
            )
            return next((each for each in kept if each is not None), None)
        except IdempotencyKeyReused:
            raise IdempotencyKeyReused(
                "The transaction was told before with other values; there was nothing to book.",
                entryId=None,
                transactionId=self.cause.transaction_id,
                bookedBy=None if self.cause.action is None else "syncExternalLoyalty",
            ) from None

    def free_id(self, reads: Reads) -> str:
        """Return the id of the new entry: the second one if another source has the first."""
        return next(each for each, path in self.paths_by_id.items() if reads[path].data is None)


def _has_changed(before: Membership, after: Membership, now: datetime) -> bool:
    """Tell whether a membership has changed without an entry, and not by time alone."""
    if hold_releases.without_ended(before, now).holds != after.holds:
        return True
    return (before.referral, before.waiting_returns, before.uncollected) != (
        after.referral,
        after.waiting_returns,
        after.uncollected,
    )


def _kept(booking: Booking) -> Document:
    """Return the record that a claim keeps; it gives the answer if there is no entry."""
    return {
        "entryId": booking.entry.entry_id if booking.entry else None,
        "balanceUnits": booking.balance_units,
        "tier": booking.tier,
        "requestedUnits": booking.award.requested_units if booking.award else 0,
        "reason": booking.award.reason if booking.award else None,
        "cappedBy": booking.award.capped_by if booking.award else None,
        **({} if booking.undone is None else {"undone": codec.to_document(booking.undone)}),
    }


def _replay(
    program: Program,
    user_id: str,
    stored: Entry,
    cause: Cause,
    transaction: ExternalTransaction | None,
) -> Booking:
    """Return the answer from the entry that booked the same transaction or key before.

    Raises:
        IdempotencyKeyReused: That entry was booked by a different request.
    """
    is_same = stored.fingerprint == cause.fingerprint
    if not is_same and not (transaction and transaction.is_repeated(stored, cause.fingerprint)):
        raise IdempotencyKeyReused(
            "The transaction was booked before with other values.",
            entryId=stored.entry_id,
            transactionId=stored.transaction_id,
            bookedBy=booked_by(stored),
        )
    return Booking(
        program,
        stored.membership_id,
        user_id,
        stored,
        stored.balance_after_units,
        stored.tier_after,
        is_replay=True,
        is_duplicate=not is_same
        or (stored.source, stored.key_hash) != (cause.source, cause.key_hash),
    )


def require_not_cancelled(stored: Entry, reads: Reads) -> None:
    """Refuse to repeat the answer of a redemption whose points were given back since.

    Raises:
        RedemptionCancelled, Wanted.
    """
    if stored.kind is not EntryKind.REDEEM:
        return
    path = redemption_documents.path_of(stored)
    commands.want(reads, [path])
    redemption_documents.decode(stored, reads[path]).record.require_not_cancelled()


def _replay_of_nothing(
    program: Program, membership_id: str, user_id: str, earlier: Document
) -> Booking:
    """Return the answer of an earlier request with the same key that had nothing to book.

    Raises:
        MembershipNotFound: It had booked something, and the member was erased since.
    """
    if earlier.get("entryId") is not None:
        raise MembershipNotFound("The membership in which this was booked was erased since.")
    award = Award(earlier["requestedUnits"], 0, earlier.get("cappedBy"), earlier["reason"])
    undone = earlier.get("undone")
    return Booking(
        program,
        membership_id,
        user_id,
        None,
        earlier["balanceUnits"],
        earlier["tier"],
        award,
        is_replay=True,
        undone=None if undone is None else codec.from_document(Undone, undone),
    )
