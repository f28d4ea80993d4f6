"""Check-ins: distances, days and limits, in memory."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.loyalty import earning
from shared.domain.loyalty.programs import CheckInLimit, StampsRules
from shared.domain.members import check_ins
from shared.domain.members.check_ins import CheckIn, EarningVisits, Method, Visitor
from shared.domain.stores import store_codes
from shared.domain.stores.store_codes import CodeKind, StoreCode
from shared.domain.stores.stores import Coordinates
from shared.errors import CheckInTooFast, StoreCodeUsed
from tests.support.strategies import make_program

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
VISITOR = Visitor("acc_1", "store_1", "user_1", NOW)

places = st.builds(Coordinates, st.floats(-90, 90), st.floats(-180, 180))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        # By Vincenty on WGS 84, which differs from a sphere by at most 0.56 percent.
        (Coordinates(52.5163, 13.3777), Coordinates(48.8584, 2.2945), 879.7),  # Berlin, Paris
        (Coordinates(52.5163, 13.3777), Coordinates(52.5251, 13.3694), 1.13),  # to the station
        (Coordinates(0, 179.9), Coordinates(0, -179.9), 22.26),  # over the date line
        (Coordinates(90, 0), Coordinates(-90, 0), 20_003.9),
        (Coordinates(89.9, 0), Coordinates(89.9, 180), 22.34),  # over the pole
    ],
)
def test_distances_are_those_of_the_earth(a: Coordinates, b: Coordinates, km: float) -> None:
    assert check_ins.distance_m(a, b) == pytest.approx(km * 1000, rel=0.0056)


@given(a=places, b=places, c=places)
def test_distance_is_a_metric(a: Coordinates, b: Coordinates, c: Coordinates) -> None:
    there, back = check_ins.distance_m(a, b), check_ins.distance_m(b, a)

    assert check_ins.distance_m(a, a) == 0
    assert there == pytest.approx(back, abs=1e-3)
    assert there <= check_ins.distance_m(a, c) + check_ins.distance_m(c, b) + 1
    assert 0 <= there <= math.pi * check_ins.EARTH_RADIUS_M


@given(
    time_zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC"]),
    begin=moments,
    gaps=st.lists(st.integers(0, 3_000), min_size=1, max_size=40),
    per_day=st.integers(1, 4),
    between=st.integers(0, 1_440),
)
def test_never_more_earn_on_a_day_or_sooner_than_the_limit_says(
    time_zone: str, begin: datetime, gaps: list[int], per_day: int, between: int
) -> None:
    limit = CheckInLimit(per_day, between)
    visits: EarningVisits | None = None
    earned: list[tuple[datetime, tuple[str, int]]] = []
    refused: list[tuple[datetime, str]] = []
    now = begin
    for minutes in gaps:
        now += timedelta(minutes=minutes)
        day = check_ins.business_day(now, time_zone)
        number = check_ins.number_today(visits, limit, day, now)
        if isinstance(number, str):
            refused.append((now, number))
            continue
        earned.append((now, number))
        visits = EarningVisits(*number, last_at=now)

    names = [number for _, number in earned]
    assert len(set(names)) == len(names)
    by_day = [check_ins.business_day(at, time_zone) for at, _ in earned]
    assert all(by_day.count(day) <= per_day for day in by_day)
    times = [at for at, _ in earned]
    assert all(later - at >= timedelta(minutes=between) for at, later in pairwise(times))
    for at, reason in refused:
        if reason == "per_day":
            assert by_day.count(check_ins.business_day(at, time_zone)) == per_day


def test_a_clock_that_lags_does_not_begin_yesterday_again() -> None:
    visits = EarningVisits("2026-11-30", 1, NOW)

    late = check_ins.number_today(visits, CheckInLimit(), "2026-11-29", NOW)
    more = check_ins.number_today(visits, CheckInLimit(per_day=2), "2026-11-29", NOW)

    assert (late, more) == ("per_day", ("2026-11-30", 2))


def visit(visitor: Visitor, code: StoreCode, now: datetime) -> Visitor:
    made = CheckIn("sess_1", "acc_1", "store_1", "user_1", Method.QR, now, now)
    day = check_ins.business_day(now, "UTC")
    return check_ins.visited(visitor, made, code, day, {"lp_1": EarningVisits(day, 1, now)})


@given(gaps=st.lists(st.integers(0, 100), max_size=60))
def test_what_is_remembered_of_a_visitor_stays_small(gaps: list[int]) -> None:
    visitor, now = VISITOR, NOW
    for seconds in gaps:
        now += timedelta(seconds=seconds)
        code = store_codes.on_screen("store_1", now)
        try:
            check_ins.require_slow(visitor, now)
            check_ins.require_unused(visitor, code, "2026-11-29")
        except (CheckInTooFast, StoreCodeUsed):
            continue
        visitor = visit(visitor, code, now)
        with pytest.raises(StoreCodeUsed):
            check_ins.require_unused(visitor, code, "2026-11-29")

    assert len(visitor.recent) <= check_ins.MEMBER_MAX
    assert len(visitor.used) <= 4


def test_a_poster_is_remembered_for_the_day() -> None:
    code = store_codes.poster("store_1", 1)
    visitor = visit(VISITOR, code, NOW)
    for hours in range(14):
        later = store_codes.on_screen("store_1", NOW + timedelta(hours=hours))
        visitor = visit(visitor, later, NOW + timedelta(hours=hours))

    with pytest.raises(StoreCodeUsed):
        check_ins.require_unused(visitor, code, "2026-11-29")
    check_ins.require_unused(visitor, code, "2026-11-30")


@pytest.mark.parametrize("kind", CodeKind)
def test_a_code_that_earned_nothing_is_not_used_up(kind: CodeKind) -> None:
    code = StoreCode("store_1", kind, 7)
    made = CheckIn("sess_1", "acc_1", "store_1", "user_1", Method.QR, NOW, NOW)

    visitor = check_ins.visited(VISITOR, made, code, "2026-11-29", {})

    check_ins.require_unused(visitor, code, "2026-11-29")
    assert (visitor.used, visitor.recent) == ((), (NOW,))


def test_a_stamp_card_without_a_number_gives_those_of_a_purchase() -> None:
    rules = StampsRules(required_stamps=10, stamps_per_purchase=2)

    assert earning.award_for_check_in(make_program(rules)).awarded_units == 2


earning_visits = st.builds(
    EarningVisits, st.sampled_from(["2026-11-28", "2026-11-29"]), st.integers(1, 5), moments
)
visitors = st.builds(
    lambda by_program: replace(VISITOR, by_program=by_program),
    st.dictionaries(st.sampled_from(["lp_1", "lp_2"]), earning_visits),
)


@given(new=st.none() | visitors, old=visitors, per_day=st.integers(1, 10))
def test_a_merge_gives_nobody_more_visits_a_day(
    new: Visitor | None, old: Visitor, per_day: int
) -> None:
    both = check_ins.taken_over(new, old, "user_2")
    limit, day, later = (
        CheckInLimit(per_day=per_day),
        "2026-11-29",
        datetime(2050, 1, 1, tzinfo=UTC),
    )

    assert both.by_program.keys() == {*old.by_program, *(new.by_program if new else {})}
    for program_id, visits in both.by_program.items():
        of_each = [each.by_program.get(program_id) for each in (new, old) if each is not None]
        had = sum(each.count for each in of_each if each is not None and each.day == day)
        number = check_ins.number_today(visits, limit, day, later)
        assert number == ((day, had + 1) if had < per_day or had == 0 else "per_day")
        assert visits.last_at == max(each.last_at for each in of_each if each is not None)
