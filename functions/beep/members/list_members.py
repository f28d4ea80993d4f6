"""POST /api/v1/listMembers: list the members of the account, or of a program."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.members import name_words
from shared.errors import ProgramNotFound, StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import (
    NAME_CHARS_MAX,
    Id,
    MaxPoints,
    Points,
    RequestModel,
    RequestTime,
    ResponseModel,
    Success,
    Whole,
    invalid,
)
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.members.membership_bodies import (
    STANDING_EXAMPLE,
    MembershipBody,
    to_membership_body,
)
from shared.schemas.members.profile_bodies import MEMBER_EXAMPLE, MemberBody, to_member_body
from shared.schemas.paging import KeyCursor, Limit
from shared.services import access
from shared.services.members import member_lists
from shared.services.members.member_lists import MemberFilter, Slice

OFFSET_MAX = 1000
_NOT_WITH_NAME = ("program_id", "user_ids", "created_from", "created_to", "offset")
_OF_PROGRAM = ("tier", "min_points", "max_points")


class Request(RequestModel):
    """Filters, order and page. `tier` and points are of the program that `programId` names.

    With points as a filter the list is in their order; with `createdFrom` or `createdTo` in that of
    time. `userIds` goes with no other filter.
    """

    program_id: ProgramId | None = None
    status: Literal["active", "suspended", "left", "merged"] | None = Field(
        default=None, description="Standing in the program, or without `programId` in the account."
    )
    tier: Id | None = Field(
        default=None,
        description=(
            "Name of the present tier. Filters and order go by what is booked: a tier or points "
            "that time has taken count for up to 15 minutes more; the answer shows what there is."
        ),
    )
    min_points: Points | None = Field(
        default=None, description="The smallest balance, as for `tier`."
    )
    max_points: MaxPoints | None = Field(
        default=None, description="The largest balance, as for `tier`."
    )
    newsletter: bool | None = Field(
        default=None, description="Who wants newsletters, or not; without `programId`."
    )
    created_from: RequestTime | None = Field(default=None, description="Joined then or later.")
    created_to: RequestTime | None = Field(default=None, description="Joined before.")
    name: Annotated[str, Field(min_length=1, max_length=NAME_CHARS_MAX)] | None = Field(
        default=None,
        description=(
            "Beginnings of words of the first and last name, all of which must be there: `an mül` "
            "finds Anna Müller. Case, accents and `ue` for `ü` do not matter. In the order of user "
            "ids; goes with `status`, `newsletter`, `limit` and `cursor`."
        ),
    )
    user_ids: Annotated[list[Id], Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="These alone, in this order; who does not exist is left out."
    )
    sort_by: Literal["createdAt", "points"] = Field(default="createdAt", description="The order.")
    sort_direction: Literal["asc", "desc"] = Field(default="desc", description="Its direction.")
    limit: Limit = paging.LIMIT_DEFAULT
    offset: Annotated[Whole, Field(ge=0, le=OFFSET_MAX)] | None = Field(
        default=None,
        description="Leaves out so many, and gives `total`. Each costs a read; beyond: `cursor`.",
    )
    cursor: KeyCursor | None = None
    store_id: StoreId | None = None

    @model_validator(mode="after")
    def _require_one_question(self) -> Request:
        has_points = self.min_points is not None or self.max_points is not None
        is_of_time = self.created_from is not None or self.created_to is not None
        if self.program_id is None and (
            self.sort_by == "points" or any(getattr(self, each) is not None for each in _OF_PROGRAM)
        ):
            raise ValueError("must name programId with tier and points")
        if self.program_id is not None and self.newsletter is not None:
            raise ValueError("must not have newsletter together with programId")
        if has_points and self.sort_by != "points":
            raise invalid({"sortBy": "must be points with minPoints or maxPoints"})
        if is_of_time and self.sort_by == "points":
            raise invalid({"sortBy": "must be createdAt with createdFrom or createdTo"})
        begin, end = self.created_from, self.created_to
        if begin is not None and end is not None and end <= begin:
            raise ValueError("must have createdTo after createdFrom")
        if self.cursor is not None and self.offset is not None:
            raise ValueError("must have either cursor or offset")
        if self.name is not None:
            self._require_name_alone(self.name)
        return self

    def _require_name_alone(self, name: str) -> None:
        if not name_words.asked(name):
            raise invalid({"name": "must have a letter or a digit"})
        if any(getattr(self, each) is not None for each in _NOT_WITH_NAME):
            others = "programId, userIds, createdFrom, createdTo or offset"
            raise ValueError(f"must not have name together with {others}")


class MemberRow(MemberBody):
    """A person, with the membership in the program if one is named."""

    membership: MembershipBody | None = Field(
        description="How the person stands in the program. Null without `programId`."
    )


class Response(ResponseModel):
    """A page; `nextCursor` asks for the next one and is null on the last."""

    success: Success = True
    members: list[MemberRow] = Field(description="The members, in the order of the request.")
    count: answers.Count
    total: int | None = Field(description="How many there are in all. Null without `offset`.")
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "richest": {"programId": "lp_abc123", "sortBy": "points", "limit": 20},
    "subscribers": {"newsletter": True, "offset": 0},
    "named": {"name": "an mül"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "members": [{**MEMBER_EXAMPLE, "membership": STANDING_EXAMPLE}],
    "count": 1,
    "total": None,
    "nextCursor": None,
}

REFUSALS = (StoreNotFound, ProgramNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page: a query, and a read for the persons of a program."""
    access.named_store(caller, body.store_id)
    if body.user_ids is not None:
        found = member_lists.named(caller, body.user_ids)
    else:
        wanted = MemberFilter(
            body.program_id,
            body.status,
            body.tier,
            body.min_points,
            body.max_points,
            body.newsletter,
            body.created_from,
            body.created_to,
            body.name,
        )
        is_descending = body.sort_direction == "desc"
        part = Slice(body.limit, body.offset, body.cursor, body.sort_by, is_descending)
        found = member_lists.list_members(caller, wanted, part, body.store_id)
    rows = [
        MemberRow(
            **dict(to_member_body(each.member, each.profile)),
            membership=to_membership_body(each.memberships[0]) if each.memberships else None,
        )
        for each in found.items
    ]
    return Response(members=rows, count=len(rows), total=found.total, next_cursor=found.next_cursor)
