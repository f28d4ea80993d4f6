"""Move points from a member to another one of the same program, in one commit for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.programs import Program, Transfers
from shared.errors import (
    IdempotencyKeyReused,
    MembershipNotFound,
    TransferNotAllowed,
)
from shared.schemas.base import invalid
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.loyalty import balances
from shared.store import paths
from shared.store.client import Document
from shared.store.loyalty import membership_documents


@dataclass(frozen=True, slots=True)
class Transfer:
    """What moved, as it left the balance of the member who gave it; of the other one it says no
    balance.
    """

    user_id: str
    to_user_id: str
    entry_id: str
    units: int
    before_units: int
    after_units: int
    scale: int
    moved_at: datetime
    is_replay: bool = False


@forwarding.following
def transfer(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    to_user_id: str,
    points: Decimal,
    transfer_id: str,
    description: str,
) -> Transfer:
    """Move points, once for one ``transfer_id`` of who gives and who gets, for ever.

    Customers may give their own, if the program lets them: the edge has compared ``user_id``. They
    send no text, as somebody else would read it as the shop's. A member who was merged gives and
    gets as the one who took over.

    Raises:
        ProgramNotFound, MembershipNotFound, TransferNotAllowed, MemberSuspended, MembershipClosed,
        InsufficientBalance, BalanceLimitExceeded, InvalidParameters, IdempotencyKeyReused, Busy.
    """
    if caller.customer is not None and description:
        raise invalid({"description": "is not for customers"})
    program = access.program(caller, program_id, store_id)
    units = balances.positive_units(points, program)
    cause = Cause(
        entry_id=ids.derived("le", "transfer", program_id, transfer_id),
        fingerprint=ids.digest("transfer", program_id, transfer_id, str(units)),
        key_hash=caller.claim.claim_id if caller.claim else None,
        now=clock.utc_now(),
        description=description,
        transaction_id=transfer_id,
        staff_id=caller.staff_id,
    )
    asked = _Asked(program, user_id, to_user_id, cause)

    def decide(reads: Reads) -> Effect[Transfer]:
        source = asked.source(reads)
        if asked.entry_of(reads, source) is None:
            # Who may not transfer does not learn who is enrolled either.
            _require_allowed(program, caller)
        target = asked.target(reads)
        if source.membership_id == target.membership_id:
            raise invalid({"toUserId": "must be another member"})
        # A customer hears of others only what they have said themselves.
        named = to_user_id if caller.customer is not None else target.user_id
        earlier = asked.earlier(reads, source, target)
        if earlier is not None:
            made = _made(earlier, named, is_replay=True)
            return Effect(made, kept=_kept(made))
        if caller.customer is not None and target.status is not MembershipStatus.ACTIVE:
            raise _not_enrolled(to_user_id)
        source, caught = ledger.caught_up(source, program, cause.now)
        target, others = ledger.caught_up(target, program, cause.now)
        (source, out), (target, into) = ledger.transfer(
            source, target, program, units, cause, cause
        )
        made = _made(out, named)
        writes = [
            *membership_documents.writes(
                reads[paths.member(source.membership_id)], source, *caught, out
            ),
            *membership_documents.writes(
                reads[paths.member(target.membership_id)], target, *others, into
            ),
        ]
        return Effect(made, writes, _kept(made))

    return commands.run(asked.needs, decide, claim=caller.claim, replay=_replayed)


@dataclass(frozen=True, slots=True)
class _Asked:
    program: Program
    user_id: str
    to_user_id: str
    cause: Cause

    @property
    def needs(self) -> list[str]:
        every = [self._id_of(each) for each in (self.user_id, self.to_user_id)]
        return [*map(paths.member, every), *(self._entry_path(each) for each in every)]

    def source(self, reads: Reads) -> Membership:
        """Return who gives.

        Raises:
            MembershipNotFound: They are not enrolled.
            MovedTo: They were merged into another member.
        """
        source = self._membership(reads, self.user_id)
        forwarding.require_current(source)
        return source

    def target(self, reads: Reads) -> Membership:
        """Return who gets: of a member who was merged, the one who took over.

        Raises:
            MembershipNotFound: They are not enrolled.
            Wanted: Who took over is not read yet.
        """
        target = self._membership(reads, self.to_user_id)
        if target.merged_into_user_id is not None:
            target = self._membership(reads, target.merged_into_user_id)
        return target

    def earlier(self, reads: Reads, source: Membership, target: Membership) -> Entry | None:
        """Return the entry of who gives, if this was done before.

        Raises:
            IdempotencyKeyReused: Another transfer has the id.
            Wanted: Somebody was merged, and those entries are not read yet.
        """
        out = self.entry_of(reads, source)
        into = self.entry_of(reads, target)
        if out is None and into is None:
            return None
        is_same = out is not None and into is not None and out.units == -into.units < 0
        if out is None or not is_same or out.fingerprint != self.cause.fingerprint:
            raise IdempotencyKeyReused(
                "The transfer was told before with other values.",
                transferId=self.cause.transaction_id,
            )
        return out

    def entry_of(self, reads: Reads, membership: Membership) -> Entry | None:
        """Return what an earlier request has booked for a member, or for who was merged into them.

        Raises:
            Wanted: Somebody was merged, and those entries are not read yet.
        """
        every = [self._entry_path(each) for each in membership.every_membership_id]
        commands.want(reads, every)
        found = (membership_documents.decode_entry(reads[each]) for each in every)
        return next(filter(None, found), None)

    def _membership(self, reads: Reads, user_id: str) -> Membership:
        path = paths.member(self._id_of(user_id))
        commands.want(reads, [path])
        found = membership_documents.decode(reads[path])
        if found is None:
            raise _not_enrolled(user_id)
        return found

    def _id_of(self, user_id: str) -> str:
        return paths.membership_id(self.program.program_id, user_id)

    def _entry_path(self, membership_id: str) -> str:
        return paths.entry(membership_id, self.cause.entry_id)


def _require_allowed(program: Program, caller: Caller) -> None:
    is_customer = caller.customer is not None
    allowed = {Transfers.CUSTOMERS} if is_customer else {Transfers.CUSTOMERS, Transfers.MERCHANT}
    if program.transfers not in allowed:
        who = "Customers may not" if is_customer else "Nobody may"
        raise TransferNotAllowed(f"{who} transfer points in this program.")


def _not_enrolled(user_id: str) -> MembershipNotFound:
    return MembershipNotFound(f"User {user_id} is not enrolled.")


def _made(out: Entry, to_user_id: str, *, is_replay: bool = False) -> Transfer:
    return Transfer(
        out.user_id,
        to_user_id,
        out.entry_id,
        -out.units,
        out.balance_before_units,
        out.balance_after_units,
        out.scale,
        out.recorded_at,
        is_replay,
    )


def _kept(made: Transfer) -> Document:
    return {
        "userId": made.user_id,
        "toUserId": made.to_user_id,
        "entryId": made.entry_id,
        "units": made.units,
        "beforeUnits": made.before_units,
        "afterUnits": made.after_units,
        "scale": made.scale,
        "movedAt": made.moved_at,
    }


def _replayed(kept: Document, _: Reads) -> Transfer:
    return Transfer(
        kept["userId"],
        kept["toUserId"],
        kept["entryId"],
        kept["units"],
        kept["beforeUnits"],
        kept["afterUnits"],
        kept["scale"],
        kept["movedAt"],
        is_replay=True,
    )
