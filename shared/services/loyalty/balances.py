"""All changes of a balance: earn, redeem, adjust, take back, give back, sync: each one commit."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import chain

from shared import ids
from shared.auth.caller import Caller
from shared.domain.loyalty import (
    counter_spending,
    earning,
    earning_base,
    ledger,
    own_memberships,
    point_payments,
    reward_rules,
    reward_stock,
)
from shared.domain.loyalty.earning import Award
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.external_transactions import Direction, ExternalTransaction
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.point_payments import PointPayment
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.rewards import Reward
from shared.domain.units import to_units
from shared.errors import InvalidParameters, PointsHaveNoValue
from shared.schemas.base import invalid
from shared.services import access, commands
from shared.services.commands import Reads
from shared.services.joint_commands import State
from shared.services.loyalty import (
    bookings,
    redemption_returns,
    reservation_voids,
    shop_rewards,
    till_receipts,
    voucher_codes,
)
from shared.services.loyalty.awards import Awarding
from shared.services.loyalty.bookings import Booking, ComesBack, Prepared
from shared.services.loyalty.returning import SpentBack
from shared.services.loyalty.reward_stocks import StockOfReward
from shared.services.loyalty.sync_conflicts import Expected
from shared.store import paths
from shared.store.loyalty import membership_documents

_DIRECTIONS = {"add": Direction.EARN, "redeem": Direction.REDEEM, "set": Direction.SET}
"""The directions of the actions of syncExternalLoyalty."""
RequirePresent = Callable[[Reads, str], None]
"""Refuses to spend for a person who is not there; it may want more to be read."""


def add(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    points: Decimal | None,
    purchase_lines: Sequence[PurchaseLine] | None,
    purchase_count: int | None = None,
    transaction_id: str | None,
    source: str | None,
    description: str,
    is_internal: bool = False,
    earning_method: str | None = None,
    occurred_at: datetime | None = None,
    tse_code: str | None = None,
) -> Booking:
    """Grant points, stamps or cashback: ``points``, or the earnings of a purchase.

    ``purchase_count``: so many purchases, of which only the number is told. The entry says by its
    ``earning_method`` that it is of a purchase.
    ``is_internal``: we have made the ``transaction_id``, so no other system can tell of it.
    ``earning_method`` names the way to earn, if it is not the usual one.
    ``occurred_at``: when it was earned, if that is not now; see ``prepared_add``.
    ``tse_code``: what the TSE has signed of the transaction's receipt, which has this name, too.

    Raises:
        ProgramNotFound, MembershipNotFound, ProgramInactive, InvalidParameters,
        IdempotencyKeyReused, BalanceLimitExceeded, Busy, ReceiptCodeDamaged,
        ReceiptClaimed, ReceiptVoided: Where members may claim receipts.
    """
    return prepared_add(
        caller,
        program_id=program_id,
        user_id=user_id,
        store_id=store_id,
        points=points,
        purchase_lines=purchase_lines,
        purchase_count=purchase_count,
        transaction_id=transaction_id,
        source=source,
        description=description,
        is_internal=is_internal,
        earning_method=earning_method,
        occurred_at=occurred_at,
        tse_code=tse_code,
    ).run(caller.claim)


def prepared_add(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    points: Decimal | None,
    purchase_lines: Sequence[PurchaseLine] | None,
    purchase_count: int | None = None,
    transaction_id: str | None,
    source: str | None,
    description: str,
    is_internal: bool = False,
    earning_method: str | None = None,
    occurred_at: datetime | None = None,
    is_claim: bool = False,
    tse_code: str | None = None,
    order_id: str | None = None,
) -> Prepared:
    """Prepare what ``add`` does.

    ``order_id``: a shop's order that it belongs to, which may have any number of bookings.
    ``is_claim``: a customer has claimed the transaction's receipt, which the caller takes care of.
    ``occurred_at``: when it was earned, if that is not now: points expire as if they had been
    granted then, and what has expired already is written off in the same commit; what a cashier
    tells of waits from now on (``pending.waits_from``). It is no part of
    what tells two requests apart: a till may have told of the transaction without it.

    Raises:
        ProgramNotFound, InvalidParameters. Carried out, also OwnMembership.
    """
    program = access.program(caller, program_id, store_id)
    # What the rules give whoever buys: another system that has told of it knows no more.
    by_rules = award_of(program, points, purchase_lines, purchase_count)
    bought = purchase_count if purchase_lines is None else purchase_lines
    paid = None if purchase_lines is None else earning_base.paid_amount(purchase_lines)
    transaction = (
        None
        if transaction_id is None or is_internal
        else ExternalTransaction(Direction.EARN, transaction_id, source, by_rules.awarded_units)
    )
    cause = bookings.cause_of(
        caller,
        program,
        action="earn",
        business_key=transaction_id,
        transaction=transaction,
        terms=(
            _term(points),
            _term(paid),
            *_terms_of(purchase_lines or ()),
            *([] if purchase_count is None else ["count", str(purchase_count)]),
        ),
        description=description,
        source=source,
        transaction_id=transaction_id,
        purchase_amount=_term(paid) or None,
        purchase_count=purchase_count,
        occurred_at=occurred_at,
        earning_method="purchase" if purchase_count is not None else earning_method,
        order_id=order_id,
        is_by_cashier=caller.is_cashier,
    )
    awarding = (
        Awarding.of(program, bought, occurred_at or cause.now)
        if points is None and bought is not None
        else None
    )
    own_id = bookings.cashiers_own_id(caller, program_id)
    prepared = Prepared(
        program,
        user_id,
        cause,
        transaction,
        partial(
            _grant,
            program,
            awarding or by_rules,
            own_id=own_id,
            is_known=transaction is not None and bought is not None and not is_claim,
        ),
        more_paths=awarding.needs if awarding else [],
        # Tomorrow the same purchase might earn: what a limit has refused stays refused.
        records_no_op=awarding is not None
        and transaction_id is not None
        and program.earning_limits.are_counted,
    )
    if is_internal or is_claim:
        return prepared
    return till_receipts.taking(prepared, transaction_id, purchase_lines, tse_code)


def calculate(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    purchase_lines: Sequence[PurchaseLine] | None,
    purchase_count: int | None = None,
) -> Booking:
    """Return what ``add`` would grant for a purchase now, and book nothing. The entry is not kept.

    Raises:
        ProgramNotFound, MembershipNotFound, ProgramInactive, InvalidParameters,
        BalanceLimitExceeded, Busy.
    """
    program = access.program(caller, program_id, store_id)
    award_of(program, None, purchase_lines, purchase_count)
    bought = purchase_count if purchase_lines is None else purchase_lines
    assert bought is not None, "it was just told"
    paid = None if purchase_lines is None else earning_base.paid_amount(purchase_lines)
    unclaimed = replace(caller, claim=None)
    cause = bookings.cause_of(
        unclaimed,
        program,
        action="earn",
        terms=(),
        purchase_amount=_term(paid) or None,
        purchase_count=purchase_count,
    )
    awarding = Awarding.of(program, bought, cause.now)
    return bookings.run_transaction(
        None,
        program,
        user_id,
        cause,
        None,
        partial(_grant, program, awarding),
        more_paths=awarding.needs,
        is_dry=True,
    )


def _grant(
    program: Program,
    source: Awarding | Award,
    membership: Membership,
    reads: Reads,
    cause: Cause,
    *,
    is_known: bool = False,
    own_id: str | None = None,
) -> bookings.Decided:
    """Decide on an earn: of an award that is known, or that depends on the member.

    ``is_known``: it is a purchase that others may tell a return of, also if it earns nothing.
    ``own_id``: of the membership of the cashier who books it.
    """
    if own_id is not None:
        own_memberships.require_others(membership, own_id)
    award, uses = source.decide(membership, reads) if isinstance(source, Awarding) else (source, [])
    if award.awarded_units == 0:
        program.require_active()
        membership.require_active()
        return bookings.Decided(membership, None, award=award, earned_nothing=is_known)
    cause = earning.with_award(cause, award)
    after, entry = ledger.earn(membership, program, award.awarded_units, cause)
    after, expired = ledger.without_expired(after, program, cause.now)
    return bookings.Decided(after, entry, uses, expired, award)


def redeem(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    points: Decimal | None,
    amount: Decimal | None = None,
    reward_id: str | None,
    reward_description: str | None,
    transaction_id: str | None,
    require_present: RequirePresent | None = None,
) -> Booking:
    """Spend points, for a reward of the program if ``reward_id`` names one.

    ``amount`` of a purchase, in the store's currency, says how many instead of ``points``.

    A customer spends on a reward, whose title is the description: a text of theirs could promise
    the staff what the program does not. They name no transaction, as that is the till's word for
    what it has booked.

    ``require_present``: the member must be there. Who asks again is answered without that: the
    code on the card may be another one since, and what was paid is paid.

    Raises:
        ProgramNotFound, MembershipNotFound, InsufficientBalance, RewardNotFound,
        RewardCostMismatch, RewardUnavailable, TierRequired, RewardLimitReached, RewardOutOfStock,
        PointsHaveNoValue,
        InvalidParameters, IdempotencyKeyReused, Busy.
        OwnMembership, ReservationExists: A cashier asks; see ``counter_spending``.
    """
    if caller.customer is not None:
        _require_own_terms(reward_id, reward_description, transaction_id)
    return prepared_redeem(
        caller,
        program_id=program_id,
        user_id=user_id,
        store_id=store_id,
        points=points,
        amount=amount,
        reward_id=reward_id,
        reward_description=reward_description,
        transaction_id=transaction_id,
        require_present=require_present,
    ).run(caller.claim)


def prepared_redeem(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    points: Decimal | None,
    amount: Decimal | None = None,
    reward_id: str | None,
    reward_description: str | None,
    transaction_id: str | None,
    source: str | None = None,
    occurred_at: datetime | None = None,
    may_overdraw: bool = False,
    order_id: str | None = None,
    require_present: RequirePresent | None = None,
) -> Prepared:
    """Prepare what ``redeem`` does.

    ``order_id``: a shop's order that it belongs to, which may have any number of bookings.
    ``occurred_at``: when it happened, if that is not now: the member must have been able to have
    the reward then.
    ``may_overdraw``: it has happened already, so the balance may become negative, as far as the
    program lets it. Neither tells two requests apart.

    Raises:
        ProgramNotFound, InvalidParameters.
    """
    program = access.program(caller, program_id, store_id)
    require_points_or_amount(points, amount, reward_id)
    payment = None if amount is None else _payment(program, amount)
    units = payment.units if payment else positive_units(points or Decimal(0), program)
    reward = program.find_reward(reward_id) if reward_id else None
    description = reward_description or (reward.title if reward else "")
    transaction = (
        None
        if transaction_id is None
        else ExternalTransaction(Direction.REDEEM, transaction_id, source, units, reward_id)
    )
    cause = bookings.cause_of(
        caller,
        program,
        action="redeem",
        transaction=transaction,
        # What points are worth may have changed when the same request comes again.
        terms=("amount", str(payment.amount_minor)) if payment else (str(units), str(reward_id)),
        description=description,
        transaction_id=transaction_id,
        amount_paid=point_payments.to_text(program, payment) if payment else None,
        reward_id=reward_id,
        reward_code=ids.reward_code() if reward else None,
        took_stock=True if reward and reward.stock is not None else None,
        source=source,
        occurred_at=occurred_at,
        order_id=order_id,
    )
    overdraft_units = program.overdraft_units if may_overdraw else 0
    membership_id = paths.membership_id(program_id, user_id)
    stock = (
        StockOfReward.of(
            program,
            reward.reward_id,
            reward_stock.redemption_key(membership_id, cause.entry_id),
        )
        if reward and reward.stock is not None
        else None
    )

    own_id = bookings.cashiers_own_id(caller, program_id)

    def book(membership: Membership, reads: Reads, cause: Cause) -> bookings.Decided:
        if own_id is not None:
            counter_spending.require_allowed(membership, own_id, transaction_id)
        if require_present is not None:
            require_present(reads, membership.user_id)
        state = State(reads)
        membership = reservation_voids.void_of_transaction(
            state, membership, program, membership_id, transaction_id, cause.now
        )
        # The reward is looked up here, so that a repeated request is answered even if it is gone.
        if reward_id:
            _require_terms(
                program, program.reward(reward_id), units, membership, cause, overdraft_units
            )
        if payment is not None:
            point_payments.value_of(program)
        spend = partial(ledger.redeem, membership, program, units, overdraft_units=overdraft_units)
        after, entry = spend(cause=cause)
        if stock is not None:
            taken = stock.take(state.now, cause.now)
            state.apply(taken.writes)
            if taken.code_id is not None:
                code, given = voucher_codes.give(
                    state.now, program.account_id, taken.code_id, cause.now
                )
                state.apply([given])
                after, entry = spend(cause=replace(cause, reward_code=code))
        in_shop = shop_rewards.put(state.now, program, reward, membership, entry)
        state.apply(in_shop.writes)
        after, expired = ledger.without_expired(after, program, cause.now)
        return bookings.Decided(after, entry, state.writes(), expired, tasks=in_shop.tasks)

    person = [paths.account_member(program.account_id, user_id)] if require_present else []
    more = shop_rewards.needs(program, reward, user_id)
    return Prepared(
        program,
        user_id,
        cause,
        transaction,
        book,
        more_paths=list(dict.fromkeys([*(stock.needs if stock else []), *more, *person])),
    )


def sync_external(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    action: str,
    points: Decimal,
    total_earned: Decimal | None,
    source: str | None,
    external_transaction_id: str | None,
    comes_back: ComesBack,
    if_version: int | None = None,
) -> Booking:
    """Book a change of an external system: ``add``, ``redeem``, or ``set`` the balance.

    Enrols a user who is not enrolled; ``comes_back`` tells whether that is one who was erased.
    ``set`` books the difference, and nothing if there is none. It sets what counts for tiers, too:
    ``total_earned``, else at least the balance. ``if_version``: see ``adjust``; 0 for a user who
    is not enrolled.

    Raises:
        ProgramNotFound, ProgramInactive, InsufficientBalance, InvalidParameters,
        IdempotencyKeyReused, BalanceLimitExceeded, VersionMismatch, Busy.
    """
    program = access.program(caller, program_id, store_id)
    units = (
        to_units(points, program.scale, field="points")
        if action == "set"
        else positive_units(points, program)
    )
    total_earned_units = total_earned_units_of(program, action, units, total_earned)
    transaction = (
        None
        if external_transaction_id is None
        else ExternalTransaction(
            _DIRECTIONS[action], external_transaction_id, source, units, is_sync=True
        )
    )
    cause = bookings.cause_of(
        caller,
        program,
        action="sync",
        transaction=transaction,
        terms=(action, str(units), *([] if total_earned is None else [str(total_earned_units)])),
        description=f"External sync: {action}",
        source=source,
        transaction_id=external_transaction_id,
        sync_action=action,
    )

    def book(membership: Membership, reads: Reads, cause: Cause) -> bookings.Decided:
        match action:
            case "add":
                return bookings.Decided(*ledger.earn(membership, program, units, cause))
            case "redeem":
                state = State(reads)
                reserved_by = paths.membership_id(program_id, user_id)
                membership = reservation_voids.void_of_transaction(
                    state, membership, program, reserved_by, external_transaction_id, cause.now
                )
                after, entry = ledger.redeem(membership, program, units, cause)
                after, expired = ledger.without_expired(after, program, cause.now)
                return bookings.Decided(after, entry, state.writes(), expired)
            case _:
                booked = ledger.set_balance(
                    membership, program, units, cause, total_earned_units=total_earned_units
                )
                return bookings.Decided(*booked) if booked else bookings.Decided(membership, None)

    prepared = Prepared(
        program,
        user_id,
        cause,
        transaction,
        book,
        enrolls=comes_back,
        records_no_op=action == "set" and transaction is not None,
        expected=(
            None if if_version is None else Expected(if_version, units if action == "set" else None)
        ),
    )
    if action == "add":
        prepared = till_receipts.taking(prepared, external_transaction_id, None)
    return prepared.run(caller.claim)


def adjust(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    points: Decimal | None,
    set_to: Decimal | None,
    if_version: int | None,
    reason: str,
    actor: str,
    transaction_id: str | None,
) -> Booking:
    """Correct a balance by hand: ``points`` are added, or taken if negative.

    Or it becomes ``set_to``, and nothing is booked if it is that. One of the two is given.
    ``if_version``: only if the member's last booking has this number, which does not tell two
    requests apart either: who has looked again after a lost answer gets that answer.

    Happens once for one ``transaction_id``, for ever. It is no transaction of another system: a
    purchase with the same id is booked all the same. Reason and actor do not tell two requests
    apart, as somebody may word a repetition anew.

    Raises:
        ProgramNotFound, MembershipNotFound, InvalidParameters, InsufficientBalance,
        BalanceLimitExceeded, VersionMismatch, IdempotencyKeyReused, Busy.
    """
    program = access.program(caller, program_id, store_id)
    units, target_units = adjustment_units(program, points, set_to)
    cause = bookings.cause_of(
        caller,
        program,
        action="adjust",
        business_key=transaction_id,
        terms=(str(units),) if target_units is None else ("set", str(target_units)),
        description=reason,
        transaction_id=transaction_id,
        actor=actor,
    )

    def book(membership: Membership, _: Reads, cause: Cause) -> bookings.Decided:
        if target_units is None:
            return bookings.Decided(*ledger.adjust(membership, program, units, cause))
        booked = ledger.adjust_to(membership, program, target_units, cause)
        return bookings.Decided(*booked) if booked else bookings.Decided(membership, None)

    return Prepared(
        program,
        user_id,
        cause,
        None,
        book,
        records_no_op=target_units is not None and transaction_id is not None,
        expected=None if if_version is None else Expected(if_version, target_units),
    ).run(caller.claim)


def adjustment_units(
    program: Program, points: Decimal | None, set_to: Decimal | None
) -> tuple[int, int | None]:
    """Return by how many units a balance is corrected, or to how many: one of the two is given.

    Raises:
        InvalidParameters: ``points`` are 0, or one of them is finer than a unit.
    """
    if set_to is not None:
        return 0, to_units(set_to, program.scale, field="setTo")
    assert points is not None
    size = positive_units(abs(points), program)
    return (size if points > 0 else -size), None


def take_back(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    entry_id: str,
    units: int,
    transaction_id: str,
    description: str,
    spent_names: Sequence[str] = (),
) -> Booking:
    """Take back a part of the points of an earn, as far as the program's policy lets it.

    Happens once for one ``transaction_id``, even if the balance was empty. All parts together must
    not be more than the entry granted: the caller must ensure that. Rewards that it unlocked are
    taken back as by reverseLoyaltyTransaction.

    Args:
        caller: Must own the program.
        program_id: The program.
        user_id: The member who got the points.
        store_id: The store, if it is given.
        entry_id: The earn.
        units: From 1 to the granted units, in the program's smallest unit.
        transaction_id: Names the reversal.
        description: The text that the member reads.
        spent_names: The transactions of redemptions and reservations that come back with it, if all
            of the purchase does: they are given back in the same commit.

    Raises:
        ProgramNotFound, MembershipNotFound, IdempotencyKeyReused, BalanceLimitExceeded, Busy.
    """
    program = access.program(caller, program_id, store_id)
    cause = bookings.cause_of(
        caller,
        program,
        action="take_back",
        business_key=transaction_id,
        terms=(entry_id, str(units)),
        description=description,
        transaction_id=transaction_id,
    )
    membership_id = paths.membership_id(program_id, user_id)
    original_path = paths.entry(membership_id, entry_id)

    def book(membership: Membership, reads: Reads) -> bookings.Decided:
        original = _original(reads, membership, entry_id, original_path)
        state = State(reads)
        refunds = SpentBack(state, membership, program, cause)
        for name in spent_names:
            refunds.undo_spending(name, None, original.membership_id)
        entry = refunds.take_back(original, units)
        return bookings.Decided(refunds.membership, entry, state.writes(), before=refunds.entries)

    spent = [redemption_returns.spent_paths(membership_id, each, None) for each in spent_names]
    return bookings.run(
        caller.claim,
        program,
        user_id,
        cause,
        book,
        more_paths=[original_path, *chain.from_iterable(spent)],
        records_no_op=True,
    )


def give_back(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    entry_id: str,
    units: int,
    withdrawn_units: int | None = None,
    transaction_id: str,
    description: str,
) -> Booking:
    """Give back a part of the points that ``take_back`` took: once for one ``transaction_id``.

    All parts together must not be more than was taken: the caller must ensure that. What was not
    taken is not missing any more; if it was taken since, of a cancelled redemption, it is given
    back, too.

    Args:
        caller: Must own the program.
        program_id: The program.
        user_id: The member who had the points.
        store_id: The store, if it is given.
        entry_id: The earn.
        units: At most the units that were taken back, in the program's smallest unit.
        withdrawn_units: The units that should have been taken and should not any more; by default
            ``units``.
        transaction_id: Names the entry.
        description: The text that the member reads.

    Raises:
        ProgramNotFound, MembershipNotFound, IdempotencyKeyReused, BalanceLimitExceeded, Busy.
    """
    program = access.program(caller, program_id, store_id)
    cause = bookings.cause_of(
        caller,
        program,
        action="give_back",
        business_key=transaction_id,
        terms=(entry_id, str(units)),
        description=description,
        transaction_id=transaction_id,
    )
    original_path = paths.entry(paths.membership_id(program_id, user_id), entry_id)

    def book(membership: Membership, reads: Reads) -> bookings.Decided:
        original = _original(reads, membership, entry_id, original_path)
        missed_units = 0 if withdrawn_units is None else withdrawn_units - units
        after, later_units = ledger.withdraw(membership, original, missed_units)
        given_units = units + later_units
        if given_units == 0:
            return bookings.Decided(after, None)
        return bookings.Decided(*ledger.restore(after, program, original, given_units, cause))

    return bookings.run(
        caller.claim,
        program,
        user_id,
        cause,
        book,
        more_paths=[original_path],
        records_no_op=units == 0,
    )


def _original(reads: Reads, membership: Membership, entry_id: str, path: str) -> Entry:
    """Return the entry that is taken back, of a membership or of those that were merged into it.

    Args:
        reads: What the decision has read.
        membership: From which it is taken back.
        entry_id: The entry.
        path: Where it is, unless its member had been merged already when it was booked.

    Raises:
        Wanted: It is not there, and the other memberships' entries are not read yet.
    """
    original = membership_documents.decode_entry(reads[path])
    if original is None:
        others = [paths.entry(each, entry_id) for each in membership.every_membership_id]
        commands.want(reads, others)
        found = (membership_documents.decode_entry(reads[each]) for each in others)
        original = next(filter(None, found), None)
    assert original is not None, f"{path} is gone"
    return original


def _payment(program: Program, amount: Decimal) -> PointPayment:
    """Return what an amount costs; no units if points are worth nothing, which ``book`` refuses.

    Raises:
        InvalidParameters: It is 0, or finer than the currency.
    """
    minor = point_payments.amount_minor(program, amount)
    try:
        return point_payments.price(program, minor, point_payments.value_of(program))
    except PointsHaveNoValue:
        # A repeated request is answered as before, so this is refused only if it is a new one.
        return PointPayment(0, minor, Decimal(0))


def require_points_or_amount(
    points: Decimal | None, amount: Decimal | None, reward_id: str | None
) -> None:
    """Refuse a request that names both or neither, or an amount and a reward.

    Raises:
        InvalidParameters.
    """
    if (points is None) is (amount is None):
        raise invalid({"points": "is required unless amount is given, and not together with it"})
    if amount is not None and reward_id is not None:
        raise invalid({"amount": "is not for rewards: send points"})


def award_of(
    program: Program,
    points: Decimal | None,
    purchase_lines: Sequence[PurchaseLine] | None,
    purchase_count: int | None = None,
) -> Award:
    """Return the award: the given points, else the points that the rules grant for the purchase.

    Raises:
        InvalidParameters: There is no amount, or one that is 0 or finer than a unit.
    """
    if purchase_lines is not None:
        earning.require_payable(earning_base.paid_amount(purchase_lines), program.currency)
    if points is not None:
        units = positive_units(points, program)
        return Award(units, units)
    if purchase_count is not None:
        return earning.award_for_count(program, purchase_count)
    if purchase_lines is None:
        raise InvalidParameters(
            "Send points, purchaseAmount or purchaseLines.",
            fields={"points": "is required unless purchaseAmount or purchaseLines is given"},
        )
    return earning.award_for_purchase(program, purchase_lines)


def _term(amount: Decimal | None) -> str:
    """Return an amount in one spelling: 5, 5.0 and 5.00 are the same."""
    return "" if amount is None else format(amount.normalize(), "f")


def _terms_of(lines: Sequence[PurchaseLine]) -> tuple[str, ...]:
    """Return what tells purchases of one amount apart, whatever the order of their lines.

    Lines that say nothing but amounts have no terms, as before lines could say more.
    """
    plain = {LineType.ITEM, LineType.DISCOUNT, LineType.REWARD}
    said = sorted(
        json.dumps([_term(each.amount), each.type, each.category, each.product_id, vat])
        for each in lines
        if (vat := _term(each.vat_percent))
        or each.category
        or each.product_id
        or each.type not in plain
    )
    return (ids.digest(*said),) if said else ()


def positive_units(points: Decimal, program: Program) -> int:
    """Return an amount in the program's units.

    Raises:
        InvalidParameters: It is 0, or finer than a unit.
    """
    units = to_units(points, program.scale, field="points")
    if units == 0:
        raise InvalidParameters(
            "points must be greater than 0.", fields={"points": "must be greater than 0"}
        )
    return units


def total_earned_units_of(
    program: Program, action: str, balance_units: int, total_earned: Decimal | None
) -> int | None:
    """Return what a member has ever earned, as the external system says; ``None`` if it does not.

    Raises:
        InvalidParameters: It is less than the balance, too fine or too large, or nothing is set.
    """
    if total_earned is None:
        return None
    units = to_units(total_earned, program.scale, field="totalEarned")
    problem = None
    if action != "set":
        problem = "is only for the action set"
    elif units < balance_units:
        problem = "must be at least points, the new balance"
    if problem is not None:
        raise invalid({"totalEarned": problem})
    return units


def _require_own_terms(
    reward_id: str | None, reward_description: str | None, transaction_id: str | None
) -> None:
    """Refuse what a customer may not say of a redemption."""
    problems = {} if reward_id is not None else {"rewardId": "is required of customers"}
    if reward_description is not None:
        problems["rewardDescription"] = "is not for customers"
    if transaction_id is not None:
        problems["transactionId"] = "is not for customers"
    if problems:
        raise invalid(problems)


def _require_terms(
    program: Program,
    reward: Reward,
    units: int,
    membership: Membership,
    cause: Cause,
    overdraft_units: int,
) -> None:
    """Refuse a reward that costs something else, or that the member cannot have."""
    at = cause.occurred_at or cause.now
    reward_rules.require_cost(program, reward, units, at)
    reward_rules.require(program, reward, membership, at, overdraft_units=overdraft_units)
