"""Any shop that can send JSON: it reports its orders, and may list them at an address.

Source: docs/connectors/shop-generic.md, our own contract; its JSON Schema is
docs/connectors/shop-generic.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from pydantic import Field, SecretStr

from shared.connectors import standard_webhooks
from shared.connectors.base import ListedPage, PushBy, Stream
from shared.connectors.client import JsonClient, parsed
from shared.connectors.config import ConnectorConfig
from shared.connectors.rows import take
from shared.connectors.shop import generic_orders
from shared.connectors.shop.base import NoticeNotGenuine, ShopNotice
from shared.connectors.shop.generic_orders import OrderList, ToldOrder
from shared.domain.systems.sales import DataType
from shared.domain.systems.shop_orders import ShopOrder
from shared.domain.systems.shop_writes import ShopWrite

SYSTEM = "generic"
STREAMS = frozenset({Stream.RECEIPTS})
PUSHES: Mapping[DataType, PushBy] = {}
HAS_PUSH_KEYS = False
IS_FILE = False
IDS_ARE_GLOBAL = False
WRITES: frozenset[ShopWrite] = frozenset()
NOTICE_TOPICS: tuple[str, ...] = generic_orders.TOPICS


class Config(ConnectorConfig):
    """The secret that signs what the shop reports, and where it lists its orders."""

    webhook_secret: SecretStr = Field(
        min_length=16,
        max_length=200,
        description="Signs the shop's notices: `whsec_` and base64, or a text of your own.",
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
    token: SecretStr | None = Field(
        default=None,
        min_length=16,
        max_length=200,
        description="Sent to `ordersUrl` as `Authorization: Bearer`.",
    )

    def hosts(self) -> Mapping[str, str]:
        """Return the address of the shop."""
        return {"ordersUrl": self.orders_url} if self.orders_url else {}


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
        url = (config.base_url if is_emulated else None) or config.orders_url
        token = config.token.get_secret_value() if config.token else None
        self._client = url and JsonClient(
            system=f"the {SYSTEM} shop",
            base_url=url.rstrip("/"),
            authorize=lambda *_: {"Authorization": f"Bearer {token}"} if token else {},
            secrets=tuple(config.secrets()),
            allow_loopback=is_emulated,
            problem=lambda body: body["message"],
        )

    def verify(self) -> None:
        """Ask for the list of orders, if there is one."""
        self._list({"ids": ""})

    def orders(self, ids: Sequence[str]) -> Sequence[ShopOrder]:
        """Ask for some orders."""
        return self._list({"ids": ",".join(ids)}).items if ids else ()

    def receipts(self, position: str | None, since: str | None) -> ListedPage[ShopOrder]:
        """List orders that were changed."""
        asked = {"cursor": position, "changedSince": since}
        return self._list({name: each for name, each in asked.items() if each is not None})

    def _list(self, query: Mapping[str, Any]) -> ListedPage[ShopOrder]:
        if not self._client:
            return ListedPage(())
        path = f"?{urlencode(query)}" if query else ""
        listed = parsed(OrderList, self._client.get(path).body, system=self._client.system)
        items, skipped = take(listed.orders, ToldOrder, generic_orders.to_order)
        return ListedPage(
            items, position=listed.next_cursor, since=listed.changed_until, skipped=skipped
        )
