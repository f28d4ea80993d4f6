"""Receipts that customers claim, in requests and answers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domain.loyalty import receipt_claims
from shared.domain.loyalty.receipt_claims import (
    ClaimableReceipt,
    ClaimDropReason,
    ReceiptGrant,
    ReceiptStatus,
)
from shared.domain.money import Money
from shared.domain.units import from_units
from shared.schemas import answers
from shared.schemas.base import Number, Timestamp, WireModel

ReceiptStatusName = Annotated[
    ReceiptStatus,
    Field(
        strict=False,
        description=(
            "`open`: nobody has it; `waiting`: nobody has it, and a claim waits for the till's "
            "export; `claimed` by a customer; `has_member`: the till has booked it; `voided`: all "
            "of it came back."
        ),
    ),
]
PaidAmount = Annotated[
    Number, Field(description="What was paid for all of it, in the store's currency.")
]


class ReceiptGrantBody(WireModel):
    """What a receipt has earned in a program."""

    program_id: answers.ProgramId
    user_id: answers.UserId
    points: Number = Field(description="What was granted, before anything was taken back.")
    points_pending: answers.ReceiptPending
    pending_until: answers.ReceiptPendingUntil
    entry_id: str = Field(description=f"The ledger entry. {answers.ENTRY_ID_SCOPE}")


class WaitingClaimBody(WireModel):
    """A claim that earns nothing until something proves its code."""

    user_id: answers.UserId
    since: Timestamp = Field(description="Since when it waits.")
    until: Timestamp = Field(description="When it is dropped, if nothing has come by then.")
    waits_for: Literal["till_export"] = Field(
        description=(
            "`till_export`: the export of the till that brings the receipt, by syncPOS or syncERP. "
            "A call with its `receiptCode` proves it as well."
        )
    )


class DroppedClaimBody(WireModel):
    """A claim that has waited, and got nothing."""

    user_id: answers.UserId
    since: Timestamp = Field(description="Since when it had waited.")
    dropped_at: Timestamp = Field(description="When it ended.")
    reason: Annotated[ClaimDropReason, Field(strict=False)] = Field(
        description=(
            "`has_member`: the till has named another member; `not_verified`: the receipt has "
            "another signature; `nothing_earned`: the customer would have got nothing, as by a "
            "suspension, or because the goods came back; `expired`: nothing came in time."
        )
    )


class ReceiptBody(WireModel):
    """A receipt that customers may claim, and who has it or waits for it."""

    receipt_id: str = Field(description="Id of the receipt.")
    store_id: answers.StoreId
    transaction_id: answers.TransactionId
    status: ReceiptStatusName
    amount: Number | None = Field(
        description="What was paid, in the store's currency. Null if nothing has proved it yet."
    )
    returned_amount: Number = Field(description="What of that came back so far.")
    claimed_by: str | None = Field(description="The customer who has claimed it. Null if none has.")
    claimed_at: Timestamp | None = Field(description="When that was.")
    earned: list[ReceiptGrantBody] = Field(description="What it has earned.")
    waiting: list[WaitingClaimBody] = Field(
        description="Claims that wait: at most one of them is of the receipt's own code."
    )
    dropped: list[DroppedClaimBody] = Field(description="The last claims that waited in vain.")
    issued_at: Timestamp | None = Field(
        description="When it was issued, or its claim was made. Null if that is not known."
    )
    created_at: Timestamp = Field(description="When it became known: by a claim, call or export.")


RECEIPT_EXAMPLE: dict[str, Any] = {
    "receiptId": "rcp_5bd1e9a2c07f43b86de0a1749c2b85f3d6470e1a",
    "storeId": "store_a",
    "transactionId": "PB-TXN-9876",
    "status": ReceiptStatus.CLAIMED.value,
    "amount": 28.5,
    "returnedAmount": 0,
    "claimedBy": "user_xyz",
    "claimedAt": "2026-03-03T12:00:00.000Z",
    "earned": [
        {
            "programId": "lp_abc123",
            "userId": "user_xyz",
            "points": 285,
            "pointsPending": 0,
            "pendingUntil": None,
            "entryId": "le_abc123",
        }
    ],
    "waiting": [],
    "dropped": [],
    "issuedAt": "2026-03-03T12:00:00.000Z",
    "createdAt": "2026-03-03T12:00:00.000Z",
}


def to_receipt_body(receipt: ClaimableReceipt, scales: Mapping[str, int]) -> ReceiptBody:
    """Return a receipt as answers show it; ``scales`` by the ids of the programs of its grants."""
    return ReceiptBody(
        receipt_id=receipt.receipt_id,
        store_id=receipt.store_id,
        transaction_id=receipt.transaction_id or None,
        status=receipt.status,
        amount=receipt_claims.paid(receipt),
        returned_amount=_major(receipt.returned_minor, receipt.currency),
        claimed_by=receipt.claimed_by,
        claimed_at=receipt.claimed_at,
        earned=[_to_grant_body(each, scales[each.program_id]) for each in receipt.grants],
        waiting=[
            WaitingClaimBody(
                user_id=each.user_id,
                since=each.since,
                until=each.until,
                waits_for="till_export",
            )
            for each in receipt.waiting
        ],
        dropped=[
            DroppedClaimBody(
                user_id=each.user_id,
                since=each.since,
                dropped_at=each.dropped_at,
                reason=each.reason,
            )
            for each in receipt.dropped
        ],
        issued_at=receipt.issued_at,
        created_at=receipt.created_at,
    )


def _to_grant_body(grant: ReceiptGrant, scale: int) -> ReceiptGrantBody:
    return ReceiptGrantBody(
        program_id=grant.program_id,
        user_id=grant.user_id,
        points=from_units(grant.units, scale),
        points_pending=from_units(grant.units if grant.pending_until else 0, scale),
        pending_until=grant.pending_until,
        entry_id=grant.entry_id,
    )


def _major(minor: int, currency: str) -> Decimal:
    return Money(minor, currency).to_major()
