"""Till systems by their names. To add one, add its module, and its name to the domain."""

from __future__ import annotations

import importlib
from typing import cast, get_args

from shared.connectors.pos.base import PosModule
from shared.domain.systems.system_names import PosName

SYSTEMS: tuple[str, ...] = get_args(PosName)


def module_of(system: str) -> PosModule:
    """Import and return a till system's module."""
    assert system in SYSTEMS
    return cast("PosModule", importlib.import_module(f"shared.connectors.pos.{system}"))
