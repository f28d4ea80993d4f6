from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.connectors import record_files
from shared.domain.money import Money
from shared.domain.systems.sales import PaidBy, Sale, SaleLine, SalePayment, StockChange

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
CHANGE = StockChange(
    record_id="rec_1",
    changed_at=AT,
    change=Decimal("-1.5"),
    unit="kg",
    number="100",
    ean="96385074",
    reason='sold; "loose"',
)
SALE = Sale(
    record_id="rec_1",
    number="42",
    sold_at=AT,
    total=Money(750, "EUR"),
    lines=(
        SaleLine(
            "Käse", Decimal("1.5"), Money(200, "EUR"), Money(300, "EUR"), Decimal(7), number="k"
        ),
        SaleLine("Tee", Decimal(1), Money(450, "EUR"), Money(450, "EUR"), Decimal(19), ean="e"),
    ),
    payments=(
        SalePayment(PaidBy.CASH, Money(500, "EUR")),
        SalePayment(PaidBy.CASH, Money(50, "EUR")),
        SalePayment(PaidBy.VOUCHER, Money(200, "EUR")),
    ),
    customer_id="user_1",
)
FORMULAS = ['=HYPERLINK("http://x")', "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\uff1d1"]


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_changes_of_stock() -> None:
    assert read(record_files.stock_csv([CHANGE])) == [
        {
            "recordId": "rec_1",
            "changedAt": "2026-03-02T08:30:00.000Z",
            "productId": "",
            "sku": "100",
            "ean": "96385074",
            "change": "-1,5",
            "unit": "kg",
            "locationId": "",
            "reason": 'sold; "loose"',
        }
    ]


def test_sales_line_by_line_with_their_totals_once() -> None:
    first, second = read(record_files.sales_csv([SALE]))
    assert first == {
        "recordId": "rec_1",
        "number": "42",
        "soldAt": "2026-03-02T08:30:00.000Z",
        "currency": "EUR",
        "total": "7,50",
        "paidByCash": "5,50",
        "paidByCard": "",
        "paidByVoucher": "2,00",
        "paidByOther": "",
        "customerId": "user_1",
        "line": "1",
        "name": "Käse",
        "quantity": "1,5",
        "unitPrice": "2,00",
        "lineTotal": "3,00",
        "vatPercent": "7",
        "productId": "",
        "sku": "k",
        "ean": "",
    }
    assert second["recordId"] == "rec_1"
    assert (second["line"], second["lineTotal"], second["ean"]) == ("2", "4,50", "e")
    assert [second[name] for name in ("total", "paidByCash", "customerId")] == ["", "", ""]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text: str) -> None:
    change = StockChange(
        record_id=text,
        changed_at=AT,
        change=Decimal(-1),
        unit=text,
        product_id=text,
        number=text,
        ean=text,
        location_id=text,
        reason=text,
    )
    (row,) = read(record_files.stock_csv([change]))
    assert {value for name, value in row.items() if name not in {"changedAt", "change"}} == {
        f"'{text}"
    }
    assert row["change"] == "-1"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_sale_is_a_formula(text: str) -> None:
    one = Money(-100, "EUR")
    line = SaleLine(text, Decimal(-1), one, one, Decimal(0), text, text, text)
    sale = Sale(text, text, AT, one, (line,), customer_id=text)
    (row,) = read(record_files.sales_csv([sale]))
    texts = {"recordId", "number", "customerId", "name", "productId", "sku", "ean"}
    assert {row[name] for name in texts} == {f"'{text}"}
    assert (row["total"], row["quantity"]) == ("-1,00", "-1")


@pytest.mark.parametrize(
    ("number", "written"), [("1E+3", "1000"), ("0.0000001", "0,0000001"), ("-0.10", "-0,10")]
)
def test_numbers_are_written_out(number: str, written: str) -> None:
    assert record_files.to_comma(Decimal(number)) == written
