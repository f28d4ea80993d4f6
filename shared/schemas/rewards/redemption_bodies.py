"""Redemptions in answers, and the position in their list."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from shared.clock import is_usable, to_wire
from shared.domain.loyalty.redemptions import CodeInShop, Redemption
from shared.domain.units import from_units
from shared.schemas import answers, paging
from shared.schemas.base import Number, Timestamp, WireModel
from shared.schemas.loyalty.booking_bodies import AmountPaid

_PATH = re.compile(r"loyaltyMembers/(?!\.+/|__)[\w.~%-]{1,1300}/entries/(?!\.+$|__)[\w.~%-]{1,700}")


class CodeInShopBody(WireModel):
    """The online shop in which alone a code is used."""

    system: str = Field(description="The shop's system.")
    store_id: answers.StoreId
    state: Literal["pending", "active", "failed", "revoked", "used"] = Field(
        description=(
            "`pending`: it is on its way. `active`: the customer can use it. `failed`: "
            "the shop did not take it; listShopWrites says why. `revoked`: nobody can use it. "
            "`used`: an order was paid with it."
        )
    )
    order_id: str | None = Field(description="The shop's id of that order. Null before.")


class RedemptionBody(WireModel):
    """A redemption, and what became of it."""

    redemption_id: str = Field(
        description=f"The ledger entry of the redemption. {answers.ENTRY_ID_SCOPE}"
    )
    program_id: answers.ProgramId
    store_id: answers.StoreId
    user_id: answers.UserId
    status: Literal["redeemed", "used", "cancelled"] = Field(
        description="`used`: the reward was handed out. `cancelled`: the points are back."
    )
    points: Number = Field(description="What was spent.")
    amount_paid: AmountPaid
    reward_id: str | None = Field(description="The reward that was bought. Null without one.")
    reward_code: answers.RewardCode
    reward_description: str = Field(description="What was bought.")
    transaction_id: answers.TransactionId
    redeemed_at: Timestamp = Field(description="When the points were spent.")
    used_at: Timestamp | None = Field(description="When the code was used. Null before.")
    used_in_store_id: str | None = Field(description="The store that handed the reward out.")
    used_by: str | None = Field(description="Who did, as useRewardCode was told.")
    cancelled_at: Timestamp | None = Field(description="When it was cancelled. Null before.")
    cancellation_id: str | None = Field(
        description="The ledger entry that gave the points back. Null before."
    )
    cancel_reason: str | None = Field(description="Why, as cancelRedemption was told.")
    shop: CodeInShopBody | None = Field(
        description="The online shop in which the code is used. Null if it is used at tills."
    )


REDEMPTION_EXAMPLE: dict[str, Any] = {
    "redemptionId": "le_def456",
    "programId": "lp_abc123",
    "storeId": "store_a",
    "userId": "user_xyz",
    "status": "redeemed",
    "points": 100,
    "amountPaid": None,
    "rewardId": "rw_abc123",
    "rewardCode": "RW-7K2M-9QXT-4HBC-W3ZP",
    "rewardDescription": "10% Rabatt",
    "transactionId": None,
    "redeemedAt": "2026-03-03T12:00:00.000Z",
    "usedAt": None,
    "usedInStoreId": None,
    "usedBy": None,
    "cancelledAt": None,
    "cancellationId": None,
    "cancelReason": None,
    "shop": None,
}


def to_redemption_body(redemption: Redemption) -> RedemptionBody:
    """Return a redemption as answers show it."""
    entry, record = redemption.entry, redemption.record
    return RedemptionBody(
        redemption_id=entry.entry_id,
        program_id=entry.program_id,
        store_id=entry.store_id,
        user_id=redemption.user_id,
        status=redemption.status.value,
        points=from_units(-entry.units, entry.scale),
        amount_paid=None if entry.amount_paid is None else Decimal(entry.amount_paid),
        reward_id=entry.reward_id,
        reward_code=entry.reward_code,
        reward_description=entry.description,
        transaction_id=entry.transaction_id,
        redeemed_at=entry.recorded_at,
        used_at=record.used_at,
        used_in_store_id=record.used_in_store_id,
        used_by=record.used_by,
        cancelled_at=record.cancelled_at,
        cancellation_id=record.cancel_entry_id,
        cancel_reason=record.cancel_reason,
        shop=_in_shop(redemption.shop),
    )


def _in_shop(found: CodeInShop | None) -> CodeInShopBody | None:
    if found is None:
        return None
    return CodeInShopBody(
        system=found.system,
        store_id=found.store_id,
        state=found.state.value,
        order_id=found.order_id,
    )


def encode(at: datetime, path: str) -> str:
    """Return the cursor of what comes after an entry."""
    return paging.encode_key(f"{to_wire(at)} {path}")


def decode(cursor: str) -> tuple[datetime, str]:
    """Read time and path of the entry back.

    Raises:
        ValueError: ``encode`` does not make such a text; the message is for the caller.
    """
    at, _, path = paging.decode_key(cursor).partition(" ")
    try:
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not is_usable(moment) or not _PATH.fullmatch(path):
        raise ValueError("must be a nextCursor of an earlier answer")
    return moment, path
