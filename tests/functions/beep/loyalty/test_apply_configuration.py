"""applyConfiguration: what was shown is what happens, all of it or nothing, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.api import Answer
from tests.support.merchants import Merchant
from tests.support.refusals import assert_invalid, assert_refused, nothing_written

ACTION = "applyConfiguration"


def test_goes_from_one_account_to_another_and_then_changes_nothing(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    furnished(merchant)
    live = new_merchant()
    configuration = exported(merchant)

    with nothing_written():
        plan = planned(live, configuration)
    applied(live, configuration, plan)

    assert {each["action"] for each in plan["plan"]} == {"create"}
    assert exported(live) == configuration
    again = planned(live, configuration)
    assert {each["action"] for each in again["plan"]} == {"unchanged"}
    with nothing_written():
        applied(live, configuration, again)


def test_shows_what_changes_and_leaves_what_is_not_named(merchant: Merchant) -> None:
    furnished(merchant)
    merchant.program("points", programName="Nicht gemeint")
    configuration = exported(merchant)
    del configuration["programs"][0]  # In the order of names.
    program = configuration["programs"][0]
    program["description"] = "Neu"
    program["rewards"][0]["requiredPoints"] = 9
    program["campaigns"][0]["limitTotal"] = 600
    del program["rewards"][1]

    plan = planned(merchant, configuration)
    answer = applied(merchant, configuration, plan)

    shown = {
        each["rewardId"] or each["campaignName"] or each["programName"]: (
            each["action"],
            [(change["field"], change["before"], change["after"]) for change in each["changes"]],
        )
        for each in plan["plan"]
    }
    assert shown == {
        "Stammkunden": ("update", [("description", "Kaffee", "Neu")]),
        "coffee": ("update", [("requiredPoints", 10, 9)]),
        "mug": ("unmanaged", []),
        "Doppelt": ("update", [("limitTotal", 500, 600)]),
        "Nicht gemeint": ("unmanaged", []),
    }
    assert [each["action"] for each in answer["plan"]] == ["update"] * 3
    after = exported(merchant)
    assert [each["programName"] for each in after["programs"]] == ["Nicht gemeint", "Stammkunden"]
    assert after["programs"][1] | {"rewards": []} == program | {"rewards": []}
    assert [each["rewardId"] for each in after["programs"][1]["rewards"]] == ["coffee", "mug"]


def test_says_the_ids_of_programs_and_those_of_new_ones_when_they_are_there(
    merchant: Merchant,
) -> None:
    old = merchant.program("points", programName="Nicht gemeint")
    configuration = {"version": 1, "currency": "EUR", "programs": [PROGRAM]}

    plan = planned(merchant, configuration)
    answer = applied(merchant, configuration, plan)

    assert [each["programId"] for each in plan["plan"]] == [None, None, None, old]
    programs = merchant.api.ok("getLoyaltyPrograms", {"storeId": merchant.store_id})["programs"]
    (new,) = [each["programId"] for each in programs if each["programId"] != old]
    assert [each["programId"] for each in answer["plan"]] == [new] * 3


def test_rewards_that_are_not_named_keep_their_places(merchant: Merchant) -> None:
    rewards = [
        {"rewardId": each, "title": each, "type": "mug", "requiredPoints": 5} for each in "abcd"
    ]
    program = {"programName": "Tassen", "programType": "points", "rules": {"pointsPerEuro": 1}}

    def apply(wanted: list[dict[str, Any]]) -> tuple[list[Any], str]:
        configuration = {
            "version": 1,
            "currency": "EUR",
            "programs": [{**program, "rewards": wanted}],
        }
        plan = planned(merchant, configuration)
        applied(merchant, configuration, plan)
        (after,) = exported(merchant)["programs"]
        changes = [change["field"] for each in plan["plan"] for change in each["changes"]]
        return changes, "".join(each["rewardId"] for each in after["rewards"])

    a, b, c, d = rewards
    assert apply([b, a, c]) == ([], "bac")
    assert apply([a, b, d, c]) == (["rewards"], "abdc")
    assert apply([{**d, "title": "D"}]) == (["title"], "abdc")
    assert apply([{**c, "rewardId": "e"}, c, a]) == (["rewards"], "ebdca")


def test_refuses_what_was_not_shown(merchant: Merchant) -> None:
    furnished(merchant)
    configuration = exported(merchant)
    configuration["programs"][0]["description"] = "Neu"
    plan = planned(merchant, configuration)
    program_id = merchant.api.ok("getLoyaltyPrograms", {"storeId": merchant.store_id})["programs"][
        0
    ]["programId"]
    merchant.api.ok("updateLoyaltyProgram", {"programId": program_id, "pendingDays": 3})

    body = {"storeId": merchant.store_id, "configuration": configuration, "dryRun": False}
    with nothing_written():
        assert_invalid(merchant.api(ACTION, body), planId="is required")
        outdated = merchant.api(ACTION, {**body, "planId": plan["planId"]})
        other = planned(merchant, configuration)
        configuration["programs"][0]["description"] = "Anders"
        another = merchant.api(ACTION, {**body, "planId": other["planId"]})

    assert_refused(outdated, 409, "PLAN_OUTDATED")
    assert_refused(another, 409, "PLAN_OUTDATED")


def test_a_repeated_request_gets_the_first_answer(merchant: Merchant) -> None:
    configuration = {"version": 1, "currency": "EUR", "programs": [PROGRAM]}
    plan = planned(merchant, configuration)
    body = {
        "storeId": merchant.store_id,
        "configuration": configuration,
        "dryRun": False,
        "planId": plan["planId"],
    }

    first, second = (merchant.api(ACTION, body, idempotency_key="same") for _ in range(2))

    assert (first.status, first.body) == (second.status, second.body)
    assert second.is_replay
    assert len(exported(merchant)["programs"]) == 1


def test_names_the_place_of_what_it_refuses_and_writes_nothing(merchant: Merchant) -> None:
    good = {**PROGRAM, "programName": "Gut", "campaigns": []}
    reward = {"title": "Tasse", "type": "mug", "requiredPoints": 1}
    cases: dict[str, dict[str, Any]] = {
        "rules.pointsPerEuro": {"rules": {"pointsPerEuro": -1}},
        "milestones[0]": {"milestones": [0.5]},
        "pendingDays": {"pendingDays": -1},
        "rewards[0].rewardId": {"rewards": [reward]},
        "rewards[0].storeIds": {"rewards": [{**reward, "rewardId": "r", "storeIds": ["s"]}]},
        "campaigns[0].endsAt": {
            "campaigns": [{"name": "Alt", "bonus": 1, "endsAt": "2020-01-01T00:00:00Z"}]
        },
        "campaigns[0].bonus": {"campaigns": [{"name": "Fein", "bonus": 0.5}]},
        "programName": {"programName": "Gut"},
    }
    with nothing_written():
        for field, wrong in cases.items():
            configuration = {
                "version": 1,
                "currency": "EUR",
                "programs": [good, {**PROGRAM, **wrong}],
            }
            body = {"storeId": merchant.store_id, "configuration": configuration}
            answer = merchant.api(ACTION, body)
            refused_for(answer, f"configuration.programs[1].{field}")
        yen = {"version": 1, "currency": "JPY", "programs": []}
        answer = merchant.api(ACTION, {"storeId": merchant.store_id, "configuration": yen})
        refused_for(answer, "configuration.currency")


def test_names_the_program_that_would_have_too_much(merchant: Merchant) -> None:
    reward = {"title": "Tasse", "type": "mug", "requiredPoints": 1}
    rewards = [{**reward, "rewardId": f"r{n}"} for n in range(51)]
    full = {**PROGRAM, "rewards": rewards[:50]}
    configuration = {"version": 1, "currency": "EUR", "programs": [full]}
    applied(merchant, configuration, planned(merchant, configuration))
    other = {**PROGRAM, "programName": "Zweites", "rewards": []}
    full["rewards"] = rewards[50:]
    body = {
        "storeId": merchant.store_id,
        "configuration": {**configuration, "programs": [other, full]},
    }

    with nothing_written():
        answer = merchant.api(ACTION, body)

    message = "configuration.programs[1]: A program has at most 50 rewards."
    fix = "Archive one of them with archiveReward."
    assert_refused(answer, 400, "LIMIT_EXCEEDED", message=message, fix=fix)


def test_makes_no_second_one_of_what_is_only_written_otherwise(merchant: Merchant) -> None:
    furnished(merchant)
    configuration = exported(merchant)
    program = configuration["programs"][0]
    program["campaigns"][0]["name"] = "doppelt"
    wrong = {**configuration, "programs": [{**program, "programName": "Stammkunden "}]}

    with nothing_written():
        body = {"storeId": merchant.store_id, "configuration": configuration}
        place = "configuration.programs[0]"
        refused_for(merchant.api(ACTION, body), f"{place}.campaigns[0].name")
        refused_for(merchant.api(ACTION, {**body, "configuration": wrong}), f"{place}.programName")


def test_the_stock_of_a_changed_reward_is_set_and_imported_codes_stay(merchant: Merchant) -> None:
    program_id = furnished(merchant)
    voucher = {"programId": program_id, "rewardId": "v", "title": "Gutschein", "type": "voucher"}
    merchant.api.ok("createReward", {**voucher, "requiredPoints": 5})
    codes = {"programId": program_id, "rewardId": "v", "codes": ["A-1000", "A-2000"]}
    merchant.api.ok("importVoucherCodes", codes)
    configuration = exported(merchant)
    assert [each.get("stock") for each in configuration["programs"][0]["rewards"]] == [100, None, 0]
    configuration["programs"][0]["rewards"][0]["stock"] = 7
    configuration["programs"][0]["rewards"][2]["title"] = "Gutschein neu"

    applied(merchant, configuration, planned(merchant, configuration))

    rewards = merchant.api.ok("listRewards", {"programId": program_id})["rewards"]
    assert {each["rewardId"]: each["stock"] for each in rewards} == {
        "coffee": 7,
        "mug": None,
        "v": 2,
    }


def test_a_name_that_two_programs_have_says_nothing(merchant: Merchant) -> None:
    for _ in range(2):
        merchant.program("points", programName="Stammkunden")
    body = {
        "storeId": merchant.store_id,
        "configuration": {"version": 1, "currency": "EUR", "programs": [PROGRAM]},
    }
    with nothing_written():
        assert_refused(merchant.api(ACTION, body), 400, "CONFIGURATION_AMBIGUOUS")
        answer = merchant.api.get("exportConfiguration", {"storeId": merchant.store_id})
    assert_refused(answer, 400, "CONFIGURATION_AMBIGUOUS")


def test_another_accounts_store_is_not_found(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    configuration = {"version": 1, "currency": "EUR", "programs": [PROGRAM]}
    body = {"storeId": new_merchant().store_id, "configuration": configuration}
    with nothing_written():
        assert_refused(merchant.api(ACTION, body), 404, "STORE_NOT_FOUND")


PROGRAM: dict[str, Any] = {
    "programName": "Stammkunden",
    "programType": "points",
    "description": "Kaffee",
    "rules": {"pointsPerEuro": 10},
    "rewards": [
        {
            "rewardId": "coffee",
            "title": "Gratis-Kaffee",
            "type": "free_product",
            "requiredPoints": 10,
            "productId": "coffee",
            "stock": 100,
            "limits": [{"timesPerPeriod": 1, "period": "month"}],
            "aisle": "7",
        },
        {"rewardId": "mug", "title": "Tasse", "type": "mug", "requiredPoints": 500},
    ],
    "isActive": True,
    "pointsExpiry": {"afterMonths": 12, "endOfMonth": True},
    "eventRules": [{"event": "app_login", "points": 5, "period": "day"}],
    "receiptClaims": {"perDay": 2},
    "referral": {"referrerPoints": 100, "newMemberPoints": 50},
    "pointValue": 0.01,
}


def furnished(merchant: Merchant) -> str:
    """Give the store a program with all kinds of settings, and return its id."""
    created = merchant.api.ok("createLoyaltyProgram", {"storeId": merchant.store_id, **PROGRAM})
    program_id: str = created["programId"]
    campaign = {"name": "Doppelt", "multiplier": 2, "limitTotal": 500, "categories": ["coffee"]}
    hours = [{"weekdays": ["mon"], "start": "17:00", "end": "19:00"}]
    merchant.api.ok("createCampaign", {"programId": program_id, **campaign, "happyHours": hours})
    return program_id


def refused_for(answer: Answer, field: str) -> None:
    """Assert that a request was refused for one field."""
    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS"), answer.body
    assert list(answer.body["details"]["fields"]) == [field]


def exported(merchant: Merchant) -> dict[str, Any]:
    """Return the configuration of the store."""
    answer = merchant.api.ok("exportConfiguration", {"storeId": merchant.store_id})
    found: dict[str, Any] = answer["configuration"]
    return found


def planned(merchant: Merchant, configuration: dict[str, Any]) -> dict[str, Any]:
    """Return what a configuration would change."""
    body = {"storeId": merchant.store_id, "configuration": configuration}
    answer: dict[str, Any] = merchant.api.ok(ACTION, body)
    return answer


def applied(
    merchant: Merchant, configuration: dict[str, Any], plan: dict[str, Any]
) -> dict[str, Any]:
    """Apply a plan that was shown."""
    body = {"storeId": merchant.store_id, "configuration": configuration, "dryRun": False}
    answer: dict[str, Any] = merchant.api.ok(ACTION, {**body, "planId": plan["planId"]})
    return answer
