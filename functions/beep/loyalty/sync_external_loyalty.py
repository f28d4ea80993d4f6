"""POST /api/v1/syncExternalLoyalty: book a change of an external loyalty system."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    BalanceLimitExceeded,
    InsufficientBalance,
    MembershipClosed,
    MemberSuspended,
    ProgramInactive,
    ProgramNotFound,
    ReceiptClaimed,
    ReceiptVoided,
    RedemptionCancelled,
    VersionMismatch,
)
from shared.schemas import answers
from shared.schemas.base import Duplicate, NewId, Points, RequestModel, ResponseModel, Success
from shared.schemas.fields import ExternalSource, IfVersion, ProgramId, StoreId, UserId
from shared.services.loyalty import balances
from shared.services.loyalty import sandbox as mock
from shared.services.members import comebacks


class Request(RequestModel):
    """The request adds or redeems ``points``, or sets the balance to ``points``."""

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    action: Literal["add", "redeem", "set"] = Field(
        description=(
            "`add` grants, `redeem` spends, `set` makes the balance `points`: the difference is "
            "booked, and who has that much counts as having earned it, for tiers."
        )
    )
    points: Points = Field(
        description="The amount to add or redeem, more than 0; for `set` the new balance."
    )
    total_earned: Points | None = Field(
        default=None,
        description=(
            "Only for `set`: all that the member has ever earned in the external system, at least "
            "`points`. It counts for tiers instead of what was earned here, and may raise or lower "
            "the tier. Without it, `set` raises what counts to at least `points`, and lowers "
            "nothing."
        ),
    )
    source: ExternalSource | None = None
    external_transaction_id: NewId | None = Field(
        default=None,
        description=(
            "The external system's id of the transaction. It makes the call idempotent, for ever: "
            "once for each `action`, and for each `source` if both requests name one. It is the "
            "same as the `transactionId` of addLoyaltyPoints and redeemLoyaltyPoints."
        ),
    )
    if_version: IfVersion | None = None


class Response(ResponseModel):
    """Balance before and after. ``entryId`` is null if ``set`` found nothing to change.

    ``duplicate``: an earlier request, perhaps of addLoyaltyPoints or redeemLoyaltyPoints, booked
    this ``externalTransactionId``; this is its booking.
    """

    success: Success = True
    message: str = Field(description="What was done.")
    user_id: answers.UserId
    program_id: answers.ProgramId
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    entry_id: str | None = Field(
        description=(
            f"The ledger entry. {answers.ENTRY_ID_SCOPE} Null if `set` found the balance as it "
            "should be."
        )
    )
    version: answers.VersionAfter
    duplicate: Duplicate = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    action: {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "action": action,
        "points": 50,
        "source": "payback",
        "externalTransactionId": "PB-TXN-9876",
    }
    for action in ("add", "redeem", "set")
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": "External sync: add successful",
    "userId": "user_xyz",
    "programId": "lp_abc123",
    "previousBalance": 100,
    "newBalance": 150,
    "entryId": "le_abc123",
    "version": 3,
}

REFUSALS = (
    ProgramNotFound,
    MemberSuspended,
    MembershipClosed,
    ProgramInactive,
    InsufficientBalance,
    BalanceLimitExceeded,
    ReceiptClaimed,
    ReceiptVoided,
    RedemptionCancelled,
    VersionMismatch,
)


def handle(body: Request, caller: Caller) -> Response:
    """Book the change; enroll the user if needed."""
    booking = balances.sync_external(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        action=body.action,
        points=body.points,
        total_earned=body.total_earned,
        source=body.source,
        external_transaction_id=body.external_transaction_id,
        comes_back=comebacks.before,
        if_version=body.if_version,
    )
    scale = booking.program.scale
    return Response(
        message=f"External sync: {body.action} successful",
        user_id=booking.user_id,
        program_id=body.program_id,
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units, scale),
        entry_id=booking.entry.entry_id if booking.entry else None,
        version=booking.version,
        duplicate=True if booking.is_duplicate else None,
        is_replay=booking.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Change the balance of the sandbox's member."""
    change = mock.sync(body.user_id, body.action, body.points, body.total_earned)
    return {
        "message": f"External sync: {body.action} successful",
        "previousBalance": change.before,
        "newBalance": change.after,
        **({} if change.is_booked else {"entryId": None, "version": None}),
    }
