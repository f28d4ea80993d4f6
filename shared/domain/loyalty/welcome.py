"""The welcome bonus: granted with the enrolment, once, to whom somebody vouches for.

Who joins with a sign-in that is not verified waits for it until they are. If two members turn out
to be one person, the largest bonus stays, and the other one is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from shared import ids
from shared.domain.loyalty import history, ledger, welcome_dates
from shared.domain.loyalty.earn_returns import EarnReturns
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.welcome_dates import WelcomeDate

METHOD = "welcome"
"""``Entry.earning_method`` of a welcome bonus."""
ENTRY_ID = ids.derived("le", METHOD)
"""The id of its entry, in each membership."""
DESCRIPTION = "Welcome bonus"


def greeted(
    membership: Membership, program: Program, *, is_verified: bool, now: datetime
) -> tuple[Membership, Entry | None]:
    """Grant the welcome bonus if the membership waits for one.

    Args:
        membership: A new membership, or one whose member calls to join again.
        program: It says what the bonus is now.
        is_verified: The merchant vouches for the member, or a verified sign-in does.
        now: UTC.

    Returns:
        The membership, and the entry if the bonus was granted.
    """
    is_welcome = membership.awaits_welcome and membership.is_active and program.is_active
    if not is_welcome or not is_verified or program.welcome_units == 0:
        return membership, None
    cause = Cause(
        entry_id=ENTRY_ID,
        fingerprint=ids.digest(METHOD, membership.membership_id),
        now=now,
        description=DESCRIPTION,
        source=membership.source,
        earning_method=METHOD,
    )
    after, entry = ledger.earn(membership, program, program.welcome_units, cause)
    dates = (*after.welcome_dates, WelcomeDate.of(entry))
    return replace(after, awaits_welcome=False, welcome_dates=dates), entry


Granted = tuple[Entry, EarnReturns]
"""The entry of a welcome bonus, and what came back of it."""


def beyond_one(granted: Iterable[Granted], membership: Membership, now: datetime) -> list[Granted]:
    """Return the welcome bonuses that one person has had too many, after members were joined.

    One stays: that of which staff have left most, and of equal ones the first. What has expired
    stays, too, if it is that one; of the others it is gone already.

    Args:
        granted: All welcome bonuses that the person has had.
        membership: That of the person, with what all the memberships had, without expired lots.
        now: UTC.
    """
    had = [each for each in granted if _left_units(*each) > 0]
    had.sort(key=lambda each: (-_left_units(*each), each[0].recorded_at, each[0].membership_id))
    return [each for each in had[1:] if not _is_over(each[0], membership, now)]


def taken_back(
    membership: Membership, program: Program, bonus: Entry, returns: EarnReturns, now: datetime
) -> tuple[Membership, Entry | None, EarnReturns]:
    """Take back a welcome bonus that a person has had too many, of what they can spend.

    That holds whatever the program says of purchases that come back: nobody gets into debt by
    joining two cards. What is spent stays spent, rewards with open codes among it; if one of them
    is cancelled later, what is missing is taken of what that gives back. What is set aside stays
    so, and whoever reserved it can still have it: the bonus then has as much left, for staff, and
    for when the person is joined with a third member.

    Args:
        membership: The membership of the person, with what both have had.
        program: Its program.
        bonus: The entry that granted it, here or in a membership that was merged into this one.
        returns: What came back of it before: staff may have taken some of it back themselves.
        now: UTC.

    Returns:
        The membership, the entry if something was taken, and what came back of the bonus.
    """
    units = _left_units(bonus, returns)
    assert units > 0
    units -= _spared_units(membership, units)
    if units == 0:
        return membership, None, returns
    after = replace(
        returns,
        returned_units=returns.returned_units + units,
        asked_units=returns.asked_units + units,
    )
    # What is left of it may be taken back once more, when a third member is joined.
    nth = () if returns.asked_units == 0 else (str(returns.asked_units),)
    cause = Cause(
        entry_id=ids.derived("le", METHOD, "back", bonus.membership_id, *nth),
        fingerprint=ids.digest(METHOD, "back", bonus.membership_id, *nth),
        now=now,
        description=DESCRIPTION,
    )
    booked = ledger.reverse(membership, program, bonus, units, cause, spares_held=True)
    if booked is None:
        return ledger.uncollected(membership, bonus, units, now), None, after
    return *booked, after


def _spared_units(membership: Membership, units: int) -> int:
    """Return how many of ``units`` are not taken, as they are set aside."""
    missing_units = units - max(membership.available_units, 0)
    there_units = min(membership.held_units, membership.balance_units)
    return max(min(missing_units, there_units), 0)


def _is_over(bonus: Entry, membership: Membership, now: datetime) -> bool:
    """Tell whether a bonus has expired, spent or not.

    Of a bonus from before its date was written down, only the first date is known. It is over
    unless it may have been put off, and nothing has ever expired.
    """
    date = welcome_dates.find(membership.welcome_dates, bonus)
    if date is not None:
        return date.is_over(now, membership.held_lots)
    is_untouched = bool(bonus.renews) or membership.redeemed_units == 0
    is_there = is_untouched and membership.expired_units == 0
    return history.is_expired(bonus, now) and not is_there


def _left_units(bonus: Entry, returns: EarnReturns) -> int:
    return bonus.granted_units - returns.asked_units
