"""getTierRecalculation: that of the own account alone."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused

ACTION = "getTierRecalculation"


def test_finds_those_of_the_account_alone(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    begun = merchant.api.ok("recalculateTiers", {"programId": merchant.program("tier")})
    body = {"recalculationId": begun["recalculationId"]}

    answer = merchant.api(ACTION, body)

    assert (answer.status, answer.body["state"], answer.body["checked"]) == (200, "running", 0)
    for refused in (
        new_merchant().api(ACTION, body),
        merchant.api(ACTION, {"recalculationId": "tr_absent"}),
    ):
        assert_refused(refused, 404, "TIER_RECALCULATION_NOT_FOUND")


def test_finds_those_of_the_named_store_alone(merchant: Merchant) -> None:
    begun = merchant.api.ok("recalculateTiers", {"programId": merchant.program("tier")})
    body = {"recalculationId": begun["recalculationId"]}

    answer = merchant.api(ACTION, {**body, "storeId": merchant.another_store().store_id})

    assert_refused(answer, 404, "TIER_RECALCULATION_NOT_FOUND")
    assert merchant.api(ACTION, {**body, "storeId": merchant.store_id}).status == 200
