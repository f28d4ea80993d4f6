"""Any till's file: found out what it is, read, and written the other way."""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from dsfinvk.validate import validate_zip

from shared.connectors.base import PAGE_ITEMS_MAX, PushBy
from shared.connectors.dsfinvk import reader
from shared.connectors.pos import generic
from shared.connectors.pos.generic import Config, Connector
from shared.domain.catalog.goods import Product
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, Sale, SaleLine, StockChange
from shared.errors import ConnectorRejected
from tests.support.tills import export, head, line, master_data

ZIP = export([head("b-1"), *line("b-1"), *master_data()])
JSON = json.dumps({"products": [{"id": "1", "name": "Tee", "price": 2}]}).encode()
CSV = "id;name;price\r\n1;Heißer Tee;2,00\r\n".encode("cp1252")
CHANGE = StockChange(
    record_id="rec_1",
    changed_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    change=Decimal("-1.5"),
    unit="kg",
    number="100",
    ean="96385074",
    reason='sold; "loose"',
)


def connected(content: bytes, **config: Any) -> Connector:
    file = base64.b64encode(content).decode()
    return generic.connect(Config.model_validate({"file": file, **config}), is_emulated=False)


def products(connector: Connector) -> list[Product]:
    return list(connector.products(None, None).items)


@pytest.mark.parametrize(
    ("content", "name"),
    [(ZIP, "Espresso"), (JSON, "Tee"), (b"\xef\xbb\xbf \n" + JSON, "Tee"), (CSV, "Heißer Tee")],
    ids=["zip", "json", "json with a mark", "csv"],
)
def test_finds_out_what_a_file_is(content: bytes, name: str) -> None:
    connector = connected(content)
    connector.verify()
    assert [each.name for each in products(connector)] == [name]


def test_reads_a_file_as_what_it_is_said_to_be() -> None:
    assert len(products(connected(JSON, format="json"))) == 1
    for content, claimed in ((JSON, "dsfinvk"), (CSV, "json"), (JSON, "csv"), (ZIP, "csv")):
        with pytest.raises(ConnectorRejected):
            connected(content, format=claimed).verify()


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\0", b"%PDF-1.7", b"{", b"PK\x03\x04"])
def test_refuses_a_file_that_is_none_of_them_only_when_it_is_read(content: bytes) -> None:
    connector = connected(content)
    for call in (connector.products, connector.categories, connector.receipts):
        with pytest.raises(ConnectorRejected):
            call(None, None)


def test_currency_and_time_zone_are_those_of_the_merchant() -> None:
    content = export([head("b-1"), *line("b-1")])
    [receipt] = connected(content, currency="CHF", timeZone="UTC").receipts(None, None).items
    assert (receipt.total, receipt.issued_at.hour) == (Money(1000, "CHF"), 9)


def test_only_a_list_of_all_products_says_which_are_gone() -> None:
    assert connected(JSON, isComplete=True).products(None, None).is_listing
    assert not connected(JSON).products(None, None).is_listing
    with pytest.raises(ConnectorRejected, match="lists what was sold"):
        connected(ZIP, isComplete=True).verify()


def test_ten_thousand_products_come_in_pages() -> None:
    rows = "".join(f"{number};Tee {number};{number},00\n" for number in range(10_000))
    connector = connected(f"id;name;price\n{rows}".encode())
    seen: list[str] = []
    position = None
    while True:
        page = connector.products(position, None)
        assert len(page.items) <= PAGE_ITEMS_MAX
        assert page.since is None
        seen.extend(each.external_id for each in page.items)
        position = page.position
        if position is None:
            break
    assert seen == [str(number) for number in range(10_000)]


def test_a_page_can_be_read_by_another_connector_than_the_one_before() -> None:
    rows = "".join(f"{number};Tee\n" for number in range(PAGE_ITEMS_MAX + 1))
    content = f"id;name\n{rows}".encode()
    position = connected(content).products(None, None).position
    page = connected(content).products(position, None)
    assert [each.external_id for each in page.items] == [str(PAGE_ITEMS_MAX)]


@pytest.mark.parametrize("data_type", [DataType.SALES_RECORD, DataType.RECEIPT])
def test_exports_sales_as_a_zip_that_others_accept(data_type: DataType) -> None:
    euros = Money(250, "EUR")
    sale = Sale(
        record_id="rec_1",
        number="42",
        sold_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
        total=euros,
        lines=(SaleLine("Tee", Decimal(1), euros, euros, Decimal(19), number="1"),),
    )
    connector = connected(JSON, timeZone="America/New_York")
    file = connector.export(data_type, [sale])
    assert (file.name, file.content_type) == ("dsfinvk.zip", "application/zip")
    assert validate_zip(io.BytesIO(file.content)) == []
    zone = Config.model_validate({"file": "QQ==", "timeZone": "America/New_York"}).zone
    [receipt] = reader.read(file.content, currency="EUR", zone=zone).receipts.items
    assert (receipt.total, receipt.issued_at) == (euros, sale.sold_at)


def test_exports_changes_of_stock_as_csv() -> None:
    file = connected(JSON).export(DataType.INVENTORY_UPDATE, [CHANGE])
    assert (file.name, file.content_type) == ("stock-changes.csv", "text/csv; charset=utf-8")
    text = io.StringIO(file.content.decode(), newline="")
    assert list(csv.DictReader(text, delimiter=";")) == [
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


def test_everything_that_can_be_pushed_goes_into_a_file() -> None:
    offered = dict(generic.PUSHES)
    assert offered == dict.fromkeys(DataType, PushBy.FILE)
