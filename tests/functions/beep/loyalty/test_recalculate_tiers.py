"""recalculateTiers: begins once, and only where there are tiers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.services.loyalty import tier_recalculations
from tests.conftest import Clock
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


def test_one_at_a_time_moves_members_and_one_only_says_who_would(merchant: Merchant) -> None:
    program_id, other = merchant.program("tier"), merchant.program("tier")
    body = {"programId": program_id, "dryRun": False}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: merchant.api(ACTION, body), range(4)))
    (begun,) = [each.body for each in answers if each.status == 200]
    refused = [each for each in answers if each.status != 200]
    assert len(refused) == 3
    for each in refused:
        details = {"recalculationId": begun["recalculationId"]}
        assert_refused(each, 409, "TIER_RECALCULATION_RUNNING", details)
    with nothing_written():
        assert merchant.api(ACTION, body).status == 409
    for more in ({"programId": program_id}, {"programId": other, "dryRun": False}):
        assert merchant.api(ACTION, more).status == 200

    tier_recalculations.resume(begun["recalculationId"])

    assert merchant.api(ACTION, body).status == 200


def test_after_one_that_stands_still_another_one_begins(
    merchant: Merchant, frozen_clock: Clock
) -> None:
    body = {"programId": merchant.program("tier"), "dryRun": False}
    dead = merchant.api.ok(ACTION, body)["recalculationId"]
    frozen_clock.advance(minutes=29)
    with nothing_written():
        assert merchant.api(ACTION, body).error == "TIER_RECALCULATION_RUNNING"
    frozen_clock.advance(minutes=1)

    again = merchant.api.ok(ACTION, body)["recalculationId"]

    with nothing_written():
        tier_recalculations.resume(dead)
        assert merchant.api(ACTION, body).error == "TIER_RECALCULATION_RUNNING"
    shown = merchant.api.ok("getTierRecalculation", {"recalculationId": dead})
    assert (shown["state"], shown["finishedAt"]) == ("given_up", "2026-03-03T12:30:00.000Z")
    tier_recalculations.resume(again)
    shown = merchant.api.ok("getTierRecalculation", {"recalculationId": again})
    assert shown["state"] == "succeeded"
