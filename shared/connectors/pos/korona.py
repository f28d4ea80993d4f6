"""KORONA.cloud: reads products, categories and receipts; writes sales and stock adjustments.

Source: KORONA.cloud API v3, the vendor's OpenAPI definition (3.2-SNAPSHOT, copy of 2024-01-03), and
for the items of stock adjustments the reference of a client generated from this definition.

Lists are read in the order of the revision, which every change raises: the next page begins at the
greatest revision that was read. So changes during a sync neither lose a row nor move it to a page
that was read, and a sync continues where the sync before stopped.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

from pydantic import Field, SecretStr, model_validator

from shared import clock
from shared.connectors.amounts import require_currency
from shared.connectors.base import (
    PAGE_ITEMS_MAX,
    ListedPage,
    PushBy,
    Pushed,
    Stream,
)
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.pos.korona_answers import (
    CommodityGroup,
    KoronaProduct,
    KoronaTerms,
    KoronaWritten,
    PriceGroup,
    ResultList,
    SalesTax,
    Sector,
    StockAdjustment,
    to_category,
    to_problem,
    to_product,
    to_taxes,
)
from shared.connectors.pos.korona_receipts import ReceiptRow, to_receipt
from shared.connectors.pos.korona_writes import (
    SYSTEM,
    to_adjustment,
    to_adjustment_item,
    to_receipt_body,
    to_written,
)
from shared.connectors.rows import Item, Row, take
from shared.domain.catalog.goods import Category, Product
from shared.domain.systems.sales import (
    DataType,
    PaidBy,
    Receipt,
    Record,
    Sale,
    SaleLine,
    StockChange,
)
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

STREAMS = frozenset({Stream.CATEGORIES, Stream.PRODUCTS, Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {
    DataType.SALES_RECORD: PushBy.CALL,
    DataType.RECEIPT: PushBy.CALL,
    DataType.INVENTORY_UPDATE: PushBy.CALL,
}
HAS_PUSH_KEYS = False
"""Numbers are unique, but the contract does not say whether a second receipt with a number is
refused or changes the first."""
IS_FILE = False

DOMAIN = "koronacloud.com"
PAGE_ITEMS = 100
REFERENCE_PAGES_MAX = 20
OVERLAP_REVISIONS = 100
"""The revisions that the next sync reads again: a change may be saved a little later than a change
with a greater revision."""

_WITH_DELETED = {"includeDeleted": "true"}
_NO_CONTENT = 204
_ID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_NAME = r"^[^\x00-\x1f]+$"


class Config(ConnectorConfig):
    """An API user of an account, and the till from which pushed records come."""

    server: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        description="First part of the host's name, e.g. 128 of `128.koronacloud.com`.",
    )
    account_id: str = Field(
        pattern=_ID, description="Id of the account, in the address of every call."
    )
    username: str = Field(
        min_length=1, max_length=100, pattern=r"^[^:\x00-\x1f]+$", description="Of the API user."
    )
    password: SecretStr = Field(min_length=1, max_length=200, description="Of the API user.")
    currency: str = Field(
        default="EUR",
        pattern=r"^[A-Z]{3}$",
        description="Of all amounts; KORONA writes none beside them.",
    )
    price_group: str | None = Field(
        default=None,
        max_length=100,
        pattern=_NAME,
        description="Id or number of the group whose prices count, if there are several.",
    )
    organizational_unit: str | None = Field(
        default=None,
        max_length=100,
        pattern=_NAME,
        description="Id or number of the branch, if it has prices of its own.",
    )
    point_of_sale: str | None = Field(
        default=None,
        pattern=_ID,
        description="Id of the external till that pushed sales belong to.",
    )
    coupling_id: SecretStr | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="What the external till was coupled with.",
    )
    cashier: str | None = Field(
        default=None,
        max_length=100,
        pattern=_NAME,
        description="Number of the cashier of pushed sales.",
    )
    payment_methods: dict[str, str] = Field(
        default_factory=dict,
        max_length=len(PaidBy),
        description="Numbers of KORONA's payment methods by ours.",
    )
    warehouse: str | None = Field(
        default=None,
        max_length=100,
        pattern=_NAME,
        description="Id or number of where stock changes, unless the record names a place.",
    )

    @model_validator(mode="after")
    def _check_till(self) -> Config:
        if (self.point_of_sale is None) != (self.coupling_id is None):
            raise ValueError(say("coupling_needed", "pointOfSale and couplingId belong together"))
        unknown = sorted(set(self.payment_methods) - set(PaidBy))
        if unknown:
            raise ValueError(
                say(
                    "payment_method_unknown",
                    "paymentMethods has no {given}: use {choices}",
                    given=f"{unknown[0]!r}",
                    choices=", ".join(PaidBy),
                )
            )
        return self

    def secrets(self) -> Iterator[str]:
        """Return the secrets, and the password as it is sent."""
        yield from super().secrets()
        yield self.basic

    @property
    def basic(self) -> str:
        """The credentials of HTTP Basic authentication."""
        pair = f"{self.username}:{self.password.get_secret_value()}"
        return base64.b64encode(pair.encode()).decode()


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One account of a merchant."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        own_url = f"https://{config.server}.{DOMAIN}/web/api/v3"
        self._client = JsonClient(
            system=SYSTEM,
            base_url=((config.base_url if is_emulated else None) or own_url).rstrip("/"),
            authorize=lambda *_: {"Authorization": f"Basic {config.basic}"},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=to_problem,
        )

    def verify(self) -> None:
        """Request the account."""
        self._client.get(self._path(""))

    def categories(self, position: str | None, since: str | None) -> ListedPage[Category]:
        """Read commodity groups, including deleted ones."""
        path = "/commodityGroups"
        return self._page(path, _WITH_DELETED, position, since, CommodityGroup, to_category)

    def products(self, position: str | None, since: str | None) -> ListedPage[Product]:
        """Read products, including deleted ones."""
        now = clock.real_now()
        return self._page(
            "/products",
            _WITH_DELETED,
            position,
            since,
            KoronaProduct,
            lambda row: to_product(row, self._terms, now),
        )

    def receipts(self, position: str | None, since: str | None) -> ListedPage[Receipt]:
        """Read the receipts of all tills of the account, or of the configured branch."""
        branch = self._config.organizational_unit
        return self._page(
            "/receipts",
            {"organizationalUnit": branch} if branch else {},
            position,
            since,
            ReceiptRow,
            lambda row: to_receipt(row, self._config.currency),
        )

    def push(self, data_type: DataType, record: Record) -> Pushed:  # noqa: ARG002 - the record says it
        """Write a receipt of the external till, or book a stock adjustment."""
        if isinstance(record, Sale):
            return self._push_sale(record)
        return self._push_change(record)

    def find_pushed(self, data_type: DataType, record: Record) -> Pushed | None:  # noqa: ARG002 - the record says it
        """Look for a receipt by its order number, or for a booked adjustment by its number.

        An adjustment that is not booked has changed nothing; ``push`` continues with it.
        """
        if isinstance(record, Sale):
            return self._find_sale(record)
        adjustment = self._find_adjustment(record)
        is_booked = adjustment is not None and adjustment.status == "BOOKED"
        return Pushed(adjustment.id) if adjustment and is_booked else None

    def _push_sale(self, sale: Sale) -> Pushed:
        config = self._config
        if config.point_of_sale is None or config.coupling_id is None:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} takes sales of an external till: set pointOfSale.",
                    system="korona",
                )
            )
        require_currency(config.currency, sale.total, system="korona")
        products = [self._product_of(line) for line in sale.lines]
        body = to_receipt_body(
            sale,
            products,
            payment_methods=config.payment_methods,
            cashier=config.cashier,
        )
        coupling_id = quote(config.coupling_id.get_secret_value(), safe="")
        path = f"/pointsOfSale/{config.point_of_sale}/receipts?couplingId={coupling_id}"
        return Pushed(self._write(path, body).id)

    def _find_sale(self, sale: Sale) -> Pushed | None:
        query = {"pointOfSale": self._config.point_of_sale, "orderNumber": sale.record_id}
        for row in self._rows("/receipts", {name: each for name, each in query.items() if each}):
            if row.get("orderNumber") == sale.record_id:
                return Pushed(parsed(ReceiptRow, row, system=SYSTEM).id)
        return None

    def _push_change(self, change: StockChange) -> Pushed:
        """Make an adjustment, add the item, book it; continue an earlier unfinished try."""
        warehouse = change.location_id or self._config.warehouse
        if warehouse is None:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} changes stock in a warehouse: set warehouse.",
                    system="korona",
                )
            )
        product = self._product_of(change)
        adjustment = self._find_adjustment(change)
        if adjustment is None:
            body = to_adjustment(change, warehouse)
            adjustment_id = self._write("/stockAdjustments", body).id
            has_items = False
        else:
            adjustment_id = adjustment.id
            if adjustment.status == "BOOKED":
                return Pushed(adjustment_id)
            has_items = bool(
                self._rows(f"/stockAdjustments/{quote(adjustment_id, safe='')}/items", {})
            )
        if not adjustment_id:
            raise ConnectorAnswerInvalid(
                say("answer_unexpected", "The answer of {system} has no valid id.", system="korona")
            )
        if not has_items:
            item = to_adjustment_item(change, product)
            self._write(_adjustment_path(adjustment_id, "/items"), item)
        self._client.call("PATCH", self._path(_adjustment_path(adjustment_id, "/book")))
        return Pushed(adjustment_id)

    def _write(self, path: str, row: dict[str, Any]) -> KoronaWritten:
        reply = self._client.post(self._path(path), [row])
        return to_written(reply.body, self._client.secrets)

    def _find_adjustment(self, change: StockChange) -> StockAdjustment | None:
        for row in self._rows("/stockAdjustments", {"number": change.record_id}):
            if row.get("number") == change.record_id:
                return parsed(StockAdjustment, row, system=SYSTEM)
        return None

    def _product_of(self, named: SaleLine | StockChange) -> dict[str, str]:
        """Return the product's name in KORONA; look it up if we only know its EAN."""
        if named.product_id:
            return {"id": named.product_id}
        if named.number:
            return {"number": named.number}
        if not named.ean:
            raise ConnectorRejected(
                say("record_refused", "A product has neither an id nor a number nor an EAN.")
            )
        for row in self._rows("/products", {"productCodes": named.ean}):
            codes = [each.get("productCode") for each in row.get("codes") or []]
            if named.ean in codes:
                return {"id": parsed(KoronaProduct, row, system=SYSTEM).id}
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} has no product with the EAN {ean}.",
                system="korona",
                ean=named.ean,
            )
        )

    @cached_property
    def _terms(self) -> KoronaTerms:
        """Request the terms of prices. Only once: it takes three calls, and they seldom change."""
        net_groups = {
            group.id for group in self._all("/priceGroups", PriceGroup) if group.net_prices
        }
        return KoronaTerms(
            currency=self._config.currency,
            price_group=self._config.price_group,
            organizational_unit=self._config.organizational_unit,
            taxes=to_taxes(
                self._all("/sectors", Sector),
                self._all("/salesTaxes", SalesTax),
                clock.real_now(),
            ),
            net_groups=frozenset(net_groups),
        )

    def _all(self, path: str, model: type[Row]) -> list[Row]:
        return [parsed(model, row, system=SYSTEM) for row in self._rows(path, {})]

    def _rows(self, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Read a short list in full."""
        rows: list[dict[str, Any]] = []
        after: int | None = None
        for _ in range(REFERENCE_PAGES_MAX):
            listed = self._list(path, query, after)
            rows += listed.results
            if listed.pages_total <= 1:
                return rows
            after = _last_revision(listed, after)
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "{system} lists too much at {path}.",
                system="korona",
                path=path,
            )
        )

    def _page(
        self,
        path: str,
        query: Mapping[str, str],
        position: str | None,
        since: str | None,
        model: type[Row],
        transform: Callable[[Row], Item | None],
    ) -> ListedPage[Item]:
        begin = position if position is not None else since
        after = int(begin) if begin is not None else None
        listed = self._list(path, query, after)
        if not listed.results and listed.pages_total <= 1:
            return ListedPage((), since=begin or "0", is_listing=since is None)
        items, skipped = take(listed.results, model, transform)
        last, is_last = _last_revision(listed, after), listed.pages_total <= 1
        return ListedPage(
            items,
            position=None if is_last else str(last),
            since=str(max(last - OVERLAP_REVISIONS, 0)) if is_last else None,
            is_listing=since is None,
            skipped=skipped,
        )

    def _list(self, path: str, query: Mapping[str, str], after: int | None) -> ResultList:
        reply = self._client.get(
            self._path(path),
            {
                **query,
                "page": 1,
                "size": PAGE_ITEMS,
                "sort": "revision",
                **({"revision": after} if after is not None else {}),
            },
        )
        if reply.status == _NO_CONTENT:
            return ResultList.model_validate({"results": [], "pagesTotal": 0})
        listed = parsed(ResultList, reply.body, system=SYSTEM)
        if len(listed.results) > PAGE_ITEMS_MAX:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "{system} lists more than it was asked for.",
                    system="korona",
                )
            )
        return listed

    def _path(self, path: str) -> str:
        return f"/accounts/{self._config.account_id}{path}"


def _adjustment_path(adjustment_id: str, more: str) -> str:
    return f"/stockAdjustments/{quote(adjustment_id, safe='')}{more}"


def _last_revision(listed: ResultList, after: int | None) -> int:
    """Return where to continue. Raise ``ConnectorAnswerInvalid`` if rows would be lost."""
    revisions = [row.get("revision") for row in listed.results]
    known = [each for each in revisions if isinstance(each, int) and not isinstance(each, bool)]
    if known != sorted(known) or len(known) < len(revisions):
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "{system} does not list in the order of the revision.",
                system="korona",
            )
        )
    if not known or (after is not None and known[-1] <= after and listed.pages_total > 1):
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "{system} lists without end.", system="korona")
        )
    return known[-1]
