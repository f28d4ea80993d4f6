"""The credentials of each till system, ERP and shop: their models, under the names clients read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shared.connectors import systems
from shared.connectors.config import ConnectorConfig
from shared.domain.systems.syncs import SystemKind

KINDS: Mapping[SystemKind, str] = {
    SystemKind.POS: "PosCredentials",
    SystemKind.ERP: "ErpCredentials",
    SystemKind.SHOP: "ShopCredentials",
}
"""Components that stand for any system of a kind."""


def names(kind: SystemKind) -> list[str]:
    """Return the components of a kind's systems."""
    return [_name(kind, system) for system in systems.names(kind)]


def models() -> Iterator[tuple[str, type[ConnectorConfig]]]:
    """Return the component and the model of every system."""
    for kind in SystemKind:
        for system in systems.names(kind):
            yield _name(kind, system), systems.module_of(kind, system).Config


def _name(kind: SystemKind, system: str) -> str:
    return f"{system.capitalize()}{KINDS[kind]}"
