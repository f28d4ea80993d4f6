"""Who was erased and joins again: nobody is new again and again, and no limit begins anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared import ids
from shared.domain.loyalty import counters, event_rules, ledger
from shared.domain.loyalty.counters import Counters, Use
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.event_rules import BIRTHDAY, Period
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.members.check_ins import EarningVisits

REMEMBERED = timedelta(days=365)
"""For so long after an erasure, who joins again is no newcomer."""
OWED = "Owed from before"
"""The description of the entry with which a membership begins that owes something."""
_VISITED = "check_in:"
"""What counters call check-ins of before, with the store. No name of an event has a colon."""
_VISITS_MATTER = timedelta(days=2)
"""A check-in limits those of the same business day, and those within a day after it."""


@dataclass(frozen=True, slots=True)
class ErasedMark:
    """That somebody was erased. ``key`` is a keyed hash of the user id: it tells nobody whose.

    Each program of theirs has a mark of its own besides (``key_in``), with what their membership
    had counted, and with what they owed. Nothing in it tells who they are, or what they bought.
    """

    account_id: str
    key: str
    expires_at: datetime
    counters: Counters | None = None
    owed_units: int = 0

    @property
    def erased_at(self) -> datetime:
        """When the erasure began."""
        return self.expires_at - REMEMBERED

    def holds(self, now: datetime) -> bool:
        """Tell whether it still counts."""
        return now < self.expires_at


@dataclass(frozen=True, slots=True)
class Before:
    """What a person had in a program before they were erased: what was counted, what they owed."""

    counters: Counters = field(default_factory=Counters)
    owed_units: int = 0


def key_in(program_id: str, key: str) -> str:
    """Return the key of the mark that a person has in a program."""
    return f"{key}.{program_id}"


def left_by(membership: Membership, visits: Mapping[str, EarningVisits], now: datetime) -> Before:
    """Return what a membership leaves when its member is erased.

    Args:
        membership: The membership, which nothing can change any more.
        visits: The last check-ins that have earned in the program, by store.
        now: UTC.
    """
    counted = membership.counted
    since = now - _VISITS_MATTER
    earlier = {each.name: each for each in counted.events if each.name.startswith(_VISITED)}
    latest = {
        f"{_VISITED}{store_id}": Use(f"{_VISITED}{store_id}", each.count, each.last_at, each.day)
        for store_id, each in visits.items()
    }
    kept = (each for each in {**earlier, **latest}.values() if each.last_at > since)
    events = (each for each in counted.events if each.name not in earlier)
    return Before(replace(counted, events=(*events, *kept)), membership.deficit_units)


def visits_before(membership: Membership, store_id: str) -> EarningVisits | None:
    """Return the last check-ins in a store that earned before the member was erased and came back.

    They count as long as the member has not checked in there since.
    """
    name = f"{_VISITED}{store_id}"
    found = (each for each in membership.counted.events if each.name == name)
    return next((EarningVisits(each.period, each.times, each.last_at) for each in found), None)


def opened(
    membership: Membership, program: Program, before: Before, now: datetime
) -> tuple[Membership, list[Entry]]:
    """Return the new membership of somebody who comes back: what is given once was given before.

    So no welcome bonus, nothing for what the profile says and for other events that count once for
    ever, no birthday within twelve months, and no campaign for a first purchase. Limits of rewards,
    campaigns, events, receipts, check-ins, days and months go on where they were, and what was
    owed is still owed: the first entry takes it. Its events are others than those of before, which
    may be there under the same ids of membership and entries: so it says when it began.
    """
    counted = replace(before.counters, purchases=max(before.counters.purchases, 1))
    for rule in program.event_rules:
        if rule.period is Period.EVER or rule.event == BIRTHDAY:
            period = event_rules.name_of(rule, now, program.time_zone)
            left = rule.times_per_period - counted.times_of_event(rule.event, period)
            for _ in range(left):
                counted = counters.with_event(counted, rule.event, period, now)
    back = replace(membership, awaits_welcome=False, counters=counted, came_back_at=now)
    if before.owed_units == 0:
        return back, []
    cause = Cause(
        entry_id=ids.derived("le", "owed"),
        fingerprint=ids.digest("owed", program.program_id, str(before.owed_units)),
        now=now,
        description=OWED,
        source=membership.source,
    )
    after, entry = ledger.owe(back, program, before.owed_units, cause)
    return after, [entry]
