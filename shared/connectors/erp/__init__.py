"""ERPs by their names. To add one: its module, and its name here."""

from __future__ import annotations

import importlib
from typing import cast

from shared.connectors.erp.base import ErpModule

SYSTEMS = ("sap", "lexoffice", "sevdesk", "xentral", "weclapp", "generic")


def module_of(system: str) -> ErpModule:
    """Import and return an ERP's module."""
    assert system in SYSTEMS
    return cast("ErpModule", importlib.import_module(f"shared.connectors.erp.{system}"))
