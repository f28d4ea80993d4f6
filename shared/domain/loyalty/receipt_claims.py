"""Receipts that a customer may claim: who has one, what it earned, and what came back.

The claim of a customer and the till's own booking of one receipt share one document. Whoever comes
first has the receipt; the other one is refused. So a receipt earns for one member only.

A claim by the code of a TSE that nothing has proved waits. Once the till tells that code, or its
export brings it, this rule decides: a member whom the till names has the receipt, as the till knows
who stood there; if it names nobody, it is the customer's who has waited with that code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from shared.domain.loyalty import counters, earning_base
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program, ReceiptClaimRules
from shared.domain.loyalty.returns import units_to_take
from shared.domain.money import Money
from shared.domain.pseudonyms import Pseudonyms
from shared.errors import (
    IdempotencyKeyReused,
    ReceiptClaimed,
    ReceiptImported,
    ReceiptLimitReached,
    ReceiptTooOld,
    ReceiptVoided,
)

WITHIN_DAYS_MAX = 60
OPEN_KEPT = timedelta(days=WITHIN_DAYS_MAX + 30)
"""Afterwards a TTL policy deletes a receipt that nobody has: it is too old for every program."""
TILL_GRANTS_MAX = 20
"""The most bookings of a till that one receipt notes: for each program and each member."""
EARNING_METHOD = "receipt"
WAITS = timedelta(days=30)
"""So long the code of a TSE that nobody knows waits for the export that brings its receipt."""
WAITING_MAX = 3
"""The most signatures that wait for one receipt: all but one are forged."""
_WAITED_KEPT = timedelta(days=30)
"""Afterwards a TTL policy deletes what no sync has dropped."""
_IMPORTED_KEPT = timedelta(days=30)
"""So long beyond ``within_days`` a sale is kept that an export brought without a member."""
_CLOCKS_DIFFER = timedelta(days=1)
_COUNTED_AS = "receipt:claimed"
"""What a member's counters call a claimed receipt. No name of an event has a colon."""


class ReceiptStatus(StrEnum):
    """Who has a receipt.

    ``OPEN``: nobody yet. ``WAITING``: nobody yet, and a claim waits for the till's export.
    ``CLAIMED``: a customer. ``HAS_MEMBER``: the till has booked it for a member. ``VOIDED``: all of
    it was taken back.
    """

    OPEN = "open"
    WAITING = "waiting"
    CLAIMED = "claimed"
    HAS_MEMBER = "has_member"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class ReceiptGrant:
    """An entry of the ledger that a receipt earned.

    ``user_id`` is the member in whose membership the entry is. ``asked_units`` are those that
    returns have asked back, also of what the member had spent. ``pending_until``: until then they
    could not be spent; ``None`` if they could at once.
    """

    program_id: str
    user_id: str
    entry_id: str
    units: int
    asked_units: int = 0
    pending_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A claim that waits for the till's export, as nothing else tells that its code is real.

    ``proof`` is what the code says of its signature: ``TseReceipt.proof``.
    """

    user_id: str
    proof: str
    since: datetime

    @property
    def until(self) -> datetime:
        """When it is dropped."""
        return self.since + WAITS


class ClaimDropReason(StrEnum):
    """Why a claim waits no more and has earned nothing.

    ``HAS_MEMBER``: the till has named another member. ``NOT_VERIFIED``: the receipt has another
    signature. ``NOTHING_EARNED``: the customer would have got nothing, as by a suspension or goods
    that came back. ``EXPIRED``: nothing has told of the receipt in time.
    """

    HAS_MEMBER = "has_member"
    NOT_VERIFIED = "not_verified"
    NOTHING_EARNED = "nothing_earned"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class DroppedClaim:
    """A claim that has waited in vain."""

    user_id: str
    since: datetime
    dropped_at: datetime
    reason: ClaimDropReason


@dataclass(frozen=True, slots=True)
class ImportedSale:
    """A sale that a till's export brought without a member: a claim books it as the export would.

    What it earns is in the purchase ``ClaimableReceipt.purchase_id``, with what came back.

    Attributes:
        system: The system of the sync; it earns in its ``program_id``.
        external_id: As ``Receipt.external_id``; so are ``number``, ``issued_at``, ``series`` and
            ``revision``.
    """

    program_id: str
    system: str
    external_id: str
    number: str
    issued_at: datetime
    series: str | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class ClaimableReceipt:
    """A receipt of a store, from its claim's or its first booking's making on.

    Attributes:
        receipt_id: Follows from the store and the transaction.
        lines: What was bought; empty if no claim was made of it.
        amount_minor: What was paid; ``None`` if the till has not said it.
        issued_at: When its claim was made; ``None`` if none was.
        claimed_by: The customer who has claimed it.
        grants: What it earned, in each program.
        returned_minor: What came back of it so far.
        returned_before_minor: What of that came back before it was claimed, and earned nothing.
        purchase_id: The purchase of a till's export that has it: returns are told there.
        same_as: The receipt that this one is, by another name: what its TSE has signed is a name,
            too. Then it says nothing else.
        proof: What its TSE has signed, as the till or its export says it, or a registered TSE
            proves it: ``TseReceipt.proof``.
        imported: The sale of that export, if it came without a member, and before any claim.
        waiting: The claims that wait for an export, one for each signature.
        waiting_until: When the first of them is dropped; ``None`` if there is none.
        dropped: The last claims that have waited in vain.
        expires_at: When it is deleted; ``None`` once it has earned.
    """

    receipt_id: str
    account_id: str
    store_id: str
    transaction_id: str
    currency: str
    created_at: datetime
    lines: tuple[PurchaseLine, ...] = ()
    amount_minor: int | None = None
    issued_at: datetime | None = None
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    grants: tuple[ReceiptGrant, ...] = ()
    returned_minor: int = 0
    returned_before_minor: int = 0
    is_void: bool = False
    purchase_id: str | None = None
    same_as: str | None = None
    proof: str | None = None
    imported: ImportedSale | None = None
    waiting: tuple[WaitingClaim, ...] = ()
    waiting_until: datetime | None = None
    dropped: tuple[DroppedClaim, ...] = ()
    expires_at: datetime | None = None

    @property
    def is_only_awaited(self) -> bool:
        """True if it says nothing but who waits for it."""
        is_known = self.imported or self.purchase_id or self.same_as or self.returned_minor
        return self.is_nobodys and not is_known and self.amount_minor is None

    @property
    def is_nobodys(self) -> bool:
        """True if it has earned nothing yet, and may earn."""
        return self.status in {ReceiptStatus.OPEN, ReceiptStatus.WAITING}

    @property
    def status(self) -> ReceiptStatus:
        """Who has it."""
        if self.is_void:
            return ReceiptStatus.VOIDED
        if self.claimed_by is not None:
            return ReceiptStatus.CLAIMED
        if self.grants:
            return ReceiptStatus.HAS_MEMBER
        return ReceiptStatus.WAITING if self.waiting else ReceiptStatus.OPEN

    @property
    def earning_lines(self) -> tuple[PurchaseLine, ...]:
        """What of it a claim earns: what had come back before lowers it, as a discount does."""
        is_claimed = self.claimed_by is not None
        minor = self.returned_before_minor if is_claimed else self.returned_minor
        if minor == 0:
            return self.lines
        returned = Money(minor, self.currency).to_major()
        return (*self.lines, PurchaseLine(-returned, LineType.DISCOUNT))


def issued(receipt: ClaimableReceipt | None, claim: ClaimableReceipt) -> ClaimableReceipt:
    """Return a receipt whose claim is made, or was made before with the same lines.

    Args:
        receipt: The receipt as it is stored, if it is.
        claim: The receipt as a new claim makes it.

    Raises:
        IdempotencyKeyReused: Its claim was made with other lines.
        ReceiptClaimed: The till has booked it for a member.
    """
    if receipt is None:
        return claim
    if receipt.issued_at is None:
        raise _taken(receipt)
    if receipt.lines != claim.lines:
        raise IdempotencyKeyReused(
            "The transaction has a claim with other values.", transactionId=receipt.transaction_id
        )
    return receipt


def valid_until(issued_at: datetime, within_days: int) -> datetime:
    """Return when a claim ends that programs take for so many days."""
    return issued_at + timedelta(days=within_days)


def require_open(
    receipt: ClaimableReceipt,
    now: datetime,
    is_claimants: Callable[[str], bool] = lambda _: False,
) -> WaitingClaim | None:
    """Refuse to claim what somebody has, or what was taken back.

    Args:
        receipt: The receipt, with its ``proof`` if that is known.
        now: The time.
        is_claimants: Tells whether a user id is the claimant's.

    Returns:
        The claimant's own claim that has waited for it with that proof.

    Raises:
        ReceiptVoided: All of it was taken back.
        ReceiptClaimed: A member has it, or another customer waits for it with that proof.
    """
    _require_nobodys(receipt)
    waiting = waiting_of(without_waited(receipt, now), receipt.proof)
    if waiting is not None and not is_claimants(waiting.user_id):
        raise _taken(receipt)
    return waiting


def _require_nobodys(receipt: ClaimableReceipt) -> None:
    if receipt.is_void:
        raise ReceiptVoided("The receipt was voided.")
    if not receipt.is_nobodys:
        raise _taken(receipt)


def _taken(receipt: ClaimableReceipt) -> ReceiptClaimed:
    if receipt.status is ReceiptStatus.WAITING:
        return ReceiptClaimed("Another claim of the receipt waits.", status=receipt.status)
    return ReceiptClaimed("The receipt has earned before.", status=receipt.status)


def require_within(
    receipt: ClaimableReceipt, rules: ReceiptClaimRules, counted: Counters, day: str, now: datetime
) -> None:
    """Refuse a receipt that is too old, or one too many of a member's day.

    Raises:
        ReceiptTooOld, ReceiptLimitReached.
    """
    if receipt.issued_at is not None and receipt.issued_at > now + _CLOCKS_DIFFER:
        raise ReceiptTooOld("The receipt is dated in the future.")
    if receipt.issued_at is None or now > valid_until(receipt.issued_at, rules.within_days):
        raise ReceiptTooOld(f"Only receipts of the last {rules.within_days} days earn.")
    if counted.times_of_event(_COUNTED_AS, day) >= rules.per_day:
        raise ReceiptLimitReached(f"At most {rules.per_day} receipts of a member earn on a day.")


def counted(before: Counters, day: str, now: datetime) -> Counters:
    """Return a member's counters after a receipt of theirs has earned."""
    return counters.with_event(before, _COUNTED_AS, day, now)


def claimed(
    receipt: ClaimableReceipt, user_id: str, grants: Sequence[ReceiptGrant], now: datetime
) -> ClaimableReceipt:
    """Return a receipt that a customer has claimed, with what it earned.

    Who has waited with its own proof was this customer: ``require_open`` has refused others.
    """
    others = tuple(each for each in receipt.waiting if each.proof != receipt.proof)
    return replace(
        without_waiting(_awaited_by(receipt, others), now, ClaimDropReason.NOT_VERIFIED),
        claimed_by=user_id,
        claimed_at=now,
        grants=tuple(grants),
        returned_before_minor=receipt.returned_minor,
        expires_at=None,
    )


def booked_by_till(
    receipt: ClaimableReceipt,
    membership: Membership,
    grant: ReceiptGrant,
    amount_minor: int | None,
    now: datetime,
    *,
    is_members: Callable[[str], bool],
) -> ClaimableReceipt:
    """Return a receipt that the till has booked for a member.

    A till may book one receipt in several programs, and for several members, as ever. If that
    member has waited for it, it is claimed; if another one has, that claim is dropped: the till
    knows who stood there.

    Args:
        receipt: The receipt.
        membership: The member's membership.
        grant: What was booked.
        amount_minor: What was paid, if the till says it.
        now: The time.
        is_members: Tells whether a user id is the member's.

    Raises:
        ReceiptVoided: All of it was taken back.
        ReceiptClaimed: Another customer has claimed it.
    """
    if receipt.is_void:
        raise ReceiptVoided("The receipt was voided.")
    if receipt.claimed_by is not None and not is_members(receipt.claimed_by):
        raise _taken(receipt)
    assert membership.user_id == grant.user_id
    grants = receipt.grants if len(receipt.grants) >= TILL_GRANTS_MAX else (*receipt.grants, grant)
    known_minor = receipt.amount_minor if amount_minor is None else amount_minor
    booked = replace(receipt, grants=grants, amount_minor=known_minor, expires_at=None)
    others = tuple(each for each in receipt.waiting if not is_members(each.user_id))
    if len(others) < len(receipt.waiting):
        user_id = membership.user_id
        booked = replace(booked, claimed_by=user_id, claimed_at=now)
    return without_waiting(_awaited_by(booked, others), now, ClaimDropReason.HAS_MEMBER)


def named_too(
    name: ClaimableReceipt, stored: ClaimableReceipt | None, receipt: ClaimableReceipt
) -> ClaimableReceipt:
    """Return the second name of a receipt, by which nobody else may have it.

    Args:
        name: The name, of which nothing is known yet.
        stored: The same, as it is stored.
        receipt: The receipt itself.

    Raises:
        ReceiptClaimed: Somebody has claimed it by that name, or it is another receipt's.
        ReceiptVoided: It was voided by that name.
    """
    if stored is None:
        return replace(name, same_as=receipt.receipt_id)
    if stored.same_as is None:
        _require_nobodys(stored)
        return replace(name, same_as=receipt.receipt_id)
    if stored.same_as != receipt.receipt_id:
        raise ReceiptClaimed("The receipt has another transaction.", status=stored.status)
    return stored


def proved(
    receipt: ClaimableReceipt, proof: str, named: ClaimableReceipt | None, now: datetime
) -> ClaimableReceipt:
    """Return a receipt of which the till tells what its TSE has signed.

    Who has waited for it with that goes on waiting, for the receipt itself; who has waited with
    something else has made it up.

    Args:
        receipt: The receipt.
        proof: What the till tells.
        named: What is stored by the name of the TSE, if that is another document.
        now: The time.
    """
    waiting = (*receipt.waiting, *(() if named is None else named.waiting))
    after = _awaited_by(replace(receipt, proof=receipt.proof or proof), waiting)
    return _without_forged(without_waited(after, now), now)


def imported(
    receipt: ClaimableReceipt,
    purchase_id: str,
    grants: Sequence[ReceiptGrant],
    now: datetime,
    proof: str | None = None,
    *,
    claimant: str | None = None,
) -> ClaimableReceipt:
    """Return a receipt that a purchase of a till's export has; ``grants`` if it had none before.

    Nobody waits for it any more. ``claimant`` is who has waited for it, if it has earned for that
    one.
    """
    after = _without_forged(replace(receipt, proof=receipt.proof or proof), now)
    if claimant is None:
        after = without_waiting(after, now, ClaimDropReason.HAS_MEMBER)
    else:
        after = replace(_awaited_by(after, ()), claimed_by=claimant, claimed_at=now)
    return replace(
        after,
        purchase_id=purchase_id,
        grants=receipt.grants or tuple(grants[:TILL_GRANTS_MAX]),
        expires_at=None,
    )


def kept(
    receipt: ClaimableReceipt,
    purchase_id: str,
    sale: ImportedSale,
    amount_minor: int,
    rules: ReceiptClaimRules,
    now: datetime,
    proof: str | None = None,
) -> ClaimableReceipt:
    """Return a receipt that an export brought without a member, for whoever claims it.

    Who has waited for it would have got nothing: the claim is dropped.

    Args:
        receipt: The receipt.
        purchase_id: The purchase that has the sale.
        sale: The sale.
        amount_minor: What was paid.
        rules: Those of the program of the sync.
        now: The time.
        proof: What the export says of its signature.
    """
    until = kept_until(sale.issued_at, rules)
    after = _without_forged(replace(receipt, proof=receipt.proof or proof), now)
    return replace(
        without_waiting(after, now, ClaimDropReason.NOTHING_EARNED),
        purchase_id=purchase_id,
        imported=sale,
        amount_minor=amount_minor if receipt.amount_minor is None else receipt.amount_minor,
        issued_at=receipt.issued_at or sale.issued_at,
        expires_at=max(receipt.expires_at or until, until),
    )


def kept_until(issued_at: datetime, rules: ReceiptClaimRules) -> datetime:
    """Return until when a sale without a member is kept for a claim."""
    return valid_until(issued_at, rules.within_days) + _IMPORTED_KEPT


def waiting_of(receipt: ClaimableReceipt | None, proof: str | None) -> WaitingClaim | None:
    """Return who waits for a receipt with that signature."""
    waiting = () if receipt is None else receipt.waiting
    return next((each for each in waiting if each.proof == proof), None)


def awaited(receipt: ClaimableReceipt, user_id: str, proof: str, now: datetime) -> ClaimableReceipt:
    """Return a receipt for whose export a customer waits, too.

    Raises:
        ReceiptClaimed: Another customer waits for it, or too many do.
    """
    if waiting_of(receipt, proof) is not None or len(receipt.waiting) >= WAITING_MAX:
        raise ReceiptClaimed("Another claim of the receipt waits.", status="waiting")
    waiting = (*receipt.waiting, WaitingClaim(user_id, proof, now))
    return replace(_awaited_by(receipt, waiting), expires_at=now + WAITS + _WAITED_KEPT)


def without_waited(receipt: ClaimableReceipt, now: datetime) -> ClaimableReceipt:
    """Return a receipt without the claims that have waited for ``WAITS``."""
    left = tuple(each for each in receipt.waiting if now < each.until)
    return _with_dropped(receipt, left, now, ClaimDropReason.EXPIRED)


def without_waiting(
    receipt: ClaimableReceipt, now: datetime, reason: ClaimDropReason
) -> ClaimableReceipt:
    """Return a receipt for which nobody waits any more, and why those who did get nothing."""
    return _with_dropped(receipt, (), now, reason)


def _without_forged(receipt: ClaimableReceipt, now: datetime) -> ClaimableReceipt:
    genuine = tuple(each for each in receipt.waiting if each.proof == receipt.proof)
    return _with_dropped(receipt, genuine, now, ClaimDropReason.NOT_VERIFIED)


def _with_dropped(
    receipt: ClaimableReceipt,
    left: tuple[WaitingClaim, ...],
    now: datetime,
    reason: ClaimDropReason,
) -> ClaimableReceipt:
    gone = [
        DroppedClaim(each.user_id, each.since, now, reason)
        for each in receipt.waiting
        if each not in left
    ]
    dropped = (*receipt.dropped, *gone)[-WAITING_MAX:]
    return replace(_awaited_by(receipt, left), dropped=dropped)


def _awaited_by(receipt: ClaimableReceipt, waiting: tuple[WaitingClaim, ...]) -> ClaimableReceipt:
    until = min((each.until for each in waiting), default=None)
    return replace(receipt, waiting=waiting, waiting_until=until)


def returned(
    receipt: ClaimableReceipt, returned_minor: int | None, now: datetime
) -> ClaimableReceipt:
    """Return a receipt of which money came back, and what that asks back of each grant.

    Args:
        receipt: The receipt.
        returned_minor: All that came back so far; ``None``: everything. Less than was known before
            changes nothing.
        now: The time.

    Raises:
        ReceiptImported: The till's export tells what came back.
    """
    if receipt.purchase_id is not None:
        raise ReceiptImported("The till's export has this receipt.", status=receipt.status)
    amount_minor = receipt.amount_minor
    is_all = returned_minor is None or (amount_minor is not None and returned_minor >= amount_minor)
    told_minor = amount_minor or 0 if returned_minor is None else returned_minor
    sum_minor = max(receipt.returned_minor, told_minor)
    if amount_minor is not None:
        sum_minor = min(sum_minor, amount_minor)
    after = replace(receipt, returned_minor=sum_minor, is_void=receipt.is_void or is_all)
    if after.is_void:
        after = without_waiting(after, now, ClaimDropReason.NOTHING_EARNED)
    return replace(after, grants=tuple(_asked(after, each) for each in receipt.grants))


def _asked(receipt: ClaimableReceipt, grant: ReceiptGrant) -> ReceiptGrant:
    if receipt.is_void:
        return replace(grant, asked_units=grant.units)
    assert receipt.amount_minor is not None, "a part is told of a known amount only"
    before_minor = receipt.returned_before_minor
    units = units_to_take(
        grant.units, receipt.returned_minor - before_minor, receipt.amount_minor - before_minor
    )
    return replace(grant, asked_units=max(units, grant.asked_units))


def paid_minor(lines: Sequence[PurchaseLine], currency: str) -> int:
    """Return what was paid for lines, in minor units."""
    return Money.from_major(earning_base.paid_amount(lines), currency).amount_minor


def paid(receipt: ClaimableReceipt) -> Decimal | None:
    """Return what was paid, in the currency; ``None`` if nobody has said it."""
    if receipt.amount_minor is None:
        return None
    return Money(receipt.amount_minor, receipt.currency).to_major()


def day_of(program: Program, now: datetime) -> str:
    """Return the day of a program's store on which a receipt is claimed."""
    return counters.day_of(now, program.time_zone)


def users(receipt: ClaimableReceipt) -> tuple[str, ...]:
    """Return everybody whom a receipt names."""
    named = (
        receipt.claimed_by,
        *(each.user_id for each in receipt.grants),
        *(each.user_id for each in receipt.waiting),
        *(each.user_id for each in receipt.dropped),
    )
    return tuple(sorted({each for each in named if each is not None}))


def erased(receipt: ClaimableReceipt, names: Pseudonyms) -> ClaimableReceipt:
    """Return a receipt with pseudonyms for its members, under which their entries are now.

    Whoever is erased waits for nothing any more.
    """
    waiting = tuple(each for each in receipt.waiting if names.of(each.user_id) == each.user_id)
    dropped = tuple(each for each in receipt.dropped if names.of(each.user_id) == each.user_id)
    return replace(
        _awaited_by(receipt, waiting),
        dropped=dropped,
        transaction_id=names.within(receipt.transaction_id) or "",
        claimed_by=names.of_optional(receipt.claimed_by),
        grants=tuple(replace(each, user_id=names.of(each.user_id)) for each in receipt.grants),
    )


def of_user_alone(receipt: ClaimableReceipt, user_id: str) -> ClaimableReceipt:
    """Return what a receipt says of one of its members."""
    waiting = tuple(each for each in receipt.waiting if each.user_id == user_id)
    return replace(
        _awaited_by(receipt, waiting),
        dropped=tuple(each for each in receipt.dropped if each.user_id == user_id),
        claimed_by=receipt.claimed_by if receipt.claimed_by == user_id else None,
        grants=tuple(each for each in receipt.grants if each.user_id == user_id),
    )


def of_merged(receipt: ClaimableReceipt, user_ids: Sequence[str]) -> ClaimableReceipt:
    """Return a receipt that names a person by the current id only.

    ``user_ids``: all ids of the person, the current one first; empty changes nothing.
    """

    def current(user_id: str) -> str:
        return user_ids[0] if user_id in user_ids else user_id

    return replace(
        receipt,
        claimed_by=None if receipt.claimed_by is None else current(receipt.claimed_by),
        grants=tuple(replace(each, user_id=current(each.user_id)) for each in receipt.grants),
        waiting=tuple(replace(each, user_id=current(each.user_id)) for each in receipt.waiting),
        dropped=tuple(replace(each, user_id=current(each.user_id)) for each in receipt.dropped),
    )
