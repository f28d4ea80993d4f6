"""Book what comes back of an earn, in the commit of whoever tells of it or of the earn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.events.event import Event
from shared.domain.loyalty import (
    earn_returns,
    ledger,
    loyalty_events,
    pending,
    waiting_returns,
)
from shared.domain.loyalty.earn_returns import EarnReturns
from shared.domain.loyalty.entries import Cause, Entry, Undone
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.returns import Returned, ReversePolicy
from shared.domain.loyalty.waiting_returns import WaitingReturn, WhyDropped
from shared.services import commands
from shared.services.commands import Reads
from shared.services.joint_commands import State
from shared.services.loyalty import own_refunds, redemption_returns, reservation_voids
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import return_documents


@dataclass(frozen=True, slots=True)
class BookedReturn:
    """A membership after a return, with the entry if it took something, and the earn's returns.

    ``before`` are entries that come before it: what was spent, and is given back. ``undone`` sums
    that up. ``redeemed`` are the redemptions that it gives back.
    """

    membership: Membership
    entry: Entry | None
    returns: EarnReturns
    before: Sequence[Entry] = ()
    undone: Undone | None = None
    redeemed: Sequence[Entry] = ()


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
    state: State,
    membership: Membership,
    program: Program,
    earn: Entry,
    told: tuple[EarnReturns, int],
    returned: Returned,
    cause: Cause,
    given_before: Undone | None = None,
) -> BookedReturn:
    """Take back what a return asks for, as far as the program's policy lets it.

    Points that were spent on the purchase are given back first, if all of it or its reward comes
    back. Then, if points are missing, so are those of rewards that the purchase unlocked, while
    nobody has used their codes.

    Args:
        state: What was read, and returns before this one have changed; what is given back changes
            it further.
        membership: The membership.
        program: Its program.
        earn: The earn.
        told: The earn's returns with this one, and the units that it asks for.
        returned: The return.
        cause: Its cause.
        given_before: What it gave back already while it waited.

    Raises:
        InvalidParameters: Too many returns of the earn took nothing.
        BalanceLimitExceeded: What is given back would be more than a membership may have.
        Wanted: Something is not read yet.
    """
    after, units = told
    refunds = SpentBack(state, membership, program, cause)
    is_all = earn_returns.is_whole(after, earn, program) or not returned.names_part
    if earn.transaction_id is not None:
        part = None if is_all else returned
        refunds.undo_told(earn.transaction_id, earn.source, part, earn.membership_id)
    entry = refunds.take_back(earn, units, given_before) if units else None
    undone = refunds.undone(given_before)
    if entry is None:
        after = after.with_nothing(returned, units, undone)
    return BookedReturn(refunds.membership, entry, after, refunds.entries, undone, refunds.redeemed)


def before_earn(
    state: State, membership: Membership, program: Program, one: WaitingReturn, now: datetime
) -> SpentBack:
    """Give back what was spent on a purchase that has earned nothing, and may never do.

    Raises:
        BalanceLimitExceeded, Wanted.
    """
    refunds = SpentBack(state, membership, program, one.cause(now))
    part = one.returned if one.returned.names_part else None
    refunds.undo_told(one.transaction_id, one.source, part)
    return refunds


class SpentBack:
    """A membership of which a purchase comes back: the one rule of all that tell of it.

    What was spent on the purchase is given back first, one redemption after the other, then what
    the purchase has earned is taken. ``redeemed`` are the redemptions, ``entries`` what gives them
    back.
    """

    def __init__(
        self, state: State, membership: Membership, program: Program, cause: Cause
    ) -> None:
        self.membership = membership
        self.entries: list[Entry] = []
        self.redeemed: list[Entry] = []
        self._state = state
        self._program = program
        self._cause = cause
        self._done = Undone(membership.balance_units)

    def undone(self, earlier: Undone | None = None) -> Undone | None:
        """Return what was given back, here and ``earlier``; ``None`` if nothing was."""
        done = self._done
        if earlier is not None:
            done = replace(
                done,
                units=earlier.units + done.units,
                redemption_ids=earlier.redemption_ids + done.redemption_ids,
                reservation_ids=earlier.reservation_ids + done.reservation_ids,
                collected_units=_sum(earlier.collected_units, done.collected_units),
            )
        return done if done.redemption_ids or done.reservation_ids else None

    def undo_told(
        self,
        transaction_id: str,
        source: str | None,
        part: Returned | None,
        bought_by: str | None = None,
    ) -> None:
        """Undo what a purchase has spent, as somebody says who names it and has not made it.

        If a ``part`` of the purchase comes back, only its reward is given back, if it names one.
        """
        if own_refunds.is_paid_with_points(self._state.now, self._program, transaction_id):
            # Only the checkout gives back what has paid for it.
            if part is None:
                self._void_reservations(transaction_id, bought_by)
        elif part is None:
            self.undo_spending(transaction_id, source, bought_by)
        elif part.reward is not None:
            self._give_back_of_purchase(transaction_id, source, part, bought_by)

    def undo_spending(
        self, transaction_id: str, source: str | None = None, bought_by: str | None = None
    ) -> None:
        """Free what is reserved for a purchase, and give back what was spent on it: all comes back.

        The redemption or the reservation names the purchase as its transaction.
        """
        self._void_reservations(transaction_id, bought_by)
        self._give_back_of_purchase(transaction_id, source, None, bought_by)

    def take_back(
        self, earn: Entry, units: int, given_before: Undone | None = None
    ) -> Entry | None:
        """Take back ``units`` (> 0) of an earn, as far as the program's policy lets it.

        Rewards that it unlocked are taken back for that, while nobody has used their codes. Returns
        ``None`` if there was nothing to take.
        """
        policy = self._program.refund_policy
        self.revoke_unlocked(earn, units)
        booked = ledger.reverse(
            self.membership,
            self._program,
            earn,
            units,
            self._cause,
            policy=policy,
            undone=self.undone(given_before),
        )
        if booked is None:
            self.membership = ledger.uncollected(
                self.membership, earn, units, self._cause.now, policy=policy
            )
            return None
        self.membership, entry = booked
        return entry

    def revoke_unlocked(self, earn: Entry, units: int) -> None:
        """Give back rewards that an earn unlocked, until the balance covers what is to be taken."""
        if self._program.refund_policy is ReversePolicy.ONLY_PENDING:
            return
        if pending.find(self.membership.pending, earn) is not None:
            return
        if units <= self.membership.balance_units:
            return
        for redeemed in redemption_returns.unlocked_by(self._state.now, self.membership, earn):
            if units > self.membership.balance_units:
                self._give_back(redeemed)

    def _void_reservations(self, transaction_id: str, bought_by: str | None) -> None:
        """Let the points be free that are still reserved for a purchase, if it was named then."""
        meant = [
            each
            for each in self.membership.holds
            if each.transaction_id == transaction_id and each.may_pay(bought_by)
        ]
        of_buyer = [each for each in meant if each.membership_id == bought_by]
        for hold in of_buyer or meant:
            self.membership, writes = reservation_voids.void(
                self._state.now, self.membership, self._program, hold, self._cause.now
            )
            self._state.apply(writes)
            reservation_ids = (*self._done.reservation_ids, hold.reservation_id)
            self._done = replace(self._done, reservation_ids=reservation_ids)
        self.membership, expired = ledger.without_expired(
            self.membership, self._program, self._cause.now
        )
        self.entries += filter(None, [expired])

    def _give_back_of_purchase(
        self,
        transaction_id: str,
        source: str | None,
        part: Returned | None,
        bought_by: str | None = None,
    ) -> None:
        """Give back what was spent on a purchase, if it was told by the purchase's name.

        If a ``part`` of the purchase comes back, only if the whole reward is in it.
        """
        for redeemed in redemption_returns.of_purchase(
            self._state.now, self.membership, transaction_id, source, bought_by
        ):
            if part is None or part.gives_back(redeemed.amount_paid):
                self._give_back(redeemed)

    def _give_back(self, redeemed: Entry) -> None:
        cause = redemption_returns.cause_of(redeemed, self._cause)
        reason = redemption_returns.PURCHASE_RETURNED
        reads = self._state.now
        record = redemption_returns.record_of(reads, redeemed)
        returned = record.returned(cause.now, cause.entry_id, reason)
        given = redemption_returns.give_back(
            reads, self.membership, self._program, redeemed, returned, cause
        )
        self.membership = given.membership
        self.entries += given.entries
        self.redeemed.append(redeemed)
        self._done = replace(
            self._done,
            units=self._done.units + given.entry.units,
            redemption_ids=(*self._done.redemption_ids, redeemed.entry_id),
            collected_units=_sum(self._done.collected_units, given.entry.collected_units),
        )
        # Two pieces may go back into one document, and nothing goes back twice.
        self._state.apply(given.writes)


def _sum(*units: int | None) -> int | None:
    """Return the sum; ``None`` for nothing, which entries from before do not have either."""
    return sum(filter(None, units)) or None


def settle_nothing(reads: Reads, membership: Membership, program: Program, told: Cause) -> Settled:
    """Note that a purchase was told and earned nothing: no return waits for it, now or later.

    They are remembered for a while, in case it earns after all. So none is dropped, and no event
    says so: like a return that is told later, each is booked, and has taken nothing.

    Raises:
        Wanted: What came back of it is not read yet.
    """
    path = paths.earn_returns(membership.membership_id, told.entry_id)
    commands.want(reads, [path])
    before = return_documents.decode(reads[path])
    after = (before or none_of(program)).with_told(told.source)
    waiting = [
        each
        for each in waiting_returns.untold(membership.waiting_returns)
        if told.now < each.until and each.is_of_purchase(told)
    ]
    for each in waiting:
        after = after.with_nothing(each.returned, 0, each.undone)
    if waiting:
        of_told = [replace(each, source=each.source or told.source) for each in waiting]
        membership = ledger.remember_returns(membership, program, of_told)
    writes = [] if after == before else [return_documents.write(reads[path], after)]
    return Settled(membership, (), writes, ())


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
    state = State(reads)
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
            if each.is_told:
                continue  # It was booked, and has taken nothing.
            reason = WhyDropped.OWN_REFUND if has_own else WhyDropped.NOTHING_TO_TAKE
            events.append(loyalty_events.from_dropped_return(membership, each, reason, now))
            continue
        booked = book(
            state, membership, program, earn, told, each.returned, each.cause(now), each.undone
        )
        membership, after = booked.membership, booked.returns
        entries += [*booked.before, *filter(None, [booked.entry])]
    writes = state.writes()
    writes += [] if after == before else [return_documents.write(reads[path], after)]
    return Settled(membership, entries, writes, events)
