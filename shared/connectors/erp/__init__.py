"""ERPs by their names. To add one, add its module, and its name to the domain."""

from __future__ import annotations

import importlib
from typing import cast, get_args

from shared.connectors.erp.base import ErpModule
from shared.domain.systems.system_names import ErpName

SYSTEMS: tuple[str, ...] = get_args(ErpName)


def module_of(system: str) -> ErpModule:
    """Import and return an ERP's module."""
    assert system in SYSTEMS
    return cast("ErpModule", importlib.import_module(f"shared.connectors.erp.{system}"))
