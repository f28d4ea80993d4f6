"""Packages that merchants subscribe to; each includes the ones below it."""

from __future__ import annotations

from enum import StrEnum


class Package(StrEnum):
    """DISCOVER < ASSIST < GO < GROW < PRIME."""

    DISCOVER = "DISCOVER"
    ASSIST = "ASSIST"
    GO = "GO"
    GROW = "GROW"
    PRIME = "PRIME"

    def includes(self, needed: Package) -> bool:
        """Tell whether this package includes ``needed``."""
        order = list(Package)
        return order.index(self) >= order.index(needed)
