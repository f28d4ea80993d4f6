"""POST /api/v1/retryShopWrite: try again now to write a card or a code into an online shop."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import ShopWriteNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.systems.shop_write_bodies import (
    SHOP_WRITE_EXAMPLE,
    ShopWriteBody,
    WriteId,
    shop_write_body,
)
from shared.services.systems import shop_write_lists


class Request(RequestModel):
    """The request names what listShopWrites lists.

    What is dead begins anew, and what waits is due now. A card that the shop has is written again;
    a code that is there, revoked or used stays as it is.
    """

    write_id: WriteId
    store_id: StoreId | None = None


class Response(ResponseModel):
    """The card or the code, which waits for its attempt. listShopWrites shows the result."""

    success: Success = True
    write: ShopWriteBody = Field(description="The card or the code.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"write": {"writeId": "shw_abc123"}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "write": {
        **SHOP_WRITE_EXAMPLE,
        "state": "pending",
        "attempts": 0,
        "nextAttemptAt": "2026-03-03T12:00:00.000Z",
        "error": None,
        "message": None,
        "meaning": None,
        "reason": None,
    },
}

REFUSALS = (ShopWriteNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Have the card or the code written now."""
    done = shop_write_lists.retry(caller, body.write_id, body.store_id)
    return Response(write=shop_write_body(done.writing), is_replay=done.is_replay)
