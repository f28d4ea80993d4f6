"""Xentral: stock, sales orders and suppliers; sales become sales orders.

Source: see ``xentral_answers``. Lists of v3 are read by cursor, those of v1 by page. They do not
show deletions, so every sync reads everything. There are no idempotency keys: a sales order is
found by the external order id, by which Xentral can filter.

Stock changes are not taken. The calls add and remove stock (``POST`` and ``PATCH`` of a storage
location's items), but their answers are empty, and the contract does not say where a movement keeps
the reason that we could give. After a lost answer nobody could tell whether it was done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field, SecretStr, field_validator

from shared.connectors.base import ListedPage, PushBy, Pushed, Stream
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.erp.listings import ListingPlace
from shared.connectors.erp.xentral_answers import (
    SYSTEM,
    Flow,
    ListedOrder,
    ListedProduct,
    XentralListed,
    XentralTerms,
    id_at,
    stock_id_of,
    to_order,
    to_problem,
    to_sales_order,
    to_stock_level,
    to_supplier,
)
from shared.connectors.rows import Item, Rows, read_rows
from shared.domain.catalog.goods import Order, StockLevel, Supplier
from shared.domain.gtin import ean_of
from shared.domain.systems.sales import DataType, Record, Sale, SaleLine
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

STREAMS = frozenset({Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS})
PUSHES: Mapping[DataType, PushBy] = {
    DataType.SALES_RECORD: PushBy.CALL,
    DataType.RECEIPT: PushBy.CALL,
}
HAS_PUSH_KEYS = False
IS_FILE = False

DOMAIN = "xentral.biz"
ROWS_A_PAGE = 50
"""The most rows that v1 lists on a page."""
_CREATED = 201
_TOKEN = re.compile(r"[!-~]{10,500}")
_CURSOR = re.compile(r"[A-Za-z0-9+/_=-]{1,900}")
_ID = r"^[0-9]{1,18}$"


class Config(ConnectorConfig):
    """A personal access token, and the settings that orders need."""

    instance: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        description="First part of the host's name: `shop` of `shop.xentral.biz`.",
    )
    token: SecretStr = Field(max_length=500, description="A personal access token.")
    customer_id: str | None = Field(
        default=None,
        pattern=_ID,
        description="Id of the customer that sales are entered for, such as one for the till.",
    )
    project_id: str | None = Field(
        default=None, pattern=_ID, description="Of the project that they belong to."
    )
    payment_method_id: str | None = Field(
        default=None, pattern=_ID, description="How they are paid."
    )
    shipping_method_id: str | None = Field(
        default=None, pattern=_ID, description="How they are handed over."
    )

    @field_validator("token")
    @classmethod
    def _check_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError(
                say(
                    "token_of_xentral",
                    "must be a personal access token of {system}",
                    system="Xentral",
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
        token = config.token.get_secret_value()
        stand_in = config.base_url if is_emulated else None
        self._config = config
        self._client = JsonClient(
            system=SYSTEM,
            base_url=(stand_in or f"https://{config.instance}.{DOMAIN}").rstrip("/"),
            authorize=lambda *_: {"Authorization": f"Bearer {token}"},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=to_problem,
        )

    def verify(self) -> None:
        """Request a few products."""
        self._list("/api/v1/products", {}, 1)

    def stock(self, position: str | None, since: str | None) -> ListedPage[StockLevel]:  # noqa: ARG002 - everything, always
        """Read the products that Xentral keeps stock of, with the stock of all warehouses."""
        place = ListingPlace.of(position)
        number = place.begin or 1
        by_id = {"order[0][field]": "id", "order[0][dir]": "asc"}
        page = self._list("/api/v1/products", by_id, number)
        has_more = number * ROWS_A_PAGE < page.length
        return place.to_page(
            read_rows(page.data, to_stock_level, id_of=stock_id_of),
            length=page.length,
            following=number + 1 if has_more else None,
            is_short=has_more and len(page.data) < ROWS_A_PAGE,
        )

    def orders(self, position: str | None, since: str | None) -> ListedPage[Order]:  # noqa: ARG002 - everything, always
        """Read sales orders with their items."""
        return self._flow(
            "/api/v3/salesOrders",
            {"include": "lineItems"},
            position,
            lambda rows: read_rows(rows, to_order),
        )

    def suppliers(self, position: str | None, since: str | None) -> ListedPage[Supplier]:  # noqa: ARG002 - everything, always
        """Read suppliers."""
        return self._flow(
            "/api/v3/suppliers", {}, position, lambda rows: read_rows(rows, to_supplier)
        )

    def push(self, data_type: DataType, record: Record) -> Pushed:  # noqa: ARG002 - both are a sale
        """Import the sales order of a sale.

        Raises:
            ConnectorRejected: A product is missing or found twice, or an order cannot express it.
        """
        assert isinstance(record, Sale)
        body = to_sales_order(record, self._terms(), self._product_id_of)
        reply = self._client.post("/api/v1/salesOrders/actions/import", body)
        if reply.status != _CREATED:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "{system} does not say that the sales order was made.",
                    system="Xentral",
                )
            )
        return Pushed(id_at(reply.headers.get("Location", "")))

    def find_pushed(self, data_type: DataType, record: Record) -> Pushed | None:  # noqa: ARG002 - both are a sale
        """Look for the sales order of a sale by its external order id."""
        page = self._list("/api/v1/salesOrders", _equals("externalOrderId", record.record_id), 1)
        for row in page.data:
            order = parsed(ListedOrder, row, system=SYSTEM)
            if order.external_id == record.record_id:
                return Pushed(order.id)
        if page.length > len(page.data):
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "{system} lists more sales orders than can be of one sale.",
                    system="Xentral",
                )
            )
        return None

    def _terms(self) -> XentralTerms:
        found = {
            "customerId": self._config.customer_id,
            "projectId": self._config.project_id,
            "paymentMethodId": self._config.payment_method_id,
            "shippingMethodId": self._config.shipping_method_id,
        }
        given = [each for each in found.values() if each is not None]
        if len(given) < len(found):
            missing = ", ".join(name for name, each in found.items() if each is None)
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system}'s sales orders need to be configured: {missing}.",
                    system="Xentral",
                    missing=missing,
                )
            )
        return XentralTerms(*given)

    def _product_id_of(self, line: SaleLine) -> str:
        if line.product_id is not None:
            if not re.fullmatch(_ID, line.product_id):
                raise ConnectorRejected(
                    say(
                        "record_refused",
                        "{system} has no product {id}.",
                        system="Xentral",
                        id=line.product_id,
                    )
                )
            return line.product_id
        key, wanted = ("number", line.number) if line.number else ("ean", line.ean)
        if not wanted:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} needs to know the product of {product}.",
                    system="Xentral",
                    product=line.name,
                )
            )
        rows = self._list("/api/v1/products", _equals(key, wanted), 1).data
        products = [parsed(ListedProduct, row, system=SYSTEM) for row in rows]
        found = [each.id for each in products if _is_named(each, key, wanted)]
        if len(found) != 1:
            many = "more than one product" if found else "no product"
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} has {many} with the {key} {wanted}.",
                    system="Xentral",
                    many=many,
                    key=key,
                    wanted=wanted,
                )
            )
        return found[0]

    def _list(self, path: str, query: Mapping[str, str], number: int) -> XentralListed:
        window = {"page[number]": str(number), "page[size]": str(ROWS_A_PAGE)}
        reply = self._client.get(path, {**query, **window})
        return parsed(XentralListed, reply.body, system=SYSTEM)

    def _flow(
        self,
        path: str,
        query: Mapping[str, str],
        position: str | None,
        read: Callable[[list[Any]], Rows[Item]],
    ) -> ListedPage[Item]:
        """Read a page of v3 by its cursor, so that no row slips from one page to another."""
        if position is not None and not _CURSOR.fullmatch(position):
            raise ValueError(say("position_lost", "a position that is no cursor"))
        reply = self._client.call(
            "GET",
            path,
            query={
                **query,
                "sort": "id",
                "perPage": str(ROWS_A_PAGE),
                **({} if position is None else {"cursor": position}),
            },
            headers={"X-Pagination": "cursor"},
            is_repeatable=True,
        )
        page = parsed(Flow, reply.body, system=SYSTEM)
        _check_cursor(page, position)
        rows = read(page.data)
        return ListedPage(rows.items, position=page.cursor, is_listing=True, skipped=rows.skipped)


def _equals(key: str, value: str) -> dict[str, str]:
    return {"filter[0][key]": key, "filter[0][op]": "equals", "filter[0][value]": value}


def _is_named(product: ListedProduct, key: str, wanted: str) -> bool:
    if key == "number":
        return product.number == wanted
    return product.ean is not None and (ean_of(product.ean) or product.ean) == (
        ean_of(wanted) or wanted
    )


def _check_cursor(page: Flow, position: str | None) -> None:
    """Refuse a page with a wrong cursor, because its list would seem to end too early."""
    if page.cursor is None and page.following is not None:
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "{system} does not list by cursor.", system="Xentral")
        )
    if page.cursor is not None and (page.cursor == position or not _CURSOR.fullmatch(page.cursor)):
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "{system} lists without end.", system="Xentral")
        )
