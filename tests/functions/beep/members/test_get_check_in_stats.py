"""getCheckInStats: how many checked in at a store, and how many were refused, and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.support.events import Pipeline
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written


def test_counts_this_month_and_ever_in_the_stores_time_zone(
    pipeline: Pipeline, merchant: Merchant, frozen_clock: Clock
) -> None:
    member = merchant.member()
    body = {"userId": "user_1", "storeId": merchant.store_id}
    frozen_clock.set(2026, 3, 31, 21, 59)  # 23:59 in Berlin
    member.api.ok("checkIn", body)
    assert member.api("checkIn", {**body, "code": "PWS1"}).error == "STORE_CODE_DAMAGED"
    frozen_clock.set(2026, 3, 31, 22, 1)  # the first of April
    member.api.ok("checkIn", {**body, "method": "gps"})
    assert member.api("checkIn", {**body, "code": "PWS1"}).error == "STORE_CODE_DAMAGED"
    pipeline.fire(merchant)

    with nothing_written():
        stats = merchant.api.ok("getCheckInStats", {"storeId": merchant.store_id})

    assert stats == {
        "success": True,
        "storeId": merchant.store_id,
        "checkIns": {"total": 2, "thisMonth": 1},
        "qr": {"total": 1, "thisMonth": 0},
        "gps": {"total": 1, "thisMonth": 1},
        "earning": {"total": 2, "thisMonth": 1},
        "refused": [{"total": 2, "thisMonth": 1, "code": "STORE_CODE_DAMAGED"}],
    }


@pytest.mark.parametrize("refusals", [20])
def test_refusals_at_once_are_all_counted(merchant: Merchant, refusals: int) -> None:
    body = {"userId": "user_1", "storeId": merchant.store_id, "code": "PWS1"}
    for _ in range(refusals):
        assert merchant.api("checkIn", body).status == 400

    stats = merchant.api.ok("getCheckInStats", {"storeId": merchant.store_id})

    assert stats["refused"] == [
        {"total": refusals, "thisMonth": refusals, "code": "STORE_CODE_DAMAGED"}
    ]


def test_another_accounts_store_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()

    with nothing_written():
        answer = merchant.api("getCheckInStats", {"storeId": other.store_id})

    assert_refused(answer, 404, "STORE_NOT_FOUND")
