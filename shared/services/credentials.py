"""Settings and credentials of other systems, checked as merchants send them, and encrypted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from shared import config
from shared.connectors.config import ConnectorConfig
from shared.encrypted import Encrypted
from shared.outgoing import guard
from shared.said import say
from shared.schemas.base import invalid, to_refusal
from shared.services.vaults import vault

Config = TypeVar("Config", bound=ConnectorConfig)


def checked(model: type[Config], settings: Mapping[str, Any], *, within: str) -> Config:
    """Return a merchant's access data for a system.

    Args:
        model: The system's own model.
        settings: The settings as they were sent.
        within: Name of the field that they were sent in.

    Raises:
        InvalidParameters: Something is missing, unknown or wrong, or an address is not public.
    """
    try:
        found = model.model_validate(settings)
    except ValidationError as error:
        raise to_refusal(error, within) from None
    if found.base_url is not None:
        _require_stand_in(found.base_url, within)
    for name, url in found.hosts().items():
        try:
            guard.check_url(url, allow_loopback=config.is_emulated())
        except ValueError as problem:
            told = say("address_not_allowed", "{problem}", problem=problem)
            raise invalid({f"{within}.{name}": told}) from None
    return found


def encrypted(settings: ConnectorConfig, path: str) -> Encrypted:
    """Return a configuration as it is stored in the document at ``path``."""
    return vault().encrypt(json.dumps(settings.reveal()), path)


def decrypted(model: type[Config], token: Encrypted, path: str) -> Config:
    """Return the configuration that is stored in the document at ``path``.

    Raises:
        VaultError: It cannot be decrypted, or is not that document's.
    """
    return model.restore(json.loads(vault().decrypt(token, path)))


def _require_stand_in(base_url: str, within: str) -> None:
    field = f"{within}.baseUrl"
    if not config.is_emulated():
        raise invalid({field: "is for tests under the emulator only: leave it out"})
    if not guard.is_loopback_url(base_url):
        raise invalid({field: "must be on this machine, like http://127.0.0.1:4010"})
