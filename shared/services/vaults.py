"""The process's vault for secrets at rest."""

from __future__ import annotations

from functools import cache

from shared import config
from shared.vault import Vault, load_keys


@cache
def vault() -> Vault:
    """Return the vault, with the keys that the process was configured with.

    Raises:
        VaultError: No key is configured in production.
    """
    return Vault(load_keys(config.secret_keys(), config.local_secret_file()))
