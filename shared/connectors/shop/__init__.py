"""Online shops by their names. To add one, add its module, and its name to the domain."""

from __future__ import annotations

import importlib
from typing import cast, get_args

from shared.connectors.shop.base import ApprovalModule, ShopModule
from shared.domain.systems.system_names import ApprovingShopName, ShopName

SYSTEMS: tuple[str, ...] = get_args(ShopName)
APPROVING: tuple[str, ...] = get_args(ApprovingShopName)


def module_of(system: str) -> ShopModule:
    """Import and return a shop's module."""
    assert system in SYSTEMS
    return cast("ShopModule", importlib.import_module(f"shared.connectors.shop.{system}"))


def approval_of(system: str) -> ApprovalModule:
    """Import and return the module of a shop's page on which a merchant says yes."""
    assert system in APPROVING
    return cast(
        "ApprovalModule", importlib.import_module(f"shared.connectors.shop.{system}_approval")
    )
