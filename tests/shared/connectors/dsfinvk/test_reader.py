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

from shared.connectors.base import Note, Skipped
from shared.connectors.dsfinvk import reader
from shared.connectors.uploads import Contents
from shared.domain.catalog.goods import Category, Product
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
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
            series="2026-03-02T19:00:00.000Z",
            lines=(PurchaseLine(Decimal("10.00"), LineType.ITEM, "10", "100", Decimal(19)),),
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


def test_lines_are_told_by_what_they_are_for_programs_to_decide_on() -> None:
    sold = [
        *line("b-1"),
        *line("b-1", "5.00", "2"),
        *line("b-1", "4.00", "3", ART_NR="7", WARENGR_ID="20", UST_SCHLUESSEL=2),
        *line("b-1", "-1.00", "4", GV_TYP="Rabatt"),
        *line("b-1", "0.25", "5", GV_TYP="Pfand", ART_NR="P", WARENGR_ID=""),
        *line("b-1", "25.00", "6", GV_TYP="MehrzweckgutscheinKauf", ART_NR="", GTIN=""),
        *line("b-1", "-5.00", "7", GV_TYP="MehrzweckgutscheinEinloesung"),
    ]
    (found,) = receipts(head("b-1", "38.25", KUNDE_ID="K17"), *sold)

    assert found.eligible == Money(1800, "EUR")
    assert found.lines == (
        PurchaseLine(Decimal("15.00"), LineType.ITEM, "10", "100", Decimal(19)),
        PurchaseLine(Decimal("4.00"), LineType.ITEM, "20", "7", Decimal(7)),
        PurchaseLine(Decimal("-1.00"), LineType.DISCOUNT, "10", "100", Decimal(19)),
        PurchaseLine(Decimal("0.25"), LineType.DEPOSIT, "Kaffee", "P", Decimal(19)),
        PurchaseLine(Decimal("25.00"), LineType.VOUCHER, "10", None, Decimal(19)),
    )


def test_lines_are_kept_of_receipts_that_may_count() -> None:
    sold = (
        head("b-1", KUNDE_ID="K17"),
        head("b-2"),
        head("b-3", KUNDE_ID="K1", BON_TYP="AVTransfer"),
    )
    found = receipts(*sold, *line("b-1"), *line("b-2"), *line("b-3"))

    assert {each.external_id[-3:]: len(each.lines) for each in found} == {
        "b-1": 1,
        "b-2": 0,
        "b-3": 0,
    }


def test_more_lines_than_are_kept_are_told_and_a_receipt_has_all_or_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "LINES_KEPT_MAX", 2)
    sold = [head("b-1", KUNDE_ID="K17"), head("b-2", "20.00", KUNDE_ID="K17")]
    found = read(
        [*sold, *line("b-1"), *line("b-2"), *line("b-2", place="2"), *master_data()]
    ).receipts

    assert [len(each.lines) for each in found.items] == [1, 0]
    assert [each.eligible.amount_minor for each in found.items] == [1000, 2000]
    (note,) = found.notes
    assert note.text.startswith("lines.csv has more than 2 lines of customers")
    assert note.text.endswith("export fewer days")


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


@pytest.mark.parametrize("net", ["3.00", "0.00", "-3.00"])
def test_a_sale_that_refers_to_another_says_what_it_sold_less_what_came_back(net: str) -> None:
    back = Decimal(net) - 10
    second = [*line("b-2"), *line("b-2", str(back), "2"), reference("b-2", "b-1")]
    found = receipts(*[head("b-1", KUNDE_ID="K17"), *line("b-1")], head("b-2", net, at=10), *second)
    assert [(each.kind, each.voids) for each in found] == [
        (ReceiptKind.SALE, None),
        (ReceiptKind.SALE, found[0].external_id),
    ]
    assert found[1].eligible == Money(int(Decimal(net) * 100), "EUR")
    assert found[1].voids_series == found[0].series
    assert [each.customer_id for each in found] == ["K17", "K17"]


def test_what_earns_nothing_is_a_sale_of_nothing() -> None:
    sold = line("b-2", "25.00", GV_TYP="MehrzweckgutscheinKauf")
    [found] = receipts(head("b-2", "25.00"), *sold, reference("b-2", "b-1"))
    assert (found.kind, found.eligible) == (ReceiptKind.SALE, Money(0, "EUR"))


def test_a_void_of_a_deposit_takes_nothing_back() -> None:
    void = [
        head("b-2", "-2.00", BON_TYP="AVBelegstorno"),
        *line("b-2", "-2.00", GV_TYP="Pfand"),
        reference("b-2", "b-1"),
    ]
    found = receipts(head("b-1"), *line("b-1"), *void)
    assert (found[1].kind, found[1].eligible) == (ReceiptKind.VOID, Money(0, "EUR"))
    assert found[1].voids == found[0].external_id


def test_goods_brought_back_without_a_reference_are_a_void_of_nobody_knows_what() -> None:
    found = receipts(head("b-1", "-3.00"), *line("b-1", "-3.00"))
    assert [(each.kind, each.eligible.amount_minor, each.voids) for each in found] == [
        (ReceiptKind.VOID, -300, None)
    ]


def test_a_sale_that_refers_to_its_order_is_no_exchange() -> None:
    order = [head("o-1", "10.00", BON_TYP="AVBestellung"), *line("o-1")]
    found = receipts(*order, head("b-1", at=10), *line("b-1"), reference("b-1", "o-1"))
    assert [(each.kind, each.voids) for each in found] == [
        (ReceiptKind.OTHER, None),
        (ReceiptKind.SALE, None),
    ]


def test_a_sale_and_its_void_of_the_same_second_are_both_kept_the_sale_first() -> None:
    void = [head("10", "-10.00", BON_STORNO=True), *line("10", "-10.00"), reference("10", "9")]
    found = receipts(*void, head("9"), *line("9"))
    assert [(each.external_id[-2:], each.kind) for each in found] == [
        (":9", ReceiptKind.SALE),
        ("10", ReceiptKind.VOID),
    ]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("1", ReceiptKind.VOID),
        ("true", ReceiptKind.VOID),
        ("True", ReceiptKind.VOID),
        ("ja", ReceiptKind.VOID),
        ("J", ReceiptKind.VOID),
        ("", ReceiptKind.SALE),
        ("0", ReceiptKind.SALE),
        ("False", ReceiptKind.SALE),
        ("nein", ReceiptKind.SALE),
        ("vielleicht", None),
        ("2", None),
    ],
)
def test_reads_whether_a_receipt_is_void_in_any_spelling(
    word: str, kind: ReceiptKind | None
) -> None:
    records = [head("b-1"), *line("b-1"), *master_data()]
    found = read(records, {"transactions.csv": with_value(records, "BON_STORNO", word)}).receipts
    assert [each.kind for each in found.items] == ([kind] if kind else [])
    # Its amounts stand and it refers to nothing: it was voided in place.
    own = [each.external_id for each in found.items if kind is ReceiptKind.VOID]
    assert [each.voids for each in found.items if each.voids] == own
    shown = f"has no valid type, time or total: BON_STORNO {word} is neither yes nor no"
    assert [each.reason for each in found.skipped] == ([] if kind else [shown])


@pytest.mark.parametrize(
    ("word", "products"), [("true", 1), ("ja", 1), ("1", 1), ("false", 2), ("quatsch", 1)]
)
def test_reads_whether_a_line_is_void_in_any_spelling(word: str, products: int) -> None:
    gone = line("b-1", "9.99", "2", ART_NR="200", P_STORNO=True)
    records = [head("b-1"), *line("b-1"), *gone, *master_data()]
    text = tills.file_of(export(records), "lines.csv").decode()
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    rows[1]["P_STORNO"] = word
    found = read(records, {"lines.csv": written(rows)}).products
    assert len(found.items) == products
    reasons = [each.reason for each in found.skipped]
    assert reasons == (["P_STORNO quatsch is neither yes nor no"] if word == "quatsch" else [])


@pytest.mark.parametrize(
    ("total", "others", "eligible", "is_told"),
    [
        ("10.00", [], 1000, True),
        ("8.00", ["-2.00"], 1000, True),
        ("60.00", ["50.00"], 1000, True),
        ("0.00", [], 0, True),
        ("1000.00", [], 100_000, False),
        ("998.00", ["-2.00"], 100_000, False),
        ("999.99", [], 99_999, False),
    ],
)
def test_never_more_earns_than_was_paid_for_what_earns(
    total: str, others: list[str], eligible: int, is_told: bool
) -> None:
    deposits = [
        each
        for number, gross in enumerate(others)
        for each in line("b-1", gross, f"p{number}", GV_TYP="Pfand")
    ]
    [found] = receipts(head("b-1", total), *line("b-1", "1000.00"), *deposits)
    counted = Money(eligible, "EUR")
    assert found.eligible == counted
    assert found.doubt == (
        f"its lines say 1000.00 EUR, but {counted} were paid: {counted} count" if is_told else None
    )


def test_never_more_is_taken_back_than_was_paid_back() -> None:
    void = [head("b-2", "-10.00", BON_STORNO=True), *line("b-2", "-1000.00")]
    [found] = receipts(*void, reference("b-2", "b-1"))
    assert (found.eligible, bool(found.doubt)) == (Money(-1000, "EUR"), True)


AGAIN = {"Z_ERSTELLUNG": datetime(2026, 3, 9, 20, tzinfo=UTC)}


def test_a_till_that_begins_its_numbers_anew_has_two_receipts_of_one_id() -> None:
    later = head("b-1", "3.00", KUNDE_ID="K18", **AGAIN)
    found = receipts(
        *[head("b-1", KUNDE_ID="K17"), *line("b-1")], later, *line("b-1", "3.00", **AGAIN)
    )
    assert {(each.series, each.customer_id, each.eligible.amount_minor) for each in found} == {
        ("2026-03-02T19:00:00.000Z", "K17", 1000),
        ("2026-03-09T19:00:00.000Z", "K18", 300),
    }
    assert {each.external_id for each in found} == {"Kasse%201:1234:b-1"}


def test_the_same_receipt_twice_in_one_series_is_not_guessed_at() -> None:
    rows = [head("b-1"), head("b-1", **AGAIN), head("b-1", "9.00", **AGAIN)]
    found = read([*rows, *line("b-1"), *master_data()]).receipts
    assert [each.series for each in found.items] == ["2026-03-02T19:00:00.000Z"]
    assert found.skipped == (Skipped("Kasse%201:1234:b-1", "is in the file twice"),)


def test_lines_that_do_not_say_of_which_series_they_are_cost_both_receipts() -> None:
    records = [head("b-1"), head("b-1", **AGAIN), *line("b-1"), *line("b-1", **AGAIN)]
    records += [head("b-2"), *line("b-2")]
    text = tills.file_of(export(records), "lines.csv").decode()
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    for row in rows:
        del row["Z_ERSTELLUNG"]
    found = read(records, {"lines.csv": written(rows)}).receipts
    assert [(each.external_id[-3:], each.eligible.amount_minor) for each in found.items] == [
        ("b-2", 1000)
    ]
    reason = "is there of several Z_ERSTELLUNG, and a row does not say of which"
    assert found.skipped == (Skipped("Kasse%201:1234:b-1", reason),)


@pytest.mark.parametrize(
    ("spelling", "series"),
    [
        ("2026-03-02T20:00:00", "2026-03-02T19:00:00.000Z"),
        ("2026-03-02T20:00:00+01:00", "2026-03-02T19:00:00.000Z"),
        ("2026-03-02T19:00:00.000Z", "2026-03-02T19:00:00.000Z"),
        ("", None),
        ("gestern", None),
    ],
)
def test_a_series_is_spelled_in_one_way(spelling: str, series: str | None) -> None:
    records = [head("b-1"), *line("b-1"), *master_data()]
    heads = with_value(records, "Z_ERSTELLUNG", spelling)
    [found] = read(records, {"transactions.csv": heads}).receipts.items
    assert (found.series, found.eligible.amount_minor) == (series, 1000)


@pytest.mark.parametrize(
    ("at", "dated", "series"),
    [
        # The latest sale before the void, of two with one id.
        (12, None, "2026-03-09T19:00:00.000Z"),
        (10, None, "2026-03-02T19:00:00.000Z"),
        # The reference tells the time of its sale.
        (12, datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "2026-03-02T19:00:00.000Z"),
        (8, None, None),
    ],
)
def test_of_several_receipts_of_one_id_a_reference_means_one(
    at: int, dated: datetime | None, series: str | None
) -> None:
    sales = [
        *[head("b-1", at=9, KUNDE_ID="K17"), *line("b-1")],
        *[head("b-1", at=11, KUNDE_ID="K18", **AGAIN), *line("b-1", **AGAIN)],
    ]
    void = [head("b-2", "-10.00", at=at, BON_STORNO=True), *line("b-2", "-10.00")]
    told = {"REF_DATUM": dated} if dated else {}
    found = receipts(*sales, *void, reference("b-2", "b-1", **told))
    [back] = [each for each in found if each.kind is ReceiptKind.VOID]
    buyers = {each.series: each.customer_id for each in found if each.kind is ReceiptKind.SALE}
    assert (back.voids, back.voids_series) == ("Kasse%201:1234:b-1", series)
    assert back.customer_id == buyers.get(series)


def test_a_reference_out_of_the_file_names_no_series() -> None:
    void = [head("b-2", "-10.00", BON_STORNO=True), *line("b-2", "-10.00")]
    [found] = receipts(*void, reference("b-2", "b-1"))
    assert (found.voids, found.voids_series) == ("Kasse%201:1234:b-1", None)


@pytest.mark.parametrize(
    ("name", "of"), [("RECEIPTS_MAX", "receipts"), ("PRODUCTS_MAX", "products")]
)
def test_says_which_bound_a_file_exceeds(
    monkeypatch: pytest.MonkeyPatch, name: str, of: str
) -> None:
    records = [head("b-1"), head("b-2"), *line("b-1"), *line("b-2", ART_NR="7"), *master_data()]
    monkeypatch.setattr(reader, name, 2)
    assert len(read(records).receipts.items) == 2
    monkeypatch.setattr(reader, name, 1)
    with pytest.raises(ConnectorRejected, match=f"more than 1 {of}; export fewer days"):
        read(records)


def test_many_lines_of_a_receipt_all_count() -> None:
    many = [each for number in range(40) for each in line("b-1", "1.00", str(number))]
    [found] = receipts(head("b-1", "40.00"), *many)
    assert found.eligible == Money(4000, "EUR")


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
    assert [(each.external_id, each.price) for each in found.products.items] == [
        ("Diesel", None),
        ("1", Money(500, "EUR")),
    ]
    fuel = "is taken without its price, for 1.79900 EUR is finer than a minor unit"
    assert found.products.notes == (Note("Diesel", fuel),)
    assert {each.external_id for each in found.products.skipped} == {"Diverses", "9"}
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


def with_value(records: list[Any], column: str, value: str) -> bytes:
    """Return the heads of an export, the first one with another value."""
    rows = list(csv.DictReader(io.StringIO(heads_of(records)), delimiter=";"))
    rows[0][column] = value
    return written(rows)


def written(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
