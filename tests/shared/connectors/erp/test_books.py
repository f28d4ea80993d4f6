from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.erp.books import (
    RateTotal,
    gross_of,
    moment_of,
    rate_totals,
    rounded,
    unit_price,
)
from shared.domain.money import Money
from shared.domain.systems.sales import Sale, SaleLine
from shared.errors import ConnectorRejected

AT = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def line(minor: int, rate: str, currency: str = "EUR") -> SaleLine:
    money = Money(minor, currency)
    return SaleLine("Kaffee", Decimal(1), money, money, Decimal(rate))


def sale(total_minor: int, *lines: SaleLine, currency: str = "EUR") -> Sale:
    return Sale("sale_1", "4711", AT, Money(total_minor, currency), lines)


def test_adds_up_by_rate() -> None:
    totals = rate_totals(sale(1390, line(595, "19"), line(200, "7"), line(595, "19.0")), system="x")
    assert totals == [
        RateTotal(Decimal(7), Money(200, "EUR"), Money(13, "EUR")),
        RateTotal(Decimal(19), Money(1190, "EUR"), Money(190, "EUR")),
    ]


def test_the_tax_is_that_in_the_sum_and_not_the_sum_of_the_taxes() -> None:
    lines = [line(10, "19")] * 10
    assert sum(each.vat.amount_minor for each in lines) == 20
    assert rate_totals(sale(100, *lines), system="x")[0].vat == Money(16, "EUR")


@given(
    st.lists(st.tuples(st.integers(-(10**7), 10**7), st.sampled_from(["0", "7", "19"])), min_size=1)
)
def test_nothing_is_lost_between_rates(lines: list[tuple[int, str]]) -> None:
    total = sum(minor for minor, _ in lines)
    totals = rate_totals(sale(total, *(line(*each) for each in lines)), system="x")
    assert sum(each.gross.amount_minor for each in totals) == total
    rates = [each.vat_percent for each in totals]
    assert rates == sorted({Decimal(rate) for _, rate in lines})


@pytest.mark.parametrize(
    "wrong",
    [
        sale(100, line(99, "19")),
        sale(0),
        sale(100, line(100, "19"), currency="CHF"),
        sale(100, line(100, "19", "CHF")),
        sale(100, line(100, "19", "CHF"), currency="CHF"),
    ],
)
def test_refuses_what_cannot_be_booked(wrong: Sale) -> None:
    with pytest.raises(ConnectorRejected):
        rate_totals(wrong, system="x")


@pytest.mark.parametrize(
    ("net", "rate", "gross"),
    [
        ("100", "19", "119.00"),
        ("0.5", "7", "0.54"),
        ("-0.5", "7", "-0.54"),
        ("1.005", "0", "1.01"),
        ("9999999999999999.99", "19", "11899999999999999.99"),
    ],
)
def test_adds_the_tax_and_rounds_half_away_from_zero(net: str, rate: str, gross: str) -> None:
    assert gross_of(Decimal(net), Decimal(rate)) == Decimal(gross)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01T00:00:00+02:00", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-07-01T00:00:00.000Z", datetime(2026, 7, 1, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("01.01.2026", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("31.02.2026", None),
        ("0001-01-01", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_reads_times_as_they_are_in_berlin(text: str | None, moment: datetime | None) -> None:
    assert moment_of(text) == moment


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1.005", "EUR", 101),
        ("1.004", "EUR", 100),
        ("-1.005", "EUR", -101),
        ("119.5", "JPY", 120),
        ("1.0005", "TND", 1001),
    ],
)
def test_rounds_to_the_minor_unit_away_from_zero(amount: str, currency: str, minor: int) -> None:
    assert rounded(Decimal(amount), currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("quantity", "unit_minor", "total_minor", "step", "price"),
    [
        ("2", 595, 1190, "0.0001", "5.95"),
        ("3", 100, 200, "0.0001", "0.6667"),
        ("3", 100, 200, "0.00001", "0.66667"),
        ("1.5", 357, 536, "0.0001", "3.57"),
        ("1", 0, 0, "0.0001", "0.00"),
    ],
)
def test_a_units_price_makes_the_total(
    quantity: str, unit_minor: int, total_minor: int, step: str, price: str
) -> None:
    sold = replace(
        line(total_minor, "19"), quantity=Decimal(quantity), unit_price=Money(unit_minor, "EUR")
    )
    assert str(unit_price(sold, step=Decimal(step), system="x")) == price


@pytest.mark.parametrize(
    ("quantity", "total_minor", "says"),
    [
        ("-2", -1190, "x takes nothing back in a sales order: Kaffee."),
        ("0", 0, "x takes nothing back"),
        ("1", -1, "x takes nothing back"),
        ("3001", 10_000_001, "x keeps no price so fine that it made 100000.01: Kaffee."),
    ],
)
def test_a_line_without_such_a_price_is_refused(quantity: str, total_minor: int, says: str) -> None:
    sold = replace(line(total_minor, "19"), quantity=Decimal(quantity))
    with pytest.raises(ConnectorRejected, match=says):
        unit_price(sold, step=Decimal("0.0001"), system="x")
