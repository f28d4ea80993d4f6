"""Stores' payment providers: one document a store."""

from __future__ import annotations

from dataclasses import replace

from shared import ids
from shared.domain.payments.psp import PspAccount, PspConfiguration
from shared.store import client, paths
from shared.store.payments import psp_documents
from tests.support.values import sample
from tools.emulators import FirestoreEmulator


def test_a_configuration_is_read_back_as_it_was(firestore_emulator: FirestoreEmulator) -> None:
    account = sample(PspAccount, provider="custom", visible={"mode": "live"})
    configuration = PspConfiguration(ids.new("store"), "acc_1", "custom", (account,))
    for each in (configuration, replace(configuration, default_provider=None)):
        read = client.get_one(paths.psp_configuration(configuration.store_id))
        client.commit([psp_documents.write(read, each)])
        assert psp_documents.find(configuration.store_id) == each
    assert psp_documents.find("store_none") is None
