"""The history of a member: bodies of answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from shared.domain.loyalty.history import HistoryRow
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.waiting_returns import WaitingReturn
from shared.domain.units import from_units
from shared.schemas import answers
from shared.schemas.base import Number, Timestamp, WireModel
from shared.schemas.loyalty.booking_bodies import (
    MADE_OF_EXAMPLE,
    AmountPaid,
    MadeOfAnswer,
    made_of_body,
)
from shared.schemas.members.balance_bodies import Transaction


class HistoryTransaction(Transaction):
    """A line of the history, with where it came from and what became of it."""

    member_id: answers.MembershipId
    reversed_points: Number = Field(
        description="What later entries took of it, or of a redemption gave back."
    )
    expires_at: Timestamp | None = Field(
        description=(
            "When what it granted expires, unless it is spent before or an activity puts it off. "
            "Null if never."
        )
    )
    source: str | None = Field(description="What told of it, such as a till. Null if not given.")
    earning_method: str | None = Field(
        description=(
            "How it was earned, such as `qr_checkin`; `purchase` if it was told how many were "
            "made, and not what was paid. Null for other purchases and requests."
        )
    )
    purchase_amount: Number | None = Field(description="The purchase. Null if there was none.")
    amount_paid: AmountPaid
    reward_id: str | None = Field(description="The reward that was bought. Null without one.")
    corrects_entry_id: str | None = Field(description="The entry that it corrects. Null if none.")
    occurred_at: Timestamp | None = Field(
        description="When it happened, if that was told later. Else null."
    )
    actor: str | None = Field(description="Who corrected it by hand. Null if nobody did.")
    staff_id: str | None = Field(
        description="Who of the staff booked it: a uid. Null if a key, a customer or time did."
    )


class CameBackBody(WireModel):
    """What came back of an earn."""

    asked_points: Number = Field(
        description=(
            "What returns have asked for: `reversedPoints`, and what the member had spent already."
        )
    )
    left_points: Number = Field(
        description=(
            "What reverseLoyaltyTransaction can still take. 0 if another call tells what comes "
            "back of the purchase, such as refundCheckout."
        )
    )


class RedemptionState(WireModel):
    """What became of a redemption."""

    status: Literal["redeemed", "used", "cancelled"] = Field(
        description="`used`: the reward was handed out. `cancelled`: the points are back."
    )
    used_at: Timestamp | None = Field(description="When the code was used. Null before.")
    used_in_store_id: str | None = Field(description="The store that handed the reward out.")
    used_by: str | None = Field(description="Who did: a uid of the staff, or what the till said.")
    is_for_shop: bool = Field(description="Whether its code is used in an online shop alone.")
    returned_by: str | None = Field(
        description=(
            "`cancelCheckout` or `refundCheckout`, with which alone the points come back, if they "
            "have paid for a checkout. Else null: cancelRedemption gives them back."
        )
    )


class HistoryLine(HistoryTransaction):
    """A line of a page of the history."""

    came_back: CameBackBody | None = Field(
        description=(
            "What came back of it, at the entry that granted it. Null without "
            "`includeCameBack`, and if it granted nothing."
        )
    )
    redemption: RedemptionState | None = Field(
        description=(
            "What became of it, if it is a redemption. Null without `includeRedemptions`, and of "
            "whatever else."
        )
    )


class WaitingReturnBody(WireModel):
    """A return that waits for its purchase."""

    refund_id: str = Field(description="Your id of the return.")
    transaction_id: str = Field(description="The purchase that it waits for.")
    amount: Number | None = Field(description="What was paid back. Null if that was not told.")
    points: Number | None = Field(description="What is to be taken. Null if that was not told.")
    since: Timestamp = Field(description="When it was told.")
    until: Timestamp = Field(description="When it is dropped if no purchase has come.")


class WaitingReturnOfMember(WaitingReturnBody):
    """A return that waits for its purchase, and the member who has brought it."""

    user_id: answers.UserId
    member_id: answers.MembershipId


class TransactionDetail(HistoryTransaction):
    """A line of the history, with all that is known of it."""

    points_requested: Number = Field(description="What was asked for, before limits.")
    capped_by: str | None = Field(description="The limit that made it less. Null if none did.")
    made_of: MadeOfAnswer
    uncollected_points: Number = Field(
        description="What it should have taken back beyond, if the member had spent that."
    )
    pending_until: Timestamp | None = Field(
        description="When what it granted can be spent. Null if at once."
    )
    tier_before: str | None = Field(description="The member's tier before it.")
    tier_after: str | None = Field(description="The member's tier after it.")


def to_waiting_return(waiting: WaitingReturn) -> WaitingReturnBody:
    """Return what the history says of a return that waits."""
    return WaitingReturnBody(**_waiting(waiting))


def to_waiting_return_of(member: Membership, waiting: WaitingReturn) -> WaitingReturnOfMember:
    """Return what the list of a program says of a member's return that waits."""
    return WaitingReturnOfMember(
        user_id=member.user_id, member_id=member.membership_id, **_waiting(waiting)
    )


def _waiting(waiting: WaitingReturn) -> dict[str, Any]:
    return {
        "refund_id": waiting.refund_id,
        "transaction_id": waiting.transaction_id,
        "amount": waiting.returned.amount,
        "points": waiting.returned.points,
        "since": waiting.since,
        "until": waiting.until,
    }


WAITING_RETURN_EXAMPLE: dict[str, Any] = {
    "userId": "user_xyz",
    "memberId": "lp_abc123_user_xyz",
    "refundId": "PB-RET-12",
    "transactionId": "PB-TXN-9876",
    "amount": 4.9,
    "points": None,
    "since": "2026-03-03T12:00:00.000Z",
    "until": "2026-06-01T12:00:00.000Z",
}
HISTORY_EXAMPLE: dict[str, Any] = {
    "entryId": "le_abc123",
    "type": "earn",
    "points": 285,
    "pendingPoints": 0,
    "balanceAfter": 427,
    "description": "Einkauf",
    "transactionId": "PB-TXN-9876",
    "rewardCode": None,
    "createdAt": "2026-03-03T12:00:00.000Z",
    "memberId": "lp_abc123_user_xyz",
    "reversedPoints": 0,
    "expiresAt": None,
    "source": "powerbase",
    "earningMethod": None,
    "purchaseAmount": 28.5,
    "amountPaid": None,
    "rewardId": None,
    "correctsEntryId": None,
    "occurredAt": None,
    "actor": None,
    "staffId": None,
}
LINE_EXAMPLE: dict[str, Any] = {**HISTORY_EXAMPLE, "cameBack": None, "redemption": None}
DETAIL_EXAMPLE: dict[str, Any] = {
    **HISTORY_EXAMPLE,
    "pointsRequested": 285,
    "cappedBy": None,
    "madeOf": MADE_OF_EXAMPLE,
    "uncollectedPoints": 0,
    "pendingUntil": None,
    "tierBefore": "Silber",
    "tierAfter": "Silber",
}


def to_history_transaction(row: HistoryRow) -> HistoryTransaction:
    """Return a line of the history."""
    return HistoryTransaction(**_shared(row))


def to_history_line(row: HistoryRow) -> HistoryLine:
    """Return a line of a page of the history."""
    back, scale = row.came_back, row.entry.scale
    came_back = None
    if back is not None:
        came_back = CameBackBody(
            asked_points=from_units(back.asked_units, scale),
            left_points=from_units(back.left_units, scale),
        )
    return HistoryLine(**_shared(row), came_back=came_back, redemption=_state_of(row))


def _state_of(row: HistoryRow) -> RedemptionState | None:
    record = row.redemption
    if record is None:
        return None
    return RedemptionState(
        status=record.status.value,
        used_at=record.used_at,
        used_in_store_id=record.used_in_store_id,
        used_by=record.used_by,
        is_for_shop=record.shop_write_id is not None,
        returned_by=row.returned_by,
    )


def to_transaction_detail(row: HistoryRow) -> TransactionDetail:
    """Return a line of the history with all that is known."""
    entry, scale = row.entry, row.entry.scale
    requested = entry.requested_units
    return TransactionDetail(
        **_shared(row),
        points_requested=from_units(entry.moved_units if requested is None else requested, scale),
        capped_by=entry.capped_by,
        made_of=made_of_body(entry.made_of),
        uncollected_points=from_units(entry.uncollected_units, scale),
        pending_until=entry.pending_until,
        tier_before=entry.tier_before,
        tier_after=entry.tier_after,
    )


def _shared(row: HistoryRow) -> dict[str, Any]:
    entry = row.entry
    amount = entry.purchase_amount
    return {
        "entry_id": entry.entry_id,
        "type": entry.kind.value,
        "points": from_units(entry.units, entry.scale),
        "pending_points": from_units(entry.pending_units or 0, entry.scale),
        "balance_after": from_units(entry.balance_after_units, entry.scale),
        "description": entry.description,
        "transaction_id": entry.transaction_id,
        "reward_code": entry.reward_code,
        "created_at": entry.recorded_at,
        "member_id": entry.membership_id,
        "reversed_points": from_units(row.corrected_units, entry.scale),
        "expires_at": entry.lot_expires_at,
        "source": entry.source,
        "earning_method": entry.earning_method,
        "purchase_amount": None if amount is None else Decimal(amount),
        "amount_paid": None if entry.amount_paid is None else Decimal(entry.amount_paid),
        "reward_id": entry.reward_id,
        "corrects_entry_id": entry.corrects_entry_id,
        "occurred_at": entry.occurred_at,
        "actor": entry.actor,
        "staff_id": entry.staff_id,
    }
