"""Import many members, several in each commit. Each row stands alone: all of it or nothing.

A row makes or changes a profile, opens a membership and books an opening balance, by the rules of
the single calls. Rows that are committed together have a claim of their own, which keeps their
results: so if a process dies on the way, the next one gives those results again, and goes on.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from shared import clock, ids
from shared.auth.caller import Caller, Claim
from shared.domain.loyalty import ledger, opening, welcome
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.opening import Opening
from shared.domain.loyalty.programs import Program
from shared.domain.members import comebacks as rules_of_comebacks
from shared.domain.members import member as members
from shared.domain.members import member_events, member_rows, profile_changes
from shared.domain.members.member import Member
from shared.domain.members.member_rows import (
    USER,
    IfMemberExists,
    MemberImport,
    MemberRowOutcome,
    MemberRowResult,
)
from shared.domain.members.profile import Key, Profile
from shared.domain.members.profile_changes import ProfileChanges
from shared.domain.units import from_units, to_units
from shared.domain.webhooks.endpoints import WebhookEndpoint
from shared.domain.webhooks.webhook_targets import ENDPOINTS_PER_STORE_MAX
from shared.errors import Busy, IdempotencyKeyReused, InvalidParameters, PunktwerkError
from shared.schemas.base import MISSING, invalid
from shared.schemas.members.member_row_bodies import MemberToImportBody
from shared.schemas.rows import BadRow
from shared.services import access, commands, joint_commands, sealed_profiles
from shared.services.commands import Effect, Reads
from shared.services.events import outbox, shop_outbox
from shared.services.joint_commands import WRITES_MAX, TooManyWrites
from shared.services.loyalty.row_bookings import AT_ONCE_S, kept_message
from shared.services.members import comebacks, member_keys, profile_requests, profiles
from shared.store import codec, paths
from shared.store.client import Document, Write
from shared.store.loyalty import membership_documents
from shared.store.members import member_documents, member_key_documents
from shared.store.webhooks import endpoint_documents

BY = "import"
"""Who gave a consent of which a row does not say it."""
_WRITES_OF_ROW = 10 + ENDPOINTS_PER_STORE_MAX
"""Person, event, membership with mirror, some entries, and a delivery to each endpoint."""
_TIME_IS_UP = "The time was up. Send the same request again: nothing is done twice."
_ERASED = "A member of these rows was erased meanwhile. Send those that are left as a new import."
_ERASED_SINCE = "The person was erased after the import began."
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\[\]]{0,79}")
"""What may be kept as the name of a field; anything else may be a person's data."""


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row that was judged: what it says, what is wrong with it, or its result as a duplicate.

    ``keys`` are what identifies the person.
    """

    index: int
    body: MemberToImportBody | BadRow | MemberRowResult
    changes: ProfileChanges = field(default_factory=ProfileChanges)
    keys: tuple[Key, ...] = ()

    @property
    def user_id(self) -> str | None:
        """The user id that it names, if it could be read."""
        return self.body.name if isinstance(self.body, BadRow) else self.body.user_id


@dataclass(frozen=True, slots=True)
class ImportedRows:
    """The results of all rows, in their order; ``is_replay`` if an earlier request did it."""

    rows: Sequence[MemberRowResult]
    is_replay: bool = False

    @property
    def is_complete(self) -> bool:
        """False if the time was up before the last row."""
        return all(row.outcome is not MemberRowOutcome.NOT_DONE for row in self.rows)


def judged(caller: Caller, index: int, body: MemberToImportBody | BadRow) -> JudgedRow:
    """Judge a row by the account's settings."""
    if isinstance(body, BadRow):
        return JudgedRow(index, body)
    try:
        changes = profile_requests.changes_of(caller, body)
    except PunktwerkError as refusal:
        return JudgedRow(index, BadRow(refusal, body.user_id))
    return JudgedRow(index, body, changes, member_rows.keys_of(body.user_id, changes.keys))


def without_duplicates(
    rows: Sequence[JudgedRow], place_of: Callable[[int], str]
) -> list[JudgedRow]:
    """Mark the rows that name the person of an earlier one.

    Args:
        rows: All rows, in their order.
        place_of: Names a row for people, by its place in ``rows``.
    """
    marked = []
    for row, same in zip(rows, member_rows.duplicates([each.keys for each in rows]), strict=True):
        if same is None:
            marked.append(row)
            continue
        first, (kind, _) = same
        name = member_rows.field_of(kind)
        message = f"{place_of(first)} has the same {name}."
        marked.append(duplicate(row.index, rows[first].index, name, message))
    return marked


def duplicate(index: int, first_index: int, name: str, message: str) -> JudgedRow:
    """Return a row that names the person of an earlier one, and is not carried out."""
    found = MemberRowResult(
        index,
        MemberRowOutcome.DUPLICATE,
        message=message,
        fields=(name,),
        duplicate_of=first_index,
    )
    return JudgedRow(index, found)


def run(
    caller: Caller,
    rows: Sequence[JudgedRow],
    wanted: MemberImport,
    *,
    program_id: str | None,
    store_id: str | None,
    at_once_s: float = AT_ONCE_S,
) -> ImportedRows:
    """Import the rows of a request, in their order.

    The result is kept for the request's key once no row is left. A dry run keeps nothing.

    Raises:
        IdempotencyKeyReused, Busy.
    """
    earlier = commands.find_replay(caller.claim, _replayed)
    if earlier is not None:
        return earlier
    batch_id = caller.claim.claim_id if caller.claim else None
    work = _Work(caller, wanted, batch_id, program_id, store_id, clock.utc_now())
    results = work.run(rows, time.monotonic() + at_once_s)
    imported = ImportedRows(results)
    if imported.is_complete and not wanted.is_dry:
        commands.keep(caller.claim, _kept(results))
    return imported


def carry_out(
    caller: Caller,
    batch_id: str,
    rows: Sequence[JudgedRow],
    wanted: MemberImport,
    *,
    program_id: str | None,
    store_id: str | None,
    started_at: datetime,
) -> list[MemberRowResult]:
    """Import rows of a file; return a result for each.

    Args:
        caller: The account.
        batch_id: The same for every attempt at these rows, together with their indexes.
        rows: The rows.
        wanted: What holds for all of them.
        program_id: The program of rows that name none.
        store_id: The store that the members come from.
        started_at: When the import began. Who was erased since then is not made anew.
    """
    return _Work(caller, wanted, batch_id, program_id, store_id, started_at).run(rows, None)


class _Work:
    """One attempt at some rows."""

    def __init__(
        self,
        caller: Caller,
        wanted: MemberImport,
        batch_id: str | None,
        program_id: str | None,
        store_id: str | None,
        started_at: datetime,
    ) -> None:
        self.caller = caller
        self.wanted = wanted
        self.batch_id = batch_id or ids.new("run")
        self.program_id = program_id
        self.store_id = store_id
        self.started_at = started_at
        self._is_repeatable = batch_id is not None and not wanted.is_dry
        self._endpoints: dict[str, list[WebhookEndpoint]] = {}

    def run(self, rows: Sequence[JudgedRow], stop_at_s: float | None) -> list[MemberRowResult]:
        """Carry out rows, and return the results in their order."""
        results: list[MemberRowResult] = []
        for some in self._together(rows):
            if stop_at_s is not None and time.monotonic() > stop_at_s:
                results += [_not_done(row, None, _TIME_IS_UP) for row in some]
            else:
                results += self._carry_out(some)
        return sorted(results, key=lambda each: each.index)

    def endpoints(self, store_id: str) -> list[WebhookEndpoint]:
        """Return the webhook endpoints of a store: one query for all rows."""
        if store_id not in self._endpoints:
            self._endpoints[store_id] = endpoint_documents.list_of_store(store_id)
        return self._endpoints[store_id]

    def home(self, program: Program | None) -> str | None:
        """Return the store that a member comes from."""
        if self.store_id is not None or program is None:
            return self.store_id or profiles.oldest_store_id(self.caller.account_id)
        return program.store_id

    def _together(self, rows: Sequence[JudgedRow]) -> Iterator[list[JudgedRow]]:
        """Yield rows that fit into one commit. The same rows are always divided in the same way."""
        some: list[JudgedRow] = []
        writes = 0
        for row in rows:
            # Keys of a member who is changed may be freed as well.
            more = _WRITES_OF_ROW + 2 * len(member_keys.versions()) * len(row.keys)
            if some and writes + more >= WRITES_MAX:
                yield some
                some, writes = [], 0
            some.append(row)
            writes += more
        if some:
            yield some

    def _carry_out(self, rows: Sequence[JudgedRow]) -> list[MemberRowResult]:
        results: list[MemberRowResult] = []
        ready: list[_PreparedRow] = []
        for row in rows:
            if isinstance(row.body, MemberRowResult):
                results.append(row.body)
                continue
            try:
                ready.append(_prepared(self, row, row.body))
            except PunktwerkError as refusal:
                results.append(failed(row, refusal))
        return [*results, *self._commit(ready)] if ready else results

    def _commit(self, ready: Sequence[_PreparedRow]) -> list[MemberRowResult]:
        claim, first = None, ready[0].row.index
        if self._is_repeatable:
            claim_id = ids.digest("member rows", self.batch_id, str(first), str(len(ready)))
            claim = Claim(claim_id, "rows", self.caller.account_id)

        def as_results(
            outcomes: Sequence[MemberRowResult | PunktwerkError],
        ) -> list[MemberRowResult]:
            return [
                failed(each.row, outcome) if isinstance(outcome, PunktwerkError) else outcome
                for each, outcome in zip(ready, outcomes, strict=True)
            ]

        def replay(kept: Document, _: Reads) -> list[MemberRowResult | PunktwerkError]:
            return [*_results_in(kept)]

        try:
            outcomes = joint_commands.run(
                ready,
                claim=claim,
                kept=lambda outcomes: _kept(as_results(outcomes)),
                replay=replay,
                is_dry=self.wanted.is_dry,
            )
        except TooManyWrites:
            if len(ready) == 1:
                raise
            return [result for each in ready for result in self._commit([each])]
        except Busy as busy:
            return [_not_done(each.row, busy.code, busy.message) for each in ready]
        except IdempotencyKeyReused as refusal:
            gone = IdempotencyKeyReused(_ERASED, fix=refusal.fix)
            return [failed(each.row, gone) for each in ready]
        return as_results(outcomes)


def _prepared(work: _Work, row: JudgedRow, body: MemberToImportBody | BadRow) -> _PreparedRow:
    """Return a row with all that does not depend on what is stored.

    Raises:
        PunktwerkError: The row's refusal.
    """
    if isinstance(body, BadRow):
        raise body.refusal
    program = None
    program_id = body.program_id or work.program_id
    if program_id is not None:
        program = access.program(work.caller, program_id, None)
    elif any((body.points, body.total_earned, body.points_earned_at, body.enrolled_at)):
        raise invalid({"programId": MISSING})
    new_id = body.user_id or ids.derived("mbr", "row", work.batch_id, str(row.index))
    brought = None if program is None else _opening(program, body)
    return _PreparedRow(work, row, body, program, brought, new_id, ids.new("evt"), clock.utc_now())


def _opening(program: Program, body: MemberToImportBody) -> Opening | None:
    """Return what the person brings along, ``None`` for nothing.

    Raises:
        InvalidParameters: An amount is too fine, or more points are left than were earned.
    """
    units = to_units(body.points or Decimal(0), program.scale, field="points")
    total_units = units
    if body.total_earned is not None:
        total_units = to_units(body.total_earned, program.scale, field="totalEarned")
    if total_units < units:
        raise invalid({"totalEarned": "must be at least points"})
    return Opening(units, total_units, body.points_earned_at) if total_units else None


@dataclass(frozen=True)
class _PreparedRow:
    """A row apart from its commit; ``new_id`` is the user id if the person is new."""

    work: _Work
    row: JudgedRow
    body: MemberToImportBody
    program: Program | None
    opening: Opening | None
    new_id: str
    event_id: str
    now: datetime

    @property
    def needs(self) -> list[str]:
        """The paths to read. Those of a person who is found by a key are wanted later."""
        needs = [self._person_path(self.new_id)]
        needs += member_keys.needs(self._account_id, self.row.changes.keys)
        return [*needs, *self._membership_paths(self.new_id), *self._marks]

    def decide(self, reads: Reads) -> Effect[MemberRowResult]:
        """Decide, as for ``commands.run``."""
        own = self._person(reads, self.new_id)
        met_id = member_rows.met(
            None if self.body.user_id is None else (own.user_id if own else self.new_id),
            self._owners(reads, own),
            self.work.wanted.if_exists,
        )
        if met_id is not None and self.work.wanted.if_exists is IfMemberExists.SKIP:
            return Effect(self._result(MemberRowOutcome.SKIPPED, met_id))
        stored = own if met_id is None else self._person(reads, met_id)
        since = self.work.started_at
        if stored is None and comebacks.is_erased_since(reads, self._marks, since):
            skipped = MemberRowResult(self.row.index, MemberRowOutcome.SKIPPED)
            return Effect(replace(skipped, message=_ERASED_SINCE))
        user_id = stored.user_id if stored else self.new_id
        member_documents.require_unerased(stored)
        member, writes = self._with_profile(reads, stored, is_new=met_id is None)
        is_changed = member is not stored
        membership, entries, is_enrolled = self._with_membership(reads, user_id)
        if is_enrolled:
            assert self.program is not None
            member = members.enroll(
                member,
                account_id=self._account_id,
                user_id=user_id,
                program_id=self.program.program_id,
                store_id=self.program.store_id,
                is_customer=False,
                now=self.now,
            )
        if member != stored:
            writes.append(member_documents.write(reads[self._person_path(user_id)], member))
        if membership is not None and (entries or is_enrolled):
            path = paths.member(membership.membership_id)
            writes += membership_documents.writes(reads[path], membership, *entries)
        news = self._news(member, stored, is_new=met_id is None) if is_changed else None
        if news is not None:
            writes += news.writes
        if met_id is None:
            outcome = MemberRowOutcome.CREATED
        else:
            outcome = MemberRowOutcome.UPDATED if writes else MemberRowOutcome.SKIPPED
        result = self._result(outcome, user_id)
        if membership is not None:
            result = _with_opening(result, membership, entries, is_enrolled=is_enrolled)
        return Effect(self._seen(result), writes, tasks=news.tasks if news else ())

    @property
    def _account_id(self) -> str:
        return self.work.caller.account_id

    def _person_path(self, user_id: str) -> str:
        return paths.account_member(self._account_id, user_id)

    def _membership_paths(self, user_id: str) -> list[str]:
        if self.program is None:
            return []
        membership_id = paths.membership_id(self.program.program_id, user_id)
        entries = [paths.entry(membership_id, opening.ENTRY_ID)] if self.opening else []
        return [paths.member(membership_id), *entries]

    @cached_property
    def _marks(self) -> list[str]:
        """The paths that say whether this person was erased."""
        return comebacks.marks(self._account_id, self.body.user_id, self.row.changes.keys)

    def _person(self, reads: Reads, user_id: str) -> Member | None:
        """Return a person, or who took over."""
        path = self._person_path(user_id)
        commands.want(reads, [path])
        found = member_documents.decode(reads[path])
        if found is None or found.merged_into is None:
            return found
        return self._person(reads, found.merged_into)

    def _owners(self, reads: Reads, own: Member | None) -> list[tuple[str, str]]:
        """Return who has the keys of the row. Of who only joined nobody has made a profile yet."""
        owners = [(USER, own.user_id)] if own is not None and own.has_made_profile else []
        for key in self.row.changes.keys:
            for path in member_keys.needs(self._account_id, [key]):
                found = member_key_documents.decode(reads[path])
                if found is not None:
                    owners.append((key[0], found.user_id))
                    break
        return owners

    def _with_profile(
        self, reads: Reads, stored: Member | None, *, is_new: bool
    ) -> tuple[Member, list[Write]]:
        """Return the person with the row's profile, and the writes of the keys.

        It is ``stored`` itself if nothing changes.
        """
        home = self.work.home(self.program)
        member = stored or Member(self.new_id, self._account_id, self.now, self.now, home)
        before = sealed_profiles.profile_of(member)
        after = profile_changes.apply(before, self.row.changes, self.now, BY)
        if not is_new and not profile_changes.changed_fields(before, after):
            return member, []
        added = [each for each in after.keys if each not in before.keys]
        removed = [each for each in before.keys if each not in after.keys]
        lookups = member_keys.lookups(member, added=added, removed=removed)
        member = replace(
            sealed_profiles.sealed(member, after, self.now),
            lookups=lookups,
            store_id=member.store_id or home,
            is_unverified=False,  # The merchant vouches for the person.
        )
        # The sweep enqueues their tasks: thousands of rows must not hurry a shop.
        cards = shop_outbox.of_change(reads, stored, member)
        return member, [*member_keys.writes(stored, member, reads), *cards.writes]

    def _with_membership(
        self, reads: Reads, user_id: str
    ) -> tuple[Membership | None, tuple[Entry, ...], bool]:
        """Return the membership in the program, the new entries, and whether it is new."""
        program = self.program
        if program is None:
            return None, (), False
        commands.want(reads, self._membership_paths(user_id))
        membership_id = paths.membership_id(program.program_id, user_id)
        found = membership_documents.decode(reads[paths.member(membership_id)])
        entries: list[Entry] = []
        if found is None:
            grants = self.work.wanted.grants_welcome_bonus
            membership = ledger.enroll(
                program,
                membership_id=membership_id,
                user_id=user_id,
                now=self.now,
                joined_at=self.body.enrolled_at,
                is_new=grants,
            )
            person = self._person(reads, user_id)
            keys = self.row.changes.keys
            is_made_here = self.body.user_id is None and user_id == self.new_id
            known_id = None if is_made_here else user_id
            before = comebacks.before(reads, program, known_id, person, self.now, keys=keys)
            if before is not None:
                membership, owed = rules_of_comebacks.opened(membership, program, before, self.now)
                entries += owed
            membership, greeting = welcome.greeted(
                membership, program, is_verified=True, now=self.now
            )
            entries += [greeting] if greeting else []
        else:
            found.require_unmerged()
            membership = found
        if self.opening is not None:
            membership, booked = self._with_opening_balance(reads, membership, program)
            entries += booked
        return membership, tuple(entries), found is None

    def _with_opening_balance(
        self, reads: Reads, membership: Membership, program: Program
    ) -> tuple[Membership, tuple[Entry, ...]]:
        assert self.opening is not None
        every = membership.every_membership_id
        earlier_paths = [paths.entry(each, opening.ENTRY_ID) for each in every]
        commands.want(reads, earlier_paths)
        earlier = [membership_documents.decode_entry(reads[each]) for each in earlier_paths]
        cause = self.opening.cause(program, self.now, key_hash=None, source=None)
        if opening.is_booked([each for each in earlier if each is not None], cause):
            return membership, ()
        membership, caught = ledger.caught_up(membership, program, self.now)
        membership, booked = opening.book(membership, program, self.opening, cause)
        return membership, (*caught, *booked)

    def _news(
        self, member: Member, stored: Member | None, *, is_new: bool
    ) -> outbox.Announcement | None:
        before = Profile() if is_new or stored is None else sealed_profiles.profile_of(stored)
        after = sealed_profiles.profile_of(member)
        names = [codec.camel(each) for each in profile_changes.changed_fields(before, after)]
        told = (
            member_events.from_created(member, self.event_id, names)
            if is_new
            else member_events.from_updated(member, self.event_id, names, profiles.MERCHANT)
        )
        if told is None:
            return None
        return outbox.announce_to(self.work.endpoints(told.store_id), [told])

    def _result(self, outcome: MemberRowOutcome, user_id: str) -> MemberRowResult:
        return MemberRowResult(self.row.index, outcome, user_id)

    def _seen(self, result: MemberRowResult) -> MemberRowResult:
        """Return a result without ids of what a dry run does not make."""
        if not self.work.wanted.is_dry:
            return result
        is_made = result.user_id == self.new_id and self.body.user_id is None
        return replace(result, user_id=None if is_made else result.user_id, entry_id=None)


def _with_opening(
    result: MemberRowResult,
    membership: Membership,
    entries: Sequence[Entry],
    *,
    is_enrolled: bool,
) -> MemberRowResult:
    booked = next((each for each in entries if each.entry_id == opening.ENTRY_ID), None)
    result = replace(result, is_enrolled=is_enrolled)
    if booked is None:
        return result
    has_expired = booked.lot_expires_at is not None and booked.lot_expires_at <= booked.recorded_at
    return replace(
        result,
        entry_id=booked.entry_id,
        new_balance=None if has_expired else from_units(membership.balance_units, booked.scale),
        expires_at=booked.lot_expires_at,
    )


def failed(row: JudgedRow, refusal: PunktwerkError) -> MemberRowResult:
    """Return the result of a row that failed: it may be kept, so it repeats nothing of the row."""
    named = refusal.details.get("fields", ())
    message, fields = kept_message(refusal), tuple(named)
    if isinstance(refusal, InvalidParameters) and named:
        problems = {
            each if _FIELD_NAME.fullmatch(each) else "a field": named[each] for each in named
        }
        message, fields = invalid(problems).message, tuple(problems)
    return MemberRowResult(
        row.index,
        MemberRowOutcome.FAILED,
        row.user_id,
        error=refusal.code,
        message=message,
        fields=fields,
    )


def _not_done(row: JudgedRow, error: str | None, message: str) -> MemberRowResult:
    return MemberRowResult(
        row.index, MemberRowOutcome.NOT_DONE, row.user_id, error=error, message=message
    )


def _kept(results: Sequence[MemberRowResult]) -> Document:
    return {"rows": [codec.to_document(each) for each in results]}


def _results_in(kept: Document) -> list[MemberRowResult]:
    return [codec.from_document(MemberRowResult, each) for each in kept["rows"]]


def _replayed(kept: Document, _: Reads) -> ImportedRows:
    return ImportedRows(_results_in(kept), is_replay=True)
