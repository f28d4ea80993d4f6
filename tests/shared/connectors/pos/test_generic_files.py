"""Products and receipts in JSON and CSV: what is documented is read, everything else is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock
from shared.connectors import tables
from shared.connectors.base import Note, Skipped
from shared.connectors.encodings import Text, to_text
from shared.connectors.pos import generic_files
from shared.connectors.uploads import Contents
from shared.domain.catalog.goods import Category, Price, Product
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.errors import ConnectorRejected

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[4] / "examples" / "till"
ESPRESSO = {"id": "p-1", "name": "Espresso", "price": 2.5}
RECEIPT = {"id": "r-1", "issuedAt": "2026-03-02T09:30:00", "total": 9.5, "eligible": 9}


def read_json(value: Any, *, is_complete: bool = False) -> Contents:
    text = value if isinstance(value, str) else json.dumps(value)
    return generic_files.read_json(Text(text), currency="EUR", zone=BERLIN, is_complete=is_complete)


def read_csv(text: str, *, is_complete: bool = False) -> Contents:
    return generic_files.read_csv(Text(text), currency="EUR", zone=BERLIN, is_complete=is_complete)


def product(**fields: Any) -> Product | str:
    """Return what comes of a product in JSON: the product, or why it is skipped."""
    found = read_json({"products": [{**ESPRESSO, **fields}]}).products
    [one] = found.items or found.skipped
    return one.reason if isinstance(one, Skipped) else one


def receipt(**fields: Any) -> Receipt | str:
    """Return what comes of a receipt in JSON: the receipt, or why it is skipped."""
    found = read_json({"receipts": [{**RECEIPT, **fields}]}).receipts
    [one] = found.items or found.skipped
    return one.reason if isinstance(one, Skipped) else one


def test_reads_the_example_in_json() -> None:
    with clock.use(lambda: NOW):
        found = read_json((EXAMPLES / "till.json").read_text())
    assert found.categories.items == (
        Category("hot", "Heißgetränke"),
        Category("coffee", "Kaffee", parent_id="hot"),
    )
    assert found.products.items == (
        Product(
            external_id="p-1",
            name="Espresso",
            number="100",
            ean="4006381333931",
            brand="Rösterei Nord",
            category_id="coffee",
            price=Money(250, "EUR"),
            upcoming=(Price(Money(270, "EUR"), datetime(2027, 3, 31, 22, tzinfo=UTC)),),
            vat_percent=Decimal(19),
        ),
        Product(external_id="200", name="Filterkaffee", number="200", is_deleted=True),
    )
    assert found.receipts.items == (
        Receipt(
            external_id="r-1",
            number="42",
            issued_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
            kind=ReceiptKind.SALE,
            total=Money(775, "EUR"),
            eligible=Money(750, "EUR"),
            customer_id="K17",
        ),
        Receipt(
            external_id="r-2",
            number="r-2",
            issued_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
            kind=ReceiptKind.VOID,
            total=Money(-775, "EUR"),
            eligible=Money(-750, "EUR"),
            voids="r-1",
        ),
    )
    assert not (found.categories.skipped + found.products.skipped + found.receipts.skipped)


def test_the_examples_in_csv_say_the_same() -> None:
    products = read_csv((EXAMPLES / "products.csv").read_text())
    receipts = read_csv((EXAMPLES / "receipts.csv").read_text())
    with clock.use(lambda: NOW):
        found = read_json((EXAMPLES / "till.json").read_text())
    assert receipts.receipts == found.receipts
    assert products.categories.items == (Category("coffee", "Kaffee"),)
    assert [each.external_id for each in products.products.items] == ["p-1", "200"]
    first, second = products.products.items
    assert (first.price, first.vat_percent) == (Money(250, "EUR"), Decimal(19))
    assert (first.ean, first.brand, first.category_id) == (
        "4006381333931",
        "Rösterei Nord",
        "coffee",
    )
    assert second == found.products.items[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"id": None},
        {"id": 1},
        {"id": "x" * 101},
        {"id": "", "sku": " "},
        {"name": ""},
        {"name": None},
        {"price": "2.50"},
        {"price": True},
        {"price": -1},
        {"price": 0.005},
        {"price": 1e300},
        {"vat": 101},
        {"vat": "19"},
        {"ean": "4006381333932"},
        {"ean": 4006381333931},
        {"isDeleted": "no"},
        {"upcoming": [{"price": 1}]},
        {"upcoming": [{"price": 1, "validFrom": "morgen"}]},
    ],
    ids=str,
)
def test_a_product_that_cannot_be_taken_is_told_with_the_reason(fields: dict[str, Any]) -> None:
    reason = product(**fields)
    assert isinstance(reason, str)
    assert len(reason) < 200


@pytest.mark.parametrize(
    "price", ["1e-999999999", "-1e-999999999", "1e2000000", "9" * 4_000], ids=range(4)
)
def test_a_price_without_bounds_is_not_taken(price: str) -> None:
    row = f'{{"id": "p-1", "name": "Espresso", "price": {price}}}'
    found = read_json(f'{{"products": [{row}]}}', is_complete=True)
    assert (found.products.items, len(found.products.skipped)) == ((), 1)
    assert "price has too many digits" in found.products.skipped[0].reason


def test_a_row_that_cannot_be_taken_keeps_no_other_from_being_taken() -> None:
    rows = [ESPRESSO, {"id": "p-2", "price": 1}, None, {"sku": "s", "name": "Tee"}, {}]
    found = read_json({"products": rows}).products
    assert [each.external_id for each in found.items] == ["p-1", "s"]
    assert [each.external_id for each in found.skipped] == ["p-2", "row 3", "row 5"]
    assert "name is required" in found.skipped[0].reason


def test_of_two_rows_of_one_id_the_first_counts_and_the_second_is_told() -> None:
    found = read_json({"products": [ESPRESSO, {**ESPRESSO, "price": 3}]}).products
    assert [each.price for each in found.items] == [Money(250, "EUR")]
    assert found.skipped == (Skipped("p-1", "is in the file twice"),)


@pytest.mark.parametrize(
    ("fields", "external_id"),
    [({}, "p-1"), ({"id": ""}, "100"), ({"id": "", "sku": ""}, "96385074")],
)
def test_a_product_is_known_by_its_id_or_number_or_ean(
    fields: dict[str, str], external_id: str
) -> None:
    found = product(**{"sku": "100", "ean": "96385074", **fields})
    assert isinstance(found, Product)
    assert found.external_id == external_id


def test_the_price_that_has_begun_last_is_the_price_now() -> None:
    upcoming = [
        {"price": 4, "validFrom": "2026-03-04T00:00:00"},
        {"price": 3, "validFrom": "2026-03-03T13:00:00"},
        {"price": 2, "validFrom": "2026-03-01T00:00:00"},
        {"price": 5, "validFrom": "2026-03-03T13:00:01"},
    ]
    with clock.use(lambda: NOW):
        found = product(upcoming=upcoming)
    assert isinstance(found, Product)
    assert found.price == Money(300, "EUR")
    assert [each.amount.amount_minor for each in found.upcoming] == [500, 400]


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ""},
        {"total": None},
        {"eligible": None},
        {"eligible": "9"},
        {"eligible": 9.001},
        {"kind": "gift"},
        {"issuedAt": "02.13.2026"},
        {"issuedAt": 1},
    ],
    ids=str,
)
def test_a_receipt_that_cannot_be_taken_is_told_with_the_reason(fields: dict[str, Any]) -> None:
    assert isinstance(receipt(**fields), str)


@pytest.mark.parametrize("kind", list(ReceiptKind))
def test_a_receipt_is_of_any_kind(kind: ReceiptKind) -> None:
    found = receipt(kind=kind.value)
    assert isinstance(found, Receipt)
    assert found.kind is kind


def test_receipts_come_in_order_of_time() -> None:
    times = {"r-1": "2026-03-02T10:00:00", "r-2": "2026-03-02T09:00:00Z", "r-3": "2026-03-01"}
    rows = [{**RECEIPT, "id": name, "issuedAt": at} for name, at in times.items()]
    found = read_json({"receipts": rows}).receipts
    assert [each.external_id for each in found.items] == ["r-3", "r-1", "r-2"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "null",
        '{"goods": []}',
        '{"products": {}}',
        '{"products": [], "currency": "euro"}',
        '{"products": [], "currency": 1}',
        '{"products": [{"id": "1", "name": "x", "price": NaN}]}',
        '{"products": [{"id": "1", "name": "x", "price": 1e9999999999999999999}]}',
        "[" * 100_000,
    ],
    ids=range(12),
)
def test_refuses_json_of_another_shape(text: str) -> None:
    with pytest.raises(ConnectorRejected, match="file"):
        read_json(text)


def test_a_number_without_end_is_skipped_and_not_written_out() -> None:
    text = '{"products": [{"id": "1", "name": "x", "price": 1e999999}]}'
    assert len(read_json(text).products.skipped) == 1


def test_the_file_may_say_its_currency() -> None:
    found = read_json({"products": [ESPRESSO], "currency": "JPY"}).products
    assert "finer than a minor unit" in found.skipped[0].reason
    found = read_json({"products": [{**ESPRESSO, "price": 250}], "currency": "JPY"}).products
    assert found.items[0].price == Money(250, "JPY")


@pytest.mark.parametrize(
    ("value", "are_complete"),
    [
        ({"products": [ESPRESSO]}, (False, True)),
        ({"products": [ESPRESSO], "categories": [{"id": "c", "name": "n"}]}, (True, True)),
        ({"products": [ESPRESSO, {}]}, (False, False)),
        ({"products": [ESPRESSO, ESPRESSO]}, (False, False)),
        ({"products": []}, (False, False)),
        ({"receipts": [RECEIPT]}, (False, False)),
    ],
    ids=range(6),
)
def test_nothing_is_gone_because_of_a_slip(value: Any, are_complete: tuple[bool, bool]) -> None:
    found = read_json(value, is_complete=True)
    assert (found.categories.is_complete, found.products.is_complete) == are_complete
    assert not found.receipts.is_complete
    assert not read_json(value).products.is_complete


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_reads_csv_of_any_delimiter(delimiter: str, end: str) -> None:
    rows = [["SKU", "name", "price", "extra"], ["100", '"A ""b"", c"', "2.50", ""], ["", "", ""]]
    text = end.join(delimiter.join(row) for row in rows)
    found = read_csv(text).products
    assert [(each.external_id, each.name, each.price) for each in found.items] == [
        ("100", 'A "b", c', Money(250, "EUR"))
    ]
    assert found.skipped == ()


@pytest.mark.parametrize("heading", ["categoryId", "category_id", "CategoryId", " CATEGORY_ID "])
def test_headings_may_be_written_in_other_ways(heading: str) -> None:
    found = read_csv(f"id;name;{heading}\n1;Tee;c-1\n")
    assert found.products.items[0].category_id == "c-1"
    assert found.categories.items == (Category("c-1", "c-1"),)


def test_categories_come_from_the_products() -> None:
    found = read_csv("id;name;category\n1;Tee;Heißes\n2;Kaffee;Heißes\n3;Tasse;\n")
    assert found.categories.items == (Category("Heißes", "Heißes"),)
    assert [each.category_id for each in found.products.items] == ["Heißes", "Heißes", None]


def test_without_categories_no_category_is_gone() -> None:
    assert not read_csv("id;name\n1;Tee\n", is_complete=True).categories.is_complete
    assert read_csv("id;name\n1;Tee\n", is_complete=True).products.is_complete


@pytest.mark.parametrize(
    ("text", "minor"),
    [("2,50", 250), ("2.5", 250), ("2", 200), ("1.499,00", 149_900), ("2 €", None)],
)
def test_prices_have_a_comma_or_a_point(text: str, minor: int | None) -> None:
    found = read_csv(f'id;name;price\n1;Tee;"{text}"\n').products
    assert [each.price for each in found.items] == ([Money(minor, "EUR")] if minor else [])
    assert [each.reason for each in found.skipped] == (
        [] if minor else ["price is no number: 2 €; write 2"]
    )


def test_a_price_that_may_be_two_is_refused_with_what_to_write() -> None:
    found = read_csv("id;name;price\np-1;Tee;1.290\np-2;Tasse;5\n", is_complete=True).products
    assert [each.external_id for each in found.items] == ["p-2"]
    assert found.skipped == (
        Skipped("p-1", "price 1.290 may be 1.29 or 1290: write 1.29 or 1290.00"),
    )
    assert not found.is_complete


@pytest.mark.parametrize(("other", "minor"), [("12,50", 129_000), ("12.50", 129)])
def test_a_price_is_read_as_the_others_of_its_column(other: str, minor: int) -> None:
    found = read_csv(f"id;name;price;vat\n1;Tee;1.290;7\n2;Tasse;{other};19,0\n").products
    assert found.items[0].price == Money(minor, "EUR")
    sign = "comma" if "," in other else "point"
    assert found.notes == (Note("", f"price: read with a decimal {sign}, as in row 2: {other}"),)


def test_totals_are_read_as_the_others_of_their_column() -> None:
    text = "id;issuedAt;total;eligible\n1;2026-03-02;1.250;1.250,00\n2;2026-03-02;12,50;2\n"
    found = read_csv(text).receipts
    assert [(each.total.amount_minor, each.eligible.amount_minor) for each in found.items] == [
        (125_000, 125_000),
        (1250, 200),
    ]
    assert found.notes == (Note("", "total: read with a decimal comma, as in row 2: 12,50"),)


def test_numbers_of_json_are_what_they_are() -> None:
    found = read_json({"products": [{**ESPRESSO, "price": 1.290}]}).products
    assert (found.items[0].price, found.notes) == (Money(129, "EUR"), ())


@pytest.mark.parametrize(
    ("total", "eligible", "counts"),
    [(10, 100, 1000), (10, 9, 900), (8, 10, 800), (0, 5, 0), (-10, -100, -1000)],
)
def test_never_more_earns_than_was_paid(total: int, eligible: int, counts: int) -> None:
    found = receipt(total=total, eligible=eligible, kind="void" if total < 0 else "sale")
    assert isinstance(found, Receipt)
    assert found.eligible == Money(counts, "EUR")
    said = Money(eligible * 100, "EUR")
    assert found.doubt == (
        None
        if said == found.eligible
        else f"its eligible amount is {said}, but {found.total} were paid: {found.eligible} count"
    )


@pytest.mark.parametrize(
    ("fields", "kind", "eligible", "voids"),
    [
        # An exchange says what was sold less what came back.
        ({"voids": "r-0", "total": 3, "eligible": 3}, ReceiptKind.SALE, 300, "r-0"),
        ({"voids": "r-0", "total": 0, "eligible": 0}, ReceiptKind.SALE, 0, "r-0"),
        ({"voids": "r-0", "total": -3, "eligible": -3}, ReceiptKind.SALE, -300, "r-0"),
        ({"voids": "r-0", "total": 5, "eligible": -3}, ReceiptKind.SALE, -300, "r-0"),
        # Goods came back, and nobody says of which sale.
        ({"total": -3, "eligible": -3}, ReceiptKind.VOID, -300, None),
        # A void takes what it says: of a deposit nothing.
        (
            {"kind": "void", "voids": "r-0", "total": -2, "eligible": 0},
            ReceiptKind.VOID,
            0,
            "r-0",
        ),
        ({"kind": "void", "voids": "r-1", "total": 9}, ReceiptKind.VOID, 900, "r-1"),
        ({"kind": "training", "voids": "r-0"}, ReceiptKind.TRAINING, 900, None),
    ],
)
def test_a_receipt_says_what_it_takes_back_and_of_which(
    fields: dict[str, Any], kind: ReceiptKind, eligible: int, voids: str | None
) -> None:
    found = receipt(**fields)
    assert isinstance(found, Receipt)
    assert (found.kind, found.eligible.amount_minor, found.voids) == (kind, eligible, voids)
    assert found.doubt is None


@pytest.mark.parametrize(
    ("updated_at", "revision"),
    [("1970-01-01T00:00:01.5Z", 1500), ("2026-03-02T09:30:00", 1_772_440_200_000), ("", None)],
)
def test_a_later_reading_of_a_receipt_has_a_greater_revision(
    updated_at: str, revision: int | None
) -> None:
    found = receipt(updatedAt=updated_at)
    assert isinstance(found, Receipt)
    assert found.revision == revision
    assert "is no time" in str(receipt(updatedAt="gestern"))


def test_reads_csv_as_excel_writes_it() -> None:
    rows = "sep=;\r\nid;name;price;\r\n1;Käse;2,50;\r\n2;Brötchen;1;\r\n"
    for content in (rows.encode("utf-16"), rows.encode("utf-8-sig"), rows.encode()):
        found = generic_files.read_csv(
            to_text(content), currency="EUR", zone=BERLIN, is_complete=False
        ).products
        assert [(each.name, each.price) for each in found.items] == [
            ("Käse", Money(250, "EUR")),
            ("Brötchen", Money(100, "EUR")),
        ]
        assert (found.skipped, found.notes) == ((), ())


def test_tells_how_a_file_was_decoded() -> None:
    for text in ("id;name\n1;K\xe4se\n", "id;issuedAt;total;eligible\n1;2026-03-02;1;K\xe4se\n"):
        found = generic_files.read_csv(
            to_text(text.encode("cp1252")), currency="EUR", zone=BERLIN, is_complete=False
        )
        has_products = bool(found.products.items)
        told, other = (found.products, found.receipts)[:: 1 if has_products else -1]
        [note] = told.notes
        assert "was read as Windows-1252" in note.text
        assert other.notes == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("id;issuedAt;total;eligible;total\n1;2026-03-02;1;1;2\n", "total"),
        ("id;issuedAt;Total;eligible;TOTAL\n1;2026-03-02;1;1;2\n", "total"),
        ("id;name;category;category\n1;Tee;a;b\n", "category"),
        ("id;name;category_id;categoryId\n1;Tee;a;b\n", "categoryId"),
    ],
)
def test_refuses_a_heading_that_is_there_twice(text: str, name: str) -> None:
    with pytest.raises(ConnectorRejected, match=f"has two headings for {name}\\."):
        read_csv(text)


def test_headings_that_are_not_ours_may_be_there_twice() -> None:
    assert len(read_csv("id;name;note;note\n1;Tee;a;b\n").products.items) == 1


def test_a_quote_that_is_never_closed_swallows_no_rows() -> None:
    with pytest.raises(ConnectorRejected, match="never closed, in the row that begins in line 2:"):
        read_csv('id;name\n1;"Tee\n2;Kaffee\n3;Tasse\n')


def test_reads_a_german_time_as_day_and_month() -> None:
    found = receipt(issuedAt="02.03.2026 10:30")
    assert isinstance(found, Receipt)
    assert found.issued_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert "is no time" in str(receipt(issuedAt="03.13.2026 10:30"))


@pytest.mark.parametrize("kind", ["products", "receipts"])
def test_says_how_many_rows_are_too_many(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(tables, "ROWS_MAX", 2)
    row = ESPRESSO if kind == "products" else RECEIPT
    read_json({kind: [row] * 2})
    for too_many in (lambda: read_json({kind: [row] * 3}), lambda: read_csv("id;name\n" * 4)):
        with pytest.raises(ConnectorRejected, match="more than 2 rows"):
            too_many()


@given(st.integers(0, 10**11), st.sampled_from(".,"))
def test_reads_every_price_exactly(minor: int, point: str) -> None:
    text = f"id;name;price\n1;Tee;{minor // 100}{point}{minor % 100:02d}\n"
    assert read_csv(text).products.items[0].price == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("text", "is_deleted"),
    [("1", True), ("Yes", True), ("ja", True), ("0", False), ("no", False), ("", False)],
)
def test_reads_whether_a_product_is_gone(text: str, is_deleted: bool) -> None:
    [found] = read_csv(f"id;name;isDeleted\n1;Tee;{text}\n").products.items
    assert found.is_deleted is is_deleted


def test_a_word_that_is_neither_yes_nor_no_is_not_guessed_at() -> None:
    found = read_csv("id;name;isDeleted\n1;Tee;quatsch\n").products
    assert (found.items, found.skipped) == (
        (),
        (Skipped("1", "isDeleted quatsch is neither yes nor no"),),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither name nor total"),
        ("a;b\n1;2\n", "neither name nor total"),
        ("id,name,price\n1,Tee,1,49\n", "Row 1 of the file has more fields"),
        ('id;name\n1;"' + "x" * 200_000, "no CSV in line 2"),
    ],
    ids=range(4),
)
def test_refuses_csv_of_another_shape(text: str, reason: str) -> None:
    with pytest.raises(ConnectorRejected, match=reason):
        read_csv(text)


def test_lines_of_a_receipt_say_what_a_program_may_exclude() -> None:
    lines = [
        {"amount": 5, "category": "tobacco", "productId": "p-9", "vatPercent": 19.0},
        {"amount": 4},
        {"amount": 0.5, "type": "deposit"},
    ]
    seen = receipt(lines=lines)

    assert isinstance(seen, Receipt)
    assert seen.eligible == Money(900, "EUR")
    assert seen.lines == (
        PurchaseLine(Decimal(5), LineType.ITEM, "tobacco", "p-9", Decimal(19)),
        PurchaseLine(Decimal(4)),
        PurchaseLine(Decimal("0.5"), LineType.DEPOSIT),
    )


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([{"amount": 1, "type": "gift"}], "the type of a line must be one of"),
        ([{}], "lines[0].amount"),
        ([{"amount": 1}] * (generic_files.LINES_MAX + 1), "lines"),
        ([{"amount": 1, "vatPercent": 1900}], "lines[0].vatPercent"),
    ],
)
def test_wrong_lines_make_a_receipt_wrong(lines: list[dict[str, Any]], problem: str) -> None:
    seen = receipt(lines=lines)

    assert isinstance(seen, str)
    assert problem in seen
