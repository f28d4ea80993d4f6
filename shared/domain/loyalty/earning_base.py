"""Lines of a purchase, and what of them earns: the earning base, the same for every way to buy.

What is excluded counts as if it were not on the receipt. Discounts and rewards lower the goods that
were bought, each by its share of their price: so excluded goods take their share of a discount,
too. Vouchers, gift cards, deposits, tips and shipping are sold at their face value; only what a
discount is more than the goods lowers them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

PERCENT = 100


class LineType(StrEnum):
    """The type of a receipt's line. Discounts and rewards lower the others; ``item`` is goods."""

    ITEM = "item"
    DISCOUNT = "discount"
    REWARD = "reward"
    VOUCHER = "voucher"
    GIFT_CARD = "gift_card"
    DEPOSIT = "deposit"
    TIP = "tip"
    SHIPPING = "shipping"


LOWERING = frozenset({LineType.DISCOUNT, LineType.REWARD})
EXCLUDED_TYPES_DEFAULT = (
    LineType.VOUCHER,
    LineType.GIFT_CARD,
    LineType.DEPOSIT,
    LineType.TIP,
)
"""Who sells a voucher gives points when it is spent; deposits come back, and tips are gifts."""


class TaxMode(StrEnum):
    """Whether purchases earn by what was paid, or by that less its value added tax."""

    GROSS = "gross"
    NET = "net"


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """A line of a receipt.

    ``amount`` is the whole line's, taxes included, in the store's currency: negative for discounts,
    rewards and what is returned. ``vat_percent`` is ``None`` if nobody has said it.
    """

    amount: Decimal
    type: LineType = LineType.ITEM
    category: str | None = None
    product_id: str | None = None
    vat_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EarningBase:
    """What of a purchase earns.

    ``shipping_earns``: what was paid for shipping does, too.
    ``vat_percent`` is the rate of what comes without one; only needed, and always there, for
    ``TaxMode.NET``.
    """

    tax_mode: TaxMode = TaxMode.GROSS
    vat_percent: Decimal | None = None
    excluded_categories: tuple[str, ...] = ()
    excluded_product_ids: tuple[str, ...] = ()
    excluded_types: tuple[LineType, ...] = EXCLUDED_TYPES_DEFAULT
    shipping_earns: bool = False

    def counts(self, line: PurchaseLine) -> bool:
        """Tell whether a line that is no discount and no reward earns."""
        return not (
            (line.type is LineType.SHIPPING and not self.shipping_earns)
            or line.type in self.excluded_types
            or line.category in self.excluded_categories
            or line.product_id in self.excluded_product_ids
        )


EARNING_BASE_DEFAULT = EarningBase()


@dataclass(frozen=True, slots=True)
class LineShare:
    """What of a line earns, exactly; negative for what was returned."""

    line: PurchaseLine
    amount: Fraction


def of_amount(amount: Decimal) -> tuple[PurchaseLine, ...]:
    """Return the lines of a purchase of which only the paid amount is known."""
    return (PurchaseLine(amount),)


def paid_amount(lines: Sequence[PurchaseLine]) -> Decimal:
    """Return the amount that the customer paid for all lines; never below zero."""
    amounts = (
        min(line.amount, Decimal(0)) if line.type in LOWERING else line.amount for line in lines
    )
    return max(sum(amounts, Decimal(0)), Decimal(0))


def as_sold(lines: Sequence[PurchaseLine]) -> tuple[PurchaseLine, ...]:
    """Return the lines of an online order with everything below zero as a discount.

    A gift card that pays, or a deposit that comes back, lowers the goods: no more money than was
    paid can be paid back, so what earns is never more than that.
    """
    return tuple(
        replace(each, type=LineType.DISCOUNT)
        if each.amount < 0 and each.type not in LOWERING
        else each
        for each in lines
    )


def as_paid(lines: Sequence[PurchaseLine], paid: Decimal) -> tuple[PurchaseLine, ...]:
    """Return the lines of an online order, of which together no more than ``paid`` earns.

    What was not paid lowers the goods as a discount does, and the rest only then.
    """
    sold = as_sold(lines)
    missing = paid_amount(sold) - max(paid, Decimal(0))
    return (*sold, PurchaseLine(-missing, LineType.DISCOUNT)) if missing > 0 else sold


def shares(base: EarningBase, lines: Sequence[PurchaseLine]) -> tuple[LineShare, ...]:
    """Return what of each line earns, by a program's base. Excluded lines are left out.

    Nothing is rounded. The order of the lines does not matter.
    """
    sold = [line for line in lines if line.type not in LOWERING]
    discount = sum(
        (max(-Fraction(line.amount), Fraction(0)) for line in lines if line.type in LOWERING),
        Fraction(0),
    )
    goods = _sum_of_sold(sold, lambda line: line.type is LineType.ITEM)
    others = _sum_of_sold(sold, lambda line: line.type is not LineType.ITEM)
    kept_of_goods = _kept(goods, discount)
    kept_of_others = _kept(others, max(discount - goods, Fraction(0)))
    found = []
    for line in sold:
        if base.counts(line):
            kept = kept_of_goods if line.type is LineType.ITEM else kept_of_others
            amount = Fraction(line.amount)
            paid = amount * kept if amount > 0 else amount
            found.append(LineShare(line, _without_tax(base, line, paid)))
    return tuple(found)


def total(found: Sequence[LineShare], counts: Callable[[PurchaseLine], bool]) -> Fraction:
    """Return the sum of the shares of some lines, never below zero."""
    return max(sum((each.amount for each in found if counts(each.line)), Fraction(0)), Fraction(0))


def base_amount(base: EarningBase, lines: Sequence[PurchaseLine]) -> Fraction:
    """Return the earning base of a purchase, exactly, in the store's currency; never below zero.

    Discounts and redeemed rewards lower it and never raise it: a free product that a till prints
    with its price does not earn.
    """
    return total(shares(base, lines), lambda _: True)


def _sum_of_sold(lines: Iterable[PurchaseLine], counts: Callable[[PurchaseLine], bool]) -> Fraction:
    return sum(
        (Fraction(line.amount) for line in lines if line.amount > 0 and counts(line)), Fraction(0)
    )


def _kept(sold: Fraction, discount: Fraction) -> Fraction:
    """Return the part of a price that is left after a discount on all that was sold."""
    return max(sold - discount, Fraction(0)) / sold if sold else Fraction(0)


def _without_tax(base: EarningBase, line: PurchaseLine, paid: Fraction) -> Fraction:
    if base.tax_mode is TaxMode.GROSS:
        return paid
    rate = base.vat_percent if line.vat_percent is None else line.vat_percent
    assert rate is not None, "a base without taxes has a rate"
    return paid * PERCENT / (PERCENT + Fraction(rate))
