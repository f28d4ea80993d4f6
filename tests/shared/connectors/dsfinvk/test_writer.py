"""An independent validator accepts what we write, and our own reader reads it back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from dsfinvk import models
from dsfinvk.fields import BooleanField, LocalDateTimeField, NumericField
from dsfinvk.validate import validate_zip
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.connectors.dsfinvk import reader, schema, writer
from shared.connectors.dsfinvk.schema import Column, ColumnKind
from shared.domain.money import Money
from shared.domain.systems.sales import PaidBy, ReceiptKind, Sale, SaleLine, SalePayment
from shared.errors import ConnectorRejected
from tests.support.tills import file_of

BERLIN = ZoneInfo("Europe/Berlin")
SOLD_AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def euros(amount: str) -> Money:
    return Money.from_major(Decimal(amount), "EUR")


COFFEE = SaleLine("Espresso", Decimal(2), euros("2.90"), euros("5.80"), Decimal(19), number="100")
BREAD = SaleLine(
    "Brot; 1 kg", Decimal("0.535"), euros("4.00"), euros("2.14"), Decimal(7), ean="96385074"
)
SALE = Sale(
    record_id="rec_1",
    number="42",
    sold_at=SOLD_AT,
    total=euros("7.94"),
    lines=(COFFEE, BREAD),
    payments=(SalePayment(PaidBy.CASH, euros("5.00")), SalePayment(PaidBy.CARD, euros("2.94"))),
    customer_id="K17",
)


def table(content: bytes, name: str) -> list[dict[str, str]]:
    text = io.StringIO(file_of(content, name).decode(), newline="")
    return list(csv.DictReader(text, delimiter=";"))


def complaints(content: bytes) -> list[str]:
    """Return what the validator says, and what it only prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        found = validate_zip(io.BytesIO(content))
    return [*found, *printed.getvalue().splitlines()]


def test_the_validator_sees_what_is_wrong() -> None:
    content = writer.write([SALE], zone=BERLIN)
    assert complaints(content.replace(b"index.xml", b"index.xmm")) == ["No index.xml found"]


@st.composite
def sales(draw: st.DrawFn) -> list[Sale]:
    texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
    found = []
    for number in range(draw(st.integers(1, 3))):
        lines = tuple(
            SaleLine(
                name=draw(texts),
                quantity=draw(st.decimals(-999, 999, places=3)),
                unit_price=Money(draw(st.integers(0, 10**6)), "EUR"),
                total=Money(draw(st.integers(-(10**6), 10**7)), "EUR"),
                vat_percent=draw(st.sampled_from([0, 7, 19, Decimal("10.7"), Decimal("5.5")])),
                number=draw(st.none() | texts),
            )
            for _ in range(draw(st.integers(0, 3)))
        )
        lines = tuple(replace(each, vat_percent=Decimal(each.vat_percent)) for each in lines)
        total = Money(sum(each.total.amount_minor for each in lines), "EUR")
        record_id = f"{number}{draw(texts)}"
        found.append(Sale(record_id, draw(texts), SOLD_AT, total, lines, customer_id=draw(texts)))
    return found


@settings(max_examples=30)
@given(sales())
def test_the_validator_accepts_every_export_and_the_reader_reads_it(found: list[Sale]) -> None:
    content = writer.write(found, zone=BERLIN)
    assert complaints(content) == []
    read = reader.read(content, currency="XXX", zone=BERLIN).receipts
    assert read.skipped == ()
    assert sorted((each.total.amount_minor, each.issued_at) for each in read.items) == sorted(
        (each.total.amount_minor, each.sold_at) for each in found
    )


def test_writes_a_sale_line_by_line() -> None:
    content = writer.write([SALE], zone=BERLIN)
    [receipt] = table(content, "transactions.csv")
    assert (
        receipt.items()
        >= {
            "Z_KASSE_ID": "punktwerk",
            "BON_ID": "rec_1",
            "BON_NR": "42",
            "BON_TYP": "Beleg",
            "BON_STORNO": "0",
            "BON_ENDE": "2026-03-02T09:30:00",
            "UMS_BRUTTO": "7,94",
            "KUNDE_ID": "K17",
            "BON_NOTIZ": "",
        }.items()
    )
    lines = table(content, "lines.csv")
    assert [(each["POS_ZEILE"], each["GV_TYP"], each["MENGE"]) for each in lines] == [
        ("1", "Umsatz", "2,000"),
        ("2", "Umsatz", "0,535"),
    ]
    assert [(each["ART_NR"], each["GTIN"], each["ARTIKELTEXT"]) for each in lines] == [
        ("100", "", "Espresso"),
        ("", "96385074", "Brot; 1 kg"),
    ]
    assert [
        (each["UST_SCHLUESSEL"], each["POS_BRUTTO"], each["POS_NETTO"], each["POS_UST"])
        for each in table(content, "lines_vat.csv")
    ] == [("1", "5,80000", "4,87000", "0,93000"), ("2", "2,14000", "2,00000", "0,14000")]
    assert [
        (each["ZAHLART_TYP"], each["BASISWAEH_BETRAG"])
        for each in table(content, "datapayment.csv")
    ] == [("Bar", "5,00"), ("Unbar", "2,94")]


def test_the_closing_adds_up() -> None:
    other = replace(SALE, record_id="rec_2", number="A-43")
    content = writer.write([SALE, other], zone=BERLIN)
    [closing] = table(content, "cashpointclosing.csv")
    assert (
        closing.items()
        >= {
            "Z_START_ID": "rec_1",
            "Z_ENDE_ID": "rec_2",
            "Z_SE_ZAHLUNGEN": "15,88",
            "Z_SE_BARZAHLUNGEN": "10,00",
            "TAXONOMIE_VERSION": "2.4",
            "NAME": "",
        }.items()
    )
    totals = table(content, "businesscases.csv")
    assert [(each["UST_SCHLUESSEL"], each["Z_UMS_BRUTTO"], each["Z_UST"]) for each in totals] == [
        ("1", "11,60000", "1,86000"),
        ("2", "4,28000", "0,28000"),
    ]
    payments = table(content, "payment.csv")
    assert [(each["ZAHLART_TYP"], each["Z_ZAHLART_BETRAG"]) for each in payments] == [
        ("Bar", "10,00"),
        ("Unbar", "5,88"),
    ]
    [currency] = table(content, "cash_per_currency.csv")
    assert (currency["ZAHLART_WAEH"], currency["ZAHLART_BETRAG_WAEH"]) == ("EUR", "10,00")
    numbers = [(each["BON_NR"], each["BON_NOTIZ"]) for each in table(content, "transactions.csv")]
    assert numbers == [("42", ""), ("2", "A-43")]


def test_says_itself_what_other_taxes_are() -> None:
    lines = [
        replace(COFFEE, vat_percent=Decimal(rate)) for rate in ("19.0", "10.70", "0", "7", "19")
    ]
    total = euros("29.00")
    content = writer.write([replace(SALE, lines=tuple(lines), total=total)], zone=BERLIN)
    assert [(each["UST_SCHLUESSEL"], each["UST_SATZ"]) for each in table(content, "vat.csv")] == [
        ("1000", "0,00"),
        ("2", "7,00"),
        ("1001", "10,70"),
        ("1", "19,00"),
    ]
    keys = [each["UST_SCHLUESSEL"] for each in table(content, "lines_vat.csv")]
    assert keys == ["1", "1001", "1000", "2", "1"]


def test_reads_back_customers_amounts_and_products() -> None:
    read = reader.read(writer.write([SALE], zone=BERLIN), currency="XXX", zone=BERLIN)
    [receipt] = read.receipts.items
    assert (receipt.kind, receipt.number, receipt.customer_id) == (ReceiptKind.SALE, "42", "K17")
    assert (receipt.total, receipt.eligible) == (SALE.total, SALE.total)
    assert [(each.external_id, each.price, each.vat_percent) for each in read.products.items] == [
        ("100", euros("2.90"), Decimal(19)),
        ("96385074", euros("4.00"), Decimal(7)),
    ]


def test_the_same_sales_are_the_same_file_and_others_another_closing() -> None:
    other = replace(SALE, record_id="rec_2")
    first, again, both = (
        writer.write(each, zone=BERLIN) for each in ([SALE], [SALE], [SALE, other])
    )
    assert first == again
    numbers = [table(each, "cashpointclosing.csv")[0]["Z_NR"] for each in (first, both)]
    assert numbers[0] != numbers[1]
    assert all(0 <= int(each) < 2**31 for each in numbers)


def test_long_record_ids_stay_apart() -> None:
    names = ["x" * 40, "x" * 41, "x" * 42]
    keys = [writer.record_key(name) for name in names]
    assert keys[0] == names[0]
    assert len(set(keys)) == 3
    assert max(map(len, keys)) == 40


def test_holds_no_file_of_a_security_device() -> None:
    assert not [name for name in schema.TABLES if "tse" in name]


def wrong() -> Iterator[tuple[str, list[Sale]]]:
    yield "do not make its total", [replace(SALE, total=euros("7.95"))]
    yield "do not make its total", [replace(SALE, lines=())]
    yield "not in EUR", [SALE, replace(SALE, record_id="r", total=Money(794, "CHF"))]
    yield "not in EUR", [replace(SALE, payments=(SalePayment(PaidBy.CASH, Money(1, "CHF")),))]
    yield "there twice", [SALE, SALE]
    yield "KUNDE_ID", [replace(SALE, customer_id="k" * 51)]
    yield "ART_NR", [replace(SALE, total=COFFEE.total, lines=(replace(COFFEE, number="9" * 51),))]
    dinars = replace(COFFEE, total=Money(1, "KWD"), unit_price=Money(1, "KWD"))
    yield "decimals of KWD", [replace(SALE, total=Money(1, "KWD"), lines=(dinars,), payments=())]


@pytest.mark.parametrize(("reason", "found"), list(wrong()))
def test_refuses_what_would_contradict_itself(reason: str, found: list[Sale]) -> None:
    with pytest.raises(ConnectorRejected, match=reason):
        writer.write(found, zone=BERLIN)


def kind_of(field: object) -> tuple[ColumnKind, int]:
    if isinstance(field, NumericField):
        return ColumnKind.NUMBER, field.places
    if isinstance(field, LocalDateTimeField):
        return ColumnKind.TIME, 0
    if isinstance(field, BooleanField):
        return ColumnKind.FLAG, 0
    return ColumnKind.TEXT, field.max_length or 0  # type: ignore[attr-defined]


def test_our_tables_are_those_of_the_standard() -> None:
    standard = {
        each._filename: (  # type: ignore[attr-defined]
            each.__name__,
            tuple(Column(f.name, *kind_of(f)) for f in each._fields),  # type: ignore[attr-defined]
        )
        for each in vars(models).values()
        if isinstance(each, type) and isinstance(getattr(each, "_filename", None), str)
    }
    for name, found in schema.TABLES.items():
        assert (found.name, found.columns) == standard[name]


def test_no_spreadsheet_runs_a_text_and_ids_stay_as_they_are() -> None:
    line = replace(COFFEE, name="=HYPERLINK(1)", number="-7")
    sale = replace(SALE, record_id="=1", number="+x", lines=(line,), total=line.total, payments=())
    content = writer.write([sale], zone=BERLIN)
    [head] = table(content, "transactions.csv")
    [sold] = table(content, "lines.csv")
    assert (head["BON_ID"], head["BON_NOTIZ"]) == ("=1", "'+x")
    assert (sold["ARTIKELTEXT"], sold["ART_NR"]) == ("'=HYPERLINK(1)", "-7")
