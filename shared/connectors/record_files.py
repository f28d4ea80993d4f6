"""Writes records as CSV, to import or to view: semicolons, decimal commas, times in UTC."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from shared import clock
from shared.connectors.spreadsheets import shown
from shared.domain.systems.sales import PaidBy, Sale, StockChange

STOCK_COLUMNS = (
    "recordId",
    "changedAt",
    "productId",
    "sku",
    "ean",
    "change",
    "unit",
    "locationId",
    "reason",
)
SALE_COLUMNS = (
    "recordId",
    "number",
    "soldAt",
    "currency",
    "total",
    *(f"paidBy{each.title()}" for each in PaidBy),
    "customerId",
    "line",
    "name",
    "quantity",
    "unitPrice",
    "lineTotal",
    "vatPercent",
    "productId",
    "sku",
    "ean",
)


def stock_csv(changes: Sequence[StockChange]) -> str:
    """Write stock changes, one row for each."""
    return _csv(
        STOCK_COLUMNS,
        (
            (
                shown(change.record_id),
                clock.to_wire(change.changed_at),
                shown(change.product_id),
                shown(change.number),
                shown(change.ean),
                to_comma(change.change),
                shown(change.unit),
                shown(change.location_id),
                shown(change.reason),
            )
            for change in changes
        ),
    )


def sales_csv(sales: Sequence[Sale]) -> str:
    """Write sales, one row for each line. Values of the whole sale are on its first row only.

    So columns can be added up: ``total`` and payments over sales, ``lineTotal`` over lines.
    """
    return _csv(SALE_COLUMNS, (row for sale in sales for row in _sale_rows(sale)))


def to_comma(number: Decimal) -> str:
    """Write a number as German programs read it: ``-1,5``."""
    return f"{number:f}".replace(".", ",")


def _sale_rows(sale: Sale) -> Iterable[tuple[str, ...]]:
    paid = dict.fromkeys(PaidBy, Decimal(0))
    for payment in sale.payments:
        paid[payment.paid_by] += payment.amount.to_major()
    whole = (
        to_comma(sale.total.to_major()),
        *(to_comma(amount) if amount else "" for amount in paid.values()),
        shown(sale.customer_id),
    )
    for number, line in enumerate(sale.lines, start=1):
        yield (
            shown(sale.record_id),
            shown(sale.number),
            clock.to_wire(sale.sold_at),
            sale.total.currency,
            *(whole if number == 1 else ("",) * len(whole)),
            str(number),
            shown(line.name),
            to_comma(line.quantity),
            to_comma(line.unit_price.to_major()),
            to_comma(line.total.to_major()),
            to_comma(line.vat_percent),
            shown(line.product_id),
            shown(line.number),
            shown(line.ean),
        )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    target = io.StringIO()
    lines = csv.writer(target, delimiter=";", lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows(rows)
    return target.getvalue()
