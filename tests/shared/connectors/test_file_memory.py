"""The largest files that are allowed fit into the memory of a function beside all else."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.connectors import json_rows, tables, uploads
from shared.connectors.dsfinvk import archive, reader

BEYOND_IDLE_BYTES_MAX = 128 * 1024 * 1024
FILE_BYTES_MAX = uploads.FILE_CHARS_MAX // 4 * 3
READ = """
import base64, sys
from pathlib import Path
from shared.connectors.{module} import Config, connect
from shared.errors import ConnectorRejected
def peak():
    # Not ``resource.getrusage``: its peak begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
text = base64.b64encode(Path(sys.argv[1]).read_bytes()).decode()
idle = peak()
reading = connect(Config.model_validate({{"{field}": text}}), is_emulated=False)
try:
    reading.verify()
    print("taken", peak() - idle)
except ConnectorRejected as refused:
    print(refused.message)
    print("refused", peak() - idle)
"""


def table(name: str, columns: str, rows: list[str]) -> tuple[str, bytes]:
    return f"{name}.csv", "\n".join(["Z_KASSE_ID;Z_ERSTELLUNG;Z_NR;" + columns, *rows]).encode()


def export(receipts: int, lines: int, products: int, ids: int = 6) -> bytes:
    """Return an export: rows as short as they can be, so that a file has as many as possible."""
    till = "1;2026-03-02T20:00:00;7"
    numbers = [f"{number:0{ids}}" for number in range(receipts)]
    heads = [f"{till};{each};Beleg;0;2026-03-02T09:30:00;9,99;K{each}" for each in numbers]
    sold = [
        f"{till};{each};{place};Umsatz;Tee;A{(number * lines + place) % products}"
        for number, each in enumerate(numbers)
        for place in range(lines)
    ]
    paid = [f"{till};{each};{place};1;9,99" for each in numbers for place in range(lines)]
    return packed(
        [
            table("transactions", "BON_ID;BON_TYP;BON_STORNO;BON_ENDE;UMS_BRUTTO;KUNDE_ID", heads),
            table("lines", "BON_ID;POS_ZEILE;GV_TYP;ARTIKELTEXT;ART_NR", sold),
            table("lines_vat", "BON_ID;POS_ZEILE;UST_SCHLUESSEL;POS_BRUTTO", paid),
        ]
    )


def crowded() -> bytes:
    """Return an export that is near all bounds at once, with long ids and names."""
    receipts, without_head, products = 70_000, 30_000, reader.PRODUCTS_MAX
    till = "1;2026-03-02T20:00:00;7"
    numbers = [f"{number:060}" for number in range(receipts)]
    heads = [f"{till};{each};Beleg;0;2026-03-02T09:30:00;9,99;K{each}" for each in numbers]
    sold = [
        f"{till};{each};1;Umsatz;{'Ü€' * 100 if number < products else 'x'};A{number % products}"
        for number, each in enumerate(numbers)
    ]
    lost = [f"{till};lost{number};1;Umsatz;x;" for number in range(without_head)]
    paid = [f"{till};{each};1;1;9,99" for each in numbers]
    named = [
        f"{till};{each};Transaktion;1;7;{numbers[number - 1]}"
        for number, each in enumerate(numbers)
    ]
    closings = [f"1;2026-03-02T20:00:00;{number}" for number in range(reader.MASTER_ROWS_MAX)]
    return packed(
        [
            table("transactions", "BON_ID;BON_TYP;BON_STORNO;BON_ENDE;UMS_BRUTTO;KUNDE_ID", heads),
            table("lines", "BON_ID;POS_ZEILE;GV_TYP;ARTIKELTEXT;ART_NR", [*sold, *lost]),
            table("lines_vat", "BON_ID;POS_ZEILE;UST_SCHLUESSEL;POS_BRUTTO", paid),
            table("references", "BON_ID;REF_TYP;REF_Z_KASSE_ID;REF_Z_NR;REF_BON_ID", named),
            table("vat", "UST_SCHLUESSEL;UST_SATZ", [f"{each};1;19,00" for each in closings]),
            table("cashregister", "KASSE_BASISWAEH_CODE", [f"{each};EUR" for each in closings]),
        ]
    )


def packed(tables_of: list[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, content in tables_of:
            archived.writestr(name, content)
    return target.getvalue()


def to_full(row: Callable[[int], str], rows: int, head: str = "", tail: str = "") -> bytes:
    """Return as many rows as a file may have, or as fit into it."""
    texts, left = [], FILE_BYTES_MAX - len(head) - len(tail)
    for number in range(rows):
        text = row(number)
        left -= len(text.encode())
        if left < 0:
            break
        texts.append(text)
    return (head + "".join(texts).rstrip(",") + tail).encode()


def measured(path: Path, content: bytes, module: str, field: str) -> tuple[str, int]:
    path.write_bytes(content)
    assert len(content) <= FILE_BYTES_MAX
    code = READ.format(module=module, field=field)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    outcome, kilobytes = done.stdout.splitlines()[-1].split()
    return outcome, int(kilobytes) * 1024


ROWS = tables.ROWS_MAX
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "many receipts": (lambda: export(reader.RECEIPTS_MAX, 1, 10), "taken"),
    "long receipts": (lambda: export(archive.ROWS_MAX // 5_000, 5_000, 10), "taken"),
    "many products": (lambda: export(80_000, 1, reader.PRODUCTS_MAX), "taken"),
    "long ids": (lambda: export(reader.RECEIPTS_MAX, 1, 10, ids=90), "taken"),
    "near all bounds": (crowded, "taken"),
    "too many receipts": (lambda: export(300_000, 1, 10), "refused"),
    "too many lines": (lambda: export(110_000, 5, 10), "refused"),
    "json products": (
        lambda: to_full(
            lambda number: f'{{"id":"{number}","name":"n{number}","price":1.50}},',
            ROWS,
            '{"products": [',
            "]}",
        ),
        "taken",
    ),
    "json receipts": (
        lambda: to_full(
            lambda number: f'{{"id":"{number}","issuedAt":"2026-03-02","total":9,"eligible":9}},',
            ROWS,
            '{"receipts": [',
            "]}",
        ),
        "taken",
    ),
    "json in one row": (
        lambda: to_full(
            lambda _: '{"a":0.1},', json_rows.OBJECTS_MAX - 4, '{"products": [{"x": [', "]}]}"
        ),
        "taken",
    ),
    "json numbers": (
        lambda: to_full(lambda _: "0.1,", json_rows.VALUES_MAX, '{"products": [{"x": [', "]}]}"),
        "taken",
    ),
    "json objects": (lambda: to_full(lambda _: "{},", 10**7, '{"products": [', "]}"), "refused"),
    "json depth": (lambda: b'{"products": ' + b"[" * 6_000_000, "refused"),
    "json skipped": (lambda: to_full(lambda _: "1,", ROWS, '{"products": [', "]}"), "taken"),
    "csv products": (
        lambda: to_full(
            lambda number: f"{number};Ü{number} €;{number % 1000},99;C{number}\n",
            ROWS,
            "id;name;price;category\n",
        ),
        "taken",
    ),
    "csv skipped": (lambda: to_full(lambda number: f"{number};\n", ROWS, "id;name\n"), "taken"),
    "csv rows": (lambda: to_full(lambda _: "1;a\n", 10**7, "id;name\n"), "refused"),
    "csv columns": (lambda: b"id;name" + b";a" * 3_000_000, "refused"),
    "csv lines": (lambda: b"id;name\n" + b'"\n";' * 1_500_000, "refused"),
    "csv empty rows": (lambda: b"id;name\n" + b";\n" * (tables.LINES_MAX - 1), "taken"),
    "csv too many empty rows": (lambda: b"id;name\n" + b";\n" * 3_000_000, "refused"),
}  # fmt: skip


@pytest.mark.wide  # Each is a process of its own that reads a file of full size.
@pytest.mark.parametrize("name", FILES)
def test_a_till_file_of_full_size_takes_little_memory(tmp_path: Path, name: str) -> None:
    make, outcome = FILES[name]
    found, beyond_idle = measured(tmp_path / "file", make(), "pos.generic", "file")
    assert (found, beyond_idle < BEYOND_IDLE_BYTES_MAX) == (outcome, True), beyond_idle


@pytest.mark.wide
@pytest.mark.parametrize("field", ["stockFile", "ordersFile", "suppliersFile"])
def test_an_erp_file_of_full_size_takes_little_memory(tmp_path: Path, field: str) -> None:
    headings = "id;name;sku;quantity;total\n"
    content = to_full(lambda number: f"{number};n{number};s{number};1,5;2,50\n", ROWS, headings)
    found, beyond_idle = measured(tmp_path / "file", content, "erp.generic", field)
    assert (found, beyond_idle < BEYOND_IDLE_BYTES_MAX) == ("taken", True), beyond_idle
