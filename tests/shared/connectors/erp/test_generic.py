"""Any ERP's files: read in pages, and written the other way."""

from __future__ import annotations

import base64
import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from shared.connectors.base import PAGE_ITEMS_MAX, PushBy, Stream
from shared.connectors.erp import generic
from shared.connectors.erp.generic import Config, Connector
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, PaidBy, Sale, SaleLine, SalePayment, StockChange
from shared.errors import ConnectorRejected
from tests.support.system_samples import CONFIGS

STOCK = "Artikelnummer;Bestand\r\nWeißbrot;12,5\r\n"
SUPPLIERS = "Lieferantennummer;Firma\r\n70001;Mühle\r\n"
ORDERS = "Bestellnummer;Summe\r\nB-1;12,50\r\n"
DATEV = CONFIGS["erp", "generic"]["datev"]
AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
EUROS = Money(250, "EUR")
SALE = Sale(
    record_id="rec_1",
    number="42",
    sold_at=AT,
    total=EUROS,
    lines=(SaleLine("Käse", Decimal(1), EUROS, EUROS, Decimal(19)),),
    payments=(SalePayment(PaidBy.CARD, EUROS),),
)
CHANGE = StockChange("rec_1", AT, Decimal("-1.5"), number="a1", reason="Käse")


def encoded(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


def connected(**config: Any) -> Connector:
    return generic.connect(Config.model_validate(config), is_emulated=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_reads_each_file(encoding: str) -> None:
    connector = connected(
        stockFile=encoded(STOCK, encoding),
        suppliersFile=encoded(SUPPLIERS, encoding),
        ordersFile=encoded(ORDERS, encoding),
        currency="CHF",
    )
    connector.verify()
    [level] = connector.stock(None, None).items
    [supplier] = connector.suppliers(None, None).items
    [order] = connector.orders(None, None).items
    assert (level.product_id, level.quantity) == ("Weißbrot", Decimal("12.5"))
    assert supplier.name == "Mühle"
    assert order.total == Money(1250, "CHF")


def test_what_there_is_no_file_of_is_neither_read_nor_gone() -> None:
    connector = connected(stockFile=encoded(STOCK), isComplete=True)
    assert connector.stock(None, None).is_listing
    for read in (connector.suppliers, connector.orders):
        page = read(None, None)
        assert (page.items, page.is_listing, page.position) == ((), False, None)


def test_without_any_file_there_is_nothing_to_read() -> None:
    for stream in ("stock", "suppliers", "orders"):
        with pytest.raises(ConnectorRejected, match="stockFile"):
            getattr(connected(), stream)(None, None)


def test_a_file_is_complete_only_if_that_is_said() -> None:
    assert not connected(stockFile=encoded(STOCK)).stock(None, None).is_listing


@pytest.mark.parametrize("name", ["stockFile", "suppliersFile", "ordersFile"])
def test_verifying_reads_every_file(name: str) -> None:
    good = {"stockFile": STOCK, "suppliersFile": SUPPLIERS, "ordersFile": ORDERS}
    files = {key: encoded("%PDF-1.7" if key == name else text) for key, text in good.items()}
    with pytest.raises(ConnectorRejected, match="heading"):
        connected(**files).verify()


def test_a_file_of_another_kind_is_refused() -> None:
    png = base64.b64encode(b"\x89PNG\r\n\0").decode()
    with pytest.raises(ConnectorRejected):
        connected(stockFile=png).stock(None, None)


def test_ten_thousand_rows_come_in_pages() -> None:
    rows = "".join(f"a{number};{number}\n" for number in range(10_000))
    connector = connected(stockFile=encoded(f"sku;quantity\n{rows}"), isComplete=True)
    seen: list[str] = []
    position = None
    while True:
        page = connector.stock(position, None)
        assert len(page.items) <= PAGE_ITEMS_MAX
        assert (page.since, page.is_listing) == (None, True)
        seen.extend(each.product_id for each in page.items)
        position = page.position
        if position is None:
            break
    assert seen == [f"a{number}" for number in range(10_000)]


@pytest.mark.parametrize("position", ["500", "-1", "x", "https://evil.example.com"])
def test_a_position_of_another_file_is_refused(position: str) -> None:
    with pytest.raises(ConnectorRejected):
        connected(stockFile=encoded(STOCK)).stock(position, None)


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"stockFile": ""}, "stockFile"),
        ({"stockFile": "not base64"}, "stockFile"),
        ({"ordersFile": "===="}, "ordersFile"),
        ({"currency": "euro"}, "currency"),
        ({"exportFormat": "xml"}, "exportFormat"),
        ({"file": encoded(STOCK)}, "file"),
        ({"datev": {}}, "datev"),
    ],
)
def test_refuses_a_configuration_that_cannot_be_right(config: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Config.model_validate(config)
    assert {error["loc"][0] for error in refused.value.errors()} == {field}


def test_the_format_of_datev_needs_to_know_the_books() -> None:
    with pytest.raises(ValidationError, match="must have datev"):
        Config.model_validate({"exportFormat": "datev"})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"consultantNumber": 1000}, "1001"),
        ({"clientNumber": 100_000}, "99999"),
        ({"fiscalYearStart": "02-29"}, "every year"),
        ({"fiscalYearStart": "13-01"}, "every year"),
        ({"fiscalYearStart": "1-1"}, "match"),
        ({"accountLength": 3}, "4"),
        ({"accountLength": 5}, "accounts of 5 digits, not 8400"),
        ({"clearingAccount": "15900"}, "accounts of 4 digits, not 15900"),
        ({"revenueAccounts": {}}, "at least 1"),
        ({"revenueAccounts": {"full": "8400"}}, "rates are percents"),
        ({"revenueAccounts": {"101": "8400"}}, "rates are percents"),
        ({"revenueAccounts": {"NaN": "8400"}}, "rates are percents"),
        ({"revenueAccounts": {"19": "=1+1"}}, "match"),
        ({"moneyAccounts": {"coins": "1000"}}, "use cash, card, voucher, other"),
    ],
)
def test_refuses_books_that_cannot_be_right(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Config.model_validate({"datev": {**DATEV, **changed}})


def test_reads_the_books() -> None:
    config = Config.model_validate({"datev": {**DATEV, "fiscalYearStart": "07-01"}})
    assert config.datev is not None
    books = config.datev.to_books()
    assert (books.consultant_number, books.client_number) == (1001, 1)
    assert (books.year_begins, books.account_length) == ((7, 1), 4)
    assert books.revenue_accounts == {Decimal(19): "8400", Decimal(7): "8300"}
    assert books.money_accounts == {PaidBy.CASH: "1000", PaidBy.CARD: "1360"}
    assert books.clearing_account == "1590"


@pytest.mark.parametrize("data_type", [DataType.SALES_RECORD, DataType.RECEIPT])
def test_exports_sales_as_csv(data_type: DataType) -> None:
    file = connected(datev=DATEV).export(data_type, [SALE])
    assert (file.name, file.content_type) == ("sales.csv", "text/csv; charset=utf-8")
    [row] = csv.DictReader(io.StringIO(file.content.decode(), newline=""), delimiter=";")
    assert (row["recordId"], row["name"], row["total"]) == ("rec_1", "Käse", "2,50")


@pytest.mark.parametrize("data_type", [DataType.SALES_RECORD, DataType.RECEIPT])
@pytest.mark.usefixtures("frozen_clock")
def test_exports_sales_as_bookings(data_type: DataType) -> None:
    file = connected(exportFormat="datev", datev=DATEV).export(data_type, [SALE])
    assert file.name == "EXTF_Buchungsstapel.csv"
    assert file.content_type == "text/csv; charset=windows-1252"
    header, columns, row = file.content.decode("cp1252").splitlines()
    assert header.startswith('"EXTF";700;21;"Buchungsstapel";13;')
    assert "Gegenkonto (ohne BU-Schlüssel)" in columns
    assert row.startswith('2,50;"S";"EUR";;;;1360;8400;;0203;"42"')


def test_what_cannot_be_booked_makes_no_file() -> None:
    connector = connected(exportFormat="datev", datev={**DATEV, "revenueAccounts": {"7": "8300"}})
    with pytest.raises(ConnectorRejected, match="19 %"):
        connector.export(DataType.SALES_RECORD, [SALE])


@pytest.mark.parametrize("export_format", ["csv", "datev"])
def test_exports_changes_of_stock_as_csv(export_format: str) -> None:
    file = connected(exportFormat=export_format, datev=DATEV).export(
        DataType.INVENTORY_UPDATE, [CHANGE]
    )
    assert (file.name, file.content_type) == ("stock-changes.csv", "text/csv; charset=utf-8")
    [row] = csv.DictReader(io.StringIO(file.content.decode(), newline=""), delimiter=";")
    assert (row["sku"], row["change"], row["reason"]) == ("a1", "-1,5", "Käse")


def test_everything_can_be_read_and_goes_into_a_file() -> None:
    assert dict(generic.PUSHES) == dict.fromkeys(DataType, PushBy.FILE)
    assert frozenset({Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS}) == generic.STREAMS
    assert generic.IS_FILE
