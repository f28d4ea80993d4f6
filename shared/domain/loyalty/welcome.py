"""The welcome bonus: granted with the enrolment, once, to whom somebody vouches for.

Who joins with a sign-in that is not verified waits for it until they are. If two members turn out
to be one person, the bonus that was granted first stays, and the other one is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from shared import ids
from shared.domain.loyalty import history, ledger
from shared.domain.loyalty.earn_returns import EarnReturns
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program

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
    return replace(after, awaits_welcome=False), entry


Granted = tuple[Entry, EarnReturns]
"""The entry of a welcome bonus, and what came back of it."""


def beyond_the_first(granted: Iterable[Granted], now: datetime) -> list[Granted]:
    """Return the welcome bonuses that one person has had too many, after members were joined.

    Of those that were not taken back before, the one that was granted first stays. What has reached
    its date of expiry is gone already, spent or not, unless an activity has put that off.
    """
    had = [each for each in granted if _left_units(*each) > 0]
    had.sort(key=lambda each: (each[0].recorded_at, each[0].membership_id))
    return [each for each in had[1:] if each[0].renews or not history.is_expired(each[0], now)]


def taken_back(
    membership: Membership, program: Program, bonus: Entry, returns: EarnReturns, now: datetime
) -> tuple[Membership, Entry | None, EarnReturns]:
    """Take back a welcome bonus that a person has had too many, as far as the balance covers it.

    That holds whatever the program says of purchases that come back: nobody gets into debt by
    joining two cards. What is spent stays spent, rewards with open codes among it; if one of them
    is cancelled later, what is missing is taken of what that gives back.

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
    after = replace(
        returns,
        returned_units=returns.returned_units + units,
        asked_units=returns.asked_units + units,
    )
    cause = Cause(
        entry_id=ids.derived("le", METHOD, "back", bonus.membership_id),
        fingerprint=ids.digest(METHOD, "back", bonus.membership_id),
        now=now,
        description=DESCRIPTION,
    )
    booked = ledger.reverse(membership, program, bonus, units, cause)
    if booked is None:
        return ledger.uncollected(membership, bonus, units, now), None, after
    return *booked, after


def _left_units(bonus: Entry, returns: EarnReturns) -> int:
    return bonus.granted_units - returns.asked_units
