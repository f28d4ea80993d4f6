"""Receipts of shops' orders: what of an order earns, and what a refund takes back, in one place.

Amounts are in major units with the tax in them, as customers pay. Shipping is a line, which earns
if the program's earning base says so; other costs of an order are no lines, and earn nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from shared.connectors.paid import ROUNDING_MINOR
from shared.domain.loyalty import earning_base
from shared.domain.loyalty.earning_base import EARNING_BASE_DEFAULT, LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.units import currency_scale
from shared.said import say

NOTHING = Decimal(0)
NUMBER_CHARS_MAX = 100
CODE_CHARS_MAX = 100
CODES_MAX = 50


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What the receipts of an order have in common.

    ``number`` is for people: what is too long of it is left out. ``revision`` grows with each
    change of the order, such as the time of the change in milliseconds. ``is_test``: no money was
    paid, so nothing earns.
    """

    order_id: str
    number: str
    currency: str
    revision: int
    is_test: bool = False


def sale_of(
    head: OrderHead, paid_at: datetime, lines: Sequence[PurchaseLine], total: Decimal
) -> Receipt:
    """Return the sale of a paid order, as if nothing had come back.

    Args:
        head: The order.
        paid_at: When it was paid, by which it earns.
        lines: Its goods, discounts, gift cards and shipping; not what came back.
        total: What was paid for them; they earn no more than that.

    Raises:
        ValueError: An amount is beyond all bounds.
    """
    says = _money(_base_of(earning_base.as_sold(lines)), head.currency)
    paid = earning_base.as_paid(lines, total)
    eligible = _money(_base_of(paid), head.currency)
    doubt = None
    if says.amount_minor - eligible.amount_minor > ROUNDING_MINOR:
        besides = sum((max(each.amount, NOTHING) for each in lines if not _counts(each)), NOTHING)
        received = _money(total - besides, head.currency)
        doubt = say(
            "more_than_paid",
            "its lines say {says}, but {paid} were paid: {counted} count",
            says=says,
            paid=received,
            counted=eligible,
        )
    return Receipt(
        external_id=head.order_id,
        number=head.number[:NUMBER_CHARS_MAX],
        issued_at=paid_at,
        kind=ReceiptKind.TRAINING if head.is_test else ReceiptKind.SALE,
        total=_money(total, head.currency),
        eligible=eligible,
        revision=head.revision,
        doubt=doubt,
        lines=paid,
    )


def refund_of(
    head: OrderHead,
    refund_id: str,
    refunded_at: datetime,
    lines: Sequence[PurchaseLine],
    amount: Decimal,
) -> Receipt:
    """Return a refund, which takes back what its lines say, and the rest of its amount as goods.

    Args:
        head: The order.
        refund_id: The shop's id of the refund, another one than those of its orders.
        refunded_at: When it was made.
        lines: The goods, gift cards and shipping that came back, with positive amounts.
        amount: What was paid back for them, positive. If the lines say less, the rest is taken for
            goods: somebody has typed an amount. If they say more, it counts.
    """
    others = [each for each in lines if not _counts(each) and each.amount > 0]
    goods = max(amount - sum((each.amount for each in others), NOTHING), NOTHING)
    told = [each for each in lines if _counts(each)]
    if sum((each.amount for each in told), NOTHING) != goods:
        told = [PurchaseLine(goods)] if goods else []
    others = list(earning_base.as_paid(others, amount - goods))
    return Receipt(
        external_id=refund_id,
        number=head.number[:NUMBER_CHARS_MAX],
        issued_at=refunded_at,
        kind=ReceiptKind.TRAINING if head.is_test else ReceiptKind.VOID,
        total=_money(-amount, head.currency),
        eligible=_money(goods, head.currency),
        voids=head.order_id,
        lines=(*told, *others),
    )


def cancellation_of(head: OrderHead, at: datetime) -> Receipt:
    """Return the cancellation of an order: it earns nothing, unless a later reading says it does.

    ``at``: when the order was made, if nothing better is known.
    """
    return Receipt(
        external_id=head.order_id,
        number=head.number[:NUMBER_CHARS_MAX],
        issued_at=at,
        kind=ReceiptKind.TRAINING if head.is_test else ReceiptKind.VOID,
        total=Money(0, head.currency),
        eligible=Money(0, head.currency),
        voids=head.order_id,
        revision=head.revision,
    )


def codes_of(told: Iterable[str | None]) -> tuple[str, ...]:
    """Return the codes of an order, each once. What is too long is none that we have made."""
    found = (each for each in told if each and len(each) <= CODE_CHARS_MAX)
    return tuple(dict.fromkeys(found))[:CODES_MAX]


def shipping_of(amount: Decimal, vat_percent: Decimal | None = None) -> tuple[PurchaseLine, ...]:
    """Return what was paid for shipping as a line; none if it was nothing."""
    return (PurchaseLine(amount, LineType.SHIPPING, vat_percent=vat_percent),) if amount else ()


def revision_of(changed_at: datetime) -> int:
    """Return the time of a change as a revision."""
    return int(changed_at.timestamp() * 1000)


def _counts(line: PurchaseLine) -> bool:
    return line.type in earning_base.LOWERING or EARNING_BASE_DEFAULT.counts(line)


def _base_of(lines: Sequence[PurchaseLine]) -> Decimal:
    base = earning_base.base_amount(EARNING_BASE_DEFAULT, lines)
    return Decimal(base.numerator) / Decimal(base.denominator)


def _money(amount: Decimal, currency: str) -> Money:
    """Round to what was paid: shops compute with fractions of a cent."""
    minor = amount.scaleb(currency_scale(currency)).to_integral_value(ROUND_HALF_UP)
    return Money(int(minor), currency)
