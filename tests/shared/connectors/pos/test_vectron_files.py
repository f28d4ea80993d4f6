"""Sales as a file for a Vectron till's back office."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.pos.vectron_files import COLUMNS, to_file
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, PaidBy, Sale, SaleLine, SalePayment

COFFEE = SaleLine(
    name="Kaffee; groß",
    quantity=Decimal(2),
    unit_price=Money(420, "EUR"),
    total=Money(840, "EUR"),
    vat_percent=Decimal(19),
    number="105",
    ean="4006381333931",
)
SALE = Sale(
    record_id="sale_1",
    number="1238",
    sold_at=datetime(2026, 3, 3, 12, tzinfo=UTC),
    total=Money(740, "EUR"),
    lines=(COFFEE, replace(COFFEE, quantity=Decimal("-0.250"), total=Money(-100, "EUR"))),
    payments=(
        SalePayment(PaidBy.CASH, Money(240, "EUR")),
        SalePayment(PaidBy.CARD, Money(300, "EUR")),
        SalePayment(PaidBy.VOUCHER, Money(150, "EUR")),
        SalePayment(PaidBy.OTHER, Money(50, "EUR")),
    ),
    customer_id="cust_1",
)


def read(sale: Sale) -> list[dict[str, str]]:
    text = to_file(DataType.RECEIPT, [sale]).content.decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_a_row_for_each_position() -> None:
    written = to_file(DataType.SALES_RECORD, [SALE, replace(SALE, record_id="sale_2")])
    assert (written.name, written.content_type) == (
        "vectron-sales_record.csv",
        "text/csv; charset=utf-8",
    )
    lines = written.content.decode().split("\r\n")
    assert lines[0] == ";".join(COLUMNS)
    assert lines[1] == (
        "sale_1;1238;2026-03-03T12:00:00.000Z;7,40;EUR;"
        "Bar:2,40|Unbar:3,00|Guthabenkarte:1,50|Unbar:0,50;cust_1;"
        '1;105;4006381333931;"Kaffee; groß";2;4,20;8,40;19;1,34'
    )
    assert lines[2].endswith(';2;105;4006381333931;"Kaffee; groß";-0,250;4,20;-1,00;19;-0,16')
    assert [line.split(";")[0] for line in lines] == [
        "BON_ID",
        "sale_1",
        "sale_1",
        "sale_2",
        "sale_2",
        "",
    ]


def test_a_sale_without_positions_is_not_lost() -> None:
    row = read(replace(SALE, lines=(), payments=(), customer_id=None))
    assert len(row) == 1
    assert row[0] == {
        **dict.fromkeys(COLUMNS, ""),
        "BON_ID": "sale_1",
        "BON_NR": "1238",
        "BON_ENDE": "2026-03-03T12:00:00.000Z",
        "UMS_BRUTTO": "7,40",
        "WAEHRUNG": "EUR",
    }


@given(st.text(), st.sampled_from(["", *"=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"]))
def test_no_text_breaks_the_file_or_is_run_by_a_spreadsheet(text: str, first: str) -> None:
    name = first + text.replace("\x00", "").encode(errors="ignore").decode()
    row = read(replace(SALE, lines=(replace(COFFEE, name=name),)))[0]
    cell = row["ARTIKELTEXT"]
    assert cell.removeprefix("'") == name.removeprefix("'")
    assert not cell.startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
    assert row["POS_UST"] == "1,34"
