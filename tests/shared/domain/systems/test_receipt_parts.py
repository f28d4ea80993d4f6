"""What of a receipt earns: by its lines and the program's base, never more than was paid."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import earning_base
from shared.domain.loyalty.earning_base import (
    EARNING_BASE_DEFAULT,
    EarningBase,
    LineType,
    PurchaseLine,
    TaxMode,
)
from shared.domain.systems import receipt_parts
from shared.domain.systems.receipt_parts import Part
from shared.domain.systems.sales import ReceiptKind
from tests.shared.domain.loyalty.test_campaigns import make_campaign
from tests.support.receipts import receipt
from tests.support.strategies import make_program

USUAL = make_program()
COFFEE = make_campaign(categories=("coffee",), multiplier=Decimal(2))
NO_TOBACCO = make_program(earning_base=EarningBase(excluded_categories=("tobacco",)))
NET = make_program(earning_base=EarningBase(TaxMode.NET, Decimal(19)))

LINES = st.lists(
    st.builds(
        PurchaseLine,
        st.decimals(-100, 100, places=2),
        st.sampled_from(LineType),
        st.sampled_from(["coffee", "tobacco", None]),
    ),
    max_size=6,
)


def line(amount: str, kind: str = "item", category: str | None = None) -> PurchaseLine:
    return PurchaseLine(Decimal(amount), LineType(kind), category)


@given(lines=LINES, minor=st.integers(-5000, 5000))
def test_by_the_usual_base_it_is_always_the_eligible_amount(
    lines: list[PurchaseLine], minor: int
) -> None:
    sold = receipt(minor, lines=tuple(lines))

    shares = earning_base.shares(EARNING_BASE_DEFAULT, lines)
    assert receipt_parts.parts_of(USUAL, sold) is None or (
        minor == 0 and sum(each.amount for each in shares)
    )


def test_other_bases_decide_on_the_lines() -> None:
    lines = line("30", category="coffee"), line("10", category="tobacco"), line("-4", "discount")
    sold = receipt(3600, lines=lines)

    assert receipt_parts.parts_of(NO_TOBACCO, sold) == (Part("2700"),)
    # 18 of 36 were paid: a discount on all of it.
    assert receipt_parts.parts_of(NO_TOBACCO, receipt(1800, lines=lines)) == (Part("1350"),)


def test_vouchers_deposits_and_tips_have_their_face_value() -> None:
    everything = make_program(earning_base=EarningBase(excluded_types=()))
    lines = line("20"), line("50", "voucher"), line("3", "tip")

    # 15 of 20 count, such as when the deposit is in the price.
    assert receipt_parts.parts_of(everything, receipt(1500, lines=lines)) == (Part("6800"),)


def test_without_lines_all_that_is_eligible_earns_at_the_rate_of_the_program() -> None:
    assert receipt_parts.parts_of(NO_TOBACCO, receipt(1190)) is None
    assert receipt_parts.parts_of(NET, receipt(1190)) == (Part("1000"),)
    assert receipt_parts.parts_of(NET, receipt(1000)) == (Part("100000/119"),)


def test_parts_are_told_apart_as_far_as_campaigns_name_them() -> None:
    program = make_program(campaigns=(COFFEE,))
    lines = line("10", category="tea"), line("5", category="coffee"), line("3", category="cake")

    found = receipt_parts.parts_of(program, receipt(1800, lines=lines))

    assert found == (Part("1300"), Part("500", "coffee"))
    assert [
        (each.line.category, each.amount) for each in receipt_parts.shares_of(found, "EUR")
    ] == [(None, 13), ("coffee", 5)]


@pytest.mark.parametrize("sign", [1, -1])
def test_what_a_void_takes_back_is_negative(sign: int) -> None:
    lines = line(str(30 * sign), category="coffee"), line(str(10 * sign), category="tobacco")
    voided = receipt(4000 * sign, kind=ReceiptKind.VOID, voids="R-0", lines=lines)

    assert receipt_parts.parts_of(NO_TOBACCO, voided) == (Part("-3000"),)
    assert receipt_parts.parts_of(USUAL, voided) is None


def test_lines_that_say_the_opposite_of_the_eligible_amount_are_left_out() -> None:
    sold = receipt(1000, lines=(line("-10", category="tobacco"),))

    assert receipt_parts.parts_of(NO_TOBACCO, sold) is None


def test_an_exchange_of_what_earns_for_what_does_not() -> None:
    lines = line("-15", category="tobacco"), line("15", category="coffee")
    even = receipt(0, voids="R-0", lines=lines)

    assert receipt_parts.parts_of(NO_TOBACCO, even) == (Part("1500"),)
    assert receipt_parts.parts_of(USUAL, even) is None


def test_parts_of_one_name_are_one_and_none_is_of_nothing() -> None:
    parts = Part("1/3"), Part("2", "a"), Part("2/3"), Part("-2", "a")

    assert receipt_parts.merged(parts) == (Part("1"),)
    assert receipt_parts.total(parts) == Fraction(1)
    assert receipt_parts.of_amount(0) == ()
