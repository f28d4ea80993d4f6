"""What a program gives for what a member's profile says: newsletter and custom fields, once."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from shared import ids
from shared.domain.loyalty import earning, ledger
from shared.domain.loyalty.earning import Earner
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.errors import BalanceLimitExceeded

METHOD = "event"
"""``Entry.earning_method`` of what an event earns."""


def granted(
    membership: Membership, program: Program, events: Collection[str], now: datetime
) -> tuple[Membership, tuple[Entry, ...]]:
    """Grant what the program gives for events that a profile says, as far as it was not given.

    What cannot be granted now, such as by a limit of the day, can be at the next occasion.

    Args:
        membership: A membership, of whatever status. Only active ones get anything.
        program: Its program.
        events: What the profile says: ``newsletter``, ``field:shoe_size``.
        now: UTC.

    Returns:
        The membership, and the entries: first what time has brought, if anything is granted.
    """
    if not (program.is_active and membership.is_active):
        return membership, ()
    after, caught = ledger.caught_up(membership, program, now)
    made: list[Entry] = []
    for event in program.profile_events:
        if event not in events:
            continue
        award = earning.award_for_event(program, event, Earner(after, now))
        if award.awarded_units == 0:
            continue
        cause = Cause(
            entry_id=ids.derived("le", "profile", event),
            fingerprint=ids.digest("profile", program.program_id, event),
            now=now,
            description=event,
            earning_method=METHOD,
        )
        with suppress(BalanceLimitExceeded):
            after, entry = ledger.earn(
                after, program, award.awarded_units, earning.with_award(cause, award)
            )
            after = earning.with_event(after, program, event, now, now)
            made.append(entry)
    return (after, (*caught, *made)) if made else (membership, ())
