"""Reads an export of DSFinV-K into our models.

A till exports its sales, not its catalogue: products and prices are those of the receipts, and
products that were not sold are missing. So a listing is never complete.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from shared.connectors.base import Skipped
from shared.connectors.dsfinvk.archive import Archive
from shared.connectors.uploads import ID_CHARS_MAX, Contents, Listing, moment_of, shortest
from shared.domain.catalog.goods import Category, Product
from shared.domain.gtin import ean_of
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind
from shared.domain.units import currency_scale

HEADS = "transactions.csv"
LINES = "lines.csv"
LINE_AMOUNTS = "lines_vat.csv"
REFERENCES = "references.csv"
RATES = "vat.csv"
TILLS = "cashregister.csv"

_KEY = ("Z_KASSE_ID", "Z_NR", "BON_ID")
_GOODS = "Umsatz"
_EARNS = {_GOODS, "Rabatt"}
"""Business cases that earn points. Deposits, tips, vouchers, debts and cash movements do not."""
_EXTERNAL = "Extern"
"""The prefix of references to things outside the till, such as invoices and delivery notes."""

_KINDS: Mapping[str, ReceiptKind] = {
    "Beleg": ReceiptKind.SALE,
    "AVBelegstorno": ReceiptKind.VOID,
    "AVTraining": ReceiptKind.TRAINING,
    "AVTransfer": ReceiptKind.TRANSFER,
}
"""All other types are not sales: orders, aborted receipts, own use, paid invoices."""

_Key = tuple[str, str, str]


@dataclass(slots=True)
class _Head:
    """A receipt, with the values that its lines have given so far.

    ``earning`` are the numbers of the lines that earn points, ``original`` is the receipt to which
    this one refers, ``problem`` is the reason to skip it.
    """

    number: str
    kind: ReceiptKind
    issued_at: datetime
    total: Money
    customer_id: str | None
    earning: set[str] = field(default_factory=set)
    eligible: Decimal = Decimal(0)
    original: _Key | None = None
    problem: str | None = None


@dataclass(slots=True)
class _Article:
    """A product as its latest receipt describes it. ``line`` is the line that sold it last."""

    seen_at: datetime
    name: str
    number: str | None
    ean: str | None
    category_id: str | None
    line: tuple[_Key, str]
    priced_at: datetime | None = None
    price: str = ""
    currency: str = ""


def read(content: bytes, *, currency: str, zone: ZoneInfo) -> Contents:
    """Read a zip.

    Args:
        content: The zip.
        currency: The currency of tills that do not tell theirs.
        zone: The time zone of the till, because tills write local times.

    Raises:
        ConnectorRejected: The zip is not an export, is damaged, or is too large.
    """
    return _Reading(Archive(content), currency, zone).contents()


def receipt_id(till: str, closing: str, receipt: str) -> str:
    """Return a receipt's permanent name: its till, the number of the closing, and its own id.

    Each part is quoted, so that no two receipts share a name and no part contains a slash.
    """
    return ":".join(quote(part, safe="") for part in (till, closing, receipt))


class _Reading:
    """One pass over an export: first the heads, then the lines, then the amounts of the lines."""

    def __init__(self, archive: Archive, currency: str, zone: ZoneInfo) -> None:
        self._archive = archive
        self._zone = zone
        self._currency = currency
        self._heads: dict[_Key, _Head] = {}
        self._articles: dict[str, _Article] = {}
        self._categories: dict[str, tuple[datetime, str]] = {}
        self._rates: dict[_Key, Decimal] = {}
        self._vat: dict[tuple[_Key, str], set[Decimal | None]] = {}
        self._skipped_receipts: dict[str, Skipped] = {}
        self._skipped_products: dict[str, Skipped] = {}

    def contents(self) -> Contents:
        """Return the contents of the export."""
        currencies = self._till_currencies()
        self._read_heads(currencies)
        self._read_references()
        self._read_lines()
        self._read_rates()
        self._read_amounts()
        receipts = sorted(self._receipts(), key=lambda each: (each.issued_at, each.external_id))
        products = tuple(self._products())
        return Contents(
            Listing(tuple(Category(key, name) for key, (_, name) in self._categories.items())),
            Listing(products, tuple(self._skipped_products.values())),
            Listing(tuple(receipts), tuple(self._skipped_receipts.values())),
        )

    def _till_currencies(self) -> dict[tuple[str, str], str]:
        """Return the currencies by till and closing."""
        if TILLS not in self._archive:
            return {}
        rows = self._archive.table(TILLS).rows(("Z_KASSE_ID", "Z_NR"), ("KASSE_BASISWAEH_CODE",))
        return {(till, _whole(closing)): code for till, closing, code in rows if code}

    def _read_heads(self, currencies: Mapping[tuple[str, str], str]) -> None:
        table = self._archive.table(HEADS)
        columns = (*_KEY, "BON_TYP", "BON_STORNO", "BON_ENDE", "UMS_BRUTTO")
        for till, closing, receipt, kind, is_void, ended_at, total, *rest in table.rows(
            columns, ("BON_START", "BON_NR", "KUNDE_ID")
        ):
            started_at, number, customer_id = rest
            key = (till, _whole(closing), receipt)
            if not receipt or max(map(len, key)) > ID_CHARS_MAX:
                self._skip_receipt(key, "has no BON_ID, or ids that are too long")
            elif key in self._heads:
                self._heads[key].problem = "is in the file twice"
            else:
                try:
                    self._heads[key] = _Head(
                        number=number or receipt,
                        kind=_kind_of(kind, is_void=is_void == "1"),
                        issued_at=moment_of(ended_at or started_at, self._zone),
                        total=Money.from_major(
                            table.number(total), currencies.get(key[:2], self._currency)
                        ),
                        customer_id=customer_id or None,
                    )
                except ValueError as error:
                    self._skip_receipt(key, f"has no valid time or total: {error}")

    def _read_references(self) -> None:
        """Note the receipt to which a receipt refers: the first reference to a till's receipt."""
        if REFERENCES not in self._archive:
            return
        for till, closing, receipt, kind, *target in self._archive.table(REFERENCES).rows(
            (*_KEY, "REF_TYP", "REF_Z_KASSE_ID", "REF_Z_NR", "REF_BON_ID")
        ):
            to_till, to_closing, to_receipt = target
            head = self._heads.get((till, _whole(closing), receipt))
            if head is None or head.original or not to_receipt or kind.startswith(_EXTERNAL):
                continue
            head.original = (to_till or till, _whole(to_closing or closing), to_receipt)

    def _read_lines(self) -> None:
        columns = (*_KEY, "POS_ZEILE", "GV_TYP", "ARTIKELTEXT")
        optional = ("P_STORNO", "ART_NR", "GTIN", "WARENGR_ID", "WARENGR", "STK_BR")
        for till, closing, receipt, line, case, *goods in self._archive.table(LINES).rows(
            columns, optional
        ):
            key = (till, _whole(closing), receipt)
            head = self._heads.get(key)
            if head is None:
                self._skip_receipt(key, f"has lines, but nothing in {HEADS}")
                continue
            if case in _EARNS:
                head.earning.add(sys.intern(line))
            if case == _GOODS and head.kind is ReceiptKind.SALE:
                self._note_article(head, (key, line), *goods)

    def _note_article(
        self,
        head: _Head,
        line: tuple[_Key, str],
        name: str,
        is_void: str,
        number: str,
        gtin: str,
        category_id: str,
        category: str,
        price: str,
    ) -> None:
        """Note what a line says about its product, unless a later receipt has described it."""
        if is_void == "1":
            return
        external_id = number or gtin
        if not external_id or not name or len(external_id) > ID_CHARS_MAX:
            missing = "a name" if external_id and not name else "a valid ART_NR or GTIN"
            shown = (external_id or name)[:ID_CHARS_MAX]
            self._skipped_products.setdefault(shown, Skipped(shown, f"was sold without {missing}"))
            return
        known = self._articles.get(external_id)
        if known is None or head.issued_at >= known.seen_at:
            self._articles[external_id] = _Article(
                seen_at=head.issued_at,
                name=name,
                number=number or None,
                ean=ean_of(gtin),
                category_id=category_id or category or None,
                line=line,
                priced_at=known.priced_at if known else None,
                price=known.price if known else "",
                currency=known.currency if known else "",
            )
            self._note_category(head, category_id or category, category or category_id)
        article = self._articles[external_id]
        is_newer = article.priced_at is None or head.issued_at >= article.priced_at
        if price.strip("0.,") and not price.startswith("-") and is_newer:
            article.priced_at, article.price = head.issued_at, price
            article.currency = head.total.currency

    def _note_category(self, head: _Head, category_id: str, name: str) -> None:
        known = self._categories.get(category_id)
        if category_id and (known is None or head.issued_at >= known[0]):
            self._categories[category_id] = (head.issued_at, name)

    def _read_rates(self) -> None:
        """Read the tax rates of the tax keys, which every closing may define anew."""
        if RATES not in self._archive:
            return
        table = self._archive.table(RATES)
        for till, closing, key, rate in table.rows(
            ("Z_KASSE_ID", "Z_NR", "UST_SCHLUESSEL", "UST_SATZ")
        ):
            try:
                self._rates[till, _whole(closing), _whole(key)] = shortest(table.number(rate))
            except ValueError:
                continue  # a product without a rate is better than no product

    def _read_amounts(self) -> None:
        """Add up the amounts of the lines that earn points, and find the taxes of products."""
        wanted = {article.line for article in self._articles.values()}
        table = self._archive.table(LINE_AMOUNTS)
        for till, closing, receipt, line, tax, gross in table.rows(
            (*_KEY, "POS_ZEILE", "UST_SCHLUESSEL", "POS_BRUTTO")
        ):
            key = (till, _whole(closing), receipt)
            head = self._heads.get(key)
            if head is None:
                continue
            if (key, line) in wanted:
                rate = self._rates.get((till, key[1], _whole(tax)))
                self._vat.setdefault((key, line), set()).add(rate)
            if line in head.earning:
                try:
                    head.eligible += table.number(gross)
                except ValueError as error:
                    head.problem = f"has an amount in line {line} that is none: {error}"

    def _receipts(self) -> Iterator[Receipt]:
        for key, head in self._heads.items():
            if head.problem:
                self._skip_receipt(key, head.problem)
                continue
            eligible = _rounded(head.eligible, head.total.currency)
            kind, voided = _voided(key, head, eligible)
            # Tills often do not ask for the customer again when goods come back.
            buyer = self._heads.get(voided) if voided else None
            yield Receipt(
                external_id=receipt_id(*key),
                number=head.number,
                issued_at=head.issued_at,
                kind=kind,
                total=head.total,
                eligible=eligible,
                customer_id=head.customer_id or (buyer.customer_id if buyer else None),
                voids=receipt_id(*voided) if voided else None,
            )

    def _products(self) -> Iterator[Product]:
        numbers = self._archive.table(LINES)
        for external_id, article in self._articles.items():
            self._skipped_products.pop(external_id, None)
            rates = self._vat.get(article.line, set())
            try:
                price = (
                    Money.from_major(numbers.number(article.price), article.currency)
                    if article.price
                    else None
                )
            except ValueError as error:
                self._skipped_products[external_id] = Skipped(
                    external_id, f"has a price that cannot be taken: {error}"
                )
                continue
            yield Product(
                external_id=external_id,
                name=article.name,
                number=article.number,
                ean=article.ean,
                category_id=article.category_id,
                price=price,
                vat_percent=next(iter(rates)) if len(rates) == 1 else None,
            )

    def _skip_receipt(self, key: _Key, reason: str) -> None:
        external_id = receipt_id(*(part[:ID_CHARS_MAX] for part in key))
        self._skipped_receipts.setdefault(external_id, Skipped(external_id, reason))


def _whole(number: str) -> str:
    """Write the number of a closing or a tax in one form: some tables have 1.234, others 1234."""
    digits = number.replace(".", "")
    return str(int(digits)) if digits.isascii() and digits.isdigit() else number


def _kind_of(word: str, *, is_void: bool) -> ReceiptKind:
    kind = _KINDS.get(word, ReceiptKind.OTHER)
    return ReceiptKind.VOID if is_void and kind is ReceiptKind.SALE else kind


def _voided(key: _Key, head: _Head, eligible: Money) -> tuple[ReceiptKind, _Key | None]:
    """Return the final kind of a receipt, and the receipt that it takes back in whole or in part.

    For the standard, returned goods are not a void but a negative sale that refers to another sale;
    without a reference, nobody can tell which points they earned. A void refers to another receipt
    and has negated amounts; a void with neither was voided in place.
    """
    if head.kind is ReceiptKind.SALE and eligible.amount_minor < 0:
        kind = ReceiptKind.VOID if head.original else ReceiptKind.OTHER
        return kind, head.original
    if head.kind is not ReceiptKind.VOID:
        return head.kind, None
    is_in_place = head.original is None and eligible.amount_minor > 0
    return head.kind, key if is_in_place else head.original


def _rounded(amount: Decimal, currency: str) -> Money:
    """Round fractions of a minor unit half up, away from zero."""
    minor = amount.scaleb(currency_scale(currency)).quantize(Decimal(1), ROUND_HALF_UP)
    return Money(int(minor), currency)
