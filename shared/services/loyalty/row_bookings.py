"""Book many rows, several in each commit. Each row stands alone, every good row is booked.

A row is booked as a single call would: by the same rules, once for its transaction. So if a process
dies on the way, a repeated request goes on where it ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared import clock, ids
from shared.auth.caller import Caller, Claim
from shared.domain.loyalty.row_results import RowOutcome, RowResult
from shared.domain.units import from_units
from shared.errors import (
    Busy,
    MemberMerged,
    MemberNotFound,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    PunktwerkError,
)
from shared.schemas.base import MISSING, invalid
from shared.schemas.loyalty.row_bodies import AwardRowBody, OfflineTransactionBody
from shared.schemas.rows import BadRow
from shared.services import access, commands, joint_commands
from shared.services.commands import Reads
from shared.services.loyalty import balances
from shared.services.loyalty.bookings import Booking, Prepared
from shared.store import codec
from shared.store.client import Document

TOGETHER_MAX = 100
"""A booking takes three to five writes, and a commit takes 500."""
AT_ONCE_S = 20.0
"""A caller waits this long; the official client gives up after 30 seconds."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""Clocks of tills may be ahead of ours by this."""
MESSAGE_CHARS_MAX = 300
_ABOUT_A_USER = (
    MemberMerged,
    MembershipClosed,
    MembershipNotFound,
    MemberNotFound,
    MemberSuspended,
)
_TIME_IS_UP = "The time was up. Send the same request again: what is booked is not booked twice."


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row to book.

    ``prepare`` gets the caller, with the row's own claim, and raises the row's refusal.
    """

    index: int
    transaction_id: str | None
    prepare: Callable[[Caller], Prepared]


@dataclass(frozen=True, slots=True)
class BookedRows:
    """The results of all rows, in their order; ``is_replay`` if an earlier request did it."""

    rows: Sequence[RowResult]
    is_replay: bool = False

    @property
    def is_complete(self) -> bool:
        """False if the time was up before the last row."""
        return all(row.outcome is not RowOutcome.NOT_DONE for row in self.rows)


def run(caller: Caller, rows: Sequence[AskedRow], *, at_once_s: float = AT_ONCE_S) -> BookedRows:
    """Book the rows of a request, in the given order; the results are ordered by ``index``.

    The result is kept for the request's key once no row is left.

    Raises:
        IdempotencyKeyReused, Busy.
    """
    earlier = commands.find_replay(caller.claim, _replayed)
    if earlier is not None:
        return earlier
    batch_id = caller.claim.claim_id if caller.claim else ids.new("run")
    found = book(caller, batch_id, rows, stop_at_s=time.monotonic() + at_once_s)
    booked = BookedRows(sorted(found, key=lambda row: row.index))
    if booked.is_complete:
        kept = {"rows": [codec.to_document(row) for row in booked.rows]}
        commands.keep(caller.claim, kept)
    return booked


def book(
    caller: Caller, batch_id: str, rows: Sequence[AskedRow], *, stop_at_s: float | None
) -> list[RowResult]:
    """Book rows in their order, and return a result for each.

    Args:
        caller: Must own the programs of the rows.
        batch_id: The same for every attempt at these rows. What an earlier attempt has booked is
            booked by this one; what anybody else has booked is a duplicate, and so is a second row
            of the same transaction.
        rows: The rows.
        stop_at_s: When no further commit may begin, on the clock of ``time.monotonic``.
    """
    results: list[RowResult] = []
    ready: list[tuple[AskedRow, Prepared]] = []
    for row in rows:
        claim = Claim(ids.digest("row", batch_id, str(row.index)), "")
        try:
            ready.append((row, row.prepare(replace(caller, claim=claim))))
        except PunktwerkError as refusal:
            results.append(refused(row.index, row.transaction_id, refusal))
    for start in range(0, len(ready), TOGETHER_MAX):
        some = ready[start : start + TOGETHER_MAX]
        if stop_at_s is not None and time.monotonic() > stop_at_s:
            results += [_not_done(row, None, _TIME_IS_UP) for row, _ in some]
        else:
            results += _book_together(some)
    return results


def award_row(
    index: int, body: AwardRowBody | BadRow, program_id: str | None, store_id: str | None
) -> AskedRow:
    """Return the row that does what ``balances.add`` does.

    Args:
        index: The row's place in the request.
        body: The row, or what is wrong with it.
        program_id: The program, if the row names none.
        store_id: The store, if the request names one.
    """

    def prepare(caller: Caller) -> Prepared:
        if isinstance(body, BadRow):
            raise body.refusal
        return balances.prepared_add(
            caller,
            program_id=program_of(body.program_id, program_id),
            user_id=body.user_id,
            store_id=store_id,
            points=body.points,
            purchase_lines=body.lines(),
            transaction_id=body.transaction_id,
            source=body.source,
            description=body.description,
            occurred_at=past(body.occurred_at),
        )

    return AskedRow(index, body.name if isinstance(body, BadRow) else body.transaction_id, prepare)


def require_own(caller: Caller, program_id: str | None, store_id: str | None) -> None:
    """Refuse a request as a whole if what it names for all rows is not the caller's.

    Raises:
        ProgramNotFound, StoreNotFound.
    """
    if program_id is not None:
        access.program(caller, program_id, store_id)
    elif store_id is not None:
        access.store(caller, store_id)


def past(occurred_at: datetime | None) -> datetime | None:
    """Return the time at which something happened, not later than now.

    Raises:
        InvalidParameters: It is in the future, by more than clocks may differ.
    """
    if occurred_at is None:
        return None
    now = clock.utc_now()
    if occurred_at > now + CLOCKS_DIFFER:
        raise invalid({"occurredAt": "must not be in the future"})
    return min(occurred_at, now)


def offline_rows(
    bodies: Sequence[OfflineTransactionBody | BadRow], device_id: str, store_id: str | None
) -> list[AskedRow]:
    """Return the rows of what a till has booked while it was offline, in the order of time.

    The device is the source of the transactions: other devices may have used the same ids.
    """
    numbered = sorted(enumerate(bodies), key=lambda each: _moment(each[1]))
    return [_offline_row(index, body, device_id, store_id) for index, body in numbered]


def _offline_row(
    index: int, body: OfflineTransactionBody | BadRow, device_id: str, store_id: str | None
) -> AskedRow:
    def prepare(caller: Caller) -> Prepared:
        if isinstance(body, BadRow):
            raise body.refusal
        if body.type == "earn":
            return balances.prepared_add(
                caller,
                program_id=body.program_id,
                user_id=body.user_id,
                store_id=store_id,
                points=body.points,
                purchase_lines=body.lines(),
                transaction_id=body.client_transaction_id,
                source=device_id,
                description=body.description,
                occurred_at=past(body.occurred_at),
            )
        assert body.points is not None
        return balances.prepared_redeem(
            caller,
            program_id=body.program_id,
            user_id=body.user_id,
            store_id=store_id,
            points=body.points,
            reward_id=body.reward_id,
            reward_description=body.description or None,
            transaction_id=body.client_transaction_id,
            source=device_id,
            occurred_at=past(body.occurred_at),
            may_overdraw=True,
        )

    transaction_id = body.name if isinstance(body, BadRow) else body.client_transaction_id
    return AskedRow(index, transaction_id, prepare)


def _moment(body: OfflineTransactionBody | BadRow) -> datetime:
    return clock.LATEST if isinstance(body, BadRow) else body.occurred_at


def program_of(own: str | None, common: str | None) -> str:
    """Return the program of a row: its own, else that of the whole request.

    Raises:
        InvalidParameters: There is neither.
    """
    program_id = own or common
    if program_id is None:
        raise invalid({"programId": MISSING})
    return program_id


def _book_together(rows: Sequence[tuple[AskedRow, Prepared]]) -> list[RowResult]:
    try:
        outcomes = joint_commands.run([prepared for _, prepared in rows])
    except Busy as busy:
        return [_not_done(row, busy.code, busy.message) for row, _ in rows]
    return [
        refused(row.index, row.transaction_id, outcome)
        if isinstance(outcome, PunktwerkError)
        else _booked(row, outcome)
        for (row, _), outcome in zip(rows, outcomes, strict=True)
    ]


def _booked(row: AskedRow, booking: Booking) -> RowResult:
    entry, award = booking.entry, booking.award
    if entry is None:
        reason = award.reason if award else None
        return RowResult(row.index, RowOutcome.NOTHING, row.transaction_id, reason=reason)
    has_expired = entry.lot_expires_at is not None and entry.lot_expires_at <= entry.recorded_at
    return RowResult(
        row.index,
        RowOutcome.DUPLICATE if booking.is_duplicate else RowOutcome.BOOKED,
        row.transaction_id,
        entry_id=entry.entry_id,
        points=from_units(abs(entry.granted_units), entry.scale),
        new_balance=None if has_expired else from_units(booking.new_units, entry.scale),
        expires_at=entry.lot_expires_at,
        capped_by=entry.capped_by,
    )


def refused(index: int, transaction_id: str | None, refusal: PunktwerkError) -> RowResult:
    """Return the result of a row that was refused."""
    return RowResult(
        index,
        RowOutcome.REFUSED,
        transaction_id,
        error=refusal.code,
        message=kept_message(refusal),
    )


def kept_message(refusal: PunktwerkError) -> str:
    """Return the message of a refusal for a result that is kept.

    It names no user: the results of rows are kept for some time, and must not tell of somebody who
    was erased meanwhile.
    """
    if isinstance(refusal, _ABOUT_A_USER):
        return (type(refusal).__doc__ or refusal.code).splitlines()[0]
    return refusal.message[:MESSAGE_CHARS_MAX]


def _not_done(row: AskedRow, error: str | None, message: str) -> RowResult:
    return RowResult(
        row.index, RowOutcome.NOT_DONE, row.transaction_id, error=error, message=message
    )


def _replayed(kept: Document, _: Reads) -> BookedRows:
    rows = [codec.from_document(RowResult, each) for each in kept["rows"]]
    return BookedRows(rows, is_replay=True)
