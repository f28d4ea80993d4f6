"""syncPOS and syncERP with files of tills: what is read of them, and what a person is told."""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support import tills
from tests.support.branches import Branch
from tests.support.merchants import Member
from tests.support.refusals import nothing_written
from tests.support.stored import entries, units
from tests.support.tills import export, file_of, head, line, master_data, repacked

LATER = datetime(2026, 3, 3, 18, tzinfo=UTC)
SALE = {"id": "r-1", "issuedAt": "2026-03-03T18:00:00Z", "customerId": "user_1"}


@pytest.fixture
def anna(branch: Branch) -> Member:
    """A member of a program with 10 points a euro from 5 euros on."""
    return branch.merchant.member("points")


def sync(branch: Branch, content: bytes, member: Member | None = None, **fields: Any) -> Any:
    """Sync a file, and return the answer, and what getSyncStatus remarks."""
    body = {
        "system": "generic",
        "storeId": branch.store_id,
        "credentials": {"file": base64.b64encode(content).decode()},
        **({"awardPoints": {"programId": member.program_id}} if member else {}),
    }
    answer = branch.merchant.api.ok("syncPOS", {**body, **fields})
    return answer, remarks(branch, "pos")


def remarks(branch: Branch, kind: str) -> list[tuple[str, str]]:
    status = {"storeId": branch.store_id, "kind": kind, "system": "generic"}
    (found,) = branch.merchant.api.ok("getSyncStatus", status)["systems"]
    return [(each["externalId"], each["reason"]) for each in found["lastSync"]["remarks"]]


def sold(receipt: str, total: str = "10.00", **values: Any) -> Any:
    return head(receipt, total, BON_ENDE=LATER, KUNDE_ID="user_1", **values)


def with_points(content: bytes) -> bytes:
    """Return an export whose decimals have a point, and whose thousands have nothing."""
    changes: dict[str, bytes | None] = {}
    for name in ("transactions.csv", "lines.csv", "lines_vat.csv", "vat.csv", "cashregister.csv"):
        text = file_of(content, name).decode()
        changes[name] = text.replace("1.234;", "1234;").replace(",", ".").encode()
    index = file_of(content, "index.xml").decode()
    index = index.replace("<DigitGroupingSymbol>.</DigitGroupingSymbol>", "")
    changes["index.xml"] = index.replace(
        "<DecimalSymbol>,</DecimalSymbol>", "<DecimalSymbol>.</DecimalSymbol>"
    ).encode()
    return repacked(content, changes)


def test_a_point_is_for_decimals_if_the_file_says_so_and_nothing_of_thousands(
    branch: Branch, anna: Member
) -> None:
    records = [sold("b-1", "12.50"), *line("b-1", "12.50")]
    fuel = line("b-2", "1.859", ART_NR="Diesel", ARTIKELTEXT="Diesel")
    content = with_points(export([*records, sold("b-2", "1.86"), *fuel, *master_data()]))
    assert b"12.50000" in file_of(content, "lines_vat.csv")

    answer, told = sync(branch, content, anna)

    assert (answer["synced"]["products"], answer["changes"]["receiptsAwarded"]) == (2, 1)
    assert units(anna) == [125]
    assert branch.prices() == {"Espresso": 1250, "Diesel": None}
    assert told == [
        ("Diesel", "is taken without its price, for 1.85900 EUR is finer than a minor unit")
    ]


def test_a_file_with_one_sign_for_decimals_and_thousands_is_refused(
    branch: Branch, anna: Member
) -> None:
    content = export([sold("b-1"), *line("b-1"), *master_data()])
    index = file_of(content, "index.xml").replace(b"Symbol>,</", b"Symbol>.</")
    answer = branch.merchant.api(
        "syncPOS",
        {
            "system": "generic",
            "storeId": branch.store_id,
            "awardPoints": {"programId": anna.program_id},
            "credentials": {
                "file": base64.b64encode(repacked(content, {"index.xml": index})).decode()
            },
        },
    )
    assert answer.error == "CONNECTOR_REJECTED"
    assert "has the same sign for decimals and thousands: ., says index.xml" in str(answer.body)
    assert (branch.products(), units(anna)) == ({}, [])


@pytest.mark.parametrize(
    ("word", "points"), [("true", []), ("Ja", []), ("1", []), ("nein", [100]), ("quatsch", [])]
)
def test_a_receipt_that_says_that_it_is_void_earns_nothing(
    branch: Branch, anna: Member, word: str, points: list[int]
) -> None:
    records = [sold("b-1"), *line("b-1"), *master_data()]
    text = file_of(export(records), "transactions.csv").decode()
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    rows[0]["BON_STORNO"] = word
    heads = io.StringIO()
    writer = csv.DictWriter(heads, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)

    answer, told = sync(
        branch, export(records, {"transactions.csv": heads.getvalue().encode()}), anna
    )

    assert units(anna) == points
    assert answer["changes"]["receiptsAwarded"] == len(points)
    assert answer["changes"]["skipped"] == (1 if word == "quatsch" else 0)
    assert ("BON_STORNO quatsch is neither yes nor no" in str(told)) == (word == "quatsch")


def test_no_more_earns_than_was_paid_whatever_the_lines_say(branch: Branch, anna: Member) -> None:
    records = [sold("b-1"), *line("b-1", "1000.00"), *master_data()]
    answer, told = sync(branch, export(records), anna)

    assert (units(anna), answer["changes"]["receiptsAwarded"]) == ([100], 1)
    assert told == [
        (
            "Kasse%201:1234:b-1",
            "its lines say 1000.00 EUR, but 10.00 EUR were paid: 10.00 EUR count",
        )
    ]


def test_a_deposit_that_comes_back_costs_no_points(branch: Branch, anna: Member) -> None:
    deposit = line("b-1", "-2.00", "2", GV_TYP="PfandRueckzahlung")
    answer, told = sync(
        branch, export([sold("b-1", "8.00"), *line("b-1"), *deposit, *master_data()]), anna
    )
    assert (units(anna), told, answer["changes"]["skipped"]) == ([100], [], 0)


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_no_more_earns_than_was_paid_whatever_a_file_says(
    branch: Branch, anna: Member, kind: str
) -> None:
    row = {**SALE, "total": 10, "eligible": 100}
    text = ";".join(row) + "\r\n" + ";".join(map(str, row.values()))
    content = json.dumps({"receipts": [row]}) if kind == "json" else text
    _, told = sync(branch, content.encode(), anna)

    assert units(anna) == [100]
    assert told == [
        ("r-1", "its eligible amount is 100.00 EUR, but 10.00 EUR were paid: 10.00 EUR count")
    ]
    assert [each.purchase_amount for each in entries(anna)] == ["10.00"]


def test_a_price_is_read_as_the_others_of_its_column(branch: Branch) -> None:
    rows = "id;name;price\r\n1;Sofa;1.290\r\n2;Tee;12,50\r\n"
    answer, told = sync(branch, rows.encode())

    assert branch.prices() == {"Sofa": 129_000, "Tee": 1250}
    assert (answer["synced"]["products"], answer["changes"]["skipped"]) == (2, 0)
    assert told == [("", "price: read with a decimal comma, as in row 2: 12,50")]


def test_a_price_that_may_be_two_is_no_price(branch: Branch) -> None:
    answer, told = sync(branch, b"id;name;price\r\n1;Sofa;1.290\r\n2;Tee;5\r\n")

    assert branch.prices() == {"Tee": 500}
    assert answer["changes"]["skipped"] == 1
    assert told == [("1", "price 1.290 may be 1.29 or 1290: write 1.29 or 1290.00")]


def test_a_total_that_may_be_two_earns_nothing_until_it_is_clear(
    branch: Branch, anna: Member
) -> None:
    rows = "id;issuedAt;customerId;total;eligible\r\n{};2026-03-03T18:00:00Z;user_1;{};{}\r\n"
    answer, told = sync(branch, rows.format("r-1", "1.250", "1.250").encode(), anna)
    assert (units(anna), answer["changes"]["skipped"]) == ([], 1)
    assert told == [("r-1", "total 1.250 may be 1.25 or 1250: write 1.25 or 1250.00")]

    _, told = sync(branch, rows.format("r-1", "1250,00", "1250,00").encode(), anna)
    assert (units(anna), told) == ([12_500], [])


def test_a_stock_is_read_as_the_others_of_its_column(branch: Branch) -> None:
    def synced(rows: str) -> tuple[Any, list[tuple[str, str]]]:
        file = base64.b64encode(rows.encode()).decode()
        body = {
            "system": "generic",
            "storeId": branch.store_id,
            "credentials": {"stockFile": file},
        }
        return branch.merchant.api.ok("syncERP", body), remarks(branch, "erp")

    answer, told = synced("sku;quantity\r\na;1.200\r\nb;0,5\r\n")
    assert answer["changes"]["skipped"] == 0
    assert told == [("", "quantity: read with a decimal comma, as in line 3: 0,5")]
    answer, told = synced("sku;quantity\r\na;1.200\r\nb;5\r\n")
    assert answer["changes"]["skipped"] == 1
    assert told == [("a", "line 2: quantity 1.200 may be 1.2 or 1200: write 1.2 or 1200.00")]


EXCEL = "sep=;\r\nid;name;price;\r\n1;Käse;2,50;\r\n2;Brötchen;1;\r\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (EXCEL.encode(), ""),
        (EXCEL.encode("utf-8-sig"), ""),
        (EXCEL.encode("utf-16"), ""),
        (EXCEL.encode("cp1252"), "is not UTF-8 (line 3), so it was read as Windows-1252"),
    ],
    ids=["utf-8", "mark", "utf-16", "cp1252"],
)
def test_reads_what_excel_writes(branch: Branch, content: bytes, problem: str) -> None:
    answer, told = sync(branch, content)

    assert branch.prices() == {"Käse": 250, "Brötchen": 100}
    assert answer["changes"]["skipped"] == 0
    assert len(told) == bool(problem)
    assert problem in str(told)


def test_one_wrong_byte_costs_one_letter(branch: Branch) -> None:
    rows = "id;name\r\n1;Käse\r\n2;Brötchen\r\n".encode() + b"3;Gr\xfcn\r\n"
    _, told = sync(branch, rows)

    assert set(branch.prices()) == {"Käse", "Brötchen", "Gr\ufffdn"}
    assert "is UTF-8, but not in line 4" in str(told)


def test_reads_the_folder_of_an_export_as_a_mac_packs_it(branch: Branch, anna: Member) -> None:
    content = export([sold("b-1"), *line("b-1"), *master_data()])
    names = ("transactions.csv", "lines.csv", "lines_vat.csv", "vat.csv", "cashregister.csv")
    files = {f"Export/{name}": file_of(content, name) for name in (*names, "index.xml")}
    resources = {f"__MACOSX/Export/._{name}": b"\0\5\x16\7" for name in names}
    folders = {"Export/": b"", "__MACOSX/": b"", "__MACOSX/Export/": b"", "Export/.DS_Store": b""}

    _, told = sync(branch, tills.zipped({**folders, **files, **resources}), anna)

    assert (units(anna), told) == ([100], [])
    assert branch.prices() == {"Espresso": 1000}


def test_reads_an_export_in_the_encoding_of_windows_that_does_not_say_it(
    branch: Branch, anna: Member
) -> None:
    content = export([sold("b-1"), *line("b-1", ARTIKELTEXT="Käse"), *master_data()])
    index = file_of(content, "index.xml").replace(b"<UTF8/>", b"")
    lines = file_of(content, "lines.csv").decode().encode("cp1252")

    _, told = sync(branch, repacked(content, {"index.xml": index, "lines.csv": lines}), anna)

    assert (units(anna), branch.prices()) == ([100], {"Käse": 1000})
    [(_, text)] = told
    assert text.startswith("lines.csv is not UTF-8 (line 2), so it was read as Windows-1252")


def test_a_file_of_too_many_rows_is_refused_with_their_number(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.connectors.tables.ROWS_MAX", 2)
    file = base64.b64encode(b"id;name\r\n1;a\r\n2;b\r\n3;c\r\n").decode()
    body = {"system": "generic", "storeId": branch.store_id, "credentials": {"file": file}}

    answer = branch.merchant.api("syncPOS", body)

    assert answer.error == "CONNECTOR_REJECTED"
    assert "more than 2 rows: hand it over in parts" in str(answer.body)
    with nothing_written():
        assert branch.products() == {}
