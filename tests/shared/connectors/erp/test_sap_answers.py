"""SAP's answers: stock that is added up, orders, suppliers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.base import Skipped
from shared.connectors.erp import sap_answers as answers
from shared.connectors.erp.sap_answers import OrderRow, SapProduct, StockRow, SupplierRow
from shared.domain.catalog.goods import Supplier
from shared.domain.money import Money

PLACE = {"Material": "TG11", "Plant": "1010", "StorageLocation": "101A"}


def row(quantity: Any, kind: Any = "01", **fields: Any) -> StockRow:
    return StockRow.model_validate(
        {
            **PLACE,
            "InventoryStockType": kind,
            "MatlWrhsStkQtyInMatlBaseUnit": quantity,
            **fields,
        }
    )


@given(st.lists(st.decimals("-9999", "9999", places=14), min_size=1, max_size=20))
def test_batches_are_added_up_exactly(quantities: list[Decimal]) -> None:
    [level], skipped = answers.to_stock([row(f"{each:f}") for each in quantities], {})
    assert (level.quantity, skipped) == (sum(quantities), [])


def test_equal_stock_is_written_equally() -> None:
    written = [
        str(answers.to_stock([row(each)], {})[0][0].quantity)
        for each in ("100", "100.000", "1.0E2", 100)
    ]
    assert set(written) == {"100"}


@pytest.mark.parametrize("kind", ["02", "04", "07", ""])
def test_what_cannot_be_sold_counts_nothing_but_its_place_is_known(kind: str) -> None:
    [level], _ = answers.to_stock([row("5", kind)], {"TG11": "4006381333931"})
    assert (level.quantity, level.ean) == (0, "4006381333931")
    [level], _ = answers.to_stock([row("5", kind), row("3")], {})
    assert level.quantity == 3


def test_what_is_on_its_way_is_in_no_place() -> None:
    assert answers.to_stock([row("5", "06", StorageLocation="")], {}) == ([], [])


@pytest.mark.parametrize(
    ("quantity", "kind"), [(None, "01"), ("abc", "01"), ("NaN", "01"), ({}, "01"), ("1", 1)]
)
def test_a_sum_with_an_unreadable_part_is_none(quantity: Any, kind: Any) -> None:
    levels, skipped = answers.to_stock([row("5"), row(quantity, kind)], {})
    assert (levels, skipped) == ([], [Skipped("TG11@1010/101A", "no valid quantity")])


def test_only_valid_eans_count() -> None:
    rows = [
        SapProduct.model_validate({"Product": name, "ProductStandardID": ean})
        for name, ean in (("A", "036000291452"), ("B", "12345"), ("C", None))
    ]
    assert answers.to_eans(rows) == {"A": "0036000291452"}


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Europe/Berlin", datetime(2026, 11, 20, 23, tzinfo=UTC)),
        ("UTC", datetime(2026, 11, 21, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 21, 5, tzinfo=UTC)),
    ],
)
def test_an_order_is_of_a_day_in_the_merchants_calendar(zone: str, moment: datetime) -> None:
    order = OrderRow.model_validate(
        {
            "SalesOrder": "1",
            "SalesOrderDate": "/Date(1795219200000)/",
            "TotalNetAmount": "10.08",
            "TransactionCurrency": "EUR",
        }
    )
    read = answers.to_order(order, ZoneInfo(zone))
    assert (read.ordered_at, read.total, read.lines) == (moment, Money(1008, "EUR"), ())


def test_an_order_that_says_next_to_nothing_is_one() -> None:
    read = answers.to_order(OrderRow.model_validate({"SalesOrder": "1"}), ZoneInfo("UTC"))
    assert (read.status, read.ordered_at, read.total) == ("", None, None)


def test_a_day_at_the_end_of_time_is_skipped_where_it_is_none() -> None:
    rows = [
        OrderRow.model_validate({"SalesOrder": "1", "SalesOrderDate": "/Date(-62135596800000)/"})
    ]
    orders, [skipped] = answers.to_orders(rows, ZoneInfo("Asia/Tokyo"))
    assert (orders, skipped.external_id) == ([], "1")


def test_suppliers_have_a_name_and_may_be_marked_as_deleted() -> None:
    rows = [
        {"Supplier": "1", "SupplierName": "Nord", "DeletionIndicator": True},
        {"Supplier": "2", "SupplierName": "", "SupplierFullName": "Süd"},
        {"Supplier": "3", "SupplierName": "  "},
    ]
    suppliers, skipped = answers.to_suppliers(map(SupplierRow.model_validate, rows))
    assert suppliers == [
        Supplier("1", "Nord", "1", is_deleted=True),
        Supplier("2", "Süd", "2"),
    ]
    assert skipped == [Skipped("3", "no name")]


def test_asks_for_what_it_reads_and_nothing_else() -> None:
    assert answers.properties(OrderRow) == [
        "SalesOrder",
        "SalesOrderDate",
        "OverallSDProcessStatus",
        "TotalNetAmount",
        "TransactionCurrency",
    ]
