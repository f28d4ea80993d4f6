"""GET /api/v1/getLoyaltyReport: what happened in a program, by day, week or month."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.loyalty.period_report import Interval, Row
from shared.domain.units import from_units
from shared.errors import ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success, Timestamp, WireModel
from shared.schemas.fields import Day, ProgramId, StoreId
from shared.schemas.loyalty import report_bodies
from shared.schemas.loyalty.report_bodies import Csv, Format
from shared.services.loyalty import reports


class Request(RequestModel):
    """A program, and a time of up to 731 days; days are those of the store's time zone."""

    program_id: ProgramId
    store_id: StoreId | None = None
    interval: Literal["day", "week", "month"] = Field(
        default="day", description="What a row is about; weeks begin on Monday."
    )
    from_day: Day | None = Field(
        default=None,
        description="The first day. Without it: 30 days, 12 weeks or a year before `toDay`.",
    )
    to_day: Day | None = Field(default=None, description="The last day. Without it: today.")
    format: Format = "json"


class RowBody(WireModel):
    """A day, week or month: all of it, also where the report begins or ends within it."""

    from_day: Day = Field(description="Its first day.")
    to_day: Day = Field(description="Its last day.")
    new_members: int = Field(description="How many have joined.")
    active_members: int = Field(
        description="For how many something was earned or redeemed, each counted once."
    )
    earned: Number = Field(description="What was earned.")
    redeemed: Number = Field(description="What was redeemed.")
    redemptions: int = Field(description="How many redemptions there were.")
    expired: Number = Field(description="What expired.")
    reversed: Number = Field(description="`takenBack` less `givenBack`.")
    taken_back: Number = Field(description="What returns took back.")
    given_back: Number = Field(description="What cancellations gave back.")
    adjusted_up: Number = Field(
        description="What was added by hand, set by another system or brought along from one."
    )
    adjusted_down: Number = Field(description="What was taken by hand or set by another system.")
    transferred: Number = Field(description="What members gave to each other.")
    change: Number = Field(
        description=(
            "By how much all balances together changed: `earned` - `redeemed` - `expired` - "
            "`reversed` + `adjustedUp` - `adjustedDown`."
        )
    )


class TopReward(WireModel):
    """A reward that was redeemed often."""

    reward_id: str = Field(description="Id of the reward.")
    title: str | None = Field(description="Its title. Null if the program has it no more.")
    redemptions: int = Field(description="How often, from `fromDay` to `toDay`.")


class CohortMonth(WireModel):
    """A month in the life of a cohort."""

    month: str = Field(description="The month, such as `2026-03`.")
    active_members: int = Field(description="How many of the cohort were active in it.")


class CohortBody(WireModel):
    """Who joined in one month, and how many of them were active in it and in each later one."""

    month: str = Field(description="The month in which they joined.")
    members: int = Field(description="How many have joined.")
    active: list[CohortMonth] = Field(description="That month, and each later one of the report.")


class Response(ResponseModel):
    """Rows, the rewards that were redeemed most, and cohorts, all from counters."""

    success: Success = True
    program_id: answers.ProgramId
    interval: Literal["day", "week", "month"] = Field(description="What a row is about.")
    from_day: Day = Field(description="The first day.")
    to_day: Day = Field(description="The last day.")
    time_zone: str = Field(description="The time zone of the days.")
    counted_since: Timestamp | None = Field(
        description="From when days are counted: there are no rows before. Null if not yet."
    )
    total_members: int = Field(description="How many have enrolled ever.")
    rows: list[RowBody] = Field(
        description="The days, weeks or months that have begun, oldest first."
    )
    top_rewards: list[TopReward] = Field(description="Up to ten, most redeemed first.")
    cohorts: list[CohortBody] = Field(description="By the month of joining, oldest first.")
    data: Csv


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "days": {"programId": "lp_abc123", "fromDay": "2026-03-03", "toDay": "2026-03-03"},
    "months as CSV": {"programId": "lp_abc123", "interval": "month", "format": "csv"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "interval": "day",
    "fromDay": "2026-03-03",
    "toDay": "2026-03-03",
    "timeZone": "Europe/Berlin",
    "countedSince": "2026-03-03T12:00:00.000Z",
    "totalMembers": 142,
    "rows": [
        {
            "fromDay": "2026-03-03",
            "toDay": "2026-03-03",
            "newMembers": 3,
            "activeMembers": 17,
            "earned": 420,
            "redeemed": 180,
            "redemptions": 2,
            "expired": 15,
            "reversed": 10,
            "takenBack": 30,
            "givenBack": 20,
            "adjustedUp": 50,
            "adjustedDown": 5,
            "transferred": 40,
            "change": 260,
        }
    ],
    "topRewards": [{"rewardId": "rw_abc123", "title": "10% Rabatt", "redemptions": 2}],
    "cohorts": [
        {"month": "2026-03", "members": 3, "active": [{"month": "2026-03", "activeMembers": 2}]}
    ],
    "data": None,
}

REFUSALS = (ProgramNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Add up the counters of the months."""
    found = reports.report(
        caller,
        body.program_id,
        body.store_id,
        interval=Interval(body.interval),
        first_day=body.from_day,
        last_day=body.to_day,
    )
    program = found.program
    titles = {each.reward_id: each.title for each in program.every_reward}
    rows = [_to_row(each, program.scale) for each in found.rows]
    return Response(
        program_id=program.program_id,
        interval=body.interval,
        from_day=found.first_day,
        to_day=found.last_day,
        time_zone=program.time_zone,
        counted_since=found.counted_since,
        total_members=found.members,
        rows=rows,
        top_rewards=[
            TopReward(reward_id=reward_id, title=titles.get(reward_id), redemptions=times)
            for reward_id, times in found.top_rewards
        ],
        cohorts=[
            CohortBody(
                month=each.month,
                members=each.members,
                active=[
                    CohortMonth(month=month, active_members=active)
                    for month, active in each.active_by_month.items()
                ],
            )
            for each in found.cohorts
        ],
        data=report_bodies.as_csv(RowBody, rows) if body.format == "csv" else None,
    )


def _to_row(row: Row, scale: int) -> RowBody:
    return RowBody(
        from_day=row.first_day,
        to_day=row.last_day,
        new_members=row.members,
        active_members=row.active,
        earned=from_units(row.earned_units, scale),
        redeemed=from_units(row.redeemed_units, scale),
        redemptions=row.redemptions,
        expired=from_units(row.expired_units, scale),
        reversed=from_units(row.reversed_units, scale),
        taken_back=from_units(row.taken_back_units, scale),
        given_back=from_units(row.given_back_units, scale),
        adjusted_up=from_units(row.adjusted_up_units, scale),
        adjusted_down=from_units(row.adjusted_down_units, scale),
        transferred=from_units(row.transferred_units, scale),
        change=from_units(row.change_units, scale),
    )
