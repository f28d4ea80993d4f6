"""A store's counters of check-ins and of refused ones, by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.loyalty.figures import month_of
from shared.domain.members.check_ins import CheckIn

CHECK_INS, EARNING = "checkIns", "earning"


@dataclass(frozen=True, slots=True)
class CheckInCounters:
    """Numbers by month (``2026-03``) and by what they count.

    That is ``checkIns``, those of them by method (``qr``, ``gps``) and those that earned
    (``earning``), and refused ones by their code (``OUT_OF_RANGE``).
    """

    by_month: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def from_check_in(check_in: CheckIn, time_zone: str) -> CheckInCounters:
    """Return a check-in's part of the counters."""
    counted = {CHECK_INS: 1, check_in.method.value: 1}
    if any(each.units for each in check_in.earned):
        counted[EARNING] = 1
    return CheckInCounters({month_of(check_in.checked_in_at, time_zone): counted})


def from_refusal(code: str, now: datetime, time_zone: str) -> CheckInCounters:
    """Return a refused check-in's part of the counters."""
    return CheckInCounters({month_of(now, time_zone): {code: 1}})


def total(parts: Iterable[CheckInCounters]) -> CheckInCounters:
    """Add up the shards of a store."""
    sums: dict[str, Counter[str]] = {}
    for part in parts:
        for month, numbers in part.by_month.items():
            sums.setdefault(month, Counter()).update(numbers)
    return CheckInCounters(sums)


def ever(counters: CheckInCounters) -> Mapping[str, int]:
    """Return the sums over all months."""
    sums: Counter[str] = Counter()
    for numbers in counters.by_month.values():
        sums.update(numbers)
    return sums
