"""POST /api/v1/voidReceiptClaim: take back a receipt that customers may claim, all or a part."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.loyalty.receipt_claims import ReceiptStatus
from shared.domain.units import from_units
from shared.errors import (
    ReceiptCodeDamaged,
    ReceiptImported,
    ReceiptNoSale,
    ReceiptNotFound,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import Number, RequestModel, ResponseModel, Success, WireModel
from shared.schemas.fields import KnownTransactionId, StoreId, TseCode
from shared.schemas.systems.receipt_bodies import ReceiptStatusName
from shared.services.systems import receipt_claims


class Request(RequestModel):
    """The receipt of the sale, and how much of it came back. A repetition changes nothing."""

    store_id: StoreId
    transaction_id: KnownTransactionId | None = None
    receipt_code: TseCode | None = None
    returned_amount: Annotated[Number, Field(gt=0, le=10_000_000)] | None = Field(
        default=None,
        description=(
            "All that came back so far, in the store's currency: after two returns of 5 EUR it is "
            "10. By default all of the receipt."
        ),
    )

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.transaction_id is None) is (self.receipt_code is None):
            raise ValueError("needs transactionId or receiptCode, one of them")
        return self


class TakenBackBody(WireModel):
    """What was taken back of a member's points."""

    program_id: answers.ProgramId
    user_id: answers.UserId
    points: Number = Field(
        description="What was taken: less than the share if the member had spent the points."
    )


class Response(ResponseModel):
    """The receipt as it is now. Who claims it later gets points for what is left of it."""

    success: Success = True
    store_id: answers.StoreId
    transaction_id: str = Field(description="The transaction.")
    status: ReceiptStatusName
    returned_amount: Number = Field(description="What came back in all, in the store's currency.")
    taken_back: list[TakenBackBody] = Field(description="What this call took back.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "all": {"storeId": "store_a", "transactionId": "PB-TXN-9876"},
    "part": {"storeId": "store_a", "transactionId": "PB-TXN-9876", "returnedAmount": 9.5},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "transactionId": "PB-TXN-9876",
    "status": ReceiptStatus.VOIDED.value,
    "returnedAmount": 28.5,
    "takenBack": [{"programId": "lp_abc123", "userId": "user_xyz", "points": 285}],
}

REFUSALS = (
    StoreNotFound,
    ReceiptNotFound,
    ReceiptCodeDamaged,
    ReceiptNoSale,
    ReceiptImported,
)


def handle(body: Request, caller: Caller) -> Response:
    """Note what came back, and take back its share of the points."""
    done = receipt_claims.void(
        caller, body.store_id, body.transaction_id, body.receipt_code, body.returned_amount
    )
    return Response(
        store_id=done.store_id,
        transaction_id=done.transaction_id,
        status=done.status,
        returned_amount=done.returned,
        taken_back=[
            TakenBackBody(
                program_id=each.program_id,
                user_id=each.user_id,
                points=from_units(each.units, each.scale),
            )
            for each in done.taken
        ],
    )
