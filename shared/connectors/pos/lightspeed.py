"""Lightspeed Retail X-Series: reads products, categories and sales; writes sales.

Source: the vendor's OpenAPI definition of API 2.0, of 2025-07-23. The source of ``register_sales``,
which writes a sale, is the vendor's tutorial, because that older API has no definition. R-Series
and K-Series are other systems with other APIs.

Lists are in the order of the version, which every change raises, so that nothing is lost between
two pages or two syncs. Only categories have no version, and are listed in full each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from pydantic import Field, SecretStr, field_validator

from shared.connectors.amounts import require_currency
from shared.connectors.base import (
    PAGE_ITEMS_MAX,
    POSITION_CHARS_MAX,
    ListedPage,
    PushBy,
    Pushed,
    Stream,
)
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.pos.lightspeed_answers import (
    CategoryList,
    CategoryRow,
    Collection,
    Found,
    LightspeedProduct,
    LightspeedWritten,
    Retailer,
    SaleRow,
    TaxRow,
    tax_id_of,
    to_category,
    to_problem,
    to_product,
    to_receipt,
)
from shared.connectors.rows import Item, Row, take
from shared.domain.catalog.goods import Category, Product
from shared.domain.money import Money
from shared.domain.systems.sales import DataType, PaidBy, Receipt, Record, Sale, SaleLine
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

SYSTEM = "lightspeed"
STREAMS = frozenset({Stream.CATEGORIES, Stream.PRODUCTS, Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {
    DataType.SALES_RECORD: PushBy.CALL,
    DataType.RECEIPT: PushBy.CALL,
}
"""No stock changes: the API takes stocktakes and orders, but no differences."""
HAS_PUSH_KEYS = False
IS_FILE = False

DOMAIN = "retail.lightspeed.app"
SOURCE = "Punktwerk"
PAGE_ITEMS = 200
SEARCH_PAGES_MAX = 10
TAX_PAGES_MAX = 10
VARIANT = "x-series"
_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_UNIT_STEP = Decimal("0.00001")
"""The smallest step of a unit price in Lightspeed."""


class Config(ConnectorConfig):
    """A personal token of a retailer, and the register from which pushed records come."""

    variant: str = Field(
        default=VARIANT, max_length=20, description="Which of Lightspeed's systems it is."
    )
    domain_prefix: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        description="First part of the host's name: `shop` of `shop.retail.lightspeed.app`.",
    )
    token: SecretStr = Field(min_length=10, max_length=4_000, description="A personal token.")
    register_id: str | None = Field(default=None, pattern=_UUID, description="Of pushed sales.")
    user_id: str | None = Field(
        default=None, pattern=_UUID, description="The user of pushed sales."
    )
    payment_types: dict[str, str] = Field(
        default_factory=dict,
        max_length=len(PaidBy),
        description="Ids of the retailer's payment types by ours.",
    )

    @field_validator("variant")
    @classmethod
    def _check_variant(cls, variant: str) -> str:
        if variant != VARIANT:
            raise ValueError(
                say(
                    "variant_unsupported",
                    "only {variant} is supported: R-Series and K-Series are not",
                    variant=VARIANT,
                )
            )
        return variant

    @field_validator("payment_types")
    @classmethod
    def _check_payment_types(cls, payment_types: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(payment_types) - set(PaidBy))
        if unknown:
            raise ValueError(
                say(
                    "choice_unknown",
                    "has no {given}: use {choices}",
                    given=f"{unknown[0]!r}",
                    choices=", ".join(PaidBy),
                )
            )
        return payment_types

    @field_validator("token")
    @classmethod
    def _check_token(cls, token: SecretStr) -> SecretStr:
        if not (token.get_secret_value().isascii() and token.get_secret_value().isprintable()):
            raise ValueError(say("personal_token_needed", "must be a personal token"))
        return token


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's account, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One retailer."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        token = config.token.get_secret_value()
        own_url = f"https://{config.domain_prefix}.{DOMAIN}/api"
        stand_in = config.base_url.rstrip("/") if is_emulated and config.base_url else None

        def client(base_url: str) -> JsonClient:
            return JsonClient(
                system=SYSTEM,
                base_url=base_url,
                authorize=lambda *_: {"Authorization": f"Bearer {token}"},
                secrets=tuple(config.secrets()),
                allow_loopback=is_emulated,
                problem=to_problem,
            )

        self._client = client(stand_in or f"{own_url}/2.0")
        self._older = client(stand_in or own_url)

    def verify(self) -> None:
        """Request the retailer."""
        self._client.get("/retailer")

    def categories(self, position: str | None, since: str | None) -> ListedPage[Category]:  # noqa: ARG002 - all of them
        """Read product categories. Deleted ones are not in the list."""
        query = {"page_size": PAGE_ITEMS, **({"after": position} if position else {})}
        reply = self._client.get("/product_categories", query)
        listed = parsed(CategoryList, reply.body, system=SYSTEM)
        _check_size(listed.categories)
        items, skipped = take(listed.categories, CategoryRow, to_category)
        if not listed.has_next:
            return ListedPage(items, is_listing=True, skipped=skipped)
        following = listed.last_seen or ""
        if following in {"", position} or len(following) > POSITION_CHARS_MAX:
            raise ConnectorAnswerInvalid(
                say("answer_unexpected", "{system} lists without end.", system="lightspeed")
            )
        return ListedPage(items, position=following, is_listing=True, skipped=skipped)

    def products(self, position: str | None, since: str | None) -> ListedPage[Product]:
        """Read products, including deleted ones."""
        return self._page(
            "/products",
            {"deleted": "true"},
            position,
            since,
            LightspeedProduct,
            lambda row: to_product(row, self._currency),
        )

    def receipts(self, position: str | None, since: str | None) -> ListedPage[Receipt]:
        """Read finished sales of all outlets."""
        return self._page(
            "/sales", {}, position, since, SaleRow, lambda row: to_receipt(row, self._currency)
        )

    def push(self, data_type: DataType, record: Record) -> Pushed:  # noqa: ARG002 - both are sales
        """Write a closed sale. Our record id is its source id."""
        assert isinstance(record, Sale)
        body = self._sale_body(record)
        reply = self._older.post("/register_sales", body)
        return Pushed(parsed(LightspeedWritten, reply.body, system=SYSTEM).id)

    def find_pushed(self, data_type: DataType, record: Record) -> Pushed | None:  # noqa: ARG002 - both are sales
        """Look for a sale by our record id among those of the same second.

        Lightspeed cannot search by a source id, but by the time of a sale, which we set.
        """
        assert isinstance(record, Sale)
        query = {
            "type": "sales",
            "date_from": _to_time(record.sold_at - timedelta(seconds=1)),
            "date_to": _to_time(record.sold_at + timedelta(seconds=2)),
            "deleted": "true",
            "page_size": PAGE_ITEMS_MAX,
        }
        for number in range(SEARCH_PAGES_MAX):
            reply = self._client.get("/search", {**query, "offset": number * PAGE_ITEMS_MAX})
            found = parsed(Found, reply.body, system=SYSTEM).data
            for sale in found:
                if sale.source_id == record.record_id:
                    return Pushed(sale.id)
            if len(found) < PAGE_ITEMS_MAX:
                return None
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "{system} finds more sales than a second can have.",
                system="lightspeed",
            )
        )

    def _sale_body(self, sale: Sale) -> dict[str, Any]:
        config = self._config
        if config.register_id is None or config.user_id is None:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} takes sales of a register: set registerId, userId.",
                    system="lightspeed",
                )
            )
        require_currency(self._currency, sale.total, system="lightspeed")
        body = {
            "register_id": config.register_id,
            "user_id": config.user_id,
            "sale_date": _to_time(sale.sold_at),
            "status": "CLOSED",
            "source": SOURCE,
            "source_id": sale.record_id,
            "note": sale.number,
            "register_sale_products": [self._line_body(line) for line in sale.lines],
            "register_sale_payments": [
                {
                    "register_id": config.register_id,
                    "retailer_payment_type_id": self._payment_type_of(each.paid_by),
                    "payment_date": _to_time(sale.sold_at),
                    "amount": each.amount.to_major(),
                }
                for each in sale.payments
            ],
        }
        return {**body, "customer_id": sale.customer_id} if sale.customer_id else body

    def _line_body(self, line: SaleLine) -> dict[str, Any]:
        if not line.quantity:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} takes no line without a quantity: {product}.",
                    system="lightspeed",
                    product=line.name,
                )
            )
        tax_id = tax_id_of(line.vat_percent, self._taxes)
        if tax_id is None:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "{system} has no tax of {percent} %.",
                    system="lightspeed",
                    percent=line.vat_percent,
                )
            )
        net = Money(line.total.amount_minor - line.vat.amount_minor, line.total.currency)
        return {
            "product_id": self._product_id_of(line),
            "quantity": line.quantity,
            "price": (net.to_major() / line.quantity).quantize(_UNIT_STEP),
            "tax": (line.vat.to_major() / line.quantity).quantize(_UNIT_STEP),
            "tax_id": tax_id,
        }

    def _payment_type_of(self, paid_by: PaidBy) -> str:
        found = self._config.payment_types.get(paid_by)
        if found is None:
            raise ConnectorRejected(
                say(
                    "record_refused",
                    "No payment type of {system} is named for {means}: set paymentTypes.",
                    system="lightspeed",
                    means=paid_by,
                )
            )
        return found

    def _product_id_of(self, line: SaleLine) -> str:
        if line.product_id:
            return line.product_id
        code = line.number or line.ean
        if not code:
            raise ConnectorRejected(
                say("record_refused", "A product has neither an id nor a number nor an EAN.")
            )
        reply = self._client.get("/products", {"sku": code})
        for each in parsed(Collection, reply.body, system=SYSTEM).data:
            product = parsed(LightspeedProduct, each, system=SYSTEM)
            if code in product.codes and product.deleted_at is None:
                return product.id
        raise ConnectorRejected(
            say(
                "record_refused",
                "{system} has no product with the code {code}.",
                system="lightspeed",
                code=code,
            )
        )

    @cached_property
    def _currency(self) -> str:
        """Request the retailer's currency. Only once: it never changes."""
        reply = self._client.get("/retailer")
        return parsed(Retailer, reply.body, system=SYSTEM).currency

    @cached_property
    def _taxes(self) -> list[TaxRow]:
        """Request the taxes. Only once: they seldom change."""
        taxes: list[TaxRow] = []
        after: int | None = None
        for _ in range(TAX_PAGES_MAX):
            listed = self._list("/taxes", {}, after)
            taxes += (parsed(TaxRow, row, system=SYSTEM) for row in listed.data)
            if not listed.data or listed.version_max is None:
                return taxes
            after = _next_version(listed, after)
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "{system} lists too many taxes.", system="lightspeed")
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
        """Read rows with a greater version. An empty page is the end of the list."""
        begin = position if position is not None else since
        after = int(begin) if begin is not None else None
        listed = self._list(path, query, after)
        if not listed.data:
            return ListedPage((), since=begin or "0", is_listing=since is None)
        items, skipped = take(listed.data, model, transform)
        following = str(_next_version(listed, after))
        return ListedPage(items, position=following, is_listing=since is None, skipped=skipped)

    def _list(self, path: str, query: Mapping[str, str], after: int | None) -> Collection:
        paging = {"page_size": PAGE_ITEMS, **({"after": after} if after is not None else {})}
        reply = self._client.get(path, {**query, **paging})
        listed = parsed(Collection, reply.body, system=SYSTEM)
        _check_size(listed.data)
        return listed


def _check_size(rows: list[dict[str, Any]]) -> None:
    if len(rows) > PAGE_ITEMS_MAX:
        raise ConnectorAnswerInvalid(
            say(
                "answer_unexpected",
                "{system} lists more than it was asked for.",
                system="lightspeed",
            )
        )


def _next_version(listed: Collection, after: int | None) -> int:
    """Return where to continue. Raise ``ConnectorAnswerInvalid`` if reading would never end."""
    if listed.version_max is None or listed.version_max <= (after or 0):
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "{system} lists without end.", system="lightspeed")
        )
    return listed.version_max


def _to_time(moment: datetime) -> str:
    """Write a time as Lightspeed's search does: ``2016-08-08T12:00:00Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
