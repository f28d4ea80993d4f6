"""Online shops by their names. To add one, add its module, and its name to the domain."""

from __future__ import annotations

import importlib
from typing import cast, get_args

from shared.connectors.shop.base import ShopModule
from shared.domain.systems.system_names import ShopName

SYSTEMS: tuple[str, ...] = get_args(ShopName)


def module_of(system: str) -> ShopModule:
    """Import and return a shop's module."""
    assert system in SYSTEMS
    return cast("ShopModule", importlib.import_module(f"shared.connectors.shop.{system}"))
