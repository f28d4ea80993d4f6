"""Any shop that can send JSON: it reports its orders, may list them, and may take what we write.

Source: docs/connectors/shop-generic.md, our own contract; its JSON Schemas are
docs/connectors/shop-generic.schema.json and docs/connectors/shop-generic-writes.schema.json.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from pydantic import Field, SecretStr

from shared import ids
from shared.connectors import standard_webhooks
from shared.connectors.base import ListedPage, PushBy, Stream
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.rows import take
from shared.connectors.shop import generic_orders, generic_writes
from shared.connectors.shop.base import NoticeNotGenuine, ShopNotice
from shared.connectors.shop.generic_orders import OrderList, ToldOrder
from shared.connectors.shop.generic_writes import PutAnswer, RevokeAnswer, Write
from shared.domain.systems.sales import DataType
from shared.domain.systems.shop_orders import ShopOrder
from shared.domain.systems.shop_writes import CodeFate, ShopCard, ShopCode, ShopWrite
from shared.errors import (
    ConnectorConflict,
    ConnectorNotFound,
    ConnectorRejected,
    ConnectorUnsupported,
)
from shared.said import say

SYSTEM = "generic"
NAME = f"the {SYSTEM} shop"
STREAMS = frozenset({Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {}
HAS_PUSH_KEYS = False
IS_FILE = False
IDS_ARE_GLOBAL = False
ADDRESS = "writeUrl"
WRITES = frozenset(ShopWrite)
NOTICE_TOPICS: tuple[str, ...] = generic_orders.TOPICS
SUBSCRIBES: tuple[str, ...] = ()


class Config(ConnectorConfig):
    """The secret that signs what is sent, and where the shop lists orders and takes writings."""

    webhook_secret: SecretStr = Field(
        min_length=16,
        max_length=200,
        description=(
            "Signs the shop's notices, and what is written into it: `whsec_` and base64, or a text "
            "of your own."
        ),
    )
    orders_url: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description=(
            "Where the shop lists its orders: https, on a public address. Without it a notice that "
            "got lost is not found."
        ),
    )
    write_url: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description=(
            "Where the shop takes cards of customers and codes of rewards: https, on a public "
            "address. Without it nothing can be written into the shop."
        ),
    )
    token: SecretStr | None = Field(
        default=None,
        min_length=16,
        max_length=200,
        description="Sent to `ordersUrl` and `writeUrl` as `Authorization: Bearer`.",
    )

    def hosts(self) -> Mapping[str, str]:
        """Return the addresses of the shop."""
        given = {"ordersUrl": self.orders_url, "writeUrl": self.write_url}
        return {name: url for name, url in given.items() if url}


def connect(config: ConnectorConfig, *, is_emulated: bool) -> Connector:
    """Return the merchant's shop, without calling anything."""
    assert isinstance(config, Config)
    return Connector(config, is_emulated=is_emulated)


def read_notice(config: ConnectorConfig, headers: Mapping[str, str], raw: bytes) -> ShopNotice:
    """Check and read a notice; see ``ShopModule``."""
    assert isinstance(config, Config)
    if not standard_webhooks.is_valid(headers, config.webhook_secret.get_secret_value(), raw):
        raise NoticeNotGenuine
    return generic_orders.to_notice(headers["webhook-id"], raw)


class Connector:
    """One merchant's shop."""

    def __init__(self, config: Config, *, is_emulated: bool) -> None:
        stand_in = config.base_url if is_emulated else None
        self._orders_url = stand_in or config.orders_url
        self._write_url = stand_in or config.write_url
        self._config = config
        self._is_emulated = is_emulated

    def verify(self) -> None:
        """Ask for the list of orders, and write nothing, each if there is an address for it."""
        self._list({"ids": ""})
        if self._write_url:
            self._write(generic_writes.Ping())

    def orders(self, ids: Sequence[str]) -> ListedPage[ShopOrder]:
        """Ask for some orders."""
        return self._list({"ids": ",".join(ids)}) if ids else ListedPage(())

    def receipts(self, position: str | None, since: str | None) -> ListedPage[ShopOrder]:
        """List orders that were changed."""
        asked = {"cursor": position, "changedSince": since}
        return self._list({name: each for name, each in asked.items() if each is not None})

    def verify_writes(self, writes: Collection[ShopWrite]) -> None:
        """Check that there is an address for it; see ``WriteChecking``."""
        if writes:
            self._require_write_url()

    def write_card(self, card: ShopCard) -> None:
        """Write a card over the one before."""
        self._write(generic_writes.of_card(card))

    def clear_card(self, customer_id: str) -> None:
        """Take a card away. Who is gone has none."""
        with suppress(ConnectorNotFound):
            self._write(generic_writes.ClearCard(customer_id=customer_id))

    def put_code(self, code: ShopCode) -> str:
        """Make a code usable, and return the shop's id of it."""
        try:
            said = self._write(generic_writes.PutCode(code=generic_writes.of_code(code)))
        except ConnectorConflict as conflict:
            raise ConnectorRejected(conflict.message) from None
        return parsed(PutAnswer, said, system=NAME).id

    def revoke_code(self, code: ShopCode) -> CodeFate:
        """Make a code unusable, unless it was used.

        404 is no answer, as a server says it also while the shop is being deployed.
        """
        said = self._write(generic_writes.RevokeCode(code=generic_writes.of_code(code)))
        is_used = parsed(RevokeAnswer, said, system=NAME).used
        return CodeFate.USED if is_used else CodeFate.REVOKED

    def _list(self, query: Mapping[str, Any]) -> ListedPage[ShopOrder]:
        if not self._orders_url:
            return ListedPage(())
        path = f"?{urlencode(query)}" if query else ""
        client = self._client(self._orders_url, lambda *_: self._bearer())
        listed = parsed(OrderList, client.get(path).body, system=NAME)
        items, skipped = take(listed.orders, ToldOrder, generic_orders.to_order)
        return ListedPage(
            items, position=listed.next_cursor, since=listed.changed_until, skipped=skipped
        )

    def _write(self, write: Write) -> Any:
        """Send a writing, as often as it takes: each says all, so once more changes nothing.

        Raises:
            ConnectorUnsupported: The shop has no address for it.
        """
        url = self._require_write_url()
        message_id = ids.new("write")
        secret = self._config.webhook_secret.get_secret_value()
        client = self._client(
            url,
            lambda _method, _path, body: {
                **self._bearer(),
                **standard_webhooks.headers_of(message_id, secret, body),
            },
        )
        return client.post("", write.model_dump(by_alias=True), is_repeatable=True).body

    def _require_write_url(self) -> str:
        if not self._write_url:
            raise ConnectorUnsupported(
                say(
                    "write_url_missing",
                    "Nothing can be written into the shop: its credentials have no writeUrl.",
                ),
                offers=["writeUrl"],
            )
        return self._write_url

    def _bearer(self) -> dict[str, str]:
        token = self._config.token
        return {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}

    def _client(
        self, url: str, authorize: Callable[[str, str, bytes], Mapping[str, str]]
    ) -> JsonClient:
        return JsonClient(
            system=NAME,
            base_url=url,
            authorize=authorize,
            secrets=tuple(self._config.secrets()),
            allow_loopback=self._is_emulated,
            problem=lambda body: body["message"],
        )
