"""updateLoyaltyProgram: what is named changes in both places at once, and nothing else does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared import ids
from shared.domain.accounts.packages import Package
from shared.domain.loyalty.expiry import NO_TIME
from shared.store import client, paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import RULES, Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written

ACTION = "updateLoyaltyProgram"
REWARD = {"title": "10% Rabatt", "type": "discount_percent", "requiredPoints": 10}


@pytest.fixture
def program_id(merchant: Merchant) -> str:
    """A points program with a reward."""
    return merchant.program("points", rewards=[{**REWARD, "rewardId": "rw_1", "stock": 5}])


def update(
    merchant: Merchant, program_id: str, idempotency_key: str | None = None, **fields: Any
) -> Answer:
    body = {"programId": program_id, **fields}
    return merchant.api(ACTION, body, idempotency_key=idempotency_key)


def program(merchant: Merchant, program_id: str) -> dict[str, Any]:
    """Return a program as the API shows it, and check that both places have it."""
    stored.of_program(merchant, program_id)
    body: dict[str, Any] = merchant.api.ok("getLoyaltyProgram", {"programId": program_id})
    return body["program"]  # type: ignore[no-any-return]


def stock(program_id: str, reward_id: str = "rw_1") -> dict[str, Any] | None:
    return stored.document(paths.reward_stock(program_id, reward_id))


def test_tells_when_it_was_changed(frozen_clock: Clock, merchant: Merchant) -> None:
    program_id = merchant.program()
    frozen_clock.advance(hours=1)

    answer = update(merchant, program_id, programName="Neu")

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "programId": program_id,
        "storeId": merchant.store_id,
        "updatedAt": "2026-03-03T13:00:00.000Z",
        "rules": RULES["points"],
    }
    body = program(merchant, program_id)
    assert body["createdAt"] == "2026-03-03T12:00:00.000Z"
    assert body["updatedAt"] == "2026-03-03T13:00:00.000Z"


@pytest.mark.parametrize(
    "change",
    [
        {"programName": "n" * 100},
        {"description": "Neu"},
        {"description": ""},
        {"rules": {**RULES["points"], "pointsPerEuro": 20}},
        {"isActive": False},
        {"earningMethods": ["click_collect"]},
        {"rewards": []},
    ],
)
def test_changes_what_is_named_and_nothing_else(
    merchant: Merchant, program_id: str, change: dict[str, Any]
) -> None:
    update(merchant, program_id, description="Alt")
    before = program(merchant, program_id)

    answer = update(merchant, program_id, **change)

    updated_at = answer.body["updatedAt"]
    assert program(merchant, program_id) == {**before, **change, "updatedAt": updated_at}


def test_takes_snake_case(merchant: Merchant, program_id: str) -> None:
    body = {"program_id": program_id, "program_name": "Neu", "is_active": False}

    assert merchant.api(ACTION, body).status == 200
    found = program(merchant, program_id)
    assert (found["programName"], found["isActive"]) == ("Neu", False)


def test_null_leaves_as_is(merchant: Merchant, program_id: str) -> None:
    before = program(merchant, program_id)
    fields = ["programName", "description", "rules", "rewards", "branding", "isActive"]

    answer = update(merchant, program_id, **dict.fromkeys(fields))

    assert program(merchant, program_id) == {**before, "updatedAt": answer.body["updatedAt"]}


def test_branding_is_merged(merchant: Merchant, program_id: str) -> None:
    def branding(**fields: Any) -> dict[str, Any]:
        assert update(merchant, program_id, branding=fields).status == 200
        found: dict[str, Any] = program(merchant, program_id)["branding"]
        return found

    logo = "https://example.com/logo.png"
    assert branding(color="#2563EB") == {"color": "#2563EB", "logo": None}
    assert branding(logo=logo) == {"color": "#2563EB", "logo": logo}
    assert branding(color="#fff") == {"color": "#fff", "logo": logo}
    assert branding() == {"color": "#fff", "logo": logo}
    assert branding(logo=None) == {"color": "#fff", "logo": None}


def test_the_type_cannot_be_changed(merchant: Merchant, program_id: str) -> None:
    with nothing_written():
        answer = update(merchant, program_id, programType="stamps", rules=RULES["stamps"])

        snake = update(merchant, program_id, program_type="stamps")

    for refused in (answer, snake):
        assert_fields_refused(refused, {"programType": "cannot be changed"})


@pytest.mark.parametrize(
    ("program_type", "rules", "problems"),
    [
        (
            "points",
            RULES["stamps"],
            {
                "rules.requiredStamps": "is for stamps programs",
                "rules.stampsPerPurchase": "is for stamps programs",
            },
        ),
        ("points", RULES["tier"], {"rules.tiers": "is for tier programs"}),
        (
            "cashback",
            {"cashbackPercentage": 0},
            {"rules.cashbackPercentage": "must be greater than 0"},
        ),
        ("stamps", {"requiredStamps": 10, "x": 1}, {"rules.x": "is not a known field"}),
        ("points", {"pointsPerEuro": None}, {"rules.pointsPerEuro": "must be a number"}),
        ("tier", {"tiers": None}, {"rules.tiers": "must be an array"}),
        (
            "tier",
            {"tiers": [{"name": "Bronze", "minPoints": 0, "multiplyer": 2}]},
            {"rules.tiers[0].multiplyer": "is not a known field"},
        ),
        ("points", {"x": None}, {"rules.x": "is not a known field"}),
    ],
)
def test_new_rules_must_fit_the_type(
    merchant: Merchant,
    program_type: str,
    rules: dict[str, Any],
    problems: dict[str, str],
) -> None:
    program_id = merchant.program(program_type)
    before = program(merchant, program_id)

    with nothing_written():
        answer = update(merchant, program_id, rules=rules)

    assert_fields_refused(answer, problems)
    assert program(merchant, program_id) == before


@pytest.mark.parametrize(
    ("program_type", "change", "held"),
    [
        ("points", {"pointsPerEuro": 5}, {**RULES["points"], "pointsPerEuro": 5}),
        ("points", {"points_per_euro": 5}, {**RULES["points"], "pointsPerEuro": 5}),
        ("points", {}, RULES["points"]),
        ("points", {"minimumPurchase": None}, {"pointsPerEuro": 10, "pointsPerCheckin": 5}),
        ("cashback", {"minimumPurchase": 5}, {**RULES["cashback"], "minimumPurchase": 5}),
        ("cashback", {"max_cashback_per_transaction": None}, {"cashbackPercentage": 3}),
        ("stamps", {"requiredStamps": 8}, {**RULES["stamps"], "requiredStamps": 8}),
        ("tier", {"pointsPerEuro": 1}, {**RULES["tier"], "pointsPerEuro": 1}),
        (
            "tier",
            {"tiers": [{"name": "Basis", "minPoints": 0}]},
            {**RULES["tier"], "tiers": [{"name": "Basis", "minPoints": 0}]},
        ),
    ],
)
def test_rules_are_merged_and_the_answer_shows_them(
    merchant: Merchant, program_type: str, change: dict[str, Any], held: dict[str, Any]
) -> None:
    program_id = merchant.program(program_type)

    answer = update(merchant, program_id, rules=change)

    assert (answer.status, answer.body["rules"]) == (200, held)
    assert program(merchant, program_id)["rules"] == held


def test_null_resets_a_rule_to_its_default(merchant: Merchant) -> None:
    program_id = merchant.program(
        "stamps", rules={"requiredStamps": 10, "stampsPerPurchase": 3, "pointsPerCheckin": 1}
    )

    answer = update(
        merchant, program_id, rules={"stampsPerPurchase": None, "pointsPerCheckin": None}
    )

    assert answer.body["rules"] == {"requiredStamps": 10, "stampsPerPurchase": 1}


def test_a_minimum_purchase_survives_a_new_rate(member: Member) -> None:
    update(member.merchant, member.program_id, rules={"pointsPerEuro": 1})

    assert member.add(purchaseAmount=4.99).body["reason"] == "minimum_purchase"
    assert member.add(purchaseAmount=5).body["pointsAdded"] == 5


def test_new_rules_hold_from_the_next_request_on(member: Member) -> None:
    rules = {"pointsPerEuro": 1, "minimumPurchase": 3}
    update(member.merchant, member.program_id, rules=rules)

    assert member.add(purchaseAmount=4).body["pointsAdded"] == 4


def test_new_tiers_leave_members_where_they_are(merchant: Merchant) -> None:
    member = merchant.member("tier", balance=500)
    tiers = [{"name": "Bronze", "minPoints": 0}, {"name": "Silber", "minPoints": 1000}]

    update(merchant, member.program_id, rules={"pointsPerEuro": 10, "tiers": tiers})

    assert member.balance()["currentTier"] == "Silber"


# Rewards


def test_rewards_are_replaced_and_keep_the_ids_they_are_sent_with(
    merchant: Merchant, program_id: str
) -> None:
    rewards = [{**REWARD, "rewardId": "rw_1", "title": "15% Rabatt"}, {**REWARD, "title": "Neu"}]

    update(merchant, program_id, rewards=rewards)

    first, second = program(merchant, program_id)["rewards"]
    assert (first["rewardId"], first["title"]) == ("rw_1", "15% Rabatt")
    assert (second["rewardId"][:3], second["title"]) == ("rw_", "Neu")
    assert second["rewardId"] != "rw_1"


def test_rewards_keep_their_ids_when_something_else_changes(merchant: Merchant) -> None:
    program_id = merchant.program(rewards=[REWARD, REWARD])
    before = program(merchant, program_id)["rewards"]

    update(merchant, program_id, programName="Neu")

    assert program(merchant, program_id)["rewards"] == before


def test_what_was_sold_stays_sold_unless_the_stock_is_set_anew(merchant: Merchant) -> None:
    reward = {**REWARD, "rewardId": "rw_1", "stock": 5}
    member = merchant.member("points", balance=100, rewards=[reward])
    assert member.redeem(10, rewardId="rw_1").status == 200

    def set_rewards(**fields: Any) -> None:
        answer = update(merchant, member.program_id, rewards=[{**reward, **fields}])
        assert answer.status == 200

    assert stock(member.program_id) == {"remaining": 4}
    set_rewards(title="Anders")
    assert stock(member.program_id) == {"remaining": 4}
    set_rewards(stock=7)
    assert stock(member.program_id) == {"remaining": 7}
    set_rewards(stock=None)
    assert member.redeem(10, rewardId="rw_1").status == 200
    set_rewards(stock=2)
    assert stock(member.program_id) == {"remaining": 2}


def test_refuses_two_rewards_of_one_id(merchant: Merchant, program_id: str) -> None:
    rewards = [{**REWARD, "rewardId": "r"}, {**REWARD, "rewardId": "r"}]

    with nothing_written():
        answer = update(merchant, program_id, rewards=rewards)

    assert_fields_refused(answer, {"rewards[1].rewardId": "is used twice"})


def test_refuses_a_price_finer_than_the_unit(merchant: Merchant, program_id: str) -> None:
    with nothing_written():
        answer = update(merchant, program_id, rewards=[{**REWARD, "requiredPoints": 0.5}])

    assert_fields_refused(answer, {"rewards[0].requiredPoints": "must be a whole number"})


def test_custom_rewards_need_grow(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(Package.GO)
    program_id = merchant.program()

    with nothing_written():
        answer = update(merchant, program_id, rewards=[{**REWARD, "type": "custom"}])

    built_in = ["discount_amount", "discount_percent", "free_product", "voucher"]
    assert_refused(
        answer,
        403,
        "ENDPOINT_NOT_ALLOWED",
        {"builtInTypes": built_in},
        message="Rewards of type custom are custom rewards.",
        requiredUpgrade="GROW",
        currentPackage="GO",
    )


# Activation


def test_activating_a_second_program_needs_grow(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(Package.GO)
    first, second = merchant.program(), merchant.program(isActive=False)
    before = program(merchant, second)

    with nothing_written():
        answer = update(merchant, second, isActive=True)

    assert_refused(
        answer,
        403,
        "ENDPOINT_NOT_ALLOWED",
        message="Your package has one active program a store.",
        requiredUpgrade="GROW",
        currentPackage="GO",
    )
    assert program(merchant, second) == before
    assert update(merchant, first, isActive=False).status == 200
    assert update(merchant, second, isActive=True).status == 200
    store = stored.document(paths.store(merchant.store_id))
    assert store is not None
    assert store["activeProgramIds"] == [second]


def test_of_many_activated_at_once_one_is_on_go(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(Package.GO)
    program_ids = [merchant.program(isActive=False) for _ in range(5)]

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda each: update(merchant, each, isActive=True), program_ids))

    statuses = Counter((answer.status, answer.error) for answer in answers)
    assert statuses == {(200, None): 1, (403, "ENDPOINT_NOT_ALLOWED"): 4}
    active = [each for each in program_ids if program(merchant, each)["isActive"]]
    store = stored.document(paths.store(merchant.store_id))
    assert store is not None
    assert store["activeProgramIds"] == active
    assert len(active) == 1


def test_activating_again_changes_nothing(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(Package.GO)
    program_id = merchant.program()

    assert update(merchant, program_id, isActive=True).status == 200
    store = stored.document(paths.store(merchant.store_id))
    assert store is not None
    assert store["activeProgramIds"] == [program_id]


def test_changes_at_once_do_not_undo_each_other(merchant: Merchant, program_id: str) -> None:
    changes: list[dict[str, Any]] = [
        {"programName": "Neu"},
        {"description": "Auch neu"},
        {"branding": {"color": "#000"}},
        {"branding": {"logo": "https://example.com/logo.png"}},
        {"rules": {"pointsPerEuro": 3}},
        {"earningMethods": ["scan_and_go"]},
    ]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda each: update(merchant, program_id, **each), changes))

    assert [answer.status for answer in answers] == [200] * 6
    body = program(merchant, program_id)
    assert (body["programName"], body["description"]) == ("Neu", "Auch neu")
    assert body["branding"] == {"color": "#000", "logo": "https://example.com/logo.png"}
    assert body["rules"] == {**RULES["points"], "pointsPerEuro": 3}
    assert body["earningMethods"] == ["scan_and_go"]


# Refusals


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"programName": ""}, {"programName": "must have at least 1 characters"}),
        ({"programName": "n" * 101}, {"programName": "must have at most 100 characters"}),
        ({"description": "d" * 501}, {"description": "must have at most 500 characters"}),
        ({"isActive": "yes"}, {"isActive": "must be true or false"}),
        ({"earningMethods": []}, {"earningMethods": "must have at least 1 items"}),
        ({"currency": "USD"}, {"currency": "is not a known field"}),
        ({"programId": None}, {"programId": "must be a string"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, program_id: str, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        assert_fields_refused(merchant.api(ACTION, {"programId": program_id, **fields}), problems)
        assert_fields_refused(merchant.sandbox(ACTION, {"programId": "p", **fields}), problems)


def test_requires_the_program(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {"programName": "Neu"})

    assert_fields_refused(answer, {"programId": "is required"})


def test_refuses_an_unknown_program(merchant: Merchant) -> None:
    with nothing_written():
        answer = update(merchant, "lp_absent", programName="Neu")

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND", message="There is no program lp_absent.")


def test_the_store_that_is_named_must_be_the_programs(merchant: Merchant, program_id: str) -> None:
    with nothing_written():
        answer = update(merchant, program_id, storeId="store_other", programName="Neu")

    assert_refused(answer, 404, "PROGRAM_NOT_FOUND")
    assert update(merchant, program_id, storeId=merchant.store_id).status == 200


# Idempotency


def test_a_key_changes_once(frozen_clock: Clock, merchant: Merchant) -> None:
    program_id = merchant.program()
    first = update(merchant, program_id, "k1", programName="Eins")
    update(merchant, program_id, programName="Zwei")
    frozen_clock.advance(minutes=20)

    with nothing_written():
        again = update(merchant, program_id, "k1", programName="Eins")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert program(merchant, program_id)["programName"] == "Zwei"


def test_a_repeated_change_shows_the_rules_of_then(merchant: Merchant, program_id: str) -> None:
    first = update(merchant, program_id, "k1", rules={"pointsPerEuro": 2})
    update(merchant, program_id, rules={"pointsPerEuro": 3})

    with nothing_written():
        again = update(merchant, program_id, "k1", rules={"pointsPerEuro": 2})

    assert first.body["rules"]["pointsPerEuro"] == 2
    assert (again.body, again.is_replay) == (first.body, True)
    assert program(merchant, program_id)["rules"]["pointsPerEuro"] == 3


def test_a_change_whose_rules_were_not_kept_shows_those_of_now(
    merchant: Merchant, program_id: str
) -> None:
    first = update(merchant, program_id, "k1", programName="Eins")
    claim_id = ids.digest(merchant.account_id, ACTION, "k1")
    read = client.get_one(paths.idempotency_key(claim_id))
    assert read.data is not None
    kept = {name: value for name, value in read.data["result"].items() if name != "rules"}
    client.commit([client.Update(read, {"result": kept})])

    again = update(merchant, program_id, "k1", programName="Eins")

    assert (again.body, again.is_replay) == (first.body, True)


def test_a_key_with_another_body_is_refused(merchant: Merchant, program_id: str) -> None:
    update(merchant, program_id, "k1", programName="Eins")

    with nothing_written():
        answer = update(merchant, program_id, "k1", programName="Zwei")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")
    assert program(merchant, program_id)["programName"] == "Eins"


def test_a_key_that_was_refused_may_be_used_again(merchant: Merchant, program_id: str) -> None:
    assert update(merchant, program_id, "k1", rules=RULES["stamps"]).status == 400

    assert update(merchant, program_id, "k1", programName="Eins").status == 200


# Sandbox


def test_the_sandbox_changes_nothing(merchant: Merchant, program_id: str) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"programId": program_id, "programName": "Neu"})

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "programId": program_id,
        "storeId": "store_a",
        "updatedAt": "2026-03-03T12:00:00.000Z",
        "rules": {**RULES["stamps"], "requiredStamps": 8},
        "_sandbox": True,
    }


def test_the_sandbox_refuses_rules_that_fit_no_type(merchant: Merchant) -> None:
    def sandbox(rules: dict[str, Any]) -> Answer:
        return merchant.sandbox(ACTION, {"programId": "p", "rules": rules})

    with nothing_written():
        for rules in RULES.values():
            assert sandbox(rules).status == 200
        negative = sandbox({"pointsPerEuro": -1, "minimumPurchase": 5})
        mixed = sandbox({"cashbackPercentage": 3, "requiredStamps": 10})

    assert_fields_refused(negative, {"rules.pointsPerEuro": "must be greater than 0"})
    assert_fields_refused(mixed, {"rules.cashbackPercentage": "is for cashback programs"})


def test_the_sandbox_refuses_parts_of_a_tier(merchant: Merchant) -> None:
    with nothing_written():
        refused = merchant.sandbox(ACTION, {"programId": "p", "rules": {"tiers": [{"name": "A"}]}})

    assert_fields_refused(refused, {"rules.tiers[0].minPoints": "is required"})


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, {"requiredStamps": 8, "stampsPerPurchase": 1, "pointsPerCheckin": 1}),
        (
            {"requiredStamps": 5, "stampsPerPurchase": None},
            {"requiredStamps": 5, "stampsPerPurchase": 1, "pointsPerCheckin": 1},
        ),
        (
            {"maxCashbackPerTransaction": None},
            {"cashbackPercentage": 3},
        ),
    ],
)
def test_the_sandbox_answers_with_whole_rules(
    merchant: Merchant, changes: dict[str, Any], rules: dict[str, Any]
) -> None:
    with nothing_written():
        answer = merchant.sandbox(ACTION, {"programId": "p", "rules": changes})

    assert {**answer.body["rules"], **rules} == answer.body["rules"]
    assert None not in answer.body["rules"].values()


def test_raised_thresholds_take_no_tier_from_a_member(merchant: Merchant) -> None:
    member = merchant.member("tier", balance=600)
    raised = [{"name": "Bronze", "minPoints": 0}, {"name": "Silber", "minPoints": 800}]
    rules = {"pointsPerEuro": 10, "tiers": raised}

    merchant.api.ok("updateLoyaltyProgram", {"programId": member.program_id, "rules": rules})
    redeemed = member.redeem(10).body
    earned = member.earn(5)

    assert (redeemed["currentTier"], earned["currentTier"]) == ("Silber", "Silber")
    assert member.balance()["currentTier"] == "Silber"
    assert member.balance()["pointsToFallDown"] == 1


# What time brings


def test_expiry_is_set_kept_changed_and_ended(merchant: Merchant, program_id: str) -> None:
    def expiry(**fields: Any) -> Any:
        assert update(merchant, program_id, **fields).status == 200
        return program(merchant, program_id)["pointsExpiry"]

    year = {"afterDays": 365, "alertDays": 30}
    assert expiry(programName="Neu") is None
    assert expiry(pointsExpiry={"afterDays": 365}) == year
    assert expiry(programName="Neuer") == year
    assert expiry(points_expiry={"after_days": 20}) == {"afterDays": 20, "alertDays": 19}
    assert expiry(pointsExpiry=None) is None
    assert expiry(pointsExpiry=year) == year
    assert expiry(points_expiry=None) is None


def test_expiry_is_merged(merchant: Merchant, program_id: str) -> None:
    def expiry(**fields: Any) -> Any:
        assert update(merchant, program_id, pointsExpiry=fields).status == 200
        return program(merchant, program_id)["pointsExpiry"]

    assert expiry(afterDays=365, alertDays=60) == {"afterDays": 365, "alertDays": 60}
    assert expiry(afterDays=400) == {"afterDays": 400, "alertDays": 60}
    assert expiry(alertDays=10) == {"afterDays": 400, "alertDays": 10}
    assert expiry() == {"afterDays": 400, "alertDays": 10}
    assert expiry(alertDays=None) == {"afterDays": 400, "alertDays": 30}
    assert expiry(afterDays=30) == {"afterDays": 30, "alertDays": 29}


def test_expiry_of_another_kind_is_a_new_one(merchant: Merchant, program_id: str) -> None:
    def expiry(**fields: Any) -> Any:
        assert update(merchant, program_id, pointsExpiry=fields).status == 200
        return program(merchant, program_id)["pointsExpiry"]

    renewed = {"renewedBy": ["earning"]}
    assert expiry(afterDays=365, **renewed) == {"afterDays": 365, **renewed, "alertDays": 30}
    assert expiry(afterMonths=6, endOfMonth=True)["endOfMonth"] is True
    assert expiry(afterMonths=7) == {"afterMonths": 7, "endOfMonth": True, "alertDays": 30}
    assert expiry(fixedDates=["12-31"]) == {"fixedDates": ["12-31"], "alertDays": 30}
    assert expiry(afterMonths=6) == {"afterMonths": 6, "alertDays": 30}
    year_end = {"afterMonths": 6, "fixedDates": ["12-31"], "alertDays": 30}
    assert expiry(afterMonths=6, fixedDates=["12-31"]) == year_end
    assert expiry(fixedDates=["06-30"]) == {**year_end, "fixedDates": ["06-30"]}
    assert expiry(afterMonths=None) == {"fixedDates": ["06-30"], "alertDays": 30}
    assert expiry(afterDays=10, fixedDates=[]) == {"afterDays": 10, "alertDays": 9}
    with nothing_written():
        nothing_left = update(merchant, program_id, pointsExpiry={"afterDays": None})
    assert_fields_refused(nothing_left, {"pointsExpiry": NO_TIME})


def test_changes_of_expiry_must_fit_what_stays(merchant: Merchant, program_id: str) -> None:
    with nothing_written():
        no_policy = update(merchant, program_id, pointsExpiry={"alertDays": 10})
    update(merchant, program_id, pointsExpiry={"afterDays": 20})
    with nothing_written():
        too_early = update(merchant, program_id, pointsExpiry={"alertDays": 20})

    assert_fields_refused(no_policy, {"pointsExpiry": NO_TIME})
    assert_fields_refused(too_early, {"pointsExpiry": "must have alertDays below afterDays"})


def test_one_rounding_is_removed_for_the_other(merchant: Merchant, program_id: str) -> None:
    def expiry(**fields: Any) -> Answer:
        return update(merchant, program_id, pointsExpiry=fields)

    assert expiry(afterDays=90, endOfMonth=True).status == 200
    with nothing_written():
        dates = expiry(afterDays=90, fixedDates=["12-31"])
    assert expiry(afterDays=90, fixedDates=["12-31"], endOfMonth=False).status == 200
    with nothing_written():
        month = expiry(endOfMonth=True)
    assert expiry(endOfMonth=True, fixedDates=None).status == 200

    problem = "must have endOfMonth: false with fixedDates, as the program has endOfMonth"
    assert_fields_refused(dates, {"pointsExpiry": problem})
    problem = "must have fixedDates: null with endOfMonth, as the program has fixedDates"
    assert_fields_refused(month, {"pointsExpiry": problem})


def test_the_earning_base_is_replaced_as_a_whole(merchant: Merchant, program_id: str) -> None:
    def base(**fields: Any) -> Any:
        assert update(merchant, program_id, **fields).status == 200
        return program(merchant, program_id)["earningBase"]

    first = base(earningBase={"excludedCategories": ["tobacco"]})
    assert first["excludedCategories"] == ["tobacco"]
    assert base(programName="Neu") == base(earningBase=None) == first
    other = base(earningBase={"taxMode": "net", "vatPercent": 7})
    assert other == {**first, "taxMode": "net", "vatPercent": 7, "excludedCategories": []}


def test_milestones_are_replaced(merchant: Merchant, program_id: str) -> None:
    def milestones(**fields: Any) -> Any:
        assert update(merchant, program_id, **fields).status == 200
        return program(merchant, program_id)["milestones"]

    assert milestones(milestones=[50, 100]) == [50, 100]
    assert milestones(programName="Neu") == [50, 100]
    assert milestones(milestones=None) == [50, 100]
    assert milestones(milestones=[]) == []


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"pointsExpiry": {"afterDays": 0}}, {"pointsExpiry.afterDays": "must be at least 1"}),
        (
            {"pointsExpiry": {"afterDays": 5, "alertDays": 5}},
            {"pointsExpiry": "must have alertDays below afterDays"},
        ),
        ({"milestones": [5, 5]}, {"milestones": "must ascend, each different"}),
        # What no program counts in, and what this one does not.
        (
            {"milestones": [0.0001]},
            {"milestones[0]": "must be a number with at most 3 decimals"},
        ),
        ({"milestones": [1, 1.5]}, {"milestones[1]": "must be a whole number"}),
    ],
)
def test_refuses_what_cannot_come(
    merchant: Merchant, program_id: str, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    before = program(merchant, program_id)

    with nothing_written():
        answer = update(merchant, program_id, **fields)

    assert_fields_refused(answer, problems)
    assert program(merchant, program_id) == before


def test_what_a_point_is_worth(merchant: Merchant) -> None:
    points = merchant.program("points", pointValue=0.005)
    cashback = merchant.program("cashback")
    body = {"programId": cashback, "pointValue": 1}

    with nothing_written():
        answer = merchant.api("updateLoyaltyProgram", body)

    problem = "is not for cashback, which is money already"
    assert_fields_refused(answer, {"pointValue": problem})
    for change, held in [({}, 0.005), ({"pointValue": 0.02}, 0.02), ({"pointValue": None}, None)]:
        merchant.api.ok("updateLoyaltyProgram", {"programId": points, **change})
        shown = merchant.api.ok("getLoyaltyProgram", {"programId": points})
        assert shown["program"]["pointValue"] == held
