"""Enrolment and balances."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import ledger, loyalty_events, tiers
from shared.domain.loyalty import standing as standing_rules
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.tiers import TierProgress
from shared.errors import MembershipNotFound
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.loyalty import membership_documents
from shared.store.members import member_documents


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A membership; ``is_new`` if this request, or the first with the same key, opened it."""

    membership: Membership
    is_new: bool
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """A membership with its program and its progress between tiers."""

    membership: Membership
    program: Program
    progress: TierProgress


def enroll(caller: Caller, *, program_id: str, user_id: str, store_id: str | None) -> Enrolment:
    """Open a membership; return the existing one if the user has one already.

    That of a member who had left is opened again, with its points.

    Raises:
        ProgramNotFound, ProgramInactive, MemberSuspended, MembershipClosed, IdempotencyKeyReused,
        Busy.
    """
    program = access.program(caller, program_id, store_id)
    membership_id = paths.membership_id(program_id, user_id)
    path = paths.member(membership_id)
    person_path = paths.account_member(caller.account_id, user_id)
    now = clock.utc_now()

    def replay(kept: Document, reads: Reads) -> Enrolment:
        existing = membership_documents.decode(reads[path])
        assert existing is not None, "memberships are never deleted"
        then = replace(
            existing,
            balance_units=kept["balanceUnits"],
            tier=kept["tier"],
            # What earlier versions kept does not hold it: there was one status only.
            status=MembershipStatus(kept.get("status", MembershipStatus.ACTIVE)),
        )
        return Enrolment(then, is_new=kept["isNew"], is_replay=True)

    def decide(reads: Reads) -> Effect[Enrolment]:
        existing = membership_documents.decode(reads[path])
        is_new = existing is None
        after = (
            standing_rules.reopened(existing, now)
            if existing
            else ledger.enroll(program, membership_id=membership_id, user_id=user_id, now=now)
        )
        has_returned = existing is not None and after != existing
        if has_returned:
            program.require_active()
        news = outbox.announce([loyalty_events.from_return(after, now)] if has_returned else [])
        writes: list[Write] = [*news.writes]
        if is_new or has_returned:
            writes += membership_documents.writes(reads[path], after)
            writes += member_documents.enrolment_writes(
                reads[person_path],
                account_id=program.account_id,
                user_id=user_id,
                program_id=program_id,
                now=now,
            )
        membership = ledger.effective(after, now)
        kept = {
            "balanceUnits": membership.balance_units,
            "tier": membership.tier,
            "isNew": is_new,
            "status": membership.status.value,
        }
        return Effect(Enrolment(membership, is_new=is_new), writes, kept, news.tasks)

    return commands.run([path, person_path], decide, claim=caller.claim, replay=replay)


def standing(
    caller: Caller, *, program_id: str, user_id: str, store_id: str | None
) -> MemberStanding:
    """Return a customer's balance, totals, tier and history: one read, nothing written.

    Expired points do not count, but the history shows the expiry only once it is booked.

    Raises:
        ProgramNotFound, MembershipNotFound.
    """
    program = access.program(caller, program_id, store_id)
    found = membership_documents.find(paths.membership_id(program_id, user_id))
    if found is None:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")
    membership = ledger.effective(found, clock.utc_now())
    progress = tiers.progress(program.tiers, membership.lifetime_units, membership.tier)
    return MemberStanding(membership, program, progress)
