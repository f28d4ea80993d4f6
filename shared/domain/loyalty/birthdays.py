"""What a program gives on a member's birthday: at most once in twelve months.

A birthday begins with its day in the store's time zone. Who was born on 29 February has it on the
28th in years without one.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared import ids
from shared.domain.loyalty import due, earning, event_rules, ledger
from shared.domain.loyalty.earning import Earner
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.event_rules import BIRTHDAY
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.errors import BalanceLimitExceeded

SET_BEFORE = timedelta(days=30)
"""The profile must have had the date for so long, so that nobody sets one for the points."""
GRANTED_WITHIN = timedelta(days=30)
"""If the calendar does not run for a while, birthdays that are so long ago are made up for."""
FIRST_ZONE = "Pacific/Kiritimati"
"""Where each day begins before it begins anywhere else."""
METHOD = "birthday"
"""``Entry.earning_method`` of what a birthday earns."""


@dataclass(frozen=True, slots=True)
class Birthday:
    """A date of birth, and when it was told."""

    born: date
    set_at: datetime


def latest(born: date, now: datetime, time_zone: str) -> date:
    """Return the day of the last birthday that has begun in a time zone, today's included."""
    today = now.astimezone(ZoneInfo(time_zone)).date()
    this_year = event_rules.in_year(born, today.year)
    return this_year if this_year <= today else event_rules.in_year(born, today.year - 1)


def next_at(born: date, now: datetime, time_zone: str) -> datetime:
    """Return the moment after ``now`` at which the next birthday begins in a time zone."""
    day = event_rules.in_year(born, latest(born, now, time_zone).year + 1)
    return due.start_of_day(day, time_zone)


def first_due_at(born: date, now: datetime) -> datetime:
    """Return when a person has to be looked at for the first time: maybe there was just one."""
    return next_at(born, now - GRANTED_WITHIN, FIRST_ZONE)


def granted(
    membership: Membership, program: Program, birthday: Birthday, now: datetime
) -> tuple[Membership, tuple[Entry, ...]]:
    """Grant what the program gives for the last birthday, unless it was given already.

    Who has joined since, is suspended, has left, or has set the date too late, gets nothing for it.

    Returns:
        The membership, and the entries: first what time has brought, if anything is granted.
    """
    day = latest(birthday.born, now, program.time_zone)
    began_at = due.start_of_day(day, program.time_zone)
    if not (
        program.is_active
        and membership.is_active
        and membership.enrolled_at < began_at
        and birthday.set_at.astimezone(ZoneInfo(program.time_zone)).date() <= day - SET_BEFORE
        and now - began_at <= GRANTED_WITHIN
    ):
        return membership, ()
    after, caught = ledger.caught_up(membership, program, now)
    award = earning.award_for_event(program, BIRTHDAY, Earner(after, began_at))
    if award.awarded_units == 0:
        return membership, ()
    cause = Cause(
        entry_id=ids.derived("le", METHOD, day.isoformat()),
        fingerprint=ids.digest(METHOD, program.program_id, day.isoformat()),
        now=now,
        description="Birthday",
        earning_method=METHOD,
    )
    with suppress(BalanceLimitExceeded):
        after, entry = ledger.earn(
            after, program, award.awarded_units, earning.with_award(cause, award)
        )
        after = earning.with_event(after, program, BIRTHDAY, began_at, now)
        return after, (*caught, entry)
    return membership, ()
