"""Writes sales as a file for a Vectron till's back office, as no Vectron call takes sales. Pure.

The file has one row for each position, ``;`` between cells, CRLF, decimal comma, UTF-8: the form
and column names of DSFinV-K, in one file. See docs/connectors/pos-vectron.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from shared import clock
from shared.connectors.base import ExportFile
from shared.connectors.spreadsheets import shown
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, PaidBy, Record, Sale, SaleLine, SalePayment

COLUMNS = (
    "BON_ID",
    "BON_NR",
    "BON_ENDE",
    "UMS_BRUTTO",
    "WAEHRUNG",
    "ZAHLARTEN",
    "KUNDE_ID",
    "POS_ZEILE",
    "ART_NR",
    "GTIN",
    "ARTIKELTEXT",
    "MENGE",
    "STK_BR",
    "POS_BRUTTO",
    "UST_SATZ",
    "POS_UST",
)
_PAID_BY: Mapping[PaidBy, str] = {
    PaidBy.CASH: "Bar",
    PaidBy.CARD: "Unbar",
    PaidBy.VOUCHER: "Guthabenkarte",
    PaidBy.OTHER: "Unbar",
}


def to_file(data_type: DataType, records: Sequence[Record]) -> ExportFile:
    """Write sales. A sale without positions has one row too."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record in records:
        assert isinstance(record, Sale)
        writer.writerows(_rows(record))
    content = text.getvalue().encode()
    return ExportFile(f"vectron-{data_type}.csv", "text/csv; charset=utf-8", content)


def _rows(sale: Sale) -> Iterator[list[str]]:
    head = [
        shown(sale.record_id),
        shown(sale.number),
        clock.to_wire(sale.sold_at),
        _amount(sale.total),
        sale.total.currency,
        _paid(sale.payments),
        shown(sale.customer_id),
    ]
    if not sale.lines:
        yield [*head, *("" for _ in COLUMNS[len(head) :])]
    for number, line in enumerate(sale.lines, start=1):
        yield [*head, str(number), *_cells(line)]


def _cells(line: SaleLine) -> Iterable[str]:
    return (
        shown(line.number),
        shown(line.ean),
        shown(line.name),
        _decimal(line.quantity),
        _amount(line.unit_price),
        _amount(line.total),
        _decimal(line.vat_percent),
        _amount(line.vat),
    )


def _paid(payments: Iterable[SalePayment]) -> str:
    return "|".join(f"{_PAID_BY[each.paid_by]}:{_amount(each.amount)}" for each in payments)


def _amount(money: Money) -> str:
    return _decimal(money.to_major())


def _decimal(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")
