"""Campaigns in requests and answers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from shared.domain.loyalty.campaigns import (
    MINUTES_OF_DAY,
    Campaign,
    CampaignStatus,
    HappyHour,
)
from shared.domain.units import AMOUNT_UNITS_MAX
from shared.schemas import answers
from shared.schemas.base import (
    Id,
    Name,
    Number,
    RequestModel,
    RequestTime,
    Timestamp,
    Whole,
    WireModel,
)
from shared.schemas.loyalty.numbers import Money
from shared.schemas.loyalty.program_bodies import Multiplier

HAPPY_HOURS_MAX = 14
NAMES_MAX = 50
TIMES_MAX = 1_000_000_000
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _on_the_clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError("must be a time like 17:30, up to 24:00")
    return text


ClockTime = Annotated[
    str,
    AfterValidator(_on_the_clock),
    WithJsonSchema({"type": "string", "pattern": f"^(?:{_CLOCK.pattern})$"}),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class HappyHourBody(WireModel):
    """``{"weekdays": ["mon", "fri"], "start": "17:00", "end": "19:00"}``."""

    weekdays: list[Weekday] = Field(
        min_length=1, max_length=7, description="The days on which it begins."
    )
    start: ClockTime = Field(description="What the clock of the store shows when it begins.")
    end: ClockTime = Field(
        description="What it shows when it has ended; not after `start`: on the next day."
    )

    def to_domain(self) -> HappyHour:
        """Return the happy hour."""
        days = sorted({_WEEKDAYS.index(each) + 1 for each in self.weekdays})
        return HappyHour(tuple(days), _minute(self.start), _minute(self.end))


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _clock_time(minute: int) -> str:
    assert 0 <= minute <= MINUTES_OF_DAY
    return f"{minute // 60:02}:{minute % 60:02}"


CampaignId = Annotated[Id, Field(description="Id of the campaign.")]
CampaignName = Annotated[Name, Field(description="Name of the campaign.")]
CampaignMultiplier = Annotated[
    Multiplier, Field(gt=1, description="What matching lines earn is multiplied by.")
]
Bonus = Annotated[
    Number,
    Field(gt=0, le=AMOUNT_UNITS_MAX, description="What a purchase earns besides, instead."),
]
StartsAt = Annotated[RequestTime, Field(description="It holds from then on.")]
EndsAt = Annotated[RequestTime, Field(description="It holds before then. Null: until endCampaign.")]
HappyHours = Annotated[
    list[HappyHourBody],
    Field(max_length=HAPPY_HOURS_MAX, description="It holds only then. Empty: always."),
]
MinimumSpend = Annotated[
    Money, Field(description="The earning base that a purchase needs, in the store's currency.")
]
Categories = Annotated[
    list[Id],
    Field(max_length=NAMES_MAX, description="Only lines of these, or of `productIds`, count."),
]
ProductIds = Annotated[
    list[Id],
    Field(max_length=NAMES_MAX, description="Only lines of these, or of `categories`, count."),
]
Tiers = Annotated[
    list[Id], Field(max_length=NAMES_MAX, description="Only for members of these. Empty: all.")
]
FirstPurchaseOnly = Annotated[
    bool, Field(description="Only for the first purchase of a member that earns.")
]
LimitPerMember = Annotated[
    Whole, Field(ge=1, le=TIMES_MAX, description="How often one member may have it.")
]
LimitTotal = Annotated[
    Whole,
    Field(ge=1, le=TIMES_MAX, description="How often all members together may have it."),
]


class NewCampaignBody(RequestModel):
    """All that a merchant says of a campaign: createCampaign takes it, configurations hold it."""

    name: CampaignName
    multiplier: CampaignMultiplier | None = None
    bonus: Bonus | None = None
    starts_at: StartsAt | None = None
    ends_at: EndsAt | None = None
    happy_hours: HappyHours = Field(default_factory=list)
    minimum_spend: MinimumSpend | None = None
    categories: Categories = Field(default_factory=list)
    product_ids: ProductIds = Field(default_factory=list)
    tiers: Tiers = Field(default_factory=list)
    first_purchase_only: FirstPurchaseOnly = False
    limit_per_member: LimitPerMember | None = None
    limit_total: LimitTotal | None = None

    @model_validator(mode="after")
    def _gives_one(self) -> Self:
        if (self.multiplier is None) is (self.bonus is None):
            raise ValueError("needs multiplier or bonus, and not both")
        return self

    def domain_fields(self) -> dict[str, Any]:
        """Return what it says as fields of a ``Campaign``; ``starts_at`` may be ``None``."""
        return domain_fields(self, set(NewCampaignBody.model_fields))


class CampaignBody(WireModel):
    """A campaign in answers."""

    campaign_id: CampaignId
    program_id: answers.ProgramId
    name: CampaignName
    status: CampaignStatus = Field(strict=False, description="Where it is in its time.")
    multiplier: CampaignMultiplier | None
    bonus: Bonus | None
    starts_at: Timestamp = Field(description="It holds from then on.")
    ends_at: Timestamp | None = Field(description="It holds before then.")
    happy_hours: HappyHours
    minimum_spend: MinimumSpend | None
    categories: Categories
    product_ids: ProductIds
    tiers: Tiers
    first_purchase_only: FirstPurchaseOnly
    limit_per_member: LimitPerMember | None
    limit_total: LimitTotal | None
    created_at: answers.CreatedAt
    updated_at: answers.UpdatedAt
    ended_at: Timestamp | None = Field(description="When endCampaign ended it.")


def campaign_body(campaign: Campaign, now: datetime) -> CampaignBody:
    """Return a campaign as answers show it."""
    return CampaignBody(
        campaign_id=campaign.campaign_id,
        program_id=campaign.program_id,
        name=campaign.name,
        status=campaign.status(now),
        multiplier=campaign.multiplier,
        bonus=campaign.bonus,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        happy_hours=[
            HappyHourBody(
                weekdays=[_WEEKDAYS[day - 1] for day in each.weekdays],  # type: ignore[misc]
                start=_clock_time(each.from_minute),
                end=_clock_time(each.to_minute),
            )
            for each in campaign.happy_hours
        ],
        minimum_spend=campaign.minimum_spend,
        categories=list(campaign.categories),
        product_ids=list(campaign.product_ids),
        tiers=list(campaign.tiers),
        first_purchase_only=campaign.is_for_first_purchase,
        limit_per_member=campaign.limit_per_member,
        limit_total=campaign.limit_total,
        created_at=campaign.created_at,
        updated_at=campaign.updated_at,
        ended_at=campaign.ended_at,
    )


_FIELDS = {"first_purchase_only": "is_for_first_purchase"}


def domain_fields(body: WireModel, names: set[str]) -> dict[str, Any]:
    """Return some fields of a request as fields of a ``Campaign``."""
    values: dict[str, Any] = {}
    for name in names:
        value = getattr(body, name)
        if name == "happy_hours":
            value = tuple(each.to_domain() for each in value)
        elif isinstance(value, list):
            value = tuple(dict.fromkeys(value))
        values[_FIELDS.get(name, name)] = value
    return values


CAMPAIGN_EXAMPLE: dict[str, Any] = {
    "campaignId": "cmp_abc123",
    "programId": "lp_abc123",
    "name": "Kaffee doppelt",
    "status": "running",
    "multiplier": 2,
    "bonus": None,
    "startsAt": "2026-03-01T00:00:00.000Z",
    "endsAt": "2026-04-01T00:00:00.000Z",
    "happyHours": [{"weekdays": ["mon", "fri"], "start": "17:00", "end": "19:00"}],
    "minimumSpend": None,
    "categories": ["coffee"],
    "productIds": [],
    "tiers": [],
    "firstPurchaseOnly": False,
    "limitPerMember": 5,
    "limitTotal": None,
    "createdAt": "2026-03-03T12:00:00.000Z",
    "updatedAt": "2026-03-03T12:00:00.000Z",
    "endedAt": None,
}
