"""Shopware 6: lists orders with their payments and refunds; writes cards and codes.

Its notices say which order has changed.

Source: the vendor's OpenAPI definition of the Admin API, 6.7.10.1, and its documentation of apps
and webhooks.

A notice may lack any part of an order, so the order is asked for each time. A payment that changes
does not change the time of its order: the list looks at both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from pydantic import BaseModel, Field, SecretStr, model_validator

from shared import clock
from shared.connectors import signatures
from shared.connectors.base import ListedPage, PushBy, Skipped, Stream
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.rows import read_rows
from shared.connectors.shop import shopware_writes
from shared.connectors.shop.base import (
    BEGINS_BEFORE,
    EVENT_ID_CHARS_MAX,
    NoticeNotGenuine,
    ShopNotice,
    ShopTopic,
    body_of,
)
from shared.connectors.shop.shopware_answers import (
    FoundOrders,
    ShopwareCustomer,
    ShopwareOrder,
    is_id,
    of_account,
    to_order,
    written,
)
from shared.domain.systems.sales import DataType
from shared.domain.systems.shop_orders import ShopCustomer, ShopOrder
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode, ShopWrite
from shared.errors import ConnectorAnswerInvalid, ConnectorRejected
from shared.said import say

SYSTEM = "shopware"
STREAMS = frozenset({Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {}
HAS_PUSH_KEYS = False
IS_FILE = False
IDS_ARE_GLOBAL = True
"""They are random. Those of a shop that was copied are those of the same people."""
ADDRESS = "shopUrl"
WRITES = frozenset({ShopWrite.CARD, ShopWrite.CODE})
NOTICE_TOPICS = (
    "state_enter.order_transaction.state.paid",
    "state_enter.order_transaction.state.refunded",
    "state_enter.order_transaction.state.refunded_partially",
    "state_enter.order_transaction.state.cancelled",
    "state_enter.order_transaction.state.chargeback",
    "state_enter.order_transaction_capture_refund.state.completed",
    "state_enter.order.state.cancelled",
    "order.written",
    "app.activated",
    "app.deleted",
)
SUBSCRIBES: tuple[str, ...] = ()
"""The manifest of the app says what the shop sends."""

PAGE_ITEMS = 50
OVERLAP = timedelta(minutes=10)
"""What changed in this time is listed again: clocks differ, and a change is seen a little later."""
ASKED_TIMEOUT_S = 3.0
"""How long a shop has for a token, and again for a customer: a request waits for both."""
_ORDER = "order"
_TRANSACTION = "orderTransaction"
_TOPICS = {"app.activated": ShopTopic.PING, "app.deleted": ShopTopic.UNINSTALLED}
_CHANGED = (
    "createdAt",
    "updatedAt",
    "transactions.createdAt",
    "transactions.updatedAt",
    "transactions.captures.refunds.createdAt",
    "transactions.captures.refunds.updatedAt",
)
_STATE: Mapping[str, Any] = {"stateMachineState": {}}
_REFUNDS = {"associations": {**_STATE, "positions": {}}}
_CAPTURES = {"associations": {**_STATE, "refunds": _REFUNDS}}
ASSOCIATIONS: Mapping[str, Any] = {
    **_STATE,
    "currency": {},
    "lineItems": {},
    "transactions": {"associations": {**_STATE, "captures": _CAPTURES}},
    "orderCustomer": {"associations": {"customer": {}}},
}
_TIMES = ("id", "createdAt", "updatedAt", "stateMachineState")
INCLUDES: Mapping[str, Sequence[str]] = {
    "order": (
        *_TIMES,
        "autoIncrement",
        "orderNumber",
        "orderDateTime",
        "price",
        "shippingCosts",
        "currency",
        "lineItems",
        "transactions",
        "orderCustomer",
    ),
    "order_line_item": ("id", "type", "parentId", "productId", "referencedId", "price"),
    "order_transaction": (*_TIMES, "amount", "captures"),
    "order_transaction_capture": (*_TIMES, "refunds"),
    "order_transaction_capture_refund": (*_TIMES, "amount", "positions"),
    "order_transaction_capture_refund_position": ("orderLineItemId", "amount"),
    "state_machine_state": ("technicalName",),
    "currency": ("isoCode",),
    "order_customer": ("customer",),
    "customer": (
        "id",
        "email",
        "guest",
        "doubleOptInRegistration",
        "doubleOptInConfirmDate",
    ),
}
"""What is told of each: no names, no addresses, nothing of what was bought but its id and price."""


class Config(ConnectorConfig):
    """An integration of the shop, or an app without code that registers itself."""

    OBTAINED = (
        "client_id",
        "client_secret",
        "webhook_secret",
        "shop_id",
        "previous_webhook_secret",
        "previous_webhook_secret_until_s",
    )
    OBTAINED_FROM = ("shop_url", "app_secret")

    shop_url: str = Field(
        min_length=1,
        max_length=200,
        description="Address of the shop: https, on a public address, without `/api`.",
    )
    client_id: str | None = Field(
        default=None,
        min_length=4,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Access key ID of the integration; an app gets its own.",
    )
    client_secret: SecretStr | None = Field(
        default=None,
        min_length=4,
        max_length=200,
        description="Secret access key of the integration; an app gets its own.",
    )
    app_name: str = Field(
        default="PunktwerkPoints",
        pattern=r"^[A-Za-z][A-Za-z0-9]{1,63}$",
        description="Name of the app, as its manifest says it.",
    )
    app_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        max_length=200,
        description="Secret of the app's setup, as its manifest says it; made up by you.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        max_length=255,
        description="Signs notices. The registration of an app sets it.",
    )
    shop_id: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="The shop's id. The registration of an app sets it.",
    )
    previous_webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        max_length=255,
        description="What signed notices before. The registration of an app sets it.",
    )
    previous_webhook_secret_until_s: int | None = Field(
        default=None,
        ge=0,
        description="Until when that one counts, in Unix time. The registration of an app sets it.",
    )

    @model_validator(mode="after")
    def _check_access(self) -> Config:
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError(say("client_pair", "clientId and clientSecret belong together"))
        if self.client_id is None and self.app_secret is None:
            raise ValueError(
                say("access_of_shopware", "needs clientId and clientSecret, or appSecret")
            )
        self.require_ascii_secrets()
        return self

    def hosts(self) -> Mapping[str, str]:
        """Return the address of the shop."""
        return {"shopUrl": self.shop_url}

    def notice_secrets(self, now: datetime) -> Iterator[str]:
        """Return what may have signed a notice."""
        if self.webhook_secret is not None:
            yield self.webhook_secret.get_secret_value()
        until_s = self.previous_webhook_secret_until_s or 0
        if self.previous_webhook_secret is not None and now.timestamp() < until_s:
            yield self.previous_webhook_secret.get_secret_value()


class _Token(BaseModel):
    access_token: str = Field(min_length=4, max_length=8_000, pattern=r"^[\x21-\x7e]+$")


def read_notice(config: ConnectorConfig, headers: Mapping[str, str], raw: bytes) -> ShopNotice:
    """Check and read a notice; see ``ShopModule``."""
    assert isinstance(config, Config)
    told = {name.lower(): value for name, value in headers.items()}
    given = told.get("shopware-shop-signature")
    secrets = config.notice_secrets(clock.real_now())
    if not any(signatures.is_hmac(given, each, raw) for each in secrets):
        raise NoticeNotGenuine
    body = body_of(raw)
    source, data = (_dict(body, name) for name in ("source", "data"))
    if config.shop_id is not None and source.get("shopId") != config.shop_id:
        raise NoticeNotGenuine
    event_id = source.get("eventId")
    if not isinstance(event_id, str) or not 0 < len(event_id) <= EVENT_ID_CHARS_MAX:
        event_id = hashlib.sha256(raw).hexdigest()
    topic = _TOPICS.get(str(data.get("event")))
    if topic is not None:
        return ShopNotice(event_id, topic)
    ids = _order_ids(data)
    return ShopNotice(
        event_id, ShopTopic.ORDER if ids else ShopTopic.OTHER, orders_to_read=tuple(ids)
    )


def _order_ids(data: Mapping[str, Any]) -> list[str]:
    """Return the orders that a notice names: the entity, or what was written."""
    payload = data.get("payload")
    if isinstance(payload, list):
        written = [each for each in payload if isinstance(each, dict)]
        named = [each.get("primaryKey") for each in written if each.get("entity") == _ORDER]
    else:
        found = payload if isinstance(payload, dict) else {}
        named = [_dict(found, _ORDER).get("id"), _dict(found, _TRANSACTION).get("orderId")]
    return list(dict.fromkeys(each for each in named if isinstance(each, str) and is_id(each)))


def _dict(found: Any, name: str) -> dict[str, Any]:
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, dict) else {}


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
                base_url=stand_in or f"{config.shop_url.rstrip('/')}/api",
                authorize=lambda *_: {**authorize, "Accept": "application/json"},
                secrets=(*config.secrets(), *authorize.values()),
                allow_loopback=is_emulated,
                problem=_problem,
            )

        self._client_with = client

    def verify(self) -> None:
        """Ask for one order, which needs the permission to read them.

        An app that is not registered yet has no access to try.
        """
        if self._config.client_id is not None:
            self._search({"limit": 1})

    def orders(self, ids: Sequence[str]) -> ListedPage[ShopOrder]:
        """Ask for orders with all their refunds."""
        known = [each for each in dict.fromkeys(ids) if is_id(each)]
        found: list[ShopOrder] = []
        skipped: list[Skipped] = []
        for begin in range(0, len(known), PAGE_ITEMS):
            some = known[begin : begin + PAGE_ITEMS]
            rows = self._search({"ids": some, "limit": PAGE_ITEMS})
            read = read_rows(rows, _to_order)
            found += read.items
            skipped += read.skipped
        asked_for = (each for each in found if each.external_id in known)
        return ListedPage(tuple(asked_for), skipped=tuple(skipped))

    def receipts(self, position: str | None, since: str | None) -> ListedPage[ShopOrder]:
        """List orders that were changed since then, or whose payments were, the oldest ones first.

        A sync has a time until which it lists, and goes from number to number, so that nothing
        moves between its pages.
        """
        until, after = _place(position)
        begin = until - BEGINS_BEFORE if since is None else datetime.fromisoformat(since)
        changed = {"gte": written(begin)}
        ranges = [{"type": "range", "field": each, "parameters": changed} for each in _CHANGED]
        filters: list[dict[str, Any]] = [
            {"type": "range", "field": "autoIncrement", "parameters": {"gt": after}},
            {"type": "multi", "operator": "or", "queries": ranges},
        ]
        listed = self._search(
            {
                "limit": PAGE_ITEMS,
                "filter": filters,
                "sort": [{"field": "autoIncrement", "order": "ASC"}],
            }
        )
        rows = read_rows(listed, _to_order)
        if len(listed) < PAGE_ITEMS:
            return ListedPage(rows.items, since=written(until - OVERLAP), skipped=rows.skipped)
        last = listed[-1].get("autoIncrement")
        if not isinstance(last, int) or last <= after:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "The answer of {system} has no valid autoIncrement.",
                    system="shopware",
                )
            )
        place = json.dumps({"until": written(until), "after": last})
        return ListedPage(rows.items, position=place, skipped=rows.skipped)

    def write_card(self, card: ShopCard) -> None:
        """Write a card into the customer's custom fields and tags; see ``CardWriting``."""
        shopware_writes.write_card(self._client, card)

    def clear_card(self, customer_id: str) -> None:
        """Take a card out of the customer's custom fields and tags; see ``CardWriting``."""
        shopware_writes.clear_card(self._client, customer_id)

    def put_code(self, code: ShopCode) -> str:
        """Make a promotion; see ``CodeWriting``."""
        return shopware_writes.put_code(self._client, code)

    def revoke_code(self, code: ShopCode) -> CodeFate:
        """Make a promotion inactive that nobody has used; see ``CodeWriting``."""
        return shopware_writes.revoke_code(self._client, code)

    def customer(self, customer_id: str) -> ShopCustomer | None:
        """Ask for a customer, once and for a few seconds; ``None`` if the shop has none."""
        client = self._authorized(
            lambda by: replace(self._client_with(by), timeout_s=ASKED_TIMEOUT_S, tries_max=1)
        )
        reply = client.post(
            "/search/customer",
            {
                "ids": [customer_id],
                "limit": 1,
                "total-count-mode": "none",
                "includes": {"customer": INCLUDES["customer"]},
            },
            is_repeatable=True,
        )
        rows = parsed(FoundOrders, reply.body, system=SYSTEM).data
        row = next((each for each in rows if each.get("id") == customer_id), None)
        return None if row is None else of_account(parsed(ShopwareCustomer, row, system=SYSTEM))

    def _search(self, criteria: Mapping[str, Any]) -> list[dict[str, Any]]:
        reply = self._client.post(
            "/search/order",
            {
                "total-count-mode": "none",
                "associations": ASSOCIATIONS,
                "includes": INCLUDES,
                **criteria,
            },
            is_repeatable=True,
        )
        return parsed(FoundOrders, reply.body, system=SYSTEM).data

    @cached_property
    def _client(self) -> JsonClient:
        """The client with a token, which is good for ten minutes."""
        return self._authorized(self._client_with)

    def _authorized(self, client_with: Callable[[Mapping[str, str]], JsonClient]) -> JsonClient:
        """Return a client with a new token, which it has asked for itself."""
        config = self._config
        if config.client_id is None or config.client_secret is None:
            raise ConnectorRejected(
                say("app_not_registered", "The app is not registered yet: install it in the shop.")
            )
        reply = client_with({}).post(
            "/oauth/token",
            {
                "grant_type": "client_credentials",
                "client_id": config.client_id,
                "client_secret": config.client_secret.get_secret_value(),
            },
            is_repeatable=True,
        )
        token = parsed(_Token, reply.body, system=SYSTEM).access_token
        return client_with({"Authorization": f"Bearer {token}"})


def _to_order(row: dict[str, Any]) -> ShopOrder:
    return to_order(ShopwareOrder.model_validate(row))


def _place(position: str | None) -> tuple[datetime, int]:
    """Return until when a sync lists, and after which number its next page begins."""
    if position is None:
        return clock.real_now(), 0
    found = json.loads(position)
    try:
        until, after = datetime.fromisoformat(found["until"]), found["after"]
    except (KeyError, TypeError, ValueError):
        raise ConnectorRejected(
            say("position_lost", "The position of the sync is not one of shopware.")
        ) from None
    if not isinstance(after, int):
        raise ConnectorRejected(
            say("position_lost", "The position of the sync is not one of shopware.")
        )
    return until, after


def _problem(body: Any) -> str | None:
    """Return the message of a refusal, which is sometimes a list."""
    first = body["errors"][0]
    return str(first.get("detail") or first.get("title") or "")
