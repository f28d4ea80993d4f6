"""POST /api/v1/createReceiptClaim: make the code on a receipt with which its customer claims it."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.loyalty.receipt_claims import ReceiptStatus
from shared.errors import (
    ReceiptClaimed,
    ReceiptClaimsOff,
    ReceiptCodeDamaged,
    ReceiptVoided,
    StoreNotFound,
)
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import StoreId, TransactionId, TseCode
from shared.schemas.loyalty.booking_bodies import PurchaseAmount, PurchaseLines, to_lines
from shared.schemas.stores.store_bodies import QrPng, QrSvg, WantedPicture
from shared.schemas.systems.receipt_bodies import PaidAmount, ReceiptStatusName
from shared.services.stores import store_qr_codes
from shared.services.systems import receipt_claims


class Request(RequestModel):
    """What was bought, without a member. The claim grants what the programs' rules say of it."""

    store_id: StoreId
    transaction_id: TransactionId
    purchase_amount: PurchaseAmount | None = None
    purchase_lines: PurchaseLines | None = None
    receipt_code: TseCode | None = None
    format: WantedPicture = None

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if (self.purchase_amount is None) is (self.purchase_lines is None):
            raise ValueError("needs purchaseAmount or purchaseLines, one of them")
        return self


class Response(ResponseModel):
    """The code, as a text and drawn as a QR code. The same transaction gets the same claim."""

    success: Success = True
    store_id: answers.StoreId
    transaction_id: str = Field(description="The transaction.")
    amount: PaidAmount
    status: ReceiptStatusName
    code: str = Field(description="What the app sends to claimReceipt after it was scanned.")
    svg: QrSvg
    png: QrPng
    issued_at: Timestamp = Field(description="When the claim was made.")
    valid_until: Timestamp = Field(description="Until when it can be claimed.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "amount": {
        "storeId": "store_a",
        "transactionId": "PB-TXN-9876",
        "purchaseAmount": 28.5,
        "format": "svg",
    },
    "lines": {
        "storeId": "store_a",
        "transactionId": "PB-TXN-9877",
        "purchaseLines": [{"amount": 31.5, "category": "wine"}, {"amount": -3, "type": "discount"}],
        "format": "png",
    },
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "transactionId": "PB-TXN-9876",
    "amount": 28.5,
    "status": ReceiptStatus.OPEN.value,
    "code": "PWB1:rcp_5bd1e9a2c07f43b86de0a1749c2b85f3d6470e1a:q3Zk1XyT0aB4vN7c:4a1b14b8",
    "svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" width="41" height="41" class="segno"><pa'
        'th class="qrline" stroke="#000" d="M4 4.5h7m2 0h1m2 0h1m3 0h1m2 0h1m1 0h1m1 0h1m'
        "2 0h7m-33 1h1m5 0h1m1 0h2m2 0h1m2 0h1m5 0h2m1 0h1m1 0h1m5 0h1m-33 1h1m1 0h3m1 0h"
        "1m2 0h1m2 0h1m1 0h2m2 0h5m3 0h1m1 0h3m1 0h1m-33 1h1m1 0h3m1 0h1m1 0h2m1 0h1m2 0h"
        "5m1 0h1m3 0h1m1 0h1m1 0h3m1 0h1m-33 1h1m1 0h3m1 0h1m4 0h2m6 0h1m1 0h3m2 0h1m1 0h"
        "3m1 0h1m-33 1h1m5 0h1m1 0h1m1 0h1m1 0h2m1 0h1m1 0h1m3 0h1m2 0h1m1 0h1m5 0h1m-33 "
        "1h7m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h7m-22 1h2m2 0h2m3 "
        "0h2m1 0h1m-24 1h5m1 0h5m1 0h2m1 0h4m3 0h1m2 0h1m1 0h1m1 0h1m1 0h1m-32 1h2m3 0h1m"
        "1 0h3m1 0h1m2 0h3m2 0h3m1 0h2m1 0h1m4 0h2m-32 1h3m2 0h1m1 0h2m2 0h1m1 0h3m1 0h1m"
        "1 0h2m2 0h1m-18 1h4m4 0h1m2 0h2m1 0h2m1 0h2m1 0h5m-31 1h3m2 0h2m1 0h1m3 0h2m1 0h"
        "2m2 0h1m2 0h1m4 0h2m-29 1h1m1 0h2m2 0h1m1 0h4m1 0h1m1 0h1m1 0h2m1 0h7m2 0h3m-32 "
        "1h1m1 0h1m2 0h3m1 0h1m2 0h3m5 0h1m2 0h1m-24 1h2m1 0h2m1 0h3m2 0h1m2 0h1m3 0h6m1 "
        "0h1m2 0h2m1 0h1m-33 1h2m1 0h1m2 0h1m1 0h1m1 0h1m3 0h1m1 0h3m5 0h2m1 0h2m-26 1h2m"
        "3 0h2m1 0h3m1 0h2m2 0h5m2 0h1m3 0h1m-30 1h2m2 0h2m2 0h1m2 0h5m1 0h1m1 0h1m1 0h1m"
        "6 0h1m1 0h1m-28 1h1m2 0h3m1 0h2m2 0h1m4 0h8m1 0h4m-33 1h1m1 0h7m1 0h1m1 0h2m1 0h"
        "3m2 0h1m7 0h2m1 0h1m-32 1h1m1 0h1m1 0h2m1 0h1m1 0h3m2 0h1m3 0h2m1 0h7m2 0h2m-32 "
        "1h1m1 0h5m2 0h1m3 0h4m1 0h1m2 0h2m1 0h1m2 0h1m2 0h2m-32 1h1m1 0h1m1 0h1m7 0h1m1 "
        "0h1m6 0h1m7 0h2m-31 1h1m4 0h2m1 0h1m4 0h2m2 0h4m3 0h7m-23 1h1m2 0h2m3 0h2m1 0h1m"
        "2 0h3m3 0h2m1 0h1m-32 1h7m1 0h2m3 0h1m1 0h1m1 0h2m2 0h1m1 0h2m1 0h1m1 0h2m1 0h1m"
        "-32 1h1m5 0h1m5 0h1m1 0h1m3 0h2m1 0h2m1 0h1m3 0h1m1 0h3m-33 1h1m1 0h3m1 0h1m1 0h"
        "1m1 0h1m1 0h2m2 0h2m4 0h1m1 0h6m2 0h1m-33 1h1m1 0h3m1 0h1m1 0h4m1 0h4m2 0h3m5 0h"
        "4m-31 1h1m1 0h3m1 0h1m1 0h2m2 0h2m1 0h2m1 0h1m4 0h4m2 0h3m-32 1h1m5 0h1m1 0h1m10"
        ' 0h1m1 0h2m2 0h1m1 0h4m-31 1h7m1 0h2m3 0h1m1 0h4m1 0h1m2 0h5m3 0h1"/></svg>'
    ),
    "png": None,
    "issuedAt": "2026-03-03T12:00:00.000Z",
    "validUntil": "2026-03-17T12:00:00.000Z",
}

REFUSALS = (StoreNotFound, ReceiptClaimsOff, ReceiptClaimed, ReceiptVoided, ReceiptCodeDamaged)


def handle(body: Request, caller: Caller) -> Response:
    """Make the claim, or find it, and draw its code."""
    lines = to_lines(body.purchase_amount, body.purchase_lines)
    assert lines is not None
    made = receipt_claims.create(
        caller, body.store_id, body.transaction_id, lines, body.receipt_code
    )
    pictures = store_qr_codes.draw(made.code, body.format)
    return Response(
        store_id=made.receipt.store_id,
        transaction_id=made.receipt.transaction_id,
        amount=made.amount,
        status=made.receipt.status,
        code=made.code,
        svg=pictures.svg,
        png=pictures.png,
        issued_at=made.issued_at,
        valid_until=made.valid_until,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Draw the example's code, which claims nothing."""
    pictures = store_qr_codes.draw(EXAMPLE["code"], body.format)
    return {"transactionId": body.transaction_id, "svg": pictures.svg, "png": pictures.png}
