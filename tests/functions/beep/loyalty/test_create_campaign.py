"""createCampaign, and what campaigns do: whom they grant more, how often, under races too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.accounts.packages import Package
from shared.domain.loyalty.earning_base import of_amount
from shared.services.accounts import callers
from shared.services.loyalty import balances
from shared.store import client, paths
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Member, Merchant
from tests.support.refusals import assert_fields_refused, nothing_written

ACTION = "createCampaign"
RATE = {"pointsPerEuro": 1}


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member who gets a point for each euro."""
    return merchant.member("points", rules=RATE)


def create(member: Member, **fields: Any) -> Answer:
    body = {"programId": member.program_id, "name": "Aktion", **fields}
    return member.api(ACTION, body)


def created(member: Member, **fields: Any) -> dict[str, Any]:
    answer = create(member, **fields)
    assert answer.status == 200, answer.body
    campaign: dict[str, Any] = answer.body["campaign"]
    return campaign


def points(member: Member, amount: float, **fields: Any) -> int:
    body = member.add(purchaseAmount=amount, **fields).body
    granted: int = body["pointsAdded"]
    return granted


def test_a_multiplier_and_a_bonus_add_up(member: Member) -> None:
    double = created(member, multiplier=2)
    bonus = created(member, bonus=5)

    body = member.add(purchaseAmount=10).body

    assert body["pointsAdded"] == 25
    assert body["madeOf"]["campaigns"] == [
        {"campaignId": double["campaignId"], "points": 10},
        {"campaignId": bonus["campaignId"], "points": 5},
    ]
    (entry,) = stored.entries(member)
    assert entry.made_of is not None
    assert [each.points for each in entry.made_of.campaigns] == ["10", "5"]
    stored.assert_sound(member)


def test_a_campaign_counts_only_its_products(member: Member) -> None:
    created(member, multiplier=3, categories=["coffee"], productIds=["p1"])
    lines = [
        {"amount": 10, "category": "coffee"},
        {"amount": 5, "productId": "p1"},
        {"amount": 20, "category": "tea"},
    ]

    assert member.add(purchaseLines=lines).body["pointsAdded"] == 35 + 2 * 15


def test_a_happy_hour_follows_the_clock_of_the_store(frozen_clock: Clock, member: Member) -> None:
    hours = {"weekdays": ["mon"], "start": "17:00", "end": "19:00"}
    created(member, multiplier=2, happyHours=[hours])

    def at(day: int, hour: int, minute: int) -> int:
        frozen_clock.set(2026, 3, day, hour, minute)
        return points(member, 10)

    # 23 March is a Monday in winter time, 30 March one in summer time.
    assert [at(23, 15, 59), at(23, 16, 0), at(23, 17, 59), at(23, 18, 0)] == [10, 20, 20, 10]
    assert [at(30, 14, 59), at(30, 15, 0), at(30, 16, 59), at(30, 17, 0)] == [10, 20, 20, 10]


def test_the_first_purchase_is_one(member: Member) -> None:
    created(member, bonus=50, firstPurchaseOnly=True)

    member.earn(7)
    assert [points(member, 10), points(member, 10)] == [60, 10]


def test_a_member_has_it_as_often_as_the_limit_says_also_at_once(member: Member) -> None:
    created(member, bonus=50, limitPerMember=3)

    with ThreadPoolExecutor(8) as pool:
        granted = Counter(pool.map(lambda _: points(member, 10), range(8)))

    assert granted == {60: 3, 10: 5}
    stored.assert_sound(member)


@pytest.mark.parametrize("limit", [1, 5, 70])
def test_all_together_have_it_as_often_as_the_limit_says(member: Member, limit: int) -> None:
    campaign = created(member, bonus=50, limitTotal=limit)
    buyers = [member.other(f"buyer_{number}") for number in range(8)]
    for buyer in buyers:
        buyer.enroll()
    purchases = limit + 10

    def buy(number: int) -> int:
        return points(buyers[number % 8], 10, transactionId=f"t{number}")

    with ThreadPoolExecutor(8) as pool:
        granted = Counter(pool.map(buy, range(purchases)))

    assert granted == {60: limit, 10: 10}
    body = {"programId": member.program_id, "campaignId": campaign["campaignId"]}
    assert member.api.ok("getCampaign", body)["timesUsed"] == limit
    for buyer in buyers:
        stored.assert_sound(buyer)


def test_no_document_is_written_by_all_purchases(member: Member) -> None:
    campaign = created(member, bonus=1, limitTotal=100_000)
    buyers = [member.other(f"buyer_{number}") for number in range(10)]
    for buyer in buyers:
        buyer.enroll()

    for number in range(100):
        points(buyers[number % 10], 10)

    shards = paths.campaign_shards(member.program_id, campaign["campaignId"])
    uses = [(each.data or {})["used"] for each in client.query(shards)]
    assert sum(uses) == 100
    # Two seconds at 50 purchases a second: chance gives one of 64 shards a few of them.
    assert max(uses) <= 8


def test_an_earn_costs_two_rpcs_and_three_if_its_shard_is_used_up(member: Member) -> None:
    created(member, bonus=1, limitTotal=2)

    caller = callers.acting_for(member.merchant.account_id)

    def cost() -> tuple[int, int]:
        usage = client.start_usage()
        balances.add(
            caller,
            program_id=member.program_id,
            user_id=member.user_id,
            store_id=None,
            points=None,
            purchase_lines=of_amount(Decimal(10)),
            transaction_id=None,
            source=None,
            description="",
        )
        return usage.rpcs, usage.writes

    points(member, 10)

    costs = [cost() for _ in range(4)]

    assert stored.units(member) == [11, 11, 10, 10, 10]
    assert costs[0] in {(2, 4), (3, 4)}
    assert costs[1] in {(2, 3), (3, 3)}
    assert costs[2:] == [(2, 3), (2, 3)]


def test_what_is_bought_again_is_answered_as_before(member: Member) -> None:
    created(member, bonus=50, limitTotal=1)

    first = member.add(purchaseAmount=10, transactionId="t1").body
    member.add(purchaseAmount=10, transactionId="t2")
    again = member.add(purchaseAmount=10, transactionId="t1")

    assert again.body == first
    assert stored.units(member) == [60, 10]


def test_calculateLoyaltyPoints_uses_nothing_up(member: Member) -> None:  # noqa: N802
    created(member, bonus=50, limitTotal=1, limitPerMember=1)
    with nothing_written():
        for _ in range(3):
            body = member.api.ok("calculateLoyaltyPoints", {**member.ids, "purchaseAmount": 10})
            assert body["points"] == 60

    assert points(member, 10) == 60


def test_campaigns_come_before_the_limits_of_the_program(merchant: Merchant) -> None:
    member = merchant.member("points", rules=RATE, earningLimits={"maxPerBooking": 30})
    created(member, bonus=50)

    body = member.add(purchaseAmount=10).body

    assert (body["pointsRequested"], body["pointsAdded"], body["cappedBy"]) == (
        60,
        30,
        "maxPerBooking",
    )


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, {"body": "needs multiplier or bonus, and not both"}),
        ({"multiplier": 2, "bonus": 1}, {"body": "needs multiplier or bonus, and not both"}),
        ({"multiplier": 1}, {"multiplier": "must be greater than 1"}),
        ({"bonus": 1.5}, {"bonus": "must be a whole number"}),
        ({"bonus": 1, "tiers": ["Gold"]}, {"tiers": "names Gold, which is no tier of the program"}),
        ({"bonus": 1, "endsAt": "2026-01-01T00:00:00Z"}, {"endsAt": "must be after startsAt"}),
        (
            {"bonus": 1, "startsAt": "2025-01-01T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z"},
            {"endsAt": "must be in the future"},
        ),
        (
            {"bonus": 1, "happyHours": [{"weekdays": ["mon"], "start": "25:00", "end": "19:00"}]},
            {"happyHours[0].start": "must be a time like 17:30, up to 24:00"},
        ),
        ({"bonus": 1, "limitTotal": 0}, {"limitTotal": "must be at least 1"}),
    ],
)
def test_refuses_a_field(member: Member, fields: dict[str, Any], problems: dict[str, str]) -> None:
    with nothing_written():
        answer = create(member, **fields)

    assert_fields_refused(answer, problems)


def test_a_program_has_a_bounded_number_of_campaigns(member: Member) -> None:
    first = created(member, bonus=1)
    for _ in range(19):
        created(member, bonus=1)

    with nothing_written():
        refused = create(member, bonus=1)
    member.api.ok(
        "endCampaign", {"programId": member.program_id, "campaignId": first["campaignId"]}
    )

    assert (refused.status, refused.error) == (400, "LIMIT_EXCEEDED")
    assert create(member, bonus=1).status == 200


def test_needs_grow(new_merchant: Callable[..., Merchant]) -> None:
    member = new_merchant(Package.GO).member("points")
    with nothing_written():
        answer = create(member, bonus=1)

    assert (answer.status, answer.error) == (403, "ENDPOINT_NOT_ALLOWED")


def test_another_accounts_program_is_not_found(
    member: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other = new_merchant()
    with nothing_written():
        answer = other.api(ACTION, {"programId": member.program_id, "name": "A", "bonus": 1})

    assert (answer.status, answer.error) == (404, "PROGRAM_NOT_FOUND")


def test_a_key_creates_once(member: Member) -> None:
    body = {"programId": member.program_id, "name": "A", "bonus": 1}
    first = member.api(ACTION, body, idempotency_key="k1")
    again = member.api(ACTION, body, idempotency_key="k1")

    assert again.is_replay
    assert again.body == first.body
    assert points(member, 10) == 11
