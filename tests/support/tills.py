"""Exports of tills, written by another author's library: ``dsfinvk`` of pretix."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from dsfinvk import models
from dsfinvk.collection import Collection
from dsfinvk.fields import NumericField

CLOSING = {
    "Z_KASSE_ID": "Kasse 1",
    "Z_ERSTELLUNG": datetime(2026, 3, 2, 20, tzinfo=UTC),
    "Z_NR": 1234,
}
RATES = {1: Decimal(19), 2: Decimal(7), 5: Decimal(0)}


def export(records: Iterable[Any], changes: Mapping[str, bytes | None] | None = None) -> bytes:
    """Return the zip of an export.

    Args:
        records: Rows, as models of the library.
        changes: Files to add or to replace by these bytes, or to leave out if ``None``.
    """
    collection = Collection()
    for record in records:
        collection.add(record)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("index.xml", "x.dtd", "export.zip")]
        paths[0].write_text(described(type(rows[0]) for rows in collection.records.values()))
        paths[1].touch()
        collection.write(paths[2], paths[0], paths[1])
        content = paths[2].read_bytes()
    return repacked(content, changes or {})


def repacked(content: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """Return a zip with changed files."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    return zipped({name: data for name, data in (files | changes).items() if data is not None})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # Without the current time, which would make every worker's zip different.
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def file_of(content: bytes, name: str) -> bytes:
    """Return a file of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def described(kinds: Iterable[Any], **signs: str) -> str:
    """Return an ``index.xml`` of the tables for which the library has models."""
    sign = {"decimal": ",", "grouping": ".", "delimiter": ";", "code": "UTF8", **signs}
    tables = "".join(
        f"<Table><URL>{kind._filename}</URL><Name>{kind.__name__}</Name><{sign['code']}/>"
        f"<DecimalSymbol>{sign['decimal']}</DecimalSymbol>"
        f"<DigitGroupingSymbol>{escape(sign['grouping'])}</DigitGroupingSymbol>"
        "<Range><From>2</From></Range><VariableLength>"
        f"<ColumnDelimiter>{sign['delimiter']}</ColumnDelimiter>"
        "<RecordDelimiter>&#13;&#10;</RecordDelimiter>"
        "<TextEncapsulator>&quot;</TextEncapsulator>"
        + "".join(
            f"<VariableColumn><Name>{each.name}</Name>{_kind(each)}</VariableColumn>"
            for each in kind._fields
        )
        + "</VariableLength></Table>"
        for kind in kinds
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE DataSet SYSTEM "gdpdu-01-08-2002.dtd">'
        f"<DataSet><Version>1.0</Version><Media><Name>1</Name>{tables}</Media></DataSet>"
    )


def _kind(field: Any) -> str:
    if isinstance(field, NumericField):
        return f"<Numeric><Accuracy>{field.places}</Accuracy></Numeric>"
    return "<AlphaNumeric/>"


def head(receipt: str, total: str = "10.00", at: int = 9, **values: Any) -> models.Bonkopf:
    """Return the head of a receipt that was issued on 2 March 2026, ``at`` o'clock at the till."""
    moment = datetime(2026, 3, 2, at, 30, tzinfo=UTC)
    described_by = {"BON_NR": 7, "BON_TYP": "Beleg", "BON_STORNO": False, "BON_START": moment}
    total_of = {"BON_ID": receipt, "BON_ENDE": moment, "UMS_BRUTTO": Decimal(total)}
    return models.Bonkopf(**{**CLOSING, **described_by, **total_of, **values})


def line(receipt: str, gross: str = "10.00", place: str = "1", **values: Any) -> list[Any]:
    """Return a line of a receipt, for one piece of an article, and its amounts."""
    vat = values.pop("UST_SCHLUESSEL", 1)
    amounts = {"POS_BRUTTO": Decimal(gross), "POS_NETTO": Decimal(0), "POS_UST": Decimal(0)}
    till = {name: values.pop(name, value) for name, value in CLOSING.items()}
    where = {**till, "BON_ID": receipt, "POS_ZEILE": place}
    goods = {
        "GV_TYP": "Umsatz",
        "ARTIKELTEXT": "Espresso",
        "P_STORNO": False,
        "ART_NR": "100",
        "GTIN": "4006381333931",
        "WARENGR_ID": "10",
        "WARENGR": "Kaffee",
        "MENGE": Decimal(1),
        "FAKTOR": Decimal(1),
        "EINHEIT": "Stk",
        "STK_BR": Decimal(gross),
    }
    return [
        models.Bonpos(**{**where, **goods, **values}),
        models.Bonpos_USt(**where, UST_SCHLUESSEL=vat, **amounts),
    ]


def master_data(currency: str = "EUR") -> list[Any]:
    """Return the tax rates and the till of a closing."""
    rates = [
        models.Stamm_USt(**CLOSING, UST_SCHLUESSEL=key, UST_SATZ=rate, UST_BESCHR=f"{rate} %")
        for key, rate in RATES.items()
    ]
    return [*rates, models.Stamm_Kassen(**CLOSING, KASSE_BASISWAEH_CODE=currency)]


def reference(receipt: str, to_receipt: str, **values: Any) -> models.Bon_Referenzen:
    """Return a reference from one receipt to another of the same closing."""
    target = {"REF_Z_KASSE_ID": CLOSING["Z_KASSE_ID"], "REF_Z_NR": CLOSING["Z_NR"]}
    named = {"BON_ID": receipt, "REF_TYP": "Transaktion", "REF_BON_ID": to_receipt}
    return models.Bon_Referenzen(**{**CLOSING, **named, **target, **values})
