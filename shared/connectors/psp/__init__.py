"""Payment providers by their names. To add one, add its module, and its name to the domain."""

from __future__ import annotations

import importlib
from typing import cast, get_args

from shared.connectors.psp.base import PspModule
from shared.domain.payments.psp import ProviderName

PROVIDERS: tuple[str, ...] = get_args(ProviderName)


def module_of(provider: str) -> PspModule:
    """Import and return a provider's module."""
    assert provider in PROVIDERS
    return cast("PspModule", importlib.import_module(f"shared.connectors.psp.{provider}"))
