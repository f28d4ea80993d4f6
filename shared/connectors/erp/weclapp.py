"""weclapp: stock, sales orders and suppliers; sales become sales orders, stock changes bookings.

Source: see ``weclapp_answers``. Lists are read by pages, in the order of ids, and counted. They do
not show deletions, so every sync reads everything. There are no idempotency keys: sales orders and
bookings have our record id in a field by which weclapp can filter.

A sales order is tried before it is made (``dryRun``): weclapp's total must equal the sale's amount
to the cent, whatever the merchant's settings for channels, taxes and rounding are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from shared.connectors.base import ListedPage, PushBy, Pushed, Stream
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.erp import weclapp_answers as answers
from shared.connectors.erp.listings import ListingPlace
from shared.connectors.erp.weclapp_answers import SYSTEM
from shared.connectors.rows import Item, Rows, read_rows
from shared.domain.catalog.goods import Order, StockLevel, Supplier
from shared.domain.systems.sales import DataType, Record, Sale, SaleLine, StockChange
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

__all__ = ["SYSTEM", "Config", "Connector", "connect"]

STREAMS = frozenset({Stream.STOCK, Stream.ORDERS, Stream.SUPPLIERS})
PUSHES: Mapping[DataType, PushBy] = dict.fromkeys(DataType, PushBy.CALL)
HAS_PUSH_KEYS = False
IS_FILE = False

DOMAIN = "weclapp.com"
ROWS_A_PAGE = 100
_TOKEN = re.compile(r"[!-~]{10,500}")
_ID = r"^[0-9]{1,18}$"

EntityId = Annotated[str, Field(pattern=_ID)]
Percent = Annotated[str, Field(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})?$")]


class Config(ConnectorConfig):
    """An API token, and the settings that sales and stock changes need."""

    tenant: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        description="First part of the host's name: `shop` of `shop.weclapp.com`.",
    )
    token: SecretStr = Field(max_length=500, description="The API token of a user.")
    warehouse_id: EntityId | None = Field(
        default=None,
        description=(
            "The warehouse whose stock is read and that sales come from; without it, the stock of "
            "all of them together."
        ),
    )
    customer_id: EntityId | None = Field(
        default=None,
        description="Id of the customer that sales are entered for, such as one for the till.",
    )
    sales_channel: str = Field(
        default="GROSS1",
        pattern=r"^GROSS[1-9][0-9]{0,2}$",
        description="That sales are entered in: one whose prices have the taxes in them.",
    )
    taxes: dict[Percent, EntityId] = Field(
        default_factory=dict,
        max_length=10,
        description='Ids of weclapp\'s taxes by their rates in percent, e.g. `{"19": "1201"}`.',
    )
    storage_place_id: EntityId | None = Field(
        default=None, description="Id of the storage place that stock changes are booked at."
    )

    @field_validator("token")
    @classmethod
    def _check_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError(say("token_of_weclapp", "must be an API token of weclapp"))
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
        host = (stand_in or f"https://{config.tenant}.{DOMAIN}").rstrip("/")
        self._config = config
        self._client = JsonClient(
            system=SYSTEM,
            base_url=f"{host}/webapp/api/v2",
            authorize=lambda *_: {"AuthenticationToken": token},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=answers.to_problem,
        )

    def verify(self) -> None:
        """Request a page of articles."""
        self._list("/article", {"properties": "id"})

    def stock(self, position: str | None, since: str | None) -> ListedPage[StockLevel]:  # noqa: ARG002 - everything, always
        """Read the articles that weclapp keeps stock of, with the stock of the warehouse."""
        warehouse_id = self._config.warehouse_id
        query = {
            "properties": "id,articleNumber,articleType,ean,unitId,active",
            "additionalProperties": answers.TOTALS,
        }

        def read(page: answers.WeclappListed) -> Rows[StockLevel]:
            units = self._names("/unit")
            return read_rows(
                answers.with_totals(page),
                lambda row: answers.to_stock_level(row, units, warehouse_id),
                id_of=lambda row: answers.stock_id_of(row, warehouse_id),
            )

        return self._page("/article", query, position, read)

    def orders(self, position: str | None, since: str | None) -> ListedPage[Order]:  # noqa: ARG002 - everything, always
        """Read sales orders with their items."""

        def read(page: answers.WeclappListed) -> Rows[Order]:
            currencies = self._names("/currency")
            return read_rows(page.result, lambda row: answers.to_order(row, currencies))

        return self._page("/salesOrder", {}, position, read)

    def suppliers(self, position: str | None, since: str | None) -> ListedPage[Supplier]:  # noqa: ARG002 - everything, always
        """Read the parties that are suppliers, both companies and persons."""
        return self._page(
            "/party",
            {"filter": "supplier = true"},
            position,
            lambda page: read_rows(page.result, answers.to_supplier),
        )

    def push(self, data_type: DataType, record: Record) -> Pushed:  # noqa: ARG002 - a receipt is a sale
        """Make the sales order of a sale, or the booking of a stock change.

        Raises:
            ConnectorRejected: An article is missing or found twice, or weclapp cannot express it.
        """
        if isinstance(record, StockChange):
            return self._push_change(record)
        return self._push_sale(record)

    def find_pushed(self, data_type: DataType, record: Record) -> Pushed | None:  # noqa: ARG002 - a receipt is a sale
        """Look for a sales order or a booking by our record id.

        Raises:
            ConnectorAnswerInvalid: Other records are listed, so the filter does not work.
        """
        path, name = (
            ("/warehouseStockMovement", answers.CHANGE_REFERENCE)
            if isinstance(record, StockChange)
            else ("/salesOrder", answers.SALE_REFERENCE)
        )
        wanted = record.record_id
        rows = self._list(path, {"filter": answers.equals(name, wanted)}).result
        for row in rows:
            found = parsed(answers.WeclappIdentified, row, system=SYSTEM)
            if row.get(name) == wanted:
                return Pushed(found.id)
        if any(str(row.get(name)).casefold() != wanted.casefold() for row in rows):
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "{system} lists what was not asked for: not {wanted}.",
                    system=SYSTEM,
                    wanted=wanted,
                )
            )
        return None

    def _push_sale(self, sale: Sale) -> Pushed:
        terms = self._terms()
        body = answers.to_sales_order(
            sale,
            terms,
            currency_id=self._currency_id(sale.total.currency),
            article_id_of=self._article_id_of,
        )
        preview = self._client.post("/salesOrder?dryRun=true", body, is_repeatable=True)
        answers.check_total(preview.body, sale)
        reply = self._client.post("/salesOrder", body)
        return Pushed(parsed(answers.WeclappIdentified, reply.body, system=SYSTEM).id)

    def _push_change(self, change: StockChange) -> Pushed:
        place_id = self._storage_place_of(change)
        booking, body = answers.to_movement(
            change, article_id=self._article_id_of(change), storage_place_id=place_id
        )
        reply = self._client.post(f"/warehouseStockMovement/{booking}", body)
        made = parsed(answers.WeclappListed, reply.body, system=SYSTEM).result
        if not made:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "{system} does not say that the change was booked.",
                    system=SYSTEM,
                )
            )
        return Pushed(parsed(answers.WeclappIdentified, made[0], system=SYSTEM).id)

    def _terms(self) -> answers.WeclappTerms:
        customer_id = self._config.customer_id
        if customer_id is None or not self._config.taxes:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} needs `customerId` and `taxes` to enter sales.",
                    system=SYSTEM,
                )
            )
        return answers.WeclappTerms(
            customer_id=customer_id,
            channel=self._config.sales_channel,
            tax_ids={Decimal(rate): each for rate, each in self._config.taxes.items()},
            warehouse_id=self._config.warehouse_id,
        )

    def _storage_place_of(self, change: StockChange) -> str:
        """Return the change's storage place; the configured one if it names none in particular."""
        place_id = change.location_id
        if place_id in {None, self._config.warehouse_id or answers.STOCK}:
            place_id = self._config.storage_place_id
        if place_id is None or not re.fullmatch(_ID, place_id):
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} needs a `storagePlaceId` to change stock.",
                    system=SYSTEM,
                )
            )
        return place_id

    def _currency_id(self, currency: str) -> str:
        for entity_id, name in self._names("/currency").items():
            if name == currency:
                return entity_id
        raise ConnectorRejected(
            say("record_refused", "{system} has no {currency}.", system=SYSTEM, currency=currency)
        )

    def _article_id_of(self, named: SaleLine | StockChange) -> str:
        if named.product_id is not None:
            if not re.fullmatch(_ID, named.product_id):
                raise ConnectorRejected(
                    say(
                        "record_refused",
                        "{system} has no article {id}.",
                        system=SYSTEM,
                        id=named.product_id,
                    )
                )
            return named.product_id
        name, wanted = ("articleNumber", named.number) if named.number else ("ean", named.ean)
        if not wanted:
            what = named.name if isinstance(named, SaleLine) else named.record_id
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} needs to know the article of {what}.",
                    system=SYSTEM,
                    what=what,
                )
            )
        rows = self._list("/article", {"filter": answers.equals(name, wanted)}).result
        articles = [parsed(answers.ListedArticle, row, system=SYSTEM) for row in rows]
        found = [each.id for each in articles if answers.is_named(each, name, wanted)]
        if len(found) != 1:
            many = "more than one article" if found else "no article"
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} has {many} with the {name} {wanted}.",
                    system=SYSTEM,
                    many=many,
                    name=name,
                    wanted=wanted,
                )
            )
        return found[0]

    def _names(self, path: str) -> dict[str, str]:
        return answers.names_by_id(self._list(path, {}).result)

    def _page(
        self,
        path: str,
        query: Mapping[str, str],
        position: str | None,
        read: Callable[[answers.WeclappListed], Rows[Item]],
    ) -> ListedPage[Item]:
        place = ListingPlace.of(position)
        number = place.begin or 1
        counted = self._client.get(
            f"{path}/count", {name: each for name, each in query.items() if name == "filter"}
        )
        length = parsed(answers.Count, counted.body, system=SYSTEM).result
        page = self._list(path, query, number)
        due = min(ROWS_A_PAGE, max(0, length - (number - 1) * ROWS_A_PAGE))
        return place.to_page(
            read(page),
            length=length,
            following=number + 1 if number * ROWS_A_PAGE < length else None,
            is_short=len(page.result) < due,
        )

    def _list(self, path: str, query: Mapping[str, str], number: int = 1) -> answers.WeclappListed:
        window = {"sort": "id", "page": str(number), "pageSize": str(ROWS_A_PAGE)}
        reply = self._client.get(path, {**query, **window})
        return parsed(answers.WeclappListed, reply.body, system=SYSTEM)
