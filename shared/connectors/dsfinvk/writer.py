"""Sales as a DSFinV-K export, for tills and bookkeeping that read such files.

Unknown fields stay empty: the company, the operator, the till's own closing. The files of the
security device (``tse.csv``, ``transactions_tse.csv``) are not written at all, because nothing was
signed: the export hands over sales, and is not a record for the tax office. Texts for people are
written so that no spreadsheet runs them; ids are as they are, because programs look for them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from shared.connectors.dsfinvk import index
from shared.connectors.dsfinvk.schema import (
    TABLES,
    TAXONOMY_VERSION,
    Column,
    ColumnKind,
    TableSchema,
)
from shared.connectors.spreadsheets import shown
from shared.connectors.uploads import shortest
from shared.domain.money import Money
from shared.domain.systems.sales import PaidBy, Sale, SaleLine
from shared.domain.units import currency_scale
from shared.errors import ConnectorRejected
from shared.said import say

TILL_ID = "punktwerk"
PLACES_MAX = 2
"""The most decimals of a currency that the standard's amounts can hold."""

_GOODS = "Umsatz"
_ID_CHARS_MAX = 40
_NAME_CHARS_MAX = 255
_DIGITS_MAX = 19
"""From this length on, readers with 64-bit numbers lose digits."""
_RATE_KEYS = {Decimal(19): 1, Decimal(7): 2}
"""The standard's keys of tax rates. Its other keys give reasons for no tax, which we lack."""
_RATE_KEY_FIRST = 1000
"""The first key that an export may define itself."""
_PAYMENTS: Mapping[PaidBy, tuple[str, str]] = {
    PaidBy.CASH: ("Bar", "Bar"),
    PaidBy.CARD: ("Unbar", "Karte"),
    PaidBy.VOUCHER: ("Guthabenkarte", "Gutschein"),
    PaidBy.OTHER: ("Unbar", "Sonstige"),
}
_LIKE_ALL_ZIPS = (1980, 1, 1, 0, 0, 0)
"""A fixed time, so that the same sales give the same file, byte for byte."""

_Value = str | int | Decimal | datetime | None
_Row = Mapping[str, _Value]


def write(sales: Sequence[Sale], *, zone: ZoneInfo) -> bytes:
    """Write sales as one closing of a separate till.

    The closing's number is made from the sales' record ids, so that the same sales always give the
    same closing, and other sales give another.

    Args:
        sales: At least one; all of one currency.
        zone: The time zone of the times in the files.

    Returns:
        The zip.

    Raises:
        ConnectorRejected: A sale does not add up, or the standard has no field for a value.
    """
    assert sales
    _check(sales)
    closing = _Closing(
        number=_closing_number(sales),
        created_at=max(sale.sold_at for sale in sales),
        currency=sales[0].total.currency,
        rate_keys=_rate_keys(sales),
    )
    for number, sale in enumerate(sales, start=1):
        closing.add(sale, number)
    closing.finish(sales)
    return _to_zip(closing.tables, zone)


def record_key(record_id: str) -> str:
    """Return the ``BON_ID`` of a record: its id, or a digest if the id is too long."""
    if len(record_id) <= _ID_CHARS_MAX:
        return record_id
    return hashlib.sha256(record_id.encode()).hexdigest()[:_ID_CHARS_MAX]


@dataclass(slots=True)
class _Closing:
    """The rows of a closing, by file."""

    number: int
    created_at: datetime
    currency: str
    rate_keys: Mapping[Decimal, int]
    tables: dict[str, list[_Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def add(self, sale: Sale, number: int) -> None:
        """Add a sale; ``number`` counts the sales, for those without a usable number."""
        is_number = (
            sale.number.isascii() and sale.number.isdigit() and len(sale.number) < _DIGITS_MAX
        )
        receipt: _Row = {"BON_ID": record_key(sale.record_id)}
        self._row(
            "transactions.csv",
            receipt,
            BON_NR=int(sale.number) if is_number else number,
            BON_TYP="Beleg",
            BON_STORNO=0,
            BON_START=sale.sold_at,
            BON_ENDE=sale.sold_at,
            UMS_BRUTTO=sale.total.to_major(),
            KUNDE_ID=sale.customer_id,
            BON_NOTIZ="" if is_number else shown(sale.number),
        )
        for place, line in enumerate(sale.lines, start=1):
            self._add_line({**receipt, "POS_ZEILE": str(place)}, line)
        for rate, (gross, vat) in _by_rate(sale.lines).items():
            self._row(
                "transactions_vat.csv",
                receipt,
                UST_SCHLUESSEL=self.rate_keys[rate],
                **self._amounts("BON", gross, vat),
            )
        for payment in sale.payments:
            kind, name = _PAYMENTS[payment.paid_by]
            self._row(
                "datapayment.csv",
                receipt,
                ZAHLART_TYP=kind,
                ZAHLART_NAME=name,
                ZAHLWAEH_CODE=self.currency,
                BASISWAEH_BETRAG=payment.amount.to_major(),
            )

    def finish(self, sales: Sequence[Sale]) -> None:
        """Add the closing itself, its master data and its totals."""
        paid: dict[PaidBy, int] = defaultdict(int)
        for sale in sales:
            for payment in sale.payments:
                paid[payment.paid_by] += payment.amount.amount_minor
        cash = self._major(paid[PaidBy.CASH])
        self._row(
            "cashpointclosing.csv",
            {},
            TAXONOMIE_VERSION=TAXONOMY_VERSION,
            Z_START_ID=record_key(sales[0].record_id),
            Z_ENDE_ID=record_key(sales[-1].record_id),
            Z_SE_ZAHLUNGEN=self._major(sum(paid.values())),
            Z_SE_BARZAHLUNGEN=cash,
        )
        self._row(
            "cashregister.csv",
            {},
            KASSE_SW_BRAND="Punktwerk",
            KASSE_BASISWAEH_CODE=self.currency,
            KEINE_UST_ZUORDNUNG=0,
        )
        for rate, key in self.rate_keys.items():
            self._row(
                "vat.csv", {}, UST_SCHLUESSEL=key, UST_SATZ=rate, UST_BESCHR=f"{shortest(rate)} %"
            )
        for rate, (gross, vat) in _by_rate([each for sale in sales for each in sale.lines]).items():
            self._row(
                "businesscases.csv",
                {"GV_TYP": _GOODS, "AGENTUR_ID": 0},
                UST_SCHLUESSEL=self.rate_keys[rate],
                **self._amounts("Z_UMS", gross, vat, vat_column="Z_UST"),
            )
        for paid_by, minor in paid.items():
            kind, name = _PAYMENTS[paid_by]
            if minor:
                self._row(
                    "payment.csv",
                    {"ZAHLART_TYP": kind, "ZAHLART_NAME": name},
                    Z_ZAHLART_BETRAG=self._major(minor),
                )
        self._row("cash_per_currency.csv", {}, ZAHLART_WAEH=self.currency, ZAHLART_BETRAG_WAEH=cash)

    def _add_line(self, place: _Row, line: SaleLine) -> None:
        self._row(
            "lines.csv",
            place,
            ARTIKELTEXT=shown(line.name)[:_NAME_CHARS_MAX],
            GV_TYP=_GOODS,
            P_STORNO=0,
            AGENTUR_ID=0,
            ART_NR=line.number or line.product_id,
            GTIN=line.ean,
            MENGE=line.quantity,
            FAKTOR=1,
            STK_BR=line.unit_price.to_major(),
        )
        self._row(
            "lines_vat.csv",
            place,
            UST_SCHLUESSEL=self.rate_keys[line.vat_percent],
            **self._amounts("POS", line.total.amount_minor, line.vat.amount_minor),
        )

    def _amounts(
        self, prefix: str, gross: int, vat: int, *, vat_column: str = ""
    ) -> dict[str, _Value]:
        """Return gross, net and tax, in minor units, as columns."""
        return {
            f"{prefix}_BRUTTO": self._major(gross),
            f"{prefix}_NETTO": self._major(gross - vat),
            vat_column or f"{prefix}_UST": self._major(vat),
        }

    def _major(self, minor: int) -> Decimal:
        return Money(minor, self.currency).to_major()

    def _row(self, table: str, place: _Row, **values: _Value) -> None:
        closing: _Row = {
            "Z_KASSE_ID": TILL_ID,
            "Z_ERSTELLUNG": self.created_at,
            "Z_NR": self.number,
        }
        self.tables[table].append({**closing, **place, **values})


def _check(sales: Sequence[Sale]) -> None:
    """Refuse a sale that would make a file contradict itself."""
    currency = sales[0].total.currency
    if currency_scale(currency) > PLACES_MAX:
        raise ConnectorRejected(
            say(
                "record_refused",
                "DSFinV-K has no place for the decimals of {currency}.",
                currency=currency,
            )
        )
    seen: set[str] = set()
    for sale in sales:
        amounts = [each.total for each in sale.lines] + [each.amount for each in sale.payments]
        if any(each.currency != currency for each in (sale.total, *amounts)):
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "Sale {sale} is not in {currency}, like the others.",
                    sale=sale.record_id,
                    currency=currency,
                )
            )
        if sum(each.total.amount_minor for each in sale.lines) != sale.total.amount_minor:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "The lines of sale {sale} do not make its total.",
                    sale=sale.record_id,
                )
            )
        if sale.record_id in seen:
            raise ConnectorRejected(
                say("record_refused", "Sale {sale} is there twice.", sale=sale.record_id)
            )
        seen.add(sale.record_id)


def _closing_number(sales: Sequence[Sale]) -> int:
    """Return 31 bits of a digest, because the smallest reader's integers hold no more."""
    text = "\n".join(sorted(sale.record_id for sale in sales))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1


def _rate_keys(sales: Sequence[Sale]) -> dict[Decimal, int]:
    """Return the keys of the tax rates that occur, in order of the rates."""
    rates = sorted({line.vat_percent for sale in sales for line in sale.lines})
    own = [rate for rate in rates if rate not in _RATE_KEYS]
    return {
        rate: _RATE_KEYS[rate] if rate in _RATE_KEYS else _RATE_KEY_FIRST + own.index(rate)
        for rate in rates
    }


def _by_rate(lines: Sequence[SaleLine]) -> dict[Decimal, tuple[int, int]]:
    """Return gross and tax in minor units by tax rate: the sums over the lines."""
    sums: dict[Decimal, tuple[int, int]] = {}
    for line in lines:
        gross, vat = sums.get(line.vat_percent, (0, 0))
        sums[line.vat_percent] = (gross + line.total.amount_minor, vat + line.vat.amount_minor)
    return sums


def _to_zip(tables: Mapping[str, Sequence[_Row]], zone: ZoneInfo) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, rows in tables.items():
            _put(archive, name, _to_csv(TABLES[name], rows, zone))
        _put(archive, index.FILE_NAME, index.write(TABLES.values()))
    return target.getvalue()


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    member = zipfile.ZipInfo(name, _LIKE_ALL_ZIPS)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, text.encode())


def _to_csv(table: TableSchema, rows: Sequence[_Row], zone: ZoneInfo) -> str:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    for row in rows:
        writer.writerow(_to_text(column, row.get(column.name), zone) for column in table.columns)
    return target.getvalue()


def _to_text(column: Column, value: _Value, zone: ZoneInfo) -> str:
    """Write a value in the form of its column.

    Raises:
        ConnectorRejected: The text is longer than the column. A cut id would be another id.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%dT%H:%M:%S}"
    if column.kind is ColumnKind.NUMBER:
        places = Decimal(1).scaleb(-column.limit)
        return f"{Decimal(value).quantize(places, ROUND_HALF_UP):f}".replace(".", ",")
    text = str(value)
    if column.limit and len(text) > column.limit:
        raise ConnectorRejected(
            say(
                "record_refused",
                "DSFinV-K takes at most {most} characters for {column}: {given}",
                most=column.limit,
                column=column.name,
                given=text[:60],
            )
        )
    return text
