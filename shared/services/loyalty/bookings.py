"""The steps of a booking: name it by its key, decide on fresh reads, commit at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared import clock, ids
from shared.auth.caller import Caller, Claim
from shared.domain.loyalty import ledger
from shared.domain.loyalty.earning import Award
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.errors import (
    IdempotencyKeyReused,
    MembershipNotFound,
)
from shared.services import commands, idempotency
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.loyalty import membership_documents


@dataclass(frozen=True, slots=True)
class Booking:
    """The change that a request made to a membership.

    ``entry`` is ``None`` if there was nothing to book; then the balance is unchanged.
    ``is_replay``: the entry comes from an earlier request with the same key.
    ``is_duplicate``: that request had another ``Idempotency-Key`` and the same business key.
    """

    program: Program
    membership_id: str
    entry: Entry | None
    balance_units: int
    tier: str | None
    award: Award | None = None
    is_replay: bool = False
    is_duplicate: bool = False

    @property
    def previous_units(self) -> int:
        """Balance before."""
        return self.entry.balance_before_units if self.entry else self.balance_units

    @property
    def new_units(self) -> int:
        """Balance after."""
        return self.entry.balance_after_units if self.entry else self.balance_units


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision of ``book``: the changed membership, the entry if any, and further writes."""

    membership: Membership
    entry: Entry | None
    more_writes: list[Write] | tuple[Write, ...] = ()


def cause_of(
    caller: Caller,
    program: Program,
    *,
    action: str,
    business_key: str | None,
    terms: tuple[str, ...],
    sync_action: str | None = None,
    **facts: object,
) -> Cause:
    """Return the entry's name: its business key, else the ``Idempotency-Key``, else a random one.

    ``terms`` are the contents of the request; a repeated key with other terms is refused.
    """
    claim = caller.claim
    if business_key is not None:
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
        **facts,  # type: ignore[arg-type]
    )


def run(
    claim: Claim | None,
    program: Program,
    user_id: str,
    cause: Cause,
    book: Callable[[Membership, Reads], Decided],
    *,
    more_paths: list[str] | tuple[str, ...] = (),
    enrolls: bool = False,
    records_no_op: bool = False,
    award: Award | None = None,
) -> Booking:
    """Read, let ``book`` decide, commit: two RPCs. A repeated request gets its first answer.

    Expired points are written off before ``book`` decides. Their entry comes before its own, in
    the same commit; if ``book`` refuses, neither is written.

    ``records_no_op``: the request is recorded even if there was nothing to book. Otherwise a late
    repetition would set a balance again, and undo later bookings.
    """
    membership_id = paths.membership_id(program.program_id, user_id)
    member_path = paths.member(membership_id)
    entry_path = paths.entry(membership_id, cause.entry_id)
    no_op = (
        Claim(ids.digest("nothing", membership_id, cause.entry_id), cause.fingerprint)
        if records_no_op
        else None
    )
    run_id = ids.new("run")

    def replay(kept: Document, reads: Reads) -> Booking:
        """Return the earlier request's answer: from its entry, else from what its claim keeps."""
        stored = membership_documents.decode_entry(reads[entry_path])
        if stored is not None:
            booking = _replay(program, stored, cause)
        else:
            booking = _replay_of_nothing(program, membership_id, kept)
        return replace(booking, award=booking.award or award)

    def decide(reads: Reads) -> Effect[Booking]:
        earlier = idempotency.earlier_result(no_op, reads, cause.now)
        if reads[entry_path].data is not None or earlier is not None:
            booking = replay(earlier or {}, reads)
            # A second key for the same booking must not serve for another one.
            return Effect(booking, kept=_kept(booking))
        membership = membership_documents.decode(reads[member_path])
        if membership is None:
            if not enrolls:
                raise MembershipNotFound(f"User {user_id} is not enrolled.")
            membership = ledger.enroll(
                program,
                membership_id=membership_id,
                user_id=user_id,
                now=cause.now,
                source=cause.source,
            )
        membership, expired = _without_expired(membership, program, cause)
        booked = book(membership, reads)
        after = booked.membership
        booking = Booking(
            program, membership_id, booked.entry, after.balance_units, after.tier, award
        )
        kept = _kept(booking)
        writes = [*booked.more_writes]
        if booked.entry is None:
            writes += idempotency.claim_writes(no_op, reads, kept, cause.now, run_id)
        entries = [each for each in (expired, booked.entry) if each is not None]
        if entries or reads[member_path].data is None:
            writes += membership_documents.writes(reads[member_path], after, *entries)
        return Effect(booking, writes, kept)

    needs = [member_path, entry_path, *idempotency.claim_paths(no_op), *more_paths]
    return commands.run(needs, decide, claim=claim, replay=replay)


def _without_expired(
    membership: Membership, program: Program, cause: Cause
) -> tuple[Membership, Entry | None]:
    """Write off expired points before the booking, even if the calendar has not run yet."""
    expiry_cause = ledger.expiry_cause(membership, cause.now)
    return ledger.expire(membership, program, expiry_cause) or (membership, None)


def _kept(booking: Booking) -> Document:
    """Return the record that a claim keeps; it gives the answer if there is no entry."""
    return {
        "balanceUnits": booking.balance_units,
        "tier": booking.tier,
        "requestedUnits": booking.award.requested_units if booking.award else 0,
        "reason": booking.award.reason if booking.award else None,
    }


def _replay(program: Program, stored: Entry, cause: Cause) -> Booking:
    """Return the answer from the entry that the same key booked before.

    Raises:
        IdempotencyKeyReused: That entry was booked by a different request.
    """
    if stored.fingerprint != cause.fingerprint:
        raise IdempotencyKeyReused(
            "The transaction was booked before with other values.",
            entryId=stored.entry_id,
            transactionId=stored.transaction_id,
        )
    return Booking(
        program,
        stored.membership_id,
        stored,
        stored.balance_after_units,
        stored.tier_after,
        is_replay=True,
        is_duplicate=stored.key_hash != cause.key_hash,
    )


def _replay_of_nothing(program: Program, membership_id: str, earlier: Document) -> Booking:
    """Return the answer of an earlier request with the same key that had nothing to book."""
    award = Award(earlier["requestedUnits"], 0, reason=earlier["reason"])
    return Booking(
        program,
        membership_id,
        None,
        earlier["balanceUnits"],
        earlier["tier"],
        award,
        is_replay=True,
    )
