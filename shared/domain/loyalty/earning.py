"""Earnings of a purchase by a program's rules: exact decimals, rounded down once, at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.domain.loyalty.programs import (
    CashbackRules,
    PointsRules,
    Program,
    StampsRules,
    TierRules,
)
from shared.domain.units import AMOUNT_UNITS_MAX, currency_scale, floor_to_units
from shared.errors import InvalidParameters

PERCENT = Decimal(100)


class LineType(StrEnum):
    """The type of a receipt's line. Only ``item`` lines earn."""

    ITEM = "item"
    DISCOUNT = "discount"
    REWARD = "reward"


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """A line of a receipt; ``amount`` in the store's currency, discounts negative."""

    amount: Decimal
    type: LineType = LineType.ITEM


@dataclass(frozen=True, slots=True)
class Award:
    """An award: the requested and the granted units, and the reason if they differ.

    ``capped_by`` names the rule that cut the award; ``reason`` says why nothing was granted.
    """

    requested_units: int
    awarded_units: int
    capped_by: str | None = None
    reason: str | None = None


def paid_amount(lines: Iterable[PurchaseLine]) -> Decimal:
    """Return the amount that the customer paid for goods: the base that earns.

    Discounts and redeemed rewards lower it and never raise it: a free product that a till prints
    with its price does not earn. The sum is exact, and never below zero.
    """
    total = Decimal(0)
    for line in lines:
        total += line.amount if line.type is LineType.ITEM else min(line.amount, Decimal(0))
    return max(total, Decimal(0))


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


def award_for_purchase(program: Program, purchase_amount: Decimal) -> Award:
    """Return the award for a purchase.

    Args:
        program: It gives rules and unit.
        purchase_amount: The paid amount, in the store's currency, not negative.

    Raises:
        InvalidParameters: The purchase earns more than the limit for one amount.

    Source: Loyalty API, "Regel-Schemata nach Typ"; ``purchaseAmount`` is "für automatische
    Berechnung". Fractions of a unit are dropped.
    """
    if purchase_amount <= 0:
        return Award(0, 0, reason="nothing_paid")
    rules = program.rules
    match rules:
        case StampsRules():
            return Award(rules.stamps_per_purchase, rules.stamps_per_purchase)
        case PointsRules() | TierRules():
            if _is_below(rules.minimum_purchase, purchase_amount):
                return Award(0, 0, reason="minimum_purchase")
            return _granted(floor_to_units(purchase_amount * rules.points_per_euro))
        case CashbackRules():
            if _is_below(rules.minimum_purchase, purchase_amount):
                return Award(0, 0, reason="minimum_purchase")
            share = purchase_amount * rules.cashback_percentage / PERCENT
            requested = floor_to_units(share.scaleb(program.scale))
            return _capped(requested, rules.max_cashback_per_transaction, program.scale)


def _is_below(minimum: Decimal | None, amount: Decimal) -> bool:
    return minimum is not None and amount < minimum


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
