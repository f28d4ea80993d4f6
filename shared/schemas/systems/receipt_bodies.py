"""Receipts that customers claim, in requests and answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.domain.loyalty.receipt_claims import ReceiptStatus
from shared.schemas.base import Number

ReceiptStatusName = Annotated[
    ReceiptStatus,
    Field(
        strict=False,
        description=(
            "`open`: nobody has it; `claimed` by a customer; `has_member`: the till has booked it; "
            "`voided`: all of it came back."
        ),
    ),
]
PaidAmount = Annotated[
    Number, Field(description="What was paid for all of it, in the store's currency.")
]
