"""Opening balances: what a member brings along from another system, booked once for ever.

A member has one in each program. Those of members who were merged into this one count, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared import ids
from shared.clock import to_wire
from shared.domain.loyalty import ledger
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.units import from_units
from shared.errors import OpeningBalanceBooked

ENTRY_ID = ids.derived("le", "opening_balance")
"""The id of its entry in each membership, so that there is one."""
DESCRIPTION = "Opening balance"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a member has, and has ever earned (>= ``units``), in the program's smallest unit.

    ``earned_at`` is the day from which the units expire; ``None``: that of the booking.
    """

    units: int
    total_earned_units: int
    earned_at: datetime | None = None

    def cause(
        self, program: Program, now: datetime, *, key_hash: str | None, source: str | None
    ) -> Cause:
        """Return the cause of its entry. The same amounts have the same fingerprint."""
        at = to_wire(self.earned_at) if self.earned_at else ""
        amounts = (str(self.units), str(self.total_earned_units))
        return Cause(
            entry_id=ENTRY_ID,
            fingerprint=ids.digest("opening", program.program_id, *amounts, at),
            now=now,
            key_hash=key_hash,
            description=DESCRIPTION,
            source=source,
            occurred_at=self.earned_at,
        )


def is_booked(earlier: Iterable[Entry], cause: Cause) -> bool:
    """Tell whether an opening balance was booked before.

    Args:
        earlier: The opening balances of the member, and of those who were merged into them.
        cause: The cause of this one.

    Raises:
        OpeningBalanceBooked: One of other amounts was booked before.
    """
    found = list(earlier)
    if not found or any(each.fingerprint == cause.fingerprint for each in found):
        return bool(found)
    raise OpeningBalanceBooked(
        "Another opening balance was booked before.",
        points=from_units(found[0].units, found[0].scale),
    )


def book(
    membership: Membership, program: Program, opening: Opening, cause: Cause
) -> tuple[Membership, tuple[Entry, ...]]:
    """Book an opening balance, and write off at once what has expired since it was earned.

    Raises:
        ProgramInactive, MemberSuspended, MembershipClosed, BalanceLimitExceeded.
    """
    after, entry = ledger.bring_along(
        membership, program, opening.units, opening.total_earned_units, cause
    )
    expired = ledger.expire(after, program, ledger.expiry_cause(after, cause.now))
    return (after, (entry,)) if expired is None else (expired[0], (entry, expired[1]))
