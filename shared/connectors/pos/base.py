"""The interface of every till system's module."""

from __future__ import annotations

from typing import Protocol

from shared.connectors.base import ListedPage, SystemModule
from shared.connectors.config import ConnectorConfig
from shared.domain.catalog.goods import Category, Product
from shared.domain.systems.sales import Receipt


class PosConnector(Protocol):
    """One merchant's account with a till system. Every method may raise a ``ConnectorError``.

    Each stream is read page by page. ``position`` comes from the page before; it is ``None`` for
    the first page. ``since`` comes from the last page of the sync before; it is the same for all
    pages of a sync, and ``None`` for a first sync. Nothing is kept between two calls.

    Only the streams that the module's ``STREAMS`` names have a method. ``PUSHES`` decides whether
    the connector also has the methods of ``Pushing`` or ``Exporting``.
    """

    def verify(self) -> None:
        """Make a harmless call to check that the credentials are accepted; may do nothing."""

    def categories(self, position: str | None, since: str | None) -> ListedPage[Category]:
        """Read categories."""

    def products(self, position: str | None, since: str | None) -> ListedPage[Product]:
        """Read products with their prices."""

    def receipts(self, position: str | None, since: str | None) -> ListedPage[Receipt]:
        """Read receipts, oldest first."""


class PosModule(SystemModule, Protocol):
    """A module of this package."""

    def connect(self, config: ConnectorConfig, *, is_emulated: bool) -> PosConnector:
        """Return the merchant's account, without calling anything."""
