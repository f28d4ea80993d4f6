"""Reads an export of DSFinV-K into our models.

A till exports its sales, not its catalogue: products and prices are those of the receipts, and
products that were not sold are missing. So a listing is never complete.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from urllib.parse import quote
from zoneinfo import ZoneInfo

from shared import clock
from shared.connectors.base import Note, Skipped
from shared.connectors.dsfinvk.archive import Archive, ArchiveTable
from shared.connectors.paid import in_order, paid_for, percent_of
from shared.connectors.uploads import ID_CHARS_MAX, Contents, Listing, moment_of, shortest
from shared.connectors.words import truth_of
from shared.domain.catalog.goods import Category, Product
from shared.domain.gtin import ean_of
from shared.domain.loyalty import tse_receipts
from shared.domain.loyalty.earning_base import LineType, PurchaseLine
from shared.domain.money import Money
from shared.domain.systems.sales import Receipt, ReceiptKind, TseMark
from shared.domain.units import currency_scale
from shared.errors import ConnectorRejected
from shared.said import about, say, sentence_of

HEADS = "transactions.csv"
LINES = "lines.csv"
LINE_AMOUNTS = "lines_vat.csv"
REFERENCES = "references.csv"
RATES = "vat.csv"
TILLS = "cashregister.csv"
TSES = "tse.csv"
SIGNED = "transactions_tse.csv"

RECEIPTS_MAX = 100_000
"""The most receipts of an export: with their lines they fit into 128 MB."""
PRODUCTS_MAX = 30_000
"""The most different products of an export."""
MASTER_ROWS_MAX = 50_000
"""The most rows of tills and of tax rates, which every closing has anew."""
LINES_KEPT_MAX = 20_000
"""The most lines of an export on which programs decide; receipts after that are told by amount."""
NAME_CHARS_MAX = 500

_KEY = ("Z_KASSE_ID", "Z_NR", "BON_ID")
_CREATED = "Z_ERSTELLUNG"
_GOODS = "Umsatz"
_EARNS = {_GOODS, "Rabatt"}
"""Business cases that earn points. Deposits, tips, vouchers, debts and cash movements do not."""
_LINE_TYPES: Mapping[str, LineType] = {
    _GOODS: LineType.ITEM,
    "Rabatt": LineType.DISCOUNT,
    "Pfand": LineType.DEPOSIT,
    "PfandRueckzahlung": LineType.DEPOSIT,
    "TrinkgeldAG": LineType.TIP,
    "TrinkgeldAN": LineType.TIP,
    "EinzweckgutscheinKauf": LineType.VOUCHER,
    "MehrzweckgutscheinKauf": LineType.VOUCHER,
}
"""Business cases on which programs decide. All others are no part of what is sold."""
_EXTERNAL = "Extern"
"""The prefix of references to things outside the till, such as invoices and delivery notes."""

_KINDS: Mapping[str, ReceiptKind] = {
    "Beleg": ReceiptKind.SALE,
    "AVBelegstorno": ReceiptKind.VOID,
    "AVTraining": ReceiptKind.TRAINING,
    "AVTransfer": ReceiptKind.TRANSFER,
}
"""All other types are not sales: orders, aborted receipts, own use, paid invoices."""
_COUNTING = {ReceiptKind.SALE, ReceiptKind.VOID}
_SALE_PROCESS = "kassenbeleg-v1"
"""The process of a TSE that ends a receipt; orders have another one."""
_WITHOUT_HEAD = f"has lines, but nothing in {HEADS}"
_NOTHING = Decimal(0)
_FEW = 16
"""Up to this many lines are looked through one by one: a set of them takes four times as much."""
_TIMES_KEPT = 1_000
_RATES_TOLD = 2
"""A line of two taxes has none that could be told; more of them need not be kept."""

_Key = tuple[str, str, str]
_Sort = tuple[LineType, str | None, str | None]
"""What a line is: its type, the category and the product."""


@dataclass(slots=True, eq=False)
class _Head:
    """A receipt, with the values that its lines have given so far.

    Attributes:
        earning: The numbers of the lines that earn points.
        says: The sum of these lines.
        other: The sum of all other lines.
        original: The receipt to which this one refers, and its series.
        original_at: The time of that receipt.
        tse: What its TSE has signed.
        problem: The reason to skip it.
        other_series: A receipt with the same numbers, of a till that was put in use again.
        sorts: What its lines are, by their numbers; ``None`` if that does not matter.
        sums: What these lines cost together, for each sort and rate.
    """

    number: str
    kind: ReceiptKind
    issued_at: datetime
    total: Money
    customer_id: str | None
    series: str | None
    earning: list[str] | set[str] | None = None
    says: Decimal = _NOTHING
    other: Decimal = _NOTHING
    original: tuple[_Key, str | None] | None = None
    original_at: datetime | None = None
    problem: str | None = None
    tse: TseMark | None = None
    other_series: _Head | None = None
    sorts: dict[str, _Sort] | None = None
    sums: dict[tuple[_Sort, Decimal | None], Decimal] | None = None

    def note_earning(self, line: str) -> None:
        """Note that a line earns points."""
        if self.earning is None:
            self.earning = [line]
        elif isinstance(self.earning, set):
            self.earning.add(line)
        elif len(self.earning) < _FEW:
            self.earning.append(line)
        else:
            self.earning = {*self.earning, line}

    @property
    def may_count(self) -> bool:
        """Tell whether it may grant points or take them back."""
        is_known = self.customer_id is not None or self.original is not None
        return is_known and self.kind in _COUNTING

    def note_sort(self, line: str, sort: _Sort) -> None:
        """Note what a line is."""
        self.sorts = self.sorts or {}
        self.sorts[line] = sort

    def add_amount(self, line: str, rate: Decimal | None, amount: Decimal) -> None:
        """Add what a line costs to those of its sort."""
        sort = (self.sorts or {}).get(line)
        if sort is not None and amount:
            self.sums = self.sums or {}
            key = sort, rate
            self.sums[key] = self.sums.get(key, _NOTHING) + amount

    def lines(self) -> tuple[PurchaseLine, ...]:
        """Return what it sold, for programs to decide on; empty if that is not known."""
        return tuple(
            PurchaseLine(amount, *sort, percent_of(rate))
            for (sort, rate), amount in (self.sums or {}).items()
        )

    def all_series(self) -> Iterator[_Head]:
        """Return this receipt and those with the same numbers."""
        head: _Head | None = self
        while head is not None:
            yield head
            head = head.other_series


@dataclass(slots=True)
class _Article:
    """A product as its latest receipt describes it.

    ``line`` is the line that sold it last, ``rates`` are the taxes that this line has.
    """

    seen_at: datetime
    name: str
    number: str | None
    ean: str | None
    category_id: str | None
    line: tuple[_Head, str]
    rates: tuple[Decimal | None, ...] = ()
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
        self._receipt_count = 0
        self._articles: dict[str, _Article] = {}
        self._categories: dict[str, tuple[datetime, str]] = {}
        self._rates: dict[tuple[str, str, str | None, str], Decimal] = {}
        self._skipped_receipts: dict[str, Skipped] = {}
        self._skipped_products: dict[str, Skipped] = {}
        self._notes: dict[str, Note] = {}
        self._sorts: dict[_Sort, _Sort] = {}
        self._line_count = 0
        self._series_of = lru_cache(_TIMES_KEPT)(self._to_series)

    def contents(self) -> Contents:
        """Return the contents of the export."""
        self._read_heads(self._till_currencies())
        self._read_references()
        self._read_lines()
        self._read_rates()
        self._read_amounts()
        products = Listing(
            tuple(self._products()),
            tuple(self._skipped_products.values()),
            notes=(*self._about_file(LINES), *self._notes.values()),
        )
        categories = tuple(Category(key, name) for key, (_, name) in self._categories.items())
        # What products are made from is let go of before receipts are made.
        for each in (self._articles, self._categories, self._rates, self._sorts):
            each.clear()
        self._find_buyers()
        self._read_signed()
        receipts = in_order(self._receipts())
        return Contents(
            Listing(categories),
            products,
            Listing(
                receipts,
                tuple(self._skipped_receipts.values()),
                notes=(*self._about_file(HEADS), *self._about_lines()),
            ),
        )

    def _about_file(self, name: str) -> tuple[Note, ...]:
        """Return what a person should know about the encoding of a file."""
        problem = self._archive.table(name).encoding.problem
        return (Note("", about(name, problem)),) if problem else ()

    def _about_lines(self) -> tuple[Note, ...]:
        if self._line_count <= LINES_KEPT_MAX:
            return ()
        text = say(
            "too_many_lines_kept",
            "{file} has more than {most} lines of customers: receipts after these earn by their "
            "amount, and not by what their lines are; export fewer days",
            file=LINES,
            most=LINES_KEPT_MAX,
        )
        return (Note("", text),)

    def _till_currencies(self) -> dict[tuple[str, str, str | None], str]:
        """Return currencies by till, closing and series."""
        if TILLS not in self._archive:
            return {}
        table = self._archive.table(TILLS)
        found: dict[tuple[str, str, str | None], str] = {}
        rows = table.rows(("Z_KASSE_ID", "Z_NR"), ("KASSE_BASISWAEH_CODE", _CREATED))
        for number, (till, closing, code, created) in enumerate(rows, start=1):
            _check_count(number, MASTER_ROWS_MAX, f"rows of {TILLS}")
            if code:
                series = self._series_of(created)
                found[sys.intern(till), sys.intern(table.whole(closing)), series] = sys.intern(code)
        return found

    def _read_heads(self, currencies: Mapping[tuple[str, str, str | None], str]) -> None:
        table = self._archive.table(HEADS)
        columns = (*_KEY, "BON_TYP", "BON_STORNO", "BON_ENDE", "UMS_BRUTTO")
        for till, closing, receipt, kind, is_void, ended_at, total, *rest in table.rows(
            columns, ("BON_START", "BON_NR", "KUNDE_ID", _CREATED)
        ):
            started_at, number, customer_id, created = rest
            key = _key(table, till, closing, receipt)
            if not receipt or max(map(len, (*key, customer_id))) > ID_CHARS_MAX:
                self._skip_receipt(key, say("no_bon_id", "has no BON_ID, or ids that are too long"))
                continue
            series = self._series_of(created)
            code = currencies.get((*key[:2], series)) or currencies.get((*key[:2], None))
            try:
                head = _Head(
                    number=(number or receipt)[:ID_CHARS_MAX],
                    kind=_kind_of(kind, is_void=_said("BON_STORNO", is_void)),
                    issued_at=moment_of(ended_at or started_at, self._zone),
                    total=Money.from_major(table.number(total), code or self._currency),
                    customer_id=customer_id or None,
                    series=series,
                )
            except ValueError as error:
                reason = say(
                    "no_valid_head", "has no valid type, time or total: {error}", error=error
                )
                self._skip_receipt(key, reason)
            else:
                self._keep_head(key, head)

    def _keep_head(self, key: _Key, head: _Head) -> None:
        """Keep a receipt. Of two with all numbers and the same series none is guessed at."""
        known = self._heads.get(key)
        twin = next((each for each in _series_in(known) if each.series == head.series), None)
        if twin is not None:
            twin.problem = say("twice_in_file", "is in the file twice")
            return
        self._count_receipt()
        head.other_series = known
        self._heads[key] = head

    def _head(self, key: _Key, created: str) -> _Head | None:
        """Return the receipt of a row; its series only counts if there are several.

        A row that does not say its series could belong to any of them, so none can be taken.
        """
        known = self._heads.get(key)
        if known is None or known.other_series is None:
            return known
        series = self._series_of(created)
        found = next((each for each in known.all_series() if each.series == series), None)
        if found is None and series is None:
            for each in known.all_series():
                each.problem = say(
                    "series_unclear",
                    "is there of several {column}, and a row does not say of which",
                    column=_CREATED,
                )
            return known
        return found

    def _read_references(self) -> None:
        """Note the receipt to which a receipt refers: the first reference to a till's receipt."""
        if REFERENCES not in self._archive:
            return
        table = self._archive.table(REFERENCES)
        for till, closing, receipt, kind, *target, dated, created in table.rows(
            (*_KEY, "REF_TYP", "REF_Z_KASSE_ID", "REF_Z_NR", "REF_BON_ID"), ("REF_DATUM", _CREATED)
        ):
            to_till, to_closing, to_receipt = target
            head = self._head(_key(table, till, closing, receipt), created)
            if head is None or head.original or not to_receipt or kind.startswith(_EXTERNAL):
                continue
            key = _key(table, to_till or till, to_closing or closing, to_receipt)
            known = [each for each in _series_in(self._heads.get(key)) if each is not head]
            if known and not any(each.kind in _COUNTING for each in known):
                continue  # A sale may refer to the order before it, which has earned nothing.
            head.original = (key, self._original_series(head, known, dated))
            head.original_at = self._moment(dated)

    def _original_series(self, head: _Head, known: list[_Head], dated: str) -> str | None:
        """Return the series of the receipt that is meant.

        A reference does not name it. Of several receipts with the same numbers it is the one that
        was issued at the time that the reference tells, else the latest before the referring one.
        """
        if len(known) == 1:
            return known[0].series
        known = self._issued_at(dated, known) or known
        before = [each for each in known if each.issued_at <= head.issued_at]
        latest = max(before, key=lambda each: each.issued_at, default=None)
        return latest.series if latest else None

    def _issued_at(self, dated: str, known: list[_Head]) -> list[_Head]:
        """Return the receipts of a time, else those of its day; none if it is no time."""
        told = self._moment(dated)
        if told is None:
            return []
        day = told.astimezone(self._zone).date()
        of_day = [each for each in known if each.issued_at.astimezone(self._zone).date() == day]
        return [each for each in of_day if each.issued_at == told] or of_day

    def _moment(self, dated: str) -> datetime | None:
        try:
            return moment_of(dated, self._zone)
        except ValueError:
            return None

    def _read_lines(self) -> None:
        table = self._archive.table(LINES)
        columns = (*_KEY, "POS_ZEILE", "GV_TYP", "ARTIKELTEXT")
        optional = (_CREATED, "P_STORNO", "ART_NR", "GTIN", "WARENGR_ID", "WARENGR", "STK_BR")
        for till, closing, receipt, line, case, name, created, *goods in table.rows(
            columns, optional
        ):
            key = _key(table, till, closing, receipt)
            head = self._head(key, created)
            if head is None:
                self._skip_receipt(key, _WITHOUT_HEAD)
                continue
            if case in _EARNS:
                head.note_earning(sys.intern(line))
            if case in _LINE_TYPES and head.may_count:
                self._note_sort(head, line, _LINE_TYPES[case], *goods)
            if case == _GOODS and head.kind is ReceiptKind.SALE:
                self._note_article(head, line, name, *goods)

    def _note_sort(
        self,
        head: _Head,
        line: str,
        line_type: LineType,
        _is_void: str,
        number: str,
        gtin: str,
        category_id: str,
        category: str,
        _price: str,
    ) -> None:
        """Note what a line is, unless there are too many; its receipt has all lines or none."""
        self._line_count += 1
        if self._line_count > LINES_KEPT_MAX:
            head.sorts = None
            return
        product_id = (number or gtin)[:ID_CHARS_MAX] or None
        sort = line_type, (category_id or category)[:NAME_CHARS_MAX] or None, product_id
        head.note_sort(sys.intern(line), self._sorts.setdefault(sort, sort))

    def _note_article(
        self,
        head: _Head,
        line: str,
        name: str,
        is_void: str,
        number: str,
        gtin: str,
        category_id: str,
        category: str,
        price: str,
    ) -> None:
        """Note what a line says about its product, unless a later receipt has described it."""
        external_id = number or gtin
        try:
            if _said("P_STORNO", is_void):
                return
            _check_article(external_id, name, category_id, category)
        except ValueError as error:
            shown = (external_id or name)[:ID_CHARS_MAX]
            self._skip_product(shown, sentence_of(error))
            return
        known = self._articles.get(external_id)
        if known is None or head.issued_at >= known.seen_at:
            self._articles[external_id] = _Article(
                seen_at=head.issued_at,
                name=name,
                number=number or None,
                ean=ean_of(gtin),
                category_id=sys.intern(category_id or category) or None,
                line=(head, sys.intern(line)),
                priced_at=known.priced_at if known else None,
                price=known.price if known else "",
                currency=known.currency if known else "",
            )
            _check_count(len(self._articles), PRODUCTS_MAX, "products")
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
        known: dict[str, Decimal] = {}
        rows = table.rows(("Z_KASSE_ID", "Z_NR", "UST_SCHLUESSEL", "UST_SATZ"), (_CREATED,))
        for number, (till, closing, key, rate, created) in enumerate(rows, start=1):
            _check_count(number, MASTER_ROWS_MAX, f"rows of {RATES}")
            try:
                percent = known.setdefault(rate, shortest(table.number(rate)))
            except ValueError:
                continue  # a product without a rate is better than no product
            to_closing = sys.intern(till), sys.intern(table.whole(closing))
            self._rates[*to_closing, self._series_of(created), sys.intern(table.whole(key))] = (
                percent
            )

    def _rate(self, till: str, closing: str, series: str | None, key: str) -> Decimal | None:
        found = self._rates.get((till, closing, series, key))
        return found if found is not None else self._rates.get((till, closing, None, key))

    def _read_amounts(self) -> None:
        """Add up the amounts of the lines that earn points, and find the taxes of products."""
        wanted = {article.line: article for article in self._articles.values()}
        table = self._archive.table(LINE_AMOUNTS)
        for till, closing, receipt, line, tax, gross, created in table.rows(
            (*_KEY, "POS_ZEILE", "UST_SCHLUESSEL", "POS_BRUTTO"), (_CREATED,)
        ):
            key = _key(table, till, closing, receipt)
            head = self._head(key, created)
            if head is None:
                continue
            article = wanted.get((head, line))
            is_sorted = head.sorts is not None and line in head.sorts
            rate = None
            if article is not None or is_sorted:
                rate = self._rate(till, key[1], head.series, table.whole(tax))
            if article is not None and rate not in article.rates:
                article.rates = (*article.rates, rate)[:_RATES_TOLD]
            try:
                amount = table.number(gross)
            except ValueError as error:
                head.problem = say(
                    "amount_is_none",
                    "has an amount in line {number} that is none: {error}",
                    number=line[:20],
                    error=error,
                )
                continue
            if is_sorted:
                head.add_amount(line, rate, amount)
            if line in (head.earning or ()):
                head.says += amount
            elif amount:
                head.other += amount

    def _find_buyers(self) -> None:
        """Give what takes back to the customer of its sale: tills often do not ask again."""
        for each in self._heads.values():
            for head in each.all_series():
                if head.customer_id is None and head.original is not None:
                    key, series = head.original
                    sales = _series_in(self._heads.get(key))
                    sale = next((sale for sale in sales if sale.series == series), None)
                    head.customer_id = sale.customer_id if sale else None

    def _read_signed(self) -> None:
        """Note what a TSE has signed of each sale: by that a customer may claim its receipt."""
        if TSES not in self._archive or SIGNED not in self._archive:
            return
        serials = self._serials()
        table = self._archive.table(SIGNED)
        for (
            till,
            closing,
            receipt,
            tse,
            transaction,
            process,
            counter,
            signature,
            created,
        ) in table.rows(
            (*_KEY, "TSE_ID", "TSE_TANR"),
            ("TSE_TA_VORGANGSART", "TSE_TA_SIGZ", "TSE_TA_SIG", _CREATED),
        ):
            key = _key(table, till, closing, receipt)
            head = self._head(key, created)
            is_sale = head is not None and head.kind is ReceiptKind.SALE
            if head is None or not is_sale or process.casefold() not in {"", _SALE_PROCESS}:
                continue
            serial = serials.get((*key[:2], head.series, table.whole(tse)))
            number = table.whole(transaction)
            if serial is not None and number.isdecimal():
                proof = tse_receipts.exported_proof(table.whole(counter), signature)
                head.tse = TseMark(serial, int(number), proof)

    def _serials(self) -> dict[tuple[str, str, str | None, str], str]:
        """Return the serial numbers of TSEs by till, closing, series and their numbers there."""
        found = {}
        table = self._archive.table(TSES)
        rows = table.rows(
            ("Z_KASSE_ID", "Z_NR", "TSE_ID", "TSE_SERIAL"), ("TSE_PUBLIC_KEY", _CREATED)
        )
        for number, (till, closing, tse, serial, public_key, created) in enumerate(rows, start=1):
            _check_count(number, MASTER_ROWS_MAX, f"rows of {TSES}")
            # Some tills write something else for the serial number, which follows from the key.
            known = _serial_of(public_key) or _serial_of(serial)
            if known is not None:
                to_closing = sys.intern(till), sys.intern(table.whole(closing))
                found[*to_closing, self._series_of(created), table.whole(tse)] = sys.intern(known)
        return found

    def _receipts(self) -> Iterator[Receipt]:
        """Return the receipts, and let go of what they were made from."""
        while self._heads:
            key, newest = self._heads.popitem()
            for head in newest.all_series():
                if head.problem:
                    self._skipped_receipts[receipt_id(*key)] = Skipped(
                        receipt_id(*key), head.problem
                    )
                else:
                    yield _to_receipt(key, head)

    def _products(self) -> Iterator[Product]:
        numbers = self._archive.table(LINES)
        for external_id, article in self._articles.items():
            self._skipped_products.pop(external_id, None)
            rates = article.rates
            try:
                exact = numbers.number(article.price) if article.price else None
            except ValueError as error:
                reason = say(
                    "price_not_taken", "has a price that cannot be taken: {error}", error=error
                )
                self._skip_product(external_id, reason)
                continue
            yield Product(
                external_id=external_id,
                name=article.name,
                number=article.number,
                ean=article.ean,
                category_id=article.category_id,
                price=self._price(external_id, exact, article.currency),
                vat_percent=rates[0] if len(rates) == 1 else None,
            )

    def _price(self, external_id: str, exact: Decimal | None, currency: str) -> Money | None:
        """Return a price; none, and a note, if it is finer than money, as prices of fuel are."""
        if exact is None:
            return None
        try:
            return Money.from_major(exact, currency)
        except ValueError as error:
            text = say(
                "taken_without_price", "is taken without its price, for {error}", error=error
            )
            self._notes[external_id] = Note(external_id, text)
            return None

    def _skip_receipt(self, key: _Key, reason: str) -> None:
        external_id = receipt_id(*(part[:ID_CHARS_MAX] for part in key))
        if external_id not in self._skipped_receipts:
            self._count_receipt()
            self._skipped_receipts[external_id] = Skipped(external_id, reason)

    def _count_receipt(self) -> None:
        self._receipt_count += 1
        _check_count(self._receipt_count, RECEIPTS_MAX, "receipts")

    def _skip_product(self, shown: str, reason: str) -> None:
        self._skipped_products.setdefault(shown, Skipped(shown, reason))
        _check_count(len(self._skipped_products), PRODUCTS_MAX, "products")

    def _to_series(self, created: str) -> str | None:
        """Write the time of a closing in one way, for all tables; ``None`` if it is no time."""
        try:
            return clock.to_wire(moment_of(created, self._zone))
        except ValueError:
            return None


def _key(table: ArchiveTable, till: str, closing: str, receipt: str) -> _Key:
    return sys.intern(till), sys.intern(table.whole(closing)), receipt


def _series_in(head: _Head | None) -> Iterator[_Head]:
    return head.all_series() if head is not None else iter(())


def _check_count(number: int, most: int, of: str) -> None:
    if number > most:
        raise ConnectorRejected(
            say(
                "export_too_large",
                "The export has more than {most} {of}; export fewer days.",
                most=most,
                of=of,
            )
        )


def _said(column: str, word: str) -> bool:
    try:
        return truth_of(word)
    except ValueError as error:
        raise ValueError(about(column, sentence_of(error))) from None


def _check_article(external_id: str, name: str, *others: str) -> None:
    if not external_id or len(external_id) > ID_CHARS_MAX:
        raise ValueError(say("sold_without_number", "was sold without a valid ART_NR or GTIN"))
    if not name:
        raise ValueError(say("sold_without_name", "was sold without a name"))
    if max(map(len, (name, *others))) > NAME_CHARS_MAX:
        raise ValueError(
            say(
                "sold_with_long_text",
                "was sold with a text of more than {most} characters",
                most=NAME_CHARS_MAX,
            )
        )


def _serial_of(text: str) -> str | None:
    try:
        return tse_receipts.serial_of(text)
    except ValueError:
        return None


def _kind_of(word: str, *, is_void: bool) -> ReceiptKind:
    kind = _KINDS.get(word, ReceiptKind.OTHER)
    return ReceiptKind.VOID if is_void and kind is ReceiptKind.SALE else kind


def _to_receipt(key: _Key, head: _Head) -> Receipt:
    says = _rounded(head.says, head.total.currency)
    paid = _rounded(head.total.to_major() - head.other, head.total.currency)
    eligible, doubt = paid_for(head.kind, says, paid)
    external_id = receipt_id(*key)
    original = (receipt_id(*head.original[0]), head.original[1]) if head.original else None
    kind = head.kind
    if kind is ReceiptKind.SALE and original is None and eligible.amount_minor < 0:
        kind = ReceiptKind.VOID  # Goods came back, and nobody says of which sale.
    elif kind is ReceiptKind.VOID and original is None and _is_in_place(eligible, head.total):
        original = (external_id, head.series)
    voids, voids_series = original if original and kind in _COUNTING else (None, None)
    return Receipt(
        external_id=external_id,
        number=head.number,
        issued_at=head.issued_at,
        kind=kind,
        total=head.total,
        eligible=eligible,
        customer_id=head.customer_id,
        voids=voids,
        series=head.series,
        voids_series=voids_series,
        voids_issued_at=head.original_at if voids else None,
        doubt=doubt,
        lines=head.lines(),
        tse=head.tse if kind is ReceiptKind.SALE else None,
    )


def _is_in_place(eligible: Money, total: Money) -> bool:
    """Tell whether a void without a reference is the void receipt itself: its amounts stand."""
    return (eligible.amount_minor or total.amount_minor) > 0


def _rounded(amount: Decimal, currency: str) -> Money:
    """Round fractions of a minor unit half up, away from zero."""
    minor = amount.scaleb(currency_scale(currency)).quantize(Decimal(1), ROUND_HALF_UP)
    return Money(int(minor), currency)
