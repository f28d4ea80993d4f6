"""Configure the payment providers of a store. Credentials are stored encrypted and never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared import clock, config
from shared.auth.caller import Caller
from shared.connectors import psp as providers
from shared.connectors.config import ConnectorConfig
from shared.connectors.psp.base import PspConnector
from shared.domain.accounts.test_clocks import is_test_account
from shared.domain.payments import payment_events
from shared.domain.payments.payments import Payment
from shared.domain.payments.psp import PspAccount, PspConfiguration
from shared.errors import ConnectorNotConfigured, LiveProviderRefused
from shared.said import say
from shared.services import access, commands, credentials
from shared.services.commands import Effect, Reads
from shared.services.events import outbox
from shared.store import paths
from shared.store.client import Document
from shared.store.payments import psp_documents


@dataclass(frozen=True, slots=True)
class ConfiguredProvider:
    """A provider after a request; ``is_replay`` if an earlier request had configured it."""

    is_default: bool
    is_test: bool
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class DeletedProvider:
    """The default provider after a deletion; ``is_replay`` if an earlier request did it."""

    default_provider: str | None
    is_replay: bool = False


def configure(
    caller: Caller, store_id: str, provider: str, settings: Mapping[str, Any], *, is_default: bool
) -> ConfiguredProvider:
    """Add or replace a store's account with a provider, once the provider accepts it.

    Raises:
        StoreNotFound, InvalidParameters, IdempotencyKeyReused, Busy.
        LiveProviderRefused: The account is a test account, and the credentials are live ones.
        ConnectorError: The provider does not accept the credentials, or does not answer.
    """
    access.store(caller, store_id)
    checked = checked_settings(provider, settings)
    if is_test_account(caller.account_id) and not checked.is_test:
        raise LiveProviderRefused(f"A test account takes only test credentials of {provider}.")
    connect(provider, checked).verify()
    now = clock.utc_now()
    path = paths.psp_configuration(store_id)
    account = PspAccount(
        provider=provider,
        config_token=credentials.encrypted(checked, path),
        visible=checked.visible(),
        is_test=checked.is_test,
        configured_at=now,
    )

    def replay(kept: Document, _: Reads) -> ConfiguredProvider:
        return ConfiguredProvider(kept["isDefault"], kept["isTest"], is_replay=True)

    def decide(reads: Reads) -> Effect[ConfiguredProvider]:
        before = psp_documents.decode(reads[path]) or PspConfiguration(store_id, caller.account_id)
        after = before.configured(account, is_default=is_default)
        news = outbox.announce([payment_events.from_configuration(after, account)])
        done = ConfiguredProvider(after.default_provider == provider, account.is_test)
        writes = [psp_documents.write(reads[path], after), *news.writes]
        kept = {"isDefault": done.is_default, "isTest": done.is_test}
        return Effect(done, writes, kept, news.tasks)

    return commands.run([path], decide, claim=caller.claim, replay=replay)


def checked_settings(provider: str, settings: Mapping[str, Any]) -> ConnectorConfig:
    """Return a provider's configuration as it was sent.

    Raises:
        InvalidParameters: It does not fit the provider.
    """
    return credentials.checked(providers.module_of(provider).Config, settings, within="config")


def find(caller: Caller, store_id: str) -> PspConfiguration:
    """Return a store's providers; an empty configuration if it has none.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    access.store(caller, store_id)
    return psp_documents.find(store_id) or PspConfiguration(store_id, caller.account_id)


def delete(caller: Caller, store_id: str, provider: str) -> DeletedProvider:
    """Forget a store's account with a provider, credentials included.

    Raises:
        StoreNotFound, IdempotencyKeyReused, Busy.
        ConnectorNotConfigured: The store has no such provider.
    """
    access.store(caller, store_id)
    path = paths.psp_configuration(store_id)

    def replay(kept: Document, _: Reads) -> DeletedProvider:
        return DeletedProvider(kept["defaultProvider"], is_replay=True)

    def decide(reads: Reads) -> Effect[DeletedProvider]:
        before = psp_documents.decode(reads[path])
        if before is None:
            raise ConnectorNotConfigured(
                say("no_provider", "The store has no payment provider."), configured=[]
            )
        after = before.without(provider)
        kept = {"defaultProvider": after.default_provider}
        writes = [psp_documents.write(reads[path], after)]
        return Effect(DeletedProvider(after.default_provider), writes, kept)

    return commands.run([path], decide, claim=caller.claim, replay=replay)


def account_of(configuration: PspConfiguration | None, payment: Payment) -> PspAccount:
    """Return the account that a payment was made with.

    Raises:
        ConnectorNotConfigured: The account was deleted since.
    """
    if configuration is None:
        raise ConnectorNotConfigured(
            say("no_provider", "The store has no payment provider."), configured=[]
        )
    return configuration.account(payment.provider)


def connect(provider: str, settings: ConnectorConfig) -> PspConnector:
    """Return the connector to the account of a configuration."""
    return providers.module_of(provider).connect(settings, is_emulated=config.is_emulated())


def open_account(store_id: str, account: PspAccount) -> PspConnector:
    """Return the connector to an account in a store's configuration.

    Raises:
        VaultError: The configuration cannot be decrypted, or is another store's.
    """
    model, path = providers.module_of(account.provider).Config, paths.psp_configuration(store_id)
    return connect(account.provider, credentials.decrypted(model, account.config_token, path))
