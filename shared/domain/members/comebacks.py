"""Who was erased and joins again: nobody is new again and again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.loyalty import counters, event_rules
from shared.domain.loyalty.counters import Counters
from shared.domain.loyalty.event_rules import BIRTHDAY, Period
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program

REMEMBERED = timedelta(days=365)
"""For so long after an erasure, who joins again is no newcomer."""


@dataclass(frozen=True, slots=True)
class ErasedMark:
    """That somebody was erased. ``key`` is a keyed hash of the user id: it tells nobody whose."""

    account_id: str
    key: str
    expires_at: datetime

    @property
    def erased_at(self) -> datetime:
        """When the erasure began."""
        return self.expires_at - REMEMBERED

    def holds(self, now: datetime) -> bool:
        """Tell whether it still counts."""
        return now < self.expires_at


def welcomes(program: Program) -> bool:
    """Tell whether a program gives newcomers anything that is given once."""
    is_once = any(
        each.period is Period.EVER or each.event == BIRTHDAY for each in program.event_rules
    )
    return program.welcome_units > 0 or is_once or program.referral is not None


def opened(membership: Membership, program: Program, now: datetime) -> Membership:
    """Return the new membership of somebody who comes back: what is given once was given before.

    So no welcome bonus, nothing for what the profile says and for other events that count once for
    ever, no birthday within twelve months, and no campaign for a first purchase.
    """
    counted = Counters(purchases=1)
    for rule in program.event_rules:
        if rule.period is Period.EVER or rule.event == BIRTHDAY:
            period = event_rules.name_of(rule, now, program.time_zone)
            for _ in range(rule.times_per_period):
                counted = counters.with_event(counted, rule.event, period, now)
    return replace(membership, awaits_welcome=False, counters=counted)
