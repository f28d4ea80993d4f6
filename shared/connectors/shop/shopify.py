"""Shopify: reads notices of orders and customers, lists orders, and writes cards and codes.

Source: the Admin GraphQL schema 2026-10, and the documentation of webhooks and of the client
credentials grant.

A notice of an order without refunds says all that is needed. Everything else, refunds and edits,
only says which order it is, and the order is asked for, so that refunds are read in one way alone.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator

from shared import clock
from shared.connectors import signatures
from shared.connectors.base import ListedPage, PushBy, Stream
from shared.connectors.client import MESSAGE_CHARS_MAX, JsonClient, parsed, redacted
from shared.connectors.config import ConnectorConfig
from shared.connectors.rows import read_rows
from shared.connectors.shop import shopify_cards, shopify_codes, shopify_queries, shopify_webhooks
from shared.connectors.shop.base import (
    BEGINS_BEFORE,
    NoticeNotGenuine,
    ShopNotice,
    ShopTopic,
    body_of,
)
from shared.connectors.shop.shopify_answers import (
    Listed,
    ShopifyCustomer,
    ShopifyOrder,
    id_of,
    to_customer,
    to_order,
)
from shared.connectors.shop.shopify_payloads import is_id
from shared.domain.systems.sales import DataType
from shared.domain.systems.shop_orders import ShopOrder
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode, ShopWrite
from shared.errors import (
    ConnectorAnswerInvalid,
    ConnectorCredentialsRefused,
    ConnectorRateLimited,
    ConnectorRejected,
    ConnectorUnsupported,
)
from shared.said import say

SYSTEM = "shopify"
STREAMS = frozenset({Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {}
HAS_PUSH_KEYS = False
IS_FILE = False
IDS_ARE_GLOBAL = True
ADDRESS = "shop"
WRITES = frozenset(ShopWrite)
NOTICE_TOPICS = (
    "orders/paid",
    "orders/updated",
    "orders/cancelled",
    "orders/edited",
    "refunds/create",
    "customers/create",
    "customers/update",
    "customers/data_request",
    "customers/redact",
    "shop/redact",
    "app/uninstalled",
)
SUBSCRIBES = tuple(
    each
    for each in NOTICE_TOPICS
    if each not in {"customers/data_request", "customers/redact", "shop/redact"}
)
"""Those of data protection are in the file of the app alone."""

API_VERSION = "2026-10"
OVERLAP = timedelta(minutes=5)
"""Orders of this time are listed again: Shopify's search knows of a change a little later."""
LINE_PAGES_MAX = 10
RETRY_AFTER_S_MAX = 3_600

TEXT = r"^[\x21-\x7e]+$"
ShopAddress = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com$",
        description="Address of the shop at Shopify, `example.myshopify.com`.",
    ),
]
_SCOPES = {ShopWrite.CARD: "write_customers", ShopWrite.CODE: "write_discounts"}
_DENIED = frozenset({"ACCESS_DENIED", "FORBIDDEN", "UNAUTHORIZED"})


class Config(ConnectorConfig):
    """An app that is installed in the shop, and what its notices are signed with."""

    OBTAINED = ("access_token",)
    OBTAINED_FROM = ("shop", "client_id")

    shop: ShopAddress
    client_id: str | None = Field(
        default=None, max_length=100, pattern=TEXT, description="Of the app."
    )
    client_secret: SecretStr | None = Field(
        default=None, min_length=4, max_length=200, description="Of the app; signs its notices."
    )
    access_token: SecretStr | None = Field(
        default=None,
        min_length=4,
        max_length=200,
        description="Of an app that has one that does not expire. Else clientId and clientSecret.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=4,
        max_length=200,
        description="What Settings, Notifications, Webhooks shows, if notices are set up there.",
    )

    @model_validator(mode="after")
    def _check_access(self) -> Config:
        if self.access_token is None and (self.client_id is None or self.client_secret is None):
            raise ValueError(
                say("access_of_shopify", "needs accessToken, or clientId and clientSecret")
            )
        self.require_ascii_secrets()
        return self

    def notice_secrets(self) -> Iterator[str]:
        """Return what may have signed a notice."""
        for secret in (self.client_secret, self.webhook_secret):
            if secret is not None:
                yield secret.get_secret_value()


class _Token(BaseModel):
    access_token: SecretStr = Field(min_length=4, max_length=500)


class _Scope(BaseModel):
    handle: str


class _Installation(BaseModel):
    scopes: tuple[_Scope, ...] = Field(alias="accessScopes")


class _Granted(BaseModel):
    installation: _Installation = Field(alias="currentAppInstallation")


class _Answer(BaseModel):
    data: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = []
    extensions: dict[str, Any] = {}


def read_notice(config: ConnectorConfig, headers: Mapping[str, str], raw: bytes) -> ShopNotice:
    """Check and read a notice; see ``ShopModule``.

    Only the body is signed, so nothing is taken from the headers that the body does not bear out.
    """
    assert isinstance(config, Config)
    told = {name.lower(): value for name, value in headers.items()}
    given = told.get("x-shopify-hmac-sha256")
    is_signed = [signatures.is_hmac_base64(given, each, raw) for each in config.notice_secrets()]
    if not any(is_signed) or told.get("x-shopify-shop-domain", config.shop) != config.shop:
        raise NoticeNotGenuine
    topic = told.get("x-shopify-topic", "")
    event_id = f"{topic[:50]}:{hashlib.sha256(raw).hexdigest()}"
    body = body_of(raw)
    read = _READERS.get(topic)
    if read is None or not isinstance(body, dict):
        return ShopNotice(event_id, ShopTopic.OTHER)
    return read(config, event_id, body)


def _of_order(config: Config, event_id: str, body: dict[str, Any]) -> ShopNotice:  # noqa: ARG001 - as the others
    if body.get("refunds"):
        return _to_read(event_id, body.get("id"))
    try:
        order = to_order(ShopifyOrder.model_validate(body))
    except ValueError:
        return _to_read(event_id, body.get("id"))
    return ShopNotice(event_id, ShopTopic.ORDER, (order,))


def _of_refund(config: Config, event_id: str, body: dict[str, Any]) -> ShopNotice:  # noqa: ARG001 - as the others
    return _to_read(event_id, body.get("order_id"))


def _of_edit(config: Config, event_id: str, body: dict[str, Any]) -> ShopNotice:  # noqa: ARG001 - as the others
    edit = body.get("order_edit")
    return _to_read(event_id, edit.get("order_id") if isinstance(edit, dict) else None)


def _of_customer(config: Config, event_id: str, body: dict[str, Any]) -> ShopNotice:  # noqa: ARG001 - as the others
    return _on_customer(event_id, ShopTopic.CUSTOMER, body)


def _of_data_request(config: Config, event_id: str, body: dict[str, Any]) -> ShopNotice:
    if "data_request" not in body or body.get("shop_domain") != config.shop:
        return ShopNotice(event_id, ShopTopic.OTHER)
    return _on_customer(event_id, ShopTopic.DATA_REQUEST, body.get("customer"))


def _of_erasure(config: Config, event_id: str, body: dict[str, Any]) -> ShopNotice:
    if "orders_to_redact" not in body or body.get("shop_domain") != config.shop:
        return ShopNotice(event_id, ShopTopic.OTHER)
    return _on_customer(event_id, ShopTopic.CUSTOMER_ERASURE, body.get("customer"))


def _of_shop_erasure(config: Config, event_id: str, body: dict[str, Any]) -> ShopNotice:
    is_own = body.get("shop_domain") == config.shop and "customer" not in body
    return ShopNotice(event_id, ShopTopic.SHOP_ERASURE if is_own else ShopTopic.OTHER)


def _of_uninstall(config: Config, event_id: str, body: dict[str, Any]) -> ShopNotice:
    is_own = body.get("myshopify_domain") == config.shop
    return ShopNotice(event_id, ShopTopic.UNINSTALLED if is_own else ShopTopic.OTHER)


def _to_read(event_id: str, order_id: Any) -> ShopNotice:
    found = id_of(order_id)
    if not isinstance(found, str) or not is_id(found):
        return ShopNotice(event_id, ShopTopic.OTHER)
    return ShopNotice(event_id, ShopTopic.ORDER, orders_to_read=(found,))


def _on_customer(event_id: str, topic: ShopTopic, row: Any) -> ShopNotice:
    try:
        customer = to_customer(ShopifyCustomer.model_validate(row))
    except ValidationError:
        return ShopNotice(event_id, ShopTopic.OTHER)
    return ShopNotice(event_id, topic, customer=customer)


_READERS: Mapping[str, Callable[[Config, str, dict[str, Any]], ShopNotice]] = {
    "orders/create": _of_order,
    "orders/paid": _of_order,
    "orders/updated": _of_order,
    "orders/cancelled": _of_order,
    "orders/edited": _of_edit,
    "refunds/create": _of_refund,
    "customers/create": _of_customer,
    "customers/update": _of_customer,
    "customers/data_request": _of_data_request,
    "customers/redact": _of_erasure,
    "shop/redact": _of_shop_erasure,
    "app/uninstalled": _of_uninstall,
}
"""How a notice of each topic is read. The topic is not signed, so each looks at the body, too."""


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's shop, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


class Connector:
    """One shop."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._config = config
        stand_in = config.base_url.rstrip("/") if is_emulated and config.base_url else None

        def client(authorize: Mapping[str, str]) -> JsonClient:
            return JsonClient(
                system=SYSTEM,
                base_url=(stand_in or f"https://{config.shop}") + "/admin",
                authorize=lambda *_: authorize,
                secrets=(*config.secrets(), *authorize.values()),
                allow_loopback=is_emulated,
                problem=problem_of,
            )

        self._client_with = client

    def verify(self) -> None:
        """Ask whose shop it is, and for one order, which needs the scopes."""
        shop = self._ask(shopify_queries.SHOP, {}).get("shop")
        domain = shop.get("myshopifyDomain") if isinstance(shop, dict) else None
        if domain != self._config.shop:
            raise ConnectorRejected(
                say(
                    "access_to_other_shop",
                    "The access is to another shop than the one that is named.",
                )
            )

    def orders(self, ids: Sequence[str]) -> ListedPage[ShopOrder]:
        """Ask for orders with all their refunds."""
        found = (self._order(each) for each in ids if is_id(each))
        rows = read_rows((each for each in found if each is not None), _to_order)
        return ListedPage(rows.items, skipped=rows.skipped)

    def receipts(self, position: str | None, since: str | None) -> ListedPage[ShopOrder]:
        """List orders that were changed since then, those changed first first."""
        changed = f"updated_at:>='{_time(since) if since is not None else _begin()}'"
        found = self._ask(shopify_queries.ORDERS, {"changed": changed, "after": position})
        listed = parsed(Listed, found.get("orders"), system=SYSTEM)
        rows = read_rows((self._whole(each) for each in listed.nodes), _to_order)
        if listed.page_info.has_next_page:
            if not listed.page_info.end_cursor or listed.page_info.end_cursor == position:
                raise ConnectorAnswerInvalid(
                    say(
                        "answer_unexpected",
                        "The answer of {system} has no valid endCursor.",
                        system="shopify",
                    )
                )
            return ListedPage(
                rows.items, position=listed.page_info.end_cursor, skipped=rows.skipped
            )
        times = [time for each in listed.nodes if (time := _changed_at(each)) is not None]
        latest = f"{max(times) - OVERLAP:%Y-%m-%dT%H:%M:%SZ}" if times else since
        return ListedPage(rows.items, since=latest, skipped=rows.skipped)

    def verify_writes(self, writes: Collection[ShopWrite]) -> None:
        """Check the scopes of the app; see ``WriteChecking``."""
        told = parsed(_Granted, self._ask(shopify_queries.SCOPES, {}), system=SYSTEM)
        granted = {each.handle for each in told.installation.scopes}
        missing = sorted({_SCOPES[each] for each in writes} - granted)
        if missing:
            raise ConnectorCredentialsRefused(
                say(
                    "scope_missing",
                    "The app has no access scope {missing}: add it at Shopify, release the "
                    "app, and install that version.",
                    missing=", ".join(missing),
                )
            )

    def write_card(self, card: ShopCard) -> None:
        """Write a card over the one before."""
        shopify_cards.write(self._ask, card)

    def clear_card(self, customer_id: str) -> None:
        """Take a card away."""
        shopify_cards.clear(self._ask, customer_id)

    def put_code(self, code: ShopCode) -> str:
        """Make a code usable, and return Shopify's id of its discount."""
        return shopify_codes.put(self._ask, code)

    def revoke_code(self, code: ShopCode) -> CodeFate:
        """Make a code unusable, unless it was used."""
        return shopify_codes.revoke(self._ask, code)

    def subscribe(self, address: str) -> None:
        """Set up webhooks, which the app's secret signs; see ``NoticeSubscribing``."""
        if self._config.client_secret is None:
            raise ConnectorUnsupported(
                say(
                    "client_secret_missing",
                    "The notices of an app are signed with its clientSecret, which is not stored.",
                ),
                offers={"configureSync": "credentials.clientSecret"},
            )
        shopify_webhooks.subscribe(self._ask, address, SUBSCRIBES)

    def _whole(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a listed order, with the lines and refunds that the list leaves out."""
        lines = row.get("line_items")
        more = lines.get("pageInfo") if isinstance(lines, dict) else None
        has_more = isinstance(more, dict) and more.get("hasNextPage") is True
        order_id = id_of(row.get("id"))
        if not (row.get("refunds") or has_more) or not isinstance(order_id, str):
            return row
        return (self._order(order_id) if is_id(order_id) else None) or row

    def _order(self, order_id: str) -> dict[str, Any] | None:
        """Ask for an order with all its lines and refunds; ``None`` if it is gone."""
        variables = {"id": f"gid://shopify/Order/{order_id}"}
        row = self._ask(shopify_queries.ORDER, variables).get("order")
        if row is None:
            return None
        if not isinstance(row, dict):
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} has no valid order.",
                    system="shopify",
                )
            )
        lines = parsed(Listed, row.get("line_items"), system=SYSTEM)
        nodes = list(lines.nodes)
        for _ in range(LINE_PAGES_MAX):
            if not lines.page_info.has_next_page:
                return {**row, "line_items": nodes}
            after = {**variables, "after": lines.page_info.end_cursor}
            order = self._ask(shopify_queries.LINES, after).get("order")
            found = order.get("line_items") if isinstance(order, dict) else None
            lines = parsed(Listed, found, system=SYSTEM)
            nodes += lines.nodes
        raise ConnectorAnswerInvalid(
            say("answer_unexpected", "{system} lists too many lines of an order.", system="shopify")
        )

    def _ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Ask by GraphQL, which answers 200 also if it refuses.

        Writings may be repeated, too: each says how it should be in the end.
        """
        reply = self._client.post(
            f"/api/{API_VERSION}/graphql.json",
            {"query": query, "variables": variables},
            is_repeatable=True,
        )
        found = parsed(_Answer, reply.body, system=SYSTEM)
        if found.errors:
            raise _refusal(found, self._client.secrets)
        if found.data is None:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} has no valid data.",
                    system="shopify",
                )
            )
        return found.data

    @cached_property
    def _client(self) -> JsonClient:
        """The client with the access token, which an app of the merchant's own has to ask for."""
        config = self._config
        if config.access_token is not None:
            token = config.access_token
        else:
            assert config.client_id is not None
            assert config.client_secret is not None
            reply = self._client_with({}).post_form(
                "/oauth/access_token",
                {
                    "grant_type": "client_credentials",
                    "client_id": config.client_id,
                    "client_secret": config.client_secret.get_secret_value(),
                },
                is_repeatable=True,
            )
            token = parsed(_Token, reply.body, system=SYSTEM).access_token
        return self._client_with({"X-Shopify-Access-Token": token.get_secret_value()})


def _to_order(row: dict[str, Any]) -> ShopOrder:
    return to_order(ShopifyOrder.model_validate(row))


def _time(since: str) -> str:
    """Return a time that ``receipts`` has given; anything else would become part of a search."""
    return f"{datetime.fromisoformat(since).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _begin() -> str:
    """Return since when a first sweep lists: a day's beginning, so that its pages ask alike."""
    return f"{clock.real_now() - BEGINS_BEFORE:%Y-%m-%dT00:00:00Z}"


def _changed_at(row: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(row["updated_at"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None


def problem_of(body: Any) -> str | None:
    """Return the message of a refusal; Shopify has several forms of it."""
    errors = body.get("errors") or body.get("error_description") or body.get("error")
    if isinstance(errors, list):
        return str(errors[0]["message"])
    return errors if isinstance(errors, str) else None


def _refusal(found: _Answer, secrets: Sequence[str]) -> Exception:
    first = found.errors[0]
    extensions = first.get("extensions")
    code = str(extensions.get("code")) if isinstance(extensions, dict) else ""
    said = " ".join(str(first.get("message", "")).split())
    told = redacted(said, secrets)[:MESSAGE_CHARS_MAX]
    words = say("system_refused", "{system} refused: {words}", system=SYSTEM, words=told)
    if code == "THROTTLED":
        return ConnectorRateLimited(words, status=200, retryAfter=_wait_s(found.extensions))
    if code in _DENIED:
        return ConnectorCredentialsRefused(words, status=200)
    if code in {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
        return ConnectorAnswerInvalid(words)
    return ConnectorRejected(words, status=200)


def _wait_s(extensions: Mapping[str, Any]) -> int:
    """Return the seconds until the points of the query are there again."""
    try:
        cost = extensions["cost"]
        state = cost["throttleStatus"]
        missing = cost["requestedQueryCost"] - state["currentlyAvailable"]
        return int(min(max(math.ceil(missing / state["restoreRate"]), 1), RETRY_AFTER_S_MAX))
    except (KeyError, TypeError, ArithmeticError):
        return 1
