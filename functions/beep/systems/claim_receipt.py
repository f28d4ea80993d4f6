"""POST /api/v1/claimReceipt: earn for a receipt, once, with the code that is printed on it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.units import from_units
from shared.errors import (
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    ReceiptClaimed,
    ReceiptClaimsOff,
    ReceiptCodeDamaged,
    ReceiptLimitReached,
    ReceiptNoSale,
    ReceiptNotFound,
    ReceiptNotVerified,
    ReceiptTooOld,
    ReceiptVoided,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import Duplicate, Number, RequestModel, ResponseModel, Success, WireModel
from shared.schemas.fields import StoreId, UserId
from shared.schemas.systems.receipt_bodies import PaidAmount
from shared.services import access
from shared.services.systems import receipt_claims

CODE_CHARS_MAX = 2_000


class Request(RequestModel):
    """Who claims which receipt. Its own store says in which programs it earns."""

    user_id: UserId
    code: str = Field(
        min_length=1,
        max_length=CODE_CHARS_MAX,
        description=(
            "What was read from the receipt's QR code: that of createReceiptClaim, or that of the "
            "till's TSE (`V0;...`)."
        ),
    )
    store_id: StoreId | None = Field(
        default=None,
        description=(
            "The store of the receipt. With it, the code of a TSE that nothing has proved yet "
            "waits for the till's export."
        ),
    )


class ReceiptEarnedBody(WireModel):
    """What a program granted, in which the customer is a member."""

    program_id: answers.ProgramId
    points: Number = Field(description="What was granted, pending or not; 0 for the `reason`.")
    points_pending: answers.ReceiptPending
    pending_until: answers.ReceiptPendingUntil
    entry_id: str | None = Field(
        description=f"The ledger entry. Null if nothing was granted. {answers.ENTRY_ID_SCOPE}"
    )
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier
    reason: str | None = Field(
        description=(
            "Why nothing was granted: a reason of addLoyaltyPoints, or the code of a refusal in "
            "small letters, such as `receipt_too_old`. Null if something was."
        )
    )


class ClaimState(StrEnum):
    """What has become of a claim."""

    CLAIMED = "claimed"
    WAITING = "waiting"


class Response(ResponseModel):
    """What the receipt earned in each program. If that is nothing in all, it stays open."""

    success: Success = True
    store_id: answers.StoreId
    user_id: answers.UserId
    status: ClaimState = Field(
        description=(
            "`waiting`: nothing is earned yet; it is when the till's export brings the receipt, "
            "within 30 days. Claim again to see what has become of it."
        )
    )
    amount: PaidAmount
    earned: list[ReceiptEarnedBody] = Field(description="What each program granted, or why not.")
    duplicate: Duplicate = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "claim": {
        "userId": "user_xyz",
        "code": "PWB1:rcp_5bd1e9a2c07f43b86de0a1749c2b85f3d6470e1a:q3Zk1XyT0aB4vN7c:4a1b14b8",
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "userId": "user_xyz",
    "status": "claimed",
    "amount": 28.5,
    "earned": [
        {
            "programId": "lp_abc123",
            "points": 285,
            "pointsPending": 0,
            "pendingUntil": None,
            "entryId": "le_abc123",
            "newBalance": 427,
            "currentTier": None,
            "reason": None,
        }
    ],
}

REFUSALS = (
    StoreNotFound,
    ReceiptCodeDamaged,
    ReceiptNotFound,
    ReceiptNoSale,
    ReceiptNotVerified,
    ReceiptClaimsOff,
    ReceiptClaimed,
    ReceiptVoided,
    ReceiptTooOld,
    ReceiptLimitReached,
    MembershipNotFound,
    MemberSuspended,
    MembershipClosed,
)


def handle(body: Request, caller: Caller) -> Response:
    """Book what the receipt earns, in one commit."""
    access.named_store(caller, body.store_id)
    done = receipt_claims.claim(
        caller, user_id=body.user_id, code=body.code, store_id=body.store_id
    )
    return Response(
        store_id=done.store_id,
        user_id=done.user_id,
        status=ClaimState.WAITING if done.is_waiting else ClaimState.CLAIMED,
        amount=done.amount,
        earned=[
            ReceiptEarnedBody(
                program_id=each.program_id,
                points=from_units(each.units, each.scale),
                points_pending=from_units(each.units if each.pending_until else 0, each.scale),
                pending_until=each.pending_until,
                entry_id=each.entry_id,
                new_balance=from_units(each.balance_units, each.scale),
                current_tier=each.tier,
                reason=each.reason,
            )
            for each in done.earned
        ],
        duplicate=True if done.is_duplicate else None,
        is_replay=done.is_replay,
    )
