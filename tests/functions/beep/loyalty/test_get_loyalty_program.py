"""getLoyaltyProgram: one program, its fields at the top and once more as ``program``."""

from __future__ import annotations

from typing import Any

import pytest

from shared.schemas.loyalty.program_bodies import EARNING_BASE_EXAMPLE, EARNING_LIMITS_EXAMPLE
from tests.support.merchants import RULES, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "getLoyaltyProgram"
NOW = "2026-03-03T12:00:00.000Z"


@pytest.mark.usefixtures("frozen_clock")
def test_returns_the_program(merchant: Merchant) -> None:
    reward = {"rewardId": "rw_1", "title": "Gratis", "type": "free_product", "requiredPoints": 10}
    program_id = merchant.program(
        "stamps",
        description="Jeder zehnte Kaffee ist gratis.",
        rewards=[reward],
        branding={"color": "#2563EB"},
    )

    with nothing_written():
        answer = merchant.api.get(ACTION, {"programId": program_id})

    program = {
        "programId": program_id,
        "storeId": merchant.store_id,
        "programName": "Program",
        "programType": "stamps",
        "description": "Jeder zehnte Kaffee ist gratis.",
        "rules": RULES["stamps"],
        "rewards": [
            {
                **reward,
                "description": "",
                "isActive": True,
                "stock": None,
                "validFrom": None,
                "validUntil": None,
            }
        ],
        "branding": {"color": "#2563EB", "logo": None},
        "earningMethods": ["qr_checkin", "store_checkin"],
        "isActive": True,
        "pointsExpiry": None,
        "ruleExpiries": [],
        "milestones": [],
        "earningBase": EARNING_BASE_EXAMPLE,
        "checkInLimit": {"perDay": 1, "minutesBetween": 0},
        "welcomeBonus": 0,
        "earningLimits": EARNING_LIMITS_EXAMPLE,
        "eventRules": [],
        "receiptClaims": None,
        "referral": None,
        "tierPolicy": None,
        "pointValue": None,
        "offlineOverdraft": 0,
        "allowsUnverified": False,
        "pendingDays": 0,
        "redemptionCancelDays": 14,
        "refundPolicy": "within_balance",
        "transfers": "none",
        "currency": "EUR",
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    assert (answer.status, answer.body) == (200, {"success": True, **program, "program": program})


def test_get_and_post_in_both_spellings_answer_the_same(merchant: Merchant) -> None:
    program_id = merchant.program()

    answers = [
        call(ACTION, {name: program_id})
        for call in (merchant.api, merchant.api.get)
        for name in ("programId", "program_id")
    ]

    assert [answer.status for answer in answers] == [200] * 4
    assert all(answer.body == answers[0].body for answer in answers)


@pytest.mark.parametrize("absent", ["lp_absent", "../lp", "__x__", ".", "ü" * 128, "a\u0000b"])
def test_refuses_an_unknown_program(merchant: Merchant, absent: str) -> None:
    answer = merchant.api(ACTION, {"programId": absent})

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND", message=f"There is no program {absent}.")


def test_the_store_that_is_named_must_be_the_programs(merchant: Merchant) -> None:
    program_id = merchant.program()

    own = merchant.api.get(ACTION, {"programId": program_id, "storeId": merchant.store_id})
    other = merchant.api(ACTION, {"programId": program_id}, X_Beep_Store_Id="store_other")

    assert own.status == 200
    assert_refused(other, 404, "PROGRAM_NOT_FOUND")


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ({}, {"programId": "is required"}),
        ({"programId": " "}, {"programId": "must not be blank"}),
        ({"programId": "p", "fields": "all"}, {"fields": "is not a known field"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, query: dict[str, Any], problems: dict[str, str]
) -> None:
    assert_fields_refused(merchant.api.get(ACTION, query), problems)
    assert_fields_refused(merchant.api(ACTION, query), problems)
    assert_fields_refused(merchant.sandbox.get(ACTION, query), problems)


def test_the_sandbox_answers_with_mock_data(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.sandbox.get(ACTION, {"programId": "lp_abc123"})

    program = {
        "programId": "lp_abc123",
        "storeId": "store_a",
        "programName": "Stempelkarte",
        "programType": "stamps",
        "description": "Jeder zehnte Kaffee ist gratis.",
        "rules": {"requiredStamps": 10, "stampsPerPurchase": 1, "pointsPerCheckin": 1},
        "rewards": [
            {
                "rewardId": "rw_abc123",
                "title": "10% Rabatt",
                "type": "discount_percent",
                "requiredPoints": 10,
                "description": "",
                "isActive": True,
                "stock": None,
                "validFrom": None,
                "validUntil": None,
            }
        ],
        "branding": {"color": "#2563EB", "logo": None},
        "earningMethods": ["qr_checkin", "store_checkin"],
        "isActive": True,
        "pointsExpiry": None,
        "ruleExpiries": [],
        "milestones": [100, 500, 1000, 5000, 10000, 50000, 100000],
        "earningBase": EARNING_BASE_EXAMPLE,
        "checkInLimit": {"perDay": 1, "minutesBetween": 0},
        "welcomeBonus": 0,
        "earningLimits": EARNING_LIMITS_EXAMPLE,
        "eventRules": [],
        "receiptClaims": None,
        "referral": None,
        "tierPolicy": None,
        "pointValue": None,
        "offlineOverdraft": 0,
        "allowsUnverified": False,
        "pendingDays": 0,
        "redemptionCancelDays": 14,
        "refundPolicy": "within_balance",
        "transfers": "none",
        "currency": "EUR",
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    assert answer.status == 200
    assert answer.body == {"success": True, **program, "program": program, "_sandbox": True}
