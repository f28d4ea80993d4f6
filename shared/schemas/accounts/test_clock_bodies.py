"""The clock of a test account in answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from shared import clock
from shared.domain.accounts.test_clocks import TestClock
from shared.schemas.base import ResponseModel, Success, Timestamp


class ClockStatus(StrEnum):
    """Whether a clock is being moved."""

    READY = "ready"
    ADVANCING = "advancing"


class TestClockBody(ResponseModel):
    """The clock of a test account."""

    __test__ = False  # Its name makes pytest curious.

    success: Success = True
    status: ClockStatus = Field(
        description="`ready`: all that time has brought is done. `advancing`: time passes fast, "
        "and stops at `advancingTo`; getTestClock shows how far it is."
    )
    account_time: Timestamp = Field(
        description="The account's time. It is never earlier than the real one, and runs as fast."
    )
    real_time: Timestamp = Field(description="The time of the server.")
    advancing_to: Timestamp | None = Field(
        description="The account's time to which it is being moved. Null if it is `ready`."
    )


def clock_body(found: TestClock) -> dict[str, Any]:
    """Return the fields of a clock, at this moment."""
    real_now = clock.real_now()
    return {
        "status": ClockStatus.READY if found.until is None else ClockStatus.ADVANCING,
        "account_time": found.now(real_now),
        "real_time": real_now,
        "advancing_to": found.until,
    }
