"""Grant what a program promises for an event: once for each event, so often a period."""

from __future__ import annotations

from datetime import datetime

from shared.auth.caller import Caller
from shared.domain.loyalty import earning, event_rules, ledger, profile_rewards
from shared.domain.loyalty.earning import Earner
from shared.domain.loyalty.membership import Membership
from shared.errors import InvalidParameters
from shared.services import access
from shared.services.commands import Reads
from shared.services.loyalty import bookings, row_bookings
from shared.services.loyalty.bookings import Booking, Decided


def track(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    event: str,
    event_id: str,
    occurred_at: datetime | None,
) -> Booking:
    """Grant what an event earns; what it did not earn at first, it never earns.

    Args:
        caller: A secret key.
        program_id: The program.
        user_id: The member.
        store_id: The store, if it is given.
        event: The name of the event, such as ``app_login``.
        event_id: The merchant's id of what happened. It names the booking, for ever.
        occurred_at: When it happened, if that is not now; no part of what tells two requests apart.

    Raises:
        ProgramNotFound, MembershipNotFound, ProgramInactive, MemberSuspended, MembershipClosed,
        BalanceLimitExceeded, IdempotencyKeyReused, Busy,
        InvalidParameters: It happened too long ago, or has not happened yet.
    """
    program = access.program(caller, program_id, store_id)
    occurred_at = row_bookings.past(occurred_at)
    cause = bookings.cause_of(
        caller,
        program,
        action="event",
        business_key=event_id,
        terms=(event,),
        description=event,
        occurred_at=occurred_at,
        earning_method=profile_rewards.METHOD,
    )
    at = occurred_at or cause.now

    def book(membership: Membership, _: Reads) -> Decided:
        _require_recent(at, cause.now)
        award = earning.award_for_event(program, event, Earner(membership, at))
        if award.awarded_units == 0:
            program.require_active()
            membership.require_active()
            return Decided(membership, None, award=award)
        named = earning.with_award(cause, award)
        after, entry = ledger.earn(membership, program, award.awarded_units, named)
        after = earning.with_event(after, program, event, at, cause.now)
        after, expired = ledger.without_expired(after, program, cause.now)
        return Decided(after, entry, expired=expired, award=award)

    return bookings.run(caller.claim, program, user_id, cause, book, records_no_op=True)


def _require_recent(at: datetime, now: datetime) -> None:
    if now - at > event_rules.TOLD_WITHIN:
        days = event_rules.TOLD_WITHIN.days
        raise InvalidParameters(
            "occurredAt is too long ago.",
            fields={"occurredAt": f"must be in the last {days} days"},
        )
