"""The common interface of till systems and ERPs, with which stores are synced."""

from __future__ import annotations

from typing import Any, Protocol, cast

from shared.connectors import erp, pos
from shared.connectors.base import ListedPage, Stream, SystemModule
from shared.connectors.config import ConnectorConfig
from shared.domain.systems.syncs import SystemKind


class System(Protocol):
    """One merchant's account with a system."""

    def verify(self) -> None:
        """Make a harmless call to check that the credentials are accepted; may do nothing."""


class Module(SystemModule, Protocol):
    """A connector's module."""

    def connect(self, config: ConnectorConfig, *, is_emulated: bool) -> System:
        """Return the merchant's account, without calling anything."""


_SYSTEMS = {SystemKind.POS: pos.SYSTEMS, SystemKind.ERP: erp.SYSTEMS}


def names(kind: SystemKind) -> tuple[str, ...]:
    """Return the names of the systems of a kind."""
    return _SYSTEMS[kind]


def module_of(kind: SystemKind, system: str) -> Module:
    """Import and return a system's module."""
    found = pos.module_of(system) if kind is SystemKind.POS else erp.module_of(system)
    return cast("Module", found)


def read(
    system: System, stream: Stream, position: str | None, since: str | None
) -> ListedPage[Any]:
    """Read a page of a stream that the system's module has."""
    page: ListedPage[Any] = getattr(system, stream.value)(position, since)
    return page
