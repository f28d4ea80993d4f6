"""Stock, suppliers and orders in CSV."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors import tables
from shared.connectors.base import Note, Skipped
from shared.connectors.encodings import Text, to_text
from shared.connectors.erp import generic_files
from shared.connectors.uploads import Listing
from shared.domain.catalog.goods import Order, OrderLine, StockLevel, Supplier
from shared.domain.money import Money
from shared.errors import ConnectorRejected


def stock(text: str, *, is_complete: bool = False) -> Listing[StockLevel]:
    return generic_files.read_stock(Text(text), is_complete=is_complete)


def suppliers(text: str) -> Listing[Supplier]:
    return generic_files.read_suppliers(Text(text), is_complete=False)


def orders(text: str, *, is_complete: bool = False) -> Listing[Order]:
    return generic_files.read_orders(Text(text), currency="EUR", is_complete=is_complete)


@pytest.mark.parametrize(
    "text",
    [
        "productId;sku;ean;quantity;unit;locationId\n7;700001;4006381333931;12,5;Stk;main\n",
        "Artikel-ID;Artikelnummer;EAN;Bestand;Einheit;Lager\r\n7;700001;4006381333931;12.50;Stk;main",
        "ARTIKEL_ID\tArt.-Nr.\tGTIN\tMenge\tEINHEIT\tLagerort\n7\t700001\t4006381333931\t12,5\tStk\tmain",
        'unit,product id,hue,"SKU",quantity,ean,location\nStk,7,,700001,"12,5",4006381333931,main',
    ],
    ids=["english", "german", "tabs", "commas"],
)
def test_reads_stock_whatever_the_headings_are_called(text: str) -> None:
    assert stock(text) == Listing(
        (StockLevel("7", "main", Decimal("12.5"), "Stk", "700001", "4006381333931"),)
    )


def test_stock_needs_a_product_and_a_quantity_only() -> None:
    listing = stock("sku;ean;quantity\na1;;3\n;96385074;-2\n")
    assert listing.items == (
        StockLevel("a1", "stock", Decimal(3), number="a1"),
        StockLevel("96385074", "stock", Decimal(-2), ean="96385074"),
    )


def test_a_row_that_makes_no_sense_keeps_no_other_back_and_is_told_by_its_line() -> None:
    listing = stock(
        "sku;ean;quantity;unit\n"
        "a1;;3;\n"
        "\n"
        ";;;\n"
        "a2;;viele;\n"
        "a3;123;1;\n"
        ";;5;\n"
        "a4;;;Stk\n"
        f"{'x' * 101};;1;\n"
        "a1;;4;\n"
        "a5;;7\n"
    )
    assert [(each.product_id, each.quantity) for each in listing.items] == [
        ("a1", Decimal(3)),
        ("a5", Decimal(7)),
    ]
    assert listing.skipped == (
        Skipped("a2", "line 5: quantity is no number: viele"),
        Skipped("a3", "line 6: ean is no valid EAN"),
        Skipped("line 7", "line 7: productId is missing"),
        Skipped("a4", "line 8: quantity is missing"),
        Skipped("x" * 100, "line 9: sku is too long"),
        Skipped("a1@stock", "is in the file twice"),
    )


@pytest.mark.parametrize(
    ("text", "is_complete"),
    [
        ("sku;quantity\na1;3\n", True),
        ("sku;quantity\na1;3\na2;x\n", False),
        ("sku;quantity\na1;3\na1;3\n", False),
        ("sku;quantity\n", False),
    ],
)
def test_a_slip_deletes_nothing(text: str, *, is_complete: bool) -> None:
    assert stock(text, is_complete=True).is_complete is is_complete
    assert not stock(text).is_complete


def test_one_product_may_lie_in_two_places() -> None:
    listing = stock("sku;quantity;location\na1;3;shop\na1;4;cellar\n")
    assert [each.external_id for each in listing.items] == ["a1@shop", "a1@cellar"]


@pytest.mark.parametrize("written", ["1,5", "1.5", "1.50", "0001,5"])
def test_decimals_have_a_comma_or_a_point(written: str) -> None:
    assert stock(f"sku;quantity\na;{written}\n").items[0].quantity == Decimal("1.5")


@pytest.mark.parametrize(
    "written", ["1.23,5", "1,23,4.5", "1e3", "--1", "1,", ",5", "NaN", "٣", "1" * 13, "+1", "1 00"]
)
def test_what_is_no_number_is_told(written: str) -> None:
    listing = stock(f'sku;quantity\na;"{written}"\n')
    reason = f"line 2: quantity is no number: {written}"
    assert (listing.items, listing.skipped[0].reason) == ((), reason)


@pytest.mark.parametrize("written", ["1 000,5", "1'000.5", "1\u00a0000,50"])
def test_thousands_may_have_a_space_or_an_apostrophe(written: str) -> None:
    assert stock(f'sku;quantity\na;"{written}"\n').items[0].quantity == Decimal("1000.5")


@pytest.mark.parametrize("other", ["0,5", "12,50", "1.234.567"])
def test_a_quantity_is_read_as_the_others_of_its_column(other: str) -> None:
    listing = stock(f"sku;quantity\na;1.200\nb;{other}\n")
    assert listing.items[0].quantity == Decimal(1200)
    text = f"quantity: read with a decimal comma, as in line 3: {other}"
    assert listing.notes == (Note("", text),)


def test_a_quantity_that_may_be_two_is_refused_with_what_to_write() -> None:
    listing = stock("sku;quantity\na;1.200\nb;5\n", is_complete=True)
    assert [each.product_id for each in listing.items] == ["b"]
    reason = "line 2: quantity 1.200 may be 1.2 or 1200: write 1.2 or 1200.00"
    assert listing.skipped == (Skipped("a", reason),)
    assert not listing.is_complete


def test_amounts_of_orders_are_read_by_their_columns() -> None:
    rows = "id;total;sku;quantity;amount\nB-1;1.250;a1;1,000;1.250,00\nB-2;3,50;a1;2,5;3,50\n"
    found = orders(rows)
    assert found.items[0].total == Money(125_000, "EUR")
    assert found.items[0].lines[0].amount == Money(125_000, "EUR")
    assert [each.lines[0].quantity for each in found.items] == [Decimal(1), Decimal("2.5")]
    assert [each.text for each in found.notes] == [
        "quantity: read with a decimal comma, as in line 3: 2,5",
        "total: read with a decimal comma, as in line 3: 3,50",
    ]


def test_reads_files_as_excel_writes_them() -> None:
    rows = "sep=;\r\nArtikelnummer;Menge;Lager;\r\na;1,5;Köln;\r\n"
    for content in (rows.encode("utf-16"), rows.encode("utf-8-sig")):
        found = generic_files.read_stock(to_text(content), is_complete=True)
        [level] = found.items
        assert (level.location_id, level.quantity) == ("Köln", Decimal("1.5"))
        assert (found.skipped, found.notes, found.is_complete) == ((), (), True)
    found = generic_files.read_stock(to_text(rows.encode("cp1252")), is_complete=True)
    assert found.items == (level,)
    assert "was read as Windows-1252" in found.notes[0].text


def test_says_how_many_rows_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS_MAX", 2)
    with pytest.raises(ConnectorRejected, match="more than 2 rows"):
        stock("sku;quantity\na;1\nb;1\nc;1\n")


@given(st.decimals(-(10**9), 10**9, places=4))
def test_numbers_are_exact(number: Decimal) -> None:
    text = f"{number:f}".replace(".", ",")
    assert stock(f"sku;quantity\na;{text}\n").items[0].quantity == number


def test_reads_suppliers() -> None:
    listing = suppliers(
        "Lieferantennummer;Firma;Land;Ort\n"
        "70001;Rösterei;de;Hamburg\n"
        "70002;Mühle;;\n"
        ";Namenlos;;\n"
        "70003;;DE;\n"
        "70004;Hof;Deutschland;\n"
    )
    assert listing.items == (
        Supplier("70001", "Rösterei", "70001", "DE"),
        Supplier("70002", "Mühle", "70002"),
    )
    assert listing.skipped == (
        Skipped("line 4", "line 4: id is missing"),
        Skipped("line 5", "line 5: name is missing"),
        Skipped("line 6", "line 6: country is no code of two letters, like DE"),
    )


def test_a_supplier_may_have_an_id_besides_the_number() -> None:
    assert suppliers("id;number;name\n7;70001;Hof\n").items == (Supplier("7", "Hof", "70001"),)


def test_reads_orders_of_several_lines_wherever_these_are() -> None:
    listing = orders(
        "Bestellnummer;Status;Bestelldatum;Lieferanten-ID;Gesamtbetrag;Artikelnummer;Bezeichnung;"
        "Menge;Betrag\n"
        "B-1;offen;01.07.2026;70001;30,00;a1;Kaffee;2;20,00\n"
        "B-2;;2026-07-02T10:00:00+02:00;;;;;;\n"
        "B-1;;;;;a2;Tee;1,5;10\n"
    )
    assert listing == Listing(
        (
            Order(
                external_id="B-1",
                number="B-1",
                status="offen",
                ordered_at=datetime(2026, 6, 30, 22, tzinfo=UTC),
                supplier_id="70001",
                total=Money(3000, "EUR"),
                lines=(
                    OrderLine(Decimal(2), "Kaffee", None, "a1", Money(2000, "EUR")),
                    OrderLine(Decimal("1.5"), "Tee", None, "a2", Money(1000, "EUR")),
                ),
            ),
            Order("B-2", "B-2", "", datetime(2026, 7, 2, 8, tzinfo=UTC)),
        )
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("B-1;x;;;a1;1;", "line 3: orderedAt is no date"),
        ("B-1;;1,0050;;a1;1;", "line 3: 1.0050 EUR is finer than a minor unit"),
        ("B-1;;;;a1;;", "line 3: quantity is missing"),
        ("B-1;;;;a1;x;", "line 3: quantity is no number: x"),
        ("B-1;;;;a1;1;x", "line 3: amount is no number: x"),
        (f"B-1;;;{'x' * 101};a1;1;", "line 3: supplierId is too long"),
        (f"B-1;;;;{'x' * 101};1;", "line 3: productId is too long"),
    ],
)
def test_an_order_is_whole_or_not_at_all(row: str, reason: str) -> None:
    listing = orders(
        "id;orderedAt;total;supplierId;productId;quantity;amount\n"
        "B-0;;;;a1;1;\n"
        f"{row}\n"
        "B-1;;;;a2;1;\n",
        is_complete=True,
    )
    assert [each.external_id for each in listing.items] == ["B-0"]
    assert listing.skipped == (Skipped("B-1", reason),)
    assert not listing.is_complete


def test_a_row_of_no_order_is_told() -> None:
    listing = orders(f"id;quantity;sku\nB-1;1;a1\n;1;a1\n{'x' * 101};1;a1\n", is_complete=True)
    assert [each.external_id for each in listing.items] == ["B-1"]
    assert listing.skipped == (
        Skipped("a1", "line 3: id is missing"),
        Skipped("x" * 100, "line 4: id is too long"),
    )
    assert not listing.is_complete
    assert orders("id\nB-1\n", is_complete=True).is_complete
    assert not orders("id\n", is_complete=True).is_complete


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no heading quantity"),
        ("sku;colour\na;1\n", "no heading quantity"),
        ("sku;quantity;Bestand\na;1;2\n", "two headings for quantity"),
        ("sku,quantity\na,1,5\n", "Line 2 of the file has more fields"),
        ("%PDF-1.7\n", "no heading quantity"),
        (f"sku;quantity\n{'x' * 200_000};1\n", "no CSV in line 2"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConnectorRejected, match=says):
        stock(text)


def test_a_file_of_orders_has_at_least_one_heading_of_ours() -> None:
    with pytest.raises(ConnectorRejected, match="no heading of ours"):
        orders("colour\nred\n")
