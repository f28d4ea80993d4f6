"""lexoffice (Lexware Office): orders and suppliers; sales become vouchers. It keeps no stock.

Source: see ``lexoffice_answers``. All users of a key together may make two calls a second. There
are no idempotency keys: a voucher is found by its number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator

from shared.connectors.base import ListedPage, PushBy, Pushed, Stream
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.erp.books import rate_totals
from shared.connectors.erp.lexoffice_answers import (
    Created,
    LexofficeListed,
    ListedVoucher,
    to_order,
    to_problem,
    to_supplier,
    to_voucher,
)
from shared.connectors.erp.listings import ListingPlace
from shared.connectors.pacing import Pace
from shared.connectors.rows import Item, Rows, read_rows
from shared.domain.catalog.goods import Order, Supplier
from shared.domain.systems.sales import DataType, Record, Sale
from shared.errors import ConnectorAnswerInvalid, ConnectorNotFound
from shared.said import say

SYSTEM = "lexoffice"
STREAMS = frozenset({Stream.ORDERS, Stream.SUPPLIERS})
PUSHES: Mapping[DataType, PushBy] = {
    DataType.SALES_RECORD: PushBy.CALL,
    DataType.RECEIPT: PushBy.CALL,
}
HAS_PUSH_KEYS = False
IS_FILE = False

BASE_URL = "https://api.lexware.io/v1"
A_CALL_EVERY_S = 0.5
ROWS_A_PAGE = 250
ORDERS_A_PAGE = 10
"""Each order takes its own call: a page takes more than five seconds at the allowed pace."""
FOUND_PAGES_MAX = 4
GOODS_SOLD = "8f8664a8-fd86-11e1-a21f-0800200c9a66"
"""The posting category "Warenverkäufe", the same in every account."""

_KEY = re.compile(r"[A-Za-z0-9._~+/=-]{20,200}")
_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_SALES = "salesinvoice,salescreditnote"


class Config(ConnectorConfig):
    """The key of the public API, and the posting category of sales."""

    api_key: SecretStr = Field(max_length=200, description="Of the public API.")
    posting_category_id: str = Field(
        default=GOODS_SOLD, pattern=_UUID, description="By default that of goods sold."
    )

    @field_validator("api_key")
    @classmethod
    def _check_key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError(
                say(
                    "key_of_lexoffice",
                    "must be a key of the public API of {system}",
                    system="lexoffice",
                )
            )
        return key


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    stand_in = config.base_url if is_emulated else None
    # A stand-in on this machine accepts any pace.
    return Connector(config, is_emulated=is_emulated, pace=Pace(0 if stand_in else A_CALL_EVERY_S))


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool, pace: Pace) -> None:
        self._category_id = config.posting_category_id
        self._key = config.api_key.get_secret_value()
        self._pace = pace
        self._client = JsonClient(
            system=SYSTEM,
            base_url=((config.base_url if is_emulated else None) or BASE_URL).rstrip("/"),
            authorize=self._authorize,
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=to_problem,
        )

    def verify(self) -> None:
        """Request the company that the key belongs to."""
        self._client.get("/profile")

    def orders(self, position: str | None, since: str | None) -> ListedPage[Order]:  # noqa: ARG002 - everything, always
        """Read order confirmations, each with its own call, because the list has no lines."""
        query = {
            "voucherType": "orderconfirmation",
            "voucherStatus": "any",
            "sort": "createdDate,ASC",
        }
        place = ListingPlace.of(position)
        page = self._list("/voucherlist", query, place.begin, ORDERS_A_PAGE)
        return _to_page(place, page, read_rows(page.content, self._to_order), ORDERS_A_PAGE)

    def suppliers(self, position: str | None, since: str | None) -> ListedPage[Supplier]:  # noqa: ARG002 - everything, always
        """Read contacts that are vendors."""
        place = ListingPlace.of(position)
        page = self._list("/contacts", {"vendor": "true"}, place.begin, ROWS_A_PAGE)
        return _to_page(place, page, read_rows(page.content, to_supplier), ROWS_A_PAGE)

    def push(self, data_type: DataType, record: Record) -> Pushed:  # noqa: ARG002 - both are a sale
        """Make the voucher of a sale."""
        assert isinstance(record, Sale)
        totals = rate_totals(record, system=SYSTEM)
        reply = self._client.post(
            "/vouchers", to_voucher(record, totals, category_id=self._category_id)
        )
        return Pushed(parsed(Created, reply.body, system=SYSTEM).id)

    def find_pushed(self, data_type: DataType, record: Record) -> Pushed | None:  # noqa: ARG002 - both are a sale
        """Look for the voucher of a sale by its number; lexoffice ignores the number's case."""
        query = {
            "voucherType": _SALES,
            "voucherStatus": "any",
            "voucherNumber": record.record_id,
        }
        for number in range(FOUND_PAGES_MAX):
            page = self._list("/voucherlist", query, number, ROWS_A_PAGE)
            for row in page.content:
                voucher = parsed(ListedVoucher, row, system=SYSTEM)
                if voucher.number == record.record_id:
                    return Pushed(voucher.id)
            if number + 1 >= page.pages:
                return None
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "{system} lists more vouchers than can be of one sale.",
                system="lexoffice",
            )
        )

    def _authorize(self, *_: object) -> Mapping[str, str]:
        """Return the headers that authenticate. Every try of a call needs them: keep the pace."""
        self._pace.wait()
        return {"Authorization": f"Bearer {self._key}"}

    def _to_order(self, row: Any) -> Order | None:
        """Read the order of a listed voucher; ``None`` if it was deleted since it was listed.

        Raises:
            ValueError: The order cannot be taken.
        """
        listed = ListedVoucher.model_validate(row)
        try:
            reply = self._client.get(f"/order-confirmations/{quote(listed.id, safe='')}")
        except ConnectorNotFound:
            return None
        return to_order(reply.body)

    def _list(self, path: str, query: Mapping[str, str], number: int, size: int) -> LexofficeListed:
        reply = self._client.get(path, {**query, "page": str(number), "size": str(size)})
        return parsed(LexofficeListed, reply.body, system=SYSTEM)


def _to_page(
    place: ListingPlace, page: LexofficeListed, rows: Rows[Item], size: int
) -> ListedPage[Item]:
    has_more = place.begin + 1 < page.pages
    return place.to_page(
        rows,
        length=page.length,
        following=place.begin + 1 if has_more else None,
        is_short=has_more and len(page.content) < size,
    )
