"""The welcome bonus: granted with the enrolment, once, to whom somebody vouches for.

Who joins with a sign-in that is not verified waits for it until they are.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared import ids
from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program

METHOD = "welcome"
"""``Entry.earning_method`` of a welcome bonus."""


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
        entry_id=ids.derived("le", METHOD),
        fingerprint=ids.digest(METHOD, membership.membership_id),
        now=now,
        description="Welcome bonus",
        source=membership.source,
        earning_method=METHOD,
    )
    after, entry = ledger.earn(membership, program, program.welcome_units, cause)
    return replace(after, awaits_welcome=False), entry
