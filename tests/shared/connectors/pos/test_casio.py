"""Casio's files, as its manuals show them: spaces in odd places, and no prices."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from shared.connectors.pos import casio
from shared.connectors.pos.casio import Config, Connector
from shared.domain.catalog.goods import Category, Product
from shared.domain.money import Money
from shared.errors import ConnectorRejected
from tests.support.tills import export, head, line, master_data

# SE-S100 / PCR-T295, user's manual, page 87: spaces within the quotes and around them.
HEAD = (
    '"MACHINE " , "MC#01 "\r\n"MODE " , "Z "\r\n"Z COUNTER " , "0007"\r\n'
    '"DATE " , "16-03-2015"\r\n"TIME " , "21:39"\r\n'
)
TITLES = '"RECORD " , "DESCRIPTOR " , "QUANTITY/No " , "AMOUNT "\r\n'
FIXED = '"0001" , "GROSS " , "0" , "0.00"\r\n"0002" , "NET " , "0" , "0.00"\r\n'
PLUS = '"0001" , "Caf\xe9 crème " , "3" , "7.50"\r\n"0002" , "Tee, gro\xdf" , "0" , "0.00"\r\n'
# SE-C3500, manual, page 12: the file says which report it is; scanned products have a code.
LARGE_HEAD = '"MODEL "," "\r\n"MACHINE ","MC#01 "\r\n"REPORT ","X "\r\n"FILE ","{file}"\r\n' + HEAD
SCANNED = (
    '"RECORD ","DESCRIPTOR ","OBR CODE ","QUANTITY ","AMOUNT "\r\n'
    '"0001","Saft","4006381333931","2","3.98"\r\n"0002","Wasser","4711","1","0.99"\r\n'
)


def connected(text: str | bytes, **config: Any) -> Connector:
    content = text if isinstance(text, bytes) else text.encode("cp1252")
    file = base64.b64encode(content).decode()
    return casio.connect(Config.model_validate({"file": file, **config}), is_emulated=False)


def names(connector: Connector) -> tuple[list[str], list[str]]:
    """Return the names of the products and of the categories."""
    return (
        [each.name for each in connector.products(None, None).items],
        [each.name for each in connector.categories(None, None).items],
    )


def test_a_report_of_plus_gives_products_without_prices() -> None:
    connector = connected(HEAD + TITLES + PLUS)
    page = connector.products(None, None)
    assert page.items == (
        Product(external_id="0001", name="Café crème", number="0001"),
        Product(external_id="0002", name="Tee, groß", number="0002"),
    )
    assert (page.skipped, page.is_listing, page.position, page.since) == ((), False, None, None)
    assert not connector.categories(None, None).items
    assert not connector.receipts(None, None).items


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_reads_umlauts_however_they_are_written(encoding: str) -> None:
    found = connected((HEAD + TITLES + PLUS).encode(encoding))
    assert names(found)[0] == ["Café crème", "Tee, groß"]


def test_a_report_of_departments_gives_categories() -> None:
    connector = connected(HEAD + TITLES + PLUS, report="department")
    assert connector.categories(None, None).items == (
        Category("0001", "Café crème"),
        Category("0002", "Tee, groß"),
    )
    assert not connector.products(None, None).items


def test_scanned_products_have_their_codes() -> None:
    found = connected(LARGE_HEAD.format(file="FILE016") + SCANNED).products(None, None).items
    assert [(each.name, each.ean) for each in found] == [
        ("Saft", "4006381333931"),
        ("Wasser", None),
    ]


@pytest.mark.parametrize("claimed", ["plu", "department"])
@pytest.mark.parametrize(("file", "place"), [("FILE004", 0), ("file005 ", 1)])
def test_what_the_file_says_of_itself_holds(claimed: str, file: str, place: int) -> None:
    found = names(connected(LARGE_HEAD.format(file=file) + TITLES + PLUS, report=claimed))
    assert [bool(each) for each in found] == [place == 0, place == 1]


def test_reads_the_files_of_large_models_without_stray_spaces() -> None:
    tidy = '"FILE","FILE004"\n"RECORD","DESCRIPTOR","QUANTITY/No","AMOUNT"\n"0001","Tee","1","2.00"'
    assert names(connected(tidy)) == (["Tee"], [])


def test_records_without_a_number_or_a_name_are_told() -> None:
    rows = (
        '"0003","","1","2.00"\r\n"","Tee","1","2.00"\r\n"0004"\r\n"0001","Noch einmal","1","1"\r\n'
    )
    page = connected(HEAD + TITLES + PLUS + rows).products(None, None)
    assert [each.external_id for each in page.items] == ["0001", "0002"]
    assert [(each.external_id, each.reason) for each in page.skipped] == [
        ("0003", "has no number or no name"),
        ("Tee", "has no number or no name"),
        ("0004", "has no number or no name"),
        ("0001", "is in the file twice"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + TITLES + FIXED, "neither PLUs"),
        (LARGE_HEAD.format(file="FILE001") + TITLES + PLUS, "neither PLUs"),
        (LARGE_HEAD.format(file="FILE011") + TITLES + PLUS, "neither PLUs"),
        (HEAD, "no row of titles"),
        ("\r\n", "no row of titles"),
        ("16-03-2015 21:39\r\n1 Tee  2.00\r\nTOTAL 2.00\r\n", "no row of titles"),
        (HEAD + '"RECORD ","START TIME "\r\n', "no DESCRIPTOR"),
        (HEAD + TITLES + '"0001","' + "x" * 200_000, "no CSV"),
        (b"PK\x03\x04" + b"x" * 50, "no zip"),
        (b"\x89PNG\0", "neither text nor a zip"),
    ],
    ids=range(10),
)
def test_refuses_what_is_no_sales_report(text: str | bytes, reason: str) -> None:
    with pytest.raises(ConnectorRejected, match=reason):
        connected(text).verify()


def test_a_register_with_a_security_device_exports_receipts_and_prices() -> None:
    connector = connected(export([head("b-1"), *line("b-1"), *master_data()]))
    assert [each.price for each in connector.products(None, None).items] == [Money(1000, "EUR")]
    assert [each.eligible for each in connector.receipts(None, None).items] == [Money(1000, "EUR")]
    assert names(connector) == (["Espresso"], ["Kaffee"])


def test_no_file_goes_to_a_register() -> None:
    assert dict(casio.PUSHES) == {}
    assert not hasattr(Connector, "export")
