"""POST /api/v1/reverseLoyaltyTransaction: take back what an earn granted, whole or in parts."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.auth.caller import Caller
from shared.domain.loyalty.earning_base import LineType, paid_amount
from shared.domain.units import from_units
from shared.errors import (
    BookingNotFound,
    MembershipNotFound,
    OwnMembership,
    ProgramNotFound,
    PurchaseHasOwnRefund,
    ReturnExceedsPurchase,
    TooManyWaitingReturns,
    UndoNotAllowed,
)
from shared.schemas import answers
from shared.schemas.base import (
    Duplicate,
    Id,
    NewId,
    Number,
    PositivePoints,
    RequestModel,
    ResponseModel,
    Success,
    Text,
    invalid,
)
from shared.schemas.fields import ExternalSource, ProgramId, StoreId, UserId
from shared.schemas.loyalty.booking_bodies import PurchaseLineBody, PurchaseLines, to_lines
from shared.services.loyalty import earn_returns
from shared.services.loyalty import sandbox as mock


def _of_goods(lines: list[PurchaseLineBody]) -> list[PurchaseLineBody]:
    goods = [line.to_domain() for line in lines if line.type is not LineType.REWARD]
    if paid_amount(goods) == 0:
        raise ValueError("must come to more than 0 without the lines of the type reward")
    return lines


class Request(RequestModel):
    """The earn by ``transactionId`` or ``entryId``, and what of it comes back.

    ``amount`` is money of the purchase, ``points`` are its points, ``purchaseLines`` are those of
    its lines that come back; all that is left if none is given.
    """

    program_id: ProgramId
    user_id: UserId
    store_id: StoreId | None = None
    transaction_id: Id | None = Field(
        default=None, description="Your id of the purchase, as it was told when it earned."
    )
    entry_id: Id | None = Field(default=None, description="The ledger entry of the earn, instead.")
    source: ExternalSource | None = None
    amount: Annotated[Number, Field(gt=0, le=10_000_000)] | None = Field(
        default=None, description="What is paid back, in the store's currency."
    )
    points: PositivePoints | None = Field(
        default=None, description="What is to be taken back, instead of `amount`."
    )
    purchase_lines: Annotated[PurchaseLines, AfterValidator(_of_goods)] | None = Field(
        default=None,
        description=(
            "The lines that come back, with the amounts and discounts that they had, instead of "
            "`amount`. What of them earns by the program's `earningBase` takes points back. "
            "Without those of the type `reward` they come to more than 0."
        ),
    )
    refund_id: NewId = Field(
        description="Your id of the return. It takes points back once for the member, for ever."
    )
    description: Text = Field(default="", description="Shown in the customer's history.")

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.transaction_id is None) is (self.entry_id is None):
            raise ValueError("needs transactionId or entryId, and not both")
        parts = (self.amount, self.points, self.purchase_lines)
        if sum(each is not None for each in parts) > 1:
            raise ValueError("takes one of amount, points and purchaseLines")
        return self


class Response(ResponseModel):
    """What was taken back. ``duplicate``: an earlier request told of this ``refundId``.

    A return before its purchase has earned waits for it, 90 days at most: nothing is taken yet.
    """

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    refund_id: str = Field(description="Your id of the return.")
    status: Literal["booked", "waiting"] = Field(
        description="`waiting` until the purchase of `transactionId` earns; send it again to see."
    )
    entry_id: str | None = Field(
        description=f"The ledger entry. {answers.ENTRY_ID_SCOPE} Null if nothing was taken back."
    )
    corrects_entry_id: str | None = Field(
        description="The entry of the earn. Null if nothing was taken back."
    )
    points_reversed: Number = Field(
        description="What was taken back, of the balance or of what was pending."
    )
    uncollected_points: Number = Field(
        description="What should have come back beyond; the program's `refundPolicy` left it."
    )
    points_given_back: Number = Field(
        description=(
            "What was spent before and is given back: on this purchase, or on rewards that it "
            "unlocked. It comes before what is taken back."
        )
    )
    points_collected: Number = Field(
        description=(
            "What of that is taken at once, as earlier returns of the member could not take it: "
            "these redemptions had spent it. Not in `pointsReversed`."
        )
    )
    cancelled_redemption_ids: list[str] = Field(
        description="The redemptions that gave it back, and are cancelled by this."
    )
    voided_reservation_ids: list[str] = Field(
        description="What was still reserved for the purchase, and is not any more."
    )
    previous_balance: answers.PreviousBalance
    new_balance: answers.NewBalance
    current_tier: answers.CurrentTier
    duplicate: Duplicate = None


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "part": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "transactionId": "PB-TXN-9876",
        "amount": 4.9,
        "refundId": "PB-RET-12",
    },
    "lines": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "transactionId": "PB-TXN-9876",
        "purchaseLines": [{"amount": 4.9}, {"amount": 0.25, "type": "deposit"}],
        "refundId": "PB-RET-12",
    },
    "whole": {
        "programId": "lp_abc123",
        "userId": "user_xyz",
        "entryId": "le_abc122",
        "refundId": "PB-RET-13",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "refundId": "PB-RET-12",
    "status": "booked",
    "entryId": "le_abc123",
    "correctsEntryId": "le_abc122",
    "pointsReversed": 49,
    "uncollectedPoints": 0,
    "pointsGivenBack": 0,
    "pointsCollected": 0,
    "cancelledRedemptionIds": [],
    "voidedReservationIds": [],
    "previousBalance": 142,
    "newBalance": 93,
    "currentTier": "Silber",
}

REFUSALS = (
    ProgramNotFound,
    MembershipNotFound,
    BookingNotFound,
    PurchaseHasOwnRefund,
    ReturnExceedsPurchase,
    TooManyWaitingReturns,
    OwnMembership,
    UndoNotAllowed,
)


def handle(body: Request, caller: Caller) -> Response:
    """Take it back once, as far as the program's policy lets it."""
    _require_whole_of_cashiers(body, caller)
    booking = earn_returns.reverse(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        transaction_id=body.transaction_id,
        entry_id=body.entry_id,
        source=body.source,
        amount=body.amount,
        points=body.points,
        lines=to_lines(None, body.purchase_lines),
        refund_id=body.refund_id,
        description=body.description,
    )
    entry, undone, scale = booking.entry, booking.all_undone, booking.program.scale
    if entry is not None:
        uncollected_units = entry.uncollected_units
    else:
        assert booking.award is not None, "what takes nothing says what it asked for"
        uncollected_units = booking.award.requested_units
    is_waiting = booking.award is not None and booking.award.reason == earn_returns.WAITING
    return Response(
        program_id=body.program_id,
        user_id=booking.user_id,
        refund_id=body.refund_id,
        status="waiting" if is_waiting else "booked",
        entry_id=entry.entry_id if entry else None,
        corrects_entry_id=entry.corrects_entry_id if entry else None,
        points_reversed=from_units(-entry.moved_units if entry else 0, scale),
        uncollected_points=from_units(uncollected_units, scale),
        points_given_back=from_units(undone.units, scale),
        points_collected=from_units(undone.collected_units or 0, scale),
        cancelled_redemption_ids=list(undone.redemption_ids),
        voided_reservation_ids=list(undone.reservation_ids),
        previous_balance=from_units(booking.previous_units, scale),
        new_balance=from_units(booking.new_units, scale),
        current_tier=booking.tier,
        duplicate=True if booking.is_duplicate else None,
        is_replay=booking.is_replay,
    )


def _require_whole_of_cashiers(body: Request, caller: Caller) -> None:
    """Refuse parts of a cashier, who undoes the own last booking as it was."""
    parts = {"amount": body.amount, "points": body.points, "purchaseLines": body.purchase_lines}
    named = [name for name, each in parts.items() if each is not None]
    if caller.is_cashier and named:
        raise invalid({named[0]: "is not for cashiers, who undo the whole booking"})


def sandbox(body: Request, caller: Caller) -> dict[str, Any]:
    """Show the documented example; who is not enrolled has earned nothing."""
    _require_whole_of_cashiers(body, caller)
    mock.require_enrolled(body.user_id)
    return {"refundId": body.refund_id}
