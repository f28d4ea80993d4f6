"""The configuration of a store: all that a merchant says of its programs, in one document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from shared.domain.loyalty.campaigns import Campaign, CampaignStatus
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.rewards import Reward
from shared.errors import InvalidParameters
from shared.schemas.base import MISSING, WireModel, invalid
from shared.schemas.fields import Currency
from shared.schemas.loyalty.campaign_bodies import NewCampaignBody, campaign_body
from shared.schemas.loyalty.new_program_bodies import NewProgramBody
from shared.schemas.loyalty.program_bodies import program_fields
from shared.schemas.loyalty.reward_bodies import reward_body

CAMPAIGNS_MAX = 20
PROGRAMS_MAX = 100
_NO_PART = "is no part of a configuration"


class ConfiguredProgramBody(NewProgramBody):
    """A program as createLoyaltyProgram takes it, with its campaigns as createCampaign takes them.

    What is left out has its default. Each reward needs its ``rewardId``.
    """

    campaigns: list[NewCampaignBody] = Field(
        default_factory=list,
        max_length=CAMPAIGNS_MAX,
        description="Those that run or are to come. Each has another name.",
    )

    @model_validator(mode="after")
    def _is_found_again(self) -> Self:
        problems: dict[str, str] = {}
        for index, reward in enumerate(self.rewards):
            if reward.reward_id is None:
                problems[f"rewards[{index}].rewardId"] = MISSING
            if reward.store_ids:
                problems[f"rewards[{index}].storeIds"] = _NO_PART
            if reward.shop is not None:
                problems[f"rewards[{index}].shop"] = _NO_PART
        names = [each.name for each in self.campaigns]
        problems |= _repeated(names, "campaigns[{}].name")
        _refuse(problems)
        return self


def _repeated(names: Sequence[str], place: str) -> dict[str, str]:
    return {
        place.format(index): "is used twice"
        for index, name in enumerate(names)
        if name in names[:index]
    }


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise invalid(problems)


def placed(refusal: InvalidParameters, place: str) -> InvalidParameters:
    """Return the refusal of a part of a document, with the names of its fields in the document."""
    named: dict[str, str] = refusal.details.get("fields", {})
    return invalid({f"{place}.{name}": problem for name, problem in named.items()})


def program_place(index: int) -> str:
    """Return the place of a program in a request: ``configuration.programs[0]``."""
    return f"configuration.programs[{index}]"


def _each_in_its_place(found: Any) -> Any:
    """Read programs; what pydantic refuses is left to it, which knows the place itself."""
    return [_read(each, index) for index, each in enumerate(found)] if _is_list(found) else found


def _is_list(found: Any) -> bool:
    return isinstance(found, list) and len(found) <= PROGRAMS_MAX


def _read(found: Any, index: int) -> Any:
    try:
        return ConfiguredProgramBody.model_validate(found)
    except ValidationError:
        return found
    except InvalidParameters as refusal:
        raise placed(refusal, program_place(index)) from None


class ConfigurationBody(WireModel):
    """``{"version": 1, "currency": "EUR", "programs": [...]}``."""

    version: Literal[1] = Field(description="Of the form of the document.")
    currency: Currency
    programs: Annotated[list[ConfiguredProgramBody], BeforeValidator(_each_in_its_place)] = Field(
        max_length=PROGRAMS_MAX, description="By name. Each has another name."
    )

    @model_validator(mode="after")
    def _are_found_again(self) -> Self:
        names = [each.program_name for each in self.programs]
        _refuse(_repeated(names, "configuration.programs[{}].programName"))
        return self


def configured_campaign(campaign: Campaign, now: datetime) -> NewCampaignBody:
    """Return a campaign as a configuration has it."""
    shown = campaign_body(campaign, now)
    names = NewCampaignBody.model_fields
    return NewCampaignBody.model_construct(**{name: getattr(shown, name) for name in names})


def configured_program(program: Program, now: datetime) -> ConfiguredProgramBody:
    """Return a program as a configuration has it. Of imported codes no number is told, but 0."""
    values = program_fields(program)
    current = [each for each in program.campaigns if each.status(now) is not CampaignStatus.ENDED]
    # Not checked again: an older one may not be allowed any more.
    return ConfiguredProgramBody.model_construct(
        **{name: values[name] for name in NewProgramBody.model_fields if name != "rewards"},
        rewards=[reward_body(_portable(each)) for each in program.rewards],
        campaigns=[
            configured_campaign(each, now)
            for each in sorted(current, key=lambda each: (each.name, each.created_at))
        ],
    )


def _portable(reward: Reward) -> Reward:
    stock = 0 if reward.has_codes else reward.stock
    return replace(reward, store_ids=(), stock=stock, shop=None)


def configuration_body(
    currency: str, programs: Sequence[Program], now: datetime
) -> ConfigurationBody:
    """Return the configuration of a store."""
    in_order = sorted(programs, key=lambda each: (each.program_name, each.created_at))
    return ConfigurationBody.model_construct(
        version=1,
        currency=currency,
        programs=[configured_program(each, now) for each in in_order],
    )


def left_out(programs: Sequence[Program]) -> list[str]:
    """Return what of a store's programs its configuration has not, by its place there."""
    in_order = sorted(programs, key=lambda each: (each.program_name, each.created_at))
    return [
        f"programs[{at}].rewards[{index}].{name}"
        for at, program in enumerate(in_order)
        for index, reward in enumerate(program.rewards)
        for name, is_set in (
            ("storeIds", reward.store_ids),
            ("codes", reward.has_codes),
            ("shop", reward.shop),
        )
        if is_set
    ]


class Action(StrEnum):
    """What becomes of a part of a store's configuration."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    UNMANAGED = "unmanaged"


class FieldChangeBody(WireModel):
    """A field that changes."""

    field: str = Field(description="Its name.")
    before: Any = Field(description="What it is.")
    after: Any = Field(description="What it becomes. Null: nothing, or its default.")


class PlanItemBody(WireModel):
    """What becomes of a program, a reward or a campaign."""

    kind: Literal["program", "reward", "campaign"] = Field(description="What it is.")
    program_name: str = Field(description="The program, or that of the reward or campaign.")
    program_id: str | None = Field(
        default=None, description="Its id. Null in a plan that would create it."
    )
    reward_id: str | None = Field(default=None, description="The reward, if it is one.")
    campaign_name: str | None = Field(default=None, description="The campaign, if it is one.")
    action: Action = Field(
        strict=False,
        description="`unmanaged`: the configuration does not name it, and it stays as it is.",
    )
    changes: list[FieldChangeBody] = Field(
        default_factory=list, description="Of an `update` that is shown."
    )


CONFIGURATION_EXAMPLE: dict[str, Any] = {
    "version": 1,
    "currency": "EUR",
    "programs": [
        {
            "programName": "Stempelkarte",
            "programType": "stamps",
            "description": "Jeder zehnte Kaffee ist gratis.",
            "rules": {"requiredStamps": 10, "stampsPerPurchase": 1, "pointsPerCheckin": 1},
            "rewards": [
                {
                    "rewardId": "coffee",
                    "title": "Gratis-Kaffee",
                    "type": "free_product",
                    "requiredPoints": 10,
                    "productId": "coffee",
                }
            ],
            "branding": {"color": "#2563EB"},
            "isActive": True,
            "campaigns": [
                {
                    "name": "Doppelte Stempel",
                    "multiplier": 2,
                    "startsAt": "2026-03-01T00:00:00.000Z",
                    "endsAt": "2126-04-01T00:00:00.000Z",
                }
            ],
        }
    ],
}
