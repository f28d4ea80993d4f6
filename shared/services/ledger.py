"""Everything that changes a balance: earn, redeem, external sync. One commit each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from shared import clock, ids
from shared.auth.caller import Caller, Claim
from shared.domain import earning, ledger
from shared.domain.earning import Award
from shared.domain.membership import Cause, Entry, Membership
from shared.domain.programs import Program, Reward
from shared.domain.units import to_units
from shared.errors import (
    IdempotencyKeyReused,
    InvalidParameters,
    MembershipNotFound,
    RewardCostMismatch,
    RewardOutOfStock,
    RewardUnavailable,
)
from shared.services import access, idempotency
from shared.store import members, paths, protocol
from shared.store.client import Document, Update, Write
from shared.store.protocol import Decision, Reads


@dataclass(frozen=True, slots=True)
class Booking:
    """What a request did to a membership.

    ``entry`` is ``None`` if there was nothing to book; then the balance is as it was.
    ``is_replay``: the entry stems from an earlier request with the same key.
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


def add(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    points: Decimal | None,
    purchase_amount: Decimal | None,
    transaction_id: str | None,
    source: str | None,
    description: str,
) -> Booking:
    """Grant points, stamps or cashback: ``points`` as given, or what ``purchase_amount`` earns.

    Raises:
        ProgramNotFound, MembershipNotFound, ProgramInactive, InvalidParameters,
        IdempotencyKeyReused, BalanceLimitExceeded, Busy.
    """
    program = access.program(caller, program_id, store_id)
    award = _award(program, points, purchase_amount)
    cause = _cause(
        caller,
        program,
        action="earn",
        business_key=transaction_id,
        terms=(_term(points), _term(purchase_amount)),
        description=description,
        source=source,
        transaction_id=transaction_id,
        purchase_amount=_term(purchase_amount) or None,
        requested_units=award.requested_units,
        capped_by=award.capped_by,
    )

    def book(membership: Membership, _: Reads) -> _Booked:
        if award.awarded_units == 0:
            program.require_active()
            return _Booked(membership, None)
        return _Booked(*ledger.earn(membership, program, award.awarded_units, cause))

    return _run(caller.claim, program, user_id, cause, book, award=award)


def redeem(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    points: Decimal,
    reward_id: str | None,
    reward_description: str | None,
    transaction_id: str | None,
) -> Booking:
    """Spend points, for a reward of the program if ``reward_id`` names one.

    Raises:
        ProgramNotFound, MembershipNotFound, InsufficientBalance, RewardNotFound,
        RewardCostMismatch, RewardUnavailable, RewardOutOfStock, InvalidParameters,
        IdempotencyKeyReused, Busy.
    """
    program = access.program(caller, program_id, store_id)
    units = _positive_units(points, program)
    reward = program.find_reward(reward_id) if reward_id else None
    description = reward_description or (reward.title if reward else "")
    cause = _cause(
        caller,
        program,
        action="redeem",
        business_key=transaction_id,
        terms=(str(units), str(reward_id)),
        description=description,
        transaction_id=transaction_id,
        reward_id=reward_id,
        reward_code=ids.reward_code() if reward else None,
    )
    stock_path = (
        paths.reward_stock(program.program_id, reward.reward_id)
        if reward and reward.stock is not None
        else None
    )

    def book(membership: Membership, reads: Reads) -> _Booked:
        # Looked up in here, so that a repeated request is answered even if the reward is gone.
        if reward_id:
            _require_terms(program, program.reward(reward_id), units, cause.now)
        after, entry = ledger.redeem(membership, program, units, cause)
        return _Booked(after, entry, [_taken(reads, stock_path, reward_id)] if stock_path else [])

    return _run(
        caller.claim, program, user_id, cause, book, more_paths=[stock_path] if stock_path else []
    )


def sync_external(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    action: str,
    points: Decimal,
    source: str | None,
    external_transaction_id: str | None,
) -> Booking:
    """Book what an external system did: ``add``, ``redeem``, or ``set`` the balance.

    Enrols a user who is not; ``set`` books the difference, and nothing if there is none.

    Raises:
        ProgramNotFound, ProgramInactive, InsufficientBalance, InvalidParameters,
        IdempotencyKeyReused, BalanceLimitExceeded, Busy.
    """
    program = access.program(caller, program_id, store_id)
    units = (
        to_units(points, program.scale, field="points")
        if action == "set"
        else _positive_units(points, program)
    )
    business_key = None
    if external_transaction_id is not None:
        business_key = f"{len(source or '')}:{source or ''}:{external_transaction_id}"
    cause = _cause(
        caller,
        program,
        action="sync",
        business_key=business_key,
        terms=(action, str(units)),
        description=f"External sync: {action}",
        source=source,
        transaction_id=external_transaction_id,
        sync_action=action,
    )

    def book(membership: Membership, _: Reads) -> _Booked:
        match action:
            case "add":
                return _Booked(*ledger.earn(membership, program, units, cause))
            case "redeem":
                return _Booked(*ledger.redeem(membership, program, units, cause))
            case _:
                booked = ledger.set_balance(membership, program, units, cause)
                return _Booked(*booked) if booked else _Booked(membership, None)

    return _run(
        caller.claim,
        program,
        user_id,
        cause,
        book,
        enrolls=True,
        remembers_nothing=action == "set" and business_key is not None,
    )


@dataclass(frozen=True, slots=True)
class _Booked:
    membership: Membership
    entry: Entry | None
    more_writes: list[Write] | tuple[Write, ...] = ()


def _run(
    claim: Claim | None,
    program: Program,
    user_id: str,
    cause: Cause,
    book: Callable[[Membership, Reads], _Booked],
    *,
    more_paths: list[str] | tuple[str, ...] = (),
    enrolls: bool = False,
    remembers_nothing: bool = False,
    award: Award | None = None,
) -> Booking:
    """Read, let ``book`` decide, commit: two RPCs. A repeated request gets its first answer.

    ``remembers_nothing``: also if there was nothing to book. Without an entry, a balance that was
    set would be set again by a late repetition, over what was booked since.
    """
    membership_id = paths.membership_id(program.program_id, user_id)
    member_path = paths.member(membership_id)
    entry_path = paths.entry(membership_id, cause.entry_id)
    nothing = (
        Claim(ids.digest("nothing", membership_id, cause.entry_id), cause.fingerprint)
        if remembers_nothing
        else None
    )

    def decide(reads: Reads) -> Decision[Booking]:
        claimed = idempotency.earlier_result(claim, reads, cause.now)
        earlier = claimed or idempotency.earlier_result(nothing, reads, cause.now)
        stored = members.decode_entry(reads[entry_path])
        membership = members.decode(reads[member_path])
        if stored is not None:
            replay = replace(_replay(program, stored, cause), award=award)
            result = _result(replay)
        elif earlier is not None:
            replay = _replay_of_nothing(program, membership_id, earlier)
            result = earlier
        if stored is not None or earlier is not None:
            # A second key for what is booked already must not serve for something else.
            known = claimed is not None
            return Decision(
                replay, [] if known else idempotency.claim_writes(claim, reads, result, cause.now)
            )
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
        booked = book(membership, reads)
        after = booked.membership
        booking = Booking(
            program, membership_id, booked.entry, after.balance_units, after.tier, award
        )
        result = _result(booking)
        writes = [*idempotency.claim_writes(claim, reads, result, cause.now), *booked.more_writes]
        if booked.entry is None:
            writes += idempotency.claim_writes(nothing, reads, result, cause.now)
        if booked.entry is not None or reads[member_path].data is None:
            entries = [booked.entry] if booked.entry else []
            writes += members.writes(reads[member_path], after, *entries)
        return Decision(booking, writes)

    claim_paths = [*idempotency.claim_paths(claim), *idempotency.claim_paths(nothing)]
    return protocol.run([member_path, entry_path, *claim_paths, *more_paths], decide)


def _result(booking: Booking) -> Document:
    """Return what a claim keeps, for the case that there is no entry to answer from."""
    return {
        "balanceUnits": booking.balance_units,
        "tier": booking.tier,
        "requestedUnits": booking.award.requested_units if booking.award else 0,
        "reason": booking.award.reason if booking.award else None,
    }


def _replay(program: Program, stored: Entry, cause: Cause) -> Booking:
    """Answer from the entry that the same key booked before.

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
    """Answer as a request with the same key was answered that had nothing to book."""
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


def _cause(
    caller: Caller,
    program: Program,
    *,
    action: str,
    business_key: str | None,
    terms: tuple[str, ...],
    sync_action: str | None = None,
    **facts: object,
) -> Cause:
    """Name the entry: by its business key, else by the ``Idempotency-Key``, else at random.

    ``terms`` are what the request is about; a repeated key with other terms is refused.
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


def _award(program: Program, points: Decimal | None, purchase_amount: Decimal | None) -> Award:
    """Explicit points win; else the program's rules say what the purchase earns."""
    if points is not None:
        units = _positive_units(points, program)
        return Award(units, units)
    if purchase_amount is None:
        raise InvalidParameters(
            "Send points, purchaseAmount or purchaseLines.",
            fields={"points": "is required unless purchaseAmount or purchaseLines is given"},
        )
    return earning.award_for_purchase(program, purchase_amount)


def _term(amount: Decimal | None) -> str:
    """Write an amount the same way however the request spelled it: 5, 5.0 and 5.00 are one."""
    return "" if amount is None else format(amount.normalize(), "f")


def _positive_units(points: Decimal, program: Program) -> int:
    units = to_units(points, program.scale, field="points")
    if units == 0:
        raise InvalidParameters(
            "points must be greater than 0.", fields={"points": "must be greater than 0"}
        )
    return units


def _require_terms(program: Program, reward: Reward, units: int, now: datetime) -> None:
    if not reward.is_offered(now):
        raise RewardUnavailable(
            f"{reward.title} is not offered at the moment.", rewardId=reward.reward_id
        )
    if units != program.cost_units(reward):
        raise RewardCostMismatch(
            f"{reward.title} costs {reward.required_points}.",
            rewardId=reward.reward_id,
            required=reward.required_points,
        )


def _taken(reads: Reads, stock_path: str, reward_id: str | None) -> Update:
    """Return the write that takes one from the stock of a reward.

    Raises:
        RewardOutOfStock: There is none left.
    """
    read = reads[stock_path]
    remaining = read.data["remaining"] if read.data else 0
    if remaining <= 0:
        raise RewardOutOfStock("Nothing is left of this reward.", rewardId=reward_id)
    return Update(read, {"remaining": remaining - 1})
