"""A second, naive ledger: what a member has, unit by unit and date by date, to compare with.

It knows nothing of entries, chains or documents, and no rule of the first one is called here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

Date = datetime | None
Units = Counter[Date]
"""How many units expire at which time; ``None`` never."""
_NEVER = datetime.max.replace(tzinfo=UTC)


def in_order(units: Units) -> list[tuple[Date, int]]:
    """Return the dates in the order in which they are spent."""
    return sorted(((date, each) for date, each in units.items() if each), key=_order)


def _order(pair: tuple[Date, int]) -> datetime:
    return pair[0] or _NEVER


@dataclass(frozen=True)
class Missing:
    """What a return could not take of an earn, whose units have a date."""

    earn: tuple[str, str]
    since: datetime
    units: int
    date: Date = None
    collected: int = 0


MISSING_MAX = 50


@dataclass
class Purse:
    """What a member has.

    ``free`` can be spent; ``owed`` is what was taken beyond. ``holds`` are set aside until a time,
    ``pending`` are grants that can be spent from a time on, with the date that they get.
    ``missing`` is what returns could not take, oldest first.
    """

    free: Units = field(default_factory=Counter)
    owed: int = 0
    holds: dict[str, tuple[Units, datetime]] = field(default_factory=dict)
    pending: dict[tuple[str, str], tuple[int, datetime, Date]] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)

    @property
    def held(self) -> int:
        """What is set aside."""
        return sum(units.total() for units, _ in self.holds.values())

    @property
    def available(self) -> int:
        """What can be spent; negative if something is owed."""
        return self.free.total() - self.owed

    @property
    def balance(self) -> int:
        """What can be spent, and what is set aside."""
        return self.available + self.held

    def add(self, units: int, date: Date) -> None:
        """Get units, which pay what is owed first."""
        paid = min(units, self.owed)
        self.owed -= paid
        self.free[date] += units - paid

    def take(
        self, units: int, *, first: Iterable[Date] = (), alive_at: datetime | None = None
    ) -> Units:
        """Lose units, beginning with those of ``first``, then with those that expire first; none of
        those that were gone by ``alive_at``.
        """
        taken: Units = Counter()
        for date in (*first, *(each for each, _ in in_order(self.free))):
            if alive_at is not None and date is not None and date <= alive_at:
                continue
            some = min(self.free[date], units - taken.total())
            self.free[date] -= some
            taken[date] += some
        self.owed += units - taken.total()
        return taken

    def put_back(self, units: Units) -> None:
        """Get units back that were set aside; then what is owed is taken from all."""
        self.free += units
        owed, self.owed = self.owed, 0
        self.take(owed)

    def hold(self, name: str, units: int, until: datetime) -> None:
        """Set units aside."""
        self.holds[name] = (self.take(units), until)

    def spend_held(self, name: str, units: int) -> None:
        """Spend a part of what is set aside; the rest is free."""
        held, _ = self.holds.pop(name)
        left = units
        for date, each in in_order(held):
            spent = min(each, left)
            held[date] -= spent
            left -= spent
        assert left == 0
        self.put_back(held)

    def release(self, *names: str) -> None:
        """Give up what is set aside, all at once: what is owed is taken from all."""
        back: Units = Counter()
        for name in names:
            back += self.holds.pop(name)[0]
        self.put_back(back)

    def miss(self, one: Missing) -> None:
        """Remember what a return could not take."""
        self.missing.append(one)
        self._forget()

    def collect(self, given: int, redeemed_at: datetime) -> int:
        """Take what returns missed of what a redemption has given back that was there before."""
        free, balance, left = Counter(self.free), self.balance, given
        for place, each in enumerate(self.missing):
            if redeemed_at > each.since:
                continue
            dead = sum(
                units for date, units in free.items() if date is not None and date <= each.since
            )
            taken = given - left
            units = min(each.units, max(min(given, balance) - dead - taken, 0))
            self.take(units, first=[each.date], alive_at=each.since)
            left -= units
            self.missing[place] = replace(
                each, units=each.units - units, collected=each.collected + units
            )
        return given - left

    def withdraw(self, earn: tuple[str, str], units: int) -> int:
        """Miss less of an earn; say what of it was taken since then."""
        left = units
        for name in ("units", "collected"):
            asked = left
            for place, each in enumerate(self.missing):
                if each.earn == earn:
                    less = min(getattr(each, name), left)
                    left -= less
                    self.missing[place] = replace(each, **{name: getattr(each, name) - less})
        self.missing = [each for each in self.missing if each.units or each.collected]
        return asked - left

    def _forget(self) -> None:
        self.missing.sort(key=lambda each: each.since)
        while len(self.missing) > MISSING_MAX:
            done = [each for each in self.missing if not each.units]
            self.missing.remove((done or self.missing)[0])

    def pass_time(self, now: datetime) -> None:
        """Let holds end, then pending units become spendable, then units expire."""
        ended = [name for name, (_, until) in self.holds.items() if until <= now]
        if ended:
            self.release(*ended)
        due = [name for name, (_, at, _) in self.pending.items() if at <= now]
        for name in sorted(due, key=lambda each: self.pending[each][1]):
            units, _, date = self.pending.pop(name)
            self.add(units, date)
        for date in [each for each in self.free if each is not None and each <= now]:
            del self.free[date]

    def put_off(self, until: datetime, before: Date) -> int:
        """Let all that expires before ``until``, or only at ``before``, expire then.

        Returns:
            The number of units that expire later.
        """

        def is_meant(date: Date) -> bool:
            return date is not None and date < until and before in {None, date}

        moved = 0
        for units in (self.free, *(held for held, _ in self.holds.values())):
            for date in filter(is_meant, list(units)):
                some = units.pop(date)
                units[until] += some
                moved += some
        for name, (some, at, date) in self.pending.items():
            if is_meant(date):
                self.pending[name] = (some, at, until)
                moved += some
        return moved

    def take_over(self, other: Purse) -> None:
        """Have all that another one has; what one owes is paid from both."""
        self.holds |= other.holds
        self.pending |= other.pending
        self.owed += other.owed
        self.put_back(other.free)
        self.missing += other.missing
        self._forget()
