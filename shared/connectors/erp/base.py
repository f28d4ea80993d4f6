"""The interface of every ERP's module."""

from __future__ import annotations

from typing import Protocol

from shared.connectors.base import ListedPage, SystemModule
from shared.connectors.config import ConnectorConfig
from shared.domain.catalog.goods import Order, StockLevel, Supplier


class ErpConnector(Protocol):
    """One merchant's account with an ERP. Every method may raise a ``ConnectorError``.

    Streams are read like those of a till system; see ``shared.connectors.pos.base``.
    """

    def verify(self) -> None:
        """Make a harmless call to check that the credentials are accepted; may do nothing."""

    def stock(self, position: str | None, since: str | None) -> ListedPage[StockLevel]:
        """Read stock levels."""

    def orders(self, position: str | None, since: str | None) -> ListedPage[Order]:
        """Read orders."""

    def suppliers(self, position: str | None, since: str | None) -> ListedPage[Supplier]:
        """Read suppliers."""


class ErpModule(SystemModule, Protocol):
    """A module of this package."""

    def connect(self, config: ConnectorConfig, *, is_emulated: bool) -> ErpConnector:
        """Return the merchant's account, without calling anything."""
