"""What systems tell of a store: each kind is read back as it was, with whose it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared import ids
from shared.domain.catalog.goods import Category, Order, StockLevel, Supplier
from shared.store import client
from shared.store.systems import goods_documents
from shared.store.systems.goods_documents import Goods
from tests.support.strategies import NOW
from tests.support.values import sample
from tools.emulators import FirestoreEmulator


@pytest.mark.parametrize("kind", [Category, StockLevel, Order, Supplier])
def test_a_record_is_read_back_as_it_was(
    firestore_emulator: FirestoreEmulator, kind: type[Goods]
) -> None:
    store_id, record = ids.new("store"), sample(kind)
    path = goods_documents.path_of(store_id, "records", "korona", record.external_id)
    owner = ("acc_1", store_id, "korona")
    for each in (record, replace(record, is_deleted=True)):
        client.commit([goods_documents.write(client.get_one(path), each, owner, NOW)])
        assert goods_documents.decode(kind, client.get_one(path)) == each
        live = goods_documents.count_live(store_id, "records", "korona")
        assert live == (0 if each.is_deleted else 1)

    stored = client.get_one(path).data or {}
    assert (stored["accountId"], stored["storeId"], stored["source"]) == owner
