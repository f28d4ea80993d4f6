"""recalculateTiers: begins once, and only where there are tiers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.merchants import Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "recalculateTiers"


@pytest.mark.usefixtures("frozen_clock")
def test_without_more_it_only_says_who_would_move(merchant: Merchant) -> None:
    member = merchant.member("tier")
    answer = merchant.api(ACTION, {"programId": member.program_id})
    assert (answer.status, answer.body["dryRun"], answer.body["state"]) == (200, True, "running")


def test_a_repeated_request_begins_nothing(merchant: Merchant) -> None:
    body = {"programId": merchant.program("tier"), "dryRun": False}
    first = merchant.api(ACTION, body, idempotency_key="k1")
    with nothing_written():
        again = merchant.api(ACTION, body, idempotency_key="k1")
    assert again.body["recalculationId"] == first.body["recalculationId"]


def test_a_program_without_tiers_has_nothing_to_recalculate(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    program_id, other = merchant.program("points"), new_merchant()
    with nothing_written():
        refused = merchant.api(ACTION, {"programId": program_id})
        foreign = other.api(ACTION, {"programId": program_id})
    assert_fields_refused(refused, {"programId": "must be of a program with tiers"})
    assert_refused(foreign, 404, "PROGRAM_NOT_FOUND")
