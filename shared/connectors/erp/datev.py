"""Writes sales as bookings in DATEV's format: EXTF 700, category 21 (Buchungsstapel), version 13.

Source: DATEV's description of the format (developer.datev.de, "DATEV-Format"), on which public
writers and readers agree: a header of 31 fields, 125 columns, CP1252, CRLF, decimal commas. Revenue
accounts must have a fixed tax rate (Automatikkonten), because no tax keys are written. The
functions are pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shared.connectors.erp.books import BERLIN, CURRENCY, rate_totals
from shared.connectors.record_files import to_comma
from shared.connectors.spreadsheets import shown
from shared.domain.money import Money
from shared.domain.systems.sales import PaidBy, Sale
from shared.errors import ConnectorRejected
from shared.said import say

SYSTEM = "DATEV"
ENCODING = "cp1252"
SOURCE = "Punktwerk"

_VERSION = "700"
_CATEGORY = "21"
_FORMAT = "Buchungsstapel"
_FORMAT_VERSION = "13"
_ORIGIN = "RE"
_FINANCIAL_ACCOUNTING = "1"
_ANY_PURPOSE = "0"
_NOT_FIXED = "0"
_DEBIT, _CREDIT = "S", "H"
_DOCUMENT_CHARS_MAX = 36
_NOT_IN_DOCUMENT = re.compile(r"[^A-Za-z0-9$&%*+\-/]")
_TEXT_CHARS_MAX = 60


def _pairs(first: str, second: str, count: int) -> Iterable[str]:
    return (f"{each} {number}" for number in range(1, count + 1) for each in (first, second))


COLUMNS = (
    "Umsatz (ohne Soll/Haben-Kz)",
    "Soll/Haben-Kennzeichen",
    "WKZ Umsatz",
    "Kurs",
    "Basis-Umsatz",
    "WKZ Basis-Umsatz",
    "Konto",
    "Gegenkonto (ohne BU-Schlüssel)",
    "BU-Schlüssel",
    "Belegdatum",
    "Belegfeld 1",
    "Belegfeld 2",
    "Skonto",
    "Buchungstext",
    "Postensperre",
    "Diverse Adressnummer",
    "Geschäftspartnerbank",
    "Sachverhalt",
    "Zinssperre",
    "Beleglink",
    *_pairs("Beleginfo - Art", "Beleginfo - Inhalt", 8),
    "KOST1 - Kostenstelle",
    "KOST2 - Kostenstelle",
    "Kost-Menge",
    "EU-Land u. UStID (Bestimmung)",
    "EU-Steuersatz (Bestimmung)",
    "Abw. Versteuerungsart",
    "Sachverhalt L+L",
    "Funktionsergänzung L+L",
    "BU 49 Hauptfunktionstyp",
    "BU 49 Hauptfunktionsnummer",
    "BU 49 Funktionsergänzung",
    *_pairs("Zusatzinformation - Art", "Zusatzinformation- Inhalt", 20),
    "Stück",
    "Gewicht",
    "Zahlweise",
    "Forderungsart",
    "Veranlagungsjahr",
    "Zugeordnete Fälligkeit",
    "Skontotyp",
    "Auftragsnummer",
    "Buchungstyp",
    "USt-Schlüssel (Anzahlungen)",
    "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)",
    "EU-Steuersatz (Anzahlungen)",
    "Erlöskonto (Anzahlungen)",
    "Herkunft-Kz",
    "Buchungs GUID",
    "KOST-Datum",
    "SEPA-Mandatsreferenz",
    "Skontosperre",
    "Gesellschaftername",
    "Beteiligtennummer",
    "Identifikationsnummer",
    "Zeichnernummer",
    "Postensperre bis",
    "Bezeichnung SoBil-Sachverhalt",
    "Kennzeichen SoBil-Buchung",
    "Festschreibung",
    "Leistungsdatum",
    "Datum Zuord. Steuerperiode",
    "Fälligkeit",
    "Generalumkehr (GU)",
    "Steuersatz",
    "Land",
    "Abrechnungsreferenz",
    "BVV-Position",
    "EU-Land u. UStID (Ursprung)",
    "EU-Steuersatz (Ursprung)",
    "Abw. Skontokonto",
)


@dataclass(frozen=True, slots=True)
class DatevBooks:
    """A merchant's books, as their tax consultant keeps them.

    Attributes:
        consultant_number: The number of the tax consultant (Berater).
        client_number: The merchant's number at the consultant (Mandant).
        year_begins: The month and day on which the merchant's fiscal year begins.
        account_length: The number of digits of an account.
        revenue_accounts: Accounts by the tax rate in the sale, in percent.
        money_accounts: Accounts by the way a sale was paid.
        clearing_account: The account between the sale and the money, for sales that cannot be
            booked directly on a money account.
    """

    consultant_number: int
    client_number: int
    year_begins: tuple[int, int]
    account_length: int
    revenue_accounts: Mapping[Decimal, str]
    money_accounts: Mapping[PaidBy, str]
    clearing_account: str | None


@dataclass(frozen=True, slots=True)
class _Booking:
    """A booking of ``amount`` from ``contra_account`` to ``account``; if negative, in reverse."""

    amount: Money
    account: str
    contra_account: str
    text: str


def write(sales: Sequence[Sale], books: DatevBooks, *, now: datetime) -> bytes:
    """Write sales as a batch of bookings, one for each rate of tax in a sale.

    A sale that was paid in one way is booked on the account of that way. A sale that was paid in
    several ways, or in an unknown way, is booked on the clearing account, and its payments are
    booked from the clearing account.

    Raises:
        ConnectorRejected: An account is missing, a sale is not in euros or does not add up, or the
            sales are of different fiscal years.
    """
    days = [_day_of(sale) for sale in sales]
    years = sorted({_year_of(day, books.year_begins) for day in days})
    if len(years) != 1:
        raise ConnectorRejected(
            say("record_refused", "The sales are of different fiscal years: export each by itself.")
        )
    rows = [
        _row(booking, sale, day)
        for sale, day in zip(sales, days, strict=True)
        for booking in _bookings(sale, books)
    ]
    if not rows:
        raise ConnectorRejected(
            say("record_refused", "There is nothing to book in sales of nothing.")
        )
    header = _header(books, years[0], min(days), max(days), now)
    lines = [header, [_quoted(each) for each in COLUMNS], *rows]
    text = "".join(";".join(line) + "\r\n" for line in lines)
    return text.encode(ENCODING, errors="replace")


def _bookings(sale: Sale, books: DatevBooks) -> Iterable[_Booking]:
    paid = sum(each.amount.amount_minor for each in sale.payments)
    if sale.payments and paid != sale.total.amount_minor:
        raise ConnectorRejected(
            say(
                "record_refused",
                "The payments of {sale} do not add up to its total.",
                sale=sale.record_id,
            )
        )
    payments = [each for each in sale.payments if each.amount.amount_minor]
    totals = [each for each in rate_totals(sale, system=SYSTEM) if each.gross.amount_minor]
    if not payments and not totals:
        return
    accounts = {_money_account(each.paid_by, books) for each in payments}
    is_direct = len(accounts) == 1
    account = accounts.pop() if is_direct else _clearing_account(sale, books)
    for total in totals:
        revenue = _revenue_account(total.vat_percent, books)
        percent = to_comma(total.vat_percent.normalize())
        yield _Booking(total.gross, account, revenue, f"{percent} % USt")
    for payment in () if is_direct else payments:
        money = _money_account(payment.paid_by, books)
        yield _Booking(payment.amount, money, account, payment.paid_by.value)


def _money_account(paid_by: PaidBy, books: DatevBooks) -> str:
    account = books.money_accounts.get(paid_by)
    if account is None:
        raise ConnectorRejected(
            say(
                "record_refused",
                "DATEV needs an account for what is paid by {means}.",
                means=paid_by,
            )
        )
    return account


def _clearing_account(sale: Sale, books: DatevBooks) -> str:
    if books.clearing_account is None:
        paid = "in several ways" if sale.payments else "nobody says how"
        raise ConnectorRejected(
            say(
                "record_refused",
                "DATEV needs a clearing account: {sale} is paid {paid}.",
                sale=sale.record_id,
                paid=paid,
            )
        )
    return books.clearing_account


def _revenue_account(vat_percent: Decimal, books: DatevBooks) -> str:
    account = books.revenue_accounts.get(vat_percent)
    if account is None:
        raise ConnectorRejected(
            say(
                "record_refused",
                "DATEV needs a revenue account for {percent} %.",
                percent=vat_percent,
            )
        )
    return account


def _header(
    books: DatevBooks, year_begins: date, first: date, last: date, now: datetime
) -> Sequence[str]:
    local = now.astimezone(BERLIN)
    return (
        _quoted("EXTF"),
        _VERSION,
        _CATEGORY,
        _quoted(_FORMAT),
        _FORMAT_VERSION,
        f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}",
        "",
        _quoted(_ORIGIN),
        _quoted(SOURCE),
        _quoted(""),
        str(books.consultant_number),
        str(books.client_number),
        f"{year_begins:%Y%m%d}",
        str(books.account_length),
        f"{first:%Y%m%d}",
        f"{last:%Y%m%d}",
        _quoted(f"Kasse {first:%d.%m.} - {last:%d.%m.%Y}"),
        _quoted(""),
        _FINANCIAL_ACCOUNTING,
        _ANY_PURPOSE,
        _NOT_FIXED,
        _quoted(CURRENCY),
        "",
        _quoted(""),
        "",
        "",
        _quoted(""),
        "",
        "",
        _quoted(""),
        _quoted(""),
    )


def _row(booking: _Booking, sale: Sale, day: date) -> Sequence[str]:
    amount = booking.amount
    known = {
        "Umsatz (ohne Soll/Haben-Kz)": to_comma(abs(amount.to_major())),
        "Soll/Haben-Kennzeichen": _quoted(_CREDIT if amount.amount_minor < 0 else _DEBIT),
        "WKZ Umsatz": _quoted(amount.currency),
        "Konto": booking.account,
        "Gegenkonto (ohne BU-Schlüssel)": booking.contra_account,
        "Belegdatum": f"{day:%d%m}",
        "Belegfeld 1": _quoted(document_number(sale.number)),
        "Buchungstext": _quoted(_text(f"Beleg {sale.number}", booking.text)),
        "Beleginfo - Art 1": _quoted(SOURCE),
        "Beleginfo - Inhalt 1": _quoted(shown(_flat(sale.record_id))),
        "Festschreibung": _NOT_FIXED,
    }
    return [known.get(column, "") for column in COLUMNS]


def document_number(number: str) -> str:
    """Return a receipt's number in characters that DATEV takes, without a leading formula sign."""
    return _NOT_IN_DOCUMENT.sub("-", number).lstrip("+-")[:_DOCUMENT_CHARS_MAX]


def _text(receipt: str, detail: str) -> str:
    return f"{receipt[: _TEXT_CHARS_MAX - len(detail) - 2]}, {detail}"


def _quoted(text: str) -> str:
    doubled = _flat(text).replace('"', '""')
    return f'"{doubled}"'


def _flat(text: str) -> str:
    return " ".join(text.split())


def _day_of(sale: Sale) -> date:
    return sale.sold_at.astimezone(BERLIN).date()


def _year_of(day: date, begins: tuple[int, int]) -> date:
    """Return the first day of the fiscal year that contains a day."""
    this = date(day.year, *begins)
    return this if this <= day else date(day.year - 1, *begins)
