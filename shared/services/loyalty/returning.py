"""Book what comes back of an earn, in the commit of whoever tells of it or of the earn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.events.event import Event
from shared.domain.loyalty import earn_returns, ledger, loyalty_events
from shared.domain.loyalty.earn_returns import EarnReturns
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.returns import Returned
from shared.domain.loyalty.waiting_returns import DropReason
from shared.services import commands
from shared.services.commands import Reads
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import return_documents


@dataclass(frozen=True, slots=True)
class BookedReturn:
    """A membership after a return, with the entry if it took something, and the earn's returns."""

    membership: Membership
    entry: Entry | None
    returns: EarnReturns


@dataclass(frozen=True, slots=True)
class Settled:
    """A membership after the returns that had waited for an earn, with what follows from that."""

    membership: Membership
    entries: Sequence[Entry]
    writes: Sequence[Write]
    events: Sequence[Event]


def none_of(program: Program) -> EarnReturns:
    """Return the returns of an earn of which nothing came back yet."""
    return EarnReturns(program.account_id, program.program_id)


def book(
    membership: Membership,
    program: Program,
    earn: Entry,
    told: tuple[EarnReturns, int],
    returned: Returned,
    cause: Cause,
) -> BookedReturn:
    """Take back what a return asks for, as far as the program's policy lets it.

    Args:
        membership: The membership.
        program: Its program.
        earn: The earn.
        told: The earn's returns with this one, and the units that it asks for.
        returned: The return.
        cause: Its cause.

    Raises:
        InvalidParameters: Too many returns of the earn took nothing.
    """
    after, units = told
    policy = program.refund_policy
    booked = (
        ledger.reverse(membership, program, earn, units, cause, policy=policy) if units else None
    )
    if booked is not None:
        return BookedReturn(*booked, after)
    if units:
        membership = ledger.uncollected(membership, earn, units)
    return BookedReturn(membership, None, after.with_nothing(returned, units))


def settle_waiting(
    reads: Reads, membership: Membership, program: Program, earn: Entry | None, now: datetime
) -> Settled:
    """Book the returns that have waited for an earn, in its commit. Most earns have none.

    Raises:
        Wanted: Something is not read yet.
    """
    waiting = [
        each
        for each in membership.waiting_returns
        if earn is not None and now < each.until and each.is_of(earn)
    ]
    if earn is None or not waiting:
        return Settled(membership, (), (), ())
    path = paths.earn_returns(earn.membership_id, earn.entry_id)
    booked_path = {
        each.refund_id: paths.entry(membership.membership_id, each.cause(now).entry_id)
        for each in waiting
    }
    commands.want(reads, [path, *booked_path.values()])
    before = return_documents.decode(reads[path]) or none_of(program)
    after = before
    entries: list[Entry] = []
    events: list[Event] = []
    has_own = program.receipt_claims is not None or bool(
        earn_returns.returned_by(earn, program.store_id)
    )
    membership = ledger.await_no_more(membership, program, waiting)
    for each in waiting:
        if reads[booked_path[each.refund_id]].data is not None:
            continue  # It was booked for a member who was merged into this one.
        told = None if has_own else earn_returns.after_waiting(after, earn, program, each.returned)
        if told is None:
            reason = DropReason.OWN_REFUND if has_own else DropReason.NOTHING_TO_TAKE
            events.append(loyalty_events.from_dropped_return(membership, each, reason, now))
            continue
        booked = book(membership, program, earn, told, each.returned, each.cause(now))
        membership, after = booked.membership, booked.returns
        entries += [booked.entry] if booked.entry else []
    writes = [] if after == before else [return_documents.write(reads[path], after)]
    return Settled(membership, entries, writes, events)
