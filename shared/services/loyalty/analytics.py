"""A program's figures, from its counters."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import figures as stats
from shared.domain.loyalty.figures import ProgramCounters
from shared.domain.loyalty.programs import Program
from shared.services import access
from shared.store.loyalty import figure_documents


@dataclass(frozen=True, slots=True)
class Figures:
    """Counters of a program, the rate, and the figures of the store's current month."""

    program: Program
    counters: ProgramCounters
    redemption_rate: Decimal
    earned_this_month_units: int
    redeemed_this_month_units: int


def figures(caller: Caller, program_id: str, store_id: str | None) -> Figures:
    """Return the figures of a program. The cost does not depend on its number of members.

    Raises:
        ProgramNotFound: The program is absent or not the caller's.
    """
    program = access.program(caller, program_id, store_id)
    counters = stats.total(figure_documents.shards(program_id))
    month = stats.month_of(clock.utc_now(), program.time_zone)
    return Figures(
        program=program,
        counters=counters,
        redemption_rate=stats.redemption_rate(counters.redemptions, counters.members),
        earned_this_month_units=counters.earned_units_by_month.get(month, 0),
        redeemed_this_month_units=counters.redeemed_units_by_month.get(month, 0),
    )
