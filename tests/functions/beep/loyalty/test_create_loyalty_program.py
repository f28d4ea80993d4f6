"""createLoyaltyProgram: in the store and at the top level at once, within what the package has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from shared.domain.loyalty.expiry import NO_TIME
from shared.store import client, paths, protocol
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.library import library
from tests.support.merchants import RULES, Member, Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import interfered

ACTION = "createLoyaltyProgram"
NOW = "2026-03-03T12:00:00.000Z"
REWARD = {"title": "10% Rabatt", "type": "discount_percent", "requiredPoints": 10}


def create(
    merchant: Merchant,
    program_type: str = "points",
    idempotency_key: str | None = None,
    **fields: Any,
) -> Answer:
    body = {
        "storeId": merchant.store_id,
        "programName": "Stammkunden",
        "programType": program_type,
        "rules": RULES[program_type],
        **fields,
    }
    return merchant.api(ACTION, body, idempotency_key=idempotency_key)


def program(merchant: Merchant, answer: Answer) -> dict[str, Any]:
    """Return the program that an answer tells of, as the API shows it."""
    assert answer.status == 200, answer.body
    found = merchant.api.get("getLoyaltyProgram", {"programId": answer.body["programId"]})
    body: dict[str, Any] = found.body["program"]
    return body


def programs_of(merchant: Merchant) -> dict[str, Any]:
    """Return all that is stored of a store's programs."""
    return {
        "store": stored.document(paths.store(merchant.store_id)),
        "programs": stored.documents(f"{paths.store(merchant.store_id)}/loyaltyPrograms"),
    }


BASE = {
    "taxMode": "gross",
    "vatPercent": None,
    "excludedCategories": [],
    "excludedProductIds": [],
    "excludedTypes": ["voucher", "gift_card", "deposit", "tip"],
    "shippingEarns": False,
}


@pytest.mark.usefixtures("frozen_clock")
def test_creates_an_inactive_program_with_the_defaults(merchant: Merchant) -> None:
    answer = create(merchant)

    program_id = answer.body["programId"]
    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "programId": program_id,
        "storeId": merchant.store_id,
        "createdAt": NOW,
    }
    assert not answer.is_replay
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert stored.of_program(merchant, program_id) == {
        "programId": program_id,
        "accountId": merchant.account_id,
        "storeId": merchant.store_id,
        "programName": "Stammkunden",
        "programType": "points",
        "description": "",
        "rules": {"pointsPerEuro": "10", "minimumPurchase": "5", "pointsPerCheckin": 5},
        "rewards": [],
        "branding": {"color": None, "logo": None},
        "earningMethods": ["qr_checkin", "store_checkin"],
        "isActive": False,
        "pointsExpiry": None,
        "ruleExpiries": [],
        "milestones": ["100", "500", "1000", "5000", "10000", "50000", "100000"],
        "earningBase": BASE,
        "pendingDays": 0,
        "redemptionCancelDays": 14,
        "refundPolicy": "within_balance",
        "transfers": "none",
        "checkInLimit": {"perDay": 1, "minutesBetween": 0},
        "welcomeBonus": "0",
        "eventRules": [],
        "receiptClaims": None,
        "salesChannelId": None,
        "referral": None,
        "pointValue": None,
        "tierPolicy": None,
        "offlineOverdraft": "0",
        "allowsUnverified": False,
        "earningLimits": {
            "maxPerBooking": None,
            "maxPerDay": None,
            "maxPerMonth": None,
            "whenExceeded": "truncate",
        },
        "campaigns": [],
        "archivedRewards": [],
        "currency": "EUR",
        "timeZone": "Europe/Berlin",
        "createdAt": now,
        "updatedAt": now,
    }


@pytest.mark.parametrize("program_type", ["stamps", "points", "cashback", "tier"])
def test_takes_the_documented_rules(merchant: Merchant, program_type: str) -> None:
    body = program(merchant, create(merchant, program_type))

    assert (body["programType"], body["rules"]) == (program_type, RULES[program_type])


@pytest.mark.parametrize(
    ("program_type", "least"),
    [
        ("stamps", {"requiredStamps": 1}),
        ("points", {"pointsPerEuro": 0.0001}),
        ("cashback", {"cashbackPercentage": 0.01}),
        ("tier", {"pointsPerEuro": 1, "tiers": [{"name": "Basis", "minPoints": 0}]}),
    ],
)
def test_rules_may_be_short(merchant: Merchant, program_type: str, least: dict[str, Any]) -> None:
    body = program(merchant, create(merchant, program_type, rules=least))

    defaults = {"stampsPerPurchase": 1} if program_type == "stamps" else {}
    assert body["rules"] == {**least, **defaults}


def test_takes_snake_case(merchant: Merchant) -> None:
    body = {
        "store_id": merchant.store_id,
        "program_name": "Stammkunden",
        "program_type": "tier",
        "rules": {
            "points_per_euro": 10,
            "points_per_checkin": 5,
            "tiers": [{"name": "Bronze", "min_points": 0}],
        },
        "rewards": [{"title": "T", "type": "voucher", "required_points": 3}],
        "earning_methods": ["scan_and_go"],
        "is_active": True,
    }

    answer = merchant.api(ACTION, body)

    created = program(merchant, answer)
    assert created["rules"] == {
        "pointsPerEuro": 10,
        "pointsPerCheckin": 5,
        "tiers": [{"name": "Bronze", "minPoints": 0}],
    }
    assert created["rewards"][0]["requiredPoints"] == 3
    assert (created["earningMethods"], created["isActive"]) == (["scan_and_go"], True)


def test_keeps_all_that_it_is_told(merchant: Merchant) -> None:
    told = {
        "description": "Jeder zehnte Kaffee ist gratis.",
        "branding": {"color": "#2563EB", "logo": "https://example.com/logo.png"},
        "earningMethods": ["click_collect", "qr_checkin", "scan_and_go", "store_checkin"],
        "isActive": True,
    }

    body = program(merchant, create(merchant, "stamps", **told))

    assert {name: body[name] for name in told} == told


def test_earning_methods_count_once(merchant: Merchant) -> None:
    methods = ["qr_checkin", "qr_checkin", "scan_and_go"]

    body = program(merchant, create(merchant, earningMethods=methods))

    assert body["earningMethods"] == ["qr_checkin", "scan_and_go"]


def test_rewards_get_ids(merchant: Merchant) -> None:
    rewards = [REWARD, REWARD, {**REWARD, "rewardId": "mine"}]

    found = program(merchant, create(merchant, rewards=rewards))["rewards"]

    ids = [reward["rewardId"] for reward in found]
    assert len(set(ids)) == 3
    assert ids[2] == "mine"
    assert all(each.startswith("rw_") for each in ids[:2])
    assert found[2] == {
        **REWARD,
        "rewardId": "mine",
        "description": "",
        "isActive": True,
        "stock": None,
        "validFrom": None,
        "validUntil": None,
    }


def test_rewards_keep_fields_of_their_own(merchant: Merchant) -> None:
    own = {"value": 10, "percent": 12.5, "sku": "K-1", "isVegan": True, "snake_case": "kept"}
    timed = {
        "stock": 3,
        "validFrom": "2026-01-01T00:00:00+01:00",
        "validUntil": "2027-01-01T00:00:00.000Z",
    }

    (found,) = program(merchant, create(merchant, rewards=[{**REWARD, **own, **timed}]))["rewards"]

    assert found == {
        **REWARD,
        **own,
        "rewardId": found["rewardId"],
        "description": "",
        "isActive": True,
        "stock": 3,
        "validFrom": "2025-12-31T23:00:00.000Z",
        "validUntil": "2027-01-01T00:00:00.000Z",
    }


def test_the_stock_of_a_reward_is_counted_beside_it(merchant: Merchant) -> None:
    reward = {**REWARD, "rewardId": "rw/1", "stock": 3}

    program_id = create(merchant, rewards=[reward]).body["programId"]

    path = paths.reward_stock(program_id, "rw/1")
    assert stored.document(path) == {"remaining": 3}


def test_a_reward_of_cashback_has_a_price_in_cents(merchant: Merchant) -> None:
    reward = {**REWARD, "requiredPoints": 2.5}

    (found,) = program(merchant, create(merchant, "cashback", rewards=[reward]))["rewards"]

    assert found["requiredPoints"] == 2.5


def test_time_zone_and_currency_are_those_of_the_store(
    new_merchant: Callable[..., Merchant],
) -> None:
    merchant = new_merchant(Package.GO, currency="CHF", time_zone="Europe/Zurich")

    answer = create(merchant)

    assert program(merchant, answer)["currency"] == "CHF"
    document = stored.of_program(merchant, answer.body["programId"])
    assert (document["currency"], document["timeZone"]) == ("CHF", "Europe/Zurich")


def test_the_store_may_be_named_by_header_or_query(merchant: Merchant) -> None:
    body = {"programName": "P", "programType": "stamps", "rules": RULES["stamps"]}

    by_header = merchant.api(ACTION, body, X_Beep_Store_Id=merchant.store_id)
    by_query = merchant.api(f"{ACTION}?storeId={merchant.store_id}", body)

    assert (by_header.status, by_query.status) == (200, 200)
    assert by_header.body["storeId"] == by_query.body["storeId"] == merchant.store_id


def test_the_body_goes_before_the_header(merchant: Merchant) -> None:
    body = {
        "storeId": merchant.store_id,
        "programName": "P",
        "programType": "stamps",
        "rules": RULES["stamps"],
    }

    assert merchant.api(ACTION, body, X_Beep_Store_Id="store_other").status == 200


# Refusals


@pytest.mark.parametrize("missing", ["storeId", "programName", "programType", "rules"])
def test_requires(merchant: Merchant, missing: str) -> None:
    body = {
        "storeId": merchant.store_id,
        "programName": "P",
        "programType": "stamps",
        "rules": RULES["stamps"],
    }
    del body[missing]

    with nothing_written():
        answer = merchant.api(ACTION, body)

    assert_fields_refused(answer, {missing: "is required"})


TYPES = "'stamps', 'points', 'cashback' or 'tier'"
METHODS = "'qr_checkin', 'store_checkin', 'scan_and_go' or 'click_collect'"


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"programName": ""}, {"programName": "must have at least 1 characters"}),
        ({"programName": "\t"}, {"programName": "must not be blank"}),
        ({"programName": "n" * 101}, {"programName": "must have at most 100 characters"}),
        ({"programType": "lottery"}, {"programType": f"must be one of {TYPES}"}),
        ({"description": "d" * 501}, {"description": "must have at most 500 characters"}),
        ({"description": None}, {"description": "must be a string"}),
        ({"isActive": "true"}, {"isActive": "must be true or false"}),
        ({"isActive": 1}, {"isActive": "must be true or false"}),
        ({"rules": []}, {"rules": "must be an object"}),
        ({"rules": None}, {"rules": "must be an object"}),
        ({"branding": {"color": "blue"}}, {"branding.color": "must be a colour like #2563EB"}),
        ({"branding": {"color": "#12345"}}, {"branding.color": "must be a colour like #2563EB"}),
        ({"branding": {"font": "Arial"}}, {"branding.font": "is not a known field"}),
        ({"branding": "#2563EB"}, {"branding": 'must be an object such as {"color": "..."}'}),
        ({"earningMethods": []}, {"earningMethods": "must have at least 1 items"}),
        ({"earningMethods": "qr_checkin"}, {"earningMethods": "must be an array"}),
        ({"earningMethods": ["dance"]}, {"earningMethods[0]": f"must be one of {METHODS}"}),
        ({"rewards": {}}, {"rewards": "must be an array"}),
        ({"rewards": [REWARD] * 51}, {"rewards": "must have at most 50 items"}),
        (
            {"rewards": ["coffee"]},
            {
                "rewards[0]": (
                    'must be an object such as {"title": "...", "type": "...", "requiredPoints": 1}'
                )
            },
        ),
        ({"color": "#2563EB"}, {"color": "is not a known field"}),
        ({"timeZone": "UTC"}, {"timeZone": "is not a known field"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = create(merchant, **fields)

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize(
    "logo",
    [
        "http://example.com/logo.png",
        "//example.com/logo.png",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "https://",
        "https://user:secret@example.com/logo.png",
        "https://example.com/lo go.png",
        "https://[::1/logo.png",
        'https://example.com/"><script>alert(1)</script>',
        "https://example.com/'onerror='alert(1)",
        "https://localhost/logo.png",
        "https://169.254.169.254/",
        "https://example.com/\r\nSet-Cookie:a",
        "https://example.com/#'",
        "https://example.com/" + "a" * 2_048,
        "",
    ],
)
def test_a_logo_is_a_public_https_url(merchant: Merchant, logo: str) -> None:
    with nothing_written():
        answers = [
            create(each, branding={"logo": logo}) for each in (merchant, in_sandbox(merchant))
        ]

    for answer in answers:
        (problem,) = answer.body["details"]["fields"].items()
        assert problem[0] == "branding.logo"
        assert_refused(
            answer, 400, "INVALID_PARAMETERS", answer.body["details"], message=": ".join(problem)
        )


def in_sandbox(merchant: Merchant) -> Merchant:
    """Return the merchant with the test key."""
    return replace(merchant, api=merchant.sandbox)


def test_a_program_whose_logo_is_not_allowed_any_more_is_still_shown(merchant: Merchant) -> None:
    program_id = merchant.program(branding={"logo": "https://example.com/logo.png"})
    path = paths.program(program_id)
    read = client.get_one(path)
    assert read.data is not None
    old = {"color": None, "logo": "https://localhost/logo.png"}
    client.commit([client.Update(read, {**read.data, "branding": old})])

    shown = merchant.api.ok("getLoyaltyProgram", {"programId": program_id})

    assert shown["branding"] == old


TIER = {"name": "A", "minPoints": 0}


@pytest.mark.parametrize(
    ("program_type", "rules", "problems"),
    [
        ("stamps", {}, {"rules.requiredStamps": "is required"}),
        ("stamps", {"requiredStamps": 0}, {"rules.requiredStamps": "must be at least 1"}),
        ("stamps", {"requiredStamps": 1001}, {"rules.requiredStamps": "must be at most 1000"}),
        ("stamps", {"requiredStamps": True}, {"rules.requiredStamps": "must be a whole number"}),
        ("stamps", {"requiredStamps": "10"}, {"rules.requiredStamps": "must be a whole number"}),
        ("stamps", {"requiredStamps": 9.5}, {"rules.requiredStamps": "must be a whole number"}),
        (
            "stamps",
            {"requiredStamps": 10, "stampsPerPurchase": 0},
            {"rules.stampsPerPurchase": "must be at least 1"},
        ),
        (
            "stamps",
            {"requiredStamps": 10, "pointsPerCheckin": -1},
            {"rules.pointsPerCheckin": "must be at least 0"},
        ),
        (
            "stamps",
            {"requiredStamps": 10, "pointsPerEuro": 1},
            {"rules.pointsPerEuro": "is for points and tier programs"},
        ),
        ("points", {}, {"rules.pointsPerEuro": "is required"}),
        ("points", {"pointsPerEuro": 0}, {"rules.pointsPerEuro": "must be greater than 0"}),
        (
            "points",
            {"pointsPerEuro": 100_001},
            {"rules.pointsPerEuro": "must be at most 100000"},
        ),
        (
            "points",
            {"pointsPerEuro": 0.00001},
            {"rules.pointsPerEuro": "must have at most 4 decimals"},
        ),
        (
            "points",
            {"pointsPerEuro": 1, "minimumPurchase": -1},
            {"rules.minimumPurchase": "must be at least 0"},
        ),
        ("cashback", {}, {"rules.cashbackPercentage": "is required"}),
        (
            "cashback",
            {"cashbackPercentage": 100.01},
            {"rules.cashbackPercentage": "must be at most 100"},
        ),
        (
            "cashback",
            {"cashbackPercentage": 0},
            {"rules.cashbackPercentage": "must be greater than 0"},
        ),
        (
            "cashback",
            {"cashbackPercentage": 3, "maxCashbackPerTransaction": 0},
            {"rules.maxCashbackPerTransaction": "must be greater than 0"},
        ),
        ("tier", {"pointsPerEuro": 1}, {"rules.tiers": "is required"}),
        (
            "tier",
            {"pointsPerEuro": 1, "tiers": []},
            {"rules.tiers": "must have at least 1 items"},
        ),
        (
            "tier",
            {"pointsPerEuro": 1, "tiers": [{"name": ""}]},
            {
                "rules.tiers[0].name": "must have at least 1 characters",
                "rules.tiers[0].minPoints": "is required",
            },
        ),
        (
            "tier",
            {"pointsPerEuro": 1, "tiers": [TIER, {"name": "B", "minPoints": 0}]},
            {"rules": "must have tiers in ascending order of minPoints, each different"},
        ),
        (
            "tier",
            {"pointsPerEuro": 1, "tiers": [{"name": "B", "minPoints": 9}, TIER]},
            {"rules": "must have tiers in ascending order of minPoints, each different"},
        ),
        (
            "tier",
            {"pointsPerEuro": 1, "tiers": [TIER, {"name": "a", "minPoints": 9}]},
            {"rules": "must have tiers with different names"},
        ),
    ],
)
def test_rules_must_fit_the_type(
    merchant: Merchant, program_type: str, rules: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = create(merchant, program_type, rules=rules)

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"title": ""}, {"rewards[0].title": "must have at least 1 characters"}),
        ({"requiredPoints": 0}, {"rewards[0].requiredPoints": "must be greater than 0"}),
        ({"requiredPoints": 1.5}, {"rewards[0].requiredPoints": "must be a whole number"}),
        (
            {"requiredPoints": 1_000_000_001},
            {"rewards[0].requiredPoints": "must be from 0 to 1000000000"},
        ),
        ({"stock": -1}, {"rewards[0].stock": "must be at least 0"}),
        ({"rewardId": ""}, {"rewards[0].rewardId": "must have at least 1 characters"}),
        (
            {"validFrom": "tomorrow"},
            {"rewards[0].validFrom": "must be an ISO 8601 time, like " + NOW},
        ),
        (
            {"validFrom": "2026-03-03T12:00:00"},
            {"rewards[0].validFrom": "must have a time zone, like " + NOW},
        ),
        (
            {"validFrom": "0001-01-01T00:00:00+14:00"},
            {"rewards[0].validFrom": "must be a time from 1970-01-01 to 9999-12-30"},
        ),
        ({"value": [1]}, {"rewards[0]": "must have a short plain value for value"}),
        ({"value": None}, {"rewards[0]": "must have a short plain value for value"}),
        ({"value": "x" * 501}, {"rewards[0]": "must have a short plain value for value"}),
        ({"value": 2**53 + 1}, {"rewards[0]": "must have a short plain value for value"}),
        ({"a.b": 1}, {"rewards[0]": "must have names of letters, digits and _"}),
        (
            {f"own{number}": number for number in range(21)},
            {"rewards[0]": "must have at most 20 fields of its own"},
        ),
    ],
)
def test_refuses_a_reward(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        live = create(merchant, rewards=[{**REWARD, **fields}])

    assert_fields_refused(live, problems)


def test_refuses_two_rewards_of_one_id(merchant: Merchant) -> None:
    with nothing_written():
        answer = create(
            merchant, rewards=[{**REWARD, "rewardId": "r"}, {**REWARD, "rewardId": "r"}]
        )

    assert_fields_refused(answer, {"rewards[1].rewardId": "is used twice"})


def test_refuses_a_price_finer_than_the_currency(merchant: Merchant) -> None:
    with nothing_written():
        answer = create(merchant, "cashback", rewards=[{**REWARD, "requiredPoints": 0.125}])

    problem = "must be a number with at most 2 decimals"
    assert_fields_refused(answer, {"rewards[0].requiredPoints": problem})


def test_refuses_an_unknown_store(merchant: Merchant) -> None:
    with nothing_written():
        answer = create(merchant, storeId="store_absent")

    assert_refused(answer, 404, "STORE_NOT_FOUND", message="There is no store store_absent.")


def test_a_store_has_a_hundred_programs(merchant: Merchant) -> None:
    path = paths.store(merchant.store_id)
    listed = {"programIds": [f"lp_{number}" for number in range(99)]}
    client.commit([client.Update(client.get_one(path), listed)])
    assert create(merchant).status == 200

    with nothing_written():
        answer = create(merchant)

    message = "A store has at most 100 programs."
    fix = "Change one that exists with updateLoyaltyProgram: programs are never deleted."
    assert_refused(answer, 400, "LIMIT_EXCEEDED", message=message, fix=fix)


# What the package has


@pytest.mark.parametrize("package", [Package.GO, Package.GROW, Package.PRIME])
def test_more_than_one_active_program_needs_grow(
    new_merchant: Callable[..., Merchant], package: Package
) -> None:
    merchant = new_merchant(package)
    assert create(merchant, isActive=True).status == 200
    assert create(merchant).status == 200
    before = programs_of(merchant)

    answer = create(merchant, isActive=True)

    if package is not Package.GO:
        assert answer.status == 200
        return
    assert_refused(
        answer,
        403,
        "ENDPOINT_NOT_ALLOWED",
        message="Your package has one active program a store.",
        requiredUpgrade="GROW",
        currentPackage="GO",
    )
    assert programs_of(merchant) == before


def test_of_two_active_programs_at_once_one_is_refused_on_go(
    new_merchant: Callable[..., Merchant],
) -> None:
    merchant = new_merchant(Package.GO)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: create(merchant, isActive=True), range(6)))

    statuses = Counter((answer.status, answer.error) for answer in answers)
    assert statuses == {(200, None): 1, (403, "ENDPOINT_NOT_ALLOWED"): 5}
    state = programs_of(merchant)
    assert state["store"]["activeProgramIds"] == list(state["programs"])
    assert len(state["programs"]) == 1


def test_deactivating_makes_room_on_go(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(Package.GO)
    first = create(merchant, isActive=True).body["programId"]
    merchant.api.ok("updateLoyaltyProgram", {"programId": first, "isActive": False})

    answer = create(merchant, isActive=True)

    assert answer.status == 200
    state = programs_of(merchant)
    assert state["store"]["activeProgramIds"] == [answer.body["programId"]]
    assert state["store"]["programIds"] == [first, answer.body["programId"]]


@pytest.mark.parametrize("reward_type", ["custom", "experience"])
def test_custom_rewards_need_grow(new_merchant: Callable[..., Merchant], reward_type: str) -> None:
    rewards = [REWARD, {**REWARD, "type": reward_type}]
    merchant = new_merchant(Package.GO)
    assert create(new_merchant(Package.GROW), rewards=rewards).status == 200

    with nothing_written():
        answer = create(merchant, rewards=rewards)

    built_in = ["discount_amount", "discount_percent", "free_product", "voucher"]
    assert_refused(
        answer,
        403,
        "ENDPOINT_NOT_ALLOWED",
        {"builtInTypes": built_in},
        message=f"Rewards of type {reward_type} are custom rewards.",
        requiredUpgrade="GROW",
        currentPackage="GO",
    )


@pytest.mark.parametrize(
    "reward_type", ["discount_percent", "discount_amount", "free_product", "voucher"]
)
def test_built_in_rewards_are_for_all(
    new_merchant: Callable[..., Merchant], reward_type: str
) -> None:
    rewards = [{**REWARD, "type": reward_type}]

    assert create(new_merchant(Package.GO), rewards=rewards).status == 200


# Idempotency


def test_a_key_creates_one_program(frozen_clock: Clock, merchant: Merchant) -> None:
    first = create(merchant, idempotency_key="k1", rewards=[REWARD])
    frozen_clock.advance(minutes=20)

    with nothing_written():
        again = create(merchant, idempotency_key="k1", rewards=[REWARD])

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert list(programs_of(merchant)["programs"]) == [first.body["programId"]]


def test_a_key_with_another_body_is_refused(merchant: Merchant) -> None:
    create(merchant, idempotency_key="k1")

    with nothing_written():
        answer = create(merchant, idempotency_key="k1", programName="Other")

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")
    assert len(programs_of(merchant)["programs"]) == 1


def test_a_key_that_was_refused_may_be_used_again(merchant: Merchant) -> None:
    assert create(merchant, idempotency_key="k1", programName="").status == 400
    assert create(merchant, idempotency_key="k1", storeId="store_absent").status == 404

    assert create(merchant, idempotency_key="k1").status == 200


def test_one_key_many_times_at_once_creates_one_program(merchant: Merchant) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: create(merchant, idempotency_key="k1"), range(8)))

    assert [answer.status for answer in answers] == [200] * 8
    assert len({answer.body["programId"] for answer in answers}) == 1
    assert len(programs_of(merchant)["programs"]) == 1


def test_without_a_key_each_request_creates_one(merchant: Merchant) -> None:
    create(merchant)
    create(merchant)

    assert len(programs_of(merchant)["programs"]) == 2


def test_gives_up_when_others_are_always_faster(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BACKOFF_MAX_S", 0)
    store = library().document(paths.store(merchant.store_id))
    names = iter(range(10_000))

    with interfered(lambda: store.update({"name": f"Store {next(names)}"})):
        answer = create(merchant, idempotency_key="k1")

    assert_refused(answer, 503, "BUSY")
    assert answer.headers["Retry-After"] == "1"
    assert programs_of(merchant)["programs"] == {}
    retried = create(merchant, idempotency_key="k1")
    assert (retried.status, retried.is_replay) == (200, False)


# Sandbox


def test_the_sandbox_creates_nothing(merchant: Merchant) -> None:
    body = {
        "storeId": "store_a",
        "programName": "P",
        "programType": "stamps",
        "rules": RULES["stamps"],
        "rewards": [{**REWARD, "type": "custom"}],
        "isActive": True,
    }

    with nothing_written():
        answer = merchant.sandbox(ACTION, body)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "programId": "lp_abc123",
        "storeId": "store_a",
        "createdAt": NOW,
        "_sandbox": True,
    }


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"programName": ""}, {"programName": "must have at least 1 characters"}),
        ({"rules": {"pointsPerEuro": 1}}, {"rules.requiredStamps": "is required"}),
        ({"rewards": [{**REWARD, "requiredPoints": 1.5}]}, None),
    ],
)
def test_the_sandbox_validates(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str] | None
) -> None:
    body = {
        "storeId": "store_a",
        "programName": "P",
        "programType": "stamps",
        "rules": RULES["stamps"],
        **fields,
    }
    if problems is None:
        problems = {"rewards[0].requiredPoints": "must be a whole number"}
    if "rules" in fields:
        problems = {**problems, "rules.pointsPerEuro": "is for points and tier programs"}

    with nothing_written():
        answer = merchant.sandbox(ACTION, body)

    assert_fields_refused(answer, problems)


def test_a_program_in_the_sandbox_can_be_used_like_a_real_one(merchant: Merchant) -> None:
    member = Member(merchant, "lp_anything", "anybody")
    actions = {
        "enrollInLoyaltyProgram": {},
        "addLoyaltyPoints": {"points": 50},
        "redeemLoyaltyPoints": {"points": 10, "rewardDescription": "10% Rabatt"},
        "getCustomerBalance": {},
    }

    with nothing_written():
        answers = [
            merchant.sandbox.ok(action, {**member.ids, **fields})
            for action, fields in actions.items()
        ]

    assert all(answer["programId"] == "lp_anything" for answer in answers)
    assert all(answer["userId"] == "anybody" for answer in answers)
    assert all(answer["_sandbox"] is True for answer in answers)


# What time brings


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"afterDays": 365, "alertDays": 30}, {"afterDays": 365, "alertDays": 30}),
        ({"afterDays": 3650, "alertDays": 365}, {"afterDays": 3650, "alertDays": 365}),
        ({"after_days": 2, "alert_days": 0}, {"afterDays": 2, "alertDays": 0}),
        ({"afterDays": 365}, {"afterDays": 365, "alertDays": 30}),
        ({"afterDays": 31.0, "alertDays": None}, {"afterDays": 31, "alertDays": 30}),
        ({"afterDays": 30}, {"afterDays": 30, "alertDays": 29}),
        ({"afterDays": 1}, {"afterDays": 1, "alertDays": 0}),
        ({"afterMonths": 12}, {"afterMonths": 12, "alertDays": 30}),
        (
            {"afterMonths": 1, "endOfMonth": True, "renewedBy": ["spending", "earning"]},
            {
                "afterMonths": 1,
                "endOfMonth": True,
                "renewedBy": ["earning", "spending"],
                "alertDays": 27,
            },
        ),
        ({"fixedDates": ["12-31"]}, {"fixedDates": ["12-31"], "alertDays": 30}),
        (
            {"afterDays": 90, "fixedDates": ["02-29", "06-30"], "alertDays": 0},
            {"afterDays": 90, "fixedDates": ["02-29", "06-30"], "alertDays": 0},
        ),
        (None, None),
    ],
)
def test_points_may_expire(
    merchant: Merchant, sent: dict[str, Any] | None, shown: dict[str, Any] | None
) -> None:
    answer = create(merchant, pointsExpiry=sent)

    assert program(merchant, answer)["pointsExpiry"] == shown
    kept = stored.of_program(merchant, answer.body["programId"])["pointsExpiry"]
    assert (kept and {name: each for name, each in kept.items() if each or name in shown}) == shown


def test_a_rule_may_have_an_expiry_of_its_own(merchant: Merchant) -> None:
    sent = [
        {"rule": "welcome", "afterDays": 30},
        {"rule": "event:birthday", "afterMonths": 2, "endOfMonth": True, "alertDays": 0},
    ]
    answer = create(merchant, ruleExpiries=sent)

    assert program(merchant, answer)["ruleExpiries"] == [{**sent[0], "alertDays": 29}, sent[1]]


@pytest.mark.parametrize(
    ("policy", "problems"),
    [
        ({}, {"pointsExpiry": NO_TIME}),
        ({"afterDays": 0}, {"pointsExpiry.afterDays": "must be at least 1"}),
        ({"afterDays": 3651}, {"pointsExpiry.afterDays": "must be at most 3650"}),
        ({"afterDays": 1.5}, {"pointsExpiry.afterDays": "must be a whole number"}),
        ({"afterDays": 9, "alertDays": -1}, {"pointsExpiry.alertDays": "must be at least 0"}),
        (
            {"afterDays": 999, "alertDays": 366},
            {"pointsExpiry.alertDays": "must be at most 365"},
        ),
        (
            {"afterDays": 30, "alertDays": 30},
            {"pointsExpiry": "must have alertDays below afterDays"},
        ),
        ({"afterDays": 9, "months": 1}, {"pointsExpiry.months": "is not a known field"}),
        (365, {"pointsExpiry": 'must be an object such as {"afterDays": 1}'}),
        (
            {"afterDays": 9, "afterMonths": 1},
            {"pointsExpiry": "must have afterDays or afterMonths, not both"},
        ),
        (
            {"fixedDates": ["12-31"], "endOfMonth": True},
            {"pointsExpiry": "must have endOfMonth or fixedDates, not both"},
        ),
        ({"renewedBy": ["earning"]}, {"pointsExpiry": NO_TIME}),
        (
            {"afterMonths": 1, "alertDays": 28},
            {"pointsExpiry": "must have alertDays below 28 for each of afterMonths"},
        ),
        (
            {"fixedDates": ["02-30"]},
            {"pointsExpiry.fixedDates[0]": "must be a day of the year, like 12-31"},
        ),
        (
            {"fixedDates": ["12-31", "06-30"]},
            {"pointsExpiry.fixedDates": "must ascend, each different"},
        ),
    ],
)
def test_refuses_an_expiry(merchant: Merchant, policy: Any, problems: dict[str, str]) -> None:
    with nothing_written():
        answer = create(merchant, pointsExpiry=policy)

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize(
    ("expiries", "problems"),
    [
        (
            [{"rule": "welcome", "afterDays": 9}, {"rule": "welcome", "afterDays": 5}],
            {"ruleExpiries": "must have one expiry for each rule"},
        ),
        (
            [{"rule": "check_in"}],
            {"ruleExpiries[0]": "must have afterDays, afterMonths or fixedDates"},
        ),
    ],
)
def test_refuses_an_expiry_of_a_rule(
    merchant: Merchant, expiries: Any, problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = create(merchant, ruleExpiries=expiries)

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize(
    ("program_type", "milestones"),
    [
        ("points", [1, 10, 1_000_000_000]),
        ("cashback", [0.01, 99.99, 100]),
        ("tier", list(range(1, 21))),
        ("stamps", []),
    ],
)
def test_a_merchant_chooses_the_milestones(
    merchant: Merchant, program_type: str, milestones: list[float]
) -> None:
    answer = create(merchant, program_type, milestones=milestones)

    assert program(merchant, answer)["milestones"] == milestones


@pytest.mark.parametrize(
    ("program_type", "milestones", "problems"),
    [
        ("points", [0], {"milestones[0]": "must be greater than 0"}),
        ("points", [1, 1.5], {"milestones[1]": "must be a whole number"}),
        ("points", [1, 1], {"milestones": "must ascend, each different"}),
        ("points", [2, 1], {"milestones": "must ascend, each different"}),
        ("points", list(range(1, 22)), {"milestones": "must have at most 20 items"}),
        ("points", [1_000_000_001], {"milestones[0]": "must be from 0 to 1000000000"}),
        ("points", ["100"], {"milestones[0]": "must be a number"}),
        ("points", None, {"milestones": "must be an array"}),
        ("cashback", [0.001], {"milestones[0]": "must be a number with at most 2 decimals"}),
        ("cashback", [0.0001], {"milestones[0]": "must be a number with at most 3 decimals"}),
    ],
)
def test_refuses_milestones(
    merchant: Merchant, program_type: str, milestones: Any, problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = create(merchant, program_type, milestones=milestones)

    assert_fields_refused(answer, problems)


def test_milestones_are_in_the_unit_of_the_currency(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(currency="JPY")

    with nothing_written():
        answer = create(merchant, "cashback", milestones=[0.5])

    assert_fields_refused(answer, {"milestones[0]": "must be a whole number"})


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, BASE),
        ({"excludedCategories": ["a", "a"]}, {**BASE, "excludedCategories": ["a"]}),
        ({"taxMode": "net", "vatPercent": 19}, {**BASE, "taxMode": "net", "vatPercent": 19}),
        ({"excludedTypes": []}, {**BASE, "excludedTypes": []}),
        ({"shippingEarns": True}, {**BASE, "shippingEarns": True}),
    ],
)
def test_a_merchant_says_what_earns(
    merchant: Merchant, said: dict[str, Any], kept: dict[str, Any]
) -> None:
    answer = create(merchant, "points", earningBase=said)

    assert program(merchant, answer)["earningBase"] == kept


@pytest.mark.parametrize(
    ("base", "problems"),
    [
        (
            {"taxMode": "net"},
            {"earningBase": "must have vatPercent if taxMode is net, and only then"},
        ),
        (
            {"vatPercent": 19},
            {"earningBase": "must have vatPercent if taxMode is net, and only then"},
        ),
        (
            {"excludedTypes": ["discount"]},
            {"earningBase": "cannot exclude discounts and rewards: they lower what earns"},
        ),
        (
            {"excludedTypes": ["shipping"]},
            {"earningBase": "says by shippingEarns, not by excludedTypes, whether shipping earns"},
        ),
        (
            {"excludedCategories": [""]},
            {"earningBase.excludedCategories[0]": "must have at least 1 characters"},
        ),
        ({"taxMode": "after"}, {"earningBase.taxMode": "must be one of 'gross' or 'net'"}),
    ],
)
def test_refuses_a_base(merchant: Merchant, base: dict[str, Any], problems: dict[str, str]) -> None:
    with nothing_written():
        answer = create(merchant, "points", earningBase=base)

    assert_fields_refused(answer, problems)
