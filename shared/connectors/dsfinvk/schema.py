"""The tables of DSFinV-K 2.4 that we write, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

TAXONOMY_VERSION = "2.4"


class ColumnKind(Enum):
    """The type of a column. Times and flags are texts with their own format."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``limit`` is the maximum length of a text, or the decimals of a number."""

    name: str
    kind: ColumnKind
    limit: int = 0


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A file of an export, with its name in the standard."""

    file_name: str
    name: str
    columns: tuple[Column, ...]


def _text(name: str, chars_max: int = 0) -> Column:
    return Column(name, ColumnKind.TEXT, chars_max)


def _number(name: str, places: int = 0) -> Column:
    return Column(name, ColumnKind.NUMBER, places)


def _time(name: str) -> Column:
    return Column(name, ColumnKind.TIME)


def _flag(name: str) -> Column:
    return Column(name, ColumnKind.FLAG)


_CLOSING = (_text("Z_KASSE_ID", 50), _time("Z_ERSTELLUNG"), _number("Z_NR"))
_RECEIPT = (*_CLOSING, _text("BON_ID", 40))
_LINE = (*_RECEIPT, _text("POS_ZEILE", 50))
_COMPANY = (
    _text("NAME", 60),
    _text("STRASSE", 60),
    _text("PLZ", 10),
    _text("ORT", 62),
    _text("LAND", 3),
    _text("STNR", 20),
    _text("USTID", 15),
)
_TABLES = (
    TableSchema(
        "cashpointclosing.csv",
        "Stamm_Abschluss",
        (
            *_CLOSING,
            _text("Z_BUCHUNGSTAG"),
            _text("TAXONOMIE_VERSION", 10),
            _text("Z_START_ID", 40),
            _text("Z_ENDE_ID", 40),
            *_COMPANY,
            _number("Z_SE_ZAHLUNGEN", 2),
            _number("Z_SE_BARZAHLUNGEN", 2),
        ),
    ),
    TableSchema(
        "cashregister.csv",
        "Stamm_Kassen",
        (
            *_CLOSING,
            _text("KASSE_BRAND", 50),
            _text("KASSE_MODELL", 50),
            _text("KASSE_SERIENNR", 70),
            _text("KASSE_SW_BRAND", 50),
            _text("KASSE_SW_VERSION", 50),
            _text("KASSE_BASISWAEH_CODE", 3),
            _flag("KEINE_UST_ZUORDNUNG"),
        ),
    ),
    TableSchema(
        "vat.csv",
        "Stamm_USt",
        (
            *_CLOSING,
            _number("UST_SCHLUESSEL"),
            _number("UST_SATZ", 2),
            _text("UST_BESCHR", 55),
        ),
    ),
    TableSchema(
        "transactions.csv",
        "Bonkopf",
        (
            *_RECEIPT,
            _number("BON_NR"),
            _text("BON_TYP", 30),
            _text("BON_NAME", 60),
            _text("TERMINAL_ID", 50),
            _flag("BON_STORNO"),
            _time("BON_START"),
            _time("BON_ENDE"),
            _text("BEDIENER_ID", 50),
            _text("BEDIENER_NAME", 50),
            _number("UMS_BRUTTO", 2),
            _text("KUNDE_NAME", 50),
            _text("KUNDE_ID", 50),
            _text("KUNDE_TYP", 50),
            _text("KUNDE_STRASSE", 60),
            _text("KUNDE_PLZ", 10),
            _text("KUNDE_ORT", 62),
            _text("KUNDE_LAND", 3),
            _text("KUNDE_USTID", 15),
            _text("BON_NOTIZ", 255),
        ),
    ),
    TableSchema(
        "transactions_vat.csv",
        "Bonkopf_USt",
        (
            *_RECEIPT,
            _number("UST_SCHLUESSEL"),
            _number("BON_BRUTTO", 5),
            _number("BON_NETTO", 5),
            _number("BON_UST", 5),
        ),
    ),
    TableSchema(
        "datapayment.csv",
        "Bonkopf_Zahlarten",
        (
            *_RECEIPT,
            _text("ZAHLART_TYP", 25),
            _text("ZAHLART_NAME", 60),
            _text("ZAHLWAEH_CODE", 3),
            _number("ZAHLWAEH_BETRAG", 2),
            _number("BASISWAEH_BETRAG", 2),
        ),
    ),
    TableSchema(
        "lines.csv",
        "Bonpos",
        (
            *_LINE,
            _text("GUTSCHEIN_NR", 50),
            _text("ARTIKELTEXT", 255),
            _text("POS_TERMINAL_ID", 50),
            _text("GV_TYP", 30),
            _text("GV_NAME", 40),
            _flag("INHAUS"),
            _flag("P_STORNO"),
            _number("AGENTUR_ID"),
            _text("ART_NR", 50),
            _text("GTIN", 50),
            _text("WARENGR_ID", 40),
            _text("WARENGR", 50),
            _number("MENGE", 3),
            _number("FAKTOR", 3),
            _text("EINHEIT", 50),
            _number("STK_BR", 5),
        ),
    ),
    TableSchema(
        "lines_vat.csv",
        "Bonpos_USt",
        (
            *_LINE,
            _number("UST_SCHLUESSEL"),
            _number("POS_BRUTTO", 5),
            _number("POS_NETTO", 5),
            _number("POS_UST", 5),
        ),
    ),
    TableSchema(
        "businesscases.csv",
        "Z_GV_Typ",
        (
            *_CLOSING,
            _text("GV_TYP", 30),
            _text("GV_NAME", 40),
            _number("AGENTUR_ID"),
            _number("UST_SCHLUESSEL"),
            _number("Z_UMS_BRUTTO", 5),
            _number("Z_UMS_NETTO", 5),
            _number("Z_UST", 5),
        ),
    ),
    TableSchema(
        "payment.csv",
        "Z_Zahlart",
        (
            *_CLOSING,
            _text("ZAHLART_TYP", 25),
            _text("ZAHLART_NAME", 60),
            _number("Z_ZAHLART_BETRAG", 2),
        ),
    ),
    TableSchema(
        "cash_per_currency.csv",
        "Z_Waehrungen",
        (*_CLOSING, _text("ZAHLART_WAEH", 3), _number("ZAHLART_BETRAG_WAEH", 2)),
    ),
)

TABLES: Mapping[str, TableSchema] = {table.file_name: table for table in _TABLES}
"""Tables by file name, in the standard's order: closing, its master data, receipts, totals."""
