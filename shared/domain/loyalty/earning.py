"""Earnings of a purchase by a program's rules: exact decimals, rounded down once, at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared.domain.loyalty import earning_base
from shared.domain.loyalty.earning_base import PERCENT, EarningBase, PurchaseLine
from shared.domain.loyalty.programs import (
    CashbackRules,
    PointsRules,
    Program,
    StampsRules,
    TierRules,
)
from shared.domain.units import AMOUNT_UNITS_MAX, currency_scale, floor_to_units
from shared.errors import InvalidParameters


@dataclass(frozen=True, slots=True)
class Award:
    """An award: the requested and the granted units, and the reason if they differ.

    ``capped_by`` names the rule that cut the award; ``reason`` says why nothing was granted.
    """

    requested_units: int
    awarded_units: int
    capped_by: str | None = None
    reason: str | None = None


def require_payable(amount: Decimal, currency: str) -> None:
    """Refuse an amount that nobody can pay, such as 12.994 EUR, instead of rounding it.

    Raises:
        InvalidParameters: It is finer than the currency's minor unit.
    """
    scale = currency_scale(currency)
    minor = amount.scaleb(scale)
    if minor != minor.to_integral_value():
        decimals = f"at most {scale} decimals" if scale else "no decimals"
        problem = f"must be an amount in {currency}, with {decimals}"
        raise InvalidParameters(f"purchaseAmount {problem}.", fields={"purchaseAmount": problem})


def award_for_purchase(program: Program, lines: Sequence[PurchaseLine]) -> Award:
    """Return the award for a purchase.

    Args:
        program: It gives rules, earning base and unit.
        lines: What was bought, in the store's currency; ``earning_base.of_amount`` makes them if
            only the paid amount is known.

    Raises:
        InvalidParameters: The purchase earns more than the limit for one amount.

    Source: Loyalty API, "Regel-Schemata nach Typ"; ``purchaseAmount`` is "für automatische
    Berechnung". Fractions of a unit are dropped.
    """
    base = earning_base.base_amount(program.earning_base, lines)
    if base <= 0:
        return Award(0, 0, reason=_why_no_base(lines))
    rules = program.rules
    match rules:
        case StampsRules():
            return Award(rules.stamps_per_purchase, rules.stamps_per_purchase)
        case PointsRules() | TierRules():
            if _is_below(rules.minimum_purchase, base):
                return Award(0, 0, reason="minimum_purchase")
            return _granted(floor_to_units(base * Fraction(rules.points_per_euro)))
        case CashbackRules():
            if _is_below(rules.minimum_purchase, base):
                return Award(0, 0, reason="minimum_purchase")
            share = base * Fraction(rules.cashback_percentage) / PERCENT
            requested = floor_to_units(share * 10**program.scale)
            return _capped(requested, rules.max_cashback_per_transaction, program.scale)


def _why_no_base(lines: Sequence[PurchaseLine]) -> str:
    """Tell whether nothing was paid for goods, or only for what the program excludes."""
    everything = EarningBase(excluded_types=())
    is_paid = earning_base.base_amount(everything, lines) > 0
    return "nothing_that_earns" if is_paid else "nothing_paid"


def _is_below(minimum: Decimal | None, amount: Fraction) -> bool:
    return minimum is not None and amount < Fraction(minimum)


def award_for_check_in(program: Program) -> Award:
    """Return the award for a check-in, whatever is bought.

    Source: Loyalty API, ``pointsPerCheckin``, else ``stampsPerPurchase``, else 1. Cashback grants
    nothing unless the program says how much: the fallback would be one euro.
    """
    rules = program.rules
    match rules:
        case CashbackRules():
            amount = rules.points_per_checkin or Decimal(0)
            units = floor_to_units(Fraction(amount) * 10**program.scale)
        case StampsRules():
            given = rules.points_per_checkin
            units = rules.stamps_per_purchase if given is None else given
        case PointsRules() | TierRules():
            units = 1 if rules.points_per_checkin is None else rules.points_per_checkin
    return Award(units, units, reason=None if units else "no_points_for_check_ins")


def _capped(requested_units: int, cap: Decimal | None, scale: int) -> Award:
    if cap is None or requested_units <= cap.scaleb(scale):
        return _granted(requested_units)
    return Award(requested_units, int(cap.scaleb(scale)), capped_by="maxCashbackPerTransaction")


def _granted(units: int) -> Award:
    if units == 0:
        return Award(0, 0, reason="below_one_unit")
    if units > AMOUNT_UNITS_MAX:
        problem = f"earns more than {AMOUNT_UNITS_MAX} units"
        raise InvalidParameters(f"The purchase {problem}.", fields={"purchaseAmount": problem})
    return Award(units, units)
