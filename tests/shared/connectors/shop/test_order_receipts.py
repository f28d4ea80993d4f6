"""What of an order earns, and what a refund takes back, of whatever shop."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.shop import order_receipts
from shared.connectors.shop.order_receipts import OrderHead
from shared.domain.loyalty import earning_base
from shared.domain.loyalty.earning_base import (
    EARNING_BASE_DEFAULT,
    EarningBase,
    LineType,
    PurchaseLine,
    TaxMode,
)
from shared.domain.loyalty.programs import Program
from shared.domain.systems import receipt_parts
from shared.domain.systems.sales import Receipt, ReceiptKind
from tests.support.purchases import WITHOUT_TOBACCO, read, standing
from tests.support.receipts import purchase_of
from tests.support.strategies import make_program

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
        ([line("20.00"), line("4.90", LineType.SHIPPING)], "24.90", 2000),
        ([line("20.00"), line("4.90", LineType.SHIPPING)], "14.90", 1000),
        # A gift card that pays, and a deposit that comes back, lower what earns as money that is
        # not paid does: no more than the total can ever be paid back.
        ([line("20.00"), line("-15.00", LineType.GIFT_CARD)], "5.00", 500),
        ([line("20.00"), line("-50.00", LineType.GIFT_CARD)], "20.00", 0),
        (
            [line("20.00"), line("-3.00", LineType.DEPOSIT), line("1.50", LineType.DEPOSIT)],
            "18.50",
            1700,
        ),
        ([line("20.00"), line("-5.00")], "15.00", 1500),
        ([line("20.00")], "-1.00", 0),
    ],
    ids=range(14),
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
        ([line("5.00"), line("4.90", LineType.SHIPPING)], "9.90", 500),
        ([line("4.90", LineType.SHIPPING)], "4.90", 0),
        ([line("4.90", LineType.SHIPPING)], "3.00", 0),
        ([line("4.90", LineType.SHIPPING)], "6.90", 200),
    ],
    ids=range(10),
)
def test_a_refund_takes_back_what_was_paid_for_goods(
    lines: list[PurchaseLine], amount: str, eligible: int
) -> None:
    refund = order_receipts.refund_of(HEAD, "refund:1", AT, lines, Decimal(amount))
    assert (refund.kind, refund.voids) == (ReceiptKind.VOID, "1001")
    assert refund.eligible.amount_minor == eligible
    assert earning_base.base_amount(EARNING_BASE_DEFAULT, refund.lines) * 100 == eligible
    assert earning_base.paid_amount(refund.lines) == Decimal(amount)


def test_an_order_says_what_was_not_paid() -> None:
    card = [line("20.00"), line("-15.00", LineType.GIFT_CARD), line("4.90", LineType.SHIPPING)]
    assert order_receipts.sale_of(HEAD, AT, card, Decimal("9.90")).doubt is None
    assert order_receipts.sale_of(HEAD, AT, card, Decimal("9.89")).doubt is None  # A cent.
    doubt = order_receipts.sale_of(HEAD, AT, card, Decimal("7.90")).doubt
    assert doubt == "its lines say 5.00 EUR, but 3.00 EUR were paid: 3.00 EUR count"


AMOUNTS = st.decimals(-300, 300, places=2)
LINES = st.lists(
    st.builds(
        PurchaseLine,
        AMOUNTS,
        st.sampled_from(LineType),
        st.sampled_from([None, "tobacco"]),
        vat_percent=st.sampled_from([None, Decimal(7), Decimal(19)]),
    ),
    max_size=6,
)
BASES = st.builds(
    EarningBase,
    st.sampled_from(TaxMode),
    st.just(Decimal(19)),
    st.sampled_from([(), ("tobacco",)]),
    excluded_types=st.sets(
        st.sampled_from([LineType.ITEM, LineType.GIFT_CARD, LineType.DEPOSIT, LineType.TIP])
    ).map(tuple),
    shipping_earns=st.booleans(),
)
EVERYTHING = make_program(earning_base=EarningBase(excluded_types=(), shipping_earns=True))


@given(LINES, AMOUNTS, BASES)
def test_an_order_earns_no_more_than_was_paid_whatever_it_says(
    lines: list[PurchaseLine], total: Decimal, base: EarningBase
) -> None:
    sale = order_receipts.sale_of(HEAD, AT, lines, total)
    assert 0 <= sale.eligible.amount_minor <= max(total, 0) * 100
    parts = receipt_parts.parts_of(make_program(earning_base=base), sale)
    earns = sale.eligible.amount_minor if parts is None else receipt_parts.total(parts)
    assert 0 <= earns <= max(total, 0) * 100


@given(
    st.lists(
        st.builds(
            PurchaseLine,
            st.decimals(0, 300, places=2),
            st.sampled_from([LineType.ITEM, LineType.SHIPPING, LineType.GIFT_CARD]),
        ),
        min_size=1,
        max_size=5,
    ),
    st.decimals(0, 50, places=2),
    st.randoms(use_true_random=False),
    st.booleans(),
    st.sampled_from([WITHOUT_TOBACCO, EVERYTHING]),
)
def test_refunds_of_all_that_was_paid_leave_nothing_and_never_less(
    lines: list[PurchaseLine],
    discount: Decimal,
    random: Random,
    tells_lines: bool,
    program: Program,
) -> None:
    """Each line comes back by itself, at what was paid for it; the last refund takes the rest."""
    discount = min(discount, sum((each.amount for each in lines), Decimal(0)))
    total = sum((each.amount for each in lines), -discount)
    sold = [*lines, PurchaseLine(-discount, LineType.DISCOUNT)]
    sale = replace(order_receipts.sale_of(HEAD, AT, sold, total), customer_id="user_1")
    left, refunds = total, []
    random.shuffle(lines)
    for place, each in enumerate(lines):
        amount = left if place == len(lines) - 1 else min(each.amount, left)
        left -= amount
        told = [replace(each, amount=amount)] if tells_lines else []
        refunds.append(order_receipts.refund_of(HEAD, f"refund:{place}", AT, told, amount))
    purchase = read(sale, purchase=purchase_of("1001"), program=program)
    had = standing(purchase).get("user_1", 0)
    assert had <= total * 10
    for refund in refunds:
        purchase = read(refund, purchase=purchase, program=program)
        has = standing(purchase).get("user_1", 0)
        assert 0 <= has <= had
        had = has
    assert had == 0
    at_once = read(
        *random.sample(refunds, len(refunds)), sale, purchase=purchase_of("1001"), program=program
    )
    assert standing(at_once) == {}


@pytest.mark.parametrize("program", [WITHOUT_TOBACCO, EVERYTHING], ids=["goods", "everything"])
def test_shipping_comes_back_exactly(program: Program) -> None:
    """Goods for 20 and shipping for 5: with shipping that earns, goods that come back leave 5."""
    sold = [line("20.00"), line("5.00", LineType.SHIPPING)]
    sale = replace(order_receipts.sale_of(HEAD, AT, sold, Decimal(25)), customer_id="user_1")
    goods = order_receipts.refund_of(HEAD, "refund:1", AT, [line("20.00")], Decimal(20))
    shipping = order_receipts.refund_of(
        HEAD, "refund:2", AT, [line("5.00", LineType.SHIPPING)], Decimal(5)
    )
    of_shipping = 50 if program is EVERYTHING else 0

    def has(*receipts: Receipt) -> int:
        purchase = read(*receipts, purchase=purchase_of("1001"), program=program)
        return standing(purchase).get("user_1", 0)

    assert has(sale) == 200 + of_shipping
    assert has(sale, goods) == of_shipping
    assert has(sale, shipping) == has(shipping, sale) == 200
    assert has(sale, shipping, goods) == has(goods, shipping, sale) == 0
    free = [line("20.00")]  # An edit: the shipping is free now.
    later = replace(
        order_receipts.sale_of(replace(HEAD, revision=8), AT, free, Decimal(20)),
        customer_id="user_1",
    )
    assert has(sale, later) == has(later, sale) == 200
    assert has(sale, later, goods) == 0


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
