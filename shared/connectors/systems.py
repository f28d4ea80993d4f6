"""The common interface of till systems, ERPs and shops, with which stores are synced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from shared.connectors import erp, pos, shop
from shared.connectors.base import ListedPage, Stream, SystemModule
from shared.connectors.config import ConnectorConfig
from shared.connectors.shop.base import ShopModule
from shared.domain.systems.syncs import SystemKind


class System(Protocol):
    """One merchant's account with a system."""

    def verify(self) -> None:
        """Make a harmless call to check that the credentials are accepted; may do nothing."""


class Module(SystemModule, Protocol):
    """A connector's module."""

    def connect(self, config: ConnectorConfig, *, is_emulated: bool) -> System:
        """Return the merchant's account, without calling anything."""


_SYSTEMS = {
    SystemKind.POS: pos.SYSTEMS,
    SystemKind.ERP: erp.SYSTEMS,
    SystemKind.SHOP: shop.SYSTEMS,
}
_MODULE_OF: Mapping[SystemKind, Callable[[str], SystemModule]] = {
    SystemKind.POS: pos.module_of,
    SystemKind.ERP: erp.module_of,
    SystemKind.SHOP: shop.module_of,
}


def names(kind: SystemKind) -> tuple[str, ...]:
    """Return the names of the systems of a kind."""
    return _SYSTEMS[kind]


def module_of(kind: SystemKind, system: str) -> Module:
    """Import and return a system's module."""
    return cast("Module", _MODULE_OF[kind](system))


def shop_module_of(system: str) -> ShopModule:
    """Import and return a shop's module, with what only shops have."""
    return shop.module_of(system)


def read(
    system: System, stream: Stream, position: str | None, since: str | None
) -> ListedPage[Any]:
    """Read a page of a stream that the system's module has."""
    page: ListedPage[Any] = getattr(system, stream.value)(position, since)
    return page
