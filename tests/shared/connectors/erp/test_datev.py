"""Sales as DATEV's booking batches, read back field by field."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.erp import datev
from shared.connectors.erp.datev import DatevBooks
from shared.domain.money import Money
from shared.domain.systems.sales import PaidBy, Sale, SaleLine, SalePayment
from shared.errors import ConnectorRejected

NOW = datetime(2027, 1, 2, 8, 30, 15, 123_000, tzinfo=UTC)
BOOKS = DatevBooks(
    consultant_number=29098,
    client_number=55003,
    year_begins=(1, 1),
    account_length=4,
    revenue_accounts={Decimal(19): "8400", Decimal(7): "8300", Decimal(0): "8200"},
    money_accounts={PaidBy.CASH: "1000", PaidBy.CARD: "1360"},
    clearing_account="1590",
)


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


def line(cents: int, rate: int | str = 19) -> SaleLine:
    return SaleLine("Käse", Decimal(1), euros(cents), euros(cents), Decimal(rate))


def sale(*lines: SaleLine, **changed: Any) -> Sale:
    total = euros(sum(each.total.amount_minor for each in lines))
    whole = Sale("rec_1", "4711", datetime(2026, 6, 30, 22, 30, tzinfo=UTC), total, lines)
    paid = (SalePayment(PaidBy.CASH, total),)
    return replace(whole, **{"payments": paid, **changed})


def written(*sales: Sale, books: DatevBooks = BOOKS) -> list[list[str]]:
    text = datev.write(sales, books, now=NOW).decode("cp1252")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def bookings(*sales: Sale, books: DatevBooks = BOOKS) -> list[dict[str, str]]:
    _, columns, *rows = written(*sales, books=books)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def moved(*sales: Sale, books: DatevBooks = BOOKS) -> list[tuple[str, str, str, str]]:
    """Return what was booked: amount, side, account, contra account."""
    names = (
        "Umsatz (ohne Soll/Haben-Kz)",
        "Soll/Haben-Kennzeichen",
        "Konto",
        "Gegenkonto (ohne BU-Schlüssel)",
    )
    return [
        (row[names[0]], row[names[1]], row[names[2]], row[names[3]])
        for row in bookings(*sales, books=books)
    ]


def balances(*sales: Sale) -> dict[str, int]:
    """Return what is on every account after the bookings, in cents: debits are positive."""
    found: dict[str, int] = {}
    for amount, side, account, contra in moved(*sales):
        cents = int(amount.replace(",", "")) * (1 if side == "S" else -1)
        found[account] = found.get(account, 0) + cents
        found[contra] = found.get(contra, 0) - cents
    return found


def test_the_header_is_that_of_format_700() -> None:
    text = datev.write([sale(line(119))], BOOKS, now=NOW).decode("cp1252")
    assert text.split("\r\n", maxsplit=1)[0] == (
        '"EXTF";700;21;"Buchungsstapel";13;20270102093015123;;"RE";"Punktwerk";"";29098;55003;'
        '20260101;4;20260701;20260701;"Kasse 01.07. - 01.07.2026";"";1;0;0;"EUR";;"";;;"";;;"";""'
    )


def test_every_row_has_the_columns_of_version_13() -> None:
    header, *rows = written(sale(line(119), line(107, 7)))
    assert len(header) == 31
    assert [len(row) for row in rows] == [125] * 3
    columns = rows[0]
    assert len(set(columns)) == 125
    places = {20: "Beleglink", 37: "KOST1 - Kostenstelle", 48: "Zusatzinformation - Art 1"}
    places |= {88: "Stück", 102: "Herkunft-Kz", 114: "Festschreibung", 125: "Abw. Skontokonto"}
    assert {place: columns[place - 1] for place in places} == places


def test_a_booking_says_which_receipt_it_is_of() -> None:
    (row,) = bookings(sale(line(119)))
    assert {name: value for name, value in row.items() if value} == {
        "Umsatz (ohne Soll/Haben-Kz)": "1,19",
        "Soll/Haben-Kennzeichen": "S",
        "WKZ Umsatz": "EUR",
        "Konto": "1000",
        "Gegenkonto (ohne BU-Schlüssel)": "8400",
        "Belegdatum": "0107",
        "Belegfeld 1": "4711",
        "Buchungstext": "Beleg 4711, 19 % USt",
        "Beleginfo - Art 1": "Punktwerk",
        "Beleginfo - Inhalt 1": "rec_1",
        "Festschreibung": "0",
    }


def test_texts_are_quoted_and_numbers_are_not() -> None:
    text = datev.write([sale(line(119))], BOOKS, now=NOW).decode("cp1252")
    assert text.split("\r\n")[2].startswith('1,19;"S";"EUR";;;;1000;8400;;0107;"4711";;;"Beleg')


def test_a_sale_is_booked_by_rates_of_tax() -> None:
    assert moved(sale(line(107, 7), line(119), line(238), line(500, 0))) == [
        ("5,00", "S", "1000", "8200"),
        ("1,07", "S", "1000", "8300"),
        ("3,57", "S", "1000", "8400"),
    ]


def test_what_was_taken_back_is_booked_on_the_other_side() -> None:
    back = sale(line(-119), line(107, 7))
    assert moved(back) == [("1,07", "S", "1000", "8300"), ("1,19", "H", "1000", "8400")]


def test_what_comes_to_nothing_is_not_booked() -> None:
    assert moved(sale(line(119), line(-119), line(107, 7))) == [("1,07", "S", "1000", "8300")]
    with pytest.raises(ConnectorRejected, match="nothing to book"):
        written(sale(line(119), line(-119), payments=()))


def test_what_is_paid_in_several_ways_goes_over_the_clearing_account() -> None:
    paid = (SalePayment(PaidBy.CASH, euros(100)), SalePayment(PaidBy.CARD, euros(126)))
    both = sale(line(119), line(107, 7), payments=paid)
    assert moved(both) == [
        ("1,07", "S", "1590", "8300"),
        ("1,19", "S", "1590", "8400"),
        ("1,00", "S", "1000", "1590"),
        ("1,26", "S", "1360", "1590"),
    ]
    assert balances(both) == {"1590": 0, "8300": -107, "8400": -119, "1000": 100, "1360": 126}


def test_two_payments_of_one_kind_are_one_way_to_pay() -> None:
    paid = (SalePayment(PaidBy.CARD, euros(19)), SalePayment(PaidBy.CARD, euros(100)))
    assert moved(sale(line(119), payments=paid)) == [("1,19", "S", "1360", "8400")]


def test_a_payment_of_nothing_is_none() -> None:
    paid = (SalePayment(PaidBy.CARD, euros(119)), SalePayment(PaidBy.OTHER, euros(0)))
    assert moved(sale(line(119), payments=paid)) == [("1,19", "S", "1360", "8400")]


def test_what_was_given_away_needs_no_account() -> None:
    books = replace(BOOKS, clearing_account=None)
    free = sale(line(0), payments=())
    assert moved(free, sale(line(119)), books=books) == [("1,19", "S", "1000", "8400")]


def test_what_nobody_says_how_it_was_paid_stays_on_the_clearing_account() -> None:
    assert moved(sale(line(119), payments=())) == [("1,19", "S", "1590", "8400")]


@given(
    st.lists(
        st.tuples(st.integers(-10_000, 10_000), st.sampled_from([0, 7, 19])),
        min_size=1,
        max_size=6,
    ),
    st.integers(-10_000, 10_000),
)
def test_every_cent_is_somewhere(amounts: list[tuple[int, int]], cash: int) -> None:
    total = sum(cents for cents, _ in amounts)
    paid = (SalePayment(PaidBy.CASH, euros(cash)), SalePayment(PaidBy.CARD, euros(total - cash)))
    sold = sale(*[line(cents, rate) for cents, rate in amounts], line(1), payments=())
    sold = replace(sold, payments=(*paid, SalePayment(PaidBy.CASH, euros(1))))
    found = balances(sold)
    assert sum(found.values()) == 0
    assert found.get("1590", 0) == 0
    assert (found.get("1000", 0), found.get("1360", 0)) == (cash + 1, total - cash)
    accounts = {0: "8200", 7: "8300", 19: "8400"}
    for rate, account in accounts.items():
        sold_at_rate = sum(cents for cents, each in [*amounts, (1, 19)] if each == rate)
        assert found.get(account, 0) == -sold_at_rate


@pytest.mark.parametrize(
    ("changed", "sold", "says"),
    [
        ({"clearing_account": None}, sale(line(1), payments=()), "rec_1 is paid nobody says how"),
        (
            {"clearing_account": None},
            sale(
                line(2),
                payments=(SalePayment(PaidBy.CASH, euros(1)), SalePayment(PaidBy.CARD, euros(1))),
            ),
            "rec_1 is paid in several ways",
        ),
        ({}, sale(line(1, 16)), "revenue account for 16 %"),
        ({}, sale(line(1), payments=(SalePayment(PaidBy.OTHER, euros(1)),)), "paid by other"),
        ({}, sale(line(2), payments=(SalePayment(PaidBy.CASH, euros(1)),)), "payments of rec_1"),
        ({}, sale(line(2), total=euros(3), payments=()), "lines of rec_1"),
        (
            {},
            Sale("rec_1", "1", NOW, Money(1, "CHF"), (replace(line(1), total=Money(1, "CHF")),)),
            "EUR only",
        ),
    ],
)
def test_what_cannot_be_booked_is_refused(changed: dict[str, Any], sold: Sale, says: str) -> None:
    with pytest.raises(ConnectorRejected, match=says):
        written(sold, books=replace(BOOKS, **changed))


@pytest.mark.parametrize(
    ("begins", "sold_at", "year"),
    [
        ((1, 1), datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "20260101"),
        ((1, 1), datetime(2026, 12, 31, 23, tzinfo=UTC), "20270101"),
        ((7, 1), datetime(2026, 6, 30, 12, tzinfo=UTC), "20250701"),
        ((7, 1), datetime(2026, 7, 1, 12, tzinfo=UTC), "20260701"),
    ],
)
def test_a_day_is_one_in_berlin_and_of_its_fiscal_year(
    begins: tuple[int, int], sold_at: datetime, year: str
) -> None:
    header = written(sale(line(1), sold_at=sold_at), books=replace(BOOKS, year_begins=begins))[0]
    assert header[12] == year


def test_a_batch_is_of_one_fiscal_year_and_says_which_days() -> None:
    january, march = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    header = written(sale(line(1), sold_at=march), sale(line(1), sold_at=january))[0]
    assert header[14:17] == ["20260105", "20260302", "Kasse 05.01. - 02.03.2026"]
    assert len(header[16]) <= 30
    with pytest.raises(ConnectorRejected, match="different fiscal years"):
        written(sale(line(1)), sale(line(1), sold_at=datetime(2027, 3, 2, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("RE-2026/4711", "RE-2026/4711"),
        ("Bon 4711_ä", "Bon-4711--"),
        ("=1+1", "1+1"),
        ("-+-7", "7"),
        ("9" * 50, "9" * 36),
    ],
)
def test_a_receipts_number_has_the_characters_that_datev_takes(number: str, expected: str) -> None:
    (row,) = bookings(sale(line(1), number=number))
    assert row["Belegfeld 1"] == expected
    assert len(row["Buchungstext"]) <= 60
    assert row["Buchungstext"].endswith(", 19 % USt")


def test_no_text_is_a_formula_or_leaves_its_field() -> None:
    sold = sale(line(1), record_id='=HYPERLINK("x");1', number='"\r\n;ż')
    (row,) = bookings(sold)
    assert row["Beleginfo - Inhalt 1"] == '\'=HYPERLINK("x");1'
    assert row["Buchungstext"] == 'Beleg " ;?, 19 % USt'
    for record_id in ("\n=1", " =1", "\t\r\n=1"):
        (row,) = bookings(sale(line(1), record_id=record_id))
        assert row["Beleginfo - Inhalt 1"] == "'=1"
