"""Book in the ledger what a purchase has to earn and to lose: each once, by any process.

The purchase keeps ``PurchasePoints``: what is to be booked is written there before, and what is
booked after. In between a process may die, or two may work at once. So the name of each entry is
derived from the purchase, and the next process finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import chain

from shared.domain.loyalty import ledger, point_payments, purchase_points
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.external_transactions import Direction, ExternalTransaction
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.purchase_points import PurchaseEarning, PurchasePoints, Taking
from shared.domain.loyalty.redemptions import RedemptionStatus
from shared.errors import Busy, MembershipNotFound
from shared.services import access, commands
from shared.services.accounts import callers
from shared.services.commands import Reads
from shared.services.joint_commands import State
from shared.services.loyalty import balances, bookings, redemption_returns
from shared.services.loyalty.bookings import Booking, Decided
from shared.services.loyalty.returning import SpentBack
from shared.store import client, paths
from shared.store.loyalty import membership_documents, program_documents, redemption_documents
from shared.store.members import member_documents


@dataclass(frozen=True, slots=True)
class Buyer:
    """The member of a program who has made a purchase.

    ``account_id`` is the account that asked for the purchase; any process may book for it.
    ``description`` is what the member reads.
    """

    account_id: str
    store_id: str
    program_id: str
    user_id: str
    description: str


def earn(
    buyer: Buyer,
    transaction_id: str,
    lines: Sequence[PurchaseLine],
    *,
    earning_method: str | None = None,
) -> PurchaseEarning:
    """Grant what a purchase earns, once for one ``transaction_id``, which we have made.

    ``earning_method`` names the way to earn, if it is not the usual one.

    Raises:
        ProgramNotFound, MembershipNotFound, ProgramInactive, MemberSuspended, MembershipClosed,
        BalanceLimitExceeded, Busy.
    """
    add = partial(
        balances.add,
        callers.acting_for(buyer.account_id),
        program_id=buyer.program_id,
        user_id=buyer.user_id,
        store_id=buyer.store_id,
        points=None,
        purchase_lines=lines,
        transaction_id=transaction_id,
        source=None,
        description=buyer.description,
        is_internal=True,
        earning_method=earning_method,
    )
    booking = _booked(buyer, add)
    entry, award = booking.entry, booking.award
    if entry is None:
        capped_by, reason = (award.capped_by, award.reason) if award else (None, None)
        return PurchaseEarning(0, None, capped_by, reason)
    return PurchaseEarning(entry.granted_units, entry.entry_id, entry.capped_by)


def take(
    buyer: Buyer,
    points: PurchasePoints,
    due: Taking,
    transaction_id: str,
    spent_names: Sequence[str] = (),
) -> int:
    """Take or give back the points of one loss: once for one ``transaction_id``.

    Args:
        buyer: The member.
        points: The purchase's points; everything before ``due`` is booked.
        due: One of its takings.
        transaction_id: Names the loss, among all purchases.
        spent_names: What was spent on the purchase, if all of it comes back: it comes back in the
            same commit.

    Returns:
        The units taken, negative if units were given back.

    Raises:
        ProgramNotFound, MembershipNotFound, BalanceLimitExceeded, Busy.
    """
    assert points.entry_id is not None
    is_taking = due.units > 0
    units = due.units if is_taking else purchase_points.to_give_back(points, due)
    move = (
        partial(balances.take_back, spent_names=spent_names)
        if is_taking
        else partial(balances.give_back, withdrawn_units=-due.units)
    )
    moved = partial(
        move,
        callers.acting_for(buyer.account_id),
        program_id=buyer.program_id,
        user_id=buyer.user_id,
        store_id=buyer.store_id,
        entry_id=points.entry_id,
        units=units,
        transaction_id=transaction_id,
        description=buyer.description,
    )
    entry = _booked(buyer, moved).entry
    if not is_taking:
        # What was taken after this purchase knew of it is given back besides.
        return -units
    return -entry.moved_units if entry else 0


def give_back_spent(
    account_id: str, store_id: str, user_id: str, names: Sequence[str], description: str
) -> None:
    """Give back what a member has spent on a purchase or set aside for it, in any program.

    What was given back before stays so: a redemption comes back once, whoever tells of it.

    Args:
        account_id: The account that asked for the purchase.
        store_id: The store.
        user_id: The member.
        names: The transactions that a redemption or reservation for the purchase may have.
        description: What the member reads.

    Raises:
        BalanceLimitExceeded, Busy.
    """
    programs = program_documents.list_of_store(store_id)
    looked_at = {
        each.program_id: _spent_paths(each.program_id, user_id, names) for each in programs
    }
    if not programs:
        return
    reads = client.get(list(chain.from_iterable(looked_at.values())))
    for program in programs:
        member_path, *entry_paths = looked_at[program.program_id]
        membership = membership_documents.decode(reads[member_path])
        if membership is None:
            continue
        is_merged = bool(membership.merged_from or membership.merged_into)
        is_held = any(each.transaction_id in names for each in membership.holds)
        if is_merged or is_held or any(reads[each].data is not None for each in entry_paths):
            buyer = Buyer(account_id, store_id, program.program_id, user_id, description)
            _booked(buyer, partial(_give_back_spent, buyer, program, names))


def redeem_again(buyer: Buyer, redemption_id: str, transaction_id: str) -> Entry | None:
    """Redeem once more what a redemption has paid and what has come back since.

    As many units as the member can spend, if they are fewer; once for one ``transaction_id``, which
    we have made. They pay their share of the amount.

    Args:
        buyer: The member, as the purchase names them.
        redemption_id: The redemption that came back.
        transaction_id: Names the new one.

    Returns:
        Its entry; ``None`` if the first one did not come back, or the member has nothing.

    Raises:
        ProgramNotFound, MembershipNotFound, MemberSuspended, MembershipClosed,
        IdempotencyKeyReused, Busy.
    """
    caller = callers.acting_for(buyer.account_id)
    program = access.program(caller, buyer.program_id, buyer.store_id)
    membership_id = paths.membership_id(buyer.program_id, buyer.user_id)
    path = paths.entry(membership_id, redemption_id)
    cause = bookings.cause_of(
        caller,
        program,
        action="redeem",
        transaction=ExternalTransaction(Direction.REDEEM, transaction_id, None, 0),
        terms=("again", redemption_id),
        description=buyer.description,
        transaction_id=transaction_id,
    )

    def book(membership: Membership, reads: Reads) -> Decided:
        first = membership_documents.decode_entry(reads[path])
        nothing = Decided(membership, None, is_final=False)
        if first is None or first.amount_paid is None or membership.erased_at is not None:
            return nothing
        commands.want(reads, [redemption_documents.path_of(first)])
        record = redemption_returns.record_of(reads, first)
        units = min(-first.units, membership.available_units)
        if record.status is not RedemptionStatus.CANCELLED or units <= 0:
            return nothing
        paid = point_payments.share(program, Decimal(first.amount_paid), -first.units, units)
        after, entry = ledger.redeem(membership, program, units, replace(cause, amount_paid=paid))
        return Decided(after, entry)

    def booked() -> Booking:
        return bookings.run(None, program, buyer.user_id, cause, book, more_paths=[path])

    return _booked(buyer, booked).entry


def _spent_paths(program_id: str, user_id: str, names: Sequence[str]) -> list[str]:
    membership_id = paths.membership_id(program_id, user_id)
    spent = (redemption_returns.spent_paths(membership_id, each, None) for each in names)
    return [paths.member(membership_id), *chain.from_iterable(spent)]


def _give_back_spent(buyer: Buyer, program: Program, names: Sequence[str]) -> Booking:
    membership_id = paths.membership_id(program.program_id, buyer.user_id)
    cause = bookings.cause_of(
        callers.acting_for(buyer.account_id),
        program,
        action="give_back_spent",
        business_key=names[0],
        terms=(),
        description=buyer.description,
    )

    def book(membership: Membership, reads: Reads) -> Decided:
        state = State(reads)
        refunds = SpentBack(state, membership, program, cause)
        for name in names:
            refunds.undo_spending(name, None, membership_id)
        # It has no entry of its own: each redemption that comes back has one.
        return Decided(
            refunds.membership, None, state.writes(), is_final=False, before=refunds.entries
        )

    more = _spent_paths(program.program_id, buyer.user_id, names)
    return bookings.run(None, program, buyer.user_id, cause, book, more_paths=more)


def _booked(buyer: Buyer, book: Callable[[], Booking]) -> Booking:
    """Book, unless the member is being erased: the purchase gets the pseudonym, too.

    Raises:
        Busy: It is booked under the pseudonym later.
    """
    try:
        return book()
    except MembershipNotFound:
        person = member_documents.find(buyer.account_id, buyer.user_id)
        if person is not None and person.erasure_id is not None:
            raise Busy("The member is being erased.") from None
        raise
