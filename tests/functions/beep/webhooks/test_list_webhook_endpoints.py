"""listWebhookEndpoints: what a store has, the oldest first, and nothing secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.webhooks.endpoints import Health
from tests.conftest import Clock
from tests.support.hooks import QUEUE, URL, change, create, created, kept, listed
from tests.support.merchants import Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "listWebhookEndpoints"


def test_a_store_that_has_none_gets_an_empty_list(merchant: Merchant) -> None:
    answer = merchant.api.get(ACTION, {"storeId": merchant.store_id})

    expected = {"success": True, "storeId": merchant.store_id, "webhooks": [], "count": 0}
    assert (answer.status, answer.body) == (200, expected)


def test_lists_what_was_made_the_oldest_first(frozen_clock: Clock, merchant: Merchant) -> None:
    made = []
    for target in ({"url": f"{URL}/2"}, {"destination": QUEUE}, {"url": f"{URL}/1"}):
        made.append(create(merchant, **target).body["webhook"])
        frozen_clock.advance(seconds=1)

    assert listed(merchant) == made


def test_shows_how_an_endpoint_fails(frozen_clock: Clock, merchant: Merchant) -> None:
    endpoint = kept(created(merchant))
    failing_since = frozen_clock.now - timedelta(days=5)
    change(
        replace(
            endpoint,
            is_enabled=False,
            disabled_reason="only_failed",
            disabled_at=frozen_clock.now,
            health=Health(failing_since=failing_since),
        )
    )

    (webhook,) = listed(merchant)

    assert (webhook["isEnabled"], webhook["disabledReason"]) == (False, "only_failed")
    assert webhook["disabledAt"] == "2026-03-03T12:00:00.000Z"
    assert webhook["failingSince"] == "2026-02-26T12:00:00.000Z"


def test_requires_the_store(merchant: Merchant) -> None:
    assert_fields_refused(merchant.api(ACTION, {}), {"storeId": "is required"})


@pytest.mark.parametrize("store_id", ["store_absent", "a/b"])
def test_refuses_an_unknown_store(merchant: Merchant, store_id: str) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {"storeId": store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND", message=f"There is no store {store_id}.")
