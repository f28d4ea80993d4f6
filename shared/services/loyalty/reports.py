"""Reports of a program, from its counters: what happened when, and who came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import due, figures, period_report
from shared.domain.loyalty.period_figures import MonthCounters
from shared.domain.loyalty.period_report import Cohort, Interval, Row
from shared.domain.loyalty.programs import Program
from shared.schemas.base import invalid
from shared.services import access
from shared.store.loyalty import figure_documents, liability_documents
from shared.store.loyalty.liability_documents import LiabilityRecord

DAYS_DEFAULT: Mapping[Interval, int] = {
    Interval.DAY: 30,
    Interval.WEEK: 12 * 7,
    Interval.MONTH: 365,
}
"""How long a report is if nobody says where it begins."""


@dataclass(frozen=True, slots=True)
class Report:
    """What happened in a program. ``counted_since`` is ``None`` if nothing was counted yet."""

    program: Program
    first_day: date
    last_day: date
    counted_since: datetime | None
    members: int
    rows: Sequence[Row]
    top_rewards: Sequence[tuple[str, int]]
    cohorts: Sequence[Cohort]


def report(
    caller: Caller,
    program_id: str,
    store_id: str | None,
    *,
    interval: Interval,
    first_day: date | None,
    last_day: date | None,
) -> Report:
    """Return the report of a program. Its cost depends on the time that it is about, alone.

    Args:
        caller: Who asks.
        program_id: The program.
        store_id: Its store, if it is named.
        interval: What a row is about.
        first_day: The first day; ``None`` for ``DAYS_DEFAULT`` before the last one.
        last_day: The last day; ``None`` for today. Rows are whole periods that have one of them
            and have begun.

    Raises:
        ProgramNotFound: The program is absent or not the caller's.
        InvalidParameters: The days are in the wrong order, or too far apart.
    """
    program = access.program(caller, program_id, store_id)
    today = due.local_day(clock.utc_now(), program.time_zone)
    last = last_day or today
    first = first_day or last - timedelta(days=DAYS_DEFAULT[interval] - 1)
    _check(first, last)
    members = figures.total(figure_documents.shards(program_id)).members
    start = figure_documents.find_start(program_id)
    wanted = period_report.periods(interval, first, last)
    if start is not None:
        begin = due.local_day(start.counted_since, program.time_zone)
        wanted = [(since, until) for since, until in wanted if until >= begin and since <= today]
    by_month: dict[str, MonthCounters] = {}
    if start is not None and wanted:
        months = period_report.months(wanted[0][0], wanted[-1][1])
        by_month = figure_documents.months(program_id, months)
    return Report(
        program=program,
        first_day=first,
        last_day=last,
        counted_since=start.counted_since if start else None,
        members=members,
        rows=period_report.rows(interval, wanted, by_month) if start else [],
        top_rewards=period_report.top_rewards(first, last, by_month.values()),
        cohorts=period_report.cohorts(by_month),
    )


def _check(first: date, last: date) -> None:
    if first > last:
        raise invalid({"toDay": "must not be before fromDay"})
    if (last - first).days >= period_report.DAYS_MAX:
        problem = f"must be less than {period_report.DAYS_MAX} days before toDay"
        raise invalid({"fromDay": problem})


def owed(
    caller: Caller, program_id: str, store_id: str | None
) -> tuple[Program, LiabilityRecord | None]:
    """Return a program, and what it owed its members when the nightly proof last read them.

    Raises:
        ProgramNotFound: The program is absent or not the caller's.
    """
    program = access.program(caller, program_id, store_id)
    return program, liability_documents.find(program_id)
