"""Spending in two steps: set points aside, then commit them to a redemption or void that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.loyalty import holds, ledger, point_payments, reward_rules
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.external_transactions import (
    Direction,
    ExternalTransaction,
    booked_by,
)
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.point_payments import PointPayment
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.reservations import Reservation, ReservationStatus
from shared.domain.units import from_units
from shared.errors import (
    IdempotencyKeyReused,
    MembershipNotFound,
    ReservationNotFound,
    RewardCostMismatch,
)
from shared.schemas.base import invalid
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.events import wallet_outbox
from shared.services.loyalty import (
    balances,
    bookings,
    reservation_voids,
    shop_rewards,
    voucher_codes,
)
from shared.services.loyalty.bookings import Booking, Prepared
from shared.services.loyalty.reward_stocks import StockOfReward
from shared.store import paths
from shared.store.client import Document, Snapshot, Write
from shared.store.loyalty import membership_documents, reservation_documents
from shared.tasks import Task


@dataclass(frozen=True, slots=True)
class Reserved:
    """A reservation that was made, and the balance then, in the program's units."""

    user_id: str
    reservation_id: str
    units: int
    ends_at: datetime
    balance_units: int
    held_units: int
    scale: int
    reward_id: str | None = None
    reward_code: str | None = None
    transaction_id: str | None = None
    amount_paid: Decimal | None = None
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """A reservation that has ended without a redemption, and the balance then."""

    user_id: str
    status: ReservationStatus
    units: int
    balance_units: int
    held_units: int
    scale: int
    is_replay: bool = False


@forwarding.following
def reserve(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    points: Decimal | None,
    amount: Decimal | None = None,
    reward_id: str | None,
    transaction_id: str | None,
    minutes: int,
) -> Reserved:
    """Set aside points, what an amount of a purchase costs, or a reward with a piece of its stock.

    ``points`` beside ``reward_id`` are the price that was shown: it must be what the reward costs.
    The same ``transaction_id`` again answers with the open reservation.

    Raises:
        ProgramNotFound, MembershipNotFound, MemberSuspended, MembershipClosed, InsufficientBalance,
        RewardNotFound, RewardCostMismatch, RewardUnavailable, TierRequired, RewardLimitReached,
        RewardOutOfStock, ReservationExists, TooManyReservations, PointsHaveNoValue,
        InvalidParameters, IdempotencyKeyReused, RedemptionCancelled, Busy.
    """
    program = access.program(caller, program_id, store_id)
    require_terms(points, reward_id, amount)
    _require_own_terms(caller, transaction_id)
    given_units = None if points is None else balances.positive_units(points, program)
    given_minor = None if amount is None else point_payments.amount_minor(program, amount)
    transaction = None
    if transaction_id is not None:
        transaction = ExternalTransaction(Direction.REDEEM, transaction_id, None, 0)
    membership_id = paths.membership_id(program_id, user_id)
    path = paths.member(membership_id)
    now = clock.utc_now()
    hold = replace(
        _wanted(program, membership_id, reward_id, transaction, now),
        ends_at=now + timedelta(minutes=minutes),
        is_customers=caller.customer is not None,
    )
    wanted = (str(given_units), str(reward_id)) if amount is None else ("amount", str(given_minor))
    fingerprint = ids.digest("reserve", program_id, *wanted)
    record_path = paths.reservation(membership_id, hold.reservation_id)
    entry_paths = [
        paths.entry(membership_id, each) for each in (transaction.entry_ids if transaction else ())
    ]
    stock = (
        StockOfReward.of(program, hold.reward_id, hold.stock_key)
        if hold.takes_stock and hold.reward_id is not None
        else None
    )

    def replay(kept: Document, _: Reads) -> Reserved:
        return Reserved(
            kept.get("userId", user_id),
            kept["reservationId"],
            kept["units"],
            kept["endsAt"],
            kept["balanceUnits"],
            kept["heldUnits"],
            program.scale,
            reward_id,
            kept["rewardCode"],
            transaction_id,
            amount,
            is_replay=True,
        )

    def decide(reads: Reads) -> Effect[Reserved]:
        found = _current(reads, path, user_id)
        before, caught = ledger.caught_up(found, program, now)
        if transaction is not None:
            booked = [membership_documents.decode_entry(reads[each]) for each in entry_paths]
            _require_unbooked(reads, transaction, [each for each in booked if each is not None])
            known = _known(before, hold, reads[record_path], fingerprint)
            if known is not None:
                return Effect(_reserved(known, before, is_replay=True), kept=_kept(known, before))
        paying = hold
        if given_minor is not None:
            point_value = point_payments.value_of(program)
            units = point_payments.price(program, given_minor, point_value).units
            paying = replace(hold, amount_paid=amount, point_value=point_value)
        elif reward_id is None:
            assert given_units is not None, "one of the three is there"
            units = given_units
        else:
            units = _cost_units(program, reward_id, before, given_units, now)
            shop_rewards.require_customer(reads, program, program.reward(reward_id), before.user_id)
        after = ledger.hold(before, program, paying, units)
        made = after.holds[-1]
        record = Reservation.of(made, after, fingerprint)
        writes: list[Write] = [
            *membership_documents.writes(reads[path], after, *caught),
            reservation_documents.write(reads[record_path], record),
        ]
        if stock is not None:
            writes += stock.hold(reads, made, now)
        passes = wallet_outbox.of_memberships(reads, [after])
        writes += passes.writes
        return Effect(_reserved(made, after), writes, _kept(made, after), passes.tasks)

    needs = [
        path,
        record_path,
        *entry_paths,
        *(stock.needs if stock else []),
        *wallet_outbox.paths_of(membership_id),
    ]
    return commands.run(needs, decide, claim=caller.claim, replay=replay)


def commit(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    reservation_id: str,
    points: Decimal | None,
    amount: Decimal | None = None,
) -> Booking:
    """Redeem what was reserved, or a part of it; the rest is free at once.

    It is booked once: again, it answers with the same entry.

    Raises:
        ProgramNotFound, MembershipNotFound, MemberSuspended, MembershipClosed, InsufficientBalance,
        RewardOutOfStock, RewardLimitReached, ReservationNotFound, ReservationExpired,
        ReservationClosed,
        RewardCostMismatch, InvalidParameters, IdempotencyKeyReused, Busy.
    """
    return prepared_commit(
        caller,
        program_id=program_id,
        user_id=user_id,
        store_id=store_id,
        reservation_id=reservation_id,
        points=points,
        amount=amount,
    ).run(caller.claim)


def prepared_commit(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    reservation_id: str,
    points: Decimal | None,
    amount: Decimal | None = None,
) -> Prepared:
    """Prepare what ``commit`` does.

    Raises:
        ProgramNotFound, InvalidParameters.
    """
    program = access.program(caller, program_id, store_id)
    if points is not None and amount is not None:
        raise invalid({"points": "is not together with amount"})
    units = None if points is None else balances.positive_units(points, program)
    minor = None if amount is None else point_payments.amount_minor(program, amount)
    part = str(units or "") if minor is None else f"amount {minor}"
    cause = Cause(
        entry_id=holds.entry_id(reservation_id),
        fingerprint=ids.digest("commit", program_id, reservation_id, part),
        key_hash=caller.claim.claim_id if caller.claim else None,
        now=clock.utc_now(),
        staff_id=caller.staff_id,
    )
    asked = _Asked.of(program, user_id, reservation_id)

    def book(membership: Membership, reads: Reads, cause: Cause) -> bookings.Decided:
        hold, record = asked.find(membership, reads)
        membership.require_active()
        if hold is None:
            raise record.refusal()
        whole, paid = _part(program, hold, units, minor)
        if hold.reward_id is not None and whole != hold.units:
            cost = from_units(hold.units, program.scale)
            raise RewardCostMismatch(
                f"The reserved reward costs {cost}.",
                fix="Leave out `points` and `amount`: a reward is bought whole.",
                rewardId=hold.reward_id,
                required=cost,
            )
        told = replace(
            cause,
            description=hold.description,
            transaction_id=hold.transaction_id,
            reward_id=hold.reward_id,
            reward_code=hold.reward_code,
            took_stock=True if hold.takes_stock else None,
            amount_paid=paid,
        )
        reward_rules.require_committable(program, hold, membership, cause.now)
        after, entry = ledger.redeem_held(membership, program, hold, whole, told)
        writes: list[Write] = [
            reservation_documents.write(
                asked.read_of(record, reads), record.committed(entry.entry_id)
            )
        ]
        if hold.takes_stock and hold.reward_id is not None:
            stock = StockOfReward.of(program, hold.reward_id, hold.stock_key)
            taken = stock.take_held(reads, hold, cause.now)
            writes += taken.writes
            if taken.code_id is not None:
                code, given = voucher_codes.give(
                    reads, program.account_id, taken.code_id, cause.now
                )
                writes.append(given)
                told = replace(told, reward_code=code)
                after, entry = ledger.redeem_held(membership, program, hold, whole, told)
        reward = program.find_reward(hold.reward_id) if hold.reward_id else None
        in_shop = shop_rewards.put(reads, program, reward, membership, entry)
        writes += in_shop.writes
        # What is left of it may have reached its date while it was reserved.
        after, expired = ledger.without_expired(after, program, cause.now)
        return bookings.Decided(after, entry, writes, expired, tasks=in_shop.tasks)

    return Prepared(
        program, user_id, cause, None, book, more_paths=[asked.path, *asked.stock_paths]
    )


def _part(
    program: Program, hold: Hold, units: int | None, minor: int | None
) -> tuple[int, str | None]:
    """Return the units of a hold that are redeemed, all by default, and the amount that they pay.

    Raises:
        InvalidParameters: An amount is wanted of a hold that pays none.
    """
    if hold.point_value is None or hold.amount_paid is None:
        if minor is not None:
            raise invalid({"amount": "is only for reservations that were made for an amount"})
        return hold.units if units is None else units, None
    if minor is not None:
        payment = point_payments.price(program, minor, hold.point_value)
    elif units is None or units == hold.units:
        reserved_minor = point_payments.amount_minor(program, hold.amount_paid)
        payment = PointPayment(hold.units, reserved_minor, hold.point_value)
    else:
        payment = point_payments.worth(program, units, hold.point_value)
    return payment.units, point_payments.to_text(program, payment)


@forwarding.following
def void(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    reservation_id: str,
) -> Released:
    """Give up a reservation: its points can be spent at once. Again, it changes nothing.

    A customer gives up what the customer has reserved, and not what a till has.

    Raises:
        ProgramNotFound, MembershipNotFound, IdempotencyKeyReused, Busy.
        ReservationNotFound: There is none, or it is not the customer's.
        ReservationClosed: It was committed.
    """
    program = access.program(caller, program_id, store_id)
    asked = _Asked.of(program, user_id, reservation_id)
    path = paths.member(asked.membership_id)
    now = clock.utc_now()

    def replay(kept: Document, _: Reads) -> Released:
        return Released(
            kept.get("userId", user_id),
            ReservationStatus(kept["status"]),
            kept["units"],
            kept["balanceUnits"],
            kept["heldUnits"],
            program.scale,
            is_replay=True,
        )

    def decide(reads: Reads) -> Effect[Released]:
        found = _current(reads, path, user_id)
        hold, record = asked.find(found, reads)
        if caller.customer is not None and not record.is_customers:
            raise asked.not_found()
        if record.status is ReservationStatus.COMMITTED:
            raise record.refusal()
        if hold is None or not hold.is_open(now):
            current = ledger.current(found, program, now)
            return _release_effect(record, record.status, current)
        freed, releases = reservation_voids.void(reads, found, program, hold, now)
        after, caught = ledger.caught_up(freed, program, now)
        passes = wallet_outbox.of_memberships(reads, [after])
        changed = membership_documents.writes(reads[path], after, *caught)
        writes = [*changed, *releases, *passes.writes]
        return _release_effect(record, ReservationStatus.VOIDED, after, writes, passes.tasks)

    passes_paths = wallet_outbox.paths_of(asked.membership_id)
    needs = [path, asked.path, *asked.stock_paths, *passes_paths]
    return commands.run(needs, decide, claim=caller.claim, replay=replay)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The reservation that a request names, and where it may be found."""

    program: Program
    user_id: str
    membership_id: str
    reservation_id: str

    @classmethod
    def of(cls, program: Program, user_id: str, reservation_id: str) -> _Asked:
        membership_id = paths.membership_id(program.program_id, user_id)
        return cls(program, user_id, membership_id, reservation_id)

    @property
    def path(self) -> str:
        """The path of its record, unless a member who was merged into this one has made it."""
        return paths.reservation(self.membership_id, self.reservation_id)

    @property
    def stock_paths(self) -> list[str]:
        """The stock that it may need, as its id tells."""
        key = holds.stock_key(self.membership_id, self.reservation_id)
        return [
            path
            for each in self.program.every_reward
            if each.stock is not None and holds.may_need(self.reservation_id, each.reward_id)
            for path in StockOfReward.of(self.program, each.reward_id, key).needs
        ]

    def find(self, membership: Membership, reads: Reads) -> tuple[Hold | None, Reservation]:
        """Return the hold, if it is in the membership, and the record.

        Raises:
            ReservationNotFound: The member has none of this id.
        """
        record = reservation_documents.decode(reads[self.path])
        if record is None:
            others = [
                paths.reservation(each, self.reservation_id)
                for each in membership.every_membership_id
            ]
            commands.want(reads, others)
            found = (reservation_documents.decode(reads[each]) for each in others)
            record = next((each for each in found if each is not None), None)
        if record is None:
            raise self.not_found()
        return holds.find(membership.holds, [record.membership_id], self.reservation_id), record

    def read_of(self, record: Reservation, reads: Reads) -> Snapshot:
        """Return the record as it was read."""
        return reads[paths.reservation(record.membership_id, self.reservation_id)]

    def not_found(self) -> ReservationNotFound:
        """Return the refusal of a reservation that is not there, or not for the caller."""
        return ReservationNotFound(f"User {self.user_id} has no reservation {self.reservation_id}.")


def _current(reads: Reads, path: str, user_id: str) -> Membership:
    found = membership_documents.decode(reads[path])
    if found is None:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")
    forwarding.require_current(found)
    return found


def require_terms(
    points: Decimal | None, reward_id: str | None, amount: Decimal | None = None
) -> None:
    """Refuse a request that names nothing to reserve, or an amount and something else.

    Raises:
        InvalidParameters.
    """
    if points is None and reward_id is None and amount is None:
        raise invalid({"points": "is required unless rewardId or amount is given"})
    if amount is not None and (points is not None or reward_id is not None):
        raise invalid({"amount": "is not together with points or rewardId"})


def _require_own_terms(caller: Caller, transaction_id: str | None) -> None:
    """Refuse what a customer may not say: a transaction is the till's word for what it has booked.

    Raises:
        InvalidParameters.
    """
    if caller.customer is not None and transaction_id is not None:
        raise invalid({"transactionId": "is not for customers"})


def _wanted(
    program: Program,
    membership_id: str,
    reward_id: str | None,
    transaction: ExternalTransaction | None,
    now: datetime,
) -> Hold:
    """Return what is to be set aside, with new ids; it ends at once."""
    reward = program.find_reward(reward_id) if reward_id else None
    takes_stock = reward is not None and reward.stock is not None
    base_id = holds.reservation_id(transaction.first_id) if transaction else ids.new("rs")
    return Hold(
        reservation_id=holds.tagged(base_id, reward_id) if reward_id and takes_stock else base_id,
        membership_id=membership_id,
        lots=(),
        made_at=now,
        ends_at=now,
        description=reward.title if reward else "",
        transaction_id=transaction.transaction_id if transaction else None,
        reward_id=reward_id,
        # Nobody sees a code of a voucher that is only reserved: it may be given to somebody else.
        reward_code=ids.reward_code() if reward and not reward.has_codes else None,
        takes_stock=takes_stock,
    )


def _cost_units(
    program: Program,
    reward_id: str,
    membership: Membership,
    expected_units: int | None,
    now: datetime,
) -> int:
    """Return what a reward costs. It is looked up late: repeated requests need it no more.

    Raises:
        RewardNotFound, ReservationExists, RewardCostMismatch, RewardUnavailable, MemberSuspended,
        MembershipClosed, TierRequired, RewardLimitReached, InsufficientBalance.
    """
    reward = program.reward(reward_id)
    ledger.require_unreserved(membership, reward_id)
    if expected_units is not None:
        reward_rules.require_cost(program, reward, expected_units, now)
    reward_rules.require(program, reward, membership, now)
    return program.cost_units(reward)


def _known(
    membership: Membership, wanted: Hold, record_read: Snapshot, fingerprint: str
) -> Hold | None:
    """Return the open hold that an earlier request of the same transaction has made.

    Raises:
        IdempotencyKeyReused: That request had other values.
    """
    known = holds.find(membership.holds, [wanted.membership_id], wanted.reservation_id)
    record = reservation_documents.decode(record_read)
    if known is None or record is None:
        return None
    if record.fingerprint != fingerprint:
        raise IdempotencyKeyReused("The transaction was reserved with other values.")
    return known


def _require_unbooked(
    reads: Reads, transaction: ExternalTransaction, booked: Sequence[Entry]
) -> None:
    """Refuse to reserve for what was spent already.

    Raises:
        IdempotencyKeyReused: A redemption of the transaction was booked.
        RedemptionCancelled: It was, and its points were given back since.
        Wanted: What became of it is not read yet.
    """
    entry = transaction.find(booked, "")
    if entry is not None:
        bookings.require_not_cancelled(entry, reads)
        raise IdempotencyKeyReused(
            "The transaction was booked before.",
            entryId=entry.entry_id,
            transactionId=entry.transaction_id,
            bookedBy=booked_by(entry),
        )


def _reserved(hold: Hold, membership: Membership, *, is_replay: bool = False) -> Reserved:
    return Reserved(
        membership.user_id,
        hold.reservation_id,
        hold.units,
        hold.ends_at,
        membership.balance_units,
        membership.held_units,
        membership.scale,
        hold.reward_id,
        hold.reward_code,
        hold.transaction_id,
        hold.amount_paid,
        is_replay=is_replay,
    )


def _kept(hold: Hold, membership: Membership) -> Document:
    return {
        "userId": membership.user_id,
        "reservationId": hold.reservation_id,
        "units": hold.units,
        "endsAt": hold.ends_at,
        "balanceUnits": membership.balance_units,
        "heldUnits": membership.held_units,
        "rewardCode": hold.reward_code,
    }


def _release_effect(
    record: Reservation,
    status: ReservationStatus,
    membership: Membership,
    writes: Sequence[Write] = (),
    tasks: Sequence[Task] = (),
) -> Effect[Released]:
    kept = {
        "userId": membership.user_id,
        "status": status.value,
        "units": record.units,
        "balanceUnits": membership.balance_units,
        "heldUnits": membership.held_units,
    }
    released = Released(
        membership.user_id,
        status,
        record.units,
        membership.balance_units,
        membership.held_units,
        membership.scale,
    )
    return Effect(released, writes, kept, tasks)
