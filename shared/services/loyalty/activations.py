"""Let pending points be spent before their time."""

from __future__ import annotations

from dataclasses import dataclass

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.pending import PendingAward
from shared.errors import BookingNotFound, MembershipNotFound
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.client import Document
from shared.store.loyalty import membership_documents


@dataclass(frozen=True, slots=True)
class Activation:
    """A membership after pending points were activated: as the first of equal requests left it."""

    user_id: str
    activated_units: int
    balance_units: int
    pending_units: int
    tier: str | None
    scale: int
    is_replay: bool = False


@forwarding.following
def activate(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    transaction_id: str | None,
    entry_id: str | None,
) -> Activation:
    """Activate the pending points of a booking, or all that the member has in the program.

    What is not pending any more stays as it is.

    Raises:
        ProgramNotFound, MembershipNotFound, BalanceLimitExceeded, IdempotencyKeyReused, Busy.
        BookingNotFound: The member has no such booking.
    """
    program = access.program(caller, program_id, store_id)
    membership_id = paths.membership_id(program_id, user_id)
    path = paths.member(membership_id)
    now = clock.utc_now()

    def is_meant(award: PendingAward) -> bool:
        return entry_id in {None, award.entry_id} and transaction_id in {
            None,
            award.transaction_id,
        }

    def replay(kept: Document, _: Reads) -> Activation:
        return Activation(
            kept.get("userId", user_id),
            kept["activatedUnits"],
            kept["balanceUnits"],
            kept["pendingUnits"],
            kept["tier"],
            program.scale,
            is_replay=True,
        )

    def decide(reads: Reads) -> Effect[Activation]:
        found = membership_documents.decode(reads[path])
        if found is None:
            raise MembershipNotFound(f"User {user_id} is not enrolled.")
        forwarding.require_current(found)
        meant = [each for each in found.pending if is_meant(each)]
        if not meant:
            _require_booked(found, transaction_id, entry_id)
        entries: list[Entry] = []
        after = found
        for award in meant:
            if award.units:
                after, entry = ledger.activate(after, program, award, now)
                entries.append(entry)
        activated_units = sum(entry.units for entry in entries)
        after, caught = ledger.caught_up(after, program, now)
        activation = Activation(
            user_id,
            activated_units,
            after.balance_units,
            after.pending_units,
            after.tier,
            program.scale,
        )
        kept = {
            "userId": user_id,
            "activatedUnits": activated_units,
            "balanceUnits": after.balance_units,
            "pendingUnits": after.pending_units,
            "tier": after.tier,
        }
        booked = [*entries, *caught]
        writes = membership_documents.writes(reads[path], after, *booked) if booked else []
        return Effect(activation, writes, kept)

    return commands.run([path], decide, claim=caller.claim, replay=replay)


def _require_booked(
    membership: Membership, transaction_id: str | None, entry_id: str | None
) -> None:
    """Tell what is not pending any more from what never was, also of who was merged into this one.

    Raises:
        BookingNotFound: The member has no booking of such an id.
    """
    own = membership.every_membership_id
    if entry_id is not None:
        entries = (membership_documents.find_entry(each, entry_id) for each in own)
        booked = [each for each in entries if each is not None]
    elif transaction_id is not None:
        found = membership_documents.find_by_transaction(membership.program_id, transaction_id)
        booked = [each for each in found if each.membership_id in own]
    else:
        return
    if not any(transaction_id in {None, each.transaction_id} for each in booked):
        raise BookingNotFound("The member has no such booking in the program.")
