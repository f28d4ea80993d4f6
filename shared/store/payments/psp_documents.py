"""Stores' payment providers."""

from __future__ import annotations

from shared.domain.payments.psp import PspConfiguration
from shared.store import paths
from shared.store.documents import Documents

CONFIGURATIONS = Documents(
    PspConfiguration, paths.psp_configuration, collection="pspConfigurations"
)

decode = CONFIGURATIONS.decode
find = CONFIGURATIONS.find
write = CONFIGURATIONS.write
