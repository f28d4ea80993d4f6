"""What of an order earns, and what a refund takes back, of whatever shop."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.connectors.shop import order_receipts
from shared.connectors.shop.order_receipts import OrderHead
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.systems.sales import ReceiptKind

AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
HEAD = OrderHead("1001", "#1001", "EUR", 7)


def line(amount: str, kind: LineType = LineType.ITEM) -> PurchaseLine:
    return PurchaseLine(Decimal(amount), kind)


@pytest.mark.parametrize(
    ("lines", "total", "eligible"),
    [
        ([line("20.00")], "20.00", 2000),
        ([line("19.999999"), line("0.000001")], "20.00", 2000),
        ([line("20.00"), line("-5.00", LineType.DISCOUNT)], "15.00", 1500),
        ([line("20.00"), line("50.00", LineType.GIFT_CARD)], "70.00", 2000),
        ([line("20.00")], "12.00", 1200),
        ([line("20.00"), line("50.00", LineType.GIFT_CARD)], "60.00", 1000),
        ([], "0.00", 0),
    ],
    ids=range(7),
)
def test_a_sale_earns_for_its_goods_and_no_more_than_was_paid(
    lines: list[PurchaseLine], total: str, eligible: int
) -> None:
    sale = order_receipts.sale_of(HEAD, AT, lines, Decimal(total))
    assert (sale.kind, sale.external_id, sale.revision) == (ReceiptKind.SALE, "1001", 7)
    assert sale.eligible.amount_minor == eligible


@pytest.mark.parametrize(
    ("lines", "amount", "eligible"),
    [
        ([line("5.00")], "5.00", 500),
        ([line("5.00")], "8.00", 800),
        ([line("5.00")], "3.00", 300),
        ([], "20.00", 2000),
        ([line("50.00", LineType.GIFT_CARD)], "50.00", 0),
        ([line("50.00", LineType.GIFT_CARD), line("5.00")], "55.00", 500),
    ],
    ids=range(6),
)
def test_a_refund_takes_back_what_was_paid_for_goods(
    lines: list[PurchaseLine], amount: str, eligible: int
) -> None:
    refund = order_receipts.refund_of(HEAD, "refund:1", AT, lines, Decimal(amount))
    assert (refund.kind, refund.voids) == (ReceiptKind.VOID, "1001")
    assert refund.eligible.amount_minor == eligible
    assert sum(each.amount for each in refund.lines) * 100 == eligible


def test_a_test_order_is_a_training() -> None:
    head = OrderHead("1", "1", "EUR", 1, is_test=True)
    made = [
        order_receipts.sale_of(head, AT, [line("1")], Decimal(1)),
        order_receipts.refund_of(head, "refund:1", AT, [], Decimal(1)),
        order_receipts.cancellation_of(head, AT),
    ]
    assert {each.kind for each in made} == {ReceiptKind.TRAINING}


def test_a_cancellation_names_itself() -> None:
    gone = order_receipts.cancellation_of(HEAD, AT)
    assert (gone.external_id, gone.voids, gone.revision) == ("1001", "1001", 7)
    assert order_receipts.revision_of(AT) == int(AT.timestamp()) * 1000
