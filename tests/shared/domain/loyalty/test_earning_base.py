"""The earning base: what of a purchase earns, exactly, in whatever order its lines are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import earning_base
from shared.domain.loyalty.earning_base import (
    EARNING_BASE_DEFAULT,
    LOWERING,
    EarningBase,
    LineType,
    PurchaseLine,
    TaxMode,
    base_amount,
    paid_amount,
)

NO_TOBACCO = EarningBase(excluded_categories=("tobacco",))
AMOUNTS = st.decimals(min_value=-(10**7), max_value=10**7, places=10)
LINES = st.lists(
    st.builds(
        PurchaseLine,
        AMOUNTS,
        st.sampled_from(LineType),
        st.sampled_from([None, "coffee", "tobacco"]),
        st.sampled_from([None, "p1", "p2"]),
        st.sampled_from([None, Decimal(7), Decimal(19)]),
    ),
    max_size=20,
)
BASES = st.sampled_from(
    [
        EARNING_BASE_DEFAULT,
        NO_TOBACCO,
        EarningBase(excluded_product_ids=("p1",), excluded_types=()),
        EarningBase(TaxMode.NET, Decimal(19), excluded_categories=("tobacco",)),
    ]
)


def line(amount: str, type_: LineType = LineType.ITEM, **fields: object) -> PurchaseLine:
    return PurchaseLine(Decimal(amount), type_, **fields)  # type: ignore[arg-type]


def base(*lines: PurchaseLine, by: EarningBase = EARNING_BASE_DEFAULT) -> Fraction:
    return base_amount(by, lines)


def test_lines_are_added_exactly() -> None:
    assert base(line("0.1"), line("0.2")) == Fraction("0.3")


def test_discounts_and_redeemed_rewards_lower_what_earns() -> None:
    discount, reward = line("-3.00", LineType.DISCOUNT), line("-5.50", LineType.REWARD)
    assert base(line("20.00"), discount, reward) == Fraction("11.50")


@pytest.mark.parametrize("line_type", sorted(LOWERING))
def test_a_discount_or_reward_printed_with_its_price_does_not_earn(line_type: LineType) -> None:
    assert base(line("20.00"), line("5.00", line_type)) == 20


def test_a_returned_item_lowers_what_earns_but_never_below_zero() -> None:
    assert base(line("20.00"), line("-30.00")) == 0
    assert base(line("-30.00")) == 0
    assert base(line("20.00"), line("-3.00")) == 17
    assert base() == 0


@pytest.mark.parametrize(
    "line_type", [LineType.VOUCHER, LineType.GIFT_CARD, LineType.DEPOSIT, LineType.TIP]
)
def test_vouchers_gift_cards_deposits_and_tips_earn_only_if_the_program_says_so(
    line_type: LineType,
) -> None:
    everything = EarningBase(excluded_types=())
    assert base(line("20"), line("50", line_type)) == 20
    assert base(line("20"), line("50", line_type), by=everything) == 70


def test_returned_deposits_do_not_lower_what_goods_earn() -> None:
    assert base(line("20"), line("-5", LineType.DEPOSIT)) == 20


def test_shipping_earns_if_the_program_says_so() -> None:
    lines = line("20"), line("4.90", LineType.SHIPPING)
    with_shipping = EarningBase(shipping_earns=True)
    assert (base(*lines), base(*lines, by=with_shipping)) == (20, Fraction("24.9"))
    # A discount lowers the goods first.
    discount = line("-22", LineType.DISCOUNT)
    assert base(*lines, discount, by=with_shipping) == Fraction("2.9")


def test_excluded_goods_take_their_share_of_a_discount() -> None:
    coffee, tobacco = line("30", category="coffee"), line("10", category="tobacco")
    discount = line("-4", LineType.DISCOUNT)
    assert base(coffee, tobacco, by=NO_TOBACCO) == 30
    assert base(coffee, tobacco, discount, by=NO_TOBACCO) == 27
    assert base(coffee, tobacco, line("-5", LineType.DISCOUNT), by=NO_TOBACCO) == Fraction("26.25")
    thirds = [line("10", category="tobacco"), line("10"), line("10")]
    assert base(*thirds, line("-1", LineType.DISCOUNT), by=NO_TOBACCO) == Fraction(58, 3)


def test_a_product_can_be_excluded() -> None:
    by = EarningBase(excluded_product_ids=("p1",))
    assert base(line("30", product_id="p1"), line("10", product_id="p2"), by=by) == 10


def test_face_values_are_lowered_only_by_what_a_discount_is_more_than_the_goods() -> None:
    gift_card = line("50", LineType.GIFT_CARD)
    everything = EarningBase(excluded_types=())
    assert base(line("10"), gift_card, line("-5", LineType.DISCOUNT)) == 5
    assert base(line("10"), gift_card, line("-15", LineType.DISCOUNT), by=everything) == 45
    assert base(line("10"), gift_card, line("-15", LineType.DISCOUNT)) == 0


def test_before_and_after_tax_give_the_documented_difference() -> None:
    bread, wine = line("10.70", vat_percent=Decimal(7)), line("11.90", vat_percent=Decimal(19))
    net = EarningBase(TaxMode.NET, Decimal(19))
    assert base(bread, wine) == Fraction("22.60")
    assert base(bread, wine, by=net) == 20
    assert base(line("11.90"), by=net) == 10
    assert base(line("10"), by=net) == Fraction(1000, 119)


@given(LINES, BASES)
def test_the_order_of_lines_does_not_matter(lines: list[PurchaseLine], by: EarningBase) -> None:
    assert base_amount(by, lines) == base_amount(by, lines[::-1])


@given(LINES)
def test_discounts_and_rewards_never_raise_what_earns(lines: list[PurchaseLine]) -> None:
    without = [each for each in lines if each.type not in LOWERING]
    assert 0 <= base(*lines) <= base(*without)


@given(LINES)
def test_without_exclusions_the_base_is_what_was_paid(lines: list[PurchaseLine]) -> None:
    everything = EarningBase(excluded_types=(), shipping_earns=True)
    assert base(*lines, by=everything) == Fraction(paid_amount(lines))


@given(LINES, BASES)
def test_the_shares_of_the_lines_add_up_exactly(lines: list[PurchaseLine], by: EarningBase) -> None:
    parts = [
        earning_base.shares(by, lines),
        [each for each in earning_base.shares(by, lines) if each.line.category == "coffee"],
    ]
    sums = [sum((each.amount for each in part), Fraction(0)) for part in parts]
    assert base_amount(by, lines) == max(sums[0], 0)
    others = [each for each in parts[0] if each.line.category != "coffee"]
    assert sums[0] == sums[1] + sum((each.amount for each in others), Fraction(0))


@given(LINES, BASES)
def test_excluding_more_never_earns_more_of_what_was_bought(
    lines: list[PurchaseLine], by: EarningBase
) -> None:
    bought = [each for each in lines if each.amount > 0 or each.type in LOWERING]
    less = EarningBase(by.tax_mode, by.vat_percent, ("coffee", "tobacco"), ("p1", "p2"))
    assert base_amount(less, bought) <= base_amount(by, bought)
