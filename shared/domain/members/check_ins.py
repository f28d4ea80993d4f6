"""Check-ins: when a customer is in a store, and what of it counts.

A check-in is a visit, with a session for Scan & Go. Whether it earns too is each program's matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from shared.clock import to_wire
from shared.domain.loyalty.programs import CheckInLimit, EarningMethod
from shared.domain.pseudonyms import Pseudonyms
from shared.domain.stores.store_codes import SKEW_STEPS, STEP_S, CodeKind, StoreCode
from shared.domain.stores.stores import Coordinates, Store
from shared.errors import (
    CheckInTooFast,
    OutOfRange,
    PositionInaccurate,
    StoreClosed,
    StoreCodeUsed,
    StorePositionUnknown,
)

ACCURACY_M_MAX = 100
"""A position that may be off by more proves nothing. Phones report 5 m outside, 30 m inside."""
EARTH_RADIUS_M = 6_371_008.8
"""Mean radius. The earth is no sphere: distances are right to 0.5 percent."""

RATE_WINDOW = timedelta(minutes=1)
MEMBER_MAX = 5
DEVICE_MAX = 10
STORE_MAX = 600
"""The most check-ins within ``RATE_WINDOW``."""
_SHOWN = timedelta(seconds=STEP_S * (2 * SKEW_STEPS + 1))
"""How long a code of a screen can be taken, at most."""


class Method(StrEnum):
    """What shows that the customer is there."""

    QR = "qr"
    GPS = "gps"


EARNING_METHODS: Mapping[Method, EarningMethod] = {
    Method.QR: EarningMethod.QR_CHECKIN,
    Method.GPS: EarningMethod.STORE_CHECKIN,
}


@dataclass(frozen=True, slots=True)
class GpsPosition:
    """Where a device says that it is; ``accuracy_m`` is what it may be off by."""

    coordinates: Coordinates
    accuracy_m: float | None


@dataclass(frozen=True, slots=True)
class Earned:
    """What a check-in earned in a program; nothing for ``reason``, which is ``None`` otherwise."""

    program_id: str
    scale: int
    balance_units: int
    tier: str | None
    units: int = 0
    entry_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A visit. ``device_hash`` tells devices apart and names none; kept until ``expires_at``."""

    session_id: str
    account_id: str
    store_id: str
    user_id: str
    method: Method
    checked_in_at: datetime
    expires_at: datetime
    by_customer: bool = False
    code_kind: CodeKind | None = None
    device_hash: str | None = None
    earned: tuple[Earned, ...] = ()


@dataclass(frozen=True, slots=True)
class UsedCode:
    """A code by which a member has earned, and the check-in that did."""

    kind: CodeKind
    number: int
    day: str
    used_at: datetime
    session_id: str


@dataclass(frozen=True, slots=True)
class EarningVisits:
    """A member's check-ins that earned in a program: how many on the last such day, and when."""

    day: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """What of a member's visits to a store limits the next one. Days are like ``2026-11-29``.

    ``recent`` are the times within ``RATE_WINDOW``; ``used`` are codes that could still be used
    again; ``by_program`` are the visits that earned.
    """

    account_id: str
    store_id: str
    user_id: str
    expires_at: datetime
    recent: tuple[datetime, ...] = ()
    used: tuple[UsedCode, ...] = ()
    by_program: Mapping[str, EarningVisits] = field(default_factory=dict)


def erased(check_in: CheckIn, names: Pseudonyms) -> CheckIn:
    """Return a check-in under the pseudonym, without the device."""
    return replace(check_in, user_id=names.of(check_in.user_id), device_hash=None)


def business_day(moment: datetime, time_zone: str) -> str:
    """Return the day of a moment in the store's time zone: ``2026-11-29``."""
    return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()


def distance_m(a: Coordinates, b: Coordinates) -> float:
    """Return the distance over the ground, in metres, by the haversine formula."""
    from_latitude, to_latitude = radians(a.latitude), radians(b.latitude)
    half_north = (to_latitude - from_latitude) / 2
    half_east = radians(b.longitude - a.longitude) / 2
    chord = sin(half_north) ** 2 + cos(from_latitude) * cos(to_latitude) * sin(half_east) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(chord, 1.0)))


def require_open(store: Store) -> None:
    """Refuse a check-in while the store takes none.

    Raises:
        StoreClosed: The operator has closed it for check-ins.
    """
    if store.is_closed:
        raise StoreClosed("The store takes no check-ins for now.")


def require_near(store: Store, position: GpsPosition) -> None:
    """Refuse a position that is not the store's.

    Raises:
        StorePositionUnknown: The store has no position.
        PositionInaccurate: The device does not know well enough where it is.
        OutOfRange: It is farther away than the store's radius.
    """
    if store.position is None:
        raise StorePositionUnknown("The store has no position to compare with.")
    if position.accuracy_m is not None and position.accuracy_m > ACCURACY_M_MAX:
        raise PositionInaccurate(
            f"The position may be off by {position.accuracy_m:.0f} m.", accuracyMaxM=ACCURACY_M_MAX
        )
    distance = distance_m(store.position, position.coordinates)
    if distance > store.check_in_radius_m:
        # Not how far: that would tell step by step where a store is, which only its owner may.
        raise OutOfRange("The position is not at the store.", radiusM=store.check_in_radius_m)


def require_unused(visitor: Visitor, code: StoreCode, day: str) -> None:
    """Refuse a code that has earned for the member: a poster's once a day, a screen's once.

    Raises:
        StoreCodeUsed: With the check-in for which it was used.
    """
    for used in visitor.used:
        is_same = used.day >= day if code.kind is CodeKind.STATIC else used.number == code.number
        if used.kind is code.kind and is_same:
            raise StoreCodeUsed(
                "You have checked in with this code already.",
                sessionId=used.session_id,
                checkedInAt=to_wire(used.used_at),
            )


def require_slow(visitor: Visitor, now: datetime) -> None:
    """Refuse a member who checks in again and again.

    Raises:
        CheckInTooFast: There were ``MEMBER_MAX`` check-ins within ``RATE_WINDOW``.
    """
    within = [each for each in visitor.recent if each > now - RATE_WINDOW]
    if len(within) >= MEMBER_MAX:
        wait = min(within) + RATE_WINDOW - now
        raise too_fast("member", wait)


def too_fast(whose: str, wait: timedelta = RATE_WINDOW) -> CheckInTooFast:
    """Return the refusal of a check-in too many, by a ``member``, ``device`` or ``store``."""
    retry_after_s = max(1, -(-wait // timedelta(seconds=1)))
    return CheckInTooFast("Too many check-ins within a minute.", of=whose, retryAfter=retry_after_s)


def number_today(
    visits: EarningVisits | None, limit: CheckInLimit, day: str, now: datetime
) -> tuple[str, int] | str:
    """Return the business day and the number on it of a check-in that may earn, else why not.

    A day that was begun is not left again: the clocks of two servers may differ at midnight.
    """
    if visits is None:
        return day, 1
    if now < visits.last_at + timedelta(minutes=limit.minutes_between):
        return "minutes_between"
    if visits.day < day:
        return day, 1
    return (visits.day, visits.count + 1) if visits.count < limit.per_day else "per_day"


def taken_over(visitor: Visitor | None, old: Visitor, user_id: str) -> Visitor:
    """Return the visitor ``user_id`` with what limits the visits of one who was merged into them.

    Visits that earned are counted together, if both were on the last such day.
    """
    if visitor is None:
        return replace(old, user_id=user_id)
    by_program = {**old.by_program, **visitor.by_program}
    for program_id in old.by_program.keys() & visitor.by_program.keys():
        both = (visitor.by_program[program_id], old.by_program[program_id])
        day = max(each.day for each in both)
        by_program[program_id] = EarningVisits(
            day,
            sum(each.count for each in both if each.day == day),
            max(each.last_at for each in both),
        )
    return replace(
        visitor,
        expires_at=max(visitor.expires_at, old.expires_at),
        recent=tuple(sorted((*visitor.recent, *old.recent))),
        used=(*visitor.used, *old.used),
        by_program=by_program,
    )


def visited(
    visitor: Visitor,
    check_in: CheckIn,
    code: StoreCode | None,
    day: str,
    earning: Mapping[str, EarningVisits],
) -> Visitor:
    """Return the visitor after a check-in; ``earning`` are the programs in which it earned.

    Only a code that has earned something is used up: who gets a card, or is verified, later on the
    same day collects for it with the same poster.
    """
    now = check_in.checked_in_at
    used = [
        each
        for each in visitor.used
        if (each.day >= day if each.kind is CodeKind.STATIC else each.used_at > now - _SHOWN)
    ]
    if code is not None and earning:
        used.append(UsedCode(code.kind, code.number, day, now, check_in.session_id))
    return replace(
        visitor,
        expires_at=check_in.expires_at,
        recent=(*(each for each in visitor.recent if each > now - RATE_WINDOW), now),
        used=tuple(used),
        by_program={**visitor.by_program, **earning},
    )
