"""Till systems by their names. To add one: its module, and its name here."""

from __future__ import annotations

import importlib
from typing import cast

from shared.connectors.pos.base import PosModule

SYSTEMS = ("korona", "vectron", "casio", "lightspeed", "sumup", "generic")


def module_of(system: str) -> PosModule:
    """Import and return a till system's module."""
    assert system in SYSTEMS
    return cast("PosModule", importlib.import_module(f"shared.connectors.pos.{system}"))
