"""Referrals: who referred whom, and what both get, once: docs/decisions says why it is so."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared import ids
from shared.domain.loyalty import counters, event_rules, ledger, referred
from shared.domain.loyalty.entries import Cause, Entry, MadeOf
from shared.domain.loyalty.event_rules import Period
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.pseudonyms import Pseudonyms
from shared.errors import BalanceLimitExceeded

METHOD = "referral"
"""``Entry.earning_method`` of what both get."""
NEW_MEMBER_ENTRY_ID = ids.derived("le", METHOD, "new")
"""The entry of what the new member gets: the web apps know by it who was invited."""
COUNTED_AS = "referral/rewarded"
"""The counter of who referred. No event of a program has such a name."""


class ReferralStatus(StrEnum):
    """``pending`` until the new member's purchase decides; ``void`` if nobody got anything."""

    PENDING = "pending"
    REWARDED = "rewarded"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Referral:
    """Who referred whom to a program. Units are what each of them got."""

    referral_id: str
    account_id: str
    store_id: str
    program_id: str
    referrer_user_id: str
    new_user_id: str
    created_at: datetime
    updated_at: datetime
    status: ReferralStatus = ReferralStatus.PENDING
    referrer_units: int = 0
    new_member_units: int = 0


def erased(referral: Referral, names: Pseudonyms) -> Referral:
    """Return a referral without the names of somebody who was erased.

    If it was the new member's, nobody gets anything for it any more.
    """
    is_over = names.of(referral.new_user_id) != referral.new_user_id
    is_void = is_over and referral.status is ReferralStatus.PENDING
    return replace(
        referral,
        referrer_user_id=names.of(referral.referrer_user_id),
        new_user_id=names.of(referral.new_user_id),
        status=ReferralStatus.VOID if is_void else referral.status,
    )


@dataclass(frozen=True, slots=True)
class Settlement:
    """Both memberships after a referral was settled, with the entries of each, and the referral."""

    referral: Referral
    membership: Membership
    entries: tuple[Entry, ...]
    referrer: Membership | None
    referrer_entries: tuple[Entry, ...]


def settle(
    referral: Referral,
    membership: Membership,
    referrer: Membership | None,
    program: Program,
    now: datetime,
) -> Settlement:
    """Reward both sides of a referral whose time has come.

    Who referred gets nothing if they are suspended, have left, were erased, or have had as many as
    the program allows in a year; the new member gets theirs all the same. If the new member is not
    active, the program is not, or both are one person by now, nobody gets anything.

    Args:
        referral: The referral, pending.
        membership: The new member's. Time has brought to it what it brings.
        referrer: That of who referred; ``None`` if there is none any more.
        program: Their program.
        now: UTC.
    """
    state = membership.referral
    assert state is not None
    done = replace(membership, referral=referred.settled(state))
    is_self = referrer is not None and referrer.membership_id == membership.membership_id
    if is_self or not (program.is_active and membership.is_active):
        void = replace(referral, status=ReferralStatus.VOID, updated_at=now)
        return Settlement(void, done, (), None, ())
    terms = state.terms
    done, entries = _given(done, program, terms.new_member_points, NEW_MEMBER_ENTRY_ID, now)
    after: Membership | None = None
    referrer_entries: tuple[Entry, ...] = ()
    if referrer is not None and _is_rewarded(referrer, program, state.terms.limit_per_year, now):
        caught_up, caught = ledger.caught_up(referrer, program, now)
        their_id = ids.derived("le", METHOD, referral.referral_id)
        after, made = _given(caught_up, program, state.terms.referrer_points, their_id, now)
        after = _counted(after, program, now)
        referrer_entries = (*caught, *made)
    rewarded = replace(
        referral,
        status=ReferralStatus.REWARDED,
        updated_at=now,
        new_member_units=sum(each.units for each in entries),
        referrer_units=sum(
            each.units for each in referrer_entries if each.earning_method == METHOD
        ),
    )
    return Settlement(rewarded, done, entries, after, referrer_entries)


def _is_rewarded(referrer: Membership, program: Program, limit: int | None, now: datetime) -> bool:
    if not referrer.is_active or referrer.erased_at is not None or referrer.erasure_id is not None:
        return False
    year = event_rules.period_of(now, Period.YEAR, program.time_zone)
    return limit is None or referrer.counted.times_of_event(COUNTED_AS, year) < limit


def _counted(referrer: Membership, program: Program, now: datetime) -> Membership:
    year = event_rules.period_of(now, Period.YEAR, program.time_zone)
    return replace(referrer, counters=counters.with_event(referrer.counted, COUNTED_AS, year, now))


def _given(
    membership: Membership, program: Program, points: Decimal, entry_id: str, now: datetime
) -> tuple[Membership, tuple[Entry, ...]]:
    units = int(points.scaleb(program.scale))
    if units == 0:
        return membership, ()
    cause = Cause(
        entry_id=entry_id,
        fingerprint=ids.digest(METHOD, program.program_id, entry_id),
        now=now,
        description="Referral",
        earning_method=METHOD,
        made_of=MadeOf(METHOD, None, format(points, "f")),
    )
    with suppress(BalanceLimitExceeded):
        after, entry = ledger.earn(membership, program, units, cause)
        return after, (entry,)
    return membership, ()
