"""POST /api/v1/advanceTestClock: move the time of a test account, and do what time brings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from pydantic import Field, model_validator

from functions.account_work import WORK
from shared.auth.caller import Caller
from shared.domain.accounts.test_clocks import MOVE_MAX
from shared.errors import StoreNotFound, TestAccountRequired
from shared.schemas.accounts.test_clock_bodies import TestClockBody, clock_body
from shared.schemas.base import RequestModel, RequestTime
from shared.schemas.fields import StoreId
from shared.services import access
from shared.services.accounts import test_clock_moves


class Request(RequestModel):
    """How far: to a time, or by some days or hours.

    Only forward, at most 400 days a call, and never more than ten years ahead of the real time.
    """

    store_id: StoreId | None = None
    to: RequestTime | None = Field(
        default=None, description="The time to move it to, later than the account's time."
    )
    days: int | None = Field(
        default=None, ge=1, le=MOVE_MAX.days, description="How many days of 24 hours to move it."
    )
    hours: int | None = Field(
        default=None, ge=1, le=MOVE_MAX.days * 24, description="How many hours to move it."
    )

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if [self.to, self.days, self.hours].count(None) != 2:  # noqa: PLR2004 - one of three
            raise ValueError("needs one of to, days and hours")
        return self


class Response(TestClockBody):
    """The clock, after all that has happened.

    Points that expire, pending points, alerts, tiers that are lost, birthdays, anniversaries,
    unpaid checkouts and what else is due happens in the order of time, each at its moment. If there
    is more than a request has time for, `status` is `advancing`: a task goes on, and the account's
    time passes while it does. The same `to` again changes nothing.
    """


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "days": {"days": 40},
    "time": {"to": "2026-04-12T12:00:00Z"},
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "status": "ready",
    "accountTime": "2026-04-12T12:00:00.000Z",
    "realTime": "2026-03-03T12:00:00.000Z",
    "advancingTo": None,
}

REFUSALS = (StoreNotFound, TestAccountRequired)


def handle(body: Request, caller: Caller) -> Response:
    """Move it."""
    access.named_store(caller, body.store_id)
    to = body.to or timedelta(days=body.days or 0, hours=body.hours or 0)
    field = "to" if body.to else "days" if body.days else "hours"
    moved = test_clock_moves.advance(caller, to, WORK, field=field)
    return Response(**clock_body(moved.clock), is_replay=moved.is_replay)
