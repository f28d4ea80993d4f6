"""What a program's tiers count, and how a member loses one: the policy, and a member's hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TierBasis(StrEnum):
    """What counts for tiers.

    ``LIFETIME``: all that was ever earned, less the reversed. ``ROLLING_12_MONTHS``: what was
    earned in this month and the twelve before. ``CALENDAR_YEAR``: what was earned since 1 January.
    ``BALANCE``: what the member has.
    """

    LIFETIME = "lifetime"
    ROLLING_12_MONTHS = "rolling_12_months"
    CALENDAR_YEAR = "calendar_year"
    BALANCE = "balance"


class TierDowngrade(StrEnum):
    """How far a member falls for whose tier too little counts: not at all, one level, or to the
    level that is reached.
    """

    NONE = "none"
    ONE = "one"
    ALL = "all"


ALERT_DAYS_DEFAULT = 30


@dataclass(frozen=True, slots=True)
class TierPolicy:
    """What counts for tiers, and how they are lost.

    A member falls ``grace_days`` whole days after too little counts, and if ``to_end_of_month`` not
    before the end of a month. The fall is announced ``alert_days`` before; 0: it is not announced.
    """

    basis: TierBasis = TierBasis.LIFETIME
    downgrade: TierDowngrade = TierDowngrade.NONE
    grace_days: int = 0
    to_end_of_month: bool = False
    alert_days: int = ALERT_DAYS_DEFAULT


@dataclass(frozen=True, slots=True)
class TierHold:
    """By what a member holds a tier.

    ``min_units``: the threshold by which it is held, which may be lower than the present one.
    ``below_from``: the moment from which less counts, also in the future, if nothing is booked.
    ``alert_at``: when the fall is announced; ``None`` if it was announced or never will be.
    """

    min_units: int
    below_from: datetime | None = None
    alert_at: datetime | None = None
