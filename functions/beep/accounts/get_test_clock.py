"""GET or POST /api/v1/getTestClock: what time it is for a test account."""

from __future__ import annotations

from typing import Any

from shared.auth.caller import Caller
from shared.errors import StoreNotFound, TestAccountRequired
from shared.schemas.accounts.test_clock_bodies import TestClockBody, clock_body
from shared.schemas.base import RequestModel
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.accounts import test_clock_moves, test_clocks


class Request(RequestModel):
    """The clock of the account whose key calls."""

    store_id: StoreId | None = None


class Response(TestClockBody):
    """The account's time, the real one, and whether a move goes on."""


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"clock": {}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "status": "ready",
    "accountTime": "2026-03-03T12:00:00.000Z",
    "realTime": "2026-03-03T12:00:00.000Z",
    "advancingTo": None,
}

REFUSALS = (StoreNotFound, TestAccountRequired)


def handle(body: Request, caller: Caller) -> Response:
    """Return the clock."""
    access.named_store(caller, body.store_id)
    test_clock_moves.require_test_account(caller)
    return Response(**clock_body(test_clocks.of_account(caller.account_id)))
