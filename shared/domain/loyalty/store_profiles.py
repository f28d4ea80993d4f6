"""What everybody may read of a store: who it is, and the cards of its active programs.

It is a copy for people who have not signed in. What is not named here is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from shared.domain.loyalty import earning
from shared.domain.loyalty.campaigns import Campaign, HappyHour
from shared.domain.loyalty.programs import Branding, EarningMethod, Program, ProgramType, Rules
from shared.domain.loyalty.referred import ReferralTerms
from shared.domain.loyalty.rewards import Reward

TEXT_CHARS_MAX = 200
"""Of a description: all cards of a store are in one document."""


@dataclass(frozen=True, slots=True)
class RewardOnCard:
    """A reward, without its stock. ``is_for_shop``: its code is used in the online shop alone."""

    reward_id: str
    title: str
    type: str
    description: str
    required_points: Decimal
    required_tier: str | None
    percentage: Decimal | None
    amount: Decimal | None
    valid_from: datetime | None
    valid_until: datetime | None
    is_for_shop: bool = False


@dataclass(frozen=True, slots=True)
class CampaignOnCard:
    """A campaign that has not ended; the reader decides whether it holds now.

    ``is_for_some_goods``: only certain products or categories count, which the card does not name.
    """

    campaign_id: str
    name: str
    starts_at: datetime
    ends_at: datetime | None
    happy_hours: tuple[HappyHour, ...]
    multiplier: Decimal | None
    bonus: Decimal | None
    minimum_spend: Decimal | None
    tiers: tuple[str, ...]
    is_for_first_purchase: bool
    is_for_some_goods: bool = False


@dataclass(frozen=True, slots=True)
class ReferralOnCard:
    """What a program promises for a friend: to who refers, and to who joins."""

    referrer_points: Decimal
    new_member_points: Decimal
    minimum_purchase: Decimal


@dataclass(frozen=True, slots=True)
class ProgramCard:
    """An active program as somebody sees it who thinks of joining.

    ``earning_methods``: those that bring something, so check-ins only if a visit does.
    ``takes_receipts``: members can claim receipts. ``referral`` is ``None`` if it has none.
    """

    program_id: str
    program_name: str
    program_type: ProgramType
    description: str
    rules: Rules
    rewards: tuple[RewardOnCard, ...]
    branding: Branding
    campaigns: tuple[CampaignOnCard, ...]
    earning_methods: tuple[EarningMethod, ...]
    welcome_bonus: Decimal
    currency: str
    created_at: datetime
    takes_receipts: bool = False
    referral: ReferralOnCard | None = None


@dataclass(frozen=True, slots=True)
class StoreProfile:
    """A store as everybody sees it. ``cards`` are by program id."""

    store_id: str
    name: str
    logo: str | None
    address: str | None
    time_zone: str
    currency: str
    cards: Mapping[str, ProgramCard] = field(default_factory=dict)


def card_of(program: Program) -> ProgramCard | None:
    """Return the card of a program; ``None`` if it is not active."""
    if not program.is_active:
        return None
    return ProgramCard(
        program_id=program.program_id,
        program_name=program.program_name,
        program_type=program.program_type,
        description=_short(program.description),
        rules=program.rules,
        rewards=tuple(_reward(each) for each in program.rewards if each.is_active),
        branding=program.branding,
        campaigns=tuple(_campaign(each) for each in program.campaigns if each.ended_at is None),
        earning_methods=earning.methods_that_bring(program),
        welcome_bonus=program.welcome_bonus,
        currency=program.currency,
        created_at=program.created_at,
        takes_receipts=program.receipt_claims is not None,
        referral=None if program.referral is None else _referral(program.referral),
    )


def _reward(reward: Reward) -> RewardOnCard:
    return RewardOnCard(
        reward_id=reward.reward_id,
        title=reward.title,
        type=reward.type,
        description=_short(reward.description),
        required_points=reward.required_points,
        required_tier=reward.required_tier,
        percentage=reward.percentage,
        amount=reward.amount,
        valid_from=reward.valid_from,
        valid_until=reward.valid_until,
        is_for_shop=reward.shop is not None,
    )


def _campaign(campaign: Campaign) -> CampaignOnCard:
    return CampaignOnCard(
        campaign_id=campaign.campaign_id,
        name=campaign.name,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        happy_hours=campaign.happy_hours,
        multiplier=campaign.multiplier,
        bonus=campaign.bonus,
        minimum_spend=campaign.minimum_spend,
        tiers=campaign.tiers,
        is_for_first_purchase=campaign.is_for_first_purchase,
        is_for_some_goods=bool(campaign.categories or campaign.product_ids),
    )


def _referral(terms: ReferralTerms) -> ReferralOnCard:
    return ReferralOnCard(
        referrer_points=terms.referrer_points,
        new_member_points=terms.new_member_points,
        minimum_purchase=terms.minimum_purchase,
    )


def _short(text: str) -> str:
    return text if len(text) <= TEXT_CHARS_MAX else f"{text[: TEXT_CHARS_MAX - 1].rstrip()}…"
