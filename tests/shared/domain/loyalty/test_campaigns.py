"""Campaigns: when they hold, in every zone and through both changes of its clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import campaigns
from shared.domain.loyalty.campaigns import SHARDS, Campaign, CampaignStatus, HappyHour
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.earning import Earner, award_for_purchase
from shared.domain.loyalty.earning_base import PurchaseLine, of_amount
from shared.domain.loyalty.programs import PointsRules, Tier, TierRules
from tests.support.strategies import NOW, make_membership, make_program

ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.builds(
    HappyHour,
    st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True).map(tuple),
    st.integers(0, 1439),
    st.integers(0, 1440),
)


def make_campaign(**fields: object) -> Campaign:
    known = {
        "campaign_id": "cmp_1",
        "account_id": "acc_1",
        "store_id": "store_1",
        "program_id": "lp_1",
        "name": "C",
        "starts_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Campaign(**{**known, **fields})  # type: ignore[arg-type]


@given(HOURS, MOMENTS, ZONES)
def test_a_happy_hour_is_what_the_clock_on_the_wall_shows(
    hours: HappyHour, moment: datetime, zone: str
) -> None:
    campaign = make_campaign(happy_hours=(hours,), starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    begins = [
        datetime.combine(wall.date() - timedelta(days=back), datetime.min.time())
        + timedelta(minutes=hours.from_minute)
        for back in (0, 1)
    ]
    length = (hours.to_minute - hours.from_minute) % 1440 or 1440
    expected = any(
        begin.isoweekday() in hours.weekdays and begin <= wall < begin + timedelta(minutes=length)
        for begin in begins
    )
    assert campaign.holds(moment, zone) is expected


@pytest.mark.parametrize(
    ("utc", "holds"),
    [
        # 29 March 2026, Berlin: 02:00 becomes 03:00, so half past two is not there.
        ("2026-03-29T00:59:00Z", False),
        ("2026-03-29T01:00:00Z", True),
        ("2026-03-29T01:29:00Z", True),
        ("2026-03-29T01:30:00Z", False),
        # 25 October 2026: 03:00 becomes 02:00, so half past two is there twice.
        ("2026-10-25T00:30:00Z", True),
        ("2026-10-25T01:00:00Z", False),
        ("2026-10-25T01:30:00Z", True),
        ("2026-10-25T02:29:00Z", True),
        ("2026-10-25T02:30:00Z", False),
    ],
)
def test_a_happy_hour_through_both_changes_of_the_clock(utc: str, holds: bool) -> None:
    hours = HappyHour((7,), 2 * 60 + 30, 3 * 60 + 30)
    campaign = make_campaign(happy_hours=(hours,), starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert campaign.holds(datetime.fromisoformat(utc), "Europe/Berlin") is holds


def test_a_campaign_holds_from_its_start_until_before_its_end() -> None:
    campaign = make_campaign(ends_at=NOW + timedelta(days=1))
    moments = [NOW - timedelta(seconds=1), NOW, NOW + timedelta(hours=23), NOW + timedelta(days=1)]
    assert [campaign.status(each) for each in moments] == [
        CampaignStatus.SCHEDULED,
        CampaignStatus.RUNNING,
        CampaignStatus.RUNNING,
        CampaignStatus.ENDED,
    ]


@given(st.integers(1, 100_000), st.integers(0, 1_000))
def test_allotments_add_up_to_the_limit_and_never_shrink_when_it_is_raised(
    limit: int, more: int
) -> None:
    allotments = [campaigns.allotment(limit, shard) for shard in range(SHARDS)]
    raised = [campaigns.allotment(limit + more, shard) for shard in range(SHARDS)]
    assert sum(allotments) == limit
    assert all(each > 0 for each in (allotments[shard] for shard in campaigns.shards_of(limit)))
    assert all(low <= high for low, high in zip(allotments, raised, strict=True))


RATE = PointsRules(Decimal(10))
AMOUNTS = st.decimals(min_value="0.01", max_value=1_000, places=2)
FACTORS = st.decimals(min_value="1.1", max_value=5, places=2)


@given(
    st.lists(st.tuples(AMOUNTS, st.sampled_from([None, "coffee"])), min_size=1, max_size=6),
    st.lists(st.tuples(FACTORS, st.booleans()), max_size=4),
    st.lists(st.integers(1, 50), max_size=3),
    st.decimals(min_value="0.5", max_value=3, places=2),
)
def test_the_best_multiplier_and_all_bonuses_count_in_the_documented_order(
    bought: list[tuple[Decimal, str | None]],
    multipliers: list[tuple[Decimal, bool]],
    bonuses: list[int],
    tier_multiplier: Decimal,
) -> None:
    lines = [PurchaseLine(amount, category=category) for amount, category in bought]
    found = [
        make_campaign(
            campaign_id=f"m{number}",
            multiplier=factor,
            categories=("coffee",) if is_for_coffee else (),
        )
        for number, (factor, is_for_coffee) in enumerate(multipliers)
    ] + [
        make_campaign(campaign_id=f"b{number}", bonus=Decimal(bonus))
        for number, bonus in enumerate(bonuses)
    ]
    rules = TierRules(Decimal(10), (Tier("Gold", 0, tier_multiplier),))
    program = make_program(rules, campaigns=tuple(found))
    earner = Earner(make_membership(program), NOW)

    award = award_for_purchase(program, lines, earner)
    reversed_ = award_for_purchase(program, lines[::-1], earner)

    every = sum(Fraction(amount) for amount, _ in bought)
    coffee = sum(Fraction(amount) for amount, category in bought if category)
    extras = [
        (coffee if is_for_coffee else every) * 10 * (Fraction(factor) - 1)
        for factor, is_for_coffee in multipliers
    ]
    exact = (every * 10 + max([Fraction(0), *extras])) * Fraction(tier_multiplier) + sum(bonuses)
    assert award.requested_units == exact // 1
    assert reversed_ == award
    made_of = award.made_of
    assert made_of is not None
    parts = sum(Fraction(each.points) for each in made_of.campaigns)
    total = Fraction(made_of.base_points) * Fraction(made_of.tier_multiplier) + parts
    assert total // 1 == award.requested_units


@pytest.mark.parametrize(
    ("fields", "units"),
    [
        ({"minimum_spend": Decimal(10)}, 150),
        ({"minimum_spend": Decimal("10.01")}, 100),
        ({"tiers": ("Gold",)}, 100),
        ({"is_for_first_purchase": True}, 150),
        ({"categories": ("tea",)}, 100),
        ({"ends_at": NOW}, 100),
        ({"ended_at": NOW}, 100),
        ({"limit_per_member": 1}, 150),
    ],
)
def test_a_campaign_is_for_the_purchases_that_it_names(
    fields: dict[str, object], units: int
) -> None:
    campaign = make_campaign(bonus=Decimal(50), **fields)
    program = make_program(RATE, campaigns=(campaign,))
    earner = Earner(make_membership(program), NOW)
    assert award_for_purchase(program, of_amount(Decimal(10)), earner).awarded_units == units


def test_who_has_purchased_before_anything_was_counted_has_no_first_purchase() -> None:
    campaign = make_campaign(bonus=Decimal(50), is_for_first_purchase=True)
    program = make_program(RATE, campaigns=(campaign,))

    def granted(**fields: object) -> int:
        earner = Earner(make_membership(program, **fields), NOW)
        return award_for_purchase(program, of_amount(Decimal(10)), earner).awarded_units

    assert granted(counters=None, earned_units=5) == 100
    assert granted(counters=None) == 150
    assert granted(counters=Counters(), earned_units=5) == 150
    assert granted(counters=Counters(purchases=1)) == 100


def test_the_example_of_the_documentation() -> None:
    rules = TierRules(Decimal(1), (Tier("Gold", 0, Decimal("1.5")),))
    coffee = make_campaign(multiplier=Decimal(2), categories=("coffee",))
    bonus = make_campaign(campaign_id="cmp_2", bonus=Decimal(5))
    program = make_program(rules, campaigns=(coffee, bonus))
    lines = [PurchaseLine(Decimal("9.99"), category="coffee"), PurchaseLine(Decimal(10))]

    award = award_for_purchase(program, lines, Earner(make_membership(program), NOW))

    text = Path("docs/earning.md").read_text()
    assert "9.99 x 1.5 = 14.985; 19.99 x 1.5 + 14.985 + 5 = 49.97" in text
    assert award.made_of is not None
    assert [each.points for each in award.made_of.campaigns] == ["14.985", "5"]
    assert award.awarded_units == 49
