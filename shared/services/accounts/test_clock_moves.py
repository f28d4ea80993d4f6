"""Move the time of a test account, and do all that time brings on the way, in its order.

What is due next is looked for among all kinds of work; the clock is moved to that moment; what is
due then is done as the schedules do it; and so on, until the time is reached. The clock is written
before each moment, so other requests see time pass, and whoever goes on after a dead process goes
on where it was. Two at once do no harm: each thing is done once, and the clock only goes forward.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from shared import clock, ids, logs, tasks
from shared.auth.caller import Caller
from shared.domain.accounts import test_clocks as rules
from shared.domain.accounts.test_clocks import CannotMoveError, TestClock
from shared.errors import TestAccountRequired
from shared.schemas.base import invalid
from shared.services import commands
from shared.services.accounts import test_clocks
from shared.services.commands import Effect, Reads
from shared.store import paths
from shared.store.accounts import test_clock_documents
from shared.store.client import Document
from shared.tasks import Task

CONTINUE = "continueTestClock"
"""The function that goes on with a move; its queue has the same name."""
AT_ONCE_S = 15.0
"""A request works this long, and leaves the rest to a task."""
TASK_S = 400.0
"""A task works this long, and leaves the rest to the next one."""
SCHEDULE_S = 20.0
"""The schedule gives each account this long, and at most all that is left of its own time."""
RUN_S_MAX = 30.0
"""After this time the schedule begins with no account more."""
CLOCKS_PAGE = 200
PAGE = 100
FOUND_MAX = 3200
"""The most to look at of one kind, if all before fails."""


@dataclass(frozen=True, slots=True)
class DueWork:
    """Something that is due at a moment, and what does it. ``name`` tells it from all others."""

    at: datetime
    name: str
    do: Callable[[], object]


FindWork = Callable[[str, datetime, int], Sequence[DueWork]]
"""Returns the work of an account that is due until a time, the longest due first, up to a limit."""


@dataclass(frozen=True, slots=True)
class MovedClock:
    """A clock after a request; ``is_replay`` if an earlier request asked for the same."""

    clock: TestClock
    is_replay: bool = False


def require_test_account(caller: Caller) -> None:
    """Refuse an account whose time cannot be moved.

    Raises:
        TestAccountRequired: The account is live.
    """
    if not rules.is_test_account(caller.account_id):
        raise TestAccountRequired("The time of a live account is the real one.")


def advance(
    caller: Caller, to: datetime | timedelta, kinds: Sequence[FindWork], *, field: str
) -> MovedClock:
    """Move the clock of the caller's account, and do what time brings, as far as there is time.

    Args:
        caller: A test account.
        to: The time to move it to, or how far.
        kinds: What finds the work.
        field: What said how far, for a refusal.

    Raises:
        TestAccountRequired, IdempotencyKeyReused, Busy.
        InvalidParameters: The time is not later than the account's, or too far from it.
    """
    require_test_account(caller)
    path, real_now = paths.test_clock(caller.account_id), clock.real_now()

    def replay(_: Document, reads: Reads) -> MovedClock:
        found = test_clock_documents.decode(reads[path])
        return MovedClock(found or TestClock(caller.account_id, real_now), is_replay=True)

    def decide(reads: Reads) -> Effect[MovedClock]:
        before = test_clock_documents.decode(reads[path])
        known = before or TestClock(caller.account_id, real_now)
        try:
            after = rules.asked_to(known, to, real_now)
        except CannotMoveError as problem:
            raise invalid({field: str(problem)}) from None
        if after is known:
            return Effect(MovedClock(known))
        return Effect(MovedClock(after), [test_clock_documents.write(reads[path], after)])

    asked = commands.run([path], decide, claim=caller.claim, replay=replay)
    if asked.clock.until is None:
        return asked
    return MovedClock(go_on(caller.account_id, kinds, AT_ONCE_S), asked.is_replay)


def go_on(account_id: str, kinds: Sequence[FindWork], budget_s: float = TASK_S) -> TestClock:
    """Go on with a move, if there is one; a task goes on after the time is over."""
    stop_at_s = time.monotonic() + budget_s
    found, tried = test_clocks.of_account(account_id), dict[str, datetime]()
    while (until := found.until) is not None:
        due = _due(account_id, kinds, until, tried)
        if not due:
            found = _moved(
                account_id, partial(rules.arrived, until=until, real_now=clock.real_now())
            )
            continue
        first = due[0].at
        found = _moved(account_id, partial(rules.at, moment=first, real_now=clock.real_now()))
        _do(found, due, tried)
        if time.monotonic() > stop_at_s:
            tasks.enqueue(_task(found))
            break
    return found


def run_moved(kinds: Sequence[FindWork]) -> int:
    """Do for each clock that was moved what is due by it, and go on with moves left behind.

    Each run begins with another clock: if there is no time for all, it is not always the same ones
    that wait.

    Returns:
        The number of things that were done.
    """
    stop_at_s, done = time.monotonic() + RUN_S_MAX, 0
    for each in _moved_clocks(ids.new(rules.PREFIX)):
        left_s = stop_at_s - time.monotonic()
        if left_s < 0:
            break
        done += _run_one(each, kinds, min(SCHEDULE_S, left_s))
    return done


def _moved_clocks(first: str) -> Iterator[TestClock]:
    """Yield all clocks that were moved once, beginning after an id."""
    few = test_clock_documents.list_moved(None, CLOCKS_PAGE)
    if len(few) < CLOCKS_PAGE:  # Mostly all of them, in one query.
        yield from sorted(few, key=lambda each: each.account_id <= first)
        return
    yield from _clocks_after(first)
    for each in _clocks_after(None):
        if each.account_id > first:
            return
        yield each


def _clocks_after(last: str | None) -> Iterator[TestClock]:
    while page := test_clock_documents.list_moved(last, CLOCKS_PAGE):
        yield from page
        if len(page) < CLOCKS_PAGE:
            return
        last = page[-1].account_id


def _run_one(found: TestClock, kinds: Sequence[FindWork], budget_s: float) -> int:
    tried: dict[str, datetime] = {}
    try:
        if found.until is not None:
            go_on(found.account_id, kinds, budget_s)
            return 1
        stop_at_s = time.monotonic() + budget_s
        while due := _due(found.account_id, kinds, found.now(clock.real_now()), tried):
            _do(found, due, tried)
            if time.monotonic() > stop_at_s:
                break
    except Exception:  # noqa: BLE001 - one that fails must not keep the others from their time
        logs.exception("test clock failed", accountId=found.account_id)
    return len(tried)


def _due(
    account_id: str, kinds: Sequence[FindWork], until: datetime, tried: dict[str, datetime]
) -> list[DueWork]:
    """Return what is due until a time, the earliest first, without what was tried in vain."""
    left = [each for kind in kinds for each in _untried(account_id, kind, until, tried)]
    return sorted(left, key=lambda each: each.at)


def _untried(
    account_id: str, kind: FindWork, until: datetime, tried: dict[str, datetime]
) -> list[DueWork]:
    """Return work of one kind: what was tried in vain stays first, and is looked past."""
    limit = PAGE
    while True:
        found = kind(account_id, until, limit)
        left = [each for each in found if tried.get(each.name) != each.at]
        if left or len(found) < limit or limit >= FOUND_MAX:
            return left
        limit *= 2


def _do(found: TestClock, due: Sequence[DueWork], tried: dict[str, datetime]) -> None:
    """Do what is due at the account's time; what fails stays due, and does not stop the others."""
    now = found.now(clock.real_now())
    with clock.moved(found.ahead):
        for each in due:
            if each.at > now:
                return
            tried[each.name] = each.at
            try:
                each.do()
            except Exception:  # noqa: BLE001 - the others go on, and it is tried again later
                logs.exception("work of a test clock failed", work=logs.digest(each.name))


def _moved(account_id: str, change: Callable[[TestClock], TestClock]) -> TestClock:
    path = paths.test_clock(account_id)

    def decide(reads: Reads) -> Effect[TestClock]:
        known = test_clock_documents.decode(reads[path])
        assert known is not None, f"{path} is gone"
        after = change(known)
        return Effect(after, [test_clock_documents.write(reads[path], after)])

    return commands.run([path], decide)


def _task(found: TestClock) -> Task:
    name = f"{found.account_id}-{found.ahead_ms}-{int(found.updated_at.timestamp() * 1000)}"
    return Task(CONTINUE, name, {"accountId": found.account_id})
