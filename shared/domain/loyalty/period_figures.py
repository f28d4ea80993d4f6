"""What happens in a program by day, week and month: counters that each entry changes once.

Days, weeks (from Monday) and months are those of the store's time zone, and those in which an entry
was booked. The counters of a month are kept together; a week that two months share is counted in
both, and its sum is that of both.

What changes the balances of all members, taken together, is counted, so for each time it holds::

    change = earned - redeemed - expired - (taken back - given back) + adjusted up - adjusted down

What members transfer to each other, and what a merge moves, changes no sum.

A member is *active* when something is earned or redeemed for them. Points that were pending and
become spendable do not count, nor do birthday gifts: nobody did anything for these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta

from shared.domain.loyalty import birthdays, due, figures
from shared.domain.loyalty.entries import Entry, EntryKind


@dataclass(frozen=True, slots=True)
class MonthCounters:
    """Counters of a month. Keys are days (``2026-03-05``), unless a name says otherwise.

    Attributes:
        members: New members.
        earned_units: What was earned.
        redeemed_units: What was redeemed.
        redemptions: How many redemptions there were.
        expired_units: What expired.
        reversed_units: What was taken back, less what was given back.
        given_back_units: What was given back.
        adjusted_up_units: What was added by hand, set by another system or brought along.
        adjusted_down_units: What was taken by hand or set by another system.
        transferred_units: What members gave to others.
        active: Members who were active.
        active_by_week: The same, by the Monday of the week.
        active_by_cohort: Members who were active in this month, by the month in which they joined.
        redemptions_of: Redemptions by day and reward: ``2026-03-05 rw_abc123``.
    """

    members: Mapping[str, int] = field(default_factory=dict)
    earned_units: Mapping[str, int] = field(default_factory=dict)
    redeemed_units: Mapping[str, int] = field(default_factory=dict)
    redemptions: Mapping[str, int] = field(default_factory=dict)
    expired_units: Mapping[str, int] = field(default_factory=dict)
    reversed_units: Mapping[str, int] = field(default_factory=dict)
    given_back_units: Mapping[str, int] = field(default_factory=dict)
    adjusted_up_units: Mapping[str, int] = field(default_factory=dict)
    adjusted_down_units: Mapping[str, int] = field(default_factory=dict)
    transferred_units: Mapping[str, int] = field(default_factory=dict)
    active: Mapping[str, int] = field(default_factory=dict)
    active_by_week: Mapping[str, int] = field(default_factory=dict)
    active_by_cohort: Mapping[str, int] = field(default_factory=dict)
    redemptions_of: Mapping[str, int] = field(default_factory=dict)


def month_key(day: date) -> str:
    """Return the month of a day: ``2026-03``."""
    return f"{day:%Y-%m}"


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def is_activity(entry: Entry) -> bool:
    """Tell whether an entry shows that its member is active."""
    is_grant = entry.kind is EntryKind.EARN or (
        entry.kind is EntryKind.PENDING and entry.pending_until is not None
    )
    is_given = entry.activates_entry_id is not None or entry.earning_method == birthdays.METHOD
    return entry.kind is EntryKind.REDEEM or (is_grant and not is_given)


def matters_since(entry: Entry, time_zone: str) -> datetime:
    """Return the begin of the month or week of an entry, whichever is earlier.

    Whether its member was active before that does not matter for its counters.
    """
    day = due.local_day(entry.recorded_at, time_zone)
    return due.start_of_day(min(day.replace(day=1), monday_of(day)), time_zone)


def from_enrollment(enrolled_at: datetime, time_zone: str) -> MonthCounters:
    """Return the part of a new member."""
    return MonthCounters(members={due.local_day(enrolled_at, time_zone).isoformat(): 1})


def from_entry(
    entry: Entry, time_zone: str, *, enrolled_at: datetime | None, active_at: datetime | None
) -> MonthCounters:
    """Return an entry's part of the counters of its month.

    Args:
        entry: The entry.
        time_zone: The store's.
        enrolled_at: When its member joined; ``None`` if it is not known any more.
        active_at: When the member was active before; ``None`` if never since ``matters_since``.
    """
    day = due.local_day(entry.recorded_at, time_zone)
    key = day.isoformat()
    counted = {name: {key: value} for name, value in _amounts(entry).items()}
    if entry.kind is EntryKind.REDEEM and entry.reward_id:
        counted["redemptions_of"] = {f"{key} {entry.reward_id}": 1}
    counted |= _activity(entry, day, time_zone, enrolled_at, active_at)
    return MonthCounters(**counted)


def _amounts(entry: Entry) -> dict[str, int]:
    """Return what an entry adds to the counters of its day, by their names."""
    units = entry.units
    match entry.kind:
        case EntryKind.EARN:
            amounts = {"earned_units": units}
        case EntryKind.REDEEM:
            amounts = {"redeemed_units": -units, "redemptions": 1}
        case EntryKind.EXPIRE:
            amounts = {"expired_units": -units}
        case EntryKind.REVERSE:
            amounts = {"reversed_units": -units, "given_back_units": max(units, 0)}
        case EntryKind.ADJUST:
            amounts = {"adjusted_up_units": max(units, 0), "adjusted_down_units": max(-units, 0)}
        case EntryKind.TRANSFER:
            amounts = {"transferred_units": max(-units, 0)}
        case _:
            amounts = {}
    return {name: value for name, value in amounts.items() if value}


def _activity(
    entry: Entry,
    day: date,
    time_zone: str,
    enrolled_at: datetime | None,
    active_at: datetime | None,
) -> dict[str, dict[str, int]]:
    """Return the counters of active members: each counts a member once in its time."""
    if not is_activity(entry):
        return {}
    last = None if active_at is None else due.local_day(active_at, time_zone)
    counted: dict[str, dict[str, int]] = {}
    if last is None or last < day:
        counted["active"] = {day.isoformat(): 1}
    if last is None or last < monday_of(day):
        counted["active_by_week"] = {monday_of(day).isoformat(): 1}
    if last is None or last < day.replace(day=1):
        joined = "unknown" if enrolled_at is None else figures.month_of(enrolled_at, time_zone)
        counted["active_by_cohort"] = {joined: 1}
    return counted


def total(parts: Iterable[MonthCounters]) -> MonthCounters:
    """Add up the shards of a month."""
    every = list(parts)
    return MonthCounters(
        **{each.name: _added(getattr(part, each.name) for part in every) for each in _FIELDS}
    )


_FIELDS = fields(MonthCounters)


def _added(maps: Iterable[Mapping[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for each in maps:
        for key, value in each.items():
            sums[key] = sums.get(key, 0) + value
    return sums
