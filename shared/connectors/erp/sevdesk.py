"""sevdesk: stock, orders and suppliers; sales become vouchers.

Source: sevdesk API v1, see ``sevdesk_answers``. Lists have ``limit`` and ``offset``, and do not
show deletions, so every sync reads everything. There are no idempotency keys: a voucher is found by
its description.

Stock cannot be changed safely. The only call sets a part's stock to a number. It would undo changes
that sevdesk made between our read and our write, and after a lost answer nobody could tell whether
it was done. So stock changes are not taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator

from shared.connectors.base import ListedPage, PushBy, Pushed, Stream
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.erp.books import rate_totals
from shared.connectors.erp.listings import ListingPlace
from shared.connectors.erp.sevdesk_answers import (
    SYSTEM,
    Objects,
    SavedObject,
    SevdeskBooks,
    Voucher,
    account_for,
    is_confirmed,
    stock_id_of,
    to_order,
    to_problem,
    to_stock_level,
    to_supplier,
    to_voucher,
)
from shared.connectors.rows import Item, Rows, read_rows
from shared.domain.catalog.goods import Order, StockLevel, Supplier
from shared.domain.systems.sales import DataType, Record, Sale
from shared.errors import ConnectorAnswerInvalid, ConnectorNotFound, ConnectorRejected
from shared.said import say

STREAMS = frozenset({Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS})
PUSHES: Mapping[DataType, PushBy] = {
    DataType.SALES_RECORD: PushBy.CALL,
    DataType.RECEIPT: PushBy.CALL,
}
HAS_PUSH_KEYS = False
IS_FILE = False

BASE_URL = "https://my.sevdesk.de/api/v1"
ROWS_A_PAGE = 100
"""sevdesk advises against more."""
ORDERS_A_PAGE = 20
"""Each order takes its own call for its positions."""
POSITIONS_MAX = 1_000
FOUND_PAGES_MAX = 10
SUPPLIERS = "2"
"""The category of suppliers, in every account."""
CONFIRMED = "AB"
_VERSION = "2.0"
_TOKEN = re.compile(r"[0-9a-fA-F]{32}")


class Config(ConnectorConfig):
    """The token of an administrator, and the account and tax rule of sales."""

    api_token: SecretStr = Field(
        max_length=100, description="Of an administrator: 32 hexadecimal digits."
    )
    revenue_account: str | None = Field(
        default=None,
        pattern=r"^[0-9]{3,8}$",
        description="Number of the account as sevdesk shows it; needed for sales only.",
    )
    tax_rule: Literal["1", "11"] = Field(
        default="1", description="1 for sales with VAT, 11 for small businesses that charge none."
    )

    @field_validator("api_token")
    @classmethod
    def _check_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError(
                say(
                    "token_of_sevdesk",
                    "must be an API token of {system}: 32 hexadecimal digits",
                    system="sevdesk",
                )
            )
        return token


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One merchant's account."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        token = config.api_token.get_secret_value()
        self._config = config
        self._client = JsonClient(
            system=SYSTEM,
            base_url=((config.base_url if is_emulated else None) or BASE_URL).rstrip("/"),
            authorize=lambda *_: {"Authorization": token},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=to_problem,
        )

    def verify(self) -> None:
        """Check which version of bookkeeping the account uses.

        Raises:
            ConnectorRejected: It is the old one, which has neither tax rules nor these accounts.
        """
        reply = self._client.get("/Tools/bookkeepingSystemVersion")
        version = parsed(SevdeskBooks, reply.body, system=SYSTEM).version
        if version != _VERSION:
            raise ConnectorRejected(
                say(
                    "sevdesk_version",
                    "The account is not on sevdesk-Update {version}.",
                    version=_VERSION,
                )
            )

    def stock(self, position: str | None, since: str | None) -> ListedPage[StockLevel]:  # noqa: ARG002 - everything, always
        """Read the parts that sevdesk keeps stock of."""
        return self._page(
            "/Part",
            {"embed": "unity"},
            position,
            lambda rows: read_rows(rows, to_stock_level, id_of=stock_id_of),
        )

    def orders(self, position: str | None, since: str | None) -> ListedPage[Order]:  # noqa: ARG002 - everything, always
        """Read confirmed orders, each with its positions."""
        return self._page(
            "/Order",
            {"orderType": CONFIRMED},
            position,
            lambda rows: read_rows(rows, self._to_order),
            rows_a_page=ORDERS_A_PAGE,
        )

    def suppliers(self, position: str | None, since: str | None) -> ListedPage[Supplier]:  # noqa: ARG002 - everything, always
        """Read contacts in the category of suppliers, including persons."""
        return self._page(
            "/Contact",
            {"depth": "1", "category[id]": SUPPLIERS, "category[objectName]": "Category"},
            position,
            lambda rows: read_rows(rows, lambda row: to_supplier(row, category_id=SUPPLIERS)),
        )

    def push(self, data_type: DataType, record: Record) -> Pushed:  # noqa: ARG002 - both are a sale
        """Make the voucher of a sale."""
        assert isinstance(record, Sale)
        totals = rate_totals(record, system=SYSTEM)
        number, tax_rule = self._config.revenue_account, self._config.tax_rule
        if number is None:
            raise ConnectorRejected(
                say("record_refused", "Sales need the number of an account: `revenueAccount`.")
            )
        account_id = account_for(self._guidance(), number, tax_rule=tax_rule, totals=totals)
        body = to_voucher(record, totals, account_id=account_id, tax_rule=tax_rule)
        reply = self._client.post("/Voucher/Factory/saveVoucher", body)
        return Pushed(parsed(SavedObject, reply.body, system=SYSTEM).id)

    def find_pushed(self, data_type: DataType, record: Record) -> Pushed | None:  # noqa: ARG002 - both are a sale
        """Look for the voucher of a sale by its description. sevdesk also finds similar ones."""
        query = {"creditDebit": "D", "descriptionLike": record.record_id}
        for number in range(FOUND_PAGES_MAX):
            rows = self._list("/Voucher", query, number * ROWS_A_PAGE, ROWS_A_PAGE).objects
            for row in rows:
                voucher = parsed(Voucher, row, system=SYSTEM)
                if voucher.description == record.record_id:
                    return Pushed(voucher.id)
            if len(rows) < ROWS_A_PAGE:
                return None
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "{system} lists more vouchers than can be of one sale.",
                system="sevdesk",
            )
        )

    def _guidance(self) -> list[Any]:
        reply = self._client.get("/ReceiptGuidance/forRevenue")
        return parsed(Objects, reply.body, system=SYSTEM).objects

    def _to_order(self, row: Any) -> Order | None:
        """Read an order; ``None`` if it is not an order, or was deleted since it was listed.

        Raises:
            ValueError: The order cannot be taken.
        """
        if not is_confirmed(row, order_type=CONFIRMED):
            return None
        order = to_order(row, ())  # checks the row before a call is made
        path = f"/Order/{quote(order.external_id, safe='')}/getPositions"
        try:
            positions = self._list(path, {"embed": "part"}, 0, POSITIONS_MAX).objects
        except ConnectorNotFound:
            return None
        if len(positions) >= POSITIONS_MAX:
            raise ValueError(say("too_many_positions", "too many positions"))
        return to_order(row, positions)

    def _page(
        self,
        path: str,
        query: Mapping[str, str],
        position: str | None,
        read: Callable[[list[Any]], Rows[Item]],
        *,
        rows_a_page: int = ROWS_A_PAGE,
    ) -> ListedPage[Item]:
        place = ListingPlace.of(position)
        page = self._list(path, {**query, "countAll": "true"}, place.begin, rows_a_page)
        following = place.begin + len(page.objects)
        is_full = len(page.objects) >= rows_a_page
        has_more = is_full if page.total is None else following < page.total
        return place.to_page(
            read(page.objects),
            length=page.total,
            following=following if has_more and page.objects else None,
            is_short=has_more and not page.objects,
        )

    def _list(self, path: str, query: Mapping[str, str], offset: int, limit: int) -> Objects:
        window = {"limit": str(limit), "offset": str(offset)}
        reply = self._client.get(path, {**query, **window})
        return parsed(Objects, reply.body, system=SYSTEM)
