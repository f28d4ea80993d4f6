"""getLoyaltyPrograms and its other name: all programs of a store, oldest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.merchants import Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "getLoyaltyPrograms"
ALIAS = "getStoreLoyaltyPrograms"


def test_a_new_store_has_none(merchant: Merchant) -> None:
    answer = merchant.api.get(ACTION, {"storeId": merchant.store_id})

    assert (answer.status, answer.body) == (200, {"success": True, "programs": [], "count": 0})


def test_lists_all_oldest_first_inactive_ones_too(
    frozen_clock: Clock, merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    program_ids = []
    for program_type in ("stamps", "points", "cashback", "tier"):
        program_ids.append(merchant.program(program_type, isActive=program_type != "points"))
        frozen_clock.advance(seconds=1)
    new_merchant().program()

    with nothing_written():
        answer = merchant.api.get(ACTION, {"storeId": merchant.store_id})

    programs = [
        merchant.api.ok("getLoyaltyProgram", {"programId": each})["program"] for each in program_ids
    ]
    assert answer.status == 200
    assert answer.body == {"success": True, "programs": programs, "count": 4}
    assert [each["isActive"] for each in programs] == [True, False, True, True]


def test_shows_a_change_at_once(merchant: Merchant) -> None:
    program_id = merchant.program()
    merchant.api.get(ACTION, {"storeId": merchant.store_id})

    merchant.api.ok("updateLoyaltyProgram", {"programId": program_id, "programName": "Neu"})

    body = merchant.api.ok(ACTION, {"storeId": merchant.store_id})
    assert [each["programName"] for each in body["programs"]] == ["Neu"]


def test_both_names_both_methods_and_the_header_answer_the_same(merchant: Merchant) -> None:
    merchant.program()
    store = {"storeId": merchant.store_id}

    answers = [
        merchant.api.get(ACTION, store),
        merchant.api.get(ALIAS, store),
        merchant.api.get(ALIAS, {"store_id": merchant.store_id}),
        merchant.api(ACTION, store),
        merchant.api(ALIAS, store),
        merchant.api(f"{ALIAS}?storeId={merchant.store_id}"),
        merchant.api(ALIAS, X_Beep_Store_Id=merchant.store_id),
        merchant.api.send("GET", ACTION, headers={"X-Beep-Store-Id": merchant.store_id}),
    ]

    assert [answer.status for answer in answers] == [200] * len(answers)
    assert answers[0].body["count"] == 1
    assert all(answer.body == answers[0].body for answer in answers)


def test_refuses_an_unknown_store(merchant: Merchant) -> None:
    answer = merchant.api.get(ACTION, {"storeId": "store_absent"})

    assert_refused(answer, 404, "STORE_NOT_FOUND", message="There is no store store_absent.")


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ({}, {"storeId": "is required"}),
        ({"storeId": ""}, {"storeId": "must have at least 1 characters"}),
        ({"storeId": "s", "programId": "p"}, {"programId": "is not a known field"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, query: dict[str, Any], problems: dict[str, str]
) -> None:
    assert_fields_refused(merchant.api.get(ACTION, query), problems)
    assert_fields_refused(merchant.api(ALIAS, query), problems)
    assert_fields_refused(merchant.sandbox.get(ACTION, query), problems)


def test_the_sandbox_answers_with_mock_data(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox.get(ALIAS, {"storeId": "store_a"})

    (program,) = answer.body["programs"]
    assert answer.status == 200
    assert answer.body == {"success": True, "programs": [program], "count": 1, "_sandbox": True}
    assert (program["programId"], program["storeId"]) == ("lp_abc123", "store_a")
