"""Check a customer in at a store: prove it, book what it earns, all in one commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.loyalty import earning, figures, ledger
from shared.domain.loyalty.earning import Earner
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.members import check_in_figures, check_ins, comebacks
from shared.domain.members.check_ins import (
    CheckIn,
    Earned,
    EarningVisits,
    GpsPosition,
    Method,
    Visitor,
)
from shared.domain.stores.stores import Store
from shared.errors import (
    CheckInTooFast,
    OutOfRange,
    PositionInaccurate,
    PunktwerkError,
    StoreClosed,
    StoreCodeDamaged,
    StoreCodeExpired,
    StoreCodeForeign,
    StoreCodeUnknown,
    StoreCodeUsed,
    StorePositionUnknown,
)
from shared.schemas.base import invalid
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.stores import store_qr_codes
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.loyalty import membership_documents, program_documents
from shared.store.members import check_in_documents

REFUSALS = (
    StoreClosed,
    StoreCodeDamaged,
    StoreCodeUnknown,
    StoreCodeForeign,
    StoreCodeExpired,
    StoreCodeUsed,
    StorePositionUnknown,
    PositionInaccurate,
    OutOfRange,
    CheckInTooFast,
)
"""Why a visit does not count. Each is counted for the merchant; nothing else is written."""
UNVERIFIED = "unverified"
DESCRIPTION = "Check-in"


@dataclass(frozen=True, slots=True)
class Visit:
    """What is said of a visit. Without a ``method`` it follows from what is there."""

    user_id: str
    store_id: str
    method: Method | None = None
    code: str | None = None
    position: GpsPosition | None = None
    device_id: str | None = None

    @property
    def by(self) -> Method:
        """The method: a code is better than a position, and a key's word needs neither."""
        if self.method is not None:
            return self.method
        return Method.GPS if self.code is None and self.position is not None else Method.QR


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """A check-in; ``is_replay`` if an earlier request with the same key did it."""

    check_in: CheckIn
    is_replay: bool = False


def check_in(caller: Caller, visit: Visit) -> CheckedIn:
    """Check a customer in, and book what each program of the store grants: four RPCs at most.

    Whatever is given must be right, a code as well as a position. A secret key needs neither: it
    vouches for the visit.

    Raises:
        StoreNotFound, InvalidParameters, IdempotencyKeyReused, Busy; and ``REFUSALS``.
    """
    store = access.store(caller, visit.store_id)
    _require_proof(caller, visit)
    now = clock.utc_now()
    try:
        return _run(caller, store, visit, now, user_id=visit.user_id)
    except REFUSALS as refusal:
        _count_refusal(store, refusal, now)
        raise


def _require_proof(caller: Caller, visit: Visit) -> None:
    """Refuse a customer's visit without a code or a position.

    Raises:
        InvalidParameters: It names what is missing.
    """
    if caller.customer is None:
        return
    if visit.by is Method.QR and visit.code is None:
        raise invalid({"code": "is required: the store's code, or else a position"})
    if visit.by is Method.GPS and visit.position is None:
        raise invalid({"latitude": "is required with the method gps"})
    if visit.position is not None and visit.position.accuracy_m is None:
        raise invalid({"accuracyM": "is required with a position"})


@forwarding.following
def _run(caller: Caller, store: Store, visit: Visit, now: datetime, *, user_id: str) -> CheckedIn:
    session_id = ids.new("sess")
    programs = _earning_programs(store, visit.by)
    visitor_path = paths.visitor(store.store_id, user_id)
    member_paths = {
        each.program_id: paths.member(paths.membership_id(each.program_id, user_id))
        for each in programs
    }
    device_hash = visit.device_id and ids.digest("device", caller.account_id, visit.device_id)
    require_rate = cache(lambda: _require_rate(caller, store, device_hash, now))

    def decide(reads: Reads) -> Effect[CheckedIn]:
        day = check_ins.business_day(now, store.time_zone)
        expires_at = now + check_in_documents.KEPT
        visitor = check_in_documents.decode_visitor(reads[visitor_path]) or Visitor(
            store.account_id, store.store_id, user_id, expires_at
        )
        check_ins.require_open(store)
        code = None
        if visit.code is not None:
            code = store_qr_codes.verify(visit.code, store, clock.real_now())
        if visit.position is not None:
            check_ins.require_near(store, visit.position)
        if code is not None:
            check_ins.require_unused(visitor, code, day)
        check_ins.require_slow(visitor, now)
        require_rate()
        is_unverified = caller.customer is not None and not caller.customer.is_verified
        memberships = {
            each.program_id: membership_documents.decode(reads[member_paths[each.program_id]])
            for each in programs
        }
        for held in memberships.values():
            forwarding.require_current(held)
        grants = [
            _granted(caller, program, visit.by, membership, visitor, day, now, is_unverified)
            for program in programs
            if (membership := memberships[program.program_id]) is not None
        ]
        made = CheckIn(
            session_id=session_id,
            account_id=store.account_id,
            store_id=store.store_id,
            user_id=user_id,
            method=visit.by,
            checked_in_at=now,
            expires_at=expires_at,
            by_customer=caller.customer is not None,
            code_kind=code.kind if code else None,
            device_hash=device_hash,
            earned=tuple(each.earned for each in grants),
        )
        earning_visits = {
            each.earned.program_id: each.visits for each in grants if each.visits is not None
        }
        writes: list[Write] = [
            check_in_documents.creation(made),
            check_in_documents.write_visitor(
                reads[visitor_path], check_ins.visited(visitor, made, code, day, earning_visits)
            ),
        ]
        for each in grants:
            read = reads[member_paths[each.earned.program_id]]
            if each.entries:
                writes += membership_documents.writes(read, each.membership, *each.entries)
        return Effect(CheckedIn(made), writes, kept=check_in_documents.to_document(made))

    def replay(kept: Document, _: Reads) -> CheckedIn:
        return CheckedIn(check_in_documents.from_document(kept), is_replay=True)

    needs = [visitor_path, *member_paths.values()]
    return commands.run(needs, decide, claim=caller.claim, replay=replay)


@dataclass(frozen=True, slots=True)
class _Grant:
    """What one program grants: the membership after it, its entries, and the visit that earned."""

    earned: Earned
    membership: Membership
    entries: tuple[Entry, ...] = ()
    visits: EarningVisits | None = None


def _granted(
    caller: Caller,
    program: Program,
    method: Method,
    membership: Membership,
    visitor: Visitor,
    day: str,
    now: datetime,
    is_unverified: bool,
) -> _Grant:
    """Return what a program grants for a visit, or why it grants nothing."""
    award = earning.award_for_check_in(program, Earner(membership, now))
    before = visitor.by_program.get(program.program_id) or comebacks.visits_before(
        membership, visitor.store_id
    )
    number = check_ins.number_today(before, program.check_in_limit, day, now)
    reason = UNVERIFIED if is_unverified else award.reason
    if reason is None and isinstance(number, str):
        reason = number
    if reason is not None:
        return _nothing(program, membership, reason, now)
    assert not isinstance(number, str)
    cause = earning.with_award(_cause(caller, program, method, number, now), award)
    try:
        current, caught = ledger.caught_up(membership, program, now)
        after, entry = ledger.earn(current, program, award.awarded_units, cause)
    except PunktwerkError as refusal:
        # One program's refusal, such as a full balance, is not that of the others or of the visit.
        return _nothing(program, membership, refusal.code.lower(), now)
    earned = Earned(
        program.program_id,
        program.scale,
        after.balance_units,
        after.tier,
        units=award.awarded_units,
        entry_id=entry.entry_id,
    )
    return _Grant(earned, after, (*caught, entry), EarningVisits(*number, last_at=now))


def _nothing(program: Program, membership: Membership, reason: str, now: datetime) -> _Grant:
    current = ledger.current(membership, program, now)
    now_there = Earned(
        program.program_id, program.scale, current.balance_units, current.tier, reason=reason
    )
    return _Grant(now_there, membership)


def _cause(
    caller: Caller, program: Program, method: Method, number: tuple[str, int], now: datetime
) -> Cause:
    """Return the entry's name: what a member earns for the n-th visit of a day, once for ever."""
    terms = ("check_in", program.program_id, number[0], str(number[1]))
    return Cause(
        entry_id=ids.derived("le", *terms),
        fingerprint=ids.digest(*terms),
        key_hash=caller.claim.claim_id if caller.claim else None,
        staff_id=caller.staff_id,
        now=now,
        description=DESCRIPTION,
        earning_method=check_ins.EARNING_METHODS[method],
    )


def _earning_programs(store: Store, method: Method) -> list[Program]:
    """Return the store's active programs that reward this way of checking in."""
    found = (program_documents.find(each) for each in store.active_program_ids)
    wanted = check_ins.EARNING_METHODS[method]
    return [each for each in found if each and each.is_active and wanted in each.earning_methods]


def _require_rate(caller: Caller, store: Store, device_hash: str | None, now: datetime) -> None:
    """Refuse a check-in too many of a device or a store; a key's are bounded by its device alone.

    The counts are of what is committed: calls at the same moment may pass together.

    Raises:
        CheckInTooFast: There were as many within a minute as there may be.
    """
    since = now - check_ins.RATE_WINDOW
    if device_hash is not None:
        of_device = check_in_documents.count_of_device(device_hash, since)
        if of_device >= check_ins.DEVICE_MAX:
            raise check_ins.too_fast("device")
    if caller.customer is not None:
        of_store = check_in_documents.count_of_store(store.store_id, since)
        if of_store >= check_ins.STORE_MAX:
            raise check_ins.too_fast("store")


def _count_refusal(store: Store, refusal: PunktwerkError, now: datetime) -> None:
    counted = check_in_figures.from_refusal(refusal.code, now, store.time_zone)
    commands.count(check_in_documents.increment(store.store_id, counted))


@dataclass(frozen=True, slots=True)
class CheckInStats:
    """How many check-ins a store had, and how many were refused: ever, and this month."""

    ever: Mapping[str, int]
    this_month: Mapping[str, int]


def stats(caller: Caller, store_id: str) -> CheckInStats:
    """Return a store's figures; months are those of its time zone.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    store = access.store(caller, store_id)
    counters = check_in_figures.total(check_in_documents.shards(store_id))
    month = figures.month_of(clock.utc_now(), store.time_zone)
    return CheckInStats(check_in_figures.ever(counters), counters.by_month.get(month, {}))
