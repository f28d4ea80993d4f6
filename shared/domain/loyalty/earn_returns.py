"""What came back of an earn: how much all its returns take together, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.returns import units_to_take
from shared.domain.money import Money
from shared.domain.units import from_units, to_units
from shared.errors import IdempotencyKeyReused, InvalidParameters, ReturnExceedsPurchase

NOTHINGS_MAX = 500
"""Returns of one earn that may take nothing, such as cents that are worth no point."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What comes back: an ``amount`` of money, or ``points``; everything that is left if neither.

    ``refund`` is the digest of its id, and ``fingerprint`` tells it from another return of that id.
    """

    refund: str
    fingerprint: str
    amount: Decimal | None = None
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EarnReturns:
    """All returns of an earn, none of which is forgotten.

    Attributes:
        returned_minor: The money that came back, in minor units of the program's currency.
        returned_units: The units that returns by points have asked back.
        asked_units: What all returns have asked back, collected or not.
        nothings: Those that took nothing and have no entry, by the digest of their ids, with their
            fingerprints and the units that they asked for. Entries tell of the others.
    """

    account_id: str
    program_id: str
    returned_minor: int = 0
    returned_units: int = 0
    asked_units: int = 0
    nothings: Mapping[str, str] = field(default_factory=dict)

    def nothing_units(self, returned: Returned) -> int | None:
        """Return what a return asked for that took nothing; ``None`` if it was not told before.

        Raises:
            IdempotencyKeyReused: Another return with that id took nothing.
        """
        told = self.nothings.get(returned.refund)
        if told is None:
            return None
        fingerprint, _, units = told.rpartition(":")
        if fingerprint != returned.fingerprint:
            raise IdempotencyKeyReused("The refund was told before with other values.")
        return int(units)

    def with_nothing(self, returned: Returned, units: int) -> EarnReturns:
        """Note that a return took nothing of the ``units`` that it asked for.

        Raises:
            InvalidParameters: There are too many of those.
        """
        if len(self.nothings) >= NOTHINGS_MAX:
            problem = f"is one of more than {NOTHINGS_MAX} returns of a purchase that took nothing"
            raise InvalidParameters(f"refundId {problem}.", fields={"refundId": problem})
        told = f"{returned.fingerprint}:{units}"
        return replace(self, nothings={**self.nothings, returned.refund: told})


def after(
    before: EarnReturns, earn: Entry, program: Program, returned: Returned
) -> tuple[EarnReturns, int]:
    """Return an earn's returns with one more, and the units that this one takes back.

    After each, all of them have asked for what came back by points and for the share of the money
    that came back (``returns.units_to_take``), together at most for what was earned.

    Raises:
        ReturnExceedsPurchase: More would come back than is left.
        InvalidParameters: An amount that is too fine, or of points that no purchase earned.
    """
    earned_units, scale = earn.granted_units, program.scale
    paid_minor = _minor(Decimal(earn.purchase_amount or 0), program.currency)
    left_minor, left_units = paid_minor - before.returned_minor, earned_units - before.asked_units
    minor, units = before.returned_minor, before.returned_units
    if returned.amount is not None:
        if paid_minor <= 0:
            raise _invalid("amount", "needs points of a purchase: send points")
        amount_minor = _minor(returned.amount, program.currency)
        if amount_minor > left_minor:
            raise _exceeds(Money(left_minor, program.currency).to_major())
        minor += amount_minor
    elif returned.points is not None:
        told_units = to_units(returned.points, scale, field="points")
        if told_units == 0:
            raise _invalid("points", "must be greater than 0")
        if told_units > left_units:
            raise _exceeds(from_units(left_units, scale))
        units += told_units
    elif left_units == 0 and left_minor <= 0:
        raise _exceeds(Decimal(0))
    elif paid_minor > 0:
        minor = paid_minor
    else:
        units += left_units
    share = units_to_take(earned_units, minor, paid_minor) if paid_minor > 0 else 0
    asked_units = min(earned_units, units + share)
    told = replace(before, returned_minor=minor, returned_units=units, asked_units=asked_units)
    return told, asked_units - before.asked_units


def _minor(amount: Decimal, currency: str) -> int:
    try:
        return Money.from_major(amount, currency).amount_minor
    except ValueError:
        problem = f"must be an amount of {currency}, not finer than its smallest unit"
        raise _invalid("amount", problem) from None


def _exceeds(left: Decimal) -> ReturnExceedsPurchase:
    return ReturnExceedsPurchase(f"Of what is returned, {left} is left.", left=left)


def _invalid(field_name: str, problem: str) -> InvalidParameters:
    return InvalidParameters(f"{field_name} {problem}.", fields={field_name: problem})
