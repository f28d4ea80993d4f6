"""What of a receipt earns points: never more than was paid for it, whatever its lines say."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from shared.connectors.sane import PERCENT_MAX
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.said import say

ROUNDING_MINOR = 1
"""A difference of a cent comes from rounding line by line, and is not told."""


def paid_for(
    kind: ReceiptKind, says: Money, paid: Money, *, by: str = "its lines say"
) -> tuple[Money, str | None]:
    """Return the eligible amount of a receipt, and what is doubtful about it.

    Args:
        kind: The kind of the receipt. A void may have amounts of either sign.
        says: The eligible amount by the receipt's lines; negative if more came back than was sold.
        paid: What was paid for the goods that earn: the total less what does not earn.
        by: Who says so, for the message.

    Returns:
        ``says``, or as much of it as was paid. What comes back is not limited by a total without
        money, as when goods are returned for a voucher.
    """
    limit = abs(paid.amount_minor)
    if says.amount_minor > 0 and kind is not ReceiptKind.VOID:
        limit = max(paid.amount_minor, 0)
    elif paid.amount_minor == 0 or (kind is not ReceiptKind.VOID and paid.amount_minor > 0):
        return says, None
    beyond = abs(says.amount_minor) - limit
    if beyond <= 0:
        return says, None
    counted = Money(-limit if says.amount_minor < 0 else limit, says.currency)
    if beyond <= ROUNDING_MINOR:
        return counted, None
    return counted, say(
        "more_than_paid",
        "{by} {says}, but {paid} were paid: {counted} count",
        by=by,
        says=says,
        paid=paid,
        counted=counted,
    )


def percent_of(rate: Decimal | None) -> Decimal | None:
    """Return a rate of value added tax; ``None`` for what cannot be one, or is not told."""
    return rate if rate is not None and 0 <= rate <= PERCENT_MAX else None


def in_order(receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """Return receipts oldest first; of one moment, those that sell before those that take back."""
    return tuple(
        sorted(
            receipts,
            key=lambda each: (each.issued_at, each.kind is ReceiptKind.VOID, each.external_id),
        )
    )
