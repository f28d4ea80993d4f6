"""Bookings that were refused because the member has changed since the caller has looked."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.loyalty import loyalty_events
from shared.domain.loyalty.entries import Cause
from shared.domain.loyalty.programs import Program
from shared.errors import VersionMismatch
from shared.services.events import emission


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller knows of a member: the number of the last entry, 0 for none.

    ``target_units`` is what the balance was to be; ``None`` if it was to change by something.
    """

    version: int
    target_units: int | None = None


def tell(program: Program, cause: Cause, expected: Expected, refusal: VersionMismatch) -> None:
    """Send the event of a refused booking: once for its name and the version that it expected.

    A request without a name is told once for what it wanted and what it found: whoever sends it
    over and over again makes one event.

    Args:
        program: The program.
        cause: Of the booking.
        expected: What the caller knew.
        refusal: Why it was refused. It names the member.
    """
    event = loyalty_events.from_sync_conflict(
        program,
        cause,
        refusal.details,
        expected_version=expected.version,
        target_units=expected.target_units,
    )
    emission.emit_once(event)
