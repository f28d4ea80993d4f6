"""List the members of an account or of a program, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from shared import clock
from shared.auth.caller import Caller
from shared.clock import to_wire
from shared.domain.loyalty import ledger
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.members.member import Member
from shared.domain.units import to_units
from shared.schemas import paging
from shared.schemas.base import invalid
from shared.services import access, name_marks, sealed_profiles
from shared.services.members import profiles
from shared.services.members.member_queries import FoundMember
from shared.store.loyalty import membership_documents
from shared.store.members import member_documents
from shared.store.queries import Filter

CREATED, POINTS, NAME = "createdAt", "points", "name"
_NO_CURSOR = {"cursor": "must be a nextCursor of an earlier answer to the same question"}


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members to list; ``None`` for all. Points are those of the program."""

    program_id: str | None = None
    status: str | None = None
    tier: str | None = None
    min_points: Decimal | None = None
    max_points: Decimal | None = None
    is_subscribed: bool | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a list: from a cursor or an offset, in which order."""

    limit: int
    offset: int | None = None
    cursor: str | None = None
    sort_by: str = CREATED
    is_descending: bool = True


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A part of a list. ``total`` is counted only for who asks by an offset."""

    items: Sequence[FoundMember]
    total: int | None
    next_cursor: str | None


def named(caller: Caller, user_ids: Sequence[str]) -> MemberPage:
    """Return the members with these user ids, in their order: one read; others are left out."""
    found = member_documents.find_many(caller.account_id, user_ids)
    items = [_shown(found[each], ()) for each in dict.fromkeys(user_ids) if each in found]
    return MemberPage(items, len(items), None)


def list_members(
    caller: Caller, wanted: MemberFilter, part: Slice, store_id: str | None = None
) -> MemberPage:
    """Return a part of the members of an account, or of a program's if one is named.

    Raises:
        ProgramNotFound: The program is absent, not the caller's, or not of the store that is named.
        InvalidParameters: The cursor is of another question, or points are finer than a unit.
    """
    if wanted.name is not None:
        return _of_name(caller, wanted.name, wanted, part)
    if wanted.program_id is None:
        return _of_account(caller, wanted, part)
    return _of_program(caller, access.program(caller, wanted.program_id, store_id), wanted, part)


def _of_account(caller: Caller, wanted: MemberFilter, part: Slice) -> MemberPage:
    filters = _given({"status": wanted.status, "isSubscribed": wanted.is_subscribed})
    filters += _period("createdAt", wanted)
    after = _after(part)
    found = member_documents.list_page(
        caller.account_id,
        filters,
        is_descending=part.is_descending,
        after=(_moment(after[0]), after[1]) if after else None,
        limit=part.limit + 1,
        offset=part.offset or 0,
    )
    total = None
    if part.offset is not None:
        total = member_documents.count(caller.account_id, filters)
    shown, last = found[: part.limit], found[part.limit - 1 : part.limit]
    more = len(found) > part.limit
    cursor = _cursor(part, to_wire(last[0].created_at), last[0].user_id) if more else None
    return MemberPage([_shown(each, ()) for each in shown], total, cursor)


def _of_name(caller: Caller, name: str, wanted: MemberFilter, part: Slice) -> MemberPage:
    """Return members by the beginnings of their names' words, in the order of the documents' ids.

    One query for each key of the vault: between two keys a member has the marks of one of them.
    """
    filters = _given({"status": wanted.status, "isSubscribed": wanted.is_subscribed})
    after = _after(replace(part, sort_by=NAME))
    found: dict[str, Member] = {}
    for marks in name_marks.asked(caller.account_id, name):
        some = member_documents.list_named(
            caller.account_id, marks, filters, after[1] if after else None, part.limit + 1
        )
        found |= {each.user_id: each for each in some}
    ordered = sorted(found.values(), key=member_documents.MEMBERS.path_of)
    shown = ordered[: part.limit]
    more = len(ordered) > part.limit
    cursor = _cursor(replace(part, sort_by=NAME), "", shown[-1].user_id) if more else None
    return MemberPage([_shown(each, ()) for each in shown], None, cursor)


def _of_program(caller: Caller, program: Program, wanted: MemberFilter, part: Slice) -> MemberPage:
    program_id = program.program_id
    filters = _given({"status": wanted.status, "tier": wanted.tier})
    filters += _period("enrolledAt", wanted)
    if wanted.min_points is not None:
        least = to_units(wanted.min_points, program.scale, field="minPoints")
        filters.append(("balanceUnits", ">=", least))
    if wanted.max_points is not None:
        most = to_units(wanted.max_points, program.scale, field="maxPoints")
        filters.append(("balanceUnits", "<=", most))
    after, is_by_points = _after(part), part.sort_by == POINTS
    found = membership_documents.list_page(
        program_id,
        filters,
        sort_field="balanceUnits" if is_by_points else "enrolledAt",
        is_descending=part.is_descending,
        after=((_number if is_by_points else _moment)(after[0]), after[1]) if after else None,
        limit=part.limit + 1,
        offset=part.offset or 0,
    )
    total = membership_documents.count(program_id, filters) if part.offset is not None else None
    shown = found[: part.limit]
    cursor = None
    if len(found) > part.limit:
        last = shown[-1]
        value = str(last.balance_units) if is_by_points else to_wire(last.enrolled_at)
        cursor = _cursor(part, value, last.membership_id)
    persons = member_documents.find_many(caller.account_id, [each.user_id for each in shown])
    now = clock.utc_now()
    items = [
        _shown(
            persons.get(each.user_id) or profiles.of_before([each]),
            [ledger.current(each, program, now)],
        )
        for each in shown
    ]
    return MemberPage(items, total, cursor)


def _shown(member: Member, memberships: Sequence[Membership]) -> FoundMember:
    return FoundMember(member, sealed_profiles.profile_of(member), memberships)


def _given(values: Mapping[str, object]) -> list[Filter]:
    return [(name, "==", value) for name, value in values.items() if value is not None]


def _period(name: str, wanted: MemberFilter) -> list[Filter]:
    since = [(name, ">=", wanted.created_from)] if wanted.created_from else []
    until = [(name, "<", wanted.created_to)] if wanted.created_to else []
    return [*since, *until]


def _cursor(part: Slice, value: str, last_id: str) -> str:
    return paging.encode_key(f"{part.sort_by}|{value}|{last_id}")


def _after(part: Slice) -> tuple[str, str] | None:
    """Return value and id of the last item of the page before."""
    if part.cursor is None:
        return None
    sort_by, _, rest = paging.decode_key(part.cursor).partition("|")
    value, _, last_id = rest.partition("|")
    if sort_by != part.sort_by or not last_id or "/" in last_id:
        raise invalid(_NO_CURSOR)
    return value, last_id


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(_NO_CURSOR) from None
    if moment.tzinfo is None or not clock.is_usable(moment):
        raise invalid(_NO_CURSOR)
    return moment


def _number(text: str) -> int:
    if not text.removeprefix("-").isdecimal() or len(text) > 17:  # noqa: PLR2004 - of 10^15
        raise invalid(_NO_CURSOR)
    return int(text)
