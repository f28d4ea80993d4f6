"""A store's payment providers, and its default provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from shared.encrypted import Encrypted
from shared.errors import ConnectorNotConfigured
from shared.said import say

ProviderName = Literal["stripe", "payabl", "adyen", "mollie", "sumup", "payone", "unzer", "custom"]
"""Each name is a module of ``shared/connectors/psp``."""


@dataclass(frozen=True, slots=True)
class PspAccount:
    """A merchant's account with a provider. ``config_token`` is its configuration, encrypted;
    ``visible`` is the part that is not secret.
    """

    provider: str
    config_token: Encrypted
    visible: Mapping[str, Any]
    is_test: bool
    configured_at: datetime


@dataclass(frozen=True, slots=True)
class PspConfiguration:
    """A store's providers, at most one account with each. The default is one of them."""

    store_id: str
    account_id: str
    default_provider: str | None = None
    accounts: tuple[PspAccount, ...] = ()

    def account(self, provider: str | None) -> PspAccount:
        """Return the account with a provider, or with the default one.

        Raises:
            ConnectorNotConfigured: There is no such account.
        """
        wanted = provider or self.default_provider
        found = next((each for each in self.accounts if each.provider == wanted), None)
        if found is None:
            which = f"provider {provider}" if provider else "payment provider"
            configured = [each.provider for each in self.accounts]
            raise ConnectorNotConfigured(
                say("no_provider_named", "The store has no {which}.", which=which),
                configured=configured,
            )
        return found

    def configured(self, account: PspAccount, *, is_default: bool) -> PspConfiguration:
        """Return the configuration with an account added or replaced. The first is the default."""
        others = tuple(each for each in self.accounts if each.provider != account.provider)
        default = account.provider if is_default else self.default_provider or account.provider
        return replace(self, accounts=(*others, account), default_provider=default)

    def without(self, provider: str) -> PspConfiguration:
        """Return the configuration without a provider; the next one becomes the default.

        Raises:
            ConnectorNotConfigured: There is no such provider.
        """
        gone = self.account(provider)
        left = tuple(each for each in self.accounts if each != gone)
        default = self.default_provider
        if default == provider:
            default = left[0].provider if left else None
        return replace(self, accounts=left, default_provider=default)
