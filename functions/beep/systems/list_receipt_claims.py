"""GET /api/v1/listReceiptClaims: list a store's receipts that customers may claim, newest first."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.auth.caller import Caller
from shared.domain.loyalty.receipt_claims import ReceiptStatus
from shared.errors import ProgramNotFound, StoreNotFound
from shared.schemas import answers, paging
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import ProgramId, Since, StoreId, UserId
from shared.schemas.paging import Cursor, Limit
from shared.schemas.systems.receipt_bodies import (
    RECEIPT_EXAMPLE,
    ReceiptBody,
    ReceiptStatusName,
    to_receipt_body,
)
from shared.services.systems import receipt_lists


class Request(RequestModel):
    """A page of the receipts of ``storeId``, or of the store of ``programId``."""

    store_id: StoreId | None = None
    program_id: ProgramId | None = None
    status: ReceiptStatusName | None = Field(
        default=None, description="Only receipts in this status."
    )
    user_id: UserId | None = Field(
        default=None, description="Only receipts that this customer has, or has waited for."
    )
    since: Since | None = Field(
        default=None, description="Only receipts that became known from this time on."
    )
    limit: Limit = paging.LIMIT_DEFAULT
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.store_id is None and self.program_id is None:
            raise ValueError("needs storeId or programId")
        return self


class Response(ResponseModel):
    """A page; ``nextCursor`` asks for the next one and is null on the last."""

    success: Success = True
    store_id: answers.StoreId
    receipts: list[ReceiptBody] = Field(
        description="The receipts, by when they became known, newest first."
    )
    count: answers.Count
    next_cursor: answers.NextCursor


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "store": {"storeId": "store_a"},
    "waiting": {"storeId": "store_a", "status": ReceiptStatus.WAITING.value},
    "customer": {"programId": "lp_abc123", "userId": "user_xyz"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "storeId": "store_a",
    "receipts": [RECEIPT_EXAMPLE],
    "count": 1,
    "nextCursor": None,
}

REFUSALS = (StoreNotFound, ProgramNotFound)


def handle(body: Request, caller: Caller) -> Response:
    """Read a page: one query, after a customer's ids."""
    found = receipt_lists.list_page(
        caller,
        store_id=body.store_id,
        program_id=body.program_id,
        status=body.status,
        user_id=body.user_id,
        since=body.since,
        after=paging.decode(body.cursor) if body.cursor else None,
        limit=body.limit,
    )
    return Response(
        store_id=found.store_id,
        receipts=[to_receipt_body(each, found.scales) for each in found.page.items],
        count=len(found.page.items),
        next_cursor=found.page.next_cursor,
    )
