"""Payment providers by their names. To add one: its module, and its name here."""

from __future__ import annotations

import importlib
from typing import cast

from shared.connectors.psp.base import PspModule

PROVIDERS = ("stripe", "payabl", "adyen", "mollie", "sumup", "payone", "unzer", "custom")


def module_of(provider: str) -> PspModule:
    """Import and return a provider's module."""
    assert provider in PROVIDERS
    return cast("PspModule", importlib.import_module(f"shared.connectors.psp.{provider}"))
