"""Stores' payment providers."""

from __future__ import annotations

from shared.domain.payments.psp import PspConfiguration
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

CONFIGURATIONS = Documents(
    PspConfiguration,
    paths.psp_configuration,
    collection="pspConfigurations",
    personal=NoPersonalData("Credentials of the merchant."),
)

decode = CONFIGURATIONS.decode
find = CONFIGURATIONS.find
write = CONFIGURATIONS.write
