"""How a member stands in programs: bodies of requests and answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.loyalty.standing import Standing
from shared.schemas import answers
from shared.schemas.base import NOT_BLANK, Name, ResponseModel, Success, Text, WireModel, not_blank

Reason = Annotated[
    Text,
    Field(min_length=1, description="Why, in your words. The member can read it in the app."),
    AfterValidator(not_blank),
    NOT_BLANK,
]
Actor = Annotated[
    Name,
    Field(description="Who does it, such as `staff_7`. The member can read it: better no name."),
]


class MembershipStanding(WireModel):
    """How a member stands in one program."""

    program_id: answers.ProgramId
    member_id: answers.MembershipId
    status: answers.MembershipStatus


class StandingsResponse(ResponseModel):
    """How a member stands in the programs that a request was about."""

    success: Success = True
    user_id: answers.UserId
    memberships: list[MembershipStanding] = Field(
        description="How the member stands now in the program, or in each of the account."
    )


def to_memberships(standings: Iterable[Standing]) -> list[MembershipStanding]:
    """Return how a member stands in each program."""
    return [
        MembershipStanding(
            program_id=each.program_id,
            member_id=each.membership_id,
            status=each.status.value,
        )
        for each in standings
    ]
