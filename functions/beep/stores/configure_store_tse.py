"""POST /api/v1/configureStoreTse: register the TSEs of a store, whose receipts can be claimed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shared.auth.caller import Caller
from shared.domain.loyalty.tse_receipts import serial_of
from shared.errors import StoreNotFound, TseTaken
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.services.stores import store_tses

TSES_MAX = 50

TseName = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(serial_of)]


class Request(RequestModel):
    """All TSEs of the store's tills. Left out, they stay as they are, and the answer tells them."""

    store_id: StoreId
    tses: list[TseName] | None = Field(
        default=None,
        max_length=TSES_MAX,
        description=(
            "Of each its serial number in hex, or its public key in base64, the last part of the "
            "code that its tills print."
        ),
    )


class Response(ResponseModel):
    """The TSEs of the store. A TSE belongs to one store of the account."""

    success: Success = True
    store_id: answers.StoreId
    tses: list[str] = Field(description="Their serial numbers: SHA-256 of the public key, in hex.")


_SERIAL = "fe1d1af3a1a5ad53a1b34a82a23d7f5cb7f3a90b0f4a6c0b59df2d7f6c6dbb11"
EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "serial": {"storeId": "store_a", "tses": [_SERIAL]},
    "read": {"storeId": "store_a"},
}

EXAMPLE: dict[str, Any] = {"success": True, "storeId": "store_a", "tses": [_SERIAL]}

REFUSALS = (StoreNotFound, TseTaken)


def handle(body: Request, caller: Caller) -> Response:
    """Write the list, if it differs."""
    saved = store_tses.configure(caller, body.store_id, body.tses)
    return Response(store_id=body.store_id, tses=list(saved.serials), is_replay=saved.is_replay)


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the serial numbers of what was sent."""
    return {} if body.tses is None else {"tses": body.tses}
