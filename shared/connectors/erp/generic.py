"""Any ERP that can write CSV, and any that reads CSV or DATEV's booking batches.

Source: docs/connectors/erp-generic.md for our own CSV, ``datev`` for DATEV's format. No system is
called: the merchant gives files in the credentials, and gets files back to import.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from shared import clock
from shared.connectors.base import ExportFile, ListedPage, PushBy, Stream
from shared.connectors.config import ConnectorConfig
from shared.connectors.encodings import to_text
from shared.connectors.erp import datev, generic_files
from shared.connectors.record_files import sales_csv, stock_csv
from shared.connectors.rows import Item
from shared.connectors.uploads import FILE_CHARS_MAX, Listing, decoded
from shared.domain.catalog.goods import Order, StockLevel, Supplier
from shared.domain.systems.sales import DataType, PaidBy, Record, Sale, StockChange
from shared.errors import ConnectorRejected
from shared.said import say
from shared.schemas.base import WireModel

SYSTEM = "generic"
STREAMS = frozenset({Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS})
PUSHES: Mapping[DataType, PushBy] = dict.fromkeys(DataType, PushBy.FILE)
HAS_PUSH_KEYS = False
IS_FILE = True

_CSV_TYPE = "text/csv; charset=utf-8"
_DATEV_TYPE = "text/csv; charset=windows-1252"
_A_LEAP_YEAR = 2024

Account = Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]
File = Annotated[SecretStr, Field(min_length=1, max_length=FILE_CHARS_MAX)]


class DatevConfig(WireModel):
    """The settings of the books that a merchant's tax consultant keeps."""

    consultant_number: int = Field(ge=1_001, le=9_999_999, description="Beraternummer.")
    client_number: int = Field(ge=1, le=99_999, description="Mandantennummer.")
    fiscal_year_start: str = Field(
        default="01-01",
        pattern=r"^[0-9]{2}-[0-9]{2}$",
        description="Month and day, `01-01` for most.",
    )
    account_length: int = Field(
        default=4, ge=4, le=8, description="Digits of an account (Sachkontenlänge)."
    )
    revenue_accounts: dict[str, Account] = Field(
        min_length=1,
        max_length=10,
        description='By the rate of tax in percent, e.g. `{"19": "8400", "7": "8300"}`.',
    )
    money_accounts: dict[str, Account] = Field(
        default_factory=dict,
        max_length=len(PaidBy),
        description='By how a sale was paid, e.g. `{"cash": "1000", "card": "1360"}`.',
    )
    clearing_account: Account | None = Field(
        default=None, description="Of sales that are paid in several ways, or nobody knows how."
    )

    @field_validator("fiscal_year_start")
    @classmethod
    def _check_start(cls, start: str) -> str:
        try:
            found = date.fromisoformat(f"{_A_LEAP_YEAR}-{start}")
        except ValueError:
            found = None
        if found is None or (found.month, found.day) == (2, 29):
            raise ValueError(
                say("day_of_year_needed", "must be a month and a day of every year, like 01-01")
            )
        return start

    @field_validator("revenue_accounts")
    @classmethod
    def _check_rates(cls, accounts: dict[str, str]) -> dict[str, str]:
        for rate in accounts:
            if _to_percent(rate) is None:
                raise ValueError(
                    say(
                        "rate_unknown",
                        "has no {given}: rates are percents, like 19 or 7",
                        given=f"{rate[:20]!r}",
                    )
                )
        return accounts

    @field_validator("money_accounts")
    @classmethod
    def _check_money(cls, accounts: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(accounts) - set(PaidBy))
        if unknown:
            raise ValueError(
                say(
                    "choice_unknown",
                    "has no {given}: use {choices}",
                    given=f"{unknown[0][:20]!r}",
                    choices=", ".join(PaidBy),
                )
            )
        return accounts

    @model_validator(mode="after")
    def _check_lengths(self) -> Self:
        accounts = [*self.revenue_accounts.values(), *self.money_accounts.values()]
        if self.clearing_account is not None:
            accounts.append(self.clearing_account)
        wrong = [each for each in accounts if len(each) != self.account_length]
        if wrong:
            raise ValueError(
                say(
                    "account_length",
                    "must have accounts of {length} digits, not {account}",
                    length=self.account_length,
                    account=wrong[0],
                )
            )
        return self

    def to_books(self) -> datev.DatevBooks:
        """Return the books."""
        month, day = self.fiscal_year_start.split("-")
        rates = ((_to_percent(rate), each) for rate, each in self.revenue_accounts.items())
        return datev.DatevBooks(
            consultant_number=self.consultant_number,
            client_number=self.client_number,
            year_begins=(int(month), int(day)),
            account_length=self.account_length,
            revenue_accounts={rate: account for rate, account in rates if rate is not None},
            money_accounts={PaidBy(by): account for by, account in self.money_accounts.items()},
            clearing_account=self.clearing_account,
        )


class Config(ConnectorConfig):
    """Files to read, and the format of the files to write."""

    stock_file: File | None = Field(
        default=None,
        description="CSV in base64. Kept as a secret, as the others are: they name people.",
    )
    suppliers_file: File | None = Field(default=None, description="The same, of suppliers.")
    orders_file: File | None = Field(default=None, description="The same, of orders.")
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$", description="Of all amounts.")
    is_complete: bool = Field(
        default=False,
        description=(
            "Each file lists all there is, so what it does not list is gone. Of no effect on a "
            "file of which a row cannot be taken."
        ),
    )
    export_format: Literal["csv", "datev"] = Field(
        default="csv", description="How sales are written; changes of stock are always CSV."
    )
    datev: DatevConfig | None = Field(default=None, description="Needed for the format `datev`.")

    @field_validator("stock_file", "suppliers_file", "orders_file")
    @classmethod
    def _check_file(cls, file: SecretStr | None) -> SecretStr | None:
        if file is not None and not _decoded(file):
            raise ValueError(say("file_needed", "must be a file in base64 that is not empty"))
        return file

    @model_validator(mode="after")
    def _check_datev(self) -> Self:
        if self.export_format == "datev" and self.datev is None:
            raise ValueError(say("datev_needed", "must have datev for the exportFormat datev"))
        return self


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:  # noqa: ARG001
    """Return the merchant's files without reading them. No system is called."""
    assert isinstance(config, Config)
    return Connector(config)


class Connector:
    """One merchant's files. Each file is read at its first use, and then kept."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def verify(self) -> None:
        """Read the files, to check that they can be read."""
        _ = (self._stock, self._suppliers, self._orders)

    def stock(self, position: str | None, _since: str | None) -> ListedPage[StockLevel]:
        """Return the stock in its file. ``since`` has no effect, because files have no cursor."""
        return self._page(self._stock, position)

    def orders(self, position: str | None, _since: str | None) -> ListedPage[Order]:
        """Return the orders in their file."""
        return self._page(self._orders, position)

    def suppliers(self, position: str | None, _since: str | None) -> ListedPage[Supplier]:
        """Return the suppliers in their file."""
        return self._page(self._suppliers, position)

    def export(self, data_type: DataType, records: Sequence[Record]) -> ExportFile:
        """Write records as a file.

        Raises:
            ConnectorRejected: A sale cannot be booked; see ``datev.write``.
        """
        assert records
        if data_type is DataType.INVENTORY_UPDATE:
            changes = [each for each in records if isinstance(each, StockChange)]
            assert len(changes) == len(records)
            return ExportFile("stock-changes.csv", _CSV_TYPE, stock_csv(changes).encode())
        sales = [each for each in records if isinstance(each, Sale)]
        assert len(sales) == len(records)
        if self._config.export_format == "csv":
            return ExportFile("sales.csv", _CSV_TYPE, sales_csv(sales).encode())
        assert self._config.datev is not None
        content = datev.write(sales, self._config.datev.to_books(), now=clock.real_now())
        return ExportFile("EXTF_Buchungsstapel.csv", _DATEV_TYPE, content)

    @cached_property
    def _stock(self) -> Listing[StockLevel]:
        return self._read(self._config.stock_file, generic_files.read_stock)

    @cached_property
    def _suppliers(self) -> Listing[Supplier]:
        return self._read(self._config.suppliers_file, generic_files.read_suppliers)

    @cached_property
    def _orders(self) -> Listing[Order]:
        return self._read(
            self._config.orders_file, generic_files.read_orders, currency=self._config.currency
        )

    def _read(
        self, file: SecretStr | None, read: Callable[..., Listing[Item]], **settings: Any
    ) -> Listing[Item]:
        if file is None:
            return Listing()
        text = to_text(_decoded(file))
        return read(text, is_complete=self._config.is_complete, **settings)

    def _page(self, listing: Listing[Item], position: str | None) -> ListedPage[Item]:
        """Return a page.

        Raises:
            ConnectorRejected: The merchant gave no file at all, so nothing can be read.
        """
        files = (
            self._config.stock_file,
            self._config.suppliers_file,
            self._config.orders_file,
        )
        if not any(files):
            raise ConnectorRejected(
                say("no_file_given", "There is no file: give stockFile, suppliersFile, ordersFile.")
            )
        return listing.page(position)


def _decoded(file: SecretStr) -> bytes:
    """Return a file; empty if it is not base64."""
    try:
        return decoded(file.get_secret_value())
    except binascii.Error:
        return b""


def _to_percent(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found <= 100 else None  # noqa: PLR2004
