"""Extensions: points of a member expire later, because somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.auth.caller import Caller
from shared.clock import to_wire
from shared.domain.loyalty import due, ledger
from shared.domain.loyalty.membership import Membership
from shared.schemas.base import invalid
from shared.services import access
from shared.services.commands import Reads
from shared.services.loyalty import bookings
from shared.services.loyalty.bookings import Booking

AHEAD_MAX = timedelta(days=3_660)
"""Ten years: no policy of a program is longer without its rounding."""


@dataclass(frozen=True, slots=True)
class Extension:
    """What was put off until when; ``units`` are 0 if nothing was: ``until`` is then the wish."""

    booking: Booking
    units: int
    until: datetime


def extend(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    last_day: date,
    current_expires_at: datetime | None,
    reason: str,
    actor: str,
    transaction_id: str | None,
) -> Extension:
    """Let a member's points be spent until the end of ``last_day``, by the store's clock.

    Happens once for one ``transaction_id``, for ever; for as long as keys are kept also if there
    was nothing to put off. Reason and actor do not tell two requests apart, as somebody may word a
    repetition anew.

    Args:
        caller: Must own the program.
        program_id: The program.
        user_id: The member.
        store_id: The store, if it is given.
        last_day: From today to ten years from now.
        current_expires_at: Only what expires then; ``None``: all that expires before.
        reason: Why, for the history.
        actor: Who says so.
        transaction_id: Names the extension.

    Raises:
        ProgramNotFound, MembershipNotFound, InvalidParameters, IdempotencyKeyReused, Busy.
    """
    program = access.program(caller, program_id, store_id)
    until = due.start_of_day(last_day + timedelta(days=1), program.time_zone)
    only = to_wire(current_expires_at) if current_expires_at else ""
    cause = bookings.cause_of(
        caller,
        program,
        action="extend_expiry",
        business_key=transaction_id,
        terms=(last_day.isoformat(), only),
        description=reason,
        transaction_id=transaction_id,
        actor=actor,
    )

    def book(membership: Membership, _: Reads) -> bookings.Decided:
        _require_ahead(last_day, due.local_day(cause.now, program.time_zone))
        booked = ledger.extend(membership, program, until, cause, before=current_expires_at)
        if booked is None:
            return bookings.Decided(membership, None)
        return bookings.Decided(*booked)

    booking = bookings.run(
        caller.claim,
        program,
        user_id,
        cause,
        book,
        records_no_op=transaction_id is not None,
    )
    extended = booking.entry.extended if booking.entry else None
    return Extension(booking, extended.units if extended else 0, until)


def _require_ahead(last_day: date, today: date) -> None:
    problem = None
    if last_day < today:
        problem = "must not be over"
    elif last_day > today + AHEAD_MAX:
        problem = "must be within ten years"
    if problem is not None:
        raise invalid({"lastDay": problem})
