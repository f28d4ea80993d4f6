"""The date of a welcome bonus: put off as that of its lot, and not after it has expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from shared.domain.loyalty import ledger, lot_dates, merging, welcome, welcome_dates
from shared.domain.loyalty.expiry import PointsExpiry, Renewal
from shared.domain.loyalty.holds import Hold
from shared.domain.loyalty.lots import Lot
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.welcome_dates import WelcomeDate
from tests.support.strategies import NOW, make_cause, make_membership, make_program

DAY = timedelta(days=1)
PROGRAM = make_program()
PLAIN = replace(PROGRAM, points_expiry=PointsExpiry.of(30))
RENEWING = replace(
    PROGRAM, points_expiry=replace(PointsExpiry.of(30), renewed_by=(Renewal.EARNING,))
)


def welcomed(program: Program) -> Membership:
    new = replace(make_membership(program), awaits_welcome=True)
    with_bonus = replace(program, welcome_bonus=Decimal(50))
    membership, entry = welcome.greeted(new, with_bonus, is_verified=True, now=NOW)
    assert entry is not None
    assert membership.welcome_dates == (WelcomeDate.of(entry),)
    return membership


def date_of(membership: Membership) -> datetime | None:
    (date,) = membership.welcome_dates
    assert [lot.expires_at for lot in (*membership.lots, *membership.held_lots)][-1:] in (
        [],
        [date.expires_at],
    )
    return date.expires_at


@pytest.mark.parametrize(("program", "renews"), [(PLAIN, False), (RENEWING, True)])
def test_an_activity_puts_it_off_if_it_renews(program: Program, renews: bool) -> None:
    member = welcomed(program)
    first = date_of(member)
    assert first is not None

    cause = replace(make_cause("le_2"), now=NOW + 10 * DAY)
    after, _ = ledger.earn(member, program, 7, cause)

    (date,) = after.welcome_dates
    assert (date.expires_at, date.renews) == (first + 10 * DAY if renews else first, renews)


def test_an_activity_does_not_bring_back_what_has_expired() -> None:
    member = welcomed(RENEWING)
    now = NOW + 60 * DAY
    alive, _ = ledger.caught_up(member, RENEWING, now)

    after, _ = ledger.earn(alive, RENEWING, 7, replace(make_cause("le_2"), now=now))

    assert after.welcome_dates == member.welcome_dates
    assert after.welcome_dates[0].is_over(now, after.held_lots)


def test_an_extension_puts_it_off_of_its_day_or_of_all() -> None:
    member = welcomed(PLAIN)
    first = date_of(member)
    until = NOW + 90 * DAY

    for before, moved in ((None, until), (first, until), (NOW + 5 * DAY, first)):
        after, _ = lot_dates.extended(member, PLAIN, until, NOW, before)
        assert date_of(after) == moved


def test_what_is_set_aside_does_not_expire_and_is_put_off() -> None:
    member = welcomed(RENEWING)
    at = date_of(member)
    assert at is not None
    wanted = Hold("rs_1", member.membership_id, (), at - DAY, at + DAY)
    held = ledger.hold(member, RENEWING, wanted, member.available_units)
    assert not held.welcome_dates[0].is_over(at, held.held_lots)
    assert held.welcome_dates[0].is_over(at, [Lot(50, at, renews=False)])

    after, _ = ledger.earn(held, RENEWING, 7, replace(make_cause("le_2"), now=at))

    assert after.welcome_dates[0].expires_at == after.held_lots[0].expires_at
    assert not after.welcome_dates[0].is_over(at + DAY, ())


def test_a_merge_brings_it_along() -> None:
    source, target = welcomed(PLAIN), replace(welcomed(RENEWING), membership_id="lp_1_other")
    both = merging.taken_over(target, source)

    assert both.welcome_dates == (*target.welcome_dates, *source.welcome_dates)
    assert merging.handed_over(source, target).welcome_dates == ()


def test_it_is_found_by_the_membership_that_was_welcomed() -> None:
    mine, theirs = WelcomeDate("lp_1_a"), WelcomeDate("lp_1_b", NOW)
    member = replace(make_membership(PROGRAM), membership_id="lp_1_b", awaits_welcome=True)
    with_bonus = replace(PROGRAM, welcome_bonus=Decimal(5))
    _, bonus = welcome.greeted(member, with_bonus, is_verified=True, now=NOW)
    assert bonus is not None

    assert welcome_dates.find((mine, theirs), bonus) == theirs
    assert welcome_dates.find((mine,), bonus) is None
