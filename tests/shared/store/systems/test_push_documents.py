"""Records that systems were given: one document each."""

from __future__ import annotations

from dataclasses import replace

from shared import ids
from shared.domain.systems.pushes import Push
from shared.store import client, paths
from shared.store.systems import push_documents
from tests.support.values import sample
from tools.emulators import FirestoreEmulator


def test_a_push_is_read_back_as_it_was(firestore_emulator: FirestoreEmulator) -> None:
    push = sample(Push, push_id=ids.new("push"))
    for each in (push, replace(push, external_id="x-1")):
        read = client.get_one(paths.push(push.push_id))
        client.commit([push_documents.write(read, each)])
        assert push_documents.decode(client.get_one(paths.push(push.push_id))) == each
