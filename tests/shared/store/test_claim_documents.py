"""Keys that were used: what is encrypted in a result is a field of its own when it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared import ids
from shared.encrypted import Encrypted
from shared.store import claim_documents, client, paths
from shared.store.claim_documents import StoredClaim
from tests.support.strategies import NOW
from tools.emulators import FirestoreEmulator


def kept(claim: StoredClaim) -> StoredClaim | None:
    """Store a claim; return it as it is read again."""
    path = paths.idempotency_key(ids.new("claim"))
    client.commit([claim_documents.write(client.get_one(path), claim)])
    return claim_documents.decode(client.get_one(path))


@pytest.mark.parametrize("result", [{}, {"deletedAt": NOW, "n": [1]}, {"secretToken": None}])
def test_a_result_without_a_secret_is_read_back_as_it_was(
    firestore_emulator: FirestoreEmulator, result: dict[str, object]
) -> None:
    claim = StoredClaim("of this", result, NOW, NOW + timedelta(days=30))

    assert kept(claim) == claim


def test_the_secret_of_a_result_can_be_replaced(firestore_emulator: FirestoreEmulator) -> None:
    result = {"secretToken": "before", "storeId": "store_1"}
    read = kept(StoredClaim("of this", result, NOW, NOW))
    assert read is not None
    assert read.secret_token == "before"

    after = kept(replace(read, secret_token=Encrypted("after")))

    assert after is not None
    assert after.result == {"secretToken": "after", "storeId": "store_1"}
    assert after.secret_token == "after"
