"""What came back of an earn: how much all its returns take together, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from shared.domain.loyalty import earning_base, receipt_claims, returns
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.loyalty.entries import Entry, Undone
from shared.domain.loyalty.programs import EarningMethod, Program
from shared.domain.loyalty.returns import Returned
from shared.domain.money import Money
from shared.domain.units import from_units, to_units
from shared.errors import IdempotencyKeyReused, InvalidParameters, ReturnExceedsPurchase

_RETURNED_BY = {
    EarningMethod.SCAN_AND_GO.value: "refundCheckout",
    EarningMethod.CLICK_COLLECT.value: "updateClickCollectStatus",
    receipt_claims.EARNING_METHOD: "voidReceiptClaim",
}
TOLD_BY_MAX = 20
"""Systems that are noted to have told of one purchase that earned nothing."""
NOTHINGS_MAX = 500
"""Returns of one earn that may take nothing, such as cents that are worth no point."""


@dataclass(frozen=True, slots=True)
class EarnReturns:
    """All returns of an earn, none of which is forgotten.

    Attributes:
        returned_minor: The money that came back, in minor units of the program's currency.
        returned_units: The units that returns by points have asked back.
        lines_minor: What of the money was paid for lines that came back.
        lines_base: What of these lines has earned, exactly, as a fraction.
        asked_units: What all returns have asked back, collected or not.
        nothings: Those that took nothing and have no entry, by the digest of their ids, with their
            fingerprints and the units that they asked for. Entries tell of the others.
        told_by: The systems that told of the purchase though it earned nothing, the first ones; an
            empty name is none. Nothing in what was stored before: then any may have.
    """

    account_id: str
    program_id: str
    returned_minor: int = 0
    returned_units: int = 0
    lines_minor: int = 0
    lines_base: str = "0"
    asked_units: int = 0
    nothings: Mapping[str, str] = field(default_factory=dict)
    told_by: tuple[str, ...] = ()

    def is_told_by(self, source: str | None) -> bool:
        """Tell whether a purchase that earned nothing is the one that a system may mean."""
        return source is None or not self.told_by or not {source, ""}.isdisjoint(self.told_by)

    @property
    def only_source(self) -> str | None:
        """The system that told of a purchase that earned nothing; ``None`` if several or none."""
        return self.told_by[0] or None if len(self.told_by) == 1 else None

    def with_told(self, source: str | None) -> EarnReturns:
        """Note that a system has told of the purchase, which earned nothing."""
        name = source or ""
        if name in self.told_by or len(self.told_by) >= TOLD_BY_MAX:
            return self
        return replace(self, told_by=(*self.told_by, name))

    def nothing_units(self, returned: Returned) -> int | None:
        """Return what a return asked for that took nothing; ``None`` if it was not told before.

        Raises:
            IdempotencyKeyReused: Another return with that id took nothing.
        """
        told = self.nothings.get(returned.refund)
        if told is None:
            return None
        fingerprint, units, *_ = told.split(":")
        if fingerprint != returned.fingerprint:
            raise IdempotencyKeyReused("The refund was told before with other values.")
        return int(units)

    def undone_by(self, returned: Returned) -> Undone | None:
        """Return what a return gave back that took nothing."""
        told = self.nothings.get(returned.refund, "").split(":")[2:]
        if not told:
            return None
        balance_units, units, redemption_ids, reservation_ids, *collected = told
        return Undone(
            int(balance_units),
            int(units),
            tuple(filter(None, redemption_ids.split(","))),
            tuple(filter(None, reservation_ids.split(","))),
            int(collected[0]) if collected else None,
        )

    def with_nothing(
        self, returned: Returned, units: int, undone: Undone | None = None
    ) -> EarnReturns:
        """Note that a return took nothing of the ``units`` it asked for, and what it gave back.

        Raises:
            InvalidParameters: There are too many of those.
        """
        if len(self.nothings) >= NOTHINGS_MAX:
            problem = f"is one of more than {NOTHINGS_MAX} returns of a purchase that took nothing"
            raise InvalidParameters(f"refundId {problem}.", fields={"refundId": problem})
        told = f"{returned.fingerprint}:{units}"
        if undone is not None:
            redemptions, reservations = undone.redemption_ids, undone.reservation_ids
            told += f":{undone.balance_units}:{undone.units}"
            told += f":{','.join(redemptions)}:{','.join(reservations)}"
            told += "" if undone.collected_units is None else f":{undone.collected_units}"
        return replace(self, nothings={**self.nothings, returned.refund: told})


@dataclass(frozen=True, slots=True)
class CameBack:
    """What came back of an earn: the units that returns have asked for, whether or not the member
    still had them, and those that reverseLoyaltyTransaction can still take.
    """

    asked_units: int
    left_units: int


def came_back(
    returns: EarnReturns | None, earn: Entry, corrected_units: int, store_id: str
) -> CameBack:
    """Tell what came back of an earn, of which its corrections took ``corrected_units``.

    Nothing is left of what is refunded where it was paid: there, too, it is known what was asked.
    """
    asked_units = max(corrected_units, 0 if returns is None else returns.asked_units)
    is_told_here = returned_by(earn, store_id) is None
    left_units = max(earn.granted_units - asked_units, 0) if is_told_here else 0
    return CameBack(asked_units, left_units)


def of_lines(
    refund: str, fingerprint: str, program: Program, lines: Sequence[PurchaseLine]
) -> Returned:
    """Return what comes back if it is told by lines of the purchase: what they have earned.

    Lines that earn nothing, such as a deposit, take nothing back.
    """
    base = earning_base.base_amount(program.earning_base, lines)
    rewards = [min(each.amount, Decimal(0)) for each in lines if each.type is LineType.REWARD]
    return Returned(
        refund,
        fingerprint,
        amount=earning_base.paid_amount(lines),
        base=str(base),
        reward=str(-sum(rewards, Decimal(0))) if rewards else None,
    )


def after(
    before: EarnReturns, earn: Entry, program: Program, returned: Returned
) -> tuple[EarnReturns, int]:
    """Return an earn's returns with one more, and the units that this one takes back.

    After each, all of them have asked for what came back by points and for the share of the money
    that came back (``returns.share_to_take``), together at most for what was earned. The share of
    lines is that of the earning base, which excluded goods are no part of.

    Raises:
        ReturnExceedsPurchase: More would come back than is left.
        InvalidParameters: An amount that is too fine, or of points that no purchase earned.
    """
    earned_units, scale = earn.granted_units, program.scale
    paid_minor = _paid_minor(earn, program)
    left_minor, left_units = paid_minor - before.returned_minor, earned_units - before.asked_units
    told = before
    if returned.amount is not None:
        name = "amount" if returned.base is None else "purchaseLines"
        if paid_minor <= 0:
            raise _invalid(name, "needs points of a purchase: send points")
        amount_minor = _minor(returned.amount, program.currency, name)
        if amount_minor > left_minor:
            left = Money(left_minor, program.currency).to_major()
            raise _exceeds(f"Of the purchase, {left} {program.currency} is left to return.", left)
        told = replace(before, returned_minor=before.returned_minor + amount_minor)
        if returned.base is not None and _base_of(earn) is not None:
            told = replace(
                told,
                lines_minor=before.lines_minor + amount_minor,
                lines_base=str(Fraction(before.lines_base) + Fraction(returned.base)),
            )
    elif returned.points is not None:
        told_units = to_units(returned.points, scale, field="points")
        if told_units == 0:
            raise _invalid("points", "must be greater than 0")
        if told_units > left_units:
            left = from_units(left_units, scale)
            raise _exceeds(f"Of what the purchase earned, {left} is left to take back.", left)
        told = replace(before, returned_units=before.returned_units + told_units)
    elif left_units == 0 and left_minor <= 0:
        raise _exceeds("Nothing is left of the purchase.", Decimal(0))
    elif paid_minor > 0:
        told = replace(before, returned_minor=paid_minor)
    else:
        told = replace(before, returned_units=before.returned_units + left_units)
    share_units = returns.share_to_take(earned_units, _share(told, earn, paid_minor))
    asked_units = min(earned_units, told.returned_units + share_units)
    return replace(told, asked_units=asked_units), asked_units - before.asked_units


def after_waiting(
    before: EarnReturns, earn: Entry, program: Program, returned: Returned
) -> tuple[EarnReturns, int] | None:
    """Return the same for a return that was told before its earn, which nobody can refuse now.

    If it says more than is left, all that is left comes back. ``None`` if there is nothing.
    """
    try:
        return after(before, earn, program, returned)
    except InvalidParameters:
        return None
    except ReturnExceedsPurchase:
        pass
    try:
        return after(before, earn, program, replace(returned, amount=None, points=None, base=None))
    except ReturnExceedsPurchase:
        return None


def returned_by(earn: Entry, store_id: str) -> str | None:
    """Return what tells what comes back of a purchase, if that is not reverseLoyaltyTransaction."""
    by = _RETURNED_BY.get(earn.earning_method or "")
    name = earn.transaction_id or ""
    if name.startswith("payment:"):
        return "refundPayment"
    if name.startswith(f"receipt:{store_id}:{earn.source}:"):
        return "syncPOS"
    return by


def is_whole(told: EarnReturns, earn: Entry, program: Program) -> bool:
    """Tell whether all of a purchase's money has come back; never of what was no purchase."""
    return 0 < _paid_minor(earn, program) <= told.returned_minor


def _share(told: EarnReturns, earn: Entry, paid_minor: int) -> Fraction:
    """Return which share of a purchase came back, by amounts and by lines together."""
    if paid_minor <= 0:
        return Fraction(0)
    if told.returned_minor >= paid_minor:
        return Fraction(1)
    share = Fraction(told.returned_minor - told.lines_minor, paid_minor)
    earning = _base_of(earn)
    if earning is None:
        return share
    lines = Fraction(told.lines_base)
    # The base of an entry is cut after some decimals, so all of it may seem a little more.
    is_all = lines >= earning
    return share + (Fraction(1) if is_all else lines / earning)


def _base_of(earn: Entry) -> Fraction | None:
    """Return what of a purchase has earned, if rules computed it: else all that was paid has."""
    base = None if earn.made_of is None else earn.made_of.base
    return Fraction(base) if base is not None and Fraction(base) > 0 else None


def _paid_minor(earn: Entry, program: Program) -> int:
    return _minor(Decimal(earn.purchase_amount or 0), program.currency, "amount")


def _minor(amount: Decimal, currency: str, name: str) -> int:
    try:
        return Money.from_major(amount, currency).amount_minor
    except ValueError:
        problem = f"must be an amount of {currency}, not finer than its smallest unit"
        raise _invalid(name, problem) from None


def _exceeds(message: str, left: Decimal) -> ReturnExceedsPurchase:
    return ReturnExceedsPurchase(message, left=left)


def _invalid(field_name: str, problem: str) -> InvalidParameters:
    return InvalidParameters(f"{field_name} {problem}.", fields={field_name: problem})
