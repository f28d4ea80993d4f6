"""What of a receipt earns in a program, in parts that the program's campaigns tell apart.

The earning base of the program decides on the lines of the receipt. If a system tells no lines, it
is what the connector takes for eligible. Either way, whoever has the usual base earns for exactly
that, so that lines which do not add up, or a price that was not paid in full, grant no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared.domain.loyalty import earning_base
from shared.domain.loyalty.earning_base import (
    EARNING_BASE_DEFAULT,
    EarningBase,
    LineShare,
    PurchaseLine,
)
from shared.domain.loyalty.programs import Program
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.units import currency_scale


@dataclass(frozen=True, slots=True)
class Part:
    """What earns of one category and product, exactly, in minor units: ``1000`` or ``2500/3``.

    Both are ``None`` for everything that no campaign names. Negative for what came back.
    """

    minor: str
    category: str | None = None
    product_id: str | None = None


Parts = tuple[Part, ...]
_NOTHING = Decimal(0)
_USUAL = EARNING_BASE_DEFAULT


def parts_of(program: Program, receipt: Receipt) -> Parts | None:
    """Return what of a receipt earns by a program's base; ``None`` for its eligible amount.

    What a void takes back is negative, whatever sign its system gives it.
    """
    eligible = Fraction(receipt.eligible.to_major())
    lines = receipt.lines
    factor = _factor(eligible, _sum(earning_base.shares(_USUAL, lines)))
    if factor is None:
        lines, factor = earning_base.of_amount(receipt.eligible.to_major()), Fraction(1)
    is_void = receipt.kind is ReceiptKind.VOID
    shares = earning_base.shares(program.earning_base, lines)
    to_minor = Fraction(10 ** currency_scale(program.currency))
    if is_void and (eligible or _sum(shares)) > 0:
        to_minor = -to_minor
    named = program.campaigns
    categories = {name for each in named for name in each.categories}
    product_ids = {name for each in named for name in each.product_ids}
    found = merged(
        Part(
            # Vouchers, deposits and tips have their face value.
            str(each.amount * to_minor * (factor if _USUAL.counts(each.line) else 1)),
            _if_in(categories, each.line.category),
            _if_in(product_ids, each.line.product_id),
        )
        for each in shares
    )
    amount_minor = receipt.eligible.amount_minor
    return compact(found, -abs(amount_minor) if is_void else amount_minor)


def besides_minor(program: Program, receipt: Receipt) -> int:
    """Return what was paid for what earns besides ``eligible`` in a program, such as shipping.

    In minor units, with taxes; negative for what a void takes back. Categories and products do not
    matter: it says when all the money is back.
    """
    base = EarningBase(
        excluded_types=program.earning_base.excluded_types,
        shipping_earns=program.earning_base.shipping_earns,
    )
    shares = earning_base.shares(base, receipt.lines)
    amount = _sum([each for each in shares if not _USUAL.counts(each.line)])
    minor = round(amount * Fraction(10 ** currency_scale(program.currency)))
    return -abs(minor) if receipt.kind is ReceiptKind.VOID else minor


def compact(parts: Parts, amount_minor: int) -> Parts | None:
    """Return ``None`` for parts that say no more than an amount, which is most often so."""
    return None if parts == of_amount(amount_minor) else parts


def of_amount(amount_minor: int) -> Parts:
    """Return the parts of an amount of which no more is known; none for nothing."""
    return (Part(str(amount_minor)),) if amount_minor else ()


def merged(parts: Iterable[Part]) -> Parts:
    """Return parts with one for each category and product, and none of nothing."""
    sums: dict[tuple[str | None, str | None], Fraction] = {}
    for each in parts:
        key = each.category, each.product_id
        sums[key] = sums.get(key, Fraction(0)) + Fraction(each.minor)
    ordered = sorted(sums.items(), key=lambda item: (item[0][0] or "", item[0][1] or ""))
    return tuple(Part(str(amount), *key) for key, amount in ordered if amount)


def total(parts: Parts) -> Fraction:
    """Return the sum of parts, in minor units."""
    return sum((Fraction(each.minor) for each in parts), Fraction(0))


def shares_of(parts: Parts, currency: str) -> tuple[LineShare, ...]:
    """Return parts as the shares of lines that rules and campaigns look at."""
    scale = 10 ** currency_scale(currency)
    return tuple(
        LineShare(
            PurchaseLine(_NOTHING, category=each.category, product_id=each.product_id),
            Fraction(each.minor) / scale,
        )
        for each in parts
    )


def _factor(eligible: Fraction, by_lines: Fraction) -> Fraction | None:
    """Return by how much lines count less than they say; ``None`` if they say something else."""
    if eligible == by_lines:
        return Fraction(1)
    return eligible / by_lines if eligible * by_lines > 0 else None


def _sum(shares: Sequence[LineShare]) -> Fraction:
    return sum((each.amount for each in shares), Fraction(0))


def _if_in(names: Collection[str], name: str | None) -> str | None:
    return name if name in names else None
