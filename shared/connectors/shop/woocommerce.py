"""WooCommerce: reads orders and refunds, and the signed webhooks of a shop; writes cards and codes.

Source: WooCommerce REST API v3 (``/wp-json/wc/v3``) and "Webhooks": the signature is the base64 of
HMAC-SHA256 over the body with the webhook's secret. The headers are not signed, so nothing that
deletes hangs on the topic, and a notice is known by its bytes. A shop's first call is
``webhook_id=N``, without a signature.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, field_validator

from shared import clock
from shared.connectors import signatures
from shared.connectors.base import ListedPage, PushBy, Stream
from shared.connectors.client import JsonClient
from shared.connectors.config import ConnectorConfig
from shared.connectors.rows import id_in, read_rows, reason_of
from shared.connectors.shop import woocommerce_webhooks, woocommerce_writes
from shared.connectors.shop.base import (
    BEGINS_BEFORE,
    NoticeNotGenuine,
    ShopNotice,
    ShopTopic,
    body_of,
)
from shared.connectors.shop.woocommerce_answers import (
    WooOrder,
    WooRefund,
    WooTerms,
    to_order,
    to_problem,
)
from shared.domain.systems.sales import DataType
from shared.domain.systems.shop_orders import ShopOrder
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode, ShopWrite
from shared.errors import ConnectorAnswerInvalid, ConnectorNotFound
from shared.said import say

SYSTEM = "woocommerce"
STREAMS = frozenset({Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {}
HAS_PUSH_KEYS = False
IS_FILE = False
IDS_ARE_GLOBAL = False
ADDRESS = "shopUrl"
WRITES = frozenset({ShopWrite.CARD, ShopWrite.CODE})
NOTICE_TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored")
SUBSCRIBES = NOTICE_TOPICS

API = "/wp-json/wc/v3"
PAGE_ITEMS = 100
OVERLAP = timedelta(seconds=60)
"""What the next sync reads again: a change may be saved a little after a later one."""

_PING = re.compile(rb"webhook_id=[0-9]{1,18}")
_ORDERS = "order."


class Site(ConnectorConfig):
    """The address of a shop, and what the merchant says of it."""

    shop_url: str = Field(
        min_length=1,
        max_length=200,
        description="Where the shop is: `https://shop.example.com`, on a public address.",
    )
    gift_card_product_ids: list[int] = Field(
        default_factory=list,
        max_length=100,
        description="Products that are gift cards: selling one earns nothing.",
    )

    @field_validator("shop_url")
    @classmethod
    def _without_query(cls, url: str) -> str:
        if "?" in url or "#" in url:
            raise ValueError(say("shop_address_alone", "must be the address of the shop alone"))
        return url

    def hosts(self) -> Mapping[str, str]:
        """Return the address of the shop."""
        return {"shopUrl": self.shop_url}


class Config(Site):
    """A shop with a key of its REST API, and the secret of its webhooks."""

    OBTAINED = ("consumer_key", "consumer_secret", "webhook_secret")
    OBTAINED_FROM = ("shop_url",)

    consumer_key: SecretStr = Field(
        min_length=10,
        max_length=200,
        description="Of a key that may read, and write for what is written: `ck_...`.",
    )
    consumer_secret: SecretStr = Field(
        min_length=10, max_length=200, description="Of the same key: `cs_...`."
    )
    webhook_secret: SecretStr = Field(
        min_length=16,
        max_length=200,
        description="The secret of the shop's webhooks. Made up by you.",
    )

    def secrets(self) -> Iterator[str]:
        """Return the secrets, and the key as it is sent."""
        yield from super().secrets()
        yield self.basic

    @property
    def basic(self) -> str:
        """The credentials of HTTP Basic authentication."""
        key, secret = self.consumer_key, self.consumer_secret
        pair = f"{key.get_secret_value()}:{secret.get_secret_value()}"
        return base64.b64encode(pair.encode()).decode()

    @property
    def terms(self) -> WooTerms:
        """What the merchant says of the shop."""
        return WooTerms(frozenset(self.gift_card_product_ids))


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's shop, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


def read_notice(config: ConnectorConfig, headers: Mapping[str, str], raw: bytes) -> ShopNotice:
    """Check and read a notice; see ``ShopModule``.

    An order with refunds does not say what came back: the shop is asked.
    """
    assert isinstance(config, Config)
    event_id = hashlib.sha256(raw).hexdigest()
    if _PING.fullmatch(raw) and "X-WC-Webhook-Topic" not in headers:
        return ShopNotice(event_id, ShopTopic.PING)
    secret = config.webhook_secret.get_secret_value()
    if not signatures.is_hmac_base64(headers.get("X-WC-Webhook-Signature"), secret, raw):
        raise NoticeNotGenuine
    if not headers.get("X-WC-Webhook-Topic", "").startswith(_ORDERS):
        return ShopNotice(event_id, ShopTopic.OTHER)
    body = body_of(raw)
    if body is None:
        return ShopNotice(event_id, ShopTopic.OTHER)
    try:
        row = WooOrder.model_validate(body)
        if not row.needs_refunds:
            return ShopNotice(event_id, ShopTopic.ORDER, orders=(to_order(row, (), config.terms),))
    except ValueError:
        pass  # Also a deleted order, of which a notice says nothing but the id.
    found = id_in(body)
    ids = (found,) if found.isascii() and found.isdigit() else ()
    return ShopNotice(event_id, ShopTopic.ORDER, orders_to_read=ids)


class Connector:
    """One merchant's shop."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        self._webhook_secret = config.webhook_secret
        shop_url = (config.base_url if is_emulated else None) or config.shop_url
        self._terms = config.terms
        self._client = JsonClient(
            system=SYSTEM,
            base_url=shop_url.rstrip("/") + API,
            authorize=lambda *_: {"Authorization": f"Basic {config.basic}"},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=to_problem,
        )

    def verify(self) -> None:
        """List one order: the key may read orders."""
        self._list({"per_page": 1})

    def orders(self, ids: Sequence[str]) -> ListedPage[ShopOrder]:
        """Ask for some orders, each with its refunds."""
        found = []
        for each in ids:
            try:
                row = self._client.get(f"/orders/{quote(each, safe='')}").body
            except ConnectorNotFound:
                continue
            try:
                found.append(self._order(WooOrder.model_validate(row)))
            except ValueError as error:
                raise ConnectorAnswerInvalid(
                    say(
                        "answer_unexpected",
                        "The order of {system} {words}.",
                        system=SYSTEM,
                        words=reason_of(error),
                    )
                ) from None
        return ListedPage(tuple(found))

    def receipts(self, position: str | None, since: str | None) -> ListedPage[ShopOrder]:
        """List orders by the time of their last change.

        A page begins at the time where the one before ended, so that a change meanwhile moves no
        order to a page that was read. Only if a whole page has one time, the pages are counted.
        """
        begin = position or since or _written(clock.real_now() - BEGINS_BEFORE)
        after, number = _place(begin)
        rows = self._list(
            {
                "modified_after": _written(after),
                "dates_are_gmt": "true",
                "orderby": "modified",
                "order": "asc",
                "status": "any",
                "per_page": PAGE_ITEMS,
                "page": number,
            }
        )
        times = [each for each in map(_modified, rows) if each is not None]
        last = max(times, default=after)
        found = read_rows(rows, lambda row: self._order(WooOrder.model_validate(row)))
        if len(rows) < PAGE_ITEMS:
            since = _written(max(last - OVERLAP, after)) if times else begin
            return ListedPage(found.items, since=since.partition("|")[0], skipped=found.skipped)
        # The time after which one lists is not listed itself.
        following = last - timedelta(seconds=1)
        is_further = following > after
        following_page = _written(following) if is_further else f"{_written(after)}|{number + 1}"
        return ListedPage(found.items, position=following_page, skipped=found.skipped)

    def write_card(self, card: ShopCard) -> None:
        """Write a card into the customer's meta data; see ``CardWriting``."""
        woocommerce_writes.write_card(self._client, card)

    def clear_card(self, customer_id: str) -> None:
        """Take a card out of the customer's meta data; see ``CardWriting``."""
        woocommerce_writes.clear_card(self._client, customer_id)

    def put_code(self, code: ShopCode) -> str:
        """Make a coupon; see ``CodeWriting``."""
        return woocommerce_writes.put_code(self._client, code)

    def revoke_code(self, code: ShopCode) -> CodeFate:
        """Delete a coupon that nobody has used; see ``CodeWriting``."""
        return woocommerce_writes.revoke_code(self._client, code)

    def subscribe(self, address: str) -> None:
        """Set up webhooks; see ``NoticeSubscribing``."""
        secret = self._webhook_secret.get_secret_value()
        woocommerce_webhooks.subscribe(self._client, address, SUBSCRIBES, secret)

    def _order(self, row: WooOrder) -> ShopOrder:
        refunds = self._refunds(row.id) if row.needs_refunds else ()
        return to_order(row, refunds, self._terms)

    def _refunds(self, order_id: int) -> tuple[WooRefund, ...]:
        rows = self._rows(f"/orders/{order_id}/refunds", {"per_page": PAGE_ITEMS})
        try:
            return tuple(map(WooRefund.model_validate, rows))
        except ValidationError as error:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected",
                    "A refund of {system} {words}.",
                    system=SYSTEM,
                    words=reason_of(error),
                )
            ) from None

    def _list(self, query: Mapping[str, Any]) -> list[Any]:
        return self._rows("/orders", query)

    def _rows(self, path: str, query: Mapping[str, Any]) -> list[Any]:
        rows = self._client.get(path, query).body
        if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
            raise ConnectorAnswerInvalid(
                say("answer_unexpected", "The answer of {system} is no list.", system=SYSTEM)
            )
        if len(rows) > PAGE_ITEMS:
            raise ConnectorAnswerInvalid(
                say(
                    "answer_unexpected", "{system} lists more than it was asked for.", system=SYSTEM
                )
            )
        return rows


def _written(moment: datetime) -> str:
    """Return a time as the shop reads it: UTC, without a zone, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _place(position: str) -> tuple[datetime, int]:
    """Return the time after which a page lists, and its number.

    Raises:
        ValueError: It is no position of ours.
    """
    time, _, number = position.partition("|")
    moment = datetime.strptime(time, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return moment, int(number or 1)


def _modified(row: Any) -> datetime | None:
    """Return when a listed order was changed; ``None`` if it does not say it."""
    text = row.get("date_modified_gmt")
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment and (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
