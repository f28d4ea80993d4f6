"""POST /api/v1/fetchStore: show a store."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import StoreNotFound
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.schemas.fields import StoreId
from shared.schemas.stores.store_bodies import STORE_EXAMPLES, StoreBody, to_store_body
from shared.services import access


class Request(RequestModel):
    """The request names the store."""

    store_id: StoreId


class Response(ResponseModel):
    """The store."""

    success: Success = True
    store: StoreBody = Field(description="The store.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"store": {"storeId": "sandbox_store_001"}}

EXAMPLE: dict[str, Any] = {"success": True, "store": STORE_EXAMPLES[0]}

REFUSALS = (StoreNotFound,)


def handle(body: Request, caller: Caller) -> Response:
    """Return the store; a cached one is at most 60 s old."""
    return Response(store=to_store_body(access.store(caller, body.store_id)))


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Show the store of the sandbox that is named; any other id names the first."""
    named = [each for each in STORE_EXAMPLES if each["storeId"] == body.store_id]
    return {"store": (named or STORE_EXAMPLES)[0]}
