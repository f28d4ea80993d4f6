"""The results of rows in the sandbox: each is judged alone, for the member whom it shows."""

from __future__ import annotations

from shared.domain.loyalty.row_results import RowOutcome, RowResult
from shared.errors import PunktwerkError
from shared.schemas.loyalty.row_bodies import AwardRowBody, OfflineTransactionBody
from shared.schemas.rows import BadRow
from shared.services.loyalty import row_bookings, sandbox
from shared.services.loyalty.sandbox import Change

ENTRY_ID = "le_abc123"


def added(index: int, body: AwardRowBody | BadRow, program_id: str | None) -> RowResult:
    """Return the result of a row that earns: as ``row_bookings.award_row``."""
    if isinstance(body, BadRow):
        return row_bookings.refused(index, body.name, body.refusal)
    try:
        row_bookings.program_of(body.program_id, program_id)
        row_bookings.past(body.occurred_at)
        change = sandbox.add(body.user_id, body.points, body.lines())
    except PunktwerkError as refusal:
        return row_bookings.refused(index, body.transaction_id, refusal)
    return _of_change(index, body.transaction_id, change)


def synced(index: int, body: OfflineTransactionBody | BadRow) -> RowResult:
    """Return the result of what a till has booked offline: as ``row_bookings.offline_rows``."""
    if isinstance(body, BadRow):
        return row_bookings.refused(index, body.name, body.refusal)
    try:
        row_bookings.past(body.occurred_at)
        if body.type == "earn":
            change = sandbox.add(body.user_id, body.points, body.lines())
        else:
            assert body.points is not None
            change = sandbox.redeem(body.user_id, body.points, body.reward_id)
    except PunktwerkError as refusal:
        return row_bookings.refused(index, body.client_transaction_id, refusal)
    return _of_change(index, body.client_transaction_id, change)


def _of_change(index: int, transaction_id: str, change: Change) -> RowResult:
    if not change.is_booked:
        reason = change.award.reason
        return RowResult(index, RowOutcome.NOTHING, transaction_id, reason=reason)
    return RowResult(
        index,
        RowOutcome.BOOKED,
        transaction_id,
        entry_id=ENTRY_ID,
        points=abs(change.after - change.before),
        new_balance=change.after,
        capped_by=change.award.capped_by,
    )
