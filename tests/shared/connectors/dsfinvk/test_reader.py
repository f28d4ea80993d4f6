"""What somebody else's library has written into an export is read as what it means."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dsfinvk import models
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.base import Skipped
from shared.connectors.dsfinvk import reader
from shared.connectors.uploads import Contents
from shared.domain.catalog.goods import Category, Product
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.errors import ConnectorRejected
from tests.support import tills
from tests.support.tills import export, head, line, master_data, reference

BERLIN = ZoneInfo("Europe/Berlin")


def read(records: Iterable[Any], changes: dict[str, bytes | None] | None = None) -> Contents:
    return reader.read(export(records, changes), currency="EUR", zone=BERLIN)


def receipts(*records: Any) -> list[Receipt]:
    return list(read([*records, *master_data()]).receipts.items)


def products(*records: Any) -> list[Product]:
    return list(read([*records, *master_data()]).products.items)


def test_reads_a_receipt_and_what_it_sold() -> None:
    found = read([head("b-1", KUNDE_ID="K17"), *line("b-1"), *master_data()])
    assert found.receipts.items == (
        Receipt(
            external_id="Kasse%201:1234:b-1",
            number="7",
            issued_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
            kind=ReceiptKind.SALE,
            total=Money(1000, "EUR"),
            eligible=Money(1000, "EUR"),
            customer_id="K17",
        ),
    )
    assert found.products.items == (
        Product(
            external_id="100",
            name="Espresso",
            number="100",
            ean="4006381333931",
            category_id="10",
            price=Money(1000, "EUR"),
            vat_percent=Decimal(19),
        ),
    )
    assert found.categories.items == (Category("10", "Kaffee"),)
    listings = (found.categories, found.products, found.receipts)
    assert [(each.skipped, each.is_complete) for each in listings] == [((), False)] * 3


@pytest.mark.parametrize(
    ("word", "is_void", "kind"),
    [
        ("Beleg", False, ReceiptKind.SALE),
        ("Beleg", True, ReceiptKind.VOID),
        ("AVBelegstorno", False, ReceiptKind.VOID),
        ("AVTraining", False, ReceiptKind.TRAINING),
        ("AVTraining", True, ReceiptKind.TRAINING),
        ("AVTransfer", False, ReceiptKind.TRANSFER),
        ("AVTransfer", True, ReceiptKind.TRANSFER),
        ("AVBestellung", False, ReceiptKind.OTHER),
        ("AVBelegabbruch", False, ReceiptKind.OTHER),
        ("AVSachbezug", False, ReceiptKind.OTHER),
        ("AVRechnung", False, ReceiptKind.OTHER),
        ("AVSonstige", True, ReceiptKind.OTHER),
        ("beleg", False, ReceiptKind.OTHER),
        ("", False, ReceiptKind.OTHER),
    ],
)
def test_knows_what_a_receipt_stands_for(word: str, is_void: bool, kind: ReceiptKind) -> None:
    records = [head("b-1", BON_TYP=word, BON_STORNO=is_void), *line("b-1"), *master_data()]
    found = read(records)
    assert [each.kind for each in found.receipts.items] == [kind]
    assert bool(found.products.items) == (kind is ReceiptKind.SALE)


@pytest.mark.parametrize(
    ("case", "gross", "eligible"),
    [
        ("Umsatz", "2.50", 1250),
        ("Rabatt", "-2.50", 750),
        ("Aufschlag", "2.50", 1000),
        ("Pfand", "0.25", 1000),
        ("PfandRueckzahlung", "-0.25", 1000),
        ("TrinkgeldAG", "2.00", 1000),
        ("TrinkgeldAN", "2.00", 1000),
        ("MehrzweckgutscheinKauf", "50.00", 1000),
        ("MehrzweckgutscheinEinloesung", "-5.00", 1000),
        ("EinzweckgutscheinKauf", "50.00", 1000),
        ("EinzweckgutscheinEinloesung", "-5.00", 1000),
        ("Anzahlungseinstellung", "10.00", 1000),
        ("Forderungsaufloesung", "10.00", 1000),
        ("Geldtransit", "10.00", 1000),
        ("Anfangsbestand", "10.00", 1000),
        ("Neuartiges", "10.00", 1000),
    ],
)
def test_only_goods_less_discounts_earn(case: str, gross: str, eligible: int) -> None:
    total = Decimal(10) + Decimal(gross)
    found = receipts(head("b-1", str(total)), *line("b-1"), *line("b-1", gross, "2", GV_TYP=case))
    assert [each.eligible for each in found] == [Money(eligible, "EUR")]
    assert [each.total for each in found] == [Money(int(total * 100), "EUR")]


def test_deposits_are_no_products() -> None:
    sold = [head("b-1"), *line("b-1"), *line("b-1", "0.25", "2", ART_NR="P", GV_TYP="Pfand")]
    assert [each.external_id for each in products(*sold)] == ["100"]


@pytest.mark.parametrize(("gross", "minor"), [("0.33333", 67), ("0.12500", 25), ("0.00250", 1)])
def test_adds_up_first_and_rounds_then(gross: str, minor: int) -> None:
    lines = [*line("b-1", gross, "1"), *line("b-1", gross, "2")]
    assert [each.eligible.amount_minor for each in receipts(head("b-1"), *lines)] == [minor]


def test_a_void_takes_back_what_it_refers_to() -> None:
    void = head("b-2", "-10.00", at=10, BON_STORNO=True)
    found = receipts(
        head("b-1"), *line("b-1"), void, *line("b-2", "-10.00"), reference("b-2", "b-1")
    )
    assert [(each.kind, each.voids) for each in found] == [
        (ReceiptKind.SALE, None),
        (ReceiptKind.VOID, found[0].external_id),
    ]
    assert found[1].eligible == Money(-1000, "EUR")


def test_a_void_may_refer_to_an_earlier_closing_of_another_till() -> None:
    target = {"REF_Z_KASSE_ID": "Kasse/2", "REF_Z_NR": 1233}
    void = head("b-2", "-10.00", BON_STORNO=True)
    found = receipts(void, *line("b-2", "-10.00"), reference("b-2", "b-1", **target))
    assert [each.voids for each in found] == ["Kasse%2F2:1233:b-1"]


def test_a_reference_without_till_and_closing_means_the_same_ones() -> None:
    rows = b"Z_KASSE_ID;Z_NR;BON_ID;REF_TYP;REF_Z_KASSE_ID;REF_Z_NR;REF_BON_ID\r\n"
    rows += b"Kasse 1;1234;b-2;Transaktion;;;b-1\r\n"
    records = [head("b-2", BON_STORNO=True), *line("b-2"), *master_data()]
    found = read(records, {"references.csv": rows}).receipts.items
    assert [each.voids for each in found] == ["Kasse%201:1234:b-1"]


@pytest.mark.parametrize("kind", ["ExterneRechnung", "ExternerLieferschein", "ExterneSonstige"])
def test_a_reference_to_elsewhere_voids_nothing(kind: str) -> None:
    found = receipts(
        head("b-2", BON_STORNO=True), *line("b-2", "-1.00"), reference("b-2", "R-1", REF_TYP=kind)
    )
    assert [(each.kind, each.voids) for each in found] == [(ReceiptKind.VOID, None)]


def test_of_several_references_the_first_one_counts() -> None:
    outer = reference("b-2", "R-1", REF_TYP="ExterneRechnung")
    found = receipts(
        head("b-2", BON_STORNO=True),
        *line("b-2", "-10.00"),
        *(outer, reference("b-2", "b-1"), reference("b-2", "b-0")),
    )
    assert [each.voids for each in found] == ["Kasse%201:1234:b-1"]


def test_a_receipt_that_was_voided_in_place_takes_itself_back() -> None:
    [found] = receipts(head("b-1", BON_STORNO=True), *line("b-1"))
    assert (found.kind, found.voids) == (ReceiptKind.VOID, found.external_id)


@pytest.mark.parametrize(("named", "customer"), [("", "K17"), ("K18", "K18")])
def test_a_void_is_its_buyers_unless_it_says_whose_it_is(named: str, customer: str) -> None:
    void = head("b-2", "-10.00", at=10, BON_STORNO=True, KUNDE_ID=named)
    found = receipts(
        *[head("b-1", KUNDE_ID="K17"), *line("b-1")],
        *[void, *line("b-2", "-10.00"), reference("b-2", "b-1")],
    )
    assert [each.customer_id for each in found] == ["K17", customer]


def test_a_sale_that_refers_to_another_takes_nothing_back() -> None:
    found = receipts(head("b-2"), *line("b-2"), reference("b-2", "b-1"))
    assert [(each.kind, each.voids) for each in found] == [(ReceiptKind.SALE, None)]


def test_goods_brought_back_take_back_their_share_of_the_receipt_they_refer_to() -> None:
    back = [head("b-2", "-3.00", at=10), *line("b-2", "-3.00"), reference("b-2", "b-1")]
    found = receipts(head("b-1", KUNDE_ID="K17"), *line("b-1"), *back)
    assert [(each.kind, each.eligible.amount_minor, each.voids) for each in found] == [
        (ReceiptKind.SALE, 1000, None),
        (ReceiptKind.VOID, -300, found[0].external_id),
    ]
    assert found[1].customer_id == "K17"


def test_what_earns_nothing_is_a_sale_and_takes_nothing_back() -> None:
    sold = line("b-2", "25.00", GV_TYP="MehrzweckgutscheinKauf")
    [found] = receipts(head("b-2", "25.00"), *sold, reference("b-2", "b-1"))
    assert (found.kind, found.eligible, found.voids) == (ReceiptKind.SALE, Money(0, "EUR"), None)


def test_goods_brought_back_without_a_reference_are_no_sale() -> None:
    found = receipts(head("b-1", "-3.00"), *line("b-1", "-3.00"))
    assert [(each.kind, each.eligible.amount_minor, each.voids) for each in found] == [
        (ReceiptKind.OTHER, -300, None)
    ]


def test_receipts_come_in_order_of_time() -> None:
    found = receipts(
        *[head("b-3", at=11), head("b-1", at=9), head("b-2", at=9)],
        *[each for name in ("b-1", "b-2", "b-3") for each in line(name)],
    )
    assert [each.external_id[-3:] for each in found] == ["b-1", "b-2", "b-3"]


def test_the_same_receipt_number_in_another_closing_is_another_receipt() -> None:
    other = {"Z_NR": 1235}
    found = receipts(head("b-1"), *line("b-1"), head("b-1", **other), *line("b-1", **other))
    assert [each.external_id for each in found] == ["Kasse%201:1234:b-1", "Kasse%201:1235:b-1"]
    assert [each.eligible.amount_minor for each in found] == [1000, 1000]


@given(
    st.lists(
        st.tuples(st.text(), st.integers(0, 10**6).map(str), st.text()), unique=True, max_size=8
    )
)
def test_no_two_receipts_share_an_id(keys: list[tuple[str, str, str]]) -> None:
    ids = [reader.receipt_id(*key) for key in keys]
    assert len(set(ids)) == len(keys)
    assert not any("/" in each for each in ids)


def test_a_till_says_its_currency() -> None:
    found = read([head("b-1"), *line("b-1"), *master_data("CHF")])
    assert found.receipts.items[0].total == Money(1000, "CHF")
    assert found.products.items[0].price == Money(1000, "CHF")


def test_the_latest_sale_says_what_a_product_is_called_and_costs() -> None:
    renamed = {"ARTIKELTEXT": "Espresso doppio", "GTIN": "96385074", "WARENGR": "Heißes"}
    found = read([
        *[head("b-2", at=12), *line("b-2", "3.20", **renamed)],
        *[head("b-1", at=9), *line("b-1", "2.90")],
        *master_data(),
    ])  # fmt: skip
    assert [(each.name, each.ean, each.price) for each in found.products.items] == [
        ("Espresso doppio", "96385074", Money(320, "EUR"))
    ]
    assert found.categories.items == (Category("10", "Heißes"),)


@pytest.mark.parametrize("price", ["0.00", "-2.90"])
def test_what_was_given_or_brought_back_has_no_new_price(price: str) -> None:
    late = {"STK_BR": Decimal(price), "UST_SCHLUESSEL": 2}
    found = products(
        head("b-1", at=9), *line("b-1", "2.90"), head("b-2", at=12), *line("b-2", "0.00", **late)
    )
    assert [(each.price, each.vat_percent) for each in found] == [(Money(290, "EUR"), Decimal(7))]


def test_a_product_without_any_price_has_none() -> None:
    found = products(head("b-1"), *line("b-1", STK_BR=Decimal(0)))
    assert [each.price for each in found] == [None]


def test_a_line_that_was_taken_back_shows_no_product() -> None:
    gone = line("b-1", "9.99", "2", ART_NR="200", P_STORNO=True)
    assert [each.external_id for each in products(head("b-1"), *line("b-1"), *gone)] == ["100"]


def test_a_product_may_have_a_gtin_alone_or_a_number_alone() -> None:
    found = products(
        head("b-1"),
        *line("b-1", "1.00", "1", ART_NR=""),
        *line("b-1", "1.00", "2", ART_NR="A/7", GTIN="4711", WARENGR_ID="", WARENGR=""),
    )
    assert [(each.external_id, each.number, each.ean) for each in found] == [
        ("4006381333931", None, "4006381333931"),
        ("A/7", "A/7", None),
    ]
    assert [each.category_id for each in found] == ["10", None]


def test_says_which_products_it_cannot_take() -> None:
    found = read([
        head("b-1"),
        *line("b-1", "1.00", "1", ART_NR="", GTIN="", ARTIKELTEXT="Diverses"),
        *line("b-1", "1.00", "2", ART_NR="", GTIN="", ARTIKELTEXT="Diverses"),
        *line("b-1", "1.00", "3", ART_NR="9", ARTIKELTEXT=""),
        *line("b-1", "1.79900", "4", ART_NR="Diesel"),
        *line("b-1", "5.00", "5", ART_NR="1"),
        *master_data(),
    ])  # fmt: skip
    assert [each.external_id for each in found.products.items] == ["1"]
    assert {each.external_id for each in found.products.skipped} == {"Diverses", "9", "Diesel"}
    reasons = " ".join(each.reason for each in found.products.skipped)
    assert "finer than a minor unit" in reasons
    assert found.receipts.items[0].eligible == Money(980, "EUR")


def test_a_product_that_was_nameless_once_is_taken_by_its_name() -> None:
    found = read([
        *[head("b-1", at=9), *line("b-1", ARTIKELTEXT="")],
        *[head("b-2", at=10), *line("b-2")],
        *master_data(),
    ])  # fmt: skip
    assert [each.name for each in found.products.items] == ["Espresso"]
    assert found.products.skipped == ()


def test_goods_of_two_taxes_have_no_rate() -> None:
    second = models.Bonpos_USt(
        **tills.CLOSING,
        BON_ID="b-1",
        POS_ZEILE="1",
        UST_SCHLUESSEL=2,
        POS_BRUTTO=Decimal("2.00"),
        POS_NETTO=Decimal(0),
        POS_UST=Decimal(0),
    )
    found = read([head("b-1", "12.00"), *line("b-1"), second, *master_data()])
    assert [each.vat_percent for each in found.products.items] == [None]
    assert [each.eligible.amount_minor for each in found.receipts.items] == [1200]


def test_files_that_need_not_be_there_may_be_missing() -> None:
    found = read([head("b-1"), *line("b-1")])
    assert [each.vat_percent for each in found.products.items] == [None]
    assert [each.total for each in found.receipts.items] == [Money(1000, "EUR")]


@pytest.mark.parametrize("name", ["transactions.csv", "lines.csv", "lines_vat.csv"])
def test_is_no_export_without_its_receipts(name: str) -> None:
    with pytest.raises(ConnectorRejected, match=name):
        read([head("b-1"), *line("b-1"), *master_data()], {name: None})


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("BON_ENDE", "gestern", "gestern is no time"),
        ("BON_ENDE", "9999-12-31T23:59:59-12:00", "is no time"),
        ("UMS_BRUTTO", "10.00", "10.00 is no number"),
        ("UMS_BRUTTO", "", "is no number"),
        ("UMS_BRUTTO", "9" * 30, "is no number"),
        ("UMS_BRUTTO", "1,005", "finer than a minor unit"),
        ("BON_ID", "", "no BON_ID"),
        ("BON_ID", "x" * 101, "too long"),
    ],
)
def test_says_which_receipts_it_cannot_take(column: str, value: str, reason: str) -> None:
    records = [head("b-1"), head("b-2"), *line("b-1"), *line("b-2"), *master_data()]
    rows = list(csv.DictReader(io.StringIO(heads_of(records)), delimiter=";"))
    rows[0][column] = value
    found = read(records, {"transactions.csv": written(rows)}).receipts
    assert [each.external_id[-3:] for each in found.items] == ["b-2"]
    assert reason in found.skipped[0].reason


def test_an_amount_that_is_none_costs_its_receipt_and_no_other() -> None:
    records = [head("b-1"), head("b-2"), *line("b-1"), *line("b-2"), *master_data()]
    amounts = tills.file_of(export(records), "lines_vat.csv")
    broken = amounts.replace(b"10,00000", b"zehn", 1)
    found = read(records, {"lines_vat.csv": broken}).receipts
    assert [each.external_id for each in found.items] == ["Kasse%201:1234:b-2"]
    assert [each.external_id for each in found.skipped] == ["Kasse%201:1234:b-1"]


def test_a_receipt_that_is_there_twice_is_not_guessed_at() -> None:
    found = read([head("b-1"), head("b-1", "99.00"), *line("b-1"), *master_data()]).receipts
    assert found.items == ()
    assert found.skipped == (Skipped("Kasse%201:1234:b-1", "is in the file twice"),)


def test_lines_without_a_head_are_told() -> None:
    found = read([head("b-1"), *line("b-1"), *line("b-9"), *master_data()]).receipts
    assert [each.external_id for each in found.items] == ["Kasse%201:1234:b-1"]
    assert [each.external_id for each in found.skipped] == ["Kasse%201:1234:b-9"]


def test_reads_numbers_of_closings_with_and_without_points() -> None:
    records = [head("b-1"), *line("b-1"), *master_data()]
    content = export(records)
    assert b";1.234;" in tills.file_of(content, "lines.csv")
    plain = tills.file_of(content, "lines.csv").replace(b";1.234;", b";1234;")
    found = read(records, {"lines.csv": plain})
    assert found == read(records)
    assert found.receipts.items[0].eligible == Money(1000, "EUR")


def test_reads_files_as_their_description_says() -> None:
    content = export([head("b-1", "1234.50"), *line("b-1", "1234.50"), *master_data()])
    kinds = [models.Bonkopf, models.Bonpos, models.Bonpos_USt, models.Stamm_USt]
    index = tills.described(kinds, decimal=".", grouping=",", delimiter="|", code="ANSI")
    points = str.maketrans({",": ".", ".": ",", ";": "|"})
    changes: dict[str, bytes | None] = {
        kind._filename: tills.file_of(content, kind._filename)
        .decode()
        .translate(points)
        .replace("Kaffee", "Café")
        .encode("cp1252")
        for kind in kinds
    }
    changes |= {"index.xml": index.encode(), "cashregister.csv": None}
    found = reader.read(tills.repacked(content, changes), currency="EUR", zone=BERLIN)
    assert found.receipts.items[0].eligible == Money(123450, "EUR")
    assert found.categories.items == (Category("10", "Café"),)
    assert found.products.items[0].vat_percent == Decimal(19)


def test_a_till_in_another_time_zone() -> None:
    content = export([head("b-1"), *line("b-1"), *master_data()])
    found = reader.read(content, currency="EUR", zone=ZoneInfo("UTC")).receipts.items
    assert [each.issued_at.hour for each in found] == [9]


def heads_of(records: list[Any]) -> str:
    return tills.file_of(export(records), "transactions.csv").decode()


def written(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
