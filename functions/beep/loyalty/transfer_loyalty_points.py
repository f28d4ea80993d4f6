"""POST /api/v1/transferLoyaltyPoints: move points from a member to another one."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    BalanceLimitExceeded,
    InsufficientBalance,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    ProgramNotFound,
    TransferNotAllowed,
)
from shared.schemas import answers
from shared.schemas.base import (
    NewId,
    Number,
    PositivePoints,
    RequestModel,
    ResponseModel,
    Success,
    Text,
)
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.services.loyalty import sandbox as mock
from shared.services.loyalty import transfers


class Request(RequestModel):
    """Who gives how much to whom. The program's ``transfers`` says who may ask for it."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    to_user_id: UserId = Field(description="The member of the same program who gets them.")
    points: PositivePoints = Field(description="How much moves: points, stamps or money.")
    transfer_id: NewId = Field(
        description="Your id of the transfer. Points move once for it between the two, for ever."
    )
    description: Text = Field(
        default="", description="Shown in the history of both. Not for customers."
    )


class Response(ResponseModel):
    """What moved. The balance of the other member is theirs to know."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    to_user_id: str = Field(
        description="The member who got them; for customers the id that they named."
    )
    transfer_id: str = Field(description="Your id of the transfer.")
    entry_id: str = Field(
        description=f"The ledger entry of both, in each membership. {answers.ENTRY_ID_SCOPE}"
    )
    points_transferred: Number = Field(description="How much moved.")
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "gift": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "toUserId": "user_uvw",
        "points": 42,
        "transferId": "GIFT-7",
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "toUserId": "user_uvw",
    "transferId": "GIFT-7",
    "entryId": "le_abc123",
    "pointsTransferred": 42,
    "previousBalance": 142,
    "newBalance": 100,
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    TransferNotAllowed,
    MemberSuspended,
    MembershipClosed,
    InsufficientBalance,
    BalanceLimitExceeded,
)


def handle(body: Request, caller: Caller) -> Response:
    """Move them in one commit, or refuse with nothing changed."""
    made = transfers.transfer(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        to_user_id=body.to_user_id,
        points=body.points,
        transfer_id=body.transfer_id,
        description=body.description,
    )
    return Response(
        program_id=body.program_id,
        user_id=made.user_id,
        to_user_id=made.to_user_id,
        transfer_id=body.transfer_id,
        entry_id=made.entry_id,
        points_transferred=from_units(made.units, made.scale),
        previous_balance=from_units(made.before_units, made.scale),
        new_balance=from_units(made.after_units, made.scale),
        is_replay=made.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Take them from the balance of the sandbox's member."""
    change = mock.adjust(body.user_id, -body.points)
    return {
        "toUserId": body.to_user_id,
        "transferId": body.transfer_id,
        "pointsTransferred": body.points,
        "previousBalance": change.before,
        "newBalance": change.after,
    }
