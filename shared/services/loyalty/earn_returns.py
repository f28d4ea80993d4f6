"""Take back what an earn granted, as its goods come back: whole or in parts, each told once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from shared import ids
from shared.auth.caller import Caller
from shared.domain.loyalty import (
    earn_returns,
    ledger,
    own_memberships,
    undoing,
    waiting_returns,
)
from shared.domain.loyalty.earn_returns import EarnReturns
from shared.domain.loyalty.earning import Award
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.loyalty.entries import Entry, EntryKind
from shared.domain.loyalty.external_transactions import Direction, ExternalTransaction
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.returns import Returned
from shared.domain.loyalty.waiting_returns import WaitingReturn
from shared.errors import BookingNotFound, ReturnExceedsPurchase
from shared.services import access, commands
from shared.services.commands import Reads
from shared.services.joint_commands import State
from shared.services.loyalty import (
    bookings,
    own_refunds,
    redemption_returns,
    returning,
    till_receipts,
)
from shared.services.loyalty.bookings import Booking, Decided
from shared.store import paths
from shared.store.loyalty import membership_documents, receipt_documents, return_documents

WAITING = "waiting"
"""``Award.reason`` of a return that waits for its purchase."""
_EARNS = frozenset({EntryKind.EARN, EntryKind.PENDING})


def reverse(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    transaction_id: str | None,
    entry_id: str | None,
    source: str | None,
    amount: Decimal | None,
    points: Decimal | None,
    lines: Sequence[PurchaseLine] | None,
    refund_id: str,
    description: str,
) -> Booking:
    """Take back what a part of an earn asks for; all that is left if none is named.

    The part is an ``amount``, its ``points``, or the ``lines`` of the purchase that come back.
    Happens once for one ``refund_id`` of a member, for ever, even if there was nothing to take.
    The booking's award says what was asked for if nothing was taken; its reason is ``WAITING`` if
    the transaction has earned nothing yet. Then the return is booked with the earn.

    Raises:
        ProgramNotFound, MembershipNotFound, BookingNotFound, PurchaseHasOwnRefund,
        ReturnExceedsPurchase, InvalidParameters, IdempotencyKeyReused, Busy.
        UndoNotAllowed: A cashier asks, and it is not their own last booking for the member, or
            would give back anything but what they have just taken to pay the purchase.
        OwnMembership: A cashier asks, and it is their own membership.
    """
    program = access.program(caller, program_id, store_id)
    names = _names_of(transaction_id, entry_id, source)
    asked_id = paths.membership_id(program_id, user_id)
    terms = (
        names[0],
        *("" if each is None else f"{each:f}" for each in map(_plain, (amount, points))),
        *([] if lines is None else [_digest_of(lines)]),
    )
    cause = bookings.cause_of(
        caller,
        program,
        action="reverse",
        business_key=refund_id,
        terms=terms,
        description=description,
        source=source,
        transaction_id=refund_id,
    )
    refund = ids.digest(refund_id)
    returned = (
        Returned(refund, cause.fingerprint, amount, points)
        if lines is None
        else earn_returns.of_lines(refund, cause.fingerprint, program, lines)
    )

    own_id = bookings.cashiers_own_id(caller, program_id)

    def book(membership: Membership, reads: Reads) -> Decided:
        waiting = waiting_returns.find(membership.waiting_returns, returned)
        earns = _earns(reads, membership, asked_id, names, transaction_id, source)
        if not earns:
            if caller.is_cashier:
                raise BookingNotFound(f"The member has earned nothing by booking {names[0]}.")
            _require_may_wait(program, transaction_id, names)
            assert transaction_id is not None
            if waiting is None:
                own_refunds.require_none(reads, program, transaction_id)
            one = waiting or WaitingReturn(
                refund_id,
                transaction_id,
                returned,
                since=cause.now,
                source=source,
                description=description,
                key_hash=cause.key_hash,
            )
            return _without_earn(reads, membership, program, one, asked_id, names, cause.now)
        earn = _meant(reads, earns, program, returned)
        if own_id is not None:
            own_memberships.require_others(membership, own_id)
            undoing.require_undoable(earn, membership, caller.staff_id, cause.now)
        path = paths.earn_returns(earn.membership_id, earn.entry_id)
        receipt = _receipt_path(program, earn.transaction_id)
        commands.want(reads, [path, *receipt])
        _require_no_own_refund(program, earn, reads, receipt)
        earlier = return_documents.decode(reads[path]) or returning.none_of(program)
        told_units = earlier.nothing_units(returned)
        if told_units is not None:
            undone = earlier.undone_by(returned)
            return Decided(membership, None, award=Award(told_units, 0), undone=undone)
        told = earn_returns.after(earlier, earn, program, returned)
        state = State(reads)
        booked = returning.book(state, membership, program, earn, told, returned, cause)
        if own_id is not None:
            undoing.require_gives_back_own(
                booked.undone, booked.redeemed, earn, membership, caller.staff_id, cause.now
            )
        return Decided(
            booked.membership,
            booked.entry,
            [return_documents.write(reads[path], booked.returns), *state.writes()],
            award=None if booked.entry else Award(told[1], 0),
            before=booked.before,
            undone=None if booked.entry else booked.undone,
        )

    return bookings.run(
        caller.claim,
        program,
        user_id,
        cause,
        book,
        more_paths=[
            *(paths.entry(asked_id, each) for each in names),
            paths.earn_returns(asked_id, names[0]),
            *_receipt_path(program, transaction_id),
            *_spent_paths(asked_id, transaction_id, source, returned),
        ],
        records_no_op=True,
    )


def _without_earn(
    reads: Reads,
    membership: Membership,
    program: Program,
    one: WaitingReturn,
    asked_id: str,
    names: tuple[str, ...],
    now: datetime,
) -> Decided:
    """Decide on a return of what has earned nothing: it waits, unless the purchase was told.

    What was spent on it is given back in either case.

    Raises:
        TooManyWaitingReturns: Too many wait already.
        InvalidParameters: Too many returns of the purchase took nothing.
        Wanted: Something is not read yet.
    """
    is_waiting = one in membership.waiting_returns
    path, known = _told_without_earn(reads, membership, asked_id, names, one.source)
    told_units = None if known is None else known.nothing_units(one.returned)
    if known is not None and told_units is not None:
        undone = known.undone_by(one.returned)
        return Decided(membership, None, award=Award(told_units, 0), undone=undone)
    if is_waiting:
        award = Award(0, 0, reason=WAITING)
        return Decided(membership, None, award=award, is_final=False, undone=one.undone)
    state = State(reads)
    spent = returning.before_earn(state, membership, program, one, now)
    undone = spent.undone()
    if known is not None:
        after = known.with_nothing(one.returned, 0, undone)
        # Who named no system was told of this purchase, and means no other one.
        remembered = [replace(one, undone=undone, source=one.source or known.only_source)]
        return Decided(
            ledger.remember_returns(spent.membership, program, remembered),
            None,
            [return_documents.write(reads[path], after), *state.writes()],
            award=Award(0, 0),
            before=spent.entries,
            undone=undone,
        )
    waits = replace(one, undone=undone)
    return Decided(
        ledger.await_purchase(spent.membership, program, waits),
        None,
        state.writes(),
        award=Award(0, 0, reason=WAITING),
        is_final=False,
        before=spent.entries,
        undone=undone,
    )


def _told_without_earn(
    reads: Reads,
    membership: Membership,
    asked_id: str,
    names: tuple[str, ...],
    source: str | None,
) -> tuple[str, EarnReturns | None]:
    """Return the returns of a purchase that was told and earned nothing, and where they are.

    They are under the id that its earn would have: what another system has earned by the same id
    has returns of its own. The second is ``None`` if it was not told.
    """
    own = dict.fromkeys((asked_id, *membership.every_membership_id))
    free = {
        each: next(name for name in names if reads[paths.entry(each, name)].data is None)
        for each in own
    }
    every = [paths.earn_returns(each, name) for each, name in free.items()]
    commands.want(reads, every)
    for path in every:
        known = return_documents.decode(reads[path])
        if known is not None and known.is_told_by(source):
            return path, known
    return every[0], None


def _digest_of(lines: Sequence[PurchaseLine]) -> str:
    """Return what tells the lines of a return from others, whatever their order."""
    said = sorted(
        json.dumps(
            [
                f"{each.amount.normalize():f}",
                each.type,
                each.category,
                each.product_id,
                None if each.vat_percent is None else f"{each.vat_percent.normalize():f}",
            ]
        )
        for each in lines
    )
    return ids.digest(*said)


def _require_may_wait(program: Program, transaction_id: str | None, names: tuple[str, ...]) -> None:
    """Refuse to wait for what never earns, or has a refund of its own that may come first.

    Raises:
        BookingNotFound: It is named by an entry, which there is not.
        PurchaseHasOwnRefund: It is a receipt, or will be one.
    """
    if transaction_id is None:
        raise BookingNotFound(f"The member has earned nothing by booking {names[0]}.")
    if program.receipt_claims is not None:
        raise own_refunds.refusal("voidReceiptClaim")


def _plain(amount: Decimal | None) -> Decimal | None:
    """Return an amount in one spelling: 5, 5.0 and 5.00 are the same."""
    return None if amount is None else amount.normalize()


def _names_of(
    transaction_id: str | None, entry_id: str | None, source: str | None
) -> tuple[str, ...]:
    """Return the ids that the earn may have, the likeliest first."""
    if transaction_id is None:
        assert entry_id is not None
        return (entry_id,)
    return ExternalTransaction(Direction.EARN, transaction_id, source, 0).entry_ids


def _earns(
    reads: Reads,
    membership: Membership,
    asked_id: str,
    names: tuple[str, ...],
    transaction_id: str | None,
    source: str | None,
) -> list[Entry]:
    """Return the original grants that a request may mean, at most one for each membership.

    After a merge there may be several of one name. Who asks by an old id means that member's.

    Returns:
        None if the member has no such earn.

    Raises:
        Wanted: Something is not read yet.
    """
    own = membership.every_membership_id
    found = _entries(reads, own, names)
    earns: list[Entry] = []
    for each in own:
        mine = [entry for entry in found if entry.membership_id == each]
        if transaction_id is not None:
            transaction = ExternalTransaction(Direction.EARN, transaction_id, source, 0)
            earn = transaction.find(mine, "")
        else:
            earn = next(iter(mine), None)
        if earn is not None and earn.activates_entry_id is not None:
            # It made a pending grant spendable, which is what was earned: perhaps before a merge.
            earn = next(iter(_entries(reads, own, (earn.activates_entry_id,))), None)
        if earn is not None and earn not in earns:
            earns.append(earn)
    of_old = [each for each in earns if each.membership_id == asked_id != membership.membership_id]
    return of_old or earns


def _meant(reads: Reads, earns: list[Entry], program: Program, returned: Returned) -> Entry:
    """Return which of several earns comes back: the one of which this was told before, else the
    first that has as much left, else the one that has most left.

    Raises:
        InvalidParameters: An amount that is too fine, or of points that no purchase earned.
        Wanted: Something is not read yet.
    """
    if len(earns) == 1:
        return earns[0]
    path_of = [paths.earn_returns(each.membership_id, each.entry_id) for each in earns]
    commands.want(reads, path_of)
    earlier = [
        return_documents.decode(reads[each]) or returning.none_of(program) for each in path_of
    ]
    for earn, before in zip(earns, earlier, strict=True):
        if returned.refund in before.nothings:
            return earn
    left: list[Decimal] = []
    for earn, before in zip(earns, earlier, strict=True):
        try:
            earn_returns.after(before, earn, program, returned)
        except ReturnExceedsPurchase as refusal:
            left.append(refusal.details["left"])
        else:
            return earn
    return earns[left.index(max(left))]


def _entries(reads: Reads, own: tuple[str, ...], names: tuple[str, ...]) -> list[Entry]:
    every = [paths.entry(membership_id, name) for membership_id in own for name in names]
    commands.want(reads, every)
    entries = (membership_documents.decode_entry(reads[each]) for each in every)
    return [each for each in entries if each is not None and each.kind in _EARNS]


def _spent_paths(
    membership_id: str, transaction_id: str | None, source: str | None, returned: Returned
) -> list[str]:
    """Return what is read at once for a return that gives spent points back."""
    if transaction_id is None or (returned.names_part and returned.reward is None):
        return []
    return redemption_returns.spent_paths(membership_id, transaction_id, source)


def _receipt_path(program: Program, transaction_id: str | None) -> list[str]:
    """Return where the receipt of a transaction is, if members may claim it."""
    if transaction_id is None:
        return []
    receipt_id = till_receipts.receipt_id(program.store_id, transaction_id)
    return [paths.receipt(receipt_id)]


def _require_no_own_refund(
    program: Program, earn: Entry, reads: Reads, receipt_path: list[str]
) -> None:
    """Refuse a purchase whose own refund takes points back: nothing is taken twice.

    Raises:
        PurchaseHasOwnRefund: It is one.
    """
    by = earn_returns.returned_by(earn, program.store_id)
    for path in receipt_path:
        receipt = receipt_documents.decode(reads[path])
        if receipt and any(each.entry_id == earn.entry_id for each in receipt.grants):
            by = "voidReceiptClaim"
    if by is not None:
        raise own_refunds.refusal(by)
