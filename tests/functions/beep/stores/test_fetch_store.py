"""fetchStore: one store of the account."""

from __future__ import annotations

from dataclasses import replace

from shared import clock
from shared.domain.stores.stores import Coordinates, Store
from shared.store import client
from shared.store.stores import store_documents
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written


def test_shows_what_is_known_of_it(merchant: Merchant) -> None:
    now = clock.utc_now()
    plain = Store("store_at_sea", merchant.account_id, "At sea", "UTC", "EUR", now)
    store = replace(plain, position=Coordinates(-12.5, 0.25), webhook_ids_by_target={"a": "we_1"})
    client.commit([store_documents.creation(store)])

    with nothing_written():
        body = merchant.api.ok("fetchStore", {"storeId": "store_at_sea"})

    assert body == {
        "success": True,
        "store": {
            "storeId": "store_at_sea",
            "name": "At sea",
            "timeZone": "UTC",
            "currency": "EUR",
            "position": {"latitude": -12.5, "longitude": 0.25},
            "logo": None,
            "address": None,
            "createdAt": clock.to_wire(now),
        },
    }


def test_one_that_there_is_not_is_not_found(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api("fetchStore", {"storeId": "a/b"})

    assert_refused(answer, 404, "STORE_NOT_FOUND", message="There is no store a/b.")
