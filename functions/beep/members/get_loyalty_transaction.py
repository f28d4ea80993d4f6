"""GET /api/v1/getLoyaltyTransaction: one transaction of a member, and what corrected it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.loyalty.history import HistoryRow
from shared.errors import BookingNotFound, MembershipNotFound, ProgramNotFound
from shared.schemas import answers
from shared.schemas.base import Id, RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.schemas.members.history_bodies import (
    DETAIL_EXAMPLE,
    HistoryTransaction,
    TransactionDetail,
    to_history_transaction,
    to_transaction_detail,
)
from shared.services.loyalty import sandbox as mock
from shared.services.members import history


class Request(RequestModel):
    """The member and the transaction."""

    program_id: ProgramId
    user_id: UserId
    entry_id: Id = Field(description="The `entryId` of an answer or an event.")
    member_id: Id | None = Field(
        default=None,
        description="The `memberId` beside it; only needed after a merge, if both had this id.",
    )
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The transaction, what it corrects, and what corrected it."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    transaction: TransactionDetail = Field(description="The transaction.")
    corrects: HistoryTransaction | None = Field(
        description="The one that it took back or gave back. Null if it corrects none."
    )
    corrected_by: list[HistoryTransaction] = Field(
        description="Those that took back or gave back some of it, oldest first."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "purchase": {"programId": "lp_abc123", "userId": "user_xyz", "entryId": "le_abc123"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "transaction": DETAIL_EXAMPLE,
    "corrects": None,
    "correctedBy": [],
}

REFUSALS = (ProgramNotFound, MembershipNotFound, BookingNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read the membership, the entry, and its corrections."""
    found = history.entry(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        entry_id=body.entry_id,
        membership_id=body.member_id,
    )
    return Response(
        program_id=body.program_id,
        user_id=found.membership.user_id,
        transaction=to_transaction_detail(found.row),
        corrects=to_history_transaction(found.corrects) if found.corrects else None,
        corrected_by=[to_history_transaction(HistoryRow(each)) for each in found.row.corrections],
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show one earning; who is not enrolled has no history."""
    mock.require_enrolled(body.user_id)
    return {}
